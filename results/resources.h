/*
 * resources.h - files of the project that are kept inside the program.
 */
#ifndef RESULTS_RESOURCES_H
#define RESULTS_RESOURCES_H

#include <glib.h>

/* "schema.sql", "plots/stages.gp": ends with a 0 byte that is not counted. */
GBytes *results_resource(const char *name);

#endif
