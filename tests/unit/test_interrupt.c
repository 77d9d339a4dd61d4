#include "models/host/interrupt.h"

#include "models/host/context.h"
#include "tests/unit/io_world.h"

#define TRAP_NS  700
#define LEAVE_NS 3000
#define IPI_NS   50
#define TIMER_NS 90

/* A host of three pCPUs: one runs a PV vCPU, one an HVM guest's, one nothing. */
typedef struct {
    Host *host;
    Vcpu *pv, *hvm;
    Pcpu *idle;
} Fixture;

static void advance(Vcpu *vcpu, int64_t now_ns G_GNUC_UNUSED)
{
    vcpu_set_run(vcpu, -1, vcpu->domain);
}

static int64_t interrupted(Vcpu *vcpu G_GNUC_UNUSED)
{
    return LEAVE_NS;
}

static const ContextOps pv_context = { .name = "pv", .advance = advance };
static const ContextOps hvm_context = { .name = "hvm",
                                        .advance = advance,
                                        .interrupted = interrupted };

static Vcpu *add(Fixture *self, const char *name, unsigned pcpu,
                 const ContextOps *context)
{
    const SchedParams params = { .set = PARAM_WEIGHT, .weight = 256 };
    Domain *domain = host_add_domain(self->host, pcpu + 1, name, &params);

    return host_add_vcpu(self->host, domain, pcpu, context, NULL);
}

static void set_up(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    self->host = io_host_new(3);
    self->pv = add(self, "pv", 0, &pv_context);
    self->hvm = add(self, "hvm", 1, &hvm_context);
    self->idle = &self->host->pcpus[2];
    host_start(self->host);
    vcpu_start(self->pv, false);
    vcpu_start(self->hvm, false);
    host_handle_softirqs(self->host);
    host_run_until(self->host, 1000);
    self->host->costs.trap_ns = TRAP_NS;
    self->host->costs.ipi_ns = IPI_NS;
    self->host->costs.timer_interrupt_ns = TIMER_NS;
    g_assert_true(self->pv->is_running && self->hvm->is_running);
    g_assert_true(self->idle->current->is_idle);
}

static void tear_down(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    host_free(self->host);
}

/* How long what runs there is held up from now on. */
static int64_t delay_ns(const Vcpu *vcpu)
{
    return vcpu->run_since_ns - host_now_ns(vcpu->domain->host);
}

static void test_whom_it_hits_pays(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    pcpu_interrupt(self->pv->pcpu, 10, host_now_ns(self->host));
    g_assert_cmpint(delay_ns(self->pv), ==, TRAP_NS + 10);
    pcpu_interrupt(self->hvm->pcpu, 10, host_now_ns(self->host));
    g_assert_cmpint(delay_ns(self->hvm), ==, LEAVE_NS + 10);
    pcpu_interrupt(self->idle, 10, host_now_ns(self->host));
    g_assert_cmpint(self->idle->overhead_ns, ==, 0);
    g_assert_cmpuint(domain_count(self->pv->domain, COUNT_TRAPS), ==, 1);
    g_assert_cmpuint(domain_count(self->hvm->domain, COUNT_TRAPS), ==, 0);
}

/* While the handler of the first runs, the second finds the hypervisor. */
static void
test_one_that_hits_xen_has_its_handler_only(Fixture *self,
                                            gconstpointer data G_GNUC_UNUSED)
{
    pcpu_interrupt(self->hvm->pcpu, 10, host_now_ns(self->host));
    host_run_until(self->host, 1005);
    pcpu_interrupt(self->hvm->pcpu, 10, host_now_ns(self->host));
    g_assert_cmpint(delay_ns(self->hvm), ==, LEAVE_NS + 20 - 5);
    host_run_until(self->host, 1000 + LEAVE_NS + 20);
    pcpu_interrupt(self->hvm->pcpu, 10, host_now_ns(self->host));
    g_assert_cmpint(delay_ns(self->hvm), ==, LEAVE_NS + 10);
}

static void test_timers_that_are_due_are_one_interrupt(Fixture *self,
                                                       gconstpointer data G_GNUC_UNUSED)
{
    pcpu_timer_interrupt(self->pv->pcpu, host_now_ns(self->host));
    pcpu_timer_interrupt(self->pv->pcpu, host_now_ns(self->host));
    g_assert_cmpint(delay_ns(self->pv), ==, TRAP_NS + TIMER_NS);
    host_run_until(self->host, 1001);
    pcpu_timer_interrupt(self->pv->pcpu, host_now_ns(self->host));
    g_assert_cmpint(delay_ns(self->pv), ==, TRAP_NS + 2 * TIMER_NS - 1);
}

static void test_a_pcpu_does_not_kick_itself(Fixture *self,
                                             gconstpointer data G_GNUC_UNUSED)
{
    host_enter(self->host, self->pv->pcpu);
    pcpu_kick(self->pv->pcpu);
    g_assert_cmpint(delay_ns(self->pv), <=, 0);
    pcpu_kick(self->hvm->pcpu);
    g_assert_cmpint(delay_ns(self->hvm), ==, LEAVE_NS + IPI_NS);
    g_assert_cmpuint(domain_count(self->pv->domain, COUNT_SENT_IPIS), ==, 1);
    g_assert_cmpuint(domain_count(self->pv->domain, COUNT_RECEIVED_IPIS), ==, 0);
    g_assert_cmpuint(domain_count(self->hvm->domain, COUNT_RECEIVED_IPIS), ==, 1);
}

/* It is switched out at once: whoever comes next has to wait for the handler's end. */
static void test_after_a_switch_the_next_pays(Fixture *self,
                                              gconstpointer data G_GNUC_UNUSED)
{
    Vcpu *next = self->pv;

    pcpu_interrupt(self->hvm->pcpu, 10, host_now_ns(self->host));
    vcpu_block(self->hvm);
    vcpu_block(self->pv);
    host_handle_softirqs(self->host);
    next->pcpu = self->hvm->pcpu;
    vcpu_unblock(next);
    host_handle_softirqs(self->host);
    g_assert_true(next->is_running && next->pcpu == self->hvm->pcpu);
    g_assert_cmpint(delay_ns(next), ==, LEAVE_NS + 10);
}

#define ADD(name, test)                                                                \
    g_test_add("/interrupt/" name, Fixture, NULL, set_up, test, tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("whom it hits pays", test_whom_it_hits_pays);
    ADD("one that hits Xen has its handler only",
        test_one_that_hits_xen_has_its_handler_only);
    ADD("timers that are due are one interrupt",
        test_timers_that_are_due_are_one_interrupt);
    ADD("a pCPU does not kick itself", test_a_pcpu_does_not_kick_itself);
    ADD("after a switch the next pays", test_after_a_switch_the_next_pays);
    return g_test_run();
}
