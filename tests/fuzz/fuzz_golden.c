/*
 * fuzz_golden.c - whatever the bytes, a golden case is read or refused with one error.
 *
 * clang -fsanitize=fuzzer,address,undefined; see HVMSIM_FUZZ in tests/CMakeLists.txt.
 */
#define _GNU_SOURCE
#include "experiments/golden/case.h"

#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes)
{
    const int file = memfd_create("scenario.ini", MFD_CLOEXEC);
    g_autofree char *path = g_strdup_printf("/proc/self/fd/%d", file);
    g_autoptr(GError) error = NULL;
    g_autoptr(GoldenCase) golden = NULL;

    g_assert(write(file, bytes, n_bytes) == (ssize_t)n_bytes);
    golden = golden_case_load(path, &error);
    g_assert((golden != NULL) == (error == NULL));
    close(file);
    return 0;
}
