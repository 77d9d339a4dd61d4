#include "cli/command.h"
#include "experiments/batch/version.h"
#include "models/suggest.h"

#include <errno.h>
#include <glib.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const Command *const commands[] = {
    &run_command, /* in the order of the help */
    &check_command,     &list_command,        &report_command,  &compare_command,
    &export_command,    &plot_command,        &merge_command,   &trace_command,
    &golden_command,    &validate_command,    &capture_command, &predict_command,
    &calibrate_command, &sensitivity_command, &warmup_command,  NULL,
};

static const Command *find_command(const char *name)
{
    for (unsigned i = 0; commands[i]; i++)
        if (strcmp(name, commands[i]->name) == 0)
            return commands[i];
    return NULL;
}

static void print_usage(FILE *stream)
{
    fputs("Usage:\n  hvmsim COMMAND [OPTIONS] ...\n\n"
          "Simulates a Xen host, and asks where the device models of its HVM guests\n"
          "should run and who should pay for them.\n\nCommands:\n",
          stream);
    for (unsigned i = 0; commands[i]; i++)
        fprintf(stream, "  %-11s %s\n", commands[i]->name, commands[i]->summary);
    fputs("\n`hvmsim COMMAND --help` or `hvmsim help COMMAND` says more; also\n"
          "--version. The manual is hvmsim(1), the scenario format "
          "hvmsim-scenario(5).\n",
          stream);
}

static int print_version(void)
{
    g_autofree char *details = version_details();

    printf("hvmsim %s\n%s", version_text(), details);
    return EXIT_OK;
}

static int unknown_command(const char *name)
{
    g_autoptr(GPtrArray) known = g_ptr_array_new();
    g_autofree char *choice = NULL;

    for (unsigned i = 0; commands[i]; i++)
        g_ptr_array_add(known, (char *)commands[i]->name);
    g_ptr_array_add(known, (char *)"help");
    choice = suggest_among(name, known);
    g_printerr("hvmsim: %s: expected one of the commands %s\n", name, choice);
    return EXIT_USAGE;
}

/* Usage texts of the command begin with its whole name. */
static int dispatch(const Command *command, int argc, char **argv)
{
    g_autofree char *name = g_strconcat("hvmsim ", command->name, NULL);

    g_set_prgname(name);
    return command->run(argc, argv);
}

/* `hvmsim help run` is `hvmsim run --help`; of help itself there is no more to say than
 * without a name. */
static int print_help(const char *name)
{
    char *arguments[] = { (char *)name, (char *)"--help", NULL };
    const Command *command = name ? find_command(name) : NULL;

    if (command)
        return dispatch(command, 2, arguments);
    if (name && strcmp(name, "help") != 0)
        return unknown_command(name);
    print_usage(stdout);
    return EXIT_OK;
}

static bool is_help(const char *word)
{
    return strcmp(word, "help") == 0 || strcmp(word, "--help") == 0 ||
           strcmp(word, "-h") == 0;
}

static int too_many(const char *word, const char *expected)
{
    g_printerr("hvmsim: %s: expected %s\n", word, expected);
    return EXIT_USAGE;
}

static int run(int argc, char **argv)
{
    const char *word = argc > 1 ? argv[1] : NULL;
    const Command *command = word ? find_command(word) : NULL;

    if (command)
        return dispatch(command, argc - 1, argv + 1);
    if (!word) {
        print_usage(stderr);
        return EXIT_USAGE;
    }
    if (is_help(word))
        return argc > 3 ? too_many(word, "one command at most")
                        : print_help(argc > 2 ? argv[2] : NULL);
    if (strcmp(word, "--version") == 0)
        return argc > 2 ? too_many(word, "nothing behind it") : print_version();
    return unknown_command(word);
}

/* Asked, as errno may tell of something else by the time that output ends. */
static bool has_no_reader(void)
{
    struct pollfd output = { .fd = STDOUT_FILENO };

    return poll(&output, 1, 0) == 1 && (output.revents & POLLERR) != 0;
}

/* Of all commands: output that a reader did not want is no error; output that found no
 * room is. */
static int finish_output(int status)
{
    errno = EIO; /* of an earlier write that failed, nothing is known any more */
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    if (errno == EPIPE || has_no_reader())
        return status;
    g_printerr("hvmsim: standard output: %s\n", g_strerror(errno));
    return status == EXIT_OK ? EXIT_IO : status;
}

int main(int argc, char **argv)
{
    setlocale(LC_ALL, "");
    setlocale(LC_NUMERIC, "C");
    /* GLib makes the locale it reads numbers in on first use; a thread that has to wait
     * for another one's first use is told that its number is none. */
    g_ascii_strtoll("0", NULL, 10);
    signal(SIGPIPE, SIG_IGN);
    return finish_output(run(argc, argv));
}
