/*
 * capture_scenario.h - what ran in a capture of a real Xen: its capture.ini.
 *
 * The file describes a host, the domains on it and what each did, in the words of the
 * toolstack that set it up. Formats: docs/captures.md.
 */
#ifndef EXPERIMENTS_CAPTURES_CAPTURE_SCENARIO_H
#define EXPERIMENTS_CAPTURES_CAPTURE_SCENARIO_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef enum {
    CAPTURE_DOM0,
    CAPTURE_PV,
    CAPTURE_HVM,
    CAPTURE_STUB,
} CaptureKind;

typedef enum {
    CAPTURE_IDLE,
    CAPTURE_HOG,
    CAPTURE_PERIODIC,
    CAPTURE_PIO, /* reads of a port, then a spin; piolight is the same with other
                    numbers */
    CAPTURE_PIO_LIGHT,
    CAPTURE_DISK,
} CaptureWorkload;

typedef struct {
    char *name;
    int64_t id; /* Xen's number */
    int64_t vcpus, weight;
    int64_t cap_percent;       /* of one pCPU; 0: none */
    int kind;                  /* CaptureKind */
    int workload;              /* CaptureWorkload */
    int64_t port, reads;       /* pio: of which port, how often, ... */
    int64_t spin_instructions; /* ... and what is computed before the next ones */
    int64_t timer_hz;
    int64_t run_us, sleep_us; /* periodic */
    int64_t sectors;          /* disk: of 512 bytes, in a read */
    char *serves;             /* of a stub: its guest */
    bool is_paused;
} CaptureDomain;

typedef struct {
    int64_t n_pcpus;
    int64_t tslice_ms, ratelimit_us, migration_delay_us, duration_s;
    int scheduler;          /* 0: credit */
    bool traces_everything; /* mask "all": every hypercall costs a record too */
    bool is_rdtsc_trapped;
    GPtrArray *domains; /* of CaptureDomain, owned, in the order of the file */
} CaptureScenario;

/* NULL and an error. */
CaptureScenario *capture_scenario_load(const char *path, GError **error);
void capture_scenario_free(CaptureScenario *scenario);

/* That take part. */
bool capture_scenario_has_stubs(const CaptureScenario *scenario);
/* NULL if there is none. */
const CaptureDomain *capture_scenario_stub_of(const CaptureScenario *scenario,
                                              const char *guest);

/* What would have run with qemu elsewhere: each HVM guest gets a stub domain of weight
 * 256, NAME-dm with a number that is free, or those that there are go. False: that is
 * how it ran. */
bool capture_scenario_add_stubs(CaptureScenario *scenario);
bool capture_scenario_drop_stubs(CaptureScenario *scenario);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(CaptureScenario, capture_scenario_free)

#endif
