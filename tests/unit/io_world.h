/*
 * io_world.h - parts for tests of the I/O path: a profile of told-apart costs, scripted
 * workloads, dom0 kernels of scripted tasks, small machines.
 */
#ifndef TESTS_UNIT_IO_WORLD_H
#define TESTS_UNIT_IO_WORLD_H

#include "models/linux/linux_kernel.h"
#include "models/machine/machine.h"

/* 1 GHz, one cycle per instruction. Every cost differs from every other, so that a sum
 * of them tells which they are; those of switching are 0. */
CostProfile *io_profile_new(void);

/* A host of n pCPUs under credit-3.1, whose switching costs nothing. */
Host *io_host_new(unsigned n_pcpus);

/* A workload that walks through the activities, and then ends or begins anew. They are
 * borrowed. */
Workload *io_workload_new(const Activity *activities, unsigned n, bool repeats);

/* Activities. */
Activity io_compute(int64_t instructions);
Activity io_read(uint64_t port);
Activity io_write(uint64_t port, uint32_t value);
Activity io_halt(int64_t halt_ns);

/* A machine of one guest with one vCPU, that workload and no timer, on its own pCPUs:
 * select() never times out, no daemons, a disk of 1 ms and 1 GB/s. To be changed. */
typedef struct {
    MachineParams params;
    GuestParams guest;
    Workload *workload;
    CostProfile *profile;
} IoMachine;

IoMachine *io_machine_new(const char *placement, Workload *workload);
/* The machine that it describes; later changes are too late. */
Machine *io_machine_build(IoMachine *self);
void io_machine_free(IoMachine *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(IoMachine, io_machine_free)

/* Of the machine, at any time. */
void io_check_laws(const Machine *machine);

/* A task of a dom0 kernel: runs for run_ns at each wake, then sleeps until the next
 * wake or for timeout_ns. Logs "TIME NAME +" when it gets its vCPU, "-" when it loses
 * it; us. */
typedef struct {
    Task task;
    const char *name;
    int64_t run_ns, timeout_ns; /* TIME_NEVER_NS: none */
    Task *wakes;                /* at the end of each run, or NULL */
    GString *log;
    bool is_running;
} IoTask;

void io_task_init(IoTask *self, Kernel *kernel, const char *name, int64_t run_ns,
                  GString *log);

#endif
