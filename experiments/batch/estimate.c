#include "experiments/batch/estimate.h"

void estimate_init(Estimate *estimate, unsigned n_cells)
{
    estimate->n_cells = n_cells;
    estimate->cells = g_new0(EstimateCell, n_cells);
}

void estimate_clear(Estimate *estimate)
{
    g_clear_pointer(&estimate->cells, g_free);
}

void estimate_expect(Estimate *estimate, unsigned cell, double weight)
{
    estimate->cells[cell].weight = weight;
    estimate->cells[cell].n_waiting++;
}

void estimate_start(Estimate *estimate, unsigned cell)
{
    g_assert(estimate->cells[cell].n_waiting > 0);
    estimate->cells[cell].n_waiting--;
}

void estimate_finish(Estimate *estimate, unsigned cell, int64_t took_ns)
{
    estimate->cells[cell].n_finished++;
    estimate->cells[cell].took_ns += took_ns;
}

/* Over all finished runs; negative when there are none. */
static double ns_per_weight(const Estimate *estimate)
{
    double took_ns = 0, weight = 0;

    for (unsigned i = 0; i < estimate->n_cells; i++) {
        const EstimateCell *cell = &estimate->cells[i];

        took_ns += (double)cell->took_ns;
        weight += cell->weight * cell->n_finished;
    }
    return weight > 0 ? took_ns / weight : -1;
}

int64_t estimate_run_ns(const Estimate *estimate, unsigned index)
{
    const EstimateCell *cell = &estimate->cells[index];
    double rate;

    if (cell->n_finished > 0)
        return cell->took_ns / cell->n_finished;
    rate = ns_per_weight(estimate);
    return rate < 0 ? -1 : (int64_t)(rate * cell->weight);
}

int64_t estimate_left_ns(const Estimate *estimate, unsigned n_jobs, int64_t running_ns)
{
    int64_t left_ns = running_ns;

    for (unsigned i = 0; i < estimate->n_cells; i++) {
        const int64_t run_ns = estimate_run_ns(estimate, i);

        if (run_ns < 0)
            return -1;
        left_ns += run_ns * estimate->cells[i].n_waiting;
    }
    return left_ns / n_jobs;
}
