#include "bench/mix.h"

#include "models/host/context.h"
#include "sim/random.h"

#define STEPS      16u
#define START_NS   (40 * NS_PER_MS)
#define DOM0_VCPUS 4u

typedef struct {
    int64_t run_ns, block_ns;
} Step;

typedef struct {
    Step steps[STEPS];
    unsigned position;
} Script;

struct Mix {
    Host *host;
    gsl_rng *stream;
    GPtrArray *scripts; /* owned */
};

/* Between which times a kind of domain computes and blocks; a run of 0: for ever. */
typedef struct {
    int64_t run_low_us, run_high_us, block_low_us, block_high_us;
} Kind;

static const Kind dom0_kind = { 30, 680, 130, 4000 };
static const Kind light_kind = { 12, 400, 3000, 60000 };
static const Kind kinds[] = {
    { 0, 0, 0, 0 },               /* hog */
    { 5000, 120000, 500, 43000 }, /* batch */
    { 20, 900, 400, 12000 },      /* input and output */
    { 12, 400, 3000, 60000 },     /* light */
};

static void script_advance(Vcpu *vcpu, int64_t now_ns)
{
    Script *script = vcpu->context;
    const int64_t block_ns = script->steps[script->position].block_ns;

    script->position = (script->position + 1) % STEPS;
    vcpu_set_run(vcpu, script->steps[script->position].run_ns, vcpu->domain);
    vcpu_block(vcpu);
    sim_arm(vcpu->domain->host->sim, &vcpu->wake_timer, now_ns + block_ns);
}

static void script_timer(Vcpu *vcpu, int64_t now_ns G_GNUC_UNUSED)
{
    if (vcpu->pause_flags & PAUSE_DOWN)
        vcpu_start(vcpu, false);
    else
        vcpu_unblock(vcpu);
}

static const ContextOps script_context = {
    .name = "mix",
    .advance = script_advance,
    .timer = script_timer,
};

static int64_t draw_ns(const Mix *mix, int64_t low_us, int64_t high_us)
{
    const unsigned long span = (unsigned long)((high_us - low_us) * NS_PER_US) + 1;

    return low_us * NS_PER_US + (int64_t)gsl_rng_uniform_int(mix->stream, span);
}

static void add_vcpu(Mix *mix, Domain *domain, const Kind *kind)
{
    Script *script = g_new0(Script, 1);
    const unsigned pcpu = mix->host->vcpus->len % mix->host->n_pcpus;
    Vcpu *vcpu;

    for (unsigned i = 0; i < STEPS; i++)
        script->steps[i] =
            (Step){ kind->run_high_us == 0
                        ? -1
                        : draw_ns(mix, kind->run_low_us, kind->run_high_us),
                    draw_ns(mix, kind->block_low_us, kind->block_high_us) };
    g_ptr_array_add(mix->scripts, script);
    vcpu = host_add_vcpu(mix->host, domain, pcpu, &script_context, script);
    vcpu_set_run(vcpu, script->steps[0].run_ns, domain);
}

static SchedParams draw_params(const Mix *mix)
{
    static const int64_t weights[] = { 128, 256, 256, 512, 1024 };
    static const int64_t caps[] = { 0, 0, 0, 90, 30, 0, 0, 90, 60, 0 };

    return (SchedParams){
        .set = PARAM_WEIGHT | PARAM_CAP,
        .weight = weights[gsl_rng_uniform_int(mix->stream, G_N_ELEMENTS(weights))],
        .cap_percent = caps[gsl_rng_uniform_int(mix->stream, G_N_ELEMENTS(caps))]
    };
}

static void add_domains(Mix *mix, unsigned n_vcpus)
{
    const SchedParams dom0_params = { .set = PARAM_WEIGHT, .weight = 512 };
    Domain *dom0 = host_add_domain(mix->host, 0, "dom0", &dom0_params);

    for (unsigned i = 0; i < DOM0_VCPUS; i++)
        add_vcpu(mix, dom0, &dom0_kind);
    for (unsigned i = 0; mix->host->vcpus->len < n_vcpus; i++) {
        const SchedParams params = draw_params(mix);
        g_autofree char *name = g_strdup_printf("d%u", i);
        Domain *domain = host_add_domain(mix->host, i + 1, name, &params);

        add_vcpu(mix, domain, &kinds[i % G_N_ELEMENTS(kinds)]);
        if (i % 5 == 0 && mix->host->vcpus->len < n_vcpus)
            add_vcpu(mix, domain, &light_kind);
    }
}

static void start(Mix *mix)
{
    host_start(mix->host);
    for (unsigned i = 0; i < mix->host->vcpus->len; i++) {
        const Vcpu *vcpu = g_ptr_array_index(mix->host->vcpus, i);

        sim_arm(mix->host->sim, &vcpu->wake_timer,
                (int64_t)gsl_rng_uniform_int(mix->stream, START_NS));
    }
}

Mix *mix_new(const SchedulerOps *scheduler, unsigned n_pcpus, unsigned n_vcpus,
             uint64_t seed)
{
    Mix *mix = g_new0(Mix, 1);

    mix->host = host_new(&(HostParams){ .topology = { n_pcpus, 1, MIN(n_pcpus, 16) },
                                        .scheduler = scheduler });
    mix->stream = random_stream_new(seed, "bench/mix");
    mix->scripts = g_ptr_array_new_with_free_func(g_free);
    add_domains(mix, n_vcpus);
    start(mix);
    return mix;
}

void mix_free(Mix *mix)
{
    host_free(mix->host);
    gsl_rng_free(mix->stream);
    g_ptr_array_unref(mix->scripts);
    g_free(mix);
}

Host *mix_host(const Mix *mix)
{
    return mix->host;
}
