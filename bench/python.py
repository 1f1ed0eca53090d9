"""What psoxide costs beside psutil, in CPU time: `cargo xtask bench python` runs it and keeps the tables.

Both are measured in one interpreter, turn by turn, with idle processes started beside those that run already.
"""

import os
import resource
import statistics
import subprocess
import sys
import time

import psutil

import psoxide

ATTRIBUTES = ["pid", "name", "username", "status", "cpu_times", "memory_info", "ppid", "create_time", "num_threads"]
SYSTEM = [
    "cpu_times", "cpu_percent", "cpu_times_percent", "cpu_count", "cpu_stats", "cpu_freq", "virtual_memory",
    "swap_memory", "disk_partitions", "disk_io_counters", "net_io_counters", "net_if_addrs", "net_if_stats",
    "net_connections", "boot_time", "users", "pids", "sensors_temperatures", "sensors_fans", "sensors_battery",
    "heap_info",
]  # fmt: skip


def calls(module):
    """What is measured, by name."""
    found = {}
    process = module.Process()
    for name in sorted(psutil.Process().as_dict()):
        if name != "pid":
            found[f"Process.{name}()"] = getattr(process, name)
    found["Process.children()"] = process.children
    found["Process.is_running()"] = process.is_running
    found["Process.parent()"] = process.parent
    found["Process(1)"] = lambda: module.Process(1)
    found["Process.as_dict() of 9 attributes"] = lambda: process.as_dict(ATTRIBUTES)
    for name in SYSTEM:
        found[f"{name}()"] = getattr(module, name)
    found["disk_usage('/')"] = lambda: module.disk_usage("/")
    found["process_iter() of 9 attributes"] = lambda: list(module.process_iter(ATTRIBUTES))
    return found


def cost(call, times):
    """Microseconds of CPU time a call."""
    before = time.process_time()
    for _ in range(times):
        call()
    return (time.process_time() - before) / times * 1e6


def import_cost(module):
    """Milliseconds of CPU time, and the peak of memory in KiB, of an interpreter that imports the module."""
    # Of the program itself: what `getrusage` tells is also of the one that started it.
    code = f"{module}\nprint(next(line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')))"
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    peak = int(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime) * 1e3, peak


def imports(rounds):
    measured = {"pass": [], "import psutil": [], "import psoxide": []}
    for _ in range(3 * rounds):
        for module, seen in measured.items():
            seen.append(import_cost(module))
    print("| | CPU time, ms | peak memory, KiB |\n|---|---|---|")
    for module, seen in measured.items():
        milliseconds, peak = (statistics.median(column) for column in zip(*seen))
        print(f"| `{module}` | {milliseconds:.1f} | {peak:.0f} |")


def main():
    processes, rounds = int(sys.argv[1]), int(sys.argv[2])
    imports(rounds)
    crowd = [subprocess.Popen(["sleep", "1000"]) for _ in range(processes)]
    try:
        theirs, ours = calls(psutil), calls(psoxide)
        rows = []
        for name, call in theirs.items():
            call(), ours[name]()
            # As often as takes some ten milliseconds.
            times = max(1, min(2000, int(10_000 / max(cost(call, 1), 1))))
            seen = [(cost(call, times), cost(ours[name], times)) for _ in range(rounds)]
            one, other = (statistics.median(column) for column in zip(*seen))
            rows.append((one / other if other else float("inf"), name, one, other))
        print(f"\n{len(psutil.pids())} processes, {len(os.sched_getaffinity(0))} CPUs, Python {sys.version.split()[0]}.\n")
        print("| call | psutil, µs | psoxide, µs | times less |\n|---|---|---|---|")
        for ratio, name, one, other in sorted(rows):
            print(f"| `{name}` | {one:.1f} | {other:.1f} | {ratio:.2f} |")
    finally:
        for process in crowd:
            process.kill()
        for process in crowd:
            process.wait()


if __name__ == "__main__":
    main()
