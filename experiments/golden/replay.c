#include "experiments/golden/replay.h"

#include "experiments/input/error.h"

#include <errno.h>
#include <string.h>

#define SCENARIO "scenario.ini"

void golden_place_free(GoldenPlace *self)
{
    g_free(self->folder);
    g_free(self->name);
    g_free(self);
}

/* Finding. */

static bool has_scenario(const char *folder)
{
    g_autofree char *path = g_build_filename(folder, SCENARIO, NULL);

    return g_file_test(path, G_FILE_TEST_EXISTS);
}

static void add_place(GPtrArray *places, const char *folder, const char *name)
{
    GoldenPlace *place = g_new(GoldenPlace, 1);

    *place = (GoldenPlace){ .folder = g_strdup(folder), .name = g_strdup(name) };
    g_ptr_array_add(places, place);
}

static int by_name(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

static GPtrArray *sorted_names(const char *folder, GError **error)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, error);
    GPtrArray *names;
    const char *name;

    if (!dir)
        return NULL;
    names = g_ptr_array_new_with_free_func(g_free);
    while ((name = g_dir_read_name(dir)))
        g_ptr_array_add(names, g_strdup(name));
    g_ptr_array_sort(names, by_name);
    return names;
}

static bool find_below(const char *folder, const char *name, GPtrArray *places,
                       GError **error)
{
    g_autoptr(GPtrArray) names = NULL;

    if (has_scenario(folder)) {
        add_place(places, folder, name);
        return true;
    }
    names = sorted_names(folder, error);
    for (unsigned i = 0; names && i < names->len; i++) {
        const char *child = g_ptr_array_index(names, i);
        g_autofree char *path = g_build_filename(folder, child, NULL);
        g_autofree char *child_name = g_build_filename(name, child, NULL);

        if (g_file_test(path, G_FILE_TEST_IS_DIR) &&
            !find_below(path, child_name, places, error))
            return false;
    }
    return names != NULL;
}

bool golden_find(const char *folder, GPtrArray *places, GError **error)
{
    const unsigned before = places->len;
    g_autofree char *absolute = g_canonicalize_filename(folder, NULL);
    g_autofree char *name = g_path_get_basename(absolute);

    if (!find_below(folder, name, places, error))
        return false;
    if (places->len > before)
        return true;
    g_set_error(error, EXPERIMENT_ERROR, EXPERIMENT_ERROR_INPUT,
                "%s: expected a golden case (a folder with %s and schedule.csv) or a "
                "folder of cases",
                folder, SCENARIO);
    return false;
}

/* Running. */

void golden_report_free(GoldenReport *self)
{
    if (!self)
        return;
    g_free(self->difference);
    g_free(self);
}

static bool expect_files(const Recorder *recorder, const char *folder, GError **error)
{
    for (unsigned i = 0; i < CASE_FILES; i++)
        if (!row_stream_expect(recorder_stream(recorder, (CaseFile)i), folder, error))
            return false;
    return true;
}

static bool has_schedule(const Recorder *recorder, const char *folder, GError **error)
{
    if (row_stream_is_expected(recorder_stream(recorder, FILE_SCHEDULE)))
        return true;
    g_set_error(error, EXPERIMENT_ERROR, EXPERIMENT_ERROR_INPUT,
                "%s: expected schedule.csv or schedule.csv.gz beside %s", folder,
                SCENARIO);
    return false;
}

/* Files that a case of this kind does not have are not written. */
static bool is_written(const GoldenCase *golden, CaseFile file)
{
    switch (file) {
    case FILE_CREDITS:
        return golden->dialect->has_credits;
    case FILE_EVENTS:
        return golden->events->len > 0;
    case FILE_REQUESTS:
        return golden->has_servers;
    case FILE_SCHEDULE:
    case FILE_TOTALS:
    case CASE_FILES:
        break;
    }
    return true;
}

static bool write_files(const Recorder *recorder, const GoldenCase *golden,
                        const char *folder, GError **error)
{
    if (g_mkdir_with_parents(folder, 0777) != 0) {
        g_set_error(error, EXPERIMENT_ERROR, EXPERIMENT_ERROR_IO, "%s: %s", folder,
                    g_strerror(errno));
        return false;
    }
    for (unsigned i = 0; i < CASE_FILES; i++)
        if (is_written(golden, (CaseFile)i) &&
            !row_stream_write_to(recorder_stream(recorder, (CaseFile)i), folder, error))
            return false;
    return true;
}

static GoldenReport *report_of(const Recorder *recorder)
{
    GoldenReport *report = g_new0(GoldenReport, 1);

    for (unsigned i = 0; i < CASE_FILES; i++) {
        const RowStream *stream = recorder_stream(recorder, (CaseFile)i);

        report->is_expected[i] = row_stream_is_expected(stream);
        report->agreed[i] = row_stream_agreed(stream);
    }
    report->difference = g_strdup(recorder_difference(recorder));
    return report;
}

static GoldenReport *replay(const GoldenCase *golden, Recorder *recorder,
                            const char *path, GError **error)
{
    const RequestListener listener = recorder_request_listener(recorder);
    g_autoptr(World) world = world_new(golden, &listener, error);

    if (!world) {
        g_prefix_error(error, "%s: ", path);
        return NULL;
    }
    recorder_attach(recorder, world);
    world_run(world);
    return recorder_finish(recorder, error) ? report_of(recorder) : NULL;
}

GoldenReport *golden_run(const GoldenPlace *place, const char *write_root,
                         GError **error)
{
    g_autofree char *path = g_build_filename(place->folder, SCENARIO, NULL);
    g_autofree char *own =
        write_root ? g_build_filename(write_root, place->name, NULL) : NULL;
    g_autoptr(GoldenCase) golden = golden_case_load(path, error);
    g_autoptr(Recorder) recorder = golden ? recorder_new(golden) : NULL;

    if (!recorder || !expect_files(recorder, place->folder, error) ||
        !(own ? write_files(recorder, golden, own, error)
              : has_schedule(recorder, place->folder, error)))
        return NULL;
    return replay(golden, recorder, path, error);
}
