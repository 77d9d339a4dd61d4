#include "experiments/threads/crew.h"

struct Crew {
    CrewWork work;
    void *data;
    GThreadPool *pool;
    GAsyncQueue *ended; /* of jobs, borrowed */
};

/* In a thread of the pool. */
static void do_job(void *job, void *user_data)
{
    const Crew *crew = user_data;

    crew->work(job, crew->data);
    g_async_queue_push(crew->ended, job);
}

Crew *crew_new(unsigned n_threads, CrewWork work, void *data)
{
    Crew *crew = g_new(Crew, 1);

    g_assert(n_threads > 0);
    crew->work = work;
    crew->data = data;
    crew->ended = g_async_queue_new();
    crew->pool = g_thread_pool_new(do_job, crew, (int)n_threads, FALSE, NULL);
    return crew;
}

void crew_free(Crew *crew)
{
    g_thread_pool_free(crew->pool, FALSE, TRUE);
    g_async_queue_unref(crew->ended);
    g_free(crew);
}

void crew_give(Crew *crew, void *job)
{
    g_thread_pool_push(crew->pool, job, NULL);
}

void *crew_take(Crew *crew)
{
    return g_async_queue_pop(crew->ended);
}

void *crew_take_within(Crew *crew, int64_t timeout_us)
{
    return timeout_us > 0 ? g_async_queue_timeout_pop(crew->ended, (guint64)timeout_us)
                          : g_async_queue_try_pop(crew->ended);
}
