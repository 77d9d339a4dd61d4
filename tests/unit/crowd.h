/*
 * crowd.h - three guests and a hog under random orders, for tests of what always holds.
 *
 * Everything is drawn with g_test_rand_*: the seed that g_test prints brings it back.
 */
#ifndef TESTS_UNIT_CROWD_H
#define TESTS_UNIT_CROWD_H

#include "tests/unit/io_world.h"

/* Runs such a machine for 300 ms; its laws hold every 7 ms. has_lives: the guests and
 * the hog come and go as well, and the guests have PV drivers, frames from outside and
 * a driver domain as it happens. */
void crowd_try(const SchedulerOps *scheduler, const char *placement, bool has_lives);

#endif
