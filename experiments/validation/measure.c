#include "experiments/validation/measure.h"

#include "sim/units.h"

#include <math.h>
#include <string.h>

/* The domains that are the subject, added up. */
typedef struct {
    unsigned n_domains;
    int64_t measured_ns;
    int64_t ran_ns, overhead_ns;
    int64_t latency_sum_ns, stages_ns;
    int64_t transfer_sum_ns, wake_sum_ns;
    uint64_t requests, transfers, wakes, deadlines, missed_deadlines;
} Total;

struct Measure {
    const char *name, *unit;
    double (*take)(const Total *total);
};

static double per_second(uint64_t n, const Total *total)
{
    return (double)n * (double)NS_PER_S / (double)total->measured_ns;
}

static double percent_of_pcpu(int64_t time_ns, const Total *total)
{
    return 100.0 * (double)time_ns / (double)total->measured_ns;
}

static double mean_us(int64_t sum_ns, uint64_t n)
{
    return (double)sum_ns / (double)n / (double)NS_PER_US;
}

static double take_cpu(const Total *total)
{
    return percent_of_pcpu(total->ran_ns + total->overhead_ns, total);
}

static double take_work(const Total *total)
{
    return percent_of_pcpu(total->ran_ns, total);
}

static double take_requests(const Total *total)
{
    return per_second(total->requests, total);
}

static double take_transfers(const Total *total)
{
    return per_second(total->transfers, total);
}

static double take_met(const Total *total)
{
    return per_second(total->deadlines - total->missed_deadlines, total);
}

static double take_missed(const Total *total)
{
    return 100.0 * (double)total->missed_deadlines / (double)total->deadlines;
}

static double take_wakes(const Total *total)
{
    return per_second(total->wakes, total);
}

static double take_latency(const Total *total)
{
    return mean_us(total->latency_sum_ns, total->requests);
}

static double take_transfer_time(const Total *total)
{
    return mean_us(total->transfer_sum_ns, total->transfers);
}

static double take_wake_latency(const Total *total)
{
    return mean_us(total->wake_sum_ns, total->wakes);
}

static double take_stages(const Total *total)
{
    return (double)total->stages_ns / (double)total->latency_sum_ns;
}

static const Measure measures[] = {
    { "cpu", "%", take_cpu },
    { "work", "%", take_work },
    { "requests", "1/s", take_requests },
    { "transfers", "1/s", take_transfers },
    { "deadlines-met", "1/s", take_met },
    { "deadlines-missed", "%", take_missed },
    { "wakes", "1/s", take_wakes },
    { "latency", "us", take_latency },
    { "transfer-time", "us", take_transfer_time },
    { "wake-latency", "us", take_wake_latency },
    { "stages", "", take_stages },
};

const Measure *measure_find(const char *name)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(measures); i++)
        if (strcmp(measures[i].name, name) == 0)
            return &measures[i];
    return NULL;
}

GPtrArray *measure_names(void)
{
    GPtrArray *names = g_ptr_array_new();

    for (unsigned i = 0; i < G_N_ELEMENTS(measures); i++)
        g_ptr_array_add(names, (char *)measures[i].name);
    return names;
}

const char *measure_unit(const Measure *measure)
{
    return measure->unit;
}

/* "guest1" is one of "guest". */
static bool is_one_of(const char *name, const char *group)
{
    const size_t length = strlen(group);

    return strncmp(name, group, length) == 0 && name[length] != '\0' &&
           strspn(name + length, "0123456789") == strlen(name + length);
}

static bool is_subject(const DomainRecord *domain, const char *subject)
{
    return strcmp(subject, "host") == 0 || strcmp(subject, domain->name) == 0 ||
           is_one_of(domain->name, subject) ||
           strcmp(subject, role_name(domain->role)) == 0;
}

static void add(Total *total, const DomainRecord *domain)
{
    total->n_domains++;
    total->ran_ns += domain->ran_ns;
    total->overhead_ns += domain->overhead_ns;
    total->latency_sum_ns += domain->latency_sum_ns;
    for (unsigned i = 0; i < STAGES; i++)
        total->stages_ns += domain->stage_ns[i];
    total->transfer_sum_ns += domain->transfer_sum_ns;
    total->wake_sum_ns += domain->wake_sum_ns;
    total->requests += domain->requests;
    total->transfers += domain->transfers;
    total->wakes += domain->wakes;
    total->deadlines += domain->deadlines;
    total->missed_deadlines += domain->missed_deadlines;
}

double measure_take(const Measure *measure, const RunRecord *record,
                    const char *subject)
{
    Total total = { .measured_ns = record->measured_ns };

    for (unsigned i = 0; i < record->domains->len; i++) {
        const DomainRecord *domain = &g_array_index(record->domains, DomainRecord, i);

        if (is_subject(domain, subject))
            add(&total, domain);
    }
    return total.n_domains > 0 ? measure->take(&total) : NAN;
}
