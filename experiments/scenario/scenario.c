#include "experiments/scenario/scenario.h"

#include "experiments/input/data_path.h"
#include "experiments/input/error.h"
#include "experiments/scenario/cost_change.h"
#include "experiments/scenario/cost_profile.h"
#include "experiments/scenario/open_source.h"
#include "experiments/scenario/scenario_reader.h"

#include <string.h>

static void profile_free(void *profile)
{
    cost_profile_free(profile);
}

void scenario_context_init(ScenarioContext *context, const char *scenario_path)
{
    context->folder = g_path_get_dirname(scenario_path);
    context->schedulers = g_ptr_array_new();
    context->cost_profiles =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, profile_free);
    context->sources =
        g_hash_table_new_full(g_str_hash, g_str_equal, NULL, open_source_free);
}

void scenario_context_clear(ScenarioContext *context)
{
    g_clear_pointer(&context->folder, g_free);
    g_clear_pointer(&context->schedulers, g_ptr_array_unref);
    g_clear_pointer(&context->cost_profiles, g_hash_table_unref);
    g_clear_pointer(&context->sources, g_hash_table_unref);
}

static Scenario *scenario_new(void)
{
    Scenario *scenario = g_new0(Scenario, 1);

    scenario->domains = g_ptr_array_new_with_free_func(scenario_domain_free);
    scenario->workloads = g_ptr_array_new_with_free_func(scenario_workload_free);
    scenario->events = g_ptr_array_new_with_free_func(scenario_event_free);
    scenario->text = g_string_new(NULL);
    scenario->model_text = g_string_new(NULL);
    return scenario;
}

void scenario_free(Scenario *scenario)
{
    if (!scenario)
        return;
    if (scenario->scheduler)
        option_clear(scenario->scheduler->options, scenario->scheduler_options);
    g_free(scenario->scheduler_options);
    option_clear(group_keys_find("scenario")->table, &scenario->names);
    option_clear(group_keys_find("host")->table, &scenario->host);
    option_clear(group_keys_find("scheduler")->table, &scenario->scheduler_keys);
    option_clear(group_keys_find("dom0")->table, &scenario->dom0);
    option_clear(group_keys_find("driver-domain")->table, &scenario->driver_domain);
    option_clear(group_keys_find("device-model")->table, &scenario->device_model);
    g_ptr_array_unref(scenario->domains);
    g_ptr_array_unref(scenario->workloads);
    g_ptr_array_unref(scenario->events);
    device_map_free(scenario->device_map);
    g_string_free(scenario->text, TRUE);
    g_string_free(scenario->model_text, TRUE);
    g_free(scenario);
}

static bool read_plain(const Reader *reader, const char *head, void *fields,
                       GError **error)
{
    g_auto(Section) section = { 0 };

    section_open(&section, reader, head, fields);
    return section_resolve(&section, reader, error);
}

/* Folders and files of results are called so, and the resolved scenario has it behind
 * "name =". */
static bool is_name_of_files(const char *name)
{
    if (*name == '\0' || strchr(".- ", *name) || g_str_has_suffix(name, " ") ||
        !g_utf8_validate(name, -1, NULL))
        return false;
    for (; *name; name++)
        if (*name == '/' || *name == '#' || g_ascii_iscntrl(*name))
            return false;
    return true;
}

/* The file's name stands for an absent name. */
static bool read_names(const Reader *reader, GError **error)
{
    g_auto(Section) section = { 0 };
    g_autofree char *base = g_path_get_basename(reader->document->path);

    section_open(&section, reader, "scenario", &reader->scenario->names);
    if (g_str_has_suffix(base, ".ini"))
        base[strlen(base) - strlen(".ini")] = '\0';
    if (!ini_group_find(section.group, "name"))
        ini_group_set(section.group, "name", base, section.group->place);
    if (!section_resolve(&section, reader, error))
        return false;
    if (is_name_of_files(reader->scenario->names.name))
        return true;
    section_error(&section, "name", reader->scenario->names.name, error,
                  "a name for files: in UTF-8, without /, # and control characters, "
                  "without spaces around it, and beginning with neither . nor -");
    return false;
}

static CostProfile *load_profile(const Reader *reader, const Section *section,
                                 const char *name, GError **error)
{
    g_autoptr(GError) cause = NULL;
    g_autofree char *path =
        data_path_find(DATA_COSTS, name, reader->context->folder, &cause);

    if (path)
        return cost_profile_load(path, error);
    section_error(section, "costs", name, error, "%s", cause->message);
    return NULL;
}

static const CostProfile *find_profile(const Reader *reader, const Section *section,
                                       GError **error)
{
    GHashTable *profiles = reader->context->cost_profiles;
    const char *name = reader->scenario->host.costs;
    CostProfile *profile = g_hash_table_lookup(profiles, name);

    if (profile)
        return profile;
    profile = load_profile(reader, section, name, error);
    if (profile)
        g_hash_table_insert(profiles, g_strdup(name), profile);
    return profile;
}

/* The profile with [host] cost-change, which is kept under both texts. */
static const CostProfile *change_profile(const Reader *reader, const Section *section,
                                         GError **error)
{
    const HostKeys *host = &reader->scenario->host;
    GHashTable *profiles = reader->context->cost_profiles;
    const CostProfile *profile = find_profile(reader, section, error);
    g_autofree char *both = g_strdup_printf("%s\n%s", host->costs, host->cost_change);
    CostProfile *changed = g_hash_table_lookup(profiles, both);
    g_autoptr(GError) cause = NULL;

    if (!profile || changed)
        return changed;
    changed = cost_change_apply(profile, host->cost_change, &cause);
    if (!changed) {
        section_error(section, "cost-change", host->cost_change, error, "%s",
                      cause->message);
        return NULL;
    }
    g_hash_table_insert(profiles, g_steal_pointer(&both), changed);
    return changed;
}

static bool check_topology(const Section *section, const HostKeys *host,
                           Topology *topology, GError **error)
{
    const int64_t cores = host->n_pcpus / host->threads_per_core;
    g_autofree char *pcpus = g_strdup_printf("%" G_GINT64_FORMAT, host->n_pcpus);

    if (host->n_pcpus % host->threads_per_core != 0) {
        section_error(section, "pcpus", pcpus, error,
                      "whole cores of %" G_GINT64_FORMAT " threads",
                      host->threads_per_core);
        return false;
    }
    if (host->cores_per_socket > 0 && cores % host->cores_per_socket != 0) {
        section_error(section, "pcpus", pcpus, error,
                      "whole sockets of %" G_GINT64_FORMAT " cores of %" G_GINT64_FORMAT
                      " threads",
                      host->cores_per_socket, host->threads_per_core);
        return false;
    }
    *topology = (Topology){
        .n_pcpus = (unsigned)host->n_pcpus,
        .threads_per_core = (unsigned)host->threads_per_core,
        .cores_per_socket =
            (unsigned)(host->cores_per_socket > 0 ? host->cores_per_socket : cores),
    };
    return true;
}

static bool read_host(const Reader *reader, GError **error)
{
    Scenario *scenario = reader->scenario;
    g_auto(Section) section = { 0 };

    section_open(&section, reader, "host", &scenario->host);
    if (!section_resolve(&section, reader, error) ||
        !check_topology(&section, &scenario->host, &scenario->topology, error))
        return false;
    scenario->xen = xen_release_by_name(scenario->host.xen, NULL);
    if (!scenario->xen) {
        section_refuse_name(&section, "xen", scenario->host.xen, error);
        return false;
    }
    scenario->profile = change_profile(reader, &section, error);
    return scenario->profile != NULL;
}

/* The name decides which other keys the group has, so it is read first. */
static const char *name_in(const Section *section, const char *key)
{
    const IniEntry *entry = ini_group_find(section->group, key);
    const Option *option = option_find(section->bindings[0].table, key);

    return entry ? entry->text : option->default_text;
}

static const SchedulerOps *find_scheduler(const Section *section, GError **error)
{
    const char *name = name_in(section, "name");
    const SchedulerOps *ops = scheduler_ops_by_name(name, NULL);

    if (!ops)
        section_refuse_name(section, "name", name, error);
    return ops;
}

static bool check_scheduler_options(const Section *section, const Scenario *scenario,
                                    GError **error)
{
    const SchedulerOps *scheduler = scenario->scheduler;
    g_autoptr(GError) cause = NULL;

    if (!scheduler->check_options ||
        scheduler->check_options(scenario->scheduler_options, &cause))
        return true;
    ini_group_error(section->group, error, "%s", cause->message);
    return false;
}

static bool read_scheduler(const Reader *reader, GError **error)
{
    Scenario *scenario = reader->scenario;
    const GPtrArray *others = reader->context->schedulers;
    g_auto(Section) section = { 0 };

    section_open(&section, reader, "scheduler", &scenario->scheduler_keys);
    scenario->scheduler = find_scheduler(&section, error);
    if (!scenario->scheduler)
        return false;
    scenario->scheduler_options = g_malloc0(scenario->scheduler->options_size);
    section_bind(&section, scenario->scheduler->options, scenario->scheduler_options);
    for (unsigned i = 0; i < others->len; i++) {
        const SchedulerOps *other = g_ptr_array_index(others, i);

        if (other != scenario->scheduler)
            section_ignore(&section, other->options);
    }
    return section_resolve(&section, reader, error) &&
           check_scheduler_options(&section, scenario, error);
}

static bool read_dom0(const Reader *reader, GError **error)
{
    Scenario *scenario = reader->scenario;
    Dom0Keys *dom0 = &scenario->dom0;
    g_auto(Section) section = { 0 };

    section_open(&section, reader, "dom0", dom0);
    section_bind_sched(&section, &dom0->sched, scenario->scheduler,
                       reader->context->schedulers);
    return section_resolve(&section, reader, error) &&
           section_check_sched(&section, scenario->scheduler, &dom0->sched, 0, error) &&
           section_read_pinning(&section, dom0->pin, scenario->topology.n_pcpus,
                                &scenario->dom0_pinning, error);
}

static bool read_driver_devices(const Section *section, Scenario *scenario,
                                GError **error)
{
    const char *text = scenario->driver_domain.devices;
    g_auto(GStrv) names = g_strsplit_set(text, ",+", -1);

    if (strcmp(text, "none") == 0)
        return true;
    for (unsigned i = 0; names[i]; i++) {
        const char *name = g_strstrip(names[i]);
        bool *has = strcmp(name, "disk") == 0      ? &scenario->driver_has_disk
                    : strcmp(name, "network") == 0 ? &scenario->driver_has_network
                                                   : NULL;

        if (!has || *has) {
            section_error(section, "devices", text, error,
                          "none, disk, network or disk+network");
            return false;
        }
        *has = true;
    }
    return true;
}

static bool read_driver_domain(const Reader *reader, GError **error)
{
    Scenario *scenario = reader->scenario;
    DriverDomainKeys *driver = &scenario->driver_domain;
    g_auto(Section) section = { 0 };

    section_open(&section, reader, "driver-domain", driver);
    section_bind_sched(&section, &driver->sched, scenario->scheduler,
                       reader->context->schedulers);
    return section_resolve(&section, reader, error) &&
           section_check_sched(&section, scenario->scheduler, &driver->sched, ANY_GUEST,
                               error) &&
           read_driver_devices(&section, scenario, error) &&
           section_read_pinning(&section, driver->pin, scenario->topology.n_pcpus,
                                &scenario->driver_pinning, error);
}

static bool read_stub(const Reader *reader, GError **error)
{
    Scenario *scenario = reader->scenario;
    g_auto(Section) section = { 0 };

    section_open(&section, reader, "stub", &scenario->stub);
    section_bind_sched(&section, &scenario->stub.sched, scenario->scheduler,
                       reader->context->schedulers);
    return section_resolve(&section, reader, error) &&
           section_check_sched(&section, scenario->scheduler, &scenario->stub.sched,
                               ANY_GUEST, error);
}

static bool check_disk(const Section *section, const char *key, bool is_right,
                       const char *expected, GError **error)
{
    const IniBinding *binding = &section->bindings[0];
    g_autofree char *text =
        option_format(option_find(binding->table, key), binding->fields);

    if (!is_right)
        section_error(section, key, text, error, "%s", expected);
    return is_right;
}

static bool read_disk(const Reader *reader, GError **error)
{
    DiskParams *disk = &reader->scenario->disk;
    g_auto(Section) section = { 0 };

    section_open(&section, reader, "disk", disk);
    return section_resolve(&section, reader, error) &&
           check_disk(&section, "image", disk->image_bytes <= disk->size_bytes,
                      "no more than the disk's size", error) &&
           check_disk(&section, "cylinders",
                      disk->n_cylinders <= disk->size_bytes / DISK_SECTOR_BYTES,
                      "no more than the disk has sectors", error) &&
           check_disk(&section, "track-seek", disk->track_seek_ns <= disk->full_seek_ns,
                      "no more than full-seek", error);
}

static bool check_power_of_2(const Section *section, const char *key, int64_t value,
                             GError **error)
{
    g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT, value);

    if ((value & (value - 1)) == 0)
        return true;
    section_error(section, key, text, error, "a power of 2, since indices run freely");
    return false;
}

static bool read_rings(const Reader *reader, GError **error)
{
    RingKeys *rings = &reader->scenario->rings;
    g_auto(Section) section = { 0 };

    section_open(&section, reader, "rings", rings);
    return section_resolve(&section, reader, error) &&
           check_power_of_2(&section, "block", rings->n_block_places, error) &&
           check_power_of_2(&section, "network", rings->n_net_places, error);
}

static bool read_memory(const Reader *reader, GError **error)
{
    Scenario *scenario = reader->scenario;

    scenario->memory = (MemoryParams){
        .host_bytes = scenario->host.memory_bytes,
        .per_domain_bytes = scenario->host.per_domain_bytes,
        .dom0_bytes = scenario->dom0.memory_bytes,
        .stub_bytes = scenario->device_model.stub_bytes,
        .qemu_bytes = scenario->device_model.qemu_bytes,
    };
    return check_memory(reader, error);
}

Scenario *scenario_resolve(const IniFile *document, ScenarioContext *context,
                           GError **error)
{
    g_autoptr(Scenario) scenario = scenario_new();
    const Reader reader = { document, context, scenario };

    if (!read_names(&reader, error) ||
        !read_plain(&reader, "run", &scenario->run, error) ||
        !read_host(&reader, error) || !read_scheduler(&reader, error) ||
        !read_dom0(&reader, error) || !read_driver_domain(&reader, error) ||
        !read_stub(&reader, error) || !read_device_model(&reader, error) ||
        !read_disk(&reader, error) ||
        !read_plain(&reader, "nic", &scenario->nic, error) ||
        !read_rings(&reader, error) || !read_workloads(&reader, error) ||
        !read_domains(&reader, error) || !read_memory(&reader, error) ||
        !read_events(&reader, error) || !check_size(&reader, error) ||
        !read_plain(&reader, "output", &scenario->output, error))
        return NULL;
    return g_steal_pointer(&scenario);
}
