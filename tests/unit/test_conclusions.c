/* What a summary's runs show, in sentences. */
#include "results/study.h"
#include "tests/unit/simple_runs.h"

#include <math.h>
#include <string.h>

/* The sentences without their line breaks. */
static char *conclusions_of(const Summary *summary)
{
    g_autofree char *text = sentences_of(summary);
    GString *line = g_string_new(text);

    g_string_replace(line, "\n  ", " ", 0);
    return g_string_free(line, FALSE);
}

/* stub/dom0 by replication: 1.5204, 1.5, 1.4804; logs with mean 0.4056 and sd 0.01334,
 * so half is 4.302653 * 0.01334 / sqrt(3) = 0.03314. */
static void test_a_clear_difference_is_claimed(Place *place,
                                               const void *unused G_GNUC_UNUSED)
{
    g_autoptr(Summary) summary = NULL;
    g_autofree char *text = NULL;

    for (unsigned i = 0; i < 3; i++) {
        add_simple_run(place, "dom0", i, 98 + 2 * i);
        add_simple_run(place, "stub", i, 149 + i);
    }
    summary = summary_or_die(place);
    text = conclusions_of(summary);
    g_assert_nonnull(
        strstr(text, "- stub has the highest throughput: 150 ± 2 transfers per"));
    g_assert_nonnull(strstr(text, "1.50 times (1.45 to 1.55) that of dom0"));
}

static void
test_overlapping_intervals_are_no_difference(Place *place,
                                             const void *unused G_GNUC_UNUSED)
{
    g_autoptr(Summary) summary = NULL;
    g_autofree char *text = NULL;

    for (unsigned i = 0; i < 3; i++) {
        add_simple_run(place, "dom0", i, 100 + 5 * i);
        add_simple_run(place, "stub", i, 112 - 4 * i);
    }
    summary = summary_or_die(place);
    text = conclusions_of(summary);
    g_assert_nonnull(strstr(text, "though not by a clear margin"));
    g_assert_nonnull(strstr(text, "not to be told from that of dom0"));
}

/* Every replication says 1.002: certain, and of no interest. */
static void test_a_small_difference_is_no_news(Place *place,
                                               const void *unused G_GNUC_UNUSED)
{
    g_autoptr(Summary) summary = NULL;
    g_autofree char *text = NULL;

    for (unsigned i = 0; i < 3; i++) {
        add_simple_run(place, "dom0", i, 1000 + i);
        add_simple_run(place, "stub", i, 1002 + i);
    }
    summary = summary_or_die(place);
    text = conclusions_of(summary);
    g_assert_nonnull(strstr(text, "throughput, though not by a clear margin"));
    g_assert_nonnull(strstr(text, "within 1 % of that of dom0"));
}

/* stub/dom0: 100 and 0.01, so anything. */
static void
test_an_interval_of_everything_asks_for_replications(Place *place,
                                                     const void *unused G_GNUC_UNUSED)
{
    g_autoptr(Summary) summary = NULL;
    g_autofree char *text = NULL;

    for (unsigned i = 0; i < 2; i++) {
        add_simple_run(place, "dom0", i, i == 0 ? 10 : 100);
        add_simple_run(place, "stub", i, i == 0 ? 110 : 50);
    }
    summary = summary_or_die(place);
    text = conclusions_of(summary);
    g_assert_nonnull(strstr(text, ": 2 replications are too few)"));
}

static void test_small_ratios_have_digits(Place *place,
                                          const void *unused G_GNUC_UNUSED)
{
    g_autoptr(Summary) summary = NULL;
    g_autofree char *text = NULL;

    for (unsigned i = 0; i < 3; i++) {
        place->latency_ns = 2000000;
        add_simple_run(place, "dom0", i, 12);
        place->latency_ns = 20000 + 500 * i;
        add_simple_run(place, "stub", i, 3000 + 3 * i);
    }
    summary = summary_or_die(place);
    text = conclusions_of(summary);
    g_assert_nonnull(strstr(text, "250 times (250 to 251) that of dom0"));
    g_assert_nonnull(strstr(text, " 0.010 times (0.0096 to 0.011) that of dom0"));
}

static void test_a_zero_in_some_replications_is_said(Place *place,
                                                     const void *unused G_GNUC_UNUSED)
{
    g_autoptr(Summary) summary = NULL;
    g_autofree char *text = NULL;

    for (unsigned i = 0; i < 3; i++) {
        add_simple_run(place, "dom0", i, i == 1 ? 0 : 50);
        add_simple_run(place, "stub", i, 100 + i);
    }
    summary = summary_or_die(place);
    text = conclusions_of(summary);
    g_assert_nonnull(
        strstr(text, "no ratio to that of dom0 (0 in 1 of 3 replications)"));
    g_assert_nonnull(strstr(text, ", 1 of 3 left out"));
}

static void add_axis(Place *place, const char *key, const char *const texts[2])
{
    place->axis_key = key;
    for (unsigned i = 0; i < 2; i++) {
        place->axis_text = texts[i];
        place->axis_number = i;
        add_simple_run(place, "dom0", 0, 100);
        add_simple_run(place, "stub", 0, 100);
    }
}

static void test_the_axis_is_said_as_written(Place *place,
                                             const void *unused G_GNUC_UNUSED)
{
    g_autoptr(Summary) summary = NULL;
    g_autofree char *text = NULL;

    add_axis(place, "domain player.slice", (const char *const[]){ "1ms", "3ms" });
    summary = summary_or_die(place);
    text = conclusions_of(summary);
    g_assert_true(
        g_str_has_prefix(text, "What this shows, with domain player.slice = 3ms ("));
}

static void test_guests_are_counted(Place *place, const void *unused G_GNUC_UNUSED)
{
    g_autoptr(Summary) summary = NULL;
    g_autofree char *text = NULL;

    add_axis(place, "domain guest.count", (const char *const[]){ "4", "16" });
    summary = summary_or_die(place);
    text = conclusions_of(summary);
    g_assert_true(g_str_has_prefix(text, "What this shows, with 16 guests ("));
}

static void test_other_studies_have_no_conclusions(Place *place,
                                                   const void *unused G_GNUC_UNUSED)
{
    g_autoptr(Summary) summary = NULL;
    g_autofree char *text = NULL;

    add_simple_run(place, "dom0", 0, 100);
    summary = summary_or_die(place);
    text = sentences_of(summary);
    g_assert_cmpstr(text, ==, "");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name)                                                                      \
    g_test_add("/conclusions/" #name, Place, NULL, place_set_up, test_##name,          \
               place_tear_down)
    ADD(a_clear_difference_is_claimed);
    ADD(overlapping_intervals_are_no_difference);
    ADD(a_small_difference_is_no_news);
    ADD(an_interval_of_everything_asks_for_replications);
    ADD(small_ratios_have_digits);
    ADD(a_zero_in_some_replications_is_said);
    ADD(the_axis_is_said_as_written);
    ADD(guests_are_counted);
    ADD(other_studies_have_no_conclusions);
#undef ADD
    return g_test_run();
}
