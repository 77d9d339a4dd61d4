#include "tests/unit/trial.h"

#include <glib.h>
#include <inttypes.h>
#include <string.h>

static const char *const operation_names[] = {
    "pause", "unpause", "weight", "contract", "affinity", "attach", "detach", NULL,
};

/* Drawing. */

static int64_t draw(int64_t low, int64_t high)
{
    return low + g_test_rand_int_range(0, (gint32)(high - low + 1));
}

static bool draw_percent(int percent)
{
    return g_test_rand_int_range(0, 100) < percent;
}

/* From 10 us to 41 ms, as often in each power of two. */
static int64_t draw_time_us(void)
{
    const int64_t scale = INT64_C(10) << draw(0, 11);

    return scale + draw(0, scale);
}

static uint64_t draw_affinity(unsigned n_pcpus)
{
    const uint64_t all = (UINT64_C(1) << n_pcpus) - 1;
    const uint64_t some = (uint64_t)draw(0, (int64_t)all);

    return draw_percent(70) || some == 0 ? all : some;
}

static int64_t draw_weight(void)
{
    static const int64_t weights[] = { 1, 64, 256, 256, 256, 512, 1000, 65535 };

    return weights[draw(0, G_N_ELEMENTS(weights) - 1)];
}

static int64_t draw_cap_percent(void)
{
    return draw_percent(75) ? 0 : draw(1, 200);
}

static TrialDomain draw_domain(void)
{
    TrialDomain domain = { .weight = draw_weight(),
                           .cap_percent = draw_cap_percent(),
                           .period_us = 1000 * draw(1, 50),
                           .extratime = draw_percent(70) };

    domain.slice_us = MAX(domain.period_us / draw(2, 12), 50);
    return domain;
}

static TrialVcpu draw_vcpu(const Trial *trial)
{
    TrialVcpu vcpu = { .domain = (unsigned)draw(0, trial->n_domains - 1),
                       .pcpu = (unsigned)draw(0, trial->n_pcpus - 1),
                       .affinity = draw_affinity(trial->n_pcpus),
                       .start_us = draw_percent(50) ? 0 : draw(0, 20000),
                       .n_steps = (unsigned)draw(1, TRIAL_STEPS_MAX) };

    if (draw_percent(30)) {
        vcpu.n_steps = 1;
        vcpu.steps[0] = (TrialStep){ -1, 0 };
        return vcpu;
    }
    for (unsigned i = 0; i < vcpu.n_steps; i++)
        vcpu.steps[i] = (TrialStep){ draw_time_us(),
                                     i > 0 && draw_percent(10) ? 0 : draw_time_us() };
    return vcpu;
}

static TrialEvent draw_event(const Trial *trial)
{
    TrialEvent event = { .time_us = draw(0, trial->duration_us - 1),
                         .operation = (TrialOperation)draw(0, TRIAL_DETACH),
                         .target = (unsigned)draw(0, trial->n_domains - 1) };

    switch (event.operation) {
    case TRIAL_WEIGHT:
        event.a = draw_weight();
        event.b = draw_cap_percent();
        break;
    case TRIAL_CONTRACT:
        event.a = 1000 * draw(1, 50);
        event.b = MAX(event.a / draw(2, 12), 50);
        break;
    case TRIAL_AFFINITY:
        event.target = (unsigned)draw(0, trial->n_vcpus - 1);
        event.a = (int64_t)draw_affinity(trial->n_pcpus);
        break;
    case TRIAL_ATTACH:
        event.a = draw(0, trial->n_domains - 1);
        break;
    case TRIAL_PAUSE:
    case TRIAL_UNPAUSE:
    case TRIAL_DETACH:
        break;
    }
    return event;
}

static int by_time(const void *left, const void *right)
{
    const TrialEvent *a = left, *b = right;

    return (a->time_us > b->time_us) - (a->time_us < b->time_us);
}

static Trial draw_host(const char *scheduler)
{
    Trial trial = { .threads_per_core = (unsigned)draw(1, 2),
                    .cores_per_socket = (unsigned)draw(1, 4) };

    g_strlcpy(trial.scheduler, scheduler, sizeof trial.scheduler);
    trial.n_pcpus = (unsigned)draw(1, 4) * trial.threads_per_core;
    return trial;
}

Trial trial_random(const char *scheduler)
{
    Trial trial = draw_host(scheduler);

    trial.duration_us = 1000 * draw(50, 300);
    trial.n_domains = (unsigned)draw(1, TRIAL_DOMAINS_MAX);
    trial.n_vcpus = (unsigned)draw(1, TRIAL_VCPUS_MAX);
    trial.n_events = (unsigned)draw(0, TRIAL_EVENTS_MAX);
    for (unsigned i = 0; i < trial.n_domains; i++)
        trial.domains[i] = draw_domain();
    for (unsigned i = 0; i < trial.n_vcpus; i++)
        trial.vcpus[i] = draw_vcpu(&trial);
    for (unsigned i = 0; i < trial.n_events; i++)
        trial.events[i] = draw_event(&trial);
    qsort(trial.events, trial.n_events, sizeof trial.events[0], by_time);
    return trial;
}

Trial trial_random_hogs(const char *scheduler)
{
    Trial trial = draw_host(scheduler);

    trial.duration_us = 2000000;
    trial.n_domains = (unsigned)draw(1, TRIAL_DOMAINS_MAX);
    trial.n_vcpus = trial.n_domains;
    for (unsigned i = 0; i < trial.n_domains; i++)
        trial.domains[i] = (TrialDomain){ 256, 0, 10000, 1000, true };
    for (unsigned i = 0; i < trial.n_vcpus; i++)
        trial.vcpus[i] = (TrialVcpu){ .domain = i,
                                      .pcpu = (unsigned)draw(0, trial.n_pcpus - 1),
                                      .affinity = (UINT64_C(1) << trial.n_pcpus) - 1,
                                      .start_us = draw_percent(50) ? 0 : draw(0, 20000),
                                      .n_steps = 1,
                                      .steps = { { -1, 0 } } };
    return trial;
}

bool trial_is_quiet(const Trial *trial)
{
    for (unsigned i = 0; i < trial->n_vcpus; i++)
        if (trial->vcpus[i].affinity != (UINT64_C(1) << trial->n_pcpus) - 1)
            return false;
    return trial->n_events == 0;
}

bool trial_is_hogs(const Trial *trial)
{
    for (unsigned i = 0; i < trial->n_vcpus; i++) {
        const TrialVcpu *vcpu = &trial->vcpus[i];
        const TrialDomain *domain = &trial->domains[vcpu->domain];
        const TrialDomain *first = &trial->domains[trial->vcpus[0].domain];

        if (vcpu->steps[0].run_us >= 0)
            return false;
        if (domain->weight != first->weight || domain->cap_percent != 0 ||
            domain->period_us != first->period_us ||
            domain->slice_us != first->slice_us || !domain->extratime)
            return false;
        for (unsigned k = 0; k < i; k++)
            if (trial->vcpus[k].domain == vcpu->domain)
                return false;
    }
    return trial_is_quiet(trial);
}

/* Text. */

char *trial_to_text(const Trial *trial)
{
    GString *text = g_string_new(NULL);

    g_string_append_printf(text, "scheduler %s\nhost %u %u %u\nduration %" PRId64 "\n",
                           trial->scheduler, trial->n_pcpus, trial->threads_per_core,
                           trial->cores_per_socket, trial->duration_us);
    for (unsigned i = 0; i < trial->n_domains; i++) {
        const TrialDomain *domain = &trial->domains[i];

        g_string_append_printf(
            text, "domain %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 " %d\n",
            domain->weight, domain->cap_percent, domain->period_us, domain->slice_us,
            domain->extratime);
    }
    for (unsigned i = 0; i < trial->n_vcpus; i++) {
        const TrialVcpu *vcpu = &trial->vcpus[i];

        g_string_append_printf(text, "vcpu %u %u %" PRIx64 " %" PRId64, vcpu->domain,
                               vcpu->pcpu, vcpu->affinity, vcpu->start_us);
        for (unsigned k = 0; k < vcpu->n_steps; k++)
            g_string_append_printf(text, " %" PRId64 "/%" PRId64, vcpu->steps[k].run_us,
                                   vcpu->steps[k].block_us);
        g_string_append_c(text, '\n');
    }
    for (unsigned i = 0; i < trial->n_events; i++) {
        const TrialEvent *event = &trial->events[i];

        g_string_append_printf(
            text, "event %" PRId64 " %s %u %" PRId64 " %" PRId64 "\n", event->time_us,
            operation_names[event->operation], event->target, event->a, event->b);
    }
    return g_string_free(text, FALSE);
}

static int64_t to_int(const char *text)
{
    return g_ascii_strtoll(text, NULL, 10);
}

static unsigned to_index(const char *text)
{
    return (unsigned)g_ascii_strtoull(text, NULL, 10);
}

static void read_vcpu(Trial *trial, char **words, unsigned n_words)
{
    TrialVcpu *vcpu = &trial->vcpus[trial->n_vcpus++];

    g_assert_true(trial->n_vcpus <= TRIAL_VCPUS_MAX && n_words > 5 &&
                  n_words - 5 <= TRIAL_STEPS_MAX);
    vcpu->domain = to_index(words[1]);
    vcpu->pcpu = to_index(words[2]);
    vcpu->affinity = g_ascii_strtoull(words[3], NULL, 16);
    vcpu->start_us = to_int(words[4]);
    vcpu->n_steps = n_words - 5;
    for (unsigned i = 0; i < vcpu->n_steps; i++) {
        g_auto(GStrv) parts = g_strsplit(words[5 + i], "/", 2);

        g_assert_nonnull(parts[1]);
        vcpu->steps[i] = (TrialStep){ to_int(parts[0]), to_int(parts[1]) };
    }
}

static void read_event(Trial *trial, char **words, unsigned n_words)
{
    TrialEvent *event = &trial->events[trial->n_events++];

    g_assert_true(trial->n_events <= TRIAL_EVENTS_MAX && n_words == 6);
    event->time_us = to_int(words[1]);
    event->target = to_index(words[3]);
    event->a = to_int(words[4]);
    event->b = to_int(words[5]);
    for (unsigned i = 0; operation_names[i]; i++) {
        if (strcmp(words[2], operation_names[i]) != 0)
            continue;
        event->operation = (TrialOperation)i;
        return;
    }
    g_assert_not_reached();
}

static void read_domain(Trial *trial, char **words, unsigned n_words)
{
    g_assert_true(trial->n_domains < TRIAL_DOMAINS_MAX && n_words == 6);
    trial->domains[trial->n_domains++] =
        (TrialDomain){ to_int(words[1]), to_int(words[2]), to_int(words[3]),
                       to_int(words[4]), to_int(words[5]) != 0 };
}

static void read_line(Trial *trial, char **words)
{
    const unsigned n_words = g_strv_length(words);

    if (n_words == 0 || words[0][0] == '#' || words[0][0] == '\0')
        return;
    if (strcmp(words[0], "scheduler") == 0 && n_words == 2) {
        g_strlcpy(trial->scheduler, words[1], sizeof trial->scheduler);
    } else if (strcmp(words[0], "host") == 0 && n_words == 4) {
        trial->n_pcpus = to_index(words[1]);
        trial->threads_per_core = to_index(words[2]);
        trial->cores_per_socket = to_index(words[3]);
    } else if (strcmp(words[0], "duration") == 0 && n_words == 2) {
        trial->duration_us = to_int(words[1]);
    } else if (strcmp(words[0], "domain") == 0) {
        read_domain(trial, words, n_words);
    } else if (strcmp(words[0], "vcpu") == 0) {
        read_vcpu(trial, words, n_words);
    } else {
        g_assert_cmpstr(words[0], ==, "event");
        read_event(trial, words, n_words);
    }
}

Trial trial_from_text(const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", 0);
    Trial trial = { 0 };

    for (unsigned i = 0; lines[i]; i++) {
        g_auto(GStrv) words = g_strsplit(g_strstrip(lines[i]), " ", 0);

        read_line(&trial, words);
    }
    return trial;
}
