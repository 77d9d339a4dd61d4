#include "results/comparison.h"

#include "results/error.h"
#include "results/settings_difference.h"
#include "results/study_choice.h"

#include <math.h>
#include <string.h>

#define MARGIN        0.01
#define BUCKET_MARGIN (1.0 / 64)

const char *change_name(ChangeKind kind)
{
    static const char *const names[CHANGE_KINDS] = { "absent", "none", "alike",
                                                     "uncertain", "clear" };

    g_assert(kind < CHANGE_KINDS);
    return names[kind];
}

double change_margin(SummaryColumn column)
{
    return summary_column_is_quantile(column) ? BUCKET_MARGIN : MARGIN;
}

ChangeKind change_kind(const RatioInterval *ratio, SummaryColumn column)
{
    const double margin = change_margin(column);

    if (ratio->n == 0)
        return CHANGE_ABSENT;
    if (ratio->low > 1 - margin && ratio->high < 1 + margin)
        return CHANGE_ALIKE;
    return ratio->low > 1 || ratio->high < 1 ? CHANGE_CLEAR : CHANGE_UNCERTAIN;
}

/* Values of the replications that both rows have, in their order. */
typedef struct {
    GArray *a, *b; /* of double */
} Pairs;

static const double *numbers_of(const GArray *values)
{
    return (const double *)(const void *)values->data;
}

static unsigned replication_at(const SummaryRow *row, unsigned i)
{
    return g_array_index(row->replications, unsigned, i);
}

static Pairs pairs_of(const SummaryRow *a, const SummaryRow *b, SummaryColumn column)
{
    const Pairs pairs = { g_array_new(FALSE, FALSE, sizeof(double)),
                          g_array_new(FALSE, FALSE, sizeof(double)) };
    unsigned j = 0;

    for (unsigned i = 0; i < a->n; i++) {
        while (j < b->n && replication_at(b, j) < replication_at(a, i))
            j++;
        if (j == b->n || replication_at(b, j) != replication_at(a, i))
            continue;
        g_array_append_val(pairs.a, g_array_index(a->values[column], double, i));
        g_array_append_val(pairs.b, g_array_index(b->values[column], double, j));
    }
    return pairs;
}

static void pairs_clear(Pairs *pairs)
{
    g_array_unref(pairs->a);
    g_array_unref(pairs->b);
}

RatioInterval summary_ratio(const SummaryRow *b, const SummaryRow *a,
                            SummaryColumn column)
{
    Pairs pairs = pairs_of(a, b, column);
    const RatioInterval ratio = interval_of_ratio(
        numbers_of(pairs.b), numbers_of(pairs.a), pairs.a->len, INTERVAL_CONFIDENCE);

    pairs_clear(&pairs);
    return ratio;
}

/* Changes. */

static bool are_same(const SummaryRow *a, const SummaryRow *b, SummaryColumn column)
{
    Pairs pairs = pairs_of(a, b, column);
    bool is_same = pairs.a->len > 0;

    for (unsigned i = 0; i < pairs.a->len; i++)
        is_same = is_same && numbers_of(pairs.a)[i] == numbers_of(pairs.b)[i];
    pairs_clear(&pairs);
    return is_same;
}

static RatioInterval ratio_of(const Comparison *comparison, const ComparisonRow *row,
                              SummaryColumn column)
{
    const SummaryRow *a = row->rows[SIDE_BASELINE], *b = row->rows[SIDE_OTHER];

    if (comparison->is_paired)
        return summary_ratio(b, a, column);
    return interval_of_unpaired_ratio(numbers_of(b->values[column]), b->n,
                                      numbers_of(a->values[column]), a->n,
                                      INTERVAL_CONFIDENCE);
}

static Change change_of(const Comparison *comparison, const ComparisonRow *row,
                        SummaryColumn column)
{
    Change change = { .ratio = ratio_of(comparison, row, column) };

    if (comparison->is_paired &&
        are_same(row->rows[SIDE_BASELINE], row->rows[SIDE_OTHER], column))
        change.kind = CHANGE_NONE;
    else
        change.kind = change_kind(&change.ratio, column);
    return change;
}

/* Matching. */

static const SummaryRow *row_at(const Summary *summary, unsigned i)
{
    return g_ptr_array_index(summary->rows, i);
}

static const Factor *find_factor(const SummaryRow *row, const char *key)
{
    for (unsigned i = 0; i < row->factors->len; i++) {
        const Factor *factor = &g_array_index(row->factors, Factor, i);

        if (g_str_equal(factor->key, key))
            return factor;
    }
    return NULL;
}

static char *scenario_of(const ComparisonSide *side, GError **error)
{
    const int64_t campaign_id =
        database_campaign_id(side->database, side->campaign_hash, error);
    g_autoptr(sqlite3_stmt) statement =
        campaign_id == 0 ? NULL
                         : database_prepare(side->database,
                                            "SELECT scenario_text FROM campaign"
                                            " WHERE campaign_id = ?",
                                            error);
    bool has_row;

    if (!statement)
        return NULL;
    sqlite3_bind_int64(statement, 1, campaign_id);
    if (!database_step(side->database, statement, &has_row, error))
        return NULL;
    return g_strdup((const char *)sqlite3_column_text(statement, 0));
}

/* Whether a sweep moves both keys together: a line of its [sweep] says so. */
static bool is_in_lockstep(const char *scenario, const char *key, const char *other)
{
    g_auto(GStrv) lines = g_strsplit(scenario, "\n", -1);

    for (unsigned i = 0; lines[i]; i++) {
        g_auto(GStrv) keys = NULL;
        char *list =
            g_str_has_prefix(lines[i], "lockstep") ? strchr(lines[i], '=') : NULL;

        if (!list)
            continue;
        keys = g_strsplit(list + 1, ",", -1);
        for (unsigned j = 0; keys[j]; j++)
            g_strstrip(keys[j]);
        if (g_strv_contains((const char *const *)keys, key) &&
            g_strv_contains((const char *const *)keys, other))
            return true;
    }
    return false;
}

/* Between the values of a factor: all others that do not move with it. What varies
 * among the finished runs of a side would not do, as others may be missing. */
static bool add_other_keys(const Comparison *comparison, const ComparisonSide *side,
                           GPtrArray *keys, GError **error)
{
    const GArray *factors = row_at(comparison->summaries[SIDE_BASELINE], 0)->factors;
    g_autofree char *scenario = scenario_of(side, error);

    for (unsigned i = 0; scenario && i < factors->len; i++) {
        char *key = g_array_index(factors, Factor, i).key;

        if (!g_str_equal(key, comparison->factor) &&
            !is_in_lockstep(scenario, key, comparison->factor))
            g_ptr_array_add(keys, key);
    }
    return scenario != NULL;
}

/* The keys that this side varies, and that the other one must therefore know. */
static bool add_varied_keys(const Comparison *comparison, SideName side,
                            GPtrArray *keys, GError **error)
{
    const Summary *summary = comparison->summaries[side];
    const SideName there = side == SIDE_BASELINE ? SIDE_OTHER : SIDE_BASELINE;
    const GArray *factors = row_at(summary, 0)->factors;

    for (unsigned i = 0; i < factors->len; i++) {
        char *key = g_array_index(factors, Factor, i).key;

        if (!summary_is_varied(summary, i) ||
            g_ptr_array_find_with_equal_func(keys, key, g_str_equal, NULL))
            continue;
        if (!find_factor(row_at(comparison->summaries[there], 0), key)) {
            g_set_error(error, RESULTS_ERROR, RESULTS_ERROR_EMPTY,
                        "%s: varies %s, which %s does not have among its factors; "
                        "expected two campaigns that sweep the same keys",
                        comparison->labels[side], key, comparison->labels[there]);
            return false;
        }
        g_ptr_array_add(keys, key);
    }
    return true;
}

static char *identity_of(const SummaryRow *row, const GPtrArray *keys)
{
    GString *identity = g_string_new(NULL);

    for (unsigned i = 0; i < keys->len; i++)
        g_string_append_printf(identity, "%s\n",
                               find_factor(row, g_ptr_array_index(keys, i))->text);
    return g_string_free(identity, FALSE);
}

static GHashTable *index_rows(const Summary *summary, const GPtrArray *keys)
{
    GHashTable *index = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (unsigned i = 0; i < summary->rows->len; i++)
        g_hash_table_insert(index, identity_of(row_at(summary, i), keys),
                            (void *)row_at(summary, i));
    return index;
}

static void add_row(Comparison *comparison, const SummaryRow *a, const SummaryRow *b)
{
    ComparisonRow row = { .rows = { a, b } };

    for (unsigned i = 0; i < COLUMNS; i++)
        row.changes[i] = change_of(comparison, &row, (SummaryColumn)i);
    g_array_append_val(comparison->rows, row);
    g_ptr_array_add(comparison->matched->rows, (void *)a);
}

static void match_rows(Comparison *comparison, const GPtrArray *keys)
{
    const Summary *baseline = comparison->summaries[SIDE_BASELINE];
    const Summary *other = comparison->summaries[SIDE_OTHER];
    g_autoptr(GHashTable) others = index_rows(other, keys);

    for (unsigned i = 0; i < baseline->rows->len; i++) {
        const SummaryRow *row = row_at(baseline, i);
        g_autofree char *identity = identity_of(row, keys);
        const SummaryRow *partner = g_hash_table_lookup(others, identity);

        if (partner)
            add_row(comparison, row, partner);
    }
    comparison->n_alone[SIDE_BASELINE] = baseline->rows->len - comparison->rows->len;
    comparison->n_alone[SIDE_OTHER] = other->rows->len - comparison->rows->len;
}

static bool add_keys(const Comparison *comparison, const ComparisonSide *sides,
                     GPtrArray *keys, GError **error)
{
    if (comparison->factor)
        return add_other_keys(comparison, &sides[SIDE_BASELINE], keys, error);
    for (unsigned i = 0; i < SIDES; i++)
        if (!add_varied_keys(comparison, (SideName)i, keys, error))
            return false;
    return true;
}

static bool match(Comparison *comparison, const ComparisonSide *sides, GError **error)
{
    g_autoptr(GPtrArray) keys = g_ptr_array_new();

    if (!add_keys(comparison, sides, keys, error))
        return false;
    match_rows(comparison, keys);
    if (comparison->rows->len == 0)
        g_set_error(error, RESULTS_ERROR, RESULTS_ERROR_EMPTY,
                    "%s: has no finished combination in common with %s",
                    comparison->labels[SIDE_OTHER], comparison->labels[SIDE_BASELINE]);
    return comparison->rows->len > 0;
}

/* Seeds. */

/* Replication to seed, as "I:SEED". */
static GHashTable *seeds_of(const ComparisonSide *side, GError **error)
{
    const int64_t campaign_id =
        database_campaign_id(side->database, side->campaign_hash, error);
    g_autoptr(GHashTable) seeds =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(sqlite3_stmt) statement = NULL;
    bool is_read, has_row;

    if (campaign_id == 0)
        return NULL;
    statement = database_prepare(side->database,
                                 "SELECT DISTINCT replication || ':' || seed FROM run "
                                 "WHERE campaign_id = ?",
                                 error);
    if (!statement)
        return NULL;
    sqlite3_bind_int64(statement, 1, campaign_id);
    while ((is_read = database_step(side->database, statement, &has_row, error)) &&
           has_row)
        g_hash_table_add(seeds,
                         g_strdup((const char *)sqlite3_column_text(statement, 0)));
    return is_read ? g_steal_pointer(&seeds) : NULL;
}

/* All that the one with fewer replications has, the other one has as well. */
static bool find_pairing(Comparison *comparison, const ComparisonSide *sides,
                         GError **error)
{
    g_autoptr(GHashTable) a = seeds_of(&sides[SIDE_BASELINE], error);
    g_autoptr(GHashTable) b = a ? seeds_of(&sides[SIDE_OTHER], error) : NULL;
    GHashTable *fewer, *more;
    GHashTableIter iter;
    void *seed;

    if (!b)
        return false;
    fewer = g_hash_table_size(a) < g_hash_table_size(b) ? a : b;
    more = fewer == a ? b : a;
    comparison->is_paired = true;
    g_hash_table_iter_init(&iter, fewer);
    while (g_hash_table_iter_next(&iter, &seed, NULL))
        comparison->is_paired =
            comparison->is_paired && g_hash_table_contains(more, seed);
    return true;
}

/* With what moves in step with the factor. */
static bool find_factor_difference(Comparison *comparison, const ComparisonSide *sides,
                                   GError **error)
{
    const SummaryRow *from = row_at(comparison->summaries[SIDE_BASELINE], 0);
    const SummaryRow *to = row_at(comparison->summaries[SIDE_OTHER], 0);
    g_autofree char *scenario = scenario_of(&sides[SIDE_BASELINE], error);
    g_autoptr(GString) text = g_string_new(NULL);

    if (!scenario)
        return false;
    g_string_printf(text, "%s: %s → %s", comparison->factor, sides[SIDE_BASELINE].value,
                    sides[SIDE_OTHER].value);
    for (unsigned i = 0; i < from->factors->len; i++) {
        const Factor *factor = summary_factor(from, i);

        if (!g_str_equal(factor->key, comparison->factor) &&
            is_in_lockstep(scenario, factor->key, comparison->factor))
            g_string_append_printf(text, "; %s: %s → %s", factor->key, factor->text,
                                   find_factor(to, factor->key)->text);
    }
    comparison->difference = g_string_free(g_steal_pointer(&text), FALSE);
    return true;
}

static bool find_difference(Comparison *comparison, const ComparisonSide *sides,
                            GError **error)
{
    if (comparison->factor)
        return find_factor_difference(comparison, sides, error);

    g_autofree char *baseline = scenario_of(&sides[SIDE_BASELINE], error);
    g_autofree char *other = baseline ? scenario_of(&sides[SIDE_OTHER], error) : NULL;

    if (other)
        comparison->difference = settings_difference(baseline, other);
    return other != NULL;
}

/* Of a side that is a value of a factor. */
static bool keep_value(Summary *summary, const ComparisonSide *side, GError **error)
{
    if (!side->factor)
        return true;
    for (unsigned i = summary->rows->len; i-- > 0;)
        if (!g_str_equal(find_factor(row_at(summary, i), side->factor)->text,
                         side->value))
            g_ptr_array_remove_index(summary->rows, i);
    if (summary->rows->len > 0)
        return true;
    g_set_error(error, RESULTS_ERROR, RESULTS_ERROR_EMPTY,
                "%s = %s: no run of it is finished", side->factor, side->value);
    return false;
}

static bool load(Comparison *comparison, const ComparisonSide *sides, GError **error)
{
    comparison->factor = g_strdup(sides[SIDE_BASELINE].factor);
    for (unsigned i = 0; i < SIDES; i++) {
        comparison->labels[i] = g_strdup(sides[i].label);
        comparison->summaries[i] =
            (comparison->matched->has_groups ? summary_new_by_group : summary_new)(
                sides[i].database, sides[i].campaign_hash, error);
        if (!comparison->summaries[i] ||
            !keep_value(comparison->summaries[i], &sides[i], error))
            return false;
    }
    return find_difference(comparison, sides, error) &&
           find_pairing(comparison, sides, error) && match(comparison, sides, error);
}

Comparison *comparison_new(const ComparisonSide sides[SIDES], bool has_groups,
                           GError **error)
{
    Comparison *comparison = g_new0(Comparison, 1);

    comparison->rows = g_array_new(FALSE, FALSE, sizeof(ComparisonRow));
    comparison->matched = g_new0(Summary, 1);
    comparison->matched->has_groups = has_groups;
    comparison->matched->rows = g_ptr_array_new();
    if (load(comparison, sides, error))
        return comparison;
    comparison_free(comparison);
    return NULL;
}

void comparison_free(Comparison *comparison)
{
    for (unsigned i = 0; i < SIDES; i++) {
        summary_free(comparison->summaries[i]);
        g_free(comparison->labels[i]);
    }
    g_free(comparison->factor);
    g_free(comparison->difference);
    summary_free(comparison->matched);
    g_array_unref(comparison->rows);
    g_free(comparison);
}

GStrv comparison_values(Database *database, const char *campaign_hash, const char *name,
                        char **factor, GError **error)
{
    g_autoptr(Summary) summary = summary_new(database, campaign_hash, error);
    g_autoptr(GPtrArray) values = NULL;
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    unsigned found;

    if (!summary || !study_choose_factor(summary, "factor", name, &found, error))
        return NULL;
    values = study_values(summary, found);
    if (values->len < 2) {
        g_set_error(error, RESULTS_ERROR, RESULTS_ERROR_EMPTY,
                    "factor = %s: expected a key that varies; it is %s throughout",
                    name, (const char *)g_ptr_array_index(values, 0));
        return NULL;
    }
    for (unsigned i = 0; i < values->len; i++)
        g_strv_builder_add(builder, g_ptr_array_index(values, i));
    *factor = g_strdup(summary_factor(summary_row(summary, 0), found)->key);
    return g_strv_builder_end(builder);
}
