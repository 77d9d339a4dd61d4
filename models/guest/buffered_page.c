#include "models/guest/buffered_page.h"

void buffered_page_init(BufferedPage *page)
{
    *page =
        (BufferedPage){ .effects = g_array_new(false, false, sizeof(PostedEffect)) };
}

void buffered_page_clear(BufferedPage *page)
{
    g_array_unref(page->effects);
}

bool buffered_page_post(BufferedPage *page, Device *device, const Activity *access,
                        unsigned n_places, unsigned max_places)
{
    const PostedEffect posted = { device, *access };

    if (page->n_used_places + n_places > max_places)
        return false;
    page->n_used_places += n_places;
    page->n_posted++;
    if (device->ops->access)
        g_array_append_val(page->effects, posted);
    return true;
}

unsigned buffered_page_empty(BufferedPage *page)
{
    const unsigned n_posted = page->n_posted;

    page->n_posted = 0;
    page->n_used_places = 0;
    return n_posted;
}

static void forget_effects(BufferedPage *page)
{
    if (page->effects->len > 0)
        g_array_set_size(page->effects, 0);
    page->n_effects_done = 0;
}

const PostedEffect *buffered_page_next_effect(BufferedPage *page)
{
    if (page->n_effects_done < page->effects->len)
        return &g_array_index(page->effects, PostedEffect, page->n_effects_done++);
    forget_effects(page);
    return NULL;
}

void buffered_page_forget(BufferedPage *page)
{
    buffered_page_empty(page);
    forget_effects(page);
}
