/*
 * The laws of laws.h, for every scheduler that the build registers: first on the trials
 * of tests/regressions, then on random ones. A trial that breaks a law is made as small
 * as it gets and written to tests/regressions, to be kept with what mended it.
 *
 *   test_every_scheduler                     as the tests run it
 *   HVMSIM_TRIALS=5000 test_every_scheduler  so many random trials of each scheduler
 *   test_every_scheduler --trial FILE        one trial, in this process
 */
#include "tests/unit/laws.h"

#include "models/host/scheduler.h"

#include <glib/gstdio.h>
#include <string.h>

#define TRIALS_DEFAULT 150

/* Exceptions from work conservation, and promises about starvation, each with its
 * reason. A scheduler that is not listed is never idle in vain, and promises no more.
 */
static const Promise promises[] = {
    /* A vCPU that is preempted tickles nobody: an idle pCPU finds it at the end of its
     * idle slice of 30 ms. In 3.0.3 a cap that is lifted is felt at the next accounting
     * pass, 30 ms later at most. */
    { .scheduler = "credit-3.0.3",
      .waste_max_us = 60000,
      .is_held_by_cap = true,
      .wait_per_vcpu_us = 60000 },
    { .scheduler = "credit-3.1", .waste_max_us = 30000, .wait_per_vcpu_us = 60000 },
    /* Nor has an idle pCPU a slice: it finds nothing until it is tickled. */
    { .scheduler = "credit-3.4", .waste_max_us = -1, .wait_per_vcpu_us = 60000 },
    { .scheduler = "credit-4.17", .waste_max_us = -1, .wait_per_vcpu_us = 60000 },
    /* An idle pCPU leaves a vCPU of another pCPU whose credit is at its lowest, and run
     * queues of sockets are balanced only when credits are reset. */
    { .scheduler = "credit2-4.17", .waste_max_us = -1, .wait_per_vcpu_us = 20000 },
    { .scheduler = "round-robin", .wait_per_vcpu_us = 30000 },
    /* The head of the queue that is being paused, and a tickled pCPU that takes another
     * vCPU than it was tickled for, leave one that waits without a pCPU. */
    { .scheduler = "rtds-4.17",
      .is_held_without_extratime = true,
      .is_kept_undisturbed = true,
      .wait_per_vcpu_us = 20000 },
    { .scheduler = "nemesis-atropos",
      .is_held_without_extratime = true,
      .wait_per_vcpu_us = 20000 },
    /* Each pCPU for itself; after a block there may be no extra time until the next
     * period, 50 ms at most. */
    { .scheduler = "sedf-3.1",
      .waste_max_us = 50000,
      .is_partitioned = true,
      .is_held_without_extratime = true,
      .wait_per_vcpu_us = 20000 },
    { .scheduler = "bvt", .is_partitioned = true, .wait_per_vcpu_us = 20000 },
    /* What has no pCPU of its own, or no entry in the table, waits for ever. */
    { .scheduler = "null", .waste_max_us = -1, .wait_per_vcpu_us = -1 },
    { .scheduler = "arinc653", .waste_max_us = -1, .wait_per_vcpu_us = -1 },
};

static const Promise *promise_of(const char *scheduler)
{
    static const Promise strict = { .scheduler = "", .wait_per_vcpu_us = -1 };

    for (unsigned i = 0; i < G_N_ELEMENTS(promises); i++)
        if (strcmp(promises[i].scheduler, scheduler) == 0)
            return &promises[i];
    return &strict;
}

static void write_trial(const Trial *trial, const Verdict *verdict)
{
    g_autofree char *text = trial_to_text(trial);
    g_autofree char *all =
        g_strdup_printf("# broke the law \"%s\" at %" G_GINT64_FORMAT " us: %s\n%s",
                        verdict->law, verdict->at_us, verdict->detail, text);
    g_autofree char *path =
        g_strdup_printf("%s/%s-%s-%08x.trial", HVMSIM_REGRESSIONS_DIR, trial->scheduler,
                        verdict->law, g_str_hash(text));
    g_autoptr(GError) error = NULL;

    if (!g_file_set_contents(path, all, -1, &error))
        g_test_message("not written: %s", error->message);
    g_test_message("%s: %s at %" G_GINT64_FORMAT " us: %s; smallest trial: %s\n%s",
                   trial->scheduler, verdict->law, verdict->at_us, verdict->detail,
                   path, text);
}

static void try_random(const char *scheduler, Trial (*draw)(const char *), unsigned n)
{
    const Promise *promise = promise_of(scheduler);

    for (unsigned i = 0; i < n; i++) {
        const Trial trial = draw(scheduler);
        Verdict verdict = laws_try(&trial, promise);
        Trial smallest;

        if (verdict.law[0] == '\0')
            continue;
        smallest = laws_shrink(&trial, promise, &verdict);
        verdict = laws_try(&smallest, promise);
        write_trial(&smallest, &verdict);
        g_test_fail();
        return;
    }
}

static unsigned n_trials(void)
{
    const char *text = g_getenv("HVMSIM_TRIALS");

    return text ? (unsigned)g_ascii_strtoull(text, NULL, 10) : TRIALS_DEFAULT;
}

static void test_random_trials(const void *scheduler)
{
    try_random(scheduler, trial_random, n_trials());
}

static void test_equal_hogs(const void *scheduler)
{
    try_random(scheduler, trial_random_hogs, n_trials() / 10 + 1);
}

static Trial read_trial(const char *path)
{
    g_autofree char *text = NULL;

    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    return trial_from_text(text);
}

static void test_regression(const void *path)
{
    const Trial trial = read_trial(path);
    const Verdict verdict = laws_try(&trial, promise_of(trial.scheduler));

    if (verdict.law[0] != '\0')
        g_test_message("%s at %" G_GINT64_FORMAT " us: %s", verdict.law, verdict.at_us,
                       verdict.detail);
    g_assert_cmpstr(verdict.law, ==, "");
}

static int by_name(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

/* Sorted, as folders are not. Free with g_ptr_array_unref. */
static GPtrArray *regression_paths(void)
{
    GPtrArray *paths = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GDir) folder = g_dir_open(HVMSIM_REGRESSIONS_DIR, 0, NULL);
    const char *name;

    while (folder && (name = g_dir_read_name(folder)))
        if (g_str_has_suffix(name, ".trial"))
            g_ptr_array_add(paths,
                            g_build_filename(HVMSIM_REGRESSIONS_DIR, name, NULL));
    g_ptr_array_sort(paths, by_name);
    return paths;
}

static void test_trial_text(void)
{
    for (unsigned i = 0; i < 100; i++) {
        const Trial trial = trial_random("credit-3.1");
        g_autofree char *text = trial_to_text(&trial);
        const Trial read = trial_from_text(text);
        g_autofree char *again = trial_to_text(&read);

        g_assert_cmpstr(again, ==, text);
    }
}

static void add_tests_of(const SchedulerOps *ops)
{
    g_autofree char *random = g_strdup_printf("/every-scheduler/%s/random", ops->name);
    g_autofree char *hogs = g_strdup_printf("/every-scheduler/%s/hogs", ops->name);

    g_test_add_data_func(random, ops->name, test_random_trials);
    g_test_add_data_func(hogs, ops->name, test_equal_hogs);
}

static int run_one(const char *path)
{
    const Trial trial = read_trial(path);
    const Verdict verdict = laws_judge(&trial, promise_of(trial.scheduler));

    g_print("%s: %s\n", verdict.law[0] ? verdict.law : "all laws hold", verdict.detail);
    return verdict.law[0] != '\0';
}

int main(int argc, char **argv)
{
    g_autoptr(GPtrArray) paths = regression_paths();

    if (argc == 3 && strcmp(argv[1], "--trial") == 0)
        return run_one(argv[2]);
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/every-scheduler/a trial can be read back", test_trial_text);
    for (unsigned i = 0; i < paths->len; i++) {
        const char *path = g_ptr_array_index(paths, i);
        g_autofree char *name = g_path_get_basename(path);
        g_autofree char *test = g_strdup_printf("/every-scheduler/kept/%s", name);

        g_test_add_data_func(test, path, test_regression);
    }
    for (unsigned i = 0; scheduler_ops_all()[i]; i++)
        add_tests_of(scheduler_ops_all()[i]);
    return g_test_run();
}
