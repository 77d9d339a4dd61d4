/*
 * device_access.h - how a guest's drivers use its devices: the accesses, in their
 * order.
 *
 * Each function appends to the burst that is being made. Sectors: 1 to 256.
 */
#ifndef WORKLOADS_DEVICE_ACCESS_H
#define WORKLOADS_DEVICE_ACCESS_H

#include "workloads/burst_workload.h"

/* 28-bit LBAs of a small disk: 1 GiB. */
#define DISK_SECTORS 0x200000u

/* Where transfers of a vCPU lie: each anywhere, or one behind the other. */
typedef enum {
    DISK_RANDOM,
    DISK_SEQUENTIAL,
} DiskAddresses;
/* "random", "sequential", NULL. */
extern const char *const disk_addresses[];

/* The first sector of the burst's transfer; draws once, whatever it is for. */
int64_t disk_sector(DiskAddresses addresses, BurstWorkload *self, int64_t sectors);

/* Selects the device, sees that it is free, and says what is wanted: 7 accesses. */
void ide_prepare(BurstWorkload *self, uint32_t lba, int64_t sectors);
/* The command, so many polls, and for each sector a status read and a string access. */
void ide_run_pio(BurstWorkload *self, int64_t sectors, bool is_write, int64_t polls);

/* The bus master and then the disk: 4 + 7 accesses. */
void ide_prepare_dma(BurstWorkload *self, uint32_t lba, int64_t sectors, bool is_write);
/* Command and start (3 accesses), a halt until the interrupt, and 5 accesses. */
void ide_run_dma(BurstWorkload *self, bool is_write);

/* A poll of the line status and a write for each character, and computation before. */
void serial_print(BurstWorkload *self, int64_t n_characters, int64_t instructions);

/* One register of the configuration space: 2 accesses. */
void pci_read(BurstWorkload *self, unsigned slot, unsigned reg);

#endif
