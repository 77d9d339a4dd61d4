#include "models/host/scheduler.h"

#include "models/error.h"

#include <string.h>

#define SCHEDULER(name) extern const SchedulerOps name##_scheduler;
#include "models/scheduler_list.h" /* written by CMake */
#undef SCHEDULER

static const SchedulerOps *const schedulers[] = {
#define SCHEDULER(name) &name##_scheduler,
#include "models/scheduler_list.h"
#undef SCHEDULER
    NULL,
};

const SchedulerOps *scheduler_ops_by_name(const char *name, GError **error)
{
    g_autoptr(GString) known = g_string_new(NULL);

    for (unsigned i = 0; schedulers[i]; i++) {
        if (strcmp(schedulers[i]->name, name) == 0)
            return schedulers[i];
        g_string_append_printf(known, "%s%s", i > 0 ? ", " : "", schedulers[i]->name);
    }
    g_set_error(error, MODEL_ERROR, MODEL_ERROR_UNKNOWN_NAME,
                "no scheduler is called \"%s\" (known: %s)", name, known->str);
    return NULL;
}

const SchedulerOps *const *scheduler_ops_all(void)
{
    return schedulers;
}
