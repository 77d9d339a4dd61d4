#include "experiments/golden/case_reader.h"

#include "models/suggest.h"

#include <string.h>

typedef bool (*ReadOperands)(const GoldenCase *self, KeyGroup *group, CaseEvent *event,
                             GError **error);

static bool read_domain(const GoldenCase *self, KeyGroup *group, const char *key,
                        unsigned *domain, GError **error)
{
    const char *name = key_group_need(group, key, "a domain of this file", error);

    if (!name)
        return false;
    *domain = case_find_domain(self, name);
    return *domain != NO_INDEX ||
           key_group_refuse(group, key, error, "a domain of this file");
}

static bool read_target(const GoldenCase *self, KeyGroup *group, CaseEvent *event,
                        GError **error)
{
    return read_domain(self, group, "domain", &event->domain, error);
}

static unsigned count_pauses(const GoldenCase *self, unsigned domain)
{
    unsigned count = 0;

    for (unsigned i = 0; i < self->events->len; i++) {
        const CaseEvent *event = &g_array_index(self->events, CaseEvent, i);

        if (event->domain == domain && event->op == OP_PAUSE)
            count++;
        if (event->domain == domain && event->op == OP_UNPAUSE)
            count--;
    }
    return count;
}

static bool read_unpause(const GoldenCase *self, KeyGroup *group, CaseEvent *event,
                         GError **error)
{
    return read_target(self, group, event, error) &&
           (count_pauses(self, event->domain) > 0 ||
            key_group_refuse(group, "domain", error, "a domain that is paused then"));
}

static bool read_set_params(const GoldenCase *self, KeyGroup *group, CaseEvent *event,
                            GError **error)
{
    if (!read_target(self, group, event, error) ||
        !case_read_weight_and_cap(group, &event->params, error))
        return false;
    return event->params.set != 0 ||
           key_group_refuse(group, "op", error, "a weight, a cap or both beside it");
}

static bool read_set_sedf(const GoldenCase *self, KeyGroup *group, CaseEvent *event,
                          GError **error)
{
    if (!read_target(self, group, event, error) ||
        !case_read_sedf(group, &event->params, error))
        return false;
    return event->params.set != 0 ||
           key_group_refuse(group, "op", error, "the sedf_* values beside it");
}

static bool read_set_affinity(const GoldenCase *self, KeyGroup *group, CaseEvent *event,
                              GError **error)
{
    const char *name = key_group_need(group, "vcpu", "a vCPU of this file", error);
    bool is_given;

    if (!name || !case_read_affinity(self, group, &event->affinity, &is_given, error))
        return false;
    event->vcpu = case_find_vcpu(self, name);
    if (event->vcpu == NO_INDEX)
        return key_group_refuse(group, "vcpu", error, "a vCPU of this file");
    return is_given || key_group_refuse(group, "op", error, "an affinity beside it");
}

static bool read_attach(const GoldenCase *self, KeyGroup *group, CaseEvent *event,
                        GError **error)
{
    return read_target(self, group, event, error) &&
           read_domain(self, group, "sdom", &event->sdom, error);
}

static const struct {
    const char *name;
    ReadOperands read;
    unsigned params; /* PARAM_* bits that the scheduler must understand */
    bool needs_sdoms;
} ops[OPS] = {
    [OP_PAUSE] = { "pause", read_target, 0, false },
    [OP_UNPAUSE] = { "unpause", read_unpause, 0, false },
    [OP_SET_PARAMS] = { "set-params", read_set_params, PARAM_WEIGHT, false },
    [OP_SET_SEDF] = { "set-sedf", read_set_sedf, PARAM_PERIOD, false },
    [OP_SET_AFFINITY] = { "set-affinity", read_set_affinity, 0, false },
    [OP_ATTACH] = { "attach", read_attach, 0, true },
    [OP_DETACH] = { "detach", read_target, 0, true },
};

const char *case_op_name(CaseOp op)
{
    return ops[op].name;
}

static bool is_offered(const GoldenCase *self, unsigned op)
{
    return (ops[op].params & ~self->scheduler->params) == 0 &&
           (!ops[op].needs_sdoms || self->dialect->has_sdoms);
}

static bool read_op(const GoldenCase *self, KeyGroup *group, CaseOp *op, GError **error)
{
    const char *name = key_group_need(group, "op", "what happens", error);
    g_autoptr(GPtrArray) known = g_ptr_array_new();
    g_autofree char *choice = NULL;

    if (!name)
        return false;
    for (unsigned i = 0; i < OPS; i++) {
        if (!is_offered(self, i))
            continue;
        *op = (CaseOp)i;
        if (strcmp(name, ops[i].name) == 0)
            return true;
        g_ptr_array_add(known, (char *)ops[i].name);
    }
    choice = suggest_among(name, known);
    return key_group_refuse(group, "op", error, "one of %s", choice);
}

/* Numbers ascend with time, as the order of same-instant events is that of numbers. */
static bool read_number_and_time(const GoldenCase *self, KeyGroup *group,
                                 CaseEvent *event, GError **error)
{
    const CaseEvent *last =
        self->events->len > 0
            ? &g_array_index(self->events, CaseEvent, self->events->len - 1)
            : NULL;
    const unsigned low = last ? last->number + 1 : 0;
    int64_t number;

    if (!g_ascii_string_to_signed(group->group->name, 10, low, INT32_MAX, &number,
                                  NULL)) {
        ini_group_error(group->group, error, "expected an event number of %u or more",
                        low);
        return false;
    }
    event->number = (unsigned)number;
    return key_group_need_int(group, "time_ns", last ? last->time_ns : 0, SIM_LATEST_NS,
                              &event->time_ns, error);
}

bool case_read_event(GoldenCase *self, KeyGroup *group, GError **error)
{
    CaseEvent event = { .domain = NO_INDEX, .sdom = NO_INDEX, .vcpu = NO_INDEX };

    if (!read_number_and_time(self, group, &event, error) ||
        !read_op(self, group, &event.op, error) ||
        !ops[event.op].read(self, group, &event, error) ||
        !key_group_finish(group, error))
        return false;
    g_array_append_val(self->events, event);
    return true;
}
