/*
 * sedf.c - the simple earliest-deadline-first scheduler of Xen 3.1.
 *
 * A vCPU is promised a slice of every period. Those whose period has begun run by
 * deadline; those that have had their slice wait for the next period; what time is
 * left over is dealt out in quanta of 500 us, by weight. There is no balancing: a
 * vCPU stays on its pCPU until its affinity changes.
 *
 * Exact after Xen 3.1, sched_sedf.c. The algorithm is in sedf_server.c, where the
 * promise is called a server. With scheduling domains it is separated from who spends
 * it: a server's members are its owner and the vCPUs of adoms that draw on it, and it
 * is awake while any of them is ready. See docs/schedulers-sedf.md.
 */
#include "models/error.h"
#include "models/schedulers/sedf_server.h"

#include <errno.h>

#define WEIGHT_SAFETY_NS (5 * NS_PER_MS)
#define PARAMS_OF_SEDF                                                                 \
    (PARAM_PERIOD | PARAM_SLICE | PARAM_LATENCY | PARAM_EXTRATIME | PARAM_SHARE)

typedef struct {
    RingNode ready; /* in server->ready, who runs next first */
    Server *server; /* while ready: the one it spends */
    int64_t run_since_ns;
    int64_t turn_ns; /* of a quantum, after which the next member is first */
    Vcpu *vcpu;
    Server own;
} SedfVcpu;

static SedfVcpu *of_vcpu(const Vcpu *vcpu)
{
    return vcpu->sched_state;
}

static ServerQueues *of_pcpu(const Pcpu *pcpu)
{
    return pcpu->sched_state;
}

static Vcpu *nth_vcpu(const Domain *domain, unsigned i)
{
    return g_ptr_array_index(domain->vcpus, i);
}

static SedfVcpu *first_ready(const Server *server)
{
    return RING_OWNER(server->ready.next, SedfVcpu, ready);
}

static void sedf_pcpu_init(Scheduler *self G_GNUC_UNUSED, Pcpu *pcpu)
{
    server_queues_init(of_pcpu(pcpu));
}

static void sedf_vcpu_init(Scheduler *self G_GNUC_UNUSED, Vcpu *vcpu,
                           int64_t now_ns G_GNUC_UNUSED)
{
    SedfVcpu *state = of_vcpu(vcpu);

    ring_init(&state->ready);
    state->vcpu = vcpu;
    server_init(&state->own, vcpu);
}

/* Decisions. */

/* Members of one server take turns of a quantum; one alone goes on. */
static void end_turn(SedfVcpu *member, int64_t now_ns)
{
    const bool is_ready = vcpu_is_runnable(member->vcpu);

    member->turn_ns += now_ns - member->run_since_ns;
    if (is_ready && member->turn_ns < EXTRA_QUANTUM_NS)
        return;
    member->turn_ns = 0;
    ring_remove(&member->ready);
    if (is_ready)
        ring_push_back(&member->server->ready, &member->ready);
}

/* A quantum of extra time is the server's: when a member blocks, the next has the rest.
 * The end of a run by deadline loses nothing. */
static bool is_run_going_on(const Pcpu *pcpu, int64_t now_ns)
{
    const ServerQueues *queues = of_pcpu(pcpu);
    const Server *server = queues->running;

    return server && server->run != RUN_BY_DEADLINE && server_is_awake(server) &&
           first_ready(server)->vcpu != pcpu->current && !queues->is_preempted &&
           now_ns < queues->run_ends_ns;
}

static SchedDecision run_first_member(const ServerQueues *queues, int64_t now_ns)
{
    const Server *server = queues->running;
    SedfVcpu *member = first_ready(server);
    int64_t for_ns = queues->run_ends_ns - now_ns;

    member->run_since_ns = now_ns;
    if (server->run == RUN_BY_DEADLINE && member->ready.next != &server->ready)
        for_ns = MIN(for_ns, EXTRA_QUANTUM_NS - member->turn_ns);
    return (SchedDecision){ member->vcpu, for_ns };
}

static SchedDecision sedf_schedule(Scheduler *self G_GNUC_UNUSED, Pcpu *pcpu,
                                   int64_t now_ns)
{
    ServerQueues *queues = of_pcpu(pcpu);

    if (queues->running)
        end_turn(of_vcpu(pcpu->current), now_ns);
    if (!is_run_going_on(pcpu, now_ns)) {
        server_end_run(queues, now_ns);
        server_begin_run(queues, now_ns);
    }
    if (!queues->running)
        return (SchedDecision){ pcpu->idle, queues->run_ends_ns - now_ns };
    return run_first_member(queues, now_ns);
}

/* Wake and sleep. */

/* The server that a vCPU spends: an adom's, that of its parent's vCPU of the same
 * number or the last; its own, if it may not run where that is. */
static Server *server_for(const Vcpu *vcpu)
{
    const Domain *account = domain_account(vcpu->domain);
    const Vcpu *owner = vcpu;

    if (account != vcpu->domain && account->vcpus->len > 0)
        owner = nth_vcpu(account, MIN(vcpu->id, account->vcpus->len - 1));
    if (!mask_has(vcpu->hard_affinity, owner->pcpu->id))
        owner = vcpu;
    return &of_vcpu(owner)->own;
}

static bool spends_own(const Vcpu *vcpu)
{
    return server_for(vcpu) == &of_vcpu(vcpu)->own;
}

/* A server that runs by deadline sees at once that its members take turns now. */
static void join(Scheduler *self, SedfVcpu *member, int64_t now_ns)
{
    Server *server = server_for(member->vcpu);
    Pcpu *pcpu = server->owner->pcpu;
    ServerQueues *queues = of_pcpu(pcpu);
    const bool was_awake = server_is_awake(server);

    member->server = server;
    member->vcpu->pcpu = pcpu;
    member->turn_ns = 0;
    ring_push_back(&server->ready, &member->ready);
    if (!was_awake)
        server_wake(server, now_ns);
    if (!was_awake && server_preempts(server))
        queues->is_preempted = true;
    if (queues->is_preempted ||
        (queues->running == server && server->run == RUN_BY_DEADLINE))
        host_raise_schedule(self->host, pcpu);
}

static void leave(SedfVcpu *member)
{
    ring_remove(&member->ready);
    if (!server_is_awake(member->server))
        server_sleep(member->server);
}

static void sedf_wake(Scheduler *self, Vcpu *vcpu, int64_t now_ns)
{
    if (!ring_is_linked(&of_vcpu(vcpu)->ready))
        join(self, of_vcpu(vcpu), now_ns);
}

static void sedf_sleep(Scheduler *self, Vcpu *vcpu, int64_t now_ns G_GNUC_UNUSED)
{
    if (vcpu->pcpu->current == vcpu)
        host_raise_schedule(self->host, vcpu->pcpu);
    else if (ring_is_linked(&of_vcpu(vcpu)->ready))
        leave(of_vcpu(vcpu));
}

/* Where Xen puts it or, an adom's, where its server is. */
static Pcpu *sedf_pick(Scheduler *self, Vcpu *vcpu, int64_t now_ns G_GNUC_UNUSED)
{
    if (!spends_own(vcpu))
        return server_for(vcpu)->owner->pcpu;
    return &self->host->pcpus[mask_first(vcpu->hard_affinity)];
}

/* Moves and regroupings: members leave one server and join another. */

/* If the ready member runs, its run is ended and charged first; then it leaves its
 * server. */
static void withdraw(Scheduler *self, SedfVcpu *member, int64_t now_ns)
{
    Pcpu *pcpu = member->vcpu->pcpu;

    if (pcpu->current == member->vcpu) {
        end_turn(member, now_ns);
        server_end_run(of_pcpu(pcpu), now_ns);
        host_raise_schedule(self->host, pcpu);
    }
    leave(member);
}

/* One that runs on another pCPU joins once it has been switched out there: a migration
 * ends with a wake. */
static void join_or_migrate(Scheduler *self, SedfVcpu *member, int64_t now_ns)
{
    Vcpu *vcpu = member->vcpu;

    if (vcpu->is_running && server_for(vcpu)->owner->pcpu != vcpu->pcpu)
        host_request_migration(self->host, vcpu);
    else
        join(self, member, now_ns);
}

/* A server's members go where its owner goes. For the server that is a sleep and a
 * wake, as it is for every vCPU that Xen moves. */
static void sedf_migrate(Scheduler *self, Vcpu *vcpu, Pcpu *to, int64_t now_ns)
{
    const Server *server = &of_vcpu(vcpu)->own;
    g_autoptr(GPtrArray) members = g_ptr_array_new();

    while (server_is_awake(server)) {
        SedfVcpu *member = first_ready(server);

        withdraw(self, member, now_ns);
        g_ptr_array_add(members, member);
    }
    vcpu->pcpu = to;
    for (unsigned i = 0; i < members->len; i++)
        join_or_migrate(self, g_ptr_array_index(members, i), now_ns);
}

/* Promises that nobody spends, those of adoms, do not count. */
static void count_promises(const Host *host)
{
    for (unsigned i = 0; i < host->n_pcpus; i++) {
        of_pcpu(&host->pcpus[i])->weight = 0;
        of_pcpu(&host->pcpus[i])->promised_ns = 0;
    }
    for (unsigned i = 0; i < host->vcpus->len; i++) {
        const Vcpu *vcpu = g_ptr_array_index(host->vcpus, i);
        const Server *server = &of_vcpu(vcpu)->own;
        ServerQueues *queues = of_pcpu(vcpu->pcpu);

        if (!spends_own(vcpu))
            continue;
        queues->weight += server->weight;
        if (server->weight == 0)
            queues->promised_ns +=
                WEIGHT_PERIOD_NS * server->slice_set_ns / server->period_set_ns;
    }
}

/* sedf_adjust_weights: on each pCPU, weights share what is promised to nobody. */
static void share_by_weight(const Host *host)
{
    count_promises(host);
    for (unsigned i = 0; i < host->vcpus->len; i++) {
        const Vcpu *vcpu = g_ptr_array_index(host->vcpus, i);
        const ServerQueues *queues = of_pcpu(vcpu->pcpu);
        Server *server = &of_vcpu(vcpu)->own;

        if (server->weight == 0 || !spends_own(vcpu))
            continue;
        server->period_ns = server->period_set_ns = WEIGHT_PERIOD_NS;
        server->slice_ns = server->slice_set_ns =
            server->weight *
            (WEIGHT_PERIOD_NS - WEIGHT_SAFETY_NS - queues->promised_ns) /
            queues->weight;
    }
}

/* What is not named stays as it is, except that a weight takes the place of period and
 * slice, and they that of a weight. */
static SchedParams complete_params(const Server *server, const SchedParams *change)
{
    SchedParams all = *change;

    if (!(change->set & PARAM_SHARE))
        all.share = 0;
    if (!(change->set & PARAM_PERIOD))
        all.period_ns = all.share > 0 ? 0 : server->period_set_ns;
    if (!(change->set & PARAM_SLICE))
        all.slice_ns = all.share > 0 ? 0 : server->slice_set_ns;
    if (!(change->set & PARAM_EXTRATIME))
        all.extratime = server->is_extra_aware;
    return all;
}

static bool sedf_check_params(const SchedParams *params, unsigned domain_id,
                              GError **error)
{
    Server server = { 0 };
    SchedParams all;

    server_set_defaults(&server, domain_id);
    all = complete_params(&server, params);
    if (!(params->set & PARAMS_OF_SEDF) || server_params_are_valid(&all))
        return true;
    g_set_error(error, MODEL_ERROR, MODEL_ERROR_VALUE,
                "sedf-3.1 needs a period from 10us to 10s with a slice from 5us to the "
                "period, or a share from 1 to 32767");
    return false;
}

/* As a toolstack that sets them right after creation does. */
static void sedf_vcpu_insert(Scheduler *self, Vcpu *vcpu, int64_t now_ns G_GNUC_UNUSED)
{
    Server *server = &of_vcpu(vcpu)->own;
    const SchedParams all = complete_params(server, &vcpu->domain->params);

    if (!(vcpu->domain->params.set & PARAMS_OF_SEDF))
        return;
    g_assert(server_params_are_valid(&all));
    server_set_params(server, &all);
    share_by_weight(self->host);
}

/* sedf_adjust. The host remembers the latency and nobody uses it, as in Xen. */
static int sedf_adjust(Scheduler *self, Domain *domain, const SchedParams *params,
                       int64_t now_ns)
{
    SchedParams all = *params;

    /* A domain without vCPUs has nothing from which to complete what is not named; the
     * others' weights are shared out anew all the same. */
    if (domain->vcpus->len > 0)
        all = complete_params(&of_vcpu(nth_vcpu(domain, 0))->own, params);
    if (!server_params_are_valid(&all))
        return -EINVAL;
    for (unsigned i = 0; i < domain->vcpus->len; i++)
        server_set_params(&of_vcpu(nth_vcpu(domain, i))->own, &all);
    share_by_weight(self->host);
    for (unsigned i = 0; i < domain->vcpus->len; i++) {
        Server *server = &of_vcpu(nth_vcpu(domain, i))->own;

        server_requeue(server, now_ns);
        /* Only adoms keep it awake in here: its owner stands still. */
        if (server_is_awake(server))
            host_raise_schedule(self->host, server->owner->pcpu);
    }
    return 0;
}

/* Who is ready spends the other promise at once; who is asleep, when it wakes. */
static void sedf_regroup(Scheduler *self, Domain *adom, Domain *sdom, int64_t now_ns)
{
    g_autoptr(GPtrArray) members = g_ptr_array_new();

    for (unsigned i = 0; i < adom->vcpus->len; i++) {
        SedfVcpu *member = of_vcpu(nth_vcpu(adom, i));

        if (!ring_is_linked(&member->ready))
            continue;
        withdraw(self, member, now_ns);
        g_ptr_array_add(members, member);
    }
    domain_set_parent(adom, sdom);
    share_by_weight(self->host);
    for (unsigned i = 0; i < members->len; i++)
        join_or_migrate(self, g_ptr_array_index(members, i), now_ns);
}

static void sedf_vcpu_remove(Scheduler *self, Vcpu *vcpu, int64_t now_ns)
{
    if (ring_is_linked(&of_vcpu(vcpu)->ready))
        withdraw(self, of_vcpu(vcpu), now_ns);
    server_set_defaults(&of_vcpu(vcpu)->own, vcpu->domain->id);
    of_vcpu(vcpu)->own.weight = 0;
    share_by_weight(self->host);
}

/* Where credit shows its credit stands what is left of the slice in ns; priority 0 is
 * by deadline, -1 and -2 are the queues of extra time. */
static bool sedf_inspect(const Scheduler *self G_GNUC_UNUSED, const Vcpu *vcpu,
                         SchedInspection *out)
{
    const SedfVcpu *state = of_vcpu(vcpu);
    const bool is_ready = ring_is_linked(&state->ready);
    const Server *server = is_ready ? state->server : server_for(vcpu);

    *out = (SchedInspection){ .credit = server->slice_ns - server->used_ns,
                              .priority = -(int)server->run,
                              .is_active = server_is_awake(server),
                              .is_queued = is_ready };
    return true;
}

const SchedulerOps sedf_scheduler = {
    .name = "sedf-3.1",
    .summary = "SEDF of Xen 3.1: a slice of every period, earliest deadline first",
    .core = XEN_CORE_3_1,
    .params = PARAMS_OF_SEDF,
    .vcpu_state_size = sizeof(SedfVcpu),
    .pcpu_state_size = sizeof(ServerQueues),
    .check_params = sedf_check_params,
    .pcpu_init = sedf_pcpu_init,
    .vcpu_init = sedf_vcpu_init,
    .vcpu_insert = sedf_vcpu_insert,
    .vcpu_remove = sedf_vcpu_remove,
    .schedule = sedf_schedule,
    .wake = sedf_wake,
    .sleep = sedf_sleep,
    .pick_cpu = sedf_pick,
    .migrate = sedf_migrate,
    .adjust = sedf_adjust,
    .regroup = sedf_regroup,
    .inspect = sedf_inspect,
};
