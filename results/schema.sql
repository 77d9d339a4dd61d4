-- The results database of hvmsim; docs/results-schema.md explains it.
-- Times are integer nanoseconds, shares integer parts per million.

PRAGMA application_id = 0x48564d53; -- "HVMS"
PRAGMA user_version = 9;

CREATE TABLE meta (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE metric (
    name TEXT PRIMARY KEY, -- a column of outcome
    unit TEXT NOT NULL,
    meaning TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- A scenario file as it was when its runs were ordered.
CREATE TABLE campaign (
    campaign_id INTEGER PRIMARY KEY,
    hash TEXT NOT NULL UNIQUE,
    scenario_name TEXT NOT NULL,
    scenario_text TEXT NOT NULL, -- resolved, with its sweeps
    program_version TEXT NOT NULL,
    n_runs INTEGER NOT NULL, -- ordered
    turn INTEGER NOT NULL -- the greatest: of the campaign run last
) STRICT;

-- What each combination of a campaign stands for.
CREATE TABLE factor (
    campaign_id INTEGER NOT NULL REFERENCES campaign,
    cell INTEGER NOT NULL,
    position INTEGER NOT NULL, -- as the scenario orders them
    key TEXT NOT NULL,
    value TEXT NOT NULL, -- as a scenario writes it
    number REAL, -- in the base unit (ns, bytes, Hz); NULL if the value is no number
    PRIMARY KEY (campaign_id, cell, position)
) STRICT, WITHOUT ROWID;

-- Resolved scenarios of single runs, each kept once.
CREATE TABLE scenario (
    scenario_id INTEGER PRIMARY KEY,
    hash TEXT NOT NULL UNIQUE, -- SHA-256 of text
    text TEXT NOT NULL
) STRICT;

CREATE TABLE run (
    run_id INTEGER PRIMARY KEY,
    run_key TEXT NOT NULL, -- the same run has the same key, whoever ordered it
    campaign_id INTEGER NOT NULL REFERENCES campaign,
    cell INTEGER NOT NULL,
    replication INTEGER NOT NULL,
    seed TEXT NOT NULL, -- unsigned 64-bit, in decimal
    scenario_id INTEGER NOT NULL REFERENCES scenario,
    profile TEXT NOT NULL,
    program_version TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('done', 'failed')),
    message TEXT, -- of a failed run
    warmup_ns INTEGER NOT NULL,
    measured_ns INTEGER NOT NULL,
    UNIQUE (campaign_id, cell, replication)
) STRICT;

CREATE INDEX run_of_key ON run (run_key, state);

-- What the heading of a table asks, without a look at every run.
CREATE INDEX run_of_profile ON run (campaign_id, profile);
CREATE INDEX failed_run ON run (campaign_id) WHERE state = 'failed';

-- The figures of a finished run that tables and plots ask for, side by side: clustered
-- by combination, so that a figure is one scan. Table metric has the units. NULL is what
-- a run has nothing of: a quantile of no values, one above the median of less than
-- 1 / (1 - q), and the fairness between no guests.
CREATE TABLE outcome (
    campaign_id INTEGER NOT NULL REFERENCES campaign,
    cell INTEGER NOT NULL,
    replication INTEGER NOT NULL,
    run_id INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
    measured_ns INTEGER NOT NULL,
    n_pcpus INTEGER NOT NULL,
    n_guests INTEGER NOT NULL,
    requests INTEGER NOT NULL,
    transfers INTEGER NOT NULL,
    transfer_bytes INTEGER NOT NULL,
    latency_mean_ns INTEGER,
    latency_p50_ns INTEGER,
    latency_p90_ns INTEGER,
    latency_p99_ns INTEGER,
    latency_p999_ns INTEGER,
    latency_greatest_ns INTEGER,
    transfer_p50_ns INTEGER,
    transfer_p99_ns INTEGER,
    deadlines INTEGER NOT NULL,
    missed_deadlines INTEGER NOT NULL,
    lateness_p50_ns INTEGER,
    lateness_p99_ns INTEGER,
    dom0_cpu_ns INTEGER NOT NULL,
    stub_cpu_ns INTEGER NOT NULL,
    guest_cpu_ns INTEGER NOT NULL,
    overhead_ns INTEGER NOT NULL,
    idle_ns INTEGER NOT NULL,
    attributed_guests_ns INTEGER NOT NULL,
    attributed_host_ns INTEGER NOT NULL,
    paid_by_others_ns INTEGER NOT NULL,
    fairness_ppm INTEGER,
    events INTEGER NOT NULL,
    decisions INTEGER NOT NULL,
    switches INTEGER NOT NULL,
    migrations INTEGER NOT NULL,
    refusals INTEGER NOT NULL,
    lived_guests_ns INTEGER NOT NULL,
    creations INTEGER NOT NULL,
    destructions INTEGER NOT NULL,
    dropped_requests INTEGER NOT NULL,
    boots INTEGER NOT NULL,
    boot_p50_ns INTEGER,
    boot_p99_ns INTEGER,
    ring_requests INTEGER NOT NULL,
    ring_latency_p50_ns INTEGER,
    ring_latency_p99_ns INTEGER,
    vm_exits INTEGER NOT NULL,
    interrupt_exits INTEGER NOT NULL,
    io_exits INTEGER NOT NULL,
    hypercalls INTEGER NOT NULL,
    ipis INTEGER NOT NULL,
    notifications INTEGER NOT NULL,
    lost_frames INTEGER NOT NULL,
    PRIMARY KEY (campaign_id, cell, replication)
) STRICT, WITHOUT ROWID;

CREATE INDEX outcome_of_run ON outcome (run_id);

-- (Checks in the form x IN (a, b, c) would build a table of a, b and c for each row.)
CREATE TABLE domain (
    run_id INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
    domain INTEGER NOT NULL, -- index within the run
    id INTEGER NOT NULL, -- as Xen numbers it
    name TEXT NOT NULL,
    domain_group TEXT NOT NULL, -- its section of the scenario; of a stub domain, its guest's
    role TEXT NOT NULL CHECK (role = 'dom0' OR
        role = 'guest' OR
        role = 'stub' OR
        role = 'driver' OR
        role = 'neighbour'),
    owner INTEGER, -- of a stub domain: the index of its guest
    account INTEGER NOT NULL, -- the index of the domain on whose account it ran
    n_vcpus INTEGER NOT NULL,
    weight INTEGER NOT NULL,
    cap_percent INTEGER NOT NULL,
    requests INTEGER NOT NULL,
    latency_sum_ns INTEGER NOT NULL,
    transfers INTEGER NOT NULL,
    transfer_bytes INTEGER NOT NULL,
    transfer_sum_ns INTEGER NOT NULL,
    deadlines INTEGER NOT NULL,
    missed_deadlines INTEGER NOT NULL,
    lived_ns INTEGER NOT NULL, -- up, and not yet destroyed
    creations INTEGER NOT NULL,
    destructions INTEGER NOT NULL,
    dropped_requests INTEGER NOT NULL, -- outstanding when it was destroyed
    wakes INTEGER NOT NULL, -- that led to a run
    wake_sum_ns INTEGER NOT NULL, -- from these until the vCPU ran
    dispatches INTEGER NOT NULL,
    migrations INTEGER NOT NULL,
    running_ns INTEGER NOT NULL,
    runnable_ns INTEGER NOT NULL,
    blocked_ns INTEGER NOT NULL,
    offline_ns INTEGER NOT NULL,
    ran_ns INTEGER NOT NULL,
    overhead_ns INTEGER NOT NULL,
    booked_ns INTEGER NOT NULL,
    paid_ns INTEGER NOT NULL, -- booked, and the overhead of all domains while they drew on the account
    attributed_ns INTEGER NOT NULL,
    -- Of a guest: time in each stage over all its requests; view stage has a row for each.
    stage_exit_ns INTEGER,
    stage_notify_ns INTEGER,
    stage_wait_vcpu_ns INTEGER,
    stage_wait_task_ns INTEGER,
    stage_service_ns INTEGER,
    stage_backend_ns INTEGER,
    stage_reply_ns INTEGER,
    stage_wait_guest_ns INTEGER,
    stage_entry_ns INTEGER,
    -- Of an HVM guest: exits by reason; view vm_exit has a row for each.
    exits_external_interrupt INTEGER NOT NULL,
    exits_interrupt_window INTEGER NOT NULL,
    exits_page_fault INTEGER NOT NULL,
    exits_control_register INTEGER NOT NULL,
    exits_cpuid INTEGER NOT NULL,
    exits_msr INTEGER NOT NULL,
    exits_hlt INTEGER NOT NULL,
    exits_vmcall INTEGER NOT NULL,
    exits_io_instruction INTEGER NOT NULL,
    exits_device_memory INTEGER NOT NULL,
    exits_other INTEGER NOT NULL,
    entries INTEGER NOT NULL, -- as many as exits, but for vCPUs that are out of the guest at either end
    served_in_xen INTEGER NOT NULL,
    posted INTEGER NOT NULL,
    sent_requests INTEGER NOT NULL,
    ring_requests INTEGER NOT NULL, -- put on a ring for it, answered by a back end
    lost_sent_frames INTEGER NOT NULL, -- by a full queue before the card
    lost_received_frames INTEGER NOT NULL, -- by a full ring of the guest
    traps INTEGER NOT NULL, -- of a PV domain: interrupts that hit its code
    event_hypercalls INTEGER NOT NULL,
    block_hypercalls INTEGER NOT NULL,
    irq_hypercalls INTEGER NOT NULL,
    sent_ipis INTEGER NOT NULL,
    received_ipis INTEGER NOT NULL,
    notifications INTEGER NOT NULL, -- ports of event channels that became pending
    upcalls INTEGER NOT NULL, -- of these, those that kicked the vCPU
    PRIMARY KEY (run_id, domain)
) STRICT, WITHOUT ROWID;

CREATE VIEW vm_exit AS
SELECT run_id, domain, reason,
       CASE reason WHEN 'external-interrupt' THEN exits_external_interrupt
                   WHEN 'interrupt-window' THEN exits_interrupt_window
                   WHEN 'page-fault' THEN exits_page_fault
                   WHEN 'control-register' THEN exits_control_register
                   WHEN 'cpuid' THEN exits_cpuid
                   WHEN 'msr' THEN exits_msr
                   WHEN 'hlt' THEN exits_hlt
                   WHEN 'vmcall' THEN exits_vmcall
                   WHEN 'io-instruction' THEN exits_io_instruction
                   WHEN 'device-memory' THEN exits_device_memory
                   WHEN 'other' THEN exits_other END AS exits
FROM domain, (SELECT 'external-interrupt' AS reason
              UNION ALL VALUES ('interrupt-window'), ('page-fault'), ('control-register'), ('cpuid'),
                  ('msr'), ('hlt'), ('vmcall'), ('io-instruction'),
                  ('device-memory'), ('other'))
WHERE role = 'guest';

CREATE TABLE device (
    run_id INTEGER NOT NULL,
    domain INTEGER NOT NULL, -- the guest
    device TEXT NOT NULL,
    requests INTEGER NOT NULL,
    latency_sum_ns INTEGER NOT NULL,
    latency_greatest_ns INTEGER,
    service_sum_ns INTEGER NOT NULL,
    PRIMARY KEY (run_id, domain, device),
    FOREIGN KEY (run_id, domain) REFERENCES domain ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE VIEW stage AS
SELECT run_id, domain, position, stage,
       CASE position WHEN 0 THEN stage_exit_ns
                     WHEN 1 THEN stage_notify_ns
                     WHEN 2 THEN stage_wait_vcpu_ns
                     WHEN 3 THEN stage_wait_task_ns
                     WHEN 4 THEN stage_service_ns
                     WHEN 5 THEN stage_backend_ns
                     WHEN 6 THEN stage_reply_ns
                     WHEN 7 THEN stage_wait_guest_ns
                     ELSE stage_entry_ns END AS sum_ns
FROM domain, (SELECT 0 AS position, 'exit' AS stage -- as a request passes them
              UNION ALL VALUES (1, 'notify'), (2, 'wait_vcpu'), (3, 'wait_task'),
                  (4, 'service'), (5, 'backend'), (6, 'reply'), (7, 'wait_guest'),
                  (8, 'entry'))
WHERE role = 'guest';

-- Orders of the toolstack that were refused, the first 64 of a run.
CREATE TABLE refusal (
    run_id INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
    position INTEGER NOT NULL,
    at_ns INTEGER NOT NULL, -- from the beginning of the run, the warm-up included
    event TEXT NOT NULL, -- of the scenario
    domain TEXT NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (run_id, position)
) STRICT, WITHOUT ROWID;

-- One row per distribution; view v_histogram has one per bucket. Rows are long and come
-- at the end: twice as fast to add as if they were clustered by a key of theirs.
CREATE TABLE histogram (
    run_id INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
    quantity TEXT NOT NULL CHECK (quantity = 'request' OR
        quantity = 'transfer' OR
        quantity = 'wake' OR
        quantity = 'stage' OR
        quantity = 'device' OR
        quantity = 'boot' OR
        quantity = 'lateness' OR
        quantity = 'ring_request'),
    subject TEXT NOT NULL, -- the domain, role, stage or device
    count INTEGER NOT NULL,
    sum_ns INTEGER NOT NULL,
    least_ns INTEGER NOT NULL,
    greatest_ns INTEGER NOT NULL,
    buckets TEXT NOT NULL -- JSON: {"bucket": count, ...}, ascending
) STRICT;

CREATE INDEX histogram_of_run ON histogram (run_id);

-- What a plot says of all runs of a combination, as it was last drawn: of no worth
-- once there are more runs (n_runs) or others.
CREATE TABLE figure_part (
    campaign_id INTEGER NOT NULL REFERENCES campaign,
    cell INTEGER NOT NULL,
    figure TEXT NOT NULL,
    n_runs INTEGER NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (campaign_id, cell, figure)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER outcome_taken_away AFTER DELETE ON outcome BEGIN
    DELETE FROM figure_part
    WHERE campaign_id = OLD.campaign_id AND cell = OLD.cell;
END;

-- A bucket b below 128 holds the value b; another one 2^s values from
-- (b - 64 s) 2^s on, s = b / 64 - 1.
CREATE VIEW v_histogram AS
SELECT run_id, quantity, subject, bucket,
       CASE WHEN bucket < 128 THEN bucket
            ELSE (bucket - 64 * (bucket / 64 - 1)) << (bucket / 64 - 1) END AS lower_ns,
       CASE WHEN bucket < 128 THEN 1 ELSE 1 << (bucket / 64 - 1) END AS width_ns,
       count
FROM (SELECT run_id, quantity, subject, CAST(entry.key AS INTEGER) AS bucket,
             entry.value AS count
      FROM histogram, json_each(histogram.buckets) AS entry);

CREATE VIEW v_factors AS
SELECT campaign_id, cell, group_concat(key || '=' || value, ' ') AS factors
FROM (SELECT * FROM factor ORDER BY campaign_id, cell, position)
GROUP BY campaign_id, cell;

-- Every finished run with its factors and the figures in the units of the tables; NULL
-- where a run has nothing of the kind.
CREATE VIEW v_run AS
SELECT outcome.campaign_id, outcome.cell, factors, outcome.replication, run.seed,
       requests * 1e9 / outcome.measured_ns AS requests_per_s,
       transfers * 1e9 / outcome.measured_ns AS transfers_per_s,
       latency_p50_ns / 1e3 AS latency_p50_us,
       latency_p99_ns / 1e3 AS latency_p99_us,
       dom0_cpu_ns * 1e2 / outcome.measured_ns AS dom0_cpu_percent,
       fairness_ppm / 1e6 AS fairness,
       paid_by_others_ns * 1e2 / max(attributed_guests_ns, 1) AS paid_by_others_percent,
       missed_deadlines * 1e2 / nullif(deadlines, 0) AS missed_deadlines_percent,
       lived_guests_ns * 1.0 / outcome.measured_ns AS lived_guests,
       lost_frames * 1e9 / outcome.measured_ns AS lost_frames_per_s,
       attributed_guests_ns * 1e2 / outcome.measured_ns AS cpu_percent,
       latency_p90_ns / 1e3 AS latency_p90_us,
       latency_p999_ns / 1e3 AS latency_p999_us,
       transfer_p50_ns / 1e3 AS transfer_p50_us,
       transfer_p99_ns / 1e3 AS transfer_p99_us
FROM outcome JOIN run USING (run_id)
LEFT JOIN v_factors ON v_factors.campaign_id = outcome.campaign_id
                   AND v_factors.cell = outcome.cell;

-- Means over replications, per combination: of the n that are finished, or where a
-- figure has a number of its own, NAME_n, of those that have one.
CREATE VIEW v_summary AS
SELECT campaign_id, cell, factors, count(*) AS n,
       avg(requests_per_s) AS requests_per_s,
       avg(transfers_per_s) AS transfers_per_s,
       avg(latency_p50_us) AS latency_p50_us,
       avg(latency_p99_us) AS latency_p99_us,
       avg(dom0_cpu_percent) AS dom0_cpu_percent,
       avg(fairness) AS fairness,
       avg(paid_by_others_percent) AS paid_by_others_percent,
       avg(missed_deadlines_percent) AS missed_deadlines_percent,
       avg(lived_guests) AS lived_guests,
       avg(lost_frames_per_s) AS lost_frames_per_s,
       avg(cpu_percent) AS cpu_percent,
       avg(latency_p90_us) AS latency_p90_us,
       avg(latency_p999_us) AS latency_p999_us,
       avg(transfer_p50_us) AS transfer_p50_us,
       avg(transfer_p99_us) AS transfer_p99_us,
       count(latency_p50_us) AS latency_p50_us_n,
       count(latency_p99_us) AS latency_p99_us_n,
       count(latency_p90_us) AS latency_p90_us_n,
       count(latency_p999_us) AS latency_p999_us_n,
       count(transfer_p50_us) AS transfer_p50_us_n,
       count(transfer_p99_us) AS transfer_p99_us_n,
       count(fairness) AS fairness_n,
       count(missed_deadlines_percent) AS missed_deadlines_percent_n
FROM v_run
GROUP BY campaign_id, cell;
