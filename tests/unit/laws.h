/*
 * laws.h - what every scheduler keeps, watched while it runs a trial.
 *
 * one-pcpu         no vCPU runs on two pCPUs, or on one it is not assigned to
 * affinity         nor where its hard affinity forbids it
 * runnable         what runs is runnable; a paused domain stands still
 * work-conserving  no pCPU is idle for longer than promised while a vCPU could run on
 * it starvation       no vCPU waits for longer than promised run-states       a vCPU's
 * run-state times add up to the time that has passed, and its running time is what was
 * seen books            host_book_time: all pCPU time is booked once, and attributed
 * once same-schedule    the same trial makes the same schedule again ends an instant is
 * not decided for ever assertion        no assertion of the program fails
 */
#ifndef TESTS_UNIT_LAWS_H
#define TESTS_UNIT_LAWS_H

#include "tests/unit/trial.h"

#include <glib.h>

/* How far a scheduler keeps the laws that algorithms differ in. */
typedef struct {
    const char *scheduler;
    /* How long a pCPU may be idle while a vCPU waits that it could run; -1: no promise,
     * 0: not at all. */
    int64_t waste_max_us;
    bool is_partitioned; /* what is assigned to another pCPU waits for that one */
    bool is_held_without_extratime; /* a reservation used up */
    bool is_held_by_cap;            /* a capped vCPU, while it looks runnable */
    bool is_kept_undisturbed; /* only while nothing is pinned, paused or changed */
    /* Among equal hogs: the longest wait is this, times the number of vCPUs; -1: no
     * promise. */
    int64_t wait_per_vcpu_us;
} Promise;

typedef struct {
    char law[24]; /* "": all laws hold */
    char detail[160];
    int64_t at_us;
} Verdict;

/* Runs the trial twice, here. */
Verdict laws_judge(const Trial *trial, const Promise *promise);

/* Runs the trial in a process of its own, so that it may crash or never end. */
Verdict laws_try(const Trial *trial, const Promise *promise);

/* The smallest trial found that breaks the same law. */
Trial laws_shrink(const Trial *trial, const Promise *promise, const Verdict *verdict);

#endif
