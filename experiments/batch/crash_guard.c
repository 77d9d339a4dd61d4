#include "experiments/batch/crash_guard.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#define PATH_LENGTH 4096
/* Several times what the kernel puts there at a signal, the widest registers included.
 */
#define HANDLER_STACK_BYTES (64 * 1024)

static const int fatal_signals[] = { SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL };

/* A handler has no argument of ours, so what it must know is static. */
static char crash_path[PATH_LENGTH];
static _Thread_local const char *current_key, *current_description;
/* A run that has used up its stack leaves the handler none. */
static _Thread_local char handler_stack[HANDLER_STACK_BYTES];
static _Thread_local stack_t other_stack; /* the thread's handlers had before the run */

static void put(int file, const char *text)
{
    const ssize_t written = write(file, text, strlen(text));

    (void)written; /* nobody is left to tell */
}

static void leave_key(void)
{
    const int file = open(crash_path, O_WRONLY | O_CREAT | O_APPEND, 0666);

    if (file < 0)
        return;
    put(file, current_key);
    put(file, "\n");
    close(file);
}

/* Only calls that are safe in a handler. */
static void handle_crash(int signal_number)
{
    if (current_key) {
        put(STDERR_FILENO, "hvmsim: the program fails in this run: ");
        put(STDERR_FILENO, current_description);
        put(STDERR_FILENO, "\nhvmsim: finished runs are kept; the same command goes on "
                           "without this one, --retry tries it again\n");
        leave_key();
    }
    signal(signal_number, SIG_DFL);
    raise(signal_number);
}

void crash_guard_install(const char *path)
{
    struct sigaction action = { .sa_handler = handle_crash, .sa_flags = SA_ONSTACK };

    g_strlcpy(crash_path, path, sizeof crash_path);
    sigemptyset(&action.sa_mask);
    for (unsigned i = 0; i < G_N_ELEMENTS(fatal_signals); i++)
        sigaction(fatal_signals[i], &action, NULL);
}

void crash_guard_remove(void)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(fatal_signals); i++)
        signal(fatal_signals[i], SIG_DFL);
}

/* Sanitizers have a stack of their own for this, which they free when a thread ends. */
static void change_handler_stack(bool is_running)
{
    const stack_t own = { .ss_sp = handler_stack, .ss_size = sizeof handler_stack };
    int result = 0;

    if (is_running && !current_key)
        result = sigaltstack(&own, &other_stack);
    else if (!is_running && current_key)
        result = sigaltstack(&other_stack, NULL);
    g_assert(result == 0);
}

void crash_guard_enter(const char *run_key, const char *description)
{
    change_handler_stack(run_key != NULL);
    current_key = run_key;
    current_description = description;
}

GPtrArray *crash_guard_read(const char *path)
{
    GPtrArray *keys = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;

    if (!g_file_get_contents(path, &text, NULL, NULL))
        return keys;
    lines = g_strsplit(text, "\n", -1);
    for (unsigned i = 0; lines[i]; i++)
        if (*lines[i])
            g_ptr_array_add(keys, g_strdup(lines[i]));
    return keys;
}

void crash_guard_forget(const char *path)
{
    g_unlink(path);
}
