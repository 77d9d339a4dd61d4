#include "models/machine/back_ends.h"

BlockPath *machine_add_block_path(Machine *machine, Domain *guest,
                                  FrontEndNotify notify, void *front_end)
{
    const CostProfile *profile = machine->profile;
    BlockPath *path = block_path_new(&(BlockPathParams){
        .kernel = machine->disk_kernel,
        .disk = machine->disk,
        .first_sector = machine->image_sector,
        .n_places = machine->rings.n_block_places,
        .n_segments = machine->rings.n_segments,
        .backend_ns = cost_ns(profile, COST_BACKEND),
        .wake_ns = cost_ns(profile, COST_TASK_WAKE),
        .run_for = guest,
        .notify = notify,
        .front_end = front_end,
    });

    machine_own(machine, path, (GDestroyNotify)block_path_free);
    return path;
}

static void forward_frame(void *network, int64_t bytes)
{
    arrivals_send(network, bytes);
}

NetPath *machine_add_net_path(Machine *machine, Domain *guest, FrontEndNotify notify,
                              void *front_end)
{
    NetPath *path = net_path_new(&(NetPathParams){
        .kernel = machine->nic_kernel,
        .netback = &machine->netback,
        .forward = forward_frame,
        .network = machine->network,
        .n_places = machine->rings.n_net_places,
        .backend_ns = cost_ns(machine->profile, COST_BACKEND),
        .run_for = guest,
        .notify = notify,
        .front_end = front_end,
    });

    machine_own(machine, path, (GDestroyNotify)net_path_free);
    return path;
}
