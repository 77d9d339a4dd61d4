#include "models/guest/device_model_internal.h"

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
