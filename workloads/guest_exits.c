#include "workloads/guest_exits.h"

#include "workloads/error.h"

#define NO_VCPU UINT32_MAX

/* Where the vCPU is, as far as the records tell. */
typedef struct {
    GuestExits *exits;
    uint32_t vcpu;
    GArray *running;    /* by pCPU: the vCPU, or NO_VCPU when unknown */
    GArray *hvm_vcpus;  /* those with an exit, for the message if ours has none */
    uint64_t entry_tsc; /* 0: not in the guest */
    uint64_t exit_tsc;  /* 0: no exit is open */
    GuestExit open;
    bool is_paused; /* by the toolstack, or parked by its cap */
} Collector;

static uint32_t *running_on(Collector *collector, unsigned pcpu)
{
    const uint32_t unknown = NO_VCPU;

    while (collector->running->len <= pcpu)
        g_array_append_val(collector->running, unknown);
    return &g_array_index(collector->running, uint32_t, pcpu);
}

static void note_hvm_vcpu(Collector *collector, uint32_t vcpu)
{
    for (guint i = 0; i < collector->hvm_vcpus->len; i++)
        if (g_array_index(collector->hvm_vcpus, uint32_t, i) == vcpu)
            return;
    g_array_append_val(collector->hvm_vcpus, vcpu);
}

/* Forgets what the vCPU was about. */
static void lose_track(Collector *collector)
{
    collector->entry_tsc = 0;
    collector->exit_tsc = 0;
}

static void note_exit(Collector *collector, const TraceRecord *record)
{
    const uint64_t entry_tsc = collector->entry_tsc;
    const bool is_known = entry_tsc != 0 && record->tsc >= entry_tsc;

    collector->open = (GuestExit){
        .code = (uint32_t)record->words[0],
        .guest_ticks = is_known ? record->tsc - entry_tsc : 0,
        .follows_gap = !is_known,
        .first_access = collector->exits->accesses->len,
    };
    collector->exit_tsc = record->tsc;
    collector->entry_tsc = 0;
    collector->exits->is_svm |= exit_code_is_svm(collector->open.code);
}

static void note_entry(Collector *collector, const TraceRecord *record)
{
    GuestExits *exits = collector->exits;

    if (collector->exit_tsc != 0) {
        collector->open.n_accesses =
            exits->accesses->len - collector->open.first_access;
        g_array_append_val(exits->exits, collector->open);
    }
    collector->exit_tsc = 0;
    collector->entry_tsc = record->tsc;
}

static void note_access(Collector *collector, const TraceRecord *record)
{
    const bool is_64_bit = record->event & TRACE_ADDRESS_64;
    const uint32_t event = record->event & ~(uint32_t)TRACE_ADDRESS_64;
    const unsigned n_address_words = is_64_bit ? 2 : 1;

    if (collector->exit_tsc == 0 || record->n_words < n_address_words)
        return;
    g_array_append_val(
        collector->exits->accesses,
        ((GuestAccess){
            .address = is_64_bit ? record->words[1] << 32 | record->words[0]
                                 : record->words[0],
            .value = (uint32_t)record->words[n_address_words],
            .has_value = record->n_words > n_address_words,
            .is_write = event == TRACE_PORT_WRITE || event == TRACE_MEMORY_WRITE,
            .is_memory = event == TRACE_MEMORY_READ || event == TRACE_MEMORY_WRITE,
        }));
}

static void note_own_record(Collector *collector, const TraceRecord *record)
{
    switch (record->event & ~(uint32_t)TRACE_ADDRESS_64) {
    case TRACE_VM_EXIT:
        if (record->n_words >= 1)
            note_exit(collector, record);
        return;
    case TRACE_VM_ENTRY:
        note_entry(collector, record);
        return;
    case TRACE_PORT_READ:
    case TRACE_PORT_WRITE:
    case TRACE_MEMORY_READ:
    case TRACE_MEMORY_WRITE:
        note_access(collector, record);
        return;
    }
}

/* A vCPU that is paused or parked goes offline too, but after a sleep record. */
static void note_own_runstate(Collector *collector, const TraceRecord *record)
{
    const RunstateName old = trace_old_state(record), new = trace_new_state(record);

    if (old == RUNSTATE_RUNNING && new == RUNSTATE_OFFLINE && !collector->is_paused)
        collector->open.waited = true;
    if (old == RUNSTATE_BLOCKED && new == RUNSTATE_RUNNABLE &&
        collector->exit_tsc != 0 && record->tsc > collector->exit_tsc)
        collector->open.blocked_ticks = record->tsc - collector->exit_tsc;
    if (new == RUNSTATE_RUNNING)
        collector->is_paused = false;
}

static void note_runstate(Collector *collector, const TraceRecord *record)
{
    const uint32_t vcpu = (uint32_t)record->words[0];
    uint32_t *running = running_on(collector, record->pcpu);

    if (trace_new_state(record) == RUNSTATE_RUNNING)
        *running = vcpu;
    else if (trace_old_state(record) == RUNSTATE_RUNNING)
        *running = NO_VCPU;
    if (vcpu == collector->vcpu)
        note_own_runstate(collector, record);
}

static void note_record(Collector *collector, const TraceRecord *record)
{
    uint32_t *running = running_on(collector, record->pcpu);

    if (collector->exits->first_tsc == 0)
        collector->exits->first_tsc = record->tsc;
    collector->exits->last_tsc = record->tsc;
    if (trace_is_runstate(record)) {
        note_runstate(collector, record);
    } else if (record->event == TRACE_CONTINUE_RUNNING && record->n_words >= 1) {
        *running = (uint32_t)record->words[0];
    } else if (record->event == TRACE_LOST_RECORDS) {
        *running = NO_VCPU;
        lose_track(collector);
    } else if (record->event == TRACE_SLEEP && record->n_words >= 2) {
        if (trace_vcpu((unsigned)record->words[0], (unsigned)record->words[1]) ==
            collector->vcpu)
            collector->is_paused = true;
    } else if (*running != NO_VCPU) {
        if (trace_is_exit(record))
            note_hvm_vcpu(collector, *running);
        if (*running == collector->vcpu)
            note_own_record(collector, record);
    }
}

static bool collect(Collector *collector, Xentrace *trace, GError **error)
{
    GError *fault = NULL;
    TraceRecord record;

    while (xentrace_next(trace, &record, &fault))
        note_record(collector, &record);
    if (!fault)
        return true;
    g_propagate_error(error, fault);
    return false;
}

static bool refuse(const Collector *collector, const char *name, GError **error)
{
    g_autoptr(GString) known = g_string_new(NULL);

    for (guint i = 0; i < collector->hvm_vcpus->len; i++) {
        const uint32_t vcpu = g_array_index(collector->hvm_vcpus, uint32_t, i);

        g_string_append_printf(known, "%sdomain %u vcpu %u", i > 0 ? ", " : "",
                               trace_vcpu_domain(vcpu), trace_vcpu_number(vcpu));
    }
    g_set_error(error, WORKLOAD_ERROR, WORKLOAD_ERROR_EMPTY,
                "%s: domain %u vcpu %u runs no HVM guest here (those that do: %s)",
                name, trace_vcpu_domain(collector->vcpu),
                trace_vcpu_number(collector->vcpu),
                known->len > 0 ? known->str : "none");
    return false;
}

bool guest_exits_read(GuestExits *exits, Xentrace *trace, unsigned domain,
                      unsigned vcpu, GError **error)
{
    if (!xentrace_check_run_states(trace, error))
        return false;
    g_auto(GuestExits) found = { 0 };
    g_autoptr(GArray) running = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    g_autoptr(GArray) hvm_vcpus = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    Collector collector = {
        .exits = &found,
        .vcpu = trace_vcpu(domain, vcpu),
        .running = running,
        .hvm_vcpus = hvm_vcpus,
    };

    found.exits = g_array_new(FALSE, FALSE, sizeof(GuestExit));
    found.accesses = g_array_new(FALSE, FALSE, sizeof(GuestAccess));
    if (!collect(&collector, trace, error))
        return false;
    if (found.exits->len == 0)
        return refuse(&collector, xentrace_name(trace), error);
    *exits = found;
    found = (GuestExits){ 0 };
    return true;
}

void guest_exits_clear(GuestExits *exits)
{
    g_clear_pointer(&exits->exits, g_array_unref);
    g_clear_pointer(&exits->accesses, g_array_unref);
}
