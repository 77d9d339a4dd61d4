#include "experiments/golden/recorder.h"

#include "experiments/golden/diagnosis.h"

#define ROWS_MAX 3000u /* of credits.csv and requests.csv */

#define REQUESTS_HEADER                                                                \
    "issue_ns,requester,server,service_start_ns,service_end_ns,backend_start_ns,"      \
    "backend_end_ns,reply_ns,requester_dispatched_ns"
#define TOTALS_HEADER                                                                  \
    "domain,vcpu,runtime_ns,context_switches,wakeups,dispatched_wakeups,"              \
    "mean_wake_latency_ns,max_wake_latency_ns,migrations"
#define REQUEST_TOTALS_HEADER ",requests,answered,mean_request_ns,max_request_ns"

static const struct {
    const char *name;
    unsigned limit;  /* of rows */
    int pcpu_column; /* whose queues a difference is explained by */
} files[CASE_FILES] = {
    [FILE_SCHEDULE] = { "schedule", NO_ROW_LIMIT, 1 },
    [FILE_CREDITS] = { "credits", ROWS_MAX, 7 },
    [FILE_EVENTS] = { "events", NO_ROW_LIMIT, NO_PCPU_COLUMN },
    [FILE_REQUESTS] = { "requests", ROWS_MAX, NO_PCPU_COLUMN },
    [FILE_TOTALS] = { "totals", NO_ROW_LIMIT, NO_PCPU_COLUMN },
};

/* Waits of one kind: how many ended, and how long they were. */
typedef struct {
    int64_t begun, ended;
    int64_t total_ns, longest_ns;
} Waits;

typedef struct {
    int64_t switches, migrations;
    int64_t woken_ns; /* when, and not yet dispatched; NOT_YET_NS: no such wakeup */
    Waits wakeups, requests;
    unsigned logged; /* where the present request stands among the requests kept */
} Totals;

struct Recorder {
    const GoldenCase *golden;
    World *world;
    RowStream *streams[CASE_FILES];
    Totals *totals;   /* of each vCPU by its index, then of each pCPU's idle one */
    GArray *requests; /* of GoldenRequest: the first ROWS_MAX, in order of issue */
    char *difference;
    bool is_over; /* the world has run to its end */
};

static void add_wait(Waits *waits, int64_t took_ns)
{
    waits->ended++;
    waits->total_ns += took_ns;
    waits->longest_ns = MAX(waits->longest_ns, took_ns);
}

static int64_t mean_ns(const Waits *waits)
{
    return waits->ended > 0 ? waits->total_ns / waits->ended : 0;
}

static Totals *totals_of(Recorder *self, const Vcpu *vcpu)
{
    return &self->totals[vcpu->is_idle ? self->golden->vcpus->len + vcpu->id
                                       : vcpu->index];
}

/* What the host announces. */

static void on_switched(void *listener, int64_t now_ns, const Pcpu *pcpu,
                        const Vcpu *prev G_GNUC_UNUSED, const Vcpu *next)
{
    Recorder *self = listener;
    Totals *totals = totals_of(self, next);

    totals->switches++;
    totals->migrations +=
        next->last_ran_on != PCPU_NONE && next->last_ran_on != pcpu->id;
    if (totals->woken_ns != NOT_YET_NS)
        add_wait(&totals->wakeups, now_ns - totals->woken_ns);
    totals->woken_ns = NOT_YET_NS;
    row_stream_put(self->streams[FILE_SCHEDULE], "%" G_GINT64_FORMAT ",%u,%s,%u",
                   now_ns, pcpu->id, next->domain->name, next->id);
}

static void on_woken(void *listener, int64_t now_ns, const Vcpu *vcpu)
{
    Totals *totals = totals_of(listener, vcpu);

    totals->wakeups.begun++;
    totals->woken_ns = now_ns;
}

static void on_accounted(void *listener, int64_t now_ns)
{
    Recorder *self = listener;
    const Scheduler *scheduler = &self->world->host->scheduler;
    const GPtrArray *vcpus = self->world->host->vcpus;

    for (unsigned i = 0; i < vcpus->len; i++) {
        const Vcpu *vcpu = g_ptr_array_index(vcpus, i);
        SchedInspection seen;

        if (scheduler->ops->inspect && scheduler->ops->inspect(scheduler, vcpu, &seen))
            row_stream_put(
                self->streams[FILE_CREDITS],
                "%" G_GINT64_FORMAT ",%s,%u,%" G_GINT64_FORMAT ",%d,%d,%d,%u", now_ns,
                vcpu->domain->name, vcpu->id, seen.credit, seen.priority,
                seen.is_active, seen.is_parked, vcpu->pcpu->id);
    }
}

static void on_happened(void *listener, const CaseEvent *event, int result)
{
    Recorder *self = listener;

    row_stream_put(self->streams[FILE_EVENTS], "%" G_GINT64_FORMAT ",%u,%s,%s,%d",
                   event->time_ns, event->number, case_op_name(event->op),
                   case_event_target(self->golden, event), result);
}

static void on_issued(void *listener, const GoldenRequest *request)
{
    Recorder *self = listener;
    Totals *totals = totals_of(self, actor_vcpu(request->requester));

    totals->requests.begun++;
    totals->logged = self->requests->len;
    if (self->requests->len < ROWS_MAX)
        g_array_append_val(self->requests, *request);
}

/* The row shows what the request had become. */
static void keep_request(Recorder *self, const Totals *totals,
                         const GoldenRequest *request)
{
    if (totals->logged < ROWS_MAX)
        g_array_index(self->requests, GoldenRequest, totals->logged) = *request;
}

static void on_answered(void *listener, const GoldenRequest *request)
{
    Recorder *self = listener;
    Totals *totals = totals_of(self, actor_vcpu(request->requester));

    add_wait(&totals->requests, request->dispatched_ns - request->issue_ns);
    keep_request(self, totals, request);
}

static int pcpu_column_of(const Recorder *self, const RowStream *stream)
{
    for (unsigned i = 0; i < CASE_FILES; i++)
        if (self->streams[i] == stream)
            return files[i].pcpu_column;
    g_assert_not_reached();
}

/* The first difference of a case is described; later ones often follow from it. */
static void on_differs(void *listener, const RowStream *stream, const char *expected,
                       const char *found)
{
    Recorder *self = listener;

    if (self->difference)
        return;
    self->difference = diagnose(&(Finding){
        .world = self->world,
        .stream = stream,
        .credits = self->streams[FILE_CREDITS],
        .expected = expected,
        .found = found,
        .pcpu_column = pcpu_column_of(self, stream),
        .is_over = self->is_over,
    });
}

/* Making one. */

Recorder *recorder_new(const GoldenCase *golden)
{
    const unsigned n_totals = golden->vcpus->len + golden->topology.n_pcpus;
    Recorder *self = g_new0(Recorder, 1);

    self->golden = golden;
    self->totals = g_new0(Totals, n_totals);
    for (unsigned i = 0; i < n_totals; i++)
        self->totals[i].woken_ns = NOT_YET_NS;
    self->requests = g_array_new(false, false, sizeof(GoldenRequest));
    for (unsigned i = 0; i < CASE_FILES; i++)
        self->streams[i] =
            row_stream_new(files[i].name, files[i].limit, on_differs, self);
    return self;
}

void recorder_free(Recorder *self)
{
    if (!self)
        return;
    for (unsigned i = 0; i < CASE_FILES; i++)
        row_stream_free(self->streams[i]);
    g_free(self->totals);
    g_array_unref(self->requests);
    g_free(self->difference);
    g_free(self);
}

const char *case_file_name(CaseFile file)
{
    return files[file].name;
}

RowStream *recorder_stream(const Recorder *self, CaseFile file)
{
    return self->streams[file];
}

RequestListener recorder_request_listener(Recorder *self)
{
    return (RequestListener){ .listener = self,
                              .issued = on_issued,
                              .answered = on_answered };
}

void recorder_attach(Recorder *self, World *world)
{
    const Probe probe = { .listener = self,
                          .switched = on_switched,
                          .woken = on_woken,
                          .accounted = on_accounted };

    self->world = world;
    world->listener = self;
    world->happened = on_happened;
    host_add_probe(world->host, &probe);
    row_stream_put(self->streams[FILE_SCHEDULE], "time_ns,pcpu,domain,vcpu");
    row_stream_put(self->streams[FILE_CREDITS],
                   "time_ns,domain,vcpu,credit,pri,active,parked,pcpu");
    row_stream_put(self->streams[FILE_EVENTS], "time_ns,event,op,target,result");
    row_stream_put(self->streams[FILE_REQUESTS], REQUESTS_HEADER);
    row_stream_put(self->streams[FILE_TOTALS], TOTALS_HEADER "%s",
                   self->golden->has_servers ? REQUEST_TOTALS_HEADER : "");
}

/* The end. */

static void keep_outstanding_requests(Recorder *self)
{
    for (unsigned i = 0; i < self->golden->vcpus->len; i++) {
        const GoldenRequest *request = actor_request(cast_actor(self->world->cast, i));

        if (request && request->dispatched_ns == NOT_YET_NS)
            keep_request(self, &self->totals[i], request);
    }
}

static void put_requests(Recorder *self)
{
    for (unsigned i = 0; i < self->requests->len; i++) {
        const GoldenRequest *r = &g_array_index(self->requests, GoldenRequest, i);
        const Vcpu *requester = actor_vcpu(r->requester);
        const Vcpu *server = actor_vcpu(r->server);

        row_stream_put(self->streams[FILE_REQUESTS],
                       "%" G_GINT64_FORMAT ",%s.%u,%s.%u,%" G_GINT64_FORMAT
                       ",%" G_GINT64_FORMAT ",%" G_GINT64_FORMAT ",%" G_GINT64_FORMAT
                       ",%" G_GINT64_FORMAT ",%" G_GINT64_FORMAT,
                       r->issue_ns, requester->domain->name, requester->id,
                       server->domain->name, server->id, r->service_start_ns,
                       r->service_end_ns, r->back_end_start_ns, r->back_end_end_ns,
                       r->reply_ns, r->dispatched_ns);
    }
}

static char *request_totals(const Waits *requests)
{
    return g_strdup_printf(",%" G_GINT64_FORMAT ",%" G_GINT64_FORMAT
                           ",%" G_GINT64_FORMAT ",%" G_GINT64_FORMAT,
                           requests->begun, requests->ended, mean_ns(requests),
                           requests->longest_ns);
}

static void put_totals(Recorder *self, const Vcpu *vcpu)
{
    const Totals *totals = totals_of(self, vcpu);
    const Waits *wakeups = &totals->wakeups;
    g_autofree char *requests =
        self->golden->has_servers ? request_totals(&totals->requests) : g_strdup("");

    row_stream_put(
        self->streams[FILE_TOTALS],
        "%s,%u,%" G_GINT64_FORMAT ",%" G_GINT64_FORMAT ",%" G_GINT64_FORMAT
        ",%" G_GINT64_FORMAT ",%" G_GINT64_FORMAT ",%" G_GINT64_FORMAT
        ",%" G_GINT64_FORMAT "%s",
        vcpu->domain->name, vcpu->id,
        runstate_total_ns(&vcpu->runstate, RUNSTATE_RUNNING, self->golden->duration_ns),
        totals->switches, wakeups->begun, wakeups->ended, mean_ns(wakeups),
        wakeups->longest_ns, totals->migrations, requests);
}

bool recorder_finish(Recorder *self, GError **error)
{
    const Host *host = self->world->host;

    self->is_over = true;
    keep_outstanding_requests(self);
    put_requests(self);
    for (unsigned i = 0; i < host->vcpus->len; i++)
        put_totals(self, g_ptr_array_index(host->vcpus, i));
    for (unsigned i = 0; i < host->n_pcpus; i++)
        put_totals(self, host->pcpus[i].idle);
    for (unsigned i = 0; i < CASE_FILES; i++)
        if (!row_stream_finish(self->streams[i], error))
            return false;
    return true;
}

const char *recorder_difference(const Recorder *self)
{
    return self->difference;
}
