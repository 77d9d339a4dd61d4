/*
 * request.h - one emulated I/O that waits for its device model, and where its time
 * went.
 *
 * A request is in exactly one stage at any instant from its exit to the guest's next
 * instruction, so the stages add up to its latency to the nanosecond; request_finish
 * checks it for each one.
 */
#ifndef MODELS_REQUEST_H
#define MODELS_REQUEST_H

#include "models/host/host.h"
#include "models/workload.h"

typedef enum {
    STAGE_EXIT,       /* the hypervisor decodes the access and posts the request */
    STAGE_NOTIFY,     /* until the device model's vCPU has been signalled */
    STAGE_WAIT_VCPU,  /* the device model's vCPU waits in Xen's run queue */
    STAGE_WAIT_TASK,  /* its vCPU runs, but not yet (or no longer) qemu-dm */
    STAGE_SERVICE,    /* qemu-dm emulates the access */
    STAGE_BACKEND,    /* the physical disk or network works */
    STAGE_REPLY,      /* until the guest vCPU has been signalled */
    STAGE_WAIT_GUEST, /* the guest vCPU waits in Xen's run queue */
    STAGE_ENTRY,      /* until the guest executes its next instruction */
    STAGES,
} Stage;

/* As results name them: "exit", "notify", "wait_vcpu"... */
const char *stage_name(Stage stage);

typedef struct Device Device;

struct Request {
    Vcpu *guest;
    Device *device;
    int64_t issued_ns;     /* the exit */
    int64_t since_ns;      /* when the present stage was entered */
    const Vcpu *worker;    /* whose progress the stage depends on, or NULL */
    int64_t worker_ran_ns; /* its time in the running state at since_ns */
    Stage stage;
    bool is_outstanding;
    int64_t stage_ns[STAGES];
    Activity access;
};

/* In STAGE_EXIT, worked on by the guest's vCPU. */
void request_begin(Request *request, Vcpu *guest, Device *device,
                   const Activity *access, int64_t now_ns);

/*
 * Leaves the present stage for another. While a stage depends on a vCPU (worker), the
 * time in which that vCPU does not run goes to its waiting stage instead: wait_guest
 * for the request's own vCPU, wait_vcpu for any other. NULL: nothing of Xen's waits.
 */
void request_enter(Request *request, Stage stage, const Vcpu *worker, int64_t now_ns);

/* Ends it, and checks that the stages are the latency, which it returns. */
int64_t request_finish(Request *request, int64_t now_ns);

#endif
