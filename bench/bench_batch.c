/*
 * bench_batch.c - what batches cost: runs per second on one thread and on two, and the
 * database's share.
 *
 * usage: bench_batch FOLDER [CASE]      (for the databases; left behind)
 *
 * "tiny": thousands of runs of 1 ms, where building a machine and keeping its results
 * is all there is; "short": 100 ms of 4 guests, read from a capture; "long": 2 s of 16
 * guests. One thread and two take turns, and the best of each counts. The thread that
 * calls batch_run does nothing but to hand out runs and to keep them: its CPU time over
 * that of the process is the database's share. Where others compete for the CPUs,
 * scaling says nothing; scaling-by-cpu is what CPU times leave possible if no thread
 * waits for another.
 */
#include "bench/measure.h"
#include "experiments/batch/batch.h"

#include <stdio.h>
#include <time.h>

#define ROUNDS 3u

typedef struct {
    const char *name, *duration, *warmup, *guests, *source;
    unsigned replications; /* of each of four combinations */
} Case;

static const Case cases[] = {
    { "tiny", "1ms", "0ms", "1", "source = disk-pio", 1000 },
    { "short", "100ms", "20ms", "4", "source = trace\nfile = hvm-disk-1p\ndomain = 7",
      50 },
    { "long", "2s", "100ms", "16", "source = disk-dma", 8 },
};

typedef struct {
    double wall_s, cpu_s, writer_cpu_s, busy_s;
} Spent;

static double clock_s(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static Spent spent_now(void)
{
    return (Spent){ clock_s(CLOCK_MONOTONIC), clock_s(CLOCK_PROCESS_CPUTIME_ID),
                    clock_s(CLOCK_THREAD_CPUTIME_ID), 0 };
}

static char *write_scenario(const Case *bench, const char *folder)
{
    g_autofree char *name = g_strdup_printf("%s.ini", bench->name);
    char *path = g_build_filename(folder, name, NULL);
    g_autofree char *text = g_strdup_printf(
        "[run]\nduration = %s\nwarmup = %s\nreplications = %u\n[host]\npcpus = 2\n"
        "[workload work]\n%s\n[domain guest]\nkind = hvm\nworkload = work\n"
        "count = %s\n[sweep]\ndevice-model.placement = dom0, stub\n"
        "disk.seek = 50us, 100us\n",
        bench->duration, bench->warmup, bench->replications, bench->source,
        bench->guests);
    g_autoptr(GError) error = NULL;

    g_file_set_contents(path, text, -1, &error);
    g_assert_no_error(error);
    return path;
}

static Spent run(const Experiment *experiment, const char *folder, unsigned n_jobs,
                 unsigned round)
{
    g_autofree char *name = g_strdup_printf("batch-%u-%u.db", n_jobs, round);
    g_autofree char *path = g_build_filename(folder, name, NULL);
    g_autofree char *crashed = g_build_filename(folder, "crashed", NULL);
    g_autoptr(GError) error = NULL;
    const int stop = 0;
    const BatchParams params = { .n_jobs = n_jobs,
                                 .stop = &stop,
                                 .crash_path = crashed };
    BatchTotals totals;
    Database *database;
    Spent before, after;

    remove(path);
    database = database_open(path, DATABASE_WRITE, &error);
    g_assert_no_error(error);
    before = spent_now();
    batch_run(experiment, database, &params, &totals, &error);
    after = spent_now();
    g_assert_no_error(error);
    g_assert_cmpuint(totals.n_done, ==, totals.n_runs);
    database_close(database);
    return (Spent){ after.wall_s - before.wall_s, after.cpu_s - before.cpu_s,
                    after.writer_cpu_s - before.writer_cpu_s,
                    (double)totals.took_ns / 1e9 };
}

static void keep_best(Spent *best, Spent cost, unsigned round)
{
    if (round == 0 || cost.wall_s < best->wall_s)
        *best = cost;
}

/* The thread of the database works beside those of the runs: with one of these, two
 * CPUs are in use already. */
static double scaling_by_cpu(const Spent *one, const Spent *two)
{
    const double one_s = MAX(one->cpu_s - one->writer_cpu_s, one->writer_cpu_s);
    const double two_s = MAX(two->cpu_s / 2, two->writer_cpu_s);

    return one_s / two_s;
}

static void report(const Case *bench, unsigned n_runs, const Spent *one,
                   const Spent *two)
{
    const struct {
        const char *metric;
        double value;
        const char *unit;
    } rows[] = {
        { "runs-per-s", n_runs / one->wall_s, "1/s" },
        { "runs-per-s-on-2", n_runs / two->wall_s, "1/s" },
        { "scaling", one->wall_s / two->wall_s, "" },
        { "scaling-by-cpu", scaling_by_cpu(one, two), "" },
        { "busy-on-2", 100 * two->busy_s / (2 * two->wall_s), "%" },
        { "cpu-ratio-on-2", two->cpu_s / one->cpu_s, "" },
        { "database", 100 * one->writer_cpu_s / one->cpu_s, "% of CPU" },
        { "cpu", 1e3 * one->cpu_s / n_runs, "ms per run" },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *metric = g_strdup_printf("%s-%s", bench->name, rows[i].metric);

        bench_print("batch", n_runs, metric, rows[i].value, rows[i].unit);
    }
}

int main(int argc, char **argv)
{
    const char *folder = argc > 1 ? argv[1] : ".";
    const char *only = argc > 2 ? argv[2] : NULL;

    bench_print_header();
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = write_scenario(&cases[i], folder);
        g_autoptr(GError) error = NULL;
        g_autoptr(Experiment) experiment = experiment_load(path, NULL, &error);
        Spent one = { 0 }, two = { 0 };

        g_assert_no_error(error);
        if (only && !g_str_equal(only, cases[i].name))
            continue;
        for (unsigned round = 0; round < ROUNDS; round++) {
            keep_best(&one, run(experiment, folder, 1, round), round);
            keep_best(&two, run(experiment, folder, 2, round), round);
        }
        report(&cases[i], experiment_count_runs(experiment), &one, &two);
    }
    return 0;
}
