/*
 * device_model.h - qemu-dm: the main loop that serves one guest's requests.
 *
 * One pass serves one request: select() returns, the access is emulated, perhaps the
 * disk is waited for, the answer is sent, the rest of the loop runs (Xen 3.1,
 * tools/ioemu). Where it runs is somebody else's business: a runner (a process of dom0,
 * Mini-OS's main thread) consumes the steps that device_model_advance yields.
 */
#ifndef MODELS_DEVICE_MODEL_H
#define MODELS_DEVICE_MODEL_H

#include "models/devices/device_map.h"
#include "models/guest/request.h"
#include "models/host/costs.h"

typedef struct DeviceModel DeviceModel;

/* What depends on where it runs; ns of the vCPU that runs it. */
typedef struct {
    int64_t wake_ns, access_ns, element_ns, posted_ns, reply_ns, loop_ns;
    int64_t disk_ns, packet_ns, irq_ns;
    int64_t start_ns;      /* from its creation to its first look at the ports */
    int64_t completion_ns; /* after the answer to what set off a disk's read, which goes
                              sector by sector; 0: read as a whole, before the answer */
    int64_t dma_start_ns;  /* of a transfer by DMA, while its start is being served */
} DeviceModelCosts;

/* What is the same for all guests of a machine; outlives them. */
typedef struct {
    const XenRelease *xen;
    const DeviceMap *map;
    unsigned n_posted_places; /* of a guest's buffered page */
    Completion completion;    /* of transfers by DMA, where there can be a thread */
    int64_t coalesce_ns;      /* interrupts of devices come at least so far apart */
} DevicePath;

typedef struct {
    /* Sends an event by one of device_model_n_ports ports. When it is handled, the
     * runner calls device_model_deliver. */
    void (*signal)(DeviceModel *model, unsigned port, int64_t now_ns);
    /* The disk shall do what an EFFECT_DISK_READ or EFFECT_DISK_DMA says, and nobody
     * waits meanwhile for the second; device_model_disk_done is called afterwards, in
     * the runner's context. False: there is no disk, the image lies in memory and the
     * bytes have been moved. */
    bool (*submit_disk)(DeviceModel *model, const Effect *effect, int64_t now_ns);
    void (*send_packet)(DeviceModel *model, int64_t bytes, int64_t now_ns);
    /* A frame for the guest has come to the bridge of the card's kernel, which calls
     * this; device_model_frame_arrived follows when select() can find it. */
    void (*receive_packet)(DeviceModel *model, int64_t now_ns);
    /* The vCPU on which the device model runs, or will run; and the one that takes its
     * events. */
    Vcpu *(*vcpu)(const DeviceModel *model);
    Vcpu *(*event_vcpu)(const DeviceModel *model);
    /* The stage of a request that waits for the loop while that vCPU runs; of a guest
     * with several vCPUs it is STAGE_WAIT_TASK until the loop takes it. */
    Stage waiting_stage;

    /* Life. start: begin to run; device_model_advance yields STEP_START first. end:
     * stop; a disk transfer that is under way is let finish. has_ended: that has
     * happened. */
    void (*start)(DeviceModel *model, int64_t now_ns);
    void (*end)(DeviceModel *model, int64_t now_ns);
    bool (*has_ended)(const DeviceModel *model);
} RunnerOps;

/* The path is borrowed. */
DeviceModel *device_model_new(Domain *guest, const RunnerOps *runner_ops, void *runner,
                              const DeviceModelCosts *costs, const DevicePath *path);
void device_model_free(DeviceModel *model);

/*
 * Life. A device model is there from the beginning, until device_model_end: the
 * requests that it has are dropped, and a transfer on the disk is waited for
 * (device_model_has_ended). device_model_start begins it anew, from code that dom0
 * runs; ready is called when it has started.
 */
typedef void (*DeviceModelReady)(void *owner, int64_t now_ns);
void device_model_start(DeviceModel *model, DeviceModelReady ready, void *owner,
                        int64_t now_ns);
void device_model_end(DeviceModel *model, int64_t now_ns);
bool device_model_has_ended(const DeviceModel *model);
/* For runners: nothing is to be done but to stop. */
bool device_model_is_ending(const DeviceModel *model);

void *device_model_runner(const DeviceModel *model);
/* The vCPU on which it runs, or will run. */
Vcpu *device_model_vcpu(const DeviceModel *model);
Domain *device_model_guest(const DeviceModel *model);
/* One for each vCPU of the guest, and a last one for what is posted. */
unsigned device_model_n_ports(const Domain *guest);

/* From the guest's vCPU: the request is posted and its event sent. */
void device_model_submit(DeviceModel *model, Request *request, int64_t now_ns);
/* From the runner: its kernel has taken the event, so the next select() finds it. */
void device_model_deliver(DeviceModel *model, unsigned port, int64_t now_ns);
/* A posted access: waits in the buffered page until the next request, or for some 100
 * ms. False: the page is full, or does not take such an access, and nothing has
 * happened: the caller must send a request instead. */
bool device_model_post(DeviceModel *model, const Served *served,
                       const Activity *access);
/* What has been posted sends its event. */
void device_model_signal_posted(DeviceModel *model, int64_t now_ns);
/* Xen serves the access alone. */
void device_model_serve_in_xen(DeviceModel *model, const Served *served,
                               const Activity *access);

typedef enum {
    NEXT_RUN,    /* the next step has begun and takes *run_ns */
    NEXT_SELECT, /* nothing is to be done: select() sleeps */
    NEXT_DISK,   /* the disk must answer first: device_model_is_blocked */
} DeviceModelNext;

/*
 * For the runner, when the last step's run is used up or a sleep has ended. Finishes
 * that step, and begins the next if there is one. timed_out: select() has returned with
 * nothing ready.
 */
DeviceModelNext device_model_advance(DeviceModel *model, bool timed_out, int64_t now_ns,
                                     int64_t *run_ns);
/* True while it waits inside a disk access, deaf to everything else. */
bool device_model_is_blocked(const DeviceModel *model);
/* True if a pass would find something ready. */
bool device_model_has_work(const DeviceModel *model);
/* When it wants a pass for the sake of its own timer, though nothing is ready; may be
 * past. */
int64_t device_model_timer_ns(const DeviceModel *model);

/* From the runner: the disk has answered; the device model may go on. */
void device_model_disk_done(DeviceModel *model, bool is_dma, int64_t now_ns);
/* From the runner: a thread beside the loop has completed a transfer by DMA, and has
 * set the interrupt line. */
void device_model_transfer_done(DeviceModel *model, int64_t now_ns);

/* From the runner: a frame can be read. */
void device_model_frame_arrived(DeviceModel *model);
/* From the card: see RunnerOps.receive_packet. */
void device_model_receive(DeviceModel *model, int64_t now_ns);

/* From the runner, when the thread gets the processor below its vCPU or loses it. */
void device_model_resumed(DeviceModel *model, int64_t now_ns);
void device_model_paused(DeviceModel *model, int64_t now_ns);

/* Who serves the access, and the device of the guest that it says. */
const Served *device_model_find(const DeviceModel *model, const Activity *access);
Device *device_model_device(const DeviceModel *model, const Served *served);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(DeviceModel, device_model_free)

#endif
