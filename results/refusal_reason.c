#include "results/refusal_reason.h"

#include <errno.h>
#include <glib.h>

const char *refusal_reason(int result)
{
    switch (-result) {
    case EBUSY:
        return "it draws on another account already, or is being created";
    case EINVAL:
        return "not possible for this domain";
    case ENOENT:
        return "it draws on its own account";
    case EEXIST:
        return "it is there already";
    case ENOMEM:
        return "it does not fit into memory";
    case ESRCH:
        return "there is no such domain";
    default:
        return g_strerror(-result);
    }
}
