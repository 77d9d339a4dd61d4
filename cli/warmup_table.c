#include "cli/warmup_table.h"

#include "results/csv.h"
#include "results/factor_title.h"
#include "results/summary.h"

#include <inttypes.h>
#include <math.h>

#define LINE_COLUMNS 100
/* A change of a mean by less is none that anybody has to care about. */
#define NO_NEWS_PERCENT 1.0
/* Between two halves of a run. */
#define DRIFT_PERCENT 5.0

/* One combination. */
typedef struct {
    const Scenario *scenario;
    const Settling *settling;
    unsigned combination;
} Row;

typedef enum {
    VERDICT_ENOUGH,
    VERDICT_SHORT,
    VERDICT_UNSETTLED,
    VERDICT_DRIFTS,
    VERDICT_IDLE,
    VERDICTS,
} Verdict;

static Row row_at(const Experiment *experiment, const GPtrArray *settlings,
                  unsigned index)
{
    const ExperimentCell *cell = g_ptr_array_index(experiment->cells, index);

    return (Row){ cell->scenario, g_ptr_array_index(settlings, index),
                  cell->combination };
}

/* Where all quantities have settled; TIME_NEVER_NS: not all do. */
static int64_t begin_ns(const Settling *settling)
{
    int64_t latest_ns = 0;

    for (unsigned i = 0; i < SERIES_QUANTITIES; i++) {
        if (!settling->has_settled[i])
            return TIME_NEVER_NS;
        latest_ns = MAX(latest_ns, settling->begins_ns[i]);
    }
    return latest_ns;
}

static bool happens(const Settling *settling, SeriesQuantity quantity)
{
    return settling_mean(settling, quantity, 0, SETTLING_TO_THE_END) > 0;
}

/* By how much the means after the warm-up are off those of the steady state, in
 * percent: of the quantity that is off most. */
static double bias_percent(const Row *row)
{
    const RunKeys *run = &row->scenario->run;
    const int64_t steady_ns = MAX(begin_ns(row->settling), run->warmup_ns);
    double greatest = 0;

    for (unsigned i = 0; i < SERIES_QUANTITIES; i++) {
        const SeriesQuantity quantity = (SeriesQuantity)i;
        const double steady =
            settling_mean(row->settling, quantity, steady_ns, SETTLING_TO_THE_END);
        const double measured = settling_mean(row->settling, quantity, run->warmup_ns,
                                              run->warmup_ns + run->duration_ns);
        const double bias = 100 * (measured / steady - 1);

        if (steady > 0 && fabs(bias) > fabs(greatest))
            greatest = bias;
    }
    return greatest;
}

/* The quantity whose halves differ most, if one does clearly and by more than nobody
 * has to care about; else SERIES_QUANTITIES. */
static SeriesQuantity find_drift(const Settling *settling)
{
    SeriesQuantity found = SERIES_QUANTITIES;

    for (unsigned i = 0; i < SERIES_QUANTITIES; i++) {
        const RatioInterval *drift = &settling->drifts[i];
        const double margin = DRIFT_PERCENT / 100 + settling->drift_grain;
        const bool is_clear = drift->low > 1 + margin || drift->high < 1 - margin;

        if (is_clear &&
            (found == SERIES_QUANTITIES ||
             fabs(log(drift->mean)) > fabs(log(settling->drifts[found].mean))))
            found = (SeriesQuantity)i;
    }
    return found;
}

/* In the middle of what is measured: no warm-up helps. */
static bool stops_or_begins(const Settling *settling)
{
    const SeriesQuantity quantity = find_drift(settling);

    return quantity != SERIES_QUANTITIES && (settling->drifts[quantity].mean <= 0 ||
                                             isinf(settling->drifts[quantity].mean));
}

static Verdict verdict_of(const Row *row)
{
    const int64_t steady_ns = begin_ns(row->settling);

    if (!happens(row->settling, SERIES_REQUESTS) &&
        !happens(row->settling, SERIES_TRANSFERS))
        return VERDICT_IDLE;
    if (steady_ns == TIME_NEVER_NS)
        return VERDICT_UNSETTLED;
    if (stops_or_begins(row->settling))
        return VERDICT_DRIFTS;
    if (steady_ns > row->scenario->run.warmup_ns &&
        fabs(bias_percent(row)) >= NO_NEWS_PERCENT)
        return VERDICT_SHORT;
    return find_drift(row->settling) == SERIES_QUANTITIES ? VERDICT_ENOUGH
                                                          : VERDICT_DRIFTS;
}

/* Columns. */

static void add_factors(TextTable *table, const Experiment *experiment,
                        const GPtrArray *settlings)
{
    for (unsigned i = 0; i < experiment->sweep->axes->len; i++) {
        const SweepAxis *axis = g_ptr_array_index(experiment->sweep->axes, i);
        g_autofree char *title = factor_title(axis->text);

        if (axis->values->len < 2)
            continue;
        text_table_add_titled_column(table, title, false);
        for (unsigned j = 0; j < settlings->len; j++)
            text_table_add_cell(
                table, sweep_value(experiment->sweep, i,
                                   row_at(experiment, settlings, j).combination));
    }
}

static char *begin_text(const Settling *settling, SeriesQuantity quantity)
{
    if (!happens(settling, quantity))
        return g_strdup("-");
    return settling->has_settled[quantity]
               ? g_strdup_printf("%.1f",
                                 (double)settling->begins_ns[quantity] / NS_PER_MS)
               : g_strdup("never");
}

static void add_begins(TextTable *table, const GPtrArray *settlings)
{
    static const char *const heads[SERIES_QUANTITIES] = { "requests", "transfers",
                                                          "outstanding" };

    for (unsigned i = 0; i < SERIES_QUANTITIES; i++) {
        text_table_add_column(table, heads[i], "from, ms", true);
        for (unsigned j = 0; j < settlings->len; j++) {
            g_autofree char *text =
                begin_text(g_ptr_array_index(settlings, j), (SeriesQuantity)i);

            text_table_add_cell(table, text);
        }
    }
}

static char *bias_text(const Row *row)
{
    return verdict_of(row) == VERDICT_UNSETTLED
               ? g_strdup("")
               : g_strdup_printf("%+.2f", bias_percent(row));
}

static char *drift_text(const Row *row)
{
    const SeriesQuantity quantity = find_drift(row->settling);

    if (quantity != SERIES_QUANTITIES && isinf(row->settling->drifts[quantity].mean))
        return g_strdup("from 0");
    return quantity == SERIES_QUANTITIES
               ? g_strdup("")
               : g_strdup_printf("%+.1f",
                                 100 * (row->settling->drifts[quantity].mean - 1));
}

static char *verdict_text(const Row *row)
{
    static const char *const words[VERDICTS] = { "enough", "too short", "not settled",
                                                 "goes on changing",
                                                 "nothing happens" };

    return g_strdup(words[verdict_of(row)]);
}

static void add_column(TextTable *table, const Experiment *experiment,
                       const GPtrArray *settlings, char *(*text_of)(const Row *row))
{
    for (unsigned i = 0; i < settlings->len; i++) {
        const Row row = row_at(experiment, settlings, i);
        g_autofree char *text = text_of(&row);

        text_table_add_cell(table, text);
    }
}

static void add_verdicts(TextTable *table, const Experiment *experiment,
                         const GPtrArray *settlings)
{
    text_table_add_column(table, "bias", "%", true);
    add_column(table, experiment, settlings, bias_text);
    text_table_add_column(table, "drift", "%", true);
    add_column(table, experiment, settlings, drift_text);
    text_table_add_column(table, "", "warm-up", false);
    add_column(table, experiment, settlings, verdict_text);
}

/* Sentences. */

static unsigned count(const Experiment *experiment, const GPtrArray *settlings,
                      Verdict verdict)
{
    unsigned n = 0;

    for (unsigned i = 0; i < settlings->len; i++) {
        const Row row = row_at(experiment, settlings, i);

        n += verdict_of(&row) == verdict;
    }
    return n;
}

/* Of the rows whose warm-up is too short and that do not drift besides: how many, and
 * what would be enough for them, in whole milliseconds. */
static unsigned find_needed(const Experiment *experiment, const GPtrArray *settlings,
                            int64_t *needed_ns)
{
    int64_t latest_ns = 0;
    unsigned n = 0;

    for (unsigned i = 0; i < settlings->len; i++) {
        const Row row = row_at(experiment, settlings, i);

        if (verdict_of(&row) != VERDICT_SHORT ||
            find_drift(row.settling) != SERIES_QUANTITIES)
            continue;
        latest_ns = MAX(latest_ns, begin_ns(row.settling));
        n++;
    }
    *needed_ns = (latest_ns + NS_PER_MS - 1) / NS_PER_MS * NS_PER_MS;
    return n;
}

static void append_longer(GString *text, const GPtrArray *settlings)
{
    unsigned n = 0;

    for (unsigned i = 0; i < settlings->len; i++)
        n += ((const Settling *)g_ptr_array_index(settlings, i))->is_longer;
    if (n > 0)
        g_string_append_printf(text,
                               " In %u the runs went on beyond the scenario's end, "
                               "until two and a half times the warm-up, which is more "
                               "than two fifths of them: what begins or ends only "
                               "there counts, too.",
                               n);
}

/* Too few replications to tell drift from chance. */
static bool is_drift_unknown(const Experiment *experiment, const GPtrArray *settlings)
{
    for (unsigned i = 0; i < settlings->len; i++) {
        const Row row = row_at(experiment, settlings, i);

        if (row.scenario->run.replications < SETTLING_DRIFT_REPLICATIONS)
            return true;
    }
    return false;
}

static void append_verdict(GString *text, const Experiment *experiment,
                           const GPtrArray *settlings)
{
    static const char *const sentences[VERDICTS] = {
        [VERDICT_UNSETTLED] =
            "no steady state begins before the middle of the run: it "
            "is too short to tell (run.duration), or what it does goes "
            "on changing",
        [VERDICT_DRIFTS] = "the second half of what is measured clearly differs from "
                           "the first",
        [VERDICT_IDLE] = "there is no request and no transfer",
    };
    const unsigned n_enough = count(experiment, settlings, VERDICT_ENOUGH);
    int64_t needed_ns;
    const unsigned n_cured = find_needed(experiment, settlings, &needed_ns);
    g_autofree char *needed = units_format(needed_ns, UNIT_NS);

    g_string_append_printf(text, "The warm-up is long enough in %u of %u combinations.",
                           n_enough, settlings->len);
    if (n_cured > 0)
        g_string_append_printf(text, " By these runs, run.warmup=%s would be in %u.",
                               needed, n_enough + n_cured);
    for (unsigned i = 0; i < VERDICTS; i++) {
        const unsigned n = count(experiment, settlings, (Verdict)i);

        if (sentences[i] && n > 0)
            g_string_append_printf(text, " In %u %s.", n, sentences[i]);
    }
    append_longer(text, settlings);
    if (is_drift_unknown(experiment, settlings))
        g_string_append_printf(text,
                               " Drift is looked for with %d replications or more.",
                               SETTLING_DRIFT_REPLICATIONS);
    g_string_append_c(text, '\n');
}

/* Whether all combinations are alike in what the heading says of runs. */
static bool is_one_run(const Experiment *experiment, const GPtrArray *settlings)
{
    const RunKeys *first = &row_at(experiment, settlings, 0).scenario->run;

    for (unsigned i = 1; i < settlings->len; i++) {
        const RunKeys *run = &row_at(experiment, settlings, i).scenario->run;

        if (run->warmup_ns != first->warmup_ns ||
            run->duration_ns != first->duration_ns ||
            run->replications != first->replications)
            return false;
    }
    return true;
}

static void append_heading(GString *text, const Experiment *experiment,
                           const GPtrArray *settlings)
{
    const Row row = row_at(experiment, settlings, 0);
    g_autofree char *interval = units_format(row.settling->interval_ns, UNIT_NS);
    g_autofree char *warmup = units_format(row.scenario->run.warmup_ns, UNIT_NS);
    const int64_t n = row.scenario->run.replications;

    g_string_append_printf(text,
                           "%s: where a steady state begins (MSER-5, on %u intervals)",
                           row.scenario->names.name, row.settling->n_intervals);
    if (is_one_run(experiment, settlings))
        g_string_append_printf(
            text, "; %" PRId64 " replication%s, intervals of %s, warm-up %s", n,
            n == 1 ? "" : "s", interval, warmup);
    g_string_append(text, "\n\n");
}

char *warmup_table(const Experiment *experiment, const GPtrArray *settlings)
{
    g_autoptr(TextTable) table = text_table_new();
    g_autoptr(GString) heading = g_string_new(NULL), verdict = g_string_new(NULL);
    g_autofree char *rows = NULL, *sentences = NULL, *head = NULL;

    append_heading(heading, experiment, settlings);
    head = text_wrap(heading->str, LINE_COLUMNS, 0);
    add_factors(table, experiment, settlings);
    add_begins(table, settlings);
    add_verdicts(table, experiment, settlings);
    rows = text_table_print(table);
    append_verdict(verdict, experiment, settlings);
    sentences = text_wrap(verdict->str, LINE_COLUMNS, 0);
    return g_strconcat(head, rows, "\n", sentences, NULL);
}

bool warmup_is_enough(const Experiment *experiment, const GPtrArray *settlings)
{
    return count(experiment, settlings, VERDICT_ENOUGH) == settlings->len;
}

/* CSV. */

static void append_interval(GString *csv, const Experiment *experiment, unsigned cell,
                            const Row *row, unsigned interval)
{
    g_string_append_printf(csv, "%u", cell);
    for (unsigned i = 0; i < experiment->sweep->axes->len; i++)
        csv_append(csv, sweep_value(experiment->sweep, i, row->combination), false);
    g_string_append_printf(csv, ",%" PRId64, interval * row->settling->interval_ns);
    for (unsigned i = 0; i < SERIES_QUANTITIES; i++) {
        csv_append_number(csv, row->settling->values[i][interval].mean);
        csv_append_number(csv, row->settling->values[i][interval].half);
    }
    g_string_append(csv, CSV_LINE_END);
}

char *warmup_csv(const Experiment *experiment, const GPtrArray *settlings)
{
    GString *csv = g_string_new("cell");

    for (unsigned i = 0; i < experiment->sweep->axes->len; i++) {
        const SweepAxis *axis = g_ptr_array_index(experiment->sweep->axes, i);

        csv_append(csv, axis->text, false);
    }
    g_string_append(csv, ",begin_ns");
    for (unsigned i = 0; i < SERIES_QUANTITIES; i++) {
        const char *name = series_quantity_name((SeriesQuantity)i);

        g_string_append_printf(csv, ",%s,%s_ci95", name, name);
    }
    g_string_append(csv, CSV_LINE_END);
    for (unsigned i = 0; i < settlings->len; i++) {
        const Row row = row_at(experiment, settlings, i);

        for (unsigned j = 0; j < row.settling->n_intervals; j++)
            append_interval(csv, experiment, i, &row, j);
    }
    return g_string_free(csv, FALSE);
}
