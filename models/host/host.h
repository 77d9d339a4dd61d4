/*
 * host.h - the mechanism: pCPUs, domains, vCPUs, and what Xen does around a scheduler.
 *
 * A host is built (host_new, host_add_domain, host_add_vcpu), started
 * (host_start) and run (host_run_until). Pcpu, Domain and Vcpu are read freely by
 * schedulers, contexts and probes; only the files of this folder change their
 * fields, except where a field says otherwise.
 *
 * One event at a time: after each, every pCPU on which SCHEDULE was raised decides,
 * the lowest-numbered first (tests/golden/README.md, section 2).
 */
#ifndef MODELS_HOST_H
#define MODELS_HOST_H

#include "models/domain_counts.h"
#include "models/host/cache.h"
#include "models/host/event_rank.h"
#include "models/host/mask_store.h"
#include "models/host/pace.h"
#include "models/host/pcpu_mask.h"
#include "models/host/scheduler.h"
#include "models/probe.h"
#include "models/runstate.h"
#include "sim/sim.h"
#include "sim/units.h"

#include <glib.h>

/* Why a vCPU may not run, beside the pause counters. */
enum {
    PAUSE_BLOCKED = 1 << 0,        /* HLT, block or poll */
    PAUSE_DOWN = 1 << 1,           /* not brought up */
    PAUSE_BLOCKED_IN_XEN = 1 << 2, /* waits for its device model */
    PAUSE_MIGRATING = 1 << 3,
    PAUSE_PARKED = 1 << 4, /* Xen 4.17 credit2: set and cleared by the scheduler */
};

/* Threads of one core and cores of one socket; pCPU p is thread p mod T of core
 * (p div T) mod C of socket p div (T*C). */
typedef struct {
    unsigned n_pcpus, threads_per_core, cores_per_socket;
} Topology;

/* What switching costs, beyond the work of contexts; all 0 in golden cases.
 * Each lengthens what runs next on the pCPU. */
typedef struct {
    int64_t schedule_ns;        /* a pass through schedule() */
    int64_t continue_ns;        /* one that leaves the same vCPU running */
    int64_t switch_ns;          /* another vCPU's state is loaded */
    int64_t refill_ns;          /* cold TLB and caches after another vCPU ran here */
    int64_t ipi_ns;             /* SCHEDULE raised by another pCPU: the interrupt */
    int64_t timer_interrupt_ns; /* a hypervisor timer fires while a vCPU runs */
    int64_t trap_ns; /* an interrupt takes the pCPU from a PV kernel's code and gives it
                        back, the handler apart */
} SwitchCosts;

typedef struct {
    Topology topology;
    const SchedulerOps *scheduler;
    const void *scheduler_options; /* borrowed for the host's life; NULL: defaults */
    SwitchCosts costs;
    int64_t smt_speed_percent; /* of a thread while another one of its core is busy; 0
                                  is 100 */
    CacheParams caches;        /* clock_hz 0: costs.refill_ns stands for them */
    bool keeps_idle_ticks; /* fires also those that host_skip_ticks names: for tests */
} HostParams;

struct Pcpu {
    unsigned id;
    Host *host;
    Vcpu *current; /* what the last schedule() chose */
    Vcpu *idle;
    void *sched_state;
    SimTimer slice_timer, tick_timer;
    int64_t skipped_tick_ns;     /* the first that does not fire ... */
    int64_t skipped_tick_gap_ns; /* ... and from each to the next; 0: all fire */
    int64_t overhead_ns;         /* owed by the next run here; see SwitchCosts */
    int64_t interrupted_ns;      /* what interrupts have cost at ... */
    int64_t interrupted_at_ns, timer_fired_at_ns; /* the last such instants */
    const Vcpu *loaded; /* whose state the registers and caches hold (lazy switch) */
    PcpuMask siblings;  /* threads of the same core, itself included */
    PcpuMask core_map;  /* all threads of the same socket, itself included */
    Cache *caches[CACHE_LEVELS]; /* of its core, of its socket */
};

/* Domain and Vcpu begin on a cache line, and what an event needs of them comes first:
 * on a large host an event's cost is the lines that it touches. */
struct Domain {
    Host *host;
    Domain *parent; /* the sdom whose account this adom draws on, or NULL */
    void *sched_state;
    unsigned pause_count;
    bool is_idle;
    bool
        is_gone; /* not created yet, or destroyed: down, and unknown to the scheduler */
    /* The books, as of the last vcpu_book_time of each vCPU (host_book_time). */
    int64_t booked_ns;   /* pCPU time booked to this account: its own and its adoms' */
    int64_t ran_ns;      /* pCPU time of its own vCPUs, without overhead */
    int64_t overhead_ns; /* switching time that preceded runs of its vCPUs */
    int64_t attributed_ns; /* pCPU time spent for it, whoever ran; overhead included */

    unsigned id;    /* as the user gives it; 0: dom0; 0x7fff: the idle domain */
    unsigned index; /* its place in host->domains; the idle domain has none */
    char *name;
    GPtrArray *vcpus;   /* of Vcpu, in order */
    SchedParams params; /* in force */
    unsigned n_adoms;
    SimTimer budget_timer;
    int64_t working_set_bytes; /* of each of its vCPUs */
    uint64_t *guest_counts; /* by DomainCount below GUEST_COUNTS; NULL: no HVM guest */
};

/* What runs on a vCPU; see context.h. */
typedef struct ContextOps ContextOps;

struct Vcpu {
    unsigned pause_flags; /* PAUSE_* */
    unsigned pause_count;
    bool is_running; /* its context is on pcpu */
    bool is_idle;
    bool is_paced; /* its work may proceed slower than time */
    SimTimer completion_timer;
    Pcpu *pcpu; /* assigned to; schedulers move it */
    void *sched_state;
    Domain *domain;
    const ContextOps *context_ops; /* NULL for idle */
    void *context;
    Vcpu *server; /* while PAUSE_BLOCKED_IN_XEN: who works on its request */

    int64_t run_left_ns;       /* of the present run, as of run_since_ns; TIME_NEVER_NS:
                                  for ever */
    int64_t run_since_ns;      /* work goes on from here; later than now while overhead
                                  lasts */
    int64_t booked_until_ns;   /* up to where pCPU time has been booked ... */
    int64_t overhead_until_ns; /* ... and from there to here it is overhead */
    Domain *run_for; /* to whom the present run is attributed; NULL: the host */
    const PcpuMask *hard_affinity, *soft_affinity; /* kept in host->affinities */
    unsigned last_ran_on; /* pCPU of the last dispatch, or PCPU_NONE */
    SimTimer wake_timer;  /* ends a block; armed by the context */
    unsigned id;          /* within its domain */
    unsigned index;       /* within host->vcpus; idle vCPUs have none */

    Runstate runstate;
    Pace pace;            /* if it is paced */
    Footprint *footprint; /* NULL: cold caches cost the same for everybody */
    uint32_t counts[DOMAIN_COUNTS - GUEST_COUNTS]; /* by DomainCount from there on */
};

struct Host {
    Sim *sim;
    Scheduler scheduler;
    SwitchCosts costs;
    bool is_paced; /* SMT or caches slow its vCPUs down */
    int64_t smt_speed_percent;
    CacheParams cache_params;
    Cache *caches; /* of the cores, then of the sockets */
    Topology topology;
    unsigned n_pcpus;
    Pcpu *pcpus;        /* n_pcpus of them */
    GPtrArray *domains; /* of Domain, in order of creation, idle not among them */
    GPtrArray *vcpus;   /* of Vcpu, in order of creation, idle ones not among them */
    Domain *idle_domain;
    PcpuMask online;
    MaskStore affinities;
    PcpuMask schedule_pending;
    unsigned n_schedule_pending;
    Pcpu *this_pcpu;
    SimTimer accounting_timer;
    void *default_options; /* owned; NULL when the caller gave some */
    Probe *probes;         /* see probe.h */
    unsigned n_probes;
    bool has_exit_probe;          /* one of these hears exits and entries */
    int64_t overhead_ns;          /* booked to the hypervisor */
    int64_t idle_ns;              /* booked to nobody */
    int64_t attributed_host_ns;   /* work done for no guest in particular */
    uint64_t decisions, switches; /* passes through schedule(), changes of vCPU */
    bool keeps_idle_ticks;
    bool is_started;
};

/* Building. Free with host_free. */
Host *host_new(const HostParams *params);
void host_free(Host *host);
Domain *host_add_domain(Host *host, unsigned id, const char *name,
                        const SchedParams *params);
/* Down until vcpu_start; assigned to pcpu; affinity all. The context is borrowed. */
Vcpu *host_add_vcpu(Host *host, Domain *domain, unsigned pcpu,
                    const ContextOps *context_ops, void *context);
/* Seals the timers; every pCPU decides once, before any event. */
void host_start(Host *host);

/* Handles all events before end_ns, and leaves the clock there. */
void host_run_until(Host *host, int64_t end_ns);

/* Questions. */
static inline int64_t host_now_ns(const Host *host)
{
    return sim_now_ns(host->sim);
}

static inline bool vcpu_is_runnable(const Vcpu *vcpu)
{
    return vcpu->pause_flags == 0 && vcpu->pause_count == 0 &&
           vcpu->domain->pause_count == 0;
}

/* The account that a domain's vCPUs draw on: the whole of sdom redirection. */
static inline Domain *domain_account(Domain *domain)
{
    return domain->parent ? domain->parent : domain;
}

/* Below GUEST_COUNTS; nothing if it is no HVM guest. */
static inline void domain_count_one(Domain *domain, DomainCount count)
{
    if (domain->guest_counts)
        domain->guest_counts[count]++;
}

/* From GUEST_COUNTS on. */
static inline void vcpu_count_one(Vcpu *vcpu, DomainCount count)
{
    vcpu->counts[count - GUEST_COUNTS]++;
}

/* From GUEST_COUNTS on: the sum over its vCPUs, modulo 2^32. A difference of two
 * readings is right as a uint32_t, if fewer than 2^32 happened in between. */
uint32_t domain_vcpu_count(const Domain *domain, DomainCount count);

/* Of either kind. From GUEST_COUNTS on, two readings are to be subtracted as uint32_t,
 * too: as uint64_t, the difference is wrong once the count has wrapped. */
static inline uint64_t domain_count(const Domain *domain, DomainCount count)
{
    if (count >= GUEST_COUNTS)
        return domain_vcpu_count(domain, count);
    return domain->guest_counts ? domain->guest_counts[count] : 0;
}

/* Counts one for the domain whose vCPU has the pCPU on which all this happens. */
static inline void host_count(Host *host, DomainCount count)
{
    vcpu_count_one(host->this_pcpu->current, count);
}

/* Brings the books up to now. Afterwards, over all domains, booked_ns + overhead_ns +
 * idle_ns and attributed_ns + attributed_host_ns + idle_ns both are pCPUs x time. */
void host_book_time(Host *host);

Domain *host_domain_by_name(const Host *host, const char *name);

/* Commands of the toolstack, callable at any time between events; softirqs that
 * they must wait for are handled inside. Errors are negative errno values. */
void domain_pause(Domain *domain);
void domain_unpause(Domain *domain);
int domain_set_params(Domain *domain, const SchedParams *params);
void vcpu_set_affinity(Vcpu *vcpu, const PcpuMask *hard, const PcpuMask *soft);
/* The same of all vCPUs of a domain, hard and soft. */
void domain_pin(Domain *domain, const PcpuMask *mask);
/* Xen 3.1 sdom proposal: -EINVAL, -EBUSY or -ENOENT when refused; nothing changes. */
int domain_attach(Domain *adom, Domain *sdom);
int domain_detach(Domain *adom);
/* A domain's life may end and begin again; its place in the host stays. domain_destroy
 * takes two steps, so that who waits for whom does not matter among several domains: no
 * vCPU runs any more, whatever it waited for; and the scheduler forgets the domain. */
void domain_take_down(Domain *domain);
void domain_retire(Domain *domain);
/* Unknown until now, it comes with these parameters, its vCPUs down. */
void domain_revive(Domain *domain, const SchedParams *params);
/* For SchedulerOps.regroup only. */
void domain_set_parent(Domain *adom, Domain *sdom);

/* Handles every pending SCHEDULE. Events do it by themselves. */
void host_handle_softirqs(Host *host);
/* The same amid an event: until every vCPU that was told to has left its pCPU. The
 * event then goes on where it was, though decisions execute on pCPUs of their own. */
void host_wait_for_softirqs(Host *host);
/* An event handler names the pCPU on which it executes. */
void host_enter(Host *host, Pcpu *pcpu);

#endif
