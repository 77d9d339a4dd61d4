#include "results/series.h"

#include "models/guest/request.h"

struct Series {
    int64_t interval_ns;
    unsigned n_intervals;
    int64_t *sums[SERIES_QUANTITIES]; /* numbers; of OUTSTANDING, ns */
};

const char *series_quantity_name(SeriesQuantity quantity)
{
    static const char *const names[SERIES_QUANTITIES] = { "requests_per_s",
                                                          "transfers_per_s",
                                                          "outstanding_requests" };

    g_assert(quantity < SERIES_QUANTITIES);
    return names[quantity];
}

static void add(Series *series, SeriesQuantity quantity, int64_t now_ns, int64_t value)
{
    const int64_t interval = now_ns / series->interval_ns;

    if (interval < series->n_intervals)
        series->sums[quantity][interval] += value;
}

static void on_request(void *listener, int64_t now_ns, const Request *request)
{
    Series *series = listener;

    add(series, SERIES_REQUESTS, now_ns, 1);
    add(series, SERIES_OUTSTANDING, now_ns, now_ns - request->issued_ns);
}

static void on_transfer(void *listener, int64_t now_ns, const Vcpu *vcpu G_GNUC_UNUSED,
                        int64_t bytes G_GNUC_UNUSED, int64_t took_ns G_GNUC_UNUSED)
{
    add(listener, SERIES_TRANSFERS, now_ns, 1);
}

Series *series_new(Host *host, int64_t interval_ns, unsigned n_intervals)
{
    Series *series = g_new0(Series, 1);
    const Probe probe = {
        .listener = series,
        .request = on_request,
        .transfer = on_transfer,
    };

    g_assert(interval_ns > 0 && !host->is_started);
    series->interval_ns = interval_ns;
    series->n_intervals = n_intervals;
    for (unsigned i = 0; i < SERIES_QUANTITIES; i++)
        series->sums[i] = g_new0(int64_t, n_intervals);
    host_add_probe(host, &probe);
    return series;
}

void series_free(Series *series)
{
    if (!series)
        return;
    for (unsigned i = 0; i < SERIES_QUANTITIES; i++)
        g_free(series->sums[i]);
    g_free(series);
}

double series_value(const Series *series, SeriesQuantity quantity, unsigned interval)
{
    const double unit_ns = quantity == SERIES_OUTSTANDING ? 1 : (double)NS_PER_S;

    g_assert(interval < series->n_intervals);
    return (double)series->sums[quantity][interval] * unit_ns /
           (double)series->interval_ns;
}
