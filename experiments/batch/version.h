/*
 * version.h - which hvmsim this is.
 */
#ifndef EXPERIMENTS_VERSION_H
#define EXPERIMENTS_VERSION_H

/* "0.1.0 (1a2b3c4d5e6f)": version and revision of the source, as results keep it. */
const char *version_text(void);

/* Compiler, build type and libraries, a line each. Free with g_free. */
char *version_details(void);

#endif
