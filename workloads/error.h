/*
 * error.h - what can be wrong with a trace or a workload that a user names.
 */
#ifndef WORKLOADS_ERROR_H
#define WORKLOADS_ERROR_H

#include <glib.h>

#define WORKLOAD_ERROR (workload_error_quark())

typedef enum {
    WORKLOAD_ERROR_READ,      /* the file cannot be read or unpacked */
    WORKLOAD_ERROR_FORMAT,    /* it is no xentrace capture, or a damaged one */
    WORKLOAD_ERROR_TRUNCATED, /* it ends too early */
    WORKLOAD_ERROR_EMPTY,     /* nothing in it for what was asked */
} WorkloadError;

GQuark workload_error_quark(void);

#endif
