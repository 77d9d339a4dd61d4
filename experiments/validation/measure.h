/*
 * measure.h - the figures of a run that a validation row may ask for, by name.
 *
 * Each is of a subject: a role ("dom0", "guest", "stub", "neighbour"), one domain by
 * its name, the domains of a group by its name, or "host" for all domains. Several
 * domains are added up; times are means over what happened to all of them.
 */
#ifndef EXPERIMENTS_VALIDATION_MEASURE_H
#define EXPERIMENTS_VALIDATION_MEASURE_H

#include "results/run_record.h"

typedef struct Measure Measure;

/* NULL if there is none of that name. */
const Measure *measure_find(const char *name);
/* All names. Free with g_ptr_array_unref; the texts are not copied. */
GPtrArray *measure_names(void);

/* "%", "1/s", "us", "" */
const char *measure_unit(const Measure *measure);

/* NAN if no domain of the run is the subject. */
double measure_take(const Measure *measure, const RunRecord *record,
                    const char *subject);

#endif
