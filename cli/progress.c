#include "cli/progress.h"

#include <glib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Elsewhere than on a terminal, a line is worth this much time. */
#define LINE_INTERVAL_NS (5 * NS_PER_S)

bool progress_parse(const char *command, const char *text, bool is_quiet,
                    ProgressMode *mode)
{
    static const char *const words[] = {
        [PROGRESS_AUTO] = "auto",
        [PROGRESS_ALWAYS] = "always",
        [PROGRESS_NEVER] = "never",
    };

    *mode = is_quiet ? PROGRESS_NEVER : PROGRESS_AUTO;
    if (!text)
        return true;
    for (unsigned i = 0; i < G_N_ELEMENTS(words); i++)
        if (strcmp(words[i], text) == 0) {
            *mode = (ProgressMode)i;
            if (!is_quiet || *mode == PROGRESS_NEVER)
                return true;
            g_printerr("hvmsim %s: --progress = %s: expected it without --quiet, which "
                       "is never\n",
                       command, text);
            return false;
        }
    g_printerr("hvmsim %s: --progress = %s: expected auto, always or never\n", command,
               text);
    return false;
}

void progress_init(Progress *progress, ProgressMode mode)
{
    const char *terminal = g_getenv("TERM");

    *progress = (Progress){
        .is_terminal =
            isatty(STDERR_FILENO) && terminal && strcmp(terminal, "dumb") != 0,
    };
    progress->is_shown =
        mode == PROGRESS_ALWAYS || (mode == PROGRESS_AUTO && progress->is_terminal);
}

/* "8 s", "1 min 05 s", "2 h 10 min" */
static char *format_time(int64_t ns)
{
    const int seconds = (int)((ns + NS_PER_S / 2) / NS_PER_S);

    if (seconds < 60)
        return g_strdup_printf("%d s", seconds);
    if (seconds < 3600)
        return g_strdup_printf("%d min %02d s", seconds / 60, seconds % 60);
    return g_strdup_printf("%d h %02d min", seconds / 3600, seconds / 60 % 60);
}

static char *format_state(const BatchProgress *state)
{
    const BatchTotals *totals = state->totals;
    const unsigned ended =
        totals->n_known + totals->n_done + totals->n_failed + totals->n_left_out;
    g_autofree char *elapsed = format_time(state->elapsed_ns);
    g_autofree char *left = format_time(MAX(state->left_ns, 0));
    g_autofree char *failed = totals->n_failed > 0
                                  ? g_strdup_printf(", %u failed", totals->n_failed)
                                  : g_strdup("");

    if (state->left_ns < 0)
        return g_strdup_printf("%u of %u runs%s, %s gone", ended, totals->n_runs,
                               failed, elapsed);
    return g_strdup_printf("%u of %u runs%s, %s gone, about %s left", ended,
                           totals->n_runs, failed, elapsed, left);
}

static bool is_due(const Progress *progress, const BatchProgress *state, unsigned ended)
{
    if (progress->is_terminal)
        return true;
    if (ended == progress->shown_ended)
        return false;
    return ended == state->totals->n_runs ||
           state->elapsed_ns - progress->shown_ns >= LINE_INTERVAL_NS;
}

void progress_show(Progress *progress, const BatchProgress *state)
{
    const BatchTotals *totals = state->totals;
    const unsigned ended =
        totals->n_known + totals->n_done + totals->n_failed + totals->n_left_out;
    g_autofree char *text = NULL;

    if (!progress->is_shown || !is_due(progress, state, ended))
        return;
    text = format_state(state);
    progress->shown_ns = state->elapsed_ns;
    progress->shown_ended = ended;
    progress->has_line = progress->is_terminal;
    if (progress->is_terminal)
        fprintf(stderr, "\r%s\x1b[K", text);
    else
        fprintf(stderr, "%s\n", text);
    fflush(stderr);
}

void progress_clear(Progress *progress)
{
    if (progress->has_line)
        fputs("\r\x1b[K", stderr);
    progress->has_line = false;
}
