#include "models/linux/linux_kernel.h"

#include "models/linux/linux_cpu.h"

Kernel *kernel_new(Domain *domain, const KernelParams *params)
{
    const CostProfile *profile = params->profile;
    Kernel *kernel = g_new0(Kernel, 1);

    kernel->domain = domain;
    kernel->scheduler = params->scheduler;
    kernel->run_for = params->run_for;
    kernel->n_cpus = params->n_vcpus;
    kernel->cpus = g_new0(KernelCpu, params->n_vcpus);
    kernel->jiffy_ns = NS_PER_S / params->hz;
    kernel->tick_phase_ns = params->tick_phase_ns % kernel->jiffy_ns;
    kernel->task_switch_ns = cost_ns(profile, COST_TASK_SWITCH);
    kernel->address_space_ns = cost_ns(profile, COST_ADDRESS_SPACE);
    kernel->idle_ns = cost_ns(profile, COST_TASK_IDLE) +
                      (params->n_vcpus > 1 ? params->balance_ns : 0);
    for (unsigned i = 0; i < params->n_vcpus; i++)
        linux_cpu_init(&kernel->cpus[i], kernel, i, profile);
    return kernel;
}

void kernel_free(Kernel *kernel)
{
    if (!kernel)
        return;
    for (unsigned i = 0; i < kernel->n_cpus; i++)
        linux_cpu_clear(&kernel->cpus[i]);
    g_free(kernel->cpus);
    g_free(kernel);
}

Host *kernel_host(const Kernel *kernel)
{
    return kernel->domain->host;
}

void kernel_start(Kernel *kernel)
{
    for (unsigned i = 0; i < kernel->n_cpus; i++) {
        host_enter(kernel->domain->host, kernel->cpus[i].pv.vcpu->pcpu);
        vcpu_start(kernel->cpus[i].pv.vcpu, false);
    }
}

void kernel_stop(Kernel *kernel)
{
    for (unsigned i = 0; i < kernel->n_cpus; i++)
        linux_cpu_stop(&kernel->cpus[i]);
}

unsigned kernel_open_port(Kernel *kernel, const EventPort *port)
{
    return event_channels_open(kernel->cpus[0].pv.channels, port);
}

Vcpu *kernel_event_vcpu(const Kernel *kernel)
{
    return kernel->cpus[0].pv.vcpu;
}

void kernel_send(Kernel *kernel, unsigned port)
{
    event_send(kernel->cpus[0].pv.channels, port);
}

int64_t kernel_select_ends_ns(const Kernel *kernel, int64_t now_ns, int64_t length_ns)
{
    const int64_t n_jiffies = (length_ns + kernel->jiffy_ns - 1) / kernel->jiffy_ns;

    if (kernel->scheduler->has_precise_timers)
        return now_ns + length_ns;
    return begun_jiffy_ns(kernel, now_ns) + n_jiffies * kernel->jiffy_ns;
}
