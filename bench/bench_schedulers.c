/*
 * bench_schedulers.c - what a decision costs, everything included, for each scheduler.
 *
 * Time of the whole simulation over its scheduling decisions, tracing off: events,
 * wakes, ticks, accounting and contexts are in it. "fixed": 64, 256 and 1,024 vCPUs of
 * the mix on 16 pCPUs, so that run queues grow; "scaled": 4 vCPUs for each pCPU. Xen's
 * own code in a minimal event loop, on 16 pCPUs and 64 domains: credit 3.1 139 ns,
 * credit 4.17 219, credit2 276.
 */
#include "bench/measure.h"
#include "bench/mix.h"

#include <stdlib.h>
#include <string.h>

#define SEED    15
#define TURNS   7
#define TURN_NS NS_PER_S

typedef struct {
    Mix *mix;
    uint64_t decisions, events;
    int64_t turn_ns;
} Subject;

static uint64_t run_turn(void *data)
{
    Subject *subject = data;
    Host *host = mix_host(subject->mix);
    const uint64_t before = host->decisions;

    host_run_until(host, host_now_ns(host) + subject->turn_ns);
    return MAX(host->decisions - before, 1);
}

static void print_figures(const char *benchmark, unsigned n_vcpus,
                          const SchedulerOps *scheduler, const Subject *subject,
                          double ns)
{
    Host *host = mix_host(subject->mix);
    const double decisions = (double)host->decisions;
    const double total_ns = (double)host_now_ns(host) * host->n_pcpus;
    const char *name = scheduler->name;
    const struct {
        const char *metric, *unit;
        double value;
    } figures[] = {
        { "per-decision", "ns", ns },
        { "per-event", "ns", ns * decisions / (double)sim_fired_count(host->sim) },
        { "decisions", "1/s", decisions * NS_PER_S / (double)host_now_ns(host) },
        { "busy", "%", 100 - 100 * (double)host->idle_ns / total_ns },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(figures); i++) {
        g_autofree char *metric = g_strdup_printf("%s-%s", name, figures[i].metric);

        bench_print(benchmark, n_vcpus, metric, figures[i].value, figures[i].unit);
    }
}

static void run(const char *benchmark, unsigned n_pcpus, unsigned n_vcpus,
                const char *only)
{
    const SchedulerOps *const *all = scheduler_ops_all();
    Contender contenders[32];
    Subject subjects[32];
    const SchedulerOps *schedulers[32];
    unsigned n = 0;

    for (unsigned i = 0; all[i]; i++) {
        if (only && strcmp(all[i]->name, only) != 0)
            continue;
        g_assert(n < G_N_ELEMENTS(subjects));
        schedulers[n] = all[i];
        subjects[n] = (Subject){ .mix = mix_new(all[i], n_pcpus, n_vcpus, SEED),
                                 .turn_ns = TURN_NS * 64 / n_vcpus };
        contenders[n] = (Contender){ .work = run_turn, .subject = &subjects[n] };
        run_turn(&subjects[n]); /* vCPUs start */
        n++;
    }
    bench_compare(contenders, n, TURNS);
    for (unsigned i = 0; i < n; i++) {
        host_book_time(mix_host(subjects[i].mix));
        print_figures(benchmark, n_vcpus, schedulers[i], &subjects[i],
                      contenders[i].ns);
        mix_free(subjects[i].mix);
    }
}

/* Without an argument all schedulers and sizes; with one, that scheduler at 64. */
int main(int argc, char **argv)
{
    static const unsigned sizes[] = { 64, 256, 1024 };

    bench_print_header();
    if (argc > 1)
        run("schedulers-fixed", 16, 64, argv[1]);
    for (unsigned i = 0; argc == 1 && i < G_N_ELEMENTS(sizes); i++)
        run("schedulers-fixed", 16, sizes[i], NULL);
    for (unsigned i = 1; argc == 1 && i < G_N_ELEMENTS(sizes); i++)
        run("schedulers-scaled", sizes[i] / 4, sizes[i], NULL);
    return 0;
}
