/*
 * A winner tree over 8-byte keys. A key is (time << 16 | slot), so one unsigned
 * comparison orders by time and then by slot, and slots are numbered by
 * (rank, id): the whole tie order costs nothing. Leaf i of the tree holds timer
 * i's key, every inner node the smaller key of its two children, and the root
 * the event to fire: arming is a walk from a leaf to the root, without a branch
 * that could be mispredicted.
 *
 * Leaves are exact, but an inner node may be early: where a timer is put off or
 * disarmed, its old key stays above its leaf. If that key ever comes to the root, the
 * leaf tells, and a walk puts it right. Mostly it does not: a slice, a timeout, a tick
 * is put off again and again before it is due. The timer that has just fired is one
 * whose old key is at the root; what it leads to mostly arms it again, and then it
 * is walked up at once.
 */
#include "sim/sim.h"

#include "sim/units.h"

#include <string.h>

#define SLOT_BITS 16
#define SLOT_MASK ((1u << SLOT_BITS) - 1)
#define KEY_NEVER UINT64_MAX
#define UNSEALED  UINT32_MAX

/* Slots count from 0, so that the last one is left to KEY_NEVER. */
G_STATIC_ASSERT(SIM_TIMERS_MAX <= SLOT_MASK);

/* Above so many leaves the cache next to the processor does not have all that firing
 * needs, and it pays to fetch it beforehand: the owner. */
#define LEAVES_NEARBY    2048u
#define CACHE_LINE_BYTES 64
#define LINES_AHEAD      3

/* What to do when a timer fires. */
typedef struct {
    SimAction fire;
    void *owner;
} Action;

/* A timer as it was added, and where it stands in the tie order. */
typedef struct {
    Action action;
    SimTimer *timer;
    uint32_t rank, id;
} Slot;

struct Sim {
    uint64_t *nodes; /* nodes[1] is the root, nodes[n_leaves + slot] a leaf */
    Action *actions; /* by slot; apart from the rest, which firing does not need */
    uint32_t n_leaves;
    int64_t now_ns;
    uint64_t last_key; /* of the timer that fired last, or KEY_NEVER */
    uint64_t passed;   /* keys below have had their turn: see passed_before */
    uint64_t fired;
    GArray *added; /* of Slot: the whole set, in the order of adding */
    bool is_sealed;
};

Sim *sim_new(void)
{
    Sim *sim = g_new0(Sim, 1);

    sim->added = g_array_new(false, false, sizeof(Slot));
    sim_seal(sim);
    return sim;
}

void sim_free(Sim *sim)
{
    if (!sim)
        return;
    g_array_unref(sim->added);
    g_free(sim->nodes);
    g_free(sim->actions);
    g_free(sim);
}

void sim_timer_add(Sim *sim, SimTimer *timer, unsigned rank, unsigned id,
                   SimAction fire, void *owner)
{
    const Slot slot = { { fire, owner }, timer, rank, id };

    timer->slot = UNSEALED;
    g_array_append_val(sim->added, slot);
    sim->is_sealed = false;
}

unsigned sim_n_timers(const Sim *sim)
{
    return sim->added->len;
}

static int by_rank_and_id(const void *left, const void *right)
{
    const Slot *a = left, *b = right;

    if (a->rank != b->rank)
        return a->rank < b->rank ? -1 : 1;
    return (a->id > b->id) - (a->id < b->id);
}

static uint64_t key_of(const Sim *sim, const SimTimer *timer)
{
    return timer->slot == UNSEALED ? KEY_NEVER
                                   : sim->nodes[sim->n_leaves + timer->slot];
}

static uint64_t key_for(int64_t at_ns, uint32_t slot)
{
    return (uint64_t)at_ns << SLOT_BITS | slot;
}

static uint32_t slot_of(uint64_t key)
{
    return (uint32_t)(key & SLOT_MASK);
}

static uint64_t with_slot(uint64_t key, uint32_t slot)
{
    return key == KEY_NEVER ? KEY_NEVER : (key >> SLOT_BITS) << SLOT_BITS | slot;
}

static uint64_t smaller(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static bool is_in_order(const GArray *slots)
{
    for (unsigned i = 1; i < slots->len; i++)
        if (by_rank_and_id(&g_array_index(slots, Slot, i - 1),
                           &g_array_index(slots, Slot, i)) >= 0)
            return false;
    return true;
}

/* A tree of the leaves, in their new places, that keeps every armed timer. */
static uint64_t *new_nodes(const Sim *sim, size_t n_leaves)
{
    uint64_t *nodes = g_new(uint64_t, 2 * n_leaves);

    g_assert(sim->nodes || sim->added->len == 0); /* from the first sealing on */
    memset(nodes, 0xff, 2 * n_leaves * sizeof *nodes);
    for (uint32_t i = 0; i < sim->added->len; i++) {
        const SimTimer *timer = g_array_index(sim->added, Slot, i).timer;

        nodes[n_leaves + i] = with_slot(key_of(sim, timer), i);
    }
    for (size_t i = n_leaves - 1; i > 0; i--)
        nodes[i] = smaller(nodes[2 * i], nodes[2 * i + 1]);
    return nodes;
}

static uint32_t leaves_for(unsigned n_timers)
{
    uint32_t n_leaves = 1;

    while (n_leaves < n_timers)
        n_leaves *= 2;
    return n_leaves;
}

/* Numbers the timers, whose slots were those of the old tree until now. */
static Action *new_actions(const Sim *sim)
{
    Action *actions = g_new(Action, sim->added->len);

    for (uint32_t i = 0; i < sim->added->len; i++) {
        const Slot *slot = &g_array_index(sim->added, Slot, i);

        slot->timer->slot = i;
        actions[i] = slot->action;
    }
    return actions;
}

void sim_seal(Sim *sim)
{
    const uint32_t n_leaves = leaves_for(sim->added->len);
    uint64_t *nodes;

    g_array_sort(sim->added, by_rank_and_id);
    g_assert(sim->added->len <= SIM_TIMERS_MAX && is_in_order(sim->added));
    nodes = new_nodes(sim, n_leaves);
    g_free(sim->nodes);
    g_free(sim->actions);
    sim->nodes = nodes;
    sim->actions = new_actions(sim);
    sim->n_leaves = n_leaves;
    sim->last_key = KEY_NEVER;
    sim->passed = 0;
    sim->is_sealed = true;
}

int64_t sim_now_ns(const Sim *sim)
{
    return sim->now_ns;
}

uint64_t sim_fired_count(const Sim *sim)
{
    return sim->fired;
}

bool sim_last_fired(const Sim *sim, unsigned *rank, unsigned *id)
{
    const Slot *slot;

    if (sim->last_key == KEY_NEVER)
        return false;
    slot = &g_array_index(sim->added, Slot, slot_of(sim->last_key));
    *rank = slot->rank;
    *id = slot->id;
    return true;
}

/* Keys below this have had their turn. A timer armed for the present instant after its
 * turn fires late, with a smaller key than the last; `passed` keeps the bound that the
 * highest key has set, so that turns already over stay over. KEY_NEVER + 1 is 0: none
 * has had its turn. */
static uint64_t passed_before(const Sim *sim)
{
    return MAX(sim->passed, sim->last_key + 1);
}

bool sim_has_passed(const Sim *sim, const SimTimer *timer, int64_t at_ns)
{
    g_assert(timer->slot != UNSEALED);
    if (at_ns != sim->now_ns)
        return at_ns < sim->now_ns;
    return key_for(at_ns, timer->slot) < passed_before(sim);
}

/* From leaf i, which has the key. */
static void climb(uint64_t *nodes, size_t i, uint64_t key)
{
    for (; i > 1; i /= 2)
        nodes[i / 2] = key = smaller(key, nodes[i ^ 1]);
}

/* The earliest key, which the root has once no early one is there. */
static uint64_t next_key(const Sim *sim)
{
    uint64_t key;

    while ((key = sim->nodes[1]) != KEY_NEVER) {
        const size_t leaf = sim->n_leaves + slot_of(key);
        const uint64_t armed_key = sim->nodes[leaf];

        if (armed_key == key)
            break;
        climb(sim->nodes, leaf, armed_key);
    }
    return key;
}

bool sim_is_armed(const Sim *sim, const SimTimer *timer)
{
    return key_of(sim, timer) != KEY_NEVER;
}

static int64_t time_of(uint64_t key)
{
    return key == KEY_NEVER ? TIME_NEVER_NS : (int64_t)(key >> SLOT_BITS);
}

int64_t sim_due_ns(const Sim *sim, const SimTimer *timer)
{
    return time_of(key_of(sim, timer));
}

int64_t sim_next_ns(const Sim *sim)
{
    return time_of(next_key(sim));
}

/* Only a key smaller than its parent's needs a walk, or one whose parent still has the
 * key of a timer that has fired; other early nodes are put right in next_key. */
void sim_arm(Sim *sim, const SimTimer *timer, int64_t at_ns)
{
    const int64_t due_ns = at_ns < sim->now_ns ? sim->now_ns : at_ns;
    const uint32_t slot = timer->slot;
    const uint64_t key = due_ns > SIM_LATEST_NS ? KEY_NEVER : key_for(due_ns, slot);
    const size_t leaf = sim->n_leaves + slot;
    uint64_t *nodes = sim->nodes;
    uint64_t above;

    g_assert(slot != UNSEALED);
    above = nodes[leaf / 2];
    nodes[leaf] = key;
    if (key < above || above <= sim->last_key)
        climb(nodes, leaf, key);
}

void sim_disarm(Sim *sim, const SimTimer *timer)
{
    if (timer->slot != UNSEALED)
        sim->nodes[sim->n_leaves + timer->slot] = KEY_NEVER;
}

/* Fetches the owner of the timer that is to fire after this one, while this one's
 * action goes on. That is the earliest of those beside the path from slot to the root,
 * unless the action arms an earlier one. */
static void look_ahead(const Sim *sim, uint32_t slot)
{
    uint64_t key = KEY_NEVER;
    const char *owner;

    for (size_t i = sim->n_leaves + slot; i > 1; i /= 2)
        key = smaller(key, sim->nodes[i ^ 1]);
    if (key == KEY_NEVER)
        return;
    owner = sim->actions[slot_of(key)].owner;
    for (size_t i = 0; i < LINES_AHEAD; i++)
        __builtin_prefetch(owner + i * CACHE_LINE_BYTES);
}

bool sim_fire_next(Sim *sim, int64_t end_ns)
{
    const uint64_t key = next_key(sim);
    const uint32_t slot = slot_of(key);

    if (key == KEY_NEVER || time_of(key) >= end_ns)
        return false;
    g_assert(sim->is_sealed && time_of(key) >= sim->now_ns);
    sim->now_ns = time_of(key);
    sim->fired++;
    if (key < sim->last_key)
        sim->passed = passed_before(sim);
    sim->last_key = key;
    sim->nodes[sim->n_leaves + slot] = KEY_NEVER;
    if (sim->n_leaves > LEAVES_NEARBY)
        look_ahead(sim, slot);
    sim->actions[slot].fire(sim->actions[slot].owner, sim->now_ns);
    return true;
}

void sim_advance_to(Sim *sim, int64_t end_ns)
{
    g_assert(end_ns >= sim->now_ns && sim_next_ns(sim) >= end_ns);
    sim->now_ns = end_ns;
}
