/*
 * trial.h - a small scenario for the conformance test, as data.
 *
 * A trial can be drawn at random, written as text, read back and made smaller. All
 * times are microseconds. Its text is one word and its values a line, "#" a comment:
 *
 *   scheduler NAME
 *   host PCPUS THREADS-PER-CORE CORES-PER-SOCKET
 *   duration US
 *   domain WEIGHT CAP PERIOD SLICE EXTRATIME
 *   vcpu DOMAIN PCPU AFFINITY-BITS START RUN/BLOCK ...       (RUN -1: for ever)
 *   event TIME OPERATION TARGET A B
 */
#ifndef TESTS_UNIT_TRIAL_H
#define TESTS_UNIT_TRIAL_H

#include <stdbool.h>
#include <stdint.h>

#define TRIAL_DOMAINS_MAX 6u
#define TRIAL_VCPUS_MAX   12u
#define TRIAL_STEPS_MAX   3u
#define TRIAL_EVENTS_MAX  16u

typedef enum {
    TRIAL_PAUSE,    /* target: domain */
    TRIAL_UNPAUSE,  /* target: domain; nothing if it is not paused */
    TRIAL_WEIGHT,   /* target: domain; a: weight, b: cap */
    TRIAL_CONTRACT, /* target: domain; a: period, b: slice */
    TRIAL_AFFINITY, /* target: vCPU; a: bits */
    TRIAL_ATTACH,   /* target: domain; a: sdom */
    TRIAL_DETACH,   /* target: domain */
} TrialOperation;

typedef struct {
    int64_t weight, cap_percent, period_us, slice_us;
    bool extratime;
} TrialDomain;

typedef struct {
    int64_t run_us, block_us;
} TrialStep;

typedef struct {
    unsigned domain, pcpu;
    uint64_t affinity;
    int64_t start_us;
    unsigned n_steps;
    TrialStep steps[TRIAL_STEPS_MAX];
} TrialVcpu;

typedef struct {
    int64_t time_us;
    TrialOperation operation;
    unsigned target;
    int64_t a, b;
} TrialEvent;

typedef struct {
    char scheduler[32];
    unsigned n_pcpus, threads_per_core, cores_per_socket;
    int64_t duration_us;
    unsigned n_domains, n_vcpus, n_events;
    TrialDomain domains[TRIAL_DOMAINS_MAX];
    TrialVcpu vcpus[TRIAL_VCPUS_MAX];
    TrialEvent events[TRIAL_EVENTS_MAX]; /* in order of time */
} Trial;

/* Drawn with g_test_rand_*: the seed that g_test prints brings it back. */
Trial trial_random(const char *scheduler);

/* The same parameters for all, no blocks, no events, every pCPU allowed: what promises
 * about starvation are made for. */
Trial trial_random_hogs(const char *scheduler);
bool trial_is_hogs(const Trial *trial);

/* No events, every pCPU allowed. */
bool trial_is_quiet(const Trial *trial);

/* Free with g_free. */
char *trial_to_text(const Trial *trial);
/* Programmer errors, a wrong line among them, stop the test. */
Trial trial_from_text(const char *text);

/* The trial with one thing less or simpler, by number; false when there are no more. A
 * number may also name a change that changes nothing. */
bool trial_simplify(const Trial *trial, unsigned number, Trial *simpler);

#endif
