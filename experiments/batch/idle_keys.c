#include "experiments/batch/idle_keys.h"

#include <string.h>

/* Of a scenario, and of that domain, if it is of a [domain NAME]. */
typedef bool (*IsIdle)(const Scenario *scenario, const ScenarioDomain *domain);

typedef struct {
    const char *kind; /* of the group */
    const char *key;  /* NULL: all of them */
    const char *but;  /* then: without this one, or NULL */
    IsIdle is_idle;
    const char *reason;
} IdleRule;

static bool has_no_driver_domain(const Scenario *scenario,
                                 const ScenarioDomain *domain G_GNUC_UNUSED)
{
    return !scenario->driver_has_disk && !scenario->driver_has_network;
}

static bool has_no_stub(const Scenario *scenario,
                        const ScenarioDomain *unused G_GNUC_UNUSED)
{
    for (unsigned i = 0; i < scenario->domains->len; i++) {
        const ScenarioDomain *domain = g_ptr_array_index(scenario->domains, i);

        if (domain->placement && domain->placement->stub_bytes > 0 &&
            domain->keys.count > 0)
            return false;
    }
    return true;
}

static bool has_one_thread(const Scenario *scenario,
                           const ScenarioDomain *domain G_GNUC_UNUSED)
{
    return scenario->topology.threads_per_core == 1;
}

static bool has_fixed_caches(const Scenario *scenario,
                             const ScenarioDomain *domain G_GNUC_UNUSED)
{
    return scenario->host.cache_model == CACHES_FIXED;
}

static bool has_no_arrivals(const Scenario *scenario G_GNUC_UNUSED,
                            const ScenarioDomain *domain)
{
    return domain && domain->keys.arrival_ns == 0;
}

static bool is_not_fixed(const Scenario *scenario,
                         const ScenarioDomain *domain G_GNUC_UNUSED)
{
    return scenario->disk.kind != DISK_FIXED;
}

static bool is_not_rotating(const Scenario *scenario,
                            const ScenarioDomain *domain G_GNUC_UNUSED)
{
    return scenario->disk.kind != DISK_ROTATING;
}

static bool is_not_ssd(const Scenario *scenario,
                       const ScenarioDomain *domain G_GNUC_UNUSED)
{
    return scenario->disk.kind != DISK_SSD;
}

static bool has_own_placements(const Scenario *scenario,
                               const ScenarioDomain *unused G_GNUC_UNUSED)
{
    unsigned n_guests = 0;

    for (unsigned i = 0; i < scenario->domains->len; i++) {
        const ScenarioDomain *domain = g_ptr_array_index(scenario->domains, i);

        if (domain->keys.kind != DOMAIN_HVM)
            continue;
        if (*domain->keys.placement == '\0')
            return false;
        n_guests++;
    }
    return n_guests > 0;
}

static bool has_memory_without_limit(const Scenario *scenario,
                                     const ScenarioDomain *domain G_GNUC_UNUSED)
{
    return scenario->host.memory_bytes == 0;
}

static bool has_no_daemons(const Scenario *scenario,
                           const ScenarioDomain *domain G_GNUC_UNUSED)
{
    return scenario->dom0.daemon_interval_ns == 0;
}

static bool has_no_timer(const Scenario *scenario G_GNUC_UNUSED,
                         const ScenarioDomain *domain)
{
    return domain && domain->keys.timer_hz == 0;
}

static bool is_created_by_event(const Scenario *scenario G_GNUC_UNUSED,
                                const ScenarioDomain *domain)
{
    return domain && domain->keys.creation == CREATION_EVENT;
}

static const char no_arrivals[] = "arrival-interval is 0";
static const char no_driver_domain[] = "no driver domain has a device";
static const char no_stub[] = "there is no stub domain";
static const char one_thread[] = "threads-per-core is 1";
static const char fixed_caches[] = "cache-model is fixed";
static const char other_disk[] = "the disk is of another kind";
static const char own_placements[] = "each [domain] has a placement of its own";
static const char no_limit[] = "[host] memory is 0, without limit";
static const char no_daemons[] = "daemon-interval is 0";
static const char no_timer[] = "timer-hz is 0";
static const char by_event[] = "creation is event";

static const IdleRule rules[] = {
    { "host", "smt-speed", NULL, has_one_thread, one_thread },
    { "driver-domain", NULL, "devices", has_no_driver_domain, no_driver_domain },
    { "host", "memory-per-domain", NULL, has_memory_without_limit, no_limit },
    { "device-model", "placement", NULL, has_own_placements, own_placements },
    { "device-model", "stub-memory", NULL, has_no_stub, no_stub },
    { "device-model", "stub-memory", NULL, has_memory_without_limit, no_limit },
    { "device-model", "qemu-memory", NULL, has_memory_without_limit, no_limit },
    { "dom0", "memory", NULL, has_memory_without_limit, no_limit },
    { "dom0", "daemon-run", NULL, has_no_daemons, no_daemons },
    { "domain", "memory", NULL, has_memory_without_limit, no_limit },
    { "domain", "timer-mode", NULL, has_no_timer, no_timer },
    { "domain", "start", NULL, is_created_by_event, by_event },
    { "domain", "start-spread", NULL, is_created_by_event, by_event },
    { "dom0", "working-set", NULL, has_fixed_caches, fixed_caches },
    { "domain", "working-set", NULL, has_fixed_caches, fixed_caches },
    { "stub", "working-set", NULL, has_fixed_caches, fixed_caches },
    { "stub", NULL, NULL, has_no_stub, no_stub },
    { "domain", "arrival-distribution", NULL, has_no_arrivals, no_arrivals },
    { "disk", "seek", NULL, is_not_fixed, other_disk },
    { "disk", "track-seek", NULL, is_not_rotating, other_disk },
    { "disk", "full-seek", NULL, is_not_rotating, other_disk },
    { "disk", "rpm", NULL, is_not_rotating, other_disk },
    { "disk", "cylinders", NULL, is_not_rotating, other_disk },
    { "disk", "access", NULL, is_not_ssd, other_disk },
    { "disk", "channels", NULL, is_not_ssd, other_disk },
};

static bool is_about(const IdleRule *rule, const char *kind, const char *key)
{
    return g_str_equal(rule->kind, kind) &&
           (rule->key ? g_str_equal(rule->key, key) : g_strcmp0(rule->but, key) != 0);
}

/* The resolved text has every key that a group takes. */
bool scenario_has_key(const Scenario *scenario, const KeyName *name)
{
    g_autofree char *heading = g_strdup_printf("[%s]\n", name->head);
    g_autofree char *line = g_strdup_printf("\n%s = ", name->key);
    const char *group = strstr(scenario->text->str, heading);
    const char *end = group ? strstr(group, "\n[") : NULL;

    return group && g_strstr_len(group, end ? end - group : -1, line);
}

const char *idle_key_reason(const Scenario *scenario, const KeyName *name)
{
    const char *space = strchr(name->head, ' ');
    const ScenarioDomain *domain =
        space ? scenario_find_domain(scenario, space + 1) : NULL;
    g_autofree char *kind = space ? g_strndup(name->head, (gsize)(space - name->head))
                                  : g_strdup(name->head);

    for (unsigned i = 0; i < G_N_ELEMENTS(rules); i++)
        if (is_about(&rules[i], kind, name->key) && rules[i].is_idle(scenario, domain))
            return rules[i].reason;
    return NULL;
}

bool workload_is_used(const Scenario *scenario, const char *name)
{
    for (unsigned i = 0; i < scenario->domains->len; i++) {
        const ScenarioDomain *domain = g_ptr_array_index(scenario->domains, i);

        if (domain->boot && g_str_equal(domain->boot->name, name))
            return true;
        for (unsigned j = 0; j < domain->workloads->len; j++) {
            const ScenarioWorkload *workload = g_ptr_array_index(domain->workloads, j);

            if (g_str_equal(workload->name, name))
                return true;
        }
    }
    return false;
}
