/*
 * json_tracer.c - a run in the Trace Event Format, which Perfetto, chrome://tracing and
 * Trace Compass open: when each pCPU ran whom, the run states of each vCPU, the exits
 * of HVM guests with the stages of their requests, and transfers.
 *
 * A "process" is the set of pCPUs or a domain; of a domain, each vCPU has a track of
 * run states and, if it is an HVM guest's, one of exits, of which those that were a
 * request say how long it was in each stage. Times are simulated, exact to the
 * nanosecond. What began before the trace or has not ended in it is left out, but run
 * states, which begin and end with it.
 */
#include "models/devices/device.h"
#include "models/guest/request.h"
#include "results/tracer.h"

#include <inttypes.h>
#include <string.h>

/* Processes: 0 means something else to Perfetto. */
#define PCPUS_PROCESS     1
#define FIRST_DOMAIN      2
#define DOMAIN_SORT_INDEX 10

typedef struct {
    bool is_open; /* began within the trace */
    bool is_over; /* the guest has entered its code again */
    int64_t exited_ns, entered_ns;
    ExitClass exit;
    bool is_access;
    Activity access;
    const DeviceOps *device; /* it was a request to; NULL: no request */
    int64_t stage_ns[STAGES];
} TracedExit;

typedef struct {
    int64_t state_since_ns;
    TracedExit exit; /* the last one */
} TracedVcpu;

typedef struct {
    Tracer base;
    int64_t begun_ns;
    int64_t *chosen_ns; /* since when each pCPU has run its vCPU */
    TracedVcpu *vcpus;  /* of each of host->vcpus */
    uint64_t n_transfers;
} JsonTracer;

/* A line of its own for each event. */
static void event(JsonTracer *self, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void event(JsonTracer *self, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    g_autofree char *line = g_strdup_vprintf(format, args);
    va_end(args);
    fprintf(self->base.stream, "%s%s", self->base.n_records++ > 0 ? ",\n" : "", line);
}

/* Tracks have numbers of their own: some tools know a thread by it alone. */
typedef struct {
    unsigned process, number;
} Track;

/* Microseconds, as the format wants them. */
#define US_FORMAT        "%" PRId64 ".%03d"
#define US_ARGUMENTS(ns) (ns) / NS_PER_US, (int)((ns) % NS_PER_US)

/* A moment of a track, or of all a process's (scope: "t" or "p"). */
static void mark(JsonTracer *self, Track track, const char *scope, const char *name,
                 int64_t now_ns)
{
    event(self,
          "{\"ph\":\"i\",\"s\":\"%s\",\"pid\":%u,\"tid\":%u,\"ts\":" US_FORMAT
          ",\"name\":\"%s\"}",
          scope, track.process, track.number, US_ARGUMENTS(now_ns), name);
}

/* args: members of a JSON object, may be empty. A beginning and an end, not a beginning
 * and a length: readers that add these up in floating point let neighbours overlap.
 * What takes no time is a moment: readers disagree about which of its ends comes first.
 */
static void slice(JsonTracer *self, Track track, const char *name, int64_t since_ns,
                  int64_t now_ns, const char *args)
{
    if (since_ns == now_ns) {
        mark(self, track, "t", name, now_ns);
        return;
    }
    event(self,
          "{\"ph\":\"B\",\"pid\":%u,\"tid\":%u,\"ts\":" US_FORMAT
          ",\"name\":\"%s\",\"args\":{%s}}",
          track.process, track.number, US_ARGUMENTS(since_ns), name, args);
    event(self,
          "{\"ph\":\"E\",\"pid\":%u,\"tid\":%u,\"ts\":" US_FORMAT ",\"name\":\"%s\"}",
          track.process, track.number, US_ARGUMENTS(now_ns), name);
}

/* kind: of metadata, "process_name" ... */
static void name_track(JsonTracer *self, const char *kind, Track track,
                       const char *name)
{
    event(self,
          "{\"ph\":\"M\",\"pid\":%u,\"tid\":%u,\"name\":\"%s\",\"args\":{\"name\":"
          "\"%s\"}}",
          track.process, track.number, kind, name);
}

static void sort_process(JsonTracer *self, unsigned process, unsigned index)
{
    event(self,
          "{\"ph\":\"M\",\"pid\":%u,\"name\":\"process_sort_index\",\"args\":{"
          "\"sort_index\":%u}}",
          process, index);
}

/* Of a domain as a whole. */
static Track domain_track(const Domain *domain)
{
    return (Track){ FIRST_DOMAIN + domain->id, 0 };
}

static Track pcpu_track(const Pcpu *pcpu)
{
    return (Track){ PCPUS_PROCESS, 1 + pcpu->id };
}

static Track state_track(const Vcpu *vcpu)
{
    return (Track){ domain_track(vcpu->domain).process,
                    1 + vcpu->domain->host->n_pcpus + 2 * vcpu->index };
}

static Track exit_track(const Vcpu *vcpu)
{
    const Track states = state_track(vcpu);

    return (Track){ states.process, states.number + 1 };
}

static TracedVcpu *traced(const JsonTracer *self, const Vcpu *vcpu)
{
    return &self->vcpus[vcpu->index];
}

/* Who runs where, and in which state. */

static void end_choice(JsonTracer *self, const Pcpu *pcpu, const Vcpu *vcpu,
                       int64_t now_ns)
{
    char name[128];

    if (!vcpu->is_idle) {
        g_snprintf(name, sizeof(name), "%s/%u", vcpu->domain->name, vcpu->id);
        slice(self, pcpu_track(pcpu), name, self->chosen_ns[pcpu->id], now_ns, "");
    }
    self->chosen_ns[pcpu->id] = now_ns;
}

static void end_state(JsonTracer *self, const Vcpu *vcpu, RunstateName state,
                      int64_t now_ns)
{
    char args[32] = "";

    if (traced(self, vcpu)->state_since_ns == now_ns)
        return;
    if (state == RUNSTATE_RUNNING)
        g_snprintf(args, sizeof(args), "\"pcpu\":%u", vcpu->pcpu->id);
    slice(self, state_track(vcpu), runstate_name(state),
          traced(self, vcpu)->state_since_ns, now_ns, args);
    traced(self, vcpu)->state_since_ns = now_ns;
}

static void on_switched(void *listener, int64_t now_ns, const Pcpu *pcpu,
                        const Vcpu *prev, const Vcpu *next G_GNUC_UNUSED)
{
    JsonTracer *self = listener;

    if (self->base.is_open)
        end_choice(self, pcpu, prev, now_ns);
}

static void on_runstate(void *listener, int64_t now_ns, const Vcpu *vcpu,
                        RunstateName from, RunstateName to G_GNUC_UNUSED)
{
    JsonTracer *self = listener;

    if (self->base.is_open && !vcpu->is_idle)
        end_state(self, vcpu, from, now_ns);
}

/* Exits. That of a request is known to be one when it is over. */

static void describe_access(const Activity *access, GString *name, GString *args)
{
    g_string_printf(name, "%s 0x%" PRIx64 " %s",
                    access->kind == ACTIVITY_PORT ? "port" : "memory", access->address,
                    access->is_write ? "write" : "read");
    g_string_append_printf(args, "\"size_bytes\":%u,\"count\":%u", access->size_bytes,
                           access->count);
}

static void describe_request(const TracedExit *exit, GString *args)
{
    g_string_append_printf(args, ",\"device\":\"%s\"", exit->device->name);
    for (unsigned i = 0; i < STAGES; i++)
        g_string_append_printf(args, ",\"%s_ns\":%" PRId64, stage_name((Stage)i),
                               exit->stage_ns[i]);
}

/* The last exit, if it is over. */
static void write_exit(JsonTracer *self, const Vcpu *vcpu)
{
    TracedExit *exit = &traced(self, vcpu)->exit;
    g_autoptr(GString) name = g_string_new(exit_class_name(exit->exit));
    g_autoptr(GString) args = g_string_new(NULL);

    if (!exit->is_over)
        return;
    if (exit->is_access)
        describe_access(&exit->access, name, args);
    if (exit->device)
        describe_request(exit, args);
    slice(self, exit_track(vcpu), name->str, exit->exited_ns, exit->entered_ns,
          args->str);
    *exit = (TracedExit){ 0 };
}

static void on_exited(void *listener, int64_t now_ns, const Vcpu *vcpu, ExitClass exit,
                      const Activity *access)
{
    JsonTracer *self = listener;

    if (!self->base.is_open)
        return;
    write_exit(self, vcpu);
    traced(self, vcpu)->exit = (TracedExit){
        .exited_ns = now_ns,
        .exit = exit,
        .is_open = true,
        .is_access = access != NULL,
        .access = access ? *access : (Activity){ 0 },
    };
}

static void on_entered(void *listener, int64_t now_ns, const Vcpu *vcpu)
{
    JsonTracer *self = listener;
    TracedExit *exit;

    if (!self->base.is_open)
        return;
    exit = &traced(self, vcpu)->exit;
    exit->entered_ns = now_ns;
    exit->is_over = exit->is_open; /* otherwise it began before the trace */
}

static void on_request(void *listener, int64_t now_ns G_GNUC_UNUSED,
                       const Request *request)
{
    JsonTracer *self = listener;
    TracedExit *exit;

    if (!self->base.is_open)
        return;
    exit = &traced(self, request->guest)->exit;
    exit->device = request->device->ops;
    for (unsigned i = 0; i < STAGES; i++)
        exit->stage_ns[i] = request->stage_ns[i];
}

/* Transfers of a guest may overlap, which slices of a track must not. */
static void on_transfer(void *listener, int64_t now_ns, const Vcpu *vcpu, int64_t bytes,
                        int64_t took_ns)
{
    JsonTracer *self = listener;
    const Track track = exit_track(vcpu);

    if (!self->base.is_open || now_ns - took_ns < self->begun_ns)
        return;
    self->n_transfers++;
    for (unsigned is_end = 0; is_end <= 1; is_end++)
        event(self,
              "{\"ph\":\"%s\",\"cat\":\"transfer\",\"id\":%" PRIu64
              ",\"pid\":%u,\"tid\":%u,\"ts\":" US_FORMAT
              ",\"name\":\"transfer\",\"args\":{\"bytes\":%" PRId64 "}}",
              is_end ? "e" : "b", self->n_transfers, track.process, track.number,
              US_ARGUMENTS(is_end ? now_ns : now_ns - took_ns), bytes);
}

/* Lives. */

static void mark_life(JsonTracer *self, const Domain *domain, const char *name,
                      int64_t now_ns)
{
    if (self->base.is_open)
        mark(self, domain_track(domain), "p", name, now_ns);
}

static void on_created(void *listener, int64_t now_ns, const Domain *domain)
{
    mark_life(listener, domain, "created", now_ns);
}

static void on_destroyed(void *listener, int64_t now_ns, const Domain *domain)
{
    mark_life(listener, domain, "destroyed", now_ns);
}

static void on_booted(void *listener, int64_t now_ns, const Vcpu *vcpu,
                      int64_t took_ns G_GNUC_UNUSED)
{
    mark_life(listener, vcpu->domain, "booted", now_ns);
}

/* The beginning and the end. */

static void name_pcpus(JsonTracer *self)
{
    name_track(self, "process_name", (Track){ PCPUS_PROCESS, 0 }, "pCPUs");
    sort_process(self, PCPUS_PROCESS, 0);
    for (unsigned i = 0; i < self->base.host->n_pcpus; i++) {
        char name[32];

        g_snprintf(name, sizeof(name), "pCPU %u", i);
        name_track(self, "thread_name", pcpu_track(&self->base.host->pcpus[i]), name);
    }
}

static void name_vcpu(JsonTracer *self, const Vcpu *vcpu)
{
    char name[32];

    g_snprintf(name, sizeof(name), "vCPU %u", vcpu->id);
    name_track(self, "thread_name", state_track(vcpu), name);
    if (!vcpu->domain->guest_counts)
        return;
    g_snprintf(name, sizeof(name), "vCPU %u: exits", vcpu->id);
    name_track(self, "thread_name", exit_track(vcpu), name);
}

static void name_domain(JsonTracer *self, const Domain *domain)
{
    g_autofree char *name = g_strdup_printf("%s (domain %u)", domain->name, domain->id);

    g_assert(!strpbrk(domain->name, "\"\\")); /* scenarios allow no such names */
    name_track(self, "process_name", domain_track(domain), name);
    sort_process(self, domain_track(domain).process, DOMAIN_SORT_INDEX + domain->index);
    for (unsigned i = 0; i < domain->vcpus->len; i++)
        name_vcpu(self, g_ptr_array_index(domain->vcpus, i));
}

static void begin(Tracer *tracer, int64_t now_ns)
{
    JsonTracer *self = (JsonTracer *)tracer;
    const Host *host = tracer->host;

    self->begun_ns = now_ns;
    self->chosen_ns = g_new(int64_t, host->n_pcpus);
    self->vcpus = g_new0(TracedVcpu, host->vcpus->len);
    for (unsigned i = 0; i < host->n_pcpus; i++)
        self->chosen_ns[i] = now_ns;
    for (unsigned i = 0; i < host->vcpus->len; i++)
        self->vcpus[i].state_since_ns = now_ns;
    fputs("{\"displayTimeUnit\":\"ns\",\"traceEvents\":[\n", tracer->stream);
    name_pcpus(self);
    for (unsigned i = 0; i < host->domains->len; i++)
        name_domain(self, g_ptr_array_index(host->domains, i));
}

static void end(Tracer *tracer, int64_t now_ns)
{
    JsonTracer *self = (JsonTracer *)tracer;
    const Host *host = tracer->host;

    for (unsigned i = 0; i < host->n_pcpus; i++)
        end_choice(self, &host->pcpus[i], host->pcpus[i].current, now_ns);
    for (unsigned i = 0; i < host->vcpus->len; i++) {
        const Vcpu *vcpu = g_ptr_array_index(host->vcpus, i);

        end_state(self, vcpu, vcpu->runstate.state, now_ns);
        write_exit(self, vcpu);
    }
    fputs("\n]}\n", tracer->stream);
}

static void clear(Tracer *tracer)
{
    JsonTracer *self = (JsonTracer *)tracer;

    g_free(self->chosen_ns);
    g_free(self->vcpus);
}

const TracerOps json_tracer = {
    .name = "json",
    .summary = "Trace Event Format, for Perfetto, chrome://tracing and Trace Compass",
    .suffix = ".json",
    .size = sizeof(JsonTracer),
    .probe = { .switched = on_switched,
               .runstate = on_runstate,
               .exited = on_exited,
               .entered = on_entered,
               .request = on_request,
               .transfer = on_transfer,
               .created = on_created,
               .destroyed = on_destroyed,
               .booted = on_booted },
    .begin = begin,
    .end = end,
    .clear = clear,
};
