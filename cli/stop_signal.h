/*
 * stop_signal.h - Ctrl-C and SIGTERM, as a flag that long work looks at.
 */
#ifndef CLI_STOP_SIGNAL_H
#define CLI_STOP_SIGNAL_H

#include "cli/command.h"

/* From now on the first of either sets the flag, which it returns, to the signal's
 * number; the second ends the process. */
const int *stop_signal_catch(void);
/* Either ends the process again. */
void stop_signal_release(void);

/* Of a command that was stopped. */
ExitStatus stop_signal_exit_status(void);

#endif
