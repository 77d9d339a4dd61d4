#include "models/devices/ports.h"
#include "models/error.h"
#include "sim/random.h"
#include "tests/unit/opened_source.h"
#include "workloads/distribution.h"
#include "workloads/mix.h"

#include <string.h>

static void open_source(OpenedSource *opened, const char *name)
{
    opened_source_init(opened, name);
    if (option_find(opened->ops->options, "file"))
        opened_source_set(opened, "file",
                          HVMSIM_SOURCE_DIR "/workloads/traces/hvm-disk-1p.xtr.xz");
}

static Workload *start(OpenedSource *opened, uint64_t seed, const char *stream_name)
{
    return opened_source_start(opened, false, seed, stream_name);
}

/* A number that stands for the next so many activities. */
static char *digest(Workload *workload, unsigned n)
{
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_MD5);

    for (unsigned i = 0; i < n; i++) {
        Activity next;

        workload->ops->next(workload, &next);
        g_autofree char *text = g_strdup_printf(
            "%d %" G_GINT64_FORMAT " %" G_GUINT64_FORMAT " %u %u %u %d %d %d "
            "%" G_GINT64_FORMAT " %" G_GINT64_FORMAT "\n",
            (int)next.kind, next.instructions, next.address, next.value, next.count,
            next.size_bytes, next.is_write, next.is_string, (int)next.exit,
            next.halt_ns, next.bytes);

        g_checksum_update(checksum, (guchar *)text, (gssize)strlen(text));
    }
    return g_strdup(g_checksum_get_string(checksum));
}

static char *digest_of(OpenedSource *opened, uint64_t seed, const char *stream_name)
{
    Workload *workload = start(opened, seed, stream_name);
    char *text = digest(workload, 50000);

    workload->ops->free(workload);
    return text;
}

static void test_same_seed_and_name_give_the_same_work(void)
{
    for (unsigned i = 0; workload_sources_all()[i]; i++) {
        OpenedSource opened;

        open_source(&opened, workload_sources_all()[i]->name);
        g_autofree char *once = digest_of(&opened, 42, "guest1/vcpu0");
        g_autofree char *again = digest_of(&opened, 42, "guest1/vcpu0");
        g_autofree char *other_seed = digest_of(&opened, 43, "guest1/vcpu0");
        g_autofree char *other_vcpu = digest_of(&opened, 42, "guest1/vcpu1");

        g_assert_cmpstr(once, ==, again);
        g_assert_cmpstr(once, !=, other_seed);
        g_assert_cmpstr(once, !=, other_vcpu);
        opened_source_clear(&opened);
    }
}

/* Guest 2 starts and works in between: what guest 1 does stays. */
static void test_another_guest_moves_no_draws(void)
{
    for (unsigned i = 0; workload_sources_all()[i]; i++) {
        OpenedSource opened;

        open_source(&opened, workload_sources_all()[i]->name);
        g_autofree char *alone = digest_of(&opened, 7, "guest1/vcpu0");
        Workload *second = start(&opened, 7, "guest2/vcpu0");
        g_autofree char *others = digest(second, 3000);
        Workload *first = start(&opened, 7, "guest1/vcpu0");
        g_autofree char *beside = digest(first, 50000);

        g_assert_cmpstr(alone, ==, beside);
        g_assert_nonnull(others);
        first->ops->free(first);
        second->ops->free(second);
        opened_source_clear(&opened);
    }
}

static void check_activity(const Activity *activity)
{
    g_assert_cmpint(activity->instructions, >=, 0);
    g_assert_cmpint(activity->bytes, >=, 0);
    if (activity->kind == ACTIVITY_COMPUTE)
        g_assert_cmpint(activity->instructions, >, 0);
    if (activity->kind == ACTIVITY_PORT || activity->kind == ACTIVITY_MEMORY) {
        g_assert_cmpuint(activity->count, >, 0);
        g_assert_cmpuint(activity->size_bytes, >, 0);
    }
    if (activity->kind == ACTIVITY_HALT)
        g_assert_cmpint(activity->halt_ns, >, 0);
}

/* Well formed, BEGIN and TRANSFER alternating, from every source. */
static void test_every_source_keeps_the_rules_of_activities(void)
{
    for (unsigned i = 0; workload_sources_all()[i]; i++) {
        OpenedSource opened;
        bool is_in_transfer = false;

        open_source(&opened, workload_sources_all()[i]->name);
        Workload *workload = start(&opened, 1, "guest/vcpu0");

        for (unsigned n = 0; n < 50000; n++) {
            Activity next;

            workload->ops->next(workload, &next);
            check_activity(&next);
            if (next.kind == ACTIVITY_BEGIN)
                g_assert_false(is_in_transfer);
            if (next.kind == ACTIVITY_TRANSFER)
                g_assert_true(is_in_transfer);
            is_in_transfer = (is_in_transfer || next.kind == ACTIVITY_BEGIN) &&
                             next.kind != ACTIVITY_TRANSFER;
        }
        workload->ops->free(workload);
        opened_source_clear(&opened);
    }
}

/* What a burst of a source contains, from one TRANSFER to the next. */
typedef struct {
    unsigned n_accesses, n_strings, n_halts;
    int64_t bytes, string_bytes;
} Burst;

static Burst take_burst(Workload *workload)
{
    Burst burst = { 0 };
    Activity next;

    do {
        workload->ops->next(workload, &next);
        burst.n_accesses += next.kind == ACTIVITY_PORT;
        burst.n_halts += next.kind == ACTIVITY_HALT;
        if (next.kind == ACTIVITY_PORT && next.is_string) {
            burst.n_strings++;
            burst.string_bytes += (int64_t)next.count * next.size_bytes;
        }
    } while (next.kind != ACTIVITY_TRANSFER);
    burst.bytes = next.bytes;
    return burst;
}

static void test_a_pio_transfer_moves_its_sectors_by_strings(void)
{
    OpenedSource opened;

    open_source(&opened, "disk-pio");
    opened_source_set(&opened, "sectors", "5");
    Workload *workload = start(&opened, 1, "guest/vcpu0");
    const Burst first = take_burst(workload);
    const Burst second = take_burst(workload);

    g_assert_cmpint(first.bytes, ==, 5 * 512);
    g_assert_cmpint(first.string_bytes, ==, 5 * 512);
    g_assert_cmpuint(first.n_strings, ==, 5);
    /* 7 writes and a status read for the command, a poll, two for each sector. */
    g_assert_cmpuint(first.n_accesses, ==, 8 + 1 + 2 * 5);
    /* The second has the last status read of the first before it. */
    g_assert_cmpuint(second.n_accesses, ==, 1 + 8 + 1 + 2 * 5);
    workload->ops->free(workload);
    opened_source_clear(&opened);
}

static void test_a_dma_transfer_halts_until_its_interrupt(void)
{
    OpenedSource opened;

    open_source(&opened, "disk-dma");
    Workload *workload = start(&opened, 1, "guest/vcpu0");
    const Burst burst = take_burst(workload);

    g_assert_cmpint(burst.bytes, ==, 64 * 512);
    g_assert_cmpuint(burst.n_accesses, ==, 19);
    g_assert_cmpuint(burst.n_strings, ==, 0);
    g_assert_cmpuint(burst.n_halts, ==, 1);
    workload->ops->free(workload);
    opened_source_clear(&opened);
}

static void test_frames_use_the_descriptors_in_turn(void)
{
    OpenedSource opened;

    open_source(&opened, "network");
    opened_source_set(&opened, "frame", "600B");
    opened_source_set(&opened, "answer-every", "3");
    Workload *workload = start(&opened, 1, "guest/vcpu0");

    for (unsigned i = 0; i < 9; i++) {
        Activity next;
        unsigned n_accesses = 0;

        do {
            workload->ops->next(workload, &next);
            n_accesses += next.kind == ACTIVITY_PORT;
            if (n_accesses == 2 && next.kind == ACTIVITY_PORT) {
                g_assert_cmphex(next.address, ==, PORT_NIC_TX_STATUS + 4 * (i % 4));
                g_assert_cmpuint(next.value & NIC_TX_SIZE_MASK, ==, 600);
            }
        } while (next.kind != ACTIVITY_TRANSFER);
        g_assert_cmpint(next.bytes, ==, 600);
        g_assert_cmpuint(n_accesses, ==, i % 3 == 2 ? 8 : 6);
    }
    workload->ops->free(workload);
    opened_source_clear(&opened);
}

static void test_a_line_costs_two_accesses_per_character(void)
{
    OpenedSource opened;

    open_source(&opened, "console");
    opened_source_set(&opened, "line", "80B");
    Workload *workload = start(&opened, 1, "guest/vcpu0");
    const Burst burst = take_burst(workload);

    g_assert_cmpint(burst.bytes, ==, 80);
    g_assert_cmpuint(burst.n_accesses, ==, 160);
    workload->ops->free(workload);
    opened_source_clear(&opened);
}

static void count_memory(Workload *workload, unsigned *n_writes, unsigned *n_reads,
                         unsigned *n_ports)
{
    Activity next;

    *n_writes = *n_reads = *n_ports = 0;
    do {
        workload->ops->next(workload, &next);
        *n_ports += next.kind == ACTIVITY_PORT;
        if (next.kind != ACTIVITY_MEMORY)
            continue;
        g_assert_cmphex(next.address, >=, 0xa0000);
        g_assert_cmphex(next.address, <=, 0xbffff);
        *n_writes += next.is_write;
        *n_reads += !next.is_write;
    } while (next.kind != ACTIVITY_TRANSFER);
}

static void test_a_line_of_text_is_posted_words_and_moves_the_cursor(void)
{
    OpenedSource opened;
    unsigned n_writes, n_reads, n_ports;

    open_source(&opened, "vga");
    Workload *workload = start(&opened, 1, "guest/vcpu0");

    for (unsigned i = 0; i < 30; i++) {
        count_memory(workload, &n_writes, &n_reads, &n_ports);
        g_assert_cmpuint(n_writes, ==, 80);
        g_assert_cmpuint(n_reads, ==, 0);
        g_assert_cmpuint(n_ports, ==, 4);
    }
    workload->ops->free(workload);
    opened_source_clear(&opened);
}

static void test_a_planar_line_reads_each_byte_if_it_needs_the_latches(void)
{
    OpenedSource opened;
    unsigned n_writes, n_reads, n_ports;

    open_source(&opened, "vga");
    opened_source_set(&opened, "mode", "planar");
    opened_source_set(&opened, "latch", "yes");
    Workload *workload = start(&opened, 1, "guest/vcpu0");

    count_memory(workload, &n_writes, &n_reads, &n_ports);
    g_assert_cmpuint(n_writes, ==, 80);
    g_assert_cmpuint(n_reads, ==, 80);
    g_assert_cmpuint(n_ports, ==, 2);
    workload->ops->free(workload);
    opened_source_clear(&opened);
}

static void test_a_poll_is_so_many_reads_of_one_register(void)
{
    OpenedSource opened;

    open_source(&opened, "poll");
    opened_source_set(&opened, "reads", "7");
    Workload *workload = start(&opened, 1, "guest/vcpu0");
    const Burst burst = take_burst(workload);

    g_assert_cmpuint(burst.n_accesses, ==, 7);
    g_assert_cmpint(burst.bytes, ==, 0);
    workload->ops->free(workload);
    opened_source_clear(&opened);
}

static void test_polls_of_strings(void)
{
    OpenedSource opened;
    double elements = 0, rest_ns = 0;

    open_source(&opened, "poll");
    opened_source_set(&opened, "elements", "50");
    opened_source_set(&opened, "elements-distribution", "exponential");
    opened_source_set(&opened, "interval-distribution", "uniform");
    Workload *workload = start(&opened, 1, "guest1/vcpu0");

    for (unsigned n_rests = 0; n_rests < 1000;) {
        Activity next;

        workload->ops->next(workload, &next);
        elements += next.kind == ACTIVITY_PORT && next.is_string ? next.count : 0;
        n_rests += next.kind == ACTIVITY_HALT;
        rest_ns += next.kind == ACTIVITY_HALT ? (double)next.halt_ns : 0;
    }
    g_assert_cmpfloat_with_epsilon(elements / 15000, 50, 2);
    g_assert_cmpfloat_with_epsilon(rest_ns / 1000, 15625e3, 1e6);
    workload->ops->free(workload);
    opened_source_clear(&opened);
}

/* One transfer, of all that is read; then nothing, for ever. */
static void test_a_boot_is_one_transfer_and_ends(void)
{
    unsigned n_transfers = 0, n_strings = 0, n_halts = 0, n_faults = 0;
    OpenedSource opened;
    Activity next;

    open_source(&opened, "boot");
    opened_source_set(&opened, "kernel", "1MiB");
    opened_source_set(&opened, "files", "64KiB");
    opened_source_set(&opened, "faults", "204");
    Workload *workload = start(&opened, 1, "guest/vcpu0");

    do {
        workload->ops->next(workload, &next);
        n_strings += next.kind == ACTIVITY_PORT && next.is_string;
        n_halts += next.kind == ACTIVITY_HALT;
        n_faults += next.kind == ACTIVITY_EXIT && next.exit == EXIT_PAGE_FAULT;
        n_transfers += next.kind == ACTIVITY_TRANSFER;
        if (next.kind == ACTIVITY_TRANSFER)
            g_assert_cmpint(next.bytes, ==, (1024 + 64) * 1024);
    } while (next.kind != ACTIVITY_END);
    g_assert_cmpuint(n_transfers, ==, 1);
    g_assert_cmpuint(n_strings, ==, 2048 + 2); /* and what IDENTIFY gives, twice */
    g_assert_cmpuint(n_halts, ==, 2);
    g_assert_cmpuint(n_faults, ==, 204);
    workload->ops->next(workload, &next);
    g_assert_cmpint(next.kind, ==, ACTIVITY_END);
    workload->ops->free(workload);
    opened_source_clear(&opened);
}

/* Each burst of the record once, before any comes again. */
static void test_a_pass_of_the_trace_does_every_burst_once(void)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
    unsigned n_commands = 0;
    uint32_t lba = 0;
    OpenedSource opened;

    open_source(&opened, "trace");
    Workload *workload = start(&opened, 9, "guest/vcpu0");

    while (n_commands < 160) {
        Activity next;

        workload->ops->next(workload, &next);
        if (next.kind != ACTIVITY_PORT || !next.is_write)
            continue;
        if (next.address == PORT_IDE_LBA_LOW)
            lba = next.value;
        if (next.address == PORT_IDE_LBA_MID)
            lba |= next.value << 8;
        if (next.address != PORT_IDE_COMMAND)
            continue;
        g_assert_true(g_hash_table_add(seen, GUINT_TO_POINTER(lba)));
        n_commands++;
    }
    workload->ops->free(workload);
    opened_source_clear(&opened);
}

static void test_a_missing_trace_is_named(void)
{
    g_autoptr(GError) error = NULL;
    OpenedSource opened;

    open_source(&opened, "trace");
    opened_source_set(&opened, "file", "/nowhere/x.xtr");
    g_assert_null(workload_source_open(opened.ops, opened.options, &error));
    g_assert_cmpstr(error->message, ==,
                    "/nowhere/x.xtr: cannot be opened: No such file or directory");
    opened_source_clear(&opened);
}

static void test_an_unknown_source_is_told_the_known_ones(void)
{
    g_autoptr(GError) error = NULL;

    g_assert_null(workload_source_by_name("disk", &error));
    g_assert_error(error, MODEL_ERROR, MODEL_ERROR_UNKNOWN_NAME);
    g_assert_true(g_str_has_prefix(
        error->message, "no workload is called \"disk\" (known: trace, disk-pio, "));
}

static void test_distributions_have_their_mean(void)
{
    for (Distribution d = DISTRIBUTION_CONSTANT; d <= DISTRIBUTION_UNIFORM; d++) {
        gsl_rng *stream = random_stream_new(11, distribution_names[d]);
        const unsigned n = 100000;
        double sum = 0;

        for (unsigned i = 0; i < n; i++)
            sum += (double)distribution_draw(d, stream, 1000);
        /* The standard error is at most 3.2. */
        g_assert_cmpfloat_with_epsilon(sum / n, 1000, 13);
        g_assert_cmpint(distribution_draw(d, stream, 0), ==, 0);
        gsl_rng_free(stream);
    }
}

/* The mix. */

static void test_a_mix_interleaves_whole_bursts_by_share(void)
{
    unsigned n_lines = 0, n_frames = 0;
    OpenedSource console, network;
    bool is_line = false;

    open_source(&console, "console");
    open_source(&network, "network");
    const MixPart parts[] = {
        { start(&console, 3, "guest/vcpu0/console"), 1 },
        { start(&network, 3, "guest/vcpu0/network"), 3 },
    };
    Workload *mix = mix_new(parts, 2, 3, "guest/vcpu0/mix");

    while (n_lines + n_frames < 4000) {
        Activity next;

        mix->ops->next(mix, &next);
        if (next.kind == ACTIVITY_BEGIN)
            is_line = false;
        if (next.kind == ACTIVITY_PORT && next.address >= PORT_SERIAL &&
            next.address <= PORT_SERIAL_LAST)
            is_line = true;
        if (next.kind == ACTIVITY_PORT && next.address >= PORT_NIC)
            g_assert_false(is_line);
        n_lines += next.kind == ACTIVITY_TRANSFER && is_line;
        n_frames += next.kind == ACTIVITY_TRANSFER && !is_line;
    }
    /* A quarter are lines; the standard deviation is 27. */
    g_assert_cmpuint(n_lines, >, 1000 - 120);
    g_assert_cmpuint(n_lines, <, 1000 + 120);
    mix->ops->free(mix);
    opened_source_clear(&console);
    opened_source_clear(&network);
}

/* Ends after so many transfers. */
typedef struct {
    Workload workload;
    int64_t bytes;
    unsigned n_left;
    bool has_begun;
} Finite;

static void finite_next(Workload *workload, Activity *next)
{
    Finite *self = (Finite *)workload;

    *next = (Activity){ .kind = ACTIVITY_END };
    if (self->n_left == 0)
        return;
    *next = self->has_begun
                ? (Activity){ .kind = ACTIVITY_TRANSFER, .bytes = self->bytes }
                : (Activity){ .kind = ACTIVITY_BEGIN };
    self->n_left -= self->has_begun;
    self->has_begun = !self->has_begun;
}

static void finite_free(Workload *workload)
{
    g_free(workload);
}

static Workload *finite_new(int64_t bytes, unsigned n_transfers)
{
    static const WorkloadOps ops = { "finite", finite_next, finite_free };
    Finite *self = g_new0(Finite, 1);

    self->workload.ops = &ops;
    self->bytes = bytes;
    self->n_left = n_transfers;
    return &self->workload;
}

static void test_a_mix_ends_with_its_last_part(void)
{
    const MixPart parts[] = {
        { finite_new(1, 10), 5 },
        { finite_new(1000, 20), 1 },
        { finite_new(1000000, 30), 2 },
    };
    Workload *mix = mix_new(parts, 3, 1, "mix");
    int64_t bytes = 0;
    Activity next;

    do {
        mix->ops->next(mix, &next);
        bytes += next.bytes;
    } while (next.kind != ACTIVITY_END);
    g_assert_cmpint(bytes, ==, 30020010);
    mix->ops->next(mix, &next);
    g_assert_cmpint(next.kind, ==, ACTIVITY_END);
    mix->ops->free(mix);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sources/same seed and name give the same work",
                    test_same_seed_and_name_give_the_same_work);
    g_test_add_func("/sources/another guest moves no draws",
                    test_another_guest_moves_no_draws);
    g_test_add_func("/sources/every source keeps the rules of activities",
                    test_every_source_keeps_the_rules_of_activities);
    g_test_add_func("/sources/a PIO transfer moves its sectors by strings",
                    test_a_pio_transfer_moves_its_sectors_by_strings);
    g_test_add_func("/sources/a DMA transfer halts until its interrupt",
                    test_a_dma_transfer_halts_until_its_interrupt);
    g_test_add_func("/sources/frames use the descriptors in turn",
                    test_frames_use_the_descriptors_in_turn);
    g_test_add_func("/sources/a line costs two accesses per character",
                    test_a_line_costs_two_accesses_per_character);
    g_test_add_func("/sources/a line of text is posted words, and moves the cursor",
                    test_a_line_of_text_is_posted_words_and_moves_the_cursor);
    g_test_add_func("/sources/a planar line reads each byte if it needs the latches",
                    test_a_planar_line_reads_each_byte_if_it_needs_the_latches);
    g_test_add_func("/sources/a poll is so many reads of one register",
                    test_a_poll_is_so_many_reads_of_one_register);
    g_test_add_func("/sources/a poll may read strings", test_polls_of_strings);
    g_test_add_func("/sources/a boot is one transfer and ends",
                    test_a_boot_is_one_transfer_and_ends);
    g_test_add_func("/sources/a pass of the trace does every burst once",
                    test_a_pass_of_the_trace_does_every_burst_once);
    g_test_add_func("/sources/a missing trace is named", test_a_missing_trace_is_named);
    g_test_add_func("/sources/an unknown source is told the known ones",
                    test_an_unknown_source_is_told_the_known_ones);
    g_test_add_func("/sources/distributions have their mean",
                    test_distributions_have_their_mean);
    g_test_add_func("/mix/a mix interleaves whole bursts by share",
                    test_a_mix_interleaves_whole_bursts_by_share);
    g_test_add_func("/mix/a mix ends with its last part",
                    test_a_mix_ends_with_its_last_part);
    return g_test_run();
}
