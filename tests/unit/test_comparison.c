#include "results/comparison.h"

#include "results/error.h"
#include "results/run_record.h"
#include "results/settings_difference.h"
#include "tests/unit/made_up_runs.h"

#include <math.h>
#include <string.h>

typedef struct {
    char *folder;
    Database *databases[SIDES];
} Place;

static void set_up(Place *place, const void *unused G_GNUC_UNUSED)
{
    static const char *const names[SIDES] = { "before.db", "after.db" };

    place->folder = new_folder();
    for (unsigned i = 0; i < SIDES; i++) {
        g_autofree char *path = g_build_filename(place->folder, names[i], NULL);

        place->databases[i] = database_open(path, DATABASE_WRITE, NULL);
    }
}

static void tear_down(Place *place, const void *unused G_GNUC_UNUSED)
{
    for (unsigned i = 0; i < SIDES; i++)
        database_close(place->databases[i]);
    remove_folder(place->folder);
}

static void add_campaign(Place *place, SideName side, const char *text)
{
    const Campaign campaign = { .hash = "abc",
                                .scenario_name = "made up",
                                .scenario_text = text,
                                .program_version = "0",
                                .n_runs = 6 };

    g_assert_true(database_add_campaign(place->databases[side], &campaign, NULL));
}

typedef struct {
    const char *key, *value; /* of its only factor */
    unsigned cell, replication;
    uint64_t seed;
    unsigned transfers; /* in its second */
    const char *guests; /* the number of them, another factor; NULL: none */
} Run;

static void add_run(Place *place, SideName side, const Run *run)
{
    g_autoptr(RunRecord) record = run_record_new();
    g_autoptr(GError) error = NULL;
    const DomainRecord guest = { .name = g_strdup("guest"),
                                 .role = ROLE_GUEST,
                                 .owner = NO_DOMAIN,
                                 .weight = 256,
                                 .transfers = run->transfers,
                                 .lived_ns = NS_PER_S,
                                 .ran_ns = 300000000,
                                 .booked_ns = 300000000,
                                 .attributed_ns = 300000000 };

    record->run_key = g_strdup_printf("%s/%u/%u", run->value, run->replication, side);
    record->campaign_hash = g_strdup("abc");
    record->cell = run->cell;
    record->replication = run->replication;
    record->seed = run->seed;
    record->scenario_name = g_strdup("made up");
    record->scenario_text = g_strdup("");
    record->profile_name = g_strdup("none");
    record->program_version = g_strdup("0");
    record->measured_ns = NS_PER_S;
    run_record_add_factor(record, run->key, run->value, NAN);
    if (run->guests)
        run_record_add_factor(record, "domain guest.count", run->guests,
                              g_ascii_strtod(run->guests, NULL));
    g_array_append_val(record->domains, guest);
    database_add_run(place->databases[side], record, &error);
    g_assert_no_error(error);
}

/* Three replications of a placement. */
static void add_cell(Place *place, SideName side, unsigned cell, uint64_t first_seed,
                     const unsigned transfers[3])
{
    static const char *const placements[] = { "dom0", "stub", "stub+sdom" };

    for (unsigned i = 0; i < 3; i++)
        add_run(place, side,
                &(Run){ "device-model.placement", placements[cell], cell, i,
                        first_seed + i, transfers[i], NULL });
}

static Comparison *compare(Place *place, GError **error)
{
    const ComparisonSide sides[SIDES] = {
        { place->databases[SIDE_BASELINE], NULL, "before", NULL, NULL },
        { place->databases[SIDE_OTHER], NULL, "after", NULL, NULL },
    };

    return comparison_new(sides, false, error);
}

static Comparison *compare_or_die(Place *place)
{
    g_autoptr(GError) error = NULL;
    Comparison *comparison = compare(place, &error);

    g_assert_no_error(error);
    return comparison;
}

static const Change *transfers_of(const Comparison *comparison, unsigned row)
{
    return &g_array_index(comparison->rows, ComparisonRow, row)
                .changes[COLUMN_TRANSFERS_PER_S];
}

static void add_campaigns(Place *place)
{
    add_campaign(place, SIDE_BASELINE, "[run]\nseed = 7\n[sweep]\n");
    add_campaign(place, SIDE_OTHER, "[run]\nseed = 7\n[sweep]\n");
}

/* The ratios of the pairs are 1.1 each, though replications differ by half: paired,
 * that is clear; not paired, it is lost. */
static void test_pairs_tell_what_samples_cannot(Place *place,
                                                const void *unused G_GNUC_UNUSED)
{
    static const unsigned before[] = { 100, 150, 200 }, after[] = { 110, 165, 220 };
    g_autoptr(Comparison) paired = NULL, unpaired = NULL;

    add_campaigns(place);
    add_cell(place, SIDE_BASELINE, 0, 1, before);
    add_cell(place, SIDE_OTHER, 0, 1, after);
    paired = compare_or_die(place);
    g_assert_true(paired->is_paired);
    g_assert_cmpuint(paired->rows->len, ==, 1);
    g_assert_cmpint(transfers_of(paired, 0)->kind, ==, CHANGE_CLEAR);
    g_assert_cmpfloat_with_epsilon(transfers_of(paired, 0)->ratio.low, 1.1, 1e-9);
    g_assert_cmpfloat_with_epsilon(transfers_of(paired, 0)->ratio.high, 1.1, 1e-9);

    add_cell(place, SIDE_OTHER, 1, 50, after);
    add_cell(place, SIDE_BASELINE, 1, 60, before);
    unpaired = compare_or_die(place);
    g_assert_false(unpaired->is_paired);
    g_assert_cmpint(transfers_of(unpaired, 1)->kind, ==, CHANGE_UNCERTAIN);
    g_assert_cmpfloat_with_epsilon(transfers_of(unpaired, 1)->ratio.mean, 1.1, 1e-9);
}

static void test_each_kind_of_change(Place *place, const void *unused G_GNUC_UNUSED)
{
    static const unsigned same[] = { 100, 101, 102 }, alike[] = { 1000, 1001, 1002 };
    static const unsigned alike_after[] = { 1002, 1003, 1004 };
    static const unsigned vague[] = { 80, 130, 100 };
    g_autoptr(Comparison) comparison = NULL;

    add_campaigns(place);
    add_cell(place, SIDE_BASELINE, 0, 1, same);
    add_cell(place, SIDE_OTHER, 0, 1, same);
    add_cell(place, SIDE_BASELINE, 1, 1, alike);
    add_cell(place, SIDE_OTHER, 1, 1, alike_after);
    add_cell(place, SIDE_BASELINE, 2, 1, same);
    add_cell(place, SIDE_OTHER, 2, 1, vague);
    comparison = compare_or_die(place);
    g_assert_cmpint(transfers_of(comparison, 0)->kind, ==, CHANGE_NONE);
    g_assert_cmpint(transfers_of(comparison, 1)->kind, ==, CHANGE_ALIKE);
    g_assert_cmpint(transfers_of(comparison, 2)->kind, ==, CHANGE_UNCERTAIN);
    g_assert_cmpint(g_array_index(comparison->rows, ComparisonRow, 1)
                        .changes[COLUMN_LATENCY_P50_US]
                        .kind,
                    ==, CHANGE_ABSENT);
}

/* Nothing to be paired with, and one of each side that the other one does not have. */
static void test_partners_are_found_by_factors(Place *place,
                                               const void *unused G_GNUC_UNUSED)
{
    static const unsigned some[] = { 100, 101, 102 };
    g_autoptr(Comparison) comparison = NULL;
    g_autofree char *table = NULL;

    add_campaigns(place);
    add_cell(place, SIDE_BASELINE, 0, 1, some);
    add_cell(place, SIDE_BASELINE, 1, 1, some);
    add_cell(place, SIDE_OTHER, 1, 1, some);
    add_cell(place, SIDE_OTHER, 2, 1, some);
    comparison = compare_or_die(place);
    g_assert_cmpuint(comparison->rows->len, ==, 1);
    g_assert_cmpuint(comparison->n_alone[SIDE_BASELINE], ==, 1);
    g_assert_cmpuint(comparison->n_alone[SIDE_OTHER], ==, 1);
    table = comparison_table(comparison);
    g_assert_nonnull(
        strstr(table, "1 combination of before has no partner in after.\n"));
    g_assert_nonnull(
        strstr(table, "1 combination of after has no partner in before.\n"));
}

/* Nothing in one replication of three: no ratio, and the table says why. */
static void test_a_zero_in_some_replications_is_said(Place *place,
                                                     const void *unused G_GNUC_UNUSED)
{
    static const unsigned before[] = { 100, 150, 200 }, after[] = { 110, 0, 220 };
    g_autoptr(Comparison) comparison = NULL;
    g_autofree char *table = NULL, *csv = NULL, *details = NULL;
    const char *said = "Ratios that are not of all replications: transfers_per_s, "
                       "none: 0 on one side alone in 1 of 3.\n";

    add_campaigns(place);
    add_cell(place, SIDE_BASELINE, 0, 1, before);
    add_cell(place, SIDE_OTHER, 0, 1, after);
    comparison = compare_or_die(place);
    g_assert_cmpint(transfers_of(comparison, 0)->kind, ==, CHANGE_ABSENT);
    table = comparison_table(comparison);
    g_assert_nonnull(strstr(table, said));
    details = comparison_details(comparison, COLUMN_TRANSFERS_PER_S);
    g_assert_nonnull(strstr(details, said));
    csv = comparison_csv(comparison);
    g_assert_nonnull(
        strstr(csv, "transfers_per_s,150.000000,110.000000,,,,0,absent,3"));
}

static void test_what_cannot_be_matched_is_said(Place *place,
                                                const void *unused G_GNUC_UNUSED)
{
    static const unsigned some[] = { 100, 101, 102 };
    g_autoptr(GError) error = NULL;

    add_campaigns(place);
    add_cell(place, SIDE_BASELINE, 0, 1, some);
    add_cell(place, SIDE_BASELINE, 1, 1, some);
    add_run(place, SIDE_OTHER, &(Run){ "scheduler.name", "null", 0, 0, 1, 100, NULL });
    g_assert_null(compare(place, &error));
    g_assert_error(error, RESULTS_ERROR, RESULTS_ERROR_EMPTY);
    g_assert_cmpstr(
        error->message, ==,
        "before: varies device-model.placement, which after does not have "
        "among its factors; expected two campaigns that sweep the same keys");
    g_clear_error(&error);

    add_run(place, SIDE_OTHER, &(Run){ "scheduler.name", "bvt", 1, 0, 1, 100, NULL });
    g_assert_null(compare(place, &error));
    g_assert_error(error, RESULTS_ERROR, RESULTS_ERROR_EMPTY);
}

static void test_the_table_and_the_details(Place *place,
                                           const void *unused G_GNUC_UNUSED)
{
    static const unsigned before[] = { 100, 150, 200 }, after[] = { 110, 165, 220 };
    g_autoptr(Comparison) comparison = NULL;
    g_autofree char *table = NULL, *details = NULL, *csv = NULL, *head = NULL;

    add_campaign(place, SIDE_BASELINE, "[run]\nseed = 7\n[scheduler]\nname = bvt\n");
    add_campaign(place, SIDE_OTHER, "[run]\nseed = 7\n[scheduler]\nname = null\n");
    add_cell(place, SIDE_BASELINE, 0, 1, before);
    add_cell(place, SIDE_BASELINE, 1, 1, before);
    add_cell(place, SIDE_OTHER, 0, 1, after);
    add_cell(place, SIDE_OTHER, 1, 1, before);
    comparison = compare_or_die(place);
    table = comparison_table(comparison);
    g_assert_cmpstr(
        table, ==,
        "baseline before: made up, hardware profile none\n"
        "other    after: made up, hardware profile none\n"
        "They differ in scheduler.name: bvt → null\n"
        "Changes in percent, with 95 % confidence; paired, as replications have the "
        "same seeds.\n\n"
        "           requests  transfers  dom0  fair-\n"
        "placement     per s      per s   CPU   ness\n"
        "dom0             =      +10.0     =      =\n"
        "stub             =          =     =      =\n"
        "\n1 of 8 figures changed clearly; were it all chance, some 1 would seem to.\n"
        "=: the same in every replication.\n");
    details = comparison_details(comparison, COLUMN_TRANSFERS_PER_S);
    g_assert_nonnull(strstr(details,
                            "placement  baseline  other  change   from     to\n"
                            "dom0            150    165  +10.0   +10.0  +10.0\n"));
    csv = comparison_csv(comparison);
    head = comparison_csv_head(comparison);
    g_assert_cmpstr(head, ==,
                    "cell,device-model.placement,metric,baseline,other,ratio,ratio_low,"
                    "ratio_high,replications,change,left_out\r\n");
    g_assert_nonnull(strstr(csv, "\r\n0,dom0,transfers_per_s,150.000000,165.000000,"
                                 "1.100000,1.100000,1.100000,3,clear,0\r\n"));
    g_assert_nonnull(strstr(csv, "\r\n1,stub,requests_per_s,0.000000,0.000000,,,,0,"));
}

/* One campaign against itself: each stub replication has 10 % more than dom0's. */
static void test_values_of_a_factor_are_sides(Place *place,
                                              const void *unused G_GNUC_UNUSED)
{
    static const unsigned transfers[][3] = { { 100, 150, 200 }, { 110, 165, 220 } };
    static const char *const placements[] = { "dom0", "stub" };
    Database *database = place->databases[SIDE_BASELINE];
    g_autofree char *factor = NULL, *csv = NULL, *none = NULL;
    g_auto(GStrv) values = NULL, no_values = NULL;
    g_autoptr(Comparison) comparison = NULL;
    g_autoptr(GError) error = NULL;

    add_campaign(place, SIDE_BASELINE, "[a]\nx = 1\n");
    for (unsigned i = 0; i < 6; i++)
        add_run(place, SIDE_BASELINE,
                &(Run){ "device-model.placement", placements[i / 3], i / 3, i % 3,
                        7 + i % 3, transfers[i / 3][i % 3], NULL });
    values = comparison_values(database, NULL, "placement", &factor, NULL);
    g_assert_cmpstr(factor, ==, "device-model.placement");
    g_assert_cmpuint(g_strv_length(values), ==, 2);
    comparison = comparison_new(
        (ComparisonSide[SIDES]){ { database, NULL, values[0], factor, values[0] },
                                 { database, NULL, values[1], factor, values[1] } },
        false, NULL);
    g_assert_true(comparison->is_paired);
    g_assert_cmpuint(comparison->rows->len, ==, 1);
    g_assert_cmpstr(comparison->difference, ==, "device-model.placement: dom0 → stub");
    csv = comparison_csv(comparison);
    g_assert_nonnull(strstr(csv,
                            "\r\n0,dom0,stub,transfers_per_s,150.000000,165.000000,"
                            "1.100000,1.100000,1.100000,3,clear,0\r\n"));
    no_values = comparison_values(database, NULL, "placemint", &none, &error);
    g_assert_null(no_values);
    g_assert_cmpstr(error->message, ==,
                    "factor = placemint: expected a key that varies: "
                    "device-model.placement (did you mean device-model.placement?)");
}

/* Logs 1 and 3, 2 and 4: the variance of each mean is 1, Welch's degrees of freedom are
 * 2, t(0.975, 2) = 4.302653, so half is 4.302653 * sqrt(2). */
static void test_welch_as_worked_by_hand(void)
{
    const double a[] = { exp(1), exp(3) }, b[] = { exp(2), exp(4), NAN };
    const RatioInterval ratio = interval_of_unpaired_ratio(a, 2, b, 3, 0.95);
    const RatioInterval single = interval_of_unpaired_ratio(a, 1, b, 3, 0.95);
    const double zeros[] = { 0, 0 }, some[] = { 0, 1 };
    const RatioInterval nothing = interval_of_unpaired_ratio(zeros, 2, a, 2, 0.95);
    const RatioInterval none = interval_of_unpaired_ratio(some, 2, a, 2, 0.95);
    const RatioInterval neither = interval_of_unpaired_ratio(zeros, 2, zeros, 2, 0.95);
    const double rare[] = { 0, NAN, NAN };
    const RatioInterval seldom = interval_of_unpaired_ratio(rare, 3, a, 2, 0.95);

    g_assert_cmpuint(ratio.n, ==, 2);
    g_assert_cmpuint(ratio.n_left_out, ==, 1);
    g_assert_cmpfloat(nothing.high, ==, 0);
    g_assert_cmpuint(nothing.n, ==, 2);
    g_assert_cmpuint(none.n, ==, 0);
    g_assert_cmpuint(none.n_zero, ==, 1);
    g_assert_cmpuint(neither.n, ==, 0);
    g_assert_cmpuint(neither.n_zero, ==, 0);
    g_assert_cmpuint(neither.n_left_out, ==, 2);
    g_assert_cmpfloat(seldom.mean, ==, 0);
    g_assert_cmpuint(seldom.n, ==, 1);
    g_assert_cmpuint(seldom.n_left_out, ==, 2);
    g_assert_true(isnan(seldom.high)); /* one value is not certain */
    g_assert_cmpfloat_with_epsilon(ratio.mean, exp(-1), 1e-9);
    g_assert_cmpfloat_with_epsilon(log(ratio.high), -1 + 4.302653 * sqrt(2), 1e-5);
    g_assert_cmpfloat_with_epsilon(log(ratio.low), -1 - 4.302653 * sqrt(2), 1e-5);
    g_assert_true(isnan(single.low) && isnan(single.high) && !isnan(single.mean));
}

static Comparison *compare_placements(Place *place, const char *scenario,
                                      GError **error)
{
    Database *database = place->databases[SIDE_BASELINE];
    static const char factor[] = "device-model.placement";

    add_campaign(place, SIDE_BASELINE, scenario);
    add_run(place, SIDE_BASELINE, &(Run){ factor, "dom0", 0, 0, 7, 100, "8" });
    add_run(place, SIDE_BASELINE, &(Run){ factor, "stub", 1, 0, 7, 110, "2" });
    return comparison_new(
        (ComparisonSide[SIDES]){ { database, NULL, "dom0", factor, "dom0" },
                                 { database, NULL, "stub", factor, "stub" } },
        false, error);
}

/* Of dom0 the combination with 2 guests has yet to run, of stub domains the other one.
 */
static void test_what_is_not_finished_has_no_partner(Place *place,
                                                     const void *unused G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;

    g_assert_null(compare_placements(place, "[sweep]\n", &error));
    g_assert_error(error, RESULTS_ERROR, RESULTS_ERROR_EMPTY);
}

static void test_what_moves_with_the_factor_is_named(Place *place,
                                                     const void *unused G_GNUC_UNUSED)
{
    g_autoptr(Comparison) comparison = compare_placements(
        place, "[sweep]\nlockstep = device-model.placement, domain guest.count\n",
        NULL);

    g_assert_cmpuint(comparison->rows->len, ==, 1);
    g_assert_cmpstr(comparison->difference, ==,
                    "device-model.placement: dom0 → stub; domain guest.count: 8 → 2");
}

static void test_settings_that_differ(void)
{
    g_autofree char *difference =
        settings_difference("[a]\nx = 1\ny = 2\n[domain g]\nrun = 1s\n[b]\nz = 1\n",
                            "[a]\nx = 1\ny = 3\nnew = 5\n[domain g]\nrun = 2s\n"
                            "[domain hog]\nrun = 1s\n");
    g_autofree char *swept =
        settings_difference("[a]\nx = 1\n[b]\ny = 3\n[sweep]\na.x = 1, 2\nb.y = 3\n",
                            "[a]\nx = 1\n[b]\ny = 4\n[sweep]\nb.y = 4\n");
    g_autofree char *none = settings_difference("[a]\nx = 1\n", "[a]\nx = 1\n");

    g_assert_cmpstr(difference, ==,
                    "a.y: 2 → 3; domain g.run: 1s → 2s; [b] only in the baseline; "
                    "[domain hog] only in the other");
    g_assert_cmpstr(swept, ==, "a.x: 1, 2 → 1; b.y: 3 → 4");
    g_assert_null(none);
    g_assert_null(settings_difference("no scenario", "[a]\nx = 1\n"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name)                                                                      \
    g_test_add("/comparison/" #name, Place, NULL, set_up, test_##name, tear_down)
    ADD(pairs_tell_what_samples_cannot);
    ADD(each_kind_of_change);
    ADD(partners_are_found_by_factors);
    ADD(a_zero_in_some_replications_is_said);
    ADD(what_cannot_be_matched_is_said);
    ADD(the_table_and_the_details);
    ADD(values_of_a_factor_are_sides);
    ADD(what_is_not_finished_has_no_partner);
    ADD(what_moves_with_the_factor_is_named);
#undef ADD
    g_test_add_func("/comparison/welch_as_worked_by_hand",
                    test_welch_as_worked_by_hand);
    g_test_add_func("/comparison/settings_that_differ", test_settings_that_differ);
    return g_test_run();
}
