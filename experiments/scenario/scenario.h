/*
 * scenario.h - one resolved combination of a scenario file: every key has its value,
 * every name stands for what it names.
 *
 * scenario_resolve reads a whole document: groups of texts, of which the swept ones
 * have been replaced (experiment.h makes the documents).
 */
#ifndef EXPERIMENTS_SCENARIO_H
#define EXPERIMENTS_SCENARIO_H

#include "experiments/input/ini.h"
#include "experiments/scenario/keys.h"
#include "experiments/scenario/open_source.h"

/* What all combinations of one file share. */
typedef struct {
    char *folder;          /* of the scenario file: names are looked up here first */
    GPtrArray *schedulers; /* of SchedulerOps: those that the combinations use */
    GHashTable *cost_profiles; /* as written -> CostProfile, owned */
    GHashTable *sources;       /* of OpenSource, owned; see open_source.h */
} ScenarioContext;

typedef struct {
    char *name;
    WorkloadKeys keys;
    const OpenSource *source; /* borrowed from the context */
} ScenarioWorkload;

typedef struct {
    char *name;
    DomainKeys keys;
    PcpuMask pinning;              /* n_words 0: all */
    GPtrArray *workloads;          /* of ScenarioWorkload, borrowed from the scenario */
    const ScenarioWorkload *boot;  /* NULL: none */
    const PlacementOps *placement; /* hvm: of its device model */
} ScenarioDomain;

typedef struct {
    char *name;
    EventKeys keys;
    OrderVerb order;
    PcpuMask pinning;   /* n_words 0: all */
    GPtrArray *domains; /* names, owned; ends with NULL */
} ScenarioEvent;

typedef struct {
    ScenarioKeys names;
    RunKeys run;
    HostKeys host;
    Topology topology;
    const CostProfile *profile; /* borrowed from the context */
    const XenRelease *xen;
    SchedulerKeys scheduler_keys;
    const SchedulerOps *scheduler;
    void *scheduler_options; /* NULL when it has none */
    Dom0Keys dom0;
    PcpuMask dom0_pinning; /* n_words 0: all */
    DriverDomainKeys driver_domain;
    PcpuMask driver_pinning; /* likewise */
    bool driver_has_disk, driver_has_network;
    StubKeys stub;
    DeviceModelKeys device_model;
    const PlacementOps *placement; /* of guests that name none */
    MemoryParams memory;
    DeviceMap *device_map; /* owned */
    DiskParams disk;
    NicParams nic;
    RingKeys rings;
    OutputKeys output;
    GPtrArray *domains;   /* of ScenarioDomain, owned */
    GPtrArray *workloads; /* of ScenarioWorkload, owned */
    GPtrArray *events;    /* of ScenarioEvent, owned, in the order of the file */
    GString *text;        /* the resolved scenario, whole */
    GString *model_text;  /* the part of it that decides what a run with a seed does */
} Scenario;

void scenario_context_init(ScenarioContext *context, const char *scenario_path);
void scenario_context_clear(ScenarioContext *context);

/* NULL and an error. The document may go before the scenario. */
Scenario *scenario_resolve(const IniFile *document, ScenarioContext *context,
                           GError **error);
void scenario_free(Scenario *scenario);

/* That of [domain NAME]; NULL if there is none. */
const ScenarioDomain *scenario_find_domain(const Scenario *scenario, const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Scenario, scenario_free)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ScenarioContext, scenario_context_clear)

#endif
