/*
 * kernel_front.h - blkfront and netfront in a Linux kernel whose qemu-dm serves a
 * guest: a stub domain's, or dom0's if a driver domain has the device.
 *
 * A kernel that drives the device itself uses it without them.
 */
#ifndef MODELS_KERNEL_FRONT_H
#define MODELS_KERNEL_FRONT_H

#include "models/machine/machine_internal.h"
#include "models/pv/block_path.h"

typedef struct KernelFront KernelFront;

/* Told by the kernel's handler: a frame for the guest can be read. */
typedef void (*FrontReceive)(void *owner, int64_t now_ns);

/* For the guest that is being added; the machine owns it. */
KernelFront *kernel_front_new(Machine *machine, Kernel *kernel, Domain *guest,
                              FrontReceive receive, void *owner);

/* Whether the disk is another domain's. */
bool kernel_front_has_block(const KernelFront *front);
/* From code that the kernel runs. The transfer is as in block_path.h. What it costs who
 * asks, beyond one request and its event: 0 if it takes no more. */
int64_t kernel_front_submit(KernelFront *front, BlockTransfer *transfer);

/* A frame goes to the card, by the ring if the card is another domain's; one that finds
 * the ring full is dropped, as by a bridge. */
void kernel_front_send(KernelFront *front, int64_t bytes);
/* On the card's kernel: a frame for the guest has come to its bridge. */
void kernel_front_receive(KernelFront *front, int64_t now_ns);

/* The guest is destroyed: its frames are lost, and with_kernel the front end's kernel
 * is gone as well, with what it had asked of the disk; the back end finishes what it
 * has begun. When that has ended, the front may be opened for another life. */
void kernel_front_close(KernelFront *front, bool with_kernel);
bool kernel_front_has_ended(const KernelFront *front);
void kernel_front_open(KernelFront *front);

/* What a transfer of one request, or a frame, costs the kernel beside its system call,
 * with its event: 0 without a ring. */
int64_t kernel_front_block_ns(const KernelFront *front);
int64_t kernel_front_net_ns(const KernelFront *front);
/* What events have cost since it was asked last to which places that became free have
 * led: for the next run of the process. */
int64_t kernel_front_take_owed_ns(KernelFront *front);

#endif
