#include "models/machine/daemons.h"

static void daemons_advance(Task *task, int64_t now_ns)
{
    const Daemons *self = task->owner;

    if (task_take_timeout(task, now_ns))
        task_run(task, self->run_ns, NULL);
    else
        task_sleep_to_tick(task, now_ns + self->interval_ns);
}

static const TaskOps daemons_ops = {
    .name = "daemons",
    .advance = daemons_advance,
};

void daemons_init(Daemons *self, Kernel *dom0, int64_t run_ns, int64_t interval_ns)
{
    self->run_ns = run_ns;
    self->interval_ns = interval_ns;
    task_init(&self->task, dom0, &daemons_ops, self);
    if (interval_ns > 0)
        task_wake_at(&self->task, interval_ns);
}
