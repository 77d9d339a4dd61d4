#include "cli/validate_captures.h"

#include "experiments/captures/comparison.h"
#include "experiments/cost_profile.h"
#include "experiments/data_path.h"

#include <stdio.h>
#include <string.h>

/* What a folder of captures has come to. */
typedef struct {
    unsigned n_captures, n_inside, n_outside;
} Tally;

static void print_rows(const char *name, const GPtrArray *rows, Tally *tally)
{
    for (unsigned i = 0; i < rows->len; i++) {
        const ComparedFigure *row = g_ptr_array_index(rows, i);
        const bool is_inside = compared_figure_is_inside(row);

        if (row->tolerance == 0)
            continue;
        tally->n_inside += is_inside;
        tally->n_outside += !is_inside;
        printf("%-22s %4s  %-15s %11.5g %11.5g %11.5g %11.5g  %-4s %6.1f %%  %s\n",
               name, row->domain, row->metric, row->measured, row->predicted, row->low,
               row->high, row->unit, 100 * row->error,
               is_inside ? "inside" : "OUTSIDE");
    }
}

static bool validate_capture(const char *dir, const char *name,
                             const CostProfile *profile, Tally *tally, GError **error)
{
    g_autofree char *ini = g_build_filename(dir, name, "capture.ini", NULL);
    g_autofree char *csv = g_build_filename(dir, name, "figures.csv", NULL);
    g_autoptr(CaptureScenario) scenario = NULL;
    g_autoptr(GPtrArray) predicted = NULL;
    g_autoptr(GPtrArray) rows = NULL;

    if (!g_file_test(ini, G_FILE_TEST_EXISTS))
        return true;
    scenario = capture_scenario_load(ini, error);
    if (!scenario)
        return false;
    predicted = capture_predict(scenario, profile, error);
    rows = predicted ? captures_compare(csv, predicted, error) : NULL;
    if (!rows)
        return false;
    tally->n_captures++;
    print_rows(name, rows, tally);
    return true;
}

static int by_name(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static bool validate_folder(const char *path, const CostProfile *profile, Tally *tally,
                            GError **error)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GDir) dir = g_dir_open(path, 0, error);
    const char *name;

    if (!dir)
        return false;
    while ((name = g_dir_read_name(dir)))
        g_ptr_array_add(names, g_strdup(name));
    g_ptr_array_sort(names, by_name);
    printf("%-22s %4s  %-15s %11s %11s %11s %11s  %-4s %8s\n", "capture", "dom",
           "metric", "measured", "predicted", "lowest", "highest", "unit", "error");
    for (unsigned i = 0; i < names->len; i++)
        if (!validate_capture(path, g_ptr_array_index(names, i), profile, tally, error))
            return false;
    printf("%u captures: %u figures inside their tolerance, %u outside\n",
           tally->n_captures, tally->n_inside, tally->n_outside);
    return true;
}

ExitCode validate_captures(const char *folder, const char *profile_name)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = NULL;
    g_autoptr(CostProfile) profile = NULL;
    Tally tally = { 0 };

    path = data_path_find(DATA_COSTS, profile_name ? profile_name : "capture-4.17", ".",
                          &error);
    profile = path ? cost_profile_load(path, &error) : NULL;
    if (!profile || !validate_folder(folder, profile, &tally, &error)) {
        g_printerr("hvmsim validate: %s\n", error->message);
        return EXIT_INPUT;
    }
    return tally.n_outside > 0 ? EXIT_CHECK_FAILED : EXIT_OK;
}
