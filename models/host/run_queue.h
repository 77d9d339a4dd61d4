/*
 * run_queue.h - an intrusive doubly linked ring, as Xen's schedulers queue vCPUs.
 *
 * A ring's head is a node of its own; an unlinked node points at itself. Nodes live
 * inside the state of what they queue, so queueing allocates nothing.
 */
#ifndef MODELS_SCHEDULERS_RUN_QUEUE_H
#define MODELS_SCHEDULERS_RUN_QUEUE_H

#include <stdbool.h>
#include <stddef.h>

typedef struct RingNode RingNode;

struct RingNode {
    RingNode *prev, *next;
};

/* The struct of this type around a node that is its member. */
#define RING_OWNER(node, Type, member)                                                 \
    ((Type *)(void *)((char *)(node)-offsetof(Type, member)))

/* For a head: the ring is empty. For a member: it is in no ring. */
static inline void ring_init(RingNode *node)
{
    node->prev = node;
    node->next = node;
}

static inline bool ring_is_linked(const RingNode *node)
{
    return node->next != node;
}

static inline bool ring_is_empty(const RingNode *head)
{
    return head->next == head;
}

static inline void ring_insert_before(RingNode *place, RingNode *node)
{
    node->prev = place->prev;
    node->next = place;
    place->prev->next = node;
    place->prev = node;
}

static inline void ring_push_front(RingNode *head, RingNode *node)
{
    ring_insert_before(head->next, node);
}

static inline void ring_push_back(RingNode *head, RingNode *node)
{
    ring_insert_before(head, node);
}

static inline void ring_remove(RingNode *node)
{
    node->prev->next = node->next;
    node->next->prev = node->prev;
    ring_init(node);
}

#endif
