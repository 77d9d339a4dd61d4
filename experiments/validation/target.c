#include "experiments/validation/target.h"

#include "experiments/input/data_path.h"
#include "experiments/input/error.h"
#include "models/suggest.h"

#include <math.h>
#include <string.h>

typedef struct {
    char *title, *source, *scenario, *x_title, *y_title, *x_high, *published_title;
    int kind, shape, x_scale, y_scale;
} TargetFields;

typedef struct {
    char *what, *measure, *at, *over, *over_at, *minus_at, *divide_by, *published, *why;
    char *label, *series, *x;
    int64_t tolerance_percent;
    int kind, relation;
} RowFields;

static const char *const kinds[] = {
    [KIND_CALIBRATION] = "calibration",
    [KIND_EMERGENCE] = "emergence",
    [KIND_BOUND] = "bound",
    [KIND_PREDICTION] = "prediction",
    NULL,
};

static const char *const relations[] = {
    [RELATION_EQUAL] = "equal",
    [RELATION_AT_MOST] = "at-most",
    [RELATION_AT_LEAST] = "at-least",
    NULL,
};

static const char *const shapes[] = {
    [SHAPE_RATIOS] = "ratios",
    [SHAPE_BARS] = "bars",
    [SHAPE_CURVE] = "curve",
    NULL,
};

static const char *const scales[] = { "linear", "log", NULL };

static const Option target_keys[] = {
    OPTION_TEXT_FIELD(TargetFields, title, "title", "", "what is compared"),
    OPTION_TEXT_FIELD(TargetFields, source, "source", "", "who published it"),
    OPTION_TEXT_FIELD(TargetFields, scenario, "scenario", "",
                      "from this file's folder"),
    OPTION_CHOICE_FIELD(TargetFields, kind, "kind", "emergence", kinds, "of its rows"),
    OPTION_CHOICE_FIELD(TargetFields, shape, "figure", "ratios", shapes,
                        "what it looks like"),
    OPTION_TEXT_FIELD(TargetFields, x_title, "x-title", "", "of the figure"),
    OPTION_TEXT_FIELD(TargetFields, y_title, "y-title", "", "of the figure"),
    OPTION_TEXT_FIELD(TargetFields, x_high, "x-high", "", "end of the axis of bars"),
    OPTION_TEXT_FIELD(TargetFields, published_title, "published-title", "published",
                      "in the figure's key"),
    OPTION_CHOICE_FIELD(TargetFields, x_scale, "x-scale", "linear", scales,
                        "of a curve"),
    OPTION_CHOICE_FIELD(TargetFields, y_scale, "y-scale", "linear", scales,
                        "of a curve"),
    { 0 },
};

static const Option row_keys[] = {
    OPTION_TEXT_FIELD(RowFields, what, "what", "", "the figure"),
    OPTION_TEXT_FIELD(RowFields, measure, "measure", "", "MEASURE of SUBJECT"),
    OPTION_TEXT_FIELD(RowFields, at, "at", "", "KEY = TEXT, ... of the combination"),
    OPTION_TEXT_FIELD(RowFields, over, "over", "", "another measure to divide by"),
    OPTION_TEXT_FIELD(RowFields, over_at, "over-at", "", "combination to divide by"),
    OPTION_TEXT_FIELD(RowFields, minus_at, "minus-at", "", "combination to subtract"),
    OPTION_TEXT_FIELD(RowFields, divide_by, "divide-by", "1", "a number"),
    OPTION_TEXT_FIELD(RowFields, published, "published", "", "a number"),
    OPTION_TEXT_FIELD(RowFields, why, "why", "", "it misses, or is not modelled"),
    OPTION_TEXT_FIELD(RowFields, label, "label", "", "in the figure"),
    OPTION_TEXT_FIELD(RowFields, series, "series", "", "its line on a curve"),
    OPTION_TEXT_FIELD(RowFields, x, "x", "", "its place on a curve"),
    OPTION_UNIT_FIELD(RowFields, tolerance_percent, UNIT_PERCENT, "tolerance", "10%", 0,
                      1000, "of the relative error"),
    OPTION_CHOICE_FIELD(RowFields, kind, "kind", "emergence", kinds, "of the figure"),
    OPTION_CHOICE_FIELD(RowFields, relation, "should-be", "equal", relations,
                        "to the published figure"),
    { 0 },
};

static void clear_operand(Operand *operand)
{
    g_free(operand->subject);
    g_free(operand->at);
}

static void free_row(void *data)
{
    TargetRow *row = data;

    clear_operand(&row->first);
    clear_operand(&row->second);
    g_free(row->name);
    g_free(row->what);
    g_free(row->why);
    g_free(row->label);
    g_free(row->series);
    g_free(row);
}

void target_free(Target *target)
{
    if (!target)
        return;
    g_ptr_array_unref(target->rows);
    g_clear_pointer(&target->file, ini_file_free);
    g_free(target->name);
    g_free(target->title);
    g_free(target->source);
    g_free(target->scenario);
    g_free(target->x_title);
    g_free(target->published_title);
    g_free(target->y_title);
    g_free(target);
}

static void entry_error(const IniGroup *group, const char *key, GError **error,
                        const char *expected)
{
    const IniEntry *entry = ini_group_find(group, key);

    if (entry)
        ini_entry_error(group, entry, error, "%s", expected);
    else
        ini_group_error(group, error, "%s = : expected %s", key, expected);
}

/* An empty text is NAN. */
static bool read_number(const IniGroup *group, const char *key, const char *text,
                        double *number, GError **error)
{
    char *end;

    *number = NAN;
    if (*text == '\0')
        return true;
    *number = g_ascii_strtod(text, &end);
    if (*end == '\0' && isfinite(*number))
        return true;
    entry_error(group, key, error, "a number");
    return false;
}

/* "cpu of attacker1" */
static bool read_operand(const IniGroup *group, const char *key, const char *text,
                         Operand *operand, GError **error)
{
    g_auto(GStrv) words = g_strsplit(text, " of ", 2);
    g_autoptr(GPtrArray) names = NULL;
    g_autofree char *choice = NULL, *expected = NULL;

    operand->measure = words[0] ? measure_find(words[0]) : NULL;
    if (operand->measure && words[1]) {
        operand->subject = g_strdup(words[1]);
        return true;
    }
    names = measure_names();
    choice = suggest_among(words[0] ? words[0] : "", names);
    expected =
        g_strdup_printf("MEASURE of SUBJECT with one of the measures %s", choice);
    entry_error(group, key, error, expected);
    return false;
}

static bool read_second(TargetRow *row, const RowFields *fields, GError **error)
{
    const bool is_ratio = *fields->over || *fields->over_at;
    const char *measure = *fields->over ? fields->over : fields->measure;
    const char *at = *fields->over_at ? fields->over_at : fields->at;

    if (is_ratio && *fields->minus_at) {
        entry_error(row->group, "minus-at", error,
                    "no minus-at beside over or over-at");
        return false;
    }
    if (!is_ratio && !*fields->minus_at)
        return true;
    row->formula = is_ratio ? FORMULA_RATIO : FORMULA_DIFFERENCE;
    row->second.at = g_strdup(is_ratio ? at : fields->minus_at);
    return read_operand(row->group, *fields->over ? "over" : "measure", measure,
                        &row->second, error);
}

static bool fill_row(TargetRow *row, const RowFields *fields, GError **error)
{
    row->what = g_strdup(fields->what);
    row->why = g_strdup(fields->why);
    row->label = g_strdup(*fields->label ? fields->label : fields->what);
    row->series = g_strdup(fields->series);
    row->tolerance = (double)fields->tolerance_percent / 100;
    row->relation = (Relation)fields->relation;
    row->kind = (TargetKind)fields->kind;
    if (!read_number(row->group, "published", fields->published, &row->published,
                     error) ||
        !read_number(row->group, "x", fields->x, &row->x, error) ||
        !read_number(row->group, "divide-by", fields->divide_by, &row->divide_by,
                     error))
        return false;
    if (*fields->measure == '\0') {
        if (*fields->why)
            return true;
        ini_group_error(row->group, error, "needs measure, or why there is none");
        return false;
    }
    row->first.at = g_strdup(fields->at);
    return read_operand(row->group, "measure", fields->measure, &row->first, error) &&
           read_second(row, fields, error);
}

static bool read_row(Target *target, const IniGroup *group, TargetKind kind,
                     GError **error)
{
    TargetRow *row = g_new0(TargetRow, 1);
    RowFields fields = { 0 };
    const IniBinding binding = { row_keys, &fields };
    bool is_read;

    g_ptr_array_add(target->rows, row);
    row->name = g_strdup(group->name);
    row->group = group;
    is_read =
        ini_group_read(group, &binding, 1, error) && fill_row(row, &fields, error);
    if (!ini_group_find(group, "kind"))
        row->kind = target_row_is_modelled(row) && isnan(row->published)
                        ? KIND_PREDICTION
                        : kind;
    option_clear(row_keys, &fields);
    return is_read;
}

static bool read_head(Target *target, TargetKind *kind, GError **error)
{
    const IniGroup *group = ini_file_find(target->file, "target");
    TargetFields fields = { 0 };
    const IniBinding binding = { target_keys, &fields };
    g_autofree char *folder = g_path_get_dirname(target->file->path);
    bool is_read;

    if (!group) {
        g_set_error(error, EXPERIMENT_ERROR, EXPERIMENT_ERROR_INPUT,
                    "%s: expected a group [target]", target->file->path);
        return false;
    }
    is_read = ini_group_read(group, &binding, 1, error) &&
              read_number(group, "x-high", fields.x_high, &target->x_high, error);
    if (is_read) {
        *kind = (TargetKind)fields.kind;
        target->title = g_strdup(fields.title);
        target->source = g_strdup(fields.source);
        target->scenario = data_path_beside(folder, fields.scenario);
        target->shape = (Shape)fields.shape;
        target->x_title = g_strdup(fields.x_title);
        target->y_title = g_strdup(fields.y_title);
        target->published_title = g_strdup(fields.published_title);
        target->x_is_log = fields.x_scale > 0;
        target->y_is_log = fields.y_scale > 0;
    }
    option_clear(target_keys, &fields);
    return is_read;
}

static bool read_rows(Target *target, TargetKind kind, GError **error)
{
    for (unsigned i = 0; i < target->file->groups->len; i++) {
        const IniGroup *group = g_ptr_array_index(target->file->groups, i);

        if (strcmp(group->kind, "target") == 0)
            continue;
        if (strcmp(group->kind, "row") != 0 || *group->name == '\0') {
            ini_group_error(group, error, "expected [target] or [row NAME]");
            return false;
        }
        if (!read_row(target, group, kind, error))
            return false;
    }
    return true;
}

Target *target_load(const char *path, GError **error)
{
    g_autoptr(Target) target = g_new0(Target, 1);
    TargetKind kind = KIND_EMERGENCE;

    target->rows = g_ptr_array_new_with_free_func(free_row);
    target->name = g_path_get_basename(path);
    if (g_str_has_suffix(target->name, ".ini"))
        target->name[strlen(target->name) - strlen(".ini")] = '\0';
    target->file = ini_file_load(path, NULL, error);
    if (!target->file || !read_head(target, &kind, error) ||
        !read_rows(target, kind, error))
        return NULL;
    return g_steal_pointer(&target);
}

bool target_row_is_modelled(const TargetRow *row)
{
    return row->first.measure != NULL;
}

const char *target_kind_letter(TargetKind kind)
{
    static const char *const letters[] = { "C", "V", "S", "P" };

    return letters[kind];
}

const char *target_row_unit(const TargetRow *row)
{
    return !row->first.measure || row->formula == FORMULA_RATIO
               ? ""
               : measure_unit(row->first.measure);
}
