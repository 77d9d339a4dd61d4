/*
 * ports.h - where the emulated devices of an HVM guest sit in its I/O port space.
 *
 * Workloads aim at these ports and device models claim them, so both must mean the
 * same. The legacy ports are the PC's; the two PCI bars are where this guest's
 * firmware is taken to place them.
 */
#ifndef MODELS_PORTS_H
#define MODELS_PORTS_H

/* PCI configuration mechanism 1. */
#define PORT_PCI_ADDRESS 0xcf8 /* bus, slot, function, register */
#define PORT_PCI_DATA    0xcfc /* to 0xcff */

/* Primary IDE channel (ATA). */
#define PORT_IDE_DATA             0x1f0 /* 16 bits wide, string accesses */
#define PORT_IDE_FEATURES         0x1f1
#define PORT_IDE_COUNT            0x1f2 /* sectors; 0 means 256 */
#define PORT_IDE_LBA_LOW          0x1f3
#define PORT_IDE_LBA_MID          0x1f4
#define PORT_IDE_LBA_HIGH         0x1f5
#define PORT_IDE_DEVICE           0x1f6 /* head or top LBA bits, device select */
#define PORT_IDE_COMMAND          0x1f7 /* written; read it is the status */
#define PORT_IDE_STATUS           0x1f7
#define PORT_IDE_CONTROL          0x3f6 /* written; read it is the alternate status */
#define PORT_IDE_ALTERNATE_STATUS 0x3f6

#define IDE_SECTOR_BYTES      512
#define IDE_SECTOR_WORDS      256
#define IDE_MAX_SECTORS       256 /* what a count of 0 asks for */
#define IDE_COMMAND_READ      0x20
#define IDE_COMMAND_READ_DMA  0xc8
#define IDE_COMMAND_WRITE     0x30
#define IDE_COMMAND_WRITE_DMA 0xca
#define IDE_COMMAND_IDENTIFY  0xec
#define IDE_DEVICE_LBA        0xe0 /* device 0, addressed by LBA */

/* Bus master of the primary IDE channel (PCI bar 4 of the IDE function). */
#define PORT_BUS_MASTER         0xc000
#define PORT_BUS_MASTER_LAST    0xc007
#define PORT_BUS_MASTER_COMMAND 0xc000
#define PORT_BUS_MASTER_STATUS  0xc002
#define PORT_BUS_MASTER_PRD     0xc004 /* 32 bits: the table of memory regions */

#define BUS_MASTER_START  0x01 /* in the command register */
#define BUS_MASTER_READ   0x08 /* the disk is read, memory written */
#define BUS_MASTER_ACTIVE 0x01 /* in the status register */
#define BUS_MASTER_ERROR  0x02
#define BUS_MASTER_IRQ    0x04 /* written 1 to clear */

/* RTL8139, its I/O bar. */
#define PORT_NIC              0xc100
#define PORT_NIC_LAST         0xc1ff
#define PORT_NIC_TX_STATUS    0xc110 /* four, 4 bytes apart: size written, sends */
#define PORT_NIC_TX_ADDRESS   0xc120 /* four, 4 bytes apart */
#define PORT_NIC_COMMAND      0xc137
#define PORT_NIC_READ_POINTER 0xc138 /* CAPR: up to where the guest has read */
#define PORT_NIC_IRQ_MASK     0xc13c
#define PORT_NIC_IRQ_STATUS   0xc13e /* written 1s clear */
#define NIC_TX_DESCRIPTORS    4
#define NIC_TX_SIZE_MASK      0x1fff /* of a write to the transmit status */
#define NIC_IRQ_RX_OK         0x0001
#define NIC_IRQ_TX_OK         0x0004

/* First serial port (16550). */
#define PORT_SERIAL             0x3f8
#define PORT_SERIAL_DATA        0x3f8
#define PORT_SERIAL_LINE_STATUS 0x3fd
#define PORT_SERIAL_LAST        0x3ff

/* VGA: its memory, pictures first; index registers, each followed by its data. */
#define VGA_MEMORY              0xa0000
#define VGA_TEXT                0xb0000
#define VGA_MEMORY_LAST         0xbffff
#define PORT_VGA_GRAPHICS_INDEX 0x3ce
#define PORT_VGA_CRT_INDEX      0x3d4

/* ES1370 sound card, its I/O bar. */
#define PORT_AUDIO             0xc200
#define PORT_AUDIO_LAST        0xc23f
#define PORT_AUDIO_STATUS      0xc204 /* why it interrupts */
#define PORT_AUDIO_MEMORY_PAGE 0xc20c /* which registers show up from 0x30 on */
#define PORT_AUDIO_SERIAL      0xc220 /* interrupts of the converters, on and off */
#define PORT_AUDIO_FRAME_SIZE  0xc23c /* of DAC 2: up to where it has played */
#define AUDIO_INTERRUPT_ENABLE 0x0200 /* of DAC 2; written 0 acknowledges */
#define AUDIO_PAGE_OF_DAC      0x0c

/* NE2000, an ISA card; its registers on page 0. */
#define PORT_NE2000_COMMAND        0x300
#define PORT_NE2000_BOUNDARY       0x303 /* of the receive ring: read up to there */
#define PORT_NE2000_TX_PAGE        0x304 /* written; read it is the status */
#define PORT_NE2000_TX_STATUS      0x304
#define PORT_NE2000_TX_COUNT_LOW   0x305
#define PORT_NE2000_TX_COUNT_HIGH  0x306
#define PORT_NE2000_IRQ_STATUS     0x307 /* written 1s clear */
#define PORT_NE2000_CURRENT        0x307 /* on page 1: filled up to there */
#define PORT_NE2000_DMA_LOW        0x308 /* where in its memory the data port goes on */
#define PORT_NE2000_DMA_HIGH       0x309
#define PORT_NE2000_DMA_BYTES_LOW  0x30a
#define PORT_NE2000_DMA_BYTES_HIGH 0x30b
#define PORT_NE2000_DATA           0x310 /* 16 bits wide, string accesses */
#define PORT_NE2000_LAST           0x31f

#define NE2000_PAGE_MASK 0xc0 /* of the command register */
#define NE2000_PAGE_1    0x40
#define NE2000_TRANSMIT  0x04
#define NE2000_WRITE     0x12 /* remote DMA to the card, running */
#define NE2000_READ      0x0a
#define NE2000_RUN       0x22 /* no remote DMA, running */
#define NE2000_IRQ_RX    0x01
#define NE2000_IRQ_TX    0x02
#define NE2000_IRQ_DMA   0x40 /* remote DMA is complete */

/* Keyboard and mouse. */
#define PORT_PS2_DATA    0x60
#define PORT_PS2_STATUS  0x64 /* read; written it is a command */
#define PS2_OUTPUT_FULL  0x01
#define PS2_KEY_RELEASED 0x80 /* in the second byte of a stroke */

/* Real-time clock and CMOS memory: an index, its data. */
#define PORT_CMOS_INDEX 0x70
#define PORT_CMOS_DATA  0x71

/* ACPI PM1a events and PM timer, where the firmware of Xen 3.1 and of 4.17 puts them.
 */
#define PORT_PM1A_3_1      0x1f40
#define PORT_PM_TIMER_3_1  0x1f48
#define PORT_PM1A_4_17     0xb000
#define PORT_PM_TIMER_4_17 0xb008

#endif
