#include "results/study.h"

#include "results/run_record.h"

#include <math.h>

#define PLACEMENT_KEY "device-model.placement"
#define NO_FACTOR     UINT32_MAX

/* Which factors of the summary are what; every other one that varies is held. */
typedef struct {
    unsigned placement, axis;
} Roles;

static const SummaryRow *row_at(const Summary *summary, unsigned index)
{
    return g_ptr_array_index(summary->rows, index);
}

static const Factor *factor_at(const SummaryRow *row, unsigned index)
{
    return &g_array_index(row->factors, Factor, index);
}

static Roles find_roles(const Summary *summary)
{
    const SummaryRow *first = row_at(summary, 0);
    Roles roles = { NO_FACTOR, NO_FACTOR };

    for (unsigned i = 0; i < first->factors->len; i++) {
        if (g_str_equal(factor_at(first, i)->key, PLACEMENT_KEY))
            roles.placement = i;
        else if (roles.axis == NO_FACTOR && !isnan(factor_at(first, i)->number) &&
                 summary_is_varied(summary, i))
            roles.axis = i;
    }
    return roles;
}

static double axis_value(const SummaryRow *row, Roles roles)
{
    return roles.axis == NO_FACTOR ? NAN : factor_at(row, roles.axis)->number;
}

static bool is_same_place(const SummaryRow *a, const SummaryRow *b, Roles roles)
{
    return (roles.axis == NO_FACTOR || axis_value(a, roles) == axis_value(b, roles)) &&
           g_str_equal(factor_at(a, roles.placement)->text,
                       factor_at(b, roles.placement)->text);
}

static const SummaryRow *first_row_at(const Summary *summary, const SummaryRow *place,
                                      Roles roles)
{
    unsigned i = 0;

    while (!is_same_place(row_at(summary, i), place, roles))
        i++;
    return row_at(summary, i);
}

/* False for factors in lock step with axis or placement, which leave no choice. */
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

static unsigned find_placement(const Study *study, const char *name)
{
    for (unsigned i = 0; i < study->placements->len; i++)
        if (g_str_equal(study_placement(study, i), name))
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
        const char *placement = factor_at(row, roles.placement)->text;
        const double value = axis_value(row, roles);

        if (!has_first_values(summary, row, study->is_held))
            continue;
        if (find_placement(study, placement) == NO_FACTOR)
            g_ptr_array_add(study->placements, (void *)(uintptr_t)placement);
        if (find_on_axis(study, value) == NO_FACTOR)
            g_array_append_val(study->axis, value);
    }
    g_array_sort(study->axis, compare_doubles);
}

static void place_rows(Study *study, const Summary *summary, Roles roles)
{
    study->rows = g_new0(const SummaryRow *, study->placements->len * study->axis->len);
    for (unsigned i = 0; i < summary->rows->len; i++) {
        const SummaryRow *row = row_at(summary, i);

        if (has_first_values(summary, row, study->is_held))
            study->rows[find_placement(study, factor_at(row, roles.placement)->text) *
                            study->axis->len +
                        find_on_axis(study, axis_value(row, roles))] = row;
    }
}

Study *study_new(const Summary *summary)
{
    const Roles roles = find_roles(summary);
    Study *study;

    if (roles.placement == NO_FACTOR)
        return NULL;
    study = g_new0(Study, 1);
    study->placements = g_ptr_array_new();
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
    g_ptr_array_unref(study->placements);
    g_array_unref(study->axis);
    g_free(study->rows);
    g_free(study->is_held);
    g_free(study->held);
    g_free(study);
}
