#include "models/host/host.h"

#include "models/host/context.h"
#include "models/host/host_paces.h"
#include "models/host/host_timers.h"
#include "models/host/vcpu.h"

#define IDLE_DOMAIN_ID   0x7fff
#define CACHE_LINE_BYTES 64
#define NEVER_YET_NS     (-1)

static Vcpu *new_vcpu(Domain *domain, Pcpu *pcpu)
{
    Host *host = domain->host;
    Vcpu *vcpu = g_aligned_alloc0(1, sizeof(Vcpu), CACHE_LINE_BYTES);

    vcpu->domain = domain;
    vcpu->id = domain->vcpus->len;
    vcpu->pcpu = pcpu;
    vcpu->runstate.state = RUNSTATE_OFFLINE;
    vcpu->runstate.since_ns = host_now_ns(host);
    vcpu->booked_until_ns = host_now_ns(host);
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
    sim_timer_add(host->sim, &pcpu->slice_timer, RANK_SLICE, id, pcpu_on_slice, pcpu);
    if (host->scheduler.ops->tick)
        sim_timer_add(host->sim, &pcpu->tick_timer, RANK_TICK, id, pcpu_on_tick, pcpu);
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
                      host_on_accounting, host);
    if (ops->init)
        ops->init(&host->scheduler);
}

Host *host_new(const HostParams *params)
{
    Host *host = g_new0(Host, 1);

    g_assert(params->scheduler->schedule && params->scheduler->wake &&
             params->scheduler->sleep && params->scheduler->pick_cpu);
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
                      domain_on_budget, domain);
    if (ops->domain_init)
        ops->domain_init(&host->scheduler, domain, host_now_ns(host));
    return domain;
}

Vcpu *host_add_vcpu(Host *host, Domain *domain, unsigned pcpu,
                    const ContextOps *context_ops, void *context)
{
    Scheduler *scheduler = &host->scheduler;
    const int64_t now_ns = host_now_ns(host);
    Vcpu *vcpu;

    g_assert(context_ops->advance && pcpu < host->n_pcpus);
    vcpu = new_vcpu(domain, &host->pcpus[pcpu]);
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

void host_book_time(Host *host)
{
    for (unsigned i = 0; i < host->n_pcpus; i++)
        vcpu_book_time(host->pcpus[i].current, host_now_ns(host));
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

uint32_t domain_vcpu_count(const Domain *domain, DomainCount count)
{
    uint32_t sum = 0;

    for (unsigned i = 0; i < domain->vcpus->len; i++) {
        const Vcpu *vcpu = g_ptr_array_index(domain->vcpus, i);

        sum += vcpu->counts[count - GUEST_COUNTS];
    }
    return sum;
}
