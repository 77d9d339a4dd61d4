#include "experiments/golden/diagnosis.h"

static void append_row(GString *text, const char *label, const char *row)
{
    g_string_append_printf(text, "  %-11s %s\n", label, row ? row : "(end of file)");
}

/* The event that led there. */

static void append_vcpu_name(GString *text, const Vcpu *vcpu)
{
    g_string_append_printf(text, "%s.%u", vcpu->domain->name, vcpu->id);
}

static void append_event(GString *text, const Host *host, unsigned rank, unsigned id)
{
    switch ((EventRank)rank) {
    case RANK_SCENARIO:
        g_string_append_printf(text, "scenario event %u", id);
        return;
    case RANK_COMPLETION:
        g_string_append(text, "run complete, ");
        append_vcpu_name(text, g_ptr_array_index(host->vcpus, id));
        return;
    case RANK_WAKE:
        g_string_append(text, "wake or start, ");
        append_vcpu_name(text, g_ptr_array_index(host->vcpus, id));
        return;
    case RANK_TICK:
        g_string_append_printf(text, "credit tick, pCPU %u", id);
        return;
    case RANK_ACCOUNTING:
        g_string_append(text, "accounting timer");
        return;
    case RANK_BUDGET:
        g_string_append_printf(
            text, "budget timer, domain %s",
            ((const Domain *)g_ptr_array_index(host->domains, id))->name);
        return;
    case RANK_SLICE:
        g_string_append_printf(text, "slice timer, pCPU %u", id);
        return;
    case RANK_GUEST:
    case RANK_INTERRUPT:
    case RANK_DEVICE:
    case RANK_DOM0:
    case RANK_SAMPLE:
        break;
    }
    g_assert_not_reached(); /* no such timer in the golden world */
}

static void append_cause(GString *text, const Host *host)
{
    unsigned rank, id;

    if (!sim_last_fired(host->sim, &rank, &id)) {
        append_row(text, "cause", "the decisions at time 0");
        return;
    }
    g_string_append(text, "  cause       ");
    append_event(text, host, rank, id);
    g_string_append_printf(text, ", at %" G_GINT64_FORMAT " ns (rank %u, id %u)",
                           host_now_ns(host), rank, id);
    g_string_append_printf(text, "; executing: pCPU %u\n", host_this_pcpu(host)->id);
}

/* Queues. */

static void add_pcpu_of_row(PcpuMask *pcpus, const Host *host, const char *row,
                            int column)
{
    g_auto(GStrv) fields = g_strsplit(row ? row : "", ",", -1);
    int64_t pcpu;

    if (column < (int)g_strv_length(fields) &&
        g_ascii_string_to_signed(fields[column], 10, 0, host->n_pcpus - 1, &pcpu, NULL))
        mask_add(pcpus, (unsigned)pcpu);
}

static void append_vcpu(GString *text, const Vcpu *vcpu)
{
    const Scheduler *scheduler = &vcpu->domain->host->scheduler;
    g_autoptr(GString) name = g_string_new(NULL);
    SchedInspection seen;

    append_vcpu_name(name, vcpu);
    g_string_append_printf(text, "    %-16s %-8s", name->str,
                           runstate_name(vcpu->runstate.state));
    if (scheduler->ops->inspect && scheduler->ops->inspect(scheduler, vcpu, &seen))
        g_string_append_printf(
            text, "  credit %" G_GINT64_FORMAT ", priority %d%s%s%s", seen.credit,
            seen.priority, seen.is_queued ? ", queued" : "",
            seen.is_active ? ", active" : "", seen.is_parked ? ", parked" : "");
    g_string_append_c(text, '\n');
}

static void append_pcpu(GString *text, const Host *host, unsigned id)
{
    g_string_append_printf(text, "  pCPU %u has chosen ", id);
    append_vcpu_name(text, host->pcpus[id].current);
    g_string_append(text, "; assigned to it:\n");
    for (unsigned i = 0; i < host->vcpus->len; i++) {
        const Vcpu *vcpu = g_ptr_array_index(host->vcpus, i);

        if (vcpu->pcpu->id == id)
            append_vcpu(text, vcpu);
    }
}

static void append_queues(GString *text, const Finding *finding)
{
    const Host *host = finding->world->host;
    PcpuMask pcpus;

    mask_init(&pcpus, host->n_pcpus);
    add_pcpu_of_row(&pcpus, host, finding->expected, finding->pcpu_column);
    add_pcpu_of_row(&pcpus, host, finding->found, finding->pcpu_column);
    for (unsigned i = mask_first(&pcpus); i != PCPU_NONE; i = mask_next(&pcpus, i))
        append_pcpu(text, host, i);
}

char *diagnose(const Finding *finding)
{
    GString *text = g_string_new(NULL);
    const char *credits = row_stream_last_agreed(finding->credits);
    const char *before = row_stream_last_agreed(finding->stream);

    g_string_append_printf(text, "  first difference: %s.csv, row %u\n",
                           row_stream_name(finding->stream),
                           row_stream_next(finding->stream));
    append_row(text, "expected", finding->expected);
    append_row(text, "found", finding->found);
    append_row(text, "before it", *before ? before : "(none)");
    if (finding->is_over)
        append_row(text, "cause", "found when the run was over");
    else
        append_cause(text, finding->world->host);
    if (finding->pcpu_column != NO_PCPU_COLUMN)
        append_queues(text, finding);
    append_row(text, "credits ok", *credits ? credits : "(none)");
    return g_string_free(text, false);
}
