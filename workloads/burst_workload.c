#include "workloads/burst_workload.h"

#include "sim/random.h"

#include <glib.h>

static void make_burst(BurstWorkload *self)
{
    self->n_activities = 0;
    self->at = 0;
    self->make(self);
    self->n_made++;
    g_assert(self->n_activities > 0);
}

static void burst_workload_next(Workload *workload, Activity *next)
{
    BurstWorkload *self = (BurstWorkload *)workload;

    if (self->at == self->n_activities)
        make_burst(self);
    *next = self->activities[self->at++];
}

static void burst_workload_free(Workload *workload)
{
    BurstWorkload *self = (BurstWorkload *)workload;

    gsl_rng_free(self->stream);
    g_free(self->activities);
    g_free(self);
}

static const WorkloadOps burst_workload = {
    .name = "bursts",
    .next = burst_workload_next,
    .free = burst_workload_free,
};

Workload *burst_workload_new(BurstMaker make, const void *options, uint64_t run_seed,
                             const char *stream_name)
{
    BurstWorkload *self = g_new0(BurstWorkload, 1);

    self->workload.ops = &burst_workload;
    self->make = make;
    self->options = options;
    self->stream = random_stream_new(run_seed, stream_name);
    return &self->workload;
}

static void append(BurstWorkload *self, Activity activity)
{
    if (self->n_activities == self->capacity) {
        self->capacity = MAX(2 * self->capacity, 64);
        self->activities = g_renew(Activity, self->activities, self->capacity);
    }
    self->activities[self->n_activities++] = activity;
}

void burst_compute(BurstWorkload *self, int64_t instructions)
{
    if (instructions > 0)
        append(self,
               (Activity){ .kind = ACTIVITY_COMPUTE, .instructions = instructions });
}

void burst_in(BurstWorkload *self, uint64_t port, uint8_t size_bytes)
{
    append(self, (Activity){ .kind = ACTIVITY_PORT,
                             .address = port,
                             .count = 1,
                             .size_bytes = size_bytes });
}

void burst_out(BurstWorkload *self, uint64_t port, uint8_t size_bytes, uint32_t value)
{
    append(self, (Activity){ .kind = ACTIVITY_PORT,
                             .address = port,
                             .value = value,
                             .count = 1,
                             .size_bytes = size_bytes,
                             .is_write = true });
}

void burst_string(BurstWorkload *self, uint64_t port, uint8_t size_bytes,
                  uint32_t count, bool is_write)
{
    append(self, (Activity){ .kind = ACTIVITY_PORT,
                             .address = port,
                             .count = count,
                             .size_bytes = size_bytes,
                             .is_write = is_write,
                             .is_string = true });
}

void burst_memory(BurstWorkload *self, uint64_t address, uint8_t size_bytes,
                  bool is_write)
{
    append(self, (Activity){ .kind = ACTIVITY_MEMORY,
                             .address = address,
                             .count = 1,
                             .size_bytes = size_bytes,
                             .is_write = is_write });
}

void burst_exit(BurstWorkload *self, ExitClass exit)
{
    append(self, (Activity){ .kind = ACTIVITY_EXIT, .exit = exit });
}

void burst_begin(BurstWorkload *self)
{
    append(self, (Activity){ .kind = ACTIVITY_BEGIN });
}

void burst_transfer(BurstWorkload *self, int64_t bytes)
{
    append(self, (Activity){ .kind = ACTIVITY_TRANSFER, .bytes = bytes });
}

void burst_halt(BurstWorkload *self, int64_t halt_ns)
{
    if (halt_ns > 0)
        append(self, (Activity){ .kind = ACTIVITY_HALT, .halt_ns = halt_ns });
}

void burst_rest(BurstWorkload *self, int distribution, int64_t mean_ns)
{
    burst_halt(self,
               distribution_draw((Distribution)distribution, self->stream, mean_ns));
}

void burst_block(BurstWorkload *self, int64_t sector, int64_t bytes, bool is_write)
{
    append(self, (Activity){ .kind = ACTIVITY_BLOCK,
                             .address = (uint64_t)sector,
                             .bytes = bytes,
                             .is_write = is_write,
                             .halt_ns = TIME_NEVER_NS });
}

void burst_receive(BurstWorkload *self)
{
    append(self, (Activity){ .kind = ACTIVITY_RECEIVE, .halt_ns = TIME_NEVER_NS });
}

void burst_send(BurstWorkload *self, int64_t bytes)
{
    append(self, (Activity){
                     .kind = ACTIVITY_SEND, .bytes = bytes, .halt_ns = TIME_NEVER_NS });
}

void burst_period(BurstWorkload *self, int64_t period_ns, uint32_t n_buffers)
{
    append(self, (Activity){ .kind = ACTIVITY_PERIOD,
                             .halt_ns = period_ns,
                             .count = n_buffers });
}

void burst_refilled(BurstWorkload *self)
{
    append(self, (Activity){ .kind = ACTIVITY_REFILLED });
}

void burst_end(BurstWorkload *self)
{
    append(self, (Activity){ .kind = ACTIVITY_END });
}
