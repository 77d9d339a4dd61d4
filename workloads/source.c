#include "workloads/source.h"

#include "models/name_list.h"

#define WORKLOAD_SOURCE(name) extern const WorkloadSourceOps name##_source;
#include "workloads/source_list.h" /* written by CMake */
#undef WORKLOAD_SOURCE

static const WorkloadSourceOps *const sources[] = {
#define WORKLOAD_SOURCE(name) &name##_source,
#include "workloads/source_list.h"
#undef WORKLOAD_SOURCE
    NULL,
};

struct WorkloadSource {
    const WorkloadSourceOps *ops;
    const void *options;
    void *loaded; /* NULL: the options are all there is */
};

WorkloadSource *workload_source_open(const WorkloadSourceOps *ops, const void *options,
                                     GError **error)
{
    void *loaded = NULL;

    if (ops->open) {
        loaded = ops->open(options, error);
        if (!loaded)
            return NULL;
    }
    WorkloadSource *source = g_new0(WorkloadSource, 1);

    source->ops = ops;
    source->options = options;
    source->loaded = loaded;
    return source;
}

void workload_source_close(WorkloadSource *source)
{
    if (!source)
        return;
    if (source->loaded)
        source->ops->close(source->loaded);
    g_free(source);
}

bool workload_source_has_pv(const WorkloadSource *source)
{
    return source->ops->make_pv != NULL;
}

Workload *workload_source_start(const WorkloadSource *source, bool has_pv_drivers,
                                uint64_t run_seed, const char *stream_name)
{
    const WorkloadSourceOps *ops = source->ops;
    const void *shared = source->loaded ? source->loaded : source->options;

    if (ops->start)
        return ops->start(shared, run_seed, stream_name);
    return burst_workload_new(has_pv_drivers && ops->make_pv ? ops->make_pv : ops->make,
                              shared, run_seed, stream_name);
}

static const char *name_at(unsigned index)
{
    return sources[index] ? sources[index]->name : NULL;
}

const WorkloadSourceOps *workload_source_by_name(const char *name, GError **error)
{
    static const NameList list = { "workload", name_at };
    unsigned index;

    return name_list_find(&list, name, &index, error) ? sources[index] : NULL;
}

const WorkloadSourceOps *const *workload_sources_all(void)
{
    return sources;
}
