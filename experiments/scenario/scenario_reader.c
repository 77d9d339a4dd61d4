#include "experiments/scenario/scenario_reader.h"

#include <string.h>

void section_open(Section *section, const Reader *reader, const char *head,
                  void *fields)
{
    section_init(section, reader->document, head);
    section_bind(section, group_keys_find(section->group->kind)->table, fields);
}

bool section_resolve(Section *section, const Reader *reader, GError **error)
{
    if (!section_read(section, error))
        return false;
    section_write(section, NULL, reader->scenario->text);
    if (group_keys_find(section->group->kind)->is_of_the_model)
        section_write(section, "replications", reader->scenario->model_text);
    return true;
}

bool section_check_sched(const Section *section, const SchedulerOps *scheduler,
                         const SchedParams *sched, unsigned domain_id, GError **error)
{
    g_autoptr(GError) cause = NULL;

    if (!scheduler->check_params || scheduler->check_params(sched, domain_id, &cause))
        return true;
    ini_group_error(section->group, error, "%s", cause->message);
    return false;
}

static bool add_pcpus(const char *text, unsigned n_pcpus, PcpuMask *mask)
{
    char *end;
    const guint64 first = g_ascii_strtoull(text, &end, 10);
    guint64 last = first;

    if (!g_ascii_isdigit(*text))
        return false;
    if (*end == '-') {
        if (!g_ascii_isdigit(end[1]))
            return false;
        last = g_ascii_strtoull(end + 1, &end, 10);
    }
    if (*end != '\0' || last < first || last >= n_pcpus)
        return false;
    for (guint64 pcpu = first; pcpu <= last; pcpu++)
        mask_add(mask, (unsigned)pcpu);
    return true;
}

bool section_read_pinning(const Section *section, const char *text, unsigned n_pcpus,
                          PcpuMask *mask, GError **error)
{
    g_auto(GStrv) parts = g_strsplit(text, ",", -1);

    if (strcmp(text, "all") == 0)
        return true;
    mask_init(mask, n_pcpus);
    for (unsigned i = 0; parts[i]; i++)
        if (!add_pcpus(g_strstrip(parts[i]), n_pcpus, mask)) {
            section_error(section, "pin", text, error,
                          "all, or pCPUs from 0 to %u, such as 0-1,3", n_pcpus - 1);
            return false;
        }
    return true;
}

bool read_named_groups(const Reader *reader, const char *kind,
                       bool (*read)(const Reader *, const IniGroup *, GError **),
                       GError **error)
{
    for (unsigned i = 0; i < reader->document->groups->len; i++) {
        const IniGroup *group = g_ptr_array_index(reader->document->groups, i);

        if (strcmp(group->kind, kind) == 0 && !read(reader, group, error))
            return false;
    }
    return true;
}
