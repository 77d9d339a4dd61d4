/* A summary made by hand: what each figure changes is known. */
#include "results/sensitivity.h"

#include "results/run_record.h"

#include <math.h>
#include <string.h>

#define REPLICATIONS 3u

static void free_row(void *data)
{
    SummaryRow *row = data;

    g_array_unref(row->factors);
    g_array_unref(row->replications);
    for (unsigned i = 0; i < COLUMNS; i++)
        g_array_unref(row->values[i]);
    g_free(row);
}

static Summary *new_summary(void)
{
    Summary *summary = g_new0(Summary, 1);

    summary->rows = g_ptr_array_new_with_free_func(free_row);
    return summary;
}

static void add_factor(SummaryRow *row, const char *key, const char *text)
{
    const Factor factor = { g_strdup(key), g_strdup(text), NAN };

    g_array_append_val(row->factors, factor);
}

/* Every column of every replication is about `mean`, less or more by 0.1 % of it. */
static void add_row(Summary *summary, const char *placement, const char *change,
                    double mean)
{
    SummaryRow *row = g_new0(SummaryRow, 1);

    row->cell = summary->rows->len;
    row->factors = factors_new();
    add_factor(row, "host.cost-change", change);
    if (placement)
        add_factor(row, "device-model.placement", placement);
    row->n = REPLICATIONS;
    row->replications = g_array_new(FALSE, FALSE, sizeof(unsigned));
    for (unsigned i = 0; i < COLUMNS; i++)
        row->values[i] = g_array_new(FALSE, FALSE, sizeof(double));
    for (unsigned r = 0; r < REPLICATIONS; r++) {
        const double noise = strcmp(change, "none") == 0 ? 0.001 : -0.001;
        const double value = mean * (1 + noise * ((double)r - 1));

        g_array_append_val(row->replications, r);
        for (unsigned i = 0; i < COLUMNS; i++)
            g_array_append_val(row->values[i], value);
    }
    g_ptr_array_add(summary->rows, row);
}

/* stub is twice as fast as dom0. Making "exit" dear halves that; "refill" turns it at
 * its high end, and doubles it at its low one; "ipi" slows both down alike. */
static Summary *study(void)
{
    Summary *summary = new_summary();

    add_row(summary, "dom0", "none", 100);
    add_row(summary, "stub", "none", 200);
    add_row(summary, "dom0", "ipi low", 110);
    add_row(summary, "stub", "ipi low", 220);
    add_row(summary, "dom0", "ipi high", 50);
    add_row(summary, "stub", "ipi high", 100);
    add_row(summary, "dom0", "exit low", 100);
    add_row(summary, "stub", "exit low", 204);
    add_row(summary, "dom0", "exit high", 100);
    add_row(summary, "stub", "exit high", 100);
    add_row(summary, "dom0", "refill low", 100);
    add_row(summary, "stub", "refill low", 400);
    add_row(summary, "dom0", "refill high", 100);
    add_row(summary, "stub", "refill high", 40);
    return summary;
}

static const SummaryColumn throughput[] = { COLUMN_TRANSFERS_PER_S };

static const SensitivityQuestion *only_question(const Sensitivity *sensitivity)
{
    g_assert_cmpuint(sensitivity->questions->len, ==, 1);
    return g_ptr_array_index(sensitivity->questions, 0);
}

static const SensitivityEffect *effect(const SensitivityQuestion *question, unsigned i)
{
    return g_ptr_array_index(question->effects, i);
}

static void test_ratios_of_placements_are_what_is_asked(void)
{
    g_autoptr(Summary) summary = study();
    g_autoptr(Sensitivity) sensitivity = sensitivity_new(summary, throughput, 1);
    const SensitivityQuestion *question = only_question(sensitivity);

    g_assert_true(question->is_ratio);
    g_assert_cmpstr(question->subject, ==, "stub : dom0");
    g_assert_cmpfloat_with_epsilon(question->value.mean, 2, 1e-9);
    g_assert_cmpuint(question->effects->len, ==, 3);
    g_assert_cmpstr(effect(question, 0)->figure, ==, "refill");
    g_assert_cmpfloat_with_epsilon(effect(question, 0)->size, 1, 1e-9);
    g_assert_cmpstr(effect(question, 1)->figure, ==, "exit");
    g_assert_cmpfloat_with_epsilon(effect(question, 1)->ends[0].change.mean, 1.02,
                                   1e-9);
    g_assert_cmpfloat_with_epsilon(effect(question, 1)->ends[1].change.mean, .5, 1e-9);
    g_assert_cmpstr(effect(question, 2)->figure, ==, "ipi");
    g_assert_cmpfloat_with_epsilon(effect(question, 2)->ends[1].change.mean, 1, 1e-9);
}

static void test_a_conclusion_holds_turns_or_is_lost(void)
{
    g_autoptr(Summary) summary = study();
    g_autoptr(Sensitivity) sensitivity = sensitivity_new(summary, throughput, 1);
    const SensitivityQuestion *question = only_question(sensitivity);

    g_assert_cmpint(effect(question, 0)->ends[0].conclusion, ==, CONCLUSION_HOLDS);
    g_assert_cmpint(effect(question, 0)->ends[1].conclusion, ==, CONCLUSION_TURNED);
    g_assert_true(sensitivity_end_upsets(&effect(question, 0)->ends[1]));
    g_assert_true(sensitivity_effect_matters(effect(question, 0)));
    g_assert_cmpint(effect(question, 1)->ends[1].conclusion, ==, CONCLUSION_LOST);
    g_assert_true(sensitivity_effect_matters(effect(question, 1)));
    g_assert_false(sensitivity_effect_matters(effect(question, 2)));
}

/* Without placements the metric itself is asked about, and nothing is concluded. */
static void test_without_placements_there_is_no_conclusion(void)
{
    g_autoptr(Summary) summary = new_summary();
    g_autoptr(Sensitivity) sensitivity = NULL;
    const SensitivityQuestion *question;

    add_row(summary, NULL, "none", 100);
    add_row(summary, NULL, "ipi low", 130);
    add_row(summary, NULL, "ipi high", 97);
    sensitivity = sensitivity_new(summary, throughput, 1);
    question = only_question(sensitivity);
    g_assert_false(question->is_ratio);
    g_assert_cmpstr(question->subject, ==, "");
    g_assert_cmpint(effect(question, 0)->ends[0].conclusion, ==, CONCLUSION_NONE);
    g_assert_cmpfloat_with_epsilon(effect(question, 0)->size, 0.3, 1e-5);
    g_assert_true(sensitivity_effect_matters(effect(question, 0)));
}

static void test_other_studies_have_no_sensitivity(void)
{
    g_autoptr(Summary) summary = new_summary();

    add_row(summary, "dom0", "none", 100);
    add_row(summary, "stub", "none", 200);
    g_assert_null(sensitivity_new(summary, throughput, 1));
}

static void test_the_text_names_what_matters(void)
{
    g_autoptr(Summary) summary = study();
    g_autoptr(Sensitivity) sensitivity = sensitivity_new(summary, throughput, 1);
    g_autoptr(GHashTable) standings = g_hash_table_new(g_str_hash, g_str_equal);
    g_autofree char *text = NULL, *csv = NULL;

    g_hash_table_insert(standings, (char *)"refill", (char *)"assumed");
    text = sensitivity_text(sensitivity, standings);
    g_assert_nonnull(strstr(text, "transfers_per_s, stub : dom0: 2.000"));
    g_assert_nonnull(strstr(text, "holds, turns"));
    g_assert_nonnull(strstr(text, "1 of 3 figures change it by less than 1 %"));
    g_assert_nonnull(strstr(text, "- refill (assumed) by up to 100 % (transfers_per_s, "
                                  "stub : dom0); loses or turns 1 conclusion.\n"));
    g_assert_null(strstr(text, "- ipi"));
    csv = sensitivity_csv(sensitivity, standings);
    g_assert_nonnull(strstr(csv, "transfers_per_s,stub : dom0,exit,,high,2,"));
    g_assert_nonnull(strstr(csv, ",lost,yes\r\n"));
}

/* Of an interrupted study, "none" would be a claim about runs that there are not. */
static void test_the_text_says_what_is_missing(void)
{
    g_autoptr(Summary) summary = new_summary();
    g_autoptr(Sensitivity) sensitivity = NULL, whole = NULL;
    g_autofree char *text = NULL, *whole_text = NULL;

    add_row(summary, NULL, "none", 100);
    add_row(summary, NULL, "ipi low", 100);
    summary->n_runs = 7 * REPLICATIONS;
    sensitivity = sensitivity_new(summary, throughput, 1);
    text = sensitivity_text(sensitivity, NULL);
    g_assert_nonnull(
        strstr(text, "15 of 21 runs are missing, and what they would tell"));
    g_assert_true(g_str_has_suffix(text, "is lost or turns): none so far.\n"));

    summary->n_runs = 2 * REPLICATIONS;
    whole = sensitivity_new(summary, throughput, 1);
    whole_text = sensitivity_text(whole, NULL);
    g_assert_null(strstr(whole_text, "missing"));
    g_assert_true(g_str_has_suffix(whole_text, "is lost or turns): none.\n"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sensitivity/ratios_of_placements_are_what_is_asked",
                    test_ratios_of_placements_are_what_is_asked);
    g_test_add_func("/sensitivity/a_conclusion_holds_turns_or_is_lost",
                    test_a_conclusion_holds_turns_or_is_lost);
    g_test_add_func("/sensitivity/without_placements_there_is_no_conclusion",
                    test_without_placements_there_is_no_conclusion);
    g_test_add_func("/sensitivity/other_studies_have_no_sensitivity",
                    test_other_studies_have_no_sensitivity);
    g_test_add_func("/sensitivity/the_text_names_what_matters",
                    test_the_text_names_what_matters);
    g_test_add_func("/sensitivity/the_text_says_what_is_missing",
                    test_the_text_says_what_is_missing);
    return g_test_run();
}
