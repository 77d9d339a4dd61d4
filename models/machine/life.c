#include "models/machine/life.h"

#include "models/machine/life_internal.h"

#include <errno.h>

/* How often the toolstack looks whether a guest and its device model have ended. */
#define REAP_INTERVAL_NS (10 * NS_PER_MS)

static int64_t now_of(const Life *life)
{
    return host_now_ns(life->domain->host);
}

/* The domain, its stub domain. */
static unsigned n_domains(const Life *life)
{
    return life->stub ? 2 : 1;
}

static int64_t mib_of(const Life *life)
{
    return life->bytes >> 20;
}

static void announce(const Life *life, bool is_created)
{
    const Host *host = life->domain->host;

    for (unsigned i = 0; i < host->n_probes; i++) {
        const Probe *probe = &host->probes[i];

        if (is_created && probe->created)
            probe->created(probe->listener, host_now_ns(host), life->domain);
        if (!is_created && probe->destroyed)
            probe->destroyed(probe->listener, host_now_ns(host), life->domain);
    }
}

static void announce_no_memory(const Life *life)
{
    const Host *host = life->domain->host;

    for (unsigned i = 0; i < host->n_probes; i++)
        if (host->probes[i].refused)
            host->probes[i].refused(host->probes[i].listener, host_now_ns(host),
                                    "toolstack", life->domain->name, -ENOMEM);
}

/* Up, from the device model's first pass or at once. */

void life_arm_end(Life *life, int64_t up_ns)
{
    LifeSource *source = life->params->source;
    const int64_t lifetime_ns = source ? source->lifetime_ns(source) : TIME_NEVER_NS;
    int64_t end_ns = life->params->stop_ns;

    if (lifetime_ns < TIME_NEVER_NS - up_ns)
        end_ns = MIN(end_ns, up_ns + lifetime_ns);
    sim_arm(life_sim(life), &life->due, end_ns);
}

static void come_up(Life *life, int64_t now_ns)
{
    life->state = LIFE_UP;
    life->is_up = true;
    announce(life, true);
    life_arm_end(life, now_ns);
    if (life->guest)
        hvm_guest_start_at(life->guest, now_ns, life->ordered_ns);
    for (unsigned i = 0; !life->guest && i < life->domain->vcpus->len; i++)
        neighbour_start_at(&life->neighbours[i], now_ns);
}

static void on_ready(void *owner, int64_t now_ns)
{
    Life *life = owner;

    if (life->state == LIFE_STARTING)
        come_up(life, now_ns);
}

/* What Xen does. */

static void pin(Domain *domain, const Pinning *pinning)
{
    if (pinning->n_words > 0)
        domain_pin(domain, pinning);
}

static void give_workloads(Life *life)
{
    LifeSource *source = life->params->source;

    if (!life->guest || hvm_guest_has_workloads(life->guest))
        return;
    for (unsigned i = 0; i < life->domain->vcpus->len; i++)
        hvm_guest_set_workload(life->guest, i, source->workload(source, i));
}

static void create_domains(Life *life, int64_t now_ns)
{
    domain_revive(life->domain, life->sched);
    pin(life->domain, life->pinning);
    give_workloads(life);
    life->state = LIFE_STARTING;
    if (life->stub)
        domain_revive(life->stub, life->stub_sched);
    if (life->stub && life->placement->attaches_stub) {
        const int result = domain_attach(life->stub, life->domain);

        g_assert(result == 0);
    }
    if (!life->guest)
        come_up(life, now_ns);
}

static void forget_neighbours(Life *life)
{
    for (unsigned i = 0; i < life->domain->vcpus->len; i++)
        neighbour_reset(&life->neighbours[i]);
}

/* Who waits for whom does not matter: first nobody runs any more. */
static void destroy_domains(Life *life, int64_t now_ns)
{
    domain_take_down(life->domain);
    if (life->stub)
        domain_take_down(life->stub);
    if (life->guest)
        hvm_guest_end(life->guest);
    else
        forget_neighbours(life);
    if (life->model)
        device_model_end(life->model, now_ns);
    if (life->stub)
        domain_retire(life->stub);
    domain_retire(life->domain);
    sim_disarm(life_sim(life), &life->due);
    if (life->is_up)
        announce(life, false);
    life->is_up = false;
}

static void on_hypercall(void *owner, int64_t now_ns)
{
    Lives *self = owner;

    host_enter(self->machine->host, kernel_event_vcpu(self->machine->kernel)->pcpu);
    if (self->step == TOOLSTACK_BUILT)
        create_domains(self->current, now_ns);
    else
        destroy_domains(self->current, now_ns);
    self->is_hypercall_made = true;
    kernel_send(self->machine->kernel, self->port);
}

/* What the toolstack does. */

static bool take_memory(Life *life)
{
    Lives *self = life->all;
    const int64_t limit_bytes = self->memory.host_bytes;

    if (limit_bytes > 0 && self->used_bytes + life->bytes > limit_bytes)
        return false;
    self->used_bytes += life->bytes;
    return true;
}

/* False: it does not fit, so there is nothing to do. */
static bool begin_creation(Lives *self, Life *life)
{
    if (!take_memory(life)) {
        life->state = LIFE_ABSENT;
        announce_no_memory(life);
        return false;
    }
    life->state = LIFE_BUILDING;
    self->step = TOOLSTACK_BUILD;
    task_run(&self->toolstack,
             n_domains(life) * self->create_ns + mib_of(life) * self->build_mib_ns,
             life->domain);
    return true;
}

static bool begin_job(Lives *self, Life *life)
{
    self->current = life;
    self->is_hypercall_made = false;
    if (life->state == LIFE_ORDERED)
        return begin_creation(self, life);
    g_assert(life->state == LIFE_DOOMED);
    life->state = LIFE_ENDING;
    self->step = TOOLSTACK_KILL;
    task_run(&self->toolstack, n_domains(life) * self->destroy_ns, life->domain);
    return true;
}

static void next_job(Lives *self)
{
    while (!ring_is_empty(&self->jobs)) {
        Life *life = RING_OWNER(self->jobs.next, Life, queued);

        ring_remove(&life->queued);
        if (begin_job(self, life))
            return;
    }
    self->step = TOOLSTACK_IDLE;
    self->current = NULL;
    task_sleep(&self->toolstack, TIME_NEVER_NS);
}

/* The hypervisor does its part when this vCPU's event is over. */
static void make_hypercall(Lives *self, ToolstackStep next, int64_t now_ns)
{
    self->step = next;
    sim_arm(self->machine->host->sim, &self->hypercall, now_ns);
    task_sleep(&self->toolstack, TIME_NEVER_NS);
}

static void start_device_model(Life *life, int64_t now_ns)
{
    if (life->model)
        device_model_start(life->model, on_ready, life, now_ns);
}

static void queue(Life *life, LifeState state)
{
    life->state = state;
    ring_push_back(&life->all->jobs, &life->queued);
}

static bool is_replaced(const Life *life, int64_t now_ns)
{
    return life->params->is_replaced && now_ns < life->params->stop_ns;
}

/* Its place is free for the next one. */
static void bury(Lives *self, Life *life, int64_t now_ns)
{
    self->used_bytes -= life->bytes;
    life->state = LIFE_ABSENT;
    if (!is_replaced(life, now_ns))
        return;
    life->ordered_ns = now_ns;
    queue(life, LIFE_ORDERED);
}

/* Nothing of its last life is under way any more. */
static bool has_ended(const Life *life)
{
    return !life->guest ||
           (hvm_guest_has_ended(life->guest) && device_model_has_ended(life->model));
}

static void toolstack_advance(Task *task, int64_t now_ns)
{
    Lives *self = task->owner;

    switch (self->step) {
    case TOOLSTACK_IDLE:
        next_job(self);
        return;
    case TOOLSTACK_BUILD:
        make_hypercall(self, TOOLSTACK_BUILT, now_ns);
        return;
    case TOOLSTACK_KILL:
        make_hypercall(self, TOOLSTACK_KILLED, now_ns);
        return;
    case TOOLSTACK_BUILT:
    case TOOLSTACK_KILLED:
        if (!self->is_hypercall_made) {
            task_sleep(task, TIME_NEVER_NS);
        } else if (self->step == TOOLSTACK_BUILT) {
            start_device_model(self->current, now_ns);
            next_job(self);
        } else {
            self->step = TOOLSTACK_FREE;
            task_run(task, mib_of(self->current) * self->free_mib_ns,
                     self->current->domain);
        }
        return;
    case TOOLSTACK_FREE:
    case TOOLSTACK_REAP:
        self->step = TOOLSTACK_REAP;
        if (!has_ended(self->current)) {
            task_sleep(task, now_ns + REAP_INTERVAL_NS);
            return;
        }
        bury(self, self->current, now_ns);
        next_job(self);
        return;
    }
}

static const TaskOps toolstack_ops = {
    .name = "toolstack",
    .advance = toolstack_advance,
};

static void handle_orders(void *owner, int64_t now_ns)
{
    Lives *self = owner;

    task_wake(&self->toolstack, now_ns);
}

/* Orders. */

int life_create(Life *life)
{
    if (life->state != LIFE_ABSENT)
        return -EEXIST;
    life->ordered_ns = now_of(life);
    queue(life, LIFE_ORDERED);
    kernel_send(life->all->machine->kernel, life->all->port);
    return 0;
}

int life_destroy(Life *life)
{
    switch (life->state) {
    case LIFE_STARTING:
    case LIFE_UP:
        break;
    case LIFE_ORDERED:
    case LIFE_BUILDING:
        return -EBUSY;
    case LIFE_ABSENT:
    case LIFE_DOOMED:
    case LIFE_ENDING:
        return -ESRCH;
    }
    queue(life, LIFE_DOOMED);
    kernel_send(life->all->machine->kernel, life->all->port);
    return 0;
}

/* Who is being created by an order needs no creation at its start. */
void life_due(void *owner, int64_t now_ns G_GNUC_UNUSED)
{
    Life *life = owner;
    const Kernel *kernel = life->all->machine->kernel;

    host_enter(life->domain->host, kernel_event_vcpu(kernel)->pcpu);
    if (life->state == LIFE_ABSENT)
        life_create(life);
    else if (life->state == LIFE_UP)
        life_destroy(life);
}

void lives_open_toolstack(Lives *self)
{
    const CostProfile *profile = self->machine->profile;
    Kernel *kernel = self->machine->kernel;

    self->create_ns = cost_ns(profile, COST_TOOLSTACK_CREATE);
    self->destroy_ns = cost_ns(profile, COST_TOOLSTACK_DESTROY);
    self->build_mib_ns = cost_ns(profile, COST_BUILD_MIB);
    self->free_mib_ns = cost_ns(profile, COST_FREE_MIB);
    ring_init(&self->jobs);
    task_init(&self->toolstack, kernel, &toolstack_ops, self);
    self->port = kernel_open_port(
        kernel, &(EventPort){ .handle = handle_orders,
                              .owner = self,
                              .handler_ns = cost_ns(profile, COST_TASK_WAKE) });
    sim_timer_add(self->machine->host->sim, &self->hypercall, RANK_SCENARIO,
                  self->machine->n_orders, on_hypercall, self);
}
