/*
 * credit_sdom.h - variants of scheduling domains on the credit scheduler.
 *
 * Redirection, the proposal itself, only says who earns: guest and adoms draw on one
 * weight in equal parts, and each pays for itself. The variants are this project's:
 *
 * pooled         what the active vCPUs of a group owe and own is put together and
 *                shared evenly before each accounting pass: one counter for all.
 * proportional   a pass grants the group's credits in proportion to what each has
 *                used since the last one (evenly if nobody has).
 * donate         while a guest's vCPU waits for its adom, the adom has its credit; what
 *                it has not used goes back with the answer.
 * wake-priority  an adom that wakes while a guest's vCPU waits for it gets that one's
 *                priority until the next pass or tick sets it, instead of BOOST.
 */
#ifndef MODELS_SCHEDULERS_CREDIT_SDOM_H
#define MODELS_SCHEDULERS_CREDIT_SDOM_H

#include "models/schedulers/credit.h"

/* In the order of SdomVariant; ends with NULL. */
extern const char *const credit_sdom_variants[];

#define CREDIT_SDOM_OPTION(Struct)                                                     \
    OPTION_CHOICE_FIELD(Struct, sdom_variant, "sdom-variant", "redirect",              \
                        credit_sdom_variants, "what a scheduling domain shares")

void credit_sdom_note_use(const CreditAccounting *all, CreditVcpu *state,
                          uint32_t credits);

/* Takes so many credits from the vCPU. */
static inline void credit_charge(const CreditAccounting *all, CreditVcpu *state,
                                 uint32_t credits)
{
    state->credit = (int32_t)((uint32_t)state->credit - credits);
    if (all->rules.sdom_variant != SDOM_REDIRECT)
        credit_sdom_note_use(all, state, credits);
}

/* Who wakes UNDER is boosted, unless by an unpark. */
static inline int credit_priority_on_wake(const CreditVcpu *state)
{
    if (state->is_parked)
        return state->priority;
    if (state->patron)
        return state->patron->priority;
    return state->priority == PRIORITY_UNDER ? PRIORITY_BOOST : state->priority;
}

/* Before a pass adds fair to the credit of each active vCPU of the account: makes the
 * variant's split of it. */
void credit_sdom_share(const CreditAccounting *all, CreditAccount *account,
                       uint32_t fair);

/* SchedulerOps.wait_begins and wait_ends. */
void credit_wait_begins(Scheduler *self, Vcpu *vcpu, int64_t now_ns);
void credit_wait_ends(Scheduler *self, Vcpu *vcpu, int64_t now_ns);

#endif
