#include "results/tracer.h"

const TracerOps *const *tracer_ops_all(void)
{
    static const TracerOps *const all[] = { &xentrace_tracer, &json_tracer, NULL };

    return all;
}

Tracer *tracer_new(const TracerOps *ops, Host *host, FILE *stream)
{
    Tracer *tracer = g_malloc0(ops->size);
    Probe probe = ops->probe;

    tracer->ops = ops;
    tracer->host = host;
    tracer->stream = stream;
    probe.listener = tracer;
    host_add_probe(host, &probe);
    return tracer;
}

void tracer_free(Tracer *tracer)
{
    if (!tracer)
        return;
    tracer->ops->clear(tracer);
    g_free(tracer);
}

void tracer_begin(Tracer *tracer)
{
    g_assert(!tracer->is_open);
    tracer->ops->begin(tracer, host_now_ns(tracer->host));
    tracer->is_open = true;
}

void tracer_end(Tracer *tracer)
{
    g_assert(tracer->is_open);
    tracer->ops->end(tracer, host_now_ns(tracer->host));
    tracer->is_open = false;
}

uint64_t tracer_n_records(const Tracer *tracer)
{
    return tracer->n_records;
}
