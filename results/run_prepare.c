#include "results/run_prepare.h"

#include "results/bucket_text.h"
#include "results/outcome.h"

static void print_buckets(HistogramRecord *histogram)
{
    GString *text = g_string_new(NULL);

    bucket_text_print(text, &histogram->values);
    histogram->bucket_text = g_string_free(text, FALSE);
}

void run_prepare(RunRecord *record)
{
    if (record->outcome)
        return;
    record->outcome = g_new(Outcome, 1);
    outcome_compute(record->outcome, record);
    for (unsigned i = 0; i < record->histograms->len; i++)
        print_buckets(&g_array_index(record->histograms, HistogramRecord, i));
}
