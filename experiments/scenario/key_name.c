#include "experiments/scenario/key_name.h"

#include "experiments/scenario/keys.h"
#include "workloads/source.h"

#include <string.h>

bool key_name_parse(const char *text, KeyName *name)
{
    const char *dot = strrchr(text, '.');

    if (!dot || dot == text || dot[1] == '\0')
        return false;
    name->head = g_strndup(text, (gsize)(dot - text));
    name->key = g_strdup(dot + 1);
    if (!strchr(name->head, ' ') && strchr(name->head, '.'))
        *strchr(name->head, '.') = ' ';
    return true;
}

void key_name_clear(KeyName *name)
{
    g_clear_pointer(&name->head, g_free);
    g_clear_pointer(&name->key, g_free);
}

static const Option *find_kind_option(const char *key)
{
    const Option *option = NULL;

    for (DomainKind kind = 0; !option && domain_kinds[kind]; kind++)
        option = option_find(domain_kind_keys(kind), key);
    return option;
}

static const Option *find_scheduler_option(const IniGroup *group,
                                           const GPtrArray *schedulers, const char *key)
{
    const IniEntry *entry = group ? ini_group_find(group, "name") : NULL;
    const SchedulerOps *own = entry ? scheduler_ops_by_name(entry->text, NULL) : NULL;
    const Option *option = own ? option_find(own->options, key) : NULL;

    for (unsigned i = 0; !option && i < schedulers->len; i++) {
        const SchedulerOps *other = g_ptr_array_index(schedulers, i);

        option = option_find(other->options, key);
    }
    return option;
}

static const Option *find_source_option(const IniGroup *group, const char *key)
{
    const IniEntry *entry = group ? ini_group_find(group, "source") : NULL;
    const WorkloadSourceOps *ops =
        entry ? workload_source_by_name(entry->text, NULL) : NULL;

    return ops ? option_find(ops->options, key) : NULL;
}

/* Of the keys that a group takes from what it names. */
static const Option *find_further_option(const char *kind, const IniGroup *group,
                                         const GPtrArray *schedulers, const char *key)
{
    if (g_str_equal(kind, "domain"))
        return find_kind_option(key);
    if (g_str_equal(kind, "scheduler"))
        return find_scheduler_option(group, schedulers, key);
    if (g_str_equal(kind, "workload"))
        return find_source_option(group, key);
    return NULL;
}

bool key_name_find(const KeyName *name, const IniFile *document,
                   const GPtrArray *schedulers, FoundKey *found)
{
    const IniGroup *group = ini_file_find(document, name->head);
    const GroupKeys *keys = group_keys_find(group ? group->kind : name->head);
    const IniEntry *entry = group ? ini_group_find(group, name->key) : NULL;

    if (!keys || (!group && keys->is_named))
        return false;
    found->kind = keys->kind;
    found->option = group_keys_option(keys, name->key);
    if (!found->option)
        found->option = find_further_option(keys->kind, group, schedulers, name->key);
    if (!found->option)
        return false;
    found->text = entry ? entry->text : found->option->default_text;
    return true;
}
