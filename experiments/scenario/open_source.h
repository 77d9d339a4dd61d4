/*
 * open_source.h - workload sources that are open, each once for a whole experiment.
 *
 * What a source has loaded (a trace) is shared by all combinations and runs whose
 * scenario gives it the same options.
 */
#ifndef EXPERIMENTS_OPEN_SOURCE_H
#define EXPERIMENTS_OPEN_SOURCE_H

#include "workloads/source.h"

typedef struct {
    char *key;       /* the source and all its options */
    char *file_hash; /* SHA-256 of the file that it has read; empty if none */
    const WorkloadSourceOps *ops;
    void *options; /* with the path of the file in place of its name */
    WorkloadSource *source;
} OpenSource;

/*
 * The open source of the table (key -> OpenSource) with these options, opened if need
 * be. A file that the options name is looked up in the folder, then among the traces
 * that come with hvmsim. NULL and an error, which tells what was expected.
 */
const OpenSource *open_source_get(GHashTable *sources, const WorkloadSourceOps *ops,
                                  const void *options, const char *folder,
                                  GError **error);
void open_source_free(void *source);

/* The option of the source that names a file, or NULL. */
const Option *open_source_file_option(const WorkloadSourceOps *ops);

#endif
