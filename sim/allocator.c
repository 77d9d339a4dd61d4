/*
 * allocator.c - how programs allocate: jemalloc, which reads its options from this
 * name.
 *
 * A large host's state is megabytes that every event touches somewhere else, and on
 * small pages it waits for translations of addresses: with 4,096 vCPUs, a quarter of
 * an event's time under SEDF and a tenth under credit. Where the kernel grants huge
 * pages to those who ask ("madvise" or "always" in
 * /sys/kernel/mm/transparent_hugepage/enabled), jemalloc asks. It also keeps what a
 * finished run frees for the next one.
 *
 * Only optimised programs are linked with it: the sanitizers and the test that counts
 * allocations bring their own.
 */
extern const char *malloc_conf;

const char *malloc_conf = "thp:always";
