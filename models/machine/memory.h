/*
 * memory.h - the host's memory as capacity: what each domain takes, and what fits.
 *
 * Domains have all of their memory from creation to destruction (no ballooning).
 */
#ifndef MODELS_MEMORY_H
#define MODELS_MEMORY_H

#include "models/machine/placement.h"

typedef struct {
    int64_t host_bytes;       /* 0: without limit */
    int64_t per_domain_bytes; /* the hypervisor's, for each domain but dom0 */
    int64_t dom0_bytes;       /* without its qemu-dm */
    int64_t stub_bytes;       /* of a stub domain; 0: as the placement says */
    int64_t qemu_bytes;       /* that dom0 has more for each qemu-dm it runs */
} MemoryParams;

/* What a guest takes, its device model and the hypervisor's part included. */
int64_t memory_of_guest(const MemoryParams *params, const PlacementOps *placement,
                        int64_t guest_bytes);
/* What a PV domain takes. */
int64_t memory_of_neighbour(const MemoryParams *params, int64_t neighbour_bytes);
/* The stub domain's own; 0: the placement has none. */
int64_t memory_of_stub(const MemoryParams *params, const PlacementOps *placement);

#endif
