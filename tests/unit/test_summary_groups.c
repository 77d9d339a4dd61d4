#include "results/error.h"
#include "results/run_record.h"
#include "results/summary.h"
#include "tests/unit/made_up_runs.h"

#include <math.h>

static DomainRecord *add_domain(RunRecord *record, const char *name, const char *group,
                                DomainRole role)
{
    const DomainRecord domain = {
        .name = g_strdup(name),
        .group = g_strdup(group),
        .role = role,
        .owner = NO_DOMAIN,
        .account = (int)record->domains->len,
        .weight = 256,
        .lived_ns = NS_PER_S,
    };

    g_array_append_val(record->domains, domain);
    return &g_array_index(record->domains, DomainRecord, record->domains->len - 1);
}

static void add_histogram(RunRecord *record, Quantity quantity, const char *subject,
                          unsigned n, int64_t value_ns)
{
    g_autofree Histogram *values = histogram_new();
    HistogramRecord histogram = { quantity, g_strdup(subject), { 0 }, NULL };

    for (unsigned i = 0; i < n; i++)
        histogram_record(values, value_ns);
    histogram_part_init(&histogram.values, values);
    g_array_append_val(record->histograms, histogram);
}

/* So many requests of latency_ns each, a tenth as many transfers that take ten times as
 * long. */
static void add_guest(RunRecord *record, const char *name, const char *group,
                      unsigned n_requests, int64_t latency_ns)
{
    DomainRecord *guest = add_domain(record, name, group, ROLE_GUEST);

    guest->requests = n_requests;
    guest->transfers = n_requests / 10;
    guest->attributed_ns = n_requests * NS_PER_MS;
    guest->booked_ns = guest->ran_ns = guest->attributed_ns / 2;
    guest->counts[COUNT_LOST_SENT_FRAMES] = 3;
    guest->counts[COUNT_LOST_RECEIVED_FRAMES] = 2;
    add_histogram(record, QUANTITY_REQUEST, name, n_requests, latency_ns);
    add_histogram(record, QUANTITY_TRANSFER, name, n_requests / 10, 10 * latency_ns);
}

/* Of a second, with nobody but dom0. */
static RunRecord *new_run(const char *campaign, unsigned cell, unsigned replication)
{
    RunRecord *record = run_record_new();

    record->run_key = g_strdup_printf("%s/%u/%u", campaign, cell, replication);
    record->campaign_hash = g_strdup(campaign);
    record->cell = cell;
    record->replication = replication;
    record->scenario_name = g_strdup("groups");
    record->scenario_text = g_strdup("");
    record->profile_name = g_strdup("none");
    record->program_version = g_strdup("0");
    record->measured_ns = NS_PER_S;
    run_record_add_factor(record, "host.pcpus", cell == 0 ? "1" : "2", 1 + cell);
    add_domain(record, "Domain-0", "Domain-0", ROLE_DOM0)->ran_ns = 400 * NS_PER_MS;
    return record;
}

static void keep_run(MadeUpPlace *place, RunRecord *record)
{
    g_autoptr(GError) error = NULL;

    database_add_run(place->database, record, &error);
    g_assert_no_error(error);
    run_record_free(record);
}

/* Two victims, a guest that is one by itself, and a hog. */
static void add_run(MadeUpPlace *place, unsigned cell, unsigned replication,
                    unsigned more)
{
    RunRecord *record = new_run(MADE_UP_CAMPAIGN, cell, replication);

    add_guest(record, "victim1", "victim", 100 + more, 20 * NS_PER_US);
    add_guest(record, "victim2", "victim", 100 + more, 40 * NS_PER_US);
    add_guest(record, "victim21", "victim2", 10, 80 * NS_PER_US);
    add_domain(record, "hog1", "hog", ROLE_NEIGHBOUR)->ran_ns = 700 * NS_PER_MS;
    keep_run(place, record);
}

static double mean_of(const Summary *summary, unsigned row, SummaryColumn column)
{
    return summary_row(summary, row)->columns[column].mean;
}

static void test_each_group_has_a_row(MadeUpPlace *place,
                                      const void *unused G_GNUC_UNUSED)
{
    static const char *const groups[] = { "victim", "victim2", "hog" };
    g_autoptr(Summary) summary = NULL;

    for (unsigned i = 0; i < 4; i++)
        add_run(place, i / 2, i % 2, 10 * (i % 2));
    summary = summary_new_by_group(place->database, NULL, NULL);
    g_assert_cmpuint(summary->rows->len, ==, 6);
    for (unsigned i = 0; i < 6; i++) {
        const SummaryRow *row = summary_row(summary, i);

        g_assert_cmpuint(row->cell, ==, i / 3);
        g_assert_cmpuint(row->n, ==, 2);
        g_assert_cmpuint(row->factors->len, ==, 2);
        g_assert_cmpstr(summary_factor(row, 0)->text, ==, i < 3 ? "1" : "2");
        g_assert_cmpstr(summary_factor(row, 1)->key, ==, SUMMARY_GROUP_KEY);
        g_assert_cmpstr(summary_factor(row, 1)->text, ==, groups[i % 3]);
    }
}

/* Replications of 200 and 220 requests, half of them of 20 us and half of 40. */
static void test_figures_are_of_the_group(MadeUpPlace *place,
                                          const void *unused G_GNUC_UNUSED)
{
    g_autoptr(Summary) summary = NULL;

    add_run(place, 0, 0, 0);
    add_run(place, 0, 1, 10);
    summary = summary_new_by_group(place->database, NULL, NULL);
    g_assert_cmpfloat(mean_of(summary, 0, COLUMN_REQUESTS_PER_S), ==, 210);
    g_assert_cmpfloat(mean_of(summary, 0, COLUMN_TRANSFERS_PER_S), ==, 21);
    g_assert_cmpfloat_with_epsilon(mean_of(summary, 0, COLUMN_LATENCY_P50_US), 20, 0.2);
    g_assert_cmpfloat_with_epsilon(mean_of(summary, 0, COLUMN_LATENCY_P99_US), 40, 0.4);
    g_assert_cmpfloat_with_epsilon(mean_of(summary, 0, COLUMN_LATENCY_P90_US), 40, 0.4);
    g_assert_true(isnan(mean_of(summary, 0, COLUMN_LATENCY_P999_US))); /* of 220 */
    g_assert_cmpfloat_with_epsilon(mean_of(summary, 0, COLUMN_TRANSFER_P50_US), 200, 2);
    g_assert_true(isnan(mean_of(summary, 0, COLUMN_TRANSFER_P99_US))); /* of 21 */
    g_assert_cmpfloat(mean_of(summary, 0, COLUMN_CPU_PERCENT), ==, 21);
    g_assert_cmpfloat(mean_of(summary, 0, COLUMN_PAID_BY_OTHERS_PERCENT), ==, 50);
    g_assert_cmpfloat(mean_of(summary, 0, COLUMN_FAIRNESS), ==, 1);
    g_assert_cmpfloat(mean_of(summary, 0, COLUMN_LOST_FRAMES_PER_S), ==, 10);
    g_assert_true(isnan(mean_of(summary, 0, COLUMN_DOM0_CPU_PERCENT)));
    g_assert_cmpfloat(mean_of(summary, 1, COLUMN_LATENCY_P50_US), ==, 80);
    g_assert_true(isnan(mean_of(summary, 1, COLUMN_LATENCY_P99_US))); /* of 10 */
    g_assert_cmpfloat(mean_of(summary, 2, COLUMN_CPU_PERCENT), ==, 70);
    g_assert_true(isnan(mean_of(summary, 2, COLUMN_LATENCY_P99_US)));
    g_assert_true(isnan(mean_of(summary, 2, COLUMN_FAIRNESS)));
}

/* What all guests have in common is the sum of what they have by themselves. */
static void test_groups_add_up(MadeUpPlace *place, const void *unused G_GNUC_UNUSED)
{
    static const SummaryColumn sums[] = { COLUMN_REQUESTS_PER_S, COLUMN_TRANSFERS_PER_S,
                                          COLUMN_LOST_FRAMES_PER_S,
                                          COLUMN_CPU_PERCENT };
    g_autoptr(Summary) whole = NULL, groups = NULL;

    add_run(place, 0, 0, 0);
    whole = summary_new(place->database, NULL, NULL);
    groups = summary_new_by_group(place->database, NULL, NULL);
    for (unsigned i = 0; i < G_N_ELEMENTS(sums); i++)
        g_assert_cmpfloat(mean_of(whole, 0, sums[i]), ==,
                          mean_of(groups, 0, sums[i]) + mean_of(groups, 1, sums[i]));
}

static void test_one_group_alone(MadeUpPlace *place, const void *unused G_GNUC_UNUSED)
{
    g_autoptr(Summary) all = NULL, victims = NULL, none = NULL;
    g_autoptr(GError) error = NULL;

    for (unsigned i = 0; i < 4; i++)
        add_run(place, i / 2, i % 2, 10 * (i % 2));
    all = summary_new_by_group(place->database, NULL, NULL);
    victims = summary_new_of_group(place->database, NULL, "victim", NULL);
    g_assert_cmpuint(victims->rows->len, ==, 2);
    for (unsigned i = 0; i < 2; i++) {
        g_assert_cmpstr(summary_row(victims, i)->group, ==, "victim");
        g_assert_cmpfloat(mean_of(victims, i, COLUMN_LATENCY_P99_US), ==,
                          mean_of(all, 3 * i, COLUMN_LATENCY_P99_US));
    }
    none = summary_new_of_group(place->database, NULL, "nix", &error);
    g_assert_null(none);
    g_assert_error(error, RESULTS_ERROR, RESULTS_ERROR_EMPTY);
    g_assert_cmpstr(error->message, ==,
                    "domain = nix: expected one of victim, victim2, hog");
}

static void test_nobody_has_no_row(MadeUpPlace *place, const void *unused G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;

    g_assert_null(summary_new_by_group(place->database, NULL, &error));
    g_assert_error(error, RESULTS_ERROR, RESULTS_ERROR_EMPTY);
}

static void add_crowd(MadeUpPlace *place, unsigned n_guests)
{
    RunRecord *record = new_run(MADE_UP_CAMPAIGN, 0, 0);

    for (unsigned i = 1; i <= n_guests; i++) {
        g_autofree char *name = g_strdup_printf("web%u", i);

        add_guest(record, name, "web", 10, i * NS_PER_US);
    }
    keep_run(place, record);
}

#define INSTRUCTIONS 100 /* of SQLite's machine, between two calls */

static int count_call(void *n_calls)
{
    ++*(unsigned *)n_calls;
    return 0;
}

/* What SQLite has to do for the groups of a run with so many guests. */
static unsigned work_for(unsigned n_guests)
{
    MadeUpPlace place;
    unsigned n_calls = 0;
    g_autoptr(Summary) summary = NULL;

    made_up_place_set_up(&place, NULL);
    add_crowd(&place, n_guests);
    sqlite3_progress_handler(database_handle(place.database), INSTRUCTIONS, count_call,
                             &n_calls);
    summary = summary_new_by_group(place.database, NULL, NULL);
    g_assert_cmpuint(summary->rows->len, ==, 1);
    g_assert_cmpfloat_with_epsilon(mean_of(summary, 0, COLUMN_LATENCY_P50_US),
                                   n_guests / 2.0, n_guests / 64.0);
    made_up_place_tear_down(&place, NULL);
    return n_calls;
}

/* Not with its square, which would make it 16 times as much. */
static void test_work_grows_with_the_number_of_guests(void)
{
    const unsigned few = work_for(200);

    g_assert_cmpuint(few, >, 10);
    g_assert_cmpuint(work_for(800) / 6, <, few);
}

/* A swept count may be 0. */
static void test_a_run_without_guests_has_no_row(MadeUpPlace *place,
                                                 const void *unused G_GNUC_UNUSED)
{
    g_autoptr(Summary) summary = NULL;
    g_autoptr(GError) error = NULL;

    keep_run(place, new_run(MADE_UP_CAMPAIGN, 0, 0));
    g_assert_null(summary_new_by_group(place->database, NULL, &error));
    g_assert_error(error, RESULTS_ERROR, RESULTS_ERROR_EMPTY);
    add_run(place, 1, 0, 0);
    summary = summary_new_by_group(place->database, NULL, NULL);
    g_assert_cmpuint(summary->rows->len, ==, 3);
    for (unsigned i = 0; i < 3; i++)
        g_assert_cmpuint(summary_row(summary, i)->cell, ==, 1);
}

/* Of the same cell, replication and group. */
static void test_each_campaign_has_its_own(MadeUpPlace *place,
                                           const void *unused G_GNUC_UNUSED)
{
    static const struct {
        const char *campaign;
        double requests_per_s;
    } cases[] = { { MADE_UP_CAMPAIGN, 200 }, { "bada55", 50 }, { NULL, 50 } };
    const Campaign second = { .hash = "bada55",
                              .scenario_name = "groups",
                              .scenario_text = "[sweep]\n",
                              .program_version = "0",
                              .n_runs = 1 };
    RunRecord *record = new_run(second.hash, 0, 0);

    add_guest(record, "victim1", "victim", 50, 30 * NS_PER_US);
    add_run(place, 0, 0, 0);
    g_assert_true(database_add_campaign(place->database, &second, NULL));
    keep_run(place, record);
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(Summary) summary =
            summary_new_of_group(place->database, cases[i].campaign, "victim", NULL);

        g_assert_cmpuint(summary->rows->len, ==, 1);
        g_assert_cmpuint(summary_row(summary, 0)->n, ==, 1);
        g_assert_cmpfloat(mean_of(summary, 0, COLUMN_REQUESTS_PER_S), ==,
                          cases[i].requests_per_s);
    }
}

/* It is in the group of its guest, to which its time is attributed already. */
static void test_stub_domains_count_for_their_guests(MadeUpPlace *place,
                                                     const void *unused G_GNUC_UNUSED)
{
    RunRecord *record = new_run(MADE_UP_CAMPAIGN, 0, 0);
    g_autoptr(Summary) summary = NULL;
    DomainRecord *stub;

    add_guest(record, "victim1", "victim", 100, 20 * NS_PER_US);
    stub = add_domain(record, "victim1-dm", "victim", ROLE_STUB);
    stub->owner = 1;
    stub->weight = 512;
    stub->ran_ns = 50 * NS_PER_MS;
    stub->counts[COUNT_LOST_SENT_FRAMES] = 7;
    keep_run(place, record);
    summary = summary_new_by_group(place->database, NULL, NULL);
    g_assert_cmpuint(summary->rows->len, ==, 1);
    g_assert_cmpfloat(mean_of(summary, 0, COLUMN_REQUESTS_PER_S), ==, 100);
    g_assert_cmpfloat(mean_of(summary, 0, COLUMN_CPU_PERCENT), ==, 10);
    g_assert_cmpfloat(mean_of(summary, 0, COLUMN_LOST_FRAMES_PER_S), ==, 5);
    g_assert_cmpfloat(mean_of(summary, 0, COLUMN_FAIRNESS), ==, 1);
    g_assert_cmpfloat(mean_of(summary, 0, COLUMN_LIVED_GUESTS), ==, 1);
}

/* As in the outcome of a run: test_outcome.c. */
static void test_fairness_is_among_those_that_lived(MadeUpPlace *place,
                                                    const void *unused G_GNUC_UNUSED)
{
    RunRecord *record = new_run(MADE_UP_CAMPAIGN, 0, 0);
    g_autoptr(Summary) summary = NULL;
    DomainRecord *refused, *half;

    add_guest(record, "victim1", "victim", 100, 20 * NS_PER_US);
    half = add_domain(record, "victim2", "victim", ROLE_GUEST);
    half->lived_ns = NS_PER_S / 2;
    half->attributed_ns = g_array_index(record->domains, DomainRecord, 1).attributed_ns;
    refused = add_domain(record, "victim3", "victim", ROLE_GUEST);
    refused->lived_ns = 0;
    add_domain(record, "never1", "never", ROLE_GUEST)->lived_ns = 0;
    keep_run(place, record);
    summary = summary_new_by_group(place->database, NULL, NULL);
    g_assert_cmpuint(summary->rows->len, ==, 2);
    g_assert_cmpfloat(mean_of(summary, 0, COLUMN_FAIRNESS), ==, 0.9);
    g_assert_cmpfloat(mean_of(summary, 0, COLUMN_LIVED_GUESTS), ==, 1.5);
    g_assert_true(isnan(mean_of(summary, 1, COLUMN_FAIRNESS)));
}

#define ADD(name, test)                                                                \
    g_test_add(name, MadeUpPlace, NULL, made_up_place_set_up, test,                    \
               made_up_place_tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("/summary_groups/each_group_has_a_row", test_each_group_has_a_row);
    ADD("/summary_groups/figures_are_of_the_group", test_figures_are_of_the_group);
    ADD("/summary_groups/groups_add_up", test_groups_add_up);
    ADD("/summary_groups/one_group_alone", test_one_group_alone);
    ADD("/summary_groups/nobody_has_no_row", test_nobody_has_no_row);
    g_test_add_func("/summary_groups/work_grows_with_the_number_of_guests",
                    test_work_grows_with_the_number_of_guests);
    ADD("/summary_groups/a_run_without_guests_has_no_row",
        test_a_run_without_guests_has_no_row);
    ADD("/summary_groups/each_campaign_has_its_own", test_each_campaign_has_its_own);
    ADD("/summary_groups/stub_domains_count_for_their_guests",
        test_stub_domains_count_for_their_guests);
    ADD("/summary_groups/fairness_is_among_those_that_lived",
        test_fairness_is_among_those_that_lived);
    return g_test_run();
}
