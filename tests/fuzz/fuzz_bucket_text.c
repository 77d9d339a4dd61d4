/*
 * fuzz_bucket_text.c - whatever the bytes, the buckets of a histogram in a database are
 * added or refused.
 *
 * clang -fsanitize=fuzzer,address,undefined; see HVMSIM_FUZZ in tests/CMakeLists.txt.
 */
#include "results/bucket_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes)
{
    g_autofree char *text = g_strndup((const char *)bytes, n_bytes);
    g_autofree Histogram *sum = histogram_new();

    bucket_text_add(sum, text);
    return 0;
}
