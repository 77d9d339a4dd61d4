#include "cli/command.h"

#include <glib.h>

static int golden_run(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    g_printerr("hvmsim golden: no case given\n");
    return EXIT_USAGE;
}

const Command golden_command = {
    .name = "golden",
    .summary = "replay golden schedules and compare row for row",
    .run = golden_run,
};
