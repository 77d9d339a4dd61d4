#include "models/error.h"
#include "models/machine/machine_internal.h"

#include <inttypes.h>

static bool check_runstates(const Vcpu *vcpu, int64_t now_ns, GError **error)
{
    int64_t sum_ns = 0;

    for (unsigned i = 0; i < RUNSTATES; i++)
        sum_ns += runstate_total_ns(&vcpu->runstate, (RunstateName)i, now_ns);
    if (sum_ns == now_ns)
        return true;
    g_set_error(error, MODEL_ERROR, MODEL_ERROR_LAW,
                "run states of %s.%u add up to %" PRId64 " ns of %" PRId64,
                vcpu->domain->name, vcpu->id, sum_ns, now_ns);
    return false;
}

/* The run states and the books are kept apart, so their agreement says something. */
static bool check_domain(const Domain *domain, int64_t now_ns, GError **error)
{
    int64_t running_ns = 0;

    for (unsigned i = 0; i < domain->vcpus->len; i++) {
        const Vcpu *vcpu = g_ptr_array_index(domain->vcpus, i);

        if (!check_runstates(vcpu, now_ns, error))
            return false;
        running_ns += runstate_total_ns(&vcpu->runstate, RUNSTATE_RUNNING, now_ns);
    }
    if (running_ns == domain->ran_ns + domain->overhead_ns)
        return true;
    g_set_error(error, MODEL_ERROR, MODEL_ERROR_LAW,
                "%s was running for %" PRId64 " ns, but %" PRId64
                " ns are in the books",
                domain->name, running_ns, domain->ran_ns + domain->overhead_ns);
    return false;
}

static bool check_sum(const char *what, int64_t sum_ns, int64_t expected_ns,
                      GError **error)
{
    if (sum_ns == expected_ns)
        return true;
    g_set_error(error, MODEL_ERROR, MODEL_ERROR_LAW,
                "%s time adds up to %" PRId64 " ns of %" PRId64, what, sum_ns,
                expected_ns);
    return false;
}

bool machine_check(const Machine *machine, GError **error)
{
    Host *host = machine->host;
    const int64_t now_ns = host_now_ns(host);
    const int64_t total_ns = now_ns * host->n_pcpus;
    int64_t booked_ns, attributed_ns;

    host_book_time(host);
    booked_ns = host->overhead_ns + host->idle_ns;
    attributed_ns = host->attributed_host_ns + host->idle_ns;
    for (unsigned i = 0; i < host->domains->len; i++) {
        const Domain *domain = g_ptr_array_index(host->domains, i);

        if (!check_domain(domain, now_ns, error))
            return false;
        booked_ns += domain->booked_ns;
        attributed_ns += domain->attributed_ns;
    }
    return check_sum("booked", booked_ns, total_ns, error) &&
           check_sum("attributed", attributed_ns, total_ns, error);
}
