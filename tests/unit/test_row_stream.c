#include "experiments/golden/row_stream.h"
#include "experiments/input/error.h"

#include <glib/gstdio.h>
#include <string.h>
#include <zlib.h>

typedef struct {
    char *folder, *plain, *gzipped;
    GString *differences; /* "row expected|found;" */
    RowStream *stream;
} Fixture;

static void on_differs(void *listener, const RowStream *stream, const char *expected,
                       const char *found)
{
    Fixture *fixture = listener;

    g_string_append_printf(fixture->differences, "%u %s|%s;", row_stream_next(stream),
                           expected ? expected : "end", found ? found : "end");
}

static void set_up(Fixture *fixture, const void *limit)
{
    fixture->folder = g_dir_make_tmp("hvmsim-rows-XXXXXX", NULL);
    fixture->plain = g_build_filename(fixture->folder, "schedule.csv", NULL);
    fixture->gzipped = g_build_filename(fixture->folder, "schedule.csv.gz", NULL);
    fixture->differences = g_string_new(NULL);
    fixture->stream =
        row_stream_new("schedule", limit ? GPOINTER_TO_UINT(limit) : NO_ROW_LIMIT,
                       on_differs, fixture);
}

static void tear_down(Fixture *fixture, const void *limit G_GNUC_UNUSED)
{
    row_stream_free(fixture->stream);
    g_remove(fixture->plain);
    g_remove(fixture->gzipped);
    g_rmdir(fixture->folder);
    g_string_free(fixture->differences, TRUE);
    g_free(fixture->plain);
    g_free(fixture->gzipped);
    g_free(fixture->folder);
}

static void expect_text(Fixture *fixture, const char *text)
{
    g_assert_true(g_file_set_contents(fixture->plain, text, -1, NULL));
    g_assert_true(row_stream_expect(fixture->stream, fixture->folder, NULL));
}

static void put_rows(Fixture *fixture, unsigned n)
{
    row_stream_put(fixture->stream, "time,pcpu");
    for (unsigned i = 1; i <= n; i++)
        row_stream_put(fixture->stream, "%u,0", i);
}

static void test_equal_rows_agree_whatever_the_comments(Fixture *fixture,
                                                        const void *data G_GNUC_UNUSED)
{
    expect_text(fixture, "# made by hand\ntime,pcpu\r\n1,0\n\n# half way\n2,0\n3,0");
    put_rows(fixture, 3);
    g_assert_true(row_stream_finish(fixture->stream, NULL));
    g_assert_cmpstr(fixture->differences->str, ==, "");
    g_assert_cmpuint(row_stream_agreed(fixture->stream), ==, 3);
    g_assert_cmpstr(row_stream_last_agreed(fixture->stream), ==, "3,0");
}

static void test_the_first_difference_alone_is_told(Fixture *fixture,
                                                    const void *data G_GNUC_UNUSED)
{
    expect_text(fixture, "time,pcpu\n1,0\n2,1\n3,1\n");
    put_rows(fixture, 3);
    g_assert_true(row_stream_finish(fixture->stream, NULL));
    g_assert_cmpstr(fixture->differences->str, ==, "2 2,1|2,0;");
    g_assert_cmpuint(row_stream_agreed(fixture->stream), ==, 1);
    g_assert_cmpstr(row_stream_last_agreed(fixture->stream), ==, "1,0");
}

static void test_a_row_too_few_differs(Fixture *fixture, const void *data G_GNUC_UNUSED)
{
    expect_text(fixture, "time,pcpu\n1,0\n2,0\n");
    put_rows(fixture, 1);
    g_assert_true(row_stream_finish(fixture->stream, NULL));
    g_assert_cmpstr(fixture->differences->str, ==, "2 2,0|end;");
}

static void test_a_row_too_many_differs(Fixture *fixture,
                                        const void *data G_GNUC_UNUSED)
{
    expect_text(fixture, "time,pcpu\n1,0\n");
    put_rows(fixture, 2);
    g_assert_true(row_stream_finish(fixture->stream, NULL));
    g_assert_cmpstr(fixture->differences->str, ==, "2 end|2,0;");
}

static void test_a_wrong_header_differs(Fixture *fixture,
                                        const void *data G_GNUC_UNUSED)
{
    expect_text(fixture, "time,cpu\n1,0\n");
    put_rows(fixture, 1);
    g_assert_cmpstr(fixture->differences->str, ==, "0 time,cpu|time,pcpu;");
}

static void test_rows_beyond_the_limit_are_dropped(Fixture *fixture,
                                                   const void *data G_GNUC_UNUSED)
{
    expect_text(fixture, "time,pcpu\n1,0\n2,0\n");
    put_rows(fixture, 5);
    g_assert_true(row_stream_finish(fixture->stream, NULL));
    g_assert_cmpstr(fixture->differences->str, ==, "");
    g_assert_cmpuint(row_stream_agreed(fixture->stream), ==, 2);
}

static void write_gzipped(const Fixture *fixture, unsigned n_rows)
{
    gzFile file = gzopen(fixture->gzipped, "wb9");

    gzputs(file, "time,pcpu\n");
    for (unsigned i = 1; i <= n_rows; i++)
        gzprintf(file, "%u,0\n", i);
    gzclose(file);
}

static void
test_a_gzipped_file_is_read_when_there_is_no_plain_one(Fixture *fixture,
                                                       const void *data G_GNUC_UNUSED)
{
    write_gzipped(fixture, 2000);
    g_assert_true(row_stream_expect(fixture->stream, fixture->folder, NULL));
    put_rows(fixture, 2000);
    g_assert_true(row_stream_finish(fixture->stream, NULL));
    g_assert_cmpstr(fixture->differences->str, ==, "");
    g_assert_cmpuint(row_stream_agreed(fixture->stream), ==, 2000);
}

static void
test_a_truncated_file_is_an_error_not_a_difference(Fixture *fixture,
                                                   const void *data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *bytes = NULL;
    size_t length;

    write_gzipped(fixture, 2000);
    g_assert_true(g_file_get_contents(fixture->gzipped, &bytes, &length, NULL));
    g_assert_true(
        g_file_set_contents(fixture->gzipped, bytes, (gssize)length / 2, NULL));
    g_assert_true(row_stream_expect(fixture->stream, fixture->folder, NULL));
    put_rows(fixture, 2000);
    g_assert_false(row_stream_finish(fixture->stream, &error));
    g_assert_error(error, EXPERIMENT_ERROR, EXPERIMENT_ERROR_INPUT);
    g_assert_true(g_str_has_prefix(error->message, fixture->gzipped));
}

static void test_without_a_file_nothing_is_compared(Fixture *fixture,
                                                    const void *data G_GNUC_UNUSED)
{
    g_assert_true(row_stream_expect(fixture->stream, fixture->folder, NULL));
    g_assert_false(row_stream_is_expected(fixture->stream));
    put_rows(fixture, 3);
    g_assert_true(row_stream_finish(fixture->stream, NULL));
    g_assert_cmpuint(row_stream_agreed(fixture->stream), ==, 0);
}

static void test_rows_are_written(Fixture *fixture, const void *data G_GNUC_UNUSED)
{
    g_autofree char *written = NULL;

    g_assert_true(row_stream_write_to(fixture->stream, fixture->folder, NULL));
    put_rows(fixture, 2);
    g_assert_true(row_stream_finish(fixture->stream, NULL));
    g_assert_true(g_file_get_contents(fixture->plain, &written, NULL, NULL));
    g_assert_cmpstr(written, ==, "time,pcpu\n1,0\n2,0\n");
}

static void add(const char *name, const void *limit,
                void (*test)(Fixture *fixture, const void *data))
{
    g_test_add(name, Fixture, limit, set_up, test, tear_down);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add("/row-stream/equal-rows-agree-whatever-the-comments", NULL,
        test_equal_rows_agree_whatever_the_comments);
    add("/row-stream/the-first-difference-alone-is-told", NULL,
        test_the_first_difference_alone_is_told);
    add("/row-stream/a-row-too-few-differs", NULL, test_a_row_too_few_differs);
    add("/row-stream/a-row-too-many-differs", NULL, test_a_row_too_many_differs);
    add("/row-stream/a-wrong-header-differs", NULL, test_a_wrong_header_differs);
    add("/row-stream/rows-beyond-the-limit-are-dropped", GUINT_TO_POINTER(2),
        test_rows_beyond_the_limit_are_dropped);
    add("/row-stream/a-gzipped-file-is-read-when-there-is-no-plain-one", NULL,
        test_a_gzipped_file_is_read_when_there_is_no_plain_one);
    add("/row-stream/a-truncated-file-is-an-error-not-a-difference", NULL,
        test_a_truncated_file_is_an_error_not_a_difference);
    add("/row-stream/without-a-file-nothing-is-compared", NULL,
        test_without_a_file_nothing_is_compared);
    add("/row-stream/rows-are-written", NULL, test_rows_are_written);
    return g_test_run();
}
