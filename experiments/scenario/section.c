#include "experiments/scenario/section.h"

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

void section_ignore(Section *section, const Option *table)
{
    for (const Option *option = table; option && option->key; option++)
        ini_group_remove(section->group, option->key);
}

static bool is_set(const Section *section, const SchedKey *key)
{
    return option_find(section->sched_table, key->option.key) &&
           ((key->is_always_set && !section->is_change) ||
            ini_group_find(section->group, key->option.key));
}

bool section_read(Section *section, GError **error)
{
    if (!ini_group_read(section->group, section->bindings, section->n_bindings, error))
        return false;
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
