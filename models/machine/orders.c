#include "models/machine/orders.h"

#include "models/machine/machine_internal.h"

#include <errno.h>

typedef struct {
    Machine *machine;
    const OrderParams *params;
    SimTimer timer;
    int64_t n_done;
} Order;

struct Orders {
    Order *orders;
    unsigned n;
};

static void announce_refusal(const Order *order, const char *domain, int result)
{
    const Host *host = order->machine->host;

    for (unsigned i = 0; i < host->n_probes; i++)
        if (host->probes[i].refused)
            host->probes[i].refused(host->probes[i].listener, host_now_ns(host),
                                    order->params->name, domain, result);
}

/* The guest whose stub domain it is, unless the order names another parent. */
static Domain *parent_of(const Order *order, const Domain *domain)
{
    const Machine *machine = order->machine;

    if (order->params->parent)
        return host_domain_by_name(machine->host, order->params->parent);
    for (unsigned i = 0; i < machine->stubs->len; i++)
        if (g_ptr_array_index(machine->stubs, i) == domain)
            return g_ptr_array_index(machine->stub_guests, i);
    return NULL;
}

static int attach(const Order *order, Domain *domain)
{
    Domain *parent = parent_of(order, domain);

    return parent && !parent->is_gone ? domain_attach(domain, parent) : -ESRCH;
}

/* dom0, in which the toolstack runs, cannot pause itself. */
static int pause_domain(const Order *order, Domain *domain)
{
    if (domain == order->machine->dom0)
        return -EINVAL;
    domain_pause(domain);
    return 0;
}

static int unpause(Domain *domain)
{
    if (domain->pause_count == 0)
        return -EINVAL;
    domain_unpause(domain);
    return 0;
}

/* Of dom0 and stub domains the toolstack decides for itself. */
static int create(const Order *order, const Domain *domain)
{
    Life *life = lives_find(order->machine->lives, domain);

    return life ? life_create(life) : -EINVAL;
}

static int destroy(const Order *order, const Domain *domain)
{
    Life *life = lives_find(order->machine->lives, domain);

    return life ? life_destroy(life) : -EINVAL;
}

static int carry_out(const Order *order, Domain *domain)
{
    const OrderParams *params = order->params;

    if (domain->is_gone && params->verb != ORDER_CREATE)
        return -ESRCH;
    switch (params->verb) {
    case ORDER_CREATE:
        return create(order, domain);
    case ORDER_DESTROY:
        return destroy(order, domain);
    case ORDER_PAUSE:
        return pause_domain(order, domain);
    case ORDER_UNPAUSE:
        return unpause(domain);
    case ORDER_ATTACH:
        return attach(order, domain);
    case ORDER_DETACH:
        return domain_detach(domain);
    case ORDER_SET_PARAMETERS:
        return domain_set_params(domain, &params->sched);
    case ORDER_PIN:
        domain_pin(domain, params->pinning.n_words > 0 ? &params->pinning
                                                       : &domain->host->online);
        return 0;
    }
    g_assert_not_reached();
}

static void arm_next(Order *order, int64_t now_ns)
{
    const OrderParams *params = order->params;

    order->n_done++;
    if (params->every_ns > 0 && (params->count == 0 || order->n_done < params->count))
        sim_arm(order->machine->host->sim, &order->timer, now_ns + params->every_ns);
}

/* What these orders take of dom0 is not modelled, but of those that create and destroy.
 */
static void on_order(void *owner, int64_t now_ns)
{
    Order *order = owner;
    Host *host = order->machine->host;

    host_enter(host, &host->pcpus[0]);
    for (const char *const *name = order->params->domains; *name; name++) {
        Domain *domain = host_domain_by_name(host, *name);
        const int result = domain ? carry_out(order, domain) : -ESRCH;

        if (result != 0)
            announce_refusal(order, *name, result);
    }
    arm_next(order, now_ns);
}

Orders *orders_new(Machine *machine, const OrderParams *params, unsigned n)
{
    Orders *self = g_new0(Orders, 1);

    self->n = n;
    self->orders = g_new0(Order, n);
    for (unsigned i = 0; i < n; i++) {
        self->orders[i] = (Order){ .machine = machine, .params = &params[i] };
        sim_timer_add(machine->host->sim, &self->orders[i].timer, RANK_SCENARIO, i,
                      on_order, &self->orders[i]);
    }
    return self;
}

void orders_free(Orders *self)
{
    if (!self)
        return;
    g_free(self->orders);
    g_free(self);
}

void orders_arm(Orders *self)
{
    for (unsigned i = 0; i < self->n; i++)
        sim_arm(self->orders[i].machine->host->sim, &self->orders[i].timer,
                self->orders[i].params->at_ns);
}
