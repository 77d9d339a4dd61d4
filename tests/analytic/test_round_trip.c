/*
 * One guest alone, every vCPU on a pCPU of its own: a round trip is the sum of its
 * steps, to the nanosecond (io-path, section 3; for stub domains section 6).
 */
#include "tests/unit/io_world.h"

#define ALTERNATE 0x3f6 /* reading it has no effect on the interrupt line */

typedef struct {
    unsigned n;
    int64_t stage_ns[STAGES];
    int64_t latency_ns;
} Seen;

static void see_request(void *listener, int64_t now_ns, const Request *request)
{
    Seen *seen = listener;

    seen->n++;
    seen->latency_ns = now_ns - request->issued_ns;
    for (unsigned i = 0; i < STAGES; i++)
        seen->stage_ns[i] = request->stage_ns[i];
}

static void pin(const Machine *machine, const char *domain_name, unsigned pcpu)
{
    Host *host = machine_host(machine);
    const Domain *domain = host_domain_by_name(host, domain_name);

    if (domain)
        vcpu_set_affinity(g_ptr_array_index(domain->vcpus, 0),
                          &host->pcpus[pcpu].siblings, &host->pcpus[pcpu].siblings);
}

/* The last of many requests, when caches and address spaces are loaded: 1 ms apart, and
 * before the scheduler's first tick. */
static Seen run(const char *placement, CostProfile *changed)
{
    static const Activity loop[] = {
        { .kind = ACTIVITY_COMPUTE, .instructions = 1000000 },
        { .kind = ACTIVITY_PORT, .address = ALTERNATE, .count = 1, .size_bytes = 1 },
    };
    g_autoptr(IoMachine) description =
        io_machine_new(placement, io_workload_new(loop, G_N_ELEMENTS(loop), true));
    Seen seen = { 0 };

    description->params.profile = changed;
    g_autoptr(Machine) machine = io_machine_build(description);

    host_add_probe(machine_host(machine),
                   &(Probe){ .listener = &seen, .request = see_request });
    pin(machine, "Domain-0", 0);
    pin(machine, "guest", 1);
    pin(machine, "guest-dm", 2);
    machine_run_until(machine, 9 * NS_PER_MS);
    g_assert_cmpuint(seen.n, >=, 8);
    return seen;
}

static int64_t sum_ns(const CostProfile *profile, const Cost *steps, unsigned n)
{
    int64_t total_ns = 0;

    for (unsigned i = 0; i < n; i++)
        total_ns += cost_ns(profile, steps[i]);
    return total_ns;
}

/* Steps that all placements share: out of the guest, and back into it. A vCPU that is
 * woken on another pCPU takes an interrupt and a pass through schedule(); as nobody
 * else ran there, it loads nothing (lazy switch). */
#define OUT  COST_EXIT, COST_EXIT_HANDLER, COST_DECODE_PORT, COST_NOTIFY
#define WAKE COST_IPI, COST_SCHEDULE
#define IN   WAKE, COST_RESUME, COST_ENTRY

static const Cost process_steps[] = {
    OUT,
    WAKE,
    COST_UPCALL,
    COST_TASK_WAKE,
    COST_TASK_SWITCH,
    COST_QEMU_WAKE,
    COST_SYSTEM_CALL, /* read() the port */
    COST_SYSTEM_CALL, /* write() it back */
    COST_QEMU_ACCESS,
    COST_QEMU_REPLY,
    COST_SYSTEM_CALL, /* ioctl() */
    COST_HYPERCALL,
    IN,
};
static const Cost stub_steps[] = {
    OUT,
    WAKE,
    COST_UPCALL,
    COST_STUB_WAKE,
    COST_QEMU_ACCESS,
    COST_QEMU_REPLY,
    COST_HYPERCALL,
    IN,
};

static const struct {
    const char *placement;
    const Cost *steps;
    unsigned n_steps;
} cases[] = {
    { "dom0", process_steps, G_N_ELEMENTS(process_steps) },
    { "linux-stub", process_steps, G_N_ELEMENTS(process_steps) },
    { "stub", stub_steps, G_N_ELEMENTS(stub_steps) },
    { "stub+sdom", stub_steps, G_N_ELEMENTS(stub_steps) },
};

static void test_a_round_trip_is_the_sum_of_its_steps(void)
{
    g_autoptr(CostProfile) profile = io_profile_new();

    for (unsigned i = 0; i < COSTS; i++)
        profile->figures[i].cycles = 100 + 7 * (int64_t)i; /* switching costs, too */
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        const Seen seen = run(cases[i].placement, profile);
        int64_t stages_ns = 0;

        for (unsigned j = 0; j < STAGES; j++)
            stages_ns += seen.stage_ns[j];
        g_assert_cmpint(seen.latency_ns, ==,
                        sum_ns(profile, cases[i].steps, cases[i].n_steps));
        g_assert_cmpint(seen.latency_ns, ==, stages_ns);
        g_assert_cmpint(
            seen.stage_ns[STAGE_WAIT_VCPU] + seen.stage_ns[STAGE_WAIT_GUEST], ==, 0);
    }
}

/* What each step costs is what the round trip grows by: no step is counted twice. */
static void test_each_step_counts_as_often_as_it_happens(void)
{
    g_autoptr(CostProfile) profile = io_profile_new();

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        const int64_t before_ns = run(cases[i].placement, profile).latency_ns;

        for (unsigned cost = 0; cost < COSTS; cost++) {
            g_autoptr(CostProfile) dearer = cost_profile_copy(profile);
            int64_t more_ns = 0;

            dearer->figures[cost].cycles += 1000;
            for (unsigned j = 0; j < cases[i].n_steps; j++)
                more_ns += cases[i].steps[j] == cost ? 1000 : 0;
            g_assert_cmpint(run(cases[i].placement, dearer).latency_ns - before_ns, ==,
                            more_ns);
        }
    }
}

static void test_every_placement_is_asked(void)
{
    unsigned n = 0;

    while (placement_ops_all()[n])
        n++;
    g_assert_cmpuint(n, ==, G_N_ELEMENTS(cases));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/round-trip/it is the sum of its steps",
                    test_a_round_trip_is_the_sum_of_its_steps);
    g_test_add_func("/round-trip/each step counts as often as it happens",
                    test_each_step_counts_as_often_as_it_happens);
    g_test_add_func("/round-trip/every placement is asked",
                    test_every_placement_is_asked);
    return g_test_run();
}
