#include "cli/command.h"

#include <glib.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

static const Command *const commands[] = {
    &calibrate_command,
    &golden_command,
    &validate_command,
    NULL,
};

static void print_usage(FILE *stream)
{
    fputs("usage: hvmsim COMMAND [OPTIONS] ...\n\ncommands:\n", stream);
    for (unsigned i = 0; commands[i]; i++)
        fprintf(stream, "  %-10s %s\n", commands[i]->name, commands[i]->summary);
}

/* Usage texts and messages of the command begin with its whole name. */
static int run_command(const Command *command, int argc, char **argv)
{
    g_autofree char *name = g_strconcat("hvmsim ", command->name, NULL);

    g_set_prgname(name);
    return command->run(argc, argv);
}

int main(int argc, char **argv)
{
    setlocale(LC_ALL, "");
    setlocale(LC_NUMERIC, "C");
    /* GLib makes the locale it reads numbers in on first use; a thread that has to wait
     * for another one's first use is told that its number is none. */
    g_ascii_strtoll("0", NULL, 10);
    if (argc < 2) {
        print_usage(stderr);
        return EXIT_USAGE;
    }
    for (unsigned i = 0; commands[i]; i++)
        if (strcmp(argv[1], commands[i]->name) == 0)
            return run_command(commands[i], argc - 1, argv + 1);
    g_printerr("hvmsim: no command is called \"%s\"\n", argv[1]);
    print_usage(stderr);
    return EXIT_USAGE;
}
