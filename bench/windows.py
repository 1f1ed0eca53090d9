"""Measures psoxide beside psutil's own wheel under wine, in one program, interleaved: the tables of the section `windows` of
docs/performance.md. Usage: windows.py ROUNDS

CPU time of this program by GetProcessTimes; what wine's server does for it is not counted, for neither of the two. Only
the ratios mean something: wine's calls cost otherwise than those of Windows.
"""

import os
import statistics
import subprocess
import sys
import time

import psoxide
import psutil

ROUNDS = int(sys.argv[1])
LEAST = 0.25  # seconds of CPU time a measurement takes at least: wine tells it in hundredths
CHILDREN = 40
# What a program that shows processes asks of all.
COLUMNS = ["pid", "name", "ppid", "status", "create_time", "cpu_times", "memory_info", "num_threads", "num_handles"]
# What the system's table of processes tells, and calls on one handle.
ONESHOT = [
    "name", "ppid", "status", "create_time", "cpu_times", "cpu_percent", "memory_info", "memory_percent", "num_threads",
    "num_ctx_switches", "num_handles", "io_counters", "nice", "username",
]  # fmt: skip


# A program that lets nobody open it: an empty list of who may. To see it anyway takes a privilege that wine does not know.
DENYING = """
import ctypes, sys
nobody = ctypes.create_string_buffer(8)
ctypes.windll.advapi32.InitializeAcl(nobody, 8, 2)
failed = ctypes.windll.advapi32.SetSecurityInfo(ctypes.c_void_p(-1), 6, 4, None, None, nobody, None)
print(failed, flush=True)
sys.stdin.read()
"""


def spent(call, times):
    before = time.process_time()
    for _ in range(times):
        call()
    return time.process_time() - before


def times_for(call):
    times = 1
    # Of two, so that one slow moment does not make it a few calls, which wine's clock cannot tell from none.
    while (took := min(spent(call, times), spent(call, times))) < LEAST:
        times = times * 2 if took < LEAST / 8 else int(times * LEAST / took * 1.2) + 1
    return times


def measured(calls):
    """Microseconds of CPU time that each call takes, the median of interleaved rounds."""
    counts = [times_for(call) for call in calls]
    rounds = [[spent(call, times) / times * 1e6 for call, times in zip(calls, counts)] for _ in range(ROUNDS)]
    return [statistics.median(column) for column in zip(*rounds)]


def ppid(ps, pid):
    process = ps.Process(pid)

    def ask():
        # psutil asks once for each object.
        process._ppid = None
        return process.ppid()

    return ask


def attributes(process):
    for name in ONESHOT:
        try:
            getattr(process, name)()
        except (psutil.AccessDenied, psoxide.AccessDenied):
            pass


def at_once(process):
    with process.oneshot():
        attributes(process)


def main():
    children = [
        subprocess.Popen(["cmd.exe", "/k"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) for _ in range(CHILDREN)
    ]
    denying = [sys.executable, "-c", DENYING]
    children.append(subprocess.Popen(denying, stdin=subprocess.PIPE, stdout=subprocess.PIPE))
    try:
        for child in children:
            child.stdout.read(1)
        tables(children[0].pid, children[-1].pid)
    finally:
        for child in children:
            child.kill()
            child.wait()


def is_denied(ps, pid):
    try:
        ps.Process(pid).nice()
    except ps.AccessDenied:
        return True
    return False


def tables(pid, denied):
    assert is_denied(psutil, denied) and is_denied(psoxide, denied)
    print(f"With {len(psutil.pids())} processes, median of {ROUNDS} interleaved rounds.\n")
    print("| Question | psutil 7.2.2, µs | psoxide, µs | psutil / psoxide | asked for |")
    print("|---|---|---|---|---|")
    both = lambda call: [lambda: call(psutil), lambda: call(psoxide)]
    rows = [
        ("`process_iter` with 9 attributes of every process", both(lambda ps: list(ps.process_iter(COLUMNS))), 5),
        ("`ppid` of a process", [ppid(ps, pid) for ps in (psutil, psoxide)], 20),
        ("`threads` of a process", [ps.Process(pid).threads for ps in (psutil, psoxide)], 5),
        ("`threads` of this program", [ps.Process().threads for ps in (psutil, psoxide)], 5),
        ("`pids`", both(lambda ps: ps.pids()), None),
        ("`num_threads` of a process", [ps.Process(pid).num_threads for ps in (psutil, psoxide)], None),
        ("`status` of a process", [ps.Process(pid).status for ps in (psutil, psoxide)], None),
    ]
    for what, calls, wanted in rows:
        theirs, ours = measured(calls)
        print(f"| {what} | {theirs:,.0f} | {ours:,.0f} | **{theirs / ours:.1f}** | {f'{wanted} ×' if wanted else ''} |")
    print(f"\n`oneshot()` against the same {len(ONESHOT)} attributes without it:\n")
    print("| Whose | psutil: without, within, µs | ratio | psoxide: without, within, µs | ratio | asked for |")
    print("|---|---|---|---|---|---|")
    rows = (
        ("this program's", os.getpid(), "1.9 ×"),
        ("a child's", pid, "1.9 ×"),
        ("those of one that may not be opened", denied, "6.5 ×"),
    )
    for whose, number, wanted in rows:
        cells = []
        for ps in (psutil, psoxide):
            process = ps.Process(number)
            apart, together = measured([lambda: attributes(process), lambda: at_once(process)])
            cells += [f"{apart:,.0f}, {together:,.0f}", f"**{apart / together:.1f}**"]
        print(f"| {whose} | {' | '.join(cells)} | {wanted} |")


if __name__ == "__main__":
    main()
