#include "models/linux/linux_scheduler.h"
#include "sim/units.h"

#define SLICE_NS         (100 * NS_PER_MS)
#define BONUSES          10 /* priority levels between never and always sleeping */
#define SLEEP_AVG_MAX_NS (SLICE_NS * BONUSES)
#define STATIC_PRIORITY  20u /* nice 0 */
#define INTERACTIVE_DELTA                                                              \
    2u /* levels better than static that make a task interactive */

static unsigned priority_of(const LinuxTask *task)
{
    const int64_t bonus =
        task->o1.sleep_avg_ns * BONUSES / SLEEP_AVG_MAX_NS - BONUSES / 2;

    return (unsigned)((int64_t)STATIC_PRIORITY - bonus);
}

static bool is_interactive(const LinuxTask *task)
{
    return task->o1.priority + INTERACTIVE_DELTA <= STATIC_PRIORITY;
}

/* Expired tasks have waited so long that nobody is interactive any more: longer than
 * STARVATION_LIMIT x nr_running (Linux's expired_starving; n_queued leaves out the
 * current task). */
static bool is_expired_starving(const LinuxQueue *queue, int64_t now_ns)
{
    return queue->o1.expired_since_ns >= 0 &&
           now_ns - queue->o1.expired_since_ns >
               SLEEP_AVG_MAX_NS * (queue->n_queued + 1);
}

static void o1_queue_init(LinuxQueue *queue, unsigned n_cpus G_GNUC_UNUSED)
{
    for (unsigned i = 0; i < O1_PRIORITIES; i++) {
        ring_init(&queue->o1.queues[0][i]);
        ring_init(&queue->o1.queues[1][i]);
    }
    queue->o1.occupied[0] = 0;
    queue->o1.occupied[1] = 0;
    queue->o1.active = 0;
    queue->o1.expired_since_ns = -1;
    queue->n_queued = 0;
}

static void o1_task_init(LinuxTask *task)
{
    ring_init(&task->node);
    task->o1.sleep_avg_ns = SLEEP_AVG_MAX_NS; /* it has been asleep since long before */
    task->o1.slice_left_ns = SLICE_NS;
    task->o1.stamp_ns = 0;
    task->o1.priority = priority_of(task);
}

static void count_queued(LinuxQueue *queue, const LinuxTask *task, unsigned array)
{
    queue->o1.occupied[array] |= UINT64_C(1) << task->o1.priority;
    queue->n_queued++;
}

static void enqueue(LinuxQueue *queue, LinuxTask *task, unsigned array)
{
    ring_push_back(&queue->o1.queues[array][task->o1.priority], &task->node);
    count_queued(queue, task, array);
}

/* Linux leaves the running task in its place, which is the first of its priority. */
static void return_to_place(LinuxQueue *queue, LinuxTask *task)
{
    ring_push_front(&queue->o1.queues[queue->o1.active][task->o1.priority],
                    &task->node);
    count_queued(queue, task, queue->o1.active);
}

static void o1_wake(LinuxQueue *queue, LinuxTask *task, int64_t now_ns)
{
    const int64_t slept_ns = now_ns - task->o1.stamp_ns;

    task->o1.sleep_avg_ns = MIN(SLEEP_AVG_MAX_NS, task->o1.sleep_avg_ns + slept_ns);
    task->o1.priority = priority_of(task);
    enqueue(queue, task, queue->o1.active);
}

static bool o1_preempts(const LinuxQueue *queue G_GNUC_UNUSED, const LinuxTask *woken,
                        const LinuxTask *current)
{
    return woken->o1.priority < current->o1.priority;
}

static void switch_arrays(LinuxQueue *queue)
{
    if (queue->o1.occupied[queue->o1.active] || !queue->o1.occupied[!queue->o1.active])
        return;
    queue->o1.active = !queue->o1.active;
    queue->o1.expired_since_ns = -1;
}

static LinuxTask *take_first(LinuxQueue *queue, unsigned array)
{
    const unsigned priority = (unsigned)__builtin_ctzll(queue->o1.occupied[array]);
    RingNode *head = &queue->o1.queues[array][priority];
    LinuxTask *task = RING_OWNER(head->next, LinuxTask, node);

    ring_remove(&task->node);
    if (ring_is_empty(head))
        queue->o1.occupied[array] &= ~(UINT64_C(1) << priority);
    queue->n_queued--;
    return task;
}

static LinuxTask *o1_pick(LinuxQueue *queue, int64_t now_ns)
{
    LinuxTask *task;

    if (queue->n_queued == 0)
        return NULL;
    switch_arrays(queue);
    task = take_first(queue, queue->o1.active);
    task->o1.stamp_ns = now_ns;
    return task;
}

static LinuxTask *o1_give(LinuxQueue *queue, int64_t now_ns G_GNUC_UNUSED)
{
    if (queue->n_queued == 0)
        return NULL;
    return take_first(queue, queue->o1.occupied[!queue->o1.active] ? !queue->o1.active
                                                                   : queue->o1.active);
}

static void o1_receive(LinuxQueue *queue, LinuxTask *task)
{
    enqueue(queue, task, queue->o1.active);
}

/* Running costs sleep average. */
static void charge(LinuxTask *task, int64_t now_ns)
{
    task->o1.sleep_avg_ns =
        MAX(0, task->o1.sleep_avg_ns - (now_ns - task->o1.stamp_ns));
    task->o1.stamp_ns = now_ns;
}

static void o1_sleep(LinuxQueue *queue G_GNUC_UNUSED, LinuxTask *task, int64_t now_ns)
{
    charge(task, now_ns);
}

static void o1_put_back(LinuxQueue *queue, LinuxTask *task, int64_t now_ns)
{
    const bool has_expired = task->o1.slice_left_ns <= 0;

    charge(task, now_ns);
    if (!has_expired) {
        return_to_place(queue, task);
        return;
    }
    task->o1.slice_left_ns = SLICE_NS;
    task->o1.priority = priority_of(task);
    if (is_interactive(task) && !is_expired_starving(queue, now_ns)) {
        enqueue(queue, task, queue->o1.active);
        return;
    }
    if (queue->o1.expired_since_ns < 0)
        queue->o1.expired_since_ns = now_ns;
    enqueue(queue, task, !queue->o1.active);
}

static bool o1_tick(LinuxQueue *queue, LinuxTask *current, int64_t tick_ns,
                    int64_t now_ns)
{
    charge(current, now_ns);
    current->o1.slice_left_ns -= tick_ns;
    if (current->o1.slice_left_ns > 0 || queue->n_queued > 0)
        return current->o1.slice_left_ns <= 0;
    /* Alone, it would expire and be picked again. */
    current->o1.slice_left_ns = SLICE_NS;
    current->o1.priority = priority_of(current);
    return false;
}

const LinuxSchedulerOps linux_o1 = {
    .name = "o1",
    .queue_init = o1_queue_init,
    .task_init = o1_task_init,
    .wake = o1_wake,
    .preempts = o1_preempts,
    .pick_next = o1_pick,
    .put_back = o1_put_back,
    .sleep = o1_sleep,
    .give = o1_give,
    .receive = o1_receive,
    .tick = o1_tick,
};
