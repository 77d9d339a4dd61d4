/* The IDE channel, by direct calls: what an access sets off. */
#include "models/devices/device.h"
#include "models/devices/ports.h"

typedef struct {
    Device device;
} Fixture;

static const DeviceOps *ide(void)
{
    for (unsigned i = 0; device_ops_all()[i]; i++)
        if (g_str_equal(device_ops_all()[i]->name, "ide"))
            return device_ops_all()[i];
    g_assert_not_reached();
}

static Effect write_to(Fixture *self, uint64_t port, uint32_t value)
{
    const Activity access = { .kind = ACTIVITY_PORT,
                              .address = port,
                              .is_write = true,
                              .value = value,
                              .count = 1 };

    return ide()->access(&self->device, &access);
}

static Effect take(Fixture *self, uint32_t n_words)
{
    const Activity access = { .kind = ACTIVITY_PORT,
                              .address = PORT_IDE_DATA,
                              .count = n_words,
                              .is_string = true };

    return ide()->access(&self->device, &access);
}

/* Two sectors from sector 7 on. */
static Effect read_two(Fixture *self, bool by_sector)
{
    *self = (Fixture){ { ide(), g_malloc0(ide()->state_size), by_sector } };
    write_to(self, PORT_IDE_COUNT, 2);
    write_to(self, PORT_IDE_LBA_LOW, 7);
    return write_to(self, PORT_IDE_COMMAND, IDE_COMMAND_READ);
}

static void test_a_command_reads_as_a_whole(void)
{
    Fixture self;
    const Effect effect = read_two(&self, false);

    g_assert_cmpint(effect.kind, ==, EFFECT_DISK_READ);
    g_assert_cmpint(effect.bytes, ==, 2 * IDE_SECTOR_BYTES);
    g_assert_cmpint(take(&self, 256).kind, ==, EFFECT_NONE);
    g_free(self.device.state);
}

static void test_or_by_sector(void)
{
    Fixture self;
    Effect effect = read_two(&self, true);

    g_assert_cmpint(effect.kind, ==, EFFECT_DISK_READ);
    g_assert_cmpint(effect.bytes, ==, IDE_SECTOR_BYTES);
    g_assert_cmpint(effect.sector, ==, 7);
    g_assert_cmpint(take(&self, 1).kind, ==, EFFECT_NONE);
    effect = take(&self, 255);
    g_assert_cmpint(effect.kind, ==, EFFECT_DISK_READ);
    g_assert_cmpint(effect.bytes, ==, IDE_SECTOR_BYTES);
    g_assert_cmpint(effect.sector, ==, 8);
    g_assert_cmpint(take(&self, 256).kind, ==, EFFECT_NONE); /* nothing is left */
    g_assert_cmpint(take(&self, 256).kind, ==, EFFECT_NONE);
    g_free(self.device.state);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/ide/a command reads as a whole", test_a_command_reads_as_a_whole);
    g_test_add_func("/ide/or by sector", test_or_by_sector);
    return g_test_run();
}
