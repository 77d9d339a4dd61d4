/*
 * fuzz_xentrace.c - whatever the bytes, readers end with a result or one error.
 *
 * clang -fsanitize=fuzzer,address,undefined; see HVMSIM_FUZZ in tests/CMakeLists.txt.
 */
#include "workloads/capture_figures.h"
#include "workloads/guest_record.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes);

static Xentrace *open_bytes(const uint8_t *bytes, size_t n_bytes)
{
    g_autoptr(GError) error = NULL;
    Xentrace *trace = xentrace_new(byte_source_new(bytes, n_bytes, "fuzz"), &error);

    g_assert((trace != NULL) == (error == NULL));
    return trace;
}

static void read_records(const uint8_t *bytes, size_t n_bytes)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Xentrace) trace = open_bytes(bytes, n_bytes);
    TraceRecord record;

    while (trace && xentrace_next(trace, &record, &error)) {
        g_assert(!error);
        g_assert(record.n_words <= TRACE_WORDS_MAX);
    }
}

static void read_guest(const uint8_t *bytes, size_t n_bytes)
{
    const GuestRecordParams params = {
        .domain = 7,
        .clock_hz = NS_PER_S,
        .ipc_percent = 100,
        .switch_ns = 608,
        .sector_words = 256,
        .accept_early_end = true,
    };
    g_autoptr(GError) error = NULL;
    g_autoptr(Xentrace) trace = open_bytes(bytes, n_bytes);
    g_autoptr(GuestRecord) record =
        trace ? guest_record_new(trace, &params, &error) : NULL;

    g_assert(!record || record->n_bursts > 0);
}

static void read_figures(const uint8_t *bytes, size_t n_bytes)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Xentrace) trace = open_bytes(bytes, n_bytes);
    g_autoptr(CaptureFigures) figures =
        trace ? capture_figures_new(trace, NS_PER_S, &error) : NULL;
    g_autofree char *csv = figures ? capture_figures_to_csv(figures) : NULL;

    g_assert(!figures || csv);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes)
{
    read_records(bytes, n_bytes);
    read_guest(bytes, n_bytes);
    read_figures(bytes, n_bytes);
    return 0;
}
