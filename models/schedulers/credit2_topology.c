/* Which pCPUs share a run queue of credit2 (Xen: "cpu_add_to_runqueue"). */
#include "models/schedulers/credit2.h"

/* A host has one NUMA node. */
static bool is_same_place(Credit2Arrangement arrangement, const Pcpu *pcpu,
                          unsigned peer)
{
    switch (arrangement) {
    case CREDIT2_RUNQUEUE_CPU:
        return false;
    case CREDIT2_RUNQUEUE_CORE:
        return mask_has(&pcpu->siblings, peer);
    case CREDIT2_RUNQUEUE_SOCKET:
        return mask_has(&pcpu->core_map, peer);
    case CREDIT2_RUNQUEUE_NODE:
    case CREDIT2_RUNQUEUE_ALL:
        return true;
    }
    g_assert_not_reached();
}

static unsigned count_cores(const Credit2Runqueue *runqueue)
{
    const Pcpu *pcpus = runqueue->all->host->pcpus;
    unsigned cores = 0;

    for (unsigned i = mask_first(&runqueue->active); i != PCPU_NONE;
         i = mask_next(&runqueue->active, i))
        cores += mask_first(&credit2_of_pcpu(&pcpus[i])->siblings) == i;
    return cores;
}

/* The limit is the host's, not the socket's: one socket too large splits them all. */
static unsigned limit_of(const Credit2Host *all)
{
    const unsigned online = all->host->n_pcpus;
    const unsigned most = (unsigned)all->options->max_pcpus_per_runqueue;

    return online / ((online - 1) / most + 1);
}

/* Room for all threads of another core, present or not. */
static bool has_room(const Credit2Runqueue *runqueue)
{
    const unsigned threads = runqueue->all->host->topology.threads_per_core;
    const unsigned limit = limit_of(runqueue->all);

    return runqueue->n_pcpus < limit &&
           threads * count_cores(runqueue) + threads <= limit;
}

/* That of its core, even if full, or else the smallest with room. */
static Credit2Runqueue *find_runqueue(Credit2Host *all, const Pcpu *pcpu)
{
    const Credit2Arrangement arrangement = (Credit2Arrangement)all->options->runqueue;
    Credit2Runqueue *best = NULL;

    for (unsigned i = 0; i < all->n_runqueues; i++) {
        Credit2Runqueue *runqueue = &all->runqueues[i];

        if (!is_same_place(arrangement, pcpu, runqueue->pick_bias))
            continue;
        if (mask_intersects(&runqueue->active, &pcpu->siblings))
            return runqueue;
        if (has_room(runqueue) && (!best || runqueue->n_pcpus < best->n_pcpus))
            best = runqueue;
    }
    return best;
}

static Credit2Runqueue *new_runqueue(Credit2Host *all, const Pcpu *first)
{
    Credit2Runqueue *runqueue = &all->runqueues[all->n_runqueues++];
    const unsigned n_pcpus = all->host->n_pcpus;

    runqueue->all = all;
    runqueue->max_weight = 1;
    runqueue->pick_bias = first->id;
    ring_init(&runqueue->waiting);
    ring_init(&runqueue->members);
    mask_init(&runqueue->active, n_pcpus);
    mask_init(&runqueue->idle, n_pcpus);
    mask_init(&runqueue->tickled, n_pcpus);
    mask_init(&runqueue->smt_idle, n_pcpus);
    return runqueue;
}

/* Siblings know each other only inside a run queue. */
static void introduce_siblings(const Credit2Runqueue *runqueue, const Pcpu *pcpu)
{
    Credit2Pcpu *state = credit2_of_pcpu(pcpu);
    const Pcpu *pcpus = runqueue->all->host->pcpus;

    mask_init(&state->siblings, runqueue->all->host->n_pcpus);
    mask_and(&state->siblings, &runqueue->active, &pcpu->siblings);
    for (unsigned i = mask_first(&state->siblings); i != PCPU_NONE;
         i = mask_next(&state->siblings, i))
        mask_add(&credit2_of_pcpu(&pcpus[i])->siblings, pcpu->id);
}

void credit2_topology_add(Credit2Host *all, Pcpu *pcpu)
{
    Credit2Runqueue *runqueue = find_runqueue(all, pcpu);

    if (!runqueue)
        runqueue = new_runqueue(all, pcpu);
    runqueue->n_pcpus++;
    mask_add(&runqueue->active, pcpu->id);
    mask_add(&runqueue->idle, pcpu->id);
    mask_add(&runqueue->smt_idle, pcpu->id);
    credit2_of_pcpu(pcpu)->runqueue = runqueue;
    introduce_siblings(runqueue, pcpu);
}
