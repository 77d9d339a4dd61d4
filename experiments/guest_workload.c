#include "experiments/guest_workload.h"

#include "workloads/mix.h"

Workload *guest_workload_new(const ScenarioDomain *domain, const char *guest_name,
                             unsigned vcpu, uint64_t seed)
{
    const unsigned n = domain->workloads->len;
    g_autofree MixPart *parts = g_new(MixPart, n);
    g_autofree char *vcpu_name = g_strdup_printf("%s/vcpu%u", guest_name, vcpu);
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
