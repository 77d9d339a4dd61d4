#include "experiments/batch/experiment_notes.h"

#include <string.h>

static const Scenario *scenario_at(const Experiment *experiment, unsigned cell)
{
    return ((const ExperimentCell *)g_ptr_array_index(experiment->cells, cell))
        ->scenario;
}

/* In a resolved text, which has every key that a group takes. */
static bool has_key(const char *text, const KeyName *name)
{
    g_autofree char *heading = g_strdup_printf("[%s]\n", name->head);
    g_autofree char *line = g_strdup_printf("\n%s = ", name->key);
    const char *group = strstr(text, heading);
    const char *end = group ? strstr(group, "\n[") : NULL;

    return group && g_strstr_len(group, end ? end - group : -1, line);
}

/* Those that are left alone by all schedulers of the sweep. */
static void note_axes(const Experiment *experiment, GPtrArray *notes)
{
    for (unsigned i = 0; i < experiment->sweep->axes->len; i++) {
        const SweepAxis *axis = g_ptr_array_index(experiment->sweep->axes, i);
        bool is_had = false;

        for (unsigned j = 0; j < experiment->cells->len && !is_had; j++)
            is_had = has_key(scenario_at(experiment, j)->text->str, &axis->name);
        if (!is_had)
            g_ptr_array_add(notes, g_strdup_printf("[sweep] %s decides nothing: no "
                                                   "combination has that key",
                                                   axis->text));
    }
}

static bool begins_too_late(const Scenario *scenario, const DomainKeys *keys)
{
    return keys->count > 0 && keys->creation != CREATION_EVENT &&
           keys->start_ns >= scenario->run.warmup_ns + scenario->run.duration_ns;
}

static const ScenarioDomain *domain_of(const Scenario *scenario, const char *name)
{
    for (unsigned i = 0; i < scenario->domains->len; i++) {
        const ScenarioDomain *domain = g_ptr_array_index(scenario->domains, i);

        if (g_str_equal(domain->name, name))
            return domain;
    }
    return NULL;
}

/* In every combination that has it. */
static bool never_begins(const Experiment *experiment, const char *name)
{
    for (unsigned i = 0; i < experiment->cells->len; i++) {
        const Scenario *scenario = scenario_at(experiment, i);
        const ScenarioDomain *domain = domain_of(scenario, name);

        if (domain && !begins_too_late(scenario, &domain->keys))
            return false;
    }
    return true;
}

static void note_starts(const Experiment *experiment, GPtrArray *notes)
{
    const GPtrArray *domains = scenario_at(experiment, 0)->domains;

    for (unsigned i = 0; i < domains->len; i++) {
        const ScenarioDomain *domain = g_ptr_array_index(domains, i);

        if (never_begins(experiment, domain->name))
            g_ptr_array_add(
                notes,
                g_strdup_printf("[domain %s] does nothing: its start is not "
                                "before the end of the run (warmup and duration)",
                                domain->name));
    }
}

GPtrArray *experiment_notes(const Experiment *experiment)
{
    GPtrArray *notes = g_ptr_array_new_with_free_func(g_free);

    note_axes(experiment, notes);
    note_starts(experiment, notes);
    return notes;
}
