#include "cli/arguments.h"
#include "experiments/golden/replay.h"
#include "experiments/threads/crew.h"

#include <string.h>

typedef struct {
    char *write_root;
    int jobs;
    gboolean is_list;
} Arguments;

/* One case and how it went. */
typedef struct {
    const GoldenPlace *place;
    const char *write_root;
    GoldenReport *report;
    GError *error;
    bool is_taken; /* from the crew */
} Replay;

typedef struct {
    unsigned agree, differ, failed;
    unsigned written; /* with nothing to agree with */
    ExitStatus worst;
} Tally;

/* In a thread of the crew. */
static void run_replay(void *job, void *unused G_GNUC_UNUSED)
{
    Replay *replay = job;

    replay->report = golden_run(replay->place, replay->write_root, &replay->error);
}

static void await_replay(Crew *crew, const Replay *replay)
{
    while (!replay->is_taken) {
        Replay *taken = crew_take(crew);

        taken->is_taken = true;
    }
}

static void print_rows(const GoldenReport *report)
{
    const char *separator = "";

    for (unsigned i = 0; i < CASE_FILES; i++) {
        if (!report->is_expected[i])
            continue;
        g_print("%s%s %u", separator, case_file_name((CaseFile)i), report->agreed[i]);
        separator = ", ";
    }
    g_print("\n");
}

static bool is_compared(const GoldenReport *report)
{
    for (unsigned i = 0; i < CASE_FILES; i++)
        if (report->is_expected[i])
            return true;
    return false;
}

static void worsen(Tally *tally, ExitStatus status)
{
    /* A result that could not be had or kept weighs more than one that differs. */
    if (tally->worst == EXIT_OK || tally->worst == EXIT_CHECK_FAILED)
        tally->worst = status;
}

static void print_replay(const Replay *replay, int width, Tally *tally)
{
    if (replay->error) {
        tally->failed++;
        worsen(tally, exit_status_of(replay->error));
        g_print("%-*s  failed\n", width, replay->place->folder);
        g_printerr("hvmsim golden: %s\n", replay->error->message);
        return;
    }
    if (!is_compared(replay->report)) {
        tally->written++;
        g_print("%-*s  written\n", width, replay->place->folder);
        return;
    }
    g_print("%-*s  %s  ", width, replay->place->folder,
            replay->report->difference ? "differs" : "agrees ");
    print_rows(replay->report);
    if (!replay->report->difference) {
        tally->agree++;
        return;
    }
    tally->differ++;
    worsen(tally, EXIT_CHECK_FAILED);
    g_print("%s", replay->report->difference);
}

static ExitStatus run_replays(unsigned n_jobs, Replay *replays, unsigned n_replays)
{
    g_autoptr(Crew) crew = crew_new(n_jobs, run_replay, NULL);
    Tally tally = { .worst = EXIT_OK };
    int width = 0;

    for (unsigned i = 0; i < n_replays; i++) {
        width = MAX(width, (int)strlen(replays[i].place->folder));
        crew_give(crew, &replays[i]);
    }
    for (unsigned i = 0; i < n_replays; i++) {
        await_replay(crew, &replays[i]);
        print_replay(&replays[i], width, &tally);
        g_clear_pointer(&replays[i].report, golden_report_free);
        g_clear_error(&replays[i].error);
    }
    g_print("%u case%s: %u agree, %u differ, %u failed", n_replays,
            n_replays == 1 ? "" : "s", tally.agree, tally.differ, tally.failed);
    if (tally.written > 0)
        g_print(", %u only written", tally.written);
    g_print("\n");
    return tally.worst;
}

static ExitStatus run_places(const Arguments *arguments, const GPtrArray *places)
{
    Replay *replays = g_new0(Replay, places->len);
    ExitStatus status;

    for (unsigned i = 0; i < places->len; i++)
        replays[i] = (Replay){ .place = g_ptr_array_index(places, i),
                               .write_root = arguments->write_root };
    status = run_replays((unsigned)arguments->jobs, replays, places->len);
    g_free(replays);
    return status;
}

static ExitStatus list_places(const GPtrArray *places)
{
    for (unsigned i = 0; i < places->len; i++)
        g_print("%s\n", ((const GoldenPlace *)g_ptr_array_index(places, i))->folder);
    return EXIT_OK;
}

static ExitStatus find_and_run(char **folders, const Arguments *arguments)
{
    g_autoptr(GPtrArray) places =
        g_ptr_array_new_with_free_func((GDestroyNotify)golden_place_free);

    if (arguments->jobs < 1) {
        g_printerr("hvmsim golden: --jobs = %d: expected 1 or more\n", arguments->jobs);
        return EXIT_USAGE;
    }
    for (; *folders; folders++) {
        g_autoptr(GError) error = NULL;

        if (!golden_find(*folders, places, &error))
            return fail_with("golden", error);
    }
    return arguments->is_list ? list_places(places) : run_places(arguments, places);
}

static int golden_run_command(int argc, char **argv)
{
    Arguments arguments = { .jobs = (int)g_get_num_processors() };
    const GOptionEntry entries[] = {
        { "jobs", 'j', 0, G_OPTION_ARG_INT, &arguments.jobs,
          "run N cases at once (default: one for each processor)", "N" },
        { "list", 'l', 0, G_OPTION_ARG_NONE, &arguments.is_list,
          "name the cases and run none", NULL },
        { "write", 'w', 0, G_OPTION_ARG_FILENAME, &arguments.write_root,
          "write our own rows below this folder", "DIR" },
        { 0 },
    };
    static const OptionRule rules[] = {
        { "write", "list", OPTION_ALONE, "which runs none" },
        { 0 },
    };
    const ArgumentSpec spec = {
        .command = "golden",
        .usage = "DIR...",
        .description =
            "A DIR is a case (scenario.ini with the expected CSV files, plain or "
            "gzipped) or\na folder of cases; with --write a scenario.ini will do. Exit "
            "status: 0 all\nagree, 6 some differ, 3 bad input.\n",
        .entries = entries,
        .rules = rules,
        .least = 1,
        .most = UINT32_MAX,
    };
    ExitStatus status;

    if (arguments_parse(&spec, &argc, &argv, &status))
        status = find_and_run(argv + 1, &arguments);
    g_free(arguments.write_root);
    return status;
}

const Command golden_command = {
    .name = "golden",
    .summary = "replay golden schedules and compare row for row",
    .run = golden_run_command,
};
