#include "experiments/golden/case_reader.h"

/* A toolstack passes what fits its 16-bit fields; the scheduler refuses the rest. */
#define WEIGHT_MAX 65535
#define CAP_MAX    65535

typedef struct {
    const char *key;
    unsigned bit;
    size_t offset; /* of an int64_t in SchedParams */
    int64_t high;
} ParamKey;

static const ParamKey credit_keys[] = {
    { "weight", PARAM_WEIGHT, offsetof(SchedParams, weight), WEIGHT_MAX },
    { "cap", PARAM_CAP, offsetof(SchedParams, cap_percent), CAP_MAX },
};

static const ParamKey sedf_keys[] = {
    { "sedf_period_ns", PARAM_PERIOD, offsetof(SchedParams, period_ns), SIM_LATEST_NS },
    { "sedf_slice_ns", PARAM_SLICE, offsetof(SchedParams, slice_ns), SIM_LATEST_NS },
    { "sedf_latency_ns", PARAM_LATENCY, offsetof(SchedParams, latency_ns),
      SIM_LATEST_NS },
    { "sedf_weight", PARAM_SHARE, offsetof(SchedParams, share), WEIGHT_MAX },
};

static int64_t *field_of(const ParamKey *key, SchedParams *params)
{
    return (int64_t *)(void *)((char *)params + key->offset);
}

bool case_read_weight_and_cap(KeyGroup *group, SchedParams *params, GError **error)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(credit_keys); i++) {
        const ParamKey *key = &credit_keys[i];

        if (key_group_take(group, key->key))
            params->set |= key->bit;
        if (!key_group_take_int(group, key->key, 0, key->high, field_of(key, params),
                                error))
            return false;
    }
    return true;
}

static bool has_sedf(KeyGroup *group)
{
    bool has_any = key_group_take(group, "sedf_extratime") != NULL;

    for (unsigned i = 0; i < G_N_ELEMENTS(sedf_keys); i++)
        has_any = key_group_take(group, sedf_keys[i].key) || has_any;
    return has_any;
}

bool case_read_sedf(KeyGroup *group, SchedParams *params, GError **error)
{
    int64_t extratime = 0;

    if (!has_sedf(group))
        return true;
    for (unsigned i = 0; i < G_N_ELEMENTS(sedf_keys); i++) {
        const ParamKey *key = &sedf_keys[i];

        if (!key_group_need_int(group, key->key, 0, key->high, field_of(key, params),
                                error))
            return false;
        params->set |= key->bit;
    }
    if (!key_group_need_int(group, "sedf_extratime", 0, 1, &extratime, error))
        return false;
    params->extratime = extratime != 0;
    params->set |= PARAM_EXTRATIME;
    return true;
}
