/*
 * machine_internal.h - what placements see of the machine they build into.
 */
#ifndef MODELS_MACHINE_INTERNAL_H
#define MODELS_MACHINE_INTERNAL_H

#include "models/guest/arrivals.h"
#include "models/guest/hvm_guest.h"
#include "models/linux/linux_guest.h"
#include "models/linux/linux_kernel.h"
#include "models/machine/daemons.h"
#include "models/machine/machine.h"
#include "models/machine/neighbour.h"
#include "models/physical/physical.h"
#include "models/pv/net_path.h"

typedef struct {
    void *data;
    GDestroyNotify free_data;
} Owned;

struct Machine {
    Host *host;
    const CostProfile *profile;
    const PlacementOps *placement;
    const GuestParams *building; /* the guest that is being added */
    Domain *dom0;
    Kernel *kernel;
    PhysicalDevice *disk, *nic;
    NicParams nic_params;
    Domain *driver; /* a driver domain and its kernel, or NULL */
    Kernel *driver_kernel;
    Kernel *disk_kernel, *nic_kernel; /* who drives them: dom0's or that */
    Netback netback;                  /* of the card's */
    const DiskParams *disk_params;
    int64_t image_sector;     /* of the guest that is being added, */
    Arrivals *network;        /* and its way to the card */
    GPtrArray *arrivals;      /* of Arrivals, of each guest */
    GPtrArray *guests;        /* of HvmGuest */
    GPtrArray *device_models; /* of DeviceModel */
    GArray *owned;            /* of Owned: what placements have allocated */
    GPtrArray *stub_guests;   /* of Domain: the guest of the stub of the same index */
    GPtrArray *stubs;         /* of Domain */
    Neighbour *neighbours;
    unsigned n_neighbours;
    Orders *orders;
    unsigned n_orders;
    Lives *lives; /* NULL: no domain comes or goes */
    Daemons daemons;
    int64_t kernel_hz;                        /* of every Linux's tick */
    const LinuxSchedulerOps *linux_scheduler; /* of every Linux */
    GPtrArray *linux_guests;                  /* of LinuxGuest, owned */
    TraceReader *trace_reader;                /* NULL: nobody traces */
    int64_t disk_completion_ns;
    int64_t select_timeout_ns; /* of qemu-dm's main loop; 0: none */
    DevicePath path;
    DeviceMap *own_map; /* NULL: the path's is borrowed */
    RingParams rings;
    bool is_started;
};

/* Freed with the machine. */
void machine_own(Machine *machine, void *data, GDestroyNotify free_data);
/* A domain "<guest>-dm", without a vCPU yet. */
Domain *machine_add_stub_domain(Machine *machine, Domain *guest);

/* The stub domain of a guest, or NULL. */
Domain *machine_find_stub(const Machine *machine, const Domain *guest);

/* The costs of a device model, without those of the system around it. */
DeviceModelCosts device_model_costs(const CostProfile *profile);

#endif
