#include "models/host/host.h"

#include "models/host/context.h"
#include "models/host/host_paces.h"
#include "models/host/interrupt.h"
#include "models/host/vcpu.h"

#define IDLE_DOMAIN_ID   0x7fff
#define CACHE_LINE_BYTES 64
#define NEVER_YET_NS     (-1)

/* Softirqs. */

void host_raise_schedule(Host *host, Pcpu *pcpu)
{
    if (mask_has(&host->schedule_pending, pcpu->id))
        return;
    if (pcpu != host->this_pcpu)
        pcpu_owe_kick(pcpu);
    mask_add(&host->schedule_pending, pcpu->id);
    host->n_schedule_pending++;
}

void host_enter(Host *host, Pcpu *pcpu)
{
    host->this_pcpu = pcpu;
}

Pcpu *host_this_pcpu(const Host *host)
{
    return host->this_pcpu;
}

/* pass_ns: of schedule() itself. Overhead that falls due in idleness delays nobody. */
static int64_t take_overhead_ns(Pcpu *pcpu, const Vcpu *next, int64_t pass_ns)
{
    const SwitchCosts *costs = &pcpu->host->costs;
    int64_t overhead_ns = pcpu->overhead_ns + pass_ns;

    pcpu->overhead_ns = 0;
    if (next->is_idle)
        return 0;
    /* Lazy switch: going idle loads nothing, so coming back costs nothing. */
    if (pcpu->loaded != next)
        overhead_ns += costs->switch_ns + costs->refill_ns;
    pcpu->loaded = next;
    return overhead_ns;
}

static RunstateName runstate_after(const Vcpu *vcpu)
{
    if (vcpu->pause_flags & PAUSE_BLOCKED)
        return RUNSTATE_BLOCKED;
    return vcpu_is_runnable(vcpu) ? RUNSTATE_RUNNABLE : RUNSTATE_OFFLINE;
}

static void announce_switch(const Pcpu *pcpu, const Vcpu *prev, const Vcpu *next)
{
    const Host *host = pcpu->host;

    for (unsigned i = 0; i < host->n_probes; i++)
        if (host->probes[i].switched)
            host->probes[i].switched(host->probes[i].listener, host_now_ns(host), pcpu,
                                     prev, next);
}

static void announce_continue(const Pcpu *pcpu, const Vcpu *vcpu)
{
    const Host *host = pcpu->host;

    for (unsigned i = 0; i < host->n_probes; i++)
        if (host->probes[i].continued)
            host->probes[i].continued(host->probes[i].listener, host_now_ns(host), pcpu,
                                      vcpu);
}

static void continue_running(Pcpu *pcpu, Vcpu *vcpu, int64_t now_ns)
{
    const int64_t overhead_ns =
        take_overhead_ns(pcpu, vcpu, pcpu->host->costs.continue_ns);

    announce_continue(pcpu, vcpu);
    if (!vcpu->is_idle && overhead_ns > 0)
        vcpu_delay_run(vcpu, overhead_ns, now_ns);
}

/* A decision of credit2 may ask the very vCPU it has chosen to migrate: that one runs
 * until the next decision all the same. The schedulers of 3.1 run whom they find
 * queued: while a domain is being paused, vCPU by vCPU, that may be one whose turn to
 * sleep is still to come. */
static bool may_run(const Vcpu *vcpu)
{
    if (vcpu->domain->host->scheduler.ops->core == XEN_CORE_3_1)
        return true;
    return (vcpu->pause_flags & ~(unsigned)PAUSE_MIGRATING) == 0 &&
           vcpu->pause_count == 0 && vcpu->domain->pause_count == 0;
}

static void context_switch(Pcpu *pcpu, Vcpu *prev, Vcpu *next, int64_t now_ns)
{
    Host *host = pcpu->host;
    Scheduler *scheduler = &host->scheduler;

    g_assert(!next->is_running && next->pcpu == pcpu && may_run(next));
    host->switches++;
    announce_switch(pcpu, prev, next);
    vcpu_suspend_run(prev, now_ns);
    vcpu_enter_runstate(prev, prev->is_idle ? RUNSTATE_RUNNABLE : runstate_after(prev),
                        now_ns);
    vcpu_enter_runstate(next, RUNSTATE_RUNNING, now_ns);
    prev->is_running = false;
    if (host->is_paced)
        host_change_paces(pcpu, prev, next, now_ns);
    next->last_ran_on = pcpu->id;
    if (prev->context_ops && prev->context_ops->descheduled)
        prev->context_ops->descheduled(prev, now_ns);
    if (next->context_ops && next->context_ops->dispatched)
        next->context_ops->dispatched(next, now_ns);
    next->is_running = true;
    vcpu_resume_run(
        next,
        take_overhead_ns(pcpu, next,
                         host->costs.schedule_ns + pcpu_interrupts_ns(pcpu, now_ns)),
        now_ns);
    if (scheduler->ops->context_saved)
        scheduler->ops->context_saved(scheduler, prev, now_ns);
    vcpu_migrate(prev);
}

/* Xen 3.1, schedule(); golden world, section 4. */
static void decide(Pcpu *pcpu)
{
    Host *host = pcpu->host;
    Scheduler *scheduler = &host->scheduler;
    const int64_t now_ns = host_now_ns(host);
    Vcpu *prev = pcpu->current;
    SchedDecision decision;

    host_enter(host, pcpu);
    host->decisions++;
    decision = scheduler->ops->schedule(scheduler, pcpu, now_ns);
    pcpu->current = decision.next;
    if (decision.slice_ns >= 0)
        sim_arm(host->sim, &pcpu->slice_timer, now_ns + decision.slice_ns);
    else
        sim_disarm(host->sim, &pcpu->slice_timer);
    if (prev == decision.next)
        continue_running(pcpu, prev, now_ns);
    else
        context_switch(pcpu, prev, decision.next, now_ns);
}

void host_handle_softirqs(Host *host)
{
    while (host->n_schedule_pending > 0) {
        const unsigned id = mask_first(&host->schedule_pending);

        mask_remove(&host->schedule_pending, id);
        host->n_schedule_pending--;
        decide(&host->pcpus[id]);
    }
}

/* Timers. */

static void on_slice(void *owner, int64_t now_ns)
{
    Pcpu *pcpu = owner;

    host_enter(pcpu->host, pcpu);
    pcpu_timer_interrupt(pcpu, now_ns);
    host_raise_schedule(pcpu->host, pcpu);
}

static void on_tick(void *owner, int64_t now_ns)
{
    Pcpu *pcpu = owner;
    Scheduler *scheduler = &pcpu->host->scheduler;

    host_enter(pcpu->host, pcpu);
    pcpu_timer_interrupt(pcpu, now_ns);
    scheduler->ops->tick(scheduler, pcpu, now_ns);
}

static void on_accounting(void *owner, int64_t now_ns)
{
    Host *host = owner;

    host_enter(host, &host->pcpus[0]);
    pcpu_timer_interrupt(&host->pcpus[0], now_ns);
    host->scheduler.ops->account(&host->scheduler, now_ns);
}

static void on_budget(void *owner, int64_t now_ns)
{
    Domain *domain = owner;
    Host *host = domain->host;

    host_enter(host, &host->pcpus[0]);
    pcpu_timer_interrupt(&host->pcpus[0], now_ns);
    host->scheduler.ops->budget(&host->scheduler, domain, now_ns);
}

void host_shorten_slice(Host *host, Pcpu *pcpu, int64_t at_ns)
{
    if (at_ns < sim_due_ns(host->sim, &pcpu->slice_timer))
        sim_arm(host->sim, &pcpu->slice_timer, at_ns);
}

void host_arm_tick(Host *host, Pcpu *pcpu, int64_t at_ns)
{
    pcpu->skipped_tick_gap_ns = 0;
    sim_arm(host->sim, &pcpu->tick_timer, at_ns);
}

void host_skip_ticks(Host *host, Pcpu *pcpu, int64_t first_ns, int64_t gap_ns)
{
    if (host->keeps_idle_ticks) {
        host_arm_tick(host, pcpu, first_ns);
        return;
    }
    host_stop_tick(host, pcpu);
    pcpu->skipped_tick_ns = first_ns;
    pcpu->skipped_tick_gap_ns = gap_ns;
}

/* A tick of this very instant still comes if its turn among the timers does. */
void host_resume_ticks(Host *host, Pcpu *pcpu)
{
    const int64_t gap_ns = pcpu->skipped_tick_gap_ns;
    int64_t next_ns = pcpu->skipped_tick_ns;
    int64_t now_ns;

    if (gap_ns == 0)
        return;
    now_ns = host_now_ns(host);
    if (next_ns < now_ns)
        next_ns += (now_ns - next_ns) / gap_ns * gap_ns;
    if (sim_has_passed(host->sim, &pcpu->tick_timer, next_ns))
        next_ns += gap_ns;
    host_arm_tick(host, pcpu, next_ns);
}

void host_stop_tick(Host *host, Pcpu *pcpu)
{
    pcpu->skipped_tick_gap_ns = 0;
    sim_disarm(host->sim, &pcpu->tick_timer);
}

void host_arm_accounting(Host *host, int64_t at_ns)
{
    sim_arm(host->sim, &host->accounting_timer, at_ns);
}

void host_stop_accounting(Host *host)
{
    sim_disarm(host->sim, &host->accounting_timer);
}

void host_arm_budget(Host *host, Domain *domain, int64_t at_ns)
{
    sim_arm(host->sim, &domain->budget_timer, at_ns);
}

void host_stop_budget(Host *host, Domain *domain)
{
    sim_disarm(host->sim, &domain->budget_timer);
}

/* What a scheduler asks for. */

void host_pause_vcpu(Host *host G_GNUC_UNUSED, Vcpu *vcpu)
{
    vcpu->pause_count++;
    vcpu_sleep(vcpu);
}

void host_unpause_vcpu(Host *host G_GNUC_UNUSED, Vcpu *vcpu)
{
    g_assert(vcpu->pause_count > 0);
    if (--vcpu->pause_count == 0)
        vcpu_wake(vcpu);
}

void host_request_migration(Host *host G_GNUC_UNUSED, Vcpu *vcpu)
{
    vcpu->pause_flags |= PAUSE_MIGRATING;
}

void host_announce_accounting(Host *host)
{
    for (unsigned i = 0; i < host->n_probes; i++)
        if (host->probes[i].accounted)
            host->probes[i].accounted(host->probes[i].listener, host_now_ns(host));
}

/* Building. */

static Vcpu *new_vcpu(Domain *domain, Pcpu *pcpu)
{
    Host *host = domain->host;
    Vcpu *vcpu = g_aligned_alloc0(1, sizeof(Vcpu), CACHE_LINE_BYTES);

    vcpu->domain = domain;
    vcpu->id = domain->vcpus->len;
    vcpu->pcpu = pcpu;
    vcpu->runstate.state = RUNSTATE_OFFLINE;
    vcpu->runstate.since_ns = host_now_ns(host);
    vcpu->counted_ns = host_now_ns(host);
    vcpu->last_ran_on = PCPU_NONE;
    vcpu->pause_flags = PAUSE_DOWN;
    vcpu->pace.speed_percent = PACE_FULL_PERCENT;
    vcpu->is_paced = host->is_paced && !domain->is_idle;
    vcpu->footprint = host->cache_params.clock_hz > 0 ? g_new0(Footprint, 1) : NULL;
    vcpu->hard_affinity = mask_store_keep(&host->affinities, &host->online);
    vcpu->soft_affinity = vcpu->hard_affinity;
    vcpu->sched_state = g_malloc0(host->scheduler.ops->vcpu_state_size);
    g_ptr_array_add(domain->vcpus, vcpu);
    return vcpu;
}

static Domain *new_domain(Host *host, unsigned id, const char *name)
{
    Domain *domain = g_aligned_alloc0(1, sizeof(Domain), CACHE_LINE_BYTES);

    domain->id = id;
    domain->name = g_strdup(name);
    domain->host = host;
    domain->vcpus = g_ptr_array_new();
    domain->sched_state = g_malloc0(host->scheduler.ops->domain_state_size);
    return domain;
}

static void add_idle_vcpu(Host *host, Pcpu *pcpu)
{
    Scheduler *scheduler = &host->scheduler;
    Vcpu *idle = new_vcpu(host->idle_domain, pcpu);

    idle->is_idle = true;
    idle->is_running = true;
    idle->pause_flags = 0;
    idle->runstate.state = RUNSTATE_RUNNING;
    idle->run_left_ns = TIME_NEVER_NS;
    pcpu->idle = idle;
    pcpu->current = idle;
    if (scheduler->ops->vcpu_init)
        scheduler->ops->vcpu_init(scheduler, idle, 0);
    if (scheduler->ops->pcpu_init)
        scheduler->ops->pcpu_init(scheduler, pcpu);
}

static void init_topology(Host *host, Pcpu *pcpu)
{
    const unsigned threads = host->topology.threads_per_core;
    const unsigned socket = threads * host->topology.cores_per_socket;

    mask_init(&pcpu->siblings, host->n_pcpus);
    mask_init(&pcpu->core_map, host->n_pcpus);
    for (unsigned i = 0; i < host->n_pcpus; i++) {
        if (i / threads == pcpu->id / threads)
            mask_add(&pcpu->siblings, i);
        if (i / socket == pcpu->id / socket)
            mask_add(&pcpu->core_map, i);
    }
}

static void init_pcpu(Host *host, unsigned id)
{
    Pcpu *pcpu = &host->pcpus[id];

    pcpu->id = id;
    pcpu->host = host;
    pcpu->interrupted_at_ns = NEVER_YET_NS;
    pcpu->timer_fired_at_ns = NEVER_YET_NS;
    pcpu->sched_state = g_malloc0(host->scheduler.ops->pcpu_state_size);
    init_topology(host, pcpu);
    pcpu_init_caches(pcpu);
    sim_timer_add(host->sim, &pcpu->slice_timer, RANK_SLICE, id, on_slice, pcpu);
    if (host->scheduler.ops->tick)
        sim_timer_add(host->sim, &pcpu->tick_timer, RANK_TICK, id, on_tick, pcpu);
}

static void init_scheduler(Host *host, const HostParams *params)
{
    const SchedulerOps *ops = params->scheduler;

    host->scheduler.ops = ops;
    host->scheduler.host = host;
    host->scheduler.options = params->scheduler_options;
    if (!host->scheduler.options) {
        host->default_options = g_malloc0(ops->options_size);
        option_set_defaults(ops->options, host->default_options);
        host->scheduler.options = host->default_options;
    }
    host->scheduler.state = g_malloc0(ops->state_size);
    if (ops->account)
        sim_timer_add(host->sim, &host->accounting_timer, RANK_ACCOUNTING, 0,
                      on_accounting, host);
    if (ops->init)
        ops->init(&host->scheduler);
}

Host *host_new(const HostParams *params)
{
    Host *host = g_new0(Host, 1);

    g_assert(params->scheduler->schedule && params->scheduler->wake &&
             params->scheduler->sleep && params->scheduler->pick);
    host->sim = sim_new();
    host->topology = params->topology;
    host->costs = params->costs;
    host->keeps_idle_ticks = params->keeps_idle_ticks;
    host->n_pcpus = params->topology.n_pcpus;
    host_init_paces(host, params);
    host->pcpus = g_new0(Pcpu, host->n_pcpus);
    host->domains = g_ptr_array_new();
    host->vcpus = g_ptr_array_new();
    host->this_pcpu = &host->pcpus[0];
    mask_store_init(&host->affinities);
    mask_init(&host->online, host->n_pcpus);
    mask_init(&host->schedule_pending, host->n_pcpus);
    for (unsigned i = 0; i < host->n_pcpus; i++)
        mask_add(&host->online, i);
    init_scheduler(host, params);
    for (unsigned i = 0; i < host->n_pcpus; i++)
        init_pcpu(host, i);
    host->idle_domain = new_domain(host, IDLE_DOMAIN_ID, "idle");
    host->idle_domain->is_idle = true;
    for (unsigned i = 0; i < host->n_pcpus; i++)
        add_idle_vcpu(host, &host->pcpus[i]);
    return host;
}

static void free_domain(Host *host, Domain *domain)
{
    const SchedulerOps *ops = host->scheduler.ops;

    if (ops->domain_clear)
        ops->domain_clear(&host->scheduler, domain);
    for (unsigned i = 0; i < domain->vcpus->len; i++) {
        Vcpu *vcpu = g_ptr_array_index(domain->vcpus, i);

        g_free(vcpu->sched_state);
        g_free(vcpu->footprint);
        g_aligned_free(vcpu);
    }
    g_ptr_array_unref(domain->vcpus);
    g_free(domain->sched_state);
    g_free(domain->name);
    g_aligned_free(domain);
}

void host_free(Host *host)
{
    if (!host)
        return;
    for (unsigned i = 0; i < host->domains->len; i++)
        free_domain(host, g_ptr_array_index(host->domains, i));
    free_domain(host, host->idle_domain);
    if (host->scheduler.ops->clear)
        host->scheduler.ops->clear(&host->scheduler);
    for (unsigned i = 0; i < host->n_pcpus; i++)
        g_free(host->pcpus[i].sched_state);
    g_ptr_array_unref(host->domains);
    g_ptr_array_unref(host->vcpus);
    mask_store_clear(&host->affinities);
    g_free(host->scheduler.state);
    if (host->default_options)
        option_clear(host->scheduler.ops->options, host->default_options);
    g_free(host->default_options);
    g_free(host->probes);
    g_free(host->caches);
    g_free(host->pcpus);
    sim_free(host->sim);
    g_free(host);
}

Domain *host_add_domain(Host *host, unsigned id, const char *name,
                        const SchedParams *params)
{
    const SchedulerOps *ops = host->scheduler.ops;
    Domain *domain = new_domain(host, id, name);

    domain->index = host->domains->len;
    domain->params = *params;
    g_ptr_array_add(host->domains, domain);
    if (ops->budget)
        sim_timer_add(host->sim, &domain->budget_timer, RANK_BUDGET, domain->index,
                      on_budget, domain);
    if (ops->domain_init)
        ops->domain_init(&host->scheduler, domain, host_now_ns(host));
    return domain;
}

Vcpu *host_add_vcpu(Host *host, Domain *domain, unsigned pcpu,
                    const ContextOps *context_ops, void *context)
{
    Scheduler *scheduler = &host->scheduler;
    const int64_t now_ns = host_now_ns(host);
    Vcpu *vcpu = new_vcpu(domain, &host->pcpus[pcpu]);

    g_assert(context_ops->advance && pcpu < host->n_pcpus);
    vcpu->index = host->vcpus->len;
    vcpu->context_ops = context_ops;
    vcpu->context = context;
    g_ptr_array_add(host->vcpus, vcpu);
    sim_timer_add(host->sim, &vcpu->completion_timer, RANK_COMPLETION, vcpu->index,
                  vcpu_on_completion, vcpu);
    sim_timer_add(host->sim, &vcpu->wake_timer, RANK_WAKE, vcpu->index,
                  vcpu_on_wake_timer, vcpu);
    if (scheduler->ops->vcpu_init)
        scheduler->ops->vcpu_init(scheduler, vcpu, now_ns);
    if (scheduler->ops->vcpu_insert)
        scheduler->ops->vcpu_insert(scheduler, vcpu, now_ns);
    return vcpu;
}

void host_add_probe(Host *host, const Probe *probe)
{
    host->probes = g_renew(Probe, host->probes, host->n_probes + 1);
    host->probes[host->n_probes++] = *probe;
    host->has_exit_probe |= probe->exited || probe->entered;
}

void host_start(Host *host)
{
    Scheduler *scheduler = &host->scheduler;

    g_assert(!host->is_started);
    host->is_started = true;
    sim_seal(host->sim);
    if (scheduler->ops->start)
        scheduler->ops->start(scheduler, host_now_ns(host));
    for (unsigned i = 0; i < host->n_pcpus; i++) {
        host_enter(host, &host->pcpus[i]); /* local: no interrupt to pay for */
        host_raise_schedule(host, &host->pcpus[i]);
    }
    host_handle_softirqs(host);
}

void host_run_until(Host *host, int64_t end_ns)
{
    while (sim_fire_next(host->sim, end_ns))
        if (host->n_schedule_pending > 0)
            host_handle_softirqs(host);
    sim_advance_to(host->sim, end_ns);
}

void host_count_time(Host *host)
{
    for (unsigned i = 0; i < host->n_pcpus; i++)
        vcpu_count_time(host->pcpus[i].current, host_now_ns(host));
}

Domain *host_domain_by_name(const Host *host, const char *name)
{
    for (unsigned i = 0; i < host->domains->len; i++) {
        Domain *domain = g_ptr_array_index(host->domains, i);

        if (g_str_equal(domain->name, name))
            return domain;
    }
    return NULL;
}

uint32_t domain_other_count(const Domain *domain, DomainCount count)
{
    uint32_t sum = 0;

    for (unsigned i = 0; i < domain->vcpus->len; i++) {
        const Vcpu *vcpu = g_ptr_array_index(domain->vcpus, i);

        sum += vcpu->counts[count - GUEST_COUNTS];
    }
    return sum;
}
