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

/* Every column of every replication is about `mean`, less or more by `noise` of it. */
static void add_noisy_row(Summary *summary, const char *placement, const char *change,
                          double mean, double noise)
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
        const double value = mean * (1 + noise * ((double)r - 1));

        g_array_append_val(row->replications, r);
        for (unsigned i = 0; i < COLUMNS; i++)
            g_array_append_val(row->values[i], value);
    }
    g_ptr_array_add(summary->rows, row);
}

static void add_row(Summary *summary, const char *placement, const char *change,
                    double mean)
{
    add_noisy_row(summary, placement, change, mean,
                  strcmp(change, "none") == 0 ? 0.001 : -0.001);
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
    g_autofree char *text = NULL;
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
    text = sensitivity_text(sensitivity, NULL);
    g_assert_null(strstr(text, "conclusion at"));
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
    g_assert_nonnull(strstr(text,
                            "2 of 3 figures change it clearly, 1 by less than 1 % "
                            "or not at all.\n"));
    g_assert_nonnull(strstr(text, "- refill (assumed) by up to 100 % (transfers_per_s, "
                                  "stub : dom0); loses or turns 1 conclusion.\n"));
    g_assert_null(strstr(text, "- ipi"));
    csv = sensitivity_csv(sensitivity, standings);
    g_assert_nonnull(strstr(csv, "transfers_per_s,stub : dom0,exit,,high,2,"));
    g_assert_nonnull(strstr(csv, ",lost,yes,clear,0,0,0\r\n"));
}

/* Of an interrupted study, "none" would be a claim about runs that there are not. */
static void test_the_text_says_what_is_missing(void)
{
    g_autoptr(Summary) summary = new_summary();
    g_autoptr(Sensitivity) sensitivity = NULL, whole = NULL;
    g_autofree char *text = NULL, *whole_text = NULL;

    add_row(summary, NULL, "none", 100);
    add_row(summary, NULL, "ipi low", 100);
    add_row(summary, NULL, "ipi high", 100);
    summary->n_runs = 7 * REPLICATIONS;
    sensitivity = sensitivity_new(summary, throughput, 1);
    text = sensitivity_text(sensitivity, NULL);
    g_assert_nonnull(
        strstr(text, "12 of 21 runs are missing, and what they would tell"));
    g_assert_true(g_str_has_suffix(text, "is lost or turns): none so far.\n"));

    summary->n_runs = 3 * REPLICATIONS;
    whole = sensitivity_new(summary, throughput, 1);
    whole_text = sensitivity_text(whole, NULL);
    g_assert_null(strstr(whole_text, "missing"));
    g_assert_true(g_str_has_suffix(whole_text, "is lost or turns): none.\n"));
}

/* "weak" is faster by a little; "refill" leaves nothing to be told, and is no clear
 * change itself. */
static void test_a_conclusion_that_is_lost_matters_without_a_clear_change(void)
{
    g_autoptr(Summary) summary = new_summary();
    g_autoptr(Sensitivity) sensitivity = NULL;
    g_autofree char *text = NULL, *csv = NULL;

    add_row(summary, "dom0", "none", 100);
    add_row(summary, "weak", "none", 101);
    add_noisy_row(summary, "dom0", "refill low", 100, 0.1);
    add_noisy_row(summary, "weak", "refill low", 101, -0.1);
    add_row(summary, "dom0", "refill high", 100);
    add_row(summary, "weak", "refill high", 101);
    sensitivity = sensitivity_new(summary, throughput, 1);
    g_assert_cmpint(effect(only_question(sensitivity), 0)->group, ==, EFFECT_UNDECIDED);
    g_assert_true(sensitivity_effect_matters(effect(only_question(sensitivity), 0)));
    text = sensitivity_text(sensitivity, NULL);
    g_assert_nonnull(strstr(text, "  lost, holds\n"));
    g_assert_nonnull(strstr(text, "0 of 1 figures change it clearly. Undecided, and "
                                  "perhaps up to "));
    g_assert_nonnull(strstr(text, "- refill without a clear change (transfers_per_s, "
                                  "weak : dom0); loses or turns 1 conclusion.\n"));
    csv = sensitivity_csv(sensitivity, NULL);
    g_assert_nonnull(strstr(csv, ",lost,yes,undecided,0,0,0\r\n"));
}

/* "none" varies by 0.1 % the other way, so that a change has twice a row's noise. The
 * interval of three replications is 4.303 / sqrt(3) = 2.48 times that. */
static void test_figures_are_clear_small_or_undecided(void)
{
    static const struct {
        double mean, noise;
        SensitivityGroup group;
    } cases[] = {
        { 110, -0.001, EFFECT_CLEAR },    { 90, -0.001, EFFECT_CLEAR },
        { 101, -0.001, EFFECT_CLEAR },    { 100, -0.001, EFFECT_SMALL },
        { 100.2, 0.001, EFFECT_SMALL },   { 99.8, 0.001, EFFECT_SMALL },
        { 100, -0.01, EFFECT_UNDECIDED }, { 103, 0.1, EFFECT_UNDECIDED },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(Summary) summary = new_summary();
        g_autoptr(Sensitivity) sensitivity = NULL;

        add_row(summary, NULL, "none", 100);
        add_row(summary, NULL, "ipi low", 100);
        add_noisy_row(summary, NULL, "ipi high", cases[i].mean, cases[i].noise);
        sensitivity = sensitivity_new(summary, throughput, 1);
        g_assert_cmpint(effect(only_question(sensitivity), 0)->group, ==,
                        cases[i].group);
    }
}

/* Noise of 1 % against 0.1 % the other way: logs with a spread of 1.1 %, 2.7 % to
 * each side with three replications; of 10 %, logs with 10.1 %, which need about
 * (1.960 * 10.138 / 4.879)^2 = 16.6 replications for 5 %; as t(0.975, 18) is 2.101 and
 * 2.101 * 10.138 / sqrt(19) = 4.887, 20. */
static void test_the_text_says_what_more_replications_would_tell(void)
{
    g_autoptr(Summary) summary = new_summary();
    g_autoptr(Sensitivity) sensitivity = NULL;
    g_autofree char *text = NULL;

    add_row(summary, NULL, "none", 100);
    add_noisy_row(summary, NULL, "ipi low", 100, -0.01);
    add_noisy_row(summary, NULL, "ipi high", 100, -0.01);
    add_noisy_row(summary, NULL, "exit low", 100, -0.1);
    add_row(summary, NULL, "exit high", 100);
    add_row(summary, NULL, "refill high", 100);
    sensitivity = sensitivity_new(summary, throughput, 1);
    text = sensitivity_text(sensitivity, NULL);
    g_assert_nonnull(strstr(
        text,
        "\n0 of 3 figures change it clearly. Undecided, but below 5 %: 1. Undecided, "
        "and perhaps up to 28 %: 1;\n20 replications would bring these intervals to "
        "± 5 %. Without two replications at both ends: 1.\n"));
    g_assert_true(g_str_has_suffix(text, "is lost or turns): none that is known.\n"));
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
    g_test_add_func("/sensitivity/a_conclusion_lost_matters_without_a_clear_change",
                    test_a_conclusion_that_is_lost_matters_without_a_clear_change);
    g_test_add_func("/sensitivity/figures_are_clear_small_or_undecided",
                    test_figures_are_clear_small_or_undecided);
    g_test_add_func("/sensitivity/the_text_says_what_more_replications_would_tell",
                    test_the_text_says_what_more_replications_would_tell);
    return g_test_run();
}
