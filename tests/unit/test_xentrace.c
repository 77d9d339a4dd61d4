#include "tests/unit/trace_writer.h"
#include "workloads/capture_figures.h"
#include "workloads/error.h"
#include "workloads/xentrace.h"

#include <string.h>
#include <zlib.h>

#define RUNNABLE_TO_RUNNING 0x21101
#define RUNNING_TO_BLOCKED  0x21021

static Xentrace *open_bytes(const GByteArray *bytes, GError **error)
{
    return xentrace_new(byte_source_new(bytes->data, bytes->len, "made.xtr"), error);
}

/* All records as "tsc:pcpu:event" words, and the message of a fault. */
static char *read_all(Xentrace *trace)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GError) error = NULL;
    TraceRecord record;

    while (xentrace_next(trace, &record, &error))
        g_string_append_printf(text, "%s%" G_GUINT64_FORMAT ":%u:%x",
                               text->len > 0 ? " " : "", record.tsc, record.pcpu,
                               record.event);
    if (error)
        g_string_append_printf(text, "%s%s", text->len > 0 ? " " : "", error->message);
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static void check_reads(TraceWriter *writer, const char *expected)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Xentrace) trace = open_bytes(writer->bytes, &error);

    g_assert_no_error(error);
    g_autofree char *text = read_all(trace);

    g_assert_cmpstr(text, ==, expected);
    trace_writer_clear(writer);
}

static void test_chunks_of_two_pcpus_are_merged_by_tsc(void)
{
    TraceWriter writer;

    trace_writer_init(&writer);
    trace_writer_open_chunk(&writer, 0);
    trace_writer_record(&writer, 10, 0x21002, 1, 1);
    trace_writer_record(&writer, 30, 0x21002, 1, 1);
    trace_writer_open_chunk(&writer, 1);
    trace_writer_record(&writer, 20, 0x21002, 1, 2);
    trace_writer_record(&writer, 40, 0x21002, 1, 2);
    trace_writer_open_chunk(&writer, 0);
    trace_writer_record(&writer, 35, 0x21002, 1, 1);
    trace_writer_finish(&writer);
    check_reads(&writer, "10:0:21002 20:1:21002 30:0:21002 35:0:21002 40:1:21002");
}

static void test_equal_stamps_go_by_pcpu(void)
{
    TraceWriter writer;

    trace_writer_init(&writer);
    trace_writer_open_chunk(&writer, 1);
    trace_writer_record(&writer, 10, 0x21002, 1, 2);
    trace_writer_open_chunk(&writer, 0);
    trace_writer_record(&writer, 10, 0x28006, 2, 0, 0);
    trace_writer_record(&writer, 10, 0x21002, 1, 1);
    trace_writer_finish(&writer);
    check_reads(&writer, "10:0:28006 10:0:21002 10:1:21002");
}

/* Only two passes are kept: the third one begins, and the first is handed out. */
static void test_a_long_capture_is_not_read_whole(void)
{
    g_autoptr(Xentrace) trace = NULL;
    g_autoptr(GError) error = NULL;
    TraceRecord record;
    TraceWriter writer;

    trace_writer_init(&writer);
    for (unsigned pass = 0; pass < 4; pass++) {
        trace_writer_open_chunk(&writer, 0);
        trace_writer_record(&writer, 100 * pass + 1, 0x21002, 1, 1);
    }
    trace_writer_finish(&writer);
    trace_writer_word(&writer, 0xffffffff); /* the fault lies beyond the look-ahead */
    trace = open_bytes(writer.bytes, &error);
    g_assert_true(xentrace_next(trace, &record, &error));
    g_assert_cmpuint(record.tsc, ==, 1);
    g_assert_true(xentrace_next(trace, &record, &error));
    g_assert_false(xentrace_next(trace, &record, &error));
    g_assert_error(error, WORKLOAD_ERROR, WORKLOAD_ERROR_TRUNCATED);
    trace_writer_clear(&writer);
}

static void test_records_without_stamp_have_the_last_of_their_pcpu(void)
{
    TraceWriter writer;

    trace_writer_init(&writer);
    trace_writer_open_chunk(&writer, 0);
    trace_writer_record(&writer, 0, 0x82016, 2, 0x1f7, 0x50);
    trace_writer_record(&writer, 10, 0x81002, 2, 0x7b, 0x7c32);
    trace_writer_record(&writer, 0, 0x82016, 1, 0x1f0);
    trace_writer_record(&writer, 20, 0x81001, 0);
    trace_writer_finish(&writer);
    check_reads(&writer, "10:0:82016 10:0:81002 10:0:82016 20:0:81001");
}

static void test_filler_is_skipped_by_its_length(void)
{
    TraceWriter writer;

    trace_writer_init(&writer);
    trace_writer_open_chunk(&writer, 0);
    trace_writer_record(&writer, 10, 0x21002, 1, 1);
    trace_writer_record(&writer, 0, 0x1f002, 5, 0x2001f003, 1, 2, 3, 4);
    trace_writer_record(&writer, 0, 0x1f002, 0);
    trace_writer_record(&writer, 20, 0x21002, 1, 1);
    trace_writer_finish(&writer);
    check_reads(&writer, "10:0:21002 20:0:21002");
}

static void test_lost_records_are_handed_out(void)
{
    g_autoptr(Xentrace) trace = NULL;
    TraceRecord record;
    TraceWriter writer;

    trace_writer_init(&writer);
    trace_writer_open_chunk(&writer, 0);
    trace_writer_record(&writer, 0x100000005, 0x1f001, 4, 17795, 7 << 16 | 1, 3, 1);
    trace_writer_finish(&writer);
    trace = open_bytes(writer.bytes, NULL);
    g_assert_true(xentrace_next(trace, &record, NULL));
    g_assert_cmphex(record.event, ==, TRACE_LOST_RECORDS);
    g_assert_cmpuint(record.words[0], ==, 17795);
    g_assert_cmpuint(record.words[1], ==, trace_vcpu(7, 1));
    g_assert_cmphex(record.words[3] << 32 | record.words[2], ==, 0x100000003);
    trace_writer_clear(&writer);
}

static void test_unknown_ids_are_handed_out(void)
{
    TraceWriter writer;

    trace_writer_init(&writer);
    trace_writer_open_chunk(&writer, 0);
    trace_writer_record(&writer, 10, 0x20100d, 7, 1, 2, 3, 4, 5, 6, 7);
    trace_writer_record(&writer, 11, 0xfffffff, 0);
    trace_writer_finish(&writer);
    check_reads(&writer, "10:0:20100d 11:0:fffffff");
}

/* A capture that stopped in the middle of its last chunk. */
static void write_cut_capture(TraceWriter *writer, guint n_bytes_less)
{
    trace_writer_init(writer);
    trace_writer_open_chunk(writer, 0);
    trace_writer_record(writer, 10, 0x21002, 1, 1);
    trace_writer_record(writer, 20, 0x21002, 1, 1);
    trace_writer_finish(writer);
    g_byte_array_set_size(writer->bytes, writer->bytes->len - n_bytes_less);
}

static void test_a_cut_capture_is_refused(void)
{
    TraceWriter writer;

    write_cut_capture(&writer, 16);
    check_reads(&writer,
                "made.xtr: byte 28: the capture is cut off: 32 bytes expected, "
                "16 found");
    write_cut_capture(&writer, 3);
    check_reads(&writer,
                "made.xtr: byte 41: the capture is cut off: 32 bytes expected, "
                "29 found");
    write_cut_capture(&writer, 37);
    check_reads(&writer, "made.xtr: byte 7: the capture is cut off: 12 bytes expected, "
                         "7 found");
}

static void test_a_cut_capture_is_read_on_request(void)
{
    for (guint n_bytes_less = 1; n_bytes_less < 16; n_bytes_less++) {
        g_autoptr(Xentrace) trace = NULL;
        TraceWriter writer;

        write_cut_capture(&writer, n_bytes_less);
        trace = open_bytes(writer.bytes, NULL);
        xentrace_accept_early_end(trace);
        g_autofree char *text = read_all(trace);

        g_assert_cmpstr(text, ==, "10:0:21002");
        g_assert_true(xentrace_ended_early(trace));
        trace_writer_clear(&writer);
    }
}

static void write_word_at(TraceWriter *writer, guint at, uint32_t word)
{
    const uint32_t little = GUINT32_TO_LE(word);

    memcpy(writer->bytes->data + at, &little, sizeof(little));
}

static void test_damage_is_named_with_its_place(void)
{
    static const struct {
        guint at;
        uint32_t word;
        const char *message;
    } cases[] = {
        { 4, 70000, "made.xtr: byte 4: 70000 is no number of a pCPU" },
        { 8, 17, "made.xtr: byte 28: a record runs past the end of its chunk" },
        { 8, 16,
          "made.xtr: byte 28: expected a change of the pCPU "
          "(0x2001f003), found 0x90021002" },
        { 12, 0xf0021002,
          "made.xtr: byte 12: a record runs past the end of its chunk" },
        { 16, 21, "made.xtr: byte 28: the TSC of pCPU 0 goes back from 21 to 20" },
        { 20, 0x08000000, "made.xtr: byte 12: 576460752303423498 is no TSC" },
        { 28, 0x9001f003,
          "made.xtr: byte 28: a change of the pCPU inside the chunk of pCPU 0" },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        TraceWriter writer;

        write_cut_capture(&writer, 0);
        write_word_at(&writer, cases[i].at, cases[i].word);
        check_reads(&writer, cases[i].message);
    }
}

static void test_what_is_no_capture_is_refused(void)
{
    static const struct {
        const char *bytes, *message;
    } cases[] = {
        { "", "made.xtr: byte 0: the file is empty" },
        { "[host]\npcpus = 8\nscheduler = credit\n",
          "made.xtr: byte 0: no xentrace capture: expected a change of the pCPU "
          "(0x2001f003) or records of Xen 3.1" },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        const uint8_t *bytes = (const uint8_t *)cases[i].bytes;

        g_assert_null(xentrace_new(
            byte_source_new(bytes, strlen(cases[i].bytes), "made.xtr"), &error));
        g_assert_cmpstr(error->message, ==, cases[i].message);
    }
}

static void test_a_missing_file_is_named(void)
{
    g_autoptr(GError) error = NULL;

    g_assert_null(xentrace_open("/nowhere/trace.xtr", &error));
    g_assert_cmpstr(error->message, ==,
                    "/nowhere/trace.xtr: cannot be opened: No such file or directory");
}

/* The fixed records of Xen 3.1: pCPU, TSC, event, five longs. */
static void write_fixed(TraceWriter *writer, bool is_64_bit, uint32_t pcpu,
                        uint64_t tsc, uint32_t event, uint32_t data)
{
    trace_writer_word(writer, pcpu);
    trace_writer_word(writer, (uint32_t)tsc);
    trace_writer_word(writer, (uint32_t)(tsc >> 32));
    trace_writer_word(writer, event);
    if (is_64_bit)
        trace_writer_word(writer, 0xdeadbeef); /* padding */
    for (uint32_t i = 0; i < 5; i++) {
        trace_writer_word(writer, data + i);
        if (is_64_bit)
            trace_writer_word(writer, 0x80);
    }
}

static void check_fixed(bool is_64_bit, unsigned n_records, uint64_t last_word)
{
    TraceWriter writer;
    TraceRecord record;
    g_autoptr(GError) error = NULL;

    trace_writer_init(&writer);
    for (unsigned i = 0; i < n_records; i++)
        write_fixed(&writer, is_64_bit, i / 2 % 2,
                    UINT64_C(0x100000000) + 10 * (i / 4) + i % 2,
                    i % 3 == 0 ? 0x0002f00a : 0x00081002, 100 * i);
    g_autoptr(Xentrace) trace = open_bytes(writer.bytes, &error);

    g_assert_no_error(error);
    g_assert_cmpint(xentrace_format(trace), ==,
                    is_64_bit ? XENTRACE_FIXED_64 : XENTRACE_FIXED_32);
    for (unsigned i = 0; i < n_records; i++) {
        g_assert_true(xentrace_next(trace, &record, &error));
        if (i < 4) /* two of each pCPU have the same stamps, and are
                      merged */
            g_assert_cmpuint(record.words[0] & 0xffffffff, ==,
                             100 * (i % 2 * 2 + i / 2));
    }
    g_assert_cmphex(record.words[4], ==, last_word);
    g_assert_false(xentrace_next(trace, &record, &error));
    g_assert_no_error(error);
    trace_writer_clear(&writer);
}

static void test_fixed_records_of_both_widths_are_told_apart(void)
{
    check_fixed(false, 4, 304);
    check_fixed(false, 32, 3104);
    check_fixed(true, 4, UINT64_C(0x8000000000) + 304);
    check_fixed(true, 32, UINT64_C(0x8000000000) + 3104);
}

static void test_a_cut_fixed_capture_is_refused(void)
{
    TraceWriter writer;

    trace_writer_init(&writer);
    for (unsigned i = 0; i < 16; i++)
        write_fixed(&writer, false, 0, 100 + i, 0x0002f004, i);
    g_byte_array_set_size(writer.bytes, writer.bytes->len - 6);
    check_reads(&writer,
                "made.xtr: byte 570: the capture is cut off: 36 bytes expected, "
                "30 found");
}

/* Packing. */

static GByteArray *pack_gzip(const GByteArray *bytes)
{
    GByteArray *packed = g_byte_array_new();
    z_stream stream = { 0 };

    g_byte_array_set_size(packed, bytes->len + 1024);
    deflateInit2(&stream, 9, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
    stream.next_in = bytes->data;
    stream.avail_in = bytes->len;
    stream.next_out = packed->data;
    stream.avail_out = packed->len;
    g_assert_cmpint(deflate(&stream, Z_FINISH), ==, Z_STREAM_END);
    g_byte_array_set_size(packed, (guint)stream.total_out);
    deflateEnd(&stream);
    return packed;
}

static void test_gzip_is_unpacked(void)
{
    TraceWriter writer;

    write_cut_capture(&writer, 0);
    g_autoptr(GByteArray) packed = pack_gzip(writer.bytes);
    g_autoptr(Xentrace) trace = open_bytes(packed, NULL);
    g_autofree char *text = read_all(trace);

    g_assert_cmpstr(text, ==, "10:0:21002 20:0:21002");
    trace_writer_clear(&writer);
}

static void test_cut_gzip_is_refused(void)
{
    g_autoptr(GError) error = NULL;
    TraceWriter writer;

    write_cut_capture(&writer, 0);
    g_autoptr(GByteArray) packed = pack_gzip(writer.bytes);

    g_byte_array_set_size(packed, packed->len - 9);
    g_assert_null(open_bytes(packed, &error));
    g_assert_cmpstr(error->message, ==,
                    "made.xtr: unpacked byte 44: the packed file is cut off here");
    trace_writer_clear(&writer);
}

static void test_cut_gzip_is_read_on_request(void)
{
    TraceWriter writer;

    trace_writer_init(&writer);
    trace_writer_open_chunk(&writer, 0);
    for (unsigned i = 1; i <= 3000; i++)
        trace_writer_record(&writer, i * 7919, 0x21002, 1, i * 7919 % 4096);
    trace_writer_finish(&writer);
    g_autoptr(GByteArray) packed = pack_gzip(writer.bytes);

    for (guint n_bytes_less = 1; n_bytes_less < packed->len / 2; n_bytes_less += 997) {
        g_autoptr(Xentrace) trace = xentrace_new(
            byte_source_new(packed->data, packed->len - n_bytes_less, "made.xtr"),
            NULL);
        g_autofree char *text = NULL;

        xentrace_accept_early_end(trace);
        text = read_all(trace);
        g_assert_true(g_str_has_prefix(text, "7919:0:21002 15838:0:21002"));
        g_assert_null(strstr(text, "made.xtr"));
        g_assert_true(xentrace_ended_early(trace));
    }
    trace_writer_clear(&writer);
}

static char *shipped(const char *folder, const char *name)
{
    return g_build_filename(HVMSIM_SOURCE_DIR, folder, name, NULL);
}

static void test_cut_xz_is_read_on_request(void)
{
    g_autofree char *path = shipped("workloads/traces", "hvm-disk-1p.xtr.xz");
    g_autofree char *bytes = NULL;
    g_autoptr(Xentrace) trace = NULL;
    g_autoptr(GError) error = NULL;
    gsize n_bytes;
    TraceRecord record;
    unsigned n_records = 0;

    g_assert_true(g_file_get_contents(path, &bytes, &n_bytes, NULL));
    trace =
        xentrace_new(byte_source_new((uint8_t *)bytes, n_bytes / 2, "cut.xz"), NULL);
    xentrace_accept_early_end(trace);
    while (xentrace_next(trace, &record, &error))
        n_records++;
    g_assert_no_error(error);
    g_assert_cmpuint(n_records, >, 10000);
    g_assert_true(xentrace_ended_early(trace));
}

/* Cuts a shipped capture at every so many bytes, and reads what is left. */
static void test_cut_and_damaged_xz_gives_one_error(void)
{
    g_autofree char *path = shipped("workloads/traces", "hvm-disk-1p.xtr.xz");
    g_autofree char *bytes = NULL;
    gsize n_bytes;

    g_assert_true(g_file_get_contents(path, &bytes, &n_bytes, NULL));
    for (gsize cut = 1; cut < n_bytes; cut += n_bytes / 7) {
        g_autoptr(GError) error = NULL;
        g_autoptr(Xentrace) trace =
            xentrace_new(byte_source_new((uint8_t *)bytes, cut, "cut.xz"), &error);
        TraceRecord record;

        while (trace && xentrace_next(trace, &record, &error))
            continue;
        g_assert_nonnull(error);
        g_assert_true(g_str_has_prefix(error->message, "cut.xz: "));
    }
    bytes[n_bytes / 2] ^= 0x10;
    g_autoptr(GError) error = NULL;
    g_autoptr(Xentrace) trace =
        xentrace_new(byte_source_new((uint8_t *)bytes, n_bytes, "bad.xz"), &error);
    TraceRecord record;

    while (trace && xentrace_next(trace, &record, &error))
        continue;
    g_assert_error(error, WORKLOAD_ERROR, WORKLOAD_ERROR_FORMAT);
}

/* Figures. */

static void check_figures(const char *capture)
{
    g_autofree char *trace_name = g_strdup_printf("%s.xtr.xz", capture);
    g_autofree char *figures_name = g_strdup_printf("%s.figures.csv", capture);
    g_autofree char *trace_path = shipped("workloads/traces", trace_name);
    g_autofree char *figures_path = shipped("tests/unit/data", figures_name);
    g_autofree char *expected = NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(CaptureFigures) figures =
        capture_figures_read(trace_path, INT64_C(1000000000), &error);

    g_assert_no_error(error);
    g_autofree char *found = capture_figures_to_csv(figures);

    g_assert_true(g_file_get_contents(figures_path, &expected, NULL, NULL));
    g_assert_cmpstr(found, ==, expected);
}

static void test_the_shipped_captures_have_their_figures(void)
{
    check_figures("hvm-disk-1p");
    check_figures("hvm-pio-1p");
}

/* One trip of d1v0, served by d0v0 on the same pCPU. */
static void write_trip(TraceWriter *writer)
{
    const unsigned guest = 1 << 16, dom0 = 0;

    trace_writer_init(writer);
    trace_writer_open_chunk(writer, 0);
    trace_writer_record(writer, 900, RUNNING_TO_BLOCKED, 1, dom0);
    trace_writer_record(writer, 901, RUNNABLE_TO_RUNNING, 1, guest);
    trace_writer_record(writer, 1000, 0x81002, 2, 0x7b, 0x7c32);
    trace_writer_record(writer, 1010, 0x28004, 2, 0, 0);
    trace_writer_record(writer, 1011, 0x21211, 1, dom0);
    trace_writer_record(writer, 1020, 0x21031, 1, guest);
    trace_writer_record(writer, 1030, RUNNABLE_TO_RUNNING, 1, dom0);
    trace_writer_record(writer, 1100, 0x28004, 2, 1, 0);
    trace_writer_record(writer, 1101, 0x21311, 1, guest);
    trace_writer_record(writer, 1150, RUNNING_TO_BLOCKED, 1, dom0);
    trace_writer_record(writer, 1151, RUNNABLE_TO_RUNNING, 1, guest);
    trace_writer_record(writer, 1170, 0x81001, 0);
    trace_writer_finish(writer);
}

static void test_a_trip_falls_into_its_stages(void)
{
    static const int64_t expected_ns[TRIP_STAGES] = { 10, 20, 70, 51, 19 };
    TraceWriter writer;

    write_trip(&writer);
    g_autoptr(Xentrace) trace = open_bytes(writer.bytes, NULL);
    g_autoptr(CaptureFigures) figures =
        capture_figures_new(trace, INT64_C(1000000000), NULL);
    const DomainFigures *guest = capture_figures_domain(figures, 1);

    g_assert_cmpuint(guest->round_trips->len, ==, 1);
    g_assert_cmpint(capture_mean_ns(figures, guest->round_trips), ==, 170);
    for (unsigned i = 0; i < TRIP_STAGES; i++)
        g_assert_cmpint(capture_percentile_ns(figures, guest->stages[i], 50), ==,
                        expected_ns[i]);
    /* It ran from 901 to 1020 and from 1151 on; domain 0 up to 900 and in between. */
    g_assert_cmpuint(guest->running_ticks, ==, 119 + 19);
    g_assert_cmpuint(capture_figures_domain(figures, 0)->running_ticks, ==, 120);
    trace_writer_clear(&writer);
}

static void test_figures_of_a_fixed_capture_are_refused(void)
{
    g_autoptr(GError) error = NULL;
    TraceWriter writer;

    trace_writer_init(&writer);
    for (unsigned i = 0; i < 16; i++)
        write_fixed(&writer, false, 0, 100 + i, 0x0002f004, i);
    g_autoptr(Xentrace) trace = open_bytes(writer.bytes, NULL);

    g_assert_null(capture_figures_new(trace, INT64_C(1000000000), &error));
    g_assert_cmpstr(error->message, ==,
                    "made.xtr: byte 0: a capture of Xen 3.1 or before: it has no run "
                    "states; one of Xen 3.4 or later is needed");
    trace_writer_clear(&writer);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/xentrace/chunks of two pCPUs are merged by TSC",
                    test_chunks_of_two_pcpus_are_merged_by_tsc);
    g_test_add_func("/xentrace/equal stamps go by pCPU", test_equal_stamps_go_by_pcpu);
    g_test_add_func("/xentrace/a long capture is not read whole",
                    test_a_long_capture_is_not_read_whole);
    g_test_add_func("/xentrace/records without stamp have the last of their pCPU",
                    test_records_without_stamp_have_the_last_of_their_pcpu);
    g_test_add_func("/xentrace/filler is skipped by its length",
                    test_filler_is_skipped_by_its_length);
    g_test_add_func("/xentrace/lost records are handed out",
                    test_lost_records_are_handed_out);
    g_test_add_func("/xentrace/unknown ids are handed out",
                    test_unknown_ids_are_handed_out);
    g_test_add_func("/xentrace/a cut capture is refused",
                    test_a_cut_capture_is_refused);
    g_test_add_func("/xentrace/a cut capture is read on request",
                    test_a_cut_capture_is_read_on_request);
    g_test_add_func("/xentrace/damage is named with its place",
                    test_damage_is_named_with_its_place);
    g_test_add_func("/xentrace/what is no capture is refused",
                    test_what_is_no_capture_is_refused);
    g_test_add_func("/xentrace/a missing file is named", test_a_missing_file_is_named);
    g_test_add_func("/xentrace/fixed records of both widths are told apart",
                    test_fixed_records_of_both_widths_are_told_apart);
    g_test_add_func("/xentrace/a cut fixed capture is refused",
                    test_a_cut_fixed_capture_is_refused);
    g_test_add_func("/xentrace/gzip is unpacked", test_gzip_is_unpacked);
    g_test_add_func("/xentrace/cut gzip is refused", test_cut_gzip_is_refused);
    g_test_add_func("/xentrace/cut gzip is read on request",
                    test_cut_gzip_is_read_on_request);
    g_test_add_func("/xentrace/cut xz is read on request",
                    test_cut_xz_is_read_on_request);
    g_test_add_func("/xentrace/cut and damaged xz gives one error",
                    test_cut_and_damaged_xz_gives_one_error);
    g_test_add_func("/figures/the shipped captures have their figures",
                    test_the_shipped_captures_have_their_figures);
    g_test_add_func("/figures/a trip falls into its stages",
                    test_a_trip_falls_into_its_stages);
    g_test_add_func("/figures/figures of a fixed capture are refused",
                    test_figures_of_a_fixed_capture_are_refused);
    return g_test_run();
}
