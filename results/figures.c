#include "results/figures.h"

bool figures_draw(Database *database, const char *campaign_hash,
                  const char *folder G_GNUC_UNUSED, GError **error)
{
    return database_campaign_id(database, campaign_hash, error) != 0;
}
