#include "tests/unit/made_up_runs.h"

#include <glib/gstdio.h>
#include <math.h>

#define N_REQUESTS 2000

static const char *const placements[] = { "dom0", "stub", "stub+sdom" };
static const char *const devices[] = { "ide", "nic", "serial" };

/* Spreads i over 0 to 1, the same on every machine. */
static double spread(unsigned i, unsigned salt)
{
    return (double)((i * 2654435761u + salt * 40503u) % 65536u) / 65536;
}

static int64_t latency_ns(unsigned placement, unsigned n_guests, unsigned i,
                          unsigned salt)
{
    const double base_us = placement == 0 ? 30 + 9.0 * n_guests : 38 + 3.0 * n_guests;
    const double tail = spread(i, salt);

    return (int64_t)(1000 * base_us * (0.7 + 0.5 * tail + 6 * pow(tail, 30)));
}

static void add_histogram(RunRecord *record, Quantity quantity, const char *subject,
                          const Histogram *values)
{
    HistogramRecord histogram = { .quantity = quantity, .subject = g_strdup(subject) };

    histogram_part_init(&histogram.values, values);
    g_array_append_val(record->histograms, histogram);
}

static void add_devices(RunRecord *record, unsigned domain, const DomainRecord *guest)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(devices); i++) {
        const DeviceRecord device = {
            .domain = domain,
            .device = g_strdup(devices[i]),
            .requests = guest->requests / (i + 2),
            .latency_sum_ns = guest->latency_sum_ns / (int64_t)(i + 2),
            .latency_greatest_ns = 123456 + i,
            .service_sum_ns = guest->stage_ns[STAGE_SERVICE] / (int64_t)(i + 2),
        };

        g_array_append_val(record->devices, device);
    }
}

static void add_guest(RunRecord *record, unsigned placement, unsigned n_guests,
                      unsigned index, unsigned salt)
{
    static const int64_t stage_weights[STAGES] = { 3, 4, 25, 12, 20, 16, 4, 13, 3 };
    const int64_t service_ns = (int64_t)(1e8 * (1 + 0.1 * spread(index, salt)));
    DomainRecord guest = {
        .id = index,
        .name = g_strdup_printf("guest%u", index),
        .group = g_strdup("guest"),
        .role = ROLE_GUEST,
        .owner = NO_DOMAIN,
        .account = (int)index,
        .n_vcpus = 1,
        .weight = 256,
        .requests = N_REQUESTS,
        .transfers = N_REQUESTS / 10,
        .transfer_bytes = 4096 * (N_REQUESTS / 10),
        .wakes = N_REQUESTS,
        .wake_sum_ns = N_REQUESTS * 5000,
        .dispatches = N_REQUESTS + 10,
        .migrations = 10,
        .ran_ns = 400000000,
        .overhead_ns = 5000000,
        .paid_overhead_ns = 5000000,
        .lived_ns = record->measured_ns,
    };
    g_autofree Histogram *latency = histogram_new();

    for (unsigned i = 0; i < N_REQUESTS; i++)
        histogram_record(latency, latency_ns(placement, n_guests, i, salt + index));
    guest.latency_sum_ns = latency->sum_ns;
    for (unsigned i = 0; i < STAGES; i++)
        guest.stage_ns[i] = latency->sum_ns * stage_weights[i] / 100;
    guest.attributed_ns = guest.ran_ns + guest.overhead_ns + service_ns;
    guest.booked_ns = guest.ran_ns + (placement == 2 ? service_ns : 0);
    add_devices(record, index, &guest);
    g_array_append_val(record->domains, guest);
    add_histogram(record, QUANTITY_REQUEST, guest.name, latency);
}

static void add_dom0(RunRecord *record, unsigned placement, unsigned n_guests)
{
    const DomainRecord dom0 = {
        .name = g_strdup("dom0"),
        .role = ROLE_DOM0,
        .owner = NO_DOMAIN,
        .n_vcpus = 2,
        .weight = 256,
        .ran_ns =
            50000000 + (placement == 0 ? 110000000 : 20000000) * (int64_t)n_guests,
        .booked_ns =
            50000000 + (placement == 0 ? 110000000 : 20000000) * (int64_t)n_guests,
    };

    g_array_append_val(record->domains, dom0);
}

RunRecord *made_up_run(unsigned placement, unsigned n_guests, unsigned replication)
{
    RunRecord *record = run_record_new();
    g_autofree char *guests = g_strdup_printf("%u", n_guests);

    record->run_key =
        g_strdup_printf("%s/%u/%u", placements[placement], n_guests, replication);
    record->campaign_hash = g_strdup(MADE_UP_CAMPAIGN);
    record->cell = placement * 100 + g_bit_storage(n_guests) - 1;
    record->replication = replication;
    record->seed = G_MAXUINT64 - replication;
    record->scenario_name = g_strdup("made up");
    record->scenario_text = g_strdup_printf("[domain guest]\ncount = %u\n", n_guests);
    record->profile_name = g_strdup("none");
    record->program_version = g_strdup("0");
    run_record_add_factor(record, "device-model.placement", placements[placement], NAN);
    run_record_add_factor(record, "domain guest.count", guests, n_guests);
    record->warmup_ns = NS_PER_S;
    record->measured_ns = NS_PER_S +
                          (int64_t)(2e7 * n_guests * spread(replication, 7)) +
                          (placement == 0 ? 30000000 * (int64_t)n_guests : 0);
    record->host = (HostRecord){ .n_pcpus = 8, .events = 100000, .decisions = 50000 };
    add_dom0(record, placement, n_guests);
    for (unsigned i = 1; i <= n_guests; i++)
        add_guest(record, placement, n_guests, i, replication * 97);
    return record;
}

void add_made_up_campaign(Database *database)
{
    const Campaign campaign = { .hash = MADE_UP_CAMPAIGN,
                                .scenario_name = "made up",
                                .scenario_text = "[sweep]\n",
                                .program_version = "0",
                                .n_runs = 90 };

    g_assert_true(database_add_campaign(database, &campaign, NULL));
}

void add_made_up_study(Database *database, unsigned max_guests, unsigned n_replications)
{
    add_made_up_campaign(database);
    for (unsigned placement = 0; placement < G_N_ELEMENTS(placements); placement++)
        for (unsigned n = 1; n <= max_guests; n *= 2)
            for (unsigned i = 0; i < n_replications; i++) {
                g_autoptr(RunRecord) record = made_up_run(placement, n, i);
                g_autoptr(GError) error = NULL;

                database_add_run(database, record, &error);
                g_assert_no_error(error);
            }
}

void made_up_place_set_up(MadeUpPlace *place, const void *unused G_GNUC_UNUSED)
{
    g_autofree char *path = NULL;

    place->folder = new_folder();
    path = g_build_filename(place->folder, "results.db", NULL);
    place->database = database_open(path, DATABASE_WRITE, NULL);
    add_made_up_campaign(place->database);
}

void made_up_place_tear_down(MadeUpPlace *place, const void *unused G_GNUC_UNUSED)
{
    database_close(place->database);
    remove_folder(place->folder);
}

char *new_folder(void)
{
    char *folder = g_dir_make_tmp("hvmsim-XXXXXX", NULL);

    g_assert_nonnull(folder);
    return folder;
}

void remove_folder(char *folder)
{
    g_autoptr(GDir) entries = g_dir_open(folder, 0, NULL);
    const char *name;

    while ((name = g_dir_read_name(entries)) != NULL) {
        char *path = g_build_filename(folder, name, NULL);

        if (g_file_test(path, G_FILE_TEST_IS_DIR)) {
            remove_folder(path);
            continue;
        }
        g_unlink(path);
        g_free(path);
    }
    g_rmdir(folder);
    g_free(folder);
}
