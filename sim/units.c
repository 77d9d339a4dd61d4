#include "sim/units.h"

#include <string.h>

typedef struct {
    const char *name;
    int64_t factor;
} Suffix;

static const Suffix time_suffixes[] = {
    { "h", 3600 * NS_PER_S },
    { "min", 60 * NS_PER_S },
    { "s", NS_PER_S },
    { "ms", NS_PER_MS },
    { "us", NS_PER_US },
    { "ns", 1 },
    { NULL, 0 },
};
static const Suffix rate_suffixes[] = {
    { "GHz", 1000000000 }, { "MHz", 1000000 }, { "kHz", 1000 },
    { "Hz", 1 },           { NULL, 0 },
};
static const Suffix size_suffixes[] = {
    { "GiB", INT64_C(1) << 30 },
    { "MiB", 1 << 20 },
    { "KiB", 1 << 10 },
    { "B", 1 },
    { NULL, 0 },
};
static const Suffix byte_rate_suffixes[] = {
    { "GiB/s", INT64_C(1) << 30 },
    { "MiB/s", 1 << 20 },
    { "KiB/s", 1 << 10 },
    { "B/s", 1 },
    { NULL, 0 },
};
static const Suffix bit_rate_suffixes[] = {
    { "Gbit/s", 1000000000 }, { "Mbit/s", 1000000 }, { "kbit/s", 1000 },
    { "bit/s", 1 },           { NULL, 0 },
};
static const Suffix percent_suffixes[] = { { "%", 1 }, { NULL, 0 } };
static const Suffix plain_suffixes[] = { { "", 1 }, { NULL, 0 } };

static const Suffix *suffixes_of(Unit unit)
{
    switch (unit) {
    case UNIT_NONE:
        return plain_suffixes;
    case UNIT_NS:
        return time_suffixes;
    case UNIT_HZ:
        return rate_suffixes;
    case UNIT_BYTES:
        return size_suffixes;
    case UNIT_PERCENT:
        return percent_suffixes;
    case UNIT_BYTE_RATE:
        return byte_rate_suffixes;
    case UNIT_BIT_RATE:
        return bit_rate_suffixes;
    }
    g_assert_not_reached();
}

/* The digits without their point, and how many of them stood after it. */
static const char *read_digits(const char *text, int64_t *digits, int *decimals)
{
    bool seen_point = false, seen_digit = false;

    *digits = 0;
    *decimals = 0;
    for (; g_ascii_isdigit(*text) || (*text == '.' && !seen_point); text++) {
        if (*text == '.') {
            seen_point = true;
            continue;
        }
        if (__builtin_mul_overflow(*digits, 10, digits) ||
            __builtin_add_overflow(*digits, *text - '0', digits))
            return NULL;
        *decimals += seen_point;
        seen_digit = true;
    }
    return seen_digit ? text : NULL;
}

/* Takes a prime factor out of a product; false if it has none. */
static bool divide_product(int64_t *a, int64_t *b, int64_t prime)
{
    int64_t *divisible = *a % prime == 0 ? a : b;

    if (*divisible % prime != 0)
        return false;
    *divisible /= prime;
    return true;
}

static bool scale(int64_t digits, int decimals, int64_t factor, int64_t *value)
{
    for (; decimals > 0; decimals--)
        if (!divide_product(&digits, &factor, 2) ||
            !divide_product(&digits, &factor, 5))
            return false;
    return !__builtin_mul_overflow(digits, factor, value);
}

bool units_parse(const char *text, Unit unit, int64_t *value)
{
    const bool is_negative = *text == '-';
    int64_t digits, scaled;
    int decimals;
    const char *rest = read_digits(text + is_negative, &digits, &decimals);

    if (!rest)
        return false;
    while (*rest == ' ')
        rest++;
    for (const Suffix *suffix = suffixes_of(unit); suffix->name; suffix++) {
        const bool is_bare_zero = digits == 0 && *rest == '\0';

        if (!is_bare_zero && strcmp(rest, suffix->name) != 0)
            continue;
        if (!scale(digits, decimals, suffix->factor, &scaled))
            return false;
        *value = is_negative ? -scaled : scaled;
        return true;
    }
    return false;
}

const char *units_describe(Unit unit)
{
    switch (unit) {
    case UNIT_NONE:
        return "a whole number";
    case UNIT_NS:
        return "a time with its unit, such as 30ms (ns, us, ms, s, min, h)";
    case UNIT_HZ:
        return "a rate with its unit, such as 2.66GHz (Hz, kHz, MHz, GHz)";
    case UNIT_BYTES:
        return "a size with its unit, such as 64KiB (B, KiB, MiB, GiB)";
    case UNIT_PERCENT:
        return "a percentage, such as 40%";
    case UNIT_BYTE_RATE:
        return "a rate with its unit, such as 60MiB/s (B/s, KiB/s, MiB/s, GiB/s)";
    case UNIT_BIT_RATE:
        return "a rate with its unit, such as 1Gbit/s (bit/s, kbit/s, Mbit/s, Gbit/s)";
    }
    g_assert_not_reached();
}

char *units_format(int64_t value, Unit unit)
{
    const Suffix *suffix = suffixes_of(unit);

    while (suffix->factor > 1 && (value == 0 || value % suffix->factor != 0))
        suffix++;
    return g_strdup_printf("%" G_GINT64_FORMAT "%s", value / suffix->factor,
                           suffix->name);
}
