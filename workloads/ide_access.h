/*
 * ide_access.h - how a guest's driver gives the IDE channel a command.
 */
#ifndef WORKLOADS_IDE_ACCESS_H
#define WORKLOADS_IDE_ACCESS_H

#include "workloads/burst_workload.h"

/* Selects the device and reads its status until it is free: once. */
void ide_select(BurstWorkload *self, uint32_t lba);
/* The five registers of a command, without the command itself. sectors: 1 to 256. */
void ide_prepare(BurstWorkload *self, uint32_t lba, int64_t sectors);
/* Programmed input or output of whole sectors: for each one the status, then one string
 * access of the data port. */
void ide_move_sectors(BurstWorkload *self, int64_t sectors, bool is_write);

#endif
