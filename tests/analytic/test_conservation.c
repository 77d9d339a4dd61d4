/*
 * What no machine may lose, in random ones: requests issued are answered or under way;
 * the books and the run states add up every 10 ms, while the toolstack pauses,
 * re-weighs, attaches and detaches at random.
 */
#include "tests/unit/io_world.h"

#include "models/devices/ports.h"

#define STEP_NS (10 * NS_PER_MS)
#define STEPS   40u
/* At the end, until all has been answered. */
#define ROUND_STEPS 200u
#define ROUNDS_MAX  20u
#define MAX_GUESTS  6u
#define MAX_VCPUS   2u

/* A guest's vCPU that does anything at all. */
typedef struct {
    Workload base;
    GRand *random;
    unsigned n_issued, n_answered; /* accesses that wait for the device model */
    bool is_at_end;
} Walker;

/* A write to a full buffered page waits as well, so those are not counted. */
static Activity random_access(Walker *self)
{
    static const uint64_t ports[] = { PORT_IDE_STATUS, PORT_IDE_CONTROL,
                                      PORT_PCI_ADDRESS, PORT_SERIAL_DATA,
                                      PORT_NIC_IRQ_STATUS };
    static const struct {
        uint64_t port;
        uint32_t value;
    } writes[] = { { PORT_IDE_COUNT, 8 },
                   { PORT_IDE_COMMAND, IDE_COMMAND_READ },
                   { PORT_IDE_COMMAND, IDE_COMMAND_READ_DMA },
                   { PORT_BUS_MASTER_COMMAND, BUS_MASTER_START },
                   { PORT_NIC_TX_STATUS, 1500 } };
    unsigned i;

    self->n_issued++;
    if (g_rand_boolean(self->random))
        return io_read(ports[g_rand_int_range(self->random, 0, G_N_ELEMENTS(ports))]);
    i = (unsigned)g_rand_int_range(self->random, 0, G_N_ELEMENTS(writes));
    return io_write(writes[i].port, writes[i].value);
}

static void walker_next(Workload *self, Activity *next)
{
    Walker *walker = (Walker *)self;

    if (walker->is_at_end) {
        *next = (Activity){ .kind = ACTIVITY_END };
        return;
    }
    switch (g_rand_int_range(walker->random, 0, 6)) {
    case 0:
        *next = io_compute(g_rand_int_range(walker->random, 0, 300000));
        return;
    case 1:
        *next = io_halt(g_rand_int_range(walker->random, 1, 2000000));
        return;
    case 2:
        *next = io_read(0x40); /* PIT: inside Xen */
        return;
    default:
        *next = random_access(walker);
    }
}

static void walker_free(Workload *self)
{
    Walker *walker = (Walker *)self;

    g_rand_free(walker->random);
}

static const WorkloadOps walker_ops = { "walker", walker_next, walker_free };

typedef struct {
    CostProfile *profile;
    MachineParams params;
    Machine *machine;
    Host *host;
    GuestParams guests[MAX_GUESTS];
    char names[MAX_GUESTS][16];
    Walker walkers[MAX_GUESTS][MAX_VCPUS];
    Workload *workloads[MAX_GUESTS][MAX_VCPUS];
    NeighbourParams neighbour;
    Domain *paused; /* or NULL */
} Trial;

static unsigned below(int n)
{
    return (unsigned)g_test_rand_int_range(0, n);
}

static void add_guest(Trial *self, unsigned i)
{
    GuestParams *guest = &self->guests[i];

    g_snprintf(self->names[i], sizeof self->names[i], "guest%u", i);
    *guest = (GuestParams){ .name = self->names[i],
                            .id = i + 1,
                            .sched = { .set = PARAM_WEIGHT, .weight = 256 },
                            .n_vcpus = 1 + below(MAX_VCPUS),
                            .workloads = self->workloads[i],
                            .start_ns = below(5) * NS_PER_MS,
                            .timer = { .hz = below(2) * 250 },
                            .stub.sched = { .set = PARAM_WEIGHT, .weight = 256 },
                            .stub.id = 100 + i,
                            .working_set_bytes = below(1000000),
                            .stub.working_set_bytes = below(300000) };
    for (unsigned j = 0; j < guest->n_vcpus; j++) {
        self->walkers[i][j] = (Walker){
            .base.ops = &walker_ops,
            .random = g_rand_new_with_seed((guint32)g_test_rand_int_range(0, INT_MAX))
        };
        self->workloads[i][j] = &self->walkers[i][j].base;
    }
    self->params.n_guests++;
}

static void see_request(void *listener, int64_t now_ns G_GNUC_UNUSED,
                        const Request *request)
{
    Trial *self = listener;
    const Vcpu *vcpu = request->guest;

    self->walkers[vcpu->domain->id - 1][vcpu->id].n_answered++;
}

static const SchedulerOps *random_scheduler(void)
{
    static const char *const names[] = { "credit-3.0.3", "credit-3.1",   "credit-3.4",
                                         "credit-4.17",  "credit2-4.17", "round-robin",
                                         "bvt" };

    return scheduler_ops_by_name(names[below(G_N_ELEMENTS(names))], NULL);
}

static void random_params(Trial *self, const PlacementOps *placement)
{
    const unsigned n_threads = 1 + below(2), n_pcpus = n_threads * (1 + below(3));
    const SchedParams params = { .set = PARAM_WEIGHT, .weight = 256 };

    self->neighbour = (NeighbourParams){ .name = "neighbour",
                                         .id = 50,
                                         .sched = params,
                                         .n_vcpus = 1 + below(2),
                                         .working_set_bytes = below(1000000),
                                         .run_ns = 3 * NS_PER_MS,
                                         .block_ns = below(3) * NS_PER_MS };
    self->params = (MachineParams){
        .host = { .topology = { n_pcpus, n_threads, n_pcpus / n_threads },
                  .scheduler = random_scheduler(),
                  .smt_speed_percent = 50 + below(51) },
        .has_footprints = below(2) == 1,
        .profile = self->profile,
        .placement = placement,
        .dom0 = { .n_vcpus = 1 + below(3),
                  .sched = params,
                  .hz = 100,
                  .working_set_bytes = below(1000000),
                  .daemon_interval_ns = below(2) * 50 * NS_PER_MS },
        .select_timeout_ns = below(2) * 10 * NS_PER_MS,
        .path = { .n_posted_places = 80 },
        .disk = { .seek_ns = NS_PER_MS, .bytes_per_s = below(2) * NS_PER_S },
        .nic = { .bits_per_s = NS_PER_S },
        .guests = self->guests,
        .neighbours = &self->neighbour,
        .n_neighbours = below(2),
    };
}

static void begin_trial(Trial *self, const PlacementOps *placement)
{
    const unsigned n_guests = 1 + below(MAX_GUESTS);

    *self = (Trial){ .profile = io_profile_new() };
    for (unsigned i = 0; i < COSTS; i++)
        self->profile->figures[i].cycles = 300 + 70 * (int64_t)i;
    self->profile->figures[COST_LINE_NEAR].cycles = 20;
    self->profile->figures[COST_LINE_FAR].cycles = 200;
    self->profile->caches[CACHE_PRIVATE].bytes = 65536;
    self->profile->caches[CACHE_SHARED].bytes = 1 << 20;
    random_params(self, placement);
    for (unsigned i = 0; i < n_guests; i++)
        add_guest(self, i);
    self->machine = machine_new(&self->params);
    self->host = machine_host(self->machine);
    host_add_probe(self->host, &(Probe){ .listener = self, .request = see_request });
}

/* What the toolstack may order of a running host. */
static void pause_or_unpause(Trial *self)
{
    if (self->paused) {
        domain_unpause(self->paused);
        self->paused = NULL;
    } else {
        self->paused = g_ptr_array_index(self->host->domains,
                                         below((int)self->host->domains->len));
        domain_pause(self->paused);
    }
    host_handle_softirqs(self->host);
}

static void attach_or_detach(Trial *self)
{
    const GuestParams *guest = &self->guests[below((int)self->params.n_guests)];
    Domain *sdom = host_domain_by_name(self->host, guest->name);
    g_autofree char *name = g_strdup_printf("%s-dm", guest->name);
    Domain *stub = host_domain_by_name(self->host, name);

    if (!stub || !self->host->scheduler.ops->regroup)
        return;
    g_assert_cmpint(stub->parent ? domain_detach(stub) : domain_attach(stub, sdom), ==,
                    0);
    host_handle_softirqs(self->host);
}

static void disturb(Trial *self)
{
    const SchedParams params = { .set = PARAM_WEIGHT, .weight = 1 + below(1000) };

    switch (below(4)) {
    case 0:
        pause_or_unpause(self);
        return;
    case 1:
        attach_or_detach(self);
        return;
    case 2:
        domain_set_params(g_ptr_array_index(self->host->domains,
                                            below((int)self->host->domains->len)),
                          &params);
        host_handle_softirqs(self->host);
        return;
    default:
        return;
    }
}

static void check_requests(const Trial *self)
{
    for (unsigned i = 0; i < self->params.n_guests; i++) {
        const Domain *guest = host_domain_by_name(self->host, self->guests[i].name);

        for (unsigned j = 0; j < self->guests[i].n_vcpus; j++) {
            const Walker *walker = &self->walkers[i][j];
            const Vcpu *vcpu = g_ptr_array_index(guest->vcpus, j);
            const unsigned outstanding = walker->n_issued - walker->n_answered;

            g_assert_cmpuint(outstanding, <=, 1);
            if (vcpu->pause_flags & PAUSE_BLOCKED_IN_XEN)
                g_assert_cmpuint(outstanding, ==, 1);
        }
    }
}

static void check(const Trial *self)
{
    g_autoptr(GError) error = NULL;

    machine_check(self->machine, &error);
    g_assert_no_error(error);
    check_requests(self);
}

static bool is_all_answered(const Trial *self)
{
    for (unsigned i = 0; i < self->params.n_guests; i++)
        for (unsigned j = 0; j < self->guests[i].n_vcpus; j++)
            if (self->walkers[i][j].n_issued != self->walkers[i][j].n_answered)
                return false;
    return true;
}

/* Under credit2 an idle pCPU that has been asked to take another one's vCPU leaves it
 * waiting if its credit is at its lowest (Xen 4.17, runq_candidate), until something
 * else happens. At the end of a trial nothing else may be left to happen. */
static void wake_all_again(Trial *self)
{
    for (unsigned i = 0; i < self->host->domains->len; i++) {
        Domain *domain = g_ptr_array_index(self->host->domains, i);

        domain_pause(domain);
        host_handle_softirqs(self->host);
        domain_unpause(domain);
        host_handle_softirqs(self->host);
    }
}

/* Round after round, as a domain of small weight beside one that never blocks may not
 * run for seconds. */
static void run_to_the_end(Trial *self)
{
    const bool may_leave_waiting =
        g_str_equal(self->params.host.scheduler->name, "credit2-4.17");

    for (unsigned round = 1; round <= ROUNDS_MAX; round++) {
        machine_run_until(self->machine, (STEPS + round * ROUND_STEPS) * STEP_NS);
        if (is_all_answered(self))
            return;
        if (may_leave_waiting)
            wake_all_again(self);
    }
}

/* Nobody asks for more, nobody is paused: what is under way comes to its end. */
static void end_trial(Trial *self)
{
    unsigned n_answered = 0;

    if (self->paused)
        pause_or_unpause(self);
    for (unsigned i = 0; i < self->params.n_guests; i++)
        for (unsigned j = 0; j < self->guests[i].n_vcpus; j++)
            self->walkers[i][j].is_at_end = true;
    run_to_the_end(self);
    check(self);
    for (unsigned i = 0; i < self->params.n_guests; i++)
        for (unsigned j = 0; j < self->guests[i].n_vcpus; j++) {
            g_assert_cmpuint(self->walkers[i][j].n_issued, ==,
                             self->walkers[i][j].n_answered);
            n_answered += self->walkers[i][j].n_answered;
        }
    g_assert_cmpuint(n_answered, >, 0);
    machine_free(self->machine);
    cost_profile_free(self->profile);
}

static void run_trial(const PlacementOps *placement)
{
    Trial trial;

    begin_trial(&trial, placement);
    g_test_message("%s, %s, %u pCPUs, %u guests", placement->name,
                   trial.params.host.scheduler->name, trial.host->n_pcpus,
                   trial.params.n_guests);
    for (unsigned i = 1; i <= STEPS; i++) {
        machine_run_until(trial.machine, i * STEP_NS);
        check(&trial);
        disturb(&trial);
    }
    end_trial(&trial);
}

static void test_nothing_is_lost(gconstpointer placement)
{
    const char *trials = g_getenv("HVMSIM_TRIALS");
    const guint64 n = trials ? g_ascii_strtoull(trials, NULL, 10) : 40;

    for (guint64 i = 0; i < n; i++)
        run_trial(placement);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (unsigned i = 0; placement_ops_all()[i]; i++) {
        g_autofree char *path =
            g_strdup_printf("/conservation/%s", placement_ops_all()[i]->name);

        g_test_add_data_func(path, placement_ops_all()[i], test_nothing_is_lost);
    }
    return g_test_run();
}
