/* Block and network back ends: rings, threads, the disk behind them. */
#include "models/pv/block_path.h"
#include "models/pv/net_path.h"

#include "tests/unit/io_world.h"

#define BACKEND_NS 2000
#define DISK_NS    100000
#define WAKE_NS    500

typedef struct {
    CostProfile *profile;
    Host *host;
    Kernel *kernel;
    PhysicalDevice *disk;
    BlockPath *block;
    NetPath *net;
    Netback netback;
    SimTimer front_end;
    BlockTransfer transfers[4];
    unsigned n_complete, n_block_events, n_net_events;
    int64_t last_complete_ns;
} Fixture;

static void on_complete(void *owner, int64_t now_ns)
{
    Fixture *self = owner;

    self->n_complete++;
    self->last_complete_ns = now_ns;
}

/* The front end of these tests has no kernel: it takes responses at once, and sends its
 * events a nanosecond later from another pCPU. */
static void on_front_end(void *owner, int64_t now_ns G_GNUC_UNUSED)
{
    Fixture *self = owner;

    host_enter(self->host, &self->host->pcpus[1]);
    block_path_notify(self->block);
}

static void take_responses(void *front_end, int64_t now_ns)
{
    Fixture *self = front_end;

    self->n_block_events++;
    while (block_path_n_responses(self->block) > 0)
        block_path_take_response(self->block, now_ns);
    block_path_await(self->block);
    if (block_path_refill(self->block))
        sim_arm(self->host->sim, &self->front_end, now_ns + 1);
}

static void count_net_event(void *front_end, int64_t now_ns G_GNUC_UNUSED)
{
    Fixture *self = front_end;

    self->n_net_events++;
}

static void forward(void *network, int64_t bytes)
{
    physical_device_stream(network, bytes);
}

/* A disk of 100 us and no time for bytes; a ring of 2 requests of 2 segments. */
static void set_up(Fixture *self, gconstpointer has_disk)
{
    const SchedParams params = { .set = PARAM_WEIGHT, .weight = 256 };

    *self = (Fixture){ .profile = io_profile_new(), .host = io_host_new(2) };
    self->kernel = kernel_new(host_add_domain(self->host, 0, "Domain-0", &params),
                              &(KernelParams){ .scheduler = &linux_o1,
                                               .n_vcpus = 1,
                                               .hz = 100,
                                               .profile = self->profile });
    self->disk = physical_device_new(self->kernel, 0, DISK_NS, NS_PER_S, 700);
    self->block =
        block_path_new(&(BlockPathParams){ .kernel = self->kernel,
                                           .disk = has_disk ? self->disk : NULL,
                                           .n_places = 2,
                                           .n_segments = 2,
                                           .backend_ns = BACKEND_NS,
                                           .wake_ns = WAKE_NS,
                                           .notify = take_responses,
                                           .front_end = self });
    ring_init(&self->netback.queue);
    self->net = net_path_new(&(NetPathParams){ .kernel = self->kernel,
                                               .netback = &self->netback,
                                               .forward = forward,
                                               .network = self->disk,
                                               .n_places = 4,
                                               .backend_ns = BACKEND_NS,
                                               .notify = count_net_event,
                                               .front_end = self });
    for (unsigned i = 0; i < G_N_ELEMENTS(self->transfers); i++)
        self->transfers[i] = (BlockTransfer){ .complete = on_complete, .owner = self };
    sim_timer_add(self->host->sim, &self->front_end, RANK_SAMPLE, 0, on_front_end,
                  self);
    host_start(self->host);
    kernel_start(self->kernel);
    host_handle_softirqs(self->host);
    host_run_until(self->host, NS_PER_MS);
}

static void tear_down(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    block_path_free(self->block);
    net_path_free(self->net);
    physical_device_free(self->disk);
    kernel_free(self->kernel);
    host_free(self->host);
    cost_profile_free(self->profile);
}

static bool submit(Fixture *self, unsigned i, int64_t bytes)
{
    self->transfers[i].bytes = bytes;
    return block_path_submit(self->block, &self->transfers[i]);
}

/* From the front end's pCPU. */
static void notify(const Fixture *self, void (*send)(const Fixture *))
{
    host_enter(self->host, &self->host->pcpus[1]);
    send(self);
    host_handle_softirqs(self->host);
}

static void notify_block(const Fixture *self)
{
    block_path_notify(self->block);
}

static void notify_net(const Fixture *self)
{
    net_path_notify(self->net);
}

static void test_requests_of_a_transfer(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    static const struct {
        int64_t bytes;
        unsigned n;
    } cases[] = { { 512, 1 }, { 8192, 1 }, { 8193, 2 }, { 16384, 2 }, { 131072, 16 } };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++)
        g_assert_cmpuint(block_path_requests(self->block, cases[i].bytes), ==,
                         cases[i].n);
}

/* A sleeping back end is told; one at work finds the next request by itself. */
static void test_one_event_for_several(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    g_assert_true(submit(self, 0, 4096));
    g_assert_false(submit(self, 1, 4096));
    notify(self, notify_block);
    host_run_until(self->host, 2 * NS_PER_MS);
    g_assert_cmpuint(self->n_complete, ==, 2);
    g_assert_true(submit(self, 2, 4096)); /* it sleeps again */
}

/* Three transfers of two requests each on a ring of two: all complete, one after the
 * other, and the disk serves six jobs. */
static void test_a_full_ring_waits(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    const int64_t begun_ns = host_now_ns(self->host);

    for (unsigned i = 0; i < 3; i++)
        submit(self, i, 16384);
    notify(self, notify_block);
    host_run_until(self->host, begun_ns + DISK_NS);
    g_assert_cmpuint(self->n_complete, ==, 0);
    host_run_until(self->host, begun_ns + 3 * (DISK_NS + 16384) + 10 * BACKEND_NS);
    g_assert_cmpuint(self->n_complete, ==, 1);
    host_run_until(self->host, begun_ns + 10 * NS_PER_MS);
    g_assert_cmpuint(self->n_complete, ==, 3);
    g_assert_cmpint(self->last_complete_ns, >, begun_ns + 6 * (DISK_NS + 8192));
}

/* Upcall, handler, two passes of the thread, the switch to it: nothing of a disk. */
static void test_an_image_in_memory(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    const int64_t begun_ns = host_now_ns(self->host);

    submit(self, 0, 4096);
    notify(self, notify_block);
    host_run_until(self->host, begun_ns + NS_PER_MS);
    g_assert_cmpint(self->last_complete_ns, ==,
                    begun_ns + cost_ns(self->profile, COST_UPCALL) + WAKE_NS +
                        cost_ns(self->profile, COST_TASK_SWITCH) +
                        cost_ns(self->profile, COST_ADDRESS_SPACE) + BACKEND_NS);
}

/* The tasklet takes one frame after the other: one event, each frame its time. The
 * front end hears of half of them. */
static void test_frames(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    g_assert_true(net_path_send(self->net, 1500));
    for (unsigned i = 1; i < 4; i++)
        g_assert_false(net_path_send(self->net, 1500));
    g_assert_false(net_path_has_place(self->net));
    notify(self, notify_net);
    host_run_until(self->host, host_now_ns(self->host) + 2 * BACKEND_NS);
    g_assert_cmpuint(self->n_net_events, ==, 0);
    host_run_until(self->host, host_now_ns(self->host) + NS_PER_MS);
    g_assert_cmpuint(self->n_net_events, ==, 1);
    g_assert_cmpuint(net_path_take_responses(self->net), ==, 4);
    g_assert_true(net_path_has_place(self->net));
    g_assert_true(net_path_send(self->net, 1500)); /* it sleeps again */
}

#define ADD(name, has_disk, test)                                                      \
    g_test_add("/back ends/" name, Fixture, GINT_TO_POINTER(has_disk), set_up, test,   \
               tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("a transfer takes so many requests", 1, test_requests_of_a_transfer);
    ADD("one event does for several requests", 1, test_one_event_for_several);
    ADD("a full ring makes the front end wait", 1, test_a_full_ring_waits);
    ADD("an image in memory needs no disk", 0, test_an_image_in_memory);
    ADD("frames go one after the other", 1, test_frames);
    return g_test_run();
}
