#include "models/host/xen_release.h"

#include "models/name_list.h"

/*
 * Sources, by release: 3.0.3 hvm/io.c and vmx/io.c (the wait is hvm_do_resume's, on
 * every way into the guest), tools/ioemu's helper2.c (the timer is moved at each
 * drain); from 3.0.4 the sender raises SCHEDULE itself. 3.2: public/hvm/ioreq.h (511
 * places of 8 bytes), ioemu's ide.c (asynchronous). 3.3: hvm/emulate.c (reads are
 * retried, and ins and outs emulated like what touches memory), helper2.c (the timer
 * stands alone). Since 4.2 a port for buffered requests, which makes the timer
 * unnecessary; that nobody keeps it beside is assumed, as is 3.2's timer to be 3.1's.
 * 4.5 lets several servers claim devices; one server per guest behaves as before.
 */
#define RELEASE(number, column_, n_places, is_packed, drain_, completion_, at_entry,   \
                retries, strings, text)                                                \
    {                                                                                  \
        .name = number, .summary = text, .column = column_,                            \
        .n_posted_places = n_places, .is_page_packed = is_packed, .drain = drain_,     \
        .completion = completion_, .waits_at_entry = at_entry,                         \
        .repeats_reads = retries, .emulates_strings = strings                          \
    }

#define NO        false
#define YES       true
#define QUIET     DRAIN_AFTER_QUIET
#define CLOCK     DRAIN_EVERY_100_MS
#define EVENT     DRAIN_AT_EVENT
#define BY_THREAD COMPLETION_THREAD
#define BY_LOOP   COMPLETION_ASYNCHRONOUS

/* Its columns are easier to read than its lines to wrap. */
/* clang-format off */
static const XenRelease releases[] = {
    /*                         posted  packed drained  DMA       waits at  repeats  emulates
     *                         places                            entry     reads    strings */
    RELEASE("3.0.3", XEN_3_0_3,  80,   NO,    QUIET,  BY_THREAD, YES,      NO,      NO,
            "RTC and PM timer in qemu-dm; a fast answer avoids the scheduler"),
    RELEASE("3.0.4", XEN_3_0_4,  80,   NO,    QUIET,  BY_THREAD, NO,       NO,      NO,
            "RTC and PM timer in Xen; every request passes through schedule()"),
    RELEASE("3.1",   XEN_3_1,    80,   NO,    QUIET,  BY_THREAD, NO,       NO,      NO,
            "PM1a and HPET in Xen, too"),
    RELEASE("3.2",   XEN_3_2,   511,   YES,   QUIET,  BY_LOOP,   NO,       NO,      NO,
            "a copy of VGA memory answers reads; page of 511; asynchronous disk"),
    RELEASE("3.3",   XEN_3_3,   511,   YES,   CLOCK,  BY_LOOP,   NO,       YES,     YES,
            "reads are decoded again after the answer; VGA text copied, too"),
    RELEASE("4.17",  XEN_4_17,  511,   YES,   EVENT,  BY_LOOP,   NO,       YES,     YES,
            "a posted access sends an event to qemu"),
    { .name = NULL },
};
/* clang-format on */

static const char *name_at(unsigned index)
{
    return releases[index].name;
}

const XenRelease *xen_release_by_name(const char *name, GError **error)
{
    static const NameList list = { "release of Xen", name_at };
    unsigned index;

    return name_list_find(&list, name, &index, error) ? &releases[index] : NULL;
}

const XenRelease *xen_release_default(void)
{
    return xen_release_by_name("3.1", NULL);
}

const XenRelease *xen_releases_all(void)
{
    return releases;
}
