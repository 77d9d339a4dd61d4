/*
 * list_costs.h - the ledger of hardware profiles: `hvmsim list costs [PROFILE ...]`.
 */
#ifndef CLI_LIST_COSTS_H
#define CLI_LIST_COSTS_H

#include "cli/command.h"

/* None: the profiles that come with hvmsim. One: its figures, each with its interval,
 * standing and source. Several: side by side, in ns. EXIT_OK, or a message. */
ExitStatus list_costs(char **profiles, unsigned n_profiles);

#endif
