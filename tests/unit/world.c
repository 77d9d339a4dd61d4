#include "tests/unit/world.h"

#include <string.h>

typedef struct {
    int64_t run_ns, block_ns, service_ns; /* one of the last two is 0 */
} Item;

typedef struct {
    Host *host;
    int64_t start_ns;
    unsigned n_items, next;
    Item *items;  /* none: a server */
    Vcpu *server; /* of a client */
    Vcpu *client; /* whom a server serves now, or NULL */
} Script;

static void begin_run(Vcpu *vcpu)
{
    const Script *script = vcpu->context;

    vcpu_set_run(vcpu, script->items[script->next].run_ns, vcpu->domain);
}

static void send_request(Vcpu *vcpu, int64_t service_ns)
{
    Vcpu *server = ((Script *)vcpu->context)->server;
    Script *service = server->context;

    g_assert_null(service->client);
    service->client = vcpu;
    vcpu_set_run(server, service_ns, vcpu->domain);
    vcpu_wait_in_xen(vcpu, server);
    vcpu_unblock(server);
}

static void script_advance(Vcpu *vcpu, int64_t now_ns)
{
    Script *script = vcpu->context;
    const Item *item = &script->items[script->next];

    script->next = (script->next + 1) % script->n_items;
    begin_run(vcpu);
    if (item->service_ns > 0) {
        send_request(vcpu, item->service_ns);
    } else if (item->block_ns > 0) {
        vcpu_block(vcpu);
        sim_arm(script->host->sim, &vcpu->wake_timer, now_ns + item->block_ns);
    }
}

static void script_timer(Vcpu *vcpu, int64_t now_ns G_GNUC_UNUSED)
{
    if (vcpu->pause_flags & PAUSE_DOWN)
        vcpu_start(vcpu, false);
    else
        vcpu_unblock(vcpu);
}

static const ContextOps script_ops = {
    .name = "script",
    .advance = script_advance,
    .timer = script_timer,
};

static void server_advance(Vcpu *vcpu, int64_t now_ns G_GNUC_UNUSED)
{
    Script *script = vcpu->context;

    vcpu_end_wait_in_xen(script->client);
    script->client = NULL;
    vcpu_block(vcpu);
}

static void server_timer(Vcpu *vcpu, int64_t now_ns G_GNUC_UNUSED)
{
    vcpu_start(vcpu, true);
}

static const ContextOps server_ops = {
    .name = "server",
    .advance = server_advance,
    .timer = server_timer,
};

/* Whole microseconds where it is some. */
static void append_time(GString *text, int64_t ns)
{
    g_string_append_printf(text, "%" G_GINT64_FORMAT, ns / NS_PER_US);
    if (ns % NS_PER_US != 0)
        g_string_append_printf(text, ".%03d", (int)(ns % NS_PER_US));
}

static void append_name(GString *text, const Vcpu *vcpu)
{
    if (vcpu->is_idle)
        g_string_append_c(text, '-');
    else
        g_string_append(text, vcpu->domain->name);
    if (!vcpu->is_idle && vcpu->domain->vcpus->len > 1)
        g_string_append_printf(text, ".%u", vcpu->id);
}

static void on_switched(void *listener, int64_t now_ns, const Pcpu *pcpu,
                        const Vcpu *prev G_GNUC_UNUSED, const Vcpu *next)
{
    World *world = listener;

    append_time(world->schedule, now_ns);
    g_string_append_printf(world->schedule, " p%u ", pcpu->id);
    append_name(world->schedule, next);
    g_string_append_c(world->schedule, '\n');
}

static const char *priority_name(int priority)
{
    static const char *const names[] = { "BOOST", "UNDER", "OVER" };

    return priority <= 0 && priority >= -2 ? names[-priority] : "PARKED";
}

static void on_accounted(void *listener, int64_t now_ns)
{
    World *world = listener;
    const Host *host = world->host;

    append_time(world->accounts, now_ns);
    for (unsigned i = 0; i < host->vcpus->len; i++) {
        const Vcpu *vcpu = g_ptr_array_index(host->vcpus, i);
        const SchedInspection seen = world_inspect(vcpu);

        g_string_append_c(world->accounts, ' ');
        append_name(world->accounts, vcpu);
        g_string_append_printf(world->accounts, "=%" G_GINT64_FORMAT "/%s%s%s",
                               seen.credit, priority_name(seen.priority),
                               seen.is_active ? "" : "/inactive",
                               seen.is_parked ? "/parked" : "");
    }
    g_string_append_c(world->accounts, '\n');
}

static void set_option(const SchedulerOps *ops, void *options, const char *text)
{
    g_auto(GStrv) words = g_strsplit(text, "=", 2);
    const Option *option = option_find(ops->options, words[0]);

    g_assert_nonnull(option);
    g_assert_true(option_parse(option, words[1], options));
}

World *world_new_on(const char *scheduler, const HostParams *params,
                    const char *const *options)
{
    World *world = g_new0(World, 1);
    const SchedulerOps *ops = scheduler_ops_by_name(scheduler, NULL);
    HostParams host = *params;
    const Probe probe = { .listener = world,
                          .switched = on_switched,
                          .accounted = on_accounted };

    g_assert_nonnull(ops);
    world->options = g_malloc0(ops->options_size);
    option_set_defaults(ops->options, world->options);
    for (unsigned i = 0; options && options[i]; i++)
        set_option(ops, world->options, options[i]);
    world->scripts = g_ptr_array_new();
    world->schedule = g_string_new(NULL);
    world->accounts = g_string_new(NULL);
    host.scheduler = ops;
    host.scheduler_options = world->options;
    world->host = host_new(&host);
    host_add_probe(world->host, &probe);
    return world;
}

World *world_new(const char *scheduler, Topology topology, const char *const *options)
{
    return world_new_on(scheduler, &(HostParams){ .topology = topology }, options);
}

void world_free(World *world)
{
    const SchedulerOps *ops = world->host->scheduler.ops;

    host_free(world->host);
    option_clear(ops->options, world->options);
    for (unsigned i = 0; i < world->scripts->len; i++) {
        Script *script = g_ptr_array_index(world->scripts, i);

        g_free(script->items);
        g_free(script);
    }
    g_ptr_array_unref(world->scripts);
    g_string_free(world->schedule, TRUE);
    g_string_free(world->accounts, TRUE);
    g_free(world->options);
    g_free(world);
}

Domain *world_add_domain_with(World *world, const char *name, SchedParams params)
{
    return host_add_domain(world->host, world->host->domains->len, name, &params);
}

Domain *world_add_domain(World *world, const char *name, int64_t weight,
                         int64_t cap_percent)
{
    return world_add_domain_with(world, name,
                                 (SchedParams){ .set = PARAM_WEIGHT | PARAM_CAP,
                                                .weight = weight,
                                                .cap_percent = cap_percent });
}

SchedParams world_reservation(int64_t period_ns, int64_t slice_ns, bool extratime)
{
    return (SchedParams){ .set = PARAM_PERIOD | PARAM_SLICE | PARAM_EXTRATIME,
                          .period_ns = period_ns,
                          .slice_ns = slice_ns,
                          .extratime = extratime };
}

static int64_t parse_us(const char *text)
{
    return g_ascii_strtoll(text, NULL, 10) * NS_PER_US;
}

static Item parse_item(const char *text)
{
    const bool is_request = strchr(text, '>');
    g_auto(GStrv) parts = g_strsplit_set(text, "/>", 2);

    if (strcmp(text, "hog") == 0)
        return (Item){ .run_ns = -1 };
    g_assert_nonnull(parts[1]);
    return (Item){ .run_ns = parse_us(parts[0]),
                   .block_ns = is_request ? 0 : parse_us(parts[1]),
                   .service_ns = is_request ? parse_us(parts[1]) : 0 };
}

static Script *parse_script(const char *text)
{
    g_auto(GStrv) items = g_strsplit(text, " ", 0);
    Script *script = g_new0(Script, 1);

    script->n_items = g_strv_length(items);
    script->items = g_new(Item, script->n_items);
    for (unsigned i = 0; i < script->n_items; i++)
        script->items[i] = parse_item(items[i]);
    return script;
}

static Vcpu *add_scripted(World *world, Domain *domain, unsigned pcpu,
                          const ContextOps *ops, Script *script)
{
    script->host = world->host;
    g_ptr_array_add(world->scripts, script);
    return host_add_vcpu(world->host, domain, pcpu, ops, script);
}

Vcpu *world_add_client(World *world, Domain *domain, unsigned pcpu, int64_t start_ns,
                       const char *text, Vcpu *server)
{
    Script *script = parse_script(text);
    Vcpu *vcpu = add_scripted(world, domain, pcpu, &script_ops, script);

    script->start_ns = start_ns;
    script->server = server;
    begin_run(vcpu);
    return vcpu;
}

Vcpu *world_add_vcpu(World *world, Domain *domain, unsigned pcpu, int64_t start_ns,
                     const char *script)
{
    return world_add_client(world, domain, pcpu, start_ns, script, NULL);
}

Vcpu *world_add_server(World *world, Domain *domain, unsigned pcpu)
{
    return add_scripted(world, domain, pcpu, &server_ops, g_new0(Script, 1));
}

Vcpu *world_add(World *world, const char *name, unsigned pcpu, int64_t start_ns,
                const char *script)
{
    return world_add_vcpu(world, world_add_domain(world, name, 256, 0), pcpu, start_ns,
                          script);
}

static PcpuMask parse_mask(const Host *host, const char *text)
{
    g_auto(GStrv) ranges = g_strsplit(text, ",", 0);
    PcpuMask mask;

    mask_init(&mask, host->n_pcpus);
    for (unsigned i = 0; ranges[i]; i++) {
        g_auto(GStrv) ends = g_strsplit(ranges[i], "-", 2);
        const gint64 first = g_ascii_strtoll(ends[0], NULL, 10);
        const gint64 last = ends[1] ? g_ascii_strtoll(ends[1], NULL, 10) : first;

        for (gint64 pcpu = first; pcpu <= last; pcpu++)
            mask_add(&mask, (unsigned)pcpu);
    }
    return mask;
}

void world_pin(Vcpu *vcpu, const char *hard)
{
    const PcpuMask mask = parse_mask(vcpu->domain->host, hard);

    vcpu_set_affinity(vcpu, &mask, &vcpu->domain->host->online);
}

void world_set_affinity(Vcpu *vcpu, const char *hard, const char *soft)
{
    const PcpuMask hard_mask = parse_mask(vcpu->domain->host, hard);
    const PcpuMask soft_mask = parse_mask(vcpu->domain->host, soft);

    vcpu_set_affinity(vcpu, &hard_mask, &soft_mask);
}

static void arm_starts(World *world)
{
    for (unsigned i = 0; i < world->host->vcpus->len; i++) {
        Vcpu *vcpu = g_ptr_array_index(world->host->vcpus, i);
        const Script *script = vcpu->context;

        sim_arm(world->host->sim, &vcpu->wake_timer, script->start_ns);
    }
}

void world_run_until(World *world, int64_t end_ns)
{
    if (!world->host->is_started) {
        host_start(world->host);
        arm_starts(world);
    }
    host_run_until(world->host, end_ns);
}

void world_check(const char *scheduler, const char *option, Topology topology,
                 void (*scenario)(World *world), int64_t end_ns, const char *schedule)
{
    const char *const options[] = { option, NULL };
    g_autoptr(World) world = world_new(scheduler, topology, options);

    g_test_message("%s %s", scheduler, option ? option : "");
    scenario(world);
    world_run_until(world, end_ns);
    g_assert_cmpstr(world->schedule->str, ==, schedule);
}

void world_wake(World *world, Vcpu *vcpu)
{
    Scheduler *scheduler = &world->host->scheduler;

    vcpu->pause_flags = 0;
    scheduler->ops->wake(scheduler, vcpu, host_now_ns(world->host));
}

uint64_t world_called_pcpus(const World *world)
{
    return world->host->schedule_pending.words[0];
}

SchedInspection world_inspect(const Vcpu *vcpu)
{
    const Scheduler *scheduler = &vcpu->domain->host->scheduler;
    SchedInspection seen = { 0 };

    g_assert_true(scheduler->ops->inspect(scheduler, vcpu, &seen));
    return seen;
}
