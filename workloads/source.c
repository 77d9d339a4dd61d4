#include "workloads/source.h"

#include "workloads/error.h"

#include <string.h>

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

const WorkloadSourceOps *workload_source_by_name(const char *name, GError **error)
{
    g_autoptr(GString) known = g_string_new(NULL);

    for (unsigned i = 0; sources[i]; i++) {
        if (strcmp(sources[i]->name, name) == 0)
            return sources[i];
        g_string_append_printf(known, "%s%s", i > 0 ? ", " : "", sources[i]->name);
    }
    g_set_error(error, WORKLOAD_ERROR, WORKLOAD_ERROR_UNKNOWN_NAME,
                "no workload is called \"%s\" (known: %s)", name, known->str);
    return NULL;
}

const WorkloadSourceOps *const *workload_sources_all(void)
{
    return sources;
}
