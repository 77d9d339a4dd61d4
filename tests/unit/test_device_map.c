/* Who serves which access, release by release, and what a scenario moves. */
#include "models/devices/device_map.h"
#include "models/devices/ports.h"

#include <string.h>

typedef struct {
    DeviceMap *map;
    Device *devices;
    unsigned n_devices;
} Fixture;

static void set_up(Fixture *self, const char *release)
{
    GError *error = NULL;
    const XenRelease *xen = xen_release_by_name(release, &error);

    g_assert_no_error(error);
    *self = (Fixture){ .map = device_map_new(xen) };
    while (device_ops_all()[self->n_devices])
        self->n_devices++;
    self->devices = g_new0(Device, self->n_devices);
    for (unsigned i = 0; i < self->n_devices; i++) {
        self->devices[i].ops = device_ops_all()[i];
        self->devices[i].state = g_malloc0(device_ops_all()[i]->state_size);
    }
}

static void tear_down(Fixture *self)
{
    for (unsigned i = 0; i < self->n_devices; i++)
        g_free(self->devices[i].state);
    g_free(self->devices);
    device_map_free(self->map);
}

static Activity access_to(ActivityKind space, uint64_t address, bool is_write,
                          uint32_t value)
{
    return (Activity){ .kind = space,
                       .address = address,
                       .count = 1,
                       .size_bytes = 1,
                       .value = value,
                       .is_write = is_write };
}

static ServedBy server(const Fixture *self, ActivityKind space, uint64_t address,
                       bool is_write)
{
    const Activity access = access_to(space, address, is_write, 0);

    return device_map_find(self->map, self->devices, &access)->served_by;
}

/* The letters of a row: one for each release, oldest first. */
static const struct {
    ActivityKind space;
    uint64_t address;
    bool is_write;
    const char *servers; /* q qemu-dm, x Xen, p posted, c copy, h no exit */
} rows[] = {
    { ACTIVITY_PORT, 0x20, true, "xxxxxx" },
    { ACTIVITY_PORT, 0x4d1, false, "xxxxxx" },
    { ACTIVITY_PORT, 0x43, true, "xxxxxx" },
    { ACTIVITY_PORT, 0x61, false, "xxxxxx" },
    { ACTIVITY_MEMORY, 0xfee000b0, true, "xxxxxx" },
    { ACTIVITY_MEMORY, 0xfec00000, false, "xxxxxx" },
    { ACTIVITY_PORT, 0x71, false, "qxxxxx" },
    { ACTIVITY_PORT, 0x1f48, false, "qxxxxx" },
    { ACTIVITY_PORT, 0x1f40, false, "qqxxxx" },
    { ACTIVITY_MEMORY, 0xfed000f0, false, "qqxxxx" },
    { ACTIVITY_MEMORY, 0xa0000, true, "pppppp" },
    { ACTIVITY_MEMORY, 0xb8000, true, "pppqpp" },
    { ACTIVITY_MEMORY, 0xa0000, false, "qqqccc" },
    { ACTIVITY_MEMORY, 0xb8000, false, "qqqqcc" },
    { ACTIVITY_PORT, 0x3c4, true, "qqqqqq" },
    { ACTIVITY_PORT, 0x3cf, true, "qqqqqq" },
    { ACTIVITY_PORT, 0x80, true, "hhhhhh" },
    { ACTIVITY_PORT, 0xe9, true, "qqqqxx" },
    { ACTIVITY_PORT, 0x1f7, false, "qqqqqq" },
    { ACTIVITY_PORT, 0xcfc, false, "qqqqqq" },
    { ACTIVITY_PORT, 0x60, false, "qqqqqq" },
    { ACTIVITY_PORT, 0x3f5, false, "qqqqqq" },
    { ACTIVITY_PORT, 0xdead, false, "qqqqqq" },
    { ACTIVITY_MEMORY, 0xc0000, true, "qqqqqq" },
};

static void test_releases_differ_as_told(void)
{
    static const char letters[] = { [SERVED_BY_QEMU] = 'q',
                                    [SERVED_BY_XEN] = 'x',
                                    [SERVED_BY_POSTING] = 'p',
                                    [SERVED_BY_COPY] = 'c',
                                    [SERVED_BY_HARDWARE] = 'h' };

    for (unsigned i = 0; i < XEN_COLUMNS; i++) {
        Fixture self;

        set_up(&self, xen_releases_all()[i].name);
        g_assert_cmpuint(xen_releases_all()[i].column, ==, i);
        for (unsigned j = 0; j < G_N_ELEMENTS(rows); j++)
            g_assert_cmpint(letters[server(&self, rows[j].space, rows[j].address,
                                           rows[j].is_write)],
                            ==, rows[j].servers[i]);
        tear_down(&self);
    }
    g_assert_null(xen_releases_all()[XEN_COLUMNS].name);
}

/* Both ends of every row, and nothing beside them, find the row. */
static void test_every_row_is_found(void)
{
    Fixture self;

    set_up(&self, "3.1");
    for (unsigned i = 0; i < self.n_devices; i++)
        for (const Registers *row = device_ops_all()[i]->registers; row && row->name;
             row++) {
            const bool is_write = !(row->accesses & READS);
            const Activity first = access_to(row->space, row->first, is_write, 0);
            const Activity last = access_to(row->space, row->last, is_write, 0);

            g_assert_cmpuint(device_map_find(self.map, self.devices, &first)->device,
                             ==, i);
            g_assert_true(device_map_find(self.map, self.devices, &first) ==
                          device_map_find(self.map, self.devices, &last));
        }
    tear_down(&self);
}

/* The index written last says whose the data are; so does an index being written. */
static void test_cmos_cells_follow_the_index(void)
{
    static const struct {
        uint32_t index;
        const char *registers;
    } cases[] = { { 0, "rtc" },
                  { 13, "rtc" },
                  { 14, "cmos" },
                  { 0x80 | 10, "rtc" },
                  { 0x7f, "cmos" } };
    Fixture self;

    set_up(&self, "3.1");
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        const Activity index =
            access_to(ACTIVITY_PORT, PORT_CMOS_INDEX, true, cases[i].index);
        const Activity data = access_to(ACTIVITY_PORT, PORT_CMOS_DATA, false, 0);
        const Served *served = device_map_find(self.map, self.devices, &index);
        Device *rtc = &self.devices[served->device];

        g_assert_cmpstr(served->registers->name, ==, cases[i].registers);
        rtc->ops->access(rtc, &index);
        g_assert_cmpstr(device_map_find(self.map, self.devices, &data)->registers->name,
                        ==, cases[i].registers);
    }
    tear_down(&self);
}

static void test_registers_move_into_xen(void)
{
    Fixture self;

    set_up(&self, "3.0.3");
    device_map_move(self.map, "ide-status", SERVED_BY_XEN);
    device_map_move(self.map, "rtc", SERVED_BY_XEN);
    g_assert_cmpint(server(&self, ACTIVITY_PORT, 0x1f7, false), ==, SERVED_BY_XEN);
    g_assert_cmpint(server(&self, ACTIVITY_PORT, 0x3f6, false), ==, SERVED_BY_XEN);
    g_assert_cmpint(server(&self, ACTIVITY_PORT, 0x1f7, true), ==, SERVED_BY_QEMU);
    g_assert_cmpint(server(&self, ACTIVITY_PORT, 0x1f2, true), ==, SERVED_BY_QEMU);
    g_assert_cmpint(server(&self, ACTIVITY_PORT, 0x70, true), ==, SERVED_BY_XEN);
    tear_down(&self);
}

/* The whole of a device, but for what only qemu-dm can do. */
static void test_devices_move_into_xen(void)
{
    Fixture self;

    set_up(&self, "3.1");
    device_map_move(self.map, "ide", SERVED_BY_XEN);
    device_map_move(self.map, "vga", SERVED_BY_XEN);
    g_assert_cmpint(server(&self, ACTIVITY_PORT, 0x1f2, true), ==, SERVED_BY_XEN);
    g_assert_cmpint(server(&self, ACTIVITY_PORT, 0x1f7, true), ==, SERVED_BY_QEMU);
    g_assert_cmpint(server(&self, ACTIVITY_PORT, 0x1f0, false), ==, SERVED_BY_QEMU);
    g_assert_cmpint(server(&self, ACTIVITY_MEMORY, 0xb8000, true), ==, SERVED_BY_XEN);
    g_assert_cmpint(server(&self, ACTIVITY_PORT, 0x3d4, true), ==, SERVED_BY_XEN);
    tear_down(&self);
}

static void test_posting_takes_writes(void)
{
    const Activity command = access_to(ACTIVITY_PORT, 0x1f7, true, 0);
    const Activity count = access_to(ACTIVITY_PORT, 0x1f2, true, 0);
    Fixture self;

    set_up(&self, "3.1");
    device_map_move(self.map, "ide", SERVED_BY_POSTING);
    g_assert_cmpint(server(&self, ACTIVITY_PORT, 0x1f7, true), ==, SERVED_BY_POSTING);
    g_assert_cmpint(server(&self, ACTIVITY_PORT, 0x1f7, false), ==, SERVED_BY_QEMU);
    g_assert_true(device_map_find(self.map, self.devices, &command)->sends_event);
    g_assert_false(device_map_find(self.map, self.devices, &count)->sends_event);
    tear_down(&self);
}

static bool has_name(ServedBy where, const char *name)
{
    g_autoptr(GPtrArray) names = device_map_names(where);

    return g_ptr_array_find_with_equal_func(names, name, g_str_equal, NULL);
}

static void test_names_are_those_that_can_move(void)
{
    g_assert_true(has_name(SERVED_BY_XEN, "ide-status"));
    g_assert_true(has_name(SERVED_BY_XEN, "vga"));
    g_assert_false(has_name(SERVED_BY_XEN, "ide-command"));
    g_assert_true(has_name(SERVED_BY_POSTING, "ide-command"));
    g_assert_false(has_name(SERVED_BY_POSTING, "ide-status"));
    g_assert_false(has_name(SERVED_BY_XEN, "other"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/device-map/releases differ as told",
                    test_releases_differ_as_told);
    g_test_add_func("/device-map/every row is found", test_every_row_is_found);
    g_test_add_func("/device-map/CMOS cells follow the index",
                    test_cmos_cells_follow_the_index);
    g_test_add_func("/device-map/registers move into Xen",
                    test_registers_move_into_xen);
    g_test_add_func("/device-map/devices move into Xen", test_devices_move_into_xen);
    g_test_add_func("/device-map/posting takes writes", test_posting_takes_writes);
    g_test_add_func("/device-map/names are those that can move",
                    test_names_are_those_that_can_move);
    return g_test_run();
}
