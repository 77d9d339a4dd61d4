#include "models/machine/machine_size.h"

enum {
    TIMERS_OF_PCPU = 2,   /* slice, tick */
    TIMERS_OF_VCPU = 2,   /* the end of a run, the wake */
    TIMERS_OF_LINUX = 1,  /* of each of its vCPUs */
    TIMERS_OF_DOMAIN = 1, /* its budget, under some schedulers */
    TIMERS_OF_LIFE = 1,   /* its next event */
    /* An HVM guest's virtual timer, interrupt gate and frames; its stub domain. */
    TIMERS_OF_GUEST = 3,
    TIMERS_OF_STUB = TIMERS_OF_DOMAIN + TIMERS_OF_VCPU + 1, /* Mini-OS's, or Linux's */
    /* Accounting, the toolstack's hypercall, the card. */
    TIMERS_OF_HOST = 3,
};

int64_t machine_most_timers(const MachineSize *size)
{
    const int64_t n_kernel_vcpus = size->n_dom0_vcpus + size->n_driver_vcpus;

    return TIMERS_OF_HOST + size->n_pcpus * TIMERS_OF_PCPU + size->n_disk_channels +
           TIMERS_OF_DOMAIN + TIMERS_OF_DOMAIN +
           n_kernel_vcpus * (TIMERS_OF_VCPU + TIMERS_OF_LINUX) +
           size->n_guests *
               (TIMERS_OF_DOMAIN + TIMERS_OF_LIFE + TIMERS_OF_GUEST + TIMERS_OF_STUB) +
           size->n_guest_vcpus * TIMERS_OF_VCPU +
           size->n_neighbours * (TIMERS_OF_DOMAIN + TIMERS_OF_LIFE) +
           size->n_neighbour_vcpus * (TIMERS_OF_VCPU + TIMERS_OF_LINUX) +
           size->n_orders;
}
