#include "models/error.h"
#include "results/laws.h"

#include <string.h>

enum { DOM0, GUEST, OTHER, OTHER_STUB };

static void add_domain(RunRecord *record, const char *name, DomainRole role, int owner)
{
    const DomainRecord domain = {
        .name = g_strdup(name), .role = role, .owner = owner, .n_vcpus = 2
    };

    g_array_append_val(record->domains, domain);
}

static DomainRecord *domain_of(RunRecord *record, unsigned i)
{
    return &g_array_index(record->domains, DomainRecord, i);
}

/* 1,000 requests that each took 10 us at the device model, 6 us of them served. */
static void ask(RunRecord *record, unsigned guest)
{
    DomainRecord *domain = domain_of(record, guest);
    const DeviceRecord device = { .domain = guest,
                                  .device = g_strdup("ide"),
                                  .requests = 1000 };
    HistogramRecord latencies = { .quantity = QUANTITY_REQUEST,
                                  .subject = g_strdup(domain->name) };
    g_autofree Histogram *values = histogram_new();

    domain->requests = 1000;
    domain->counts[COUNT_SENT_REQUESTS] = 1000;
    domain->counts[COUNT_EXITS + EXIT_IO_INSTRUCTION] = 1000;
    domain->counts[COUNT_ENTRIES] = 1000;
    domain->stage_ns[STAGE_WAIT_TASK] = 4 * NS_PER_MS;
    domain->stage_ns[STAGE_SERVICE] = 5 * NS_PER_MS;
    domain->stage_ns[STAGE_REPLY] = 1 * NS_PER_MS;
    domain->runstate_ns[RUNSTATE_RUNNING] = 3 * NS_PER_MS;
    domain->runstate_ns[RUNSTATE_RUNNABLE] = 2 * NS_PER_MS;
    domain->runstate_ns[RUNSTATE_OFFLINE] = 5 * NS_PER_MS;
    for (unsigned i = 0; i < 1000; i++)
        histogram_record(values, 10 * NS_PER_US);
    histogram_part_init(&latencies.values, values);
    g_array_append_val(record->histograms, latencies);
    g_array_append_val(record->devices, device);
}

/* One guest served by dom0, one by its stub domain; the latter ran just enough. */
static RunRecord *lawful_record(void)
{
    RunRecord *record = run_record_new();

    add_domain(record, "Domain-0", ROLE_DOM0, NO_DOMAIN);
    add_domain(record, "guest1", ROLE_GUEST, NO_DOMAIN);
    add_domain(record, "guest2", ROLE_GUEST, NO_DOMAIN);
    add_domain(record, "guest2-dm", ROLE_STUB, OTHER);
    ask(record, GUEST);
    ask(record, OTHER);
    domain_of(record, DOM0)->ran_ns = 6 * NS_PER_MS;
    domain_of(record, OTHER_STUB)->ran_ns = 5 * NS_PER_MS;
    domain_of(record, OTHER_STUB)->overhead_ns = 1 * NS_PER_MS;
    return record;
}

static void expect_broken(const RunRecord *record, const char *domain, const char *law)
{
    g_autoptr(GError) error = NULL;

    g_assert_false(run_record_check_laws(record, &error));
    g_assert_error(error, MODEL_ERROR, MODEL_ERROR_LAW);
    g_assert_true(g_str_has_prefix(error->message, domain));
    g_assert_nonnull(strstr(error->message, law));
}

static void test_a_lawful_run_passes(void)
{
    g_autoptr(RunRecord) record = lawful_record();
    g_autoptr(GError) error = NULL;

    g_assert_true(run_record_check_laws(record, &error));
    g_assert_no_error(error);
}

/* Two vCPUs may each have brought 10 us along, and no more. */
static void test_a_guest_with_a_request_is_not_halted(void)
{
    g_autoptr(RunRecord) record = lawful_record();

    domain_of(record, GUEST)->runstate_ns[RUNSTATE_OFFLINE] -= 20 * NS_PER_US;
    g_assert_true(run_record_check_laws(record, NULL));
    domain_of(record, GUEST)->runstate_ns[RUNSTATE_OFFLINE] -= 1;
    expect_broken(record, "guest1: ", "Little's law");
}

static void test_service_is_time_that_the_server_ran(void)
{
    g_autoptr(RunRecord) record = lawful_record();

    domain_of(record, DOM0)->ran_ns -= 20 * NS_PER_US;
    domain_of(record, OTHER_STUB)->ran_ns -= 20 * NS_PER_US;
    g_assert_true(run_record_check_laws(record, NULL));
    domain_of(record, OTHER_STUB)->ran_ns -= 1;
    expect_broken(record, "guest2-dm: ", "utilisation");
    domain_of(record, OTHER_STUB)->ran_ns += 1;
    domain_of(record, DOM0)->ran_ns -= 1;
    expect_broken(record, "Domain-0: ", "utilisation");
}

/* Its one vCPU may have been out of the guest at the beginning, or be at the end. */
static void test_exits_have_entries(void)
{
    g_autoptr(RunRecord) record = lawful_record();
    DomainRecord *guest = domain_of(record, GUEST);

    guest->counts[COUNT_EXITS + EXIT_HLT] += guest->n_vcpus;
    g_assert_true(run_record_check_laws(record, NULL));
    guest->counts[COUNT_EXITS + EXIT_HLT]++;
    expect_broken(record, "guest1: ", "exits and entries");
    guest->counts[COUNT_ENTRIES] += 1 + 2 * guest->n_vcpus;
    g_assert_true(run_record_check_laws(record, NULL));
    guest->counts[COUNT_ENTRIES]++;
    expect_broken(record, "guest1: ", "exits and entries");
}

static void test_exits_for_devices_come_to_something(void)
{
    g_autoptr(RunRecord) record = lawful_record();
    DomainRecord *guest = domain_of(record, GUEST);

    guest->counts[COUNT_EXITS + EXIT_IO_INSTRUCTION]++;
    guest->counts[COUNT_ENTRIES]++;
    expect_broken(record, "guest1: ", "what became of them");
    guest->counts[COUNT_POSTED]++;
    g_assert_true(run_record_check_laws(record, NULL));
    guest->counts[COUNT_SENT_REQUESTS] += 3;
    guest->counts[COUNT_EXITS + EXIT_DEVICE_MEMORY] += 3;
    guest->counts[COUNT_ENTRIES] += 3;
    expect_broken(record, "guest1: ", "flow balance, requests sent and answered");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/laws/a lawful run passes", test_a_lawful_run_passes);
    g_test_add_func("/laws/a guest with a request is not halted",
                    test_a_guest_with_a_request_is_not_halted);
    g_test_add_func("/laws/service is time that the server ran",
                    test_service_is_time_that_the_server_ran);
    g_test_add_func("/laws/exits have entries", test_exits_have_entries);
    g_test_add_func("/laws/exits for devices come to something",
                    test_exits_for_devices_come_to_something);
    return g_test_run();
}
