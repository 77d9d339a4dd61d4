#include "workloads/exit_reason.h"

#include <stddef.h>

enum {
    SVM_CONTROL_REGISTER_LAST = 0x1f,
    SVM_PAGE_FAULT = 0x4e,
    SVM_INTERRUPT = 0x60,
    SVM_NMI = 0x61,
    SVM_SMI = 0x62,
    SVM_INIT = 0x63,
    SVM_VIRTUAL_INTERRUPT = 0x64,
    SVM_CPUID = 0x72,
    SVM_HLT = 0x78,
    SVM_PORT = 0x7b,
    SVM_MSR = 0x7c,
    SVM_NESTED_PAGE_FAULT = 0x400,
};

bool exit_code_is_svm(uint32_t code)
{
    return code > VMX_LAST;
}

bool exit_code_is_port(uint32_t code)
{
    return code == SVM_PORT || code == VMX_PORT;
}

typedef struct {
    uint32_t first, last;
    ExitMeaning meaning;
    ExitClass exit;
} ExitRange;

static const ExitRange vmx_ranges[] = {
    /* Exceptions reach Xen as page faults of shadow paging; NMIs are too rare to tell.
     */
    { VMX_NMI_OR_EXCEPTION, VMX_NMI_OR_EXCEPTION, MEANING_XEN, EXIT_PAGE_FAULT },
    { VMX_EXTERNAL_INTERRUPT, VMX_EXTERNAL_INTERRUPT, MEANING_HOST, EXIT_OTHER },
    { VMX_INTERRUPT_WINDOW, VMX_INTERRUPT_WINDOW, MEANING_XEN, EXIT_INTERRUPT_WINDOW },
    { VMX_CPUID, VMX_CPUID, MEANING_XEN, EXIT_CPUID },
    { VMX_HLT, VMX_HLT, MEANING_HALT, EXIT_OTHER },
    { VMX_CONTROL_REGISTER, VMX_CONTROL_REGISTER, MEANING_XEN, EXIT_CONTROL_REGISTER },
    { VMX_PORT, VMX_PORT, MEANING_PORT, EXIT_OTHER },
    { VMX_MSR_READ, VMX_MSR_WRITE, MEANING_XEN, EXIT_MSR },
    { VMX_APIC_ACCESS, VMX_APIC_ACCESS, MEANING_MEMORY, EXIT_OTHER },
    { VMX_EPT_VIOLATION, VMX_EPT_MISCONFIGURATION, MEANING_MEMORY, EXIT_PAGE_FAULT },
};

static const ExitRange svm_ranges[] = {
    { 0, SVM_CONTROL_REGISTER_LAST, MEANING_XEN, EXIT_CONTROL_REGISTER },
    { SVM_PAGE_FAULT, SVM_PAGE_FAULT, MEANING_MEMORY, EXIT_PAGE_FAULT },
    { SVM_INTERRUPT, SVM_INIT, MEANING_HOST, EXIT_OTHER },
    { SVM_VIRTUAL_INTERRUPT, SVM_VIRTUAL_INTERRUPT, MEANING_XEN,
      EXIT_INTERRUPT_WINDOW },
    { SVM_CPUID, SVM_CPUID, MEANING_XEN, EXIT_CPUID },
    { SVM_HLT, SVM_HLT, MEANING_HALT, EXIT_OTHER },
    { SVM_PORT, SVM_PORT, MEANING_PORT, EXIT_OTHER },
    { SVM_MSR, SVM_MSR, MEANING_XEN, EXIT_MSR },
    { SVM_NESTED_PAGE_FAULT, SVM_NESTED_PAGE_FAULT, MEANING_MEMORY, EXIT_PAGE_FAULT },
};

static ExitMeaning look_up(const ExitRange *ranges, size_t n_ranges, uint32_t code,
                           ExitClass *exit)
{
    for (size_t i = 0; i < n_ranges; i++) {
        if (code < ranges[i].first || code > ranges[i].last)
            continue;
        *exit = ranges[i].exit;
        return ranges[i].meaning;
    }
    *exit = EXIT_OTHER;
    return MEANING_XEN;
}

ExitMeaning exit_meaning(ExitCodes codes, uint32_t code, ExitClass *exit)
{
    const size_t n_vmx = sizeof(vmx_ranges) / sizeof(vmx_ranges[0]);
    const size_t n_svm = sizeof(svm_ranges) / sizeof(svm_ranges[0]);

    return codes == EXIT_CODES_SVM ? look_up(svm_ranges, n_svm, code, exit)
                                   : look_up(vmx_ranges, n_vmx, code, exit);
}
