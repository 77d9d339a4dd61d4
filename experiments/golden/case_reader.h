/*
 * case_reader.h - the parts of the reader of golden scenarios, for each other.
 */
#ifndef EXPERIMENTS_GOLDEN_CASE_READER_H
#define EXPERIMENTS_GOLDEN_CASE_READER_H

#include "experiments/golden/case.h"
#include "experiments/golden/key_group.h"

/* Empty: to be filled by the reader. */
GoldenCase *case_new(void);

/* The index of a name, or NO_INDEX. */
unsigned case_find_domain(const GoldenCase *self, const char *name);
unsigned case_find_vcpu(const GoldenCase *self, const char *name);

/* The key's text, when it has one, as a set of the host's pCPUs. */
bool case_read_affinity(const GoldenCase *self, KeyGroup *group, PcpuMask *mask,
                        bool *is_given, GError **error);

/* Those of a domain's or event's parameters that are given; sets params->set. */
bool case_read_weight_and_cap(KeyGroup *group, SchedParams *params, GError **error);
/* All or none of the sedf_* keys. */
bool case_read_sedf(KeyGroup *group, SchedParams *params, GError **error);

/* Reads the group's script key; all vCPUs must have been added. */
bool case_read_script(const GoldenCase *self, KeyGroup *group, CaseVcpu *vcpu,
                      GError **error);

/* Adds the event that the group describes; domains and vCPUs are complete. */
bool case_read_event(GoldenCase *self, KeyGroup *group, GError **error);

#endif
