#include "models/linux/sleepers.h"

#include "sim/units.h"

#include <stdbool.h>

void sleepers_clear(Sleepers *self)
{
    g_clear_pointer(&self->heap, g_free);
    self->n = self->n_reserved = 0;
}

void sleepers_reserve(Sleepers *self, unsigned n)
{
    if (n <= self->n_reserved)
        return;
    self->n_reserved = MAX(n, 2 * self->n_reserved);
    self->heap = g_renew(Sleeper *, self->heap, self->n_reserved + 1);
}

static bool is_before(const Sleeper *a, const Sleeper *b)
{
    return a->heap_ns < b->heap_ns ||
           (a->heap_ns == b->heap_ns && a->number < b->number);
}

static void put(const Sleepers *self, Sleeper *sleeper, unsigned place)
{
    self->heap[place] = sleeper;
    sleeper->place = place;
}

/* Leaves the hole at place to the sleeper, or to one of its ancestors. */
static void sift_up(const Sleepers *self, Sleeper *sleeper, unsigned place)
{
    for (; place > 1 && is_before(sleeper, self->heap[place / 2]); place /= 2)
        put(self, self->heap[place / 2], place);
    put(self, sleeper, place);
}

static unsigned earlier_child(const Sleepers *self, unsigned place)
{
    const unsigned left = 2 * place;
    const bool is_right =
        left < self->n && is_before(self->heap[left + 1], self->heap[left]);

    return is_right ? left + 1 : left;
}

/* The same downwards. */
static void sift_down(const Sleepers *self, Sleeper *sleeper, unsigned place)
{
    while (2 * place <= self->n) {
        const unsigned child = earlier_child(self, place);

        if (is_before(sleeper, self->heap[child]))
            break;
        put(self, self->heap[child], place);
        place = child;
    }
    put(self, sleeper, place);
}

static void take_out(Sleeper *sleeper)
{
    Sleepers *self = sleeper->among;
    const unsigned place = sleeper->place;
    Sleeper *last = self->heap[self->n--];

    sleeper->place = 0;
    if (last == sleeper)
        return;
    sift_down(self, last, place);
    sift_up(self, last, last->place);
}

static void put_in(Sleepers *self, Sleeper *sleeper)
{
    sleeper->among = self;
    sleeper->heap_ns = sleeper->due_ns;
    sleepers_reserve(self, self->n + 1);
    sift_up(self, sleeper, ++self->n);
}

void sleepers_add(Sleepers *self, Sleeper *sleeper, int64_t due_ns)
{
    g_assert(due_ns != TIME_NEVER_NS);
    sleeper->due_ns = due_ns;
    if (sleeper->place != 0) {
        if (sleeper->among == self && sleeper->heap_ns <= due_ns)
            return;
        take_out(sleeper);
    }
    put_in(self, sleeper);
}

void sleepers_remove(Sleeper *sleeper)
{
    sleeper->due_ns = TIME_NEVER_NS;
}

/* Until the top is one that is due when its place says. */
static void put_right(Sleepers *self)
{
    while (self->n > 0 && self->heap[1]->heap_ns != self->heap[1]->due_ns) {
        Sleeper *top = self->heap[1];

        if (top->due_ns == TIME_NEVER_NS) {
            take_out(top);
        } else {
            top->heap_ns = top->due_ns;
            sift_down(self, top, 1);
        }
    }
}

int64_t sleepers_first_ns(Sleepers *self)
{
    put_right(self);
    return self->n == 0 ? TIME_NEVER_NS : self->heap[1]->due_ns;
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

Sleeper *sleepers_take_due(Sleepers *self, int64_t now_ns)
{
    DueList due = { NULL, NULL };

    while (sleepers_first_ns(self) <= now_ns) {
        Sleeper *sleeper = self->heap[1];

        take_out(sleeper);
        sleepers_remove(sleeper);
        link_by_number(&due, sleeper);
    }
    return due.first;
}
