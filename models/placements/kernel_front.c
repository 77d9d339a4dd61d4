#include "models/placements/kernel_front.h"

#include "models/machine/back_ends.h"

struct KernelFront {
    Kernel *kernel;
    Arrivals *network; /* the card, without a ring in between */
    BlockPath *block;  /* NULL: this kernel has the disk, or there is none */
    NetPath *net;      /* NULL: it has the card */
    FrontReceive receive;
    void *owner;
    int64_t frontend_ns, hypercall_ns; /* for one request or frame; for its event */
    int64_t owed_ns; /* of its kernel's time: events for places that became free */
    unsigned block_port, net_port;
    bool is_block_closed;
};

bool kernel_front_has_block(const KernelFront *front)
{
    return front->block != NULL;
}

int64_t kernel_front_block_ns(const KernelFront *front)
{
    return front->block ? front->frontend_ns + front->hypercall_ns : 0;
}

int64_t kernel_front_net_ns(const KernelFront *front)
{
    return front->net ? front->frontend_ns + front->hypercall_ns : 0;
}

/* Disk. */

int64_t kernel_front_submit(KernelFront *front, BlockTransfer *transfer)
{
    const unsigned n_requests = block_path_requests(front->block, transfer->bytes);

    if (block_path_submit(front->block, transfer))
        block_path_notify(front->block);
    return (n_requests - 1) * front->frontend_ns;
}

int64_t kernel_front_take_owed_ns(KernelFront *front)
{
    const int64_t owed_ns = front->owed_ns;

    front->owed_ns = 0;
    return owed_ns;
}

static void notified_of_block(void *front_end, int64_t now_ns G_GNUC_UNUSED)
{
    const KernelFront *front = front_end;

    kernel_send(front->kernel, front->block_port);
}

/* The handler's time is for one response; it comes again for the next. */
static void handle_block(void *owner, int64_t now_ns)
{
    KernelFront *front = owner;

    block_path_take_response(front->block, now_ns);
    if (block_path_refill(front->block)) {
        front->owed_ns += front->hypercall_ns;
        block_path_notify(front->block);
    }
    if (block_path_n_responses(front->block) > 0)
        kernel_send(front->kernel, front->block_port);
    else
        block_path_await(front->block);
}

/* Network. */

void kernel_front_send(KernelFront *front, int64_t bytes)
{
    if (!front->net) {
        arrivals_send(front->network, bytes);
        return;
    }
    net_path_take_responses(front->net);
    if (net_path_has_place(front->net) && net_path_send(front->net, bytes))
        net_path_notify(front->net);
}

void kernel_front_receive(KernelFront *front, int64_t now_ns)
{
    if (front->net)
        net_path_receive(front->net);
    else
        front->receive(front->owner, now_ns);
}

static void notified_of_net(void *front_end, int64_t now_ns G_GNUC_UNUSED)
{
    const KernelFront *front = front_end;

    kernel_send(front->kernel, front->net_port);
}

static void handle_net(void *owner, int64_t now_ns)
{
    KernelFront *front = owner;

    net_path_take_responses(front->net);
    if (net_path_take_frame(front->net))
        front->receive(front->owner, now_ns);
    if (net_path_n_frames(front->net) > 0)
        kernel_send(front->kernel, front->net_port);
    else
        net_path_await_frames(front->net);
}

/* Life. */

void kernel_front_close(KernelFront *front, bool with_kernel)
{
    if (front->net)
        net_path_close(front->net);
    front->owed_ns = 0;
    front->is_block_closed = with_kernel && front->block;
    if (front->is_block_closed)
        block_path_close(front->block);
}

bool kernel_front_has_ended(const KernelFront *front)
{
    return !front->is_block_closed || block_path_has_ended(front->block);
}

void kernel_front_open(KernelFront *front)
{
    if (front->is_block_closed)
        block_path_open(front->block);
    front->is_block_closed = false;
}

/* Building. */

static unsigned open_port(KernelFront *front, EventHandler handle, Domain *guest)
{
    return kernel_open_port(front->kernel,
                            &(EventPort){ .handle = handle,
                                          .owner = front,
                                          .handler_ns = front->frontend_ns,
                                          .run_for = guest });
}

KernelFront *kernel_front_new(Machine *machine, Kernel *kernel, Domain *guest,
                              FrontReceive receive, void *owner)
{
    KernelFront *front = g_new0(KernelFront, 1);

    machine_own(machine, front, g_free);
    front->kernel = kernel;
    front->network = machine->network;
    front->receive = receive;
    front->owner = owner;
    front->frontend_ns = cost_ns(machine->profile, COST_FRONTEND);
    front->hypercall_ns = cost_ns(machine->profile, COST_HYPERCALL);
    if (machine->disk && machine->disk_kernel != kernel) {
        front->block_port = open_port(front, handle_block, guest);
        front->block = machine_add_block_path(machine, guest, notified_of_block, front);
    }
    if (machine->nic_kernel != kernel) {
        front->net_port = open_port(front, handle_net, guest);
        front->net = machine_add_net_path(machine, guest, notified_of_net, front);
    }
    return front;
}
