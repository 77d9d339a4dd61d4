#include "models/machine/memory.h"

int64_t memory_of_stub(const MemoryParams *params, const PlacementOps *placement)
{
    if (placement->stub_bytes == 0)
        return 0;
    return params->stub_bytes > 0 ? params->stub_bytes : placement->stub_bytes;
}

int64_t memory_of_guest(const MemoryParams *params, const PlacementOps *placement,
                        int64_t guest_bytes)
{
    const int64_t stub_bytes = memory_of_stub(params, placement);
    const int64_t model_bytes =
        stub_bytes > 0 ? stub_bytes + params->per_domain_bytes : params->qemu_bytes;

    return guest_bytes + params->per_domain_bytes + model_bytes;
}

int64_t memory_of_neighbour(const MemoryParams *params, int64_t neighbour_bytes)
{
    return neighbour_bytes + params->per_domain_bytes;
}
