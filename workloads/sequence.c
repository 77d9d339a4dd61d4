#include "workloads/sequence.h"

#include <glib.h>

typedef struct {
    Workload workload;
    Workload *boot, *work;
    bool has_booted;
} Sequence;

static void sequence_next(Workload *workload, Activity *next)
{
    Sequence *self = (Sequence *)workload;

    if (self->has_booted) {
        self->work->ops->next(self->work, next);
        return;
    }
    self->boot->ops->next(self->boot, next);
    if (next->kind != ACTIVITY_END)
        return;
    self->has_booted = true;
    *next = (Activity){ .kind = ACTIVITY_BOOTED };
}

static void sequence_free(Workload *workload)
{
    Sequence *self = (Sequence *)workload;

    self->boot->ops->free(self->boot);
    self->work->ops->free(self->work);
    g_free(self);
}

static const WorkloadOps sequence_workload = {
    .name = "boot, then work",
    .next = sequence_next,
    .free = sequence_free,
};

Workload *boot_then_work_new(Workload *boot, Workload *work)
{
    Sequence *self = g_new0(Sequence, 1);

    self->workload.ops = &sequence_workload;
    self->boot = boot;
    self->work = work;
    return &self->workload;
}
