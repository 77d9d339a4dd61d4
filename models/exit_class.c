#include "models/exit_class.h"

unsigned exit_class_vmx_reason(ExitClass exit)
{
    static const unsigned reasons[EXIT_CLASSES] = {
        [EXIT_EXTERNAL_INTERRUPT] = VMX_EXTERNAL_INTERRUPT,
        [EXIT_INTERRUPT_WINDOW] = VMX_INTERRUPT_WINDOW,
        [EXIT_PAGE_FAULT] = VMX_NMI_OR_EXCEPTION,
        [EXIT_CONTROL_REGISTER] = VMX_CONTROL_REGISTER,
        [EXIT_CPUID] = VMX_CPUID,
        [EXIT_MSR] = VMX_MSR_WRITE,
        [EXIT_HLT] = VMX_HLT,
        [EXIT_VMCALL] = VMX_VMCALL,
        [EXIT_IO_INSTRUCTION] = VMX_PORT,
        [EXIT_DEVICE_MEMORY] = VMX_EPT_VIOLATION,
        [EXIT_OTHER] = VMX_WBINVD,
    };

    return reasons[exit];
}
