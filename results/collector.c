#include "results/collector_internal.h"

static void init_domains(Collector *self)
{
    self->n_domains = self->host->domains->len;
    self->domains = g_new0(DomainTally, self->n_domains);
    for (unsigned i = 0; i < self->n_domains; i++) {
        self->domains[i].role = domain_at(self, i)->id == 0 ? ROLE_DOM0 : ROLE_GUEST;
        self->domains[i].owner = NO_DOMAIN;
        self->domains[i].alive_since_ns = domain_at(self, i)->is_gone ? NOT_ALIVE : 0;
    }
}

static void init_vcpus(Collector *self)
{
    const unsigned n_vcpus = self->host->vcpus->len;

    self->woken_ns = g_new(int64_t, n_vcpus);
    for (unsigned i = 0; i < n_vcpus; i++)
        self->woken_ns[i] = NOT_WAITING;
}

Collector *collector_new(Host *host)
{
    Collector *self = g_new0(Collector, 1);
    Probe probe = collector_probe;

    g_assert(!host->is_started);
    probe.listener = self;
    self->host = host;
    init_domains(self);
    init_vcpus(self);
    host_add_probe(host, &probe);
    return self;
}

void collector_free(Collector *self)
{
    if (!self)
        return;
    for (unsigned i = 0; i < self->n_domains; i++) {
        g_free(self->domains[i].requests);
        g_free(self->domains[i].transfers);
        g_free(self->domains[i].lateness);
        g_free(self->domains[i].boots);
    }
    device_tally_clear(&self->devices);
    for (unsigned i = 0; i < STAGES; i++)
        g_free(self->stages[i]);
    for (unsigned i = 0; i < ROLES; i++)
        g_free(self->wakes[i]);
    for (unsigned i = 0; i < RING_KINDS; i++)
        g_free(self->rings[i]);
    g_free(self->domains);
    g_free(self->woken_ns);
    g_free(self);
}

void collector_set_role(Collector *self, const Domain *domain, DomainRole role,
                        const Domain *owner)
{
    DomainTally *tally = &self->domains[domain->index];

    g_assert(!self->is_measuring && (owner != NULL) == (role == ROLE_STUB));
    tally->role = role;
    tally->owner = owner ? (int)owner->index : NO_DOMAIN;
}

void collector_set_group(Collector *self, const Domain *domain, const char *group)
{
    self->domains[domain->index].group = group;
}

static void add_histograms(Collector *self)
{
    for (unsigned i = 0; i < self->n_domains; i++) {
        DomainTally *tally = &self->domains[i];

        if (!self->wakes[tally->role])
            self->wakes[tally->role] = histogram_new();
        if (tally->role != ROLE_GUEST)
            continue;
        tally->requests = histogram_new();
        tally->transfers = histogram_new();
    }
    device_tally_begin(&self->devices);
    for (unsigned i = 0; i < STAGES; i++)
        self->stages[i] = histogram_new();
    for (unsigned i = 0; i < RING_KINDS; i++)
        self->rings[i] = histogram_new();
}

/* What was before does not count. */
static void begin_life(DomainTally *tally, int64_t now_ns)
{
    tally->seen.lived_ns = 0;
    if (tally->alive_since_ns != NOT_ALIVE)
        tally->alive_since_ns = now_ns;
}

void collector_begin(Collector *self)
{
    g_assert(!self->is_measuring && self->host->domains->len == self->n_domains);
    host_book_time(self->host);
    self->begin_ns = host_now_ns(self->host);
    collector_read_host(self->host, &self->at_begin);
    for (unsigned i = 0; i < self->n_domains; i++)
        begin_life(&self->domains[i], self->begin_ns);
    for (unsigned i = 0; i < self->n_domains; i++)
        collector_read_domain(domain_at(self, i), self->begin_ns,
                              &self->domains[i].at_begin);
    collector_add_paid_overhead(self, -1);
    add_histograms(self);
    self->is_measuring = true;
}
