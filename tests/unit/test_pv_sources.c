/* Workloads through PV drivers. */
#include "tests/unit/opened_source.h"

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
        OpenedSource opened;
        unsigned n_emulated = 0, n_pv = 0;

        opened_source_init(&opened, names[i]);
        opened_source_set(&opened, "think", "2ms");
        g_autofree char *emulated = transfers_of(
            opened_source_start(&opened, false, 7, "guest/vcpu0"), &n_emulated);
        g_autofree char *pv =
            transfers_of(opened_source_start(&opened, true, 7, "guest/vcpu0"), &n_pv);

        g_assert_cmpstr(pv, ==, emulated);
        g_assert_cmpuint(n_emulated, ==, 0);
        g_assert_cmpuint(n_pv, ==, 50);
        opened_source_clear(&opened);
    }
}

/* Where an IDE command says that its transfer begins, or a PV request. */
static void test_addresses_of_transfers(void)
{
    OpenedSource opened;
    int64_t last = 0;

    opened_source_init(&opened, "disk-dma");
    opened_source_set(&opened, "sectors", "100");
    opened_source_set(&opened, "addresses", "sequential");
    Workload *workload = opened_source_start(&opened, true, 7, "guest/vcpu0");

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
    opened_source_clear(&opened);
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
