#include "results/domain_columns.h"

#include <stddef.h>

#define MEMBER(name_)                                                                  \
    {                                                                                  \
#name_, offsetof(DomainRecord, name_),                                         \
            sizeof(((const DomainRecord *)NULL)->name_), false                         \
    }

static const struct {
    const char *name;
    size_t offset, size;
    bool is_stage;
} members[] = {
    MEMBER(id),
    MEMBER(account),
    MEMBER(n_vcpus),
    MEMBER(weight),
    MEMBER(cap_percent),
    MEMBER(requests),
    MEMBER(latency_sum_ns),
    MEMBER(transfers),
    MEMBER(transfer_bytes),
    MEMBER(transfer_sum_ns),
    MEMBER(deadlines),
    MEMBER(missed_deadlines),
    MEMBER(lived_ns),
    MEMBER(creations),
    MEMBER(destructions),
    MEMBER(dropped_requests),
    MEMBER(wakes),
    MEMBER(wake_sum_ns),
    MEMBER(dispatches),
    MEMBER(migrations),
    MEMBER(ran_ns),
    MEMBER(overhead_ns),
    MEMBER(booked_ns),
    MEMBER(attributed_ns),
};

static void clear_column(void *column)
{
    g_free(((DomainColumn *)column)->name);
}

static void add(GArray *columns, char *name, size_t offset, size_t size, bool is_stage)
{
    const DomainColumn column = { name, offset, size, is_stage };

    g_array_append_val(columns, column);
}

GArray *domain_columns_new(void)
{
    const size_t size = sizeof(int64_t);
    GArray *columns = g_array_new(FALSE, FALSE, sizeof(DomainColumn));

    g_array_set_clear_func(columns, clear_column);
    for (unsigned i = 0; i < G_N_ELEMENTS(members); i++)
        add(columns, g_strdup(members[i].name), members[i].offset, members[i].size,
            false);
    for (unsigned i = 0; i < RUNSTATES; i++)
        add(columns, g_strconcat(runstate_name((RunstateName)i), "_ns", NULL),
            offsetof(DomainRecord, runstate_ns) + i * size, size, false);
    for (unsigned i = 0; i < DOMAIN_COUNTS; i++)
        add(columns, g_strdup(domain_count_name((DomainCount)i)),
            offsetof(DomainRecord, counts) + i * size, size, false);
    for (unsigned i = 0; i < STAGES; i++)
        add(columns, g_strdup_printf("stage_%s_ns", stage_name((Stage)i)),
            offsetof(DomainRecord, stage_ns) + i * size, size, true);
    return columns;
}

char *domain_columns_sql(const GArray *columns, bool with_stages)
{
    GString *sql = g_string_new(NULL);

    for (unsigned i = 0; i < columns->len; i++) {
        const DomainColumn *column = &g_array_index(columns, DomainColumn, i);

        if (with_stages || !column->is_stage)
            g_string_append_printf(sql, ", %s", column->name);
    }
    return g_string_free(sql, FALSE);
}

int64_t domain_column_value(const DomainColumn *column, const DomainRecord *domain)
{
    const char *member = (const char *)domain + column->offset;

    if (column->size == sizeof(int64_t))
        return *(const int64_t *)(const void *)member;
    g_assert(column->size == sizeof(int));
    return *(const int *)(const void *)member;
}
