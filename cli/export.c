#include "results/export.h"
#include "cli/arguments.h"
#include "cli/results_folder.h"
#include "models/suggest.h"

#include <stdio.h>
#include <string.h>

typedef struct {
    char *format, *output, *campaign;
} Arguments;

static bool parse_format(const char *text, ExportFormat *format)
{
    if (!text || strcmp(text, "csv") == 0)
        *format = EXPORT_CSV;
    else if (strcmp(text, "jsonl") == 0)
        *format = EXPORT_JSONL;
    else
        return false;
    return true;
}

static bool is_table(const char *name)
{
    g_autoptr(GPtrArray) known = g_ptr_array_new();
    g_autofree char *choice = NULL;

    for (unsigned i = 0; export_table_name(i); i++) {
        if (strcmp(export_table_name(i), name) == 0)
            return true;
        g_ptr_array_add(known, (char *)export_table_name(i));
    }
    choice = suggest_among(name, known);
    g_printerr("hvmsim export: %s: expected one of the tables %s\n", name, choice);
    return false;
}

static bool export(const char *path, const char *table, ExportFormat format,
                   const Arguments *arguments, GError **error)
{
    g_autoptr(Database) database = results_open(path, error);
    int64_t campaign_id = 0;

    if (!database)
        return false;
    if (arguments->campaign &&
        !(campaign_id = database_campaign_id(database, arguments->campaign, error)))
        return false;
    return table
               ? export_table(database, table, campaign_id, format, stdout, error)
               : export_folder(database, campaign_id, format, arguments->output, error);
}

static ExitStatus export_arguments(int argc, char **argv, const Arguments *arguments)
{
    const char *table = argc > 2 ? argv[2] : NULL;
    g_autoptr(GError) error = NULL;
    ExportFormat format;

    if (!parse_format(arguments->format, &format)) {
        g_printerr("hvmsim export: --format = %s: expected csv or jsonl\n",
                   arguments->format);
        return EXIT_USAGE;
    }
    if ((table != NULL) == (arguments->output != NULL)) {
        g_printerr("hvmsim export: expected either a TABLE, which goes to standard "
                   "output, or --output FOLDER for all of them\n");
        return EXIT_USAGE;
    }
    if (table && !is_table(table))
        return EXIT_USAGE;
    return export(argv[1], table, format, arguments, &error)
               ? EXIT_OK
               : fail_with("export", error);
}

static int export_run(int argc, char **argv)
{
    Arguments arguments = { 0 };
    const GOptionEntry entries[] = {
        { "campaign", 'c', 0, G_OPTION_ARG_STRING, &arguments.campaign,
          "of this one alone, whose hash begins so (default: of all)", "HASH" },
        { "format", 'f', 0, G_OPTION_ARG_STRING, &arguments.format,
          "csv (default) or jsonl", "FORMAT" },
        { "output", 'o', 0, G_OPTION_ARG_FILENAME, &arguments.output,
          "write every table to a file of its own in this folder", "FOLDER" },
        { 0 },
    };
    const ArgumentSpec spec = {
        .command = "export",
        .usage = "DATABASE [TABLE]",
        .description = "DATABASE is a file, or the output folder of `hvmsim run`; the "
                       "tables are those of\n`hvmsim list tables`.\n",
        .entries = entries,
        .least = 1,
        .most = 2,
    };
    ExitStatus status;

    if (arguments_parse(&spec, &argc, &argv, &status))
        status = export_arguments(argc, argv, &arguments);
    g_free(arguments.format);
    g_free(arguments.output);
    g_free(arguments.campaign);
    return status;
}

const Command export_command = {
    .name = "export",
    .summary = "tables of a results database as CSV or JSON lines",
    .run = export_run,
};
