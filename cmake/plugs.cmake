# The plugs of the program. Adding a scheduler: one word here, one file in
# models/schedulers/ that ends with its table (<name>_scheduler). The order is
# the order of `hvmsim list`.
set(SCHEDULERS
    credit_3_0_3
    credit_3_1
    credit_3_4
    credit_4_17
    credit2_4_17
    round_robin
    rtds
    atropos
    sedf
    bvt
    null
    arinc653
)

# Emulated devices; the last one claims what no other does.
set(DEVICES
    pic
    pit
    apic
    rtc
    acpi
    hpet
    debug
    ide
    rtl8139
    ne2000
    serial
    vga
    audio
    ps2
    pci
    floppy
    dma
    other
)

set(PLACEMENTS
    dom0
    stub
    stub_sdom
    linux_stub
)

# Kinds of workload, one file each in workloads/sources/ (<name>_source).
set(WORKLOAD_SOURCES
    trace
    disk_pio
    disk_dma
    network
    echo
    console
    compute
    boot
    vga
    poll
    audio
    ps2
)

# Writes models/scheduler_list.h and its like: a macro call for each plug.
function(write_plug_list macro file)
    list(TRANSFORM ARGN REPLACE "(.+)" "${macro}(\\1)" OUTPUT_VARIABLE entries)
    list(JOIN entries "\n" PLUG_TABLE)
    file(CONFIGURE OUTPUT ${file} CONTENT "@PLUG_TABLE@\n" @ONLY)
endfunction()

write_plug_list(SCHEDULER models/scheduler_list.h ${SCHEDULERS})
write_plug_list(DEVICE models/device_list.h ${DEVICES})
write_plug_list(PLACEMENT models/placement_list.h ${PLACEMENTS})
write_plug_list(WORKLOAD_SOURCE workloads/source_list.h ${WORKLOAD_SOURCES})
