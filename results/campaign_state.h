/*
 * campaign_state.h - which campaigns a database has, and how far they have come.
 */
#ifndef RESULTS_CAMPAIGN_STATE_H
#define RESULTS_CAMPAIGN_STATE_H

#include "results/database.h"

/* Of a hash, as many digits as lists show. */
#define CAMPAIGN_DIGITS 12

typedef struct {
    char *hash, *scenario_name, *program_version;
    char *scenario_text; /* resolved, with its sweeps */
    unsigned n_runs;     /* ordered */
    unsigned n_done, n_failed;
} CampaignState;

/* hash: as database_campaign_id takes it. NULL and an error. */
CampaignState *campaign_state_new(Database *database, const char *hash, GError **error);
void campaign_state_free(CampaignState *state);

/* Of CampaignState, owned, in the order in which they were last run. NULL and an error.
 */
GPtrArray *campaign_states_new(const Database *database, GError **error);

static inline bool campaign_is_complete(const CampaignState *state)
{
    return state->n_done >= state->n_runs;
}

/* For a terminal: a line for each, and in what those of one scenario differ. Free with
 * g_free. */
char *campaign_states_list(const GPtrArray *states);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(CampaignState, campaign_state_free)

#endif
