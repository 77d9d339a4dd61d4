/*
 * machine.h - a whole simulated machine: host, dom0, guests, device models.
 *
 * experiments/ fills MachineParams from a scenario; machine_new builds all of it for
 * one run. Everything that params point to must outlive the machine, except where a
 * member says that it is taken.
 */
#ifndef MODELS_MACHINE_H
#define MODELS_MACHINE_H

#include "models/guest/arrival_params.h"
#include "models/guest/device_model.h"
#include "models/guest/request.h"
#include "models/host/costs.h"
#include "models/host/host.h"
#include "models/host/virtual_timer.h"
#include "models/linux/linux_scheduler.h"
#include "models/machine/life.h"
#include "models/machine/memory.h"
#include "models/machine/orders.h"
#include "models/machine/placement.h"
#include "models/machine/trace_reader.h"
#include "models/physical/disk.h"
#include "models/workload.h"

/* Which pCPUs a domain may use; an empty mask (n_words 0): all. */
typedef PcpuMask Pinning;

/* A guest's stub domain, if the placement gives it one. */
typedef struct {
    unsigned id;
    SchedParams sched;
    int64_t working_set_bytes;  /* of its vCPU */
    int64_t tick_phase_ns;      /* an instant of a tick of its Linux */
    const CostProfile *profile; /* what its Linux and the qemu on it take; NULL: the
                                   machine's */
} StubParams;

typedef struct {
    const char *name;
    const char *group; /* whom it is one of, for results; NULL: of nobody */
    unsigned id;
    SchedParams sched;
    Pinning pinning;
    unsigned n_vcpus;
    Workload **workloads; /* one per vCPU; taken */
    int64_t start_ns;     /* when its vCPUs come up, or it is created */
    int64_t memory_bytes;
    const LifeParams *life; /* NULL: there from the beginning to the end */
    bool boots;             /* vCPU 0's workload has an ACTIVITY_BOOTED */
    VirtualTimerParams timer;
    ArrivalParams arrivals;        /* frames from outside; its stream is taken */
    bool has_pv_drivers;           /* its workloads may have BLOCK and SEND */
    const PlacementOps *placement; /* of its device model; NULL: the machine's */
    StubParams stub;
    int64_t working_set_bytes; /* of each vCPU */
} GuestParams;

static inline const PlacementOps *guest_placement(const GuestParams *guest,
                                                  const PlacementOps *of_machine)
{
    return guest->placement ? guest->placement : of_machine;
}

/* A PV guest that only computes: a neighbour. By itself its vCPUs run and block and
 * nothing else; with a Linux, a process on each does, beside the kernel's own ticks. */
typedef struct {
    const char *name;
    const char *group; /* as a guest's */
    unsigned id;
    SchedParams sched;
    Pinning pinning;
    unsigned n_vcpus;
    int64_t run_ns;   /* TIME_NEVER_NS: never blocks */
    int64_t block_ns; /* between runs */
    int64_t align_ns; /* wakes at start_ns plus multiples of it only; 0: at any time */
    int64_t start_ns;
    bool has_linux;                    /* only without a life */
    const CostProfile *kernel_profile; /* what that takes; NULL: the machine's */
    int64_t memory_bytes;
    const LifeParams *life; /* as a guest's */
    int64_t working_set_bytes;
} NeighbourParams;

typedef struct {
    unsigned n_vcpus;
    SchedParams sched;
    Pinning pinning;
    int64_t hz;            /* of its kernel's tick, and of every other Linux's */
    int64_t tick_phase_ns; /* an instant of one of its kernel's ticks */
    const LinuxSchedulerOps *scheduler; /* of every Linux; NULL: O(1) */
    int64_t daemon_interval_ns;         /* background daemons: one pass each; 0: none */
    int64_t daemon_run_ns;              /* CPU time of a pass; 0: the profile's */
    int64_t balance_ns; /* a vCPU of several that goes idle looks for work so long */
    int64_t working_set_bytes;
} Dom0Params;

typedef struct {
    int64_t bits_per_s; /* line rate */
    int64_t
        frame_overhead_bytes; /* that a frame takes on the line beside its payload */
    int64_t n_queued;         /* frames that wait for the line, at most; 0: any */
} NicParams;

/* A Linux that has the disk or the card, or both, and their back ends, beside dom0. */
typedef struct {
    bool has_disk, has_network; /* neither: there is no such domain */
    unsigned id, n_vcpus;
    SchedParams sched;
    Pinning pinning;
} DriverDomainParams;

/* Of the rings between front and back ends; 0: as in every release of Xen. */
typedef struct {
    unsigned n_block_places; /* a power of 2; 32 */
    unsigned n_segments;     /* of 4 KiB in a block request; 11 */
    unsigned n_net_places;   /* a power of 2, for each direction; 256 */
} RingParams;

struct MachineParams {
    HostParams host; /* .costs is filled by machine_new from the profile */
    const CostProfile *profile;
    const PlacementOps *placement;
    Dom0Params dom0;
    bool has_footprints;       /* cold caches by working sets, not COST_REFILL */
    int64_t select_timeout_ns; /* of qemu-dm's main loop, 10 ms in Xen 3.1; 0: none */
    int64_t
        disk_completion_ns; /* qemu-dm in a Linux reads an image in memory by sector,
                               and works so long after each answer; 0: as a whole */
    DevicePath path;        /* .xen NULL: the default; .map NULL: as that release
                               has it */
    DiskParams disk;
    NicParams nic;
    RingParams rings;
    DriverDomainParams driver_domain;
    TraceReaderParams trace_reader;
    const GuestParams *guests;
    unsigned n_guests;
    const NeighbourParams *neighbours;
    unsigned n_neighbours;
    const OrderParams *orders; /* names of domains that are not there are refused */
    unsigned n_orders;
    MemoryParams memory; /* what is there from the beginning is taken to fit */
};

/* Built and not yet started: probes may still be added to machine_host. */
Machine *machine_new(const MachineParams *params);
void machine_free(Machine *machine);

Host *machine_host(const Machine *machine);
/* The driver domain, or NULL. */
const Domain *machine_driver_domain(const Machine *machine);
/* The stub domain of a guest, or NULL. */
const Domain *machine_stub_of(const Machine *machine, const Domain *guest);

/* Starts at the first call. Handles all events before end_ns. */
void machine_run_until(Machine *machine, int64_t end_ns);

/* The laws that must hold at any instant: both books are pCPUs x time; the run states
 * of every vCPU add up; run states and books agree. False, and which one it was. */
bool machine_check(const Machine *machine, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Machine, machine_free)

#endif
