#include "models/guest/string_access.h"

#define PAGE_BYTES 4096u

static uint32_t element_bytes(const Activity *access)
{
    return MAX(access->size_bytes, 1u);
}

uint32_t string_cut(Activity *access)
{
    const uint32_t room_bytes = PAGE_BYTES - access->buffer_offset;
    const uint32_t n = MAX(room_bytes / element_bytes(access), 1u);
    uint32_t elements_left;

    if (!access->is_string || access->count <= n)
        return 0;
    elements_left = access->count - n;
    access->count = n;
    return elements_left;
}

void string_go_on(Activity *access, uint32_t elements_left)
{
    const uint32_t done_bytes = access->count * element_bytes(access);

    access->buffer_offset =
        (uint16_t)((access->buffer_offset + done_bytes) % PAGE_BYTES);
    access->count = elements_left;
}
