#include "cli/campaign_note.h"

#include "results/campaign_state.h"

static char *folder_of(const char *path)
{
    return g_file_test(path, G_FILE_TEST_IS_DIR) ? g_strdup(path)
                                                 : g_path_get_dirname(path);
}

static void note(const char *command, const char *path, const CampaignState *state)
{
    g_autofree char *folder = folder_of(path);
    g_autofree char *failed = state->n_failed > 0
                                  ? g_strdup_printf(", %u failed", state->n_failed)
                                  : g_strdup("");

    g_printerr("hvmsim %s: %s: campaign %.*s (%s): %u of %u runs are finished%s; the "
               "same `hvmsim run`, or `sensitivity`, with --output %s%s does the "
               "others\n",
               command, path, CAMPAIGN_DIGITS, state->hash, state->scenario_name,
               state->n_done, state->n_runs, failed, folder,
               state->n_failed > 0 ? " --retry" : "");
}

void campaign_note_incomplete(const char *command, const char *path, Database *database,
                              const char *hash)
{
    g_autoptr(CampaignState) state = campaign_state_new(database, hash, NULL);

    if (state && !campaign_is_complete(state))
        note(command, path, state);
}

void campaign_note_any_incomplete(const char *command, const char *path,
                                  const Database *database)
{
    g_autoptr(GPtrArray) states = campaign_states_new(database, NULL);
    const CampaignState *incomplete = NULL;
    unsigned n_incomplete = 0;

    for (unsigned i = 0; states && i < states->len; i++) {
        const CampaignState *state = g_ptr_array_index(states, i);

        if (campaign_is_complete(state))
            continue;
        incomplete = state;
        n_incomplete++;
    }
    if (n_incomplete == 1)
        note(command, path, incomplete);
    if (n_incomplete > 1)
        g_printerr("hvmsim %s: %s: %u of %u campaigns lack runs; `hvmsim report --list "
                   "%s` tells how many\n",
                   command, path, n_incomplete, states->len, path);
}
