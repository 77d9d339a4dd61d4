/*
 * fuzz_xentrace.c - whatever the bytes, the reader ends with records or one error.
 *
 * clang -fsanitize=fuzzer,address,undefined; see HVMSIM_FUZZ in tests/CMakeLists.txt.
 */
#include "workloads/xentrace.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes);

static void read_all(const uint8_t *bytes, size_t n_bytes, bool accept_early_end)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Xentrace) trace =
        xentrace_new(byte_source_new(bytes, n_bytes, "fuzz"), &error);
    TraceRecord record;

    g_assert((trace != NULL) == (error == NULL));
    if (!trace)
        return;
    if (accept_early_end)
        xentrace_accept_early_end(trace);
    while (xentrace_next(trace, &record, &error)) {
        g_assert(!error);
        g_assert(record.n_words <= TRACE_WORDS_MAX);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes)
{
    read_all(bytes, n_bytes, false);
    read_all(bytes, n_bytes, true);
    return 0;
}
