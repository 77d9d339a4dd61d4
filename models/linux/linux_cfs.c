/*
 * linux_cfs.c - CFS as in Linux 6.1, with the defaults of its tunables.
 *
 * Documentation/scheduler/sched-design-CFS.rst has the idea, sched(7) and
 * kernel.sched_* the figures: they grow with the number of vCPUs, by 1 + log2 of it.
 */
#include "models/linux/linux_scheduler.h"
#include "sim/units.h"

#define LATENCY_NS            (6 * NS_PER_MS)
#define MIN_GRANULARITY_NS    (750 * NS_PER_US)
#define WAKEUP_GRANULARITY_NS NS_PER_MS
#define CPUS_COUNTED_MAX      8u
/* A task that ran less than this ago is not moved: its cache is warm. */
#define MIGRATION_COST_NS (500 * NS_PER_US)
#define TIMER_SLACK_NS    (50 * NS_PER_US)

static LinuxTask *task_of(RingNode *node)
{
    return RING_OWNER(node, LinuxTask, node);
}

static unsigned log2_of(unsigned n)
{
    unsigned log = 0;

    while (n >>= 1)
        log++;
    return log;
}

static void cfs_queue_init(LinuxQueue *queue, unsigned n_cpus)
{
    const int64_t factor = 1 + (int64_t)log2_of(MIN(n_cpus, CPUS_COUNTED_MAX));

    queue->n_queued = 0;
    queue->cfs = (CfsQueue){ .latency_ns = LATENCY_NS * factor,
                             .min_granularity_ns = MIN_GRANULARITY_NS * factor,
                             .wakeup_granularity_ns = WAKEUP_GRANULARITY_NS * factor };
    ring_init(&queue->cfs.ready);
}

static void cfs_task_init(LinuxTask *task)
{
    ring_init(&task->node);
    task->cfs = (CfsTask){ 0 };
}

/* The queue. */

static const LinuxTask *first_of(const LinuxQueue *queue)
{
    return queue->n_queued > 0 ? task_of(queue->cfs.ready.next) : NULL;
}

static void enqueue(LinuxQueue *queue, LinuxTask *task)
{
    RingNode *place = queue->cfs.ready.next;

    while (place != &queue->cfs.ready &&
           task_of(place)->cfs.vruntime_ns <= task->cfs.vruntime_ns)
        place = place->next;
    ring_insert_before(place, &task->node);
    queue->n_queued++;
}

static void dequeue(LinuxQueue *queue, LinuxTask *task)
{
    ring_remove(&task->node);
    queue->n_queued--;
}

static void raise_min_vruntime(LinuxQueue *queue)
{
    CfsQueue *cfs = &queue->cfs;
    const LinuxTask *first = first_of(queue);
    int64_t least_ns = TIME_NEVER_NS;

    if (cfs->current)
        least_ns = cfs->current->vruntime_ns;
    if (first)
        least_ns = MIN(least_ns, first->cfs.vruntime_ns);
    if (least_ns != TIME_NEVER_NS)
        cfs->min_vruntime_ns = MAX(cfs->min_vruntime_ns, least_ns);
}

static void charge_current(LinuxQueue *queue, int64_t now_ns)
{
    CfsTask *current = queue->cfs.current;
    int64_t ran_ns;

    if (!current)
        return;
    ran_ns = now_ns - current->charged_ns;
    current->charged_ns = now_ns;
    current->vruntime_ns += ran_ns;
    current->turn_ns += ran_ns;
    raise_min_vruntime(queue);
}

/* Operations. */

/* Gentle fair sleepers: half a latency is all that a sleep can earn. */
static void cfs_wake(LinuxQueue *queue, LinuxTask *task, int64_t now_ns)
{
    CfsQueue *cfs = &queue->cfs;

    charge_current(queue, now_ns);
    task->cfs.vruntime_ns =
        MAX(task->cfs.vruntime_ns, cfs->min_vruntime_ns - cfs->latency_ns / 2);
    enqueue(queue, task);
    raise_min_vruntime(queue);
}

static bool cfs_preempts(const LinuxQueue *queue, const LinuxTask *woken,
                         const LinuxTask *current)
{
    return current->cfs.vruntime_ns - woken->cfs.vruntime_ns >
           queue->cfs.wakeup_granularity_ns;
}

static LinuxTask *cfs_pick(LinuxQueue *queue, int64_t now_ns)
{
    LinuxTask *task;

    if (queue->n_queued == 0)
        return NULL;
    task = task_of(queue->cfs.ready.next);
    dequeue(queue, task);
    task->cfs.charged_ns = now_ns;
    task->cfs.turn_ns = 0;
    queue->cfs.current = &task->cfs;
    return task;
}

static void cfs_put_back(LinuxQueue *queue, LinuxTask *task, int64_t now_ns)
{
    charge_current(queue, now_ns);
    queue->cfs.current = NULL;
    enqueue(queue, task);
}

static void cfs_sleep(LinuxQueue *queue, LinuxTask *task G_GNUC_UNUSED, int64_t now_ns)
{
    charge_current(queue, now_ns);
    queue->cfs.current = NULL;
    raise_min_vruntime(queue);
}

/* Between queues vruntimes count from the least one. */
static void cfs_move(const LinuxQueue *from, const LinuxQueue *to, LinuxTask *task)
{
    task->cfs.vruntime_ns += to->cfs.min_vruntime_ns - from->cfs.min_vruntime_ns;
    task->cfs.charged_ns = 0; /* not warm anywhere */
}

/* The one whose last turn is longest ago. */
static LinuxTask *cfs_give(LinuxQueue *queue, int64_t now_ns)
{
    LinuxTask *coldest = NULL;

    for (RingNode *node = queue->cfs.ready.next; node != &queue->cfs.ready;
         node = node->next) {
        LinuxTask *task = task_of(node);

        if (!coldest || task->cfs.charged_ns < coldest->cfs.charged_ns)
            coldest = task;
    }
    if (!coldest || now_ns - coldest->cfs.charged_ns < MIGRATION_COST_NS)
        return NULL;
    dequeue(queue, coldest);
    coldest->cfs.vruntime_ns -= queue->cfs.min_vruntime_ns;
    coldest->cfs.charged_ns = 0;
    return coldest;
}

static void cfs_receive(LinuxQueue *queue, LinuxTask *task)
{
    task->cfs.vruntime_ns += queue->cfs.min_vruntime_ns;
    enqueue(queue, task);
}

/* Everybody's turn comes once in a latency, unless turns would get too short. */
static int64_t turn_length_ns(const LinuxQueue *queue)
{
    const CfsQueue *cfs = &queue->cfs;

    return MAX(cfs->latency_ns / (queue->n_queued + 1), cfs->min_granularity_ns);
}

static bool cfs_tick(LinuxQueue *queue, LinuxTask *current,
                     int64_t tick_ns G_GNUC_UNUSED, int64_t now_ns)
{
    const int64_t turn_ns = turn_length_ns(queue);
    const LinuxTask *first = first_of(queue);

    charge_current(queue, now_ns);
    if (!first)
        return false;
    if (current->cfs.turn_ns > turn_ns)
        return true;
    return current->cfs.turn_ns >= queue->cfs.min_granularity_ns &&
           current->cfs.vruntime_ns - first->cfs.vruntime_ns > turn_ns;
}

const LinuxSchedulerOps linux_cfs = {
    .name = "cfs",
    .queue_init = cfs_queue_init,
    .task_init = cfs_task_init,
    .wake = cfs_wake,
    .preempts = cfs_preempts,
    .pick_next = cfs_pick,
    .put_back = cfs_put_back,
    .sleep = cfs_sleep,
    .give = cfs_give,
    .receive = cfs_receive,
    .move = cfs_move,
    .tick = cfs_tick,
    .sees_stolen_time = true,
    .keeps_tick = true,
    .has_precise_timers = true,
    .timer_slack_ns = TIMER_SLACK_NS,
};
