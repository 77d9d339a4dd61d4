#include "experiments/captures/capture_costs.h"

/* What a record costs, and a trapped RDTSC (captures' README): with every hypercall
 * traced, a call is one record more, a switch of tasks or into idle four, a trap one.
 */
#define RECORD_CYCLES       INT64_C(390)
#define SWITCH_RECORDS      4
#define RDTSC_CYCLES        INT64_C(1300)
#define RDTSCS_BEFORE_REPLY 13
#define RDTSCS_AFTER_REPLY  8

/* Traps of a PV guest's kernel, counted in pv-hogs3-io2-1p (records 0x201106): 9 from
 * running to a woken process, 5 from its sleep to the block, 10 when there is only a
 * tick. */
#define RDTSCS_OF_UPCALL 7
#define RDTSCS_OF_SWITCH 5
#define RDTSCS_OF_IDLE   2

/* The way from the answer to the block is longer in a stub domain's Linux than in
 * dom0's: 14,130 ns in stub-pio-narrow-1p, 12,420 in hvm-piolight-narrow-1p. */
#define STUB_LOOP_CYCLES 1700

static void lengthen(CostProfile *profile, Cost cost, int64_t cycles)
{
    profile->figures[cost].cycles += cycles;
}

static void add_records(CostProfile *profile, const CaptureScenario *scenario)
{
    if (!scenario->traces_everything)
        return;
    lengthen(profile, COST_SYSTEM_CALL, RECORD_CYCLES);
    lengthen(profile, COST_HYPERCALL, RECORD_CYCLES);
    lengthen(profile, COST_UPCALL, RECORD_CYCLES);
    lengthen(profile, COST_TASK_SWITCH, SWITCH_RECORDS * RECORD_CYCLES);
    lengthen(profile, COST_TASK_IDLE, SWITCH_RECORDS * RECORD_CYCLES);
}

CostProfile *capture_costs_new(const CostProfile *profile,
                               const CaptureScenario *scenario)
{
    CostProfile *costs = cost_profile_copy(profile);

    add_records(costs, scenario);
    return costs;
}

CostProfile *capture_costs_of_stubs(const CostProfile *profile,
                                    const CaptureScenario *scenario)
{
    CostProfile *costs = capture_costs_new(profile, scenario);

    lengthen(costs, COST_QEMU_LOOP, STUB_LOOP_CYCLES);
    if (scenario->is_rdtsc_trapped) {
        lengthen(costs, COST_QEMU_WAKE, RDTSCS_BEFORE_REPLY * RDTSC_CYCLES);
        lengthen(costs, COST_QEMU_LOOP, RDTSCS_AFTER_REPLY * RDTSC_CYCLES);
    }
    return costs;
}

/* Without stub domains capture.ini always says no, but wherever traps are traced, PV
 * guests make them; only in stub-pio-1p, where it says no too, there are none. */
bool capture_traps_rdtsc(const CaptureScenario *scenario)
{
    return scenario->is_rdtsc_trapped || !capture_scenario_has_stubs(scenario);
}

CostProfile *capture_costs_of_pv_guests(const CostProfile *profile,
                                        const CaptureScenario *scenario)
{
    CostProfile *costs = capture_costs_new(profile, scenario);
    const int64_t trap_cycles =
        RDTSC_CYCLES + (scenario->traces_everything ? RECORD_CYCLES : 0);

    if (capture_traps_rdtsc(scenario)) {
        lengthen(costs, COST_UPCALL, RDTSCS_OF_UPCALL * trap_cycles);
        lengthen(costs, COST_TASK_SWITCH, RDTSCS_OF_SWITCH * trap_cycles);
        lengthen(costs, COST_TASK_IDLE, RDTSCS_OF_IDLE * trap_cycles);
    }
    return costs;
}
