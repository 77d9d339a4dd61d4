#include "results/study.h"

#include "results/error.h"
#include "results/factor_title.h"
#include "results/run_record.h"

#include <math.h>
#include <string.h>

/* A combination is "placement guests weight scheduler"; figures play no part here. */
static Summary *summary_of(const char *const *combinations)
{
    static const char *const keys[] = { "device-model.placement", "domain guest.count",
                                        "domain guest.weight", "scheduler.name" };
    Summary *summary = g_new0(Summary, 1);

    summary->rows = g_ptr_array_new();
    for (unsigned i = 0; combinations[i]; i++) {
        g_auto(GStrv) words = g_strsplit(combinations[i], " ", -1);
        SummaryRow *row = g_new0(SummaryRow, 1);

        row->cell = i;
        row->factors = factors_new();
        for (unsigned j = 0; words[j]; j++) {
            const bool is_number = g_ascii_isdigit(*words[j]);
            const Factor factor = {
                .key = g_strdup(keys[j]),
                .text = g_strdup(words[j]),
                .number = is_number ? g_ascii_strtod(words[j], NULL) : NAN,
            };

            g_array_append_val(row->factors, factor);
        }
        g_ptr_array_add(summary->rows, row);
    }
    return summary;
}

static Summary *summary_without_placement(const char *const *combinations)
{
    Summary *summary = summary_of(combinations);

    for (unsigned i = 0; i < summary->rows->len; i++)
        g_array_remove_index(
            ((SummaryRow *)g_ptr_array_index(summary->rows, i))->factors, 0);
    return summary;
}

static void free_rows(Summary *summary)
{
    for (unsigned i = 0; i < summary->rows->len; i++) {
        SummaryRow *row = g_ptr_array_index(summary->rows, i);

        g_array_unref(row->factors);
        g_free(row);
    }
    g_ptr_array_unref(summary->rows);
    g_free(summary);
}

static void test_rows_are_found_by_placement_and_axis(void)
{
    static const char *const combinations[] = { "dom0 8 256 a", "dom0 1 256 a",
                                                "stub 1 256 a", NULL };
    Summary *summary = summary_of(combinations);
    g_autoptr(Study) study = study_new(summary);

    g_assert_true(study->has_placements);
    g_assert_cmpuint(study->lines->len, ==, 2);
    g_assert_cmpuint(study->axis->len, ==, 2);
    g_assert_cmpstr(study->axis_title, ==, "guests");
    g_assert_cmpfloat(study_axis(study, 0), ==, 1);
    g_assert_cmpuint(study_row(study, 0, 0)->cell, ==, 1);
    g_assert_cmpuint(study_row(study, 0, 1)->cell, ==, 0);
    g_assert_cmpuint(study_row(study, 1, 0)->cell, ==, 2);
    g_assert_null(study_row(study, 1, 1)); /* not finished */
    g_assert_null(study->held);
    free_rows(summary);
}

static void test_what_varies_beside_the_axis_is_held(void)
{
    static const char *const combinations[] = { "dom0 1 256 a", "dom0 1 256 b",
                                                "dom0 2 256 a", "stub 1 256 a",
                                                "stub 1 256 b", NULL };
    Summary *summary = summary_of(combinations);
    g_autoptr(Study) study = study_new(summary);

    g_assert_cmpstr(study->held, ==, "scheduler.name = a");
    g_assert_cmpuint(study_row(study, 0, 0)->cell, ==, 0);
    g_assert_cmpuint(study_row(study, 1, 0)->cell, ==, 3);
    free_rows(summary);
}

static void test_what_goes_in_lock_step_is_not_held(void)
{
    static const char *const combinations[] = { "dom0 1 256 a", "dom0 2 512 a",
                                                "stub 1 256 b", "stub 2 512 b", NULL };
    Summary *summary = summary_of(combinations);
    g_autoptr(Study) study = study_new(summary);

    g_assert_null(study->held);
    g_assert_cmpuint(study->axis->len, ==, 2);
    g_assert_cmpuint(study_row(study, 1, 1)->cell, ==, 3);
    free_rows(summary);
}

static void test_without_an_axis_there_is_one_place(void)
{
    static const char *const combinations[] = { "dom0", "stub", NULL };
    Summary *summary = summary_of(combinations);
    g_autoptr(Study) study = study_new(summary);

    g_assert_cmpuint(study->axis->len, ==, 1);
    g_assert_null(study->axis_title);
    g_assert_cmpuint(study_row(study, 1, 0)->cell, ==, 1);
    free_rows(summary);
}

/* Without a placement, what varies and is no number; without that, one line. */
static void test_lines_need_no_placement(void)
{
    static const char *const schedulers[] = { "dom0 1 256 a", "dom0 2 256 a",
                                              "dom0 1 256 b", "dom0 2 256 b", NULL };
    static const char *const weights[] = { "dom0 1 256 a", "dom0 1 512 a", NULL };
    Summary *by_scheduler = summary_without_placement(schedulers);
    Summary *by_weight = summary_without_placement(weights);
    g_autoptr(Study) two = study_new(by_scheduler);
    g_autoptr(Study) one = study_new(by_weight);

    g_assert_false(two->has_placements);
    g_assert_cmpuint(two->lines->len, ==, 2);
    g_assert_cmpstr(study_line(two, 1), ==, "b");
    g_assert_cmpstr(two->axis_title, ==, "guests");
    g_assert_cmpuint(study_row(two, 1, 1)->cell, ==, 3);
    g_assert_cmpuint(one->lines->len, ==, 1);
    g_assert_cmpstr(study_line(one, 0), ==, "");
    g_assert_cmpstr(one->axis_title, ==, "guest weight");
    g_assert_cmpuint(study_row(one, 0, 1)->cell, ==, 1);
    free_rows(by_scheduler);
    free_rows(by_weight);
}

/* A key that is a number in some rows and a text in others makes lines. */
static void test_an_axis_is_all_numbers(void)
{
    static const char *const counts[] = { "dom0 1 256 a", "dom0 all 256 a",
                                          "dom0 2 256 a", NULL };
    Summary *by_count = summary_without_placement(counts);
    Summary *with_placement = summary_of(counts);
    g_autoptr(Study) lines = study_new(by_count);
    g_autoptr(Study) held = study_new(with_placement);

    g_assert_cmpuint(lines->lines->len, ==, 3);
    g_assert_cmpuint(lines->axis->len, ==, 1);
    g_assert_null(lines->axis_title);
    g_assert_cmpuint(study_row(lines, 1, 0)->cell, ==, 1);
    g_assert_cmpuint(held->lines->len, ==, 1);
    g_assert_cmpuint(held->axis->len, ==, 1);
    g_assert_cmpstr(held->held, ==, "domain guest.count = 1");
    free_rows(by_count);
    free_rows(with_placement);
}

/* A line for each, if there are not too many; what goes with the axis makes none. */
static void test_a_second_number_makes_lines(void)
{
    static const char *const weights[] = { "dom0 1 256 a", "dom0 2 256 a",
                                           "dom0 1 512 a", "dom0 2 512 a", NULL };
    static const char *const lock_step[] = { "dom0 1 256 a", "dom0 2 512 a", NULL };
    static const char *const many[] = { "dom0 1 1 a", "dom0 1 2 a", "dom0 1 3 a",
                                        "dom0 1 4 a", "dom0 1 5 a", "dom0 1 6 a",
                                        "dom0 1 7 a", "dom0 2 1 a", NULL };
    Summary *summaries[] = { summary_without_placement(weights),
                             summary_without_placement(lock_step),
                             summary_without_placement(many) };
    g_autoptr(Study) two = study_new(summaries[0]);
    g_autoptr(Study) one = study_new(summaries[1]);
    g_autoptr(Study) held = study_new(summaries[2]);

    g_assert_cmpuint(two->lines->len, ==, 2);
    g_assert_cmpstr(two->lines_title, ==, "guest weight");
    g_assert_cmpstr(study_line(two, 1), ==, "512");
    g_assert_cmpuint(study_row(two, 1, 0)->cell, ==, 2);
    g_assert_null(two->held);
    g_assert_cmpuint(one->lines->len, ==, 1);
    g_assert_null(one->lines_title);
    g_assert_cmpuint(held->lines->len, ==, 1);
    g_assert_cmpstr(held->held, ==, "domain guest.weight = 1");
    for (unsigned i = 0; i < G_N_ELEMENTS(summaries); i++)
        free_rows(summaries[i]);
}

static const char *const cube[] = { "dom0 1 256 a", "dom0 1 512 a",
                                    "dom0 2 256 a", "dom0 2 512 a",
                                    "stub 1 256 a", "stub 1 512 a",
                                    "stub 2 256 a", NULL };

static void test_a_view_chooses(void)
{
    static const char *const at[] = { "device-model.placement = stub", NULL };
    static const char *const guests[] = { "guests=2", NULL };
    Summary *summary = summary_of(cube);
    g_autoptr(Study) weights = study_new_view(
        summary, &(StudyView){ "domain guest.weight", NULL, NULL, NULL }, NULL);
    g_autoptr(Study) lines =
        study_new_view(summary, &(StudyView){ NULL, "weight", at, NULL }, NULL);
    g_autoptr(Study) held =
        study_new_view(summary, &(StudyView){ NULL, NULL, guests, NULL }, NULL);

    g_assert_cmpstr(weights->axis_title, ==, "guest weight");
    g_assert_cmpstr(weights->held, ==, "domain guest.count = 1");
    g_assert_cmpuint(study_row(weights, 1, 1)->cell, ==, 5);
    g_assert_cmpstr(lines->lines_title, ==, "guest weight");
    g_assert_false(lines->has_placements);
    g_assert_cmpstr(lines->held, ==, "device-model.placement = stub");
    g_assert_cmpuint(study_row(lines, 1, 0)->cell, ==, 5);
    g_assert_null(study_row(lines, 1, 1));                 /* not finished */
    g_assert_cmpstr(held->axis_title, ==, "guest weight"); /* no more the guests */
    g_assert_cmpstr(held->held, ==, "domain guest.count = 2");
    g_assert_cmpuint(study_row(held, 0, 1)->cell, ==, 3);
    free_rows(summary);
}

static void assert_no_view(const Summary *summary, const StudyView *view, int code,
                           const char *message)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Study) study = study_new_view(summary, view, &error);

    g_assert_null(study);
    g_assert_error(error, RESULTS_ERROR, code);
    g_assert_cmpstr(error->message, ==, message);
}

static void test_a_view_of_what_is_not_there_is_refused(void)
{
    static const char *const views[][4] = {
        { "nix", NULL, NULL,
          "axis = nix: expected a key that varies in numbers: domain guest.count, "
          "domain guest.weight" },
        { "device-model.placement", NULL, NULL,
          "axis = device-model.placement: expected a key that varies in numbers: "
          "domain "
          "guest.count, domain guest.weight" },
        { NULL, "nix", NULL,
          "lines = nix: expected a key that varies: device-model.placement, domain "
          "guest.count, domain guest.weight" },
        { "guessts", NULL, NULL,
          "axis = guessts: expected a key that varies in numbers: domain guest.count, "
          "domain guest.weight (did you mean domain guest.count?)" },
        { NULL, "weightt", NULL,
          "lines = weightt: expected a key that varies: device-model.placement, domain "
          "guest.count, domain guest.weight (did you mean domain guest.weight?)" },
        { "weight", "weight", NULL,
          "lines = weight: expected another key than that of the axis" },
        { "guests", NULL, "guests=2",
          "at = guests: expected a key that is neither axis nor lines, each once" },
        { NULL, NULL, "weight",
          "weight: expected KEY=VALUE, such as domain guest.count=4" },
        { NULL, NULL, "weight=1", "domain guest.weight = 1: expected one of 256, 512" },
    };
    static const char *const nowhere[] = { "guests=2", "weight=512",
                                           "device-model.placement=stub", NULL };
    Summary *summary = summary_of(cube);

    for (unsigned i = 0; i < G_N_ELEMENTS(views); i++) {
        const char *const held[] = { views[i][2], NULL };

        const bool is_absent = strstr(views[i][3], "expected a key that varies") ||
                               strstr(views[i][3], "expected one of");

        assert_no_view(summary, &(StudyView){ views[i][0], views[i][1], held, NULL },
                       is_absent ? RESULTS_ERROR_EMPTY : RESULTS_ERROR_VIEW,
                       views[i][3]);
    }
    assert_no_view(summary, &(StudyView){ NULL, NULL, nowhere, NULL },
                   RESULTS_ERROR_EMPTY,
                   "no finished run has all the values that are asked for");
    free_rows(summary);
}

static void test_keys_have_titles(void)
{
    static const struct {
        const char *key, *title;
    } cases[] = {
        { "domain guest.count", "guests" },
        { "domain guests-pv.count", "guests" },
        { "domain hog.count", "number of hog" },
        { "domain hog.weight", "hog weight" },
        { "dom0.weight", "dom0 weight" },
        { "scheduler.name", "scheduler" },
        { "scheduler.tslice", "scheduler tslice" },
        { "host.pcpus", "pcpus" },
        { "run.duration", "duration" },
        { "device-model.placement", "placement" },
        { "workload disk.think-time", "disk think-time" },
        { "domain", "domain" },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *title = factor_title(cases[i].key);

        g_assert_cmpstr(title, ==, cases[i].title);
    }
    g_assert_true(factor_is_called("domain hog.count", "hog.count"));
    g_assert_true(factor_is_called("domain hog.count", "count"));
    g_assert_true(factor_is_called("domain hog.count", "number of hog"));
    g_assert_false(factor_is_called("domain hog.count", "ount"));
    g_assert_false(factor_is_called("domain hog.count", ""));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/study/rows_are_found_by_placement_and_axis",
                    test_rows_are_found_by_placement_and_axis);
    g_test_add_func("/study/what_varies_beside_the_axis_is_held",
                    test_what_varies_beside_the_axis_is_held);
    g_test_add_func("/study/what_goes_in_lock_step_is_not_held",
                    test_what_goes_in_lock_step_is_not_held);
    g_test_add_func("/study/without_an_axis_there_is_one_place",
                    test_without_an_axis_there_is_one_place);
    g_test_add_func("/study/lines_need_no_placement", test_lines_need_no_placement);
    g_test_add_func("/study/an_axis_is_all_numbers", test_an_axis_is_all_numbers);
    g_test_add_func("/study/a_second_number_makes_lines",
                    test_a_second_number_makes_lines);
    g_test_add_func("/study/a_view_chooses", test_a_view_chooses);
    g_test_add_func("/study/a_view_of_what_is_not_there_is_refused",
                    test_a_view_of_what_is_not_there_is_refused);
    g_test_add_func("/study/keys_have_titles", test_keys_have_titles);
    return g_test_run();
}
