#include "models/devices/ports.h"
#include "sim/units.h"
#include "tests/unit/trace_writer.h"
#include "workloads/error.h"
#include "workloads/guest_record.h"

#define GUEST (7u << 16)
#define DOM0  0u

#define SVM_INTERRUPT 0x60
#define SVM_HLT       0x78
#define SVM_PORT      0x7b
#define SVM_NPF       0x400

static const GuestRecordParams made_params = {
    .domain = 7,
    .clock_hz = NS_PER_S,
    .ipc_percent = 100,
    .sector_words = IDE_SECTOR_WORDS,
};

/* A capture in the making: domain 7 runs on pCPU 0, in the guest since `entered`. */
typedef struct {
    TraceWriter writer;
    uint64_t now;
} Capture;

static void capture_init(Capture *capture)
{
    trace_writer_init(&capture->writer);
    trace_writer_open_chunk(&capture->writer, 0);
    capture->now = 1000;
    trace_writer_record(&capture->writer, capture->now, 0x21002, 1, GUEST);
    trace_writer_record(&capture->writer, capture->now, 0x81001, 0);
}

/* The guest computes for so many ticks and leaves. */
static void leave(Capture *capture, unsigned ticks, unsigned code)
{
    capture->now += ticks;
    trace_writer_record(&capture->writer, capture->now, 0x81002, 2, code, 0x7c32);
}

static void enter(Capture *capture, unsigned ticks)
{
    capture->now += ticks;
    trace_writer_record(&capture->writer, capture->now, 0x81001, 0);
}

/* Off the pCPU for so long, in that state, and domain 0 on it. */
static void be_away(Capture *capture, unsigned ticks, unsigned leave_event,
                    unsigned wake_event)
{
    TraceWriter *writer = &capture->writer;

    trace_writer_record(writer, capture->now + 1, leave_event, 1, GUEST);
    trace_writer_record(writer, capture->now + 2, 0x21101, 1, DOM0);
    capture->now += ticks;
    if (wake_event != 0)
        trace_writer_record(writer, capture->now, wake_event, 1, GUEST);
    trace_writer_record(writer, capture->now, 0x21021, 1, DOM0);
    trace_writer_record(writer, capture->now, 0x21101, 1, GUEST);
}

static void wait_for_device_model(Capture *capture, unsigned ticks)
{
    be_away(capture, ticks, 0x21031, 0x21311);
}

static void be_preempted(Capture *capture, unsigned ticks)
{
    be_away(capture, ticks, 0x21011, 0);
}

static void sleep_in_halt(Capture *capture, unsigned ticks)
{
    be_away(capture, ticks, 0x21021, 0x21211);
}

static void write_port(Capture *capture, unsigned computed, unsigned port,
                       unsigned value)
{
    leave(capture, computed, SVM_PORT);
    trace_writer_record(&capture->writer, 0, 0x82216, 2, port, value);
    wait_for_device_model(capture, 5000);
    enter(capture, 10);
}

static void read_port(Capture *capture, unsigned computed, unsigned port)
{
    leave(capture, computed, SVM_PORT);
    wait_for_device_model(capture, 5000);
    trace_writer_record(&capture->writer, 0, 0x82016, 2, port, 0x50);
    enter(capture, 10);
}

static void read_string(Capture *capture, unsigned computed, unsigned port)
{
    leave(capture, computed, SVM_PORT);
    trace_writer_record(&capture->writer, 0, 0x82016, 1, port);
    wait_for_device_model(capture, 5000);
    enter(capture, 10);
}

static void read_sectors(Capture *capture, unsigned n_sectors)
{
    write_port(capture, 100, PORT_IDE_COUNT, n_sectors);
    write_port(capture, 2, PORT_IDE_COMMAND, IDE_COMMAND_READ);
    for (unsigned i = 0; i < n_sectors; i++) {
        read_port(capture, 20, PORT_IDE_STATUS);
        read_string(capture, 3, PORT_IDE_DATA);
    }
}

static const char *activity_text(const Activity *activity, GString *text)
{
    static const char *const names[] = {
        [ACTIVITY_COMPUTE] = "compute",   [ACTIVITY_PORT] = "port",
        [ACTIVITY_MEMORY] = "memory",     [ACTIVITY_EXIT] = "exit",
        [ACTIVITY_HALT] = "halt",         [ACTIVITY_BEGIN] = "begin",
        [ACTIVITY_TRANSFER] = "transfer", [ACTIVITY_END] = "end",
    };

    g_string_append_printf(text, "%s%s", text->len > 0 ? " | " : "",
                           names[activity->kind]);
    if (activity->kind == ACTIVITY_COMPUTE)
        g_string_append_printf(text, " %" G_GINT64_FORMAT, activity->instructions);
    if (activity->kind == ACTIVITY_PORT || activity->kind == ACTIVITY_MEMORY)
        g_string_append_printf(text, " %s%s %" G_GINT64_MODIFIER "x x%u",
                               activity->is_string ? "string " : "",
                               activity->is_write ? "write" : "read", activity->address,
                               activity->count);
    if (activity->kind == ACTIVITY_HALT)
        g_string_append_printf(text, " %" G_GINT64_FORMAT, activity->halt_ns);
    if (activity->kind == ACTIVITY_TRANSFER)
        g_string_append_printf(text, " %" G_GINT64_FORMAT, activity->bytes);
    return text->str;
}

static GuestRecord *read_made(Capture *capture, const GuestRecordParams *params,
                              GError **error)
{
    const GByteArray *bytes = capture->writer.bytes;

    trace_writer_finish(&capture->writer);
    g_autoptr(Xentrace) trace =
        xentrace_new(byte_source_new(bytes->data, bytes->len, "made.xtr"), error);

    g_assert_nonnull(trace);
    GuestRecord *record = guest_record_new(trace, params, error);

    trace_writer_clear(&capture->writer);
    return record;
}

/* The bursts, a line each. */
static void check_bursts(Capture *capture, const GuestRecordParams *params,
                         const char *expected)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GuestRecord) record = read_made(capture, params, &error);
    g_autoptr(GString) lines = g_string_new(NULL);

    g_assert_no_error(error);
    for (unsigned burst = 0; burst < record->n_bursts; burst++) {
        g_autoptr(GString) line = g_string_new(NULL);

        for (unsigned i = record->burst_at[burst]; i < record->burst_at[burst + 1]; i++)
            activity_text(&record->activities[i], line);
        g_string_append_printf(lines, "%s\n", line->str);
    }
    g_assert_cmpstr(lines->str, ==, expected);
}

static void test_a_command_makes_a_transfer(void)
{
    Capture capture;

    capture_init(&capture);
    for (unsigned i = 0; i < 3; i++) {
        read_sectors(&capture, 2);
        read_port(&capture, 7, PORT_IDE_STATUS);
    }
    check_bursts(
        &capture, &made_params,
        "port write 1f2 x1 | compute 2 | begin | port write 1f7 x1 | "
        "compute 20 | port read 1f7 x1 | compute 3 | port string read 1f0 x256 "
        "| compute 20 | port read 1f7 x1 | compute 3 | port string read 1f0 "
        "x256 | transfer 1024 | compute 7 | port read 1f7 x1 | compute 100\n");
}

/* Xen reads the first word of a string by itself. */
static void test_a_string_has_the_words_that_its_sector_lacks(void)
{
    Capture capture;

    capture_init(&capture);
    for (unsigned i = 0; i < 3; i++) {
        write_port(&capture, 2, PORT_IDE_COMMAND, IDE_COMMAND_READ);
        read_port(&capture, 2, PORT_IDE_DATA);
        read_string(&capture, 0, PORT_IDE_DATA);
        write_port(&capture, 9, PORT_IDE_DEVICE, 0xe0);
    }
    check_bursts(
        &capture, &made_params,
        "port write 1f6 x1 | compute 2 | begin | port write 1f7 x1 | compute 2 "
        "| port read 1f0 x1 | port string read 1f0 x255 | transfer 131072 | "
        "compute 9\n");
}

static void test_a_command_without_data_ends_with_its_last_access(void)
{
    Capture capture;

    capture_init(&capture);
    for (unsigned i = 0; i < 3; i++) {
        write_port(&capture, 2, PORT_IDE_COUNT, 4);
        write_port(&capture, 2, PORT_IDE_COMMAND, IDE_COMMAND_READ_DMA);
        write_port(&capture, 2, PORT_BUS_MASTER_COMMAND, BUS_MASTER_START);
        read_port(&capture, 900, PORT_BUS_MASTER_STATUS);
    }
    check_bursts(
        &capture, &made_params,
        "port write 1f2 x1 | compute 2 | begin | port write 1f7 x1 | compute 2 "
        "| port write c000 x1 | compute 900 | port read c002 x1 | transfer 2048 "
        "| compute 2\n");
}

static void test_status_reads_make_poll_groups(void)
{
    Capture capture;

    capture_init(&capture);
    for (unsigned i = 0; i < 3; i++) {
        read_port(&capture, 40000, PORT_IDE_STATUS);
        read_port(&capture, 1, PORT_IDE_STATUS);
    }
    check_bursts(
        &capture, &made_params,
        "begin | port read 1f7 x1 | compute 1 | port read 1f7 x1 | transfer 0 | "
        "compute 40000\n");
}

static void test_host_interrupts_and_preemption_leave_no_trace(void)
{
    Capture capture;

    capture_init(&capture);
    for (unsigned i = 0; i < 3; i++) {
        leave(&capture, 3000, SVM_INTERRUPT);
        trace_writer_record(&capture.writer, 0, 0x8200f, 0);
        be_preempted(&capture, 30000000);
        enter(&capture, 10);
        read_port(&capture, 500, PORT_IDE_STATUS);
    }
    check_bursts(&capture, &made_params,
                 "begin | port read 1f7 x1 | transfer 0 | compute 3500\n");
}

static void test_a_halt_lasts_until_the_wake(void)
{
    Capture capture;

    capture_init(&capture);
    for (unsigned i = 0; i < 3; i++) {
        leave(&capture, 800, SVM_HLT);
        trace_writer_record(&capture.writer, 0, 0x82013, 1, 0);
        sleep_in_halt(&capture, 250000);
        enter(&capture, 10);
    }
    check_bursts(&capture, &made_params, "compute 800 | halt 250000\n");
}

static void test_a_guest_that_mostly_halts_polls_in_passing(void)
{
    Capture capture;

    capture_init(&capture);
    for (unsigned i = 0; i < 4; i++) {
        leave(&capture, 800, SVM_HLT);
        sleep_in_halt(&capture, 250000);
        enter(&capture, 10);
        if (i == 1)
            read_port(&capture, 500, PORT_IDE_STATUS);
    }
    check_bursts(&capture, &made_params,
                 "compute 500 | port read 1f7 x1 | compute 800 | halt 250000\n"
                 "compute 800 | halt 250000\n");
}

static void test_memory_accesses_and_faults_are_told_apart(void)
{
    Capture capture;

    capture_init(&capture);
    for (unsigned i = 0; i < 3; i++) {
        leave(&capture, 10, SVM_NPF);
        trace_writer_record(&capture.writer, 0, 0x82317, 4, 0xb8000, 0, 0x41, 0);
        wait_for_device_model(&capture, 900);
        enter(&capture, 10);
        leave(&capture, 10, SVM_NPF);
        enter(&capture, 10);
        leave(&capture, 800, SVM_HLT);
        sleep_in_halt(&capture, 50);
        enter(&capture, 10);
    }
    check_bursts(
        &capture, &made_params,
        "compute 10 | memory write b8000 x1 | compute 10 | exit | compute 800 | "
        "halt 50\n");
}

/* The clock, and instructions per cycle, of a capture from real hardware. */
static void test_computation_is_counted_at_the_clock_of_the_capture(void)
{
    GuestRecordParams params = made_params;
    Capture capture;

    params.clock_hz = 2 * NS_PER_S;
    params.ipc_percent = 80;
    params.switch_ns = 100;
    capture_init(&capture);
    for (unsigned i = 0; i < 3; i++) {
        read_port(&capture, 40200, PORT_IDE_STATUS);
        leave(&capture, 1200, SVM_HLT);
        sleep_in_halt(&capture, 5000);
        enter(&capture, 10);
        read_port(&capture, 199, PORT_IDE_STATUS);
    }
    check_bursts(
        &capture, &params,
        "begin | port read 1f7 x1 | compute 800 | halt 2500 | port read 1f7 x1 "
        "| transfer 0 | compute 32000\n");
}

/* The burst with the gap in it goes; the others stay. */
static void test_lost_records_break_a_burst(void)
{
    Capture capture;

    capture_init(&capture);
    for (unsigned i = 0; i < 5; i++) {
        read_port(&capture, 2000 + i, PORT_IDE_STATUS);
        if (i != 2)
            continue;
        capture.now += 100000;
        trace_writer_record(&capture.writer, capture.now, 0x1f001, 4, 99, 0,
                            (unsigned)capture.now - 90000, 0);
        trace_writer_record(&capture.writer, capture.now + 1, 0x21002, 1, GUEST);
    }
    check_bursts(&capture, &made_params,
                 "begin | port read 1f7 x1 | transfer 0 | compute 2002\n");
}

static void test_a_park_is_no_wait(void)
{
    g_autoptr(GError) error = NULL;
    Capture capture;

    capture_init(&capture);
    for (unsigned i = 0; i < 3; i++) {
        leave(&capture, 800, SVM_INTERRUPT);
        trace_writer_record(&capture.writer, capture.now, 0x28003, 2, 7, 0);
        wait_for_device_model(&capture, 50000);
        enter(&capture, 10);
        read_port(&capture, 500, PORT_IDE_STATUS);
    }
    g_autoptr(GuestRecord) record = read_made(&capture, &made_params, &error);

    g_assert_no_error(error);
    g_assert_cmpuint(record->summary.n_waits, ==, 3);
    g_assert_cmpuint(record->summary.n_exits, ==, 6);
}

static void test_who_is_no_guest_is_told_who_is(void)
{
    GuestRecordParams params = made_params;
    g_autoptr(GError) error = NULL;
    Capture capture;

    params.domain = 3;
    capture_init(&capture);
    read_port(&capture, 10, PORT_IDE_STATUS);
    g_assert_null(read_made(&capture, &params, &error));
    g_assert_error(error, WORKLOAD_ERROR, WORKLOAD_ERROR_EMPTY);
    g_assert_cmpstr(error->message, ==,
                    "made.xtr: domain 3 vcpu 0 runs no HVM guest here (those that do: "
                    "domain 7 vcpu 0)");
}

static void test_too_short_a_record_is_refused(void)
{
    g_autoptr(GError) error = NULL;
    Capture capture;

    capture_init(&capture);
    read_sectors(&capture, 1);
    g_assert_null(read_made(&capture, &made_params, &error));
    g_assert_cmpstr(error->message, ==,
                    "made.xtr: domain 7 vcpu 0 does no whole burst of work in this "
                    "capture (4 exits)");
}

/* The shipped captures. */

static GuestRecord *read_shipped(const char *capture, unsigned domain)
{
    g_autofree char *name = g_strdup_printf("%s.xtr.xz", capture);
    g_autofree char *path =
        g_build_filename(HVMSIM_SOURCE_DIR, "workloads/traces", name, NULL);
    const GuestRecordParams params = {
        .domain = domain,
        .clock_hz = NS_PER_S,
        .ipc_percent = 100,
        .switch_ns = 608,
        .sector_words = IDE_SECTOR_WORDS,
    };
    g_autoptr(GError) error = NULL;
    GuestRecord *record = guest_record_read(path, &params, &error);

    g_assert_no_error(error);
    return record;
}

/* Every burst of the disk guest reads 8 sectors, and computes 200,000 instructions. */
static void test_the_disk_capture_is_read_as_its_guest_was_written(void)
{
    g_autoptr(GuestRecord) record = read_shipped("hvm-disk-1p", 7);

    /* figures.csv: 7,140.4 round trips per second over 0.998819 s. */
    g_assert_cmpuint(record->summary.n_waits, ==, 7132);
    g_assert_cmpint(record->summary.span_ns, ==, 998818854);
    g_assert_cmpuint(record->summary.n_unknown, ==, 0);
    g_assert_cmpuint(record->n_bursts, ==, 160);
    for (unsigned burst = 0; burst < record->n_bursts; burst++) {
        int64_t bytes = 0, moved_bytes = 0, instructions = 0;

        for (unsigned i = record->burst_at[burst]; i < record->burst_at[burst + 1];
             i++) {
            const Activity *activity = &record->activities[i];

            bytes += activity->bytes;
            instructions += activity->instructions;
            if (activity->kind == ACTIVITY_PORT && activity->address == PORT_IDE_DATA)
                moved_bytes += (int64_t)activity->count * activity->size_bytes;
        }
        g_assert_cmpint(bytes, ==, 8 * 512);
        g_assert_cmpint(moved_bytes, ==, 8 * 512);
        g_assert_cmpint(instructions, >, 200000);
        g_assert_cmpint(instructions, <, 204000);
    }
}

/* Eight reads, then 40,000 instructions; sometimes a timer interrupt. */
static void test_the_poll_capture_is_read_as_its_guest_was_written(void)
{
    g_autoptr(GuestRecord) record = read_shipped("hvm-pio-1p", 1);

    /* figures.csv: 14,512.0 round trips per second over 0.999240 s. */
    g_assert_cmpuint(record->summary.n_waits, ==, 14501);
    g_assert_cmpuint(record->n_bursts, ==, 1811);
    g_assert_cmpuint(record->summary.n_transfers, ==, 1811);
    for (unsigned burst = 0; burst < record->n_bursts; burst++) {
        unsigned n_reads = 0;
        int64_t instructions = 0;

        for (unsigned i = record->burst_at[burst]; i < record->burst_at[burst + 1];
             i++) {
            const Activity *activity = &record->activities[i];

            instructions += activity->instructions;
            n_reads += activity->kind == ACTIVITY_PORT &&
                       activity->address == PORT_IDE_STATUS && !activity->is_write;
        }
        g_assert_cmpuint(n_reads, ==, 8);
        g_assert_cmpint(instructions, >, 39900);
        g_assert_cmpint(instructions, <, 41000);
    }
}

/* Those of one machine that leave for this code, read as those of the other. */
static void check_wrong_codes(ExitCodesChoice choice, unsigned code,
                              const char *expected)
{
    GuestRecordParams params = made_params;
    g_autoptr(GError) error = NULL;
    Capture capture;

    params.exit_codes = choice;
    capture_init(&capture);
    for (unsigned i = 0; i < 5; i++) {
        leave(&capture, 100, code);
        sleep_in_halt(&capture, 1000);
        enter(&capture, 10);
    }
    g_assert_null(read_made(&capture, &params, &error));
    g_assert_error(error, WORKLOAD_ERROR, WORKLOAD_ERROR_FORMAT);
    g_assert_cmpstr(error->message, ==, expected);
}

static void test_codes_of_the_other_machine_are_refused(void)
{
    check_wrong_codes(EXIT_CODES_ARE_VMX, SVM_HLT,
                      "made.xtr: exit-codes = vmx: domain 7 vcpu 0 has an exit code "
                      "above 75, as only SVM has");
    check_wrong_codes(EXIT_CODES_ARE_SVM, VMX_HLT,
                      "made.xtr: exit-codes = svm: domain 7 vcpu 0 has no exit code "
                      "above 75, as every guest of SVM has");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/record/a command makes a transfer",
                    test_a_command_makes_a_transfer);
    g_test_add_func("/record/a string has the words that its sector lacks",
                    test_a_string_has_the_words_that_its_sector_lacks);
    g_test_add_func("/record/a command without data ends with its last access",
                    test_a_command_without_data_ends_with_its_last_access);
    g_test_add_func("/record/status reads make poll groups",
                    test_status_reads_make_poll_groups);
    g_test_add_func("/record/host interrupts and preemption leave no trace",
                    test_host_interrupts_and_preemption_leave_no_trace);
    g_test_add_func("/record/a halt lasts until the wake",
                    test_a_halt_lasts_until_the_wake);
    g_test_add_func("/record/a guest that mostly halts polls in passing",
                    test_a_guest_that_mostly_halts_polls_in_passing);
    g_test_add_func("/record/memory accesses and faults are told apart",
                    test_memory_accesses_and_faults_are_told_apart);
    g_test_add_func("/record/computation is counted at the clock of the capture",
                    test_computation_is_counted_at_the_clock_of_the_capture);
    g_test_add_func("/record/lost records break a burst",
                    test_lost_records_break_a_burst);
    g_test_add_func("/record/a park is no wait", test_a_park_is_no_wait);
    g_test_add_func("/record/who is no guest is told who is",
                    test_who_is_no_guest_is_told_who_is);
    g_test_add_func("/record/codes of the other machine are refused",
                    test_codes_of_the_other_machine_are_refused);
    g_test_add_func("/record/too short a record is refused",
                    test_too_short_a_record_is_refused);
    g_test_add_func("/record/the disk capture is read as its guest was written",
                    test_the_disk_capture_is_read_as_its_guest_was_written);
    g_test_add_func("/record/the poll capture is read as its guest was written",
                    test_the_poll_capture_is_read_as_its_guest_was_written);
    return g_test_run();
}
