#include "results/study.h"

#include "results/run_record.h"

#include <math.h>

#define NO_FACTOR UINT32_MAX

/* Which factors of the summary are what; every other one that varies is held. */
typedef struct {
    unsigned line, axis;
} Roles;

static bool is_placement(const Summary *summary, unsigned factor)
{
    return factor != NO_FACTOR &&
           g_str_equal(summary_factor(summary_row(summary, 0), factor)->key,
                       SUMMARY_PLACEMENT_KEY);
}

static Roles find_roles(const Summary *summary)
{
    const SummaryRow *first = summary_row(summary, 0);
    Roles roles = { NO_FACTOR, NO_FACTOR };

    for (unsigned i = 0; i < first->factors->len; i++) {
        unsigned *role = summary_is_number(summary, i) ? &roles.axis : &roles.line;

        if (is_placement(summary, i) ||
            (*role == NO_FACTOR && summary_is_varied(summary, i)))
            *role = i;
    }
    return roles;
}

static const char *line_of(const SummaryRow *row, Roles roles)
{
    return roles.line == NO_FACTOR ? "" : summary_factor(row, roles.line)->text;
}

static double axis_value(const SummaryRow *row, Roles roles)
{
    return roles.axis == NO_FACTOR ? NAN : summary_factor(row, roles.axis)->number;
}

/* Of each row, the first one on the same line and at the same place of the axis. Free
 * with g_free. */
static unsigned *find_first_rows(const Summary *summary, Roles roles)
{
    g_autoptr(GHashTable) firsts =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    unsigned *first_rows = g_new(unsigned, summary->rows->len);

    for (unsigned i = 0; i < summary->rows->len; i++) {
        const SummaryRow *row = summary_row(summary, i);
        char *place =
            g_strdup_printf("%.17g %s", axis_value(row, roles), line_of(row, roles));
        void *first;

        if (g_hash_table_lookup_extended(firsts, place, NULL, &first))
            g_free(place);
        else
            g_hash_table_insert(firsts, place, first = GUINT_TO_POINTER(i));
        first_rows[i] = GPOINTER_TO_UINT(first);
    }
    return first_rows;
}

/* False for factors in lock step with axis or lines, which leave no choice. */
static bool is_held(const Summary *summary, unsigned factor, const unsigned *first_rows)
{
    for (unsigned i = 0; i < summary->rows->len; i++) {
        const SummaryRow *row = summary_row(summary, i);
        const SummaryRow *first = summary_row(summary, first_rows[i]);

        if (!g_str_equal(summary_factor(row, factor)->text,
                         summary_factor(first, factor)->text))
            return true;
    }
    return false;
}

/* Whether each factor is held at the first row's value. Free with g_free. */
static bool *find_held(const Summary *summary, Roles roles)
{
    const unsigned n_factors = summary_row(summary, 0)->factors->len;
    g_autofree unsigned *first_rows = find_first_rows(summary, roles);
    bool *held = g_new0(bool, n_factors);

    for (unsigned i = 0; i < n_factors; i++)
        held[i] = is_held(summary, i, first_rows);
    return held;
}

static bool has_first_values(const Summary *summary, const SummaryRow *row,
                             const bool *held)
{
    for (unsigned i = 0; i < row->factors->len; i++)
        if (held[i] && !g_str_equal(summary_factor(row, i)->text,
                                    summary_factor(summary_row(summary, 0), i)->text))
            return false;
    return true;
}

static char *describe_held(const Summary *summary, const bool *held)
{
    g_autoptr(GString) text = g_string_new(NULL);
    const SummaryRow *first = summary_row(summary, 0);

    for (unsigned i = 0; i < first->factors->len; i++)
        if (held[i])
            g_string_append_printf(text, "%s%s = %s", text->len > 0 ? ", " : "",
                                   summary_factor(first, i)->key,
                                   summary_factor(first, i)->text);
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
        const SummaryRow *row = summary_row(summary, i);
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
        const SummaryRow *row = summary_row(summary, i);

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
            factor_title(summary_factor(summary_row(summary, 0), roles.axis)->key);
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
