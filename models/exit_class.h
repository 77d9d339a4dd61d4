/*
 * exit_class.h - why HVM guests leave their code, by VMX's reasons.
 */
#ifndef MODELS_EXIT_CLASS_H
#define MODELS_EXIT_CLASS_H

typedef enum {
    EXIT_EXTERNAL_INTERRUPT, /* 1 */
    EXIT_INTERRUPT_WINDOW,   /* 7: a pending virtual interrupt can be injected */
    EXIT_PAGE_FAULT,         /* 0 and 48, where Xen serves it alone */
    EXIT_CONTROL_REGISTER,   /* 28 */
    EXIT_CPUID,              /* 10 */
    EXIT_MSR,                /* 31, 32 */
    EXIT_HLT,                /* 12 */
    EXIT_VMCALL,             /* 18: a PV driver's hypercall */
    EXIT_IO_INSTRUCTION,     /* 30 */
    EXIT_DEVICE_MEMORY,      /* 0, 44 and 48, where a device lies there */
    EXIT_OTHER,
    EXIT_CLASSES,
} ExitClass;

/* VMX's basic exit reasons (Intel SDM, volume 3, appendix C), of those that mean
 * something here. */
enum {
    VMX_NMI_OR_EXCEPTION = 0,
    VMX_EXTERNAL_INTERRUPT = 1,
    VMX_INTERRUPT_WINDOW = 7,
    VMX_CPUID = 10,
    VMX_HLT = 12,
    VMX_VMCALL = 18,
    VMX_CONTROL_REGISTER = 28,
    VMX_PORT = 30,
    VMX_MSR_READ = 31,
    VMX_MSR_WRITE = 32,
    VMX_APIC_ACCESS = 44,
    VMX_EPT_VIOLATION = 48,
    VMX_EPT_MISCONFIGURATION = 49,
    VMX_WBINVD = 54,
    VMX_LAST = 75,
};

/* The reason that stands for a class; the model knows no page fault from another, no
 * MSR read from a write, and nothing of EXIT_OTHER, which gets WBINVD's. */
unsigned exit_class_vmx_reason(ExitClass exit);

#endif
