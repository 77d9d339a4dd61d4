#include "experiments/batch/starvation.h"

/* As much is shown of a list; the rest is counted. */
#define SHOWN_CELLS   4u
#define SHOWN_DOMAINS 6u

#define LEAST_RUNNABLE_PART 10 /* of the measured time: one of these */

/* What has been found of a combination. */
typedef struct {
    unsigned n_runs;
    GPtrArray *names; /* of char *, owned, by domain; NULL: not this one, or none */
} StarvedCell;

struct Starvation {
    const Experiment *experiment;
    StarvedCell *cells; /* one for each of the experiment */
    unsigned n_runs, n_starving;
};

Starvation *starvation_new(const Experiment *experiment)
{
    Starvation *self = g_new0(Starvation, 1);

    self->experiment = experiment;
    self->cells = g_new0(StarvedCell, experiment->cells->len);
    return self;
}

void starvation_free(Starvation *self)
{
    for (unsigned i = 0; i < self->experiment->cells->len; i++)
        g_clear_pointer(&self->cells[i].names, g_ptr_array_unref);
    g_free(self->cells);
    g_free(self);
}

static bool is_starving(const DomainRecord *domain, int64_t measured_ns)
{
    return domain->ran_ns == 0 && domain->runstate_ns[RUNSTATE_RUNNABLE] >=
                                      MAX(measured_ns / LEAST_RUNNABLE_PART, 1);
}

static void add_name(StarvedCell *cell, unsigned domain, const char *name)
{
    if (!cell->names)
        cell->names = g_ptr_array_new_with_free_func(g_free);
    if (cell->names->len <= domain)
        g_ptr_array_set_size(cell->names, (int)domain + 1);
    if (!g_ptr_array_index(cell->names, domain))
        g_ptr_array_index(cell->names, domain) = g_strdup(name);
}

void starvation_add(Starvation *self, unsigned cell, const RunRecord *record)
{
    bool is_any = false;

    for (unsigned i = 0; i < record->domains->len; i++) {
        const DomainRecord *domain = &g_array_index(record->domains, DomainRecord, i);

        if (!is_starving(domain, record->measured_ns))
            continue;
        add_name(&self->cells[cell], i, domain->name);
        is_any = true;
    }
    self->n_runs++;
    self->n_starving += is_any;
    self->cells[cell].n_runs += is_any;
}

static void append_cell(GString *text, const Experiment *experiment, unsigned index,
                        const StarvedCell *starved)
{
    g_autofree char *combination = experiment_describe_cell(
        experiment, g_ptr_array_index(experiment->cells, index));
    unsigned n = 0;

    g_string_append_printf(text, "\n  %s: ", combination);
    for (unsigned i = 0; i < starved->names->len; i++) {
        const char *name = g_ptr_array_index(starved->names, i);

        if (name && n++ < SHOWN_DOMAINS)
            g_string_append_printf(text, "%s%s", n > 1 ? ", " : "", name);
    }
    if (n > SHOWN_DOMAINS)
        g_string_append_printf(text, " and %u more", n - SHOWN_DOMAINS);
    g_string_append_printf(text, " (%u run%s)", starved->n_runs,
                           starved->n_runs == 1 ? "" : "s");
}

char *starvation_describe(const Starvation *self)
{
    GString *text;
    unsigned n_cells = 0;

    if (self->n_starving == 0)
        return NULL;
    text = g_string_new(NULL);
    g_string_append_printf(
        text,
        "in %u of the %u runs made now domains were runnable and had "
        "no CPU time after the warm-up:",
        self->n_starving, self->n_runs);
    for (unsigned i = 0; i < self->experiment->cells->len; i++)
        if (self->cells[i].names && n_cells++ < SHOWN_CELLS)
            append_cell(text, self->experiment, i, &self->cells[i]);
    if (n_cells > SHOWN_CELLS)
        g_string_append_printf(text, "\n  and in %u more combinations",
                               n_cells - SHOWN_CELLS);
    return g_string_free(text, FALSE);
}
