#include "experiments/input/error.h"
#include "experiments/scenario/open_source.h"
#include "experiments/scenario/scenario_reader.h"
#include "models/machine/machine_size.h"
#include "models/suggest.h"

#include <string.h>

/* Domains of the model, as results and events call them. */
static const char *const own_names[] = { "Domain-0", "dom0", "driver-domain", NULL };

void scenario_workload_free(void *data)
{
    ScenarioWorkload *workload = data;

    option_clear(group_keys_find("workload")->table, &workload->keys);
    g_free(workload->name);
    g_free(workload);
}

/* What is wrong with a file is told at the key that names it. */
static void source_error(const Section *section, const WorkloadSourceOps *ops,
                         const void *options, const GError *cause, GError **error)
{
    const Option *file = open_source_file_option(ops);
    g_autofree char *text = file ? option_format(file, options) : NULL;

    if (!file)
        ini_group_error(section->group, error, "%s", cause->message);
    else if (cause->domain == EXPERIMENT_ERROR)
        section_error(section, file->key, text, error, "%s", cause->message);
    else
        section_error(section, file->key, text, error, "a trace that can be read: %s",
                      cause->message);
}

static bool read_workload(const Reader *reader, const IniGroup *group, GError **error)
{
    ScenarioWorkload *workload = g_new0(ScenarioWorkload, 1);
    const IniEntry *source = ini_group_find(group, "source");
    const WorkloadSourceOps *ops;
    g_autofree void *options = NULL;
    g_auto(Section) section = { 0 };
    g_autoptr(GError) cause = NULL;

    workload->name = g_strdup(group->name);
    g_ptr_array_add(reader->scenario->workloads, workload);
    section_open(&section, reader, group->head, &workload->keys);
    if (!source) {
        ini_group_error(group, error, "needs source; `hvmsim list workloads` has them");
        return false;
    }
    ops = workload_source_by_name(source->text, NULL);
    if (!ops) {
        section_refuse_name(&section, "source", source->text, error);
        return false;
    }
    options = g_malloc0(ops->options_size);
    section_bind(&section, ops->options, options);
    if (section_resolve(&section, reader, error)) {
        workload->source = open_source_get(reader->context->sources, ops, options,
                                           reader->context->folder, &cause);
        if (cause)
            source_error(&section, ops, options, cause, error);
    }
    option_clear(ops->options, options);
    return workload->source != NULL;
}

void scenario_domain_free(void *data)
{
    ScenarioDomain *domain = data;

    option_clear(group_keys_find("domain")->table, &domain->keys);
    option_clear(domain_kind_keys(DOMAIN_HVM), &domain->keys);
    g_ptr_array_unref(domain->workloads);
    g_free(domain->name);
    g_free(domain);
}

const ScenarioDomain *scenario_find_domain(const Scenario *scenario, const char *name)
{
    for (unsigned i = 0; i < scenario->domains->len; i++) {
        const ScenarioDomain *domain = g_ptr_array_index(scenario->domains, i);

        if (strcmp(domain->name, name) == 0)
            return domain;
    }
    return NULL;
}

static ScenarioWorkload *find_workload(const Scenario *scenario, const char *name)
{
    for (unsigned i = 0; i < scenario->workloads->len; i++) {
        ScenarioWorkload *workload = g_ptr_array_index(scenario->workloads, i);

        if (strcmp(workload->name, name) == 0)
            return workload;
    }
    return NULL;
}

static void refuse_workload_name(const Reader *reader, const Section *section,
                                 const char *text, const char *name, GError **error)
{
    const bool is_doubled = find_workload(reader->scenario, name) != NULL;
    const GPtrArray *workloads = reader->scenario->workloads;
    g_autoptr(GPtrArray) known = g_ptr_array_new();
    g_autofree char *choice = NULL;

    for (unsigned i = 0; i < workloads->len; i++)
        g_ptr_array_add(known,
                        ((ScenarioWorkload *)g_ptr_array_index(workloads, i))->name);
    choice = suggest_among(name, known);
    if (is_doubled)
        section_error(section, "workload", text, error,
                      "names of [workload] groups, each once, not %s twice", name);
    else
        section_error(section, "workload", text, error,
                      "names of [workload] groups, each once: %s",
                      known->len > 0 ? choice : "this scenario has none");
}

static bool read_workload_names(const Reader *reader, const Section *section,
                                ScenarioDomain *domain, GError **error)
{
    const char *text = domain->keys.workload;
    g_auto(GStrv) names = g_strsplit(text, ",", -1);

    for (unsigned i = 0; names[i]; i++) {
        const char *name = g_strstrip(names[i]);
        ScenarioWorkload *workload = find_workload(reader->scenario, name);

        if (!workload || g_ptr_array_find(domain->workloads, workload, NULL)) {
            refuse_workload_name(reader, section, text, name, error);
            return false;
        }
        g_ptr_array_add(domain->workloads, workload);
    }
    if (names[0])
        return true;
    ini_group_error(section->group, error, "needs workload, what its vCPUs do");
    return false;
}

/* PV drivers that nobody uses would change nothing, and look as if they did. */
static bool check_drivers(const Section *section, const ScenarioDomain *domain,
                          GError **error)
{
    if (domain->keys.drivers == DRIVERS_EMULATED)
        return true;
    for (unsigned i = 0; i < domain->workloads->len; i++) {
        const ScenarioWorkload *workload = g_ptr_array_index(domain->workloads, i);

        if (workload_source_has_pv(workload->source->source))
            return true;
    }
    section_error(
        section, "drivers", "pv", error,
        "emulated, as no workload of this domain uses a disk or network by PV "
        "drivers (disk-pio, disk-dma, network and echo do)");
    return false;
}

static bool read_boot(const Reader *reader, const Section *section,
                      ScenarioDomain *domain, GError **error)
{
    const char *name = domain->keys.boot;

    if (*name == '\0')
        return true;
    domain->boot = find_workload(reader->scenario, name);
    if (domain->boot)
        return true;
    section_error(section, "boot", name, error, "the name of a [workload] group");
    return false;
}

/* That of [device-model] if it names none. */
static bool read_placement(const Reader *reader, const Section *section,
                           ScenarioDomain *domain, GError **error)
{
    const char *name = domain->keys.placement;

    domain->placement = *name == '\0' ? reader->scenario->placement
                                      : section_find_placement(section, name, error);
    return domain->placement != NULL;
}

static bool check_life(const Section *section, const DomainKeys *keys, GError **error)
{
    g_autofree char *stop = units_format(keys->stop_ns, UNIT_NS);

    if (keys->stop_ns > 0 && keys->stop_ns <= keys->start_ns + keys->start_spread_ns) {
        section_error(section, "stop", stop, error,
                      "a time after start and start-spread");
        return false;
    }
    if (!keys->replace || keys->lifetime_ns > 0)
        return true;
    section_error(section, "replace", "yes", error, "lifetime beside it");
    return false;
}

/* The kind decides which other keys the group has, so it is read first. */
static bool read_kind(const Section *section, DomainKeys *keys, GError **error)
{
    const IniEntry *entry = ini_group_find(section->group, "kind");
    g_autoptr(IniGroup) kind =
        ini_group_new(section->group->head, section->group->place);
    const IniBinding binding = { section->bindings[0].table, keys };

    if (entry)
        ini_group_set(kind, "kind", entry->text, entry->place);
    return ini_group_read(kind, &binding, 1, error);
}

static bool read_domain(const Reader *reader, const IniGroup *group, GError **error)
{
    Scenario *scenario = reader->scenario;
    ScenarioDomain *domain = g_new0(ScenarioDomain, 1);
    g_auto(Section) section = { 0 };

    domain->name = g_strdup(group->name);
    domain->workloads = g_ptr_array_new();
    g_ptr_array_add(scenario->domains, domain);
    section_open(&section, reader, group->head, &domain->keys);
    if (!read_kind(&section, &domain->keys, error))
        return false;
    section_bind_sched(&section, &domain->keys.sched, scenario->scheduler,
                       reader->context->schedulers);
    section_bind(&section, domain_kind_keys((DomainKind)domain->keys.kind),
                 &domain->keys);
    if (!section_resolve(&section, reader, error) ||
        !section_check_sched(&section, scenario->scheduler, &domain->keys.sched,
                             ANY_GUEST, error) ||
        !section_read_pinning(&section, domain->keys.pin, scenario->topology.n_pcpus,
                              &domain->pinning, error) ||
        !check_life(&section, &domain->keys, error))
        return false;
    return domain->keys.kind != DOMAIN_HVM ||
           (read_placement(reader, &section, domain, error) &&
            read_workload_names(reader, &section, domain, error) &&
            check_drivers(&section, domain, error) &&
            read_boot(reader, &section, domain, error));
}

static void refuse_count(const Reader *reader, const ScenarioDomain *domain,
                         const char *expected, GError **error)
{
    g_autofree char *head = g_strconcat("domain ", domain->name, NULL);
    g_autofree char *count = g_strdup_printf("%" G_GINT64_FORMAT, domain->keys.count);
    g_auto(Section) section = { 0 };

    section_init(&section, reader->document, head);
    section_error(&section, "count", count, error, "%s", expected);
}

/* What events call web-dm would be two things. */
static const ScenarioDomain *owner_of_stubs(const Scenario *scenario, const char *name)
{
    for (unsigned i = 0; i < scenario->domains->len; i++) {
        const ScenarioDomain *domain = g_ptr_array_index(scenario->domains, i);
        g_autofree char *stubs = g_strconcat(domain->name, "-dm", NULL);

        if (domain->keys.kind == DOMAIN_HVM && g_str_equal(stubs, name))
            return domain;
    }
    return NULL;
}

static bool check_group_name(const Reader *reader, const IniGroup *group,
                             GError **error)
{
    const ScenarioDomain *owner = owner_of_stubs(reader->scenario, group->name);

    if (g_strv_contains(own_names, group->name))
        ini_group_error(group, error,
                        "expected another name: the model has a domain of its own that "
                        "is called so");
    else if (owner)
        ini_group_error(group, error,
                        "expected another name: the stub domains of [domain %s] are "
                        "called so",
                        owner->name);
    else
        return true;
    return false;
}

/* web1 may be the first of [domain web] or a domain of its own, not both. */
static bool check_names(const Reader *reader, GError **error)
{
    g_autoptr(GHashTable) names =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (unsigned i = 0; i < reader->scenario->domains->len; i++) {
        const ScenarioDomain *domain = g_ptr_array_index(reader->scenario->domains, i);

        for (int64_t j = 1; j <= domain->keys.count; j++) {
            char *name = g_strdup_printf("%s%" G_GINT64_FORMAT, domain->name, j);
            g_autofree char *expected = NULL;

            if (g_hash_table_add(names, name))
                continue;
            expected = g_strdup_printf("names of its own, and %s is taken", name);
            refuse_count(reader, domain, expected, error);
            return false;
        }
    }
    return true;
}

static void add_domains(MachineSize *size, const DomainKeys *keys)
{
    if (keys->kind == DOMAIN_HVM) {
        size->n_guests += keys->count;
        size->n_guest_vcpus += keys->count * keys->n_vcpus;
    } else {
        size->n_neighbours += keys->count;
        size->n_neighbour_vcpus += keys->count * keys->n_vcpus;
    }
}

bool check_size(const Reader *reader, GError **error)
{
    const Scenario *scenario = reader->scenario;
    MachineSize size = {
        .n_pcpus = scenario->topology.n_pcpus,
        .n_disk_channels = scenario->disk.n_channels,
        .n_dom0_vcpus = scenario->dom0.n_vcpus,
        .n_driver_vcpus = scenario->driver_domain.n_vcpus,
        .n_orders = scenario->events->len,
    };

    for (unsigned i = 0; i < scenario->domains->len; i++) {
        const ScenarioDomain *domain = g_ptr_array_index(scenario->domains, i);
        g_autofree char *expected = NULL;

        add_domains(&size, &domain->keys);
        if (machine_most_timers(&size) <= SIM_TIMERS_MAX)
            continue;
        expected = g_strdup_printf("fewer domains or vCPUs: those up to here may need "
                                   "%" G_GINT64_FORMAT " timers, and %u is the most",
                                   machine_most_timers(&size), SIM_TIMERS_MAX);
        refuse_count(reader, domain, expected, error);
        return false;
    }
    return true;
}

bool read_workloads(const Reader *reader, GError **error)
{
    return read_named_groups(reader, "workload", read_workload, error);
}

bool read_domains(const Reader *reader, GError **error)
{
    return read_named_groups(reader, "domain", read_domain, error) &&
           read_named_groups(reader, "domain", check_group_name, error) &&
           check_names(reader, error);
}
