#include "models/linux/sleepers.h"

#include "sim/units.h"

#include <stdbool.h>

static Sleeper **heap_of(const Sleepers *self)
{
    return (Sleeper **)(void *)self->heap->data;
}

static unsigned last_place(const Sleepers *self)
{
    return self->heap->len - 1;
}

void sleepers_init(Sleepers *self)
{
    self->heap = g_array_new(false, true, sizeof(Sleeper *));
    g_array_set_size(self->heap, 1);
}

void sleepers_clear(Sleepers *self)
{
    g_clear_pointer(&self->heap, g_array_unref);
}

void sleepers_reserve(const Sleepers *self, unsigned n)
{
    const unsigned len = self->heap->len;

    g_array_set_size(self->heap, MAX(len, n + 1));
    g_array_set_size(self->heap, len);
}

static bool is_before(const Sleeper *a, const Sleeper *b)
{
    return a->due_ns < b->due_ns || (a->due_ns == b->due_ns && a->number < b->number);
}

static void put(const Sleepers *self, Sleeper *sleeper, unsigned place)
{
    heap_of(self)[place] = sleeper;
    sleeper->place = place;
}

/* Leaves the hole at place to the sleeper, or to one of its ancestors. */
static void sift_up(const Sleepers *self, Sleeper *sleeper, unsigned place)
{
    Sleeper **heap = heap_of(self);

    for (; place > 1 && is_before(sleeper, heap[place / 2]); place /= 2)
        put(self, heap[place / 2], place);
    put(self, sleeper, place);
}

static unsigned earlier_child(const Sleepers *self, unsigned place)
{
    Sleeper **heap = heap_of(self);
    const unsigned left = 2 * place;
    const bool is_right =
        left < last_place(self) && is_before(heap[left + 1], heap[left]);

    return is_right ? left + 1 : left;
}

/* The same downwards. */
static void sift_down(const Sleepers *self, Sleeper *sleeper, unsigned place)
{
    Sleeper **heap = heap_of(self);

    while (2 * place <= last_place(self)) {
        const unsigned child = earlier_child(self, place);

        if (is_before(sleeper, heap[child]))
            break;
        put(self, heap[child], place);
        place = child;
    }
    put(self, sleeper, place);
}

void sleepers_add(const Sleepers *self, Sleeper *sleeper, int64_t due_ns)
{
    g_assert(sleeper->place == 0);
    sleeper->due_ns = due_ns;
    g_array_set_size(self->heap, self->heap->len + 1);
    sift_up(self, sleeper, last_place(self));
}

void sleepers_remove(const Sleepers *self, Sleeper *sleeper)
{
    const unsigned place = sleeper->place;
    Sleeper *last;

    if (place == 0)
        return;
    last = heap_of(self)[last_place(self)];
    g_array_set_size(self->heap, self->heap->len - 1);
    sleeper->place = 0;
    if (last == sleeper)
        return;
    sift_down(self, last, place);
    sift_up(self, last, last->place);
}

int64_t sleepers_first_ns(const Sleepers *self)
{
    return last_place(self) == 0 ? TIME_NEVER_NS : heap_of(self)[1]->due_ns;
}

/* The due ones, linked in the order of their numbers. */
typedef struct {
    Sleeper *first, *last;
} DueList;

/* Mostly all are due at the same tick, and so come in order already. */
static void link_by_number(DueList *list, Sleeper *sleeper)
{
    const bool is_last = list->last && list->last->number < sleeper->number;
    Sleeper **link = is_last ? &list->last->next : &list->first;

    while (*link && (*link)->number < sleeper->number)
        link = &(*link)->next;
    sleeper->next = *link;
    *link = sleeper;
    if (!sleeper->next)
        list->last = sleeper;
}

Sleeper *sleepers_take_due(const Sleepers *self, int64_t now_ns)
{
    DueList due = { NULL, NULL };

    while (sleepers_first_ns(self) <= now_ns) {
        Sleeper *sleeper = heap_of(self)[1];

        sleepers_remove(self, sleeper);
        link_by_number(&due, sleeper);
    }
    return due.first;
}
