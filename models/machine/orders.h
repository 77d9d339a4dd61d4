/*
 * orders.h - what the toolstack is told to do while a machine runs, and when.
 *
 * Orders of one instant are carried out in their order in the list, before anything
 * else of that instant. What the hypervisor refuses changes nothing, and is announced
 * (Probe.refused).
 */
#ifndef MODELS_ORDERS_H
#define MODELS_ORDERS_H

#include "models/host/host.h"

typedef enum {
    ORDER_CREATE,
    ORDER_DESTROY,
    ORDER_PAUSE,
    ORDER_UNPAUSE,
    ORDER_ATTACH,
    ORDER_DETACH,
    ORDER_SET_PARAMETERS,
    ORDER_PIN,
} OrderVerb;

/* All borrowed for the machine's life. */
typedef struct {
    const char *name;
    OrderVerb verb;
    int64_t at_ns;
    int64_t every_ns;           /* 0: once */
    int64_t count;              /* how often at most; 0: without limit */
    const char *const *domains; /* by name, one after the other; ends with NULL */
    const char *parent;         /* ATTACH: NULL: the guest whose stub domain it is */
    SchedParams sched;          /* SET_PARAMETERS */
    PcpuMask pinning;           /* PIN; n_words 0: all */
} OrderParams;

typedef struct Machine Machine;
typedef struct Orders Orders;

/* Before the machine is sealed. */
Orders *orders_new(Machine *machine, const OrderParams *params, unsigned n);
void orders_free(Orders *orders);
/* After it. */
void orders_arm(Orders *orders);

#endif
