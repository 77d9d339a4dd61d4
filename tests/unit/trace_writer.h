/*
 * trace_writer.h - writes small captures by hand, for tests.
 *
 * Records go to the open chunk; opening another one, or finishing, sets its size.
 */
#ifndef TESTS_UNIT_TRACE_WRITER_H
#define TESTS_UNIT_TRACE_WRITER_H

#include <glib.h>
#include <stdint.h>

typedef struct {
    GByteArray *bytes;
    guint chunk_at; /* of the open chunk's size field; 0: none */
} TraceWriter;

void trace_writer_init(TraceWriter *writer);
void trace_writer_clear(TraceWriter *writer);

void trace_writer_word(TraceWriter *writer, uint32_t word);
void trace_writer_open_chunk(TraceWriter *writer, uint32_t pcpu);
/* tsc 0: a record without a stamp. The words follow as ints. */
void trace_writer_record(TraceWriter *writer, uint64_t tsc, uint32_t event,
                         unsigned n_words, ...);
/* Sets the size of the open chunk. */
void trace_writer_finish(TraceWriter *writer);

#endif
