/*
 * disk.h - how long a disk takes: arms, rotation, flash.
 *
 * Functions of the parameters alone, integers throughout, so that a run is the same
 * everywhere. physical.h queues jobs and reports them.
 */
#ifndef MODELS_DISK_H
#define MODELS_DISK_H

#include <stdint.h>

#define DISK_SECTOR_BYTES 512

typedef enum {
    DISK_FIXED,    /* every job takes seek_ns, then its bytes */
    DISK_ROTATING, /* an arm that moves, a platter that turns */
    DISK_SSD,      /* channels that work at the same time, one link for their bytes */
} DiskKind;

typedef enum {
    DISK_FIFO,
    DISK_ELEVATOR, /* the next higher sector; from the highest back to the lowest */
} DiskOrder;

typedef struct {
    int64_t seek_ns;     /* fixed: per request, before any byte */
    int64_t bytes_per_s; /* 0: no disk, images lie in dom0's memory */
    int kind;            /* DiskKind */
    int order;           /* DiskOrder */
    /* Rotating. */
    int64_t track_seek_ns; /* to the next cylinder */
    int64_t full_seek_ns;  /* across all of them */
    int64_t rpm, n_cylinders;
    /* SSD. */
    int64_t access_ns, n_channels;
    /* Where the guests' images lie: one after the other. 0: all at the beginning. */
    int64_t size_bytes, image_bytes;
} DiskParams;

/* The first sector of the image of the guest of that number. */
int64_t disk_image_sector(const DiskParams *disk, unsigned guest);

int64_t disk_cylinder(const DiskParams *disk, int64_t sector);
/* From one cylinder to another: short ways are all acceleration, and take time as their
 * square root; over long ones the arm coasts. The mean of a square root and a straight
 * line, both from track_seek_ns to full_seek_ns. */
int64_t disk_seek_ns(const DiskParams *disk, int64_t from, int64_t to);
/* Until the sector passes the head, at that instant of the run. All tracks begin at the
 * same angle, at which the platter stands when the run begins. */
int64_t disk_rotation_ns(const DiskParams *disk, int64_t sector, int64_t at_ns);

#endif
