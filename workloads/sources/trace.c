/*
 * trace.c - the work of a real guest, from a capture (guest_record.h says how).
 *
 * The run's seed draws for each vCPU the order of the record's bursts, afresh after
 * each pass through all of them, and how much computation is left of the burst before
 * the first one, so that guests of one record do not march in step.
 */
#include "sim/random.h"
#include "workloads/guest_record.h"
#include "workloads/source.h"

typedef struct {
    char *file;
    int64_t domain, vcpu;
    int64_t clock_hz;
    int64_t ipc_percent;
    int64_t switch_ns;
    int64_t sector_words;
    int exit_codes;
    bool accept_early_end;
} Options;

static const char *const exit_code_names[] = {
    [EXIT_CODES_DETECTED] = "detect",
    [EXIT_CODES_ARE_SVM] = "svm",
    [EXIT_CODES_ARE_VMX] = "vmx",
    NULL,
};

static const Option options[] = {
    OPTION_FILE_FIELD(Options, file, "file", "hvm-disk-1p",
                      "xentrace capture, plain or packed with xz or gzip"),
    OPTION_INTEGER_FIELD(Options, domain, "domain", "7", 0, 0x7ffe,
                         "of the guest in the capture"),
    OPTION_INTEGER_FIELD(Options, vcpu, "vcpu", "0", 0, 0xffff, "of that domain"),
    OPTION_UNIT_FIELD(Options, clock_hz, UNIT_HZ, "clock", "1GHz", 100000000,
                      INT64_C(9000000000), "rate of the capture's TSC"),
    OPTION_UNIT_FIELD(Options, ipc_percent, UNIT_PERCENT, "instructions-per-cycle",
                      "100%", 1, 1000,
                      "of the guest in the capture, per tick of its TSC"),
    OPTION_NS_FIELD(Options, switch_ns, "world-switch", "608ns", 0, NS_PER_MS,
                    "between the records of an entry and the next exit, if the guest "
                    "executes nothing"),
    OPTION_INTEGER_FIELD(Options, sector_words, "sector-words", "256", 1, 32768,
                         "of 2 bytes, in the string reads of a sector"),
    OPTION_CHOICE_FIELD(Options, exit_codes, "exit-codes", "detect", exit_code_names,
                        "whose exit codes the capture has"),
    OPTION_BOOL_FIELD(Options, accept_early_end, "accept-cut", "no",
                      "use a capture that was cut off, up to where it ends"),
    { 0 },
};

typedef struct {
    Workload workload;
    const GuestRecord *record;
    gsl_rng *stream;
    uint32_t *order;            /* of the bursts */
    unsigned n_done;            /* of this pass */
    unsigned at, end;           /* in the activities */
    int64_t first_instructions; /* left of the burst before the first; then 0 */
} TraceWorkload;

static void next_burst(TraceWorkload *self)
{
    const GuestRecord *record = self->record;

    if (self->n_done == record->n_bursts) {
        random_shuffle(self->stream, self->order, record->n_bursts);
        self->n_done = 0;
    }
    const uint32_t burst = self->order[self->n_done++];

    self->at = record->burst_at[burst];
    self->end = record->burst_at[burst + 1];
}

static void trace_next(Workload *workload, Activity *next)
{
    TraceWorkload *self = (TraceWorkload *)workload;

    if (self->first_instructions > 0) {
        *next = (Activity){ .kind = ACTIVITY_COMPUTE,
                            .instructions = self->first_instructions };
        self->first_instructions = 0;
        return;
    }
    if (self->at == self->end)
        next_burst(self);
    *next = self->record->activities[self->at++];
}

static void trace_free(Workload *workload)
{
    TraceWorkload *self = (TraceWorkload *)workload;

    gsl_rng_free(self->stream);
    g_free(self->order);
    g_free(self);
}

static const WorkloadOps trace_workload = {
    .name = "trace",
    .next = trace_next,
    .free = trace_free,
};

/* Part of what a burst, drawn, computes. */
static int64_t draw_offset(const GuestRecord *record, gsl_rng *stream)
{
    const unsigned burst = (unsigned)gsl_rng_uniform_int(stream, record->n_bursts);
    int64_t instructions = 0;

    for (unsigned i = record->burst_at[burst]; i < record->burst_at[burst + 1]; i++)
        if (record->activities[i].kind == ACTIVITY_COMPUTE)
            instructions += record->activities[i].instructions;
    return (int64_t)((double)instructions * gsl_rng_uniform(stream));
}

static Workload *trace_start(const void *shared, uint64_t run_seed,
                             const char *stream_name)
{
    const GuestRecord *record = shared;
    TraceWorkload *self = g_new0(TraceWorkload, 1);

    self->workload.ops = &trace_workload;
    self->record = record;
    self->stream = random_stream_new(run_seed, stream_name);
    self->order = g_new(uint32_t, record->n_bursts);
    for (unsigned i = 0; i < record->n_bursts; i++)
        self->order[i] = i;
    self->n_done = record->n_bursts;
    self->first_instructions = draw_offset(record, self->stream);
    return &self->workload;
}

static void *trace_open(const void *shared_options, GError **error)
{
    const Options *opt = shared_options;
    const GuestRecordParams params = {
        .domain = (unsigned)opt->domain,
        .vcpu = (unsigned)opt->vcpu,
        .clock_hz = opt->clock_hz,
        .ipc_percent = opt->ipc_percent,
        .switch_ns = opt->switch_ns,
        .sector_words = opt->sector_words,
        .exit_codes = (ExitCodesChoice)opt->exit_codes,
        .accept_early_end = opt->accept_early_end,
    };

    return guest_record_read(opt->file, &params, error);
}

static void trace_close(void *shared)
{
    guest_record_free(shared);
}

const WorkloadSourceOps trace_source = {
    .name = "trace",
    .summary = "the work of a real HVM guest, from an xentrace capture",
    .options = options,
    .options_size = sizeof(Options),
    .open = trace_open,
    .close = trace_close,
    .start = trace_start,
};
