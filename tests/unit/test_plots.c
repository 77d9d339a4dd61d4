#include "results/plots.h"

#include "results/plot_data.h"
#include "tests/unit/made_up_runs.h"

#include <string.h>

static const char *const names[] = { "throughput",  "latency-p99",       "dom0-cpu",
                                     "latency-cdf", "booked-attributed", "stages" };

static char *draw(Database *database, const char *folder, const char *within)
{
    g_autoptr(GError) error = NULL;
    char *plots = g_build_filename(folder, within, NULL);
    g_auto(PlotsDrawn) drawn = { 0 };

    g_assert_true(plots_draw(database, NULL, NULL, plots, &drawn, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(drawn.n_drawn, >, 0);
    g_assert_cmpuint(drawn.notes->len, ==, 0);
    return plots;
}

static void assert_same_file(const char *first, const char *second, const char *name)
{
    g_autofree char *first_path = g_build_filename(first, name, NULL);
    g_autofree char *second_path = g_build_filename(second, name, NULL);
    g_autofree char *a = NULL, *b = NULL;
    size_t n_a, n_b;

    g_assert_true(g_file_get_contents(first_path, &a, &n_a, NULL));
    g_assert_true(g_file_get_contents(second_path, &b, &n_b, NULL));
    g_assert_cmpuint(n_a, >, 100);
    g_assert_cmpuint(n_a, ==, n_b);
    g_assert_true(memcmp(a, b, n_a) == 0);
}

static void test_the_same_results_give_the_same_bytes(void)
{
    char *folder = new_folder();
    g_autofree char *path = g_build_filename(folder, "results.db", NULL);
    g_autoptr(Database) database = database_open(path, DATABASE_WRITE, NULL);
    g_autofree char *first = NULL, *second = NULL;

    add_made_up_study(database, 4, 3);
    first = draw(database, folder, "first");
    g_usleep(G_USEC_PER_SEC); /* a PDF's date has seconds */
    second = draw(database, folder, "second");
    for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *svg = g_strconcat(names[i], ".svg", NULL);
        g_autofree char *pdf = g_strconcat(names[i], ".pdf", NULL);

        assert_same_file(first, second, svg);
        assert_same_file(first, second, pdf);
    }
    remove_folder(folder);
}

static int64_t ask(const Database *database, const char *sql)
{
    g_autoptr(sqlite3_stmt) statement = database_prepare(database, sql, NULL);

    g_assert_cmpint(sqlite3_step(statement), ==, SQLITE_ROW);
    return sqlite3_column_int64(statement, 0);
}

static void write_data(Database *database, const char *folder)
{
    g_autoptr(Summary) summary = summary_new(database, NULL, NULL);
    g_autoptr(Study) study = study_new(summary);
    g_autoptr(GError) error = NULL;

    plot_data_write(database, 1, study, folder, &error);
    g_assert_no_error(error);
}

/* Also when the runs are others: the second study is the first without a run. */
static void test_what_is_kept_is_what_the_runs_say(void)
{
    static const char n_kept[] = "SELECT count(*) FROM figure_part";
    char *folder = new_folder();
    g_autofree char *path = g_build_filename(folder, "results.db", NULL);
    g_autofree char *kept = g_build_filename(folder, "kept", NULL);
    g_autofree char *asked = g_build_filename(folder, "asked", NULL);
    g_autoptr(Database) database = database_open(path, DATABASE_WRITE, NULL);

    add_made_up_study(database, 4, 3);
    write_data(database, kept);
    g_assert_cmpint(ask(database, n_kept), ==,
                    INT64_C(3) * (3 + 1)); /* of placements */
    for (unsigned i = 0; i < 2; i++) {
        write_data(database, kept);
        sqlite3_exec(database_handle(database), "DELETE FROM figure_part", 0, 0, 0);
        write_data(database, asked);
        assert_same_file(kept, asked, "latency-cdf.dat");
        assert_same_file(kept, asked, "stages.dat");
        assert_same_file(kept, asked, "booked-attributed.dat");
        sqlite3_exec(database_handle(database),
                     "DELETE FROM outcome WHERE cell = 2 AND replication = 1", 0, 0, 0);
    }
    sqlite3_exec(database_handle(database), "DELETE FROM outcome WHERE cell = 2", 0, 0,
                 0);
    g_assert_cmpint(ask(database, n_kept), ==, 3 * (3 + 1) - 3);
    remove_folder(folder);
}

static unsigned n_times(const char *text, const char *part)
{
    unsigned n = 0;

    for (const char *found = text; (found = strstr(found, part)); found++)
        n++;
    return n;
}

static char *payers_of(Database *database, const char *folder)
{
    g_autofree char *path = g_build_filename(folder, "booked-attributed.dat", NULL);
    char *text;

    sqlite3_exec(database_handle(database), "DELETE FROM figure_part", 0, 0, 0);
    write_data(database, folder);
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    return text;
}

/* Not by a gap, and the others have the same places in all lines: guest3 lives in one
 * of them alone. */
static void test_guests_that_never_lived_are_left_out(void)
{
    char *folder = new_folder();
    g_autofree char *path = g_build_filename(folder, "results.db", NULL);
    g_autoptr(Database) database = database_open(path, DATABASE_WRITE, NULL);
    g_autofree char *numbered = NULL, *named = NULL;

    add_made_up_study(database, 4, 1);
    sqlite3_exec(database_handle(database),
                 "UPDATE domain SET lived_ns = 0 WHERE name = 'guest2' OR"
                 " (name = 'guest3' AND run_id NOT IN"
                 "  (SELECT run_id FROM run WHERE cell = 2))",
                 0, 0, 0);
    numbered = payers_of(database, folder);
    g_assert_nonnull(strstr(numbered, " \"3\"\n"));
    g_assert_null(strstr(numbered, " \"4\"\n"));
    g_assert_cmpint(ask(database, "SELECT count(*) FROM figure_part"), >, 0);
    sqlite3_exec(database_handle(database),
                 "UPDATE domain SET domain_group = 'other' WHERE name = 'guest4'", 0, 0,
                 0);
    named = payers_of(database, folder);
    g_assert_cmpuint(n_times(named, " \"guest1\"\n"), ==, 3);
    g_assert_cmpuint(n_times(named, " \"guest3\"\n"), ==, 1);
    g_assert_cmpuint(n_times(named, "\n3 "), ==, 3);
    g_assert_cmpuint(n_times(named, " \"guest4\"\n"), ==, 3);
    remove_folder(folder);
}

static void test_one_number_of_guests_draws_what_it_can(void)
{
    char *folder = new_folder();
    g_autofree char *path = g_build_filename(folder, "results.db", NULL);
    g_autoptr(Database) database = database_open(path, DATABASE_WRITE, NULL);
    g_autofree char *plots = NULL;

    add_made_up_study(database, 1, 1);
    plots = draw(database, folder, "figures");
    for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *svg = g_strconcat(names[i], ".svg", NULL);
        g_autofree char *svg_path = g_build_filename(plots, svg, NULL);

        g_assert_cmpint(g_file_test(svg_path, G_FILE_TEST_EXISTS), ==, i >= 3);
    }
    remove_folder(folder);
}

/* As where a constraint leaves the first line nothing at the end of the axis. (Titles
 * stand in a figure also where they are not drawn.) */
static void test_the_legend_stands_without_the_first_line(void)
{
    char *folder = new_folder();
    g_autofree char *path = g_build_filename(folder, "results.db", NULL);
    g_autoptr(Database) database = database_open(path, DATABASE_WRITE, NULL);
    g_autofree char *figures = NULL, *svg_path = NULL, *svg = NULL;

    add_made_up_study(database, 2, 1);
    sqlite3_exec(database_handle(database), "DELETE FROM outcome WHERE cell = 1", 0, 0,
                 0); /* dom0 with 2 guests */
    figures = draw(database, folder, "figures");
    svg_path = g_build_filename(figures, "booked-attributed.svg", NULL);
    g_assert_true(g_file_get_contents(svg_path, &svg, NULL, NULL));
    g_assert_nonnull(strstr(svg, "<text>paid by its account<"));
    g_assert_nonnull(strstr(svg, "<text>spent for it<"));
    remove_folder(folder);
}

static void test_an_unwritable_place_is_named(void)
{
    char *folder = new_folder();
    g_autofree char *path = g_build_filename(folder, "results.db", NULL);
    g_autofree char *plots = g_build_filename(path, "figures", NULL);
    g_autoptr(Database) database = database_open(path, DATABASE_WRITE, NULL);
    g_autoptr(GError) error = NULL;
    g_auto(PlotsDrawn) drawn = { 0 };

    add_made_up_study(database, 1, 1);
    g_assert_false(plots_draw(database, NULL, NULL, plots, &drawn, &error));
    g_assert_nonnull(strstr(error->message, plots));
    remove_folder(folder);
}

int main(int argc, char **argv)
{
    g_autofree char *gnuplot = g_find_program_in_path("gnuplot");

    g_test_init(&argc, &argv, NULL);
    if (gnuplot) {
        g_test_add_func("/plots/the_same_results_give_the_same_bytes",
                        test_the_same_results_give_the_same_bytes);
        g_test_add_func("/plots/one_number_of_guests_draws_what_it_can",
                        test_one_number_of_guests_draws_what_it_can);
        g_test_add_func("/figures/the_legend_stands_without_the_first_line",
                        test_the_legend_stands_without_the_first_line);
    }
    g_test_add_func("/plots/what_is_kept_is_what_the_runs_say",
                    test_what_is_kept_is_what_the_runs_say);
    g_test_add_func("/plots/guests_that_never_lived_are_left_out",
                    test_guests_that_never_lived_are_left_out);
    g_test_add_func("/plots/an_unwritable_place_is_named",
                    test_an_unwritable_place_is_named);
    return g_test_run();
}
