#include "cli/stop_signal.h"

#include <glib.h>
#include <signal.h>

/* Set by the handler, which has no argument of ours: which signal asked to stop. */
static int stop_signal;

static void handle_stop(int signal_number)
{
    g_atomic_int_set(&stop_signal, signal_number);
    signal(signal_number, SIG_DFL);
}

const int *stop_signal_catch(void)
{
    signal(SIGINT, handle_stop);
    signal(SIGTERM, handle_stop);
    return &stop_signal;
}

void stop_signal_release(void)
{
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
}

ExitStatus stop_signal_exit_status(void)
{
    return g_atomic_int_get(&stop_signal) == SIGTERM ? EXIT_TERMINATED
                                                     : EXIT_INTERRUPTED;
}
