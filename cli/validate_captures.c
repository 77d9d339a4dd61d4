#include "cli/validate_captures.h"

#include "cli/arguments.h"
#include "cli/captures_csv.h"
#include "cli/named_profile.h"
#include "experiments/captures/guest_groups.h"
#include "experiments/input/error.h"
#include "results/output_file.h"

#include <stdio.h>
#include <string.h>

#define CHANGES_MAX 8

/* What a folder of captures has come to. */
typedef struct {
    const CostProfile *profile;
    unsigned n_jobs;
    unsigned n_captures, n_inside, n_outside, n_invalid;
    unsigned n_close, n_far; /* every guest by itself, none added up */
    GHashTable *rows;        /* of GPtrArray of ComparedFigure, by the capture's name */
    GString *csv;
} Tally;

static void print_figure(const char *name, const char *domain,
                         const ComparedFigure *row)
{
    printf("%-22s %4s  %-15s %11.5g %11.5g %11.5g %11.5g  %-4s %6.1f %%  ", name,
           domain, row->metric, row->measured, row->predicted, row->low, row->high,
           row->unit, 100 * row->error);
}

/* In brackets: not counted. */
static void print_verdict(bool is_inside, bool is_counted)
{
    const char *verdict = is_inside ? "inside" : "OUTSIDE";

    printf("%s%s%s", is_counted ? "" : "(", verdict, is_counted ? "" : ")");
}

static void print_rows(const char *name, const GPtrArray *rows, Tally *tally)
{
    for (unsigned i = 0; i < rows->len; i++) {
        const ComparedFigure *row = g_ptr_array_index(rows, i);
        const bool is_inside = compared_figure_is_inside(row);
        const bool is_close = compared_figure_is_close(row);

        tally->n_inside += row->is_counted && is_inside;
        tally->n_outside += row->is_counted && !is_inside;
        tally->n_close += row->is_counted && is_close;
        tally->n_far += row->is_counted && !is_close;
        print_figure(name, row->domain, row);
        print_verdict(is_inside, row->is_counted);
        if (row->has_peers)
            printf(" spread %.5g to %.5g", row->spread_low, row->spread_high);
        printf("\n");
    }
}

/* Shares of a pCPU are judged guest by guest; their sum is shown beside. */
static void print_sums(const char *name, const GPtrArray *sums, Tally *tally)
{
    for (unsigned i = 0; i < sums->len; i++) {
        const ComparedFigure *sum = g_ptr_array_index(sums, i);
        const bool is_inside = compared_figure_is_close(sum);
        const bool is_counted = compared_metric_is_rate(sum->metric);

        tally->n_inside += is_counted && is_inside;
        tally->n_outside += is_counted && !is_inside;
        print_figure(name, "sum", sum);
        print_verdict(is_inside, is_counted);
        printf(" %s\n", sum->domain);
    }
}

static GPtrArray *compare_capture(const char *folder, const Tally *tally,
                                  GPtrArray **sums, GError **error)
{
    g_autofree char *ini = g_build_filename(folder, "capture.ini", NULL);
    g_autofree char *csv = g_build_filename(folder, "figures.csv", NULL);
    g_autoptr(CaptureScenario) scenario = capture_scenario_load(ini, error);
    g_autoptr(GPtrArray) predicted =
        scenario ? capture_predict(scenario, tally->profile, tally->n_jobs, error)
                 : NULL;
    g_autoptr(GPtrArray) groups = scenario ? guest_groups_find(scenario) : NULL;
    g_autoptr(GPtrArray) rows =
        predicted ? captures_compare(csv, predicted, error) : NULL;

    if (!rows)
        return NULL;
    guest_groups_spread(groups, rows);
    *sums = guest_groups_sums(groups, rows);
    return g_steal_pointer(&rows);
}

/* One that cannot be read does not stop the others. */
static void validate_capture(const char *folder, Tally *tally)
{
    g_autofree char *name = g_path_get_basename(folder);
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) sums = NULL;
    GPtrArray *rows = compare_capture(folder, tally, &sums, &error);

    if (!rows) {
        g_printerr("hvmsim validate: %s\n", error->message);
        tally->n_invalid++;
        return;
    }
    tally->n_captures++;
    print_rows(name, rows, tally);
    print_sums(name, sums, tally);
    captures_csv_append_figures(tally->csv, name, rows);
    captures_csv_append_sums(tally->csv, name, sums);
    g_hash_table_insert(tally->rows, g_steal_pointer(&name), rows);
}

static int by_name(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static bool is_capture(const char *folder)
{
    g_autofree char *ini = g_build_filename(folder, "capture.ini", NULL);

    return g_file_test(ini, G_FILE_TEST_EXISTS);
}

/* The folder itself, or those in it, by name; no capture at all is an error: nothing
 * would be outside. */
static GPtrArray *find_captures(const char *path, GError **error)
{
    g_autoptr(GPtrArray) folders = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GDir) dir = g_dir_open(path, 0, error);
    const char *name;

    if (!dir)
        return NULL;
    if (is_capture(path))
        g_ptr_array_add(folders, g_canonicalize_filename(path, NULL));
    while ((name = g_dir_read_name(dir))) {
        g_autofree char *folder = g_build_filename(path, name, NULL);

        if (is_capture(folder))
            g_ptr_array_add(folders, g_steal_pointer(&folder));
    }
    if (folders->len == 0) {
        g_set_error(
            error, EXPERIMENT_ERROR, EXPERIMENT_ERROR_INPUT,
            "%s: holds no capture: expected capture.ini in it, or in folders of "
            "it",
            path);
        return NULL;
    }
    g_ptr_array_sort(folders, by_name);
    return g_steal_pointer(&folders);
}

static void print_change(const char *dom0, const char *stub,
                         const PlacementChange *change, Tally *tally)
{
    const bool is_right = placement_change_is_right(change);

    tally->n_inside += is_right;
    tally->n_outside += !is_right;
    tally->n_close += is_right;
    tally->n_far += !is_right;
    printf("%-22s %-22s %-15s %+10.1f %% %+10.1f %%  %s\n", dom0, stub, change->metric,
           change->measured_percent, change->predicted_percent,
           is_right ? "inside" : "OUTSIDE");
    captures_csv_append_change(tally->csv, dom0, stub, change);
}

static void print_changes(const GPtrArray *folders, Tally *tally)
{
    printf("%-22s %-22s %-15s %12s %12s\n", "dom0", "stub", "change of", "measured",
           "predicted");
    for (unsigned i = 0; i < folders->len; i++) {
        g_autofree char *dom0 = g_path_get_basename(g_ptr_array_index(folders, i));
        g_autofree char *stub = placement_counterpart(dom0);
        const GPtrArray *before = g_hash_table_lookup(tally->rows, dom0);
        const GPtrArray *after = stub ? g_hash_table_lookup(tally->rows, stub) : NULL;
        PlacementChange changes[CHANGES_MAX];
        unsigned n = 0;

        if (before && after)
            n = placement_changes(before, after, changes, CHANGES_MAX);
        for (unsigned j = 0; j < n; j++)
            print_change(dom0, stub, &changes[j], tally);
    }
}

static void validate_folders(const GPtrArray *folders, Tally *tally)
{
    printf("%-22s %4s  %-15s %11s %11s %11s %11s  %-4s %8s\n", "capture", "dom",
           "metric", "measured", "predicted", "lowest", "highest", "unit", "error");
    for (unsigned i = 0; i < folders->len; i++)
        validate_capture(g_ptr_array_index(folders, i), tally);
    print_changes(folders, tally);
    printf("%u captures: %u figures inside their tolerance, %u outside\n",
           tally->n_captures, tally->n_inside, tally->n_outside);
    printf("every guest by itself: %u inside, %u outside\n", tally->n_close,
           tally->n_far);
}

static void free_rows(void *rows)
{
    g_ptr_array_unref(rows);
}

static ExitStatus verdict(const Tally *tally)
{
    if (tally->n_invalid > 0)
        return EXIT_INPUT;
    return tally->n_outside > 0 ? EXIT_CHECK_FAILED : EXIT_OK;
}

static bool write_csv(const char *folder, const GString *csv, GError **error)
{
    g_autoptr(OutputFile) file = output_file_new(folder, "captures.csv", error);

    if (!file)
        return false;
    fwrite(csv->str, 1, csv->len, file->stream);
    return output_file_commit(file, error);
}

ExitStatus validate_captures(const CapturesArguments *arguments)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GHashTable) rows =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_rows);
    const char *name = arguments->profile ? arguments->profile : "capture-4.17";
    g_autoptr(CostProfile) profile = named_profile_load("--profile =", name, &error);
    g_autoptr(GPtrArray) folders =
        profile ? find_captures(arguments->folder, &error) : NULL;
    g_autoptr(GString) csv = g_string_new(NULL);
    Tally tally = {
        .profile = profile, .n_jobs = arguments->n_jobs, .rows = rows, .csv = csv
    };

    if (!folders)
        return fail_with("validate", error);
    captures_csv_append_head(csv);
    validate_folders(folders, &tally);
    if (arguments->output && !write_csv(arguments->output, csv, &error))
        return fail_with("validate", error);
    return verdict(&tally);
}
