#include "models/host/scheduler.h"

#include "models/name_list.h"

#define SCHEDULER(name) extern const SchedulerOps name##_scheduler;
#include "models/scheduler_list.h" /* written by CMake */
#undef SCHEDULER

static const SchedulerOps *const schedulers[] = {
#define SCHEDULER(name) &name##_scheduler,
#include "models/scheduler_list.h"
#undef SCHEDULER
    NULL,
};

static const char *name_at(unsigned index)
{
    return schedulers[index] ? schedulers[index]->name : NULL;
}

const SchedulerOps *scheduler_ops_by_name(const char *name, GError **error)
{
    static const NameList list = { "scheduler", name_at };
    unsigned index;

    return name_list_find(&list, name, &index, error) ? schedulers[index] : NULL;
}

const SchedulerOps *const *scheduler_ops_all(void)
{
    return schedulers;
}
