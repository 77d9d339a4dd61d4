/*
 * named_profile.h - hardware profiles that a user names: "capture-4.17".
 */
#ifndef CLI_NAMED_PROFILE_H
#define CLI_NAMED_PROFILE_H

#include "experiments/scenario/cost_profile.h"

/* NULL, and an error that begins with what asks for it and the name: "--start = NAME".
 */
CostProfile *named_profile_load(const char *what, const char *name, GError **error);

#endif
