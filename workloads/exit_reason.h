/*
 * exit_reason.h - what the exit codes of SVM and VMX mean to the model.
 */
#ifndef WORKLOADS_EXIT_REASON_H
#define WORKLOADS_EXIT_REASON_H

#include "models/workload.h"

typedef enum {
    EXIT_CODES_VMX,
    EXIT_CODES_SVM,
} ExitCodes;

typedef enum {
    MEANING_PORT,   /* in, out, ins or outs */
    MEANING_MEMORY, /* a nested page fault: device memory, or Xen's own business */
    MEANING_HALT,
    MEANING_HOST, /* an interrupt of the host: not the guest's doing */
    MEANING_XEN,  /* served by Xen alone */
} ExitMeaning;

/* VMX has no code above 75; the usual ones of SVM lie above 95. */
bool exit_code_is_svm(uint32_t code);
/* Port accesses have 0x7b in SVM and 30 in VMX; neither has the other's. */
bool exit_code_is_port(uint32_t code);

/* *exit is the class of cost if Xen turns out to serve it alone. */
ExitMeaning exit_meaning(ExitCodes codes, uint32_t code, ExitClass *exit);

#endif
