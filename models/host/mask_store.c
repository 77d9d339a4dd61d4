#include "models/host/mask_store.h"

static guint hash(gconstpointer key)
{
    const PcpuMask *mask = key;
    uint64_t mixed = 0;

    for (uint32_t i = 0; i < mask->n_words; i++)
        mixed = (mixed ^ mask->words[i]) * UINT64_C(0x9e3779b97f4a7c15);
    return (guint)(mixed >> 32);
}

static gboolean equals(gconstpointer left, gconstpointer right)
{
    const PcpuMask *a = left, *b = right;

    return a->n_words == b->n_words && mask_equals(a, b);
}

void mask_store_init(MaskStore *self)
{
    self->masks = g_hash_table_new_full(hash, equals, g_free, NULL);
}

void mask_store_clear(MaskStore *self)
{
    g_clear_pointer(&self->masks, g_hash_table_unref);
}

const PcpuMask *mask_store_keep(const MaskStore *self, const PcpuMask *mask)
{
    PcpuMask *kept = g_hash_table_lookup(self->masks, mask);

    if (kept)
        return kept;
    kept = g_new0(PcpuMask, 1);
    mask_copy(kept, mask);
    g_hash_table_add(self->masks, kept);
    return kept;
}
