/*
 * net_path.h - netfront, its two rings, and netback: how a PV kernel's frames reach the
 * network card of another domain, and others' frames reach it.
 *
 * The back end is a tasklet that all paths of a kernel share: it handles one frame
 * after the other above all tasks, a path's next one after those of the others. The
 * front end hears of frames that have gone only when half of those under way have
 * (Linux 2.6.18, drivers/xen/netfront). It keeps the receive ring filled with buffers;
 * who hands frames on for it sees to it that there are no more than places
 * (arrivals.h).
 */
#ifndef MODELS_PV_NET_PATH_H
#define MODELS_PV_NET_PATH_H

#include "models/physical/physical.h"

typedef struct NetPath NetPath;

/* The work of a kernel's tasklet; begins with ring_init. */
typedef struct {
    RingNode queue;
} Netback;

typedef struct {
    Kernel *kernel;   /* the back end's, */
    Netback *netback; /* and its tasklet */
    /* A frame leaves the back end for the card. */
    void (*forward)(void *network, int64_t bytes);
    void *network;
    unsigned n_places;  /* of each ring, a power of 2 */
    int64_t backend_ns; /* to pass on a frame */
    Domain *run_for;    /* on whose behalf */
    /* The back end's event for the front end, which then takes responses and frames. */
    void (*notify)(void *front_end, int64_t now_ns);
    void *front_end;
} NetPathParams;

NetPath *net_path_new(const NetPathParams *params);
void net_path_free(NetPath *path);

/* The front end's side. Without a place it has to wait until it is notified. */
bool net_path_has_place(const NetPath *path);
/* Needs a free place. True: the back end must be sent an event. */
bool net_path_send(NetPath *path, int64_t bytes);
void net_path_notify(NetPath *path);
unsigned net_path_n_responses(const NetPath *path);
/* Takes all responses: how many. From then on the next event is due when half of the
 * frames under way have gone. */
unsigned net_path_take_responses(NetPath *path);

/* The front end's domain is destroyed, and its frames are lost. */
void net_path_close(NetPath *path);

/* Takes one frame that has come; false: there is none. */
bool net_path_take_frame(NetPath *path);
unsigned net_path_n_frames(const NetPath *path);
/* All have been taken: the next one shall bring an event. */
void net_path_await_frames(NetPath *path);

/* On the back end's kernel: a frame for the front end has come to its bridge. */
void net_path_receive(NetPath *path);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(NetPath, net_path_free)

#endif
