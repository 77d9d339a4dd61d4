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

static Effect take_elements(Fixture *self, uint32_t n, uint8_t size_bytes)
{
    const Activity access = { .kind = ACTIVITY_PORT,
                              .address = PORT_IDE_DATA,
                              .count = n,
                              .size_bytes = size_bytes,
                              .is_string = true };

    return ide()->access(&self->device, &access);
}

static Effect take(Fixture *self, uint32_t n_words)
{
    return take_elements(self, n_words, 2);
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

/* rep insl takes two words at a time. */
static void test_by_double_words(void)
{
    Fixture self;
    Effect effect = read_two(&self, true);

    g_assert_cmpint(take_elements(&self, 127, 4).kind, ==, EFFECT_NONE);
    effect = take_elements(&self, 1, 4);
    g_assert_cmpint(effect.kind, ==, EFFECT_DISK_READ);
    g_assert_cmpint(effect.sector, ==, 8);
    g_assert_cmpint(take_elements(&self, 128, 4).kind, ==, EFFECT_NONE);
    g_free(self.device.state);
}

/* A string that ends in the middle of the next sector. */
static void test_across_sectors(void)
{
    Fixture self;
    Effect effect = read_two(&self, true);

    effect = take(&self, 300);
    g_assert_cmpint(effect.kind, ==, EFFECT_DISK_READ);
    g_assert_cmpint(effect.sector, ==, 8);
    g_assert_cmpint(effect.bytes, ==, IDE_SECTOR_BYTES);
    g_assert_cmpint(take(&self, 212).kind, ==, EFFECT_NONE);
    g_free(self.device.state);
}

/* One that takes all of it needs all the sectors that have not been read. */
static void test_all_at_once(void)
{
    Fixture self;
    Effect effect = read_two(&self, true);

    effect = take(&self, 512);
    g_assert_cmpint(effect.kind, ==, EFFECT_DISK_READ);
    g_assert_cmpint(effect.sector, ==, 8);
    g_assert_cmpint(effect.bytes, ==, IDE_SECTOR_BYTES);
    g_assert_cmpint(take(&self, 1).kind, ==, EFFECT_NONE);
    g_free(self.device.state);
}

/* The registers are for the next command. */
static void test_registers_do_not_move_what_is_read(void)
{
    Fixture self;
    Effect effect = read_two(&self, true);

    write_to(&self, PORT_IDE_COUNT, 1);
    write_to(&self, PORT_IDE_LBA_LOW, 100);
    effect = take(&self, 256);
    g_assert_cmpint(effect.kind, ==, EFFECT_DISK_READ);
    g_assert_cmpint(effect.sector, ==, 8);
    g_free(self.device.state);
}

/* What the guest has not taken is gone with the next command. */
static void test_a_command_forgets_the_one_before(void)
{
    static const uint32_t commands[] = { IDE_COMMAND_WRITE, IDE_COMMAND_READ_DMA };

    for (unsigned i = 0; i < G_N_ELEMENTS(commands); i++) {
        Fixture self;

        read_two(&self, true);
        write_to(&self, PORT_IDE_COMMAND, commands[i]);
        g_assert_cmpint(take(&self, 256).kind, ==, EFFECT_NONE);
        g_free(self.device.state);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/ide/a command reads as a whole", test_a_command_reads_as_a_whole);
    g_test_add_func("/ide/or by sector", test_or_by_sector);
    g_test_add_func("/ide/by double words", test_by_double_words);
    g_test_add_func("/ide/across sectors", test_across_sectors);
    g_test_add_func("/ide/all at once", test_all_at_once);
    g_test_add_func("/ide/registers do not move what is read",
                    test_registers_do_not_move_what_is_read);
    g_test_add_func("/ide/a command forgets the one before",
                    test_a_command_forgets_the_one_before);
    return g_test_run();
}
