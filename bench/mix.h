/*
 * mix.h - a busy host of scripted vCPUs, drawn from a seed.
 *
 * The mix of the golden case "15-big-16p-64d": dom0 with four vCPUs of short work, then
 * domains that compute for ever, in long bursts, serve short requests often, or hardly
 * do anything; weights from 128 to 1024, a few caps. It keeps 16 pCPUs 99 % busy from
 * 64 vCPUs on.
 */
#ifndef BENCH_MIX_H
#define BENCH_MIX_H

#include "models/host/host.h"

typedef struct Mix Mix;

/* Domains are added until there are n_vcpus. The host is started. Free with mix_free.
 */
Mix *mix_new(const SchedulerOps *scheduler, unsigned n_pcpus, unsigned n_vcpus,
             uint64_t seed);
void mix_free(Mix *mix);
Host *mix_host(const Mix *mix);

#endif
