/*
 * diagnosis.h - the world at the first row that differs, in words.
 */
#ifndef EXPERIMENTS_GOLDEN_DIAGNOSIS_H
#define EXPERIMENTS_GOLDEN_DIAGNOSIS_H

#include "experiments/golden/row_stream.h"
#include "experiments/golden/world.h"

#define NO_PCPU_COLUMN (-1)

typedef struct {
    const World *world;
    const RowStream *stream, *credits;
    const char *expected, *found; /* NULL: the end of the file */
    int pcpu_column;              /* of the rows; its pCPUs' queues are shown */
    bool is_over;                 /* found after the run: no event led there */
} Finding;

/* Several lines, each ending in a newline. Free with g_free. */
char *diagnose(const Finding *finding);

#endif
