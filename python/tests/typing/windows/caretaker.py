"""A program for Windows alone: what it keeps an eye on there, with the types that its author relies on.

Type-checked for Windows on any system, as the programs beside this folder; run under wine by `cargo xtask cross windows --run`.
"""

import subprocess
import sys
from typing import Dict, List, Optional

import psoxide as psutil
from psoxide._ntuples import pmem, scputimes
from psoxide._pswindows import WindowsService


def service(one: WindowsService) -> str:
    pid: Optional[int] = one.pid()
    told = f"{one.name()} ({one.display_name()}): {one.status()}, {one.start_type()}, {one.username()}"
    return f"{told}, {one.binpath()}, {one.description()}, {pid or '-'}, {one.as_dict()['status']}"


def services() -> List[str]:
    lines: List[str] = []
    for one in psutil.win_service_iter():
        try:
            lines.append(service(psutil.win_service_get(one.name())))
        except (psutil.AccessDenied, psutil.NoSuchProcess) as error:
            lines.append(f"{one.name()}: {error}")
    return lines


def memory(info: pmem) -> Dict[str, int]:
    pools = info.paged_pool + info.nonpaged_pool + info.peak_paged_pool + info.peak_nonpaged_pool
    pages = info.pagefile + info.peak_pagefile + info.private
    return {"rss": info.rss, "set": info.wset, "peak": info.peak_wset, "pools": pools, "pages": pages, "faults": info.num_page_faults}


def busy(times: scputimes) -> float:
    return times.user + times.system + times.interrupt + times.dpc - times.idle


def process(one: psutil.Process) -> List[str]:
    lines = [f"{one.pid} {one.username()} {memory(one.memory_info())} {one.num_handles()} {one.environ().get('PATH')}"]
    io = one.io_counters()
    lines.append(f"{io.other_count + io.other_bytes} {one.num_ctx_switches().voluntary} {one.cpu_times().system}")
    lines.extend(f"{file.path} {file.fd}" for file in one.open_files())
    lines.extend(f"{each.addr} {each.perms} {each.path} {each.rss}" for each in one.memory_maps(grouped=False))
    # A socket that Windows is about to take away has a state of its own.
    closing = [each for each in one.net_connections() if each.status == psutil.CONN_DELETE_TCB]
    lines.append(f"{len(closing)} {psutil.heap_info().heap_count}")
    return lines


def hardware() -> List[str]:
    lines: List[str] = []
    for name, addresses in psutil.net_if_addrs().items():
        lines.extend(f"{name} {each.address}" for each in addresses if each.family == psutil.AF_LINK)
    battery = psutil.sensors_battery()
    lines.append("no battery" if battery is None else f"{battery.percent}%")
    return lines


def background() -> None:
    child = psutil.Popen([sys.executable, "-c", "import time; time.sleep(600)"], stdout=subprocess.DEVNULL)
    child.nice(psutil.BELOW_NORMAL_PRIORITY_CLASS)
    lowered: bool = child.nice() == psutil.BELOW_NORMAL_PRIORITY_CLASS < psutil.ABOVE_NORMAL_PRIORITY_CLASS
    child.nice(psutil.IDLE_PRIORITY_CLASS)
    highest: int = max(psutil.HIGH_PRIORITY_CLASS, psutil.NORMAL_PRIORITY_CLASS, psutil.REALTIME_PRIORITY_CLASS)
    child.cpu_affinity(child.cpu_affinity()[:1])
    levels = [psutil.IOPRIO_VERYLOW, psutil.IOPRIO_LOW, psutil.IOPRIO_NORMAL, psutil.IOPRIO_HIGH]
    try:
        child.ionice(psutil.IOPRIO_VERYLOW)
        print(child.ionice(), min(levels).name)
    except (NotImplementedError, psutil.Error, OSError) as error:
        print(f"its I/O priority cannot be set: {error}")
    child.terminate()
    print(lowered, highest, child.wait(timeout=10))


def main() -> None:
    print(psutil.WINDOWS and not psutil.POSIX, busy(psutil.cpu_times()))
    print(services(), process(psutil.Process()), hardware(), sep="\n")
    background()


if __name__ == "__main__":
    main()
