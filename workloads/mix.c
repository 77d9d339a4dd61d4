#include "workloads/mix.h"

#include "sim/random.h"

#include <glib.h>

typedef struct {
    Workload workload;
    gsl_rng *stream;
    MixPart *parts; /* those that have not ended come first */
    unsigned n_parts, n_going;
    int64_t shares; /* of those going */
    unsigned current;
    bool is_between_bursts, is_in_transfer;
} Mix;

static void draw_part(Mix *self)
{
    const uint64_t shares = (uint64_t)self->shares;
    int64_t draw = (int64_t)gsl_rng_uniform_int(self->stream, shares);

    self->current = 0;
    while (draw >= self->parts[self->current].share)
        draw -= self->parts[self->current++].share;
    self->is_between_bursts = false;
}

/* The order of the others stays, so that the draws mean the same. */
static void retire_part(Mix *self)
{
    const MixPart ended = self->parts[self->current];

    self->n_going--;
    self->shares -= ended.share;
    for (unsigned i = self->current; i < self->n_going; i++)
        self->parts[i] = self->parts[i + 1];
    self->parts[self->n_going] = ended;
    self->is_between_bursts = true;
    self->is_in_transfer = false;
}

static void note_activity(Mix *self, const Activity *activity)
{
    if (activity->kind == ACTIVITY_BEGIN)
        self->is_in_transfer = true;
    if (activity->kind == ACTIVITY_TRANSFER)
        self->is_in_transfer = false;
    self->is_between_bursts =
        activity->kind == ACTIVITY_TRANSFER ||
        (activity->kind == ACTIVITY_HALT && !self->is_in_transfer);
}

static void mix_next(Workload *workload, Activity *next)
{
    Mix *self = (Mix *)workload;

    while (self->n_going > 0) {
        if (self->is_between_bursts)
            draw_part(self);
        Workload *part = self->parts[self->current].workload;

        part->ops->next(part, next);
        if (next->kind != ACTIVITY_END) {
            note_activity(self, next);
            return;
        }
        retire_part(self);
    }
    *next = (Activity){ .kind = ACTIVITY_END };
}

static void mix_free(Workload *workload)
{
    Mix *self = (Mix *)workload;

    for (unsigned i = 0; i < self->n_parts; i++) {
        Workload *part = self->parts[i].workload;

        part->ops->free(part);
    }
    gsl_rng_free(self->stream);
    g_free(self->parts);
    g_free(self);
}

static const WorkloadOps mix_workload = {
    .name = "mix",
    .next = mix_next,
    .free = mix_free,
};

static void add_part(Mix *self, const MixPart *part)
{
    g_assert(part->share > 0);
    self->parts[self->n_parts++] = *part;
    self->shares += part->share;
}

Workload *mix_new(const MixPart *parts, unsigned n_parts, uint64_t run_seed,
                  const char *stream_name)
{
    Mix *self = g_new0(Mix, 1);

    self->workload.ops = &mix_workload;
    self->stream = random_stream_new(run_seed, stream_name);
    self->parts = g_new(MixPart, n_parts);
    self->is_between_bursts = true;
    for (unsigned i = 0; i < n_parts; i++)
        add_part(self, &parts[i]);
    self->n_going = n_parts;
    return &self->workload;
}
