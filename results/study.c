#include "results/study.h"

#include "results/run_record.h"

#include <math.h>

#define PLACEMENT_KEY "device-model.placement"
#define NO_FACTOR     UINT32_MAX

/* Which factors of the summary are what; every other one that varies is held. */
typedef struct {
    unsigned line, axis;
} Roles;

static const SummaryRow *row_at(const Summary *summary, unsigned index)
{
    return g_ptr_array_index(summary->rows, index);
}

static const Factor *factor_at(const SummaryRow *row, unsigned index)
{
    return &g_array_index(row->factors, Factor, index);
}

static bool is_placement(const Summary *summary, unsigned factor)
{
    return factor != NO_FACTOR &&
           g_str_equal(factor_at(row_at(summary, 0), factor)->key, PLACEMENT_KEY);
}

static Roles find_roles(const Summary *summary)
{
    const SummaryRow *first = row_at(summary, 0);
    Roles roles = { NO_FACTOR, NO_FACTOR };

    for (unsigned i = 0; i < first->factors->len; i++) {
        const bool is_number = !isnan(factor_at(first, i)->number);
        unsigned *role = is_number ? &roles.axis : &roles.line;

        if (is_placement(summary, i) ||
            (*role == NO_FACTOR && summary_is_varied(summary, i)))
            *role = i;
    }
    return roles;
}

static const char *line_of(const SummaryRow *row, Roles roles)
{
    return roles.line == NO_FACTOR ? "" : factor_at(row, roles.line)->text;
}

static double axis_value(const SummaryRow *row, Roles roles)
{
    return roles.axis == NO_FACTOR ? NAN : factor_at(row, roles.axis)->number;
}

static bool is_same_place(const SummaryRow *a, const SummaryRow *b, Roles roles)
{
    return (roles.axis == NO_FACTOR || axis_value(a, roles) == axis_value(b, roles)) &&
           g_str_equal(line_of(a, roles), line_of(b, roles));
}

static const SummaryRow *first_row_at(const Summary *summary, const SummaryRow *place,
                                      Roles roles)
{
    unsigned i = 0;

    while (!is_same_place(row_at(summary, i), place, roles))
        i++;
    return row_at(summary, i);
}

/* False for factors in lock step with axis or lines, which leave no choice. */
static bool is_held(const Summary *summary, unsigned factor, Roles roles)
{
    for (unsigned i = 0; i < summary->rows->len; i++) {
        const SummaryRow *row = row_at(summary, i);
        const SummaryRow *first = first_row_at(summary, row, roles);

        if (!g_str_equal(factor_at(row, factor)->text, factor_at(first, factor)->text))
            return true;
    }
    return false;
}

/* Whether each factor is held at the first row's value. Free with g_free. */
static bool *find_held(const Summary *summary, Roles roles)
{
    const unsigned n_factors = row_at(summary, 0)->factors->len;
    bool *held = g_new0(bool, n_factors);

    for (unsigned i = 0; i < n_factors; i++)
        held[i] = is_held(summary, i, roles);
    return held;
}

static bool has_first_values(const Summary *summary, const SummaryRow *row,
                             const bool *held)
{
    for (unsigned i = 0; i < row->factors->len; i++)
        if (held[i] && !g_str_equal(factor_at(row, i)->text,
                                    factor_at(row_at(summary, 0), i)->text))
            return false;
    return true;
}

static char *describe_held(const Summary *summary, const bool *held)
{
    g_autoptr(GString) text = g_string_new(NULL);
    const SummaryRow *first = row_at(summary, 0);

    for (unsigned i = 0; i < first->factors->len; i++)
        if (held[i])
            g_string_append_printf(text, "%s%s = %s", text->len > 0 ? ", " : "",
                                   factor_at(first, i)->key, factor_at(first, i)->text);
    return text->len > 0 ? g_strdup(text->str) : NULL;
}

static unsigned find_line(const Study *study, const char *name)
{
    for (unsigned i = 0; i < study->lines->len; i++)
        if (g_str_equal(study_line(study, i), name))
            return i;
    return NO_FACTOR;
}

static unsigned find_on_axis(const Study *study, double value)
{
    for (unsigned i = 0; i < study->axis->len; i++)
        if (isnan(value) || study_axis(study, i) == value)
            return i;
    return NO_FACTOR;
}

static int compare_doubles(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static void collect_axes(Study *study, const Summary *summary, Roles roles)
{
    for (unsigned i = 0; i < summary->rows->len; i++) {
        const SummaryRow *row = row_at(summary, i);
        const char *line = line_of(row, roles);
        const double value = axis_value(row, roles);

        if (!has_first_values(summary, row, study->is_held))
            continue;
        if (find_line(study, line) == NO_FACTOR)
            g_ptr_array_add(study->lines, (void *)(uintptr_t)line);
        if (find_on_axis(study, value) == NO_FACTOR)
            g_array_append_val(study->axis, value);
    }
    g_array_sort(study->axis, compare_doubles);
}

static void place_rows(Study *study, const Summary *summary, Roles roles)
{
    study->rows = g_new0(const SummaryRow *, study->lines->len * study->axis->len);
    for (unsigned i = 0; i < summary->rows->len; i++) {
        const SummaryRow *row = row_at(summary, i);

        if (has_first_values(summary, row, study->is_held))
            study->rows[find_line(study, line_of(row, roles)) * study->axis->len +
                        find_on_axis(study, axis_value(row, roles))] = row;
    }
}

Study *study_new(const Summary *summary)
{
    Study *study;
    Roles roles;

    if (summary->rows->len == 0)
        return NULL;
    roles = find_roles(summary);
    study = g_new0(Study, 1);
    study->has_placements = is_placement(summary, roles.line);
    study->lines = g_ptr_array_new();
    study->axis = g_array_new(FALSE, FALSE, sizeof(double));
    if (roles.axis != NO_FACTOR)
        study->axis_title =
            factor_title(factor_at(row_at(summary, 0), roles.axis)->key);
    study->is_held = find_held(summary, roles);
    study->held = describe_held(summary, study->is_held);
    collect_axes(study, summary, roles);
    place_rows(study, summary, roles);
    return study;
}

void study_free(Study *study)
{
    if (!study)
        return;
    g_ptr_array_unref(study->lines);
    g_array_unref(study->axis);
    g_free(study->rows);
    g_free(study->is_held);
    g_free(study->held);
    g_free(study);
}
