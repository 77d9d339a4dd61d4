#include "models/linux_o1.h"

#include "sim/units.h"

#define SLICE_NS         (100 * NS_PER_MS)
#define BONUSES          10 /* priority levels between never and always sleeping */
#define SLEEP_AVG_MAX_NS (SLICE_NS * BONUSES)
#define STATIC_PRIORITY  20u /* nice 0 */
#define INTERACTIVE_DELTA                                                              \
    2u /* levels better than static that make a task interactive */

static unsigned priority_of(const O1Task *task)
{
    const int64_t bonus = task->sleep_avg_ns * BONUSES / SLEEP_AVG_MAX_NS - BONUSES / 2;

    return (unsigned)((int64_t)STATIC_PRIORITY - bonus);
}

static bool is_interactive(const O1Task *task)
{
    return task->priority + INTERACTIVE_DELTA <= STATIC_PRIORITY;
}

/* Expired tasks have waited so long that nobody is interactive any more: one whole
 * round of sleep averages for each queued task. */
static bool is_expired_starving(const O1Queue *queue, int64_t now_ns)
{
    return queue->expired_since_ns >= 0 &&
           now_ns - queue->expired_since_ns > SLEEP_AVG_MAX_NS * (queue->n_queued + 1);
}

void o1_queue_init(O1Queue *queue)
{
    for (unsigned i = 0; i < O1_PRIORITIES; i++) {
        ring_init(&queue->queues[0][i]);
        ring_init(&queue->queues[1][i]);
    }
    queue->occupied[0] = 0;
    queue->occupied[1] = 0;
    queue->active = 0;
    queue->expired_since_ns = -1;
    queue->n_queued = 0;
}

void o1_task_init(O1Task *task)
{
    ring_init(&task->node);
    task->sleep_avg_ns = SLEEP_AVG_MAX_NS; /* it has been asleep since long before */
    task->slice_left_ns = SLICE_NS;
    task->stamp_ns = 0;
    task->priority = priority_of(task);
}

static void count_queued(O1Queue *queue, const O1Task *task, unsigned array)
{
    queue->occupied[array] |= UINT64_C(1) << task->priority;
    queue->n_queued++;
}

static void enqueue(O1Queue *queue, O1Task *task, unsigned array)
{
    ring_push_back(&queue->queues[array][task->priority], &task->node);
    count_queued(queue, task, array);
}

/* Linux leaves the running task in its place, which is the first of its priority. */
static void return_to_place(O1Queue *queue, O1Task *task)
{
    ring_push_front(&queue->queues[queue->active][task->priority], &task->node);
    count_queued(queue, task, queue->active);
}

void o1_wake(O1Queue *queue, O1Task *task, int64_t now_ns)
{
    const int64_t slept_ns = now_ns - task->stamp_ns;

    task->sleep_avg_ns = MIN(SLEEP_AVG_MAX_NS, task->sleep_avg_ns + slept_ns);
    task->priority = priority_of(task);
    enqueue(queue, task, queue->active);
}

bool o1_preempts(const O1Task *woken, const O1Task *current)
{
    return woken->priority < current->priority;
}

static void switch_arrays(O1Queue *queue)
{
    if (queue->occupied[queue->active] || !queue->occupied[!queue->active])
        return;
    queue->active = !queue->active;
    queue->expired_since_ns = -1;
}

static O1Task *take_first(O1Queue *queue, unsigned array)
{
    const unsigned priority = (unsigned)__builtin_ctzll(queue->occupied[array]);
    RingNode *head = &queue->queues[array][priority];
    O1Task *task = RING_OWNER(head->next, O1Task, node);

    ring_remove(&task->node);
    if (ring_is_empty(head))
        queue->occupied[array] &= ~(UINT64_C(1) << priority);
    queue->n_queued--;
    return task;
}

O1Task *o1_pick(O1Queue *queue, int64_t now_ns)
{
    O1Task *task;

    if (queue->n_queued == 0)
        return NULL;
    switch_arrays(queue);
    task = take_first(queue, queue->active);
    task->stamp_ns = now_ns;
    return task;
}

O1Task *o1_give(O1Queue *queue)
{
    if (queue->n_queued == 0)
        return NULL;
    return take_first(queue,
                      queue->occupied[!queue->active] ? !queue->active : queue->active);
}

void o1_receive(O1Queue *queue, O1Task *task)
{
    enqueue(queue, task, queue->active);
}

/* Running costs sleep average. */
static void charge(O1Task *task, int64_t now_ns)
{
    task->sleep_avg_ns = MAX(0, task->sleep_avg_ns - (now_ns - task->stamp_ns));
    task->stamp_ns = now_ns;
}

void o1_sleep(O1Queue *queue G_GNUC_UNUSED, O1Task *task, int64_t now_ns)
{
    charge(task, now_ns);
}

void o1_put_back(O1Queue *queue, O1Task *task, int64_t now_ns)
{
    const bool has_expired = task->slice_left_ns <= 0;

    charge(task, now_ns);
    if (!has_expired) {
        return_to_place(queue, task);
        return;
    }
    task->slice_left_ns = SLICE_NS;
    task->priority = priority_of(task);
    if (is_interactive(task) && !is_expired_starving(queue, now_ns)) {
        enqueue(queue, task, queue->active);
        return;
    }
    if (queue->expired_since_ns < 0)
        queue->expired_since_ns = now_ns;
    enqueue(queue, task, !queue->active);
}

bool o1_tick(O1Queue *queue, O1Task *current, int64_t tick_ns, int64_t now_ns)
{
    charge(current, now_ns);
    current->slice_left_ns -= tick_ns;
    if (current->slice_left_ns > 0 || queue->n_queued > 0)
        return current->slice_left_ns <= 0;
    /* Alone, it would expire and be picked again. */
    current->slice_left_ns = SLICE_NS;
    current->priority = priority_of(current);
    return false;
}
