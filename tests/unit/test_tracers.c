/*
 * test_tracers.c - the trace of a run says the same as what its collector counts, and
 * is what analysers accept.
 */
#include "experiments/batch/experiment.h"
#include "experiments/batch/run.h"
#include "results/xentrace_tracer.h"
#include "tests/unit/scenario_file.h"
#include "workloads/capture_figures.h"
#include "workloads/guest_exits.h"

#include <glib/gstdio.h>

#define DURATION_NS (200 * NS_PER_MS)

static const char text[] = "[run]\n"
                           "duration = 200ms\n"
                           "warmup = 0ms\n"
                           "[host]\n"
                           "pcpus = 2\n"
                           "[workload pio]\n"
                           "source = disk-pio\n"
                           "[domain guest]\n"
                           "kind = hvm\n"
                           "workload = pio\n"
                           "count = 2\n"
                           "[domain hog]\n"
                           "kind = hog\n";

typedef struct {
    ScenarioFile file;
    Experiment *experiment;
    const Scenario *scenario;
    char *path; /* of the trace */
} Traced;

static void set_up(Traced *traced, gconstpointer data)
{
    const char *const settings[] = { data, NULL };
    g_autoptr(GError) error = NULL;
    const ExperimentCell *cell;

    scenario_file_set_up(&traced->file, NULL);
    traced->experiment =
        scenario_file_load(&traced->file, text, data ? settings : NULL, &error);
    g_assert_no_error(error);
    cell = g_ptr_array_index(traced->experiment->cells, 0);
    traced->scenario = cell->scenario;
    traced->path = g_build_filename(traced->file.folder, "trace", NULL);
}

static void tear_down(Traced *traced, gconstpointer data)
{
    g_unlink(traced->path);
    g_free(traced->path);
    experiment_free(traced->experiment);
    scenario_file_tear_down(&traced->file, data);
}

static uint64_t trace(const Traced *traced, int64_t from_ns, int64_t until_ns)
{
    const RunTraceParams params = { &xentrace_tracer, from_ns, until_ns };
    const int stop = 0;
    FILE *stream = fopen(traced->path, "we");
    uint64_t n_records = 0;

    g_assert_nonnull(stream);
    g_assert_true(run_trace(traced->scenario, 1, &params, stream, &stop, &n_records));
    g_assert_cmpint(fclose(stream), ==, 0);
    return n_records;
}

static RunRecord *simulate(const Traced *traced)
{
    const int stop = 0;
    g_autoptr(GError) error = NULL;
    RunRecord *record = run_simulate(traced->scenario, 1, &stop, &error);

    g_assert_no_error(error);
    return record;
}

static CaptureFigures *read_figures(const Traced *traced)
{
    g_autoptr(GError) error = NULL;
    CaptureFigures *figures =
        capture_figures_read(traced->path, XENTRACE_TRACER_HZ, &error);

    g_assert_no_error(error);
    return figures;
}

static int64_t sum_ns(const GArray *ticks)
{
    uint64_t sum = 0;

    for (unsigned i = 0; i < ticks->len; i++)
        sum += g_array_index(ticks, uint64_t, i);
    return (int64_t)sum / (XENTRACE_TRACER_HZ / NS_PER_S);
}

/* Stamps may be a few ticks late, where one record has to follow another. */
static void assert_close(int64_t traced_ns, int64_t counted_ns, uint64_t n_records)
{
    const int64_t slack_ns = (int64_t)n_records;

    g_assert_cmpint(ABS(traced_ns - counted_ns), <=, slack_ns);
}

static unsigned n_exits(const DomainFigures *figures)
{
    unsigned n = 0;

    for (unsigned i = 0; i < figures->exits->len; i++)
        n += (unsigned)g_array_index(figures->exits, ExitCount, i).count;
    return n;
}

static unsigned counted_exits(const DomainRecord *domain)
{
    unsigned n = 0;

    for (unsigned i = 0; i < EXIT_CLASSES; i++)
        n += (unsigned)domain->counts[COUNT_EXITS + i];
    return n;
}

static void compare_domain(const DomainFigures *figures, const DomainRecord *domain)
{
    assert_close((int64_t)figures->running_ticks / (XENTRACE_TRACER_HZ / NS_PER_S),
                 domain->runstate_ns[RUNSTATE_RUNNING], domain->dispatches);
    g_assert_cmpuint(n_exits(figures), ==, counted_exits(domain));
    if (domain->role != ROLE_GUEST)
        return;
    g_assert_cmpuint(domain->requests, >, 100);
    g_assert_cmpuint(figures->round_trips->len, ==, domain->requests);
    assert_close(sum_ns(figures->round_trips), domain->latency_sum_ns,
                 domain->requests);
}

static void
test_a_trace_says_what_the_collector_counts(Traced *traced,
                                            gconstpointer data G_GNUC_UNUSED)
{
    const uint64_t n_records = trace(traced, 0, DURATION_NS);
    g_autoptr(RunRecord) record = simulate(traced);
    g_autoptr(CaptureFigures) figures = read_figures(traced);

    g_assert_cmpuint(figures->n_records, ==, n_records);
    g_assert_cmpuint(figures->n_switches, ==, record->host.switches);
    g_assert_cmpint((int64_t)(figures->last_tsc - figures->first_tsc), ==,
                    DURATION_NS * (XENTRACE_TRACER_HZ / NS_PER_S));
    for (unsigned i = 0; i < record->domains->len; i++) {
        const DomainRecord *domain = &g_array_index(record->domains, DomainRecord, i);

        compare_domain(capture_figures_domain(figures, domain->id), domain);
    }
}

/* What xenalyze holds against a file: a vCPU leaves the state that it is in, a switch
 * is the old vCPU's change and then the new one's, and no pCPU's clock goes back. */
typedef struct {
    uint64_t tsc[2];     /* of the pCPUs */
    uint32_t running[2]; /* by pCPU */
    bool is_vacant[2];   /* between the two changes of a switch */
    GHashTable *states;  /* vCPU -> RunstateName + 1 */
} Check;

static void check_runstate(Check *check, const TraceRecord *record)
{
    const uint32_t vcpu = (uint32_t)record->words[0];
    gpointer key = GUINT_TO_POINTER(vcpu);
    const guint known = GPOINTER_TO_UINT(g_hash_table_lookup(check->states, key));
    const RunstateName from = trace_old_state(record), to = trace_new_state(record);

    if (known)
        g_assert_cmpuint(known - 1, ==, from);
    if (from == RUNSTATE_RUNNING) {
        g_assert_false(check->is_vacant[record->pcpu]);
        g_assert_cmpuint(check->running[record->pcpu], ==, vcpu);
        check->is_vacant[record->pcpu] = true;
    } else if (to == RUNSTATE_RUNNING) {
        g_assert_cmpint(from, ==, RUNSTATE_RUNNABLE);
        g_assert_true(check->is_vacant[record->pcpu]);
        check->running[record->pcpu] = vcpu;
        check->is_vacant[record->pcpu] = false;
    }
    g_hash_table_insert(check->states, key, GUINT_TO_POINTER(to + 1));
}

static void check_record(Check *check, const TraceRecord *record)
{
    g_assert_cmpuint(record->pcpu, <, 2);
    g_assert_cmpuint(record->tsc, >=, check->tsc[record->pcpu]);
    if (record->event == TRACE_CONTINUE_RUNNING) {
        if (check->tsc[record->pcpu] > 0)
            g_assert_cmpuint(check->running[record->pcpu], ==, record->words[0]);
        check->running[record->pcpu] = (uint32_t)record->words[0];
    } else {
        g_assert_cmpuint(check->tsc[record->pcpu], >, 0); /* told who runs first */
    }
    if (trace_is_runstate(record))
        check_runstate(check, record);
    check->tsc[record->pcpu] = record->tsc;
}

static void test_analysers_accept_a_trace(Traced *traced,
                                          gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GHashTable) states = g_hash_table_new(NULL, NULL);
    Check check = { .states = states };
    g_autoptr(GError) error = NULL;
    g_autoptr(Xentrace) reader = NULL;
    const uint64_t n_records = trace(traced, 0, DURATION_NS);
    uint64_t n_read = 0;
    TraceRecord record;

    reader = xentrace_open(traced->path, &error);
    g_assert_no_error(error);
    for (; xentrace_next(reader, &record, &error); n_read++)
        check_record(&check, &record);
    g_assert_no_error(error);
    g_assert_cmpuint(n_read, ==, n_records);
    g_assert_cmpuint(xentrace_n_late(reader), ==, 0);
}

/* The accesses of a guest, as the reader of workloads finds them. */
static void test_accesses_come_back(Traced *traced, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Xentrace) reader = NULL;
    g_auto(GuestExits) exits = { 0 };
    unsigned n_data = 0, n_status = 0, n_waited = 0;

    trace(traced, 0, DURATION_NS);
    reader = xentrace_open(traced->path, &error);
    g_assert_no_error(error);
    g_assert_true(guest_exits_read(&exits, reader, 1, 0, &error));
    g_assert_no_error(error);
    for (unsigned i = 0; i < exits.accesses->len; i++) {
        const GuestAccess *access = &g_array_index(exits.accesses, GuestAccess, i);

        n_data += access->address == 0x1f0;
        n_status += access->address == 0x1f7 && !access->is_write;
    }
    for (unsigned i = 0; i < exits.exits->len; i++)
        n_waited += g_array_index(exits.exits, GuestExit, i).waited;
    g_assert_false(exits.is_svm);
    g_assert_cmpuint(n_data, >, 0);
    g_assert_cmpuint(n_status, >, 0);
    g_assert_cmpuint(n_waited, >, 100);
}

/* A window of a run is what the whole trace has there. */
static void test_a_window_is_a_part(Traced *traced, gconstpointer data G_GNUC_UNUSED)
{
    const uint64_t whole = trace(traced, 0, DURATION_NS);
    const uint64_t first = trace(traced, 0, DURATION_NS / 2);
    const uint64_t second = trace(traced, DURATION_NS / 2, DURATION_NS);

    /* Each begins and ends with a record of every pCPU. */
    g_assert_cmpuint(first + second, ==, whole + 4);
}

static void add(const char *name, const char *setting,
                void (*test)(Traced *, gconstpointer))
{
    g_autofree char *path =
        g_strdup_printf("/tracers/%s/%s", name, setting ? setting : "as it is");

    g_test_add(path, Traced, setting, set_up, test, tear_down);
}

int main(int argc, char **argv)
{
    static const char *const settings[] = { NULL,
                                            "device-model.placement=stub",
                                            "device-model.placement=stub+sdom",
                                            "scheduler.name=credit-4.17",
                                            "scheduler.name=credit2-4.17",
                                            "domain guest.vcpus=2" };

    g_test_init(&argc, &argv, NULL);
    for (unsigned i = 0; i < G_N_ELEMENTS(settings); i++) {
        add("says what the collector counts", settings[i],
            test_a_trace_says_what_the_collector_counts);
        add("is accepted", settings[i], test_analysers_accept_a_trace);
    }
    add("accesses come back", NULL, test_accesses_come_back);
    add("a window is a part", NULL, test_a_window_is_a_part);
    return g_test_run();
}
