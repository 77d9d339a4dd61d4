/* The collector on a round-robin host whose schedule is derived in test_round_robin.c:
 * web runs 4 ms and blocks for 16, batch never blocks, slice 10 ms, one pCPU.
 * Running from 10 to 50 ms: batch to 24, web to 28, batch to 48, web. */
#include "results/collector.h"

#include "models/devices/device.h"
#include "results/outcome.h"
#include "tests/unit/world.h"

#include <string.h>

typedef struct {
    World *world;
    Vcpu *web, *batch;
    Collector *collector;
} Place;

static const char *const options[] = { "slice=10ms", NULL };
static const DeviceOps ide = { .name = "ide" };
static const DeviceOps acpi = { .name = "acpi" };

static void set_up(Place *place, const void *unused G_GNUC_UNUSED)
{
    place->world = world_new("round-robin", (Topology){ 1, 1, 1 }, options);
    place->web = world_add(place->world, "web", 0, 0, "4000/16000");
    place->batch = world_add(place->world, "batch", 0, 0, "hog");
    place->collector = collector_new(place->world->host);
    collector_set_role(place->collector, place->web->domain, ROLE_GUEST, NULL);
    collector_set_role(place->collector, place->batch->domain, ROLE_NEIGHBOUR, NULL);
}

static void tear_down(Place *place, const void *unused G_GNUC_UNUSED)
{
    collector_free(place->collector);
    world_free(place->world);
}

static void begin(Place *place)
{
    world_run_until(place->world, 10 * NS_PER_MS);
    collector_begin(place->collector);
}

static RunRecord *finish(Place *place)
{
    world_run_until(place->world, 50 * NS_PER_MS);
    return collector_finish(place->collector);
}

static const DomainRecord *domain_of(const RunRecord *record, const Vcpu *vcpu)
{
    return &g_array_index(record->domains, DomainRecord, vcpu->domain->index);
}

/* A request of web that spends us microseconds in each of two stages. */
static void announce_request(Place *place, const DeviceOps *ops, int64_t us)
{
    const Host *host = place->world->host;
    Device device = { .ops = ops };
    const int64_t now_ns = host_now_ns(host);
    const Request request = {
        .guest = place->web,
        .device = &device,
        .issued_ns = now_ns - 2 * us * NS_PER_US,
        .stage_ns = { [STAGE_SERVICE] = us * NS_PER_US,
                      [STAGE_ENTRY] = us * NS_PER_US },
    };

    for (unsigned i = 0; i < host->n_probes; i++)
        if (host->probes[i].request)
            host->probes[i].request(host->probes[i].listener, now_ns, &request);
}

static void announce_transfer(Place *place, int64_t bytes, int64_t took_ns)
{
    const Host *host = place->world->host;

    for (unsigned i = 0; i < host->n_probes; i++)
        if (host->probes[i].transfer)
            host->probes[i].transfer(host->probes[i].listener, host_now_ns(host),
                                     place->web, bytes, took_ns);
}

static const HistogramRecord *find_histogram(const RunRecord *record, Quantity quantity,
                                             const char *subject)
{
    for (unsigned i = 0; i < record->histograms->len; i++) {
        const HistogramRecord *histogram =
            &g_array_index(record->histograms, HistogramRecord, i);

        if (histogram->quantity == quantity && g_str_equal(histogram->subject, subject))
            return histogram;
    }
    return NULL;
}

static void test_time_is_that_since_the_warm_up(Place *place,
                                                const void *unused G_GNUC_UNUSED)
{
    g_autoptr(RunRecord) record = NULL;
    const DomainRecord *web, *batch;

    begin(place);
    record = finish(place);
    web = domain_of(record, place->web);
    batch = domain_of(record, place->batch);
    g_assert_cmpint(record->warmup_ns, ==, 10 * NS_PER_MS);
    g_assert_cmpint(record->measured_ns, ==, 40 * NS_PER_MS);
    g_assert_cmpint(web->ran_ns, ==, 6 * NS_PER_MS);
    g_assert_cmpint(batch->ran_ns, ==, 34 * NS_PER_MS);
    g_assert_cmpint(web->booked_ns, ==, 6 * NS_PER_MS);
    g_assert_cmpint(web->runstate_ns[RUNSTATE_RUNNING], ==, 6 * NS_PER_MS);
    g_assert_cmpint(web->runstate_ns[RUNSTATE_RUNNABLE], ==, 8 * NS_PER_MS);
    g_assert_cmpint(web->runstate_ns[RUNSTATE_BLOCKED], ==, 26 * NS_PER_MS);
    g_assert_cmpint(web->runstate_ns[RUNSTATE_OFFLINE], ==, 0);
    g_assert_cmpint(record->host.idle_ns, ==, 0);
    g_assert_cmpuint(record->host.switches, ==, 3);
    g_assert_cmpstr(web->name, ==, "web");
    g_assert_cmpint(web->role, ==, ROLE_GUEST);
    g_assert_cmpint(batch->role, ==, ROLE_NEIGHBOUR);
    g_assert_cmpint(web->weight, ==, 256);
}

static void test_wakes_are_followed_to_the_pcpu(Place *place,
                                                const void *unused G_GNUC_UNUSED)
{
    g_autoptr(RunRecord) record = NULL;
    const HistogramRecord *wakes;

    begin(place);
    record = finish(place);
    wakes = find_histogram(record, QUANTITY_WAKE, "guest");
    g_assert_cmpuint(domain_of(record, place->web)->wakes, ==, 2);
    g_assert_cmpint(domain_of(record, place->web)->wake_sum_ns, ==, 8 * NS_PER_MS);
    g_assert_cmpuint(domain_of(record, place->web)->dispatches, ==, 2);
    g_assert_cmpuint(domain_of(record, place->web)->migrations, ==, 0);
    g_assert_cmpuint(wakes->values.count, ==, 2);
    g_assert_cmpint(wakes->values.least_ns, ==, 4 * NS_PER_MS);
    g_assert_null(find_histogram(record, QUANTITY_WAKE, "neighbour"));
}

/* Woken at 20 ms, and paused at 22: that wake leads to no run. Unpaused at 30, it runs
 * from 34 to 38, is woken at 54, and still waits when measuring ends. */
static void test_wakes_that_end_nowhere_are_left_out(Place *place,
                                                     const void *unused G_GNUC_UNUSED)
{
    g_autoptr(RunRecord) record = NULL;
    const DomainRecord *web;

    begin(place);
    world_run_until(place->world, 22 * NS_PER_MS);
    domain_pause(place->web->domain);
    world_run_until(place->world, 30 * NS_PER_MS);
    domain_unpause(place->web->domain);
    world_run_until(place->world, 57 * NS_PER_MS);
    record = collector_finish(place->collector);
    web = domain_of(record, place->web);
    g_assert_cmpuint(web->dispatches, ==, 1);
    g_assert_cmpint(web->runstate_ns[RUNSTATE_RUNNABLE], ==, 9 * NS_PER_MS);
    g_assert_cmpuint(web->wakes, ==, 0);
    g_assert_cmpint(web->wake_sum_ns, ==, 0);
    g_assert_null(find_histogram(record, QUANTITY_WAKE, "guest"));
}

/* Xen stamps the run states of a switch at the end of schedule(). */
static void test_the_pass_is_part_of_a_wake(Place *place,
                                            const void *unused G_GNUC_UNUSED)
{
    g_autoptr(RunRecord) record = NULL;
    const DomainRecord *web;

    place->world->host->costs.schedule_ns = 3 * NS_PER_US;
    begin(place);
    record = finish(place);
    web = domain_of(record, place->web);
    g_assert_cmpuint(web->dispatches, ==, 2);
    g_assert_cmpint(web->wake_sum_ns, ==,
                    web->runstate_ns[RUNSTATE_RUNNABLE] + 2 * 3 * NS_PER_US);
}

/* Overhead is paid where the work that it precedes is booked: batch's from 24 ms on,
 * while it draws on web's account, by web; before and after that by batch. */
static void
test_overhead_is_paid_by_the_account_of_the_moment(Place *place,
                                                   const void *unused G_GNUC_UNUSED)
{
    g_autoptr(RunRecord) record = NULL;
    Domain *web = place->web->domain, *batch = place->batch->domain;
    const DomainRecord *for_web, *for_batch;
    int64_t attached_ns, detached_ns;

    place->world->host->costs.switch_ns = 50 * NS_PER_US;
    begin(place);
    world_run_until(place->world, 23 * NS_PER_MS);
    g_assert_cmpint(domain_attach(batch, web), ==, 0);
    attached_ns = batch->overhead_ns;
    world_run_until(place->world, 40 * NS_PER_MS);
    g_assert_cmpint(domain_detach(batch), ==, 0);
    detached_ns = batch->overhead_ns;
    g_assert_cmpint(detached_ns - attached_ns, ==, 50 * NS_PER_US);
    world_run_until(place->world, 90 * NS_PER_MS);
    g_assert_cmpint(domain_attach(batch, web), ==, 0);
    record = collector_finish(place->collector);
    for_web = domain_of(record, place->web);
    for_batch = domain_of(record, place->batch);
    g_assert_cmpint(for_batch->overhead_ns, >, 50 * NS_PER_US);
    g_assert_cmpint(domain_paid_ns(for_batch), ==,
                    for_batch->booked_ns + for_batch->overhead_ns - 50 * NS_PER_US);
    g_assert_cmpint(domain_paid_ns(for_web), ==,
                    for_web->booked_ns + for_web->overhead_ns + 50 * NS_PER_US);
}

static void
test_requests_are_summed_by_stage_and_device(Place *place,
                                             const void *unused G_GNUC_UNUSED)
{
    g_autoptr(RunRecord) record = NULL;
    const DomainRecord *web;
    const DeviceRecord *first, *second;

    announce_request(place, &ide, 999);
    begin(place);
    announce_request(place, &ide, 10);
    announce_request(place, &ide, 30);
    announce_request(place, &acpi, 5);
    announce_transfer(place, 4096, 7 * NS_PER_MS);
    record = finish(place);
    web = domain_of(record, place->web);
    g_assert_cmpuint(web->requests, ==, 3);
    g_assert_cmpint(web->latency_sum_ns, ==, 90 * NS_PER_US);
    g_assert_cmpint(web->stage_ns[STAGE_SERVICE], ==, 45 * NS_PER_US);
    g_assert_cmpint(web->stage_ns[STAGE_BACKEND], ==, 0);
    g_assert_cmpuint(web->transfers, ==, 1);
    g_assert_cmpint(web->transfer_bytes, ==, 4096);
    g_assert_cmpint(web->transfer_sum_ns, ==, 7 * NS_PER_MS);
    g_assert_cmpuint(record->devices->len, ==, 2);
    first = &g_array_index(record->devices, DeviceRecord, 0);
    second = &g_array_index(record->devices, DeviceRecord, 1);
    g_assert_cmpstr(first->device, ==, "acpi"); /* by name, not by first use */
    g_assert_cmpstr(second->device, ==, "ide");
    g_assert_cmpuint(second->requests, ==, 2);
    g_assert_cmpint(second->latency_greatest_ns, ==, 60 * NS_PER_US);
    g_assert_cmpint(second->service_sum_ns, ==, 40 * NS_PER_US);
    g_assert_cmpuint(find_histogram(record, QUANTITY_STAGE, "service")->values.count,
                     ==, 3);
    g_assert_cmpuint(find_histogram(record, QUANTITY_DEVICE, "ide")->values.count, ==,
                     2);
    g_assert_cmpuint(find_histogram(record, QUANTITY_REQUEST, "web")->values.count, ==,
                     3);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name)                                                                      \
    g_test_add("/collector/" #name, Place, NULL, set_up, test_##name, tear_down)
    ADD(time_is_that_since_the_warm_up);
    ADD(wakes_are_followed_to_the_pcpu);
    ADD(wakes_that_end_nowhere_are_left_out);
    ADD(the_pass_is_part_of_a_wake);
    ADD(overhead_is_paid_by_the_account_of_the_moment);
    ADD(requests_are_summed_by_stage_and_device);
#undef ADD
    return g_test_run();
}
