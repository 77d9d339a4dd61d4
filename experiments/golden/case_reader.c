#include "experiments/golden/case_reader.h"

#include "experiments/input/error.h"
#include "models/suggest.h"

#include <string.h>

#define DOMAIN_ID_MAX  32766
#define NAME_MAX_BYTES 200u

static const Dialect dialects[] = {
    { .name = "credit-3.1", .scheduler = "credit-3.1", .has_credits = true },
    { .name = "credit-3.1-sdom",
      .scheduler = "credit-3.1",
      .has_sdoms = true,
      .has_credits = true },
    { .name = "credit-4.17", .scheduler = "credit-4.17", .has_credits = true },
    { .name = "sedf-3.1", .scheduler = "sedf-3.1", .sets_params_late = true },
    { .name = "credit2-4.17", .scheduler = "credit2-4.17" },
    { .name = "rtds-4.17", .scheduler = "rtds-4.17" },
    { .name = "nemesis-atropos", .scheduler = "nemesis-atropos", .has_sdoms = true },
};

/* [host] keys that are options of the scheduler, and the unit in their names. */
typedef struct {
    const char *key, *option, *unit;
    int64_t unit_ns;
} SchedulerKey;

static const SchedulerKey scheduler_keys[] = {
    { "tick_first_ns", "tick-first", "ns", 1 },
    { "tick_stagger_ns", "tick-stagger", "ns", 1 },
    { "acct_first_ns", "accounting-first", "ns", 1 },
    { "tslice_ms", "tslice", "ms", NS_PER_MS },
    { "ratelimit_us", "ratelimit", "us", NS_PER_US },
};

static bool add_range(PcpuMask *mask, const char *text, unsigned n_pcpus)
{
    g_auto(GStrv) ends = g_strsplit(text, "-", 2);
    int64_t first, last;

    if (!ends[0] ||
        !g_ascii_string_to_signed(ends[0], 10, 0, n_pcpus - 1, &first, NULL))
        return false;
    last = first;
    if (ends[1] &&
        !g_ascii_string_to_signed(ends[1], 10, first, n_pcpus - 1, &last, NULL))
        return false;
    for (int64_t i = first; i <= last; i++)
        mask_add(mask, (unsigned)i);
    return true;
}

bool case_read_affinity(const GoldenCase *self, KeyGroup *group, PcpuMask *mask,
                        bool *is_given, GError **error)
{
    const char *text = key_group_take(group, "affinity");
    g_auto(GStrv) ranges = text ? g_strsplit(text, ",", -1) : NULL;

    mask_init(mask, self->topology.n_pcpus);
    *is_given = text != NULL;
    for (unsigned i = 0; text && ranges[i]; i++)
        if (!add_range(mask, g_strstrip(ranges[i]), self->topology.n_pcpus))
            return key_group_refuse(group, "affinity", error,
                                    "pCPUs from 0 to %u such as 0-2,5",
                                    self->topology.n_pcpus - 1);
    return !text || !mask_is_empty(mask) ||
           key_group_refuse(group, "affinity", error, "at least one pCPU");
}

/* Groups. */

static bool read_dialect(GoldenCase *self, KeyGroup *group, GError **error)
{
    const char *name = key_group_need(group, "scheduler", "a version's name", error);
    g_autoptr(GPtrArray) known = g_ptr_array_new();
    g_autofree char *choice = NULL;

    if (!name)
        return false;
    for (unsigned i = 0; i < G_N_ELEMENTS(dialects); i++) {
        self->dialect = &dialects[i];
        self->scheduler = scheduler_ops_by_name(dialects[i].scheduler, NULL);
        if (self->scheduler && strcmp(dialects[i].name, name) == 0)
            return true;
        if (self->scheduler)
            g_ptr_array_add(known, (char *)dialects[i].name);
    }
    choice = suggest_among(name, known);
    return key_group_refuse(group, "scheduler", error, "one of %s", choice);
}

/* A key that the scheduler does not have stays unknown. */
static bool read_scheduler_key(GoldenCase *self, KeyGroup *group,
                               const SchedulerKey *key, GError **error)
{
    const Option *option = option_find(self->scheduler->options, key->option);
    const char *text = option ? key_group_take(group, key->key) : NULL;
    g_autofree char *with_unit = NULL;

    if (!text)
        return true;
    with_unit = g_strconcat(text, key->unit, NULL);
    return option_parse(option, with_unit, self->scheduler_options) ||
           key_group_refuse(group, key->key, error,
                            "an integer from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT,
                            option->low / key->unit_ns, option->high / key->unit_ns);
}

static bool read_scheduler_options(GoldenCase *self, KeyGroup *group, GError **error)
{
    self->scheduler_options = g_malloc0(self->scheduler->options_size);
    option_set_defaults(self->scheduler->options, self->scheduler_options);
    for (unsigned i = 0; i < G_N_ELEMENTS(scheduler_keys); i++)
        if (!read_scheduler_key(self, group, &scheduler_keys[i], error))
            return false;
    return true;
}

static bool read_host(GoldenCase *self, KeyGroup *group, GError **error)
{
    int64_t n_pcpus, threads, cores;

    if (!read_dialect(self, group, error) ||
        !key_group_need_int(group, "duration_ns", 1, SIM_LATEST_NS, &self->duration_ns,
                            error) ||
        !key_group_need_int(group, "pcpus", 1, PCPUS_MAX, &n_pcpus, error) ||
        !key_group_need_int(group, "threads_per_core", 1, PCPUS_MAX, &threads, error) ||
        !key_group_need_int(group, "cores_per_socket", 1, PCPUS_MAX, &cores, error) ||
        !read_scheduler_options(self, group, error))
        return false;
    self->topology = (Topology){ .n_pcpus = (unsigned)n_pcpus,
                                 .threads_per_core = (unsigned)threads,
                                 .cores_per_socket = (unsigned)cores };
    return key_group_finish(group, error);
}

static CaseDomain *add_domain(GoldenCase *self, const char *name)
{
    CaseDomain *domain;

    g_array_set_size(self->domains, self->domains->len + 1);
    domain = &g_array_index(self->domains, CaseDomain, self->domains->len - 1);
    domain->name = g_strdup(name);
    domain->parent = NO_INDEX;
    domain->params.weight = DEFAULT_WEIGHT;
    return domain;
}

static bool read_params(const GoldenCase *self, KeyGroup *group, SchedParams *params,
                        GError **error)
{
    const unsigned understood = self->scheduler->params;

    if (understood & PARAM_WEIGHT && !case_read_weight_and_cap(group, params, error))
        return false;
    return !(understood & PARAM_PERIOD) || case_read_sedf(group, params, error);
}

static bool read_domain(GoldenCase *self, KeyGroup *group, GError **error)
{
    CaseDomain *domain = add_domain(self, group->group->name);
    int64_t id;

    if (strlen(domain->name) > NAME_MAX_BYTES) {
        ini_group_error(group->group, error, "expected a name of at most %u bytes",
                        NAME_MAX_BYTES);
        return false;
    }
    if (!key_group_need_int(group, "id", 0, DOMAIN_ID_MAX, &id, error) ||
        !read_params(self, group, &domain->params, error))
        return false;
    domain->id = (unsigned)id;
    if (self->dialect->has_sdoms)
        key_group_take(group, "parent"); /* may be a later group: read_parent */
    return key_group_finish(group, error);
}

/* The domain before the last dot, if the number after it is the next of its vCPUs. */
static unsigned domain_of_vcpu(const GoldenCase *self, const char *name)
{
    const char *dot = strrchr(name, '.');
    g_autofree char *domain_name = dot ? g_strndup(name, (size_t)(dot - name)) : NULL;
    const unsigned domain =
        domain_name ? case_find_domain(self, domain_name) : NO_INDEX;
    g_autofree char *next = NULL;
    unsigned n = 0;

    for (unsigned i = 0; i < self->vcpus->len; i++)
        n += case_vcpu(self, i)->domain == domain;
    next = g_strdup_printf("%u", n);
    return dot && strcmp(dot + 1, next) == 0 ? domain : NO_INDEX;
}

static bool read_role(KeyGroup *group, bool *is_server, GError **error)
{
    const char *role = key_group_take(group, "role");

    *is_server = role != NULL;
    return !role || strcmp(role, "server") == 0 ||
           key_group_refuse(group, "role", error, "server");
}

static CaseVcpu *add_vcpu(GoldenCase *self, const char *name, unsigned domain)
{
    CaseVcpu *vcpu;

    g_array_set_size(self->vcpus, self->vcpus->len + 1);
    vcpu = &g_array_index(self->vcpus, CaseVcpu, self->vcpus->len - 1);
    vcpu->name = g_strdup(name);
    vcpu->domain = domain;
    vcpu->script = g_array_new(false, false, sizeof(ScriptItem));
    return vcpu;
}

static bool read_vcpu(GoldenCase *self, KeyGroup *group, GError **error)
{
    const unsigned domain = domain_of_vcpu(self, group->group->name);
    CaseVcpu *vcpu;
    int64_t pcpu;

    if (domain == NO_INDEX) {
        ini_group_error(group->group, error,
                        "expected DOMAIN.N of a domain above, N counting its vCPUs "
                        "from 0");
        return false;
    }
    vcpu = add_vcpu(self, group->group->name, domain);
    if (!key_group_need_int(group, "pcpu", 0, self->topology.n_pcpus - 1, &pcpu,
                            error) ||
        !key_group_need_int(group, "start_ns", 0, SIM_LATEST_NS, &vcpu->start_ns,
                            error) ||
        !case_read_affinity(self, group, &vcpu->affinity, &vcpu->has_affinity, error) ||
        !read_role(group, &vcpu->is_server, error))
        return false;
    vcpu->pcpu = (unsigned)pcpu;
    self->has_servers = self->has_servers || vcpu->is_server;
    return true;
}

static bool is_kind(const KeyGroup *group, const char *kind)
{
    return strcmp(group->group->kind, kind) == 0 && *group->group->name != '\0';
}

static bool read_group(GoldenCase *self, KeyGroup *group, GError **error)
{
    if (is_kind(group, "domain"))
        return read_domain(self, group, error);
    if (is_kind(group, "vcpu"))
        return read_vcpu(self, group, error);
    if (is_kind(group, "event"))
        return true; /* once all domains and vCPUs are known */
    ini_group_error(group->group, error,
                    "is unknown: expected [domain NAME], [vcpu NAME.N] or [event K]");
    return false;
}

/* As domain_attach at time 0: one level only. */
static bool may_attach(const GoldenCase *self, const CaseDomain *domain)
{
    const CaseDomain *sdom = case_domain(self, domain->parent);

    for (unsigned i = 0; i < self->domains->len; i++) {
        const unsigned parent = case_domain(self, i)->parent;

        if (parent != NO_INDEX && case_domain(self, parent) == domain)
            return false;
    }
    return sdom != domain && sdom->parent == NO_INDEX;
}

static bool read_parent(GoldenCase *self, KeyGroup *group, GError **error)
{
    CaseDomain *domain = &g_array_index(self->domains, CaseDomain,
                                        case_find_domain(self, group->group->name));
    const char *parent = key_group_take(group, "parent");

    if (!parent)
        return true;
    domain->parent = case_find_domain(self, parent);
    return (domain->parent != NO_INDEX && may_attach(self, domain)) ||
           key_group_refuse(group, "parent", error,
                            "another domain of this file, neither of them in the "
                            "other role already");
}

static bool read_work(GoldenCase *self, KeyGroup *group, GError **error)
{
    CaseVcpu *vcpu =
        &g_array_index(self->vcpus, CaseVcpu, case_find_vcpu(self, group->group->name));

    return (vcpu->is_server || case_read_script(self, group, vcpu, error)) &&
           key_group_finish(group, error);
}

/* What may name domains and vCPUs of later groups. */
static bool read_references(GoldenCase *self, KeyGroup *group, GError **error)
{
    if (is_kind(group, "vcpu"))
        return read_work(self, group, error);
    if (is_kind(group, "event"))
        return case_read_event(self, group, error);
    return !self->dialect->has_sdoms || read_parent(self, group, error);
}

static bool read_groups(GoldenCase *self, const GPtrArray *groups, GError **error)
{
    for (unsigned i = 1; i < groups->len; i++)
        if (!read_group(self, g_ptr_array_index(groups, i), error))
            return false;
    for (unsigned i = 1; i < groups->len; i++)
        if (!read_references(self, g_ptr_array_index(groups, i), error))
            return false;
    return true;
}

static void free_group(void *group)
{
    key_group_free(group);
}

static bool read_file(GoldenCase *self, const IniFile *file, GError **error)
{
    g_autoptr(GPtrArray) groups = g_ptr_array_new_with_free_func(free_group);

    for (unsigned i = 0; i < file->groups->len; i++)
        g_ptr_array_add(groups, key_group_new(g_ptr_array_index(file->groups, i)));
    if (file->groups->len == 0 ||
        ini_file_find(file, "host") != g_ptr_array_index(file->groups, 0)) {
        g_set_error(error, EXPERIMENT_ERROR, EXPERIMENT_ERROR_INPUT,
                    "%s: expected [host] as the first group", file->path);
        return false;
    }
    return read_host(self, g_ptr_array_index(groups, 0), error) &&
           read_groups(self, groups, error);
}

GoldenCase *golden_case_load(const char *path, GError **error)
{
    g_autoptr(IniFile) file = ini_file_load(path, NULL, error);
    g_autoptr(GoldenCase) self = case_new();

    return file && read_file(self, file, error) ? g_steal_pointer(&self) : NULL;
}
