#include "models/guest/arrivals.h"

#include "models/guest/guest_announce.h"
#include "sim/random.h"

/* After the ids of the physical devices' timers. */
#define FIRST_ID 4096u

/* One frame and its answer. */
typedef struct {
    PhysicalFrame frame; /* the one that came */
    PhysicalJob job;     /* the answer on its way through the card */
    Arrivals *arrivals;
    int64_t arrived_ns;
    int64_t payload_bytes; /* of the answer */
    bool is_lost;          /* it found no place before the card */
} RoundTrip;

/* Frames of a life of the guest are numbered as they come. n_arrived >= n_delivered >=
 * n_taken >= n_sent >= n_answered: what lies between two of them is on its way from the
 * one to the other. */
struct Arrivals {
    ArrivalsSetup setup;
    void (*deliver)(void *owner, int64_t now_ns);
    void *owner;
    Sim *sim;
    SimTimer timer;
    RoundTrip *trips; /* a ring */
    unsigned n_trips;
    uint64_t n_arrived, n_delivered, n_taken, n_sent, n_answered;
    uint64_t n_dropped;
    bool is_stopped;
};

static RoundTrip *trip_of(const Arrivals *arrivals, uint64_t number)
{
    return &arrivals->trips[number % arrivals->n_trips];
}

/* From the wire to the bridge. */

static void arm(Arrivals *arrivals, int64_t from_ns)
{
    const ArrivalParams *params = &arrivals->setup.params;
    const int64_t interval_ns =
        params->is_exponential ? random_exponential_ns(params->stream, params->mean_ns)
                               : params->mean_ns;

    sim_arm(arrivals->sim, &arrivals->timer, from_ns + interval_ns);
}

/* The card drops what has no place, and says nothing. */
static bool has_place(const Arrivals *arrivals)
{
    return arrivals->n_arrived - arrivals->n_taken < arrivals->setup.n_places &&
           arrivals->n_arrived - arrivals->n_answered < arrivals->n_trips;
}

static void on_arrival(void *owner, int64_t now_ns)
{
    Arrivals *arrivals = owner;
    RoundTrip *trip;

    arm(arrivals, now_ns);
    if (!has_place(arrivals)) {
        arrivals->n_dropped++;
        domain_count_one(arrivals->setup.guest, COUNT_LOST_RECEIVED_FRAMES);
        return;
    }
    trip = trip_of(arrivals, arrivals->n_arrived++);
    trip->arrived_ns = now_ns;
    trip->is_lost = false;
    physical_device_receive(arrivals->setup.nic, &trip->frame);
}

static void frame_is_here(void *owner, int64_t now_ns)
{
    const RoundTrip *trip = owner;
    Arrivals *arrivals = trip->arrivals;

    arrivals->n_delivered++;
    if (arrivals->is_stopped)
        return;
    arrivals->deliver(arrivals->owner, now_ns);
}

/* The guest, and back to the wire. */

void arrivals_take(Arrivals *arrivals)
{
    g_assert(arrivals->n_taken < arrivals->n_delivered);
    arrivals->n_taken++;
}

/* Places of the ring are free in the order in which they were taken. */
static void free_places(Arrivals *arrivals)
{
    while (arrivals->n_answered < arrivals->n_sent &&
           trip_of(arrivals, arrivals->n_answered)->is_lost)
        arrivals->n_answered++;
}

static bool is_queue_full(const Arrivals *arrivals)
{
    const unsigned n_queued = arrivals->setup.n_queued;

    return n_queued > 0 && physical_device_n_queued(arrivals->setup.nic) >= n_queued;
}

static void answer(Arrivals *arrivals, int64_t bytes, bool is_lost)
{
    RoundTrip *trip = trip_of(arrivals, arrivals->n_sent++);

    trip->is_lost = is_lost;
    if (is_lost) {
        free_places(arrivals);
        return;
    }
    trip->payload_bytes = bytes;
    trip->job.bytes = bytes + arrivals->setup.frame_overhead_bytes;
    physical_device_submit(arrivals->setup.nic, &trip->job);
}

void arrivals_send(Arrivals *arrivals, int64_t bytes)
{
    const bool is_lost = is_queue_full(arrivals);

    if (is_lost)
        domain_count_one(arrivals->setup.guest, COUNT_LOST_SENT_FRAMES);
    if (arrivals->n_sent < arrivals->n_taken)
        answer(arrivals, bytes, is_lost);
    else if (!is_lost)
        physical_device_stream(arrivals->setup.nic,
                               bytes + arrivals->setup.frame_overhead_bytes);
}

/* Its last bit has left the card. */
static void answer_has_left(void *owner, int64_t now_ns)
{
    const RoundTrip *trip = owner;
    const Domain *guest = trip->arrivals->setup.guest;

    guest_announce_transfer(g_ptr_array_index(guest->vcpus, 0), trip->payload_bytes,
                            now_ns - trip->arrived_ns);
}

/* And the kernel knows; only now is the place free again. */
static void answer_is_done(void *owner, int64_t now_ns G_GNUC_UNUSED)
{
    RoundTrip *trip = owner;

    trip->arrivals->n_answered++;
    free_places(trip->arrivals);
}

/* Life. */

Arrivals *arrivals_new(const ArrivalsSetup *setup)
{
    Arrivals *arrivals = g_new0(Arrivals, 1);

    arrivals->setup = *setup;
    if (setup->params.mean_ns == 0) /* only sends */
        return arrivals;
    arrivals->sim = setup->guest->host->sim;
    arrivals->n_trips = 2 * setup->n_places;
    arrivals->trips = g_new0(RoundTrip, arrivals->n_trips);
    for (unsigned i = 0; i < arrivals->n_trips; i++) {
        RoundTrip *trip = &arrivals->trips[i];

        trip->arrivals = arrivals;
        trip->frame = (PhysicalFrame){ .deliver = frame_is_here, .owner = trip };
        trip->job = (PhysicalJob){ .complete = answer_is_done,
                                   .ended = answer_has_left,
                                   .owner = trip };
    }
    sim_timer_add(arrivals->sim, &arrivals->timer, RANK_DEVICE, FIRST_ID + setup->id,
                  on_arrival, arrivals);
    return arrivals;
}

void arrivals_free(Arrivals *arrivals)
{
    if (!arrivals)
        return;
    if (arrivals->setup.params.stream)
        gsl_rng_free(arrivals->setup.params.stream);
    g_free(arrivals->trips);
    g_free(arrivals);
}

void arrivals_connect(Arrivals *arrivals, void (*deliver)(void *owner, int64_t now_ns),
                      void *owner)
{
    arrivals->deliver = deliver;
    arrivals->owner = owner;
}

bool arrivals_have_ended(const Arrivals *arrivals)
{
    return arrivals->n_delivered == arrivals->n_arrived &&
           arrivals->n_answered == arrivals->n_sent;
}

void arrivals_start_at(Arrivals *arrivals, int64_t start_ns)
{
    if (arrivals->setup.params.mean_ns == 0)
        return;
    g_assert(arrivals->deliver && arrivals_have_ended(arrivals));
    arrivals->n_arrived = arrivals->n_delivered = arrivals->n_taken = 0;
    arrivals->n_sent = arrivals->n_answered = arrivals->n_dropped = 0;
    arrivals->is_stopped = false;
    arm(arrivals, start_ns);
}

/* What has been delivered and not answered goes with the guest. */
void arrivals_stop(Arrivals *arrivals)
{
    if (arrivals->setup.params.mean_ns == 0)
        return;
    sim_disarm(arrivals->sim, &arrivals->timer);
    arrivals->is_stopped = true;
}

ArrivalCounts arrivals_counts(const Arrivals *arrivals)
{
    return (ArrivalCounts){ arrivals->n_arrived, arrivals->n_dropped,
                            arrivals->n_answered };
}
