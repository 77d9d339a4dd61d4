#include "models/host/run_queue.h"

#include <glib.h>
#include <stdint.h>

typedef struct {
    RingNode queued, due;
    int64_t deadline;
    uint32_t level;
} Item;

typedef struct {
    RingNode queue, due;
} Heads;

static void add_items(RingNode *head, Item *items, unsigned n)
{
    ring_init(head);
    for (unsigned i = 0; i < n; i++) {
        items[i] = (Item){ .deadline = i };
        ring_init(&items[i].queued);
        ring_init(&items[i].due);
        ring_push_back(head, &items[i].due);
    }
}

static void test_order(void)
{
    RingNode head;
    Item items[3];
    int64_t expected = 0;

    add_items(&head, items, 3);
    for (RingNode *node = head.next; node != &head; node = node->next)
        g_assert_cmpint(RING_OWNER(node, Item, due)->deadline, ==, expected++);
    g_assert_cmpint(expected, ==, 3);
    ring_remove(&items[1].due);
    ring_push_front(&head, &items[1].due);
    g_assert_true(head.next == &items[1].due && head.prev == &items[2].due);
}

static void test_links(void)
{
    RingNode head;
    Item items[1];

    add_items(&head, items, 1);
    g_assert_true(ring_is_linked(&items[0].due) && !ring_is_empty(&head));
    ring_remove(&items[0].due);
    g_assert_true(!ring_is_linked(&items[0].due) && ring_is_empty(&head));
}

static bool is_before(const Item *a, const Item *b)
{
    return a->level != b->level ? a->level < b->level : a->deadline < b->deadline;
}

static void insert(RingNode *head, Item *item)
{
    RingNode *node = head->next;

    while (node != head && !is_before(item, RING_OWNER(node, Item, due)))
        node = node->next;
    ring_insert_before(node, &item->due);
}

static void insert_again(Heads *heads, Item *item)
{
    RingNode *node = heads->due.next;

    while (node != &heads->due && !is_before(item, RING_OWNER(node, Item, due)))
        node = node->next;
    ring_insert_before(node, &item->due);
}

static void __attribute__((noinline)) postpone_all(Heads *heads, int64_t now)
{
    RingNode done;

    ring_init(&done);
    while (!ring_is_empty(&heads->due)) {
        Item *item = RING_OWNER(heads->due.next, Item, due);

        if (now < item->deadline)
            break;
        ring_remove(&item->due);
        item->deadline += 10;
        ring_push_front(&done, &item->due);
        if (ring_is_linked(&item->queued))
            insert(&heads->queue, item);
    }
    while (!ring_is_empty(&done)) {
        Item *item = RING_OWNER(done.next, Item, due);

        ring_remove(&item->due);
        insert_again(heads, item);
    }
}

/* gcc 12 at -O2 with strict aliasing postpones the first item only. */
static void test_a_loop_sees_its_own_removals(void)
{
    Heads heads;
    Item items[2];

    ring_init(&heads.queue);
    add_items(&heads.due, items, 2);
    postpone_all(&heads, 5);
    g_assert_cmpint(items[0].deadline, ==, 10);
    g_assert_cmpint(items[1].deadline, ==, 11);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/run-queue/members keep their order", test_order);
    g_test_add_func("/run-queue/a node knows whether it is linked", test_links);
    g_test_add_func("/run-queue/a loop sees its own removals",
                    test_a_loop_sees_its_own_removals);
    return g_test_run();
}
