/*
 * laws.h - operational laws that every run obeys, whatever its distributions.
 *
 * They hold two ways of measuring against each other: what requests say of their
 * stages, and what run states and books say of vCPUs.
 */
#ifndef RESULTS_LAWS_H
#define RESULTS_LAWS_H

#include "results/run_record.h"

/*
 * Little's law: requests at a device model, on average, are throughput times response;
 * and while one is there, its guest's vCPU is not halted. Utilisation law: requests
 * that are being served times their service are time that the device model's domain
 * ran. Flow balance: as many requests are answered (which a probe hears) as are sent
 * (which the model counts); exits have entries, and those for devices are served in
 * Xen, posted or sent as requests. The first two are bounds: a vCPU does more than wait
 * for devices, a domain may do other work, and a request that began before measuring
 * counts whole. False, and an error of MODEL_ERROR_LAW that says which domain breaks
 * which law.
 */
bool run_record_check_laws(const RunRecord *record, GError **error);

#endif
