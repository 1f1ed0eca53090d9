"""What psoxide costs beside psutil, in CPU time: `cargo xtask bench python` runs it and keeps the tables.

Both are measured in one interpreter, turn by turn, with idle processes started beside those that run already.
"""

import ctypes
import functools
import json
import os
import resource
import socket
import statistics
import subprocess
import sys
import time

import psutil

import psoxide

ATTRIBUTES = ["pid", "name", "username", "status", "cpu_times", "memory_info", "ppid", "create_time", "num_threads"]
SIX = ["name", "cpu_times", "create_time", "ppid", "status", "terminal"]
DEAR = {"memory_maps", "memory_full_info", "net_connections", "open_files", "environ"}
NOBODY = 65534
# Descriptors that an iteration may keep open, of what the program may have at all.
KEPT = 8192
SYSTEM = [
    "cpu_times", "cpu_percent", "cpu_times_percent", "cpu_count", "cpu_stats", "cpu_freq", "virtual_memory",
    "swap_memory", "disk_partitions", "disk_io_counters", "net_io_counters", "net_if_addrs", "net_if_stats",
    "net_connections", "boot_time", "users", "pids", "sensors_temperatures", "sensors_fans", "sensors_battery",
    "heap_info",
]  # fmt: skip
# The files that an answer must come from, those of the process below `{}`; which of several, if the kernel has it in
# more than one, is the cheapest.
FLOORS = {
    "Process.as_dict() of 9 attributes": ["{}/stat", "{}/statm"],
    "Process.cmdline()": ["{}/cmdline"],
    "Process.cpu_num()": ["{}/stat"],
    # psutil counts the CPUs each time.
    "Process.cpu_percent()": ["{}/stat", "/sys/devices/system/cpu/online"],
    "Process.cpu_times()": ["{}/stat"],
    "Process.cwd()": ["{}/cwd"],
    "Process.environ()": ["{}/environ"],
    "Process.io_counters()": ["{}/io"],
    "Process.is_running()": ["{}/stat"],
    "Process.memory_full_info()": ["{}/statm", "{}/smaps_rollup"],
    "Process.memory_info()": ["{}/statm"],
    "Process.memory_percent()": ["{}/statm"],
    "Process.name()": ["{}/comm"],
    "Process.num_ctx_switches()": ["{}/status"],
    "Process.ppid()": ["{}/stat"],
    "Process.status()": ["{}/stat"],
    "Process.terminal()": ["{}/stat"],
    "Process.threads()": ["{}/task", "{}/stat"],
    "Process(1)": ["/proc/1/stat"],
    "cpu_count()": ["/sys/devices/system/cpu/online"],
    "cpu_freq()": ["/proc/cpuinfo"],
    "cpu_percent()": ["/proc/stat"],
    "cpu_stats()": ["/proc/stat"],
    "cpu_times()": ["/proc/stat"],
    "cpu_times_percent()": ["/proc/stat"],
    "disk_io_counters()": ["/proc/diskstats"],
    "disk_partitions()": ["/proc/self/mounts", "/proc/filesystems"],
    "net_io_counters()": ["/proc/self/net/dev"],
    "pids()": ["/proc"],
    "sensors_battery()": ["/sys/class/power_supply"],
    "swap_memory()": ["/proc/vmstat"],
    "virtual_memory()": ["/proc/meminfo"],
}


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
    return found


def oneshot(module):
    process = module.Process()
    methods = [getattr(process, name) for name in SIX]

    def within():
        with process.oneshot():
            for method in methods:
                method()

    def without():
        for method in methods:
            method()

    return within, without


def walk(module, attributes):
    def run():
        for process in module.process_iter(attributes):
            process.info

    return run


def cost(call, times=1):
    """Microseconds of CPU time a call."""
    before = time.process_time()
    for _ in range(times):
        call()
    return (time.process_time() - before) / times * 1e6


def floor(program, files, times, within="/"):
    """Microseconds of CPU time that the kernel takes for these files."""

    def spent(times):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        command = [program, "floors", "--within", within, str(times), *files]
        subprocess.run(command, capture_output=True, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime

    # Less what the program itself takes.
    times *= 2
    return max((spent(times) - spent(0)) / times * 1e6, 0.0)


def file_floors(program):
    """For each call that reads files, what tells microseconds of CPU time that the kernel takes for them."""
    folder = f"/proc/{os.getpid()}"
    found = {}
    for name, files in FLOORS.items():
        paths = [path.replace("{}", folder) for path in files]
        found[name] = lambda times, paths=paths: floor(program, paths, times)

    # What is open, and of files what more is told of them, from the directory that lists them.
    descriptors = [number for number in os.listdir("/proc/self/fd") if os.path.lexists(f"/proc/self/fd/{number}")]
    links = [".", *descriptors]
    of_files = [f"../fdinfo/{number}" for number in descriptors if os.path.isfile(f"/proc/self/fd/{number}")]
    found["Process.net_connections()"] = lambda times: floor(program, links, times, f"{folder}/fd")
    found["Process.open_files()"] = lambda times: floor(program, links + of_files, times, f"{folder}/fd")
    return found


class _Bare:
    """What is as dear as a method of Python must be."""

    def method(self):
        """Nothing."""


class _Mallinfo2(ctypes.Structure):
    _fields_ = [("counts", ctypes.c_size_t * 10)]


class _Ldiv(ctypes.Structure):
    _fields_ = [("parts", ctypes.c_long * 2)]


def bare_calls():
    """For what one call of the C library answers, that call in this process, and one that only goes the same way there
    and back: their difference is the floor. For what is remembered, a method that does nothing.
    """
    library = ctypes.CDLL(None)
    library.mallinfo2.restype = _Mallinfo2
    library.ldiv.restype = _Ldiv
    room = ctypes.create_string_buffer(1024)
    first = ctypes.c_void_p()
    me = os.getpid()

    def one(function, *arguments):
        return (lambda: function(*arguments)), (lambda: library.abs(*arguments))

    def addresses(ask, forget):
        return lambda: (ask(ctypes.byref(first)), forget(first))

    found = {
        "Process.create_time()": (_Bare().method, None),
        "Process.cpu_affinity()": one(library.sched_getaffinity, me, 128, room),
        "Process.nice()": one(library.getpriority, 0, me),
        "disk_usage('/')": one(library.statvfs, b"/", room),
        "heap_info()": (lambda: library.mallinfo2(), lambda: library.ldiv(2, 1)),
        "net_if_addrs()": (
            addresses(library.getifaddrs, library.freeifaddrs),
            addresses(library.abs, library.labs),
        ),
    }
    if hasattr(library, "pidfd_open"):
        # The cheapest that tells the user's number, and the user's name: PIDFD_GET_INFO of Linux 6.13.
        def owner(opens, asks, closes, names):
            def run():
                handle = opens(me, 0)
                asks(handle, 0xC040FF0B, room)
                closes(handle)
                names(os.getuid())

            return run

        theirs = (library.pidfd_open, library.ioctl, library.close, library.getpwuid)
        found["Process.username()"] = (owner(*theirs), owner(*[library.abs] * 4))
    # The C library has no function for it.
    number = {"x86_64": 252, "aarch64": 31}.get(os.uname().machine)
    if number is not None:
        found["Process.ionice()"] = one(library.syscall, number, 1, me)
    return found


def own_calls():
    """For what the interpreter has a function of its own, that function: it asks the kernel the same, with its lock held, and
    makes no object of psutil's.
    """
    me = os.getpid()
    return {
        "Process.cpu_affinity()": ("os.sched_getaffinity", functools.partial(os.sched_getaffinity, me)),
        "Process.nice()": ("os.getpriority", functools.partial(os.getpriority, os.PRIO_PROCESS, me)),
        "cpu_count()": ("os.sysconf", functools.partial(os.sysconf, "SC_NPROCESSORS_ONLN")),
        "disk_usage('/')": ("os.statvfs", functools.partial(os.statvfs, "/")),
    }


def import_cost(module):
    """Milliseconds of CPU time, and the peak of memory in KiB, of an interpreter that imports the module."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    peak = peak_of(module)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime) * 1e3, peak


def peak_of(code):
    """The peak of memory of an interpreter that runs the code, in KiB."""
    # Of the program itself: what `getrusage` tells is also of the one that started it.
    code = f"{code}\nprint(next(line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')))"
    return int(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout)


def imports(rounds):
    measured = {"pass": [], "import psutil": [], "import psoxide": []}
    for _ in range(3 * rounds):
        for module, seen in measured.items():
            seen.append(import_cost(module))
    print("| | CPU time, ms | peak memory, KiB |\n|---|---|---|")
    for module, seen in measured.items():
        milliseconds, peak = (statistics.median(column) for column in zip(*seen))
        print(f"| `{module}` | {milliseconds:.1f} | {peak:.0f} |")


def single(rounds, program):
    """Each method and call."""
    theirs, ours, floors, bare = calls(psutil), calls(psoxide), file_floors(program), bare_calls()
    own = own_calls()
    rows, beside = [], []
    for name, call in theirs.items():
        call(), ours[name]()
        # As often as takes some ten milliseconds.
        times = max(1, min(2000, int(10_000 / max(cost(call, 1), 1))))
        there, back = bare.get(name, (None, None))
        seen = []
        for _ in range(rounds):
            least = 0.0
            if name in floors:
                least = floors[name](times)
            elif there:
                least = max(cost(there, times) - (cost(back, times) if back else 0.0), 0.0)
            itself = cost(own[name][1], times) if name in own else 0.0
            seen.append((cost(call, times), cost(ours[name], times), least, itself))
        one, other, least, itself = (statistics.median(column) for column in zip(*seen))
        if name in own:
            beside.append(f"| `{name}` | {one:.3f} | {other:.3f} | `{own[name][0]}` | {itself:.3f} |")
        rows.append((one / other if other else float("inf"), name, one, other, least))
    print("| call | psutil, µs | psoxide, µs | times less | floor, µs | psoxide ÷ floor | floor ÷ psutil |")
    print("|---|---|---|---|---|---|---|")
    for ratio, name, one, other, least in sorted(rows):
        digits = 1 if one >= 2 else 3
        reach = f"{least:.{digits}f} | {other / least:.2f} | {least / one:.0%}" if least else " | | "
        print(f"| `{name}` | {one:.{digits}f} | {other:.{digits}f} | {ratio:.2f} | {reach} |")
    print("\nWhat the interpreter's own function takes that asks the kernel the same:\n")
    print("| call | psutil, µs | psoxide, µs | the interpreter's own | µs |\n|---|---|---|---|---|")
    print("\n".join(beside))


def many(rounds):
    """What goes over all processes, by name: microseconds of each, for each process."""
    count = len(psutil.pids())
    everything = sorted(set(psutil.Process().as_dict()) - DEAR)
    pairs = {
        "process_iter() of 9 attributes": (walk(psutil, ATTRIBUTES), walk(psoxide, ATTRIBUTES)),
        "process_iter() of all but the dear": (walk(psutil, everything), walk(psoxide, everything)),
    }
    figures = {}
    for keep in (0, KEPT):
        psoxide.process_iter.keep_descriptors(keep)
        for name, (one, other) in pairs.items():
            one(), other()
            seen = [(cost(one), cost(other)) for _ in range(rounds)]
            name += f", {keep} descriptors kept" if keep else ""
            figures[name] = [statistics.median(column) / count for column in zip(*seen)]
    psoxide.process_iter.keep_descriptors(0)
    return figures


def sockets(rounds):
    """All sockets, beside 5,000 of this process: milliseconds of the first call, and of those that follow."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=5000)
    held = [listener]
    while len(held) < 5000:
        held.append(socket.create_connection(listener.getsockname()))
        held.append(listener.accept()[0])
    one, other = psutil.net_connections, psoxide.net_connections
    code = "import time, {0} as m; t = time.process_time(); m.net_connections(); print(time.process_time() - t)"

    def first(module):
        done = subprocess.run([sys.executable, "-c", code.format(module)], capture_output=True, check=True)
        return float(done.stdout) * 1e6

    def ss():
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(["ss", "-tuanx"], stdout=subprocess.DEVNULL, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return (after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime) * 1e6

    one(), other()
    firsts = [(first("psutil"), first("psoxide")) for _ in range(rounds)]
    again = [(cost(one), cost(other)) for _ in range(rounds)]
    rows = {"the first call of a program": firsts, "the calls that follow": again}
    print("\n`net_connections()` with 5,000 sockets of one process beside those of the machine, in milliseconds:\n")
    print("| | psutil | psoxide | times less |\n|---|---|---|---|")
    for name, seen in rows.items():
        theirs, ours = (statistics.median(column) / 1e3 for column in zip(*seen))
        print(f"| {name} | {theirs:.1f} | {ours:.1f} | {theirs / ours:.2f} |")
    try:
        print(f"\n`ss -tuanx`, which tells no owners: {statistics.median(ss() for _ in range(rounds)) / 1e3:.1f} ms.")
    except FileNotFoundError:
        print("\n`ss` is not installed.")
    for end in held:
        end.close()


def as_nobody(measure):
    """What `measure` tells in a process of a plain user."""
    # What was prepared with more rights is not his.
    psoxide.process_iter.cache_clear()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.close(reading)
            os.setgroups([])
            os.setresgid(NOBODY, NOBODY, NOBODY)
            os.setresuid(NOBODY, NOBODY, NOBODY)
            with os.fdopen(writing, "w") as pipe:
                json.dump(measure(), pipe)
            status = 0
        finally:
            os._exit(status)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        told = pipe.read()
    if os.waitpid(child, 0)[1]:
        raise RuntimeError("the measurement as a plain user failed")
    return json.loads(told)


def frames(rounds):
    """A polars frame from the table, and from the dictionaries of an iteration."""
    import polars

    def from_dictionaries(module):
        return lambda: polars.DataFrame([process.info for process in module.process_iter(ATTRIBUTES)])

    ways = [
        from_dictionaries(psutil),
        from_dictionaries(psoxide),
        lambda: polars.DataFrame(psoxide.process_table(ATTRIBUTES)),
    ]
    for way in ways:
        way()
    seen = [[cost(way) for way in ways] for _ in range(rounds)]
    count = len(psutil.pids())
    return [statistics.median(column) / count for column in zip(*seen)]


def tables(rounds):
    print("\nFor each process, in microseconds:\n")
    print("| work | psutil | psoxide | times less |\n|---|---|---|---|")
    users = [("root" if os.geteuid() == 0 else "this user", many(rounds))]
    if os.geteuid() == 0:
        users.append(("a plain user", as_nobody(lambda: many(rounds))))
    for user, figures in users:
        for name, (one, other) in figures.items():
            print(f"| `{name}` as {user} | {one:.2f} | {other:.2f} | {one / other:.2f} |")
    one, other, columns = frames(rounds)
    print(f"| polars from the `.info` of 9 attributes | {one:.2f} | {other:.2f} | {one / other:.2f} |")
    print(f"| the same, psoxide from `process_table` | {one:.2f} | {columns:.2f} | {one / columns:.2f} |")

    sockets(rounds)

    within, without = oneshot(psutil), oneshot(psoxide)
    seen = [[cost(call, 200) for call in (*within, *without)] for _ in range(rounds)]
    theirs, theirs_single, ours, ours_single = (statistics.median(column) for column in zip(*seen))
    print("\nThe six calls " + ", ".join(f"`{name}`" for name in SIX) + " of one process, in microseconds:\n")
    print("| | psutil | psoxide | times less |\n|---|---|---|---|")
    print(f"| within `oneshot()` | {theirs:.2f} | {ours:.2f} | {theirs / ours:.2f} |")
    print(f"| without | {theirs_single:.2f} | {ours_single:.2f} | {theirs_single / ours_single:.2f} |")
    print(f"| times less within | {theirs_single / theirs:.2f} | {ours_single / ours:.2f} | |")

    print("\nPeak memory of a program that does nothing else, in KiB:\n")
    print("| work | psutil | psoxide |\n|---|---|---|")
    peaks = [peak_of(f"import {name} as m\nfor p in m.process_iter({ATTRIBUTES}): p.info") for name in ("psutil", "psoxide")]
    print(f"| `process_iter()` of 9 attributes | {peaks[0]} | {peaks[1]} |")


def main():
    processes, rounds, program = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    imports(rounds)
    crowd = [subprocess.Popen(["sleep", "1000"]) for _ in range(processes)]
    try:
        cpus = len(os.sched_getaffinity(0))
        print(f"\n{len(psutil.pids())} processes, {cpus} CPUs, Python {sys.version.split()[0]}.\n")
        single(rounds, program)
        tables(rounds)
    finally:
        for process in crowd:
            process.kill()
        for process in crowd:
            process.wait()


if __name__ == "__main__":
    main()
