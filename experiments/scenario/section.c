#include "experiments/scenario/section.h"

#include "experiments/scenario/known_names.h"

void section_init(Section *section, const IniFile *document, const char *head)
{
    const IniGroup *written = ini_file_find(document, head);

    *section = (Section){ 0 };
    section->group = written ? ini_group_copy(written)
                             : ini_group_new(head, (IniPlace){ document->path, 0 });
}

void section_clear(Section *section)
{
    g_clear_pointer(&section->group, ini_group_free);
}

void section_bind(Section *section, const Option *table, void *fields)
{
    g_assert(section->n_bindings < SECTION_BINDINGS);
    section->bindings[section->n_bindings++] = (IniBinding){ table, fields };
}

static bool is_known_to_others(const GPtrArray *others, unsigned bit)
{
    for (unsigned i = 0; i < others->len; i++) {
        const SchedulerOps *other = g_ptr_array_index(others, i);

        if (other->params & bit)
            return true;
    }
    return false;
}

void section_bind_sched(Section *section, SchedParams *sched,
                        const SchedulerOps *scheduler, const GPtrArray *others)
{
    unsigned n = 0;

    for (const SchedKey *key = sched_keys; key->option.key; key++) {
        if (scheduler->params & key->bit)
            section->sched_table[n++] = key->option;
        else if (is_known_to_others(others, key->bit))
            ini_group_remove(section->group, key->option.key);
    }
    g_assert(n < SECTION_SCHED_KEYS);
    section->sched = sched;
    section_bind(section, section->sched_table, sched);
}

static bool is_bound(const Section *section, const char *key)
{
    for (unsigned i = 0; i < section->n_bindings; i++)
        if (option_find(section->bindings[i].table, key))
            return true;
    return false;
}

void section_ignore(Section *section, const Option *table)
{
    for (const Option *option = table; option && option->key; option++)
        if (!is_bound(section, option->key))
            ini_group_remove(section->group, option->key);
}

static bool is_set(const Section *section, const SchedKey *key)
{
    return option_find(section->sched_table, key->option.key) &&
           ((key->is_always_set && !section->is_change) ||
            ini_group_find(section->group, key->option.key));
}

/* Where a key belongs that this group does not have. */

static const IniEntry *first_unknown(const Section *section)
{
    for (unsigned i = 0; i < section->group->entries->len; i++) {
        const IniEntry *entry = g_ptr_array_index(section->group->entries, i);

        if (!is_bound(section, entry->key))
            return entry;
    }
    return NULL;
}

/* "[scheduler], as name", "[device-model], [domain NAME]"; NULL: to none. */
static char *home_of(const char *key)
{
    const GroupKeys *of_that_name = group_keys_find(key);
    g_autoptr(GString) homes = g_string_new(NULL);

    if (of_that_name && option_find(of_that_name->table, "name"))
        return g_strdup_printf("[%s], as name", key);
    for (const GroupKeys *group = groups_of_keys; group->kind; group++)
        if (group_keys_option(group, key))
            g_string_append_printf(homes, "%s[%s%s]", homes->len > 0 ? ", " : "",
                                   group->kind, group->is_named ? " NAME" : "");
    for (DomainKind kind = 0; domain_kinds[kind]; kind++)
        if (option_find(domain_kind_keys(kind), key))
            g_string_append_printf(homes, "%s[domain NAME] with kind = %s",
                                   homes->len > 0 ? ", " : "", domain_kinds[kind]);
    return homes->len > 0 ? g_strdup(homes->str) : NULL;
}

/* Of the group, but under other schedulers: "credit-3.1, ..."; NULL: it is not that. */
static char *schedulers_with(const Section *section, const char *key)
{
    g_autoptr(GString) names = g_string_new(NULL);

    for (const SchedKey *sched = sched_keys; section->sched && sched->option.key;
         sched++)
        if (g_str_equal(sched->option.key, key))
            for (const SchedulerOps *const *ops = scheduler_ops_all(); *ops; ops++)
                if ((*ops)->params & sched->bit)
                    g_string_append_printf(names, "%s%s", names->len > 0 ? ", " : "",
                                           (*ops)->name);
    return names->len > 0 ? g_strconcat("the schedulers ", names->str, NULL) : NULL;
}

static void add_home(const Section *section, GError *error)
{
    const IniEntry *unknown = first_unknown(section);
    g_autofree char *schedulers =
        unknown ? schedulers_with(section, unknown->key) : NULL;
    g_autofree char *home = schedulers ? g_steal_pointer(&schedulers)
                            : unknown  ? home_of(unknown->key)
                                       : NULL;
    char *message;

    if (!home)
        return;
    message = g_strdup_printf("%s; it belongs to %s", error->message, home);
    g_free(error->message);
    error->message = message;
}

bool section_read(Section *section, GError **error)
{
    GError *cause = NULL;

    if (!ini_group_read(section->group, section->bindings, section->n_bindings,
                        &cause)) {
        add_home(section, cause);
        g_propagate_error(error, cause);
        return false;
    }
    if (!section->sched)
        return true;
    for (const SchedKey *key = sched_keys; key->option.key; key++)
        if (is_set(section, key))
            section->sched->set |= key->bit;
    return true;
}

/* Parameters that the scenario leaves to the scheduler, and empty texts, are no keys.
 */
static bool is_written(const Section *section, const IniBinding *binding,
                       const Option *option, const char *text)
{
    if (*text == '\0')
        return false;
    if (binding->table != section->sched_table)
        return true;
    for (const SchedKey *key = sched_keys; key->option.key; key++)
        if (g_str_equal(key->option.key, option->key) && !is_set(section, key))
            return false;
    return true;
}

static void write_keys(const Section *section, const IniBinding *binding,
                       const char *left_out, GString *text)
{
    for (const Option *option = binding->table; option && option->key; option++) {
        g_autofree char *value = option_format(option, binding->fields);

        if (g_strcmp0(option->key, left_out) != 0 &&
            is_written(section, binding, option, value))
            g_string_append_printf(text, "%s = %s\n", option->key, value);
    }
}

void section_write(const Section *section, const char *left_out, GString *text)
{
    g_string_append_printf(text, "%s[%s]\n", text->len > 0 ? "\n" : "",
                           section->group->head);
    for (unsigned i = 0; i < section->n_bindings; i++)
        write_keys(section, &section->bindings[i], left_out, text);
}

void section_error(const Section *section, const char *key, const char *text,
                   GError **error, const char *expected, ...)
{
    const IniEntry *entry = ini_group_find(section->group, key);
    g_autofree char *what = NULL;
    va_list args;

    va_start(args, expected);
    what = g_strdup_vprintf(expected, args);
    va_end(args);
    if (entry)
        ini_entry_error(section->group, entry, error, "%s", what);
    else
        ini_group_error(section->group, error, "%s = %s: expected %s", key, text, what);
}

void section_refuse_name(const Section *section, const char *key, const char *name,
                         GError **error)
{
    g_autofree char *expected = known_names_expected(section->group->kind, key, name);

    g_assert(expected);
    section_error(section, key, name, error, "%s", expected);
}
