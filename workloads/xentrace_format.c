#include "workloads/xentrace_format.h"

#define FIXED_WORDS 5

static uint64_t long_at(const uint8_t *bytes)
{
    return (uint64_t)xentrace_word(bytes + 4) << 32 | xentrace_word(bytes);
}

static bool is_plausible(const uint8_t *bytes)
{
    const uint32_t event = xentrace_word(bytes + 12);

    return xentrace_word(bytes) < XENTRACE_PCPUS_MAX && long_at(bytes + 4) > 0 &&
           event >> 16 != 0 && event < 0x01000000;
}

/* Records of this width make sense: all that there are of the first few. A file shorter
 * than these must be a whole number of them. */
static bool fits_width(const uint8_t *bytes, size_t n_bytes, size_t stride)
{
    size_t n_fit = 0;

    if (n_bytes < XENTRACE_LEAD_BYTES && n_bytes % stride != 0)
        return false;
    while ((n_fit + 1) * stride <= n_bytes && n_fit < XENTRACE_FIXED_TRIES) {
        const uint8_t *record = bytes + n_fit * stride;

        if (!is_plausible(record))
            return false;
        if (n_fit > 0 && xentrace_word(record) == xentrace_word(record - stride) &&
            long_at(record + 4) < long_at(record - stride + 4))
            return false;
        n_fit++;
    }
    return n_fit > 0;
}

bool xentrace_detect_format(const uint8_t *bytes, size_t n_bytes,
                            XentraceFormat *format)
{
    if (n_bytes >= 4 && xentrace_word(bytes) == XENTRACE_CPU_CHANGE)
        *format = XENTRACE_VARIABLE;
    else if (fits_width(bytes, n_bytes, XENTRACE_FIXED_64_BYTES))
        *format = XENTRACE_FIXED_64;
    else if (fits_width(bytes, n_bytes, XENTRACE_FIXED_32_BYTES))
        *format = XENTRACE_FIXED_32;
    else
        return false;
    return true;
}

size_t xentrace_fixed_bytes(XentraceFormat format)
{
    return format == XENTRACE_FIXED_32 ? XENTRACE_FIXED_32_BYTES
                                       : XENTRACE_FIXED_64_BYTES;
}

size_t xentrace_record_bytes(XentraceFormat format, const uint8_t *bytes)
{
    if (format != XENTRACE_VARIABLE)
        return xentrace_fixed_bytes(format);
    const uint32_t header = xentrace_word(bytes);

    return 4 + 8 * (size_t)(header >> 31) + 4 * (size_t)(header >> 28 & 7);
}

static void decode_variable(const uint8_t *bytes, TraceRecord *record)
{
    const uint32_t header = xentrace_word(bytes);

    record->event = header & 0x0fffffff;
    record->n_words = header >> 28 & 7;
    record->has_tsc = header >> 31;
    bytes += 4;
    if (record->has_tsc) {
        record->tsc = long_at(bytes);
        bytes += 8;
    }
    for (size_t i = 0; i < record->n_words; i++)
        record->words[i] = xentrace_word(bytes + 4 * i);
}

static void decode_fixed(const uint8_t *bytes, XentraceFormat format,
                         TraceRecord *record)
{
    record->tsc = long_at(bytes + 4);
    record->event = xentrace_word(bytes + 12);
    record->n_words = FIXED_WORDS;
    record->has_tsc = true;
    for (size_t i = 0; i < FIXED_WORDS; i++)
        record->words[i] = format == XENTRACE_FIXED_32
                               ? xentrace_word(bytes + 16 + 4 * i)
                               : long_at(bytes + 20 + 8 * i);
}

void xentrace_decode(XentraceFormat format, const uint8_t *bytes, TraceRecord *record)
{
    *record = (TraceRecord){ 0 };
    if (format == XENTRACE_VARIABLE)
        decode_variable(bytes, record);
    else
        decode_fixed(bytes, format, record);
}
