/*
 * The event loop allocates nothing, and a vCPU is small.
 *
 * This program's own malloc counts, for the C library and GLib as well; the sanitizers
 * bring an allocator of their own, under which only sizes are tested.
 */
#include "models/ports.h"
#include "tests/unit/io_world.h"

#ifdef __SANITIZE_ADDRESS__
#define HAS_OWN_ALLOCATOR 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAS_OWN_ALLOCATOR 1
#endif
#endif
#ifndef HAS_OWN_ALLOCATOR
#define HAS_OWN_ALLOCATOR 0
#endif

static uint64_t n_allocations;

#if !HAS_OWN_ALLOCATOR
/* glibc's names for its own. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *old, size_t size);

void *malloc(size_t size)
{
    n_allocations++;
    return __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
    n_allocations++;
    return __libc_calloc(n, size);
}

void *realloc(void *old, size_t size)
{
    n_allocations++;
    return __libc_realloc(old, size);
}
#endif

/* Registers, a read that is waited for, a transfer by DMA, a frame, VGA memory until it
 * is full, the console, a halt: all paths. */
static const Activity everything[] = {
    { .kind = ACTIVITY_BEGIN },
    { .kind = ACTIVITY_PORT,
      .address = PORT_IDE_COUNT,
      .value = 8,
      .count = 1,
      .is_write = true },
    { .kind = ACTIVITY_PORT,
      .address = PORT_IDE_COMMAND,
      .value = IDE_COMMAND_READ,
      .count = 1,
      .is_write = true },
    { .kind = ACTIVITY_PORT,
      .address = PORT_IDE_COMMAND,
      .value = IDE_COMMAND_READ_DMA,
      .count = 1,
      .is_write = true },
    { .kind = ACTIVITY_PORT,
      .address = PORT_BUS_MASTER_COMMAND,
      .value = BUS_MASTER_START,
      .count = 1,
      .is_write = true },
    { .kind = ACTIVITY_HALT, .halt_ns = TIME_NEVER_NS },
    { .kind = ACTIVITY_TRANSFER, .bytes = 4096 },
    { .kind = ACTIVITY_PORT,
      .address = PORT_NIC_TX_STATUS,
      .value = 1500,
      .count = 1,
      .is_write = true },
    { .kind = ACTIVITY_MEMORY, .address = 0xb8000, .count = 1, .is_write = true },
    { .kind = ACTIVITY_PORT, .address = PORT_SERIAL_DATA, .count = 1 },
    { .kind = ACTIVITY_COMPUTE, .instructions = 30000 },
    { .kind = ACTIVITY_HALT, .halt_ns = 100000 },
};

static void count_request(void *listener, int64_t now_ns G_GNUC_UNUSED,
                          const Request *request G_GNUC_UNUSED)
{
    unsigned *n = listener;

    (*n)++;
}

static void check_placement(const char *placement, const char *scheduler)
{
    g_autoptr(IoMachine) description = io_machine_new(
        placement, io_workload_new(everything, G_N_ELEMENTS(everything), true));
    const NeighbourParams neighbour = { .name = "neighbour",
                                        .id = 50,
                                        .n_vcpus = 2,
                                        .run_ns = NS_PER_MS,
                                        .block_ns = NS_PER_MS };
    unsigned n_requests = 0;
    uint64_t before;

    description->guest.timer_hz = 250;
    description->params.host.scheduler = scheduler_ops_by_name(scheduler, NULL);
    description->params.select_timeout_ns = 10 * NS_PER_MS;
    description->params.dom0.daemon_interval_ns = 10 * NS_PER_MS;
    description->params.neighbours = &neighbour;
    description->params.n_neighbours = 1;
    g_autoptr(Machine) machine = io_machine_build(description);

    host_add_probe(machine_host(machine),
                   &(Probe){ .listener = &n_requests, .request = count_request });
    machine_run_until(machine, NS_PER_S / 10);
    before = n_allocations;
    machine_run_until(machine, NS_PER_S);
    g_assert_cmpuint(n_allocations - before, ==, 0);
    g_assert_cmpuint(n_requests, >, 500);
}

static void test_a_run_allocates_nothing(void)
{
    static const char *const schedulers[] = { "credit-3.1", "credit-4.17",
                                              "credit2-4.17", "round-robin", "bvt" };

    if (!HAS_OWN_ALLOCATOR) {
        g_free(g_malloc(1));
        g_assert_cmpuint(n_allocations, >, 0);
    }
    for (unsigned i = 0; placement_ops_all()[i]; i++)
        for (unsigned j = 0; j < G_N_ELEMENTS(schedulers); j++)
            check_placement(placement_ops_all()[i]->name, schedulers[j]);
}

/* The host's part of a vCPU that does nothing, its workload apart. */
static void test_a_vcpu_is_small(void)
{
    for (unsigned i = 0; scheduler_ops_all()[i]; i++) {
        const SchedulerOps *ops = scheduler_ops_all()[i];
        const size_t bytes = sizeof(Vcpu) + ops->vcpu_state_size;

        g_test_message("%s: %zu + %zu bytes", ops->name, sizeof(Vcpu),
                       ops->vcpu_state_size);
        g_assert_cmpuint(bytes, <=, 1024);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/memory/a run allocates nothing", test_a_run_allocates_nothing);
    g_test_add_func("/memory/a vCPU is small", test_a_vcpu_is_small);
    return g_test_run();
}
