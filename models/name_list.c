#include "models/name_list.h"

#include "models/error.h"

#include <string.h>

bool name_list_find(const NameList *list, const char *name, unsigned *index,
                    GError **error)
{
    g_autoptr(GString) known = g_string_new(NULL);
    const char *next;

    for (unsigned i = 0; (next = list->name(i)); i++) {
        if (strcmp(next, name) == 0) {
            *index = i;
            return true;
        }
        g_string_append_printf(known, "%s%s", i > 0 ? ", " : "", next);
    }
    g_set_error(error, MODEL_ERROR, MODEL_ERROR_UNKNOWN_NAME,
                "no %s is called \"%s\" (known: %s)", list->kind, name, known->str);
    return false;
}
