/* The HVM path end to end: laws, stages, placements, on small machines. */
#include "experiments/scenario/cost_profile.h"
#include "models/machine/machine.h"

#include <string.h>

#define RUN_NS      NS_PER_S
#define READS       8
#define STATUS_PORT 0x1f7

/* Eight status reads, then 40,000 instructions, as the captured guests do. */
typedef struct {
    Workload base;
    unsigned n_done;
} Poller;

static void poller_next(Workload *self, Activity *next)
{
    Poller *poller = (Poller *)self;

    if (poller->n_done++ % (READS + 1) == READS)
        *next = (Activity){ .kind = ACTIVITY_COMPUTE, .instructions = 40000 };
    else
        *next = (Activity){
            .kind = ACTIVITY_PORT, .address = STATUS_PORT, .count = 1, .size_bytes = 1
        };
}

static void poller_free(Workload *self)
{
    g_free(self);
}

static const WorkloadOps poller_ops = { "poller", poller_next, poller_free };

static Workload *poller_new(void)
{
    Poller *poller = g_new0(Poller, 1);

    poller->base.ops = &poller_ops;
    return &poller->base;
}

/* What a run has shown. */
typedef struct {
    uint64_t requests;
    int64_t stage_ns[STAGES];
    int64_t first_ns, last_ns; /* latencies */
    int64_t dom0_ran_ns, decisions;
} Seen;

static void see_request(void *listener, int64_t now_ns, const Request *request)
{
    Seen *seen = listener;

    if (seen->requests++ == 0)
        seen->first_ns = now_ns - request->issued_ns;
    seen->last_ns = now_ns - request->issued_ns;
    for (unsigned i = 0; i < STAGES; i++)
        seen->stage_ns[i] += request->stage_ns[i];
}

static Seen run_machine(const char *placement, unsigned n_guests, unsigned n_pcpus)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CostProfile) profile =
        cost_profile_load(HVMSIM_SOURCE_DIR "/models/costs/merom-2007.ini", &error);
    g_autofree GuestParams *guests = g_new0(GuestParams, n_guests);
    g_autofree Workload **workloads = g_new0(Workload *, n_guests);
    Seen seen = { 0 };

    g_assert_no_error(error);
    for (unsigned i = 0; i < n_guests; i++) {
        workloads[i] = poller_new();
        guests[i] = (GuestParams){ .name = g_strdup_printf("guest%u", i + 1),
                                   .id = i + 1,
                                   .n_vcpus = 1,
                                   .workloads = &workloads[i],
                                   .timer = { .hz = 100 },
                                   .stub.id = 100 + i };
    }
    const MachineParams params = {
        .host = { .topology = { n_pcpus, 1, n_pcpus },
                  .scheduler = scheduler_ops_by_name("credit-3.1", &error) },
        .profile = profile,
        .placement = placement_ops_by_name(placement, &error),
        .dom0 = { .n_vcpus = 2, .hz = 100, .daemon_interval_ns = NS_PER_S / 10 },
        .select_timeout_ns = 10 * NS_PER_MS,
        .path = { .n_posted_places = 80 },
        .disk = { .seek_ns = 100000, .bytes_per_s = 60000000 },
        .nic = { .bits_per_s = 1000000000 },
        .guests = guests,
        .n_guests = n_guests,
    };
    g_autoptr(Machine) machine = machine_new(&params);

    host_add_probe(machine_host(machine),
                   &(Probe){ .listener = &seen, .request = see_request });
    machine_run_until(machine, RUN_NS);
    machine_check(machine, &error);
    g_assert_no_error(error);
    seen.dom0_ran_ns = host_domain_by_name(machine_host(machine), "Domain-0")->ran_ns;
    seen.decisions = (int64_t)machine_host(machine)->decisions;
    for (unsigned i = 0; i < n_guests; i++)
        g_free((char *)guests[i].name);
    if (g_test_verbose()) {
        g_test_message("%s %u guests: %" G_GUINT64_FORMAT " requests, dom0 %.3f",
                       placement, n_guests, seen.requests,
                       (double)seen.dom0_ran_ns / RUN_NS);
        for (unsigned i = 0; i < STAGES; i++)
            g_test_message("  %s %.0f ns", stage_name((Stage)i),
                           (double)seen.stage_ns[i] / (double)MAX(1, seen.requests));
    }
    return seen;
}

static void test_laws_hold_under_every_placement(void)
{
    for (unsigned i = 0; placement_ops_all()[i]; i++) {
        const Seen alone = run_machine(placement_ops_all()[i]->name, 1, 4);
        const Seen crowd = run_machine(placement_ops_all()[i]->name, 12, 4);

        g_assert_cmpuint(alone.requests, >, 1000);
        g_assert_cmpuint(crowd.requests, >, alone.requests);
    }
}

static void test_same_input_same_run(void)
{
    const Seen once = run_machine("dom0", 5, 2), again = run_machine("dom0", 5, 2);

    g_assert_true(memcmp(&once, &again, sizeof once) == 0);
}

static void test_a_stub_has_no_second_level_wait(void)
{
    const Seen stub = run_machine("stub", 6, 2), dom0 = run_machine("dom0", 6, 2);

    g_assert_cmpint(stub.stage_ns[STAGE_WAIT_TASK], ==, 0);
    g_assert_cmpint(dom0.stage_ns[STAGE_WAIT_TASK], >, 0);
}

static void test_stub_takes_the_work_off_dom0(void)
{
    g_assert_cmpint(run_machine("stub", 4, 4).dom0_ran_ns * 10, <,
                    run_machine("dom0", 4, 4).dom0_ran_ns);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/machine/laws hold under every placement",
                    test_laws_hold_under_every_placement);
    g_test_add_func("/machine/same input, same run", test_same_input_same_run);
    g_test_add_func("/machine/a stub has no second-level wait",
                    test_a_stub_has_no_second_level_wait);
    g_test_add_func("/machine/a stub takes the work off dom0",
                    test_stub_takes_the_work_off_dom0);
    return g_test_run();
}
