#include "experiments/batch/experiment.h"

#include "experiments/input/error.h"
#include "models/suggest.h"

#include <string.h>

static const char *const repeatable[] = { "constraint", "lockstep", NULL };
static const char setting_place[] = "--set";

static void cell_free(void *data)
{
    ExperimentCell *cell = data;

    scenario_free(cell->scenario);
    g_free(cell);
}

void experiment_free(Experiment *experiment)
{
    if (!experiment)
        return;
    g_ptr_array_unref(experiment->cells);
    sweep_free(experiment->sweep);
    scenario_context_clear(&experiment->context);
    ini_file_free(experiment->file);
    g_free(experiment->text);
    g_free(experiment);
}

static void list_heads(const IniFile *file, GPtrArray *heads)
{
    for (const GroupKeys *keys = groups_of_keys; keys->kind; keys++)
        if (keys->is_of_the_model && !keys->is_named)
            g_ptr_array_add(heads, (char *)keys->kind);
    for (unsigned i = 0; i < file->groups->len; i++) {
        const IniGroup *group = g_ptr_array_index(file->groups, i);

        if (*group->name)
            g_ptr_array_add(heads, group->head);
    }
}

static void list_kinds(GPtrArray *kinds)
{
    for (const GroupKeys *keys = groups_of_keys; keys->kind; keys++)
        g_ptr_array_add(kinds, (char *)keys->kind);
}

static bool check_group(const IniGroup *group, GError **error)
{
    const GroupKeys *keys = group_keys_find(group->kind);
    g_autoptr(GPtrArray) known = g_ptr_array_new();
    g_autofree char *choice = NULL;

    if (keys && keys->is_named == (*group->name != '\0'))
        return true;
    if (keys && keys->is_named)
        ini_group_error(group, error, "expected a name, as in [%s guest]", group->kind);
    if (keys && !keys->is_named)
        ini_group_error(group, error, "expected no name, as in [%s]", group->kind);
    if (keys)
        return false;
    list_kinds(known);
    choice = suggest_among(group->kind, known);
    ini_group_error(group, error, "expected one of the groups %s", choice);
    return false;
}

static bool check_groups(const IniFile *file, GError **error)
{
    for (unsigned i = 0; i < file->groups->len; i++)
        if (!check_group(g_ptr_array_index(file->groups, i), error))
            return false;
    return true;
}

/* The group of that head, which is added if it may be absent. NULL if there cannot be
 * one. */
static IniGroup *need_group(IniFile *file, const char *head, IniPlace place)
{
    IniGroup *group = ini_file_find(file, head);
    const GroupKeys *keys = group_keys_find(head);

    if (group || !keys || keys->is_named)
        return group;
    return ini_file_add_group(file, head, place);
}

static void unknown_group(const IniFile *file, const char *head, GString *message)
{
    g_autoptr(GPtrArray) known = g_ptr_array_new();
    g_autofree char *choice = NULL;

    list_heads(file, known);
    choice = suggest_among(head, known);
    g_string_append_printf(message, "a key of one of the groups %s", choice);
}

static bool setting_error(const char *setting, GError **error, const char *expected)
{
    g_autofree char *shown = g_utf8_make_valid(setting, -1);

    g_set_error(error, EXPERIMENT_ERROR, EXPERIMENT_ERROR_INPUT,
                "--set %s: expected %s", shown, expected);
    return false;
}

/* The axis entry of a swept key, however it is written, or NULL. */
static IniEntry *find_axis_entry(const IniFile *file, const KeyName *name)
{
    const IniGroup *sweep = ini_file_find(file, "sweep");

    for (unsigned i = 0; sweep && i < sweep->entries->len; i++) {
        IniEntry *entry = g_ptr_array_index(sweep->entries, i);
        g_auto(KeyName) axis = { 0 };

        if (key_name_parse(entry->key, &axis) && strcmp(axis.head, name->head) == 0 &&
            strcmp(axis.key, name->key) == 0)
            return entry;
    }
    return NULL;
}

/* "sweep.domain guest.count": the group sweep, and an axis that may not be there yet.
 */
static bool parse_setting_key(const char *text, KeyName *name)
{
    if (g_str_has_prefix(text, "sweep.")) {
        name->head = g_strdup("sweep");
        name->key = g_strdup(text + strlen("sweep."));
        return *name->key != '\0';
    }
    return key_name_parse(text, name);
}

/* What may stand in [sweep] several times is added, all else replaced. */
static void set_key(IniGroup *group, const char *key, const char *text)
{
    const IniPlace place = { setting_place, 0 };

    if (g_str_equal(group->kind, "sweep") && g_strv_contains(repeatable, key))
        ini_group_add(group, key, text, place);
    else
        ini_group_set(group, key, text, place);
}

static bool apply_setting(IniFile *file, const char *setting, GError **error)
{
    const char *equals = strchr(setting, '=');
    const IniPlace place = { setting_place, 0 };
    g_autofree char *key =
        equals ? g_strndup(setting, (gsize)(equals - setting)) : NULL;
    g_autofree char *text = equals ? g_strstrip(g_strdup(equals + 1)) : NULL;
    g_autoptr(GString) expected = g_string_new(NULL);
    g_auto(KeyName) name = { 0 };
    IniEntry *axis;
    IniGroup *group;

    if (!g_utf8_validate(setting, -1, NULL))
        return setting_error(setting, error, "text in UTF-8");
    if (equals && *text == '\0')
        return setting_error(setting, error, "a text behind the =");
    if (!equals || !parse_setting_key(g_strstrip(key), &name))
        return setting_error(setting, error, "GROUP.KEY=TEXT, such as run.duration=1s");
    axis = find_axis_entry(file, &name);
    group = axis ? ini_file_find(file, "sweep") : need_group(file, name.head, place);
    if (!group) {
        unknown_group(file, name.head, expected);
        return setting_error(setting, error, expected->str);
    }
    set_key(group, axis ? axis->key : name.key, text);
    return true;
}

static bool apply_settings(IniFile *file, const char *const *settings, GError **error)
{
    for (unsigned i = 0; settings && settings[i]; i++)
        if (!apply_setting(file, settings[i], error))
            return false;
    return true;
}

/* Keys that say how often a combination runs: swept, they would tell combinations apart
 * that are the same. What to do instead; NULL if it is another key. */
static const char *instead_of_axis(const char *axis)
{
    if (g_str_equal(axis, "run.seed"))
        return "a key of the model; [run] replications, or --replications N, runs "
               "each combination with so many seeds";
    if (g_str_equal(axis, "run.replications"))
        return "a key of the model; [run] replications = N, or --replications N, is "
               "how often each combination runs";
    return NULL;
}

static bool check_axis(const Experiment *experiment, const SweepAxis *axis,
                       GError **error)
{
    const GroupKeys *keys = group_keys_find(axis->name.head);
    const bool is_known =
        keys ? keys->is_of_the_model && !keys->is_named
             : ini_file_find(experiment->file, axis->name.head) != NULL;
    const char *instead = instead_of_axis(axis->text);
    g_autoptr(GString) expected = g_string_new(instead);

    if (is_known && !instead)
        return true;
    if (!is_known)
        unknown_group(experiment->file, axis->name.head, expected);
    ini_entry_error(experiment->sweep->group, axis->entry, error, "%s", expected->str);
    return false;
}

static bool check_axes(const Experiment *experiment, GError **error)
{
    for (unsigned i = 0; i < experiment->sweep->axes->len; i++)
        if (!check_axis(experiment, g_ptr_array_index(experiment->sweep->axes, i),
                        error))
            return false;
    return true;
}

static void add_scheduler(GPtrArray *schedulers, const char *name)
{
    for (const SchedulerOps *const *ops = scheduler_ops_all(); *ops; ops++)
        if (strcmp((*ops)->name, name) == 0)
            g_ptr_array_add(schedulers, (void *)*ops);
}

/* Those that the file names, also if --set leaves fewer of them: its keys stay right.
 */
static void list_written_schedulers(Experiment *experiment)
{
    const KeyName name = { (char *)"scheduler", (char *)"name" };
    const IniEntry *axis = find_axis_entry(experiment->file, &name);
    const IniGroup *group = ini_file_find(experiment->file, name.head);
    const IniEntry *entry = group ? ini_group_find(group, name.key) : NULL;
    g_auto(GStrv) words = g_strsplit(axis ? axis->text : "", ",", -1);

    for (unsigned i = 0; words[i]; i++)
        add_scheduler(experiment->context.schedulers, g_strstrip(words[i]));
    if (entry)
        add_scheduler(experiment->context.schedulers, entry->text);
}

/* Keys of a scheduler may stand in an experiment that also runs others. */
static void list_schedulers(Experiment *experiment)
{
    for (unsigned i = 0; i < experiment->sweep->axes->len; i++) {
        const SweepAxis *axis = g_ptr_array_index(experiment->sweep->axes, i);

        if (strcmp(axis->text, "scheduler.name") != 0)
            continue;
        for (unsigned j = 0; j < axis->values->len; j++)
            add_scheduler(experiment->context.schedulers,
                          g_ptr_array_index(axis->values, j));
    }
}

static IniFile *document_of(const Experiment *experiment, unsigned combination)
{
    IniFile *document = ini_file_copy(experiment->file);

    for (unsigned i = 0; i < experiment->sweep->axes->len; i++) {
        const SweepAxis *axis = g_ptr_array_index(experiment->sweep->axes, i);
        const IniPlace place = axis->entry->place;
        IniGroup *group = need_group(document, axis->name.head, place);

        ini_group_set(group, axis->name.key,
                      sweep_value(experiment->sweep, i, combination), place);
    }
    return document;
}

static bool check_values(const Experiment *experiment, GError **error)
{
    g_autoptr(IniFile) document = document_of(experiment, 0);

    return sweep_check_values(experiment->sweep, document,
                              experiment->context.schedulers, error);
}

/* Unless a constraint does not hold; tells how many did. */
static bool add_cell(Experiment *experiment, unsigned combination, unsigned *n_held,
                     GError **error)
{
    g_autoptr(IniFile) document = document_of(experiment, combination);
    ExperimentCell *cell;
    Scenario *scenario;

    if (!sweep_check_constraints(experiment->sweep, document,
                                 experiment->context.schedulers, n_held, error))
        return false;
    if (*n_held < experiment->sweep->constraints->len)
        return true;
    scenario = scenario_resolve(document, &experiment->context, error);
    if (!scenario)
        return false;
    cell = g_new0(ExperimentCell, 1);
    cell->combination = combination;
    cell->scenario = scenario;
    g_ptr_array_add(experiment->cells, cell);
    return true;
}

/* If none is kept, the error is at the constraint that the last ones did not meet. */
static bool add_cells(Experiment *experiment, GError **error)
{
    const Sweep *sweep = experiment->sweep;
    const unsigned count = sweep_count(sweep);
    unsigned most_held = 0;

    for (unsigned i = 0; i < count; i++) {
        unsigned n_held;

        if (!add_cell(experiment, i, &n_held, error))
            return false;
        most_held = MAX(most_held, n_held);
    }
    if (experiment->cells->len > 0)
        return true;
    ini_entry_error(sweep->group, g_ptr_array_index(sweep->constraints, most_held),
                    error, "constraints that some combination meets");
    return false;
}

/* The first combination, and the sweep that makes the others of it. */
static char *resolved_text(const Experiment *experiment)
{
    const ExperimentCell *first = g_ptr_array_index(experiment->cells, 0);
    const IniGroup *sweep = experiment->sweep->group;
    GString *text = g_string_new(first->scenario->text->str);

    if (!sweep)
        return g_string_free(text, FALSE);
    g_string_append(text, "\n[sweep]\n");
    for (unsigned i = 0; i < sweep->entries->len; i++) {
        const IniEntry *entry = g_ptr_array_index(sweep->entries, i);

        g_string_append_printf(text, "%s = %s\n", entry->key, entry->text);
    }
    return g_string_free(text, FALSE);
}

Experiment *experiment_load(const char *path, const char *const *settings,
                            GError **error)
{
    g_autoptr(Experiment) experiment = g_new0(Experiment, 1);

    experiment->cells = g_ptr_array_new_with_free_func(cell_free);
    scenario_context_init(&experiment->context, path);
    experiment->file = ini_file_load(path, repeatable, error);
    if (!experiment->file)
        return NULL;
    list_written_schedulers(experiment);
    if (!apply_settings(experiment->file, settings, error) ||
        !check_groups(experiment->file, error))
        return NULL;
    experiment->sweep = sweep_new(ini_file_find(experiment->file, "sweep"), error);
    if (!experiment->sweep || !check_axes(experiment, error))
        return NULL;
    list_schedulers(experiment);
    if (!check_values(experiment, error) || !add_cells(experiment, error))
        return NULL;
    experiment->text = resolved_text(experiment);
    return g_steal_pointer(&experiment);
}

char *experiment_describe_cell(const Experiment *experiment, const ExperimentCell *cell)
{
    GString *text = g_string_new(cell->scenario->names.name);

    for (unsigned i = 0; i < experiment->sweep->axes->len; i++) {
        const SweepAxis *axis = g_ptr_array_index(experiment->sweep->axes, i);

        g_string_append_printf(text, ", %s = %s", axis->text,
                               sweep_value(experiment->sweep, i, cell->combination));
    }
    return g_string_free(text, FALSE);
}

unsigned experiment_count_runs(const Experiment *experiment)
{
    unsigned count = 0;

    for (unsigned i = 0; i < experiment->cells->len; i++) {
        const ExperimentCell *cell = g_ptr_array_index(experiment->cells, i);

        count += (unsigned)cell->scenario->run.replications;
    }
    return count;
}
