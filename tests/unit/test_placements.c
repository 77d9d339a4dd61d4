/* Where device models are put, and on whose account they run. */
#include "tests/unit/io_world.h"

#define N_GUESTS 3u

typedef struct {
    CostProfile *profile;
    Workload *workloads[N_GUESTS];
    GuestParams guests[N_GUESTS];
    Machine *machine;
    Host *host;
} Fixture;

static const char *const names[N_GUESTS] = { "a", "b", "c" };

/* own: of guest b; NULL: the machine's. */
static void build(Fixture *self, const char *placement, const PlacementOps *own)
{
    static const Activity loop[] = {
        { .kind = ACTIVITY_COMPUTE, .instructions = 50000 },
        { .kind = ACTIVITY_PORT, .address = 0x60, .count = 1 },
    };

    *self = (Fixture){ .profile = io_profile_new() };
    for (unsigned i = 0; i < N_GUESTS; i++) {
        self->workloads[i] = io_workload_new(loop, G_N_ELEMENTS(loop), true);
        self->guests[i] = (GuestParams){ .name = names[i],
                                         .id = i + 1,
                                         .n_vcpus = 1,
                                         .workloads = &self->workloads[i],
                                         .stub.id = 100 + i };
    }
    self->guests[1].placement = own;
    self->machine = machine_new(&(MachineParams){
        .host = { .topology = { 8, 1, 8 },
                  .scheduler = scheduler_ops_by_name("credit-3.1", NULL) },
        .profile = self->profile,
        .placement = placement_ops_by_name(placement, NULL),
        .dom0 = { .n_vcpus = 1, .hz = 100 },
        .path = { .n_posted_places = 80 },
        .nic = { .bits_per_s = NS_PER_S },
        .guests = self->guests,
        .n_guests = N_GUESTS,
    });
    self->host = machine_host(self->machine);
}

static void set_up(Fixture *self, gconstpointer placement)
{
    build(self, placement, NULL);
}

static void set_up_mixed(Fixture *self, gconstpointer placement)
{
    build(self, "dom0", placement_ops_by_name(placement, NULL));
}

static void tear_down(Fixture *self, gconstpointer placement G_GNUC_UNUSED)
{
    machine_free(self->machine);
    cost_profile_free(self->profile);
}

static const Domain *stub_of(const Fixture *self, unsigned i)
{
    return machine_stub_of(self->machine, host_domain_by_name(self->host, names[i]));
}

static void test_dom0_has_no_stub(Fixture *self, gconstpointer placement G_GNUC_UNUSED)
{
    g_assert_null(stub_of(self, 0));
    g_assert_cmpuint(self->host->domains->len, ==, 1 + N_GUESTS);
}

static void test_each_guest_has_a_stub(Fixture *self, gconstpointer placement)
{
    uint64_t pcpus = 0;

    for (unsigned i = 0; i < N_GUESTS; i++) {
        g_autofree char *name = g_strdup_printf("%s-dm", names[i]);
        const Domain *stub = stub_of(self, i);
        const Vcpu *vcpu = g_ptr_array_index(stub->vcpus, 0);

        g_assert_cmpstr(stub->name, ==, name);
        g_assert_cmpuint(stub->id, ==, 100 + i);
        g_assert_cmpuint(stub->vcpus->len, ==, 1);
        g_assert_cmpint(stub->parent != NULL, ==, g_str_equal(placement, "stub+sdom"));
        pcpus |= UINT64_C(1) << vcpu->pcpu->id;
    }
    g_assert_cmpint(__builtin_popcountll(pcpus), ==, N_GUESTS); /* one each, at first */
}

/* A stub's time is attributed to its guest; it is booked to the guest's account only if
 * that is one with its own. */
static void test_who_pays(Fixture *self, gconstpointer placement)
{
    const bool is_sdom = g_str_equal(placement, "stub+sdom");

    machine_run_until(self->machine, NS_PER_S / 10);
    host_book_time(self->host);
    for (unsigned i = 0; i < N_GUESTS; i++) {
        const Domain *guest = host_domain_by_name(self->host, names[i]);
        const Domain *stub = stub_of(self, i);

        g_assert_cmpint(stub->ran_ns, >, 0);
        g_assert_cmpint(stub->attributed_ns, ==, 0);
        g_assert_cmpint(guest->attributed_ns, ==,
                        guest->ran_ns + guest->overhead_ns + stub->ran_ns +
                            stub->overhead_ns);
        g_assert_cmpint(stub->booked_ns, ==, is_sdom ? 0 : stub->ran_ns);
        g_assert_cmpint(guest->booked_ns, ==,
                        guest->ran_ns + (is_sdom ? stub->ran_ns : 0));
    }
}

/* In dom0 all but the service of requests is the host's own. */
static void test_dom0_works_for_guests(Fixture *self,
                                       gconstpointer placement G_GNUC_UNUSED)
{
    const Domain *dom0 = host_domain_by_name(self->host, "Domain-0");
    int64_t for_guests_ns = 0, guests_ran_ns = 0;

    machine_run_until(self->machine, NS_PER_S / 10);
    host_book_time(self->host);
    for (unsigned i = 0; i < N_GUESTS; i++) {
        const Domain *guest = host_domain_by_name(self->host, names[i]);

        for_guests_ns += guest->attributed_ns - guest->ran_ns - guest->overhead_ns;
        guests_ran_ns += guest->attributed_ns;
    }
    g_assert_cmpint(for_guests_ns, >, 0);
    g_assert_cmpint(guests_ran_ns, >, for_guests_ns);
    g_assert_cmpint(dom0->ran_ns + dom0->overhead_ns, ==,
                    for_guests_ns + self->host->attributed_host_ns);
}

static void test_one_has_its_own(Fixture *self, gconstpointer placement G_GNUC_UNUSED)
{
    g_assert_null(stub_of(self, 0));
    g_assert_null(stub_of(self, 2));
    machine_run_until(self->machine, NS_PER_S / 10);
    host_book_time(self->host);
    for (unsigned i = 0; i < N_GUESTS; i++) {
        const Domain *guest = host_domain_by_name(self->host, names[i]);
        const Domain *stub = stub_of(self, i);
        const int64_t served_ns =
            guest->attributed_ns - guest->ran_ns - guest->overhead_ns;

        g_assert_cmpint(served_ns, >, 0);
        if (stub)
            g_assert_cmpint(served_ns, ==, stub->ran_ns + stub->overhead_ns);
    }
}

static void test_unknown_names_are_refused_with_the_known(void)
{
    g_autoptr(GError) error = NULL;

    g_assert_null(placement_ops_by_name("domU", &error));
    g_assert_cmpstr(error->message, ==,
                    "no placement is called \"domU\" (known: dom0, stub, stub+sdom, "
                    "linux-stub)");
}

int main(int argc, char **argv)
{
    static const char *const stubs[] = { "stub", "stub+sdom", "linux-stub" };

    g_test_init(&argc, &argv, NULL);
    g_test_add("/placements/dom0/no stub", Fixture, "dom0", set_up,
               test_dom0_has_no_stub, tear_down);
    g_test_add("/placements/dom0/works for guests", Fixture, "dom0", set_up,
               test_dom0_works_for_guests, tear_down);
    for (unsigned i = 0; i < G_N_ELEMENTS(stubs); i++) {
        g_autofree char *one_each =
            g_strdup_printf("/placements/%s/one each", stubs[i]);
        g_autofree char *its_own =
            g_strdup_printf("/placements/%s/one has its own", stubs[i]);
        g_autofree char *who_pays =
            g_strdup_printf("/placements/%s/who pays", stubs[i]);

        g_test_add(its_own, Fixture, stubs[i], set_up_mixed, test_one_has_its_own,
                   tear_down);
        g_test_add(one_each, Fixture, stubs[i], set_up, test_each_guest_has_a_stub,
                   tear_down);
        g_test_add(who_pays, Fixture, stubs[i], set_up, test_who_pays, tear_down);
    }
    g_test_add_func("/placements/unknown names are refused with the known",
                    test_unknown_names_are_refused_with_the_known);
    return g_test_run();
}
