/*
 * error.h - what can be wrong with keeping or showing results.
 */
#ifndef RESULTS_ERROR_H
#define RESULTS_ERROR_H

#include <glib.h>

#define RESULTS_ERROR (results_error_quark())

typedef enum {
    RESULTS_ERROR_OPEN,      /* a file or folder cannot be opened or made */
    RESULTS_ERROR_FORMAT,    /* the file is not a results database of ours */
    RESULTS_ERROR_VERSION,   /* it is one, of another schema version */
    RESULTS_ERROR_STORE,     /* SQLite refuses to read or write */
    RESULTS_ERROR_EMPTY,     /* what is asked for is not in the database */
    RESULTS_ERROR_AMBIGUOUS, /* several are called by what is asked for */
    RESULTS_ERROR_VIEW,      /* what is asked for contradicts itself */
    RESULTS_ERROR_PLOT,      /* gnuplot is missing or fails */
} ResultsError;

GQuark results_error_quark(void);

#endif
