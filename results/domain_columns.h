/*
 * domain_columns.h - the numbers of a domain's record that table domain keeps as they
 * are: what is written, and what is exported.
 */
#ifndef RESULTS_DOMAIN_COLUMNS_H
#define RESULTS_DOMAIN_COLUMNS_H

#include "results/run_record.h"

typedef struct {
    char *name;    /* of the column */
    size_t offset; /* of the member in DomainRecord ... */
    size_t size;   /* ... which is an integer of so many bytes, 4 or 8 */
    bool is_stage; /* only guests have it; view stage shows it, too */
} DomainColumn;

/* Of DomainColumn, in their order. Free with g_array_unref. */
GArray *domain_columns_new(void);
/* ", name, name..." without stages or with them. Free with g_free. */
char *domain_columns_sql(const GArray *columns, bool with_stages);
int64_t domain_column_value(const DomainColumn *column, const DomainRecord *domain);

#endif
