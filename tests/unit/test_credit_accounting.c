/*
 * One accounting pass of the credit scheduler, generation by generation. The cases T1
 * to T8 are computed from the description of Xen 3.1's csched_acct.
 */
#include "models/schedulers/credit.h"
#include "tests/unit/world.h"

#define VCPUS_MAX    2
#define ACCOUNTS_MAX 3

/* An account, and what the pass is to make of its vCPUs. */
typedef struct {
    int64_t weight, cap_percent;
    unsigned n_vcpus;
    int32_t credit_in[VCPUS_MAX], credit_out[VCPUS_MAX];
    int priority_out[VCPUS_MAX];
    bool is_parked, is_inactive; /* afterwards, all its vCPUs */
} AccountCase;

typedef struct {
    const char *name;
    unsigned n_pcpus;
    int32_t balance_in, balance_out;
    unsigned n_accounts;
    AccountCase accounts[ACCOUNTS_MAX]; /* A, B, C in list order before the pass */
    const char *order_out;              /* of the active accounts */
    uint32_t weight_out;
} PassCase;

#define UNDER PRIORITY_UNDER
#define OVER  PRIORITY_OVER

static const PassCase cases_of_3_1[] = {
    { "T1",
      1,
      0,
      0,
      2,
      { { 256, 0, 1, { -100 }, { 0 }, { UNDER }, false, false },
        { 512, 0, 1, { -200 }, { 0 }, { UNDER }, false, false } },
      "AB",
      768 },
    { "T2",
      2,
      0,
      0,
      3,
      { { 256, 0, 1, { -300 }, { -60 }, { OVER }, false, false },
        { 256, 0, 1, { -300 }, { -60 }, { OVER }, false, false },
        { 128, 0, 1, { 0 }, { 120 }, { UNDER }, false, false } },
      "ABC",
      640 },
    { "T3: a debt is handed out too",
      1,
      -250,
      250,
      2,
      { { 256, 0, 1, { -200 }, { 75 }, { UNDER }, false, false },
        { 256, 0, 1, { -100 }, { 175 }, { UNDER }, false, false } },
      "AB",
      512 },
    { "T4",
      2,
      0,
      0,
      2,
      { { 256, 50, 1, { -300 }, { -150 }, { OVER }, false, false },
        { 256, 0, 2, { -100, -200 }, { 125, 25 }, { UNDER, UNDER }, false, false } },
      "AB",
      512 },
    { "T5: who cannot use its share comes first next time",
      4,
      0,
      440,
      2,
      { { 256, 0, 1, { -300 }, { -60 }, { OVER }, false, false },
        { 1024, 0, 2, { -100, 0 }, { 200, 300 }, { UNDER, UNDER }, false, false } },
      "BA",
      1280 },
    { "T6: a group shares one weight",
      1,
      0,
      0,
      2,
      { { 256, 0, 2, { -100, -100 }, { -25, -25 }, { OVER, OVER }, false, false },
        { 256, 0, 1, { -100 }, { 50 }, { UNDER }, false, false } },
      "AB",
      512 },
    { "T7: parked under a cap",
      1,
      0,
      0,
      2,
      { { 256, 20, 1, { -150 }, { -90 }, { OVER }, true, false },
        { 256, 0, 1, { -150 }, { 90 }, { UNDER }, false, false } },
      "AB",
      512 },
    { "T8: who has saved too much leaves",
      2,
      -7,
      104,
      3,
      { { 100, 0, 1, { -1 }, { 101 }, { UNDER }, false, false },
        { 200, 0, 1, { 250 }, { 0 }, { UNDER }, false, true },
        { 300, 0, 1, { -301 }, { 3 }, { UNDER }, false, false } },
      "CA",
      400 },
};

static const PassCase cases_of_4_17[] = {
    /* 512 of 768 to the two: 200, so 100 each. */
    { "T6: a weight counts for each vCPU",
      1,
      0,
      0,
      2,
      { { 256, 0, 2, { -100, -100 }, { 0, 0 }, { UNDER, UNDER }, false, false },
        { 256, 0, 1, { -100 }, { 0 }, { UNDER }, false, false } },
      "AB",
      768 },
    /* As in 3.1, but B keeps half of 250 + 203, rounded towards 0. */
    { "T8: who has saved too much keeps half",
      2,
      -7,
      330,
      3,
      { { 100, 0, 1, { -1 }, { 101 }, { UNDER }, false, false },
        { 200, 0, 1, { 250 }, { 226 }, { UNDER }, false, true },
        { 300, 0, 1, { -301 }, { 3 }, { UNDER }, false, false } },
      "CA",
      400 },
    /* A may use 150 of its 200. The 50 left over are scaled to all weights, 75, of
     * which B's 512 of 768 are just the 50: 450 for two. */
    { "T4: a capped account's surplus goes on",
      2,
      0,
      0,
      2,
      { { 256, 50, 1, { -300 }, { -150 }, { OVER }, false, false },
        { 256, 0, 2, { -100, -200 }, { 125, 25 }, { UNDER, UNDER }, false, false } },
      "AB",
      768 },
};

/* 3.0.3 counts in milliseconds: 30 a period. */
static const PassCase cases_of_3_0_3[] = {
    { "a capped vCPU is parked below idle by any debt",
      1,
      0,
      0,
      2,
      { { 256, 20, 1, { -7 }, { -1 }, { PRIORITY_PARKED }, true, false },
        { 256, 0, 1, { -23 }, { 1 }, { UNDER }, false, false } },
      "AB",
      512 },
    /* Both can use no more than a pCPU each, 30. B loses 25 + 30, the balance has it.
     */
    { "lost savings stay in the balance",
      2,
      0,
      55,
      2,
      { { 256, 0, 1, { -30 }, { 0 }, { UNDER }, false, false },
        { 128, 0, 1, { 25 }, { 0 }, { UNDER }, false, true } },
      "A",
      256 },
};

static CreditVcpu *nth_vcpu(const Host *host, unsigned i)
{
    const Vcpu *vcpu = g_ptr_array_index(host->vcpus, i);

    return vcpu->sched_state;
}

/* The vCPUs from the last to the first: lists of active ones begin with the newest. */
static void add_account(World *world, const PassCase *pass, unsigned i)
{
    const AccountCase *account = &pass->accounts[i];
    const char name[] = { (char)('A' + i), '\0' };
    Domain *domain =
        world_add_domain(world, name, account->weight, account->cap_percent);

    for (unsigned k = account->n_vcpus; k-- > 0;) {
        const Vcpu *vcpu = world_add_vcpu(world, domain, 0, 0, "hog");
        CreditVcpu *state = vcpu->sched_state;

        state->credit = account->credit_in[k];
    }
}

/* Those that are not active from their creation, in its order. */
static void activate_all(const World *world)
{
    CreditAccounting *all = world->host->scheduler.state;

    for (unsigned i = 0; i < world->host->vcpus->len; i++)
        if (!ring_is_linked(&nth_vcpu(world->host, i)->active))
            credit_start_accounting(all, nth_vcpu(world->host, i));
}

static void check_account(const AccountCase *account, const Domain *domain)
{
    for (unsigned k = 0; k < account->n_vcpus; k++) {
        const SchedInspection seen =
            world_inspect(g_ptr_array_index(domain->vcpus, account->n_vcpus - 1 - k));

        g_assert_cmpint(seen.credit, ==, account->credit_out[k]);
        g_assert_cmpint(seen.priority, ==, account->priority_out[k]);
        g_assert_cmpint(seen.is_parked, ==, account->is_parked);
        g_assert_cmpint(seen.is_active, ==, !account->is_inactive);
    }
}

static char *order_of(const CreditAccounting *all, const Host *host)
{
    GString *order = g_string_new(NULL);

    for (const RingNode *node = all->active_accounts.next;
         node != &all->active_accounts; node = node->next)
        for (unsigned i = 0; i < host->domains->len; i++) {
            const Domain *domain = g_ptr_array_index(host->domains, i);
            const CreditAccount *account = domain->sched_state;

            if (node == &account->active)
                g_string_append(order, domain->name);
        }
    return g_string_free(order, FALSE);
}

static void check_pass(const char *scheduler, const PassCase *pass)
{
    g_autoptr(World) world =
        world_new(scheduler, (Topology){ pass->n_pcpus, 1, pass->n_pcpus }, NULL);
    CreditAccounting *all = world->host->scheduler.state;
    g_autofree char *order = NULL;

    g_test_message("%s, %s", scheduler, pass->name);
    for (unsigned i = pass->n_accounts; i-- > 0;)
        add_account(world, pass, i);
    activate_all(world);
    all->balance = pass->balance_in;
    credit_account_all(&world->host->scheduler, all);
    for (unsigned i = 0; i < pass->n_accounts; i++)
        check_account(&pass->accounts[i], g_ptr_array_index(world->host->domains,
                                                            pass->n_accounts - 1 - i));
    order = order_of(all, world->host);
    g_assert_cmpstr(order, ==, pass->order_out);
    g_assert_cmpint(all->balance, ==, pass->balance_out);
    g_assert_cmpuint(all->weight, ==, pass->weight_out);
    g_assert_cmpuint(all->epoch, ==, 1);
}

static void test_passes_of_3_1(void)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(cases_of_3_1); i++) {
        check_pass("credit-3.1", &cases_of_3_1[i]);
        check_pass("credit-3.4", &cases_of_3_1[i]);
    }
}

/* Accounts of one vCPU that save little fare in 4.17 as in 3.1. */
static void test_passes_of_4_17(void)
{
    static const unsigned alike[] = { 0, 1, 2, 6 };

    for (unsigned i = 0; i < G_N_ELEMENTS(alike); i++)
        check_pass("credit-4.17", &cases_of_3_1[alike[i]]);
    for (unsigned i = 0; i < G_N_ELEMENTS(cases_of_4_17); i++)
        check_pass("credit-4.17", &cases_of_4_17[i]);
}

static void test_passes_of_3_0_3(void)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(cases_of_3_0_3); i++)
        check_pass("credit-3.0.3", &cases_of_3_0_3[i]);
}

static void test_without_active_accounts_nothing_happens(void)
{
    g_autoptr(World) world = world_new("credit-3.1", (Topology){ 1, 1, 1 }, NULL);
    CreditAccounting *all = world->host->scheduler.state;

    all->balance = -100;
    credit_account_all(&world->host->scheduler, all);
    g_assert_cmpint(all->balance, ==, 0);
    g_assert_cmpuint(all->epoch, ==, 0);
}

/* 4.17 with an adom: the group's weight counts twice, or once. */
static void test_weight_of_a_group(void)
{
    static const struct {
        const char *option;
        uint32_t weight;
    } cases[] = { { "weight-per=vcpu", 512 + 256 },
                  { "weight-per=domain", 256 + 256 } };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        const char *const options[] = { cases[i].option, NULL };
        g_autoptr(World) world =
            world_new("credit-4.17", (Topology){ 1, 1, 1 }, options);
        const Vcpu *guest = world_add(world, "guest", 0, 0, "hog");
        const Vcpu *stub = world_add(world, "stub", 0, 0, "hog");
        const CreditAccounting *all = world->host->scheduler.state;

        world_add(world, "other", 0, 0, "hog");
        g_assert_cmpint(domain_attach(stub->domain, guest->domain), ==, 0);
        activate_all(world);
        g_assert_cmpuint(all->weight, ==, cases[i].weight);
        g_assert_cmpint(domain_detach(stub->domain), ==, 0);
        g_assert_cmpuint(all->weight, ==, 3 * 256);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/credit/passes of 3.1 and 3.4", test_passes_of_3_1);
    g_test_add_func("/credit/passes of 4.17", test_passes_of_4_17);
    g_test_add_func("/credit/passes of 3.0.3", test_passes_of_3_0_3);
    g_test_add_func("/credit/without active accounts nothing happens",
                    test_without_active_accounts_nothing_happens);
    g_test_add_func("/credit/the weight of a group counts per vCPU or once",
                    test_weight_of_a_group);
    return g_test_run();
}
