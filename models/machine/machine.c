#include "models/machine/machine.h"

#include "models/machine/back_ends.h"
#include "models/machine/machine_internal.h"
#include "models/machine/machine_size.h"

#define DISK_ID 0u
#define NIC_ID  1u

/* One page holds that many places (Xen 3.x, public/io/ring.h, blkif.h, netif.h). */
#define BLOCK_PLACES   32u
#define BLOCK_SEGMENTS 11u
#define NET_PLACES     256u

DeviceModelCosts device_model_costs(const CostProfile *profile)
{
    return (DeviceModelCosts){
        .access_ns = cost_ns(profile, COST_QEMU_ACCESS),
        .element_ns = cost_ns(profile, COST_QEMU_ELEMENT),
        .posted_ns = cost_ns(profile, COST_QEMU_POSTED),
        .reply_ns = cost_ns(profile, COST_QEMU_REPLY),
        .loop_ns = cost_ns(profile, COST_QEMU_LOOP),
        .disk_ns = cost_ns(profile, COST_QEMU_DISK),
        .packet_ns = cost_ns(profile, COST_QEMU_PACKET),
        .irq_ns = cost_ns(profile, COST_RAISE_IRQ),
    };
}

void machine_own(Machine *machine, void *data, GDestroyNotify free_data)
{
    const Owned owned = { data, free_data };

    g_array_append_val(machine->owned, owned);
}

Domain *machine_add_stub_domain(Machine *machine, Domain *guest)
{
    g_autofree char *name = g_strdup_printf("%s-dm", guest->name);
    Domain *stub = host_add_domain(machine->host, machine->building->stub.id, name,
                                   &machine->building->stub.sched);

    stub->working_set_bytes = machine->building->stub.working_set_bytes;
    g_ptr_array_add(machine->stub_guests, guest);
    g_ptr_array_add(machine->stubs, stub);
    return stub;
}

/* Building. */

static void pin(Domain *domain, const Pinning *pinning)
{
    if (pinning->n_words > 0)
        domain_pin(domain, pinning);
}

static void build_path(Machine *machine, const MachineParams *params)
{
    machine->path = params->path;
    if (!machine->path.xen)
        machine->path.xen = xen_release_default();
    if (!machine->path.map)
        machine->path.map = machine->own_map = device_map_new(machine->path.xen);
}

static void build_host(Machine *machine, const MachineParams *params)
{
    const CostProfile *profile = params->profile;
    HostParams host = params->host;

    host.costs = (SwitchCosts){
        .schedule_ns = cost_ns(profile, COST_SCHEDULE),
        .continue_ns = cost_ns(profile, COST_CONTINUE),
        .switch_ns = cost_ns(profile, COST_SWITCH),
        .refill_ns = cost_ns(profile, params->has_footprints ? COST_TLB : COST_REFILL),
        .ipi_ns = cost_ns(profile, COST_IPI),
        .timer_interrupt_ns = cost_ns(profile, COST_TIMER_INTERRUPT),
        .trap_ns = cost_ns(profile, COST_TRAP),
    };
    if (params->has_footprints)
        host.caches = cost_cache_params(profile);
    machine->host = host_new(&host);
}

static void build_dom0(Machine *machine, const MachineParams *params)
{
    const Dom0Params *dom0 = &params->dom0;
    const CostProfile *profile = params->profile;

    machine->dom0 = host_add_domain(machine->host, 0, "Domain-0", &dom0->sched);
    machine->dom0->working_set_bytes = dom0->working_set_bytes;
    machine->linux_scheduler = dom0->scheduler ? dom0->scheduler : &linux_o1;
    machine->kernel = kernel_new(machine->dom0,
                                 &(KernelParams){ .scheduler = machine->linux_scheduler,
                                                  .n_vcpus = dom0->n_vcpus,
                                                  .hz = dom0->hz,
                                                  .balance_ns = dom0->balance_ns,
                                                  .tick_phase_ns = dom0->tick_phase_ns,
                                                  .profile = profile });
    pin(machine->dom0, &dom0->pinning);
    machine->kernel_hz = dom0->hz;
    machine->select_timeout_ns = params->select_timeout_ns;
    daemons_init(&machine->daemons, machine->kernel,
                 dom0->daemon_run_ns > 0 ? dom0->daemon_run_ns
                                         : cost_ns(profile, COST_DAEMON),
                 dom0->daemon_interval_ns);
    if (params->trace_reader.poll_ns > 0)
        machine->trace_reader =
            trace_reader_new(machine->kernel, &params->trace_reader);
}

/* Its kernel is of dom0's kind. */
static void build_driver_domain(Machine *machine, const MachineParams *params)
{
    const DriverDomainParams *driver = &params->driver_domain;

    machine->driver =
        host_add_domain(machine->host, driver->id, "driver-domain", &driver->sched);
    machine->driver_kernel = kernel_new(
        machine->driver, &(KernelParams){ .scheduler = machine->linux_scheduler,
                                          .n_vcpus = driver->n_vcpus,
                                          .hz = params->dom0.hz,
                                          .balance_ns = params->dom0.balance_ns,
                                          .profile = params->profile });
    pin(machine->driver, &driver->pinning);
}

static void build_devices(Machine *machine, const MachineParams *params)
{
    const DriverDomainParams *driver = &params->driver_domain;
    const int64_t interrupt_ns = cost_ns(params->profile, COST_DISK_INTERRUPT);

    if (driver->has_disk || driver->has_network)
        build_driver_domain(machine, params);
    machine->disk_kernel = driver->has_disk ? machine->driver_kernel : machine->kernel;
    machine->nic_kernel =
        driver->has_network ? machine->driver_kernel : machine->kernel;
    if (params->disk.bytes_per_s > 0)
        machine->disk = physical_disk_new(machine->disk_kernel, DISK_ID, &params->disk,
                                          interrupt_ns);
    machine->nic_params = params->nic;
    machine->nic = physical_device_new(machine->nic_kernel, NIC_ID, 0,
                                       params->nic.bits_per_s / 8, interrupt_ns);
}

static void add_network(Machine *machine, const GuestParams *params, HvmGuest *guest,
                        Domain *domain)
{
    machine->network = arrivals_new(&(ArrivalsSetup){
        .params = params->arrivals,
        .guest = domain,
        .id = machine->arrivals->len,
        .nic = machine->nic,
        .frame_overhead_bytes = machine->nic_params.frame_overhead_bytes,
        .n_queued = (unsigned)machine->nic_params.n_queued,
        .n_places = machine->rings.n_net_places,
    });
    g_ptr_array_add(machine->arrivals, machine->network);
    hvm_guest_set_network(guest, machine->network);
}

/* Frames from outside go by the guest's back end, or its device model. */
static void deliver_by_path(void *owner, int64_t now_ns G_GNUC_UNUSED)
{
    net_path_receive(owner);
}

static void deliver_by_model(void *owner, int64_t now_ns)
{
    device_model_receive(owner, now_ns);
}

static void connect_drivers(Machine *machine, HvmGuest *guest, Domain *domain)
{
    GuestDrivers *drivers = hvm_guest_add_drivers(guest);
    BlockPath *block =
        machine_add_block_path(machine, domain, guest_drivers_notified, drivers);
    NetPath *net =
        machine_add_net_path(machine, domain, guest_drivers_notified, drivers);

    guest_drivers_connect(drivers, block, net);
    arrivals_connect(machine->network, deliver_by_path, net);
}

static void build_guest(Machine *machine, const GuestParams *params)
{
    Domain *domain =
        host_add_domain(machine->host, params->id, params->name, &params->sched);
    const HvmGuestParams guest_params = {
        .workloads = params->workloads,
        .n_vcpus = params->n_vcpus,
        .first_pcpu = domain->index % machine->host->n_pcpus,
        .timer = params->timer,
        .profile = machine->profile,
        .path = &machine->path,
    };
    HvmGuest *guest = hvm_guest_new(domain, &guest_params);
    DeviceModel *model;

    domain->working_set_bytes = params->working_set_bytes;
    pin(domain, &params->pinning);
    if (params->boots)
        hvm_guest_set_boots(guest);
    g_ptr_array_add(machine->guests, guest);
    add_network(machine, params, guest, domain);
    machine->building = params;
    machine->image_sector =
        disk_image_sector(machine->disk_params, machine->guests->len - 1);
    model = guest_placement(params, machine->placement)->add_guest(machine, domain);
    machine->building = NULL;
    g_ptr_array_add(machine->device_models, model);
    hvm_guest_set_device_model(guest, model);
    arrivals_connect(machine->network, deliver_by_model, model);
    if (params->has_pv_drivers)
        connect_drivers(machine, guest, domain);
}

/* One that never blocks has no wakes to add to. */
static bool needs_linux(const NeighbourParams *params)
{
    return params->has_linux && params->run_ns != TIME_NEVER_NS;
}

static void add_linux(Machine *machine, const NeighbourParams *params, Domain *domain)
{
    const KernelParams kernel = { .scheduler = machine->linux_scheduler,
                                  .n_vcpus = params->n_vcpus,
                                  .hz = machine->kernel_hz,
                                  .tick_phase_ns = params->start_ns,
                                  .profile = params->kernel_profile
                                                 ? params->kernel_profile
                                                 : machine->profile,
                                  .run_for = domain };

    g_ptr_array_add(machine->linux_guests,
                    linux_guest_new(domain, &kernel, params->start_ns, params->run_ns,
                                    params->block_ns));
}

static void add_vcpus(Machine *machine, const NeighbourParams *params, Domain *domain)
{
    Host *host = machine->host;

    for (unsigned i = 0; i < params->n_vcpus; i++)
        neighbour_init(&machine->neighbours[machine->n_neighbours++], domain,
                       (domain->index + i) % host->n_pcpus, params);
}

static void build_neighbour(Machine *machine, const NeighbourParams *params)
{
    Domain *domain =
        host_add_domain(machine->host, params->id, params->name, &params->sched);

    if (needs_linux(params))
        add_linux(machine, params, domain);
    else
        add_vcpus(machine, params, domain);
    domain->working_set_bytes = params->working_set_bytes;
    pin(domain, &params->pinning);
}

static void build_neighbours(Machine *machine, const MachineParams *params)
{
    unsigned n_vcpus = 0;

    for (unsigned i = 0; i < params->n_neighbours; i++)
        n_vcpus += params->neighbours[i].n_vcpus;
    machine->neighbours = g_new0(Neighbour, n_vcpus);
    for (unsigned i = 0; i < params->n_neighbours; i++)
        build_neighbour(machine, &params->neighbours[i]);
}

static bool is_absent(const LifeParams *life)
{
    return life && life->is_created;
}

/* What the machine does by itself from the beginning. */
static void arm_starts(Machine *machine, const MachineParams *params)
{
    Sim *sim = machine->host->sim;
    Neighbour *neighbour = machine->neighbours;

    sim_seal(sim);
    for (unsigned i = 0; i < params->n_guests; i++) {
        const int64_t start_ns = params->guests[i].start_ns;

        if (is_absent(params->guests[i].life))
            continue;
        hvm_guest_start_at(g_ptr_array_index(machine->guests, i), start_ns, start_ns);
    }
    for (unsigned i = 0; i < params->n_neighbours; i++) {
        const NeighbourParams *each = &params->neighbours[i];

        for (unsigned j = 0; !needs_linux(each) && j < each->n_vcpus; j++, neighbour++)
            if (!is_absent(each->life))
                neighbour_start_at(neighbour, each->start_ns);
    }
    orders_arm(machine->orders);
    lives_arm(machine->lives);
}

static RingParams rings_of(const RingParams *params)
{
    return (RingParams){
        .n_block_places =
            params->n_block_places > 0 ? params->n_block_places : BLOCK_PLACES,
        .n_segments = params->n_segments > 0 ? params->n_segments : BLOCK_SEGMENTS,
        .n_net_places = params->n_net_places > 0 ? params->n_net_places : NET_PLACES,
    };
}

static MachineSize size_of(const MachineParams *params)
{
    const bool has_driver =
        params->driver_domain.has_disk || params->driver_domain.has_network;
    MachineSize size = {
        .n_pcpus = params->host.topology.n_pcpus,
        .n_disk_channels = MAX(params->disk.n_channels, 1),
        .n_dom0_vcpus = params->dom0.n_vcpus,
        .n_driver_vcpus = has_driver ? params->driver_domain.n_vcpus : 0,
        .n_guests = params->n_guests,
        .n_neighbours = params->n_neighbours,
        .n_orders = params->n_orders,
    };

    for (unsigned i = 0; i < params->n_guests; i++)
        size.n_guest_vcpus += params->guests[i].n_vcpus;
    for (unsigned i = 0; i < params->n_neighbours; i++)
        size.n_neighbour_vcpus += params->neighbours[i].n_vcpus;
    return size;
}

Machine *machine_new(const MachineParams *params)
{
    const MachineSize size = size_of(params);
    Machine *machine = g_new0(Machine, 1);

    machine->profile = params->profile;
    machine->placement = params->placement;
    machine->disk_completion_ns = params->disk_completion_ns;
    machine->disk_params = &params->disk;
    machine->rings = rings_of(&params->rings);
    ring_init(&machine->netback.queue);
    machine->guests = g_ptr_array_new();
    machine->arrivals = g_ptr_array_new_with_free_func((GDestroyNotify)arrivals_free);
    machine->device_models = g_ptr_array_new();
    machine->stub_guests = g_ptr_array_new();
    machine->stubs = g_ptr_array_new();
    machine->linux_guests =
        g_ptr_array_new_with_free_func((GDestroyNotify)linux_guest_free);
    machine->owned = g_array_new(false, false, sizeof(Owned));
    build_path(machine, params);
    build_host(machine, params);
    build_dom0(machine, params);
    build_devices(machine, params);
    for (unsigned i = 0; i < params->n_guests; i++)
        build_guest(machine, &params->guests[i]);
    build_neighbours(machine, params);
    machine->orders = orders_new(machine, params->orders, params->n_orders);
    machine->n_orders = params->n_orders;
    machine->lives = lives_new(machine, params);
    arm_starts(machine, params);
    g_assert(sim_n_timers(machine->host->sim) <= machine_most_timers(&size));
    return machine;
}

void machine_free(Machine *machine)
{
    if (!machine)
        return;
    for (unsigned i = 0; i < machine->device_models->len; i++)
        device_model_free(g_ptr_array_index(machine->device_models, i));
    for (unsigned i = 0; i < machine->owned->len; i++) {
        const Owned *owned = &g_array_index(machine->owned, Owned, i);

        owned->free_data(owned->data);
    }
    for (unsigned i = 0; i < machine->guests->len; i++)
        hvm_guest_free(g_ptr_array_index(machine->guests, i));
    physical_device_free(machine->disk);
    physical_device_free(machine->nic);
    kernel_free(machine->kernel);
    kernel_free(machine->driver_kernel);
    trace_reader_free(machine->trace_reader);
    g_ptr_array_unref(machine->device_models);
    g_ptr_array_unref(machine->guests);
    g_ptr_array_unref(machine->linux_guests);
    g_ptr_array_unref(machine->arrivals);
    g_ptr_array_unref(machine->stub_guests);
    g_ptr_array_unref(machine->stubs);
    g_array_unref(machine->owned);
    g_free(machine->neighbours);
    orders_free(machine->orders);
    lives_free(machine->lives);
    device_map_free(machine->own_map);
    host_free(machine->host);
    g_free(machine);
}

Host *machine_host(const Machine *machine)
{
    return machine->host;
}

const Domain *machine_driver_domain(const Machine *machine)
{
    return machine->driver;
}

Domain *machine_find_stub(const Machine *machine, const Domain *guest)
{
    for (unsigned i = 0; i < machine->stubs->len; i++)
        if (g_ptr_array_index(machine->stub_guests, i) == guest)
            return g_ptr_array_index(machine->stubs, i);
    return NULL;
}

const Domain *machine_stub_of(const Machine *machine, const Domain *guest)
{
    return machine_find_stub(machine, guest);
}

/* dom0 and the stub domains are up when the run begins; stubs wait for requests. */
static void start(Machine *machine)
{
    machine->is_started = true;
    host_start(machine->host);
    kernel_start(machine->kernel);
    if (machine->driver_kernel)
        kernel_start(machine->driver_kernel);
    for (unsigned i = 0; i < machine->stubs->len; i++) {
        const Domain *stub = g_ptr_array_index(machine->stubs, i);

        if (!stub->is_gone)
            vcpu_start(g_ptr_array_index(stub->vcpus, 0), false);
    }
    for (unsigned i = 0; i < machine->linux_guests->len; i++)
        linux_guest_start(g_ptr_array_index(machine->linux_guests, i));
    host_handle_softirqs(machine->host);
}

void machine_run_until(Machine *machine, int64_t end_ns)
{
    if (!machine->is_started)
        start(machine);
    host_run_until(machine->host, end_ns);
}
