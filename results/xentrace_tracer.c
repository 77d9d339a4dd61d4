/*
 * xentrace_tracer.c - a run as Xen 4.17's own trace (models/trace_record.h): run
 * states, wakes and switches, and of HVM guests exits, accesses and entries.
 *
 * Records lie in windows of one pCPU each, which are written pass by pass, as xentrace
 * does. Those of a vCPU are stamped in their order although they lie on several pCPUs;
 * a wake lies on the pCPU of the waker, as on Xen. An access is recorded at its exit,
 * where Xen 4.17 records a read after the wait, so that tools can name the port of an
 * exit that waits; the model has no data, which is 0.
 */
#include "results/xentrace_tracer.h"

#include "models/trace_record.h"
#include "results/tracer.h"

/* Records held before a pass is written. */
#define PASS_BYTES       (1u << 20)
#define TICKS_PER_NS     (XENTRACE_TRACER_HZ / NS_PER_S)
#define HEADER_HAS_TSC   (UINT32_C(1) << 31)
#define HEADER_WORDS_BIT 28

typedef struct {
    uint64_t tsc;  /* of its last record */
    unsigned pcpu; /* where that is */
} LastStamp;

typedef struct {
    Tracer base;
    GByteArray **windows;   /* of the pCPUs: what the next pass writes */
    uint64_t *pcpu_tsc;     /* of the last record of each */
    LastStamp *vcpu_stamps; /* of each vCPU of host->vcpus */
    size_t n_bytes;         /* in all windows */
} XentraceTracer;

static void append_word(GByteArray *bytes, uint32_t word)
{
    const uint32_t little = GUINT32_TO_LE(word);

    g_byte_array_append(bytes, (const guint8 *)&little, sizeof(little));
}

/* One window for each pCPU that has recorded something, in ascending order. */
static void write_pass(XentraceTracer *self)
{
    for (unsigned i = 0; i < self->base.host->n_pcpus; i++) {
        GByteArray *window = self->windows[i];
        g_autoptr(GByteArray) head = g_byte_array_new();

        if (window->len == 0)
            continue;
        append_word(head, TRACE_CPU_CHANGE | UINT32_C(2) << HEADER_WORDS_BIT);
        append_word(head, i);
        append_word(head, window->len);
        fwrite(head->data, 1, head->len, self->base.stream);
        fwrite(window->data, 1, window->len, self->base.stream);
        g_byte_array_set_size(window, 0);
    }
    self->n_bytes = 0;
}

/* tsc 0: a record without a stamp. */
static void record(XentraceTracer *self, unsigned pcpu, uint32_t event, uint64_t tsc,
                   unsigned n_words, const uint32_t *words)
{
    GByteArray *window = self->windows[pcpu];
    const size_t before = window->len;

    append_word(window,
                event | n_words << HEADER_WORDS_BIT | (tsc != 0 ? HEADER_HAS_TSC : 0));
    if (tsc != 0) {
        append_word(window, (uint32_t)tsc);
        append_word(window, (uint32_t)(tsc >> 32));
    }
    for (unsigned i = 0; i < n_words; i++)
        append_word(window, words[i]);
    self->base.n_records++;
    self->n_bytes += window->len - before;
    if (self->n_bytes >= PASS_BYTES)
        write_pass(self);
}

/* Not before the last record of that pCPU, and after the last of the vCPU elsewhere. */
static uint64_t stamp(XentraceTracer *self, unsigned pcpu, const Vcpu *vcpu,
                      int64_t now_ns)
{
    uint64_t tsc = (uint64_t)((XENTRACE_TRACER_START_NS + now_ns) * TICKS_PER_NS);

    tsc = MAX(tsc, self->pcpu_tsc[pcpu]);
    if (!vcpu->is_idle) {
        LastStamp *last = &self->vcpu_stamps[vcpu->index];

        tsc = MAX(tsc, last->tsc + (last->pcpu != pcpu));
        *last = (LastStamp){ tsc, pcpu };
    }
    self->pcpu_tsc[pcpu] = tsc;
    return tsc;
}

static uint32_t vcpu_word(const Vcpu *vcpu)
{
    return vcpu->is_idle ? trace_vcpu(TRACE_IDLE_DOMAIN, vcpu->pcpu->id)
                         : trace_vcpu(vcpu->domain->id, vcpu->id);
}

/* Of the pCPU that the hypervisor works on: of a running vCPU its own, else the
 * waker's. */
static unsigned recording_pcpu(const XentraceTracer *self, const Vcpu *vcpu)
{
    const Pcpu *pcpu = self->base.host->this_pcpu;

    return vcpu->is_idle || vcpu->runstate.state == RUNSTATE_RUNNING || !pcpu
               ? vcpu->pcpu->id
               : pcpu->id;
}

static void record_continue(XentraceTracer *self, const Pcpu *pcpu, const Vcpu *vcpu,
                            int64_t now_ns)
{
    record(self, pcpu->id, TRACE_CONTINUE_RUNNING, stamp(self, pcpu->id, vcpu, now_ns),
           1, (uint32_t[]){ vcpu_word(vcpu) });
}

static void on_continued(void *listener, int64_t now_ns, const Pcpu *pcpu,
                         const Vcpu *vcpu)
{
    XentraceTracer *self = listener;

    if (self->base.is_open)
        record_continue(self, pcpu, vcpu, now_ns);
}

static void on_switched(void *listener, int64_t now_ns, const Pcpu *pcpu,
                        const Vcpu *prev, const Vcpu *next)
{
    XentraceTracer *self = listener;
    const uint32_t from = vcpu_word(prev), to = vcpu_word(next);

    if (self->base.is_open)
        record(self, pcpu->id, TRACE_SWITCH, stamp(self, pcpu->id, prev, now_ns), 4,
               (uint32_t[]){ trace_vcpu_domain(from), trace_vcpu_number(from),
                             trace_vcpu_domain(to), trace_vcpu_number(to) });
}

static void on_runstate(void *listener, int64_t now_ns, const Vcpu *vcpu,
                        RunstateName from, RunstateName to)
{
    XentraceTracer *self = listener;
    unsigned pcpu;

    if (!self->base.is_open)
        return;
    pcpu = from == RUNSTATE_RUNNING ? vcpu->pcpu->id : recording_pcpu(self, vcpu);
    record(self, pcpu, trace_runstate_event(from, to), stamp(self, pcpu, vcpu, now_ns),
           1, (uint32_t[]){ vcpu_word(vcpu) });
}

static void on_woken(void *listener, int64_t now_ns, const Vcpu *vcpu)
{
    XentraceTracer *self = listener;
    const unsigned pcpu = recording_pcpu(self, vcpu);

    if (self->base.is_open)
        record(self, pcpu, TRACE_WAKE, stamp(self, pcpu, vcpu, now_ns), 2,
               (uint32_t[]){ vcpu->domain->id, vcpu->id });
}

static void record_access(XentraceTracer *self, unsigned pcpu, const Activity *access)
{
    const uint32_t low = (uint32_t)access->address;
    const uint32_t high = (uint32_t)(access->address >> 32);
    const unsigned n_data = access->is_string ? 0 : 1;
    const uint32_t data = access->is_write ? access->value : 0;

    if (access->kind == ACTIVITY_PORT)
        record(self, pcpu, access->is_write ? TRACE_PORT_WRITE : TRACE_PORT_READ, 0,
               1 + n_data, (uint32_t[]){ low, data });
    else
        record(self, pcpu,
               (access->is_write ? TRACE_MEMORY_WRITE : TRACE_MEMORY_READ) |
                   TRACE_ADDRESS_64,
               0, 2 + 2 * n_data, (uint32_t[]){ low, high, data, 0 });
}

static void on_exited(void *listener, int64_t now_ns, const Vcpu *vcpu, ExitClass exit,
                      const Activity *access)
{
    XentraceTracer *self = listener;
    const unsigned pcpu = vcpu->pcpu->id;

    if (!self->base.is_open)
        return;
    record(self, pcpu, TRACE_VM_EXIT_64, stamp(self, pcpu, vcpu, now_ns), 3,
           (uint32_t[]){ exit_class_vmx_reason(exit), 0, 0 });
    if (exit == EXIT_HLT)
        record(self, pcpu, TRACE_HLT, 0, 1, (uint32_t[]){ 0 });
    if (access)
        record_access(self, pcpu, access);
}

static void on_entered(void *listener, int64_t now_ns, const Vcpu *vcpu)
{
    XentraceTracer *self = listener;
    const unsigned pcpu = vcpu->pcpu->id;

    if (self->base.is_open)
        record(self, pcpu, TRACE_VM_ENTRY, stamp(self, pcpu, vcpu, now_ns), 0, NULL);
}

/* Who runs where: analysers know nothing else of a pCPU before its first switch, and of
 * its last run nothing but this. */
static void record_all_pcpus(XentraceTracer *self, int64_t now_ns)
{
    for (unsigned i = 0; i < self->base.host->n_pcpus; i++) {
        const Pcpu *pcpu = &self->base.host->pcpus[i];

        record_continue(self, pcpu, pcpu->current, now_ns);
    }
}

static void begin(Tracer *tracer, int64_t now_ns)
{
    XentraceTracer *self = (XentraceTracer *)tracer;
    const Host *host = tracer->host;

    self->windows = g_new0(GByteArray *, host->n_pcpus);
    for (unsigned i = 0; i < host->n_pcpus; i++)
        self->windows[i] = g_byte_array_new();
    self->pcpu_tsc = g_new0(uint64_t, host->n_pcpus);
    self->vcpu_stamps = g_new0(LastStamp, host->vcpus->len);
    record_all_pcpus(self, now_ns);
}

static void end(Tracer *tracer, int64_t now_ns)
{
    XentraceTracer *self = (XentraceTracer *)tracer;

    record_all_pcpus(self, now_ns);
    write_pass(self);
}

static void clear(Tracer *tracer)
{
    XentraceTracer *self = (XentraceTracer *)tracer;

    for (unsigned i = 0; self->windows && i < tracer->host->n_pcpus; i++)
        g_byte_array_unref(self->windows[i]);
    g_free(self->windows);
    g_free(self->pcpu_tsc);
    g_free(self->vcpu_stamps);
}

const TracerOps xentrace_tracer = {
    .name = "xentrace",
    .summary = "Xen 4.17's own format, for xenalyze and xentrace_format",
    .suffix = ".xentrace",
    .size = sizeof(XentraceTracer),
    .probe = { .switched = on_switched,
               .continued = on_continued,
               .runstate = on_runstate,
               .woken = on_woken,
               .exited = on_exited,
               .entered = on_entered },
    .begin = begin,
    .end = end,
    .clear = clear,
};
