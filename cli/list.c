#include "cli/arguments.h"
#include "cli/list_costs.h"
#include "experiments/scenario/keys.h"
#include "models/devices/device.h"
#include "models/suggest.h"
#include "results/export.h"
#include "results/outcome.h"
#include "results/summary.h"
#include "workloads/source.h"

#include <stdio.h>
#include <string.h>

/* Profiles that are compared at once. */
#define NAMES_MAX 32

typedef struct {
    const char *name; /* NULL: all */
    GPtrArray *known; /* of const char *: what there is */
} Wanted;

/* Prints what the table has of that name, or all; false if there is none. */
typedef bool (*Lister)(const Wanted *wanted);

static bool is_wanted(const char *name, const Wanted *wanted)
{
    g_ptr_array_add(wanted->known, (char *)name);
    return !wanted->name || strcmp(name, wanted->name) == 0;
}

static void print_option(const Option *option)
{
    g_autofree char *expected = option_expected(option);

    printf("  %-18s %s\n  %-18s %s%s%s\n", option->key, option->help, "", expected,
           *option->default_text ? "; default " : "", option->default_text);
}

static void print_options(const Option *table)
{
    for (const Option *option = table; option && option->key; option++)
        print_option(option);
}

/* A line of its own; false, and none, for what is not wanted. */
static bool print_named(const char *name, const char *summary, const Wanted *wanted)
{
    if (!is_wanted(name, wanted))
        return false;
    printf("%-14s %s\n", name, summary);
    return true;
}

/* With its keys, if it alone is wanted. */
static bool print_plug_named(const char *name, const char *summary, const Option *table,
                             const Wanted *wanted)
{
    const bool is_printed = print_named(name, summary, wanted);

    if (is_printed && wanted->name)
        print_options(table);
    return is_printed;
}

static bool list_schedulers(const Wanted *wanted)
{
    bool is_found = false;

    for (const SchedulerOps *const *ops = scheduler_ops_all(); *ops; ops++)
        is_found |=
            print_plug_named((*ops)->name, (*ops)->summary, (*ops)->options, wanted);
    return is_found;
}

static bool list_placements(const Wanted *wanted)
{
    bool is_found = false;

    for (const PlacementOps *const *ops = placement_ops_all(); *ops; ops++)
        is_found |= print_named((*ops)->name, (*ops)->summary, wanted);
    return is_found;
}

static bool list_xen(const Wanted *wanted)
{
    bool is_found = false;

    for (const XenRelease *xen = xen_releases_all(); xen->name; xen++)
        is_found |= print_named(xen->name, xen->summary, wanted);
    return is_found;
}

/* "qemu", or "qemu, xen from 3.0.4". */
static void print_servers(const Registers *row)
{
    static const char *const words[] = { [SERVED_BY_QEMU] = "qemu",
                                         [SERVED_BY_XEN] = "xen",
                                         [SERVED_BY_POSTING] = "posted",
                                         [SERVED_BY_COPY] = "copy in xen",
                                         [SERVED_BY_HARDWARE] = "no exit" };

    fputs(words[row->served_by[0]], stdout);
    for (unsigned i = 1; i < XEN_COLUMNS; i++)
        if (row->served_by[i] != row->served_by[i - 1])
            printf(", %s from %s", words[row->served_by[i]],
                   xen_releases_all()[i].name);
}

static void print_registers(const char *device, const Registers *row)
{
    g_autofree char *addresses =
        row->first == row->last
            ? g_strdup_printf("%#" G_GINT64_MODIFIER "x", row->first)
            : g_strdup_printf("%#" G_GINT64_MODIFIER "x-%#" G_GINT64_MODIFIER "x",
                              row->first, row->last);

    printf("%-18s %-8s %-6s %-21s %s%s ", row->name, device,
           row->space == ACTIVITY_PORT ? "port" : "memory", addresses,
           row->accesses & READS ? "r" : "-", row->accesses & WRITES ? "w" : "-");
    print_servers(row);
    printf("%s (%s)\n", row->needs_qemu ? " always" : "", row->source);
}

static bool list_registers(const Wanted *wanted)
{
    bool is_found = false;

    for (const DeviceOps *const *ops = device_ops_all(); *ops; ops++)
        for (const Registers *row = (*ops)->registers; row && row->name; row++) {
            if (!is_wanted(row->name, wanted) && !is_wanted((*ops)->name, wanted))
                continue;
            print_registers((*ops)->name, row);
            is_found = true;
        }
    return is_found;
}

static bool list_devices(const Wanted *wanted)
{
    bool is_found = false;

    for (const DeviceOps *const *ops = device_ops_all(); *ops; ops++)
        is_found |= print_named((*ops)->name, (*ops)->summary, wanted);
    return is_found;
}

static bool list_workloads(const Wanted *wanted)
{
    bool is_found = false;

    for (const WorkloadSourceOps *const *ops = workload_sources_all(); *ops; ops++)
        is_found |=
            print_plug_named((*ops)->name, (*ops)->summary, (*ops)->options, wanted);
    return is_found;
}

static bool list_metrics(const Wanted *wanted)
{
    bool is_found = false;

    for (const Metric *metric = outcome_metrics(); metric->name; metric++) {
        if (!is_wanted(metric->name, wanted))
            continue;
        is_found = true;
        printf("%-24s %-6s %s\n", metric->name, metric->unit, metric->meaning);
    }
    return is_found;
}

static bool list_columns(const Wanted *wanted)
{
    bool is_found = false;

    for (SummaryColumn column = 0; column < COLUMNS; column++) {
        if (!is_wanted(summary_column_name(column), wanted))
            continue;
        is_found = true;
        printf("%-24s %s\n", summary_column_name(column),
               summary_column_meaning(column));
    }
    return is_found;
}

static bool list_tables(const Wanted *wanted)
{
    bool is_found = false;

    for (unsigned i = 0; export_table_name(i); i++) {
        if (!is_wanted(export_table_name(i), wanted))
            continue;
        is_found = true;
        printf("%s\n", export_table_name(i));
    }
    return is_found;
}

static void print_sched_keys(void)
{
    for (const SchedKey *key = sched_keys; key->option.key; key++) {
        const char *separator = "";
        Option option = key->option;

        if (!key->is_always_set)
            option.default_text = "the scheduler's own";
        print_option(&option);
        printf("  %-18s for ", "");
        for (const SchedulerOps *const *ops = scheduler_ops_all(); *ops; ops++) {
            if (!((*ops)->params & key->bit))
                continue;
            printf("%s%s", separator, (*ops)->name);
            separator = ", ";
        }
        putchar('\n');
    }
}

static void print_domain_kinds(void)
{
    for (unsigned i = 0; domain_kinds[i]; i++) {
        const Option *table = domain_kind_keys((DomainKind)i);

        if (table)
            printf("  of kind %s:\n", domain_kinds[i]);
        print_options(table);
    }
}

static void print_plug(const char *name, const Option *table)
{
    if (table)
        printf("  of %s:\n", name);
    print_options(table);
}

static void print_plugs(const GroupKeys *group)
{
    if (strcmp(group->kind, "domain") == 0)
        print_domain_kinds();
    if (group->takes_sched_params)
        print_sched_keys();
    if (strcmp(group->kind, "scheduler") == 0)
        for (const SchedulerOps *const *ops = scheduler_ops_all(); *ops; ops++)
            print_plug((*ops)->name, (*ops)->options);
    if (strcmp(group->kind, "workload") == 0)
        for (const WorkloadSourceOps *const *ops = workload_sources_all(); *ops; ops++)
            print_plug((*ops)->name, (*ops)->options);
}

static bool list_keys(const Wanted *wanted)
{
    bool is_found = false;

    for (const GroupKeys *group = groups_of_keys; group->kind; group++) {
        if (!is_wanted(group->kind, wanted))
            continue;
        printf("%s[%s%s]  %s\n", is_found ? "\n" : "", group->kind,
               group->is_named ? " NAME" : "", group->help);
        print_options(group->table);
        print_plugs(group);
        is_found = true;
    }
    return is_found;
}

static const struct {
    const char *name, *help;
    Lister list; /* NULL: of hardware profiles, which take several names */
} topics[] = {
    { "schedulers", "the hypervisor's schedulers; with a name, its keys",
      list_schedulers },
    { "placements", "where device models run", list_placements },
    { "devices", "what is emulated", list_devices },
    { "registers", "what in-xen and posted know, and who serves it; with a name, that",
      list_registers },
    { "xen", "releases whose device path is known", list_xen },
    { "workloads", "sources of what guests do; with a name, its keys", list_workloads },
    { "keys", "groups and keys of a scenario; with a name, one group", list_keys },
    { "costs", "hardware profiles; with one, its figures; with several, a comparison",
      NULL },
    { "metrics", "what is remembered of a run", list_metrics },
    { "columns", "columns of a report, as --metric names them", list_columns },
    { "tables", "tables of a results database that can be exported", list_tables },
};

static int list_topics(void)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(topics); i++)
        printf("%-11s %s\n", topics[i].name, topics[i].help);
    return EXIT_OK;
}

static int list_names(Lister list, const char *topic, char **names, unsigned n_names)
{
    g_autoptr(GPtrArray) known = g_ptr_array_new();
    const Wanted wanted = { n_names > 0 ? names[0] : NULL, known };
    const char *nearest;

    if (!list)
        return list_costs(names, n_names);
    if (n_names > 1) {
        g_printerr("hvmsim list: %s: expected one name at most\n", topic);
        return EXIT_USAGE;
    }
    if (list(&wanted))
        return EXIT_OK;
    nearest = suggest_word(names[0], known);
    g_printerr("hvmsim list: %s: expected one of `hvmsim list %s`%s%s%s\n", names[0],
               topic, nearest ? " (did you mean " : "", nearest ? nearest : "",
               nearest ? "?)" : "");
    return EXIT_USAGE;
}

static int list_topic(const char *name, char **names, unsigned n_names)
{
    g_autoptr(GPtrArray) known = g_ptr_array_new();
    g_autofree char *choice = NULL;

    for (unsigned i = 0; i < G_N_ELEMENTS(topics); i++) {
        g_ptr_array_add(known, (char *)topics[i].name);
        if (strcmp(topics[i].name, name) == 0)
            return list_names(topics[i].list, name, names, n_names);
    }
    choice = suggest_among(name, known);
    g_printerr("hvmsim list: %s: expected one of %s\n", name, choice);
    return EXIT_USAGE;
}

static int list_run(int argc, char **argv)
{
    const GOptionEntry entries[] = { { 0 } };
    const ArgumentSpec spec = {
        .command = "list",
        .usage = "[WHAT [NAME ...]]",
        .description = "Without WHAT: what can be listed.\n",
        .entries = entries,
        .most = NAMES_MAX + 1,
    };
    ExitStatus status;

    if (!arguments_parse(&spec, &argc, &argv, &status))
        return status;
    return argc == 1 ? list_topics()
                     : list_topic(argv[1], argv + 2, (unsigned)argc - 2);
}

const Command list_command = {
    .name = "list",
    .summary = "schedulers, placements, devices, workloads, keys, costs, metrics",
    .run = list_run,
};
