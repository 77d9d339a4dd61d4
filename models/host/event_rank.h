/*
 * event_rank.h - what fires first when several timers are due at one instant.
 *
 * Lower ranks first; inside a rank the lower id. The first seven are those of the
 * golden schedules (tests/golden/README.md, section 2), so they may not be reordered.
 */
#ifndef MODELS_EVENT_RANK_H
#define MODELS_EVENT_RANK_H

typedef enum {
    RANK_SCENARIO,   /* a change that the scenario orders; id: its number */
    RANK_COMPLETION, /* a vCPU has used up its run; id: vCPU index */
    RANK_WAKE,       /* a vCPU's block ends; id: vCPU index */
    RANK_TICK,       /* a scheduler's tick of a pCPU; id: pCPU */
    RANK_ACCOUNTING, /* a scheduler's host-wide timer */
    RANK_BUDGET,     /* a scheduler's timer of a domain; id: domain index */
    RANK_SLICE,      /* a pCPU's slice ends; id: pCPU */
    RANK_GUEST,      /* virtual timers of guests and stub domains; id: vCPU index */
    RANK_INTERRUPT,  /* a device's interrupt that was held back; id: vCPU index */
    RANK_DEVICE,     /* disks, network cards; id: device */
    RANK_DOM0,       /* timers of Linux kernels; id: vCPU index */
    RANK_SAMPLE,     /* observers */
} EventRank;

#endif
