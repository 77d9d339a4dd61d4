/* Workloads through PV drivers. */
#include "workloads/source.h"

/* A source with its options, opened. */
typedef struct {
    const WorkloadSourceOps *ops;
    void *options;
    WorkloadSource *source;
} Opened;

static void set_option(Opened *opened, const char *key, const char *text)
{
    const Option *option = option_find(opened->ops->options, key);

    g_assert_nonnull(option);
    g_assert_true(option_parse(option, text, opened->options));
}

static void open_source(Opened *opened, const char *name)
{
    g_autoptr(GError) error = NULL;

    opened->ops = workload_source_by_name(name, &error);
    g_assert_no_error(error);
    opened->options = g_malloc0(opened->ops->options_size);
    option_set_defaults(opened->ops->options, opened->options);
    opened->source = workload_source_open(opened->ops, opened->options, &error);
    g_assert_no_error(error);
}

static Workload *start(const Opened *opened, bool has_pv_drivers)
{
    return workload_source_start(opened->source, has_pv_drivers, 7, "guest/vcpu0");
}

static void close_source(Opened *opened)
{
    workload_source_close(opened->source);
    option_clear(opened->ops->options, opened->options);
    g_free(opened->options);
}

/* All that a transfer is, but how the drivers do it. */
static void note_transfer(GString *log, const Activity *activity)
{
    if (activity->kind == ACTIVITY_COMPUTE)
        g_string_append_printf(log, "compute %" G_GINT64_FORMAT "\n",
                               activity->instructions);
    if (activity->kind == ACTIVITY_TRANSFER)
        g_string_append_printf(log, "transfer %" G_GINT64_FORMAT "\n", activity->bytes);
    if (activity->kind == ACTIVITY_HALT && activity->halt_ns != TIME_NEVER_NS)
        g_string_append_printf(log, "rest %" G_GINT64_FORMAT "\n", activity->halt_ns);
}

static char *transfers_of(Workload *workload, unsigned *n_pv)
{
    GString *log = g_string_new(NULL);

    for (unsigned n = 0; n < 50;) {
        Activity next;

        workload->ops->next(workload, &next);
        note_transfer(log, &next);
        n += next.kind == ACTIVITY_TRANSFER;
        *n_pv += next.kind == ACTIVITY_BLOCK || next.kind == ACTIVITY_SEND;
    }
    workload->ops->free(workload);
    return g_string_free(log, FALSE);
}

/* The same computation, transfers and rests, from the same draws. */
static void test_pv_drivers_do_the_same_transfers(void)
{
    static const char *const names[] = { "disk-pio", "disk-dma", "network" };

    for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
        Opened opened;
        unsigned n_emulated = 0, n_pv = 0;

        open_source(&opened, names[i]);
        set_option(&opened, "think", "2ms");
        g_autofree char *emulated = transfers_of(start(&opened, false), &n_emulated);
        g_autofree char *pv = transfers_of(start(&opened, true), &n_pv);

        g_assert_cmpstr(pv, ==, emulated);
        g_assert_cmpuint(n_emulated, ==, 0);
        g_assert_cmpuint(n_pv, ==, 50);
        close_source(&opened);
    }
}

/* Where an IDE command says that its transfer begins, or a PV request. */
static void test_addresses_of_transfers(void)
{
    Opened opened;
    int64_t last = 0;

    open_source(&opened, "disk-dma");
    set_option(&opened, "sectors", "100");
    set_option(&opened, "addresses", "sequential");
    Workload *workload = start(&opened, true);

    for (unsigned i = 0; i < 0x200000 / 100 + 5;) {
        Activity next;

        workload->ops->next(workload, &next);
        if (next.kind != ACTIVITY_BLOCK)
            continue;
        g_assert_cmpint((int64_t)next.address, ==, i % (0x200000 / 100) * 100);
        last = MAX(last, (int64_t)next.address + 100);
        i++;
    }
    g_assert_cmpint(last, <=, 0x200000);
    workload->ops->free(workload);
    close_source(&opened);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pv sources/PV drivers do the same transfers",
                    test_pv_drivers_do_the_same_transfers);
    g_test_add_func("/pv sources/sequential transfers follow one another",
                    test_addresses_of_transfers);
    return g_test_run();
}
