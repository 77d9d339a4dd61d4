/*
 * buffered_page.h - the posted accesses that wait for a device model.
 *
 * Whoever posts goes on at once; the device model takes all of them when it next looks.
 * Most only cost its time. Those to a device that has a state may set something off
 * then, and are kept in order for that.
 */
#ifndef MODELS_BUFFERED_PAGE_H
#define MODELS_BUFFERED_PAGE_H

#include "models/devices/device.h"

#include <glib.h>

/* A posted access to a device that has a state. */
typedef struct {
    Device *device;
    Activity access;
} Deed;

typedef struct {
    unsigned n_posted, n_used_places; /* accesses, and what they take of the page */
    GArray *deeds;                    /* of Deed, in order */
    unsigned n_deeds_done;
} BufferedPage;

void buffered_page_init(BufferedPage *page);
void buffered_page_clear(BufferedPage *page);

/* Takes n_places of max_places; false: they are not there. device: borrowed. */
bool buffered_page_post(BufferedPage *page, Device *device, const Activity *access,
                        unsigned n_places, unsigned max_places);
/* Makes room. How many there were; their deeds are still to be done. */
unsigned buffered_page_empty(BufferedPage *page);
/* The next deed; NULL when all are done. Valid until the next post. */
const Deed *buffered_page_next_deed(BufferedPage *page);
/* As if nothing had been posted. */
void buffered_page_forget(BufferedPage *page);

#endif
