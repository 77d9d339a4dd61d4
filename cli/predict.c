#include "cli/arguments.h"
#include "cli/named_profile.h"
#include "experiments/captures/prediction.h"
#include "results/csv.h"
#include "results/text_table.h"

#include <math.h>
#include <stdio.h>

typedef struct {
    char *placement, *profile;
    gboolean csv;
    int jobs;
} PredictOptions;

/* What ran, and what would have. */
typedef struct {
    CaptureScenario *scenario;
    GPtrArray *figures; /* of Figure */
} Side;

static void side_clear(Side *side)
{
    capture_scenario_free(side->scenario);
    if (side->figures)
        g_ptr_array_unref(side->figures);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Side, side_clear)

/* One figure of both sides; NULL where a side has none. */
typedef struct {
    const char *domain;
    const Figure *as_is, *other;
} Row;

static const Figure *find(const GPtrArray *figures, const Figure *like)
{
    for (unsigned i = 0; figures && i < figures->len; i++) {
        const Figure *figure = g_ptr_array_index(figures, i);

        if (figure->domain == like->domain && g_str_equal(figure->metric, like->metric))
            return figure;
    }
    return NULL;
}

static const char *name_of(const Side *side, const Figure *figure)
{
    for (unsigned i = 0; i < side->scenario->domains->len; i++) {
        const CaptureDomain *domain = g_ptr_array_index(side->scenario->domains, i);

        if (domain->id == figure->domain)
            return domain->name;
    }
    return "host";
}

/* Those of what ran, and behind them what the other side alone has. */
static GArray *rows_of(const Side *as_is, const Side *other)
{
    GArray *rows = g_array_new(FALSE, FALSE, sizeof(Row));

    for (unsigned i = 0; i < as_is->figures->len; i++) {
        const Figure *figure = g_ptr_array_index(as_is->figures, i);
        const Row row = { name_of(as_is, figure), figure,
                          find(other->figures, figure) };

        g_array_append_val(rows, row);
    }
    for (unsigned i = 0; other->figures && i < other->figures->len; i++) {
        const Figure *figure = g_ptr_array_index(other->figures, i);
        const Row row = { name_of(other, figure), NULL, figure };

        if (!find(as_is->figures, figure))
            g_array_append_val(rows, row);
    }
    return rows;
}

static const Row *nth(const GArray *rows, unsigned i)
{
    return &g_array_index(rows, Row, i);
}

static const Figure *any_of(const Row *row)
{
    return row->as_is ? row->as_is : row->other;
}

static char *text_of(const Figure *figure, double value)
{
    return figure && !isnan(figure->value) ? g_strdup_printf("%.5g", value)
                                           : g_strdup("-");
}

static char *change_text(const Row *row)
{
    if (!row->as_is || !row->other || !(row->as_is->value > 0) ||
        isnan(row->other->value))
        return g_strdup("-");
    return g_strdup_printf("%+.1f", 100 * (row->other->value / row->as_is->value - 1));
}

/* Text. */

static void add_cell(TextTable *table, char *text)
{
    text_table_add_cell(table, text);
    g_free(text);
}

static void add_side(TextTable *table, const GArray *rows, const char *head,
                     bool is_other)
{
    static const char *const lower_heads[] = { "predicted", "least", "greatest" };

    for (unsigned column = 0; column < G_N_ELEMENTS(lower_heads); column++) {
        text_table_add_column(table, column == 0 ? head : "", lower_heads[column],
                              true);
        for (unsigned i = 0; i < rows->len; i++) {
            const Figure *figure = is_other ? nth(rows, i)->other : nth(rows, i)->as_is;
            const double values[] = { figure ? figure->value : NAN,
                                      figure ? figure->low : NAN,
                                      figure ? figure->high : NAN };

            add_cell(table, text_of(figure, values[column]));
        }
    }
}

static void print_table(const GArray *rows, const char *placement)
{
    g_autoptr(TextTable) table = text_table_new();
    g_autofree char *text = NULL;

    text_table_add_column(table, "", "domain", false);
    for (unsigned i = 0; i < rows->len; i++)
        text_table_add_cell(table, nth(rows, i)->domain);
    text_table_add_column(table, "", "figure", false);
    for (unsigned i = 0; i < rows->len; i++)
        text_table_add_cell(table, any_of(nth(rows, i))->metric);
    text_table_add_column(table, "", "unit", false);
    for (unsigned i = 0; i < rows->len; i++)
        text_table_add_cell(table, any_of(nth(rows, i))->unit);
    add_side(table, rows, "as it ran", false);
    if (placement) {
        add_side(table, rows, placement, true);
        text_table_add_column(table, "change,", "%", true);
        for (unsigned i = 0; i < rows->len; i++)
            add_cell(table, change_text(nth(rows, i)));
    }
    for (unsigned i = 1; i < rows->len; i++)
        if (!g_str_equal(nth(rows, i)->domain, nth(rows, i - 1)->domain))
            text_table_add_gap(table, i);
    text = text_table_print(table);
    fputs(text, stdout);
}

static void append_side(GString *csv, const Row *row, const char *placement,
                        const Figure *figure)
{
    if (!figure)
        return;
    csv_append(csv, row->domain, true);
    csv_append(csv, figure->metric, false);
    csv_append(csv, figure->unit, false);
    csv_append(csv, placement, false);
    csv_append_number(csv, figure->value);
    csv_append_number(csv, figure->low);
    csv_append_number(csv, figure->high);
    g_string_append(csv, CSV_LINE_END);
}

static void print_csv(const GArray *rows, const char *placement)
{
    g_autoptr(GString) csv =
        g_string_new("domain,metric,unit,placement,predicted,low,high" CSV_LINE_END);

    for (unsigned i = 0; i < rows->len; i++) {
        append_side(csv, nth(rows, i), "as it ran", nth(rows, i)->as_is);
        append_side(csv, nth(rows, i), placement, nth(rows, i)->other);
    }
    fputs(csv->str, stdout);
}

/* The command. */

/* False: that is how it ran. */
static bool place(CaptureScenario *scenario, const char *placement)
{
    if (g_str_equal(placement, "stub"))
        return capture_scenario_add_stubs(scenario);
    return capture_scenario_drop_stubs(scenario);
}

/* placement: NULL for as it ran. */
static bool predict_side(Side *side, const char *ini, const char *placement,
                         const CostProfile *profile, unsigned n_jobs, GError **error)
{
    side->scenario = capture_scenario_load(ini, error);
    if (!side->scenario)
        return false;
    if (placement && !place(side->scenario, placement)) {
        g_printerr("hvmsim predict: --placement = %s: it ran so\n", placement);
        return true;
    }
    side->figures = capture_predict(side->scenario, profile, n_jobs, error);
    return side->figures != NULL;
}

static bool is_usable(const PredictOptions *options)
{
    if (options->jobs < 1) {
        g_printerr("hvmsim predict: --jobs = %d: expected 1 or more\n", options->jobs);
        return false;
    }
    if (!options->placement || g_str_equal(options->placement, "dom0") ||
        g_str_equal(options->placement, "stub"))
        return true;
    g_printerr("hvmsim predict: --placement = %s: expected one of dom0, stub\n",
               options->placement);
    return false;
}

static ExitStatus predict(const char *path, const PredictOptions *options)
{
    const bool is_folder = g_file_test(path, G_FILE_TEST_IS_DIR);
    g_autofree char *ini =
        is_folder ? g_build_filename(path, "capture.ini", NULL) : g_strdup(path);
    const char *name = options->profile ? options->profile : "capture-4.17";
    const unsigned n_jobs = (unsigned)options->jobs;
    g_autoptr(GError) error = NULL;
    g_autoptr(CostProfile) profile = NULL;
    g_autoptr(GArray) rows = NULL;
    g_auto(Side) as_is = { NULL, NULL }, other = { NULL, NULL };

    if (!is_usable(options))
        return EXIT_USAGE;
    profile = named_profile_load("--profile =", name, &error);
    if (!profile || !predict_side(&as_is, ini, NULL, profile, n_jobs, &error) ||
        (options->placement &&
         !predict_side(&other, ini, options->placement, profile, n_jobs, &error)))
        return fail_with("predict", error);
    rows = rows_of(&as_is, &other);
    if (options->csv)
        print_csv(rows, options->placement);
    else
        print_table(rows, other.figures ? options->placement : NULL);
    return EXIT_OK;
}

static int predict_run(int argc, char **argv)
{
    PredictOptions options = { .jobs = (int)g_get_num_processors() };
    const GOptionEntry entries[] = {
        { "placement", 0, 0, G_OPTION_ARG_STRING, &options.placement,
          "also with qemu in dom0, or in a stub domain for each HVM guest",
          "dom0|stub" },
        { "profile", 0, 0, G_OPTION_ARG_STRING, &options.profile,
          "hardware profile (default: capture-4.17)", "NAME" },
        { "csv", 0, 0, G_OPTION_ARG_NONE, &options.csv,
          "domain,metric,unit,placement,predicted,low,high", NULL },
        { "jobs", 'j', 0, G_OPTION_ARG_INT, &options.jobs,
          "runs at once (default: one for each processor)", "N" },
        { 0 },
    };
    const ArgumentSpec spec = {
        .command = "predict",
        .usage = "CAPTURE",
        .description = "CAPTURE is a capture.ini, or the folder that holds it.\n",
        .entries = entries,
        .least = 1,
        .most = 1,
    };
    ExitStatus status;

    if (arguments_parse(&spec, &argc, &argv, &status))
        status = predict(argv[1], &options);
    g_free(options.placement);
    g_free(options.profile);
    return status;
}

const Command predict_command = {
    .name = "predict",
    .summary = "what a host like that of a capture gives, also placed otherwise",
    .run = predict_run,
};
