#include "experiments/batch/experiment_notes.h"

#include "experiments/batch/idle_keys.h"

#include <string.h>

static const Scenario *scenario_at(const Experiment *experiment, unsigned cell)
{
    return ((const ExperimentCell *)g_ptr_array_index(experiment->cells, cell))
        ->scenario;
}

/* Why the key decides nothing in any combination; NULL if it may in one. */
static const char *idle_everywhere(const Experiment *experiment, const KeyName *name)
{
    const char *reason = NULL;

    for (unsigned i = 0; i < experiment->cells->len; i++) {
        const Scenario *scenario = scenario_at(experiment, i);

        if (!scenario_has_key(scenario, name))
            continue;
        reason = idle_key_reason(scenario, name);
        if (!reason)
            return NULL;
    }
    return reason ? reason : "no combination has that key";
}

/* In how many combinations that have the key it decides nothing, and why in the last.
 */
static unsigned count_idle(const Experiment *experiment, const KeyName *name,
                           const char **last)
{
    unsigned n = 0;

    for (unsigned i = 0; i < experiment->cells->len; i++) {
        const Scenario *scenario = scenario_at(experiment, i);
        const char *reason =
            scenario_has_key(scenario, name) ? idle_key_reason(scenario, name) : NULL;

        n += reason != NULL;
        *last = reason ? reason : *last;
    }
    return n;
}

static bool is_swept(const Experiment *experiment, const KeyName *name)
{
    for (unsigned i = 0; i < experiment->sweep->axes->len; i++) {
        const SweepAxis *axis = g_ptr_array_index(experiment->sweep->axes, i);

        if (g_str_equal(axis->name.head, name->head) &&
            g_str_equal(axis->name.key, name->key))
            return true;
    }
    return false;
}

static char *describe_idle_axis(const Experiment *experiment, const SweepAxis *axis)
{
    const char *reason = NULL;
    const unsigned n_idle = count_idle(experiment, &axis->name, &reason);

    if (n_idle == 0)
        return NULL;
    return g_strdup_printf("[sweep] %s decides nothing in %u of %u combinations: %s",
                           axis->text, n_idle, experiment->cells->len, reason);
}

/* Which axes decide nothing, by axis; free with g_free. */
static bool *note_axes(const Experiment *experiment, GPtrArray *notes)
{
    bool *is_idle = g_new0(bool, experiment->sweep->axes->len + 1);

    for (unsigned i = 0; i < experiment->sweep->axes->len; i++) {
        const SweepAxis *axis = g_ptr_array_index(experiment->sweep->axes, i);
        const char *reason = idle_everywhere(experiment, &axis->name);
        char *note = reason ? g_strdup_printf("[sweep] %s decides nothing: %s",
                                              axis->text, reason)
                            : describe_idle_axis(experiment, axis);

        is_idle[i] = reason != NULL;
        if (note)
            g_ptr_array_add(notes, note);
    }
    return is_idle;
}

/* The keys in which two combinations differ, joined by commas, but for those that
 * decide nothing anywhere. */
static char *list_differences(const Experiment *experiment, const bool *is_idle,
                              const ExperimentCell *a, const ExperimentCell *b)
{
    const Sweep *sweep = experiment->sweep;
    GString *keys = g_string_new(NULL);

    for (unsigned i = 0; i < sweep->axes->len; i++) {
        const SweepAxis *axis = g_ptr_array_index(sweep->axes, i);

        if (!is_idle[i] && !g_str_equal(sweep_value(sweep, i, a->combination),
                                        sweep_value(sweep, i, b->combination)))
            g_string_append_printf(keys, "%s%s", keys->len > 0 ? ", " : "", axis->text);
    }
    return g_string_free(keys, FALSE);
}

static char *describe_twins(const Experiment *experiment, const char *keys,
                            const ExperimentCell *a, const ExperimentCell *b)
{
    g_autofree char *first = experiment_describe_cell(experiment, a);
    g_autofree char *second = experiment_describe_cell(experiment, b);

    return g_strdup_printf("%s decide%s nothing between (%s) and (%s)", keys,
                           strchr(keys, ',') ? "" : "s", first, second);
}

/* Combinations with one key of their runs: what tells them apart decides nothing there,
 * such as a key that only other schedulers have. */
static void note_twins(const Experiment *experiment, const bool *is_idle,
                       GPtrArray *notes)
{
    g_autoptr(GHashTable) cells = g_hash_table_new(g_str_hash, g_str_equal);
    g_autofree char *twins = NULL;
    unsigned n_twins = 0;

    for (unsigned i = 0; i < experiment->cells->len; i++) {
        ExperimentCell *cell = g_ptr_array_index(experiment->cells, i);
        char *text = cell->scenario->model_text->str;
        const ExperimentCell *before = g_hash_table_lookup(cells, text);
        g_autofree char *keys = NULL;

        if (!before) {
            g_hash_table_insert(cells, text, cell);
            continue;
        }
        keys = list_differences(experiment, is_idle, before, cell);
        n_twins += *keys != '\0';
        if (*keys != '\0' && !twins)
            twins = describe_twins(experiment, keys, before, cell);
    }
    if (twins)
        g_ptr_array_add(
            notes, g_strdup_printf("%u combination%s the runs of another one: %s",
                                   n_twins, n_twins == 1 ? " has" : "s have", twins));
}

/* As resolved scenarios have all keys, which nobody meant to decide anything. */
static bool is_at_default(const Experiment *experiment, const KeyName *name,
                          const char *text)
{
    FoundKey found;
    g_autofree char *value = NULL, *usual = NULL;

    if (!key_name_find(name, experiment->file, experiment->context.schedulers, &found))
        return false;
    value = ini_text_value(found.option, text);
    usual = ini_text_value(found.option, found.option->default_text);
    return g_strcmp0(value, usual) == 0;
}

/* The values of a swept key stand in for what is written. */
static void note_keys(const Experiment *experiment, const IniGroup *group,
                      GPtrArray *notes)
{
    for (unsigned i = 0; i < group->entries->len; i++) {
        const IniEntry *entry = g_ptr_array_index(group->entries, i);
        const KeyName name = { group->head, entry->key };
        const char *reason = idle_everywhere(experiment, &name);

        if (!reason || is_swept(experiment, &name) ||
            is_at_default(experiment, &name, entry->text))
            continue;
        g_ptr_array_add(notes, g_strdup_printf("[%s] %s decides nothing: %s",
                                               group->head, entry->key, reason));
    }
}

static bool is_used(const Experiment *experiment, const char *workload)
{
    for (unsigned i = 0; i < experiment->cells->len; i++)
        if (workload_is_used(scenario_at(experiment, i), workload))
            return true;
    return false;
}

static void note_groups(const Experiment *experiment, GPtrArray *notes)
{
    for (unsigned i = 0; i < experiment->file->groups->len; i++) {
        const IniGroup *group = g_ptr_array_index(experiment->file->groups, i);

        if (!group_keys_find(group->kind)->is_of_the_model)
            continue;
        if (g_str_equal(group->kind, "workload") && !is_used(experiment, group->name))
            g_ptr_array_add(
                notes,
                g_strdup_printf("[%s] does nothing: no domain has it", group->head));
        else
            note_keys(experiment, group, notes);
    }
}

/* Why it does nothing in that scenario; NULL if it may do something. */
static const char *rest_reason(const Scenario *scenario, const DomainKeys *keys)
{
    if (keys->count == 0)
        return "its count is 0";
    if (keys->creation != CREATION_EVENT &&
        keys->start_ns >= scenario->run.warmup_ns + scenario->run.duration_ns)
        return "its start is not before the end of the run (warmup and duration)";
    return NULL;
}

/* The same of every combination that has it. */
static const char *rests_everywhere(const Experiment *experiment, const char *name)
{
    const char *reason = NULL;

    for (unsigned i = 0; i < experiment->cells->len; i++) {
        const Scenario *scenario = scenario_at(experiment, i);
        const ScenarioDomain *domain = scenario_find_domain(scenario, name);

        if (!domain)
            continue;
        reason = rest_reason(scenario, &domain->keys);
        if (!reason)
            return NULL;
    }
    return reason;
}

static void note_resting(const Experiment *experiment, GPtrArray *notes)
{
    const GPtrArray *domains = scenario_at(experiment, 0)->domains;

    for (unsigned i = 0; i < domains->len; i++) {
        const ScenarioDomain *domain = g_ptr_array_index(domains, i);
        const char *reason = rests_everywhere(experiment, domain->name);

        if (reason)
            g_ptr_array_add(notes, g_strdup_printf("[domain %s] does nothing: %s",
                                                   domain->name, reason));
    }
}

static bool has_domains(const Scenario *scenario)
{
    for (unsigned i = 0; i < scenario->domains->len; i++) {
        const ScenarioDomain *domain = g_ptr_array_index(scenario->domains, i);

        if (domain->keys.count > 0)
            return true;
    }
    return false;
}

static void note_lonely_dom0(const Experiment *experiment, GPtrArray *notes)
{
    for (unsigned i = 0; i < experiment->cells->len; i++)
        if (has_domains(scenario_at(experiment, i)))
            return;
    g_ptr_array_add(notes,
                    g_strdup("no [domain] with a count above 0: dom0 runs alone"));
}

GPtrArray *experiment_notes(const Experiment *experiment)
{
    GPtrArray *notes = g_ptr_array_new_with_free_func(g_free);
    g_autofree bool *is_idle = note_axes(experiment, notes);

    note_twins(experiment, is_idle, notes);
    note_groups(experiment, notes);
    note_resting(experiment, notes);
    note_lonely_dom0(experiment, notes);
    return notes;
}
