#include "experiments/scenario/keys.h"

#include <string.h>

static const Option scenario_table[] = {
    OPTION_TEXT_FIELD(ScenarioKeys, name, "name", "",
                      "short name in results, and of their folder: without /, # and "
                      "control characters, beginning with neither . nor -; the file's "
                      "name without .ini if absent"),
    { 0 },
};

static const Option run_table[] = {
    OPTION_NS_FIELD(RunKeys, duration_ns, "duration", "10s", 1, 3600 * NS_PER_S,
                    "simulated time that is measured"),
    OPTION_NS_FIELD(RunKeys, warmup_ns, "warmup", "500ms", 0, 3600 * NS_PER_S,
                    "simulated time before measuring begins"),
    OPTION_INTEGER_FIELD(RunKeys, seed, "seed", "1", 0, INT64_MAX,
                         "root of all randomness; each replication's seed is derived "
                         "from it by hashing"),
    OPTION_INTEGER_FIELD(RunKeys, replications, "replications", "5", 1, 10000,
                         "runs of each combination, each with a seed of its own"),
    { 0 },
};

static const char *const cache_models[] = {
    [CACHES_FIXED] = "fixed",
    [CACHES_FOOTPRINT] = "footprint",
    NULL,
};

static const char *const timer_phases[] = {
    [PHASES_FIXED] = "fixed",
    [PHASES_DRAWN] = "drawn",
    NULL,
};

#define WORKING_SET_MAX (INT64_C(256) << 20)

#define OPTION_WORKING_SET(Struct, default_)                                           \
    OPTION_BYTES_FIELD(                                                                \
        Struct, working_set_bytes, "working-set", default_, 0, WORKING_SET_MAX,        \
        "what each of its vCPUs keeps in the caches; matters if [host] "               \
        "cache-model = footprint")

static const Option host_table[] = {
    OPTION_INTEGER_FIELD(HostKeys, n_pcpus, "pcpus", "4", 1, PCPUS_MAX,
                         "physical CPUs (hardware threads)"),
    OPTION_INTEGER_FIELD(HostKeys, threads_per_core, "threads-per-core", "1", 1, 8,
                         "hardware threads of a core"),
    OPTION_INTEGER_FIELD(HostKeys, cores_per_socket, "cores-per-socket", "0", 0,
                         PCPUS_MAX, "cores of a socket; 0: all on one socket"),
    OPTION_TEXT_FIELD(HostKeys, costs, "costs", "merom-2007",
                      "hardware profile: a name or path of a file of costs"),
    OPTION_TEXT_FIELD(HostKeys, cost_change, "cost-change", "none",
                      "figures of the profile that are other than it says, such as "
                      "refill high + exit 300ns; low and high: the ends of the "
                      "intervals that it states"),
    OPTION_BYTES_FIELD(HostKeys, memory_bytes, "memory", "0", 0, INT64_C(1) << 50,
                       "memory for all domains; 0: without limit"),
    OPTION_BYTES_FIELD(HostKeys, per_domain_bytes, "memory-per-domain", "4MiB", 0,
                       INT64_C(1) << 40,
                       "of it, what the hypervisor takes for each domain (assumed)"),
    OPTION_TEXT_FIELD(HostKeys, xen, "xen", "3.1",
                      "the release whose device path it has, see `hvmsim list xen`; "
                      "the scheduler is chosen by itself"),
    OPTION_CHOICE_FIELD(HostKeys, cache_model, "cache-model", "fixed", cache_models,
                        "cold caches after a switch: the profile's refill; or by what "
                        "of a working set is left, and how far the vCPU has moved"),
    OPTION_UNIT_FIELD(
        HostKeys, smt_speed_percent, UNIT_PERCENT, "smt-speed", "100%", 1, 100,
        "speed of a hardware thread while another one of its core is busy; "
        "100%: they do not slow each other down"),
    OPTION_CHOICE_FIELD(HostKeys, timer_phases, "timer-phases", "fixed", timer_phases,
                        "where the periodic timers of the scheduler, of dom0's kernel "
                        "and of stub domains' stand: as [scheduler] tick-first and "
                        "accounting-first say, and at 0; or anew in each replication, "
                        "from 0 to there"),
    { 0 },
};

static const Option scheduler_table[] = {
    OPTION_TEXT_FIELD(SchedulerKeys, name, "name", "credit-3.1",
                      "the hypervisor's scheduler, see `hvmsim list schedulers`"),
    { 0 },
};

static const Option dom0_table[] = {
    OPTION_INTEGER_FIELD(Dom0Keys, n_vcpus, "vcpus", "1", 1, 128, "vCPUs of dom0"),
    OPTION_INTEGER_FIELD(Dom0Keys, hz, "hz", "100", 10, 1000,
                         "ticks per second of dom0's kernel"),
    OPTION_CHOICE_FIELD(Dom0Keys, scheduler, "scheduler", "o1", linux_scheduler_names,
                        "scheduler of every Linux, and with it its kernel: o1 of "
                        "Linux 2.6.18, cfs of Linux 6.1"),
    OPTION_NS_FIELD(Dom0Keys, daemon_interval_ns, "daemon-interval", "100ms", 0,
                    3600 * NS_PER_S,
                    "time between passes of background daemons; 0: none"),
    OPTION_NS_FIELD(Dom0Keys, daemon_run_ns, "daemon-run", "0", 0, 3600 * NS_PER_S,
                    "CPU time of a pass; 0: that of the hardware profile"),
    OPTION_BYTES_FIELD(Dom0Keys, memory_bytes, "memory", "512MiB", 0, INT64_C(1) << 40,
                       "its memory without its qemu-dm"),
    OPTION_WORKING_SET(Dom0Keys, "512KiB"),
    OPTION_TEXT_FIELD(Dom0Keys, pin, "pin", "all",
                      "pCPUs that its vCPUs may use, such as 0-1,4"),
    { 0 },
};

static const char *const completions[] = {
    [COMPLETION_THREAD] = "thread",
    [COMPLETION_ASYNCHRONOUS] = "asynchronous",
    [COMPLETION_LOST] = "lost",
    NULL,
};

static const Option driver_domain_table[] = {
    OPTION_TEXT_FIELD(DriverDomainKeys, devices, "devices", "none",
                      "what it has instead of dom0, with interrupts and back ends: "
                      "none, disk, network or disk+network"),
    OPTION_INTEGER_FIELD(DriverDomainKeys, n_vcpus, "vcpus", "1", 1, 128,
                         "vCPUs of the driver domain"),
    OPTION_TEXT_FIELD(DriverDomainKeys, pin, "pin", "all",
                      "pCPUs that its vCPUs may use, such as 0-1,4"),
    { 0 },
};

static const Option stub_table[] = {
    OPTION_WORKING_SET(StubKeys, "128KiB"),
    { 0 },
};

static const Option device_model_table[] = {
    OPTION_TEXT_FIELD(DeviceModelKeys, placement, "placement", "dom0",
                      "where qemu-dm runs, see `hvmsim list placements`"),
    OPTION_NS_FIELD(DeviceModelKeys, select_timeout_ns, "select-timeout", "10ms", 0,
                    3600 * NS_PER_S,
                    "an idle qemu-dm looks around this often, for its timer of 100 ms "
                    "at the latest; 0: never"),
    OPTION_INTEGER_FIELD(DeviceModelKeys, n_posted_places, "buffered-entries", "80", 0,
                         4096,
                         "posted accesses that wait for it at most; if absent, as the "
                         "release of Xen has it: 80 until 3.1, 511 later; 0: all "
                         "accesses wait"),
    OPTION_TEXT_FIELD(DeviceModelKeys, in_xen, "in-xen", "none",
                      "registers or whole devices, joined by commas or spaces, that "
                      "are moved into the hypervisor, see `hvmsim list registers`"),
    OPTION_TEXT_FIELD(DeviceModelKeys, posted, "posted", "none",
                      "registers or whole devices whose writes are posted; those that "
                      "start work send an event, too"),
    OPTION_CHOICE_FIELD(DeviceModelKeys, completion, "completion", "thread",
                        completions,
                        "how a process moves the data of DMA: by a thread that blocks, "
                        "or from its main loop, which may miss the end until its "
                        "wait times out (lost); if absent, as the release of Xen has "
                        "it: thread until 3.1. Mini-OS has no thread for it"),
    OPTION_NS_FIELD(DeviceModelKeys, coalesce_ns, "coalesce-interrupts", "0", 0,
                    NS_PER_S,
                    "a guest's devices interrupt it no sooner after the last time; 0: "
                    "at once"),
    OPTION_BYTES_FIELD(DeviceModelKeys, stub_bytes, "stub-memory", "0", 0,
                       INT64_C(1) << 40,
                       "memory of a stub domain; 0: 32MiB, 128MiB with a Linux"),
    OPTION_BYTES_FIELD(DeviceModelKeys, qemu_bytes, "qemu-memory", "16MiB", 0,
                       INT64_C(1) << 40,
                       "that dom0 has more for each qemu-dm it runs (assumed)"),
    { 0 },
};

static const char *const disk_kinds[] = {
    [DISK_FIXED] = "fixed",
    [DISK_ROTATING] = "rotating",
    [DISK_SSD] = "ssd",
    NULL,
};

static const char *const disk_orders[] = {
    [DISK_FIFO] = "fifo",
    [DISK_ELEVATOR] = "elevator",
    NULL,
};

/* The defaults of a rotating disk are assumed: the class of a desktop disk of 2007. */
static const Option disk_table[] = {
    OPTION_CHOICE_FIELD(
        DiskParams, kind, "kind", "fixed", disk_kinds,
        "every request takes the same time; an arm and a platter; flash"),
    OPTION_CHOICE_FIELD(DiskParams, order, "order", "fifo", disk_orders,
                        "of waiting requests: as they came, or by sectors upwards"),
    OPTION_NS_FIELD(DiskParams, seek_ns, "seek", "5ms", 0, NS_PER_S,
                    "fixed: time of a request before its first byte"),
    OPTION_NS_FIELD(DiskParams, track_seek_ns, "track-seek", "1ms", 0, NS_PER_S,
                    "rotating: from a cylinder to the next"),
    OPTION_NS_FIELD(DiskParams, full_seek_ns, "full-seek", "17ms", 0, NS_PER_S,
                    "rotating: across all cylinders"),
    OPTION_INTEGER_FIELD(DiskParams, rpm, "rpm", "7200", 60, 100000,
                         "rotating: turns per minute"),
    OPTION_INTEGER_FIELD(DiskParams, n_cylinders, "cylinders", "60000", 3, 10000000,
                         "rotating: positions of the arm"),
    OPTION_NS_FIELD(DiskParams, access_ns, "access", "100us", 0, NS_PER_S,
                    "ssd: time of a request before its first byte"),
    OPTION_INTEGER_FIELD(DiskParams, n_channels, "channels", "8", 1, 1024,
                         "ssd: requests that it works on at the same time"),
    OPTION_BYTES_FIELD(DiskParams, size_bytes, "size", "80GiB", INT64_C(1) << 30,
                       INT64_C(1) << 46, "of the disk"),
    OPTION_BYTES_FIELD(
        DiskParams, image_bytes, "image", "8GiB", INT64_C(1) << 30, INT64_C(1) << 46,
        "from the beginning of a guest's disk to that of the next guest's"),
    OPTION_UNIT_FIELD(
        DiskParams, bytes_per_s, UNIT_BYTE_RATE, "rate", "60MiB/s", 0, INT64_C(1) << 40,
        "transfer rate of the physical disk (ssd: of its link); 0: images lie in "
        "dom0's memory"),
    { 0 },
};

static const Option ring_table[] = {
    OPTION_INTEGER_FIELD(RingKeys, n_block_places, "block", "32", 1, 4096,
                         "requests of a block ring, a power of 2"),
    OPTION_INTEGER_FIELD(RingKeys, n_segments, "segments", "11", 1, 256,
                         "of 4 KiB in a block request at most"),
    OPTION_INTEGER_FIELD(RingKeys, n_net_places, "network", "256", 1, 4096,
                         "frames of a network ring, a power of 2"),
    { 0 },
};

static const Option nic_table[] = {
    OPTION_UNIT_FIELD(NicParams, bits_per_s, UNIT_BIT_RATE, "rate", "1Gbit/s", 1000,
                      INT64_C(1000000000000), "line rate of the physical network"),
    OPTION_BYTES_FIELD(
        NicParams, frame_overhead_bytes, "frame-overhead", "38B", 0, 1024,
        "what a frame takes on the line beside its payload: preamble 8, header "
        "14, FCS 4, gap 12"),
    OPTION_INTEGER_FIELD(NicParams, n_queued, "queue", "1000", 0, 1000000,
                         "frames that wait for the line; more are lost; 0: any number"),
    { 0 },
};

const char *const domain_kinds[] = {
    [DOMAIN_HVM] = "hvm",
    [DOMAIN_HOG] = "hog",
    [DOMAIN_PERIODIC] = "periodic",
    NULL,
};

static const char *const creations[] = {
    [CREATION_STATIC] = "static",
    [CREATION_START] = "start",
    [CREATION_EVENT] = "event",
    NULL,
};

static const Option domain_table[] = {
    OPTION_CHOICE_FIELD(DomainKeys, kind, "kind", "hvm", domain_kinds,
                        "an HVM guest; a PV neighbour that never blocks; one that "
                        "computes and blocks in turn"),
    OPTION_INTEGER_FIELD(DomainKeys, count, "count", "1", 0, 4096,
                         "how many of them: NAME1, NAME2..."),
    OPTION_INTEGER_FIELD(DomainKeys, n_vcpus, "vcpus", "1", 1, 128, "vCPUs of each"),
    OPTION_NS_FIELD(DomainKeys, start_ns, "start", "0", 0, 3600 * NS_PER_S,
                    "when its vCPUs come up"),
    OPTION_NS_FIELD(DomainKeys, start_spread_ns, "start-spread", "0", 0,
                    3600 * NS_PER_S, "each starts later by a random time up to this"),
    OPTION_BYTES_FIELD(DomainKeys, memory_bytes, "memory", "256MiB", 0,
                       INT64_C(1) << 40, "memory of each"),
    OPTION_CHOICE_FIELD(
        DomainKeys, creation, "creation", "static", creations,
        "there from the beginning; by the toolstack in dom0 at `start`; "
        "by an [event]"),
    OPTION_NS_FIELD(DomainKeys, stop_ns, "stop", "0", 0, 7200 * NS_PER_S,
                    "destroyed then; 0: never"),
    OPTION_NS_FIELD(DomainKeys, lifetime_ns, "lifetime", "0", 0, 7200 * NS_PER_S,
                    "mean of the exponential time after which each is destroyed; 0: "
                    "it lives for ever"),
    OPTION_BOOL_FIELD(DomainKeys, replace, "replace", "no",
                      "each that has been destroyed is created again, until stop"),
    OPTION_WORKING_SET(DomainKeys, "256KiB"),
    OPTION_TEXT_FIELD(DomainKeys, pin, "pin", "all",
                      "pCPUs that its vCPUs may use, such as 0-1,4"),
    { 0 },
};

static const char *const driver_names[] = {
    [DRIVERS_EMULATED] = "emulated",
    [DRIVERS_PV] = "pv",
    NULL,
};

static const char *const arrival_names[] = {
    [ARRIVAL_EXPONENTIAL] = "exponential",
    [ARRIVAL_CONSTANT] = "constant",
    NULL,
};

static const char *const timer_modes[] = {
    [TIMER_DELAY_FOR_MISSED_TICKS] = "delay-for-missed-ticks",
    [TIMER_NO_DELAY] = "no-delay",
    [TIMER_NO_MISSED_TICKS_PENDING] = "no-missed-ticks-pending",
    [TIMER_ONE_MISSED_TICK_PENDING] = "one-missed-tick-pending",
    NULL,
};

static const Option hvm_table[] = {
    OPTION_NS_FIELD(DomainKeys, arrival_ns, "arrival-interval", "0", 0, 3600 * NS_PER_S,
                    "mean time between frames that come for it from outside, for the "
                    "workload echo to answer; 0: none comes"),
    OPTION_CHOICE_FIELD(DomainKeys, arrival_distribution, "arrival-distribution",
                        "exponential", arrival_names, "of the time between them"),
    OPTION_CHOICE_FIELD(DomainKeys, drivers, "drivers", "emulated", driver_names,
                        "how workloads that know both reach disk and network: by "
                        "emulated registers, or by rings to the back ends"),
    OPTION_TEXT_FIELD(DomainKeys, workload, "workload", "",
                      "what each vCPU does: names of [workload] groups, joined by "
                      "commas, mixed by their shares"),
    OPTION_TEXT_FIELD(DomainKeys, boot, "boot", "",
                      "a workload that its vCPU 0 does first, once in each life; the "
                      "other vCPUs come up then"),
    OPTION_TEXT_FIELD(DomainKeys, placement, "placement", "",
                      "where its qemu-dm runs, if not where [device-model] says"),
    OPTION_INTEGER_FIELD(DomainKeys, timer_hz, "timer-hz", "100", 0, 10000,
                         "interrupts per second of its virtual timer; 0: none"),
    OPTION_CHOICE_FIELD(DomainKeys, timer_mode, "timer-mode", "delay-for-missed-ticks",
                        timer_modes,
                        "what becomes of its ticks while it is off its pCPU, as Xen "
                        "3.3 names it: the first two deliver all, then none, then one"),
    { 0 },
};

static const Option periodic_table[] = {
    OPTION_NS_FIELD(DomainKeys, run_ns, "run", "10ms", 1, 3600 * NS_PER_S,
                    "CPU time of a burst"),
    OPTION_NS_FIELD(DomainKeys, block_ns, "block", "10ms", 1, 3600 * NS_PER_S,
                    "time blocked between bursts"),
    OPTION_NS_FIELD(DomainKeys, align_ns, "align", "0", 0, 3600 * NS_PER_S,
                    "its bursts begin at multiples of this after its start, so that "
                    "they keep their phase; 0: after each block"),
    { 0 },
};

static const Option workload_table[] = {
    OPTION_TEXT_FIELD(WorkloadKeys, source, "source", "",
                      "where its activities come from, see `hvmsim list workloads`"),
    OPTION_INTEGER_FIELD(WorkloadKeys, share, "share", "1", 1, 1000000,
                         "its part among the workloads of one domain"),
    { 0 },
};

const char *const event_verbs[] = {
    [EVENT_CREATE] = "create",
    [EVENT_DESTROY] = "destroy",
    [EVENT_PAUSE] = "pause",
    [EVENT_UNPAUSE] = "unpause",
    [EVENT_ATTACH] = "attach",
    [EVENT_DETACH] = "detach",
    [EVENT_SET_WEIGHT] = "set-weight",
    [EVENT_SET_CAP] = "set-cap",
    [EVENT_SET_PARAMETERS] = "set-parameters",
    [EVENT_PIN] = "pin",
    NULL,
};

static const Option event_table[] = {
    OPTION_NS_FIELD(EventKeys, at_ns, "at", "0", 0, 7200 * NS_PER_S,
                    "when, counted from the beginning of the run; needed"),
    OPTION_NS_FIELD(EventKeys, every_ns, "every", "0", 0, 3600 * NS_PER_S,
                    "and again after this; 0: once"),
    OPTION_INTEGER_FIELD(EventKeys, count, "count", "0", 0, INT64_C(1000000000),
                         "how often at most; 0: until the end"),
    OPTION_CHOICE_FIELD(EventKeys, verb, "do", "pause", event_verbs,
                        "what the toolstack does; needed"),
    OPTION_TEXT_FIELD(EventKeys, domain, "domain", "",
                      "to whom: names such as guest3 and guest3-dm (its stub domain), "
                      "groups, patterns with * and ?, joined by commas; needed"),
    OPTION_TEXT_FIELD(EventKeys, parent, "parent", "",
                      "attach: on whose account it shall draw; the guest of a stub "
                      "domain if absent"),
    OPTION_TEXT_FIELD(EventKeys, pin, "pin", "",
                      "pin: pCPUs that its vCPUs may use, such as 0-1,4, or all"),
    { 0 },
};

static const Option output_table[] = {
    OPTION_BOOL_FIELD(OutputKeys, csv, "csv", "yes",
                      "write every table of the database as CSV"),
    OPTION_BOOL_FIELD(OutputKeys, figures, "figures", "yes", "draw figures of them"),
    { 0 },
};

const GroupKeys groups_of_keys[] = {
    { .kind = "scenario", .help = "what it is called", .table = scenario_table },
    { .kind = "run",
      .help = "how long, how often, from which seed",
      .table = run_table,
      .is_of_the_model = true },
    { .kind = "host",
      .help = "the machine",
      .table = host_table,
      .is_of_the_model = true },
    { .kind = "scheduler",
      .help = "the hypervisor's scheduler, and its own keys",
      .table = scheduler_table,
      .is_of_the_model = true },
    { .kind = "dom0",
      .help = "the control domain",
      .table = dom0_table,
      .takes_sched_params = true,
      .is_of_the_model = true },
    { .kind = "driver-domain",
      .help = "a Linux that has devices, beside dom0",
      .table = driver_domain_table,
      .takes_sched_params = true,
      .is_of_the_model = true },
    { .kind = "stub",
      .help = "every stub domain, where the placement has some",
      .table = stub_table,
      .takes_sched_params = true,
      .is_of_the_model = true },
    { .kind = "device-model",
      .help = "who emulates the guests' devices",
      .table = device_model_table,
      .is_of_the_model = true },
    { .kind = "disk",
      .help = "the physical disk",
      .table = disk_table,
      .is_of_the_model = true },
    { .kind = "nic",
      .help = "the physical network",
      .table = nic_table,
      .is_of_the_model = true },
    { .kind = "rings",
      .help = "between front ends (stub domains, PV drivers) and back ends",
      .table = ring_table,
      .is_of_the_model = true },
    { .kind = "domain",
      .help = "guests and neighbours, [domain NAME]; no NAME is dom0, Domain-0 or "
              "driver-domain, nor that of a guest with -dm behind it",
      .table = domain_table,
      .is_named = true,
      .takes_sched_params = true,
      .is_of_the_model = true },
    { .kind = "workload",
      .help = "what a guest does, [workload NAME], and its source's own keys",
      .table = workload_table,
      .is_named = true,
      .is_of_the_model = true },
    { .kind = "event",
      .help = "what the toolstack does during a run, [event NAME]; those of one "
              "instant in the order of the file. set-weight, set-cap and "
              "set-parameters take",
      .table = event_table,
      .is_named = true,
      .takes_sched_params = true,
      .is_of_the_model = true },
    { .kind = "sweep",
      .help = "GROUP.KEY = a, b, c for each key to vary; the combinations of all are "
              "run; lockstep = K1, K2 varies keys together; constraint = K1 < K2 keeps "
              "some" },
    { .kind = "output", .help = "what is made of the results", .table = output_table },
    { 0 },
};

const GroupKeys *group_keys_find(const char *kind)
{
    for (const GroupKeys *group = groups_of_keys; group->kind; group++)
        if (strcmp(group->kind, kind) == 0)
            return group;
    return NULL;
}

const Option *domain_kind_keys(DomainKind kind)
{
    switch (kind) {
    case DOMAIN_HVM:
        return hvm_table;
    case DOMAIN_PERIODIC:
        return periodic_table;
    case DOMAIN_HOG:
        return NULL;
    }
    g_assert_not_reached();
}

/* As an OPTION_..._FIELD of a SchedParams. */
const SchedKey sched_keys[] = {
    { OPTION_INTEGER_FIELD(SchedParams, weight, "weight", "256", 1, 65535,
                           "its part of the host among runnable domains"),
      PARAM_WEIGHT, true },
    { OPTION_UNIT_FIELD(SchedParams, cap_percent, UNIT_PERCENT, "cap", "0%", 0,
                        100 * (int64_t)PCPUS_MAX,
                        "the most it may use, of one pCPU; 0: no limit"),
      PARAM_CAP, true },
    { OPTION_NS_FIELD(SchedParams, period_ns, "period", "100ms", 10 * NS_PER_US,
                      10 * NS_PER_S, "the period of its reservation"),
      PARAM_PERIOD, false },
    { OPTION_NS_FIELD(SchedParams, slice_ns, "slice", "0", 0, 10 * NS_PER_S,
                      "CPU time reserved per period"),
      PARAM_SLICE, false },
    { OPTION_NS_FIELD(SchedParams, latency_ns, "latency", "0", 0, 10 * NS_PER_S,
                      "how late it may start after it wakes"),
      PARAM_LATENCY, false },
    { OPTION_INTEGER_FIELD(SchedParams, share, "share", "0", 0, 65535,
                           "derives period and slice from its part among the "
                           "weighted"),
      PARAM_SHARE, false },
    { OPTION_BOOL_FIELD(SchedParams, extratime, "extratime", "yes",
                        "may use time that nobody claims"),
      PARAM_EXTRATIME, false },
    { .option = { 0 } },
};

const Option *group_keys_option(const GroupKeys *group, const char *key)
{
    const Option *option = option_find(group->table, key);

    if (option || !group->takes_sched_params)
        return option;
    for (const SchedKey *sched = sched_keys; sched->option.key; sched++)
        if (strcmp(sched->option.key, key) == 0)
            return &sched->option;
    return NULL;
}
