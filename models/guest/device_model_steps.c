#include "models/guest/device_model_internal.h"

#include "models/guest/hvm_guest.h"

/* A hypercall of the domain in which it runs. */
static void count(DeviceModel *model, DomainCount hypercall)
{
    vcpu_count_one(device_model_vcpu(model), hypercall);
}

/* Steps: each function begins one and returns how long it takes. */

static int64_t begin(DeviceModel *model, LoopStep step, int64_t run_ns)
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

/* Performs the posted accesses, up to the first that sets something off. */
static void perform_posted(DeviceModel *model)
{
    const PostedEffect *posted;

    model->effect = (Effect){ .kind = EFFECT_NONE };
    while (model->effect.kind == EFFECT_NONE &&
           (posted = buffered_page_next_effect(&model->page)))
        perform(model, posted->device, &posted->access);
}

/* Empties the page. An access that sets something off ends the step: it is the model's
 * effect then, and those after it are for the next. */
static int64_t drain_ns(DeviceModel *model)
{
    const int64_t run_ns = buffered_page_empty(&model->page) * model->costs.posted_ns;

    perform_posted(model);
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
static DeviceModelNext finish_service(DeviceModel *model, int64_t now_ns,
                                      int64_t *run_ns)
{
    if (model->effect.kind == EFFECT_DISK_READ &&
        model->runner_ops->submit_disk(model, &model->effect, now_ns)) {
        model->step = STEP_BLOCKED;
        if (model->serving)
            request_enter(model->serving, STAGE_BACKEND, NULL, now_ns);
        return NEXT_DISK;
    }
    start_transfer(model, now_ns);
    *run_ns = finish_access(model, now_ns);
    return NEXT_RUN;
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

/* In select(). */
static DeviceModelNext leave_select(DeviceModel *model, bool timed_out, int64_t now_ns,
                                    int64_t *run_ns)
{
    if (model->is_starting) {
        model->is_starting = false;
        *run_ns = begin(model, STEP_START, model->costs.start_ns);
        return NEXT_RUN;
    }
    if (!device_model_has_work(model) && !timed_out)
        return NEXT_SELECT;
    *run_ns = begin_pass(model, now_ns);
    return NEXT_RUN;
}

DeviceModelNext device_model_advance(DeviceModel *model, bool timed_out, int64_t now_ns,
                                     int64_t *run_ns)
{
    g_assert(!model->is_ending);
    switch (model->step) {
    case STEP_LOOP:
        model->step = STEP_ASLEEP;
        return leave_select(model, false, now_ns, run_ns);
    case STEP_ASLEEP:
        return leave_select(model, timed_out, now_ns, run_ns);
    case STEP_START:
        *run_ns = finish_start(model, now_ns);
        return NEXT_RUN;
    case STEP_WAKE:
        *run_ns = begin_handler(model, now_ns);
        return NEXT_RUN;
    case STEP_DRAIN:
    case STEP_SERVE:
        return finish_service(model, now_ns, run_ns);
    case STEP_BLOCKED:
        return NEXT_DISK;
    case STEP_ANSWERED:
        *run_ns = begin_disk(model, now_ns);
        return NEXT_RUN;
    case STEP_DISK:
        *run_ns = finish_access(model, now_ns);
        return NEXT_RUN;
    case STEP_REPLY:
        *run_ns = finish_reply(model, now_ns);
        return NEXT_RUN;
    case STEP_RECEIVE:
        hvm_guest_receive(model->guest, now_ns);
        *run_ns = finish_irq(model, now_ns);
        return NEXT_RUN;
    case STEP_IRQ:
        *run_ns = finish_irq(model, now_ns);
        return NEXT_RUN;
    }
    g_assert_not_reached();
}
