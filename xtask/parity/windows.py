"""Compares psoxide with psutil's own wheel for Windows, in one program, in the same moment, on the same processes.

Every name of the interface, its signature and its constants; every question about the machine and every attribute of
processes that this program started, of itself and of the others; the exceptions of wrong calls. Values are asked of
psutil, of psoxide, and of psutil again: see `between.py`. What is meant to differ, and what wine makes differ, stands in
the tables below, each with its reason.

Usage: windows.py FILE, where is written what became of each question and attribute under wine, for docs/coverage.md.
"""

import collections
import enum
import inspect
import itertools
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time

import psoxide
import psutil
from between import Between, check_itself
from tolerances import EVERYWHERE, MIB, MOVES, PERCENT_MOVES

SECONDS = 3.0  # how long one comparison is repeated before it counts as a difference
SECONDS_LATER = 0.2  # the same for an attribute that has differed in two processes already

TOLERANCES = {
    **EVERYWHERE,
    "disk_usage.used": MOVES,
    "disk_usage.free": MOVES,
    "disk_usage.percent": PERCENT_MOVES,
    # Of this program, which takes memory to ask.
    "heap_info.heap_used": MIB,
    "heap_info.mmap_used": MIB,
    # Ticks of 1/64 s, and psutil asks for them in two calls.
    "cpu_times.*": 0.1,
    "cpu_times_per_cpu.*.*": 0.1,
    "memory_percent": 0.01,
    # Of this program, which takes memory to ask.
    "own.memory_info.*": 2 * MIB,
    "own.memory_percent": 0.05,
    "own.cpu_times.*": 0.1,
}

# Questions that psutil cannot answer under wine, and why.
NOT_COMPARED = {
    "memory_full_info": "wine does not tell which pages a process shares, and psutil fails",
    "getloadavg": "wine lacks the performance counter that psutil asks for",
    "swap_memory": "wine lacks the performance counter that psutil asks for",
    "users": "wine does not tell where a session's user is, and psutil fails",
}
# Where the two are meant to differ, or wine makes them: path -> why.
MEANT = {
    "memory_maps.*.path": "of one file wine tells a name with a NUL behind it, which psutil makes another of",
    "memory_maps_each.*.path": "as `memory_maps`",
    "own.memory_maps.*.path": "as `memory_maps`",
    "own.memory_maps_each.*.path": "as `memory_maps`",
    "cpu_freq.1": "psutil tells the clock of the first CPU, psoxide of each",
    "boot_time": "psoxide asks when the system was booted, which for wine is when its first program was started; psutil "
    "reckons from a clock, which wine has from the machine",
    "cpu_times.user": "by the call that psutil makes, wine tells the asking program's times, whichever process is asked",
    "cpu_times.system": "as `cpu_times.user`",
    "memory_info.private": "wine leaves it as it was in psutil's memory",
    "own.memory_info.private": "as `memory_info.private`",
    "denied wait": "psutil may not wait for what it may not open; psoxide sees its end in the table of processes",
    "net_if_addrs.*.*.broadcast": "psutil 7.2.2 throws away what it reckons; 8.0 tells it, as psoxide does",
}

RULES = Between(TOLERANCES, {})


def told(value):
    """An answer as what it is made of: named tuples with their names, enumerations with theirs."""
    if isinstance(value, enum.Enum):
        return f"{type(value).__name__}.{value.name}"
    if hasattr(value, "_asdict"):
        return {"(type)": type(value).__name__, **{name: told(part) for name, part in value._asdict().items()}}
    if isinstance(value, dict):
        return {str(name): told(part) for name, part in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [told(part) for part in value]
    if type(value).__name__ == "Process":
        return [value.pid, value.create_time()]
    return value


def unordered(values):
    return sorted(values, key=repr)


def numbered(values):
    return {str(number): value for number, value in enumerate(values)}


QUESTIONS = {
    "boot_time": lambda ps: ps.boot_time(),
    "cpu_count": lambda ps: ps.cpu_count(),
    "cpu_count_cores": lambda ps: ps.cpu_count(logical=False),
    "cpu_freq": lambda ps: [ps.cpu_freq(), ps.cpu_freq(percpu=True)],
    "cpu_stats": lambda ps: ps.cpu_stats(),
    "cpu_times": lambda ps: ps.cpu_times(),
    "cpu_times_per_cpu": lambda ps: numbered(ps.cpu_times(percpu=True)),
    "disk_io_counters": lambda ps: [ps.disk_io_counters(nowrap=False), ps.disk_io_counters(perdisk=True, nowrap=False)],
    "disk_partitions": lambda ps: ps.disk_partitions(),
    "disk_partitions_all": lambda ps: ps.disk_partitions(all=True),
    "disk_usage": lambda ps: ps.disk_usage("C:\\"),
    "getloadavg": lambda ps: ps.getloadavg(),
    "heap_info": lambda ps: ps.heap_info(),
    "net_connections": lambda ps: unordered(told(ps.net_connections())),
    "net_connections_all": lambda ps: unordered(told(ps.net_connections("all"))),
    "net_if_addrs": lambda ps: ps.net_if_addrs(),
    "net_if_stats": lambda ps: ps.net_if_stats(),
    "net_io_counters": lambda ps: ps.net_io_counters(pernic=True, nowrap=False),
    "net_io_counters_total": lambda ps: ps.net_io_counters(nowrap=False),
    "pids": lambda ps: ps.pids(),
    "pid_exists": lambda ps: [ps.pid_exists(pid) for pid in (0, os.getpid(), os.getppid(), 999999, -1)],
    "sensors_battery": lambda ps: ps.sensors_battery(),
    "services": lambda ps: {service.name(): service.as_dict() for service in ps.win_service_iter()},
    # Each answer is a call of its own, and wine's are slow.
    "services_one_by_one": lambda ps: [service_told(service) for service in itertools.islice(ps.win_service_iter(), 3)],
    "swap_memory": lambda ps: ps.swap_memory(),
    "users": lambda ps: ps.users(),
    "virtual_memory": lambda ps: ps.virtual_memory(),
}


def service_told(service):
    names = ("name", "display_name", "binpath", "username", "start_type", "status", "pid", "description")
    return [*(getattr(service, name)() for name in names), str(service)]


ATTRIBUTES = {
    "children": lambda process: unordered(told(process.children(recursive=True))),
    "cpu_times": lambda process: process.cpu_times(),
    "memory_maps": lambda process: process.memory_maps(),
    "memory_maps_each": lambda process: process.memory_maps(grouped=False),
    "net_connections": lambda process: unordered(told(process.net_connections("all"))),
    "open_files": lambda process: unordered(told(process.open_files())),
    "parents": lambda process: process.parents(),
    "is_running": lambda process: process.is_running(),
    "threads": lambda process: unordered(told(process.threads())),
}
for _name in sorted(psutil.Process().as_dict(attrs=["pid"]).keys() | psutil._as_dict_attrnames):
    if _name not in ("pid", "cpu_percent") and _name not in ATTRIBUTES:
        ATTRIBUTES[_name] = lambda process, name=_name: getattr(process, name)()

# What psutil 7.2.2 does not have.
NEWER = ("memory_footprint", "memory_info_ex", "page_faults")

# Calls that are wrong, or about what is not there.
WRONG = {
    "Process(-1)": lambda ps: ps.Process(-1),
    "Process('a')": lambda ps: ps.Process("a"),
    "Process(unused)": lambda ps: ps.Process(999996),
    "Process(2 ** 70)": lambda ps: ps.Process(2**70),
    "net_connections": lambda ps: ps.net_connections("unix"),
    "disk_usage": lambda ps: ps.disk_usage("Z:\\no\\such\\place"),
    "ionice 9": lambda ps: ps.Process().ionice(9),
    "ionice value": lambda ps: ps.Process().ionice(ps.IOPRIO_LOW, 1),
    "ionice value alone": lambda ps: ps.Process().ionice(value=1),
    "nice": lambda ps: ps.Process().nice("a"),
    "cpu_affinity": lambda ps: ps.Process().cpu_affinity([9999]),
    "cpu_affinity text": lambda ps: ps.Process().cpu_affinity(["a"]),
    "send_signal": lambda ps: ps.Process(CHILDREN[0].pid).send_signal(signal.SIGINT),
    "wait": lambda ps: ps.Process(CHILDREN[0].pid).wait(0),
    "memory_percent": lambda ps: ps.Process().memory_percent("pss"),
    "as_dict": lambda ps: ps.Process().as_dict(["uids"]),
    "win_service_get": lambda ps: ps.win_service_get("no such service"),
    "win_service_get type": lambda ps: ps.win_service_get(1),
    "kill 0": lambda ps: ps.Process(0).kill(),
    "denied kill": lambda ps: ps.Process(DENIED[0]).kill(),
    "denied terminate": lambda ps: ps.Process(DENIED[0]).terminate(),
    "denied suspend": lambda ps: ps.Process(DENIED[0]).suspend(),
    "denied resume": lambda ps: ps.Process(DENIED[0]).resume(),
    "denied nice": lambda ps: ps.Process(DENIED[0]).nice(ps.IDLE_PRIORITY_CLASS),
    "denied ionice": lambda ps: ps.Process(DENIED[0]).ionice(ps.IOPRIO_LOW),
    "denied cpu_affinity": lambda ps: ps.Process(DENIED[0]).cpu_affinity([0]),
    "denied wait": lambda ps: ps.Process(DENIED[0]).wait(0.01),
}

CHILDREN = []
# Those of them that may not be opened.
DENIED = []


def told_of(ask, *arguments):
    try:
        return told(ask(*arguments))
    except Exception as error:
        return {"error": type(error).__name__}


def compare(name, theirs, ours, gone=lambda: False, seconds=SECONDS):
    """The differences that remain after some seconds; none if a comparison succeeded or the process is gone."""
    deadline = time.monotonic() + seconds
    while True:
        before = told_of(theirs)
        mine = told_of(ours)
        found = [each for each in RULES.differences(name, before, mine, told_of(theirs)) if not is_meant(each)]
        if not found or gone():
            return []
        if time.monotonic() > deadline or mine == {"error": "NotImplementedError"}:
            return found
        time.sleep(0.02)


def is_meant(difference):
    path = difference.split(":", 1)[0]
    for pattern in MEANT:
        wanted, parts = pattern.split("."), path.split(".")
        if len(wanted) <= len(parts) and all(w in ("*", p) for w, p in zip(wanted, parts)):
            return True
    return False


# ---------------------------------------------------------------- processes with something to tell

HOLDER = """
import ctypes, os, socket, sys, threading
folder = sys.argv[1]
held = [open(os.path.join(folder, name), mode) for name, mode in (("a", "w"), ("b", "a"), ("c \\u00fc", "wb"))]
listening = socket.create_server(("127.0.0.1", 0))
connected = socket.create_connection(listening.getsockname())
accepted = listening.accept()
datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); datagrams.bind(("127.0.0.1", 0))
memory = bytearray(1 << 20)
threads = [threading.Thread(target=threading.Event().wait, daemon=True) for _ in range(3)]
[thread.start() for thread in threads]
print("ready", flush=True)
sys.stdin.read()
"""
IDLE = "import sys; print('ready', flush=True); sys.stdin.read()"
# Lets nobody open it: an empty list of who may.
DENYING = """
import ctypes, sys
nobody = ctypes.create_string_buffer(8)
ctypes.windll.advapi32.InitializeAcl(nobody, 8, 2)
assert ctypes.windll.advapi32.SetSecurityInfo(ctypes.c_void_p(-1), 6, 4, None, None, nobody, None) == 0
print("ready", flush=True)
sys.stdin.read()
"""


def child(*arguments, **options):
    process = subprocess.Popen(
        [sys.executable, "-c", *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, **options
    )
    CHILDREN.append(process)
    process.stdout.readline()
    return process


def start_children(folder):
    child(IDLE, "two words", "", 'quoted " mark', "back\\slash\\", "\u00fc \U0001f980", "half \ud800 a pair")
    child(IDLE, env={**os.environ, "PSOXIDE_ODD": "\ud800=", "lower": "x"})
    child(IDLE, cwd=folder, creationflags=subprocess.BELOW_NORMAL_PRIORITY_CLASS)
    child(HOLDER, folder)
    pinned = child(IDLE)
    psutil.Process(pinned.pid).cpu_affinity([0])
    psutil.Process(child(IDLE).pid).suspend()
    DENIED.append(child(DENYING).pid)
    assert told_of(psutil.Process(DENIED[0]).nice) == {"error": "AccessDenied"}


# ---------------------------------------------------------------- the comparison


def compare_surface():
    """Names, signatures and constants."""
    found = []

    def same(what, theirs, ours):
        if theirs != ours:
            found.append(f"{what}: psutil {theirs!r}, psoxide {ours!r}")

    same("__all__", list(psutil.__all__), list(psoxide.__all__))
    newer = psoxide._process.NEWER
    methods = {name for name in dir(psutil.Process) if not name.startswith("_")}
    same("methods", sorted(methods), sorted({n for n in dir(psoxide.Process) if not n.startswith("_")} - newer))
    for name in sorted(methods):
        theirs, ours = getattr(psutil.Process, name), getattr(psoxide.Process, name)
        if callable(theirs):
            same(f"Process.{name}", parameters(theirs), parameters(ours))
    for name in psutil.__all__:
        theirs, ours = getattr(psutil, name), getattr(psoxide, name)
        if isinstance(theirs, type):
            if issubclass(theirs, Exception):
                same(f"{name} bases", *([base.__name__ for base in kind.__mro__] for kind in (theirs, ours)))
        elif callable(theirs):
            same(name, parameters(theirs), parameters(ours))
        elif name != "__version__":
            same(name, (type(theirs).__name__, theirs, repr(theirs)), (type(ours).__name__, ours, repr(ours)))
    for name in dir(psutil._ntuples):
        theirs = getattr(psutil._ntuples, name)
        if hasattr(theirs, "_fields") and name not in OTHER_SYSTEMS:
            same(name, theirs._fields, getattr(psoxide._ntuples, name)._fields)
    return found


# Tuples that psutil's module has on every system, and makes on some.
OTHER_SYSTEMS = {"pgids", "puids", "shwtemp", "sfan", "pionice", "pmmap_ext", "pmmap_grouped"}


def parameters(function):
    return [(each.name, each.default) for each in inspect.signature(function).parameters.values()]


def compare_errors():
    found = []
    for name, call in WRONG.items():
        ends = []
        for ps in (psutil, psoxide):
            try:
                ends.append(("no error", told(call(ps))))
            except Exception as error:
                ends.append((type(error).__name__, str(error)))
        if ends[0] != ends[1] and not is_meant(name):
            found.append(f"{name}: psutil {ends[0]}, psoxide {ends[1]}")
    return found


def compare_processes():
    found, count, differed = [], 0, collections.Counter()
    own = [os.getpid(), *(each.pid for each in CHILDREN)]
    others = [pid for pid in psutil.pids() if pid not in own]
    for pid in own + others:
        try:
            theirs, ours = psutil.Process(pid), psoxide.Process(pid)
        except (psutil.NoSuchProcess, psoxide.NoSuchProcess):
            continue
        for name, ask in ATTRIBUTES.items():
            if name in NOT_COMPARED:
                continue
            gone = lambda: pid in others and not theirs.is_running()
            seconds = SECONDS if differed[name] < 2 else SECONDS_LATER
            path = f"own.{name}" if pid == os.getpid() else name
            differ = compare(path, lambda: ask(theirs), lambda: ask(ours), gone, seconds)
            differed[name] += bool(differ)
            found += [f"process {pid}: {each}" for each in differ]
            count += 1
            if pid in own and pid not in DENIED:
                note(name, told_of(lambda: ask(ours)), bool(differ))
    note("pid", [psoxide.Process(pid).pid for pid in own], [psutil.Process(pid).pid for pid in own] != own)
    note("cpu_percent", told_of(psoxide.Process(CHILDREN[0].pid).cpu_percent), True)
    for name in NEWER:
        note(name, told_of(getattr(psoxide.Process(CHILDREN[0].pid), name)), True)
    return found, count


# What became of each question and attribute: `as psutil`, `run` (it answers, but cannot be compared), `refused` by wine.
STATES = {}
RANKS = ("as psutil", "run", "refused", "lacking")


def note(name, answer, differs):
    if isinstance(answer, dict) and "error" in answer:
        state = "lacking" if answer["error"] == "NotImplementedError" else "refused"
    else:
        state = "run" if differs or name in NOT_COMPARED or name in MEANT else "as psutil"
    STATES[name] = max(state, STATES.get(name, state), key=RANKS.index)


def main():
    check_itself(RULES)
    found = [f"surface: {each}" for each in compare_surface()]
    with tempfile.TemporaryDirectory() as folder:
        start_children(folder)
        try:
            for name, ask in QUESTIONS.items():
                differ = [] if name in NOT_COMPARED else compare(name, lambda: ask(psutil), lambda: ask(psoxide))
                found += differ
                note(name, told_of(ask, psoxide), bool(differ))
            found += [f"wrong call: {each}" for each in compare_errors()]
            different, attributes = compare_processes()
            found += different
            try:
                found += compare_table()
            except Exception as error:
                found.append(f"table: {error!r}")
        finally:
            for each in CHILDREN:
                each.kill()
                each.wait()
    with open(sys.argv[1], "w", encoding="utf-8", newline="\n") as file:
        file.write("# What became of each question and attribute under wine, of `cargo xtask cross windows --run`.\n")
        file.writelines(f"{name}\t{state}\n" for name, state in sorted(STATES.items()))
    for name, why in {**NOT_COMPARED, **MEANT}.items():
        print(f"not compared, or meant to differ: {name}: {why}")
    for each in found:
        print("DIFFERENCE", each.encode("ascii", "backslashreplace").decode())
    grouped = collections.Counter(each.split(": ", 2)[1].split(".")[0] for each in found if each.startswith("process"))
    if grouped:
        print("by attribute:", dict(grouped))
    print(
        f"psutil {psutil.__version__} on Windows: {len(QUESTIONS)} questions and {attributes} attributes compared, "
        f"{len(found)} differences"
    )
    return 1 if found else 0


def compare_table():
    """What the table of all processes tells is what each process tells."""
    names = ["pid", "name", "ppid", "create_time", "num_threads", "nice", "cpu_affinity", "username", "exe", "cmdline"]
    own = {os.getpid(), *(each.pid for each in CHILDREN)}
    found = []
    theirs = {process.pid: process.info for process in psutil.process_iter(names)}
    for process in psoxide.process_iter(names):
        if process.pid in own:
            for name in names:
                if told(process.info[name]) != told(theirs[process.pid][name]) and not is_meant(name):
                    found.append(f"table: {name}: psutil {theirs[process.pid][name]!r}, psoxide {process.info[name]!r}")
    if not own <= {process.pid for process in psoxide.process_iter()}:
        found.append("table: a process is missing")
    return found


if __name__ == "__main__":
    sys.exit(main())
