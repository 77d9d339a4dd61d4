#include "cli/arguments.h"
#include "experiments/cost_profile.h"
#include "experiments/data_path.h"
#include "experiments/keys.h"
#include "experiments/suggest.h"
#include "models/device.h"
#include "results/export.h"
#include "results/outcome.h"
#include "workloads/source.h"

#include <stdio.h>
#include <string.h>

/* Prints what the table has of that name, or all for NULL; false if there is none. */
typedef bool (*Lister)(const char *name);

static bool is_wanted(const char *name, const char *wanted)
{
    return !wanted || strcmp(name, wanted) == 0;
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

static bool list_schedulers(const char *wanted)
{
    bool is_found = false;

    for (const SchedulerOps *const *ops = scheduler_ops_all(); *ops; ops++) {
        if (!is_wanted((*ops)->name, wanted))
            continue;
        is_found = true;
        printf("%-14s %s\n", (*ops)->name, (*ops)->summary);
        if (wanted)
            print_options((*ops)->options);
    }
    return is_found;
}

static bool list_placements(const char *wanted)
{
    bool is_found = false;

    for (const PlacementOps *const *ops = placement_ops_all(); *ops; ops++) {
        if (!is_wanted((*ops)->name, wanted))
            continue;
        is_found = true;
        printf("%-14s %s\n", (*ops)->name, (*ops)->summary);
    }
    return is_found;
}

static bool list_devices(const char *wanted)
{
    bool is_found = false;

    for (const DeviceOps *const *ops = device_ops_all(); *ops; ops++) {
        if (!is_wanted((*ops)->name, wanted))
            continue;
        is_found = true;
        printf("%-14s %s\n", (*ops)->name, (*ops)->summary);
    }
    return is_found;
}

static bool list_workloads(const char *wanted)
{
    bool is_found = false;

    for (const WorkloadSourceOps *const *ops = workload_sources_all(); *ops; ops++) {
        if (!is_wanted((*ops)->name, wanted))
            continue;
        is_found = true;
        printf("%-14s %s\n", (*ops)->name, (*ops)->summary);
        if (wanted)
            print_options((*ops)->options);
    }
    return is_found;
}

static bool list_metrics(const char *wanted)
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

static bool list_tables(const char *wanted)
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

static bool list_keys(const char *wanted)
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

static void print_figure(const CostProfile *profile, Cost cost)
{
    const CostFigure *figure = &profile->figures[cost];

    printf("%-16s %8" G_GINT64_FORMAT " cycles %9.3f us  %-9s  %s\n  %s\n",
           cost_key(cost), figure->cycles, (double)cost_ns(profile, cost) / 1e3,
           standing_name(figure->standing), cost_summary(cost), figure->source);
}

static bool list_costs(const char *wanted)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = NULL;
    g_autoptr(CostProfile) profile = NULL;

    for (Cost cost = 0; !wanted && cost < COSTS; cost++)
        printf("%-16s %s\n", cost_key(cost), cost_summary(cost));
    if (!wanted)
        return true;
    path = data_path_find(DATA_COSTS, wanted, ".", &error);
    profile = path ? cost_profile_load(path, &error) : NULL;
    if (!profile) {
        g_printerr("hvmsim list: costs %s: expected %s\n", wanted, error->message);
        return false;
    }
    printf("%s: %s\n%.3f GHz, %.3f cycles per guest instruction\n\n", profile->name,
           profile->summary, (double)profile->clock_hz / 1e9,
           (double)profile->cpi_milli / 1e3);
    for (Cost cost = 0; cost < COSTS; cost++)
        print_figure(profile, cost);
    return true;
}

static const struct {
    const char *name, *help;
    Lister list;
} topics[] = {
    { "schedulers", "the hypervisor's schedulers; with a name, its keys",
      list_schedulers },
    { "placements", "where device models run", list_placements },
    { "devices", "what is emulated", list_devices },
    { "workloads", "sources of what guests do; with a name, its keys", list_workloads },
    { "keys", "groups and keys of a scenario; with a name, one group", list_keys },
    { "costs", "the figures of a hardware profile; with a profile, their values",
      list_costs },
    { "metrics", "what is remembered of a run", list_metrics },
    { "tables", "tables of a results database that can be exported", list_tables },
};

static int list_topics(void)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(topics); i++)
        printf("%-11s %s\n", topics[i].name, topics[i].help);
    return EXIT_OK;
}

static int list_topic(const char *name, const char *wanted)
{
    g_autoptr(GPtrArray) known = g_ptr_array_new();
    g_autofree char *choice = NULL;

    for (unsigned i = 0; i < G_N_ELEMENTS(topics); i++) {
        g_ptr_array_add(known, (char *)topics[i].name);
        if (strcmp(topics[i].name, name) != 0)
            continue;
        if (topics[i].list(wanted))
            return EXIT_OK;
        if (topics[i].list != list_costs)
            g_printerr("hvmsim list: %s: expected one of `hvmsim list %s`\n", wanted,
                       name);
        return EXIT_INPUT;
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
        .usage = "[WHAT [NAME]]",
        .description = "Without WHAT: what can be listed.\n",
        .entries = entries,
        .most = 2,
    };

    if (!arguments_parse(&spec, &argc, &argv))
        return EXIT_USAGE;
    return argc == 1 ? list_topics() : list_topic(argv[1], argc > 2 ? argv[2] : NULL);
}

const Command list_command = {
    .name = "list",
    .summary = "schedulers, placements, devices, workloads, keys, costs, metrics",
    .run = list_run,
};
