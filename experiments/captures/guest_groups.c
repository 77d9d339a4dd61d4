#include "experiments/captures/guest_groups.h"

#include <string.h>

static const char *const summed[] = { "cpu", "round_trips" };

/* Which domains are identical. */

static bool takes_part(const CaptureDomain *domain)
{
    const bool is_guest = domain->kind == CAPTURE_HVM || domain->kind == CAPTURE_PV;

    return is_guest && !domain->is_paused && domain->workload != CAPTURE_IDLE;
}

static bool are_scheduled_alike(const CaptureDomain *a, const CaptureDomain *b)
{
    return a->kind == b->kind && a->vcpus == b->vcpus && a->weight == b->weight &&
           a->cap_percent == b->cap_percent;
}

static bool do_the_same(const CaptureDomain *a, const CaptureDomain *b)
{
    return a->workload == b->workload && a->port == b->port && a->reads == b->reads &&
           a->spin_instructions == b->spin_instructions && a->timer_hz == b->timer_hz &&
           a->run_us == b->run_us && a->sleep_us == b->sleep_us &&
           a->sectors == b->sectors;
}

static bool are_served_alike(const CaptureScenario *scenario, const CaptureDomain *a,
                             const CaptureDomain *b)
{
    const CaptureDomain *stub_a = capture_scenario_stub_of(scenario, a->name);
    const CaptureDomain *stub_b = capture_scenario_stub_of(scenario, b->name);

    if (!stub_a || !stub_b)
        return stub_a == stub_b;
    return are_scheduled_alike(stub_a, stub_b);
}

static bool are_identical(const CaptureScenario *scenario, const CaptureDomain *a,
                          const CaptureDomain *b)
{
    return are_scheduled_alike(a, b) && do_the_same(a, b) &&
           are_served_alike(scenario, a, b);
}

static void free_group(void *data)
{
    GuestGroup *group = data;

    g_free(group->names);
    g_ptr_array_unref(group->ids);
    g_array_unref(group->numbers);
    g_array_unref(group->stubs);
    g_free(group);
}

static void add_member(GuestGroup *group, const CaptureScenario *scenario,
                       const CaptureDomain *domain)
{
    const CaptureDomain *stub = capture_scenario_stub_of(scenario, domain->name);
    char *names = group->names ? g_strconcat(group->names, "+", domain->name, NULL)
                               : g_strdup(domain->name);

    g_free(group->names);
    group->names = names;
    g_ptr_array_add(group->ids, g_strdup_printf("%" G_GINT64_FORMAT, domain->id));
    g_array_append_val(group->numbers, domain->id);
    if (stub)
        g_array_append_val(group->stubs, stub->id);
}

/* The guest at first and all identical ones behind it. */
static GuestGroup *group_from(const CaptureScenario *scenario, unsigned first,
                              bool *is_grouped)
{
    GuestGroup *group = g_new0(GuestGroup, 1);

    group->ids = g_ptr_array_new_with_free_func(g_free);
    group->numbers = g_array_new(false, false, sizeof(int64_t));
    group->stubs = g_array_new(false, false, sizeof(int64_t));
    for (unsigned i = first; i < scenario->domains->len; i++) {
        const CaptureDomain *domain = g_ptr_array_index(scenario->domains, i);

        if (is_grouped[i] || !takes_part(domain) ||
            !are_identical(scenario, g_ptr_array_index(scenario->domains, first),
                           domain))
            continue;
        is_grouped[i] = true;
        add_member(group, scenario, domain);
    }
    return group;
}

GPtrArray *guest_groups_find(const CaptureScenario *scenario)
{
    GPtrArray *groups = g_ptr_array_new_with_free_func(free_group);
    g_autofree bool *is_grouped = g_new0(bool, scenario->domains->len);

    for (unsigned i = 0; i < scenario->domains->len; i++) {
        GuestGroup *group;

        if (is_grouped[i] || !takes_part(g_ptr_array_index(scenario->domains, i)))
            continue;
        group = group_from(scenario, i, is_grouped);
        if (group->ids->len > 1)
            g_ptr_array_add(groups, group);
        else
            free_group(group);
    }
    return groups;
}

/* What their figures come to. */

static bool has_member(const GuestGroup *group, const char *id)
{
    return g_ptr_array_find_with_equal_func(group->ids, id, g_str_equal, NULL);
}

/* Of ComparedFigure, borrowed: the members' rows of that metric. */
static GPtrArray *rows_of(const GuestGroup *group, const GPtrArray *rows,
                          const char *metric)
{
    GPtrArray *found = g_ptr_array_new();

    for (unsigned i = 0; i < rows->len; i++) {
        ComparedFigure *row = g_ptr_array_index(rows, i);

        if (strcmp(row->metric, metric) == 0 && has_member(group, row->domain))
            g_ptr_array_add(found, row);
    }
    return found;
}

static void spread_over(GPtrArray *members)
{
    const ComparedFigure *first = g_ptr_array_index(members, 0);
    double low = first->measured;
    double high = low;

    for (unsigned i = 1; i < members->len; i++) {
        const ComparedFigure *row = g_ptr_array_index(members, i);

        low = MIN(low, row->measured);
        high = MAX(high, row->measured);
    }
    for (unsigned i = 0; i < members->len; i++) {
        ComparedFigure *row = g_ptr_array_index(members, i);

        row->has_peers = true;
        row->spread_low = low;
        row->spread_high = high;
    }
}

void guest_groups_spread(const GPtrArray *groups, GPtrArray *rows)
{
    for (unsigned i = 0; i < groups->len; i++)
        for (unsigned j = 0; j < G_N_ELEMENTS(summed); j++) {
            g_autoptr(GPtrArray) members =
                rows_of(g_ptr_array_index(groups, i), rows, summed[j]);

            if (compared_metric_is_rate(summed[j]) && members->len > 1)
                spread_over(members);
        }
}

/* The lowest and the highest replication of the sum: guests take from each other, so
 * they are not the sums of the guests' lowest and highest ones. */
static ComparedFigure *sum_of(const GuestGroup *group, const GPtrArray *members)
{
    const ComparedFigure *first = g_ptr_array_index(members, 0);
    Figure predicted = { 0 };
    double measured = 0;

    predicted.metric = first->metric;
    for (unsigned i = 0; i < members->len; i++) {
        const ComparedFigure *row = g_ptr_array_index(members, i);

        measured += row->measured;
        predicted.value += row->predicted;
        for (unsigned j = 0; j < CAPTURE_REPLICATIONS; j++)
            predicted.replications[j] += row->replications[j];
    }
    predicted.low = predicted.high = predicted.replications[0];
    for (unsigned j = 1; j < CAPTURE_REPLICATIONS; j++) {
        predicted.low = MIN(predicted.low, predicted.replications[j]);
        predicted.high = MAX(predicted.high, predicted.replications[j]);
    }
    return compared_figure_new(group->names, first->unit, measured, &predicted);
}

GPtrArray *guest_groups_sums(const GPtrArray *groups, const GPtrArray *rows)
{
    GPtrArray *sums = g_ptr_array_new_with_free_func(compared_figure_free);

    for (unsigned i = 0; i < groups->len; i++)
        for (unsigned j = 0; j < G_N_ELEMENTS(summed); j++) {
            const GuestGroup *group = g_ptr_array_index(groups, i);
            g_autoptr(GPtrArray) members = rows_of(group, rows, summed[j]);

            if (members->len > 1)
                g_ptr_array_add(sums, sum_of(group, members));
        }
    return sums;
}
