#include "models/request.h"

const char *stage_name(Stage stage)
{
    static const char *const names[STAGES] = {
        "exit",    "notify", "wait_vcpu",  "wait_task", "service",
        "backend", "reply",  "wait_guest", "entry",
    };

    g_assert(stage < STAGES);
    return names[stage];
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
                          .is_outstanding = true };
}

void request_enter(Request *request, Stage stage, int64_t now_ns)
{
    g_assert(request->is_outstanding && now_ns >= request->since_ns);
    request->stage_ns[request->stage] += now_ns - request->since_ns;
    request->since_ns = now_ns;
    request->stage = stage;
}

void request_split(Request *request, Stage stage, int64_t part_ns, int64_t now_ns)
{
    g_assert(part_ns >= 0 && part_ns <= now_ns - request->since_ns);
    request->stage_ns[stage] += part_ns;
    request->stage_ns[request->stage] += now_ns - request->since_ns - part_ns;
    request->since_ns = now_ns;
}

int64_t request_finish(Request *request, int64_t now_ns)
{
    int64_t sum_ns = 0;

    request_enter(request, request->stage, now_ns);
    request->is_outstanding = false;
    for (unsigned i = 0; i < STAGES; i++)
        sum_ns += request->stage_ns[i];
    g_assert(sum_ns == now_ns - request->issued_ns);
    return sum_ns;
}
