#include "models/runstate.h"

const char *runstate_name(RunstateName state)
{
    static const char *const names[RUNSTATES] = { "running", "runnable", "blocked",
                                                  "offline" };

    return names[state];
}
