#include "experiments/scenario/sweep.h"

#include "experiments/scenario/constraint.h"
#include "experiments/scenario/sweep_range.h"
#include "models/suggest.h"

#include <math.h>
#include <string.h>

#define COMBINATIONS_MAX 100000u

static void axis_free(void *data)
{
    SweepAxis *axis = data;

    key_name_clear(&axis->name);
    g_ptr_array_free(axis->values, TRUE);
    g_free(axis->text);
    g_free(axis);
}

void sweep_free(Sweep *sweep)
{
    if (!sweep)
        return;
    g_ptr_array_free(sweep->axes, TRUE);
    g_ptr_array_free(sweep->constraints, TRUE);
    g_free(sweep);
}

/* What the text is to the key: "4" for 4.0. As it is written, if the option is NULL or
 * cannot read it, which is for the key's own reader to refuse. */
static char *value_of(const Option *option, const char *text)
{
    char *value = option ? ini_text_value(option, text) : NULL;

    return value ? value : g_strdup(text);
}

/* Combinations that are the same would be told apart by nothing. */
static bool check_doubles(const SweepAxis *axis, const IniGroup *group,
                          const Option *option, GError **error)
{
    g_autoptr(GHashTable) texts =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (unsigned i = 0; i < axis->values->len; i++) {
        char *text = g_ptr_array_index(axis->values, i);
        char *value = value_of(option, text);
        const char *before = g_hash_table_lookup(texts, value);

        if (!before) {
            g_hash_table_insert(texts, value, text);
            continue;
        }
        if (strcmp(before, text) == 0)
            ini_entry_error(group, axis->entry, error,
                            "each value once, and %s is repeated", text);
        else
            ini_entry_error(group, axis->entry, error,
                            "each value once, and %s is the same as %s", text, before);
        g_free(value);
        return false;
    }
    return true;
}

static bool add_values(SweepAxis *axis, const IniGroup *group, const IniEntry *entry,
                       GError **error)
{
    g_auto(GStrv) texts = g_strsplit(entry->text, ",", -1);
    g_autoptr(GError) cause = NULL;

    for (unsigned i = 0; texts[i]; i++) {
        const char *text = g_strstrip(texts[i]);

        if (*text == '\0') {
            ini_entry_error(group, entry, error, "texts between the commas");
            return false;
        }
        if (!sweep_range_expand(text, COMBINATIONS_MAX, axis->values, &cause)) {
            ini_entry_error(group, entry, error, "%s", cause->message);
            return false;
        }
    }
    return check_doubles(axis, group, NULL, error);
}

static bool add_axis(Sweep *sweep, const IniEntry *entry, GError **error)
{
    SweepAxis *axis = g_new0(SweepAxis, 1);

    axis->values = g_ptr_array_new_with_free_func(g_free);
    axis->entry = entry;
    axis->step = sweep->axes->len;
    g_ptr_array_add(sweep->axes, axis);
    if (!key_name_parse(entry->key, &axis->name)) {
        ini_entry_error(sweep->group, entry, error,
                        "a key of a group, such as domain guest.count = 1, 2, 4");
        return false;
    }
    axis->text = g_strdup_printf("%s.%s", axis->name.head, axis->name.key);
    return add_values(axis, sweep->group, entry, error);
}

static SweepAxis *find_axis(const Sweep *sweep, const char *text)
{
    g_auto(KeyName) name = { 0 };

    if (!key_name_parse(text, &name))
        return NULL;
    for (unsigned i = 0; i < sweep->axes->len; i++) {
        SweepAxis *axis = g_ptr_array_index(sweep->axes, i);

        if (strcmp(axis->name.head, name.head) == 0 &&
            strcmp(axis->name.key, name.key) == 0)
            return axis;
    }
    return NULL;
}

static void unknown_axis(const Sweep *sweep, const IniEntry *entry, const char *text,
                         GError **error)
{
    g_autoptr(GPtrArray) known = g_ptr_array_new();
    g_autofree char *choice = NULL;

    for (unsigned i = 0; i < sweep->axes->len; i++)
        g_ptr_array_add(known, ((SweepAxis *)g_ptr_array_index(sweep->axes, i))->text);
    choice = suggest_among(text, known);
    ini_entry_error(sweep->group, entry, error, "keys of this sweep: %s", choice);
}

/* All axes named by the line get the step of the first. */
static bool join_axes(Sweep *sweep, const IniEntry *entry, GError **error)
{
    g_auto(GStrv) texts = g_strsplit(entry->text, ",", -1);
    const SweepAxis *first = NULL;

    for (unsigned i = 0; texts[i]; i++) {
        SweepAxis *axis = find_axis(sweep, g_strstrip(texts[i]));

        if (!axis) {
            unknown_axis(sweep, entry, texts[i], error);
            return false;
        }
        if (!first)
            first = axis;
        if (axis->values->len != first->values->len) {
            ini_entry_error(sweep->group, entry, error,
                            "as many values of %s as of %s (%u), not %u", axis->text,
                            first->text, first->values->len, axis->values->len);
            return false;
        }
        axis->step = first->step;
    }
    return true;
}

static bool read_axes(Sweep *sweep, GError **error)
{
    for (unsigned i = 0; i < sweep->group->entries->len; i++) {
        IniEntry *entry = g_ptr_array_index(sweep->group->entries, i);

        if (strcmp(entry->key, "constraint") == 0)
            g_ptr_array_add(sweep->constraints, entry);
        else if (strcmp(entry->key, "lockstep") != 0 && !add_axis(sweep, entry, error))
            return false;
    }
    return true;
}

static bool read_locksteps(Sweep *sweep, GError **error)
{
    for (unsigned i = 0; i < sweep->group->entries->len; i++) {
        const IniEntry *entry = g_ptr_array_index(sweep->group->entries, i);

        if (strcmp(entry->key, "lockstep") == 0 && !join_axes(sweep, entry, error))
            return false;
    }
    return true;
}

static bool is_first_of_step(const Sweep *sweep, unsigned i)
{
    const SweepAxis *axis = g_ptr_array_index(sweep->axes, i);

    return axis->step == i;
}

unsigned sweep_count(const Sweep *sweep)
{
    uint64_t count = 1;

    for (unsigned i = 0; i < sweep->axes->len; i++) {
        const SweepAxis *axis = g_ptr_array_index(sweep->axes, i);

        if (is_first_of_step(sweep, i))
            count = MIN(count * axis->values->len, COMBINATIONS_MAX + 1);
    }
    return (unsigned)count;
}

Sweep *sweep_new(const IniGroup *group, GError **error)
{
    g_autoptr(Sweep) sweep = g_new0(Sweep, 1);

    sweep->axes = g_ptr_array_new_with_free_func(axis_free);
    sweep->constraints = g_ptr_array_new();
    sweep->group = group;
    if (group && (!read_axes(sweep, error) || !read_locksteps(sweep, error)))
        return NULL;
    if (sweep_count(sweep) > COMBINATIONS_MAX) {
        ini_group_error(group, error, "makes more than %u combinations",
                        COMBINATIONS_MAX);
        return NULL;
    }
    return g_steal_pointer(&sweep);
}

const char *sweep_value(const Sweep *sweep, unsigned axis, unsigned combination)
{
    const SweepAxis *wanted = g_ptr_array_index(sweep->axes, axis);

    for (unsigned i = sweep->axes->len; i-- > wanted->step + 1;) {
        const SweepAxis *faster = g_ptr_array_index(sweep->axes, i);

        if (is_first_of_step(sweep, i))
            combination /= faster->values->len;
    }
    return g_ptr_array_index(wanted->values, combination % wanted->values->len);
}

double sweep_number(const char *text)
{
    int64_t value;

    for (Unit unit = UNIT_NONE; unit <= UNIT_BIT_RATE; unit++)
        if (units_parse(text, unit, &value))
            return (double)value;
    return NAN;
}

bool sweep_check_values(const Sweep *sweep, const IniFile *document,
                        const GPtrArray *schedulers, GError **error)
{
    for (unsigned i = 0; i < sweep->axes->len; i++) {
        const SweepAxis *axis = g_ptr_array_index(sweep->axes, i);
        FoundKey key;

        if (key_name_find(&axis->name, document, schedulers, &key) &&
            !check_doubles(axis, sweep->group, key.option, error))
            return false;
    }
    return true;
}

bool sweep_check_constraints(const Sweep *sweep, const IniFile *document,
                             const GPtrArray *schedulers, unsigned *n_held,
                             GError **error)
{
    *n_held = 0;
    for (unsigned i = 0; i < sweep->constraints->len; i++) {
        const Constraint constraint = {
            .sweep = sweep->group,
            .entry = g_ptr_array_index(sweep->constraints, i),
            .document = document,
            .schedulers = schedulers,
        };
        bool holds;

        if (!constraint_check(&constraint, &holds, error))
            return false;
        *n_held += holds && *n_held == i;
    }
    return true;
}
