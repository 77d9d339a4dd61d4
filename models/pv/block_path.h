/*
 * block_path.h - blkfront, its ring, and blkback: how a PV kernel reaches the disk of
 * another domain.
 *
 * A transfer goes as requests of so many segments of 4 KiB, each a place of the ring;
 * what finds no place waits in the front end. The back end is a kernel thread of its
 * own for each device. It sleeps when the ring is empty, and only then does the front
 * end send it an event (Xen 3.x, drivers/xen/blkback).
 *
 * Who drives the front end (a stub domain, a guest, a kernel) pays for what it does
 * there, and tells how it is notified.
 */
#ifndef MODELS_PV_BLOCK_PATH_H
#define MODELS_PV_BLOCK_PATH_H

#include "models/physical/physical.h"

#define BLOCK_SEGMENT_BYTES 4096

typedef struct BlockPath BlockPath;

typedef struct {
    int64_t bytes;  /* above 0 */
    int64_t sector; /* of the image */
    bool is_write;
    /* The front end has taken the last response. */
    void (*complete)(void *owner, int64_t now_ns);
    void *owner;
    /* The path's. */
    RingNode node;
    int64_t begun_bytes;
    unsigned n_under_way;
    bool is_pending;
} BlockTransfer;

typedef struct {
    Kernel *kernel;       /* the back end's */
    PhysicalDevice *disk; /* NULL: the image lies in the back end's memory */
    int64_t first_sector; /* of the image, on the disk */
    unsigned n_places;    /* of the ring, a power of 2 */
    unsigned n_segments;  /* of a request at most */
    int64_t backend_ns;   /* to map and submit a request, and again to complete it */
    int64_t wake_ns;      /* the handler of the front end's event */
    Domain *run_for;      /* on whose behalf */
    /* The back end's event for the front end, which then takes the responses. */
    void (*notify)(void *front_end, int64_t now_ns);
    void *front_end;
} BlockPathParams;

BlockPath *block_path_new(const BlockPathParams *params);
void block_path_free(BlockPath *path);

/* The front end's side. */

/* How many requests a transfer takes. */
unsigned block_path_requests(const BlockPath *path, int64_t bytes);
/* The transfer must not be pending, and stays where it is until it completes. True: the
 * back end sleeps, and must be sent an event. */
bool block_path_submit(BlockPath *path, BlockTransfer *transfer);
void block_path_notify(BlockPath *path);
/* Takes one response if there is any. */
void block_path_take_response(BlockPath *path, int64_t now_ns);
/* How many there are. */
unsigned block_path_n_responses(const BlockPath *path);
/* All have been taken: the next one shall bring an event. */
void block_path_await(BlockPath *path);
/* Gives places that have become free to transfers that wait. True: the back end sleeps,
 * and must be sent an event. */
bool block_path_refill(BlockPath *path);

/* The front end's domain is destroyed: its transfers are forgotten, and the back end
 * finishes what it has begun. When that has ended, the path may be opened again. */
void block_path_close(BlockPath *path);
bool block_path_has_ended(const BlockPath *path);
void block_path_open(BlockPath *path);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(BlockPath, block_path_free)

#endif
