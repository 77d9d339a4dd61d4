#include "models/guest/buffered_page.h"

void buffered_page_init(BufferedPage *page)
{
    *page = (BufferedPage){ .deeds = g_array_new(false, false, sizeof(Deed)) };
}

void buffered_page_clear(BufferedPage *page)
{
    g_array_unref(page->deeds);
}

bool buffered_page_post(BufferedPage *page, Device *device, const Activity *access,
                        unsigned n_places, unsigned max_places)
{
    const Deed deed = { device, *access };

    if (page->n_used_places + n_places > max_places)
        return false;
    page->n_used_places += n_places;
    page->n_posted++;
    if (device->ops->access)
        g_array_append_val(page->deeds, deed);
    return true;
}

unsigned buffered_page_empty(BufferedPage *page)
{
    const unsigned n_posted = page->n_posted;

    page->n_posted = 0;
    page->n_used_places = 0;
    return n_posted;
}

static void forget_deeds(BufferedPage *page)
{
    if (page->deeds->len > 0)
        g_array_set_size(page->deeds, 0);
    page->n_deeds_done = 0;
}

const Deed *buffered_page_next_deed(BufferedPage *page)
{
    if (page->n_deeds_done < page->deeds->len)
        return &g_array_index(page->deeds, Deed, page->n_deeds_done++);
    forget_deeds(page);
    return NULL;
}

void buffered_page_forget(BufferedPage *page)
{
    buffered_page_empty(page);
    forget_deeds(page);
}
