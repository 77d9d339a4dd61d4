/* Events to a vCPU that is blocked, running, preempted, in its upcall. */
#include "models/host/event_channel.h"

#include "tests/unit/io_world.h"

/* A vCPU that runs for ever, and counts its interruptions. */
typedef struct {
    Host *host;
    Vcpu *vcpu, *rival;
    EventChannels *channels;
    unsigned n_interrupts, n_wakes, ports[3];
} Receiver;

static void run_for_ever(Vcpu *vcpu, int64_t now_ns G_GNUC_UNUSED)
{
    vcpu_set_run(vcpu, TIME_NEVER_NS, vcpu->domain);
}

static const ContextOps hog = { .name = "hog", .advance = run_for_ever };

static void count_interrupt(Vcpu *vcpu, int64_t now_ns G_GNUC_UNUSED)
{
    Receiver *self = vcpu->context;

    self->n_interrupts++;
}

static void count_wake(void *listener, int64_t now_ns G_GNUC_UNUSED, const Vcpu *vcpu)
{
    Receiver *self = listener;

    if (vcpu == self->vcpu)
        self->n_wakes++;
}

static Vcpu *add_vcpu(Receiver *self, unsigned id)
{
    const SchedParams params = { .set = PARAM_WEIGHT, .weight = 256 };
    Domain *domain = host_add_domain(self->host, id, "domain", &params);
    Vcpu *vcpu = host_add_vcpu(self->host, domain, 0, &hog, self);

    vcpu_set_run(vcpu, TIME_NEVER_NS, domain);
    return vcpu;
}

static void set_up(Receiver *self, gconstpointer data G_GNUC_UNUSED)
{
    *self = (Receiver){ .host = io_host_new(2) };
    self->vcpu = add_vcpu(self, 1);
    self->rival = add_vcpu(self, 2);
    self->channels = event_channels_new(self->vcpu, count_interrupt);
    for (unsigned i = 0; i < G_N_ELEMENTS(self->ports); i++)
        self->ports[i] =
            event_channels_open(self->channels, &(EventPort){ .handler_ns = i });
    host_add_probe(self->host, &(Probe){ .listener = self, .woken = count_wake });
    host_start(self->host);
    vcpu_start(self->vcpu, false);
    host_handle_softirqs(self->host);
    self->n_wakes = 0;
}

static void tear_down(Receiver *self, gconstpointer data G_GNUC_UNUSED)
{
    event_channels_free(self->channels);
    host_free(self->host);
}

static void test_running_is_interrupted(Receiver *self,
                                        gconstpointer data G_GNUC_UNUSED)
{
    event_send(self->channels, self->ports[0]);
    g_assert_cmpuint(self->n_interrupts, ==, 1);
    g_assert_cmpuint(self->n_wakes, ==, 0);
    g_assert_cmpuint(self->host->n_schedule_pending, ==, 0);
}

static void test_blocked_is_woken(Receiver *self, gconstpointer data G_GNUC_UNUSED)
{
    vcpu_block(self->vcpu);
    host_handle_softirqs(self->host);
    event_send(self->channels, self->ports[0]);
    g_assert_cmpuint(self->n_interrupts, ==, 0);
    g_assert_cmpuint(self->n_wakes, ==, 1);
    host_handle_softirqs(self->host);
    g_assert_true(self->vcpu->is_running);
}

/* It has not passed through schedule() yet, and does not lose its pCPU. */
static void test_blocking_is_woken_and_interrupted(Receiver *self,
                                                   gconstpointer data G_GNUC_UNUSED)
{
    vcpu_block(self->vcpu);
    event_send(self->channels, self->ports[0]);
    g_assert_cmpuint(self->n_wakes, ==, 1);
    g_assert_cmpuint(self->n_interrupts, ==, 1);
    host_handle_softirqs(self->host);
    g_assert_true(self->vcpu->is_running);
}

static void test_preempted_gets_nothing(Receiver *self,
                                        gconstpointer data G_GNUC_UNUSED)
{
    const PcpuMask second = self->host->pcpus[1].siblings;

    domain_pause(self->vcpu->domain);
    vcpu_set_affinity(self->vcpu, &second, &second);
    vcpu_set_affinity(self->rival, &second, &second);
    vcpu_start(self->rival, false);
    host_handle_softirqs(self->host);
    domain_unpause(self->vcpu->domain);
    host_handle_softirqs(self->host);
    g_assert_true(vcpu_is_runnable(self->vcpu) && self->rival->is_running);
    self->n_wakes = 0;
    event_send(self->channels, self->ports[0]);
    g_assert_cmpuint(self->n_interrupts + self->n_wakes, ==, 0);
    g_assert_cmpuint(self->host->n_schedule_pending, ==, 0);
    g_assert_true(event_channels_upcall_pending(self->channels));
}

static void test_a_paused_vcpu_is_unblocked_but_stays(Receiver *self,
                                                      gconstpointer data G_GNUC_UNUSED)
{
    vcpu_block(self->vcpu);
    host_handle_softirqs(self->host);
    domain_pause(self->vcpu->domain);
    event_send(self->channels, self->ports[0]);
    host_handle_softirqs(self->host);
    g_assert_false(self->vcpu->is_running);
    domain_unpause(self->vcpu->domain);
    host_handle_softirqs(self->host);
    g_assert_true(self->vcpu->is_running);
}

/* The port's bit, then the upcall's mark. */
static void test_events_coalesce(Receiver *self, gconstpointer data G_GNUC_UNUSED)
{
    event_send(self->channels, self->ports[1]);
    event_send(self->channels, self->ports[1]);
    event_send(self->channels, self->ports[0]);
    g_assert_cmpuint(self->n_interrupts, ==, 1);
    g_assert_cmpint(event_channels_take(self->channels)->handler_ns, ==, 0);
    g_assert_cmpint(event_channels_take(self->channels)->handler_ns, ==, 1);
    g_assert_null(event_channels_take(self->channels));
}

#define MANY_PORTS 9000u

/* As many as need two levels: the lowest first, whenever it was sent. */
static void test_the_lowest_of_many_ports_is_taken(Receiver *self,
                                                   gconstpointer data G_GNUC_UNUSED)
{
    static const unsigned sent[] = { 8999, 4096, 63, 64, 4095, 8998 };
    static const unsigned taken[] = { 63, 64, 4095, 4096, 8998, 8999 };

    for (unsigned i = 3; i < MANY_PORTS; i++)
        event_channels_open(self->channels, &(EventPort){ .handler_ns = i });
    for (unsigned i = 0; i < G_N_ELEMENTS(sent); i++)
        event_send(self->channels, sent[i]);
    for (unsigned i = 0; i < G_N_ELEMENTS(taken); i++)
        g_assert_cmpint(event_channels_take(self->channels)->handler_ns, ==, taken[i]);
    g_assert_null(event_channels_take(self->channels));
}

static void test_an_upcall_begun_is_kicked_again(Receiver *self,
                                                 gconstpointer data G_GNUC_UNUSED)
{
    event_send(self->channels, self->ports[0]);
    event_channels_begin_upcall(self->channels);
    g_assert_false(event_channels_upcall_pending(self->channels));
    event_send(self->channels, self->ports[0]); /* still pending: nothing at all */
    g_assert_cmpuint(self->n_interrupts, ==, 1);
    g_assert_nonnull(event_channels_take(self->channels));
    event_send(self->channels, self->ports[0]);
    g_assert_cmpuint(self->n_interrupts, ==, 2);
}

static void
test_an_interrupt_from_elsewhere_costs_an_ipi(Receiver *self,
                                              gconstpointer data G_GNUC_UNUSED)
{
    self->host->costs.ipi_ns = 500;
    host_enter(self->host, &self->host->pcpus[0]);
    event_send(self->channels, self->ports[0]);
    g_assert_cmpint(self->vcpu->run_since_ns, ==, 0);
    event_channels_begin_upcall(self->channels);
    host_enter(self->host, &self->host->pcpus[1]);
    event_send(self->channels, self->ports[1]);
    g_assert_cmpint(self->vcpu->run_since_ns, ==, 500);
}

#define ADD(name, test)                                                                \
    g_test_add("/event-channel/" name, Receiver, NULL, set_up, test, tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("a running vCPU is interrupted", test_running_is_interrupted);
    ADD("a blocked vCPU is woken", test_blocked_is_woken);
    ADD("one about to block is woken and interrupted",
        test_blocking_is_woken_and_interrupted);
    ADD("a preempted vCPU gets nothing", test_preempted_gets_nothing);
    ADD("a paused vCPU is unblocked but stays",
        test_a_paused_vcpu_is_unblocked_but_stays);
    ADD("events coalesce", test_events_coalesce);
    ADD("the lowest of many ports is taken", test_the_lowest_of_many_ports_is_taken);
    ADD("an upcall begun is kicked again", test_an_upcall_begun_is_kicked_again);
    ADD("an interrupt from elsewhere costs an IPI",
        test_an_interrupt_from_elsewhere_costs_an_ipi);
    return g_test_run();
}
