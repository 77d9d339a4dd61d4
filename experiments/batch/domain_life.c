#include "experiments/batch/domain_life.h"

#include "experiments/batch/guest_workload.h"
#include "sim/random.h"
#include "workloads/distribution.h"

#include <string.h>

struct DomainLife {
    LifeSource source;
    LifeParams params;
    const ScenarioDomain *domain;
    const char *name;
    uint64_t seed;
    unsigned life; /* the first is 0 */
    gsl_rng *lifetimes;
};

static DomainLife *of_source(LifeSource *source)
{
    return (DomainLife *)source;
}

/* Asked for the vCPUs in their order, once in each life but the first. */
static Workload *next_workload(LifeSource *source, unsigned vcpu)
{
    DomainLife *self = of_source(source);

    if (vcpu == 0)
        self->life++;
    return guest_workload_new(self->domain, self->name, self->life, vcpu, self->seed);
}

static int64_t next_lifetime_ns(LifeSource *source)
{
    DomainLife *self = of_source(source);
    const int64_t mean_ns = self->domain->keys.lifetime_ns;

    if (mean_ns == 0)
        return TIME_NEVER_NS;
    return distribution_draw(DISTRIBUTION_EXPONENTIAL, self->lifetimes, mean_ns);
}

static bool names_domain(const ScenarioEvent *event, const char *name)
{
    for (char **other = (char **)event->domains->pdata; *other; other++)
        if (strcmp(*other, name) == 0)
            return true;
    return false;
}

static bool is_created_or_destroyed(const Scenario *scenario, const char *name)
{
    for (unsigned i = 0; i < scenario->events->len; i++) {
        const ScenarioEvent *event = g_ptr_array_index(scenario->events, i);

        if ((event->order == ORDER_CREATE || event->order == ORDER_DESTROY) &&
            names_domain(event, name))
            return true;
    }
    return false;
}

DomainLife *domain_life_new(const Scenario *scenario, const ScenarioDomain *domain,
                            const char *name, uint64_t seed)
{
    const DomainKeys *keys = &domain->keys;
    g_autofree char *stream_name = g_strdup_printf("%s/lifetime", name);
    DomainLife *self;

    if (keys->creation == CREATION_STATIC && keys->stop_ns == 0 &&
        keys->lifetime_ns == 0 && !is_created_or_destroyed(scenario, name))
        return NULL;
    self = g_new0(DomainLife, 1);
    self->source = (LifeSource){ next_workload, next_lifetime_ns };
    self->params = (LifeParams){
        .is_created = keys->creation != CREATION_STATIC,
        .is_replaced = keys->replace,
        .stop_ns = keys->stop_ns > 0 ? keys->stop_ns : TIME_NEVER_NS,
        .source = &self->source,
    };
    self->domain = domain;
    self->name = name;
    self->seed = seed;
    self->lifetimes = random_stream_new(seed, stream_name);
    return self;
}

void domain_life_free(DomainLife *self)
{
    if (!self)
        return;
    gsl_rng_free(self->lifetimes);
    g_free(self);
}

const LifeParams *domain_life_params(const DomainLife *self)
{
    return self ? &self->params : NULL;
}
