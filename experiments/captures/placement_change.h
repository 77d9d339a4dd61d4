/*
 * placement_change.h - what moving the device models from dom0 to stub domains changes,
 * measured and predicted.
 *
 * Two captures are counterparts if their names differ by hvm and stub at the beginning,
 * as hvm-multi4-1p and stub-multi4-1p do. Over all their guests: round trips are added,
 * their durations averaged. A change is in percent of the value with dom0.
 */
#ifndef EXPERIMENTS_CAPTURES_PLACEMENT_CHANGE_H
#define EXPERIMENTS_CAPTURES_PLACEMENT_CHANGE_H

#include "experiments/captures/comparison.h"

/* How far apart a measured and a predicted change may be. */
#define PLACEMENT_CHANGE_POINTS_MAX 10

typedef struct {
    const char *metric; /* borrowed, static */
    double measured_percent, predicted_percent;
} PlacementChange;

/* The name of a capture's counterpart with stub domains, or NULL. Free with g_free. */
char *placement_counterpart(const char *name);

/* One change for each metric that both have; the number of them. dom0 and stub: of
 * ComparedFigure. */
unsigned placement_changes(const GPtrArray *dom0, const GPtrArray *stub,
                           PlacementChange *changes, unsigned n_max);

/* The same sign, and no more points apart than may be. */
bool placement_change_is_right(const PlacementChange *change);

#endif
