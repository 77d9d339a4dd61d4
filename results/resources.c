#include "results/resources.h"

#include "results/results_files.h" /* made by glib-compile-resources */

GBytes *results_resource(const char *name)
{
    g_autofree char *path = g_strconcat("/hvmsim/", name, NULL);
    GBytes *bytes = g_resource_lookup_data(results_files_get_resource(), path,
                                           G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);

    g_assert(bytes);
    return bytes;
}
