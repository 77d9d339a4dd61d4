/*
 * units.h - time, cycles, and the units a user may write.
 *
 * Time is a plain int64_t count of nanoseconds, and its name ends in _ns.
 * Cycles are a struct of their own, so adding the two does not compile and
 * every conversion has to name a clock rate.
 */
#ifndef SIM_UNITS_H
#define SIM_UNITS_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define NS_PER_US INT64_C(1000)
#define NS_PER_MS INT64_C(1000000)
#define NS_PER_S  INT64_C(1000000000)

/* "Never": later than every instant a run can reach. */
#define TIME_NEVER_NS INT64_MAX

typedef struct {
    int64_t count;
} Cycles;

/* Rounds up: work must never end before its last cycle. Exact below 9.2 GHz. */
static inline int64_t cycles_to_ns(Cycles work, int64_t hz)
{
    const int64_t whole_s = work.count / hz;
    const int64_t rest = work.count % hz;

    return whole_s * NS_PER_S + (rest * NS_PER_S + hz - 1) / hz;
}

typedef enum {
    UNIT_NONE,      /* a plain number */
    UNIT_NS,        /* ns, us, ms, s, min, h */
    UNIT_HZ,        /* Hz, kHz, MHz, GHz */
    UNIT_BYTES,     /* B, KiB, MiB, GiB */
    UNIT_PERCENT,   /* % */
    UNIT_BYTE_RATE, /* B/s, KiB/s, MiB/s, GiB/s */
    UNIT_BIT_RATE,  /* bit/s, kbit/s, Mbit/s, Gbit/s */
} Unit;

/*
 * Reads "30ms", "2.66GHz", "64KiB", "40%" or "1Gbit/s" into the base unit (ns, Hz,
 * bytes, percent, bytes or bits per second). Decimals are allowed as long as the result
 * is a whole number. A unit is required (except for UNIT_NONE, which takes none, and
 * for 0). Returns false, and leaves value alone, when the text is anything else or does
 * not fit an int64_t.
 */
bool units_parse(const char *text, Unit unit, int64_t *value);

/* "a time such as 30ms", for messages. */
const char *units_describe(Unit unit);

/* The value as a whole number of the largest unit that divides it: "30ms" for 30000000,
 * "1500us" for 1500000; 0 has the smallest unit. Free with g_free. */
char *units_format(int64_t value, Unit unit);

#endif
