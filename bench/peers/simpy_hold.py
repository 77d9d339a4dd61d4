"""simpy_hold.py - the hold model of hold.h on SimPy: a process for each thing.

usage: simpy_hold.py N EVENTS
"""
import itertools
import math
import sys
import time

import simpy

DRAWS = 16384
MEAN_NS = 1e6
MASK = (1 << 64) - 1


def uniforms(state=88172645463325252):
    """xorshift64*, as in hold.h."""
    while True:
        state ^= state >> 12
        state ^= (state << 25) & MASK
        state ^= state >> 27
        yield ((state * 2685821657736338717 & MASK) >> 11) * 2.0**-53


def hold_times(n, events):
    """The increments, without end; takes the time of `events` of them and stops."""
    increments = [
        int(-MEAN_NS * math.log(1 - u)) + 1
        for u in itertools.islice(uniforms(), DRAWS)
    ]
    first = 2 * n + 1000
    for fired in range(first):
        yield increments[fired % DRAWS]
    started_ns = time.process_time_ns()
    for fired in range(first, first + events):
        yield increments[fired % DRAWS]
    print(f"{(time.process_time_ns() - started_ns) / events:.2f}", flush=True)
    sys.exit(0)


def make_life(k):
    """One of eight handlers, as a process."""

    def life(env, number, times, sums):
        while True:
            yield env.timeout(next(times))
            sums[k] += number

    return life


def main():
    n, events = int(sys.argv[1]), int(sys.argv[2])
    env = simpy.Environment()
    lives = [make_life(k) for k in range(8)]
    times = hold_times(n, events)
    sums = [0] * 8
    for number in range(n):
        env.process(lives[number % 8](env, number, times, sums))
    env.run()


if __name__ == "__main__":
    main()
