#include "models/host/pace.h"

#include <glib.h>

/* Of 1/200 ns: a ns at full speed is 200 of them, a cold one 100. */
#define PARTS_PER_NS INT64_C(200)

/* In parts, what is carried included. */
static int64_t parts_done(const Pace *pace, int64_t elapsed_ns)
{
    const int64_t cold_ns = MIN(elapsed_ns, pace->cold_ns);

    return pace->carried + cold_ns * pace->speed_percent +
           2 * (elapsed_ns - cold_ns) * pace->speed_percent;
}

int64_t pace_work_ns(const Pace *pace, int64_t elapsed_ns)
{
    return parts_done(pace, elapsed_ns) / PARTS_PER_NS;
}

static int64_t divide_up(int64_t parts, int64_t parts_per_ns)
{
    return (parts + parts_per_ns - 1) / parts_per_ns;
}

int64_t pace_time_ns(const Pace *pace, int64_t work_ns)
{
    const int64_t parts = work_ns * PARTS_PER_NS - pace->carried;
    const int64_t cold_parts = pace->cold_ns * pace->speed_percent;

    if (parts <= 0)
        return 0;
    if (parts <= cold_parts)
        return divide_up(parts, pace->speed_percent);
    return pace->cold_ns + divide_up(parts - cold_parts, 2 * pace->speed_percent);
}

void pace_advance(Pace *pace, int64_t elapsed_ns, int64_t *stalled_ns)
{
    const int64_t before_ns = pace->cold_ns;

    pace->carried = parts_done(pace, elapsed_ns) % PARTS_PER_NS;
    pace->cold_ns -= MIN(elapsed_ns, pace->cold_ns);
    *stalled_ns = (before_ns + 1) / 2 - (pace->cold_ns + 1) / 2;
}
