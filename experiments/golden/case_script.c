#include "experiments/golden/case_reader.h"

#include <string.h>

#define ITEM_FORMS                                                                     \
    "RUN:BLOCK, RUN@SERVER:SERVICE or RUN@SERVER:SERVICE@BACKEND:BNS[:CNS]"

static bool parse_ns(const char *text, int64_t low, int64_t *value)
{
    return g_ascii_string_to_signed(text, 10, low, SIM_LATEST_NS, value, NULL);
}

/* "name:ns" or, where extra_ns is not NULL, "name:ns:extra_ns". */
static bool parse_station(const GoldenCase *self, const char *text, unsigned *vcpu,
                          int64_t *work_ns, int64_t *extra_ns)
{
    g_auto(GStrv) parts = g_strsplit(text, ":", -1);
    const unsigned n = g_strv_length(parts);

    if (n < 2 || n > (extra_ns ? 3 : 2))
        return false;
    *vcpu = case_find_vcpu(self, parts[0]);
    if (*vcpu == NO_INDEX || !case_vcpu(self, *vcpu)->is_server)
        return false;
    return parse_ns(parts[1], 0, work_ns) && (n < 3 || parse_ns(parts[2], 0, extra_ns));
}

static bool parse_block(const char *text, ScriptItem *item)
{
    g_auto(GStrv) parts = g_strsplit(text, ":", -1);

    return g_strv_length(parts) == 2 && parse_ns(parts[0], -1, &item->run_ns) &&
           parse_ns(parts[1], 0, &item->block_ns);
}

static bool parse_item(const GoldenCase *self, const char *text, ScriptItem *item)
{
    g_auto(GStrv) parts = g_strsplit(text, "@", -1);
    const unsigned n = g_strv_length(parts);

    *item = (ScriptItem){ .server = NO_INDEX, .back_end = NO_INDEX };
    if (n == 1)
        return parse_block(text, item);
    return n <= 3 && n > 0 && parse_ns(parts[0], 0, &item->run_ns) &&
           parse_station(self, parts[1], &item->server, &item->service_ns, NULL) &&
           (n < 3 || parse_station(self, parts[2], &item->back_end, &item->back_end_ns,
                                   &item->completion_ns));
}

static bool takes_time(const ScriptItem *item)
{
    return item->run_ns != 0 || item->block_ns > 0 || item->service_ns > 0 ||
           item->back_end_ns > 0 || item->completion_ns > 0;
}

/* Scripts are long: the message shows the item alone. */
static bool refuse_item(const KeyGroup *group, unsigned number, char *text,
                        GError **error)
{
    const IniEntry *script = ini_group_find(group->group, "script");
    g_autofree char *key = g_strdup_printf("script, item %u", number);
    const IniEntry item = { .key = key, .text = text, .place = script->place };

    ini_entry_error(group->group, &item, error,
                    ITEM_FORMS " with times in ns and servers of this file");
    return false;
}

bool case_read_script(const GoldenCase *self, KeyGroup *group, CaseVcpu *vcpu,
                      GError **error)
{
    const char *text = key_group_need(group, "script", "a list of " ITEM_FORMS, error);
    g_auto(GStrv) items = text ? g_strsplit(text, ";", -1) : NULL;
    bool has_time = false;

    if (!items)
        return false;
    for (unsigned i = 0; items[i]; i++) {
        ScriptItem item;

        g_strstrip(items[i]);
        if (*items[i] == '\0' && !items[i + 1])
            break; /* the list may end with its separator */
        if (!parse_item(self, items[i], &item))
            return refuse_item(group, i + 1, items[i], error);
        has_time = has_time || takes_time(&item);
        g_array_append_val(vcpu->script, item);
    }
    return has_time || key_group_refuse(group, "script", error,
                                        "at least one item that takes time");
}
