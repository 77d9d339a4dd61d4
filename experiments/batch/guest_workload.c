#include "experiments/batch/guest_workload.h"

#include "workloads/mix.h"
#include "workloads/sequence.h"

/* What it does for ever; life_name: "guest3", "guest3/life2". */
static Workload *work_new(const ScenarioDomain *domain, const char *life_name,
                          unsigned vcpu, uint64_t seed)
{
    const unsigned n = domain->workloads->len;
    g_autofree MixPart *parts = g_new(MixPart, n);
    g_autofree char *vcpu_name = g_strdup_printf("%s/vcpu%u", life_name, vcpu);
    g_autofree char *mix_name = g_strconcat(vcpu_name, "/mix", NULL);

    for (unsigned i = 0; i < n; i++) {
        const ScenarioWorkload *workload = g_ptr_array_index(domain->workloads, i);
        g_autofree char *stream_name =
            g_strdup_printf("%s/%s", vcpu_name, workload->name);

        parts[i] = (MixPart){
            workload_source_start(workload->source->source,
                                  domain->keys.drivers == DRIVERS_PV, seed,
                                  stream_name),
            workload->keys.share,
        };
    }
    return n == 1 ? parts[0].workload : mix_new(parts, n, seed, mix_name);
}

/* The first life has the names that a guest without end has. */
Workload *guest_workload_new(const ScenarioDomain *domain, const char *guest_name,
                             unsigned life, unsigned vcpu, uint64_t seed)
{
    g_autofree char *life_name = life == 0
                                     ? g_strdup(guest_name)
                                     : g_strdup_printf("%s/life%u", guest_name, life);
    g_autofree char *boot_name = g_strconcat(life_name, "/boot", NULL);
    Workload *work = work_new(domain, life_name, vcpu, seed);

    if (!domain->boot || vcpu > 0)
        return work;
    return boot_then_work_new(
        workload_source_start(domain->boot->source->source, false, seed, boot_name),
        work);
}
