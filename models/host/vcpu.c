#include "models/host/vcpu.h"

#include "models/host/context.h"
#include "models/host/interrupt.h"

static Scheduler *scheduler_of(const Vcpu *vcpu)
{
    return &vcpu->domain->host->scheduler;
}

void vcpu_enter_runstate(Vcpu *vcpu, RunstateName state, int64_t now_ns)
{
    const Host *host = vcpu->domain->host;
    const RunstateName from = vcpu->runstate.state;

    runstate_enter(&vcpu->runstate, state, now_ns);
    for (unsigned i = 0; i < host->n_probes; i++)
        if (host->probes[i].runstate)
            host->probes[i].runstate(host->probes[i].listener, now_ns, vcpu, from,
                                     state);
}

void vcpu_wake(Vcpu *vcpu)
{
    Scheduler *scheduler = scheduler_of(vcpu);
    const int64_t now_ns = host_now_ns(scheduler->host);

    if (vcpu_is_runnable(vcpu)) {
        if (vcpu->runstate.state >= RUNSTATE_BLOCKED)
            vcpu_enter_runstate(vcpu, RUNSTATE_RUNNABLE, now_ns);
        scheduler->ops->wake(scheduler, vcpu, now_ns);
        return;
    }
    if (!(vcpu->pause_flags & PAUSE_BLOCKED) &&
        vcpu->runstate.state == RUNSTATE_BLOCKED)
        vcpu_enter_runstate(vcpu, RUNSTATE_OFFLINE, now_ns);
}

void vcpu_sleep(Vcpu *vcpu)
{
    Scheduler *scheduler = scheduler_of(vcpu);
    const int64_t now_ns = host_now_ns(scheduler->host);

    if (vcpu_is_runnable(vcpu))
        return;
    if (vcpu->runstate.state == RUNSTATE_RUNNABLE)
        vcpu_enter_runstate(vcpu, RUNSTATE_OFFLINE, now_ns);
    scheduler->ops->sleep(scheduler, vcpu, now_ns);
}

/* 3.1 clears the flag before it asks, 4.17 after; pick_cpu may look at it. */
void vcpu_migrate(Vcpu *vcpu)
{
    Scheduler *scheduler = scheduler_of(vcpu);
    const int64_t now_ns = host_now_ns(scheduler->host);
    Pcpu *to;

    if (vcpu->is_running || !(vcpu->pause_flags & PAUSE_MIGRATING))
        return;
    if (scheduler->ops->core == XEN_CORE_3_1)
        vcpu->pause_flags &= ~(unsigned)PAUSE_MIGRATING;
    to = scheduler->ops->pick_cpu(scheduler, vcpu, now_ns);
    vcpu->pause_flags &= ~(unsigned)PAUSE_MIGRATING;
    if (scheduler->ops->migrate)
        scheduler->ops->migrate(scheduler, vcpu, to, now_ns);
    else
        vcpu->pcpu = to;
    vcpu_wake(vcpu);
}

/* Runs. */

static int64_t later_of(int64_t a_ns, int64_t b_ns)
{
    return a_ns > b_ns ? a_ns : b_ns;
}

int64_t vcpu_run_left_ns(const Vcpu *vcpu, int64_t now_ns)
{
    const int64_t elapsed_ns = now_ns - vcpu->run_since_ns;

    if (!vcpu->is_running || vcpu->run_left_ns == TIME_NEVER_NS || elapsed_ns <= 0)
        return vcpu->run_left_ns;
    return vcpu->run_left_ns -
           (vcpu->is_paced ? pace_work_ns(&vcpu->pace, elapsed_ns) : elapsed_ns);
}

static void book(Vcpu *vcpu, int64_t overhead_ns, int64_t ran_ns)
{
    Domain *domain = vcpu->domain;
    Host *host = domain->host;

    if (vcpu->is_idle) {
        host->idle_ns += overhead_ns + ran_ns;
        return;
    }
    host->overhead_ns += overhead_ns;
    domain->overhead_ns += overhead_ns;
    domain->ran_ns += ran_ns;
    domain_account(domain)->booked_ns += ran_ns;
    if (vcpu->run_for)
        vcpu->run_for->attributed_ns += overhead_ns + ran_ns;
    else
        host->attributed_host_ns += overhead_ns + ran_ns;
}

/* How much of the time since booked_until_ns was overhead. */
static int64_t unbooked_overhead_ns(const Vcpu *vcpu, int64_t now_ns)
{
    return later_of(vcpu->booked_until_ns, MIN(vcpu->overhead_until_ns, now_ns)) -
           vcpu->booked_until_ns;
}

static void book_time(Vcpu *vcpu, int64_t now_ns, int64_t stalled_ns)
{
    const int64_t overhead_ns = unbooked_overhead_ns(vcpu, now_ns) + stalled_ns;

    book(vcpu, overhead_ns, now_ns - vcpu->booked_until_ns - overhead_ns);
    vcpu->booked_until_ns = now_ns;
}

/* A run whose work is slower than time (pace.h) is settled whenever it is booked.
 * Apart from the others, which it must not slow down. */
static G_NO_INLINE void settle_paced_run(Vcpu *vcpu, int64_t now_ns)
{
    const int64_t elapsed_ns = later_of(0, now_ns - vcpu->run_since_ns);
    const int64_t left_ns = vcpu_run_left_ns(vcpu, now_ns);
    int64_t stalled_ns;

    if (!vcpu->is_running || now_ns == vcpu->booked_until_ns)
        return;
    pace_advance(&vcpu->pace, elapsed_ns, &stalled_ns);
    book_time(vcpu, now_ns, stalled_ns);
    vcpu->run_left_ns = left_ns;
    vcpu->run_since_ns = later_of(vcpu->run_since_ns, now_ns);
}

static G_NO_INLINE void arm_paced_completion(Vcpu *vcpu)
{
    Sim *sim = vcpu->domain->host->sim;

    if (vcpu->run_left_ns == TIME_NEVER_NS)
        sim_disarm(sim, &vcpu->completion_timer);
    else
        sim_arm(sim, &vcpu->completion_timer,
                vcpu->run_since_ns + pace_time_ns(&vcpu->pace, vcpu->run_left_ns));
}

void vcpu_book_time(Vcpu *vcpu, int64_t now_ns)
{
    if (vcpu->is_paced)
        settle_paced_run(vcpu, now_ns);
    else if (vcpu->is_running && now_ns != vcpu->booked_until_ns)
        book_time(vcpu, now_ns, 0);
}

/* Books the time up to now, and takes what has been consumed off run_left_ns. */
static void settle_run(Vcpu *vcpu, int64_t now_ns)
{
    vcpu_book_time(vcpu, now_ns);
    if (vcpu->is_paced)
        return;
    vcpu->run_left_ns = vcpu_run_left_ns(vcpu, now_ns);
    vcpu->run_since_ns = later_of(vcpu->run_since_ns, now_ns);
}

static void arm_completion(Vcpu *vcpu)
{
    Sim *sim = vcpu->domain->host->sim;

    if (vcpu->is_paced)
        arm_paced_completion(vcpu);
    else if (vcpu->is_idle)
        return;
    else if (vcpu->run_left_ns == TIME_NEVER_NS)
        sim_disarm(sim, &vcpu->completion_timer);
    else
        sim_arm(sim, &vcpu->completion_timer, vcpu->run_since_ns + vcpu->run_left_ns);
}

void vcpu_resume_run(Vcpu *vcpu, int64_t overhead_ns, int64_t now_ns)
{
    vcpu->booked_until_ns = now_ns;
    vcpu->run_since_ns = now_ns + overhead_ns;
    vcpu->overhead_until_ns = vcpu->run_since_ns;
    arm_completion(vcpu);
}

void vcpu_suspend_run(Vcpu *vcpu, int64_t now_ns)
{
    settle_run(vcpu, now_ns);
    if (!vcpu->is_idle)
        sim_disarm(vcpu->domain->host->sim, &vcpu->completion_timer);
}

void vcpu_delay_run(Vcpu *vcpu, int64_t delay_ns, int64_t now_ns)
{
    settle_run(vcpu, now_ns);
    vcpu->run_since_ns += delay_ns;
    vcpu->overhead_until_ns = vcpu->run_since_ns;
    arm_completion(vcpu);
}

void vcpu_set_speed(Vcpu *vcpu, int64_t speed_percent, int64_t now_ns)
{
    if (vcpu->pace.speed_percent == speed_percent)
        return;
    settle_run(vcpu, now_ns);
    vcpu->pace.speed_percent = speed_percent;
    arm_completion(vcpu);
}

void vcpu_set_run(Vcpu *vcpu, int64_t run_ns, Domain *run_for)
{
    const int64_t now_ns = host_now_ns(vcpu->domain->host);

    g_assert(run_ns >= -1);
    if (vcpu->is_running) {
        if (run_for != vcpu->run_for || vcpu->is_paced)
            vcpu_book_time(vcpu, now_ns); /* else both runs are booked as one */
        vcpu->run_since_ns = later_of(vcpu->run_since_ns, now_ns);
    }
    vcpu->run_left_ns = run_ns < 0 ? TIME_NEVER_NS : run_ns;
    vcpu->run_for = run_for;
    if (vcpu->is_running)
        arm_completion(vcpu);
}

void vcpu_on_completion(void *owner, int64_t now_ns)
{
    Vcpu *vcpu = owner;

    g_assert(vcpu->is_running && vcpu_run_left_ns(vcpu, now_ns) == 0);
    host_enter(vcpu->domain->host, vcpu->pcpu);
    if (vcpu->is_paced)
        settle_paced_run(vcpu, now_ns);
    vcpu->run_left_ns = 0;
    vcpu->run_since_ns = later_of(vcpu->run_since_ns, now_ns);
    vcpu->context_ops->advance(vcpu, now_ns);
}

void vcpu_on_wake_timer(void *owner, int64_t now_ns)
{
    Vcpu *vcpu = owner;

    host_enter(vcpu->domain->host, vcpu->pcpu);
    pcpu_timer_interrupt(vcpu->pcpu, now_ns);
    if (vcpu->context_ops->timer)
        vcpu->context_ops->timer(vcpu, now_ns);
    else
        vcpu_unblock(vcpu);
}

/* What a context asks for. */

static void announce_wake(const Vcpu *vcpu)
{
    const Host *host = vcpu->domain->host;

    for (unsigned i = 0; i < host->n_probes; i++)
        if (host->probes[i].woken)
            host->probes[i].woken(host->probes[i].listener, host_now_ns(host), vcpu);
}

static void clear_flag_and_wake(Vcpu *vcpu, unsigned flag)
{
    vcpu->pause_flags &= ~flag;
    announce_wake(vcpu);
    vcpu_wake(vcpu);
}

void vcpu_start(Vcpu *vcpu, bool is_blocked)
{
    g_assert(vcpu->pause_flags & PAUSE_DOWN);
    vcpu->pause_flags &= ~(unsigned)PAUSE_DOWN;
    if (is_blocked)
        vcpu->pause_flags |= PAUSE_BLOCKED;
    else
        announce_wake(vcpu);
    vcpu_wake(vcpu);
}

void vcpu_block(Vcpu *vcpu)
{
    g_assert(vcpu->is_running && !(vcpu->pause_flags & PAUSE_BLOCKED));
    vcpu->pause_flags |= PAUSE_BLOCKED;
    host_raise_schedule(vcpu->domain->host, vcpu->pcpu);
}

bool vcpu_unblock(Vcpu *vcpu)
{
    if (!(vcpu->pause_flags & PAUSE_BLOCKED))
        return false;
    clear_flag_and_wake(vcpu, PAUSE_BLOCKED);
    return true;
}

void vcpu_wait_in_xen(Vcpu *vcpu, Vcpu *server)
{
    Scheduler *scheduler = scheduler_of(vcpu);

    g_assert(!(vcpu->pause_flags & PAUSE_BLOCKED_IN_XEN));
    vcpu->pause_flags |= PAUSE_BLOCKED_IN_XEN;
    vcpu->server = server;
    host_raise_schedule(scheduler->host, vcpu->pcpu);
    if (scheduler->ops->wait_begins)
        scheduler->ops->wait_begins(scheduler, vcpu, host_now_ns(scheduler->host));
}

void vcpu_end_wait_in_xen(Vcpu *vcpu)
{
    Scheduler *scheduler = scheduler_of(vcpu);

    g_assert(vcpu->pause_flags & PAUSE_BLOCKED_IN_XEN);
    if (scheduler->ops->wait_ends)
        scheduler->ops->wait_ends(scheduler, vcpu, host_now_ns(scheduler->host));
    vcpu->server = NULL;
    clear_flag_and_wake(vcpu, PAUSE_BLOCKED_IN_XEN);
}

void vcpu_yield(Vcpu *vcpu)
{
    Scheduler *scheduler = scheduler_of(vcpu);

    if (scheduler->ops->yield)
        scheduler->ops->yield(scheduler, vcpu, host_now_ns(scheduler->host));
    host_raise_schedule(scheduler->host, vcpu->pcpu);
}
