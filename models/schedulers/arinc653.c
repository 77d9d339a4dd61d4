/*
 * arinc653.c - the ARINC 653 scheduler of Xen 4.17: a fixed table, again and again.
 *
 * Time is cut into major frames, and each frame by the table's entries: so long for
 * this vCPU, so long for that. Who is not ready in his time leaves the pCPU idle. There
 * is one table and one pCPU, the lowest; the others stay idle.
 *
 * After Xen 4.17, sched/arinc653.c.
 */
#include "models/error.h"
#include "models/host/host.h"

#include <string.h>

#define ENTRIES_MAX        64u
#define DEFAULT_RUNTIME_NS (10 * NS_PER_MS)

typedef struct {
    char *table;
    int64_t frame_ns;
} Options;

typedef struct {
    char *name; /* "web.0"; the vCPU may not have been created, and never be */
    Vcpu *vcpu;
    int64_t runtime_ns;
} Entry;

typedef struct {
    Entry entries[ENTRIES_MAX];
    unsigned n_entries;
    int64_t runtime_ns; /* of all entries */
    int64_t frame_ns;
} Table;

typedef struct {
    Table table;
    bool is_default; /* grows with dom0's vCPUs */
    unsigned present;
    int64_t next_switch_ns, next_frame_ns;
} Arinc653Host;

static const Option options[] = {
    OPTION_TEXT_FIELD(Options, table, "table", "",
                      "who runs when in a frame: \"dom0.0 5ms, web.0 10ms\"; empty: "
                      "10ms for each vCPU of dom0"),
    OPTION_NS_FIELD(Options, frame_ns, "major-frame", "0", 0, 3600 * NS_PER_S,
                    "after which the table begins again; 0: when it is through"),
    { 0 },
};

static Arinc653Host *of_host(const Scheduler *self)
{
    return self->state;
}

/* The table. */

static void table_clear(Table *table)
{
    for (unsigned i = 0; i < table->n_entries; i++)
        g_free(table->entries[i].name);
    memset(table, 0, sizeof *table);
}

static void table_add(Table *table, const char *name, Vcpu *vcpu, int64_t runtime_ns)
{
    table->entries[table->n_entries++] = (Entry){ g_strdup(name), vcpu, runtime_ns };
    table->runtime_ns += runtime_ns;
    table->frame_ns = table->runtime_ns;
}

static bool refuse(GError **error, const char *found, const char *expected)
{
    g_set_error(error, MODEL_ERROR, MODEL_ERROR_VALUE, "\"%s\": expected %s", found,
                expected);
    return false;
}

static bool read_entry(Table *table, const char *text, GError **error)
{
    g_auto(GStrv) words = g_strsplit(text, " ", 2);
    int64_t runtime_ns;

    if (!words[0] || !words[1] || !strchr(words[0], '.') ||
        !units_parse(g_strstrip(words[1]), UNIT_NS, &runtime_ns) || runtime_ns <= 0)
        return refuse(error, text, "a vCPU and its time, such as web.0 10ms");
    if (table->n_entries == ENTRIES_MAX)
        return refuse(error, text, "at most 64 entries");
    table_add(table, words[0], NULL, runtime_ns);
    return true;
}

static bool read_entries(Table *table, const Options *opt, GError **error)
{
    g_auto(GStrv) texts = g_strsplit(opt->table, ",", -1);

    for (unsigned i = 0; texts[i]; i++)
        if (!read_entry(table, g_strstrip(texts[i]), error))
            return false;
    if (opt->frame_ns == 0)
        return true;
    if (opt->frame_ns < table->runtime_ns)
        return refuse(error, opt->table, "no more time than major-frame has");
    table->frame_ns = opt->frame_ns;
    return true;
}

static bool arinc653_check_options(const void *opt, GError **error)
{
    Table table = { 0 };
    const bool is_valid = read_entries(&table, opt, error);

    table_clear(&table);
    return is_valid;
}

/* Creation. */

static void arinc653_init(Scheduler *self)
{
    Arinc653Host *all = of_host(self);
    const bool is_valid = read_entries(&all->table, self->options, NULL);

    g_assert(is_valid);
    all->is_default = all->table.n_entries == 0;
}

static void arinc653_clear(Scheduler *self)
{
    table_clear(&of_host(self)->table);
}

static void arinc653_vcpu_insert(Scheduler *self, Vcpu *vcpu,
                                 int64_t now_ns G_GNUC_UNUSED)
{
    Arinc653Host *all = of_host(self);
    Table *table = &all->table;
    g_autofree char *name = g_strdup_printf("%s.%u", vcpu->domain->name, vcpu->id);

    vcpu->pcpu = &self->host->pcpus[0];
    if (all->is_default && vcpu->domain->id == 0 && table->n_entries < ENTRIES_MAX)
        table_add(table, name, NULL, DEFAULT_RUNTIME_NS);
    for (unsigned i = 0; i < table->n_entries; i++)
        if (strcmp(table->entries[i].name, name) == 0)
            table->entries[i].vcpu = vcpu;
}

static void arinc653_vcpu_remove(Scheduler *self, Vcpu *vcpu,
                                 int64_t now_ns G_GNUC_UNUSED)
{
    Table *table = &of_host(self)->table;

    for (unsigned i = 0; i < table->n_entries; i++)
        if (table->entries[i].vcpu == vcpu)
            table->entries[i].vcpu = NULL;
}

/* Decisions. */

/* A frame begins when somebody looks, so a late look delays all frames to come. */
static void advance(Arinc653Host *all, int64_t now_ns)
{
    const Table *table = &all->table;

    if (table->n_entries == 0) {
        all->next_frame_ns = now_ns + DEFAULT_RUNTIME_NS;
    } else if (now_ns >= all->next_frame_ns) {
        all->present = 0;
        all->next_frame_ns = now_ns + table->frame_ns;
        all->next_switch_ns = now_ns + table->entries[0].runtime_ns;
    } else {
        while (all->present < table->n_entries && now_ns >= all->next_switch_ns)
            if (++all->present < table->n_entries)
                all->next_switch_ns += table->entries[all->present].runtime_ns;
    }
    if (all->present >= table->n_entries)
        all->next_switch_ns = all->next_frame_ns;
}

static SchedDecision arinc653_schedule(Scheduler *self, Pcpu *pcpu, int64_t now_ns)
{
    Arinc653Host *all = of_host(self);
    Vcpu *vcpu = NULL;

    if (pcpu->id != 0)
        return (SchedDecision){ pcpu->idle, -1 };
    advance(all, now_ns);
    if (all->present < all->table.n_entries)
        vcpu = all->table.entries[all->present].vcpu;
    if (!vcpu || !vcpu_is_runnable(vcpu) || vcpu->pcpu != pcpu)
        vcpu = pcpu->idle;
    return (SchedDecision){ vcpu, all->next_switch_ns - now_ns };
}

static void arinc653_wake(Scheduler *self, Vcpu *vcpu, int64_t now_ns G_GNUC_UNUSED)
{
    host_raise_schedule(self->host, vcpu->pcpu);
}

static void arinc653_sleep(Scheduler *self, Vcpu *vcpu, int64_t now_ns G_GNUC_UNUSED)
{
    if (vcpu->pcpu->current == vcpu)
        host_raise_schedule(self->host, vcpu->pcpu);
}

static Pcpu *arinc653_pick(Scheduler *self, Vcpu *vcpu, int64_t now_ns G_GNUC_UNUSED)
{
    return &self->host->pcpus[mask_first(vcpu->hard_affinity)];
}

const SchedulerOps arinc653_scheduler = {
    .name = "arinc653",
    .summary = "ARINC 653 of Xen 4.17: a fixed table of turns, on one pCPU",
    .options = options,
    .core = XEN_CORE_4_17,
    .options_size = sizeof(Options),
    .state_size = sizeof(Arinc653Host),
    .check_options = arinc653_check_options,
    .init = arinc653_init,
    .clear = arinc653_clear,
    .vcpu_insert = arinc653_vcpu_insert,
    .vcpu_remove = arinc653_vcpu_remove,
    .schedule = arinc653_schedule,
    .wake = arinc653_wake,
    .sleep = arinc653_sleep,
    .pick_cpu = arinc653_pick,
};
