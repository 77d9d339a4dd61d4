#include "models/physical/disk.h"

#include "sim/units.h"

#include <glib.h>

/* Square roots are taken of fractions of 2^32. */
#define ROOT_ONE (INT64_C(1) << 16)

static int64_t disk_sectors(const DiskParams *disk)
{
    return disk->size_bytes / DISK_SECTOR_BYTES;
}

int64_t disk_image_sector(const DiskParams *disk, unsigned guest)
{
    const int64_t image_sectors = disk->image_bytes / DISK_SECTOR_BYTES;

    if (image_sectors == 0 || disk->size_bytes < disk->image_bytes)
        return 0;
    return (int64_t)guest % (disk_sectors(disk) / image_sectors) * image_sectors;
}

int64_t disk_cylinder(const DiskParams *disk, int64_t sector)
{
    const int64_t per_cylinder = MAX(disk_sectors(disk) / disk->n_cylinders, 1);

    return MIN(sector / per_cylinder, disk->n_cylinders - 1);
}

/* Rounded down. */
static int64_t square_root(int64_t value)
{
    int64_t root = 0;

    for (int64_t bit = INT64_C(1) << 31; bit > 0; bit /= 2)
        if ((root + bit) * (root + bit) <= value)
            root += bit;
    return root;
}

int64_t disk_seek_ns(const DiskParams *disk, int64_t from, int64_t to)
{
    const int64_t distance = ABS(to - from);
    const int64_t longest = MAX(disk->n_cylinders - 1, 2);
    int64_t part; /* of ROOT_ONE */

    if (distance == 0)
        return 0;
    part = (distance - 1) * ROOT_ONE * ROOT_ONE / (longest - 1);
    part = (square_root(part) + part / ROOT_ONE) / 2;
    return disk->track_seek_ns +
           (disk->full_seek_ns - disk->track_seek_ns) / ROOT_ONE * part +
           (disk->full_seek_ns - disk->track_seek_ns) % ROOT_ONE * part / ROOT_ONE;
}

/* A head that is past its place by less than half a sector is there: times are rounded
 * to nanoseconds, and what follows a transfer without a gap must not wait for a turn.
 */
int64_t disk_rotation_ns(const DiskParams *disk, int64_t sector, int64_t at_ns)
{
    const int64_t turn_ns = 60 * NS_PER_S / disk->rpm;
    const int64_t per_track =
        MAX(disk->bytes_per_s / DISK_SECTOR_BYTES * turn_ns / NS_PER_S, 1);
    const int64_t target_ns = sector % per_track * turn_ns / per_track;
    const int64_t wait_ns = (target_ns - at_ns % turn_ns + turn_ns) % turn_ns;
    const bool is_just_there = (turn_ns - wait_ns) * 2 * per_track < turn_ns;

    return is_just_there ? 0 : wait_ns;
}
