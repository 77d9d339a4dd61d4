#include "experiments/cost_profile.h"

#include "experiments/error.h"

#include <glib/gstdio.h>
#include <string.h>

#define COSTS_FOLDER HVMSIM_SOURCE_DIR "/models/costs/"

static void test_shipped_profiles_are_whole(void)
{
    static const char *const paths[] = { COSTS_FOLDER "merom-2007.ini",
                                         COSTS_FOLDER "capture-4.17.ini" };

    for (unsigned i = 0; i < G_N_ELEMENTS(paths); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(CostProfile) profile = cost_profile_load(paths[i], &error);
        g_autofree char *base = g_path_get_basename(paths[i]);
        g_autofree char *file = NULL;

        g_assert_no_error(error);
        file = g_strconcat(profile->name, ".ini", NULL);
        g_assert_cmpstr(file, ==, base);
    }
}

static void test_published_exit_and_entry_are_merom_s_round_trip(void)
{
    g_autoptr(CostProfile) profile =
        cost_profile_load(COSTS_FOLDER "merom-2007.ini", NULL);

    g_assert_cmpint(profile->clock_hz, ==, 2660000000);
    g_assert_cmpint(profile->cpi_milli, ==, 1200);
    g_assert_cmpint(profile->figures[COST_EXIT].cycles +
                        profile->figures[COST_ENTRY].cycles,
                    ==, 1579);
    g_assert_cmpint(profile->figures[COST_EXIT].standing, ==, STANDING_PUBLISHED);
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

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/cost_profile/shipped_profiles_are_whole",
                    test_shipped_profiles_are_whole);
    g_test_add_func("/cost_profile/published_exit_and_entry_are_merom_s_round_trip",
                    test_published_exit_and_entry_are_merom_s_round_trip);
    g_test_add_func("/cost_profile/messages_name_the_figure",
                    test_messages_name_the_figure);
    g_test_add_func("/cost_profile/a_time_is_the_fewest_cycles_that_take_no_less",
                    test_a_time_is_the_fewest_cycles_that_take_no_less);
    return g_test_run();
}
