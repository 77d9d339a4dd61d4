#include "results/run_record.h"

const char *role_name(DomainRole role)
{
    static const char *const names[ROLES] = { "dom0", "guest", "stub", "driver",
                                              "neighbour" };

    g_assert(role < ROLES);
    return names[role];
}

const char *quantity_name(Quantity quantity)
{
    static const char *const names[QUANTITIES] = { "request",  "transfer",    "wake",
                                                   "stage",    "device",      "boot",
                                                   "lateness", "ring_request" };

    g_assert(quantity < QUANTITIES);
    return names[quantity];
}

static void clear_factor(void *item)
{
    Factor *factor = item;

    g_free(factor->key);
    g_free(factor->text);
}

static void clear_domain(void *item)
{
    g_free(((DomainRecord *)item)->name);
    g_free(((DomainRecord *)item)->group);
}

static void clear_device(void *item)
{
    g_free(((DeviceRecord *)item)->device);
}

static void clear_histogram(void *item)
{
    HistogramRecord *histogram = item;

    g_free(histogram->subject);
    g_free(histogram->bucket_text);
    histogram_part_clear(&histogram->values);
}

static void clear_refusal(void *item)
{
    RefusalRecord *refusal = item;

    g_free(refusal->order);
    g_free(refusal->domain);
}

static GArray *new_list(size_t item_size, GDestroyNotify clear)
{
    GArray *list = g_array_new(FALSE, TRUE, (unsigned)item_size);

    g_array_set_clear_func(list, clear);
    return list;
}

GArray *factors_new(void)
{
    return new_list(sizeof(Factor), clear_factor);
}

RunRecord *run_record_new(void)
{
    RunRecord *record = g_new0(RunRecord, 1);

    record->factors = factors_new();
    record->domains = new_list(sizeof(DomainRecord), clear_domain);
    record->devices = new_list(sizeof(DeviceRecord), clear_device);
    record->refusals = new_list(sizeof(RefusalRecord), clear_refusal);
    record->histograms = new_list(sizeof(HistogramRecord), clear_histogram);
    return record;
}

void run_record_free(RunRecord *record)
{
    if (!record)
        return;
    g_array_unref(record->factors);
    g_array_unref(record->domains);
    g_array_unref(record->devices);
    g_array_unref(record->refusals);
    g_array_unref(record->histograms);
    g_free(record->run_key);
    g_free(record->campaign_hash);
    g_free(record->scenario_name);
    g_free(record->scenario_text);
    g_free(record->profile_name);
    g_free(record->program_version);
    g_free(record->message);
    g_free(record->outcome);
    g_free(record);
}

void run_record_add_factor(RunRecord *record, const char *key, const char *text,
                           double number)
{
    const Factor factor = { g_strdup(key), g_strdup(text), number };

    g_array_append_val(record->factors, factor);
}
