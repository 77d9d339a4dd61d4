#include "workloads/byte_source.h"

#include "workloads/error.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <lzma.h>
#include <stdio.h>
#include <string.h>
#include <zlib.h>

#define PACKED_BYTES 65536
/* A capture packed with xz -9 needs 65 MiB; a hostile one shall not ask for more. */
#define XZ_MEMORY_BYTES (UINT64_C(256) << 20)

typedef enum { PACKING_NONE, PACKING_GZIP, PACKING_XZ } Packing;

struct ByteSource {
    char *name;
    FILE *file;            /* NULL when read from memory */
    const uint8_t *memory; /* what is left of it */
    size_t memory_bytes;
    uint64_t offset;
    Packing packing;
    z_stream gzip;
    lzma_stream xz;
    bool is_unpacked; /* the packed stream has ended as it should */
    bool accepts_cut, is_cut;
    uint8_t packed[PACKED_BYTES];
    size_t packed_at, packed_bytes; /* the unread part is from packed_at on */
};

static bool refill(ByteSource *source, GError **error)
{
    source->packed_at = 0;
    if (source->file) {
        source->packed_bytes = fread(source->packed, 1, PACKED_BYTES, source->file);
        if (!ferror(source->file))
            return true;
        g_set_error(error, WORKLOAD_ERROR, WORKLOAD_ERROR_READ,
                    "%s: cannot be read: %s", source->name, g_strerror(errno));
        return false;
    }
    source->packed_bytes = MIN(source->memory_bytes, PACKED_BYTES);
    memcpy(source->packed, source->memory, source->packed_bytes);
    source->memory += source->packed_bytes;
    source->memory_bytes -= source->packed_bytes;
    return true;
}

static bool has_magic(const ByteSource *source, const uint8_t *magic, size_t n_bytes)
{
    return source->packed_bytes >= n_bytes &&
           memcmp(source->packed, magic, n_bytes) == 0;
}

static void begin_xz(ByteSource *source)
{
    source->packing = PACKING_XZ;
    source->xz = (lzma_stream)LZMA_STREAM_INIT;
    const lzma_ret status =
        lzma_stream_decoder(&source->xz, XZ_MEMORY_BYTES, LZMA_CONCATENATED);

    g_assert(status == LZMA_OK);
}

static void begin_gzip(ByteSource *source)
{
    source->packing = PACKING_GZIP;
    const int status = inflateInit2(&source->gzip, 16 + MAX_WBITS);

    g_assert(status == Z_OK);
}

/* Looks at the first bytes, and readies what unpacks them. */
static bool begin(ByteSource *source, GError **error)
{
    static const uint8_t xz_magic[] = { 0xfd, '7', 'z', 'X', 'Z', 0 };
    static const uint8_t gzip_magic[] = { 0x1f, 0x8b };

    if (!refill(source, error))
        return false;
    if (has_magic(source, xz_magic, sizeof(xz_magic)))
        begin_xz(source);
    else if (has_magic(source, gzip_magic, sizeof(gzip_magic)))
        begin_gzip(source);
    return true;
}

ByteSource *byte_source_open(const char *path, GError **error)
{
    FILE *file = g_fopen(path, "rb");

    if (!file) {
        g_set_error(error, WORKLOAD_ERROR, WORKLOAD_ERROR_READ,
                    "%s: cannot be opened: %s", path, g_strerror(errno));
        return NULL;
    }
    g_autoptr(ByteSource) source = g_new0(ByteSource, 1);

    source->name = g_strdup(path);
    source->file = file;
    return begin(source, error) ? g_steal_pointer(&source) : NULL;
}

ByteSource *byte_source_new(const uint8_t *bytes, size_t n_bytes, const char *name)
{
    ByteSource *source = g_new0(ByteSource, 1);

    source->name = g_strdup(name);
    source->memory = bytes;
    source->memory_bytes = n_bytes;
    begin(source, NULL);
    return source;
}

void byte_source_free(ByteSource *source)
{
    if (!source)
        return;
    if (source->packing == PACKING_XZ)
        lzma_end(&source->xz);
    if (source->packing == PACKING_GZIP)
        inflateEnd(&source->gzip);
    if (source->file)
        fclose(source->file);
    g_free(source->name);
    g_free(source);
}

const char *byte_source_name(const ByteSource *source)
{
    return source->name;
}

const char *byte_source_unit(const ByteSource *source)
{
    return source->packing == PACKING_NONE ? "byte" : "unpacked byte";
}

uint64_t byte_source_offset(const ByteSource *source)
{
    return source->offset;
}

void byte_source_accept_cut(ByteSource *source)
{
    source->accepts_cut = true;
}

bool byte_source_is_cut(const ByteSource *source)
{
    return source->is_cut;
}

static bool fail(const ByteSource *source, WorkloadError code, const char *what,
                 GError **error)
{
    g_set_error(error, WORKLOAD_ERROR, (int)code, "%s: %s %" G_GUINT64_FORMAT ": %s",
                source->name, byte_source_unit(source), source->offset, what);
    return false;
}

static void copy_some(ByteSource *source, uint8_t *buffer, size_t n_bytes, size_t *done)
{
    const size_t n = MIN(n_bytes, source->packed_bytes - source->packed_at);

    memcpy(buffer, source->packed + source->packed_at, n);
    source->packed_at += n;
    *done = n;
}

static bool gunzip_some(ByteSource *source, uint8_t *buffer, size_t n_bytes,
                        size_t *done, GError **error)
{
    z_stream *gzip = &source->gzip;

    if (source->is_unpacked) { /* another member follows: gzip files may be joined */
        inflateReset(gzip);
        source->is_unpacked = false;
    }
    gzip->next_in = source->packed + source->packed_at;
    gzip->avail_in = (uInt)(source->packed_bytes - source->packed_at);
    gzip->next_out = buffer;
    gzip->avail_out = (uInt)MIN(n_bytes, G_MAXINT32);
    const uInt wanted = gzip->avail_out;
    const int status = inflate(gzip, Z_NO_FLUSH);

    source->packed_at = source->packed_bytes - gzip->avail_in;
    *done = wanted - gzip->avail_out;
    source->is_unpacked = status == Z_STREAM_END;
    if (status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR)
        return true;
    return fail(source, WORKLOAD_ERROR_FORMAT, "its gzip packing is damaged", error);
}

static bool unxz_some(ByteSource *source, uint8_t *buffer, size_t n_bytes, size_t *done,
                      GError **error)
{
    lzma_stream *xz = &source->xz;
    const bool is_last = source->packed_bytes == 0;

    xz->next_in = source->packed + source->packed_at;
    xz->avail_in = source->packed_bytes - source->packed_at;
    xz->next_out = buffer;
    xz->avail_out = n_bytes;
    const lzma_ret status = lzma_code(xz, is_last ? LZMA_FINISH : LZMA_RUN);

    source->packed_at = source->packed_bytes - xz->avail_in;
    *done = n_bytes - xz->avail_out;
    source->is_unpacked = status == LZMA_STREAM_END;
    if (status == LZMA_OK || status == LZMA_STREAM_END || status == LZMA_BUF_ERROR)
        return true;
    if (status == LZMA_MEMLIMIT_ERROR)
        return fail(source, WORKLOAD_ERROR_READ,
                    "unpacking it needs more than 256 MiB of memory", error);
    return fail(source, WORKLOAD_ERROR_FORMAT, "its xz packing is damaged", error);
}

static bool unpack_some(ByteSource *source, uint8_t *buffer, size_t n_bytes,
                        size_t *done, GError **error)
{
    switch (source->packing) {
    case PACKING_NONE:
        copy_some(source, buffer, n_bytes, done);
        return true;
    case PACKING_GZIP:
        return gunzip_some(source, buffer, n_bytes, done, error);
    case PACKING_XZ:
        return unxz_some(source, buffer, n_bytes, done, error);
    }
    g_assert_not_reached();
}

static bool end_early(ByteSource *source, GError **error)
{
    source->is_cut = source->accepts_cut;
    return source->is_cut || fail(source, WORKLOAD_ERROR_TRUNCATED,
                                  "the packed file is cut off here", error);
}

bool byte_source_read(ByteSource *source, uint8_t *buffer, size_t n_bytes,
                      size_t *n_read, GError **error)
{
    *n_read = 0;
    while (*n_read < n_bytes) {
        size_t done = 0;

        if (source->packed_at == source->packed_bytes && !refill(source, error))
            return false;
        const bool is_last = source->packed_bytes == 0;

        if (is_last && (source->packing == PACKING_NONE || source->is_unpacked))
            return true;
        if (!unpack_some(source, buffer + *n_read, n_bytes - *n_read, &done, error))
            return false;
        if (is_last && done == 0 && !source->is_unpacked)
            return end_early(source, error);
        *n_read += done;
        source->offset += done;
    }
    return true;
}
