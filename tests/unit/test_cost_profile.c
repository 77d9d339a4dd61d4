#include "experiments/scenario/cost_profile.h"

#include "experiments/input/error.h"

#include <glib/gstdio.h>
#include <string.h>

#define COSTS_FOLDER HVMSIM_SOURCE_DIR "/models/costs/"

static void free_profile(void *profile)
{
    cost_profile_free(profile);
}

/* Of CostProfile, in the order of their names. */
static GPtrArray *shipped_profiles(void)
{
    g_autoptr(GDir) dir = g_dir_open(COSTS_FOLDER, 0, NULL);
    GPtrArray *profiles = g_ptr_array_new_with_free_func(free_profile);
    const char *file;

    g_assert_nonnull(dir);
    while ((file = g_dir_read_name(dir))) {
        g_autofree char *path = g_strconcat(COSTS_FOLDER, file, NULL);
        g_autoptr(GError) error = NULL;
        CostProfile *profile = cost_profile_load(path, &error);
        g_autofree char *expected = NULL;

        g_assert_no_error(error);
        expected = g_strconcat(profile->name, ".ini", NULL);
        g_assert_cmpstr(expected, ==, file);
        g_ptr_array_add(profiles, profile);
    }
    return profiles;
}

/* Its assumed figures are shares of measured intervals; see its head. */
static bool is_of_a_capture(const CostProfile *profile)
{
    return g_str_has_prefix(profile->name, "capture-");
}

static void check_figure(const CostProfile *profile, Cost cost)
{
    const CostFigure *figure = &profile->figures[cost];

    g_assert_cmpint(figure->low_cycles, <=, figure->cycles);
    g_assert_cmpint(figure->cycles, <=, figure->high_cycles);
    g_assert_cmpuint(strlen(figure->source), >=, 10);
    if (figure->standing == STANDING_ASSUMED && !is_of_a_capture(profile))
        g_assert_cmpint(figure->low_cycles, <, figure->high_cycles);
}

/* The reader has refused a profile that lacks a figure. */
static void test_every_shipped_figure_has_a_source_and_an_assumed_one_an_interval(void)
{
    g_autoptr(GPtrArray) profiles = shipped_profiles();

    g_assert_cmpuint(profiles->len, >=, 8);
    for (unsigned i = 0; i < profiles->len; i++) {
        const CostProfile *profile = g_ptr_array_index(profiles, i);

        g_assert_cmpint(profile->cpi_low_milli, <=, profile->cpi_milli);
        g_assert_cmpint(profile->cpi_milli, <=, profile->cpi_high_milli);
        g_assert_true(profile->cpi_standing != STANDING_ASSUMED ||
                      profile->cpi_low_milli < profile->cpi_high_milli);
        for (CacheLevel level = 0; level < CACHE_LEVELS; level++)
            g_assert_cmpuint(strlen(profile->caches[level].source), >, 10);
        for (Cost cost = 0; cost < COSTS; cost++)
            check_figure(profile, cost);
    }
}

static int64_t times_milli(int64_t cycles, int64_t milli)
{
    return (cycles * milli + 500) / 1000;
}

/* A source "merom-2007 x 0.802: why" is checked by doing it. */
static bool check_derivation(const CostFigure *figure, const CostFigure *base)
{
    const char *prefix = "merom-2007 x ";
    int64_t milli;

    if (!g_str_has_prefix(figure->source, prefix))
        return false;
    milli = (int64_t)(g_ascii_strtod(figure->source + strlen(prefix), NULL) * 1e3 + .5);
    g_assert_cmpint(milli, >, 0);
    g_assert_cmpint(figure->cycles, ==, times_milli(base->cycles, milli));
    g_assert_cmpint(figure->low_cycles, ==, times_milli(base->low_cycles, milli));
    g_assert_cmpint(figure->high_cycles, ==, times_milli(base->high_cycles, milli));
    return true;
}

static void test_derived_figures_are_what_their_sources_say(void)
{
    g_autoptr(GPtrArray) profiles = shipped_profiles();
    g_autoptr(CostProfile) base =
        cost_profile_load(COSTS_FOLDER "merom-2007.ini", NULL);
    unsigned n_derived = 0;

    for (unsigned i = 0; i < profiles->len; i++) {
        const CostProfile *profile = g_ptr_array_index(profiles, i);

        for (Cost cost = 0; cost < COSTS; cost++)
            n_derived +=
                check_derivation(&profile->figures[cost], &base->figures[cost]);
    }
    g_assert_cmpuint(n_derived, >=, 6 * 36);
}

/* Agesen et al., USENIX ATC 2012, table 1. */
static void test_exit_and_entry_add_up_to_the_published_round_trip(void)
{
    static const struct {
        const char *path;
        int64_t cycles;
    } trips[] = {
        { COSTS_FOLDER "prescott-2005.ini", 3963 },
        { COSTS_FOLDER "merom-2007.ini", 1579 },
        { COSTS_FOLDER "penryn-2008.ini", 1266 },
        { COSTS_FOLDER "nehalem-2009.ini", 1009 },
        { COSTS_FOLDER "westmere-2010.ini", 761 },
        { COSTS_FOLDER "sandy-bridge-2011.ini", 784 },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(trips); i++) {
        g_autoptr(CostProfile) profile = cost_profile_load(trips[i].path, NULL);
        const CostFigure *exit = &profile->figures[COST_EXIT];
        const CostFigure *entry = &profile->figures[COST_ENTRY];

        g_assert_cmpint(exit->cycles + entry->cycles, ==, trips[i].cycles);
        g_assert_cmpint(exit->standing, ==, STANDING_PUBLISHED);
        g_assert_cmpint(entry->standing, ==, STANDING_PUBLISHED);
    }
}

/* The shipped profile with one text exchanged for another. */
static CostProfile *load_changed(const char *from, const char *to, char **path,
                                 GError **error)
{
    g_autofree char *text = NULL;
    g_autoptr(GString) changed = NULL;
    const int file = g_file_open_tmp("profile-XXXXXX.ini", path, NULL);

    g_assert_true(
        g_file_get_contents(COSTS_FOLDER "merom-2007.ini", &text, NULL, NULL));
    changed = g_string_new(text);
    g_assert_cmpuint(g_string_replace(changed, from, to, 1), ==, 1);
    g_assert_true(g_close(file, NULL));
    g_assert_true(g_file_set_contents(*path, changed->str, -1, NULL));
    return cost_profile_load(*path, error);
}

static void test_messages_name_the_figure(void)
{
    static const struct {
        const char *from, *to, *message;
    } cases[] = {
        { "790 cycles", "790",
          "[exit] value = 790: expected cycles or a time up to 1s, such as 790 cycles "
          "or 0.3us" },
        { "790 cycles", "79 cycles",
          "[exit] value = 79 cycles: expected a value from low to high" },
        { "[ipi]", "[api]", "[api] is none of the groups profile, clock, " },
        { "2.66GHz", "2.66", "[clock] value = 2.66: expected a rate with its unit" },
        { "1.2 cycles", "1.2",
          "[instruction] value = 1.2: expected cycles of the clock, such as 1.25 "
          "cycles" },
        { "4MiB", "4MHz", "[shared-cache] value = 4MHz: expected a size" },
        { "1.8 cycles", "1.1 cycles",
          "[instruction] value = 1.2 cycles: expected a value from low to high" },
        { "= published", "= rumoured",
          "standing = rumoured: expected one of measured, published, assumed" },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *path = NULL;

        g_assert_null(load_changed(cases[i].from, cases[i].to, &path, &error));
        g_assert_error(error, EXPERIMENT_ERROR, EXPERIMENT_ERROR_INPUT);
        g_assert_true(g_str_has_prefix(error->message, path));
        g_assert_nonnull(strstr(error->message, cases[i].message));
        g_assert_cmpint(g_unlink(path), ==, 0);
    }
}

static void test_a_time_is_the_fewest_cycles_that_take_no_less(void)
{
    g_autofree char *path = NULL;
    g_autoptr(CostProfile) profile =
        load_changed("790 cycles", "0.3us", &path, &(GError *){ NULL });

    g_assert_cmpint(profile->figures[COST_EXIT].cycles, ==, 798);
    g_assert_cmpint(cost_ns(profile, COST_EXIT), ==, 300);
    g_assert_cmpint(g_unlink(path), ==, 0);
}

static void test_a_saved_profile_reads_the_same(void)
{
    g_autoptr(CostProfile) profile =
        cost_profile_load(COSTS_FOLDER "nehalem-2009.ini", NULL);
    g_autofree char *path = NULL;
    g_autoptr(CostProfile) again = NULL;
    g_autoptr(GError) error = NULL;

    g_close(g_file_open_tmp("profile-XXXXXX.ini", &path, NULL), NULL);
    g_assert_true(cost_profile_save(profile, path, &error));
    again = cost_profile_load(path, &error);
    g_assert_no_error(error);
    g_assert_cmpint(again->cpi_low_milli, ==, 800);
    g_assert_cmpint(again->cpi_high_milli, ==, 1400);
    g_assert_cmpint(again->caches[CACHE_SHARED].bytes, ==, 8 << 20);
    for (Cost cost = 0; cost < COSTS; cost++) {
        g_assert_cmpint(again->figures[cost].low_cycles, ==,
                        profile->figures[cost].low_cycles);
        g_assert_cmpstr(again->figures[cost].source, ==, profile->figures[cost].source);
    }
    g_assert_cmpint(g_unlink(path), ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func(
        "/cost_profile/every_shipped_figure_has_a_source_and_an_interval",
        test_every_shipped_figure_has_a_source_and_an_assumed_one_an_interval);
    g_test_add_func("/cost_profile/derived_figures_are_what_their_sources_say",
                    test_derived_figures_are_what_their_sources_say);
    g_test_add_func("/cost_profile/exit_and_entry_add_up_to_the_published_round_trip",
                    test_exit_and_entry_add_up_to_the_published_round_trip);
    g_test_add_func("/cost_profile/a_saved_profile_reads_the_same",
                    test_a_saved_profile_reads_the_same);
    g_test_add_func("/cost_profile/messages_name_the_figure",
                    test_messages_name_the_figure);
    g_test_add_func("/cost_profile/a_time_is_the_fewest_cycles_that_take_no_less",
                    test_a_time_is_the_fewest_cycles_that_take_no_less);
    return g_test_run();
}
