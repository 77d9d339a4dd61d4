/*
 * pcpu_mask.h - a set of physical CPUs, up to PCPUS_MAX.
 *
 * A mask knows how many 64-bit words its host uses, so a small host pays for one
 * word and a host of 1,024 pCPUs for sixteen. All masks of one host have the
 * same size; operations on masks of different sizes are a programmer's error.
 */
#ifndef MODELS_PCPU_MASK_H
#define MODELS_PCPU_MASK_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define PCPUS_MAX 1024u
#define PCPU_NONE UINT32_MAX

typedef struct {
    uint32_t n_words;
    uint64_t words[PCPUS_MAX / 64];
} PcpuMask;

/* Empty, and big enough for pCPUs 0 to n_pcpus - 1. */
static inline void mask_init(PcpuMask *mask, unsigned n_pcpus)
{
    g_assert(n_pcpus > 0 && n_pcpus <= PCPUS_MAX);
    memset(mask, 0, sizeof *mask);
    mask->n_words = (n_pcpus + 63) / 64;
}

static inline void mask_add(PcpuMask *mask, unsigned pcpu)
{
    mask->words[pcpu / 64] |= UINT64_C(1) << (pcpu % 64);
}

static inline void mask_remove(PcpuMask *mask, unsigned pcpu)
{
    mask->words[pcpu / 64] &= ~(UINT64_C(1) << (pcpu % 64));
}

static inline bool mask_has(const PcpuMask *mask, unsigned pcpu)
{
    return mask->words[pcpu / 64] >> (pcpu % 64) & 1;
}

static inline void mask_clear(PcpuMask *mask)
{
    for (uint32_t i = 0; i < mask->n_words; i++)
        mask->words[i] = 0;
}

static inline void mask_copy(PcpuMask *to, const PcpuMask *from)
{
    to->n_words = from->n_words;
    for (uint32_t i = 0; i < from->n_words; i++)
        to->words[i] = from->words[i];
}

static inline void mask_and(PcpuMask *to, const PcpuMask *a, const PcpuMask *b)
{
    to->n_words = a->n_words;
    for (uint32_t i = 0; i < a->n_words; i++)
        to->words[i] = a->words[i] & b->words[i];
}

static inline void mask_or(PcpuMask *to, const PcpuMask *a, const PcpuMask *b)
{
    to->n_words = a->n_words;
    for (uint32_t i = 0; i < a->n_words; i++)
        to->words[i] = a->words[i] | b->words[i];
}

/* to = a without b */
static inline void mask_without(PcpuMask *to, const PcpuMask *a, const PcpuMask *b)
{
    to->n_words = a->n_words;
    for (uint32_t i = 0; i < a->n_words; i++)
        to->words[i] = a->words[i] & ~b->words[i];
}

static inline bool mask_is_empty(const PcpuMask *mask)
{
    for (uint32_t i = 0; i < mask->n_words; i++)
        if (mask->words[i])
            return false;
    return true;
}

static inline bool mask_equals(const PcpuMask *a, const PcpuMask *b)
{
    return memcmp(a->words, b->words, a->n_words * sizeof a->words[0]) == 0;
}

static inline bool mask_intersects(const PcpuMask *a, const PcpuMask *b)
{
    for (uint32_t i = 0; i < a->n_words; i++)
        if (a->words[i] & b->words[i])
            return true;
    return false;
}

/* All of a are in b. */
static inline bool mask_is_subset(const PcpuMask *a, const PcpuMask *b)
{
    for (uint32_t i = 0; i < a->n_words; i++)
        if (a->words[i] & ~b->words[i])
            return false;
    return true;
}

static inline unsigned mask_count(const PcpuMask *mask)
{
    unsigned count = 0;

    for (uint32_t i = 0; i < mask->n_words; i++)
        count += (unsigned)__builtin_popcountll(mask->words[i]);
    return count;
}

/* The lowest member, or PCPU_NONE. */
static inline unsigned mask_first(const PcpuMask *mask)
{
    for (uint32_t i = 0; i < mask->n_words; i++)
        if (mask->words[i])
            return i * 64 + (unsigned)__builtin_ctzll(mask->words[i]);
    return PCPU_NONE;
}

/* The lowest member above pcpu, or PCPU_NONE. From PCPU_NONE, which is 0 - 1, it starts
 * at pCPU 0. */
static inline unsigned mask_next(const PcpuMask *mask, unsigned pcpu)
{
    const unsigned from = pcpu + 1;
    uint32_t i = from / 64;
    uint64_t word;

    if (i >= mask->n_words)
        return PCPU_NONE;
    word = mask->words[i] & (UINT64_MAX << (from % 64));
    while (!word) {
        if (++i >= mask->n_words)
            return PCPU_NONE;
        word = mask->words[i];
    }
    return i * 64 + (unsigned)__builtin_ctzll(word);
}

/* The lowest member above pcpu or, if none, the lowest member; PCPU_NONE if empty. From
 * PCPU_NONE it starts at pCPU 0, too. */
static inline unsigned mask_cycle(const PcpuMask *mask, unsigned pcpu)
{
    const unsigned next = mask_next(mask, pcpu);

    return next == PCPU_NONE ? mask_first(mask) : next;
}

#endif
