/* Arms, platters and flash against closed forms. */
#include "models/physical/disk.h"
#include "models/physical/physical.h"

#include "tests/unit/io_world.h"

#define N_JOBS 12u
#define TURN   (10 * NS_PER_MS)
/* Upcall and handler of dom0, which follow the end of a job. */
#define REPORT_NS 1000

/* 100 sectors on a track, one track a cylinder, 1,002 cylinders; 6,000 turns a minute.
 */
static const DiskParams rotating = {
    .kind = DISK_ROTATING,
    .bytes_per_s = 100 * DISK_SECTOR_BYTES * 100,
    .track_seek_ns = NS_PER_MS,
    .full_seek_ns = 17 * NS_PER_MS,
    .rpm = 6000,
    .n_cylinders = 1002,
    .size_bytes = 1002 * 100 * DISK_SECTOR_BYTES,
};

/* Of the longest way but one: sqrt(1/4) and 1/4 have the mean 3/8. */
static void test_seeks(void)
{
    static const struct {
        int64_t from, to, expected_ns;
    } cases[] = {
        { 7, 7, 0 },
        { 7, 8, NS_PER_MS },
        { 8, 7, NS_PER_MS },
        { 0, 1001, 17 * NS_PER_MS },
        { 0, 251, 7 * NS_PER_MS },
        { 251, 0, 7 * NS_PER_MS },
        { 100, 741, NS_PER_MS + 16 * NS_PER_MS * 72 / 100 }, /* 0.64 and its root 0.8 */
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        const int64_t seek_ns = disk_seek_ns(&rotating, cases[i].from, cases[i].to);

        /* A fraction is known to 2^-16 of 16 ms. */
        g_assert_cmpint(ABS(seek_ns - cases[i].expected_ns), <=, 500);
    }
    for (int64_t i = 1; i < 1001; i++)
        g_assert_cmpint(disk_seek_ns(&rotating, 0, i), <=,
                        disk_seek_ns(&rotating, 0, i + 1));
}

static void test_rotation(void)
{
    static const struct {
        int64_t sector, at_ns, expected_ns;
    } cases[] = {
        { 0, 0, 0 },
        { 25, 0, TURN / 4 },
        { 125, 0, TURN / 4 }, /* on the next track, at the same angle */
        { 25, TURN / 4, 0 },
        { 25, TURN / 4 + 1, 0 }, /* not past it by half a sector */
        { 25, TURN / 4 + TURN / 200 - 1, 0 },
        { 25, TURN / 4 + TURN / 200, TURN - TURN / 200 },
        { 0, 3 * TURN + TURN / 2, TURN / 2 },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++)
        g_assert_cmpint(disk_rotation_ns(&rotating, cases[i].sector, cases[i].at_ns),
                        ==, cases[i].expected_ns);
}

static void test_images(void)
{
    DiskParams disk = { .size_bytes = 10 * 1024, .image_bytes = 3 * 1024 };

    g_assert_cmpint(disk_image_sector(&disk, 0), ==, 0);
    g_assert_cmpint(disk_image_sector(&disk, 2), ==, 12);
    g_assert_cmpint(disk_image_sector(&disk, 3), ==, 0); /* no room for a fourth */
    disk.image_bytes = 0;
    g_assert_cmpint(disk_image_sector(&disk, 5), ==, 0);
}

typedef struct Fixture Fixture;

typedef struct {
    PhysicalJob job;
    Fixture *fixture;
    int64_t ended_ns; /* when dom0 knew */
} Job;

struct Fixture {
    CostProfile *profile;
    Host *host;
    Kernel *kernel;
    PhysicalDevice *disk;
    Job jobs[N_JOBS];
    int64_t begun_ns;
};

static void on_complete(void *owner, int64_t now_ns)
{
    Job *job = owner;

    job->ended_ns = now_ns;
}

static void set_up(Fixture *self, gconstpointer params)
{
    const SchedParams sched = { .set = PARAM_WEIGHT, .weight = 256 };

    *self = (Fixture){ .profile = io_profile_new(), .host = io_host_new(1) };
    self->profile->figures[COST_UPCALL].cycles = 300;
    self->kernel = kernel_new(host_add_domain(self->host, 0, "Domain-0", &sched),
                              &(KernelParams){ .scheduler = &linux_o1,
                                               .n_vcpus = 1,
                                               .hz = 100,
                                               .profile = self->profile });
    self->disk = physical_disk_new(self->kernel, 0, params, REPORT_NS - 300);
    for (unsigned i = 0; i < N_JOBS; i++)
        self->jobs[i] =
            (Job){ { .complete = on_complete, .owner = &self->jobs[i] }, self, 0 };
    host_start(self->host);
    kernel_start(self->kernel);
    host_handle_softirqs(self->host);
    self->begun_ns = 20 * TURN;
    host_run_until(self->host, self->begun_ns);
}

static void tear_down(Fixture *self, gconstpointer params G_GNUC_UNUSED)
{
    physical_device_free(self->disk);
    kernel_free(self->kernel);
    host_free(self->host);
    cost_profile_free(self->profile);
}

static void submit(Fixture *self, unsigned i, int64_t sector, int64_t bytes)
{
    self->jobs[i].job.sector = sector;
    self->jobs[i].job.bytes = bytes;
    physical_device_submit(self->disk, &self->jobs[i].job);
}

static int64_t took_ns(const Fixture *self, unsigned i)
{
    return self->jobs[i].ended_ns - self->begun_ns - REPORT_NS;
}

/* 250 cylinders on, a quarter of a turn further: the arm moves for 7 ms, in which 0.7
 * turns pass, then the platter needs 0.55 turns to come round; 10 sectors pass. */
static void test_a_read_is_seek_rotation_transfer(Fixture *self,
                                                  gconstpointer params G_GNUC_UNUSED)
{
    const int64_t sector = 251 * 100 + 25;

    submit(self, 0, sector, 10 * DISK_SECTOR_BYTES);
    host_run_until(self->host, self->begun_ns + 10 * TURN);
    g_assert_cmpint(took_ns(self, 0), ==, TURN + TURN / 4 + TURN / 10);
}

/* A sector takes 8.3 us, so that times are rounded: what follows without a gap must not
 * wait for the platter to come round again. */
static void test_jobs_one_behind_the_other(Fixture *self,
                                           gconstpointer params G_GNUC_UNUSED)
{
    const int64_t turn_ns = 6 * NS_PER_MS;

    for (unsigned i = 0; i < N_JOBS; i++)
        submit(self, i, 8 * (int64_t)i, 8 * DISK_SECTOR_BYTES);
    host_run_until(self->host, self->begun_ns + 100 * TURN);
    g_assert_cmpint(took_ns(self, N_JOBS - 1), <=,
                    turn_ns + N_JOBS * turn_ns * 8 / 720);
}

/* Given up, down, up: FIFO serves them so; the elevator goes up, and begins anew. */
static void test_orders(Fixture *self, gconstpointer params)
{
    static const int64_t cylinders[] = { 500, 900, 100, 700, 50 };
    static const unsigned fifo[] = { 0, 1, 2, 3, 4 }, elevator[] = { 0, 3, 1, 4, 2 };
    const DiskParams *disk = params;
    const unsigned *order = disk->order == DISK_FIFO ? fifo : elevator;

    for (unsigned i = 0; i < G_N_ELEMENTS(cylinders); i++)
        submit(self, i, cylinders[i] * 100, DISK_SECTOR_BYTES);
    host_run_until(self->host, self->begun_ns + 100 * TURN);
    for (unsigned i = 1; i < G_N_ELEMENTS(cylinders); i++)
        g_assert_cmpint(self->jobs[order[i]].ended_ns, >,
                        self->jobs[order[i - 1]].ended_ns);
}

/* 12 jobs on 4 channels are three rounds of 100 us; 512 bytes take 1 us of the link,
 * one after the other. */
static void test_channels_work_together(Fixture *self,
                                        gconstpointer params G_GNUC_UNUSED)
{
    const int64_t access_ns = 100 * NS_PER_US, link_ns = NS_PER_US;

    for (unsigned i = 0; i < N_JOBS; i++)
        submit(self, i, (int64_t)i * 77777, DISK_SECTOR_BYTES);
    host_run_until(self->host, self->begun_ns + NS_PER_S);
    /* Every channel begins its next job as its last one has gone. */
    g_assert_cmpint(took_ns(self, 0), ==, access_ns + link_ns);
    g_assert_cmpint(took_ns(self, 11), ==, 3 * access_ns + 6 * link_ns);
}

/* Large jobs are bound by the link, whatever the channels. */
static void test_the_link_is_shared(Fixture *self, gconstpointer params G_GNUC_UNUSED)
{
    for (unsigned i = 0; i < N_JOBS; i++)
        submit(self, i, 0, 1000 * DISK_SECTOR_BYTES);
    host_run_until(self->host, self->begun_ns + NS_PER_S);
    g_assert_cmpint(took_ns(self, N_JOBS - 1), ==,
                    100 * NS_PER_US + N_JOBS * NS_PER_MS);
}

static const DiskParams lift = {
    .kind = DISK_ROTATING,
    .order = DISK_ELEVATOR,
    .bytes_per_s = 100 * DISK_SECTOR_BYTES * 100,
    .track_seek_ns = NS_PER_MS,
    .full_seek_ns = 17 * NS_PER_MS,
    .rpm = 6000,
    .n_cylinders = 1002,
    .size_bytes = 1002 * 100 * DISK_SECTOR_BYTES,
};

static const DiskParams uneven = {
    .kind = DISK_ROTATING,
    .order = DISK_FIFO,
    .bytes_per_s = 61440000, /* 720 sectors a turn */
    .track_seek_ns = NS_PER_MS,
    .full_seek_ns = 17 * NS_PER_MS,
    .rpm = 10000,
    .n_cylinders = 100,
    .size_bytes = 100 * 720 * DISK_SECTOR_BYTES,
};

static const DiskParams flash = {
    .kind = DISK_SSD,
    .bytes_per_s = DISK_SECTOR_BYTES * INT64_C(1000000),
    .access_ns = 100 * NS_PER_US,
    .n_channels = 4,
};

#define ADD(name, params, test)                                                        \
    g_test_add("/disk/" name, Fixture, params, set_up, test, tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/disk/seeks grow by root and line", test_seeks);
    g_test_add_func("/disk/the platter turns with time", test_rotation);
    g_test_add_func("/disk/images lie behind one another", test_images);
    ADD("a read is seek, rotation and transfer", &rotating,
        test_a_read_is_seek_rotation_transfer);
    ADD("jobs one behind the other", &uneven, test_jobs_one_behind_the_other);
    ADD("in the order of submission", &rotating, test_orders);
    ADD("like an elevator", &lift, test_orders);
    ADD("an SSD's channels work together", &flash, test_channels_work_together);
    ADD("an SSD's link is shared", &flash, test_the_link_is_shared);
    return g_test_run();
}
