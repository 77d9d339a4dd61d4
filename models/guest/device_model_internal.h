/*
 * device_model_internal.h - what device_model.c, the device model as others see it, and
 * device_model_steps.c, what its loop does, share.
 */
#ifndef MODELS_GUEST_DEVICE_MODEL_INTERNAL_H
#define MODELS_GUEST_DEVICE_MODEL_INTERNAL_H

#include "models/guest/buffered_page.h"
#include "models/guest/device_model.h"
#include "models/guest/device_set.h"
#include "models/guest/request_inbox.h"

/* helper2.c: between drains of the buffered page for its own sake. */
#define DRAIN_INTERVAL_NS (100 * NS_PER_MS)

typedef enum {
    STEP_ASLEEP,   /* in select() */
    STEP_START,    /* the process begins */
    STEP_WAKE,     /* select() returns; the port is read */
    STEP_DRAIN,    /* posted accesses are emulated; the last has set something off */
    STEP_SERVE,    /* the access is emulated */
    STEP_BLOCKED,  /* the disk is waited for */
    STEP_ANSWERED, /* it has answered; the thread has yet to run */
    STEP_DISK,     /* its answer is taken */
    STEP_REPLY,    /* the answer is sent */
    STEP_IRQ,      /* a transfer on its own has ended: the interrupt line is set */
    STEP_RECEIVE,  /* a frame is read, put into the guest's ring, and the line set */
    STEP_LOOP,     /* the rest of the pass */
} LoopStep;

/* What every step needs comes first: see Vcpu. */
struct DeviceModel {
    Domain *guest;
    const RunnerOps *runner_ops;
    void *runner;
    const DevicePath *path;
    Request *serving; /* the request being served; NULL: none */
    int64_t drain_due_ns;
    LoopStep step;
    bool is_drain_signalled; /* what is posted has sent its event */
    bool must_drain;         /* select() has found that event */
    bool is_draining;        /* the step is for a posted access, not for serving */
    bool is_dma_running, has_dma_finished;
    bool finds_completion; /* a transfer had completed before this pass began; handled
                              at its end (COMPLETION_LOST) */
    bool is_starting;      /* STEP_START is the next */
    bool is_ending;
    unsigned n_frames; /* that can be read */
    RequestInbox inbox;
    DeviceSet devices;
    BufferedPage page;
    DeviceModelCosts costs;
    Effect effect; /* of the access that is being served */
    DeviceModelReady ready;
    void *ready_owner;
};

static inline void put_off_drain(DeviceModel *model, int64_t now_ns)
{
    model->drain_due_ns = model->path->xen->drain == DRAIN_AT_EVENT
                              ? TIME_NEVER_NS
                              : now_ns + DRAIN_INTERVAL_NS;
}

static inline bool loses_completions(const DeviceModel *model)
{
    return model->path->completion == COMPLETION_LOST;
}

/* Of the request that is served. */
static inline void enter_stage(DeviceModel *model, Stage stage, int64_t now_ns)
{
    request_enter(model->serving, stage, device_model_vcpu(model), now_ns);
}

#endif
