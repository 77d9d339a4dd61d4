/* PV guests with a Linux: a process and its kernel's ticks. */
#include "models/linux/linux_guest.h"

#include "tests/unit/io_world.h"

#define US NS_PER_US

#define UPCALL_US 10
#define TICK_US   5
#define IDLE_US   4

typedef struct {
    CostProfile *profile;
    Host *host;
    Domain *domain;
    LinuxGuest *guest;
    GString *wakes_us;
} Fixture;

static void on_woken(void *listener, int64_t now_ns, const Vcpu *vcpu G_GNUC_UNUSED)
{
    Fixture *self = listener;

    g_string_append_printf(self->wakes_us, "%d ", (int)(now_ns / US));
}

static void set_up(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    const SchedParams sched = { .set = PARAM_WEIGHT, .weight = 256 };

    *self = (Fixture){ .profile = io_profile_new(),
                       .host = io_host_new(1),
                       .wakes_us = g_string_new(NULL) };
    self->profile->figures[COST_UPCALL].cycles = UPCALL_US * US;
    self->profile->figures[COST_TASK_TICK].cycles = TICK_US * US;
    self->profile->figures[COST_TASK_IDLE].cycles = IDLE_US * US;
    self->profile->figures[COST_TASK_SWITCH].cycles = 0;
    self->profile->figures[COST_ADDRESS_SPACE].cycles = 0;
    self->domain = host_add_domain(self->host, 3, "per", &sched);
}

static void tear_down(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    linux_guest_free(self->guest);
    host_free(self->host);
    cost_profile_free(self->profile);
    g_string_free(self->wakes_us, true);
}

/* Of 250 Hz, ticks at 1 ms and every 4 ms from then on. */
static void run(Fixture *self, int64_t start_us, int64_t run_us, int64_t sleep_us,
                int64_t end_us)
{
    const KernelParams kernel = { .scheduler = &linux_cfs,
                                  .n_vcpus = 1,
                                  .hz = 250,
                                  .tick_phase_ns = NS_PER_MS,
                                  .profile = self->profile,
                                  .run_for = self->domain };

    self->guest = linux_guest_new(self->domain, &kernel, start_us * US, run_us * US,
                                  sleep_us * US);
    host_add_probe(self->host, &(Probe){ .listener = self, .woken = on_woken });
    host_start(self->host);
    linux_guest_start(self->guest);
    host_handle_softirqs(self->host);
    host_run_until(self->host, end_us * US);
}

/* Each sleep of 10 ms: the kernel's tick once, then 50 us after its end. */
static void test_timer_and_process_wake_apart(Fixture *self,
                                              gconstpointer data G_GNUC_UNUSED)
{
    run(self, 6000, 100, 10000, 32000);
    g_assert_cmpstr(self->wakes_us->str, ==,
                    "0 1000 6050 9000 16215 17000 26380 29000 ");
}

/* A short sleep: a tick within the slack takes the process along. */
static void test_a_tick_takes_the_process_along(Fixture *self,
                                                gconstpointer data G_GNUC_UNUSED)
{
    run(self, 6000, 100, 2800, 9500);
    g_assert_cmpstr(self->wakes_us->str, ==, "0 1000 6050 9000 ");
    host_book_time(self->host);
    g_assert_cmpint(self->domain->ran_ns / US, ==,
                    IDLE_US + (UPCALL_US + TICK_US + IDLE_US) +
                        2 * (UPCALL_US + TICK_US + 100 + IDLE_US));
}

#define ADD(name, test)                                                                \
    g_test_add("/linux-guest/" name, Fixture, NULL, set_up, test, tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("timer and process wake apart", test_timer_and_process_wake_apart);
    ADD("a tick takes the process along", test_a_tick_takes_the_process_along);
    return g_test_run();
}
