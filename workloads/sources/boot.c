/*
 * boot.c - a guest boots, once: firmware, boot loader, kernel, files of its programs.
 *
 * What costs time in a boot under emulation is said by the devices, phase by phase:
 *  - firmware: the keyboard controller, CMOS, a scan of the PCI slots, IDENTIFY;
 *  - boot loader: kernel and initial disk by programmed I/O;
 *  - kernel: a longer scan, the disk probed again, faults on fresh pages, and a line on
 *    the serial console now and then;
 *  - programs: files by DMA.
 * The whole boot is one transfer of all that it read, so its time is the latency of
 * that transfer; then the guest has nothing left to do.
 */
#include "models/devices/ports.h"
#include "workloads/device_access.h"
#include "workloads/distribution.h"
#include "workloads/source.h"

#define PCI_SLOTS              32
#define PCI_SLOTS_USED         5  /* host bridge, IDE and ISA, VGA, platform, network */
#define PCI_HEADER_REGISTERS   16 /* read of a slot in use */
#define PIECE_SECTORS          64 /* read by one command */
#define PIECE_BYTES            ((int64_t)PIECE_SECTORS * IDE_SECTOR_BYTES)
#define CHARACTER_INSTRUCTIONS 50
#define LINE_CHARACTERS        60
#define PROBE_POLLS            20 /* of the status, while the disk resets */

#define CMOS_CELLS 64

typedef struct {
    int64_t loader_bytes;
    int64_t file_bytes;
    int64_t lines;
    int64_t faults;
    int64_t instructions;
} Options;

static const Option options[] = {
    OPTION_BYTES_FIELD(Options, loader_bytes, "kernel", "4MiB", 0, INT64_C(1) << 30,
                       "read by the boot loader, by programmed I/O"),
    OPTION_BYTES_FIELD(Options, file_bytes, "files", "16MiB", 0, INT64_C(1) << 30,
                       "read by the kernel and its programs, by DMA"),
    OPTION_INTEGER_FIELD(Options, lines, "lines", "100", 0, 100000,
                         "of 60 characters on the serial console"),
    OPTION_INTEGER_FIELD(Options, faults, "faults", "20000", 0, 100000000,
                         "page faults that Xen serves, over the lines and files"),
    OPTION_INTEGER_FIELD(Options, instructions, "instructions", "2000000000", 0,
                         INT64_C(1000000000000),
                         "computed in all, over the lines and files"),
    { 0 },
};

/* The steps of a boot: one burst each, in this order. */
typedef struct {
    int64_t firmware, loader, probe, lines, files; /* how many of each */
} Plan;

static int64_t pieces(int64_t bytes)
{
    return (bytes + PIECE_BYTES - 1) / PIECE_BYTES;
}

static Plan plan_of(const Options *opt)
{
    return (Plan){
        .firmware = 1,
        .loader = pieces(opt->loader_bytes),
        .probe = 1,
        .lines = opt->lines,
        .files = pieces(opt->file_bytes),
    };
}

static void scan_pci(BurstWorkload *self, unsigned n_registers)
{
    for (unsigned slot = 0; slot < PCI_SLOTS; slot++) {
        const unsigned n = slot < PCI_SLOTS_USED ? n_registers : 1;

        for (unsigned reg = 0; reg < n; reg++)
            pci_read(self, slot, reg);
    }
}

static void identify_disk(BurstWorkload *self)
{
    burst_out(self, PORT_IDE_DEVICE, 1, IDE_DEVICE_LBA);
    for (unsigned i = 0; i < PROBE_POLLS; i++)
        burst_in(self, PORT_IDE_STATUS, 1);
    burst_out(self, PORT_IDE_COMMAND, 1, IDE_COMMAND_IDENTIFY);
    burst_in(self, PORT_IDE_STATUS, 1);
    burst_string(self, PORT_IDE_DATA, 2, IDE_SECTOR_WORDS, false);
}

static void run_firmware(BurstWorkload *self)
{
    burst_begin(self);
    for (unsigned i = 0; i < PROBE_POLLS; i++)
        burst_in(self, PORT_PS2_STATUS, 1);
    for (uint32_t cell = 0; cell < CMOS_CELLS; cell++) {
        burst_out(self, PORT_CMOS_INDEX, 1, cell);
        burst_in(self, PORT_CMOS_DATA, 1);
    }
    scan_pci(self, PCI_HEADER_REGISTERS / 2);
    identify_disk(self);
}

static void load_piece(BurstWorkload *self, int64_t piece)
{
    ide_prepare(self, (uint32_t)(piece * PIECE_SECTORS) % DISK_SECTORS, PIECE_SECTORS);
    ide_run_pio(self, PIECE_SECTORS, false, 1);
}

static void probe_devices(BurstWorkload *self)
{
    for (unsigned i = 0; i < PROBE_POLLS; i++)
        burst_exit(self, EXIT_CPUID);
    scan_pci(self, PCI_HEADER_REGISTERS);
    identify_disk(self);
}

/* Its part of the faults and of the computation, which comes between them. */
static void compute_part(BurstWorkload *self, const Options *opt, const Plan *plan)
{
    const int64_t n_parts = plan->lines + plan->files;
    const int64_t faults = opt->faults / n_parts;
    const int64_t instructions = distribution_draw(
        DISTRIBUTION_EXPONENTIAL, self->stream, opt->instructions / n_parts);

    for (int64_t i = 0; i < faults; i++) {
        burst_compute(self, instructions / (faults + 1));
        burst_exit(self, EXIT_PAGE_FAULT);
    }
    burst_compute(self, instructions / (faults + 1));
}

static void read_file(BurstWorkload *self)
{
    const uint32_t lba =
        (uint32_t)gsl_rng_uniform_int(self->stream, DISK_SECTORS - PIECE_SECTORS);

    ide_prepare_dma(self, lba, PIECE_SECTORS, false);
    ide_run_dma(self, false);
}

static void make_step(BurstWorkload *self)
{
    const Options *opt = self->options;
    const Plan plan = plan_of(opt);
    int64_t step = (int64_t)self->n_made;

    if (step < plan.firmware) {
        run_firmware(self);
        return;
    }
    step -= plan.firmware;
    if (step < plan.loader) {
        load_piece(self, step);
        return;
    }
    step -= plan.loader;
    if (step < plan.probe) {
        probe_devices(self);
        return;
    }
    step -= plan.probe;
    if (step < plan.lines + plan.files)
        compute_part(self, opt, &plan);
    if (step < plan.lines)
        serial_print(self, LINE_CHARACTERS, CHARACTER_INSTRUCTIONS);
    else if (step < plan.lines + plan.files)
        read_file(self);
    else if (step == plan.lines + plan.files)
        burst_transfer(self, (plan.loader + plan.files) * PIECE_BYTES);
    else
        burst_end(self);
}

const WorkloadSourceOps boot_source = {
    .name = "boot",
    .summary = "a guest boots, once: firmware, boot loader, kernel, programs",
    .options = options,
    .options_size = sizeof(Options),
    .make = make_step,
};
