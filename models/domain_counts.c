#include "models/domain_counts.h"

#include <string.h>

const char *domain_count_name(DomainCount count)
{
    static const char *const names[DOMAIN_COUNTS] = {
        [COUNT_EXITS + EXIT_EXTERNAL_INTERRUPT] = "exits_external_interrupt",
        [COUNT_EXITS + EXIT_INTERRUPT_WINDOW] = "exits_interrupt_window",
        [COUNT_EXITS + EXIT_PAGE_FAULT] = "exits_page_fault",
        [COUNT_EXITS + EXIT_CONTROL_REGISTER] = "exits_control_register",
        [COUNT_EXITS + EXIT_CPUID] = "exits_cpuid",
        [COUNT_EXITS + EXIT_MSR] = "exits_msr",
        [COUNT_EXITS + EXIT_HLT] = "exits_hlt",
        [COUNT_EXITS + EXIT_VMCALL] = "exits_vmcall",
        [COUNT_EXITS + EXIT_IO_INSTRUCTION] = "exits_io_instruction",
        [COUNT_EXITS + EXIT_DEVICE_MEMORY] = "exits_device_memory",
        [COUNT_EXITS + EXIT_OTHER] = "exits_other",
        [COUNT_ENTRIES] = "entries",
        [COUNT_SERVED_IN_XEN] = "served_in_xen",
        [COUNT_POSTED] = "posted",
        [COUNT_SENT_REQUESTS] = "sent_requests",
        [COUNT_RING_REQUESTS] = "ring_requests",
        [COUNT_LOST_SENT_FRAMES] = "lost_sent_frames",
        [COUNT_LOST_RECEIVED_FRAMES] = "lost_received_frames",
        [COUNT_TRAPS] = "traps",
        [COUNT_EVENT_HYPERCALLS] = "event_hypercalls",
        [COUNT_BLOCK_HYPERCALLS] = "block_hypercalls",
        [COUNT_IRQ_HYPERCALLS] = "irq_hypercalls",
        [COUNT_SENT_IPIS] = "sent_ipis",
        [COUNT_RECEIVED_IPIS] = "received_ipis",
        [COUNT_NOTIFICATIONS] = "notifications",
        [COUNT_UPCALLS] = "upcalls",
    };

    return names[count];
}

const char *exit_class_name(ExitClass exit)
{
    return domain_count_name((DomainCount)(COUNT_EXITS + exit)) + strlen("exits_");
}
