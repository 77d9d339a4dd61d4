#include "experiments/captures/guest_groups.h"

#include "experiments/captures/pooling.h"

#include <glib/gstdio.h>
#include <string.h>

/* A capture.ini of two HVM guests and their stub domains, with one word changed. */
static CaptureScenario *scenario_with(const char *from, const char *to)
{
    static const char text[] =
        "[host]\npcpus=1\nduration_s=1\nplacement=stub\n"
        "[domain Domain-0]\nid=0\nkind=dom0\n"
        "[domain a]\nid=1\nkind=hvm\nworkload=pio\nreads=8\nspin_instructions=9\n"
        "[domain a-dm]\nid=2\nkind=stub\nserves=a\n"
        "[domain b]\nid=3\nkind=hvm\nworkload=pio\nreads=8\nspin_instructions=9\n"
        "#b\n"
        "[domain b-dm]\nid=4\nkind=stub\nserves=b\n"
        "#b-dm\n";
    g_auto(GStrv) parts = g_strsplit(text, from, 2);
    g_autofree char *changed = g_strjoinv(to, parts);
    g_autofree char *path = NULL;
    GError *error = NULL;
    CaptureScenario *scenario;

    g_close(g_file_open_tmp("hvmsim-capture-XXXXXX", &path, &error), NULL);
    g_assert_no_error(error);
    g_file_set_contents(path, changed, -1, &error);
    g_assert_no_error(error);
    scenario = capture_scenario_load(path, &error);
    g_assert_no_error(error);
    g_unlink(path);
    return scenario;
}

static void test_guests_are_identical_if_all_but_names_and_numbers_is_the_same(void)
{
    static const struct {
        const char *from, *to;
        const char *names; /* NULL: no group */
    } cases[] = {
        { "#b\n", "", "a+b" },
        { "#b\n", "weight=512\n", NULL },
        { "#b\n", "weight=256\n", "a+b" }, /* the default, written out */
        { "#b\n", "cap=40\n", NULL },
        { "#b\n", "vcpus=2\n", NULL },
        { "#b\n", "timer_hz=100\n", NULL },
        { "#b\n", "port=0x1f7\n", NULL },
        { "#b\n", "paused=true\n", NULL },
        { "#b-dm\n", "weight=512\n", NULL }, /* served otherwise */
        { "serves=b", "serves=z", NULL },    /* by none of its own */
        { "reads=8", "reads=1", NULL },
        { "workload=pio", "workload=disk", NULL },
        { "kind=hvm", "kind=pv", NULL },
        { "#b\n", "[domain c]\nid=9\nkind=hvm\nworkload=pio\nreads=8\n", "a+b" },
        { "#b-dm\n",
          "[domain h1]\nid=8\nworkload=hog\n[domain h2]\nid=9\nworkload=hog\n",
          "a+b,h1+h2" },
        { "#b-dm\n", "[domain i]\nid=8\n[domain j]\nid=9\n", "a+b" }, /* idle ones */
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(CaptureScenario) scenario = scenario_with(cases[i].from, cases[i].to);
        g_autoptr(GPtrArray) groups = guest_groups_find(scenario);
        g_autoptr(GString) names = g_string_new(NULL);

        for (unsigned j = 0; j < groups->len; j++) {
            const GuestGroup *group = g_ptr_array_index(groups, j);

            g_string_append_printf(names, "%s%s", j > 0 ? "," : "", group->names);
        }
        g_assert_cmpstr(names->str, ==, cases[i].names ? cases[i].names : "");
    }
}

/* Predicted in two kinds of replications: five of them the one, five the other. */
static ComparedFigure *row_of(const char *domain, const char *metric, double measured,
                              double even, double odd)
{
    g_autofree char *name = g_strdup(metric);
    Figure predicted = { .metric = name,
                         .value = (even + odd) / 2,
                         .low = MIN(even, odd),
                         .high = MAX(even, odd) };

    for (unsigned i = 0; i < CAPTURE_REPLICATIONS; i++)
        predicted.replications[i] = i % 2 == 0 ? even : odd;
    return compared_figure_new(domain, "1/s", measured, &predicted);
}

static GPtrArray *rows_new(const char *metric, const double measured[2],
                           const double predicted[2])
{
    GPtrArray *rows = g_ptr_array_new_with_free_func(compared_figure_free);

    g_ptr_array_add(rows, row_of("0", metric, 1, 9, 9));
    g_ptr_array_add(rows, row_of("1", metric, measured[0], predicted[0], predicted[0]));
    g_ptr_array_add(rows, row_of("3", metric, measured[1], predicted[1], predicted[1]));
    return rows;
}

static void test_each_is_held_against_the_spread_and_all_against_the_sum(void)
{
    static const struct {
        const char *metric;
        double measured[2], predicted[2];
        bool is_inside[2], is_sum_inside;
    } cases[] = {
        /* One had twice the other's: who, the prediction need not know. */
        { "round_trips", { 100, 200 }, { 150, 150 }, { true, true }, true },
        { "round_trips", { 100, 200 }, { 200, 100 }, { true, true }, true },
        /* In the spread, but too few or too many altogether. */
        { "round_trips", { 100, 200 }, { 130, 130 }, { true, true }, false },
        { "round_trips", { 100, 200 }, { 170, 170 }, { true, true }, false },
        /* The spread is wider by a tenth at both ends, and no more. */
        { "round_trips", { 100, 200 }, { 91, 219 }, { true, true }, true },
        { "round_trips", { 100, 200 }, { 89, 221 }, { false, false }, true },
        /* Guests that agree leave no more room than one guest alone. */
        { "round_trips", { 100, 100 }, { 89, 111 }, { false, false }, true },
        { "round_trips", { 100, 100 }, { 91, 109 }, { true, true }, true },
        /* Shares and durations are each guest's own. */
        { "cpu", { 100, 200 }, { 150, 150 }, { false, false }, true },
        { "cpu", { 100, 200 }, { 109, 181 }, { true, true }, true },
    };
    g_autoptr(CaptureScenario) scenario = scenario_with("#b\n", "");
    g_autoptr(GPtrArray) groups = guest_groups_find(scenario);

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GPtrArray) rows =
            rows_new(cases[i].metric, cases[i].measured, cases[i].predicted);
        g_autoptr(GPtrArray) sums = guest_groups_sums(groups, rows);

        guest_groups_spread(groups, rows);
        for (unsigned j = 0; j < 2; j++)
            g_assert_true(compared_figure_is_inside(g_ptr_array_index(rows, 1 + j)) ==
                          cases[i].is_inside[j]);
        g_assert_cmpuint(sums->len, ==, 1);
        g_assert_true(compared_figure_is_inside(g_ptr_array_index(sums, 0)) ==
                      cases[i].is_sum_inside);
    }
}

static void test_a_guest_without_its_like_keeps_its_tolerance(void)
{
    g_autoptr(CaptureScenario) scenario = scenario_with("#b\n", "weight=512\n");
    g_autoptr(GPtrArray) groups = guest_groups_find(scenario);
    g_autoptr(GPtrArray) rows = rows_new("round_trips", (const double[]){ 100, 200 },
                                         (const double[]){ 150, 150 });
    g_autoptr(GPtrArray) sums = guest_groups_sums(groups, rows);

    guest_groups_spread(groups, rows);
    g_assert_cmpuint(sums->len, ==, 0);
    for (unsigned i = 0; i < rows->len; i++)
        g_assert_false(compared_figure_is_inside(g_ptr_array_index(rows, i)));
}

static void test_durations_have_neither_sum_nor_spread(void)
{
    static const char *const metrics[] = { "round_trip_p50", "round_trip_p95",
                                           "round_trip_mean" };
    g_autoptr(CaptureScenario) scenario = scenario_with("#b\n", "");
    g_autoptr(GPtrArray) groups = guest_groups_find(scenario);

    for (unsigned i = 0; i < G_N_ELEMENTS(metrics); i++) {
        g_autoptr(GPtrArray) rows = rows_new(metrics[i], (const double[]){ 100, 200 },
                                             (const double[]){ 150, 140 });
        g_autoptr(GPtrArray) sums = guest_groups_sums(groups, rows);

        guest_groups_spread(groups, rows);
        g_assert_cmpuint(sums->len, ==, 0);
        g_assert_false(compared_figure_is_inside(g_ptr_array_index(rows, 1)));
        g_assert_false(compared_figure_is_inside(g_ptr_array_index(rows, 2)));
    }
}

static void test_a_sum_varies_as_the_guests_do_together(void)
{
    g_autoptr(CaptureScenario) scenario = scenario_with("#b\n", "");
    g_autoptr(GPtrArray) groups = guest_groups_find(scenario);
    g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func(compared_figure_free);
    g_autoptr(GPtrArray) sums = NULL;
    const ComparedFigure *sum;

    /* What the one gets, the other does not, up to 5. */
    g_ptr_array_add(rows, row_of("1", "round_trips", 100, 50, 150));
    g_ptr_array_add(rows, row_of("3", "round_trips", 120, 155, 60));
    sums = guest_groups_sums(groups, rows);
    sum = g_ptr_array_index(sums, 0);
    g_assert_cmpstr(sum->domain, ==, "a+b");
    g_assert_cmpfloat(sum->measured, ==, 220);
    g_assert_cmpfloat(sum->predicted, ==, 207.5);
    g_assert_cmpfloat(sum->low, ==, 205);
    g_assert_cmpfloat(sum->high, ==, 210);
    g_assert_false(sum->has_peers);
}

/* One run: rates and mean durations of guests 1 and 3, a share of the stub domains 2
 * and 4, and of domain 0. */
static GPtrArray *run_of(const double rates[2], const double means[2], double share)
{
    const struct {
        int64_t domain;
        const char *metric;
        double value;
    } all[] = {
        { -1, "switches", share },         { 0, "cpu", share },
        { 1, "round_trips", rates[0] },    { 1, "round_trip_mean", means[0] },
        { 1, "round_trip_p50", means[0] }, { 2, "cpu", share },
        { 3, "round_trips", rates[1] },    { 3, "round_trip_mean", means[1] },
        { 3, "round_trip_p50", means[1] }, { 4, "cpu", share + 2 },
    };
    GPtrArray *figures = g_ptr_array_new_with_free_func(g_free);

    for (unsigned i = 0; i < G_N_ELEMENTS(all); i++) {
        Figure *figure = g_new0(Figure, 1);

        figure->domain = all[i].domain;
        figure->metric = (char *)all[i].metric;
        figure->value = all[i].value;
        g_ptr_array_add(figures, figure);
    }
    return figures;
}

static void expect_figure(const GPtrArray *figures, unsigned i, double value,
                          double low, double high)
{
    const Figure *figure = g_ptr_array_index(figures, i);

    g_assert_cmpfloat_with_epsilon(figure->value, value, 1e-9);
    g_assert_cmpfloat(figure->low, ==, low);
    g_assert_cmpfloat(figure->high, ==, high);
}

/* In even runs the first guest makes three trips of 10, the second one of 40; in odd
 * ones both make two, of 20. */
static void test_identical_guests_are_predicted_the_same(void)
{
    g_autoptr(CaptureScenario) scenario = scenario_with("#b\n", "");
    GPtrArray *runs[CAPTURE_REPLICATIONS];

    for (unsigned i = 0; i < CAPTURE_REPLICATIONS; i++)
        runs[i] = i % 2 == 0
                      ? run_of((const double[]){ 3, 1 }, (const double[]){ 10, 40 }, 5)
                      : run_of((const double[]){ 2, 2 }, (const double[]){ 20, 20 }, 7);
    figures_pool(scenario, runs);
    expect_figure(runs[0], 0, 6, 5, 7);
    expect_figure(runs[0], 1, 6, 5, 7);
    for (unsigned guest = 0; guest < 2; guest++) {
        const unsigned first = 2 + 4 * guest;

        expect_figure(runs[0], first, 2, 1, 3);
        expect_figure(runs[0], first + 1, 150.0 / 8, 10, 40);
        expect_figure(runs[0], first + 2, 20, 10, 40);
        expect_figure(runs[0], first + 3, 7, 5, 9);
    }
    for (unsigned i = 0; i < CAPTURE_REPLICATIONS; i++)
        g_ptr_array_unref(runs[i]);
}

static void test_others_are_predicted_each_by_itself(void)
{
    g_autoptr(CaptureScenario) scenario = scenario_with("#b\n", "weight=512\n");
    GPtrArray *runs[CAPTURE_REPLICATIONS];

    for (unsigned i = 0; i < CAPTURE_REPLICATIONS; i++)
        runs[i] = run_of((const double[]){ i < 5 ? 1 : 3, 2 },
                         (const double[]){ i < 5 ? 30 : 10, 20 }, i);
    figures_pool(scenario, runs);
    expect_figure(runs[0], 2, 2, 1, 3);
    expect_figure(runs[0], 3, 15, 10, 30); /* of four trips, three took 10 */
    expect_figure(runs[0], 4, 20, 10, 30);
    expect_figure(runs[0], 5, 4.5, 0, 9);
    expect_figure(runs[0], 6, 2, 2, 2);
    expect_figure(runs[0], 9, 6.5, 2, 11);
    for (unsigned i = 0; i < CAPTURE_REPLICATIONS; i++)
        g_ptr_array_unref(runs[i]);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/guest_groups/identical if all but names and numbers is the same",
                    test_guests_are_identical_if_all_but_names_and_numbers_is_the_same);
    g_test_add_func("/guest_groups/each against the spread, all against the sum",
                    test_each_is_held_against_the_spread_and_all_against_the_sum);
    g_test_add_func("/guest_groups/a guest without its like keeps its tolerance",
                    test_a_guest_without_its_like_keeps_its_tolerance);
    g_test_add_func("/guest_groups/durations have neither sum nor spread",
                    test_durations_have_neither_sum_nor_spread);
    g_test_add_func("/guest_groups/a sum varies as the guests do together",
                    test_a_sum_varies_as_the_guests_do_together);
    g_test_add_func("/guest_groups/identical guests are predicted the same",
                    test_identical_guests_are_predicted_the_same);
    g_test_add_func("/guest_groups/others are predicted each by itself",
                    test_others_are_predicted_each_by_itself);
    return g_test_run();
}
