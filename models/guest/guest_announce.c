#include "models/guest/guest_announce.h"

void guest_announce_exit(const Vcpu *vcpu, ExitClass exit, const Activity *access)
{
    const Host *host = vcpu->domain->host;

    for (unsigned i = 0; i < host->n_probes; i++)
        if (host->probes[i].exited)
            host->probes[i].exited(host->probes[i].listener, host_now_ns(host), vcpu,
                                   exit, access);
}

void guest_announce_entry(const Vcpu *vcpu)
{
    const Host *host = vcpu->domain->host;

    for (unsigned i = 0; i < host->n_probes; i++)
        if (host->probes[i].entered)
            host->probes[i].entered(host->probes[i].listener, host_now_ns(host), vcpu);
}

void guest_announce_request(const Request *request)
{
    const Host *host = request->guest->domain->host;

    for (unsigned i = 0; i < host->n_probes; i++)
        if (host->probes[i].request)
            host->probes[i].request(host->probes[i].listener, host_now_ns(host),
                                    request);
}

void guest_announce_transfer(const Vcpu *vcpu, int64_t bytes, int64_t took_ns)
{
    const Host *host = vcpu->domain->host;

    for (unsigned i = 0; i < host->n_probes; i++)
        if (host->probes[i].transfer)
            host->probes[i].transfer(host->probes[i].listener, host_now_ns(host), vcpu,
                                     bytes, took_ns);
}

void guest_announce_deadline(const Vcpu *vcpu, int64_t late_ns)
{
    const Host *host = vcpu->domain->host;

    for (unsigned i = 0; i < host->n_probes; i++)
        if (host->probes[i].deadline)
            host->probes[i].deadline(host->probes[i].listener, host_now_ns(host), vcpu,
                                     MAX(0, late_ns));
}

void guest_announce_skipped(const Vcpu *vcpu, int64_t n)
{
    const Host *host = vcpu->domain->host;

    for (unsigned i = 0; n > 0 && i < host->n_probes; i++)
        if (host->probes[i].skipped)
            host->probes[i].skipped(host->probes[i].listener, host_now_ns(host), vcpu,
                                    (uint64_t)n);
}

void guest_announce_booted(const Vcpu *vcpu, int64_t took_ns)
{
    const Host *host = vcpu->domain->host;

    for (unsigned i = 0; i < host->n_probes; i++)
        if (host->probes[i].booted)
            host->probes[i].booted(host->probes[i].listener, host_now_ns(host), vcpu,
                                   took_ns);
}

void guest_announce_dropped(const Request *request)
{
    const Host *host = request->guest->domain->host;

    for (unsigned i = 0; i < host->n_probes; i++)
        if (host->probes[i].dropped)
            host->probes[i].dropped(host->probes[i].listener, host_now_ns(host),
                                    request);
}
