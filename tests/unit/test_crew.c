#include "experiments/threads/crew.h"

#include <stdbool.h>

#define N_JOBS 50u
/* Much longer than any wait of a test that agrees. */
#define DEADLINE_US (60 * G_TIME_SPAN_SECOND)

typedef struct {
    unsigned begun; /* as which of all; from 1 */
    int times;
} Job;

/* What the threads of a crew share: they wait for each other, or at a gate. */
typedef struct {
    GMutex lock;
    GCond changed;
    unsigned n_begun, n_inside, most_inside;
    unsigned n_meet; /* so many have to be inside before one goes on */
    bool is_closed;  /* the gate */
} Place;

static void place_clear(Place *place)
{
    g_mutex_clear(&place->lock);
    g_cond_clear(&place->changed);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Place, place_clear)

static void place_init(Place *place, unsigned n_meet, bool is_closed)
{
    *place = (Place){ .n_meet = n_meet, .is_closed = is_closed };
    g_mutex_init(&place->lock);
    g_cond_init(&place->changed);
}

static void place_open(Place *place)
{
    g_mutex_lock(&place->lock);
    place->is_closed = false;
    g_cond_broadcast(&place->changed);
    g_mutex_unlock(&place->lock);
}

static void do_job(void *data, void *user_data)
{
    Job *job = data;
    Place *place = user_data;
    const int64_t until_us = g_get_monotonic_time() + DEADLINE_US;

    g_mutex_lock(&place->lock);
    job->begun = ++place->n_begun;
    job->times++;
    place->n_inside++;
    place->most_inside = MAX(place->most_inside, place->n_inside);
    g_cond_broadcast(&place->changed);
    while (place->is_closed || place->most_inside < place->n_meet)
        g_assert_true(g_cond_wait_until(&place->changed, &place->lock, until_us));
    place->n_inside--;
    g_mutex_unlock(&place->lock);
}

static void give_all(Crew *crew, Job *jobs)
{
    for (unsigned i = 0; i < N_JOBS; i++)
        crew_give(crew, &jobs[i]);
}

static void test_every_job_is_done_once_and_comes_back_once(void)
{
    g_auto(Place) place;
    Job jobs[N_JOBS] = { 0 };
    bool is_taken[N_JOBS] = { false };
    Crew *crew;

    place_init(&place, 1, false);
    crew = crew_new(4, do_job, &place);
    give_all(crew, jobs);
    for (unsigned i = 0; i < N_JOBS; i++) {
        const Job *job = crew_take(crew);

        g_assert_false(is_taken[job - jobs]);
        is_taken[job - jobs] = true;
        g_assert_cmpint(job->times, ==, 1);
    }
    g_assert_null(crew_take_within(crew, 0));
    crew_free(crew);
}

static void test_one_thread_keeps_the_order(void)
{
    g_auto(Place) place;
    Job jobs[N_JOBS] = { 0 };
    Crew *crew;

    place_init(&place, 1, false);
    crew = crew_new(1, do_job, &place);
    give_all(crew, jobs);
    for (unsigned i = 0; i < N_JOBS; i++) {
        g_assert_true(crew_take(crew) == &jobs[i]);
        g_assert_cmpuint(jobs[i].begun, ==, i + 1);
    }
    crew_free(crew);
}

/* Each waits for two others: with fewer threads none would go on. */
static void test_so_many_work_at_once_and_no_more(void)
{
    g_auto(Place) place;
    Job jobs[N_JOBS] = { 0 };
    Crew *crew;

    place_init(&place, 3, false);
    crew = crew_new(3, do_job, &place);
    give_all(crew, jobs);
    crew_free(crew);
    g_assert_cmpuint(place.most_inside, ==, 3);
}

static void test_freeing_waits_for_jobs_that_nobody_takes(void)
{
    g_auto(Place) place;
    Job jobs[N_JOBS] = { 0 };
    Crew *crew;

    place_init(&place, 1, false);
    crew = crew_new(2, do_job, &place);
    give_all(crew, jobs);
    crew_free(crew);
    for (unsigned i = 0; i < N_JOBS; i++)
        g_assert_cmpint(jobs[i].times, ==, 1);
}

static void test_a_wait_ends_when_no_job_does(void)
{
    g_auto(Place) place;
    Job job = { 0 };
    Crew *crew;

    place_init(&place, 1, true);
    crew = crew_new(1, do_job, &place);
    crew_give(crew, &job);
    g_assert_null(crew_take_within(crew, 0));
    g_assert_null(crew_take_within(crew, 1000));
    place_open(&place);
    g_assert_true(crew_take_within(crew, DEADLINE_US) == &job);
    crew_free(crew);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/crew/every job is done once and comes back once",
                    test_every_job_is_done_once_and_comes_back_once);
    g_test_add_func("/crew/one thread keeps the order",
                    test_one_thread_keeps_the_order);
    g_test_add_func("/crew/so many work at once and no more",
                    test_so_many_work_at_once_and_no_more);
    g_test_add_func("/crew/freeing waits for jobs that nobody takes",
                    test_freeing_waits_for_jobs_that_nobody_takes);
    g_test_add_func("/crew/a wait ends when no job does",
                    test_a_wait_ends_when_no_job_does);
    return g_test_run();
}
