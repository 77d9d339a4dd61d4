#include "cli/arguments.h"
#include "experiments/golden/replay.h"

#include <string.h>

typedef struct {
    char *write_root;
    int jobs;
    gboolean is_list;
} Arguments;

/* One case and how it went; done is set by the worker, under the lock. */
typedef struct {
    const GoldenPlace *place;
    GoldenReport *report;
    GError *error;
    bool is_done;
} Task;

typedef struct {
    const Arguments *arguments;
    GMutex lock;
    GCond is_done;
} Crew;

typedef struct {
    unsigned agree, differ, failed;
    unsigned written; /* with nothing to agree with */
    ExitCode worst;
} Tally;

static void run_task(void *data, void *user_data)
{
    Task *task = data;
    Crew *crew = user_data;
    GError *error = NULL;
    GoldenReport *report = golden_run(task->place, crew->arguments->write_root, &error);

    g_mutex_lock(&crew->lock);
    task->report = report;
    task->error = error;
    task->is_done = true;
    g_cond_broadcast(&crew->is_done);
    g_mutex_unlock(&crew->lock);
}

static void await_task(Crew *crew, const Task *task)
{
    g_mutex_lock(&crew->lock);
    while (!task->is_done)
        g_cond_wait(&crew->is_done, &crew->lock);
    g_mutex_unlock(&crew->lock);
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

static void worsen(Tally *tally, ExitCode code)
{
    /* A result that could not be had or kept weighs more than one that differs. */
    if (tally->worst == EXIT_OK || tally->worst == EXIT_CHECK_FAILED)
        tally->worst = code;
}

static void print_task(const Task *task, int width, Tally *tally)
{
    if (task->error) {
        tally->failed++;
        worsen(tally, exit_code_of(task->error));
        g_print("%-*s  failed\n", width, task->place->folder);
        g_printerr("hvmsim golden: %s\n", task->error->message);
        return;
    }
    if (!is_compared(task->report)) {
        tally->written++;
        g_print("%-*s  written\n", width, task->place->folder);
        return;
    }
    g_print("%-*s  %s  ", width, task->place->folder,
            task->report->difference ? "differs" : "agrees ");
    print_rows(task->report);
    if (!task->report->difference) {
        tally->agree++;
        return;
    }
    tally->differ++;
    worsen(tally, EXIT_CHECK_FAILED);
    g_print("%s", task->report->difference);
}

static ExitCode run_tasks(const Arguments *arguments, Task *tasks, unsigned n_tasks)
{
    Crew crew = { .arguments = arguments };
    GThreadPool *pool =
        g_thread_pool_new(run_task, &crew, arguments->jobs, false, NULL);
    Tally tally = { .worst = EXIT_OK };
    int width = 0;

    g_mutex_init(&crew.lock);
    g_cond_init(&crew.is_done);
    for (unsigned i = 0; i < n_tasks; i++) {
        width = MAX(width, (int)strlen(tasks[i].place->folder));
        g_thread_pool_push(pool, &tasks[i], NULL);
    }
    for (unsigned i = 0; i < n_tasks; i++) {
        await_task(&crew, &tasks[i]);
        print_task(&tasks[i], width, &tally);
        g_clear_pointer(&tasks[i].report, golden_report_free);
        g_clear_error(&tasks[i].error);
    }
    g_thread_pool_free(pool, false, true);
    g_mutex_clear(&crew.lock);
    g_cond_clear(&crew.is_done);
    g_print("%u case%s: %u agree, %u differ, %u failed", n_tasks,
            n_tasks == 1 ? "" : "s", tally.agree, tally.differ, tally.failed);
    if (tally.written > 0)
        g_print(", %u only written", tally.written);
    g_print("\n");
    return tally.worst;
}

static ExitCode run_places(const Arguments *arguments, const GPtrArray *places)
{
    Task *tasks = g_new0(Task, places->len);
    ExitCode code;

    for (unsigned i = 0; i < places->len; i++)
        tasks[i].place = g_ptr_array_index(places, i);
    code = run_tasks(arguments, tasks, places->len);
    g_free(tasks);
    return code;
}

static ExitCode list_places(const GPtrArray *places)
{
    for (unsigned i = 0; i < places->len; i++)
        g_print("%s\n", ((const GoldenPlace *)g_ptr_array_index(places, i))->folder);
    return EXIT_OK;
}

static ExitCode find_and_run(char **folders, const Arguments *arguments)
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
    const ArgumentSpec spec = {
        .command = "golden",
        .usage = "DIR...",
        .description =
            "A DIR is a case (scenario.ini with the expected CSV files, plain or "
            "gzipped) or\na folder of cases; with --write a scenario.ini will do. Exit "
            "status: 0 all\nagree, 6 some differ, 3 bad input.\n",
        .entries = entries,
        .least = 1,
        .most = UINT32_MAX,
    };
    ExitCode code;

    if (arguments_parse(&spec, &argc, &argv, &code))
        code = find_and_run(argv + 1, &arguments);
    g_free(arguments.write_root);
    return code;
}

const Command golden_command = {
    .name = "golden",
    .summary = "replay golden schedules and compare row for row",
    .run = golden_run_command,
};
