#include "experiments/batch/batch.h"

#include "experiments/batch/crash_guard.h"
#include "experiments/batch/estimate.h"
#include "experiments/batch/experiment_notes.h"
#include "experiments/batch/experiment_runs.h"
#include "experiments/batch/run.h"
#include "experiments/batch/starvation.h"
#include "experiments/batch/version.h"
#include "experiments/threads/crew.h"

/* Between two looks at the stop flag and two reports of progress. */
#define REPORT_INTERVAL_US 200000
/* Between two transactions, unless a thread would have nothing to do: what a killed
 * process can lose of runs that have finished. */
#define KEEP_INTERVAL_US 100000
#define AHEAD_MAX        1000u

typedef struct {
    const Experiment *experiment;
    Database *database;
    const BatchParams *params;
    BatchTotals *totals;
    char *hash;
    GPtrArray *runs;    /* of ExperimentRun, all of them; borrowed by the following */
    GPtrArray *waiting; /* to be run, in order */
    GHashTable *keys;   /* of these */
    GPtrArray *twins;   /* as one of these, in another combination */
    unsigned n_started; /* of those that wait */
    GPtrArray *running; /* given to the crew and not yet kept */
    GPtrArray *ended;   /* of these, to be kept */
    Crew *crew;
    Estimate estimate;
    Starvation *starvation;
    int64_t started_ns;
    int stop; /* told to the threads */
} Batch;

static int64_t wall_clock_ns(void)
{
    return g_get_monotonic_time() * NS_PER_US;
}

static void note(const Batch *batch, const ExperimentRun *run, const char *what)
{
    const BatchListener *listener = &batch->params->listener;
    g_autofree char *message = NULL;

    if (!listener->note)
        return;
    message = g_strdup_printf("%s: %s", run->description, what);
    listener->note(listener->data, message);
}

static void note_starvation(const Batch *batch)
{
    const BatchListener *listener = &batch->params->listener;
    g_autofree char *message = starvation_describe(batch->starvation);

    if (message && listener->note)
        listener->note(listener->data, message);
}

/* Not when a batch goes on: they have been read. */
static void note_experiment(const Batch *batch)
{
    const BatchListener *listener = &batch->params->listener;
    g_autoptr(GPtrArray) notes = experiment_notes(batch->experiment);

    for (unsigned i = 0; i < notes->len; i++)
        if (listener->note && batch->totals->n_known == 0)
            listener->note(listener->data, g_ptr_array_index(notes, i));
}

/* What is kept from before, and what is to be run. */

static bool has_crashed(const GPtrArray *crashed, const ExperimentRun *run)
{
    return g_ptr_array_find_with_equal_func((GPtrArray *)crashed, run->key, g_str_equal,
                                            NULL);
}

static void expect(Batch *batch, ExperimentRun *run)
{
    const ExperimentCell *cell = g_ptr_array_index(batch->experiment->cells, run->cell);

    if (!g_hash_table_add(batch->keys, run->key)) {
        g_ptr_array_add(batch->twins, run);
        return;
    }
    g_ptr_array_add(batch->waiting, run);
    estimate_expect(&batch->estimate, run->cell, cell_weight(cell));
}

/* The run is kept, by this campaign or another one. */
static bool adopt(Batch *batch, ExperimentRun *run, GError **error)
{
    g_autoptr(RunRecord) identity = experiment_run_identity(run, batch->hash);

    return database_adopt_run(batch->database, identity, error);
}

static bool sort_run(Batch *batch, ExperimentRun *run, const GPtrArray *crashed,
                     GError **error)
{
    const bool is_retry = batch->params->is_retry;
    RunKnowledge known;

    if (!database_find_run(batch->database, run->key, &known, error))
        return false;
    if (known == RUN_KNOWN_DONE) {
        batch->totals->n_known++;
        return adopt(batch, run, error);
    }
    if (known == RUN_KNOWN_FAILED && !is_retry) {
        batch->totals->n_failed++;
        note(batch, run, "failed before; --retry tries it again");
        return adopt(batch, run, error);
    }
    if (has_crashed(crashed, run) && !is_retry) {
        batch->totals->n_left_out++;
        note(batch, run, "took the program down before; --retry tries it again");
    } else {
        expect(batch, run);
    }
    return true;
}

static bool is_of_shard(const Batch *batch, unsigned run)
{
    const BatchParams *params = batch->params;

    return params->n_shards == 0 || run % params->n_shards == params->shard;
}

static bool sort_runs(Batch *batch, GError **error)
{
    g_autoptr(GPtrArray) crashed = crash_guard_read(batch->params->crash_path);

    if (!database_begin(batch->database, error))
        return false;
    if (batch->params->is_retry)
        crash_guard_forget(batch->params->crash_path);
    for (unsigned i = 0; i < batch->runs->len; i++)
        if (is_of_shard(batch, i) &&
            !sort_run(batch, g_ptr_array_index(batch->runs, i), crashed, error))
            return false;
    return database_commit(batch->database, error);
}

/* After the others: what is known by now of runs that are the same as others. */
static bool settle_twins(Batch *batch, GError **error)
{
    if (batch->twins->len == 0)
        return true;
    if (!database_begin(batch->database, error))
        return false;
    for (unsigned i = 0; i < batch->twins->len; i++) {
        ExperimentRun *twin = g_ptr_array_index(batch->twins, i);
        RunKnowledge known;

        if (!database_find_run(batch->database, twin->key, &known, error))
            return false;
        if (known == RUN_UNKNOWN)
            continue;
        if (!adopt(batch, twin, error))
            return false;
        batch->totals->n_done += known == RUN_KNOWN_DONE;
        batch->totals->n_failed += known == RUN_KNOWN_FAILED;
    }
    return database_commit(batch->database, error);
}

static bool add_campaign(const Batch *batch, GError **error)
{
    const ExperimentCell *first = g_ptr_array_index(batch->experiment->cells, 0);
    const Campaign campaign = {
        .hash = batch->hash,
        .scenario_name = first->scenario->names.name,
        .scenario_text = batch->experiment->text,
        .program_version = version_text(),
        .n_runs = batch->runs->len,
    };

    return database_add_campaign(batch->database, &campaign, error);
}

/* In a thread of the crew. */
static void do_run(void *job, void *data)
{
    ExperimentRun *run = job;
    Batch *batch = data;
    const int64_t started_ns = wall_clock_ns();

    crash_guard_enter(run->key, run->description);
    if (!g_atomic_int_get(&batch->stop))
        run->record = run_simulate(run->scenario, run->seed, &batch->stop, &run->error);
    if (run->record || run->error)
        experiment_run_complete(run, batch->hash);
    crash_guard_enter(NULL, NULL);
    run->took_ns = wall_clock_ns() - started_ns;
}

/* One run for each thread and, when runs are short, as many more as keep the threads
 * busy from one transaction to the next. */
static unsigned n_wanted(const Batch *batch)
{
    const unsigned n_jobs = batch->params->n_jobs;
    const unsigned n_done = batch->totals->n_done;
    const int64_t run_ns =
        n_done > 0 ? MAX(batch->totals->took_ns / n_done, 1) : INT64_MAX;
    const int64_t ahead = INT64_C(3) * KEEP_INTERVAL_US * NS_PER_US / run_ns;

    return n_jobs + (unsigned)MIN(ahead * n_jobs, AHEAD_MAX);
}

static void hand_out(Batch *batch, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        ExperimentRun *run = g_ptr_array_index(batch->waiting, batch->n_started++);

        estimate_start(&batch->estimate, run->cell);
        run->started_ns = wall_clock_ns();
        g_ptr_array_add(batch->running, run);
        crew_give(batch->crew, run);
    }
}

static bool keep(Batch *batch, ExperimentRun *run, GError **error)
{
    g_autoptr(RunRecord) record = g_steal_pointer(&run->record);

    if (!record)
        return true;
    if (run->error) {
        batch->totals->n_failed++;
        note(batch, run, run->error->message);
    } else {
        batch->totals->n_done++;
        batch->totals->took_ns += run->took_ns;
        estimate_finish(&batch->estimate, run->cell, run->took_ns);
        starvation_add(batch->starvation, run->cell, record);
    }
    return database_add_run(batch->database, record, error);
}

/* What the runs under way have still to go, by what is known of their cells. */
static int64_t running_left_ns(const Batch *batch, int64_t now_ns)
{
    int64_t left_ns = 0;

    for (unsigned i = 0; i < batch->running->len; i++) {
        const ExperimentRun *run = g_ptr_array_index(batch->running, i);
        const int64_t run_ns = estimate_run_ns(&batch->estimate, run->cell);

        left_ns += MAX(0, run_ns - (now_ns - run->started_ns));
    }
    return left_ns;
}

static void report(const Batch *batch)
{
    const BatchListener *listener = &batch->params->listener;
    const int64_t now_ns = wall_clock_ns();
    const BatchProgress progress = {
        .totals = batch->totals,
        .elapsed_ns = now_ns - batch->started_ns,
        .left_ns = estimate_left_ns(&batch->estimate, batch->params->n_jobs,
                                    running_left_ns(batch, now_ns)),
    };

    if (listener->progress)
        listener->progress(listener->data, &progress);
}

static void take_stop(Batch *batch)
{
    if (batch->params->stop && g_atomic_int_get(batch->params->stop)) {
        batch->totals->is_interrupted = true;
        g_atomic_int_set(&batch->stop, 1);
    }
}

/* Waits for a run to end; then for more, as long as the threads have enough to do while
 * what has ended is kept. */
static void collect(Batch *batch)
{
    const unsigned n_enough = MAX(batch->params->n_jobs, n_wanted(batch) / 2);
    const int64_t until_us = g_get_monotonic_time() + KEEP_INTERVAL_US;
    ExperimentRun *run = crew_take_within(batch->crew, REPORT_INTERVAL_US);

    while (run) {
        const int64_t left_us = until_us - g_get_monotonic_time();
        bool is_enough;

        g_ptr_array_add(batch->ended, run);
        is_enough = batch->running->len - batch->ended->len >= n_enough;
        run = crew_take_within(batch->crew, is_enough ? MAX(left_us, 0) : 0);
    }
}

/* In one transaction. */
static bool keep_ended(Batch *batch, GError **error)
{
    if (batch->ended->len == 0)
        return true;
    if (!database_begin(batch->database, error))
        return false;
    for (unsigned i = 0; i < batch->ended->len; i++) {
        ExperimentRun *run = g_ptr_array_index(batch->ended, i);

        g_ptr_array_remove(batch->running, run);
        if (!keep(batch, run, error))
            return false;
    }
    g_ptr_array_set_size(batch->ended, 0);
    return database_commit(batch->database, error);
}

/* The threads first, as keeping takes its time. */
static bool turn_over(Batch *batch, GError **error)
{
    const unsigned n_wanted_now = n_wanted(batch);
    const unsigned n_running = batch->running->len - batch->ended->len;
    const unsigned n_waiting = batch->stop ? 0 : batch->waiting->len - batch->n_started;

    hand_out(batch, MIN(n_wanted_now - MIN(n_wanted_now, n_running), n_waiting));
    return keep_ended(batch, error);
}

static bool do_runs(Batch *batch, GError **error)
{
    bool is_kept;

    while ((is_kept = turn_over(batch, error)) && batch->running->len > 0) {
        report(batch);
        collect(batch);
        take_stop(batch);
    }
    report(batch);
    if (!is_kept)
        g_atomic_int_set(&batch->stop, 1);
    return is_kept;
}

static void batch_init(Batch *batch)
{
    batch->hash = experiment_hash(batch->experiment);
    batch->runs = experiment_runs_new(batch->experiment);
    batch->waiting = g_ptr_array_new();
    batch->keys = g_hash_table_new(g_str_hash, g_str_equal);
    batch->twins = g_ptr_array_new();
    batch->running = g_ptr_array_new();
    batch->ended = g_ptr_array_new();
    batch->crew = crew_new(batch->params->n_jobs, do_run, batch);
    batch->started_ns = wall_clock_ns();
    for (unsigned i = 0; i < batch->runs->len; i++)
        batch->totals->n_runs += is_of_shard(batch, i);
    estimate_init(&batch->estimate, batch->experiment->cells->len);
    batch->starvation = starvation_new(batch->experiment);
}

/* Waits for the threads. */
static void batch_clear(Batch *batch)
{
    crew_free(batch->crew);
    g_ptr_array_unref(batch->running);
    g_ptr_array_unref(batch->ended);
    g_ptr_array_unref(batch->waiting);
    g_ptr_array_unref(batch->twins);
    g_hash_table_unref(batch->keys);
    g_ptr_array_unref(batch->runs);
    estimate_clear(&batch->estimate);
    starvation_free(batch->starvation);
    g_free(batch->hash);
}

bool batch_run(const Experiment *experiment, Database *database,
               const BatchParams *params, BatchTotals *totals, GError **error)
{
    Batch batch = {
        .experiment = experiment,
        .database = database,
        .params = params,
        .totals = totals,
    };
    bool is_kept;

    *totals = (BatchTotals){ 0 };
    batch_init(&batch);
    crash_guard_install(params->crash_path);
    is_kept = add_campaign(&batch, error) && sort_runs(&batch, error);
    note_experiment(&batch);
    is_kept = is_kept && do_runs(&batch, error) && settle_twins(&batch, error);
    note_starvation(&batch);
    batch_clear(&batch);
    crash_guard_remove();
    return is_kept;
}
