/*
 * run_prepare.h - what the database keeps of a run and its record does not say: the
 * outcome, and the texts of histograms.
 *
 * Here, apart from the tables, so that the thread that ran the run can compute it.
 */
#ifndef RESULTS_RUN_PREPARE_H
#define RESULTS_RUN_PREPARE_H

#include "results/run_record.h"

/* Of a record with measurements that are not changed any more; once, then nothing. */
void run_prepare(RunRecord *record);

#endif
