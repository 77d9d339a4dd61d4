/*
 * disk_transfer.h - what transfers of a guest's disk have in common, whoever moves the
 * data: their keys, where and which way they go, and how blkfront does them.
 */
#ifndef WORKLOADS_DISK_TRANSFER_H
#define WORKLOADS_DISK_TRANSFER_H

#include "models/devices/ports.h"
#include "workloads/device_access.h"
#include "workloads/distribution.h"

/* The head of the options of a source of transfers. */
typedef struct {
    int64_t sectors;        /* of 512 bytes, in a transfer */
    int64_t write_percent;  /* of the transfers */
    int addresses;          /* DiskAddresses */
    int64_t instructions;   /* computed before each */
    int64_t think_ns;       /* mean rest after each */
    int think_distribution; /* Distribution, of that rest */
} DiskTransfers;

/* Their rows in its table. */
#define DISK_TRANSFER_OPTIONS(default_sectors)                                         \
    OPTION_INTEGER_FIELD(DiskTransfers, sectors, "sectors", default_sectors, 1,        \
                         IDE_MAX_SECTORS, "of 512 bytes in a transfer"),               \
        OPTION_UNIT_FIELD(DiskTransfers, write_percent, UNIT_PERCENT, "writes", "0%",  \
                          0, 100, "share of transfers that write"),                    \
        OPTION_CHOICE_FIELD(DiskTransfers, addresses, "addresses", "random",           \
                            disk_addresses,                                            \
                            "where a transfer begins: anywhere on the disk, or where " \
                            "the one before has ended"),                               \
        OPTION_INTEGER_FIELD(DiskTransfers, instructions, "instructions", "200000", 0, \
                             INT64_C(1000000000000), "computed before each transfer"), \
        OPTION_NS_FIELD(DiskTransfers, think_ns, "think", "0", 0, 3600 * NS_PER_S,     \
                        "mean rest after a transfer; 0: none"),                        \
        OPTION_CHOICE_FIELD(DiskTransfers, think_distribution, "think-distribution",   \
                            "exponential", distribution_names, "of the rest")

typedef struct {
    int64_t sector; /* of the guest's disk: where it begins */
    int64_t bytes;
    bool is_write;
} DiskTransfer;

/* The burst's transfer; the options of its workload begin with DiskTransfers. */
DiskTransfer disk_transfer_draw(BurstWorkload *self);
/* The rest after it. */
void disk_transfer_rest(BurstWorkload *self);
/* A whole burst, by blkfront. */
void disk_transfer_make_pv(BurstWorkload *self);

#endif
