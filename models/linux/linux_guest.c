#include "models/linux/linux_guest.h"

struct LinuxGuest {
    Kernel *kernel;
    Task *processes; /* one for each vCPU */
    int64_t run_ns, sleep_ns;
};

static void process_advance(Task *task, int64_t now_ns)
{
    const LinuxGuest *guest = task->owner;

    if (task_take_timeout(task, now_ns))
        task_run(task, guest->run_ns, task_vcpu(task)->domain);
    else
        task_sleep(task, now_ns + guest->sleep_ns);
}

static const TaskOps process_ops = {
    .name = "process",
    .advance = process_advance,
};

LinuxGuest *linux_guest_new(Domain *domain, const KernelParams *params,
                            int64_t start_ns, int64_t run_ns, int64_t sleep_ns)
{
    LinuxGuest *guest = g_new0(LinuxGuest, 1);

    guest->kernel = kernel_new(domain, params);
    guest->processes = g_new0(Task, params->n_vcpus);
    guest->run_ns = run_ns;
    guest->sleep_ns = sleep_ns;
    for (unsigned i = 0; i < params->n_vcpus; i++) {
        task_init(&guest->processes[i], guest->kernel, &process_ops, guest);
        task_wake_at(&guest->processes[i], start_ns);
    }
    return guest;
}

void linux_guest_free(LinuxGuest *guest)
{
    kernel_free(guest->kernel);
    g_free(guest->processes);
    g_free(guest);
}

void linux_guest_start(LinuxGuest *guest)
{
    kernel_start(guest->kernel);
}
