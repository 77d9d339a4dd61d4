#include "tests/unit/opened_source.h"

void opened_source_set(OpenedSource *self, const char *key, const char *text)
{
    const Option *option = option_find(self->ops->options, key);

    g_assert_nonnull(option);
    g_assert_true(option_parse(option, text, self->options));
}

void opened_source_init(OpenedSource *self, const char *name)
{
    g_autoptr(GError) error = NULL;

    self->ops = workload_source_by_name(name, &error);
    g_assert_no_error(error);
    self->options = g_malloc0(self->ops->options_size);
    option_set_defaults(self->ops->options, self->options);
    self->source = NULL;
}

void opened_source_clear(OpenedSource *self)
{
    workload_source_close(self->source);
    option_clear(self->ops->options, self->options);
    g_free(self->options);
}

Workload *opened_source_start(OpenedSource *self, bool has_pv_drivers, uint64_t seed,
                              const char *stream_name)
{
    g_autoptr(GError) error = NULL;

    if (!self->source)
        self->source = workload_source_open(self->ops, self->options, &error);
    g_assert_no_error(error);
    return workload_source_start(self->source, has_pv_drivers, seed, stream_name);
}

static void note_port(GString *log, const Activity *access)
{
    const char letter = access->is_string ? (access->is_write ? 'W' : 'R')
                                          : (access->is_write ? 'w' : 'r');

    g_string_append_printf(log, "%c%x", letter, (unsigned)access->address);
    if (access->is_string)
        g_string_append_printf(log, "*%u", access->count);
    else if (access->is_write)
        g_string_append_printf(log, "=%x", access->value);
    g_string_append_c(log, ' ');
}

char *accesses_until(Workload *workload, ActivityKind end)
{
    GString *log = g_string_new(NULL);
    Activity next;

    for (;;) {
        workload->ops->next(workload, &next);
        if (next.kind == end)
            return g_strchomp(g_string_free(log, FALSE));
        if (next.kind == ACTIVITY_PORT)
            note_port(log, &next);
        if (next.kind == ACTIVITY_EXIT)
            g_string_append(log, "x ");
        if (next.kind == ACTIVITY_HALT)
            g_string_append(log, "h ");
    }
}
