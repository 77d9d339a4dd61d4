#include "models/host/xen_release.h"

#include "models/error.h"

#include <string.h>

/*
 * Sources, by release: 3.0.3 hvm/io.c and vmx/io.c (the wait is hvm_do_resume's, on
 * every way into the guest), tools/ioemu's helper2.c (the timer is moved at each
 * drain); from 3.0.4 the sender raises SCHEDULE itself. 3.2: public/hvm/ioreq.h (511
 * places of 8 bytes), ioemu's ide.c (asynchronous). 3.3: hvm/emulate.c (reads are
 * retried), helper2.c (the timer stands alone). Since 4.2 a port for buffered requests,
 * which makes the timer unnecessary; that nobody keeps it beside is assumed, as
 * is 3.2's timer to be 3.1's. 4.5 lets several servers claim devices; one server per
 * guest behaves as before.
 */
static const XenRelease releases[] = {
    {
        .name = "3.0.3",
        .summary = "RTC and PM timer in qemu-dm; a fast answer avoids the scheduler",
        .column = XEN_3_0_3,
        .n_posted_places = 80,
        .drain = DRAIN_AFTER_QUIET,
        .completion = COMPLETION_THREAD,
        .waits_at_entry = true,
    },
    {
        .name = "3.0.4",
        .summary = "RTC and PM timer in Xen; every request passes through schedule()",
        .column = XEN_3_0_4,
        .n_posted_places = 80,
        .drain = DRAIN_AFTER_QUIET,
        .completion = COMPLETION_THREAD,
    },
    {
        .name = "3.1",
        .summary = "PM1a and HPET in Xen, too",
        .column = XEN_3_1,
        .n_posted_places = 80,
        .drain = DRAIN_AFTER_QUIET,
        .completion = COMPLETION_THREAD,
    },
    {
        .name = "3.2",
        .summary = "a copy of VGA memory answers reads; page of 511; asynchronous disk",
        .column = XEN_3_2,
        .n_posted_places = 511,
        .is_page_packed = true,
        .drain = DRAIN_AFTER_QUIET,
        .completion = COMPLETION_ASYNCHRONOUS,
    },
    {
        .name = "3.3",
        .summary = "reads are decoded again after the answer; VGA text copied, too",
        .column = XEN_3_3,
        .n_posted_places = 511,
        .is_page_packed = true,
        .drain = DRAIN_EVERY_100_MS,
        .completion = COMPLETION_ASYNCHRONOUS,
        .repeats_reads = true,
    },
    {
        .name = "4.17",
        .summary = "a posted access sends an event to qemu",
        .column = XEN_4_17,
        .n_posted_places = 511,
        .is_page_packed = true,
        .drain = DRAIN_AT_EVENT,
        .completion = COMPLETION_ASYNCHRONOUS,
        .repeats_reads = true,
    },
    { .name = NULL },
};

const XenRelease *xen_release_by_name(const char *name, GError **error)
{
    g_autoptr(GString) known = g_string_new(NULL);

    for (const XenRelease *release = releases; release->name; release++) {
        if (strcmp(release->name, name) == 0)
            return release;
        g_string_append_printf(known, "%s%s", known->len > 0 ? ", " : "",
                               release->name);
    }
    g_set_error(error, MODEL_ERROR, MODEL_ERROR_UNKNOWN_NAME,
                "no release of Xen is called \"%s\" (known: %s)", name, known->str);
    return NULL;
}

const XenRelease *xen_release_default(void)
{
    return xen_release_by_name("3.1", NULL);
}

const XenRelease *xen_releases_all(void)
{
    return releases;
}
