#include "experiments/golden/case_reader.h"

#include <string.h>

static void clear_domain(void *data)
{
    CaseDomain *domain = data;

    g_free(domain->name);
}

static void clear_vcpu(void *data)
{
    CaseVcpu *vcpu = data;

    g_free(vcpu->name);
    g_array_unref(vcpu->script);
}

GoldenCase *case_new(void)
{
    GoldenCase *self = g_new0(GoldenCase, 1);

    self->domains = g_array_new(false, true, sizeof(CaseDomain));
    g_array_set_clear_func(self->domains, clear_domain);
    self->vcpus = g_array_new(false, true, sizeof(CaseVcpu));
    g_array_set_clear_func(self->vcpus, clear_vcpu);
    self->events = g_array_new(false, false, sizeof(CaseEvent));
    return self;
}

void golden_case_free(GoldenCase *self)
{
    if (!self)
        return;
    if (self->scheduler_options)
        option_clear(self->scheduler->options, self->scheduler_options);
    g_free(self->scheduler_options);
    g_array_unref(self->domains);
    g_array_unref(self->vcpus);
    g_array_unref(self->events);
    g_free(self);
}

const CaseDomain *case_domain(const GoldenCase *self, unsigned index)
{
    return &g_array_index(self->domains, CaseDomain, index);
}

const CaseVcpu *case_vcpu(const GoldenCase *self, unsigned index)
{
    return &g_array_index(self->vcpus, CaseVcpu, index);
}

const char *case_event_target(const GoldenCase *self, const CaseEvent *event)
{
    return event->op == OP_SET_AFFINITY ? case_vcpu(self, event->vcpu)->name
                                        : case_domain(self, event->domain)->name;
}

unsigned case_find_domain(const GoldenCase *self, const char *name)
{
    for (unsigned i = 0; i < self->domains->len; i++)
        if (strcmp(case_domain(self, i)->name, name) == 0)
            return i;
    return NO_INDEX;
}

unsigned case_find_vcpu(const GoldenCase *self, const char *name)
{
    for (unsigned i = 0; i < self->vcpus->len; i++)
        if (strcmp(case_vcpu(self, i)->name, name) == 0)
            return i;
    return NO_INDEX;
}
