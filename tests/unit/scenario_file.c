#include "tests/unit/scenario_file.h"

#include <glib/gstdio.h>

const char right_scenario[] = "[run]\n"
                              "duration = 100ms\n"
                              "[host]\n"
                              "pcpus = 4\n"
                              "[scheduler]\n"
                              "name = credit-3.1\n"
                              "[device-model]\n"
                              "placement = dom0\n"
                              "[workload disk]\n"
                              "source = disk-pio\n"
                              "[domain guest]\n"
                              "kind = hvm\n"
                              "workload = disk\n"
                              "pin = 0-1,3\n"
                              "[domain hog]\n"
                              "kind = hog\n"
                              "weight = 512\n";

void scenario_file_set_up(ScenarioFile *fixture, gconstpointer data G_GNUC_UNUSED)
{
    fixture->folder = g_dir_make_tmp("scenario-XXXXXX", NULL);
    fixture->path = g_build_filename(fixture->folder, "fig7.ini", NULL);
}

void scenario_file_tear_down(ScenarioFile *fixture, gconstpointer data G_GNUC_UNUSED)
{
    g_unlink(fixture->path);
    g_rmdir(fixture->folder);
    g_free(fixture->folder);
    g_free(fixture->path);
}

Experiment *scenario_file_load(const ScenarioFile *fixture, const char *text,
                               const char *const *settings, GError **error)
{
    g_assert_true(g_file_set_contents(fixture->path, text, -1, NULL));
    return experiment_load(fixture->path, settings, error);
}
