#include "models/schedulers/credit_4_17.h"

/* A candidate for a vCPU, and what the choice is made from. */
typedef struct {
    const Host *host;
    PcpuMask idlers, left; /* idle pCPUs, and those of them not yet looked at */
    unsigned cpu;          /* the best so far */
    Pcpu *near;            /* near which it was found; NULL: it is the first */
    bool has_smt_power_savings;
} Choice;

/* Whether there is better than here: more idle threads in a core of this socket, or
 * more than twice as many in another socket. */
static bool is_better(const Choice *choice, unsigned n_here, unsigned n_there,
                      bool is_same_socket)
{
    if (choice->has_smt_power_savings)
        return n_here > n_there;
    return n_here * (is_same_socket ? 1 : 2) < n_there;
}

static void compare_next(Choice *choice)
{
    const unsigned next = mask_cycle(&choice->left, choice->cpu);
    const Pcpu *here = &choice->host->pcpus[choice->cpu];
    Pcpu *there = &choice->host->pcpus[next];
    const bool is_same_socket = mask_has(&there->core_map, choice->cpu);
    PcpuMask idle_here, idle_there;

    mask_and(&idle_here, &choice->idlers,
             is_same_socket ? &here->siblings : &here->core_map);
    mask_and(&idle_there, &choice->idlers,
             is_same_socket ? &there->siblings : &there->core_map);
    if (!is_better(choice, mask_count(&idle_here), mask_count(&idle_there),
                   is_same_socket)) {
        mask_without(&choice->left, &choice->left, &idle_there);
        return;
    }
    mask_and(&idle_there, &idle_there, &choice->left);
    choice->cpu = mask_cycle(&idle_there, of_pcpu(there)->idle_bias);
    choice->near = there;
    mask_without(&choice->left, &choice->left,
                 &choice->host->pcpus[choice->cpu].siblings);
}

static bool is_queue_idle(const TimedPcpu *pcpu)
{
    const RingNode *queue = &pcpu->common.queue;

    return ring_is_empty(queue) ||
           credit_of_queued(queue->next)->priority == PRIORITY_IDLE;
}

/* The best pCPU of one affinity step; false if it is not idle. */
static bool choose(Choice *choice, const TimedHost *all, const Vcpu *vcpu,
                   AffinityStep step)
{
    const unsigned own = vcpu->pcpu->id;

    mask_allowed(&choice->left, &choice->host->online, vcpu, step);
    choice->cpu = mask_has(&choice->left, own) ? own : mask_cycle(&choice->left, own);
    mask_copy(&choice->idlers, &all->idlers);
    if (choice->cpu == own && is_queue_idle(of_pcpu(vcpu->pcpu)))
        mask_add(&choice->idlers, own);
    mask_and(&choice->left, &choice->left, &choice->idlers);
    if (!mask_has(&choice->left, choice->cpu) && !mask_is_empty(&choice->left))
        choice->cpu = mask_cycle(&choice->left, choice->cpu);
    mask_remove(&choice->left, choice->cpu);
    while (!mask_is_empty(&choice->left))
        compare_next(choice);
    return mask_has(&choice->idlers, choice->cpu);
}

Pcpu *credit_4_17_choose(Scheduler *self, Vcpu *vcpu, bool is_committed)
{
    const TimedOptions *opt = options_of(self);
    AffinityStep step = first_step(of_vcpu(vcpu));
    Choice choice = { .host = self->host,
                      .has_smt_power_savings = opt->has_smt_power_savings };

    while (!choose(&choice, of_host(self), vcpu, step) && ++step < STEPS)
        ;
    if (is_committed && choice.near)
        of_pcpu(choice.near)->idle_bias = choice.cpu;
    return &self->host->pcpus[choice.cpu];
}
