/*
 * The event loop allocates nothing, however long it runs, and an idle vCPU is small.
 *
 * This program's own malloc counts, for the C library and GLib as well; the sanitizers
 * bring an allocator of their own, under which only sizes are tested.
 */
#include "models/host/context.h"
#include "results/collector.h"
#include "results/roles.h"
#include "tests/unit/io_scripts.h"

#include <string.h>

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
static int64_t live_bytes; /* asked for, and rounded as the allocator does at least */

#if !HAS_OWN_ALLOCATOR
/* glibc's names for its own. */
void *__libc_malloc(size_t size);
void *__libc_realloc(void *old, size_t size);
void *__libc_memalign(size_t alignment, size_t size);
void __libc_free(void *old);

/* Before each block: what the allocator itself tells depends on which holes earlier
 * blocks have left. */
typedef struct {
    size_t size, offset; /* asked for; from what the allocator gave */
} Head;

static Head *head_of(void *block)
{
    return (Head *)block - 1;
}

static int64_t rounded(size_t size)
{
    return (int64_t)((size + sizeof(size_t) + 15) / 16 * 16);
}

static void *give(char *got, size_t offset, size_t size)
{
    void *block = got + offset;

    n_allocations++;
    live_bytes += rounded(size);
    *head_of(block) = (Head){ size, offset };
    return block;
}

void *malloc(size_t size)
{
    return give(__libc_malloc(size + sizeof(Head)), sizeof(Head), size);
}

void *calloc(size_t n, size_t size)
{
    void *block = give(__libc_malloc(n * size + sizeof(Head)), sizeof(Head), n * size);

    return memset(block, 0, n * size);
}

void *realloc(void *old, size_t size)
{
    if (!old)
        return malloc(size);
    g_assert(head_of(old)->offset == sizeof(Head)); /* nobody moves aligned blocks */
    live_bytes -= rounded(head_of(old)->size);
    return give(__libc_realloc(head_of(old), size + sizeof(Head)), sizeof(Head), size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
    const size_t offset = MAX(alignment, sizeof(Head));

    return give(__libc_memalign(alignment, size + offset), offset, size);
}

int posix_memalign(void **got, size_t alignment, size_t size)
{
    *got = aligned_alloc(alignment, size);
    return 0;
}

void free(void *old)
{
    if (!old)
        return;
    live_bytes -= rounded(head_of(old)->size);
    __libc_free((char *)old - head_of(old)->offset);
}
#endif

/* Registers, a read that is waited for, a transfer by DMA, a frame, VGA memory until it
 * is full, the console, a halt: all paths. */
static const Activity everything[] = {
    { .kind = ACTIVITY_BEGIN },
    IO_DISK_READ,
    IO_DISK_DMA,
    { .kind = ACTIVITY_TRANSFER, .bytes = 4096 },
    IO_WRITE(PORT_NIC_TX_STATUS, 1500),
    { .kind = ACTIVITY_MEMORY, .address = 0xb8000, .count = 1, .is_write = true },
    IO_READ(PORT_SERIAL_DATA),
    { .kind = ACTIVITY_COMPUTE, .instructions = 30000 },
    { .kind = ACTIVITY_HALT, .halt_ns = 100000 },
};

/* The device path under that placement and scheduler, with all statistics. */
typedef struct {
    IoMachine *description;
    Machine *machine;
    Collector *collector;
} Load;

static const NeighbourParams neighbour = { .name = "neighbour",
                                           .id = 50,
                                           .n_vcpus = 2,
                                           .run_ns = NS_PER_MS,
                                           .block_ns = NS_PER_MS };

static void load_begin(Load *self, const char *placement, const SchedulerOps *scheduler)
{
    IoMachine *description = io_machine_new(
        placement, io_workload_new(everything, G_N_ELEMENTS(everything), true));

    description->guest.timer.hz = 250;
    description->params.host.scheduler = scheduler;
    description->params.select_timeout_ns = 10 * NS_PER_MS;
    description->params.dom0.daemon_interval_ns = 10 * NS_PER_MS;
    description->params.neighbours = &neighbour;
    description->params.n_neighbours = 1;
    self->description = description;
    self->machine = io_machine_build(description);
    self->collector = collector_new(machine_host(self->machine));
    machine_run_until(self->machine, NS_PER_S / 10);
    collector_begin(self->collector);
}

/* Returns how many requests were measured. */
static uint64_t load_end(Load *self)
{
    RunRecord *record = collector_finish(self->collector);
    uint64_t n_requests = 0;

    for (unsigned i = 0; i < record->domains->len; i++)
        n_requests += g_array_index(record->domains, DomainRecord, i).requests;
    run_record_free(record);
    collector_free(self->collector);
    machine_free(self->machine);
    io_machine_free(self->description);
    return n_requests;
}

/* ARINC 653 runs what its table says, and null has more vCPUs here than pCPUs: without
 * much of a device path, and without an allocation. */
static bool is_for_guests(const SchedulerOps *scheduler)
{
    return !g_str_equal(scheduler->name, "arinc653") &&
           !g_str_equal(scheduler->name, "null");
}

static void check_run(const char *placement, const SchedulerOps *scheduler)
{
    uint64_t before, n_requests;
    Load load;

    load_begin(&load, placement, scheduler);
    before = n_allocations;
    machine_run_until(load.machine, NS_PER_S / 2);
    g_assert_cmpuint(n_allocations - before, ==, 0);
    n_requests = load_end(&load);
    g_test_message("%s, %s: %" G_GUINT64_FORMAT " requests", placement, scheduler->name,
                   n_requests);
    if (is_for_guests(scheduler))
        g_assert_cmpuint(n_requests, >, 100);
}

static void test_a_run_allocates_nothing(void)
{
    if (!HAS_OWN_ALLOCATOR) {
        g_free(g_malloc(1));
        g_assert_cmpuint(n_allocations, >, 0);
    }
    for (unsigned i = 0; placement_ops_all()[i]; i++)
        for (unsigned j = 0; scheduler_ops_all()[j]; j++)
            check_run(placement_ops_all()[i]->name, scheduler_ops_all()[j]);
}

/* What an hour would need is what a second needs. */
static void test_a_long_run_stays_as_small(void)
{
    int64_t bytes;
    Load load;

    load_begin(&load, "stub", scheduler_ops_by_name("credit-3.1", NULL));
    machine_run_until(load.machine, NS_PER_S);
    bytes = live_bytes;
    machine_run_until(load.machine, 20 * NS_PER_S);
    g_assert_cmpint(live_bytes, ==, bytes);
    g_assert_cmpuint(load_end(&load), >, 10000);
}

/* Idle vCPUs: each in a domain of its own, started and blocked for ever. What their
 * workload and device model need is not in it. */

static void stay_idle(Vcpu *vcpu, int64_t now_ns G_GNUC_UNUSED)
{
    vcpu_block(vcpu);
}

static const ContextOps idle_context = { .name = "idle", .advance = stay_idle };

static Host *idle_host_new(const SchedulerOps *scheduler, unsigned n_vcpus)
{
    const SchedParams params = { .set = PARAM_WEIGHT, .weight = 256 };
    Host *host =
        host_new(&(HostParams){ .topology = { 16, 1, 16 }, .scheduler = scheduler });

    for (unsigned i = 0; i < n_vcpus; i++) {
        Domain *domain = host_add_domain(host, i + 1, "idle", &params);

        host_add_vcpu(host, domain, i % 16, &idle_context, NULL);
    }
    host_start(host);
    for (unsigned i = 0; i < n_vcpus; i++)
        vcpu_start(g_ptr_array_index(host->vcpus, i), true);
    host_run_until(host, NS_PER_S);
    return host;
}

static int64_t idle_bytes(const SchedulerOps *scheduler, unsigned n_vcpus)
{
    const int64_t before = live_bytes;
    Host *host = idle_host_new(scheduler, n_vcpus);
    const int64_t bytes = live_bytes - before;

    host_free(host);
    return bytes;
}

static void test_an_idle_vcpu_is_small(void)
{
    enum { N = 1024 };

    for (unsigned i = 0; scheduler_ops_all()[i]; i++) {
        const SchedulerOps *scheduler = scheduler_ops_all()[i];
        const int64_t bytes =
            (idle_bytes(scheduler, 2 * N) - idle_bytes(scheduler, N)) / N;

        g_test_message("%s: %" G_GINT64_FORMAT " bytes", scheduler->name, bytes);
        g_assert_cmpint(bytes, <=, 1024);
        if (!HAS_OWN_ALLOCATOR)
            g_assert_cmpint(bytes, >=, (int64_t)sizeof(Vcpu));
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/memory/a run allocates nothing", test_a_run_allocates_nothing);
    g_test_add_func("/memory/a long run stays as small",
                    test_a_long_run_stays_as_small);
    g_test_add_func("/memory/an idle vCPU is small", test_an_idle_vcpu_is_small);
    return g_test_run();
}
