#include "models/devices/device_map.h"

#include <string.h>

/* A range of addresses; which row of its device applies depends on the direction, and
 * on the device where two rows share the addresses. */
typedef struct {
    ActivityKind space;
    uint64_t first, last;
    Served served[2][2]; /* by is_write, by is_second */
} Range;

struct DeviceMap {
    Range *ranges; /* by space and address; they do not overlap */
    unsigned n_ranges;
    Served unclaimed;
};

/* Order of an access, or of a range's first address, among the ranges. */
static int compare(const Range *range, ActivityKind space, uint64_t address)
{
    if (range->space != space)
        return space < range->space ? -1 : 1;
    if (address < range->first)
        return -1;
    return address > range->last;
}

static unsigned place_of(const DeviceMap *map, ActivityKind space, uint64_t address)
{
    unsigned low = 0;
    unsigned high = map->n_ranges;

    while (low < high) {
        const unsigned middle = (low + high) / 2;

        if (compare(&map->ranges[middle], space, address) > 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static const Range *range_at(const DeviceMap *map, ActivityKind space, uint64_t address)
{
    const unsigned place = place_of(map, space, address);

    if (place < map->n_ranges && compare(&map->ranges[place], space, address) == 0)
        return &map->ranges[place];
    return NULL;
}

static Range *add_range(DeviceMap *map, const Registers *registers)
{
    const unsigned place = place_of(map, registers->space, registers->first);
    Range *range = &map->ranges[place];

    if (range_at(map, registers->space, registers->first)) {
        g_assert(range->first == registers->first && range->last == registers->last);
        return range;
    }
    g_assert(!range_at(map, registers->space, registers->last));
    memmove(range + 1, range, (map->n_ranges - place) * sizeof(Range));
    map->n_ranges++;
    *range = (Range){ .space = registers->space,
                      .first = registers->first,
                      .last = registers->last };
    for (unsigned i = 0; i < 2; i++)
        for (unsigned j = 0; j < 2; j++)
            range->served[i][j] = map->unclaimed;
    return range;
}

static void add_row(DeviceMap *map, const Registers *registers, unsigned device,
                    XenColumn column)
{
    Range *range = add_range(map, registers);
    const Served served = { registers, device, registers->served_by[column], false };

    for (unsigned is_write = 0; is_write < 2; is_write++) {
        const bool is_second = range->served[is_write][0].registers != NULL;

        if (!(registers->accesses & (is_write ? WRITES : READS)))
            continue;
        g_assert(!range->served[is_write][1].registers);
        range->served[is_write][is_second] = served;
    }
}

static unsigned count_rows(void)
{
    unsigned n = 0;

    for (const DeviceOps *const *ops = device_ops_all(); *ops; ops++)
        for (const Registers *row = (*ops)->registers; row && row->name; row++)
            n++;
    return n;
}

DeviceMap *device_map_new(const XenRelease *xen)
{
    DeviceMap *map = g_new0(DeviceMap, 1);
    unsigned n_devices = 0;

    while (device_ops_all()[n_devices])
        n_devices++;
    map->unclaimed = (Served){ .device = n_devices - 1, .served_by = SERVED_BY_QEMU };
    map->ranges = g_new(Range, count_rows());
    for (unsigned i = 0; i < n_devices; i++)
        for (const Registers *row = device_ops_all()[i]->registers; row && row->name;
             row++)
            add_row(map, row, i, xen->column);
    return map;
}

void device_map_free(DeviceMap *map)
{
    if (!map)
        return;
    g_free(map->ranges);
    g_free(map);
}

static bool can_move(const Registers *row, ServedBy where)
{
    return where == SERVED_BY_XEN ? !row->needs_qemu : (row->accesses & WRITES) != 0;
}

static void add_name(GPtrArray *names, const char *name)
{
    if (!g_ptr_array_find_with_equal_func(names, name, g_str_equal, NULL))
        g_ptr_array_add(names, (char *)name);
}

GPtrArray *device_map_names(ServedBy where)
{
    GPtrArray *names = g_ptr_array_new();

    g_assert(where == SERVED_BY_XEN || where == SERVED_BY_POSTING);
    for (const DeviceOps *const *ops = device_ops_all(); *ops; ops++)
        for (const Registers *row = (*ops)->registers; row && row->name; row++) {
            if (!can_move(row, where))
                continue;
            add_name(names, (*ops)->name);
            add_name(names, row->name);
        }
    return names;
}

static bool is_meant(const Served *served, const char *name)
{
    return served->registers &&
           (strcmp(served->registers->name, name) == 0 ||
            strcmp(device_ops_all()[served->device]->name, name) == 0);
}

static void move(Served *served, const char *name, ServedBy where)
{
    if (!is_meant(served, name) || !can_move(served->registers, where))
        return;
    served->served_by = where;
    served->sends_event = served->registers->needs_qemu;
}

void device_map_move(DeviceMap *map, const char *name, ServedBy where)
{
    for (unsigned i = 0; i < map->n_ranges; i++)
        for (unsigned j = 0; j < 2; j++) {
            if (where == SERVED_BY_XEN)
                move(&map->ranges[i].served[false][j], name, where);
            move(&map->ranges[i].served[true][j], name, where);
        }
}

const Served *device_map_find(const DeviceMap *map, const Device *devices,
                              const Activity *access)
{
    const Range *range = range_at(map, access->kind, access->address);
    const Served *served;
    const Device *device;

    if (!range)
        return &map->unclaimed;
    served = range->served[access->is_write];
    device = &devices[served->device];
    if (device->ops->is_second && device->ops->is_second(device, access))
        served++;
    return served;
}
