#include "models/machine/trace_reader.h"

#include "models/linux/linux_kernel.h"
#include "models/linux/pv_cpu.h"

/* Sizes of what Xen 4.17 writes (design of the records: public/trace.h): a header of 4
 * bytes, a time stamp of 8 except in records of HVM handlers, and words of 4. */
#define SWITCH_BYTES 128 /* schedule() entered, previous, next, switch, 2 runstates */
#define CONTINUE_BYTES                                                                 \
    96                   /* tickle, schedule() entered, ratelimit, same vCPU, goes on */
#define WAKE_BYTES    46 /* wake, runstate, and a block for every other one */
#define REQUEST_BYTES 96 /* exit, interrupt lines, the access, entry */
/* Some 8.5 records of entries into Xen from one wake of a PV Linux to its block. */
#define WAKE_HYPERCALL_BYTES 136
/* Of 16 to 17 trapped RDTSCs in the same span, in a PV guest's Linux
 * (pv-hogs3-io2-1p). */
#define WAKE_TRAP_BYTES 330
/* The 250 ticks a second of a PV guest that computes without an end, and the traps in
 * them (pv-weights-1p). */
#define BUSY_BYTES_PER_S      14900
#define BUSY_TRAP_BYTES_PER_S 46700

struct TraceReader {
    TraceReaderParams params;
    Task task;
    int64_t n_bytes; /* since the last pass */
};

/* Nobody's kernel is simulated where a run never ends. */
static void count_ticks(TraceReader *reader, const Vcpu *vcpu, int64_t now_ns)
{
    const int64_t ran_us = (now_ns - vcpu->runstate.since_ns) / NS_PER_US;
    const int64_t bytes_per_s =
        BUSY_BYTES_PER_S + (reader->params.traps_rdtsc ? BUSY_TRAP_BYTES_PER_S : 0);

    if (reader->params.traces_hypercalls && vcpu->run_left_ns == TIME_NEVER_NS)
        reader->n_bytes += ran_us * bytes_per_s / (NS_PER_S / NS_PER_US);
}

static void on_switched(void *listener, int64_t now_ns, const Pcpu *pcpu G_GNUC_UNUSED,
                        const Vcpu *prev, const Vcpu *next G_GNUC_UNUSED)
{
    TraceReader *reader = listener;

    reader->n_bytes += SWITCH_BYTES;
    if (!prev->is_idle)
        count_ticks(reader, prev, now_ns);
}

static void on_continued(void *listener, int64_t now_ns G_GNUC_UNUSED,
                         const Pcpu *pcpu G_GNUC_UNUSED, const Vcpu *vcpu G_GNUC_UNUSED)
{
    TraceReader *reader = listener;

    reader->n_bytes += CONTINUE_BYTES;
}

/* Never in domain 0. */
static bool traps_rdtsc(const TraceReader *reader, const Vcpu *vcpu)
{
    return reader->params.traps_rdtsc && vcpu->context_ops == &pv_cpu_context &&
           vcpu->domain->id != 0;
}

static void on_woken(void *listener, int64_t now_ns G_GNUC_UNUSED, const Vcpu *vcpu)
{
    TraceReader *reader = listener;

    reader->n_bytes += WAKE_BYTES;
    if (!reader->params.traces_hypercalls)
        return;
    reader->n_bytes += WAKE_HYPERCALL_BYTES;
    if (traps_rdtsc(reader, vcpu))
        reader->n_bytes += WAKE_TRAP_BYTES;
}

static void on_request(void *listener, int64_t now_ns G_GNUC_UNUSED,
                       const Request *request G_GNUC_UNUSED)
{
    TraceReader *reader = listener;

    reader->n_bytes += REQUEST_BYTES;
}

static void reader_advance(Task *task, int64_t now_ns)
{
    TraceReader *reader = task->owner;
    const TraceReaderParams *params = &reader->params;

    if (!task_take_timeout(task, now_ns)) {
        task_sleep(task, now_ns + params->poll_ns);
        return;
    }
    task_run(task, params->pass_ns + reader->n_bytes * params->kilobyte_ns / 1000,
             NULL);
    reader->n_bytes = 0;
}

static const TaskOps reader_ops = {
    .name = "xentrace",
    .advance = reader_advance,
};

TraceReader *trace_reader_new(Kernel *dom0, const TraceReaderParams *params)
{
    TraceReader *reader = g_new0(TraceReader, 1);

    reader->params = *params;
    task_init(&reader->task, dom0, &reader_ops, reader);
    task_wake_at(&reader->task, params->poll_ns);
    host_add_probe(kernel_host(dom0), &(Probe){ .listener = reader,
                                                .switched = on_switched,
                                                .continued = on_continued,
                                                .woken = on_woken,
                                                .request = on_request });
    return reader;
}

void trace_reader_free(TraceReader *reader)
{
    g_free(reader);
}
