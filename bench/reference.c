#include "bench/reference.h"

#include "experiments/scenario/cost_profile.h"
#include "results/collector.h"

#define READS     8
#define SPIN      5000000          /* instructions between groups of reads */
#define START_NS  (20 * NS_PER_MS) /* guests start within */
#define WARMUP_NS (60 * NS_PER_MS)

typedef struct {
    Workload base;
    unsigned n_done;
} Poller;

struct Reference {
    CostProfile *profile;
    Machine *machine;
    Collector *collector; /* NULL: lean */
    GuestParams *guests;
    Workload **workloads;
    int64_t until_ns;
    uint64_t requests; /* ever */
    ReferenceCounts before;
};

static void poller_next(Workload *self, Activity *next)
{
    Poller *poller = (Poller *)self;

    if (poller->n_done++ % (READS + 1) == READS)
        *next = (Activity){ .kind = ACTIVITY_COMPUTE, .instructions = SPIN };
    else
        *next = (Activity){
            .kind = ACTIVITY_PORT, .address = 0x1f7, .count = 1, .size_bytes = 1
        };
}

static void poller_free(Workload *self)
{
    g_free(self);
}

static const WorkloadOps poller_ops = { "poller", poller_next, poller_free };

static void count_request(void *listener, int64_t now_ns G_GNUC_UNUSED,
                          const Request *request G_GNUC_UNUSED)
{
    uint64_t *requests = listener;

    ++*requests;
}

static void fill_guests(Reference *self, unsigned n_guests)
{
    self->guests = g_new0(GuestParams, n_guests);
    self->workloads = g_new0(Workload *, n_guests);
    for (unsigned i = 0; i < n_guests; i++) {
        Poller *poller = g_new0(Poller, 1);

        poller->base.ops = &poller_ops;
        self->workloads[i] = &poller->base;
        self->guests[i] = (GuestParams){ .name = "guest",
                                         .id = 2 * i + 1,
                                         .n_vcpus = 1,
                                         .workloads = &self->workloads[i],
                                         .start_ns = i * START_NS / n_guests,
                                         .stub.id = 2 * i + 2 };
    }
}

static void build(Reference *self, const ReferenceParams *reference)
{
    const unsigned n_pcpus = reference->n_pcpus;
    MachineParams params = {
        .host = { .topology = { n_pcpus, 1, MIN(n_pcpus, 16) },
                  .scheduler = scheduler_ops_by_name(reference->scheduler, NULL) },
        .profile = self->profile,
        .placement = placement_ops_by_name(reference->placement, NULL),
        .dom0 = { .n_vcpus = 2, .hz = 100 },
        .select_timeout_ns = 10 * NS_PER_MS,
        .disk = { .seek_ns = 50000, .bytes_per_s = 400000000 },
        .nic = { .bits_per_s = 1000000000 },
        .n_guests = reference->n_guests,
    };

    fill_guests(self, reference->n_guests);
    params.guests = self->guests;
    self->machine = machine_new(&params);
}

static ReferenceCounts count(const Reference *self)
{
    const Host *host = machine_host(self->machine);

    return (ReferenceCounts){ sim_fired_count(host->sim), host->decisions,
                              self->requests, self->until_ns };
}

Reference *reference_new(const ReferenceParams *params)
{
    Reference *self = g_new0(Reference, 1);
    g_autoptr(GError) error = NULL;

    self->profile =
        cost_profile_load(HVMSIM_SOURCE_DIR "/models/costs/merom-2007.ini", &error);
    g_assert_no_error(error);
    build(self, params);
    host_add_probe(machine_host(self->machine),
                   &(Probe){ .listener = &self->requests, .request = count_request });
    if (!params->is_lean)
        self->collector = collector_new(machine_host(self->machine));
    reference_run(self, WARMUP_NS);
    if (!params->is_lean)
        collector_begin(self->collector);
    self->before = count(self);
    return self;
}

void reference_free(Reference *self)
{
    collector_free(self->collector);
    machine_free(self->machine);
    cost_profile_free(self->profile);
    g_free(self->guests);
    g_free(self->workloads);
    g_free(self);
}

void reference_run(Reference *self, int64_t duration_ns)
{
    self->until_ns += duration_ns;
    machine_run_until(self->machine, self->until_ns);
}

ReferenceCounts reference_counts(const Reference *self)
{
    const ReferenceCounts now = count(self), before = self->before;

    return (ReferenceCounts){ now.events - before.events,
                              now.decisions - before.decisions,
                              now.requests - before.requests,
                              now.simulated_ns - before.simulated_ns };
}

unsigned reference_vcpus(const Reference *self)
{
    return machine_host(self->machine)->vcpus->len;
}
