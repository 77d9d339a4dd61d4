#include "models/host/host_paces.h"

#include "models/host/vcpu.h"

static bool has_caches(const Host *host)
{
    return host->cache_params.clock_hz > 0;
}

void host_init_paces(Host *host, const HostParams *params)
{
    host->smt_speed_percent =
        params->smt_speed_percent > 0 ? params->smt_speed_percent : PACE_FULL_PERCENT;
    host->cache_params = params->caches;
    host->is_paced = host->smt_speed_percent < PACE_FULL_PERCENT || has_caches(host);
    host->caches = g_new0(Cache, 2 * host->n_pcpus); /* cores and sockets, at most */
}

void pcpu_init_caches(Pcpu *pcpu)
{
    const Host *host = pcpu->host;
    const unsigned threads = host->topology.threads_per_core;
    const unsigned socket = threads * host->topology.cores_per_socket;

    pcpu->caches[CACHE_PRIVATE] = &host->caches[pcpu->id / threads];
    pcpu->caches[CACHE_SHARED] = &host->caches[host->n_pcpus + pcpu->id / socket];
}

static unsigned first_thread(const Pcpu *pcpu)
{
    const unsigned n_threads = pcpu->host->topology.threads_per_core;

    return pcpu->id / n_threads * n_threads;
}

/* By what the pCPUs have been told to run, as of now. */
static int64_t speed_percent(const Pcpu *pcpu)
{
    const Host *host = pcpu->host;
    const unsigned first = first_thread(pcpu);

    for (unsigned i = first; i < first + host->topology.threads_per_core; i++)
        if (i != pcpu->id && !host->pcpus[i].current->is_idle)
            return host->smt_speed_percent;
    return PACE_FULL_PERCENT;
}

static void pace_siblings(const Pcpu *pcpu, int64_t now_ns)
{
    const Host *host = pcpu->host;
    const unsigned first = first_thread(pcpu);

    for (unsigned i = first; i < first + host->topology.threads_per_core; i++) {
        const Pcpu *sibling = &host->pcpus[i];

        if (i != pcpu->id && !sibling->current->is_idle)
            vcpu_set_speed(sibling->current, speed_percent(sibling), now_ns);
    }
}

static void change_footprints(const Pcpu *pcpu, Vcpu *prev, Vcpu *next)
{
    if (!prev->is_idle)
        footprint_leave(prev->footprint, pcpu->caches, (prev->pace.cold_ns + 1) / 2);
    if (next->is_idle)
        return;
    next->footprint->working_set_bytes = next->domain->working_set_bytes;
    next->pace.cold_ns =
        2 * footprint_load(next->footprint, &pcpu->host->cache_params, pcpu->caches);
}

void host_change_paces(Pcpu *pcpu, Vcpu *prev, Vcpu *next, int64_t now_ns)
{
    if (has_caches(pcpu->host))
        change_footprints(pcpu, prev, next);
    next->pace.speed_percent = speed_percent(pcpu);
    if (prev->is_idle != next->is_idle)
        pace_siblings(pcpu, now_ns);
}
