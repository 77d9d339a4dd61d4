#include "results/laws.h"

#include "models/error.h"

#include <inttypes.h>

static const DomainRecord *domain_at(const RunRecord *record, unsigned i)
{
    return &g_array_index(record->domains, DomainRecord, i);
}

/* What the laws ask of a record, found in one pass over it. */
typedef struct {
    int64_t greatest_latency_ns; /* of the guest's requests */
    unsigned server;             /* whose domain serves the guest */
    int64_t served_ns;           /* by this domain, for whomever */
    int64_t carried_in_ns;       /* of that, at most, from before measuring */
} Account;

static void note_latencies(const RunRecord *record, Account *accounts)
{
    g_autoptr(GHashTable) by_name = g_hash_table_new(g_str_hash, g_str_equal);

    for (unsigned i = 0; i < record->domains->len; i++)
        g_hash_table_insert(by_name, domain_at(record, i)->name, &accounts[i]);
    for (unsigned i = 0; i < record->histograms->len; i++) {
        const HistogramRecord *histogram =
            &g_array_index(record->histograms, HistogramRecord, i);
        Account *guest = g_hash_table_lookup(by_name, histogram->subject);

        if (histogram->quantity == QUANTITY_REQUEST)
            guest->greatest_latency_ns = histogram->values.greatest_ns;
    }
}

/* Its stub domain, or dom0. */
static void note_servers(const RunRecord *record, Account *accounts)
{
    unsigned dom0 = 0;

    for (unsigned i = 0; i < record->domains->len; i++)
        if (domain_at(record, i)->role == ROLE_DOM0)
            dom0 = i;
    for (unsigned i = 0; i < record->domains->len; i++)
        accounts[i].server = dom0;
    for (unsigned i = 0; i < record->domains->len; i++)
        if (domain_at(record, i)->role == ROLE_STUB)
            accounts[domain_at(record, i)->owner].server = i;
}

/* Each vCPU has one request at most, so one at most began before measuring. */
static int64_t carried_in_ns(const DomainRecord *guest, const Account *account)
{
    return guest->requests == 0 ? 0 : guest->n_vcpus * account->greatest_latency_ns;
}

static void note_service(const RunRecord *record, Account *accounts)
{
    for (unsigned i = 0; i < record->domains->len; i++) {
        const DomainRecord *guest = domain_at(record, i);
        Account *server = &accounts[accounts[i].server];

        server->served_ns +=
            guest->stage_ns[STAGE_SERVICE] + guest->stage_ns[STAGE_REPLY];
        server->carried_in_ns += carried_in_ns(guest, &accounts[i]);
    }
}

static Account *accounts_new(const RunRecord *record)
{
    Account *accounts = g_new0(Account, record->domains->len);

    note_latencies(record, accounts);
    note_servers(record, accounts);
    note_service(record, accounts);
    return accounts;
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

static bool check_little(const DomainRecord *guest, const Account *account,
                         GError **error)
{
    return check_bound("Little's law, time at the device model", guest->name,
                       stages_ns(guest, STAGE_WAIT_VCPU, STAGE_REPLY),
                       not_halted_ns(guest) + carried_in_ns(guest, account), error);
}

static bool check_utilisation(const DomainRecord *server, const Account *account,
                              GError **error)
{
    return check_bound("the utilisation law, service", server->name, account->served_ns,
                       server->ran_ns + server->overhead_ns + account->carried_in_ns,
                       error);
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
           check_counts("flow balance, requests sent and answered", domain,
                        counts[COUNT_SENT_REQUESTS], domain->requests,
                        under_way(domain), error);
}

bool run_record_check_laws(const RunRecord *record, GError **error)
{
    g_autofree Account *accounts = accounts_new(record);

    for (unsigned i = 0; i < record->domains->len; i++) {
        const DomainRecord *domain = domain_at(record, i);

        if (!check_little(domain, &accounts[i], error) || !check_exits(domain, error) ||
            !check_utilisation(domain, &accounts[i], error))
            return false;
    }
    return true;
}
