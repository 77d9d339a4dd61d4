/*
 * buffered_page.h - the posted accesses that wait for a device model.
 *
 * Xen: the buffered ioreq page; its slots are `places` here. Whoever posts goes on at
 * once; the device model takes all of them when it next looks. Most only cost its time.
 * Those to a device that has a state may set something off then, and are kept in order
 * for that.
 */
#ifndef MODELS_BUFFERED_PAGE_H
#define MODELS_BUFFERED_PAGE_H

#include "models/devices/device.h"

#include <glib.h>

/* A posted access with a side effect: to a device that has a state. */
typedef struct {
    Device *device;
    Activity access;
} PostedEffect;

typedef struct {
    unsigned n_posted, n_used_places; /* accesses, and what they take of the page */
    GArray *effects;                  /* of PostedEffect, in order */
    unsigned n_effects_done;
} BufferedPage;

void buffered_page_init(BufferedPage *page);
void buffered_page_clear(BufferedPage *page);

/* Takes n_places of max_places. False: they are not free, and nothing has happened: the
 * caller must send a request instead. device: borrowed. */
bool buffered_page_post(BufferedPage *page, Device *device, const Activity *access,
                        unsigned n_places, unsigned max_places);
/* Makes room. How many there were; what they set off is still to be done. */
unsigned buffered_page_empty(BufferedPage *page);
/* The next that may set something off; NULL when all are done. Valid until the next
 * post. */
const PostedEffect *buffered_page_next_effect(BufferedPage *page);
/* As if nothing had been posted. */
void buffered_page_forget(BufferedPage *page);

#endif
