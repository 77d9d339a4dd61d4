#include "experiments/validation/evaluation.h"

#include "experiments/batch/batch.h"
#include "experiments/batch/experiment_runs.h"
#include "experiments/batch/run.h"
#include "experiments/input/error.h"
#include "experiments/threads/crew.h"
#include "results/interval.h"

#include <math.h>
#include <string.h>

typedef struct {
    Experiment *experiment;
    GPtrArray *all;  /* of ExperimentRun */
    bool *is_needed; /* of each cell */
} Runs;

static void runs_clear(Runs *runs)
{
    g_clear_pointer(&runs->all, g_ptr_array_unref);
    g_clear_pointer(&runs->experiment, experiment_free);
    g_free(runs->is_needed);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Runs, runs_clear)

/* Which combination a row means. */

static const SweepAxis *find_axis(const Sweep *sweep, const char *key, unsigned *index)
{
    for (*index = 0; *index < sweep->axes->len; ++*index) {
        const SweepAxis *axis = g_ptr_array_index(sweep->axes, *index);

        if (strcmp(axis->text, key) == 0)
            return axis;
    }
    return NULL;
}

/* pair: "KEY = TEXT" */
static bool cell_has(const Experiment *experiment, const ExperimentCell *cell,
                     const char *pair)
{
    g_auto(GStrv) sides = g_strsplit(pair, "=", 2);
    unsigned axis;

    if (!sides[0] || !sides[1] ||
        !find_axis(experiment->sweep, g_strstrip(sides[0]), &axis))
        return false;
    return strcmp(sweep_value(experiment->sweep, axis, cell->combination),
                  g_strstrip(sides[1])) == 0;
}

static bool is_meant(const Experiment *experiment, const ExperimentCell *cell,
                     const char *at)
{
    g_auto(GStrv) pairs = g_strsplit(at, ",", -1);

    for (unsigned i = 0; pairs[i]; i++)
        if (!cell_has(experiment, cell, pairs[i]))
            return false;
    return true;
}

static bool find_cell(const Runs *runs, const TargetRow *row, const char *at,
                      unsigned *found, GError **error)
{
    const GPtrArray *cells = runs->experiment->cells;
    unsigned n = 0;

    for (unsigned i = 0; i < cells->len; i++) {
        if (!is_meant(runs->experiment, g_ptr_array_index(cells, i), at))
            continue;
        *found = i;
        n++;
    }
    if (n == 1)
        return true;
    ini_group_error(row->group, error,
                    "\"%s\": expected one combination of the scenario's sweep, "
                    "this names %u",
                    at, n);
    return false;
}

static bool need_cells(Runs *runs, const TargetRow *row, GError **error)
{
    unsigned cell;

    if (!target_row_is_modelled(row))
        return true;
    if (!find_cell(runs, row, row->first.at, &cell, error))
        return false;
    runs->is_needed[cell] = true;
    if (row->formula == FORMULA_VALUE)
        return true;
    if (!find_cell(runs, row, row->second.at, &cell, error))
        return false;
    runs->is_needed[cell] = true;
    return true;
}

/* Running. */

/* In a thread of the crew. */
static void do_run(void *job, void *unused G_GNUC_UNUSED)
{
    ExperimentRun *run = job;
    const int never = 0;

    run->record = run_simulate(run->scenario, run->seed, &never, &run->error);
}

static bool run_needed(Runs *runs, unsigned n_jobs, GError **error)
{
    Crew *crew = crew_new(n_jobs, do_run, NULL);

    runs->all = experiment_runs_new(runs->experiment);
    for (unsigned i = 0; i < runs->all->len; i++) {
        ExperimentRun *run = g_ptr_array_index(runs->all, i);

        if (runs->is_needed[run->cell])
            crew_give(crew, run);
    }
    crew_free(crew);
    for (unsigned i = 0; i < runs->all->len; i++) {
        ExperimentRun *run = g_ptr_array_index(runs->all, i);

        if (!run->error)
            continue;
        g_propagate_prefixed_error(error, g_steal_pointer(&run->error),
                                   "%s: ", run->description);
        return false;
    }
    return true;
}

/* Judging. */

/* The operand in every replication, in their order. */
static double *take_values(const Runs *runs, const TargetRow *row,
                           const Operand *operand, unsigned *n, GError **error)
{
    g_autofree double *values = NULL;
    unsigned cell;

    g_assert(runs->all); /* a row that is judged has needed some */
    values = g_new0(double, runs->all->len);
    *n = 0;
    if (!find_cell(runs, row, operand->at, &cell, error))
        return NULL;
    for (unsigned i = 0; i < runs->all->len; i++) {
        const ExperimentRun *run = g_ptr_array_index(runs->all, i);

        if (run->cell != cell)
            continue;
        values[*n] = measure_take(operand->measure, run->record, operand->subject);
        if (!isfinite(values[(*n)++])) {
            ini_group_error(row->group, error,
                            "expected a figure of \"%s\"; the scenario has none",
                            operand->subject);
            return NULL;
        }
    }
    return g_steal_pointer(&values);
}

static void set_mean(RowResult *result, const double *values, unsigned n)
{
    const Interval interval = interval_of_mean(values, n, INTERVAL_CONFIDENCE);

    result->simulated = interval.mean;
    result->low = interval.mean - interval.half;
    result->high = interval.mean + interval.half;
}

static bool compute(const Runs *runs, const TargetRow *row, RowResult *result,
                    GError **error)
{
    g_autofree double *first = NULL, *second = NULL;
    unsigned n;

    first = take_values(runs, row, &row->first, &n, error);
    if (!first)
        return false;
    if (row->formula != FORMULA_VALUE) {
        second = take_values(runs, row, &row->second, &n, error);
        if (!second)
            return false;
    }
    if (row->formula == FORMULA_RATIO) {
        result->ratio = interval_of_ratio(first, second, n, INTERVAL_CONFIDENCE);
        result->simulated = result->ratio.mean;
        result->low = result->ratio.low;
        result->high = result->ratio.high;
    } else {
        for (unsigned i = 0; second && i < n; i++)
            first[i] -= second[i];
        set_mean(result, first, n);
    }
    result->simulated /= row->divide_by;
    result->low /= row->divide_by;
    result->high /= row->divide_by;
    return true;
}

static bool is_inside(const RowResult *result)
{
    const TargetRow *row = result->row;

    switch (row->relation) {
    case RELATION_EQUAL:
        return fabs(result->error) <= row->tolerance;
    case RELATION_AT_MOST:
        return result->error <= row->tolerance;
    case RELATION_AT_LEAST:
        return result->error >= -row->tolerance;
    }
    g_assert_not_reached();
}

static bool judge(const Runs *runs, const TargetRow *row, RowResult *result,
                  GError **error)
{
    *result = (RowResult){ .row = row,
                           .simulated = NAN,
                           .low = NAN,
                           .high = NAN,
                           .error = NAN,
                           .verdict = VERDICT_NOT_MODELLED };
    if (!target_row_is_modelled(row))
        return true;
    if (!compute(runs, row, result, error))
        return false;
    result->verdict = VERDICT_NONE;
    if (isnan(row->published))
        return true;
    result->error = (result->simulated - row->published) / fabs(row->published);
    result->verdict = is_inside(result) ? VERDICT_INSIDE : VERDICT_OUTSIDE;
    return true;
}

static bool has_runs(const Target *target)
{
    for (unsigned i = 0; i < target->rows->len; i++)
        if (target_row_is_modelled(g_ptr_array_index(target->rows, i)))
            return true;
    return false;
}

static bool simulate(Runs *runs, const Target *target, unsigned n_jobs, GError **error)
{
    if (!has_runs(target))
        return true;
    runs->experiment = experiment_load(target->scenario, NULL, error);
    if (!runs->experiment)
        return false;
    runs->is_needed = g_new0(bool, runs->experiment->cells->len);
    for (unsigned i = 0; i < target->rows->len; i++)
        if (!need_cells(runs, g_ptr_array_index(target->rows, i), error))
            return false;
    return run_needed(runs, n_jobs, error);
}

GArray *target_evaluate(const Target *target, unsigned n_jobs, GError **error)
{
    g_auto(Runs) runs = { 0 };
    g_autoptr(GArray) results = g_array_new(false, false, sizeof(RowResult));

    if (!simulate(&runs, target, n_jobs, error))
        return NULL;
    for (unsigned i = 0; i < target->rows->len; i++) {
        RowResult result;

        if (!judge(&runs, g_ptr_array_index(target->rows, i), &result, error))
            return NULL;
        g_array_append_val(results, result);
    }
    return g_steal_pointer(&results);
}
