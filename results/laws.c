#include "results/laws.h"

#include "models/error.h"

#include <inttypes.h>
#include <string.h>

static const DomainRecord *domain_at(const RunRecord *record, unsigned i)
{
    return &g_array_index(record->domains, DomainRecord, i);
}

static int64_t greatest_latency_ns(const RunRecord *record, const char *name)
{
    for (unsigned i = 0; i < record->histograms->len; i++) {
        const HistogramRecord *histogram =
            &g_array_index(record->histograms, HistogramRecord, i);

        if (histogram->quantity == QUANTITY_REQUEST &&
            strcmp(histogram->subject, name) == 0)
            return histogram->values.greatest_ns;
    }
    return 0;
}

/* Each vCPU has one request at most, so one at most began before measuring. */
static int64_t carried_in_ns(const RunRecord *record, const DomainRecord *guest)
{
    return guest->requests == 0
               ? 0
               : guest->n_vcpus * greatest_latency_ns(record, guest->name);
}

static int64_t stages_ns(const DomainRecord *guest, Stage from, Stage to)
{
    int64_t sum_ns = 0;

    for (Stage stage = from; stage <= to; stage++)
        sum_ns += guest->stage_ns[stage];
    return sum_ns;
}

/* law: and the time it is about. */
static bool check_bound(const char *law, const char *name, int64_t value_ns,
                        int64_t bound_ns, GError **error)
{
    if (value_ns <= bound_ns)
        return true;
    g_set_error(error, MODEL_ERROR, MODEL_ERROR_LAW,
                "%s: %s of requests is %" PRId64 " ns, of %" PRId64 " at most", name,
                law, value_ns, bound_ns);
    return false;
}

/* A halted vCPU has no request under way. (From Xen 3.0.4 on it is offline meanwhile;
 * before, it may also run on until the answer comes.) */
static int64_t not_halted_ns(const DomainRecord *guest)
{
    return guest->runstate_ns[RUNSTATE_RUNNING] +
           guest->runstate_ns[RUNSTATE_RUNNABLE] + guest->runstate_ns[RUNSTATE_OFFLINE];
}

static bool check_little(const RunRecord *record, const DomainRecord *guest,
                         GError **error)
{
    return check_bound("Little's law, time at the device model", guest->name,
                       stages_ns(guest, STAGE_WAIT_VCPU, STAGE_REPLY),
                       not_halted_ns(guest) + carried_in_ns(record, guest), error);
}

/* What the domain serves for others. */
typedef struct {
    int64_t service_ns, carried_in_ns;
} Served;

static int64_t service_ns(const DomainRecord *guest)
{
    return guest->stage_ns[STAGE_SERVICE] + guest->stage_ns[STAGE_REPLY];
}

static const DomainRecord *find_dom0(const RunRecord *record)
{
    for (unsigned i = 0; i < record->domains->len; i++)
        if (domain_at(record, i)->role == ROLE_DOM0)
            return domain_at(record, i);
    return NULL;
}

/* The stub domain of that guest, or dom0. */
static const DomainRecord *server_of(const RunRecord *record, unsigned guest)
{
    for (unsigned i = 0; i < record->domains->len; i++) {
        const DomainRecord *domain = domain_at(record, i);

        if (domain->role == ROLE_STUB && domain->owner == (int)guest)
            return domain;
    }
    return find_dom0(record);
}

static bool check_utilisation(const RunRecord *record, const DomainRecord *server,
                              GError **error)
{
    Served served = { 0 };

    for (unsigned i = 0; i < record->domains->len; i++) {
        const DomainRecord *guest = domain_at(record, i);

        if (guest->requests == 0 || server_of(record, i) != server)
            continue;
        served.service_ns += service_ns(guest);
        served.carried_in_ns += carried_in_ns(record, guest);
    }
    return check_bound("the utilisation law, service", server->name, served.service_ns,
                       server->ran_ns + server->overhead_ns + served.carried_in_ns,
                       error);
}

static bool check_flow(const RunRecord *record, unsigned guest, GError **error)
{
    const DomainRecord *domain = domain_at(record, guest);
    uint64_t asked = 0;

    for (unsigned i = 0; i < record->devices->len; i++) {
        const DeviceRecord *device = &g_array_index(record->devices, DeviceRecord, i);

        if (device->domain == guest)
            asked += device->requests;
    }
    if (asked == domain->requests)
        return true;
    g_set_error(error, MODEL_ERROR, MODEL_ERROR_LAW,
                "%s: flow balance: its devices have answered %" PRIu64
                " requests of %" PRIu64,
                domain->name, asked, domain->requests);
    return false;
}

static uint64_t sum_exits(const DomainRecord *domain)
{
    uint64_t sum = 0;

    for (unsigned i = 0; i < EXIT_CLASSES; i++)
        sum += domain->counts[COUNT_EXITS + i];
    return sum;
}

/* How many vCPUs may be under way at the beginning, at the end or when a life ends. */
static uint64_t under_way(const DomainRecord *domain)
{
    return domain->n_vcpus * (1 + domain->destructions);
}

static bool check_counts(const char *law, const DomainRecord *domain, uint64_t ins,
                         uint64_t outs, uint64_t tolerance, GError **error)
{
    if (MAX(ins, outs) - MIN(ins, outs) <= tolerance)
        return true;
    g_set_error(error, MODEL_ERROR, MODEL_ERROR_LAW,
                "%s: %s: %" PRIu64 " and %" PRIu64 " differ by more than %" PRIu64,
                domain->name, law, ins, outs, tolerance);
    return false;
}

static bool check_exits(const DomainRecord *domain, GError **error)
{
    const uint64_t *counts = domain->counts;

    return check_counts("exits and entries", domain, sum_exits(domain),
                        counts[COUNT_ENTRIES], under_way(domain), error) &&
           check_counts("exits for devices and what became of them", domain,
                        counts[COUNT_EXITS + EXIT_IO_INSTRUCTION] +
                            counts[COUNT_EXITS + EXIT_DEVICE_MEMORY],
                        counts[COUNT_SERVED_IN_XEN] + counts[COUNT_POSTED] +
                            counts[COUNT_SENT_REQUESTS],
                        0, error) &&
           check_counts("requests sent and answered", domain,
                        counts[COUNT_SENT_REQUESTS], domain->requests,
                        under_way(domain), error);
}

bool run_record_check_laws(const RunRecord *record, GError **error)
{
    for (unsigned i = 0; i < record->domains->len; i++) {
        const DomainRecord *domain = domain_at(record, i);

        if (!check_little(record, domain, error) || !check_flow(record, i, error) ||
            !check_exits(domain, error))
            return false;
        if ((domain->role == ROLE_DOM0 || domain->role == ROLE_STUB) &&
            !check_utilisation(record, domain, error))
            return false;
    }
    return true;
}
