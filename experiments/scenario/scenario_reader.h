/*
 * scenario_reader.h - what the parts of scenario_resolve share.
 */
#ifndef EXPERIMENTS_SCENARIO_READER_H
#define EXPERIMENTS_SCENARIO_READER_H

#include "experiments/scenario/scenario.h"
#include "experiments/scenario/section.h"

typedef struct {
    const IniFile *document;
    ScenarioContext *context;
    Scenario *scenario;
} Reader;

/* Binds the table of the group's kind. */
void section_open(Section *section, const Reader *reader, const char *head,
                  void *fields);
/* Reads what is bound, and keeps it in the resolved texts. */
bool section_resolve(Section *section, const Reader *reader, GError **error);
/* Any domain but dom0, which is 0. */
#define ANY_GUEST 1u

/* Whether the scheduler takes a domain of that id with these parameters. */
bool section_check_sched(const Section *section, const SchedulerOps *scheduler,
                         const SchedParams *sched, unsigned domain_id, GError **error);
/* "all" leaves the mask as it is. */
bool section_read_pinning(const Section *section, const char *text, unsigned n_pcpus,
                          PcpuMask *mask, GError **error);

/* The key placement; NULL and an error. */
const PlacementOps *section_find_placement(const Section *section, const char *name,
                                           GError **error);

/* [device-model]; after [host]. */
bool read_device_model(const Reader *reader, GError **error);

/* Calls read for each group of that kind, in the order of the file. */
bool read_named_groups(const Reader *reader, const char *kind,
                       bool (*read)(const Reader *, const IniGroup *, GError **),
                       GError **error);

/* The [workload], [domain] and [event] groups; of all groups, the last to be read. */
bool read_workloads(const Reader *reader, GError **error);
bool read_domains(const Reader *reader, GError **error);
bool read_events(const Reader *reader, GError **error);

/* Domains, vCPUs and events must not need more timers than the simulator has. After
 * all of these; the error is at the group that is one too many. */
bool check_size(const Reader *reader, GError **error);
/* What is there from the beginning must fit. */
bool check_memory(const Reader *reader, GError **error);

void scenario_workload_free(void *workload);
void scenario_domain_free(void *domain);
void scenario_event_free(void *event);

#endif
