/*
 * xen_release.h - what releases of Xen do differently on the way of an emulated access.
 *
 * Which device is served where is said by the devices themselves (device.h), in columns
 * numbered by XenColumn. The scheduler is a choice of its own.
 */
#ifndef MODELS_XEN_RELEASE_H
#define MODELS_XEN_RELEASE_H

#include <glib.h>
#include <stdbool.h>

typedef enum {
    XEN_3_0_3,
    XEN_3_0_4,
    XEN_3_1,
    XEN_3_2,
    XEN_3_3,
    XEN_4_17,
    XEN_COLUMNS,
} XenColumn;

/* When qemu-dm empties the buffered page by itself; it does so before every request. */
typedef enum {
    DRAIN_AFTER_QUIET,  /* 100 ms after it was emptied last */
    DRAIN_EVERY_100_MS, /* by the clock, whatever else empties it */
    DRAIN_AT_EVENT,     /* each posted access sends an event */
} Drain;

/* How qemu-dm reads and writes the disk for a transfer by DMA. */
typedef enum {
    COMPLETION_THREAD,       /* blocking, in a thread of its own */
    COMPLETION_ASYNCHRONOUS, /* started and completed by the main loop */
    COMPLETION_LOST, /* so, but its signal wakes no select(): found by the next pass */
} Completion;

typedef struct {
    const char *name;
    const char *summary; /* one line */
    XenColumn column;
    unsigned n_posted_places; /* of the buffered page */
    bool is_page_packed; /* places of 8 bytes: 64-bit accesses take two, strings none */
    Drain drain;
    Completion completion;
    bool waits_at_entry; /* the wait begins on the way back into the guest, so an answer
                            that is there by then avoids the scheduler */
    bool repeats_reads;  /* a read is decoded a second time after its answer */
    bool emulates_strings; /* a string access to a port is decoded as one to memory is,
                              a read once more at its answer */
} XenRelease;

/* NULL and an error that lists the known names if there is no such release. */
const XenRelease *xen_release_by_name(const char *name, GError **error);

/* The one that a machine is of unless told otherwise: 3.1. */
const XenRelease *xen_release_default(void);

/* All of them, oldest first; ends with one without a name. */
const XenRelease *xen_releases_all(void);

#endif
