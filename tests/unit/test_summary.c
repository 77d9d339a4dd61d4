#include "results/error.h"
#include "tests/unit/simple_runs.h"

#include <math.h>
#include <string.h>

/* 98, 100, 102 per second: mean 100, sd 2; t(0.975, 2) = 4.302653, so half is
 * 4.302653 * 2 / sqrt(3) = 4.968275. */
static void test_intervals_are_those_worked_by_hand(Place *place,
                                                    const void *unused G_GNUC_UNUSED)
{
    g_autoptr(Summary) summary = NULL;

    for (unsigned i = 0; i < 3; i++)
        add_simple_run(place, "dom0", i, 98 + 2 * i);
    summary = summary_or_die(place);
    g_assert_cmpuint(summary->rows->len, ==, 1);
    g_assert_cmpfloat_with_epsilon(
        interval_of(summary, 0, COLUMN_TRANSFERS_PER_S)->mean, 100, 1e-9);
    g_assert_cmpfloat_with_epsilon(
        interval_of(summary, 0, COLUMN_TRANSFERS_PER_S)->half, 4.968275, 1e-6);
    g_assert_cmpfloat_with_epsilon(interval_of(summary, 0, COLUMN_REQUESTS_PER_S)->mean,
                                   1000, 1e-9);
    g_assert_cmpfloat_with_epsilon(interval_of(summary, 0, COLUMN_LATENCY_P99_US)->mean,
                                   20, 1e-9);
    g_assert_cmpfloat_with_epsilon(
        interval_of(summary, 0, COLUMN_DOM0_CPU_PERCENT)->mean, 40, 1e-9);
    g_assert_cmpfloat_with_epsilon(
        interval_of(summary, 0, COLUMN_PAID_BY_OTHERS_PERCENT)->mean, 25, 1e-9);
    g_assert_cmpfloat_with_epsilon(interval_of(summary, 0, COLUMN_FAIRNESS)->mean, 1,
                                   1e-9);
}

/* Who reads the database by SQL finds the same figures. */
static void test_the_view_says_the_same(Place *place, const void *unused G_GNUC_UNUSED)
{
    g_autoptr(Summary) summary = NULL;

    for (unsigned i = 0; i < 3; i++)
        add_simple_run(place, "dom0", i, 98 + 2 * i);
    place->deadlines = 8;
    place->absent_ns = NS_PER_S / 2;
    for (unsigned i = 0; i < 3; i++)
        add_simple_run(place, "stub", i, 50 + i);
    summary = summary_or_die(place);
    g_assert_cmpuint(summary->rows->len, ==, 2);
    for (unsigned i = 0; i < 2 * COLUMNS; i++) {
        const SummaryRow *row = summary_row(summary, i / COLUMNS);
        const SummaryColumn column = (SummaryColumn)(i % COLUMNS);
        g_autofree char *sql =
            g_strdup_printf("SELECT %s FROM v_summary WHERE cell = %u",
                            summary_column_name(column), row->cell);
        g_autoptr(sqlite3_stmt) view =
            database_prepare(place->made_up.database, sql, NULL);

        g_assert_cmpint(sqlite3_step(view), ==, SQLITE_ROW);
        if (isnan(row->columns[column].mean))
            g_assert_cmpint(sqlite3_column_type(view, 0), ==, SQLITE_NULL);
        else
            g_assert_cmpfloat_with_epsilon(sqlite3_column_double(view, 0),
                                           row->columns[column].mean, 1e-9);
    }
}

static void
test_replications_are_in_order_whenever_they_ended(Place *place,
                                                   const void *unused G_GNUC_UNUSED)
{
    g_autoptr(Summary) summary = NULL;
    const SummaryRow *row;

    add_simple_run(place, "dom0", 2, 30);
    add_simple_run(place, "dom0", 0, 10);
    add_simple_run(place, "dom0", 1, 20);
    summary = summary_or_die(place);
    row = g_ptr_array_index(summary->rows, 0);
    for (unsigned i = 0; i < 3; i++) {
        g_assert_cmpuint(g_array_index(row->replications, unsigned, i), ==, i);
        g_assert_cmpfloat(g_array_index(row->values[COLUMN_TRANSFERS_PER_S], double, i),
                          ==, 10 * (i + 1));
    }
}

static void test_the_table_is_aligned(Place *place, const void *unused G_GNUC_UNUSED)
{
    g_autoptr(Summary) summary = NULL;
    g_autofree char *table = NULL;

    for (unsigned i = 0; i < 3; i++) {
        add_simple_run(place, "dom0", i, 98 + 2 * i);
        add_simple_run(place, "stub+sdom", i, 149 + i);
    }
    summary = summary_or_die(place);
    table = summary_table(summary);
    g_assert_cmpstr(
        table, ==,
        "made up, hardware profile none, 3 replications, ± 95 % confidence\n"
        "\n"
        "           requests  transfers    latency    latency       dom0         "
        "fair-\n"
        "placement     per s      per s    p50, µs    p99, µs     CPU, %          "
        "ness\n"
        "dom0       1000 ±50     100 ±5  20.0 ±0.0  20.0 ±0.0  40.0 ±0.0  1.000 "
        "±0.000\n"
        "stub+sdom  1500 ±25     150 ±2  20.0 ±0.0  20.0 ±0.0  40.0 ±0.0  1.000 "
        "±0.000\n");
}

/* One placement without requests, one with; neither has a deadline. */
static void test_what_there_is_not_is_a_dash(Place *place,
                                             const void *unused G_GNUC_UNUSED)
{
    g_autoptr(Summary) summary = NULL;
    g_autofree char *table = NULL;

    for (unsigned i = 0; i < 2; i++) {
        add_simple_run(place, "dom0", i, 100);
        add_simple_run(place, "stub", i, 0);
    }
    summary = summary_or_die(place);
    table = summary_table(summary);
    g_assert_nonnull(strstr(
        table,
        "dom0        1000 ±0     100 ±0  20.0 ±0.0  20.0 ±0.0  40.0 ±0.0  1.000 "
        "±0.000\n"
        "stub           -          -        -          -       40.0 ±0.0  1.000 "
        "±0.000\n"
        "\n"
        "The replications of each row are the same: nothing that is drawn shows in "
        "them, and ± 0 tells\nnothing of chance ([host] timer-phases = drawn draws "
        "more).\n"));
    g_assert_true(isnan(interval_of(summary, 1, COLUMN_LATENCY_P99_US)->mean));
}

static void test_deadlines_and_lives_are_shown_where_there_are_some(
    Place *place, const void *unused G_GNUC_UNUSED)
{
    g_autoptr(Summary) summary = NULL;
    g_autofree char *table = NULL;

    add_simple_run(place, "dom0", 0, 100);
    place->deadlines = 8;
    place->absent_ns = NS_PER_S / 2;
    add_simple_run(place, "stub", 0, 100);
    summary = summary_or_die(place);
    table = summary_table(summary);
    g_assert_nonnull(strstr(table, "fair-  deadlines  guests\n"));
    g_assert_nonnull(strstr(table, "ness  missed, %   alive\n"));
    g_assert_nonnull(strstr(table, "1.000          -    1.00\n"));
    g_assert_nonnull(strstr(table, "1.000       25.0    0.50\n"));
}

/* 100 requests have a 99th percentile, 50 have not. */
static void test_means_of_fewer_replications_are_named(Place *place,
                                                       const void *unused G_GNUC_UNUSED)
{
    g_autoptr(Summary) summary = NULL;
    g_autofree char *table = NULL, *csv = NULL;

    add_simple_run(place, "dom0", 0, 10);
    add_simple_run(place, "dom0", 1, 11);
    add_simple_run(place, "stub", 0, 10);
    add_simple_run(place, "stub", 1, 5);
    summary = summary_or_die(place);
    g_assert_cmpuint(interval_of(summary, 1, COLUMN_LATENCY_P99_US)->n, ==, 1);
    table = summary_table(summary);
    g_assert_true(g_str_has_suffix(
        table, "\n\nMeans of the replications that have such a figure: latency_p99_us: "
               "1 of 2 (placement = stub).\n"));
    csv = summary_csv(summary);
    g_assert_nonnull(
        strstr(csv, ",transfer_p99_us_greatest,requests_per_s_n,transfers_per_s_n,"
                    "latency_p50_us_n,latency_p99_us_n,"));
    g_assert_true(g_str_has_suffix(csv, ",2,2,2,1,2,2,2,0,2,2,2,2,0,0,0\r\n"));
}

static void test_the_best_is_one_that_has_a_figure(Place *place,
                                                   const void *unused G_GNUC_UNUSED)
{
    g_autoptr(Summary) summary = NULL;
    g_autofree char *text = NULL;

    for (unsigned i = 0; i < 2; i++) {
        add_simple_run(place, "dom0", i, 0);
        add_simple_run(place, "stub", i, 100);
    }
    summary = summary_or_die(place);
    text = sentences_of(summary);
    g_assert_nonnull(strstr(text, "- stub has the lowest p99 latency of a request"));
    g_assert_null(strstr(text, "nan"));
}

static void test_the_csv_has_a_row_per_combination(Place *place,
                                                   const void *unused G_GNUC_UNUSED)
{
    g_autoptr(Summary) summary = NULL;
    g_autofree char *csv = NULL;

    add_simple_run(place, "dom0", 0, 98);
    add_simple_run(place, "dom0", 1, 100);
    summary = summary_or_die(place);
    csv = summary_csv(summary);
    g_assert_cmpstr(
        csv, ==,
        "cell,device-model.placement,replications,requests_per_s,requests_per_s_ci95,"
        "requests_per_s_least,requests_per_s_greatest,transfers_per_s,"
        "transfers_per_s_ci95,transfers_per_s_least,transfers_per_s_greatest,"
        "latency_p50_us,latency_p50_us_ci95,latency_p50_us_least,"
        "latency_p50_us_greatest,latency_p99_us,latency_p99_us_ci95,"
        "latency_p99_us_least,latency_p99_us_greatest,dom0_cpu_percent,"
        "dom0_cpu_percent_ci95,dom0_cpu_percent_least,dom0_cpu_percent_greatest,"
        "fairness,fairness_ci95,fairness_least,fairness_greatest,"
        "paid_by_others_percent,paid_by_others_percent_ci95,"
        "paid_by_others_percent_least,paid_by_others_percent_greatest,"
        "missed_deadlines_percent,missed_deadlines_percent_ci95,"
        "missed_deadlines_percent_least,missed_deadlines_percent_greatest,"
        "lived_guests,lived_guests_ci95,lived_guests_least,lived_guests_greatest,"
        "lost_frames_per_s,lost_frames_per_s_ci95,lost_frames_per_s_least,"
        "lost_frames_per_s_greatest,cpu_percent,cpu_percent_ci95,cpu_percent_least,"
        "cpu_percent_greatest,latency_p90_us,latency_p90_us_ci95,latency_p90_us_least,"
        "latency_p90_us_greatest,latency_p999_us,latency_p999_us_ci95,"
        "latency_p999_us_least,latency_p999_us_greatest,transfer_p50_us,"
        "transfer_p50_us_ci95,transfer_p50_us_least,transfer_p50_us_greatest,"
        "transfer_p99_us,transfer_p99_us_ci95,transfer_p99_us_least,"
        "transfer_p99_us_greatest,"
        "requests_per_s_n,transfers_per_s_n,latency_p50_us_n,"
        "latency_p99_us_n,dom0_cpu_percent_n,fairness_n,paid_by_others_percent_n,"
        "missed_deadlines_percent_n,lived_guests_n,lost_frames_per_s_n,"
        "cpu_percent_n,latency_p90_us_n,latency_p999_us_n,transfer_p50_us_n,"
        "transfer_p99_us_n\r\n"
        "0,dom0,2,990.000000,127.062047,980.000000,1000.000000,"
        "99.000000,12.706205,98.000000,100.000000,"
        "20.000000,0.000000,20.000000,20.000000,"
        "20.000000,0.000000,20.000000,20.000000,"
        "40.000000,0.000000,40.000000,40.000000,"
        "1.000000,0.000000,1.000000,1.000000,"
        "25.000000,0.000000,25.000000,25.000000,"
        ",,,,"
        "1.000000,0.000000,1.000000,1.000000,"
        "0.000000,0.000000,0.000000,0.000000,"
        "40.000000,0.000000,40.000000,40.000000,"
        "20.000000,0.000000,20.000000,20.000000,"
        "20.000000,,20.000000,20.000000,"
        ",,,,,,,,"
        "2,2,2,2,2,2,2,0,2,2,2,2,1,0,0\r\n");
}

static void test_a_wide_table_says_what_it_leaves_out(Place *place,
                                                      const void *unused G_GNUC_UNUSED)
{
    g_autoptr(Summary) summary = NULL;
    g_autofree char *table = NULL;

    for (unsigned i = 0; i < 3; i++) {
        add_simple_run(place, "a-placement-that-has-no-need-of-so-long-a-name", i,
                       98 + 2 * i);
        add_simple_run(place, "dom0", i, 100);
    }
    summary = summary_or_die(place);
    table = summary_table(summary);
    g_assert_nonnull(strstr(
        table,
        "     1000        100     20.0     20.0    40.0  1.000\n\nShown without ±, "
        "which is at most: requests_per_s 5.0 %, transfers_per_s 5.0 %; report --csv "
        "has\neach.\nThe replications of 1 of 2 rows are the same: nothing that is "
        "drawn shows in them, and ± 0 tells\nnothing of chance ([host] timer-phases = "
        "drawn draws more).\n"));
}

static void test_a_table_with_room_has_all_intervals(Place *place,
                                                     const void *unused G_GNUC_UNUSED)
{
    g_autoptr(Summary) summary = NULL;
    g_autofree char *table = NULL;

    for (unsigned i = 0; i < 3; i++)
        add_simple_run(place, "dom0", i, 98 + 2 * i);
    summary = summary_or_die(place);
    table = summary_table(summary);
    g_assert_null(strstr(table, "Shown without"));
    g_assert_null(strstr(table, "are the same"));
}

/* One replication tells nothing of others. */
static void
test_one_replication_is_not_the_same_as_others(Place *place,
                                               const void *unused G_GNUC_UNUSED)
{
    g_autoptr(Summary) summary = NULL;
    g_autofree char *table = NULL;

    add_simple_run(place, "dom0", 0, 98);
    summary = summary_or_die(place);
    table = summary_table(summary);
    g_assert_null(strstr(table, "are the same"));
}

/* A sample that somebody had: median 529.5, median distance 13. */
static void
test_a_replication_far_from_the_others_is_named(Place *place,
                                                const void *unused G_GNUC_UNUSED)
{
    static const unsigned values[] = {
        527, 447, 537, 532, 303, 542, 545, 546, 516, 518
    };
    g_autoptr(Summary) summary = NULL;
    g_autofree char *table = NULL;

    for (unsigned i = 0; i < G_N_ELEMENTS(values); i++) {
        add_simple_run(place, "dom0", i, values[i]);
        add_simple_run(place, "stub", i, values[i] == 303 ? 502 : values[i]);
    }
    summary = summary_or_die(place);
    table = summary_table(summary);
    g_assert_nonnull(strstr(
        table,
        "One replication lies far from the others in 2 means; farthest "
        "requests_per_s with placement = dom0:\n3030, median 5295. The interval of "
        "such a mean cannot be relied on.\n"));
}

/* Of a few, one is far off by chance too often; and what is far off in a narrow sample
 * need not be off by much. */
static void
test_neither_few_nor_narrow_samples_have_strays(Place *place,
                                                const void *unused G_GNUC_UNUSED)
{
    g_autoptr(Summary) summary = NULL;
    g_autofree char *table = NULL;

    for (unsigned i = 0; i < 10; i++)
        add_simple_run(place, "dom0", i, i == 0 ? 1090 : 1000 + i);
    for (unsigned i = 0; i < 7; i++)
        add_simple_run(place, "stub", i, i == 0 ? 5000 : 1000 + i);
    summary = summary_or_die(place);
    table = summary_table(summary);
    g_assert_null(strstr(table, "far from"));
}

static void test_a_campaign_without_runs_says_so(Place *place,
                                                 const void *unused G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;

    g_assert_null(summary_new(place->made_up.database, NULL, &error));
    g_assert_error(error, RESULTS_ERROR, RESULTS_ERROR_EMPTY);
    g_clear_error(&error);
    g_assert_null(summary_new(place->made_up.database, "0000", &error));
    g_assert_nonnull(strstr(error->message, "no campaign whose hash begins with 0000"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name)                                                                      \
    g_test_add("/summary/" #name, Place, NULL, place_set_up, test_##name,              \
               place_tear_down)
    ADD(intervals_are_those_worked_by_hand);
    ADD(replications_are_in_order_whenever_they_ended);
    ADD(the_view_says_the_same);
    ADD(the_table_is_aligned);
    ADD(what_there_is_not_is_a_dash);
    ADD(deadlines_and_lives_are_shown_where_there_are_some);
    ADD(means_of_fewer_replications_are_named);
    ADD(the_best_is_one_that_has_a_figure);
    ADD(the_csv_has_a_row_per_combination);
    ADD(a_wide_table_says_what_it_leaves_out);
    ADD(a_table_with_room_has_all_intervals);
    ADD(one_replication_is_not_the_same_as_others);
    ADD(a_replication_far_from_the_others_is_named);
    ADD(neither_few_nor_narrow_samples_have_strays);
    ADD(a_campaign_without_runs_says_so);
#undef ADD
    return g_test_run();
}
