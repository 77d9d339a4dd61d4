#include "results/comparison.h"
#include "results/factor_title.h"
#include "results/study.h"
#include "results/summary.h"
#include "results/text_table.h"

#include <math.h>

#define LINE_COLUMNS 100
/* From end to end of an interval that leaves everything open. */
#define WIDE_RATIO 10

/* One place on the axis at which all placements have finished runs. */
typedef struct {
    const Study *study;
    unsigned at;
    GString *text;
} Report;

static const SummaryRow *row_of(const Report *report, unsigned placement)
{
    return study_row(report->study, placement, report->at);
}

static const char *name_of(const Report *report, unsigned placement)
{
    return study_line(report->study, placement);
}

static unsigned n_lines(const Report *report)
{
    return report->study->lines->len;
}

static double mean_of(const Report *report, unsigned placement, SummaryColumn column)
{
    return row_of(report, placement)->columns[column].mean;
}

static unsigned find_best(const Report *report, SummaryColumn column, bool wants_most)
{
    unsigned best = 0;

    for (unsigned i = 1; i < n_lines(report); i++) {
        const double value = mean_of(report, i, column);
        const double record = mean_of(report, best, column);

        if (isnan(record) || (wants_most ? value > record : value < record))
            best = i;
    }
    return best;
}

static void append_value(GString *text, const Interval *interval)
{
    const int decimals = fabs(interval->mean) >= 100 ? 0 : 1;

    g_string_append_printf(text, "%.*f", decimals, interval->mean);
    if (!isnan(interval->half))
        g_string_append_printf(text, " ± %.*f", decimals, interval->half);
}

/* Two digits of whatever is small, and no more of them than say something. */
static void append_ratio(GString *text, double ratio)
{
    if (ratio < 0.1 || ratio >= 1e6)
        g_string_append_printf(text, "%#.2g", ratio);
    else
        g_string_append_printf(text, "%.*f", ratio >= 100 ? 0 : 2, ratio);
}

static void append_range(GString *text, const RatioInterval *ratio)
{
    append_ratio(text, ratio->low);
    g_string_append(text, " to ");
    append_ratio(text, ratio->high);
}

static void append_left_out(GString *text, const RatioInterval *ratio)
{
    g_autofree char *left_out = ratio_left_out(ratio);

    g_string_append(text, left_out);
}

static void append_uncertain(GString *text, const RatioInterval *ratio,
                             const char *other)
{
    g_string_append_printf(text, "not to be told from that of %s (", other);
    append_ratio(text, ratio->mean);
    g_string_append(text, " times, ");
    append_range(text, ratio);
    if (ratio->high > WIDE_RATIO * ratio->low)
        g_string_append_printf(text, ": %u replications are too few", ratio->n);
    append_left_out(text, ratio);
    g_string_append_c(text, ')');
}

static void append_clear(GString *text, const RatioInterval *ratio, const char *other)
{
    append_ratio(text, ratio->mean);
    g_string_append(text, " times (");
    append_range(text, ratio);
    append_left_out(text, ratio);
    g_string_append_printf(text, ") that of %s", other);
}

/* "1.74 times (1.63 to 1.87) that of dom0": the same replication of two placements met
 * the same workload. */
static void append_comparison(GString *text, const RatioInterval *ratio,
                              SummaryColumn column, const char *other)
{
    if (ratio->n == 0) {
        g_string_append_printf(text,
                               "no ratio to that of %s (0 in %u of %u replications)",
                               other, ratio->n_zero, ratio->n_left_out);
        return;
    }
    if (ratio->n < 2) {
        append_ratio(text, ratio->mean);
        g_string_append_printf(text, " times that of %s", other);
        append_left_out(text, ratio);
        return;
    }
    switch (change_kind(ratio, column)) {
    case CHANGE_UNCERTAIN:
        append_uncertain(text, ratio, other);
        break;
    case CHANGE_ALIKE:
        g_string_append_printf(text, "within %.2g %% of that of %s",
                               100 * change_margin(column), other);
        append_left_out(text, ratio);
        break;
    case CHANGE_CLEAR:
        append_clear(text, ratio, other);
        break;
    case CHANGE_ABSENT:
    case CHANGE_NONE:
    case CHANGE_KINDS:
        g_assert_not_reached();
    }
}

static void append_comparisons(Report *report, unsigned best, SummaryColumn column)
{
    bool is_first = true;

    for (unsigned i = 0; i < n_lines(report); i++) {
        const RatioInterval ratio =
            summary_ratio(row_of(report, best), row_of(report, i), column);

        if (i == best || (ratio.n == 0 && ratio.n_zero == 0))
            continue;
        g_string_append(report->text, is_first ? ", " : " and ");
        is_first = false;
        append_comparison(report->text, &ratio, column, name_of(report, i));
    }
}

/* Whether the intervals against all others keep clear of 1. */
static bool is_clear(const Report *report, unsigned best, SummaryColumn column)
{
    for (unsigned i = 0; i < n_lines(report); i++) {
        const RatioInterval ratio =
            summary_ratio(row_of(report, best), row_of(report, i), column);

        if (i != best && change_kind(&ratio, column) != CHANGE_CLEAR)
            return false;
    }
    return true;
}

static void report_best(Report *report, const char *what, const char *unit,
                        SummaryColumn column, bool wants_most)
{
    const unsigned best = find_best(report, column, wants_most);

    if (!(mean_of(report, best, column) > 0))
        return;
    g_string_append_printf(
        report->text, "- %s has the %s %s%s: ", name_of(report, best),
        wants_most ? "highest" : "lowest", what,
        is_clear(report, best, column) ? "" : ", though not by a clear margin");
    append_value(report->text, &row_of(report, best)->columns[column]);
    g_string_append(report->text, unit);
    append_comparisons(report, best, column);
    g_string_append(report->text, ".\n");
}

/* "a under dom0, b under stub and c under stub+sdom". */
static void append_each(Report *report, SummaryColumn column)
{
    for (unsigned i = 0; i < n_lines(report); i++) {
        if (i > 0)
            g_string_append(report->text, i + 1 < n_lines(report) ? ", " : " and ");
        append_value(report->text, &row_of(report, i)->columns[column]);
        g_string_append_printf(report->text, " under %s", name_of(report, i));
    }
    g_string_append(report->text, ".\n");
}

static void report_dom0(Report *report)
{
    g_string_append(report->text, "- CPU that dom0 uses, in percent of one pCPU: ");
    append_each(report, COLUMN_DOM0_CPU_PERCENT);
}

static void report_payers(Report *report)
{
    g_string_append(report->text, "- Share of the CPU time spent for guests that other "
                                  "accounts than their own paid, in percent: ");
    append_each(report, COLUMN_PAID_BY_OTHERS_PERCENT);
}

static void append_index(GString *text, double index)
{
    if (isnan(index)) /* no guest has lived */
        g_string_append(text, "unknown");
    else
        g_string_append_printf(text, "%.3f", index);
}

static void report_fairness(Report *report)
{
    g_string_append(report->text, "- Fairness between guests (Jain's index, 1 is "
                                  "perfect) is ");
    for (unsigned i = 0; i < n_lines(report); i++) {
        if (i > 0)
            g_string_append(report->text, i + 1 < n_lines(report) ? ", " : " and ");
        append_index(report->text, mean_of(report, i, COLUMN_FAIRNESS));
        g_string_append_printf(report->text, " under %s", name_of(report, i));
    }
    g_string_append(report->text, ".\n");
}

/* ", with 32 guests"; anything else than guests as the scenario writes it. */
static void report_axis(Report *report)
{
    const Study *study = report->study;
    const char *text = study_axis_text(study, report->at);

    if (g_str_equal(study->axis_title, FACTOR_GUESTS))
        g_string_append_printf(report->text, ", with %s %s", text, FACTOR_GUESTS);
    else
        g_string_append_printf(report->text, ", with %s = %s", study->axis_key, text);
}

static void report_frame(Report *report)
{
    const Study *study = report->study;
    const unsigned n = row_of(report, 0)->n;

    g_string_append(report->text, "What this shows");
    if (study->axis_title)
        report_axis(report);
    if (study->held)
        g_string_append_printf(report->text, ", %s", study->held);
    g_string_append(report->text, n > 1
                                      ? " (± and brackets: 95 % confidence; ratios by "
                                        "paired replications):\n"
                                      : " (one replication: no confidence intervals, "
                                        "so differences may be chance):\n");
}

/* Why it is said of this place, where there are others. */
static void report_rule(Report *report)
{
    const Study *study = report->study;
    const bool is_last = report->at + 1 == study->axis->len;

    if (study->axis->len == 1 && !study->held_unasked)
        return;
    g_string_append(report->text, "This is said of ");
    if (study->axis->len > 1)
        g_string_append_printf(report->text, "the last value of %s%s", study->axis_key,
                               is_last ? "" : " that all of these have");
    if (study->held_unasked)
        g_string_append_printf(report->text, "%sthe first of %s",
                               study->axis->len > 1 ? " and " : "",
                               study->held_unasked);
    g_string_append(report->text,
                    "; `hvmsim report --at KEY=VALUE` says it of another.\n");
}

/* The last place on the axis where every placement has a finished run. */
static bool find_place(Report *report)
{
    for (report->at = report->study->axis->len; report->at-- > 0;) {
        bool is_whole = true;

        for (unsigned i = 0; i < n_lines(report); i++)
            is_whole = is_whole && row_of(report, i);
        if (is_whole)
            return true;
    }
    return false;
}

char *study_conclusions(const Study *study)
{
    g_autoptr(GString) text = g_string_new(NULL);
    Report report = { .study = study, .text = text };

    if (!study->has_placements || study->lines->len < 2 || !find_place(&report))
        return g_strdup("");
    report_frame(&report);
    if (mean_of(&report, 0, COLUMN_TRANSFERS_PER_S) > 0)
        report_best(&report, "throughput", " transfers per second",
                    COLUMN_TRANSFERS_PER_S, true);
    else
        report_best(&report, "rate of requests", " per second", COLUMN_REQUESTS_PER_S,
                    true);
    report_best(&report, "p99 latency of a request", " µs", COLUMN_LATENCY_P99_US,
                false);
    report_dom0(&report);
    report_payers(&report);
    report_fairness(&report);
    report_rule(&report);
    return text_wrap(text->str, LINE_COLUMNS, 2);
}
