#include "workloads/guest_record.h"

#include "models/devices/ports.h"
#include "sim/units.h"
#include "workloads/error.h"
#include "workloads/guest_exits.h"

/* Status reads further apart than this belong to different poll groups. */
#define POLL_GAP_INSTRUCTIONS 1000

/* The first and the last burst are never whole. */
#define MARKS_MIN 3

/* One activity of the record, in its order. */
typedef struct {
    Activity activity;
    bool follows_gap; /* what came before it is unknown */
} Step;

/* Of a burst in the steps; begin and end: the transfer, from before a step to behind
 * one. */
typedef struct {
    guint first, begin, end;
    int64_t bytes;
} Mark;

typedef struct {
    const GuestRecordParams *params;
    const GuestExits *exits;
    ExitCodes codes;
    GArray *steps; /* Step */
    GArray *marks; /* Mark */
    int64_t pending_instructions;
    bool pending_gap;
    unsigned sector_words_left; /* of the sector being read */
    GuestRecordSummary summary;
} Builder;

/* Exits become steps. */

static int64_t ticks_ns(const Builder *builder, uint64_t ticks)
{
    return cycles_to_ns((Cycles){ (int64_t)ticks }, builder->params->clock_hz);
}

static int64_t ns_ticks(const Builder *builder, int64_t ns)
{
    return (int64_t)((double)ns * (double)builder->params->clock_hz / (double)NS_PER_S);
}

static void push(Builder *builder, Activity activity)
{
    const Step step = { activity, builder->pending_gap };

    g_array_append_val(builder->steps, step);
    builder->pending_gap = false;
}

static void add_computation(Builder *builder, const GuestExit *exit)
{
    const int64_t ticks =
        (int64_t)exit->guest_ticks - ns_ticks(builder, builder->params->switch_ns);

    if (exit->follows_gap) {
        builder->pending_instructions = 0;
        builder->pending_gap = true;
        builder->summary.n_gaps++;
        return;
    }
    if (ticks > 0)
        builder->pending_instructions +=
            ticks / 100 * builder->params->ipc_percent +
            ticks % 100 * builder->params->ipc_percent / 100;
}

static void push_computation(Builder *builder)
{
    if (builder->pending_instructions == 0)
        return;
    push(builder, (Activity){ .kind = ACTIVITY_COMPUTE,
                              .instructions = builder->pending_instructions });
    builder->summary.instructions += builder->pending_instructions;
    builder->pending_instructions = 0;
}

/* The record of an access has no width; the ports that matter have a known one. */
static uint8_t access_bytes(const GuestAccess *access)
{
    if (access->is_memory)
        return 4;
    if (access->address == PORT_IDE_DATA)
        return 2;
    if (access->address == PORT_BUS_MASTER_PRD || access->address == PORT_PCI_ADDRESS)
        return 4;
    if (access->value > UINT16_MAX)
        return 4;
    return access->value > UINT8_MAX ? 2 : 1;
}

/* Xen reads the first word of a string by itself; the string is the rest. */
static uint32_t count_elements(Builder *builder, const GuestAccess *access)
{
    const unsigned sector_words = (unsigned)builder->params->sector_words;

    if (access->is_memory || access->address != PORT_IDE_DATA)
        return 1;
    if (builder->sector_words_left == 0)
        builder->sector_words_left = sector_words;
    const uint32_t count = access->has_value ? 1 : builder->sector_words_left;

    builder->sector_words_left -= count;
    return count;
}

static void push_access(Builder *builder, const GuestAccess *access)
{
    if (!access->is_memory && access->is_write && access->address == PORT_IDE_COMMAND)
        builder->sector_words_left = 0;
    push(builder, (Activity){
                      .kind = access->is_memory ? ACTIVITY_MEMORY : ACTIVITY_PORT,
                      .address = access->address,
                      .value = access->is_write ? access->value : 0,
                      .count = count_elements(builder, access),
                      .size_bytes = access_bytes(access),
                      .is_write = access->is_write,
                      .is_string = !access->has_value,
                  });
    builder->summary.n_accesses++;
}

static void push_halt(Builder *builder, const GuestExit *exit)
{
    push(builder, (Activity){ .kind = ACTIVITY_HALT,
                              .halt_ns = ticks_ns(builder, exit->blocked_ticks) });
    builder->summary.n_halts++;
}

static void push_exit(Builder *builder, const GuestExit *exit)
{
    ExitClass class;
    const ExitMeaning meaning = exit_meaning(builder->codes, exit->code, &class);

    builder->summary.n_exits++;
    builder->summary.n_waits += exit->waited;
    if (meaning == MEANING_HOST)
        return;
    push_computation(builder);
    for (guint i = 0; i < exit->n_accesses; i++)
        push_access(builder, &g_array_index(builder->exits->accesses, GuestAccess,
                                            exit->first_access + i));
    if (meaning == MEANING_HALT && exit->blocked_ticks > 0)
        push_halt(builder, exit);
    else if (exit->n_accesses == 0 && (meaning == MEANING_PORT || exit->waited))
        builder->summary.n_unknown++;
    else if (exit->n_accesses == 0)
        push(builder, (Activity){ .kind = ACTIVITY_EXIT, .exit = class });
}

static void build_steps(Builder *builder)
{
    for (guint i = 0; i < builder->exits->exits->len; i++) {
        const GuestExit *exit = &g_array_index(builder->exits->exits, GuestExit, i);

        add_computation(builder, exit);
        push_exit(builder, exit);
    }
}

/* Steps become bursts. */

static const Activity *step_at(const Builder *builder, guint i)
{
    return &g_array_index(builder->steps, Step, i).activity;
}

static bool is_port(const Activity *activity, uint64_t first, uint64_t last)
{
    return activity->kind == ACTIVITY_PORT && activity->address >= first &&
           activity->address <= last;
}

static bool is_command(const Activity *activity)
{
    return is_port(activity, PORT_IDE_COMMAND, PORT_IDE_COMMAND) && activity->is_write;
}

static bool is_data(const Activity *activity)
{
    return is_port(activity, PORT_IDE_DATA, PORT_IDE_DATA);
}

static bool is_status_read(const Activity *activity)
{
    return (is_port(activity, PORT_IDE_STATUS, PORT_IDE_STATUS) ||
            is_port(activity, PORT_IDE_ALTERNATE_STATUS, PORT_IDE_ALTERNATE_STATUS)) &&
           !activity->is_write;
}

static bool is_channel(const Activity *activity)
{
    return is_port(activity, PORT_IDE_DATA, PORT_IDE_STATUS) ||
           is_port(activity, PORT_IDE_CONTROL, PORT_IDE_CONTROL) ||
           is_port(activity, PORT_BUS_MASTER, PORT_BUS_MASTER_LAST);
}

/* A write that prepares a command. */
static bool is_preparation(const Activity *activity)
{
    return activity->is_write &&
           (is_port(activity, PORT_IDE_FEATURES, PORT_IDE_DEVICE) ||
            is_port(activity, PORT_IDE_CONTROL, PORT_IDE_CONTROL) ||
            is_port(activity, PORT_BUS_MASTER_PRD, PORT_BUS_MASTER_PRD));
}

typedef bool (*StepTest)(const Activity *activity);

/* The first such step of [from, to), or to. */
static guint find_step(const Builder *builder, guint from, guint to, StepTest test)
{
    while (from < to && !test(step_at(builder, from)))
        from++;
    return from;
}

/* The last such step of [from, to), or to. */
static guint find_last_step(const Builder *builder, guint from, guint to, StepTest test)
{
    for (guint i = to; i > from; i--)
        if (test(step_at(builder, i - 1)))
            return i - 1;
    return to;
}

/* The sectors asked for before a command. 48-bit commands write the high byte first. */
static int64_t sectors_before(const Builder *builder, guint command, guint from)
{
    const uint32_t code = step_at(builder, command)->value;
    const bool is_48_bit = code == 0x24 || code == 0x25 || code == 0x29 ||
                           code == 0x34 || code == 0x35 || code == 0x39;
    int64_t sectors[2] = { 0, 0 };

    for (guint i = from; i < command; i++) {
        const Activity *step = step_at(builder, i);

        if (!step->is_write || !is_port(step, PORT_IDE_COUNT, PORT_IDE_COUNT))
            continue;
        sectors[1] = sectors[0];
        sectors[0] = step->value & 0xff;
    }
    if (is_48_bit)
        return sectors[0] + sectors[1] == 0 ? 65536 : sectors[1] << 8 | sectors[0];
    return sectors[0] == 0 ? IDE_MAX_SECTORS : sectors[0];
}

/* What moved by itself, for commands that count no sectors (IDENTIFY, SET FEATURES). */
static int64_t data_bytes(const Builder *builder, guint from, guint to)
{
    int64_t bytes = 0;

    for (guint i = from; i < to; i++) {
        const Activity *step = step_at(builder, i);

        if (is_data(step))
            bytes += (int64_t)step->count * step->size_bytes;
    }
    return bytes;
}

static bool counts_sectors(uint32_t command)
{
    return (command & 0xf0) == 0x20 || (command & 0xf0) == 0x30 ||
           (command >= 0xc4 && command <= 0xcb);
}

/* The transfer of the command, which the next command, at `next`, bounds. */
static Mark mark_transfer(const Builder *builder, guint first, guint command,
                          guint next)
{
    const guint last_data = find_last_step(builder, command, next, is_data);
    const uint32_t code = step_at(builder, command)->value;
    Mark mark = { .first = first, .begin = command };

    if (last_data < next) {
        mark.end = last_data + 1;
    } else {
        const guint prepared = find_step(builder, command + 1, next, is_preparation);

        mark.end = find_last_step(builder, command, prepared, is_channel) + 1;
    }
    mark.bytes = counts_sectors(code)
                     ? sectors_before(builder, command, first) * IDE_SECTOR_BYTES
                     : data_bytes(builder, command, mark.end);
    return mark;
}

/* The first and the last transfer only bound the others. */
static void mark_transfers(Builder *builder)
{
    const guint n = builder->steps->len;
    guint command = find_step(builder, 0, n, is_command);
    guint first = 0;

    while (command < n) {
        const guint next = find_step(builder, command + 1, n, is_command);
        const Mark mark = mark_transfer(builder, first, command, next);

        g_array_append_val(builder->marks, mark);
        first = find_step(builder, mark.end, next, is_preparation);
        command = next;
    }
}

/* Behind the last read of the group that begins with a status read. */
static guint find_group_end(const Builder *builder, guint begin)
{
    guint end = begin + 1;

    for (guint i = begin + 1; i < builder->steps->len; i++) {
        const Activity *step = step_at(builder, i);

        if (step->kind == ACTIVITY_COMPUTE &&
            step->instructions > POLL_GAP_INSTRUCTIONS)
            break;
        if (is_status_read(step))
            end = i + 1;
    }
    return end;
}

static void mark_poll_groups(Builder *builder)
{
    const guint n = builder->steps->len;
    guint begin = find_step(builder, 0, n, is_status_read);

    while (begin < n) {
        const Mark mark = { begin, begin, find_group_end(builder, begin), 0 };

        g_array_append_val(builder->marks, mark);
        begin = find_step(builder, mark.end, n, is_status_read);
    }
}

/* No disk at work: bursts end with halts. A guest that neither halts nor has a disk may
 * be cut at every exit. */
static void mark_halts(Builder *builder)
{
    const guint n = builder->steps->len;
    const bool has_disk = find_step(builder, 0, n, is_channel) < n;
    const bool is_cut_anywhere = builder->summary.n_halts == 0 && !has_disk;

    for (guint i = 0; i < n; i++) {
        const Mark mark = { .first = i + 1, .begin = i + 1, .end = i + 1 };
        const ActivityKind kind = step_at(builder, i)->kind;

        if (kind == ACTIVITY_HALT || (is_cut_anywhere && kind != ACTIVITY_COMPUTE))
            g_array_append_val(builder->marks, mark);
    }
}

static bool has_gap(const Builder *builder, guint from, guint to)
{
    for (guint i = from; i < to; i++)
        if (g_array_index(builder->steps, Step, i).follows_gap)
            return true;
    return false;
}

/* The result. */

static void append_burst(const Builder *builder, GArray *activities, const Mark *mark,
                         guint next)
{
    const Activity begin = { .kind = ACTIVITY_BEGIN };
    const Activity transfer = { .kind = ACTIVITY_TRANSFER, .bytes = mark->bytes };

    for (guint i = mark->first; i < next; i++) {
        if (i == mark->begin && mark->end > mark->begin)
            g_array_append_val(activities, begin);
        g_array_append_val(activities, *step_at(builder, i));
        if (i + 1 == mark->end && mark->end > mark->begin)
            g_array_append_val(activities, transfer);
    }
}

/* The first mark may have begun before the capture, the last one has no end in it. */
static void append_bursts(Builder *builder, GuestRecord *record, GArray *activities)
{
    const guint n_marks = builder->marks->len;

    for (guint i = 1; i + 1 < n_marks; i++) {
        const Mark *mark = &g_array_index(builder->marks, Mark, i);
        const guint next = g_array_index(builder->marks, Mark, i + 1).first;

        if (next == mark->first || has_gap(builder, mark->first, next))
            continue;
        append_burst(builder, activities, mark, next);
        record->burst_at[++record->n_bursts] = activities->len;
        builder->summary.n_transfers += mark->end > mark->begin;
    }
}

static GuestRecord *finish(Builder *builder)
{
    GuestRecord *record = g_new0(GuestRecord, 1);
    GArray *activities = g_array_new(FALSE, FALSE, sizeof(Activity));

    record->burst_at = g_new0(unsigned, builder->marks->len + 1);
    append_bursts(builder, record, activities);
    record->activities = (Activity *)(void *)g_array_free(activities, FALSE);
    record->summary = builder->summary;
    return record;
}

/* The codes of one machine, read as those of the other, would make a guest of another
 * kind. */
static bool check_codes(const GuestRecordParams *params, const GuestExits *exits,
                        const char *name, GError **error)
{
    const bool is_svm = params->exit_codes == EXIT_CODES_ARE_SVM;

    if (params->exit_codes == EXIT_CODES_DETECTED || is_svm == exits->is_svm)
        return true;
    g_set_error(error, WORKLOAD_ERROR, WORKLOAD_ERROR_FORMAT,
                "%s: exit-codes = %s: domain %u vcpu %u has %s exit code above %d, as "
                "%s",
                name, is_svm ? "svm" : "vmx", params->domain, params->vcpu,
                is_svm ? "no" : "an", VMX_LAST,
                is_svm ? "every guest of SVM has" : "only SVM has");
    return false;
}

static ExitCodes choose_codes(const GuestRecordParams *params, const GuestExits *exits)
{
    switch (params->exit_codes) {
    case EXIT_CODES_ARE_SVM:
        return EXIT_CODES_SVM;
    case EXIT_CODES_ARE_VMX:
        return EXIT_CODES_VMX;
    case EXIT_CODES_DETECTED:
        return exits->is_svm ? EXIT_CODES_SVM : EXIT_CODES_VMX;
    }
    g_assert_not_reached();
}

static bool try_marks(Builder *builder, void (*mark)(Builder *builder), guint n_min)
{
    g_array_set_size(builder->marks, 0);
    mark(builder);
    return builder->marks->len >= n_min;
}

static GuestRecord *build(Builder *builder)
{
    builder->summary.span_ns =
        ticks_ns(builder, builder->exits->last_tsc - builder->exits->first_tsc);
    build_steps(builder);
    if (!try_marks(builder, mark_transfers, MARKS_MIN) &&
        !try_marks(builder, mark_poll_groups, MAX(MARKS_MIN, builder->summary.n_halts)))
        try_marks(builder, mark_halts, MARKS_MIN);
    return finish(builder);
}

GuestRecord *guest_record_new(Xentrace *trace, const GuestRecordParams *params,
                              GError **error)
{
    g_auto(GuestExits) exits = { 0 };

    if (params->accept_early_end)
        xentrace_accept_early_end(trace);
    if (!guest_exits_read(&exits, trace, params->domain, params->vcpu, error))
        return NULL;
    if (!check_codes(params, &exits, xentrace_name(trace), error))
        return NULL;
    g_autoptr(GArray) steps = g_array_new(FALSE, FALSE, sizeof(Step));
    g_autoptr(GArray) marks = g_array_new(FALSE, FALSE, sizeof(Mark));
    Builder builder = {
        .params = params,
        .exits = &exits,
        .codes = choose_codes(params, &exits),
        .steps = steps,
        .marks = marks,
    };
    GuestRecord *record = build(&builder);

    if (record->n_bursts > 0)
        return record;
    guest_record_free(record);
    g_set_error(error, WORKLOAD_ERROR, WORKLOAD_ERROR_EMPTY,
                "%s: domain %u vcpu %u does no whole burst of work in this capture "
                "(%u exits)",
                xentrace_name(trace), params->domain, params->vcpu, exits.exits->len);
    return NULL;
}

GuestRecord *guest_record_read(const char *path, const GuestRecordParams *params,
                               GError **error)
{
    g_autoptr(Xentrace) trace = xentrace_open(path, error);

    return trace ? guest_record_new(trace, params, error) : NULL;
}

void guest_record_free(GuestRecord *record)
{
    if (!record)
        return;
    g_free(record->activities);
    g_free(record->burst_at);
    g_free(record);
}
