/*
 * vga.c - lines drawn on a standard VGA: of a text screen, or of a planar picture.
 *
 * Writes to the memory of the VGA are posted into the buffered page, one entry each,
 * and the guest goes on until the page is full. A line of text is a word for each
 * character and four port writes that move the cursor; a line of a planar picture
 * begins with the two port writes of its bit mask, and each byte is read into the
 * latches before it is written if `latch` says so. Ports and reads wait for the device
 * model. A line is a transfer of what it wrote.
 */
#include "models/devices/ports.h"
#include "workloads/burst_workload.h"
#include "workloads/distribution.h"
#include "workloads/source.h"

/* Where a colour adapter's memory is seen: words of text, bytes of a picture. */
#define TEXT_MEMORY   0xb8000
#define TEXT_CELLS    0x4000
#define PLANAR_MEMORY 0xa0000
#define PLANAR_CELLS  0x10000

#define CURSOR_HIGH 0x0e
#define CURSOR_LOW  0x0f
#define BIT_MASK    0x08

typedef enum {
    MODE_TEXT,
    MODE_PLANAR,
} Mode;

typedef struct {
    int mode;
    int64_t cells;
    bool has_latch;
    int64_t instructions;
    int64_t think_ns;
    int distribution;
} Options;

static const char *const modes[] = {
    [MODE_TEXT] = "text",
    [MODE_PLANAR] = "planar",
    NULL,
};

static const Option options[] = {
    OPTION_CHOICE_FIELD(Options, mode, "mode", "text", modes,
                        "words of a text screen, or bytes of a planar picture"),
    OPTION_INTEGER_FIELD(Options, cells, "cells", "80", 1, TEXT_CELLS,
                         "written for each line; more than 80 for a whole picture"),
    OPTION_BOOL_FIELD(Options, has_latch, "latch", "no",
                      "planar: a byte is read before it is written"),
    OPTION_INTEGER_FIELD(Options, instructions, "instructions", "2000", 0, 100000000,
                         "mean computation for each line, before it is drawn"),
    OPTION_NS_FIELD(Options, think_ns, "think", "0", 0, 3600 * NS_PER_S,
                    "mean rest after a line; 0: none"),
    OPTION_CHOICE_FIELD(Options, distribution, "distribution", "exponential",
                        distribution_names, "of the computation and of the rest"),
    { 0 },
};

static void set_register(BurstWorkload *self, uint64_t index_port, uint32_t index,
                         uint32_t value)
{
    burst_out(self, index_port, 1, index);
    burst_out(self, index_port + 1, 1, value);
}

/* The cell at that place of the line; lines follow each other, and begin again. */
static uint64_t cell_at(const BurstWorkload *self, int64_t place, uint64_t n_cells)
{
    const Options *opt = self->options;

    return (self->n_made * (uint64_t)opt->cells + (uint64_t)place) % n_cells;
}

static void draw_text(BurstWorkload *self, const Options *opt)
{
    const uint64_t first = cell_at(self, 0, TEXT_CELLS);

    for (int64_t i = 0; i < opt->cells; i++)
        burst_memory(self, TEXT_MEMORY + 2 * cell_at(self, i, TEXT_CELLS), 2, true);
    set_register(self, PORT_VGA_CRT_INDEX, CURSOR_HIGH, (uint32_t)(first >> 8 & 0xff));
    set_register(self, PORT_VGA_CRT_INDEX, CURSOR_LOW, (uint32_t)(first & 0xff));
}

static void draw_planar(BurstWorkload *self, const Options *opt)
{
    set_register(self, PORT_VGA_GRAPHICS_INDEX, BIT_MASK, 0xff);
    for (int64_t i = 0; i < opt->cells; i++) {
        const uint64_t address = PLANAR_MEMORY + cell_at(self, i, PLANAR_CELLS);

        if (opt->has_latch)
            burst_memory(self, address, 1, false);
        burst_memory(self, address, 1, true);
    }
}

static int64_t draw(const BurstWorkload *self, int64_t mean)
{
    const Options *opt = self->options;

    return distribution_draw((Distribution)opt->distribution, self->stream, mean);
}

static void make_line(BurstWorkload *self)
{
    const Options *opt = self->options;
    const bool is_text = opt->mode == MODE_TEXT;

    burst_begin(self);
    burst_compute(self, draw(self, opt->instructions));
    if (is_text)
        draw_text(self, opt);
    else
        draw_planar(self, opt);
    burst_transfer(self, is_text ? 2 * opt->cells : opt->cells);
    burst_halt(self, draw(self, opt->think_ns));
}

const WorkloadSourceOps vga_source = {
    .name = "vga",
    .summary = "lines drawn on a standard VGA, text or planar: posted writes",
    .options = options,
    .options_size = sizeof(Options),
    .make = make_line,
};
