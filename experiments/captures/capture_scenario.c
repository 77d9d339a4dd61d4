#include "experiments/captures/capture_scenario.h"

#include "experiments/input/ini.h"
#include "models/error.h"

#include <string.h>

#define STUB_WEIGHT 256

/* Captures write their numbers plainly; the key names the unit. */
typedef struct {
    CaptureScenario *scenario;
    char *trace_mask, *rdtsc_trapped, *xen;
    int placement; /* what a guest has follows from the stub domains */
} HostFields;

typedef struct {
    CaptureDomain domain;
    char *paused, *port;
} DomainFields;

static const char *const schedulers[] = { "credit", NULL };
static const char *const placements[] = { "dom0", "stub", "mixed", NULL };
static const char *const kinds[] = { "dom0", "pv", "hvm", "stub", NULL };
static const char *const workloads[] = { "none",     "hog",  "periodic", "pio",
                                         "piolight", "disk", NULL };

#define HOST_INTEGER(field, key, low, high)                                            \
    OPTION_INTEGER_FIELD(CaptureScenario, field, key, "0", low, high, key)

static const Option host_keys[] = {
    HOST_INTEGER(n_pcpus, "pcpus", 0, 1024),
    HOST_INTEGER(tslice_ms, "tslice_ms", 0, 1000),
    HOST_INTEGER(ratelimit_us, "ratelimit_us", 0, 500000),
    HOST_INTEGER(migration_delay_us, "migration_delay_us", 0, 100000),
    HOST_INTEGER(duration_s, "duration_s", 0, 3600),
    OPTION_CHOICE_FIELD(CaptureScenario, scheduler, "scheduler", "credit", schedulers,
                        "scheduler"),
    { 0 },
};

static const Option other_host_keys[] = {
    OPTION_TEXT_FIELD(HostFields, trace_mask, "trace_mask", "all", "event mask"),
    OPTION_TEXT_FIELD(HostFields, rdtsc_trapped, "rdtsc_trapped", "false", "RDTSC"),
    OPTION_TEXT_FIELD(HostFields, xen, "xen", "4.17", "release"),
    OPTION_CHOICE_FIELD(HostFields, placement, "placement", "dom0", placements,
                        "placement"),
    { 0 },
};

#define DOMAIN_INTEGER(field, key, default_, high)                                     \
    OPTION_INTEGER_FIELD(DomainFields, domain.field, key, default_, 0, high, key)

static const Option domain_keys[] = {
    DOMAIN_INTEGER(id, "id", "0", 0x7ffe),
    DOMAIN_INTEGER(vcpus, "vcpus", "1", 128),
    DOMAIN_INTEGER(weight, "weight", "256", 65535),
    DOMAIN_INTEGER(cap_percent, "cap", "0", 102400),
    DOMAIN_INTEGER(reads, "reads", "0", 1000000),
    DOMAIN_INTEGER(spin_instructions, "spin_instructions", "0", INT64_C(1) << 40),
    DOMAIN_INTEGER(timer_hz, "timer_hz", "0", 100000),
    DOMAIN_INTEGER(run_us, "run_us", "0", INT64_C(1) << 40),
    DOMAIN_INTEGER(sleep_us, "sleep_us", "0", INT64_C(1) << 40),
    DOMAIN_INTEGER(sectors, "sectors", "0", 256),
    OPTION_CHOICE_FIELD(DomainFields, domain.kind, "kind", "pv", kinds, "kind"),
    OPTION_CHOICE_FIELD(DomainFields, domain.workload, "workload", "none", workloads,
                        "workload"),
    OPTION_TEXT_FIELD(DomainFields, domain.serves, "serves", "", "the stub's guest"),
    OPTION_TEXT_FIELD(DomainFields, paused, "paused", "false", "paused throughout"),
    OPTION_TEXT_FIELD(DomainFields, port, "port", "0", "the port read"),
    { 0 },
};

static bool read_host(const IniFile *file, CaptureScenario *scenario, GError **error)
{
    HostFields fields = { .scenario = scenario };
    const IniBinding bindings[] = { { host_keys, scenario },
                                    { other_host_keys, &fields } };
    const IniGroup *group = ini_file_find(file, "host");
    bool is_read;

    if (!group) {
        g_set_error(error, MODEL_ERROR, MODEL_ERROR_VALUE,
                    "%s: expected a group [host] that describes the capture",
                    file->path);
        return false;
    }
    is_read = ini_group_read(group, bindings, G_N_ELEMENTS(bindings), error);
    if (is_read && (scenario->n_pcpus == 0 || scenario->duration_s == 0)) {
        ini_group_error(group, error, "expected pcpus and duration_s above 0");
        is_read = false;
    }
    scenario->traces_everything = g_strcmp0(fields.trace_mask, "all") == 0;
    scenario->is_rdtsc_trapped = g_strcmp0(fields.rdtsc_trapped, "true") == 0;
    option_clear(other_host_keys, &fields);
    return is_read;
}

static void free_domain(void *data)
{
    CaptureDomain *domain = data;

    g_free(domain->name);
    g_free(domain->serves);
    g_free(domain);
}

static bool read_domain(const IniGroup *group, CaptureScenario *scenario,
                        GError **error)
{
    DomainFields fields = { 0 };
    const IniBinding binding = { domain_keys, &fields };
    const bool is_read = ini_group_read(group, &binding, 1, error);

    if (is_read) {
        CaptureDomain *domain = g_new(CaptureDomain, 1);

        *domain = fields.domain;
        domain->name = g_strdup(group->name);
        domain->is_paused = g_strcmp0(fields.paused, "true") == 0;
        domain->port = (int64_t)g_ascii_strtoull(fields.port, NULL, 0);
        g_ptr_array_add(scenario->domains, domain);
        fields.domain.serves = NULL;
    }
    option_clear(domain_keys, &fields);
    return is_read;
}

CaptureScenario *capture_scenario_load(const char *path, GError **error)
{
    g_autoptr(IniFile) file = ini_file_load(path, NULL, error);
    g_autoptr(CaptureScenario) scenario = g_new0(CaptureScenario, 1);

    scenario->domains = g_ptr_array_new_with_free_func(free_domain);
    if (!file || !read_host(file, scenario, error))
        return NULL;
    for (unsigned i = 0; i < file->groups->len; i++) {
        const IniGroup *group = g_ptr_array_index(file->groups, i);

        if (strcmp(group->kind, "domain") == 0 && !read_domain(group, scenario, error))
            return NULL;
    }
    return g_steal_pointer(&scenario);
}

void capture_scenario_free(CaptureScenario *scenario)
{
    if (!scenario)
        return;
    g_ptr_array_unref(scenario->domains);
    g_free(scenario);
}

bool capture_scenario_has_stubs(const CaptureScenario *scenario)
{
    for (unsigned i = 0; i < scenario->domains->len; i++) {
        const CaptureDomain *domain = g_ptr_array_index(scenario->domains, i);

        if (domain->kind == CAPTURE_STUB && !domain->is_paused)
            return true;
    }
    return false;
}

const CaptureDomain *capture_scenario_stub_of(const CaptureScenario *scenario,
                                              const char *guest)
{
    for (unsigned i = 0; i < scenario->domains->len; i++) {
        const CaptureDomain *domain = g_ptr_array_index(scenario->domains, i);

        if (domain->kind == CAPTURE_STUB && g_strcmp0(domain->serves, guest) == 0)
            return domain;
    }
    return NULL;
}

static CaptureDomain *nth_domain(const CaptureScenario *scenario, unsigned i)
{
    return g_ptr_array_index(scenario->domains, i);
}

static int64_t free_id(const CaptureScenario *scenario)
{
    int64_t id = 0;

    for (unsigned i = 0; i < scenario->domains->len; i++)
        id = MAX(id, nth_domain(scenario, i)->id);
    return id + 1;
}

static CaptureDomain *new_stub(const CaptureScenario *scenario,
                               const CaptureDomain *guest)
{
    CaptureDomain *stub = g_new0(CaptureDomain, 1);

    stub->name = g_strdup_printf("%s-dm", guest->name);
    stub->id = free_id(scenario);
    stub->vcpus = 1;
    stub->weight = STUB_WEIGHT;
    stub->kind = CAPTURE_STUB;
    stub->serves = g_strdup(guest->name);
    stub->is_paused = guest->is_paused;
    return stub;
}

bool capture_scenario_add_stubs(CaptureScenario *scenario)
{
    const unsigned n = scenario->domains->len;

    for (unsigned i = 0; i < n; i++) {
        const CaptureDomain *guest = nth_domain(scenario, i);

        if (guest->kind == CAPTURE_HVM &&
            !capture_scenario_stub_of(scenario, guest->name))
            g_ptr_array_add(scenario->domains, new_stub(scenario, guest));
    }
    return scenario->domains->len > n;
}

bool capture_scenario_drop_stubs(CaptureScenario *scenario)
{
    const unsigned n = scenario->domains->len;

    for (unsigned i = n; i > 0; i--)
        if (nth_domain(scenario, i - 1)->kind == CAPTURE_STUB)
            g_ptr_array_remove_index(scenario->domains, i - 1);
    return scenario->domains->len < n;
}
