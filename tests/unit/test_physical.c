/* The disk and the network card behind dom0. */
#include "models/physical/physical.h"

#include "tests/unit/io_world.h"

#define INTERRUPT_NS 700

typedef struct {
    CostProfile *profile;
    Host *host;
    Kernel *kernel;
    PhysicalDevice *device;
    PhysicalJob jobs[3];
    GString *log; /* "NUMBER@ns " for each completion */
} Fixture;

static Fixture *fixture_of(const PhysicalJob *job)
{
    return job->owner;
}

/* Jobs complete in any order of their places, so each has a function of its own. */
static void log_completion(Fixture *self, unsigned number, int64_t now_ns)
{
    g_string_append_printf(self->log, "%u@%" G_GINT64_FORMAT " ", number, now_ns);
}

static void complete_0(void *owner, int64_t now_ns)
{
    log_completion(owner, 0, now_ns);
}

static void complete_1(void *owner, int64_t now_ns)
{
    log_completion(owner, 1, now_ns);
}

static void complete_2(void *owner, int64_t now_ns)
{
    log_completion(owner, 2, now_ns);
}

/* fixed 1,000 ns; 3 bytes a second when slow, else 1 GB/s. */
static void set_up(Fixture *self, gconstpointer bytes_per_s)
{
    const SchedParams params = { .set = PARAM_WEIGHT, .weight = 256 };
    void (*const complete[])(void *, int64_t) = { complete_0, complete_1, complete_2 };

    *self = (Fixture){ .profile = io_profile_new(),
                       .host = io_host_new(2),
                       .log = g_string_new(NULL) };
    self->profile->figures[COST_UPCALL].cycles = 300;
    self->kernel = kernel_new(host_add_domain(self->host, 0, "Domain-0", &params),
                              &(KernelParams){ .scheduler = &linux_o1,
                                               .n_vcpus = 1,
                                               .hz = 100,
                                               .profile = self->profile });
    self->device = physical_device_new(self->kernel, 0, 1000,
                                       GPOINTER_TO_INT(bytes_per_s), INTERRUPT_NS);
    for (unsigned i = 0; i < G_N_ELEMENTS(self->jobs); i++)
        self->jobs[i] = (PhysicalJob){ .complete = complete[i], .owner = self };
    host_start(self->host);
    kernel_start(self->kernel);
    host_handle_softirqs(self->host);
    host_run_until(self->host, 100000);
}

static void tear_down(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    physical_device_free(self->device);
    kernel_free(self->kernel);
    host_free(self->host);
    cost_profile_free(self->profile);
    g_string_free(self->log, true);
}

static void submit(Fixture *self, unsigned i, int64_t bytes)
{
    g_assert_true(fixture_of(&self->jobs[i]) == self);
    self->jobs[i].bytes = bytes;
    physical_device_submit(self->device, &self->jobs[i]);
}

/* 100,000 + 1,000 + 500, then upcall and handler: 1,000. */
static void test_a_job_takes_its_time(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    submit(self, 0, 500);
    g_assert_true(self->jobs[0].is_pending);
    host_run_until(self->host, NS_PER_S);
    g_assert_cmpstr(self->log->str, ==, "0@102500 ");
    g_assert_false(self->jobs[0].is_pending);
}

static void test_jobs_wait_in_line(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    submit(self, 2, 9000);
    submit(self, 0, 9000);
    submit(self, 1, 9000);
    host_run_until(self->host, NS_PER_S);
    g_assert_cmpstr(self->log->str, ==, "2@111000 0@121000 1@131000 ");
}

/* dom0 stands still while they end, so one pass of the handler finds all. */
static void test_one_interrupt_may_report_several(Fixture *self,
                                                  gconstpointer data G_GNUC_UNUSED)
{
    Domain *dom0 = g_ptr_array_index(self->host->domains, 0);

    for (unsigned i = 0; i < G_N_ELEMENTS(self->jobs); i++)
        submit(self, i, 0);
    domain_pause(dom0);
    host_run_until(self->host, 200000);
    domain_unpause(dom0);
    host_handle_softirqs(self->host);
    host_run_until(self->host, NS_PER_S);
    g_assert_cmpstr(self->log->str, ==, "0@201000 1@201000 2@201000 ");
}

/* 3 bytes a second: one takes 333,333,333.3 ns. */
static void test_times_are_rounded_up(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    submit(self, 0, 1);
    submit(self, 1, 4);
    host_run_until(self->host, 10 * NS_PER_S);
    g_assert_cmpstr(self->log->str, ==, "0@333435334 1@1666769668 ");
}

/* What is handed over while bytes are sent goes out as one. */
static void test_a_stream_gathers(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    physical_device_stream(self->device, 100000);
    for (unsigned i = 0; i < 50; i++)
        physical_device_stream(self->device, 1000);
    host_run_until(self->host, 100000 + 101000 + 1000 + 51000 + 1);
    submit(self, 0, 0);
    host_run_until(self->host, NS_PER_S);
    g_assert_cmpstr(self->log->str, ==, "0@255001 ");
}

/* pCPU 0 takes the interrupt, and whatever it runs is delayed by it. */
static void test_the_interrupt_is_taken_by_pcpu_0(Fixture *self,
                                                  gconstpointer data G_GNUC_UNUSED)
{
    self->host->costs.ipi_ns = 50;
    host_enter(self->host, &self->host->pcpus[1]);
    submit(self, 0, 0);
    host_run_until(self->host, 101001);
    g_assert_true(host_this_pcpu(self->host) == &self->host->pcpus[0]);
    host_run_until(self->host, NS_PER_S);
    g_assert_cmpstr(self->log->str, ==, "0@102000 "); /* idle: nobody to delay */
}

#define ADD(name, bytes_per_s, test)                                                   \
    g_test_add("/physical/" name, Fixture, GINT_TO_POINTER(bytes_per_s), set_up, test, \
               tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("a job takes its time", 1000000000, test_a_job_takes_its_time);
    ADD("jobs wait in line", 1000000000, test_jobs_wait_in_line);
    ADD("one interrupt may report several", 1000000000,
        test_one_interrupt_may_report_several);
    ADD("times are rounded up", 3, test_times_are_rounded_up);
    ADD("a stream gathers", 1000000000, test_a_stream_gathers);
    ADD("the interrupt is taken by pCPU 0", 1000000000,
        test_the_interrupt_is_taken_by_pcpu_0);
    return g_test_run();
}
