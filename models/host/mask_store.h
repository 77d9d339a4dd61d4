/*
 * mask_store.h - the distinct masks of a host, each kept once.
 *
 * The vCPUs of a host have few affinities between them, mostly the same one. Each has
 * pointers to masks that are kept here until the store is cleared, and never change.
 */
#ifndef MODELS_MASK_STORE_H
#define MODELS_MASK_STORE_H

#include "models/host/pcpu_mask.h"

#include <glib.h>

typedef struct {
    GHashTable *masks; /* of PcpuMask, a set */
} MaskStore;

void mask_store_init(MaskStore *self);
void mask_store_clear(MaskStore *self);

/* The one that equals mask. */
const PcpuMask *mask_store_keep(const MaskStore *self, const PcpuMask *mask);

#endif
