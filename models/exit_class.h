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

#endif
