#include "models/guest/request.h"

const char *stage_name(Stage stage)
{
    static const char *const names[STAGES] = {
        "exit",    "notify", "wait_vcpu",  "wait_task", "service",
        "backend", "reply",  "wait_guest", "entry",
    };

    g_assert(stage < STAGES);
    return names[stage];
}

static int64_t ran_ns(const Vcpu *vcpu, int64_t now_ns)
{
    return vcpu ? runstate_total_ns(&vcpu->runstate, RUNSTATE_RUNNING, now_ns) : 0;
}

void request_begin(Request *request, Vcpu *guest, Device *device,
                   const Activity *access, int64_t now_ns)
{
    g_assert(!request->is_outstanding);
    *request = (Request){ .guest = guest,
                          .device = device,
                          .access = *access,
                          .issued_ns = now_ns,
                          .since_ns = now_ns,
                          .stage = STAGE_EXIT,
                          .worker = guest,
                          .worker_ran_ns = ran_ns(guest, now_ns),
                          .is_outstanding = true };
}

static void close_stage(Request *request, int64_t now_ns)
{
    const int64_t elapsed_ns = now_ns - request->since_ns;
    const Stage waiting =
        request->worker == request->guest ? STAGE_WAIT_GUEST : STAGE_WAIT_VCPU;
    const int64_t worked_ns =
        request->worker ? ran_ns(request->worker, now_ns) - request->worker_ran_ns
                        : elapsed_ns;

    g_assert(request->is_outstanding && worked_ns >= 0 && worked_ns <= elapsed_ns);
    request->stage_ns[request->stage] += worked_ns;
    request->stage_ns[waiting] += elapsed_ns - worked_ns;
}

void request_enter(Request *request, Stage stage, const Vcpu *worker, int64_t now_ns)
{
    close_stage(request, now_ns);
    request->since_ns = now_ns;
    request->stage = stage;
    request->worker = worker;
    request->worker_ran_ns = ran_ns(worker, now_ns);
}

int64_t request_finish(Request *request, int64_t now_ns)
{
    int64_t sum_ns = 0;

    close_stage(request, now_ns);
    request->is_outstanding = false;
    for (unsigned i = 0; i < STAGES; i++)
        sum_ns += request->stage_ns[i];
    g_assert(sum_ns == now_ns - request->issued_ns);
    return sum_ns;
}
