/*
 * byte_source.h - the bytes of a trace, unpacked as they are read.
 *
 * The packing (xz, gzip or none) is told from the first bytes, never from the name.
 * Offsets are those of the unpacked stream.
 */
#ifndef WORKLOADS_BYTE_SOURCE_H
#define WORKLOADS_BYTE_SOURCE_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct ByteSource ByteSource;

/* NULL and an error naming the path if it cannot be opened. */
ByteSource *byte_source_open(const char *path, GError **error);
/* Reads from memory instead, which must outlive it; name stands in messages. */
ByteSource *byte_source_new(const uint8_t *bytes, size_t n_bytes, const char *name);
void byte_source_free(ByteSource *source);

const char *byte_source_name(const ByteSource *source);
/* What its offsets count, for messages: "byte", or "unpacked byte". */
const char *byte_source_unit(const ByteSource *source);
/* How many bytes have been handed out. */
uint64_t byte_source_offset(const ByteSource *source);

/* A packed file that is cut off shall end there without an error. */
void byte_source_accept_cut(ByteSource *source);
/* It did, and has been read up to there. */
bool byte_source_is_cut(const ByteSource *source);

/* Fills the buffer; *n_read is less than n_bytes only at the end. False and an error if
 * the file cannot be read, or its packing is damaged or, unless that is accepted, cut
 * off. */
bool byte_source_read(ByteSource *source, uint8_t *buffer, size_t n_bytes,
                      size_t *n_read, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ByteSource, byte_source_free)

#endif
