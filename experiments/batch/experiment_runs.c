#include "experiments/batch/experiment_runs.h"

#include "experiments/batch/run.h"
#include "experiments/batch/version.h"
#include "experiments/scenario/cost_profile.h"
#include "results/run_prepare.h"

#include <inttypes.h>

static void run_free(void *data)
{
    ExperimentRun *run = data;

    run_record_free(run->record);
    g_clear_error(&run->error);
    g_free(run->key);
    g_free(run->description);
    g_free(run);
}

double cell_weight(const ExperimentCell *cell)
{
    const Scenario *scenario = cell->scenario;
    double n_vcpus = (double)scenario->dom0.n_vcpus;

    for (unsigned i = 0; i < scenario->domains->len; i++) {
        const DomainKeys *keys =
            &((const ScenarioDomain *)g_ptr_array_index(scenario->domains, i))->keys;

        n_vcpus += (double)(keys->count * keys->n_vcpus);
    }
    return n_vcpus * (double)(scenario->run.warmup_ns + scenario->run.duration_ns);
}

/* What decides the runs of a combination, but for the seed. */
static char *cell_hash(const ExperimentCell *cell)
{
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
    const Scenario *scenario = cell->scenario;
    g_autofree char *costs = cost_profile_hash(scenario->profile);

    g_checksum_update(checksum, (const guchar *)version_text(), -1);
    g_checksum_update(checksum, (const guchar *)scenario->model_text->str, -1);
    g_checksum_update(checksum, (const guchar *)costs, -1);
    for (unsigned i = 0; i < scenario->workloads->len; i++) {
        const ScenarioWorkload *workload = g_ptr_array_index(scenario->workloads, i);

        g_checksum_update(checksum, (const guchar *)workload->source->file_hash, -1);
    }
    return g_strdup(g_checksum_get_string(checksum));
}

char *experiment_hash(const Experiment *experiment)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (unsigned i = 0; i < experiment->cells->len; i++) {
        const ExperimentCell *cell = g_ptr_array_index(experiment->cells, i);
        g_autofree char *hash = cell_hash(cell);

        g_string_append_printf(text, "%s %s %" PRId64 "\n", cell->scenario->names.name,
                               hash, cell->scenario->run.replications);
    }
    for (unsigned i = 0; i < experiment->sweep->axes->len; i++) {
        const SweepAxis *axis = g_ptr_array_index(experiment->sweep->axes, i);

        g_string_append_printf(text, "%s\n", axis->text);
    }
    return g_compute_checksum_for_string(G_CHECKSUM_SHA256, text->str, -1);
}

static char *describe(const Experiment *experiment, const ExperimentCell *cell,
                      unsigned replication, uint64_t seed)
{
    g_autofree char *combination = experiment_describe_cell(experiment, cell);

    return g_strdup_printf("%s, replication %u (seed %" PRIu64 ")", combination,
                           replication + 1, seed);
}

static ExperimentRun *run_new(const Experiment *experiment, unsigned index,
                              unsigned replication, const char *hash)
{
    const ExperimentCell *cell = g_ptr_array_index(experiment->cells, index);
    ExperimentRun *run = g_new0(ExperimentRun, 1);
    g_autofree char *identity = NULL;

    run->experiment = experiment;
    run->scenario = cell->scenario;
    run->cell = index;
    run->replication = replication;
    run->seed = run_seed(cell->scenario->run.seed, replication);
    identity = g_strdup_printf("%s/%" PRIu64, hash, run->seed);
    run->key = g_compute_checksum_for_string(G_CHECKSUM_SHA256, identity, -1);
    run->description = describe(experiment, cell, replication, run->seed);
    return run;
}

typedef struct {
    unsigned cell;
    double weight;
} Weighted;

static int compare_weights(const void *a, const void *b)
{
    const Weighted *left = a, *right = b;

    if (left->weight < right->weight || left->weight > right->weight)
        return left->weight < right->weight ? 1 : -1;
    return left->cell < right->cell ? -1 : left->cell > right->cell;
}

/* The cells by weight: greatest, least, second greatest... */
static unsigned *interleave_cells(const Experiment *experiment)
{
    const unsigned n = experiment->cells->len;
    g_autofree Weighted *sorted = g_new(Weighted, n);
    unsigned *order = g_new0(unsigned, n);

    for (unsigned i = 0; i < n; i++)
        sorted[i] =
            (Weighted){ i, cell_weight(g_ptr_array_index(experiment->cells, i)) };
    qsort(sorted, n, sizeof *sorted, compare_weights);
    for (unsigned i = 0; i < n; i++)
        order[i] = sorted[i % 2 == 0 ? i / 2 : n - 1 - i / 2].cell;
    return order;
}

static GPtrArray *cell_hashes(const Experiment *experiment)
{
    GPtrArray *hashes = g_ptr_array_new_with_free_func(g_free);

    for (unsigned i = 0; i < experiment->cells->len; i++)
        g_ptr_array_add(hashes, cell_hash(g_ptr_array_index(experiment->cells, i)));
    return hashes;
}

GPtrArray *experiment_runs_new(const Experiment *experiment)
{
    const unsigned n_runs = experiment_count_runs(experiment);
    GPtrArray *runs = g_ptr_array_new_with_free_func(run_free);
    g_autofree unsigned *order = interleave_cells(experiment); /* of all cells */
    g_autoptr(GPtrArray) hashes = cell_hashes(experiment);

    for (unsigned replication = 0; runs->len < n_runs; replication++)
        for (unsigned i = 0; i < experiment->cells->len; i++) {
            const ExperimentCell *cell = g_ptr_array_index(experiment->cells, order[i]);

            if (replication < (unsigned)cell->scenario->run.replications)
                g_ptr_array_add(runs, run_new(experiment, order[i], replication,
                                              g_ptr_array_index(hashes, order[i])));
        }
    return runs;
}

/* Adds who the run is. */
static void identify(RunRecord *record, const ExperimentRun *run,
                     const char *campaign_hash)
{
    const Sweep *sweep = run->experiment->sweep;
    const ExperimentCell *cell = g_ptr_array_index(run->experiment->cells, run->cell);

    record->run_key = g_strdup(run->key);
    record->campaign_hash = g_strdup(campaign_hash);
    record->cell = run->cell;
    record->replication = run->replication;
    record->seed = run->seed;
    record->scenario_name = g_strdup(run->scenario->names.name);
    record->scenario_text = g_strdup(run->scenario->text->str);
    record->profile_name = g_strdup(run->scenario->profile->name);
    record->program_version = g_strdup(version_text());
    for (unsigned i = 0; i < sweep->axes->len; i++) {
        const SweepAxis *axis = g_ptr_array_index(sweep->axes, i);
        const char *text = sweep_value(sweep, i, cell->combination);

        run_record_add_factor(record, axis->text, text, sweep_number(text));
    }
}

RunRecord *experiment_run_identity(const ExperimentRun *run, const char *campaign_hash)
{
    RunRecord *record = run_record_new();

    identify(record, run, campaign_hash);
    return record;
}

void experiment_run_complete(ExperimentRun *run, const char *campaign_hash)
{
    if (run->error) {
        run->record = run_record_new();
        run->record->state = RUN_FAILED;
        run->record->message = g_strdup(run->error->message);
    } else {
        run_prepare(run->record);
    }
    identify(run->record, run, campaign_hash);
}
