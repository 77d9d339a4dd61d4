#include "tests/unit/trace_writer.h"

#include <stdarg.h>
#include <string.h>

void trace_writer_init(TraceWriter *writer)
{
    writer->bytes = g_byte_array_new();
    writer->chunk_at = 0;
}

void trace_writer_clear(TraceWriter *writer)
{
    g_clear_pointer(&writer->bytes, g_byte_array_unref);
}

void trace_writer_word(TraceWriter *writer, uint32_t word)
{
    const uint32_t little = GUINT32_TO_LE(word);

    g_byte_array_append(writer->bytes, (const guint8 *)&little, sizeof(little));
}

void trace_writer_finish(TraceWriter *writer)
{
    const uint32_t size =
        GUINT32_TO_LE(writer->bytes->len - writer->chunk_at - (guint)sizeof(uint32_t));

    if (writer->chunk_at != 0)
        memcpy(writer->bytes->data + writer->chunk_at, &size, sizeof(size));
    writer->chunk_at = 0;
}

void trace_writer_open_chunk(TraceWriter *writer, uint32_t pcpu)
{
    trace_writer_finish(writer);
    trace_writer_word(writer, 0x2001f003);
    trace_writer_word(writer, pcpu);
    writer->chunk_at = writer->bytes->len;
    trace_writer_word(writer, 0);
}

void trace_writer_record(TraceWriter *writer, uint64_t tsc, uint32_t event,
                         unsigned n_words, ...)
{
    va_list words;

    trace_writer_word(writer, event | n_words << 28 | (tsc != 0 ? 1u << 31 : 0));
    if (tsc != 0) {
        trace_writer_word(writer, (uint32_t)tsc);
        trace_writer_word(writer, (uint32_t)(tsc >> 32));
    }
    va_start(words, n_words);
    for (unsigned i = 0; i < n_words; i++)
        trace_writer_word(writer, va_arg(words, unsigned));
    va_end(words);
}
