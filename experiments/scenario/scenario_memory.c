#include "experiments/scenario/scenario_reader.h"

#include <string.h>

/* Domains that are there from the beginning, in words and bytes. */
typedef struct {
    GString *what;
    int64_t bytes;
} Sum;

static void add(Sum *sum, int64_t count, const char *name, int64_t bytes)
{
    g_autofree char *each = units_format(bytes, UNIT_BYTES);

    if (count == 0)
        return;
    sum->bytes += count * bytes;
    if (count == 1)
        g_string_append_printf(sum->what, ", %s %s", name, each);
    else
        g_string_append_printf(sum->what, ", %" G_GINT64_FORMAT " %s of %s", count,
                               name, each);
}

/* With its device model and the hypervisor's part. */
static int64_t bytes_of(const Scenario *scenario, const ScenarioDomain *domain)
{
    if (domain->keys.kind == DOMAIN_HVM)
        return memory_of_guest(&scenario->memory, domain->placement,
                               domain->keys.memory_bytes);
    return memory_of_neighbour(&scenario->memory, domain->keys.memory_bytes);
}

bool check_memory(const Reader *reader, GError **error)
{
    const Scenario *scenario = reader->scenario;
    const MemoryParams *memory = &scenario->memory;
    g_autoptr(GString) what = g_string_new(NULL);
    g_autofree char *given = units_format(memory->host_bytes, UNIT_BYTES);
    g_autofree char *needed = NULL;
    g_auto(Section) section = { 0 };
    Sum sum = { what, memory->dom0_bytes };

    for (unsigned i = 0; i < scenario->domains->len; i++) {
        const ScenarioDomain *domain = g_ptr_array_index(scenario->domains, i);

        if (domain->keys.creation == CREATION_STATIC)
            add(&sum, domain->keys.count, domain->name, bytes_of(scenario, domain));
    }
    if (memory->host_bytes == 0 || sum.bytes <= memory->host_bytes)
        return true;
    needed = units_format(sum.bytes, UNIT_BYTES);
    section_init(&section, reader->document, "host");
    section_error(&section, "memory", given, error,
                  "%s for all domains with their device models (dom0 %" G_GINT64_FORMAT
                  "MiB%s)",
                  needed, memory->dom0_bytes >> 20, what->str);
    return false;
}
