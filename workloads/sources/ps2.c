/*
 * ps2.c - a user at the keyboard or the mouse.
 *
 * A key sends a byte when it is pressed and one when it is released; a mouse that moves
 * sends packets of three. Each byte brings an interrupt, whose handler reads the status
 * of the controller and then the byte: two accesses that wait for the device model, the
 * second of which lets the interrupt line down. The bytes of a packet follow at once:
 * the next one is pending when the handler of the last returns, an exit for Xen alone.
 * Then the guest does what the key or the movement is for. A byte or packet is a
 * transfer, from its interrupt on; what brings it to qemu-dm is not modelled.
 */
#include "models/devices/ports.h"
#include "workloads/burst_workload.h"
#include "workloads/source.h"

#define PACKET_BYTES 3

typedef enum {
    PS2_KEYBOARD,
    PS2_MOUSE,
} Ps2Device;

typedef struct {
    int device; /* Ps2Device */
    int64_t interval_ns;
    int interval_distribution;
    int64_t hold_ns;
    int64_t instructions;
} Options;

static const char *const devices[] = {
    [PS2_KEYBOARD] = "keyboard",
    [PS2_MOUSE] = "mouse",
    NULL,
};

static const Option options[] = {
    OPTION_CHOICE_FIELD(Options, device, "device", "keyboard", devices,
                        "which one is used"),
    OPTION_NS_FIELD(Options, interval_ns, "interval", "200ms", 1, 3600 * NS_PER_S,
                    "mean time from a key's release to the next key, or from a packet "
                    "of the mouse to the next"),
    OPTION_CHOICE_FIELD(Options, interval_distribution, "interval-distribution",
                        "exponential", distribution_names, "of that time"),
    OPTION_NS_FIELD(Options, hold_ns, "hold", "80ms", 1, 3600 * NS_PER_S,
                    "time for which a key is held down"),
    OPTION_INTEGER_FIELD(Options, instructions, "instructions", "50000", 0, 100000000,
                         "computed for a key that is pressed, or for a packet"),
    { 0 },
};

static void take_byte(BurstWorkload *self)
{
    burst_in(self, PORT_PS2_STATUS, 1);
    burst_in(self, PORT_PS2_DATA, 1);
}

static void take_bytes(BurstWorkload *self, unsigned n)
{
    take_byte(self);
    for (unsigned i = 1; i < n; i++) {
        burst_exit(self, EXIT_INTERRUPT_WINDOW);
        take_byte(self);
    }
}

/* What the interrupt that ends the wait brings. */
static void make_input(BurstWorkload *self, unsigned n_bytes, int64_t instructions)
{
    burst_begin(self);
    take_bytes(self, n_bytes);
    burst_compute(self, instructions);
    burst_transfer(self, n_bytes);
}

static void make_packet(BurstWorkload *self, const Options *opt)
{
    burst_rest(self, opt->interval_distribution, opt->interval_ns);
    make_input(self, PACKET_BYTES, opt->instructions);
}

static void make_stroke(BurstWorkload *self, const Options *opt)
{
    burst_rest(self, opt->interval_distribution, opt->interval_ns);
    make_input(self, 1, opt->instructions);
    burst_halt(self, opt->hold_ns);
    make_input(self, 1, 0);
}

static void make_burst(BurstWorkload *self)
{
    const Options *opt = self->options;

    if (opt->device == PS2_MOUSE)
        make_packet(self, opt);
    else
        make_stroke(self, opt);
}

const WorkloadSourceOps ps2_source = {
    .name = "ps2",
    .summary = "a user at a PS/2 keyboard or mouse: status and data for each byte",
    .options = options,
    .options_size = sizeof(Options),
    .make = make_burst,
};
