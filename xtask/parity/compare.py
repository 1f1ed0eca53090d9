"""Compares psoxide with psutil on this machine, in the same moment.

Every probe and every attribute of every process is asked of psutil, of psoxide, and of psutil again. What psoxide says
must lie between what psutil said before and after: equal where both were the same, and a number between the two
where it moved. A comparison that fails is made again for a while, since a machine does not hold still; one that
never succeeds is a difference. What is expected to differ stands in the tables below, each with its reason.

Usage: python compare.py PROGRAM, where `PROGRAM answers` is `cargo xtask answers`.
"""

import collections
import json
import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

import psutil
from between import Between, check_itself, plain
from tolerances import EVERYWHERE, MOVES, PERCENT_MOVES

SECONDS = 4.0  # how long one comparison is repeated before it counts as a difference
SECONDS_LATER = 0.2  # the same for an attribute that has differed in two processes already

TOLERANCES = {
    **EVERYWHERE,
    "virtual_memory.active": MOVES,
    "virtual_memory.inactive": MOVES,
    "virtual_memory.buffers": MOVES,
    "virtual_memory.cached": MOVES,
    "swap_memory.used": MOVES,
    "swap_memory.free": MOVES,
    "swap_memory.percent": PERCENT_MOVES,
    # A share of a clock tick: psutil divides in another order.
    "create_time": 0.011,
    # Idle time goes back a tick when the kernel settles it (cpu_times is not monotonic per CPU on tickless kernels).
    "cpu_times.idle": 0.1,
    "cpu_times.iowait": 0.1,
    "cpu_times_per_cpu.*.idle": 0.1,
    "cpu_times_per_cpu.*.iowait": 0.1,
    # A clock that moves with the load.
    "cpu_freq.*.current": 2000.0,
    "memory_percent": 1e-6,
    # The kernel's file has two decimals, the call that psutil uses has more.
    "getloadavg.*": 0.0051,
}

# Questions that psutil 7.2.2 cannot be asked, with what they are compared with instead, or why with nothing.
WITHOUT_PSUTIL = {
    "heap_info": "tells of the asking program itself; its own tests compare it",
    "services": "Windows",
    "num_handles": "Windows",
    "cpu_percent": "takes two samples; the samplers' own tests compare it",
    "memory_info_ex": "new in psutil 8.0; compared with /proc/PID/status",
    "memory_footprint": "new in psutil 8.0; compared with memory_full_info",
    "page_faults": "new in psutil 8.0; compared with /proc/PID/stat",
    "rlimits": "psutil asks a limit at a time; compared with each",
}

# Where psoxide says that something is unknown and psutil says a number or text: field -> what psutil says.
UNKNOWN = {
    "syscalls": 0,  # Linux does not count them
    "min": 0.0,  # cpu_freq without a frequency driver
    "max": 0.0,
    "speed": 0,  # a driver that does not tell
    "fd": -1,  # a socket whose owner is not known
    "secsleft": ("POWER_TIME_UNKNOWN", "POWER_TIME_UNLIMITED"),  # or on mains power
    "soft": -1,  # an infinite limit
    "hard": -1,
}

# Where the two are meant to differ: attribute -> (psutil's answer, psoxide's, why).
MEANT = {
    "environ": (
        {"error": "NoSuchProcess"},
        {},
        "a kernel thread has no environment, and psutil takes the error of reading it for the thread's end",
    ),
}

IO_CLASSES = {0: "none", 1: "realtime", 2: "best-effort", 3: "idle"}
DUPLEX = {0: "?", 1: "half", 2: "full"}


class Psoxide:
    """`cargo xtask answers`, asked a line at a time."""

    def __init__(self, program):
        self.program = subprocess.Popen(
            [program, "answers"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def ask(self, question):
        self.program.stdin.write(question.encode() + b"\n")
        self.program.stdin.flush()
        line = self.program.stdout.readline()
        if not line:
            raise SystemExit(f"psoxide ended at `{question}`")
        return json.loads(line)

    def close(self):
        self.program.stdin.close()
        return self.program.wait()


# ---------------------------------------------------------------- psutil's answers in psoxide's form


def address(end):
    if isinstance(end, str):
        return {"ip": None, "port": None, "path": end} if end else None
    return {"ip": end.ip, "port": end.port, "path": None} if end else None


def connections(sockets):
    told = []
    for each in sockets:
        entry = plain(each)
        entry["laddr"], entry["raddr"] = address(each.laddr), address(each.raddr)
        told.append(entry)
    return sorted_sockets(told)


def sorted_sockets(sockets):
    """By what both tell alike: a socket that nobody is known to hold has the descriptor -1 in psutil and none in psoxide."""
    alike = lambda each: {**each, "fd": -1 if each["fd"] is None else each["fd"]}
    return sorted(sockets, key=lambda each: json.dumps(alike(each), sort_keys=True))


def interface_stats():
    told = psutil.net_if_stats()
    return {
        name: {**plain(each), "duplex": DUPLEX[int(each.duplex)], "flags": [f for f in each.flags.split(",") if f]}
        for name, each in told.items()
    }


def frequencies():
    return {str(number): plain(each) for number, each in enumerate(psutil.cpu_freq(percpu=True))}


def by_number(values):
    return {str(number): plain(each) for number, each in enumerate(values)}


def load():
    return dict(zip(("one", "five", "fifteen"), psutil.getloadavg()))


PROBES = {
    "boot_time": psutil.boot_time,
    "cpu_count": psutil.cpu_count,
    "cpu_count_cores": lambda: psutil.cpu_count(logical=False),
    "cpu_freq": frequencies,
    "cpu_stats": psutil.cpu_stats,
    "cpu_times": psutil.cpu_times,
    "cpu_times_per_cpu": lambda: by_number(psutil.cpu_times(percpu=True)),
    "disk_io_counters": lambda: psutil.disk_io_counters(perdisk=True, nowrap=False),
    "disk_partitions": psutil.disk_partitions,
    "getloadavg": load,
    "net_connections": lambda: connections(psutil.net_connections("inet")),
    "net_if_addrs": psutil.net_if_addrs,
    "net_if_stats": interface_stats,
    "net_io_counters": lambda: psutil.net_io_counters(pernic=True, nowrap=False),
    "pids": psutil.pids,
    "sensors_battery": psutil.sensors_battery,
    "sensors_fans": psutil.sensors_fans,
    "sensors_temperatures": psutil.sensors_temperatures,
    "swap_memory": psutil.swap_memory,
    "users": psutil.users,
    "virtual_memory": psutil.virtual_memory,
}


def process_connections(process):
    told = connections(process.net_connections("inet"))
    return [{**each, "pid": process.pid} for each in told]


def io_priority(process):
    told = process.ionice()
    return {"ioclass": IO_CLASSES[int(told.ioclass)], "value": told.value}


def limits(process):
    names = [name for name in dir(psutil) if name.startswith("RLIMIT_")]
    return {
        name: dict(zip(("soft", "hard"), process.rlimit(getattr(psutil, name)))) for name in names
    }


def descriptors(process):
    # To count its own, psutil opens one more: the folder that it counts in.
    return process.num_fds() - (process.pid == os.getpid())


def threads(process):
    # psutil's order is that of the numbers as text.
    return sorted(process.threads(), key=lambda thread: thread.id)


def faults(process):
    with open(f"/proc/{process.pid}/stat", "rb") as file:
        fields = file.read().rpartition(b")")[2].split()
    return {"minor": int(fields[7]), "major": int(fields[9])}


def status_memory(process):
    with open(f"/proc/{process.pid}/status", "rb") as file:
        lines = dict(line.split(b":", 1) for line in file if b":" in line)
    keys = {
        "peak_rss": b"VmHWM",
        "peak_vms": b"VmPeak",
        "rss_anon": b"RssAnon",
        "rss_file": b"RssFile",
        "rss_shmem": b"RssShmem",
        "swap": b"VmSwap",
        "hugetlb": b"HugetlbPages",
    }
    told = plain(process.memory_info())
    del told["lib"], told["dirty"]
    for name, key in keys.items():
        told[name] = int(lines[key].split()[0]) * 1024 if key in lines else None
    return told


def footprint(process):
    told = process.memory_full_info()
    return {"uss": told.uss, "pss": told.pss, "swap": told.swap}


ATTRS = {
    "cpu_num": lambda process: process.cpu_num(),
    "ionice": io_priority,
    "memory_footprint": footprint,
    "memory_info_ex": status_memory,
    "memory_maps": lambda process: process.memory_maps(grouped=False),
    "net_connections": process_connections,
    "num_fds": descriptors,
    "page_faults": faults,
    "rlimits": limits,
    "threads": threads,
}


# ---------------------------------------------------------------- comparing

# Linux does not count system calls: psutil says 0, and psoxide has no such field there.
RULES = Between(TOLERANCES, UNKNOWN, left_out={"syscalls"})
differences = RULES.differences

ERRORS = {
    psutil.NoSuchProcess: "NoSuchProcess",
    psutil.ZombieProcess: "ZombieProcess",
    psutil.AccessDenied: "AccessDenied",
    FileNotFoundError: "NoSuchProcess",
    ProcessLookupError: "NoSuchProcess",
    PermissionError: "AccessDenied",
}


def theirs(ask):
    try:
        return plain(ask())
    except tuple(ERRORS) as error:
        return {"error": ERRORS[type(error)]}


def ours(psoxide, question, name):
    answer = psoxide.ask(question)
    if name == "net_connections" and isinstance(answer, list):
        answer = sorted_sockets(answer)
    if isinstance(answer, dict) and "error" in answer:
        return {"error": answer["error"]}, answer["message"]
    return answer, ""


def compare(psoxide, name, question, ask, gone=lambda: False, seconds=SECONDS):
    """The differences that remain after some seconds; none if a comparison succeeded or the process is gone."""
    deadline = time.monotonic() + seconds
    while True:
        before = theirs(ask)
        mine, message = ours(psoxide, question, name)
        found = differences(name, before, mine, theirs(ask))
        if not found or gone() or MEANT.get(name, ())[:2] == (before, mine):
            return []
        if time.monotonic() > deadline or mine == {"error": "Unsupported"}:
            return [each + (f" ({message})" if message else "") for each in found]
        time.sleep(0.02)


# ---------------------------------------------------------------- processes with something to tell


def subjects(folder):
    """Children of every kind that this user can start."""
    children = []

    def child(arguments, **options):
        process = subprocess.Popen(arguments, stdin=subprocess.PIPE, **options)
        children.append(process)
        return process

    idle = "import sys; sys.stdin.read()"
    child([sys.executable, "-c", idle, b"not utf-8 \xff\xfe", "", "two words"])
    child([sys.executable, "-c", idle], env={**os.environb, b"PSOXIDE_BYTES": b"\xff\n="})
    child([sys.executable, "-c", "import os; os.nice(5); " + idle])
    child([sys.executable, "-c", "import os; os.sched_setaffinity(0, {min(os.sched_getaffinity(0))}); " + idle])
    holder = child([sys.executable, "-c", HOLDER, folder], stdout=subprocess.PIPE)
    holder.stdout.readline()
    # Stopped when it has started: one that is stopped while it opens files has descriptors that only some count.
    stopped = child([sys.executable, "-c", "print('ready', flush=True); " + idle], stdout=subprocess.PIPE)
    stopped.stdout.readline()
    stopped.send_signal(signal.SIGSTOP)
    wait_for(lambda: psutil.Process(stopped.pid).status() == psutil.STATUS_STOPPED)
    # One that is always running.
    busy = child([sys.executable, "-c", "print('ready', flush=True)\nwhile True: pass"], stdout=subprocess.PIPE)
    busy.stdout.readline()
    program = os.path.join(folder, "a program) with (a name that is long")
    shutil.copy(shutil.which("sleep"), program)
    deleted = os.path.join(folder, "deleted")
    os.mkdir(deleted)
    child([program, "1000"], cwd=deleted)
    os.rmdir(deleted)
    os.unlink(program)
    child([sys.executable, "-c", idle], preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (64, 128)))
    zombie = child(["true"])
    wait_for(lambda: psutil.Process(zombie.pid).status() == psutil.STATUS_ZOMBIE)
    return children


HOLDER = """
import mmap, os, socket, sys, threading
folder = sys.argv[1]
held = [open(os.path.join(folder, name), mode) for name, mode in
        (("a", "w"), ("b", "a"), ("c", "w+"), ("d", "a+"), ("e", "wb"))]
for file in held[:2]:
    file.write("x" * 100); file.flush()
held.append(open(os.path.join(folder, "a")))
deleted = open(os.path.join(folder, "gone"), "w"); os.unlink(deleted.name)
listening = socket.create_server(("127.0.0.1", 0))
connected = socket.create_connection(listening.getsockname())
accepted = listening.accept()
datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); datagrams.bind(("127.0.0.1", 0))
if socket.has_ipv6:
    try:
        six = socket.create_server(("::1", 0), family=socket.AF_INET6)
    except OSError:
        pass
local = socket.socket(socket.AF_UNIX); local.bind(os.path.join(folder, "socket")); local.listen()
pair = socket.socketpair()
memory = mmap.mmap(-1, 1 << 20); memory.write(b"x" * (1 << 20))
threads = [threading.Thread(target=threading.Event().wait, daemon=True) for _ in range(3)]
[thread.start() for thread in threads]
print("ready", flush=True)
sys.stdin.read()
"""


def wait_for(condition):
    deadline = time.monotonic() + 10
    while not condition():
        if time.monotonic() > deadline:
            raise SystemExit("a child did not become what it should")
        time.sleep(0.01)


# ---------------------------------------------------------------- the comparison


def compare_probes(psoxide, names):
    found, count = [], 0
    for name in names:
        if name in PROBES:
            found += compare(psoxide, name, f"probe {name}", PROBES[name])
            count += 1
        elif name not in WITHOUT_PSUTIL:
            found.append(f"{name}: a probe that this comparison does not know")
    for name in PROBES:
        if name not in names:
            found.append(f"{name}: not in the catalogue")
    return found, count


def compare_processes(psoxide, names, pids):
    found, count, differed = [], 0, collections.Counter()
    known = set(psutil.Process().as_dict(attrs=[])) | set(ATTRS) | set(WITHOUT_PSUTIL)
    found += [f"{name}: an attribute that this comparison does not know" for name in names if name not in known]
    found += [f"{name}: not in the catalogue" for name in sorted(known - set(names) - set(PROBES) - set(WITHOUT_PSUTIL))]
    for pid in pids:
        try:
            process = psutil.Process(pid)
        except psutil.NoSuchProcess:
            continue
        gone = lambda: not process.is_running() or (process.pid not in psutil.pids())
        for name in names:
            # This process runs while it asks psutil, and sleeps while it waits for what psoxide says. Another one runs all the time.
            if name == "status" and pid == os.getpid():
                continue
            if name in ATTRS:
                ask = lambda: ATTRS[name](process)
            elif name == "pid":
                ask = lambda: pid
            elif hasattr(process, name) and name not in WITHOUT_PSUTIL:
                ask = getattr(process, name)
            else:
                continue
            seconds = SECONDS if differed[name] < 2 else SECONDS_LATER
            told = compare(psoxide, name, f"attr {pid} {name}", ask, gone, seconds)
            differed[name] += bool(told)
            found += [f"process {pid}: {each}" for each in told]
            count += 1
    return found, count


def check_own_rules():
    """What `between.check_itself` is for, of what is of this comparison alone."""
    check_itself(RULES)
    assert not differences("name", {"fd": -1}, {"fd": None}, {"fd": -1})
    held, unheld = {"fd": 3, "laddr": 2}, {"fd": None, "laddr": 1}
    assert sorted_sockets([held, unheld]) == sorted_sockets([unheld, held]) == [unheld, held]


def main():
    check_own_rules()
    psoxide = Psoxide(sys.argv[1])
    names = psoxide.ask("names")
    found, probes = compare_probes(psoxide, names["probes"])
    with tempfile.TemporaryDirectory() as folder:
        children = subjects(folder)
        own = [each.pid for each in children] + [os.getpid(), 1]
        # Of a machine with many processes every so many are enough; the children are always all compared.
        # Not the one that answers: while it does, it has more descriptors and has used more time than while it waits.
        others = [pid for pid in psutil.pids() if pid not in own and pid != psoxide.program.pid]
        others = others[:: max(1, len(others) // 40)]
        try:
            different, attrs = compare_processes(psoxide, names["attrs"], own + others)
            found += different
            found += [f"process without a number: {each}" for each in compare_nobody(psoxide)]
        finally:
            for each in children:
                each.kill()
                each.wait()
    if psoxide.close() != 0:
        found.append("psoxide ended with an error")
    for name, why in WITHOUT_PSUTIL.items():
        print(f"not compared with psutil: {name}: {why}")
    for name, (_, _, why) in MEANT.items():
        print(f"meant to differ: {name}: {why}")
    grouped = collections.Counter(each.split(": ", 2)[1].split(".")[0] for each in found if each.startswith("process"))
    for each in found:
        print("DIFFERENCE", each)
    if grouped:
        print("by attribute:", dict(grouped))
    print(f"psutil {psutil.__version__}: {probes} probes and {attrs} attributes compared, {len(found)} differences")
    return 1 if found else 0


def compare_nobody(psoxide):
    """A process that ended and was waited for."""
    child = subprocess.Popen(["true"])
    child.wait()
    return differences("name", {"error": "NoSuchProcess"}, ours(psoxide, f"attr {child.pid} name", "name")[0], {"error": "NoSuchProcess"})


if __name__ == "__main__":
    sys.exit(main())
