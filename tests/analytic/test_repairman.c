/*
 * N guests that think and then ask one server, dom0's only vCPU: the machine repairman,
 * M/M/1//N, whose throughput and mean response are known in closed form.
 *
 * All costs are 0 but an element of a string access, 1 ns, and an instruction, 1 ns: a
 * burst of exponential length is the thinking time, a string access of exponential
 * count the service. Each vCPU has its own pCPU. The order of service (dom0's Linux
 * prefers who has slept, and preempts) does not matter: service times are memoryless,
 * and it never idles while somebody waits.
 */
#include "sim/random.h"
#include "tests/unit/io_world.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>

#define N_GUESTS   4u
#define SERVICE_NS (100 * NS_PER_US)
#define BATCHES    20u
#define BATCH_NS   (NS_PER_S / 2)
#define WARM_UP_NS (NS_PER_S / 10)

typedef struct {
    Workload base;
    gsl_rng *stream;
    int64_t think_ns;
    bool has_thought;
    int64_t asked_ns; /* service, in all requests so far */
} Thinker;

static void thinker_next(Workload *self, Activity *next)
{
    Thinker *thinker = (Thinker *)self;

    thinker->has_thought = !thinker->has_thought;
    if (thinker->has_thought) {
        *next = io_compute(random_exponential_ns(thinker->stream, thinker->think_ns));
        return;
    }
    *next = io_read(0x60);
    next->count = 1 + (uint32_t)random_exponential_ns(thinker->stream, SERVICE_NS);
    thinker->asked_ns += next->count - 1;
}

static void thinker_free(Workload *self)
{
    Thinker *thinker = (Thinker *)self;

    gsl_rng_free(thinker->stream);
    g_free(thinker);
}

static const WorkloadOps thinker_ops = { "thinker", thinker_next, thinker_free };

static Workload *thinker_new(unsigned number, int64_t think_ns)
{
    g_autofree char *name = g_strdup_printf("guest%u/vcpu0/think", number);
    Thinker *thinker = g_new0(Thinker, 1);

    thinker->base.ops = &thinker_ops;
    thinker->stream = random_stream_new(1, name);
    thinker->think_ns = think_ns;
    return &thinker->base;
}

typedef struct {
    uint64_t answered;
    int64_t response_ns, serving_ns; /* sums */
} Seen;

static void see_request(void *listener, int64_t now_ns, const Request *request)
{
    Seen *seen = listener;

    seen->answered++;
    seen->response_ns += now_ns - request->issued_ns;
    seen->serving_ns += request->stage_ns[STAGE_SERVICE];
}

/* Exact mean value analysis: throughput per ns and mean response of N customers. */
static void mean_value_analysis(unsigned n, double service_ns, double think_ns,
                                double *per_ns, double *response_ns)
{
    double queue = 0;

    for (unsigned i = 1; i <= n; i++) {
        *response_ns = service_ns * (1 + queue);
        *per_ns = i / (think_ns + *response_ns);
        queue = *per_ns * *response_ns;
    }
}

static void check_inside(const char *what, const double *batches, double expected)
{
    const double mean = gsl_stats_mean(batches, 1, BATCHES);
    const double half = gsl_cdf_tdist_Pinv(0.995, BATCHES - 1) *
                        gsl_stats_sd(batches, 1, BATCHES) / sqrt(BATCHES);

    g_test_message("%s: %g, 99 %% interval %g +- %g", what, expected, mean, half);
    g_assert_cmpfloat(fabs(mean - expected), <=, half);
    g_assert_cmpfloat(half, <, 0.05 * expected); /* it says something */
}

typedef struct {
    CostProfile *profile;
    Workload *workloads[N_GUESTS];
    GuestParams guests[N_GUESTS];
    PcpuMask masks[N_GUESTS + 1];
    Machine *machine;
    Seen seen;
} Shop;

static void pin_apart(Shop *shop)
{
    for (unsigned i = 0; i <= N_GUESTS; i++) {
        mask_init(&shop->masks[i], N_GUESTS + 1);
        mask_add(&shop->masks[i], i);
    }
}

static void add_guests(Shop *shop, int64_t think_ns)
{
    static const char *const names[N_GUESTS] = { "a", "b", "c", "d" };

    for (unsigned i = 0; i < N_GUESTS; i++) {
        shop->workloads[i] = thinker_new(i, think_ns);
        shop->guests[i] = (GuestParams){ .name = names[i],
                                         .id = i + 1,
                                         .n_vcpus = 1,
                                         .workloads = &shop->workloads[i],
                                         .pinning = shop->masks[i + 1],
                                         .stub.id = 100 + i };
    }
}

static void open_shop(Shop *shop, int64_t think_ns)
{
    *shop = (Shop){ .profile = io_profile_new() };
    for (unsigned i = 0; i < COSTS; i++)
        shop->profile->figures[i].cycles = i == COST_QEMU_ELEMENT;
    pin_apart(shop);
    add_guests(shop, think_ns);
    shop->machine = machine_new(&(MachineParams){
        .host = { .topology = { N_GUESTS + 1, 1, N_GUESTS + 1 },
                  .scheduler = scheduler_ops_by_name("credit-3.1", NULL) },
        .profile = shop->profile,
        .placement = placement_ops_by_name("dom0", NULL),
        .dom0 = { .n_vcpus = 1, .hz = 100, .pinning = shop->masks[0] },
        .path = { .n_posted_places = 80 },
        .nic = { .bits_per_s = NS_PER_S },
        .guests = shop->guests,
        .n_guests = N_GUESTS,
    });
    host_add_probe(machine_host(shop->machine),
                   &(Probe){ .listener = &shop->seen, .request = see_request });
}

static void close_shop(Shop *shop)
{
    machine_free(shop->machine);
    cost_profile_free(shop->profile);
}

static int64_t busy_ns(Shop *shop)
{
    host_book_time(machine_host(shop->machine));
    return host_domain_by_name(machine_host(shop->machine), "Domain-0")->ran_ns;
}

static void test_throughput_and_response_are_exact(gconstpointer think_us)
{
    const int64_t think_ns = GPOINTER_TO_INT(think_us) * NS_PER_US;
    double per_ns[BATCHES], response_ns[BATCHES], expected_per_ns, expected_ns;
    Shop shop;

    open_shop(&shop, think_ns);
    machine_run_until(shop.machine, WARM_UP_NS);
    for (unsigned i = 0; i < BATCHES; i++) {
        const Seen before = shop.seen;
        int64_t answered;

        machine_run_until(shop.machine, WARM_UP_NS + (i + 1) * BATCH_NS);
        answered = (int64_t)(shop.seen.answered - before.answered);
        per_ns[i] = (double)answered / BATCH_NS;
        response_ns[i] =
            (double)(shop.seen.response_ns - before.response_ns) / (double)answered;
    }
    mean_value_analysis(N_GUESTS, SERVICE_NS, (double)think_ns, &expected_per_ns,
                        &expected_ns);
    check_inside("throughput", per_ns, expected_per_ns);
    check_inside("response", response_ns, expected_ns);
    close_shop(&shop);
}

/* Laws of every run, whatever the distributions; at the ends some requests are under
 * way, at most one per guest. */
static void test_operational_laws_hold(gconstpointer think_us)
{
    Shop shop;
    int64_t asked_ns = 0, waited_ns = 0;

    open_shop(&shop, GPOINTER_TO_INT(think_us) * NS_PER_US);
    machine_run_until(shop.machine, NS_PER_S);
    for (unsigned i = 0; i < N_GUESTS; i++) {
        const Domain *guest =
            host_domain_by_name(machine_host(shop.machine), shop.guests[i].name);
        const Vcpu *vcpu = g_ptr_array_index(guest->vcpus, 0);

        asked_ns += ((Thinker *)shop.workloads[i])->asked_ns;
        waited_ns += runstate_total_ns(&vcpu->runstate, RUNSTATE_OFFLINE, NS_PER_S);
    }
    /* Utilisation: dom0 was busy for what was asked of it, up to what is under way. */
    g_assert_cmpint(shop.seen.serving_ns, <=, busy_ns(&shop));
    g_assert_cmpint(busy_ns(&shop), <=, asked_ns);
    g_assert_cmpint(asked_ns - shop.seen.serving_ns, <=,
                    (int64_t)N_GUESTS * 20 * SERVICE_NS);
    /* Little: the mean number that waits, seen by the run states, is throughput times
     * response, seen by the requests. */
    g_assert_cmpint(waited_ns, >=, shop.seen.response_ns);
    g_assert_cmpint(waited_ns - shop.seen.response_ns, <=,
                    (int64_t)N_GUESTS * 20 * SERVICE_NS);
    close_shop(&shop);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (int think_us = 100; think_us <= 900; think_us += 400) {
        g_autofree char *exact = g_strdup_printf("/repairman/exact/%d us", think_us);
        g_autofree char *laws = g_strdup_printf("/repairman/laws/%d us", think_us);

        g_test_add_data_func(exact, GINT_TO_POINTER(think_us),
                             test_throughput_and_response_are_exact);
        g_test_add_data_func(laws, GINT_TO_POINTER(think_us),
                             test_operational_laws_hold);
    }
    return g_test_run();
}
