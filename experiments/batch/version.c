#include "experiments/batch/version.h"

#include "experiments/version_numbers.h" /* written by CMake */

#include <glib.h>
#include <gsl/gsl_version.h>
#include <lzma.h>
#include <sqlite3.h>
#include <zlib.h>

#ifdef __clang__
#define COMPILER "clang " __clang_version__
#else
#define COMPILER "gcc " __VERSION__
#endif

const char *version_text(void)
{
    return HVMSIM_VERSION " (" HVMSIM_REVISION ")";
}

char *version_details(void)
{
    return g_strdup_printf("compiler: %s\nbuild type: %s\nGLib: %u.%u.%u\nGSL: %s\n"
                           "SQLite: %s\nzlib: %s\nliblzma: %s\n",
                           COMPILER, HVMSIM_BUILD_TYPE, glib_major_version,
                           glib_minor_version, glib_micro_version, gsl_version,
                           sqlite3_libversion(), zlibVersion(), lzma_version_string());
}
