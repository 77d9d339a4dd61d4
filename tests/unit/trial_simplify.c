/*
 * How a trial is made smaller: a list of changes, each tried by its number. Dropping
 * things comes before making them simpler.
 */
#include "tests/unit/trial.h"

#include <string.h>

/* Changes item number of the trial; false when the trial has no such item. */
typedef bool (*Change)(Trial *trial, unsigned item);

#define DROP(array, n, item)                                                           \
    memmove(&(array)[item], &(array)[(item) + 1], (--(n) - (item)) * sizeof(array)[0])

static bool drop_event(Trial *trial, unsigned item)
{
    if (item >= trial->n_events)
        return false;
    DROP(trial->events, trial->n_events, item);
    return true;
}

static bool drop_vcpu(Trial *trial, unsigned item)
{
    if (item >= trial->n_vcpus || trial->n_vcpus == 1)
        return false;
    DROP(trial->vcpus, trial->n_vcpus, item);
    for (unsigned i = trial->n_events; i-- > 0;) {
        TrialEvent *event = &trial->events[i];

        if (event->operation != TRIAL_AFFINITY || event->target < item)
            continue;
        if (event->target == item)
            DROP(trial->events, trial->n_events, i);
        else
            event->target--;
    }
    return true;
}

static bool uses_domain(const Trial *trial, unsigned domain)
{
    for (unsigned i = 0; i < trial->n_vcpus; i++)
        if (trial->vcpus[i].domain == domain)
            return true;
    for (unsigned i = 0; i < trial->n_events; i++) {
        const TrialEvent *event = &trial->events[i];

        if (event->operation != TRIAL_AFFINITY && event->target == domain)
            return true;
        if (event->operation == TRIAL_ATTACH && event->a == domain)
            return true;
    }
    return false;
}

static bool drop_domain(Trial *trial, unsigned item)
{
    if (item >= trial->n_domains || trial->n_domains == 1)
        return false;
    if (uses_domain(trial, item))
        return true;
    DROP(trial->domains, trial->n_domains, item);
    for (unsigned i = 0; i < trial->n_vcpus; i++)
        if (trial->vcpus[i].domain > item)
            trial->vcpus[i].domain--;
    for (unsigned i = 0; i < trial->n_events; i++) {
        TrialEvent *event = &trial->events[i];

        if (event->operation != TRIAL_AFFINITY && event->target > item)
            event->target--;
        if (event->operation == TRIAL_ATTACH && event->a > item)
            event->a--;
    }
    return true;
}

static bool drop_step(Trial *trial, unsigned item)
{
    TrialVcpu *vcpu = &trial->vcpus[item / TRIAL_STEPS_MAX];
    const unsigned step = item % TRIAL_STEPS_MAX;

    if (item / TRIAL_STEPS_MAX >= trial->n_vcpus)
        return false;
    if (step < vcpu->n_steps && vcpu->n_steps > 1)
        DROP(vcpu->steps, vcpu->n_steps, step);
    return true;
}

/* The highest pCPU goes, and its core's other threads with it. */
static bool drop_pcpu(Trial *trial, unsigned item)
{
    const unsigned left = trial->n_pcpus - trial->threads_per_core;
    const uint64_t all = (UINT64_C(1) << left) - 1;

    if (item > 0 || left == 0)
        return false;
    trial->n_pcpus = left;
    for (unsigned i = 0; i < trial->n_vcpus; i++) {
        TrialVcpu *vcpu = &trial->vcpus[i];

        vcpu->pcpu %= left;
        vcpu->affinity = vcpu->affinity & all ? vcpu->affinity & all : all;
    }
    for (unsigned i = 0; i < trial->n_events; i++) {
        TrialEvent *event = &trial->events[i];

        if (event->operation == TRIAL_AFFINITY)
            event->a = event->a & (int64_t)all ? event->a & (int64_t)all : (int64_t)all;
    }
    return true;
}

static bool shorten(Trial *trial, unsigned item)
{
    static const int64_t divisors[] = { 2, 4, 10 };

    if (item >= sizeof divisors / sizeof divisors[0])
        return false;
    trial->duration_us -= trial->duration_us / divisors[item];
    return true;
}

static bool allow_everywhere(Trial *trial, unsigned item)
{
    if (item >= trial->n_vcpus)
        return false;
    trial->vcpus[item].affinity = (UINT64_C(1) << trial->n_pcpus) - 1;
    return true;
}

static bool start_at_once(Trial *trial, unsigned item)
{
    if (item >= trial->n_vcpus)
        return false;
    trial->vcpus[item].start_us = 0;
    return true;
}

static bool make_hog(Trial *trial, unsigned item)
{
    if (item >= trial->n_vcpus)
        return false;
    trial->vcpus[item].n_steps = 1;
    trial->vcpus[item].steps[0] = (TrialStep){ -1, 0 };
    return true;
}

static bool make_domain_plain(Trial *trial, unsigned item)
{
    if (item >= trial->n_domains)
        return false;
    trial->domains[item] = (TrialDomain){ 256, 0, 10000, 1000, true };
    return true;
}

/* To two digits, then to one. */
static int64_t round_off(int64_t value, unsigned digits)
{
    int64_t unit = 1;

    while (value / unit >= (digits == 2 ? 100 : 10))
        unit *= 10;
    return value / unit * unit;
}

static bool round_times(Trial *trial, unsigned item)
{
    TrialVcpu *vcpu = &trial->vcpus[item / 2];
    const unsigned digits = 2 - item % 2;

    if (item / 2 >= trial->n_vcpus)
        return false;
    vcpu->start_us = round_off(vcpu->start_us, digits);
    for (unsigned i = 0; i < vcpu->n_steps; i++) {
        vcpu->steps[i].run_us = round_off(vcpu->steps[i].run_us, digits);
        vcpu->steps[i].block_us = round_off(vcpu->steps[i].block_us, digits);
    }
    return true;
}

static bool round_event(Trial *trial, unsigned item)
{
    int64_t time_us;

    if (item >= trial->n_events)
        return false;
    time_us = round_off(trial->events[item].time_us, 2);
    if (item == 0 || time_us >= trial->events[item - 1].time_us)
        trial->events[item].time_us = time_us;
    return true;
}

static bool drop_threads(Trial *trial, unsigned item)
{
    if (item > 0)
        return false;
    trial->threads_per_core = 1;
    trial->cores_per_socket = trial->n_pcpus;
    return true;
}

static const Change changes[] = {
    drop_vcpu,         drop_event,       drop_domain, drop_pcpu,     shorten,
    drop_step,         allow_everywhere, make_hog,    start_at_once, drop_threads,
    make_domain_plain, round_times,      round_event,
};

bool trial_simplify(const Trial *trial, unsigned number, Trial *simpler)
{
    for (unsigned i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        unsigned item = 0;

        for (; *simpler = *trial, changes[i](simpler, item); item++)
            if (number-- == 0)
                return true;
    }
    return false;
}
