/*
 * net_path.h - netfront, its transmit ring, and netback: how a PV kernel's frames reach
 * the network card of another domain.
 *
 * The back end is a tasklet: it handles one frame after the other above all tasks, and
 * schedules itself again while there are more. The front end hears of frames that have
 * gone only when half of those under way have (Linux 2.6.18, drivers/xen/netfront).
 */
#ifndef MODELS_PV_NET_PATH_H
#define MODELS_PV_NET_PATH_H

#include "models/physical.h"

typedef struct NetPath NetPath;

typedef struct {
    Kernel *kernel; /* the back end's */
    PhysicalDevice *nic;
    unsigned n_places;  /* of the ring, a power of 2 */
    int64_t backend_ns; /* to pass on a frame */
    Domain *run_for;    /* on whose behalf */
    /* The back end's event for the front end, which then takes the responses. */
    void (*notify)(void *front_end, int64_t now_ns);
    void *front_end;
} NetPathParams;

NetPath *net_path_new(const NetPathParams *params);
void net_path_free(NetPath *path);

/* The front end's side. Without a place it has to wait until it is notified. */
bool net_path_has_place(const NetPath *path);
/* True: the back end must be sent an event. */
bool net_path_send(NetPath *path, int64_t bytes);
void net_path_notify(NetPath *path);
unsigned net_path_n_responses(const NetPath *path);
/* Takes all responses: how many. */
unsigned net_path_take_responses(NetPath *path);

/* The front end's domain is destroyed, and its frames are lost. */
void net_path_close(NetPath *path);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(NetPath, net_path_free)

#endif
