#include "models/schedulers/sedf_server.h"

#define PERIOD_MIN_NS   (10 * NS_PER_US)
#define PERIOD_MAX_NS   (10 * NS_PER_S)
#define SLICE_MIN_NS    (5 * NS_PER_US)
#define WEIGHT_MAX      INT16_MAX
#define DOM0_PERIOD_NS  (20 * NS_PER_MS)
#define DOM0_SLICE_NS   (15 * NS_PER_MS)
#define IDLE_SLICE_NS   NS_PER_S
#define SCORE_PRECISION 1024
#define SCORE_OF_WEIGHT (1 << 17)

static int64_t begin_ns(const Server *server)
{
    return server->deadline_ns - server->period_ns;
}

static int64_t whole_periods_ns(const Server *server, int64_t time_ns)
{
    return (time_ns + server->period_ns - 1) / server->period_ns * server->period_ns;
}

static void unlink_node(RingNode *node)
{
    if (ring_is_linked(node))
        ring_remove(node);
}

void server_queues_init(ServerQueues *queues)
{
    ring_init(&queues->started);
    ring_init(&queues->waiting);
    ring_init(&queues->extra[PENALTY]);
    ring_init(&queues->extra[UTILISATION]);
}

void server_set_defaults(Server *server, unsigned domain_id)
{
    server->period_ns = domain_id == 0 ? DOM0_PERIOD_NS : WEIGHT_PERIOD_NS;
    server->slice_ns = domain_id == 0 ? DOM0_SLICE_NS : 0;
    server->period_set_ns = server->period_ns;
    server->slice_set_ns = server->slice_ns;
    server->is_extra_aware = true;
    server->extra_weight = 1;
}

void server_init(Server *server, const Vcpu *owner)
{
    ring_init(&server->timed);
    ring_init(&server->extra[PENALTY]);
    ring_init(&server->extra[UTILISATION]);
    ring_init(&server->ready);
    server->owner = owner;
    server_set_defaults(server, owner->domain->id);
}

/* The queues. A server goes behind its equals in each. */

static Server *timed_owner(RingNode *node)
{
    return RING_OWNER(node, Server, timed);
}

static Server *extra_owner(RingNode *node, int queue)
{
    return RING_OWNER(node - queue, Server, extra);
}

static void insert_started(ServerQueues *queues, Server *server)
{
    RingNode *node = queues->started.next;

    while (node != &queues->started &&
           timed_owner(node)->deadline_ns <= server->deadline_ns)
        node = node->next;
    ring_insert_before(node, &server->timed);
}

static void insert_waiting(ServerQueues *queues, Server *server)
{
    RingNode *node = queues->waiting.next;

    while (node != &queues->waiting && begin_ns(timed_owner(node)) <= begin_ns(server))
        node = node->next;
    ring_insert_before(node, &server->timed);
}

static void insert_timed(ServerQueues *queues, Server *server, int64_t now_ns)
{
    if (begin_ns(server) > now_ns)
        insert_waiting(queues, server);
    else
        insert_started(queues, server);
}

/* extraq_add_sort_update: everybody else gets closer by the score of the one who has
 * just run. Wraps as the 32-bit scores of Xen do. */
static void insert_extra(Server *server, int queue, int32_t run_score)
{
    RingNode *head = &server_queues(server)->extra[queue];
    RingNode *place = head;

    for (RingNode *node = head->prev; node != head; node = node->prev) {
        int32_t *score = &extra_owner(node, queue)->score[queue];

        *score = (int32_t)((uint32_t)*score - (uint32_t)run_score);
        if (server->score[queue] < *score)
            place = node;
    }
    ring_insert_before(place, &server->extra[queue]);
}

void server_sleep(Server *server)
{
    unlink_node(&server->timed);
    unlink_node(&server->extra[PENALTY]);
    unlink_node(&server->extra[UTILISATION]);
}

/* The end of a run. */

/* desched_edf_dom: an overrun is carried into the next period. Xen lets shortened
 * periods grow back here, but nothing shortens one. */
static void end_deadline_run(ServerQueues *queues, Server *server, int64_t now_ns)
{
    server->used_ns += now_ns - server->run_since_ns;
    if (server->used_ns < server->slice_ns && server_is_awake(server))
        return;
    unlink_node(&server->timed);
    if (server->used_ns >= server->slice_ns) {
        server->used_ns -= server->slice_ns;
        server->deadline_ns += server->period_ns;
    }
    if (server_is_awake(server))
        insert_waiting(queues, server);
    else
        server_sleep(server);
}

/* By weight, or by how much of the pCPU is promised; who has neither comes last. */
static int32_t utilisation_score(const Server *server)
{
    if (server->extra_weight != 0)
        return (int32_t)(SCORE_OF_WEIGHT / server->extra_weight);
    if (server->slice_ns == 0)
        return INT32_MAX;
    return (int32_t)(server->period_ns * SCORE_PRECISION / server->slice_ns);
}

/* desched_extra_dom: one quantum of compensation is all there is. */
static void end_extra_run(Server *server)
{
    const int queue = server->run == RUN_BY_PENALTY ? PENALTY : UTILISATION;
    const int32_t run_score = server->score[queue];

    server->used_ns = 0;
    unlink_node(&server->extra[queue]);
    if (queue == PENALTY)
        server->wants_penalty = false;
    else
        server->score[UTILISATION] = utilisation_score(server);
    if (!server_is_awake(server))
        server_sleep(server);
    else if (queue == UTILISATION && server->is_extra_aware)
        insert_extra(server, UTILISATION, run_score);
}

void server_end_run(ServerQueues *queues, int64_t now_ns)
{
    Server *server = queues->running;

    if (!server)
        return;
    queues->running = NULL;
    if (!server_is_awake(server))
        server->blocked_at_ns = now_ns;
    if (server->run == RUN_BY_DEADLINE)
        end_deadline_run(queues, server, now_ns);
    else
        end_extra_run(server);
}

/* The choice. */

/* Without a slice it only passes through: extra time is all it gets. */
static void skip_period(ServerQueues *queues, Server *server, int64_t now_ns)
{
    server->deadline_ns += server->period_ns;
    if (begin_ns(server) < now_ns)
        server->deadline_ns += whole_periods_ns(server, now_ns - begin_ns(server));
    insert_waiting(queues, server);
}

static void miss_deadline(ServerQueues *queues, Server *server, int64_t now_ns)
{
    server->deadline_ns += server->period_ns;
    if (server->deadline_ns < now_ns)
        server->deadline_ns += whole_periods_ns(server, now_ns - server->deadline_ns);
    server->used_ns = 0;
    insert_timed(queues, server, now_ns);
}

static void start_periods(ServerQueues *queues, int64_t now_ns)
{
    while (!ring_is_empty(&queues->waiting)) {
        Server *server = timed_owner(queues->waiting.next);

        if (begin_ns(server) > now_ns)
            return;
        ring_remove(&server->timed);
        insert_started(queues, server);
    }
}

static void end_periods(ServerQueues *queues, int64_t now_ns)
{
    RingNode *next;

    for (RingNode *node = queues->started.next; node != &queues->started; node = next) {
        Server *server = timed_owner(node);

        next = node->next;
        if (server->slice_ns != 0 && server->deadline_ns >= now_ns &&
            server->used_ns <= server->slice_ns)
            return;
        ring_remove(node);
        if (server->slice_ns == 0)
            skip_period(queues, server, now_ns);
        else
            miss_deadline(queues, server, now_ns);
    }
}

/* What runs, and for how long; server NULL: idle. */
typedef struct {
    Server *server;
    int64_t for_ns;
} Choice;

static Choice choose_by_deadline(ServerQueues *queues, int64_t now_ns)
{
    Server *server = timed_owner(queues->started.next);
    int64_t for_ns = server->slice_ns - server->used_ns;

    server->run = RUN_BY_DEADLINE;
    if (!ring_is_empty(&queues->waiting))
        for_ns = MIN(for_ns, begin_ns(timed_owner(queues->waiting.next)) - now_ns);
    /* A weight's slice is negative where more than the whole pCPU is promised. */
    return (Choice){ server, for_ns < 0 ? EXTRA_QUANTUM_NS : for_ns };
}

/* sedf_do_extra_schedule: a quantum, which never runs into the start of a period. */
static Choice choose_extra(ServerQueues *queues, int64_t for_ns)
{
    for (int queue = 0; queue < EXTRA_QUEUES && for_ns >= EXTRA_QUANTUM_NS; queue++) {
        Server *server;

        if (ring_is_empty(&queues->extra[queue]))
            continue;
        server = extra_owner(queues->extra[queue].next, queue);
        server->run = queue == PENALTY ? RUN_BY_PENALTY : RUN_BY_UTILISATION;
        return (Choice){ server, EXTRA_QUANTUM_NS };
    }
    return (Choice){ NULL, for_ns };
}

static Choice choose(ServerQueues *queues, int64_t now_ns)
{
    if (!ring_is_empty(&queues->started))
        return choose_by_deadline(queues, now_ns);
    if (!ring_is_empty(&queues->waiting))
        return choose_extra(queues,
                            begin_ns(timed_owner(queues->waiting.next)) - now_ns);
    return (Choice){ NULL, IDLE_SLICE_NS };
}

void server_begin_run(ServerQueues *queues, int64_t now_ns)
{
    Choice choice;

    start_periods(queues, now_ns);
    end_periods(queues, now_ns);
    choice = choose(queues, now_ns);
    queues->running = choice.server;
    queues->run_ends_ns = now_ns + choice.for_ns;
    queues->is_preempted = false;
    if (choice.server)
        choice.server->run_since_ns = now_ns;
}

/* Waking. */

/* The rest of the slice is lost; the penalty quantum is all it gets for it. */
static void resume_after_short_block(Server *server)
{
    const int64_t lost_ns = server->slice_ns - server->used_ns;

    server->deadline_ns += server->period_ns;
    if (server->blocked_at_ns != 0 && lost_ns > 0) {
        server->score[PENALTY] =
            (int32_t)(server->period_ns * SCORE_PRECISION / lost_ns);
        server->wants_penalty = true;
        insert_extra(server, PENALTY, 0);
    }
    server->used_ns = 0;
}

static void resume_after_long_block(Server *server, int64_t now_ns)
{
    server->deadline_ns = now_ns + server->period_ns;
    server->used_ns = 0;
}

void server_wake(Server *server, int64_t now_ns)
{
    if (server->deadline_ns == 0)
        server->deadline_ns = now_ns + server->slice_ns;
    if (now_ns >= server->deadline_ns)
        resume_after_long_block(server, now_ns);
    else if (now_ns >= begin_ns(server))
        resume_after_short_block(server);
    else if (server->wants_penalty)
        insert_extra(server, PENALTY, 0);
    if (server->is_extra_aware)
        insert_extra(server, UTILISATION, 0);
    insert_timed(server_queues(server), server, now_ns);
}

bool server_preempts(const Server *woken)
{
    const ServerQueues *queues = server_queues(woken);
    const Server *running = queues->running;

    if (!running || begin_ns(woken) < queues->run_ends_ns)
        return true;
    switch (running->run) {
    case RUN_BY_DEADLINE:
        return false;
    case RUN_BY_PENALTY:
        return woken->wants_penalty && woken->score[PENALTY] < running->score[PENALTY];
    case RUN_BY_UTILISATION:
        return woken->wants_penalty;
    }
    g_assert_not_reached();
}

/* Parameters. */

bool server_params_are_valid(const SchedParams *params)
{
    if (params->share != 0)
        return params->share > 0 && params->share <= WEIGHT_MAX;
    return params->period_ns >= PERIOD_MIN_NS && params->period_ns <= PERIOD_MAX_NS &&
           params->slice_ns >= SLICE_MIN_NS && params->slice_ns <= params->period_ns;
}

void server_set_params(Server *server, const SchedParams *params)
{
    const bool is_by_time = params->share == 0;
    const bool is_extra_only = params->extratime && params->period_ns == 0;

    server->is_extra_aware = params->extratime;
    server->weight = is_extra_only ? 0 : params->share;
    if (is_by_time) {
        server->extra_weight = 0;
        server->period_ns = server->period_set_ns = params->period_ns;
        server->slice_ns = server->slice_set_ns = params->slice_ns;
    } else if (is_extra_only) {
        server->extra_weight = params->share;
        server->period_ns = WEIGHT_PERIOD_NS;
        server->slice_ns = 0;
    }
}

void server_requeue(Server *server, int64_t now_ns)
{
    const bool is_in_extra = ring_is_linked(&server->extra[UTILISATION]);
    const bool runs_extra =
        server_queues(server)->running == server && server->run != RUN_BY_DEADLINE;

    if (is_in_extra && !server->is_extra_aware && !runs_extra)
        ring_remove(&server->extra[UTILISATION]);
    if (!server_is_awake(server))
        return;
    if (server->is_extra_aware && !is_in_extra)
        insert_extra(server, UTILISATION, 0);
    unlink_node(&server->timed);
    insert_timed(server_queues(server), server, now_ns);
}
