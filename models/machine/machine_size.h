/*
 * machine_size.h - how many timers of the simulator a machine needs, before it is
 * built.
 */
#ifndef MODELS_MACHINE_SIZE_H
#define MODELS_MACHINE_SIZE_H

#include <stdint.h>

typedef struct {
    int64_t n_pcpus, n_disk_channels;
    int64_t n_dom0_vcpus, n_driver_vcpus; /* of the driver domain; 0: there is none */
    int64_t n_guests, n_guest_vcpus;      /* of all of them */
    int64_t n_neighbours, n_neighbour_vcpus;
    int64_t n_orders;
} MachineSize;

/* At most so many, whatever the placements, schedulers and options; SIM_TIMERS_MAX is
 * what there can be. machine_new asserts that it is no fewer than it has made. */
int64_t machine_most_timers(const MachineSize *size);

#endif
