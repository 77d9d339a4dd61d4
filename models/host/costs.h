/*
 * costs.h - what the steps of the model cost on a given processor.
 *
 * A profile is a named set of figures, each with its source and standing; the files
 * are models/costs/<name>.ini, read by experiments/. Work is in cycles of the
 * profile's clock; guest code is in instructions, cpi_milli makes cycles of
 * them.
 */
#ifndef MODELS_COSTS_H
#define MODELS_COSTS_H

#include "models/host/cache.h"
#include "sim/units.h"

#include <stdbool.h>

typedef enum {
    COST_EXIT,            /* the processor leaves the guest */
    COST_ENTRY,           /* and enters it again */
    COST_EXIT_HANDLER,    /* Xen finds the reason and dispatches; every exit */
    COST_DECODE_PORT,     /* Xen decodes a port access and fills the request */
    COST_DECODE_MEMORY,   /* fetches and decodes an instruction that touched a device */
    COST_XEN_DEVICE,      /* an access served by a device inside Xen */
    COST_POST,            /* a request is put into the buffered page */
    COST_NOTIFY,          /* an event is sent: pending bits, kick */
    COST_RESUME,          /* the guest's vCPU consumes the answer (hvm_do_resume) */
    COST_INJECT,          /* a virtual interrupt is injected */
    COST_GUEST_INTERRUPT, /* the guest's handler of a timer tick, without its exits */
    COST_SCHEDULE,        /* a pass through schedule() */
    COST_CONTINUE,        /* a pass that leaves the same vCPU running */
    COST_SWITCH,          /* another vCPU's state is loaded */
    COST_REFILL,          /* the cold TLB and caches after that */
    COST_TLB,       /* the TLB alone; with COST_LINE_... it stands for COST_REFILL */
    COST_LINE_NEAR, /* a missing cache line comes from the socket's cache */
    COST_LINE_FAR,  /* or from memory */
    COST_IPI,       /* an interrupt from another pCPU is taken */
    COST_TIMER_INTERRUPT, /* a hypervisor timer fires while a vCPU runs */
    COST_TRAP, /* an interrupt takes the pCPU from PV code and gives it back; from an
                  HVM guest's it is an exit, its handler and an entry */
    COST_HYPERCALL,     /* a PV guest enters Xen and returns, the work apart */
    COST_SYSTEM_CALL,   /* a process enters its kernel and returns, the work apart */
    COST_UPCALL,        /* a PV kernel takes an event: scans, finds the handler */
    COST_TASK_WAKE,     /* the kernel makes a task runnable */
    COST_TASK_SWITCH,   /* and switches to it */
    COST_ADDRESS_SPACE, /* beside it, if that task was not the last one to run */
    COST_TASK_IDLE,     /* the kernel finds nothing to run, and blocks */
    COST_TASK_TICK,     /* the kernel's periodic tick */
    COST_QEMU_WAKE,     /* select() returns, the port is read and unmasked */
    COST_QEMU_ACCESS,   /* qemu-dm emulates one register access */
    COST_QEMU_ELEMENT,  /* each further element of a string access */
    COST_QEMU_POSTED,   /* each drained posted request */
    COST_QEMU_REPLY,    /* state, event: work of the answer beside the calls */
    COST_QEMU_LOOP,     /* the rest of a loop pass: clocks, timers, select() set-up */
    COST_QEMU_DISK,     /* submits or completes one disk request */
    COST_QEMU_PACKET,   /* hands one frame to, or takes it from, the tap or netfront */
    COST_RAISE_IRQ,     /* qemu-dm sets an interrupt line of its guest */
    COST_STUB_WAKE, /* Mini-OS: handler marks, main thread goes on, select() returns */
    COST_FRONTEND,  /* blkfront or netfront: a request put on or taken off a ring */
    COST_BACKEND,   /* blkback or netback: grants mapped, submitted, or completed */
    COST_DISK_INTERRUPT,    /* dom0's handler of a physical interrupt */
    COST_DAEMON,            /* one pass of dom0's background daemons */
    COST_TOOLSTACK_CREATE,  /* the toolstack creates a domain, the memory apart */
    COST_TOOLSTACK_DESTROY, /* and destroys it, the memory apart */
    COST_BUILD_MIB,   /* each MiB of memory is found, scrubbed and given to a domain */
    COST_FREE_MIB,    /* and taken from it */
    COST_QEMU_START,  /* a process qemu-dm starts, up to its first select() */
    COST_STUB_START,  /* Mini-OS boots, and its qemu-dm starts */
    COST_LINUX_START, /* a stub domain's Linux boots */
    COSTS,
} Cost;

typedef enum {
    STANDING_MEASURED,
    STANDING_PUBLISHED,
    STANDING_ASSUMED,
} Standing;

typedef struct {
    int64_t cycles;
    int64_t low_cycles, high_cycles; /* plausible interval; equal when not stated */
    Standing standing;
    char *source;
} CostFigure;

typedef struct {
    int64_t bytes;
    Standing standing;
    char *source;
} CacheFigure;

typedef struct {
    char *name;
    char *summary;
    int64_t clock_hz;
    int64_t cpi_milli; /* cycles per 1,000 guest instructions */
    int64_t cpi_low_milli, cpi_high_milli;
    char *clock_source, *cpi_source;
    Standing clock_standing, cpi_standing;
    CacheFigure caches[CACHE_LEVELS];
    CostFigure figures[COSTS];
} CostProfile;

/* The key of a figure in a profile's file: "exit", "decode-port"... */
const char *cost_key(Cost cost);
/* What it stands for, one line. */
const char *cost_summary(Cost cost);
const char *standing_name(Standing standing);

CostProfile *cost_profile_new(void);
/* An independent copy, to be changed. */
CostProfile *cost_profile_copy(const CostProfile *profile);
void cost_profile_free(CostProfile *profile);

/* Rounded up to whole ns. */
int64_t cost_ns(const CostProfile *profile, Cost cost);
int64_t instructions_ns(const CostProfile *profile, int64_t instructions);
/* What a host needs for footprints (cache.h). */
CacheParams cost_cache_params(const CostProfile *profile);
/* "private-cache", "shared-cache". */
const char *cache_level_key(CacheLevel level);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(CostProfile, cost_profile_free)

#endif
