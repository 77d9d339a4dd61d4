#include "models/linux/linux_scheduler.h"

static const LinuxSchedulerOps *const schedulers[] = { &linux_o1, &linux_cfs };

const char *const linux_scheduler_names[] = { "o1", "cfs", NULL };

const LinuxSchedulerOps *linux_scheduler_ops(unsigned index)
{
    g_assert(index < G_N_ELEMENTS(schedulers));
    return schedulers[index];
}
