#include "tests/unit/laws.h"

#include "tests/unit/world.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* A trial lasts fractions of a second. */
#define PATIENCE_S            20
#define DECISIONS_MAX         1000000u
#define DECISIONS_INSTANT_MAX 1000u

typedef struct {
    const Trial *trial;
    const Promise *promise;
    Verdict *verdict;
    World *world;
    Host *host;
    int64_t now_ns; /* the instant whose events have all been handled */
    uint64_t decisions;
    int64_t ran_ns[TRIAL_VCPUS_MAX];
    int64_t waiting_since_ns[TRIAL_VCPUS_MAX]; /* -1: it does not wait */
    int64_t *wasting_since_ns;                 /* of each pCPU; -1: it does not */
} Watch;

static bool is_broken(const Watch *watch)
{
    return watch->verdict->law[0] != '\0';
}

G_GNUC_PRINTF(3, 4)
static void report(Watch *watch, const char *law, const char *format, ...)
{
    va_list args;

    if (is_broken(watch))
        return;
    g_strlcpy(watch->verdict->law, law, sizeof watch->verdict->law);
    watch->verdict->at_us = watch->now_ns / NS_PER_US;
    va_start(args, format);
    g_vsnprintf(watch->verdict->detail, sizeof watch->verdict->detail, format, args);
    va_end(args);
}

static Vcpu *nth_vcpu(const Watch *watch, unsigned i)
{
    return g_ptr_array_index(watch->host->vcpus, i);
}

/* Building. */

static PcpuMask mask_of(const Host *host, uint64_t bits)
{
    PcpuMask mask;

    mask_init(&mask, host->n_pcpus);
    mask.words[0] = bits;
    return mask;
}

static SchedParams params_of(const TrialDomain *domain)
{
    return (SchedParams){ .set = PARAM_WEIGHT | PARAM_CAP | PARAM_PERIOD | PARAM_SLICE |
                                 PARAM_EXTRATIME,
                          .weight = domain->weight,
                          .cap_percent = domain->cap_percent,
                          .period_ns = domain->period_us * NS_PER_US,
                          .slice_ns = domain->slice_us * NS_PER_US,
                          .extratime = domain->extratime };
}

static void add_vcpu(Watch *watch, const TrialVcpu *from)
{
    g_autoptr(GString) script = g_string_new(NULL);
    const PcpuMask affinity = mask_of(watch->host, from->affinity);
    Vcpu *vcpu;

    for (unsigned i = 0; i < from->n_steps; i++)
        g_string_append_printf(script, "%s%" PRId64 "/%" PRId64, i > 0 ? " " : "",
                               from->steps[i].run_us, from->steps[i].block_us);
    vcpu = world_add_vcpu(
        watch->world, g_ptr_array_index(watch->host->domains, from->domain), from->pcpu,
        from->start_us * NS_PER_US, from->steps[0].run_us < 0 ? "hog" : script->str);
    vcpu_set_affinity(vcpu, &affinity, &watch->host->online);
}

/* Some schedulers take parameters at a domain's creation, others after its vCPUs'. */
static void build(Watch *watch)
{
    const Trial *trial = watch->trial;

    watch->world = world_new(
        trial->scheduler,
        (Topology){ trial->n_pcpus, trial->threads_per_core, trial->cores_per_socket },
        NULL);
    watch->host = watch->world->host;
    watch->wasting_since_ns = g_new(int64_t, trial->n_pcpus);
    for (unsigned i = 0; i < trial->n_pcpus; i++)
        watch->wasting_since_ns[i] = -1;
    for (unsigned i = 0; i < trial->n_domains; i++) {
        const SchedParams params = params_of(&trial->domains[i]);
        g_autofree char *name = g_strdup_printf("d%u", i);

        host_add_domain(watch->host, i + 1, name, &params);
    }
    for (unsigned i = 0; i < trial->n_vcpus; i++) {
        watch->waiting_since_ns[i] = -1;
        add_vcpu(watch, &trial->vcpus[i]);
    }
    sim_seal(watch->host->sim); /* a parameter may arm a scheduler's timer */
    for (unsigned i = 0; i < trial->n_domains; i++) {
        const SchedParams params = params_of(&trial->domains[i]);

        domain_set_params(g_ptr_array_index(watch->host->domains, i), &params);
    }
}

static void clear(Watch *watch)
{
    world_free(watch->world);
    g_free(watch->wasting_since_ns);
}

/* What can be seen at the end of an instant. */

/* One that its scheduler has asked to migrate runs until the pCPU next decides. */
static bool may_be_current(const Vcpu *vcpu)
{
    return (vcpu->pause_flags & ~(unsigned)PAUSE_MIGRATING) == 0 &&
           vcpu->pause_count == 0 && vcpu->domain->pause_count == 0;
}

static void check_current(Watch *watch, const Pcpu *pcpu)
{
    const Vcpu *vcpu = pcpu->current;

    if (!vcpu->is_running || vcpu->pcpu != pcpu)
        report(watch, "one-pcpu", "pCPU %u has a vCPU of another pCPU", pcpu->id);
    if (vcpu->is_idle)
        return;
    if (!mask_has(vcpu->hard_affinity, pcpu->id))
        report(watch, "affinity", "vCPU %u runs on pCPU %u", vcpu->index, pcpu->id);
    if (!may_be_current(vcpu))
        report(watch, "runnable", "vCPU %u runs: pause flags %x, counts %u and %u",
               vcpu->index, vcpu->pause_flags, vcpu->pause_count,
               vcpu->domain->pause_count);
    for (unsigned i = 0; i < pcpu->id; i++)
        if (watch->host->pcpus[i].current == vcpu)
            report(watch, "one-pcpu", "vCPU %u is on pCPUs %u and %u", vcpu->index, i,
                   pcpu->id);
}

static bool is_waiting(const Vcpu *vcpu)
{
    return vcpu_is_runnable(vcpu) && !vcpu->is_running;
}

static bool is_held(const Promise *promise, const Vcpu *vcpu)
{
    const SchedParams *own = &vcpu->domain->params;
    const SchedParams *account = &domain_account(vcpu->domain)->params;

    return (promise->is_held_without_extratime &&
            !(own->extratime && account->extratime)) ||
           (promise->is_held_by_cap && own->cap_percent + account->cap_percent > 0);
}

static bool could_run(const Promise *promise, const Vcpu *vcpu, const Pcpu *pcpu)
{
    return is_waiting(vcpu) && mask_has(vcpu->hard_affinity, pcpu->id) &&
           (!promise->is_partitioned || vcpu->pcpu == pcpu) && !is_held(promise, vcpu);
}

static bool is_wasted(const Watch *watch, const Pcpu *pcpu)
{
    if (!pcpu->current->is_idle)
        return false;
    for (unsigned i = 0; i < watch->host->vcpus->len; i++)
        if (could_run(watch->promise, nth_vcpu(watch, i), pcpu))
            return true;
    return false;
}

/* Follows a condition: since when it has held, -1 while it does not. */
static void follow(int64_t *since_ns, bool holds, int64_t now_ns)
{
    if (!holds)
        *since_ns = -1;
    else if (*since_ns < 0)
        *since_ns = now_ns;
}

static void check_instant(Watch *watch)
{
    if (watch->host->decisions - watch->decisions > DECISIONS_INSTANT_MAX ||
        watch->host->decisions > DECISIONS_MAX)
        report(watch, "ends", "%" PRIu64 " decisions", watch->host->decisions);
    watch->decisions = watch->host->decisions;
    for (unsigned i = 0; i < watch->host->n_pcpus; i++) {
        const Pcpu *pcpu = &watch->host->pcpus[i];

        check_current(watch, pcpu);
        follow(&watch->wasting_since_ns[i], is_wasted(watch, pcpu), watch->now_ns);
    }
    for (unsigned i = 0; i < watch->host->vcpus->len; i++)
        follow(&watch->waiting_since_ns[i], is_waiting(nth_vcpu(watch, i)),
               watch->now_ns);
}

static bool is_waste_limited(const Watch *watch)
{
    return watch->promise->waste_max_us >= 0 &&
           (!watch->promise->is_kept_undisturbed || trial_is_quiet(watch->trial));
}

/* Nothing happens until then. */
static void pass_time(Watch *watch, int64_t until_ns)
{
    const Promise *promise = watch->promise;
    const int64_t wait_max_ns =
        promise->wait_per_vcpu_us * watch->trial->n_vcpus * NS_PER_US;
    const int64_t passed_ns = until_ns - watch->now_ns;

    watch->now_ns = until_ns;
    for (unsigned i = 0; i < watch->host->n_pcpus; i++) {
        const Vcpu *vcpu = watch->host->pcpus[i].current;
        const int64_t since_ns = watch->wasting_since_ns[i];

        if (!vcpu->is_idle)
            watch->ran_ns[vcpu->index] += passed_ns;
        if (is_waste_limited(watch) && since_ns >= 0 &&
            until_ns - since_ns > promise->waste_max_us * NS_PER_US)
            report(watch, "work-conserving", "pCPU %u idle for %" PRId64 " us in vain",
                   i, (until_ns - since_ns) / NS_PER_US);
    }
    for (unsigned i = 0; i < watch->host->vcpus->len; i++) {
        const int64_t since_ns = watch->waiting_since_ns[i];

        if (promise->wait_per_vcpu_us >= 0 && trial_is_hogs(watch->trial) &&
            since_ns >= 0 && until_ns - since_ns > wait_max_ns)
            report(watch, "starvation", "vCPU %u waits for %" PRId64 " us", i,
                   (until_ns - since_ns) / NS_PER_US);
    }
}

/* What must add up at the end. */

static void check_run_states(Watch *watch)
{
    for (unsigned i = 0; i < watch->host->vcpus->len; i++) {
        const Runstate *runstate = &nth_vcpu(watch, i)->runstate;
        int64_t sum_ns = 0;

        for (int state = 0; state < RUNSTATES; state++)
            sum_ns += runstate_total_ns(runstate, (RunstateName)state, watch->now_ns);
        if (sum_ns != watch->now_ns ||
            runstate_total_ns(runstate, RUNSTATE_RUNNING, watch->now_ns) !=
                watch->ran_ns[i])
            report(watch, "run-states",
                   "vCPU %u: sum %" PRId64 ", running %" PRId64 ", seen %" PRId64, i,
                   sum_ns, runstate_total_ns(runstate, RUNSTATE_RUNNING, watch->now_ns),
                   watch->ran_ns[i]);
    }
}

static int64_t seen_ns(const Watch *watch, const Domain *domain)
{
    int64_t ran_ns = 0;

    for (unsigned i = 0; i < watch->host->vcpus->len; i++)
        if (nth_vcpu(watch, i)->domain == domain)
            ran_ns += watch->ran_ns[i];
    return ran_ns;
}

static void check_books(Watch *watch)
{
    const Host *host = watch->host;
    int64_t booked_ns = host->overhead_ns + host->idle_ns;
    int64_t attributed_ns = host->attributed_host_ns + host->idle_ns;

    host_book_time(watch->host);
    booked_ns = host->overhead_ns + host->idle_ns;
    attributed_ns = host->attributed_host_ns + host->idle_ns;
    for (unsigned i = 0; i < host->domains->len; i++) {
        const Domain *domain = g_ptr_array_index(host->domains, i);

        booked_ns += domain->booked_ns;
        attributed_ns += domain->attributed_ns;
        if (domain->ran_ns != seen_ns(watch, domain))
            report(watch, "books", "domain %u: %" PRId64 " ns, seen %" PRId64, i,
                   domain->ran_ns, seen_ns(watch, domain));
    }
    if (booked_ns != watch->now_ns * host->n_pcpus || attributed_ns != booked_ns)
        report(watch, "books", "%" PRId64 " ns booked, %" PRId64 " attributed",
               booked_ns, attributed_ns);
}

/* Running. */

static void apply(Watch *watch, const TrialEvent *event)
{
    Host *host = watch->host;
    Domain *domain = event->operation == TRIAL_AFFINITY
                         ? NULL
                         : g_ptr_array_index(host->domains, event->target);
    const SchedParams params = { .weight = event->a,
                                 .cap_percent = event->b,
                                 .period_ns = event->a * NS_PER_US,
                                 .slice_ns = event->b * NS_PER_US };
    SchedParams change = params;
    PcpuMask mask;

    switch (event->operation) {
    case TRIAL_PAUSE:
        domain_pause(domain);
        break;
    case TRIAL_UNPAUSE:
        if (domain->pause_count > 0)
            domain_unpause(domain);
        break;
    case TRIAL_WEIGHT:
    case TRIAL_CONTRACT:
        change.set = (event->operation == TRIAL_WEIGHT ? PARAM_WEIGHT | PARAM_CAP
                                                       : PARAM_PERIOD | PARAM_SLICE) &
                     host->scheduler.ops->params;
        if (change.set != 0)
            domain_set_params(domain, &change);
        break;
    case TRIAL_AFFINITY:
        mask = mask_of(host, (uint64_t)event->a);
        vcpu_set_affinity(nth_vcpu(watch, event->target), &mask, &host->online);
        break;
    case TRIAL_ATTACH:
        domain_attach(domain, g_ptr_array_index(host->domains, event->a));
        break;
    case TRIAL_DETACH:
        domain_detach(domain);
        break;
    }
}

static void run_until(Watch *watch, int64_t end_ns)
{
    while (!is_broken(watch)) {
        const int64_t next_ns = MIN(sim_next_ns(watch->host->sim), end_ns);

        pass_time(watch, next_ns);
        if (next_ns == end_ns)
            break;
        host_run_until(watch->host, next_ns + 1);
        check_instant(watch);
    }
    if (!is_broken(watch))
        host_run_until(watch->host, end_ns);
}

static void run(Watch *watch)
{
    const Trial *trial = watch->trial;

    world_run_until(watch->world, 0);
    check_instant(watch);
    for (unsigned i = 0; i < trial->n_events && !is_broken(watch) &&
                         trial->events[i].time_us < trial->duration_us;
         i++) {
        run_until(watch, trial->events[i].time_us * NS_PER_US);
        host_enter(watch->host, &watch->host->pcpus[0]);
        apply(watch, &trial->events[i]);
        host_handle_softirqs(watch->host);
        check_instant(watch);
    }
    run_until(watch, trial->duration_us * NS_PER_US);
    if (is_broken(watch))
        return;
    check_run_states(watch);
    check_books(watch);
}

Verdict laws_judge(const Trial *trial, const Promise *promise)
{
    Verdict verdict = { 0 };
    Watch watch = { .trial = trial, .promise = promise, .verdict = &verdict };
    Watch again = watch;

    build(&watch);
    run(&watch);
    build(&again);
    run(&again);
    if (strcmp(watch.world->schedule->str, again.world->schedule->str) != 0)
        report(&watch, "same-schedule", "the second run differs");
    clear(&watch);
    clear(&again);
    return verdict;
}

/* In a process of its own. */

static void judge_and_tell(const Trial *trial, const Promise *promise, FILE *words,
                           int to)
{
    Verdict verdict;

    dup2(fileno(words), STDOUT_FILENO);
    dup2(fileno(words), STDERR_FILENO);
    alarm(PATIENCE_S);
    verdict = laws_judge(trial, promise);
    _exit(write(to, &verdict, sizeof verdict) == sizeof verdict ? 0 : 1);
}

/* GLib's last words: the place and the text of the assertion. */
static Verdict last_words(FILE *words)
{
    Verdict verdict = { .law = "assertion", .detail = "crash" };
    char line[sizeof verdict.detail];

    rewind(words);
    while (fgets(line, sizeof line, words))
        if (g_str_has_prefix(line, "ERROR:"))
            g_strlcpy(verdict.detail, g_strchomp(line), sizeof verdict.detail);
    return verdict;
}

Verdict laws_try(const Trial *trial, const Promise *promise)
{
    Verdict verdict = { 0 };
    FILE *words = tmpfile();
    int ends[2], status;
    pid_t child;

    g_assert_true(words && pipe(ends) == 0);
    fflush(NULL);
    child = fork();
    g_assert_cmpint(child, >=, 0);
    if (child == 0)
        judge_and_tell(trial, promise, words, ends[1]);
    close(ends[1]);
    if (read(ends[0], &verdict, sizeof verdict) != sizeof verdict)
        verdict = last_words(words);
    close(ends[0]);
    fclose(words);
    g_assert_cmpint(waitpid(child, &status, 0), ==, child);
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM)
        g_strlcpy(verdict.law, "ends", sizeof verdict.law);
    return verdict;
}

/* Two assertions are two laws. */
static bool is_same_fault(const Verdict *a, const Verdict *b)
{
    return strcmp(a->law, b->law) == 0 &&
           (strcmp(a->law, "assertion") != 0 || strcmp(a->detail, b->detail) == 0);
}

Trial laws_shrink(const Trial *trial, const Promise *promise, const Verdict *verdict)
{
    Trial smallest = *trial, simpler;

    for (unsigned number = 0; trial_simplify(&smallest, number, &simpler);) {
        Verdict now;

        if (memcmp(&simpler, &smallest, sizeof simpler) == 0) {
            number++;
            continue;
        }
        now = laws_try(&simpler, promise);
        if (!is_same_fault(&now, verdict)) {
            number++;
            continue;
        }
        smallest = simpler;
        number = 0;
    }
    return smallest;
}
