#include "cli/arguments.h"
#include "results/text_table.h"
#include "workloads/capture_figures.h"

#include <inttypes.h>
#include <stdio.h>

#define DEFAULT_CLOCK "1GHz"
#define CLOCK_LEAST   INT64_C(100000000)
#define CLOCK_MOST    INT64_C(9000000000)

typedef struct {
    char *clock;
    gboolean csv;
} CaptureOptions;

/* Cells. */

static void add_text(TextTable *table, const char *format, double value)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE];

    text_table_add_cell(table, g_ascii_formatd(text, sizeof text, format, value));
}

static void add_us(TextTable *table, int64_t ns, bool is_there)
{
    if (is_there)
        add_text(table, "%.1f", (double)ns / 1e3);
    else
        text_table_add_cell(table, "-");
}

static void add_rate(TextTable *table, const CaptureFigures *figures, uint64_t count)
{
    if (count > 0)
        add_text(table, "%.0f", capture_per_second(figures, count));
    else
        text_table_add_cell(table, "-");
}

static const DomainFigures *nth(const CaptureFigures *figures, unsigned i)
{
    return g_ptr_array_index(figures->domains, i);
}

static void add_name(TextTable *table, const DomainFigures *domain)
{
    g_autofree char *number = g_strdup_printf("%u", domain->domain);

    text_table_add_cell(table, domain->domain == TRACE_IDLE_DOMAIN ? "idle" : number);
}

/* A column of the percentile of the samples of each domain; 0: of their mean. */
static void add_samples(TextTable *table, const CaptureFigures *figures,
                        const char *upper, unsigned percent, size_t samples_offset)
{
    g_autofree char *lower =
        percent > 0 ? g_strdup_printf("p%u, µs", percent) : g_strdup("mean, µs");

    text_table_add_column(table, upper, lower, true);
    for (unsigned i = 0; i < figures->domains->len; i++) {
        const GArray *samples =
            G_STRUCT_MEMBER(GArray *, nth(figures, i), samples_offset);

        add_us(table,
               percent > 0 ? capture_percentile_ns(figures, samples, percent)
                           : capture_mean_ns(figures, samples),
               samples->len > 0);
    }
}

static void add_rates(TextTable *table, const CaptureFigures *figures,
                      const char *upper, size_t samples_offset)
{
    text_table_add_column(table, upper, "per s", true);
    for (unsigned i = 0; i < figures->domains->len; i++)
        add_rate(table, figures,
                 G_STRUCT_MEMBER(GArray *, nth(figures, i), samples_offset)->len);
}

static void print_domains(const CaptureFigures *figures)
{
    g_autoptr(TextTable) table = text_table_new();
    g_autofree char *text = NULL;

    text_table_add_column(table, "", "domain", false);
    for (unsigned i = 0; i < figures->domains->len; i++)
        add_name(table, nth(figures, i));
    text_table_add_column(table, "CPU,", "pCPUs", true);
    for (unsigned i = 0; i < figures->domains->len; i++)
        add_text(table, "%.4f",
                 capture_per_second(figures, nth(figures, i)->running_ticks) /
                     (double)figures->clock_hz);
    add_rates(table, figures, "wakes", offsetof(DomainFigures, wake_to_run));
    add_samples(table, figures, "to run", 50, offsetof(DomainFigures, wake_to_run));
    add_samples(table, figures, "to run", 95, offsetof(DomainFigures, wake_to_run));
    add_rates(table, figures, "round trips", offsetof(DomainFigures, round_trips));
    add_samples(table, figures, "trip", 50, offsetof(DomainFigures, round_trips));
    add_samples(table, figures, "trip", 95, offsetof(DomainFigures, round_trips));
    add_samples(table, figures, "trip", 99, offsetof(DomainFigures, round_trips));
    add_samples(table, figures, "trip", 0, offsetof(DomainFigures, round_trips));
    text = text_table_print(table);
    fputs(text, stdout);
}

/* Of those whose device model slept. */
static void print_stages(const CaptureFigures *figures)
{
    g_autoptr(TextTable) table = text_table_new();
    g_autofree char *text = NULL;
    unsigned n = 0;

    text_table_add_column(table, "", "domain", false);
    for (unsigned i = 0; i < figures->domains->len; i++)
        if (nth(figures, i)->stages[0]->len > 0) {
            add_name(table, nth(figures, i));
            n++;
        }
    for (unsigned stage = 0; stage < TRIP_STAGES; stage++) {
        text_table_add_column(table, "", trip_stage_name(stage), true);
        for (unsigned i = 0; i < figures->domains->len; i++) {
            const GArray *samples = nth(figures, i)->stages[stage];

            if (nth(figures, i)->stages[0]->len > 0)
                add_us(table, capture_percentile_ns(figures, samples, 50), true);
        }
    }
    if (n == 0)
        return;
    text = text_table_print(table);
    printf("\nStages of the round trips whose device model had to be woken, medians in "
           "µs:\n%s",
           text);
}

static void print_exits(const CaptureFigures *figures, const DomainFigures *domain)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autofree char *wrapped = NULL;

    if (domain->exits->len == 0)
        return;
    g_string_append_printf(text, "domain %u, exits a second by code:", domain->domain);
    for (unsigned i = 0; i < domain->exits->len; i++) {
        const ExitCount *exit = &g_array_index(domain->exits, ExitCount, i);

        g_string_append_printf(text, "%s 0x%02x %.0f", i > 0 ? "," : "", exit->code,
                               capture_per_second(figures, exit->count));
    }
    wrapped = text_wrap(text->str, 100, 2);
    printf("%s\n", wrapped);
}

static void print_all(const char *path, const CaptureFigures *figures)
{
    const uint64_t span = figures->last_tsc - figures->first_tsc;

    printf("%s: %.6f s at %.6g GHz, %" PRIu64 " records, %.0f switches a second\n\n",
           path, (double)span / (double)figures->clock_hz,
           (double)figures->clock_hz / 1e9, figures->n_records,
           capture_per_second(figures, figures->n_switches));
    print_domains(figures);
    print_stages(figures);
    putchar('\n');
    for (unsigned i = 0; i < figures->domains->len; i++)
        print_exits(figures, nth(figures, i));
    if (figures->n_lost > 0)
        printf("%" PRIu64 " records were lost, in gaps of %.3f s in all, which are not "
               "taken out.\n",
               figures->n_lost,
               (double)figures->lost_ticks / (double)figures->clock_hz);
}

static bool read_clock(const char *text, int64_t *clock_hz)
{
    if (units_parse(text, UNIT_HZ, clock_hz) && *clock_hz >= CLOCK_LEAST &&
        *clock_hz <= CLOCK_MOST)
        return true;
    g_printerr("hvmsim capture: --clock = %s: expected a rate with its unit, such as "
               "2.66GHz, from 100MHz to 9GHz\n",
               text);
    return false;
}

static ExitStatus capture(const char *path, const CaptureOptions *options)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CaptureFigures) figures = NULL;
    int64_t clock_hz;

    if (!read_clock(options->clock ? options->clock : DEFAULT_CLOCK, &clock_hz))
        return EXIT_USAGE;
    figures = capture_figures_read(path, clock_hz, &error);
    if (!figures)
        return fail_with("capture", error);
    if (options->csv) {
        g_autofree char *csv = capture_figures_to_csv(figures);

        fputs(csv, stdout);
    } else {
        print_all(path, figures);
    }
    return EXIT_OK;
}

static int capture_run(int argc, char **argv)
{
    CaptureOptions options = { 0 };
    const GOptionEntry entries[] = {
        { "clock", 0, 0, G_OPTION_ARG_STRING, &options.clock,
          "rate of the capture's TSC (default: " DEFAULT_CLOCK ")", "RATE" },
        { "csv", 0, 0, G_OPTION_ARG_NONE, &options.csv,
          "domain,metric,value,unit, as figures.csv of a capture", NULL },
        { 0 },
    };
    const ArgumentSpec spec = {
        .command = "capture",
        .usage = "TRACE",
        .description =
            "TRACE is a file that xentrace wrote, as it is or packed by xz.\n",
        .entries = entries,
        .least = 1,
        .most = 1,
    };
    ExitStatus status;

    if (arguments_parse(&spec, &argc, &argv, &status))
        status = capture(argv[1], &options);
    g_free(options.clock);
    return status;
}

const Command capture_command = {
    .name = "capture",
    .summary = "what a capture of a real Xen says: CPU, waits, round trips, exits",
    .run = capture_run,
};
