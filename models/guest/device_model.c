#include "models/guest/device_model.h"

#include "models/guest/buffered_page.h"
#include "models/guest/device_set.h"
#include "models/guest/hvm_guest.h"
#include "models/guest/request_inbox.h"

/* helper2.c: between drains of the buffered page for its own sake. */
#define DRAIN_INTERVAL_NS (100 * NS_PER_MS)

typedef enum {
    STEP_ASLEEP,   /* in select() */
    STEP_START,    /* the process begins */
    STEP_WAKE,     /* select() returns; the port is read */
    STEP_DRAIN,    /* posted accesses are emulated, the last of which does something */
    STEP_SERVE,    /* the access is emulated */
    STEP_BLOCKED,  /* the disk is waited for */
    STEP_ANSWERED, /* it has answered; the thread has yet to run */
    STEP_DISK,     /* its answer is taken */
    STEP_REPLY,    /* the answer is sent */
    STEP_IRQ,      /* a transfer on its own has ended: the interrupt line is set */
    STEP_RECEIVE,  /* a frame is read and put into the guest's ring: likewise */
    STEP_LOOP,     /* the rest of the pass */
} Step;

/* What every step needs comes first: see Vcpu. */
struct DeviceModel {
    Domain *guest;
    const RunnerOps *runner_ops;
    void *runner;
    const DevicePath *path;
    Request *serving; /* what select() has found */
    int64_t drain_due_ns;
    Step step;
    bool is_drain_signalled; /* what is posted has sent its event */
    bool must_drain;         /* select() has found that event */
    bool is_draining;        /* the step is for a posted access, not for serving */
    bool is_dma_running, has_dma_finished;
    bool finds_completion; /* this pass began after it, and looks at it in the end */
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

static void put_off_drain(DeviceModel *model, int64_t now_ns)
{
    model->drain_due_ns = model->path->xen->drain == DRAIN_AT_EVENT
                              ? TIME_NEVER_NS
                              : now_ns + DRAIN_INTERVAL_NS;
}

DeviceModel *device_model_new(Domain *guest, const RunnerOps *runner_ops, void *runner,
                              const DeviceModelCosts *costs, const DevicePath *path)
{
    DeviceModel *model = g_new0(DeviceModel, 1);

    model->guest = guest;
    model->runner_ops = runner_ops;
    model->runner = runner;
    model->costs = *costs;
    model->path = path;
    buffered_page_init(&model->page);
    put_off_drain(model, 0);
    request_inbox_init(&model->inbox, guest->vcpus->len);
    device_set_init(&model->devices, costs->completion_ns > 0);
    return model;
}

void device_model_free(DeviceModel *model)
{
    if (!model)
        return;
    buffered_page_clear(&model->page);
    device_set_clear(&model->devices);
    request_inbox_clear(&model->inbox);
    g_free(model);
}

void *device_model_runner(const DeviceModel *model)
{
    return model->runner;
}

Vcpu *device_model_vcpu(const DeviceModel *model)
{
    return model->runner_ops->vcpu(model);
}

Domain *device_model_guest(const DeviceModel *model)
{
    return model->guest;
}

unsigned device_model_n_ports(const Domain *guest)
{
    return guest->vcpus->len + 1;
}

const Served *device_model_find(const DeviceModel *model, const Activity *access)
{
    return device_map_find(model->path->map, model->devices.devices, access);
}

Device *device_model_device(const DeviceModel *model, const Served *served)
{
    return &model->devices.devices[served->device];
}

/* Of a request that has yet to be taken. One loop serves all vCPUs of a guest: where
 * there are several, what is not taken waits its turn, and is not in service. */
static Stage line_stage(const DeviceModel *model)
{
    return model->inbox.n_vcpus > 1 ? STAGE_WAIT_TASK
                                    : model->runner_ops->waiting_stage;
}

void device_model_submit(DeviceModel *model, Request *request, int64_t now_ns)
{
    request_inbox_send(&model->inbox, request);
    request_enter(request, line_stage(model), model->runner_ops->event_vcpu(model),
                  now_ns);
    model->runner_ops->signal(model, request->guest->id, now_ns);
}

void device_model_deliver(DeviceModel *model, unsigned port, int64_t now_ns)
{
    Request *request;

    if (port == model->guest->vcpus->len) {
        model->is_drain_signalled = true;
        return;
    }
    request = request_inbox_deliver(&model->inbox, port);
    if (request)
        request_enter(request, line_stage(model), device_model_vcpu(model), now_ns);
}

bool device_model_post(DeviceModel *model, const Served *served, const Activity *access)
{
    const bool is_packed = model->path->xen->is_page_packed;
    const unsigned n_places = is_packed && access->size_bytes == 8 ? 2 : 1;

    if (is_packed && access->is_string)
        return false;
    return buffered_page_post(&model->page, device_model_device(model, served), access,
                              n_places, model->path->n_posted_places);
}

void device_model_signal_posted(DeviceModel *model, int64_t now_ns)
{
    model->runner_ops->signal(model, model->guest->vcpus->len, now_ns);
}

/* Lowering the line is a hypercall of qemu-dm's alone. */
void device_model_serve_in_xen(DeviceModel *model, const Served *served,
                               const Activity *access)
{
    Device *device = device_model_device(model, served);
    Effect effect;

    if (!device->ops->access)
        return;
    effect = device->ops->access(device, access);
    g_assert(effect.kind == EFFECT_NONE || effect.kind == EFFECT_LOWER_IRQ);
}

bool device_model_is_blocked(const DeviceModel *model)
{
    return model->step == STEP_BLOCKED;
}

static bool loses_completions(const DeviceModel *model)
{
    return model->path->completion == COMPLETION_LOST;
}

bool device_model_has_work(const DeviceModel *model)
{
    return model->inbox.n_queued > 0 || model->n_frames > 0 ||
           model->is_drain_signalled ||
           (model->has_dma_finished && !loses_completions(model));
}

int64_t device_model_timer_ns(const DeviceModel *model)
{
    return model->drain_due_ns;
}

static void enter_stage(DeviceModel *model, Stage stage, int64_t now_ns)
{
    request_enter(model->serving, stage, device_model_vcpu(model), now_ns);
}

/* A hypercall of the domain in which it runs. */
static void count(DeviceModel *model, DomainCount hypercall)
{
    vcpu_count_one(device_model_vcpu(model), hypercall);
}

/* Steps: each function begins one and returns how long it takes. */

static int64_t begin(DeviceModel *model, Step step, int64_t run_ns)
{
    model->step = step;
    return run_ns;
}

/* What the effect costs the device model itself. */
static int64_t effect_ns(const DeviceModel *model)
{
    switch (model->effect.kind) {
    case EFFECT_NONE:
        return 0;
    case EFFECT_DISK_READ:
        return model->costs.disk_ns;
    case EFFECT_DISK_DMA:
        return model->costs.dma_start_ns;
    case EFFECT_SEND_PACKET:
        return model->costs.packet_ns;
    case EFFECT_LOWER_IRQ:
        return model->costs.irq_ns;
    }
    g_assert_not_reached();
}

static void perform(DeviceModel *model, Device *device, const Activity *access)
{
    model->effect = (Effect){ .kind = EFFECT_NONE };
    if (device->ops->access)
        model->effect = device->ops->access(device, access);
    if (model->effect.kind == EFFECT_LOWER_IRQ)
        count(model, COUNT_IRQ_HYPERCALLS);
}

/* What the posted accesses set off, up to the first that does. */
static void perform_deeds(DeviceModel *model)
{
    const Deed *deed;

    model->effect = (Effect){ .kind = EFFECT_NONE };
    while (model->effect.kind == EFFECT_NONE &&
           (deed = buffered_page_next_deed(&model->page)))
        perform(model, deed->device, &deed->access);
}

/* Empties the page. An access that sets something off ends the step: it is the model's
 * effect then, and those behind it are for the next. */
static int64_t drain_ns(DeviceModel *model)
{
    const int64_t run_ns = buffered_page_empty(&model->page) * model->costs.posted_ns;

    perform_deeds(model);
    return run_ns + effect_ns(model);
}

static int64_t begin_drain(DeviceModel *model, int64_t run_ns)
{
    model->is_draining = true;
    return begin(model, STEP_DRAIN, run_ns);
}

/* Timers are looked at once a pass. */
static int64_t begin_loop(DeviceModel *model, int64_t now_ns)
{
    int64_t run_ns = 0;

    if (now_ns >= model->drain_due_ns || model->must_drain) {
        run_ns = drain_ns(model);
        if (model->effect.kind != EFFECT_NONE)
            return begin_drain(model, run_ns);
        model->must_drain = false;
        put_off_drain(model, now_ns);
    }
    return begin(model, STEP_LOOP, run_ns + model->costs.loop_ns);
}

/* select() returns, with one event if there is any. */
static int64_t begin_pass(DeviceModel *model, int64_t now_ns)
{
    model->finds_completion = model->has_dma_finished && loses_completions(model);
    if (model->inbox.n_queued > 0) {
        model->serving = request_inbox_take(&model->inbox);
        enter_stage(model, STAGE_SERVICE, now_ns);
    } else if (model->is_drain_signalled) {
        model->is_drain_signalled = false;
        model->must_drain = true;
    }
    return begin(model, STEP_WAKE, model->costs.wake_ns);
}

static int64_t begin_service(DeviceModel *model, int64_t now_ns)
{
    const Activity *access = &model->serving->access;
    int64_t run_ns = drain_ns(model);

    if (model->effect.kind != EFFECT_NONE)
        return begin_drain(model, run_ns);
    if (model->path->xen->drain == DRAIN_AFTER_QUIET)
        put_off_drain(model, now_ns);
    perform(model, model->serving->device, access);
    run_ns += model->costs.access_ns + (access->count - 1) * model->costs.element_ns;
    return begin(model, STEP_SERVE, run_ns + effect_ns(model));
}

static int64_t begin_reply(DeviceModel *model, int64_t now_ns)
{
    enter_stage(model, STAGE_REPLY, now_ns);
    return begin(model, STEP_REPLY, model->costs.reply_ns);
}

void device_model_disk_done(DeviceModel *model, bool is_dma, int64_t now_ns)
{
    if (model->is_ending)
        return;
    if (is_dma) {
        g_assert(model->is_dma_running);
        model->is_dma_running = false;
        model->has_dma_finished = true;
        return;
    }
    g_assert(model->step == STEP_BLOCKED);
    model->step = STEP_ANSWERED;
    if (model->serving)
        enter_stage(model, model->runner_ops->waiting_stage, now_ns);
}

void device_model_transfer_done(DeviceModel *model, int64_t now_ns)
{
    if (model->is_ending)
        return;
    g_assert(model->is_dma_running);
    model->is_dma_running = false;
    count(model, COUNT_IRQ_HYPERCALLS);
    hvm_guest_interrupt(model->guest, now_ns);
}

/* A bus master that is at work takes no second start. */
static void start_transfer(DeviceModel *model, int64_t now_ns)
{
    if (model->effect.kind == EFFECT_SEND_PACKET)
        model->runner_ops->send_packet(model, model->effect.bytes, now_ns);
    if (model->effect.kind == EFFECT_DISK_DMA && !model->is_dma_running) {
        model->is_dma_running = true;
        if (!model->runner_ops->submit_disk(model, &model->effect, now_ns))
            device_model_disk_done(model, true, now_ns);
    }
}

static int64_t begin_irq(DeviceModel *model)
{
    model->has_dma_finished = false;
    model->finds_completion = false;
    return begin(model, STEP_IRQ, model->costs.disk_ns + model->costs.irq_ns);
}

static int64_t finish_reply(DeviceModel *model, int64_t now_ns)
{
    Request *request = model->serving;

    model->serving = NULL;
    count(model, COUNT_EVENT_HYPERCALLS);
    hvm_guest_reply(request, now_ns);
    if (model->finds_completion)
        return begin_irq(model);
    if (model->effect.kind == EFFECT_DISK_READ)
        return begin_loop(model, now_ns) + model->costs.completion_ns;
    return begin_loop(model, now_ns);
}

static int64_t finish_irq(DeviceModel *model, int64_t now_ns)
{
    count(model, COUNT_IRQ_HYPERCALLS);
    hvm_guest_interrupt(model->guest, now_ns);
    return begin_loop(model, now_ns);
}

/* What select() has found: the event port comes before the disk's answers, and these
 * before frames. */
static int64_t begin_handler(DeviceModel *model, int64_t now_ns)
{
    if (model->serving)
        return begin_service(model, now_ns);
    if (model->has_dma_finished)
        return begin_irq(model);
    if (model->n_frames > 0) {
        model->n_frames--;
        return begin(model, STEP_RECEIVE, model->costs.packet_ns + model->costs.irq_ns);
    }
    return begin_loop(model, now_ns);
}

/* What has been emulated, in full: go on with what comes after it. */
static int64_t finish_access(DeviceModel *model, int64_t now_ns)
{
    if (!model->is_draining)
        return begin_reply(model, now_ns);
    model->is_draining = false;
    return begin_handler(model, now_ns);
}

/* The access has been emulated. What must be read first keeps the whole loop waiting.
 */
static bool finish_service(DeviceModel *model, int64_t now_ns, int64_t *run_ns)
{
    if (model->effect.kind == EFFECT_DISK_READ &&
        model->runner_ops->submit_disk(model, &model->effect, now_ns)) {
        model->step = STEP_BLOCKED;
        if (model->serving)
            request_enter(model->serving, STAGE_BACKEND, NULL, now_ns);
        return false;
    }
    start_transfer(model, now_ns);
    *run_ns = finish_access(model, now_ns);
    return true;
}

static int64_t begin_disk(DeviceModel *model, int64_t now_ns)
{
    if (model->serving)
        enter_stage(model, STAGE_SERVICE, now_ns);
    return begin(model, STEP_DISK, model->costs.disk_ns);
}

static int64_t finish_start(DeviceModel *model, int64_t now_ns)
{
    put_off_drain(model, now_ns);
    model->ready(model->ready_owner, now_ns);
    return begin_loop(model, now_ns);
}

bool device_model_advance(DeviceModel *model, bool timed_out, int64_t now_ns,
                          int64_t *run_ns)
{
    g_assert(!model->is_ending);
    switch (model->step) {
    case STEP_LOOP:
        model->step = STEP_ASLEEP;
        return device_model_advance(model, false, now_ns, run_ns);
    case STEP_ASLEEP:
        if (model->is_starting) {
            model->is_starting = false;
            *run_ns = begin(model, STEP_START, model->costs.start_ns);
            return true;
        }
        if (!device_model_has_work(model) && !timed_out)
            return false;
        *run_ns = begin_pass(model, now_ns);
        return true;
    case STEP_START:
        *run_ns = finish_start(model, now_ns);
        return true;
    case STEP_WAKE:
        *run_ns = begin_handler(model, now_ns);
        return true;
    case STEP_DRAIN:
    case STEP_SERVE:
        return finish_service(model, now_ns, run_ns);
    case STEP_BLOCKED:
        return false;
    case STEP_ANSWERED:
        *run_ns = begin_disk(model, now_ns);
        return true;
    case STEP_DISK:
        *run_ns = finish_access(model, now_ns);
        return true;
    case STEP_REPLY:
        *run_ns = finish_reply(model, now_ns);
        return true;
    case STEP_RECEIVE:
        hvm_guest_receive(model->guest, now_ns);
        *run_ns = finish_irq(model, now_ns);
        return true;
    case STEP_IRQ:
        *run_ns = finish_irq(model, now_ns);
        return true;
    }
    g_assert_not_reached();
}

void device_model_frame_arrived(DeviceModel *model)
{
    if (!model->is_ending)
        model->n_frames++;
}

void device_model_receive(DeviceModel *model, int64_t now_ns)
{
    model->runner_ops->receive_packet(model, now_ns);
}

/* The stage in which the request is while the thread has the processor. */
static Stage running_stage(const DeviceModel *model)
{
    return model->step == STEP_REPLY ? STAGE_REPLY : STAGE_SERVICE;
}

/* Those that wait in line may have moved to another vCPU with the thread. */
void device_model_resumed(DeviceModel *model, int64_t now_ns)
{
    for (unsigned i = 0; i < model->inbox.n_queued; i++)
        request_enter(request_inbox_peek(&model->inbox, i), line_stage(model),
                      device_model_vcpu(model), now_ns);
    if (model->serving && model->step != STEP_BLOCKED)
        enter_stage(model, running_stage(model), now_ns);
}

void device_model_paused(DeviceModel *model, int64_t now_ns)
{
    if (model->serving && model->step != STEP_BLOCKED)
        enter_stage(model, model->runner_ops->waiting_stage, now_ns);
}

/* Life. */

void device_model_start(DeviceModel *model, DeviceModelReady ready, void *owner,
                        int64_t now_ns)
{
    g_assert(device_model_has_ended(model));
    model->is_ending = false;
    model->is_starting = true;
    model->ready = ready;
    model->ready_owner = owner;
    model->runner_ops->start(model, now_ns);
}

static void forget_posted(DeviceModel *model)
{
    buffered_page_forget(&model->page);
    model->is_drain_signalled = false;
    model->must_drain = false;
    model->is_draining = false;
}

void device_model_end(DeviceModel *model, int64_t now_ns)
{
    g_assert(!model->is_ending);
    model->is_ending = true;
    model->n_frames = 0;
    request_inbox_forget(&model->inbox);
    forget_posted(model);
    model->serving = NULL;
    model->step = STEP_ASLEEP;
    model->is_starting = false;
    model->is_dma_running = false;
    model->has_dma_finished = false;
    device_set_reset(&model->devices);
    model->runner_ops->end(model, now_ns);
}

bool device_model_is_ending(const DeviceModel *model)
{
    return model->is_ending;
}

bool device_model_has_ended(const DeviceModel *model)
{
    return model->is_ending && model->runner_ops->has_ended(model);
}
