#include "experiments/golden/actors.h"

typedef enum {
    PHASE_SERVICE,
    PHASE_BACK_END,
    PHASE_COMPLETION,
} Phase;

typedef struct {
    GoldenRequest *request;
    Phase phase;
} Work;

struct Actor {
    Cast *cast;
    Vcpu *vcpu;
    const CaseVcpu *part;
    unsigned next_item;    /* requester: of its script */
    GoldenRequest request; /* requester: the present or last one */
    GQueue queue;          /* server: of Work */
};

static const ScriptItem *current_item(const Actor *self)
{
    return &g_array_index(self->part->script, ScriptItem, self->next_item);
}

/* Requesters. */

static void begin_next_run(Actor *self)
{
    vcpu_set_run(self->vcpu, current_item(self)->run_ns, self->vcpu->domain);
}

static void append_work(Actor *server, GoldenRequest *request, Phase phase);

static void issue_request(Actor *self, const ScriptItem *item, int64_t now_ns)
{
    const RequestListener *listener = &self->cast->listener;

    self->request = (GoldenRequest){
        .requester = self,
        .server = cast_actor(self->cast, item->server),
        .item = item,
        .issue_ns = now_ns,
        .service_start_ns = NOT_YET_NS,
        .service_end_ns = NOT_YET_NS,
        .back_end_start_ns = NOT_YET_NS,
        .back_end_end_ns = NOT_YET_NS,
        .reply_ns = NOT_YET_NS,
        .dispatched_ns = NOT_YET_NS,
    };
    listener->issued(listener->listener, &self->request);
    vcpu_wait_in_xen(self->vcpu, self->request.server->vcpu);
    append_work(self->request.server, &self->request, PHASE_SERVICE);
}

static void requester_advance(Vcpu *vcpu, int64_t now_ns)
{
    Actor *self = vcpu->context;
    const ScriptItem *item = current_item(self);

    self->next_item = (self->next_item + 1) % self->part->script->len;
    begin_next_run(self);
    if (item->server != NO_INDEX) {
        issue_request(self, item, now_ns);
        return;
    }
    if (item->block_ns == 0)
        return;
    vcpu_block(vcpu);
    sim_arm(vcpu->domain->host->sim, &vcpu->wake_timer, now_ns + item->block_ns);
}

static void requester_dispatched(Vcpu *vcpu, int64_t now_ns)
{
    Actor *self = vcpu->context;
    const RequestListener *listener = &self->cast->listener;

    if (self->request.reply_ns == NOT_YET_NS ||
        self->request.dispatched_ns != NOT_YET_NS)
        return;
    self->request.dispatched_ns = now_ns;
    listener->answered(listener->listener, &self->request);
}

/* The timer starts the vCPU, and ends its blocks later. */
static void requester_timer(Vcpu *vcpu, int64_t now_ns G_GNUC_UNUSED)
{
    if (vcpu->pause_flags & PAUSE_DOWN)
        vcpu_start(vcpu, false);
    else
        vcpu_unblock(vcpu);
}

static const ContextOps requester_ops = {
    .name = "script",
    .advance = requester_advance,
    .dispatched = requester_dispatched,
    .timer = requester_timer,
};

/* Servers. */

static int64_t work_ns(const Work *work)
{
    switch (work->phase) {
    case PHASE_SERVICE:
        return work->request->item->service_ns;
    case PHASE_BACK_END:
        return work->request->item->back_end_ns;
    case PHASE_COMPLETION:
        return work->request->item->completion_ns;
    }
    g_assert_not_reached();
}

static void begin_head(Actor *self)
{
    const Work *head = g_queue_peek_head(&self->queue);

    vcpu_set_run(self->vcpu, work_ns(head), head->request->requester->vcpu->domain);
}

/* The server runs with this work at the head of its queue. */
static void note_start(Actor *self, int64_t now_ns)
{
    const Work *head = g_queue_peek_head(&self->queue);
    GoldenRequest *request = head->request;

    if (head->phase == PHASE_SERVICE && request->service_start_ns == NOT_YET_NS)
        request->service_start_ns = now_ns;
    if (head->phase == PHASE_BACK_END && request->back_end_start_ns == NOT_YET_NS)
        request->back_end_start_ns = now_ns;
}

static void append_work(Actor *server, GoldenRequest *request, Phase phase)
{
    const bool is_head = g_queue_is_empty(&server->queue);
    Work *work = g_new(Work, 1);

    *work = (Work){ request, phase };
    g_queue_push_tail(&server->queue, work);
    if (is_head && !server->vcpu->is_running)
        begin_head(server);
    vcpu_unblock(server->vcpu);
}

static void reply(GoldenRequest *request, int64_t now_ns)
{
    request->reply_ns = now_ns;
    vcpu_end_wait_in_xen(request->requester->vcpu);
}

static void finish_service(GoldenRequest *request, int64_t now_ns)
{
    const unsigned back_end = request->item->back_end;

    request->service_end_ns = now_ns;
    if (back_end == NO_INDEX)
        reply(request, now_ns);
    else
        append_work(cast_actor(request->requester->cast, back_end), request,
                    PHASE_BACK_END);
}

static void finish_work(const Work *work, int64_t now_ns)
{
    GoldenRequest *request = work->request;

    switch (work->phase) {
    case PHASE_SERVICE:
        finish_service(request, now_ns);
        return;
    case PHASE_BACK_END:
        request->back_end_end_ns = now_ns;
        append_work(request->server, request, PHASE_COMPLETION);
        return;
    case PHASE_COMPLETION:
        reply(request, now_ns);
        return;
    }
}

static void server_advance(Vcpu *vcpu, int64_t now_ns)
{
    Actor *self = vcpu->context;
    g_autofree Work *done = g_queue_pop_head(&self->queue);

    finish_work(done, now_ns);
    if (g_queue_is_empty(&self->queue)) {
        vcpu_block(vcpu);
        return;
    }
    begin_head(self);
    note_start(self, now_ns);
}

static void server_dispatched(Vcpu *vcpu, int64_t now_ns)
{
    note_start(vcpu->context, now_ns);
}

static void server_timer(Vcpu *vcpu, int64_t now_ns G_GNUC_UNUSED)
{
    Actor *self = vcpu->context;

    vcpu_start(vcpu, g_queue_is_empty(&self->queue));
}

static const ContextOps server_ops = {
    .name = "server",
    .advance = server_advance,
    .dispatched = server_dispatched,
    .timer = server_timer,
};

/* The cast. */

Cast *cast_new(const GoldenCase *golden, const RequestListener *listener)
{
    Cast *self = g_new0(Cast, 1);

    self->golden = golden;
    self->listener = *listener;
    self->actors = g_new0(Actor, golden->vcpus->len);
    for (unsigned i = 0; i < golden->vcpus->len; i++) {
        self->actors[i].cast = self;
        self->actors[i].part = case_vcpu(golden, i);
        g_queue_init(&self->actors[i].queue);
    }
    return self;
}

void cast_free(Cast *self)
{
    if (!self)
        return;
    for (unsigned i = 0; i < self->golden->vcpus->len; i++)
        g_queue_clear_full(&self->actors[i].queue, g_free);
    g_free(self->actors);
    g_free(self);
}

const ContextOps *cast_context_ops(const Cast *self, unsigned vcpu)
{
    return self->actors[vcpu].part->is_server ? &server_ops : &requester_ops;
}

Actor *cast_actor(const Cast *self, unsigned vcpu)
{
    return &self->actors[vcpu];
}

void actor_bind(Actor *self, Vcpu *vcpu)
{
    self->vcpu = vcpu;
    if (!self->part->is_server)
        begin_next_run(self);
}

const Vcpu *actor_vcpu(const Actor *self)
{
    return self->vcpu;
}

const GoldenRequest *actor_request(const Actor *self)
{
    return self->request.requester ? &self->request : NULL;
}
