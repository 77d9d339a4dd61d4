#include "tests/unit/simple_runs.h"

#include "results/run_record.h"
#include "results/study.h"

#include <math.h>
#include <string.h>

void place_set_up(Place *place, const void *unused)
{
    *place = (Place){ .latency_ns = 20000 };
    made_up_place_set_up(&place->made_up, unused);
}

void place_tear_down(Place *place, const void *unused)
{
    made_up_place_tear_down(&place->made_up, unused);
}

void add_simple_run(Place *place, const char *placement, unsigned replication,
                    unsigned transfers)
{
    g_autoptr(RunRecord) record = run_record_new();
    g_autoptr(GError) error = NULL;
    g_autofree Histogram *latency = histogram_new();
    HistogramRecord histogram = { .quantity = QUANTITY_REQUEST };
    DomainRecord dom0 = { .role = ROLE_DOM0, .owner = NO_DOMAIN, .weight = 256 };
    DomainRecord guest = { .role = ROLE_GUEST, .owner = NO_DOMAIN, .weight = 256 };

    record->run_key =
        g_strdup_printf("%s/%s/%u", placement, place->axis_text, replication);
    record->campaign_hash = g_strdup(MADE_UP_CAMPAIGN);
    record->cell = 2 * (unsigned)place->axis_number + !g_str_equal(placement, "dom0");
    record->replication = replication;
    record->scenario_name = g_strdup("simple");
    record->scenario_text = g_strdup("");
    record->profile_name = g_strdup("none");
    record->program_version = g_strdup("0");
    record->measured_ns = NS_PER_S;
    run_record_add_factor(record, "device-model.placement", placement, NAN);
    if (place->axis_key)
        run_record_add_factor(record, place->axis_key, place->axis_text,
                              place->axis_number);
    for (unsigned i = 0; i < 10 * transfers; i++)
        histogram_record(latency, place->latency_ns);
    histogram.subject = g_strdup("guest");
    histogram_part_init(&histogram.values, latency);
    g_array_append_val(record->histograms, histogram);
    dom0.name = g_strdup("dom0");
    dom0.ran_ns = 400000000;
    dom0.booked_ns = 400000000;
    g_array_append_val(record->domains, dom0);
    guest.name = g_strdup("guest");
    guest.account = 1;
    guest.requests = latency->count;
    guest.transfers = transfers;
    guest.deadlines = place->deadlines;
    guest.missed_deadlines = place->deadlines / 4;
    guest.lived_ns = NS_PER_S - place->absent_ns;
    guest.ran_ns = 300000000;
    guest.booked_ns = 300000000;
    guest.attributed_ns = 400000000;
    g_array_append_val(record->domains, guest);
    database_add_run(place->made_up.database, record, &error);
    g_assert_no_error(error);
}

Summary *summary_or_die(Place *place)
{
    g_autoptr(GError) error = NULL;
    Summary *summary = summary_new(place->made_up.database, NULL, &error);

    g_assert_no_error(error);
    return summary;
}

char *sentences_of(const Summary *summary)
{
    g_autoptr(Study) study = study_new(summary);

    return study_conclusions(study);
}

const Interval *interval_of(const Summary *summary, unsigned row, SummaryColumn column)
{
    return &((const SummaryRow *)g_ptr_array_index(summary->rows, row))
                ->columns[column];
}
