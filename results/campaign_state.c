#include "results/campaign_state.h"

#include "results/settings_difference.h"
#include "results/text_table.h"

#define LINE_COLUMNS 100
#define LINE_INDENT  (CAMPAIGN_DIGITS + 4)

/* Without a look at the runs themselves: indices know the numbers. */
static const char states_sql[] =
    "SELECT hash, scenario_name, program_version, n_runs,"
    " (SELECT count(*) FROM run WHERE run.campaign_id = campaign.campaign_id),"
    " (SELECT count(*) FROM run WHERE run.campaign_id = campaign.campaign_id"
    "  AND state = 'failed'), scenario_text"
    " FROM campaign WHERE ?1 IS NULL OR campaign_id = ?1 ORDER BY turn";

void campaign_state_free(CampaignState *state)
{
    if (!state)
        return;
    g_free(state->hash);
    g_free(state->scenario_name);
    g_free(state->program_version);
    g_free(state->scenario_text);
    g_free(state);
}

static void free_state(void *state)
{
    campaign_state_free(state);
}

static char *text_of(sqlite3_stmt *campaign, int column)
{
    return g_strdup((const char *)sqlite3_column_text(campaign, column));
}

static CampaignState *read_state(sqlite3_stmt *campaign)
{
    CampaignState *state = g_new(CampaignState, 1);
    const unsigned n_ended = (unsigned)sqlite3_column_int(campaign, 4);

    *state = (CampaignState){
        .hash = text_of(campaign, 0),
        .scenario_name = text_of(campaign, 1),
        .program_version = text_of(campaign, 2),
        .scenario_text = text_of(campaign, 6),
        .n_runs = (unsigned)sqlite3_column_int(campaign, 3),
        .n_failed = (unsigned)sqlite3_column_int(campaign, 5),
    };
    state->n_done = n_ended - state->n_failed;
    return state;
}

/* campaign_id: 0 for all. */
static GPtrArray *read_states(const Database *database, int64_t campaign_id,
                              GError **error)
{
    g_autoptr(GPtrArray) states = g_ptr_array_new_with_free_func(free_state);
    g_autoptr(sqlite3_stmt) campaign = database_prepare(database, states_sql, error);
    bool has_row = campaign != NULL;

    if (campaign && campaign_id != 0)
        sqlite3_bind_int64(campaign, 1, campaign_id);
    while (has_row) {
        if (!database_step(database, campaign, &has_row, error))
            return NULL;
        if (!has_row)
            return g_steal_pointer(&states);
        g_ptr_array_add(states, read_state(campaign));
    }
    return NULL;
}

CampaignState *campaign_state_new(Database *database, const char *hash, GError **error)
{
    const int64_t campaign_id = database_campaign_id(database, hash, error);
    g_autoptr(GPtrArray) states =
        campaign_id != 0 ? read_states(database, campaign_id, error) : NULL;

    return states ? g_ptr_array_steal_index(states, 0) : NULL;
}

GPtrArray *campaign_states_new(const Database *database, GError **error)
{
    return read_states(database, 0, error);
}

/* What a column of the list says of a campaign. Free with g_free. */
typedef char *(*CellOf)(const CampaignState *state);

static char *short_hash_of(const CampaignState *state)
{
    return g_strndup(state->hash, CAMPAIGN_DIGITS);
}

static char *scenario_of(const CampaignState *state)
{
    return g_strdup(state->scenario_name);
}

static char *runs_of(const CampaignState *state)
{
    return g_strdup_printf("%u", state->n_runs);
}

static char *done_of(const CampaignState *state)
{
    return g_strdup_printf("%u", state->n_done);
}

static char *failed_of(const CampaignState *state)
{
    return g_strdup_printf("%u", state->n_failed);
}

static char *version_of(const CampaignState *state)
{
    return g_strdup(state->program_version);
}

static const CampaignState *state_at(const GPtrArray *states, unsigned i)
{
    return g_ptr_array_index(states, i);
}

/* Those from `first` on that are of its scenario, borrowed. */
static GPtrArray *states_like(const GPtrArray *states, unsigned first)
{
    GPtrArray *alike = g_ptr_array_new();

    for (unsigned i = first; i < states->len; i++)
        if (g_str_equal(state_at(states, i)->scenario_name,
                        state_at(states, first)->scenario_name))
            g_ptr_array_add(alike, g_ptr_array_index(states, i));
    return alike;
}

static bool is_first_of_its_name(const GPtrArray *states, unsigned index)
{
    for (unsigned i = 0; i < index; i++)
        if (g_str_equal(state_at(states, i)->scenario_name,
                        state_at(states, index)->scenario_name))
            return false;
    return true;
}

/* In what campaigns of one scenario differ, which no hash tells. */
static void append_settings(GString *text, const GPtrArray *alike)
{
    g_autoptr(GPtrArray) texts = g_ptr_array_new(), lines = NULL;

    for (unsigned i = 0; i < alike->len; i++)
        g_ptr_array_add(texts, state_at(alike, i)->scenario_text);
    lines = settings_differences(texts);
    if (!*(const char *)g_ptr_array_index(lines, 0))
        return;
    g_string_append_printf(text, "\nSettings in which the campaigns of %s differ:\n",
                           state_at(alike, 0)->scenario_name);
    for (unsigned i = 0; i < alike->len; i++) {
        g_autofree char *line =
            g_strdup_printf("  %.*s  %s", CAMPAIGN_DIGITS, state_at(alike, i)->hash,
                            (char *)g_ptr_array_index(lines, i));
        g_autofree char *wrapped = text_wrap(line, LINE_COLUMNS, LINE_INDENT);

        g_string_append_printf(text, "%s\n", wrapped);
    }
}

static TextTable *layout(const GPtrArray *states)
{
    static const struct {
        const char *head;
        bool is_number;
        CellOf cell_of;
    } columns[] = {
        { "campaign", false, short_hash_of },
        { "scenario", false, scenario_of },
        { "runs", true, runs_of },
        { "finished", true, done_of },
        { "failed", true, failed_of },
        { "program", false, version_of },
    };
    TextTable *table = text_table_new();

    for (unsigned i = 0; i < G_N_ELEMENTS(columns); i++) {
        text_table_add_column(table, columns[i].head, "", columns[i].is_number);
        for (unsigned j = 0; j < states->len; j++) {
            g_autofree char *cell = columns[i].cell_of(g_ptr_array_index(states, j));

            text_table_add_cell(table, cell);
        }
    }
    return table;
}

char *campaign_states_list(const GPtrArray *states)
{
    g_autoptr(TextTable) table = layout(states);
    g_autofree char *rows = text_table_print(table);
    GString *text = g_string_new(rows);

    if (states->len > 1)
        g_string_append(text, "\nThe last one was run last: it is what other commands "
                              "show unless they are told another.\n");
    for (unsigned i = 0; i < states->len; i++) {
        g_autoptr(GPtrArray) alike = states_like(states, i);

        if (alike->len > 1 && is_first_of_its_name(states, i))
            append_settings(text, alike);
    }
    return g_string_free(text, FALSE);
}
