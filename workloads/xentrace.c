#include "workloads/xentrace.h"

#include "workloads/error.h"
#include "workloads/xentrace_format.h"

#include <string.h>

/* Over four years at 4 GHz; beyond it lies damage, and arithmetic that overflows. */
#define TSC_MAX (UINT64_C(1) << 59)

#define FIXED_RUN_MAX 65536 /* records of one pCPU taken for a chunk at most */
#define READ_BYTES    65536

/* Records of one pCPU, as they stand in the file. */
typedef struct {
    uint64_t offset;
    size_t at; /* the next record to hand out */
    GByteArray *bytes;
} Chunk;

typedef struct {
    GQueue chunks;
    uint64_t loaded_tsc; /* last stamp read from the file; 0: none */
    uint64_t tsc;        /* last stamp handed out; before: the first one */
    TraceRecord head;
    bool has_head;
} PcpuStream;

struct Xentrace {
    ByteSource *source;
    XentraceFormat format;
    bool accepts_early_end;
    bool ended_early;
    bool is_at_end;
    uint8_t lead[XENTRACE_LEAD_BYTES]; /* read for the probe, handed out first */
    size_t lead_at, lead_bytes;
    uint64_t offset;
    GPtrArray *streams;  /* by pCPU; NULL: not seen */
    int last_pcpu;       /* of the last chunk read; -1: none */
    uint64_t loaded_tsc; /* the latest stamp read */
    uint64_t before_tsc; /* the latest stamp before the pass being read */
    uint64_t safe_tsc;   /* everything up to here has been read */
    uint64_t given_tsc;
    uint64_t n_late;
};

static bool fail(const Xentrace *trace, uint64_t offset, WorkloadError code,
                 GError **error, const char *format, ...) G_GNUC_PRINTF(5, 6);

static bool fail(const Xentrace *trace, uint64_t offset, WorkloadError code,
                 GError **error, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    g_autofree char *what = g_strdup_vprintf(format, args);
    va_end(args);
    g_set_error(error, WORKLOAD_ERROR, (int)code, "%s: %s %" G_GUINT64_FORMAT ": %s",
                byte_source_name(trace->source), byte_source_unit(trace->source),
                offset, what);
    return false;
}

/* Reading. */

static bool read_bytes(Xentrace *trace, uint8_t *buffer, size_t n_bytes, size_t *n_read,
                       GError **error)
{
    const size_t from_lead = MIN(n_bytes, trace->lead_bytes - trace->lead_at);

    memcpy(buffer, trace->lead + trace->lead_at, from_lead);
    trace->lead_at += from_lead;
    if (!byte_source_read(trace->source, buffer + from_lead, n_bytes - from_lead,
                          n_read, error))
        return false;
    *n_read += from_lead;
    trace->offset += *n_read;
    trace->ended_early |= byte_source_is_cut(trace->source);
    return true;
}

/* Puts back the record read last. */
static void unread(Xentrace *trace, const uint8_t *record, size_t n_bytes)
{
    trace->offset -= n_bytes;
    if (trace->lead_at < trace->lead_bytes) { /* that is where it came from */
        trace->lead_at -= n_bytes;
        return;
    }
    memcpy(trace->lead, record, n_bytes);
    trace->lead_at = 0;
    trace->lead_bytes = n_bytes;
}

/* The file is over although more was announced. */
static bool end_early(Xentrace *trace, uint64_t announced, uint64_t found,
                      GError **error)
{
    trace->is_at_end = true;
    trace->ended_early = true;
    if (trace->accepts_early_end)
        return true;
    return fail(trace, trace->offset, WORKLOAD_ERROR_TRUNCATED, error,
                "the capture is cut off: %" G_GUINT64_FORMAT
                " bytes expected, %" G_GUINT64_FORMAT " found",
                announced, found);
}

/* Chunks. */

static void chunk_free(gpointer data)
{
    Chunk *chunk = data;

    g_byte_array_unref(chunk->bytes);
    g_free(chunk);
}

static void stream_free(gpointer data)
{
    PcpuStream *stream = data;

    if (stream)
        g_queue_clear_full(&stream->chunks, chunk_free);
    g_free(stream);
}

static PcpuStream *stream_of(Xentrace *trace, unsigned pcpu)
{
    if (trace->streams->len <= pcpu)
        g_ptr_array_set_size(trace->streams, (int)pcpu + 1);
    if (!g_ptr_array_index(trace->streams, pcpu))
        g_ptr_array_index(trace->streams, pcpu) = g_new0(PcpuStream, 1);
    return g_ptr_array_index(trace->streams, pcpu);
}

/* A pCPU that does not follow the one before begins a new pass. All that is still to
 * come was then written after the pass before the last had been read. */
static void note_pass(Xentrace *trace, unsigned pcpu)
{
    if ((int)pcpu <= trace->last_pcpu) {
        trace->safe_tsc = trace->before_tsc;
        trace->before_tsc = trace->loaded_tsc;
    }
    trace->last_pcpu = (int)pcpu;
}

static bool check_record(const Xentrace *trace, PcpuStream *stream,
                         const TraceRecord *record, uint64_t offset, unsigned pcpu,
                         GError **error)
{
    if (trace->format == XENTRACE_VARIABLE && record->event == TRACE_CPU_CHANGE)
        return fail(trace, offset, WORKLOAD_ERROR_FORMAT, error,
                    "a change of the pCPU inside the chunk of pCPU %u", pcpu);
    if (!record->has_tsc)
        return true;
    if (record->tsc > TSC_MAX)
        return fail(trace, offset, WORKLOAD_ERROR_FORMAT, error,
                    "%" G_GUINT64_FORMAT " is no TSC", record->tsc);
    if (record->tsc < stream->loaded_tsc)
        return fail(trace, offset, WORKLOAD_ERROR_FORMAT, error,
                    "the TSC of pCPU %u goes back from %" G_GUINT64_FORMAT
                    " to %" G_GUINT64_FORMAT,
                    pcpu, stream->loaded_tsc, record->tsc);
    if (stream->loaded_tsc == 0)
        stream->tsc = record->tsc;
    stream->loaded_tsc = record->tsc;
    return true;
}

/* Walks the records of a chunk that has just been read, so that handing them out cannot
 * fail. A record cut off by the end of the file goes. */
static bool check_chunk(Xentrace *trace, Chunk *chunk, unsigned pcpu, GError **error)
{
    PcpuStream *stream = stream_of(trace, pcpu);
    GByteArray *bytes = chunk->bytes;
    guint at = 0;

    while (at < bytes->len) {
        const guint left = bytes->len - at;
        TraceRecord record;

        if (left < 4 || left < xentrace_record_bytes(trace->format, bytes->data + at)) {
            if (!trace->ended_early)
                return fail(trace, chunk->offset + at, WORKLOAD_ERROR_FORMAT, error,
                            "a record runs past the end of its chunk");
            g_byte_array_set_size(bytes, at);
            break;
        }
        xentrace_decode(trace->format, bytes->data + at, &record);
        if (!check_record(trace, stream, &record, chunk->offset + at, pcpu, error))
            return false;
        at += (guint)xentrace_record_bytes(trace->format, bytes->data + at);
    }
    trace->loaded_tsc = MAX(trace->loaded_tsc, stream->loaded_tsc);
    return true;
}

static bool take_chunk(Xentrace *trace, uint64_t offset, GByteArray *bytes,
                       unsigned pcpu, GError **error)
{
    Chunk *chunk = g_new0(Chunk, 1);

    chunk->offset = offset;
    chunk->bytes = g_byte_array_ref(bytes);
    g_queue_push_tail(&stream_of(trace, pcpu)->chunks, chunk);
    return check_chunk(trace, chunk, pcpu, error);
}

/* Grows as the bytes arrive: a damaged size must not ask for 4 GiB at once. */
static bool read_chunk_bytes(Xentrace *trace, uint32_t size, GByteArray *bytes,
                             GError **error)
{
    while (bytes->len < size) {
        const guint old = bytes->len;
        const guint wanted = MIN(size - old, READ_BYTES);
        size_t n_read;

        g_byte_array_set_size(bytes, old + wanted);
        if (!read_bytes(trace, bytes->data + old, wanted, &n_read, error))
            return false;
        if (n_read == wanted)
            continue;
        g_byte_array_set_size(bytes, old + (guint)n_read);
        return end_early(trace, size, bytes->len, error);
    }
    return true;
}

static bool load_chunk(Xentrace *trace, GError **error)
{
    uint8_t header[XENTRACE_CPU_CHANGE_BYTES];
    const uint64_t offset = trace->offset;
    size_t n_read;

    if (!read_bytes(trace, header, sizeof(header), &n_read, error))
        return false;
    if (n_read == 0) {
        trace->is_at_end = true;
        return true;
    }
    if (n_read < sizeof(header))
        return end_early(trace, sizeof(header), n_read, error);
    if (xentrace_word(header) != XENTRACE_CPU_CHANGE)
        return fail(trace, offset, WORKLOAD_ERROR_FORMAT, error,
                    "expected a change of the pCPU (0x%08x), found 0x%08x",
                    XENTRACE_CPU_CHANGE, xentrace_word(header));
    const uint32_t pcpu = xentrace_word(header + 4), size = xentrace_word(header + 8);

    if (pcpu >= XENTRACE_PCPUS_MAX)
        return fail(trace, offset + 4, WORKLOAD_ERROR_FORMAT, error,
                    "%u is no number of a pCPU", pcpu);
    g_autoptr(GByteArray) bytes = g_byte_array_new();

    note_pass(trace, pcpu);
    return read_chunk_bytes(trace, size, bytes, error) &&
           take_chunk(trace, offset + XENTRACE_CPU_CHANGE_BYTES, bytes, pcpu, error);
}

/* The fixed format has no chunks: consecutive records of one pCPU are taken for one. */
static bool load_fixed_run(Xentrace *trace, GError **error)
{
    const size_t stride = xentrace_fixed_bytes(trace->format);
    const uint64_t offset = trace->offset;
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    unsigned pcpu = 0;

    while (bytes->len < FIXED_RUN_MAX * stride) {
        uint8_t record[XENTRACE_FIXED_64_BYTES];
        size_t n_read;

        if (!read_bytes(trace, record, stride, &n_read, error))
            return false;
        trace->is_at_end = n_read == 0;
        if (n_read > 0 && n_read < stride && !end_early(trace, stride, n_read, error))
            return false;
        if (trace->is_at_end)
            break;
        if (bytes->len == 0)
            pcpu = xentrace_word(record);
        if (pcpu >= XENTRACE_PCPUS_MAX)
            return fail(trace, offset, WORKLOAD_ERROR_FORMAT, error,
                        "%u is no number of a pCPU", pcpu);
        if (xentrace_word(record) != pcpu) {
            unread(trace, record, stride);
            break;
        }
        g_byte_array_append(bytes, record, (guint)stride);
    }
    if (bytes->len == 0)
        return true;
    note_pass(trace, pcpu);
    return take_chunk(trace, offset, bytes, pcpu, error);
}

/* Merging. */

/* The stream's next record to hand out, if one has been read. */
static void find_head(const Xentrace *trace, PcpuStream *stream, unsigned pcpu)
{
    while (!stream->has_head && stream->chunks.head) {
        Chunk *chunk = stream->chunks.head->data;

        if (chunk->at == chunk->bytes->len) {
            chunk_free(g_queue_pop_head(&stream->chunks));
            continue;
        }
        const uint8_t *bytes = chunk->bytes->data + chunk->at;

        xentrace_decode(trace->format, bytes, &stream->head);
        stream->head.offset = chunk->offset + chunk->at;
        stream->head.pcpu = (uint16_t)pcpu;
        chunk->at += xentrace_record_bytes(trace->format, bytes);
        if (stream->head.has_tsc)
            stream->tsc = stream->head.tsc;
        stream->head.tsc = stream->tsc;
        stream->has_head = stream->head.event != TRACE_WRAP_BUFFER;
    }
}

static PcpuStream *earliest(Xentrace *trace)
{
    PcpuStream *best = NULL;

    for (unsigned i = 0; i < trace->streams->len; i++) {
        PcpuStream *stream = g_ptr_array_index(trace->streams, i);

        if (!stream)
            continue;
        find_head(trace, stream, i);
        if (stream->has_head && (!best || stream->head.tsc < best->head.tsc))
            best = stream;
    }
    return best;
}

static bool load(Xentrace *trace, GError **error)
{
    return trace->format == XENTRACE_VARIABLE ? load_chunk(trace, error)
                                              : load_fixed_run(trace, error);
}

bool xentrace_next(Xentrace *trace, TraceRecord *record, GError **error)
{
    PcpuStream *next = earliest(trace);

    while (!trace->is_at_end && (!next || next->head.tsc > trace->safe_tsc)) {
        if (!load(trace, error)) {
            trace->is_at_end = true;
            return false;
        }
        next = earliest(trace);
    }
    if (!next)
        return false;
    *record = next->head;
    next->has_head = false;
    trace->n_late += record->tsc < trace->given_tsc;
    trace->given_tsc = MAX(trace->given_tsc, record->tsc);
    return true;
}

/* Opening. */

static bool probe(Xentrace *trace, GError **error)
{
    if (!byte_source_read(trace->source, trace->lead, XENTRACE_LEAD_BYTES,
                          &trace->lead_bytes, error))
        return false;
    if (trace->lead_bytes == 0)
        return fail(trace, 0, WORKLOAD_ERROR_EMPTY, error, "the file is empty");
    if (xentrace_detect_format(trace->lead, trace->lead_bytes, &trace->format))
        return true;
    return fail(
        trace, 0, WORKLOAD_ERROR_FORMAT, error,
        "no xentrace capture: expected a change of the pCPU (0x%08x) or records "
        "of Xen 3.1",
        XENTRACE_CPU_CHANGE);
}

Xentrace *xentrace_new(ByteSource *source, GError **error)
{
    g_autoptr(Xentrace) trace = g_new0(Xentrace, 1);

    trace->source = source;
    trace->streams = g_ptr_array_new_with_free_func(stream_free);
    trace->last_pcpu = -1;
    return probe(trace, error) ? g_steal_pointer(&trace) : NULL;
}

Xentrace *xentrace_open(const char *path, GError **error)
{
    ByteSource *source = byte_source_open(path, error);

    return source ? xentrace_new(source, error) : NULL;
}

void xentrace_free(Xentrace *trace)
{
    if (!trace)
        return;
    g_ptr_array_unref(trace->streams);
    byte_source_free(trace->source);
    g_free(trace);
}

void xentrace_accept_early_end(Xentrace *trace)
{
    trace->accepts_early_end = true;
    byte_source_accept_cut(trace->source);
}

const char *xentrace_name(const Xentrace *trace)
{
    return byte_source_name(trace->source);
}

bool xentrace_check_run_states(const Xentrace *trace, GError **error)
{
    return trace->format == XENTRACE_VARIABLE ||
           fail(trace, 0, WORKLOAD_ERROR_FORMAT, error,
                "a capture of Xen 3.1 or before: it has no run states; one of Xen 3.4 "
                "or later is needed");
}

XentraceFormat xentrace_format(const Xentrace *trace)
{
    return trace->format;
}

bool xentrace_ended_early(const Xentrace *trace)
{
    return trace->ended_early;
}

uint64_t xentrace_n_late(const Xentrace *trace)
{
    return trace->n_late;
}
