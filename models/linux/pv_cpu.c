#include "models/linux/pv_cpu.h"

void pv_cpu_run(PvCpu *cpu, int64_t run_ns, Domain *run_for)
{
    g_assert(!cpu->is_in_upcall);
    cpu->is_main_running = true;
    vcpu_set_run(cpu->vcpu, run_ns, run_for);
}

static void handle_next(PvCpu *cpu, int64_t now_ns)
{
    cpu->handling = event_channels_take(cpu->channels);
    if (cpu->handling) {
        vcpu_set_run(cpu->vcpu, cpu->handling->handler_ns, cpu->handling->run_for);
        return;
    }
    cpu->is_in_upcall = false;
    cpu->ops->resume(cpu, now_ns);
}

static void begin_upcall(PvCpu *cpu)
{
    cpu->is_in_upcall = true;
    cpu->handling = NULL;
    event_channels_begin_upcall(cpu->channels);
    vcpu_set_run(cpu->vcpu, cpu->upcall_ns, cpu->upcall_for);
}

static void interrupt_main(PvCpu *cpu, int64_t now_ns)
{
    if (cpu->is_main_running)
        cpu->ops->interrupted(cpu, vcpu_run_left_ns(cpu->vcpu, now_ns), now_ns);
    cpu->is_main_running = false;
    begin_upcall(cpu);
}

/* Event delivery is off during an upcall; its end looks again. */
static void pv_cpu_interrupt(Vcpu *vcpu, int64_t now_ns)
{
    PvCpu *cpu = vcpu->context;

    if (!cpu->is_in_upcall)
        interrupt_main(cpu, now_ns);
}

void pv_cpu_block(PvCpu *cpu, int64_t now_ns)
{
    cpu->is_main_running = false;
    vcpu_count_one(cpu->vcpu, COUNT_BLOCK_HYPERCALLS);
    if (event_channels_upcall_pending(cpu->channels))
        interrupt_main(cpu, now_ns);
    else
        vcpu_block(cpu->vcpu);
}

static void finish_handler(PvCpu *cpu, int64_t now_ns)
{
    if (cpu->handling)
        cpu->handling->handle(cpu->handling->owner, now_ns);
    if (event_channels_upcall_pending(cpu->channels))
        event_channels_begin_upcall(cpu->channels);
    handle_next(cpu, now_ns);
}

static void pv_cpu_advance(Vcpu *vcpu, int64_t now_ns)
{
    PvCpu *cpu = vcpu->context;

    if (cpu->is_in_upcall) {
        finish_handler(cpu, now_ns);
    } else if (cpu->is_main_running) {
        cpu->is_main_running = false;
        cpu->ops->finished(cpu, now_ns);
    } else {
        cpu->ops->resume(cpu, now_ns);
    }
}

static void pv_cpu_dispatched(Vcpu *vcpu, int64_t now_ns)
{
    PvCpu *cpu = vcpu->context;

    if (!cpu->is_in_upcall && event_channels_upcall_pending(cpu->channels))
        interrupt_main(cpu, now_ns);
}

const ContextOps pv_cpu_context = {
    .name = "pv",
    .advance = pv_cpu_advance,
    .dispatched = pv_cpu_dispatched,
};

void pv_cpu_init(PvCpu *cpu, Vcpu *vcpu, const PvCpuOps *ops, void *owner,
                 int64_t upcall_ns)
{
    cpu->vcpu = vcpu;
    cpu->ops = ops;
    cpu->owner = owner;
    cpu->upcall_ns = upcall_ns;
    cpu->channels = event_channels_new(vcpu, pv_cpu_interrupt);
}

void pv_cpu_clear(PvCpu *cpu)
{
    g_clear_pointer(&cpu->channels, event_channels_free);
}

void pv_cpu_reset(PvCpu *cpu)
{
    event_channels_reset(cpu->channels);
    cpu->handling = NULL;
    cpu->is_in_upcall = false;
    cpu->is_main_running = false;
    vcpu_set_run(cpu->vcpu, 0, NULL);
}
