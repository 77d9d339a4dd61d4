#include "experiments/scenario/scenario_reader.h"
#include "models/suggest.h"

#include <string.h>

/* What an event does, and which keys beside the common ones it takes. */
static const struct {
    OrderVerb order;
    bool takes_params;   /* scheduling parameters */
    unsigned needs;      /* PARAM_* bits of which it needs one; 0: none */
    const char *needed;  /* in words */
    const char *own_key; /* that no other verb takes, or NULL */
} verbs[EVENT_VERBS] = {
    [EVENT_CREATE] = { ORDER_CREATE, false, 0, NULL, NULL },
    [EVENT_DESTROY] = { ORDER_DESTROY, false, 0, NULL, NULL },
    [EVENT_PAUSE] = { ORDER_PAUSE, false, 0, NULL, NULL },
    [EVENT_UNPAUSE] = { ORDER_UNPAUSE, false, 0, NULL, NULL },
    [EVENT_ATTACH] = { ORDER_ATTACH, false, 0, NULL, "parent" },
    [EVENT_DETACH] = { ORDER_DETACH, false, 0, NULL, NULL },
    [EVENT_SET_WEIGHT] = { ORDER_SET_PARAMETERS, true, PARAM_WEIGHT, "weight", NULL },
    [EVENT_SET_CAP] = { ORDER_SET_PARAMETERS, true, PARAM_CAP, "cap", NULL },
    [EVENT_SET_PARAMETERS] = { ORDER_SET_PARAMETERS, true, ~0u,
                               "a parameter of the scheduler", NULL },
    [EVENT_PIN] = { ORDER_PIN, false, 0, NULL, "pin" },
};

void scenario_event_free(void *data)
{
    ScenarioEvent *event = data;

    option_clear(group_keys_find("event")->table, &event->keys);
    g_ptr_array_unref(event->domains);
    g_free(event->name);
    g_free(event);
}

/* Names. */

/* Once, also if several words of a list mean it. */
static void add_name(GPtrArray *names, const char *name)
{
    if (!g_ptr_array_find_with_equal_func(names, name, g_str_equal, NULL))
        g_ptr_array_add(names, g_strdup(name));
}

/* suffix: "-dm" for their stub domains. */
static void add_names(GPtrArray *names, const ScenarioDomain *domain,
                      const char *suffix)
{
    for (int64_t i = 1; i <= domain->keys.count; i++) {
        g_autofree char *name = g_strdup_printf("%s%d%s", domain->name, (int)i, suffix);

        add_name(names, name);
    }
}

/* dom0, the driver domain, every other one, and the stub domain that a placement may
 * give a guest. */
static GPtrArray *all_names(const Scenario *scenario)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);

    g_ptr_array_add(names, g_strdup("Domain-0"));
    if (scenario->driver_has_disk || scenario->driver_has_network)
        g_ptr_array_add(names, g_strdup("driver-domain"));
    for (unsigned i = 0; i < scenario->domains->len; i++)
        add_names(names, g_ptr_array_index(scenario->domains, i), "");
    for (unsigned i = 0; i < scenario->domains->len; i++) {
        const ScenarioDomain *domain = g_ptr_array_index(scenario->domains, i);

        if (domain->keys.kind == DOMAIN_HVM)
            add_names(names, domain, "-dm");
    }
    return names;
}

/* What a message offers: groups rather than all of their members. */
static char *suggest_names(const Scenario *scenario, const char *word)
{
    g_autoptr(GPtrArray) known = g_ptr_array_new_with_free_func(g_free);

    g_ptr_array_add(known, g_strdup("Domain-0"));
    for (unsigned i = 0; i < scenario->domains->len; i++) {
        const ScenarioDomain *domain = g_ptr_array_index(scenario->domains, i);

        g_ptr_array_add(known, g_strdup(domain->name));
        if (domain->keys.count > 0)
            g_ptr_array_add(known, g_strdup_printf("%s1", domain->name));
        if (domain->keys.count > 1)
            g_ptr_array_add(
                known, g_strdup_printf("%s%d", domain->name, (int)domain->keys.count));
        if (domain->keys.kind == DOMAIN_HVM)
            g_ptr_array_add(known, g_strdup_printf("%s-dm", domain->name));
    }
    return suggest_among(word, known);
}

/* "web" and "web-dm" are all of [domain web], also where its count is 0. */
static bool add_group(const Scenario *scenario, const char *word, GPtrArray *names)
{
    for (unsigned i = 0; i < scenario->domains->len; i++) {
        const ScenarioDomain *domain = g_ptr_array_index(scenario->domains, i);
        g_autofree char *stubs = g_strconcat(domain->name, "-dm", NULL);
        const bool is_stubs =
            domain->keys.kind == DOMAIN_HVM && strcmp(word, stubs) == 0;

        if (!is_stubs && strcmp(word, domain->name) != 0)
            continue;
        add_names(names, domain, is_stubs ? "-dm" : "");
        return true;
    }
    return false;
}

/* A domain, a group, or a pattern with * and ?, which means stub domains only if it
 * ends like their names. */
static bool add_matches(const Scenario *scenario, const char *word, GPtrArray *names)
{
    g_autoptr(GPtrArray) known = all_names(scenario);
    g_autoptr(GPatternSpec) pattern = g_pattern_spec_new(word);
    bool is_found = false;

    for (unsigned i = 0; i < known->len; i++) {
        const char *name = g_ptr_array_index(known, i);

        if (!g_pattern_spec_match_string(pattern, name) ||
            g_str_has_suffix(name, "-dm") != g_str_has_suffix(word, "-dm"))
            continue;
        add_name(names, name);
        is_found = true;
    }
    return is_found || add_group(scenario, word, names);
}

static bool read_names(const Reader *reader, const Section *section,
                       ScenarioEvent *event, GError **error)
{
    const char *text = event->keys.domain;
    g_auto(GStrv) words = g_strsplit(text, ",", -1);

    for (unsigned i = 0; words[i]; i++) {
        g_autofree char *choice = NULL;

        g_strstrip(words[i]);
        if (add_matches(reader->scenario, words[i], event->domains))
            continue;
        choice = suggest_names(reader->scenario, words[i]);
        section_error(section, "domain", text, error,
                      "names or groups of domains, with * and ? if need be: %s",
                      choice);
        return false;
    }
    g_ptr_array_add(event->domains, NULL);
    return true;
}

static bool read_parent(const Reader *reader, const Section *section,
                        const ScenarioEvent *event, GError **error)
{
    g_autoptr(GPtrArray) known = all_names(reader->scenario);
    g_autofree char *choice = NULL;

    if (*event->keys.parent == '\0')
        return true;
    if (g_ptr_array_find_with_equal_func(known, event->keys.parent, g_str_equal, NULL))
        return true;
    choice = suggest_names(reader->scenario, event->keys.parent);
    section_error(section, "parent", event->keys.parent, error, "one domain: %s",
                  choice);
    return false;
}

/* Keys. */

static bool check_present(const Section *section, GError **error)
{
    static const char *const needed[] = { "at", "do", "domain" };

    for (unsigned i = 0; i < G_N_ELEMENTS(needed); i++) {
        if (ini_group_find(section->group, needed[i]))
            continue;
        ini_group_error(section->group, error, "needs %s", needed[i]);
        return false;
    }
    return true;
}

static bool check_own_keys(const Section *section, EventVerb verb, GError **error)
{
    for (unsigned i = 0; i < EVENT_VERBS; i++) {
        const char *key = verbs[i].own_key;
        const IniEntry *entry = key ? ini_group_find(section->group, key) : NULL;

        if (!entry || i == verb)
            continue;
        ini_entry_error(section->group, entry, error, "it only with do = %s",
                        event_verbs[i]);
        return false;
    }
    if (verb != EVENT_PIN || ini_group_find(section->group, "pin"))
        return true;
    ini_group_error(section->group, error, "do = pin needs pin");
    return false;
}

/* Of the file, not of the section: that one forgets what only other schedulers know. */
static bool check_params(const IniGroup *group, EventVerb verb, GError **error)
{
    for (const SchedKey *key = sched_keys; key->option.key; key++)
        if (verbs[verb].needs & key->bit && ini_group_find(group, key->option.key))
            return true;
    if (verbs[verb].needs == 0)
        return true;
    ini_group_error(group, error, "do = %s needs %s", event_verbs[verb],
                    verbs[verb].needed);
    return false;
}

static bool check_times(const Section *section, const Scenario *scenario,
                        const EventKeys *keys, GError **error)
{
    const int64_t end_ns = scenario->run.warmup_ns + scenario->run.duration_ns;
    g_autofree char *end = units_format(end_ns, UNIT_NS);
    g_autofree char *at = units_format(keys->at_ns, UNIT_NS);
    g_autofree char *count = g_strdup_printf("%" G_GINT64_FORMAT, keys->count);

    if (keys->at_ns >= end_ns) {
        section_error(section, "at", at, error,
                      "a time before the end of the run, %s (warmup and duration)",
                      end);
        return false;
    }
    if (keys->count == 0 || keys->every_ns > 0)
        return true;
    section_error(section, "count", count, error, "every beside it");
    return false;
}

/* The verb decides which other keys the group has, so it is read first. */
static bool read_verb(const Section *section, EventKeys *keys, GError **error)
{
    const IniEntry *entry = ini_group_find(section->group, "do");
    g_autoptr(IniGroup) alone =
        ini_group_new(section->group->head, section->group->place);
    const IniBinding binding = { section->bindings[0].table, keys };
    bool is_read;

    ini_group_set(alone, "do", entry->text, entry->place);
    is_read = ini_group_read(alone, &binding, 1, error);
    option_clear(section->bindings[0].table, keys);
    return is_read;
}

static bool read_event(const Reader *reader, const IniGroup *group, GError **error)
{
    Scenario *scenario = reader->scenario;
    ScenarioEvent *event = g_new0(ScenarioEvent, 1);
    g_auto(Section) section = { 0 };
    EventVerb verb;

    event->name = g_strdup(group->name);
    event->domains = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(scenario->events, event);
    section_open(&section, reader, group->head, &event->keys);
    if (!check_present(&section, error) || !read_verb(&section, &event->keys, error))
        return false;
    verb = (EventVerb)event->keys.verb;
    event->order = verbs[verb].order;
    section.is_change = true;
    if (verbs[verb].takes_params)
        section_bind_sched(&section, &event->keys.sched, scenario->scheduler,
                           reader->context->schedulers);
    return section_resolve(&section, reader, error) &&
           check_params(group, verb, error) && check_own_keys(&section, verb, error) &&
           check_times(&section, scenario, &event->keys, error) &&
           read_names(reader, &section, event, error) &&
           read_parent(reader, &section, event, error) &&
           (verb != EVENT_PIN ||
            section_read_pinning(&section, event->keys.pin, scenario->topology.n_pcpus,
                                 &event->pinning, error));
}

bool read_events(const Reader *reader, GError **error)
{
    return read_named_groups(reader, "event", read_event, error);
}
