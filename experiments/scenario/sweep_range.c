#include "experiments/scenario/sweep_range.h"

#include "experiments/input/error.h"
#include "experiments/scenario/sweep.h"

#include <math.h>
#include <string.h>

typedef struct {
    Unit unit;
    int64_t first, last, step;
} Range;

static bool is_number(const char *text)
{
    return !isnan(sweep_number(text));
}

static bool range_error(GError **error, const char *expected)
{
    g_set_error(error, EXPERIMENT_ERROR, EXPERIMENT_ERROR_INPUT, "%s", expected);
    return false;
}

/* In the first unit in which all of the texts are numbers. step NULL: none is written.
 */
static bool parse_range(const char *first, const char *last, const char *step,
                        Range *range)
{
    for (range->unit = UNIT_NONE; range->unit <= UNIT_BIT_RATE; range->unit++)
        if (units_parse(first, range->unit, &range->first) &&
            units_parse(last, range->unit, &range->last) &&
            units_parse(step ? step : last, range->unit, &range->step))
            return true;
    return false;
}

static bool check_range(const Range *range, unsigned n_most, GError **error)
{
    if (range->first < 0)
        return range_error(error, "a range that begins at 0 or above");
    if (range->step < 1)
        return range_error(error, "a step above 0");
    if (range->last < range->first)
        return range_error(error, "a range that goes up, such as 4..8");
    if ((range->last - range->first) / range->step < n_most)
        return true;
    g_set_error(error, EXPERIMENT_ERROR, EXPERIMENT_ERROR_INPUT,
                "no more than %u values of a range", n_most);
    return false;
}

static bool add_range(const char *first, const char *last, const char *step,
                      unsigned n_most, GPtrArray *values, GError **error)
{
    Range range;

    if (!parse_range(first, last, step, &range))
        return range_error(error, "a range whose ends and step are numbers with units "
                                  "of one kind, such as 1ms..10ms step 500us");
    if (!step && range.unit != UNIT_NONE)
        return range_error(error, "a step where there is a unit, such as 1ms..10ms "
                                  "step 1ms");
    if (!step)
        range.step = 1;
    if (!check_range(&range, n_most, error))
        return false;
    for (int64_t i = 0; i <= (range.last - range.first) / range.step; i++)
        g_ptr_array_add(values, units_format(range.first + i * range.step, range.unit));
    return true;
}

bool sweep_range_expand(const char *text, unsigned n_most, GPtrArray *values,
                        GError **error)
{
    g_auto(GStrv) parts = g_strsplit(text, " step ", 2);
    g_auto(GStrv) ends = g_strsplit(parts[0], "..", 2);

    if (!ends[1] || !is_number(g_strstrip(ends[0])) ||
        !is_number(g_strstrip(ends[1]))) {
        g_ptr_array_add(values, g_strdup(text));
        return true;
    }
    return add_range(ends[0], ends[1], parts[1] ? g_strstrip(parts[1]) : NULL, n_most,
                     values, error);
}
