"""A program that uses what programs use of psutil, with the types that its author relies on.

`cargo xtask test` runs all programs of this folder, type-checks them with psoxide, with the shim that is called psutil,
and with psutil's published types, under which they must pass as well.
"""

import abc
import signal
import socket
import subprocess
import sys
from typing import Dict, List, Optional, Tuple

import psoxide as psutil


class Watched(psutil.Process, abc.ABC):
    """A subclass with a method of its own."""

    def megabytes(self) -> float:
        return self.memory_info().rss / 1e6


def machine() -> Dict[str, float]:
    memory = psutil.virtual_memory()
    swap = psutil.swap_memory()
    total: int = memory.total + swap.total
    used: float = memory.percent + swap.percent
    figures: Dict[str, float] = {"total": total, "used": used, "available": memory.available}
    count: Optional[int] = psutil.cpu_count()
    cores: Optional[int] = psutil.cpu_count(logical=False)
    figures["cpus"] = (count or 0) + (cores or 0)
    percent: float = psutil.cpu_percent()
    each: List[float] = psutil.cpu_percent(interval=None, percpu=True)
    figures["busy"] = percent + sum(each)
    figures["idle"] = psutil.cpu_times_percent().idle
    figures["idle_each"] = sum(times.idle for times in psutil.cpu_times(percpu=True))
    figures["user"] = psutil.cpu_times().user + sum(psutil.cpu_times()[:2])
    stats = psutil.cpu_stats()
    figures["switches"] = stats.ctx_switches + stats.interrupts
    for clock in psutil.cpu_freq(percpu=True):
        figures["clock"] = clock.current
    load: Tuple[float, float, float] = psutil.getloadavg()
    figures["load"] = max(load)
    figures["boot"] = psutil.boot_time()
    heap = psutil.heap_info()
    psutil.heap_trim()
    figures["heap"] = heap.heap_used + heap.mmap_used
    return figures


def disks() -> List[str]:
    lines: List[str] = []
    for part in psutil.disk_partitions(all=False):
        lines.append(f"{part.device} {part.mountpoint} {part.fstype} {part.opts}")
    usage = psutil.disk_usage("/")
    free: int = usage.free
    lines.append(f"{free} {usage.percent:.1f}")
    io = psutil.disk_io_counters()
    if io is not None:
        lines.append(str(io.read_bytes + io.write_bytes + io.busy_time))
    for name, counters in psutil.disk_io_counters(perdisk=True).items():
        lines.append(name + str(counters.read_count))
    return lines


def network() -> List[str]:
    lines: List[str] = []
    total = psutil.net_io_counters()
    lines.append(str(total.bytes_sent + total.dropin))
    for name, counters in psutil.net_io_counters(pernic=True).items():
        lines.append(name + str(counters.packets_recv))
    for name, addresses in psutil.net_if_addrs().items():
        for address in addresses:
            if address.family == socket.AF_INET or address.family == psutil.AF_LINK:
                lines.append(f"{name} {address.family.name} {address.address} {address.netmask or ''}")
    for name, state in psutil.net_if_stats().items():
        full = state.duplex == psutil.NIC_DUPLEX_FULL
        lines.append(f"{name} {state.isup} {full} {state.speed} {state.mtu} {state.flags.split(',')}")
    for socket_ in psutil.net_connections(kind="inet"):
        if socket_.status in (psutil.CONN_LISTEN, psutil.CONN_ESTABLISHED) and socket_.laddr:
            lines.append(f"{socket_.laddr.ip}:{socket_.laddr.port} {socket_.type.name} {socket_.pid or '-'}")
    return lines


def sensors() -> List[str]:
    lines: List[str] = []
    for chip, temperatures in psutil.sensors_temperatures(fahrenheit=False).items():
        for temperature in temperatures:
            limit: Optional[float] = temperature.critical or temperature.high
            lines.append(f"{chip} {temperature.label} {temperature.current:.1f} {limit}")
    for chip, fans in psutil.sensors_fans().items():
        lines.extend(f"{chip} {fan.label} {fan.current}" for fan in fans)
    battery = psutil.sensors_battery()
    if battery is not None and battery.secsleft != psutil.POWER_TIME_UNLIMITED:
        lines.append(f"{battery.percent} {battery.power_plugged}")
    for user in psutil.users():
        lines.append(f"{user.name} {user.terminal or ''} {user.host or ''} {user.started} {user.pid}")
    return lines


def attributes(process: psutil.Process) -> Dict[str, object]:
    told: Dict[str, object] = {}
    with process.oneshot():
        name: str = process.name()
        arguments: List[str] = process.cmdline()
        told["who"] = f"{process.pid} {process.ppid()} {name} {process.exe()} {' '.join(arguments)}"
        told["where"] = process.cwd()
        told["user"] = f"{process.username()} {process.uids().effective} {process.gids().saved}"
        told["zombie"] = process.status() == psutil.STATUS_ZOMBIE
        started: float = process.create_time()
        told["started"] = started
        times = process.cpu_times()
        told["cpu"] = times.user + times.system + times.children_user + times.iowait
        told["memory"] = process.memory_info().rss + process.memory_info()[:2][1]
        told["own"] = process.memory_full_info().uss
        told["share"] = process.memory_percent(memtype="rss") + process.cpu_percent()
        told["counts"] = process.num_threads() + process.num_fds() + process.num_ctx_switches().voluntary
        told["io"] = process.io_counters().read_bytes
        told["affinity"] = sorted(process.cpu_affinity())
        told["cpu_num"] = process.cpu_num()
    told["terminal"] = process.terminal()
    told["environment"] = process.environ().get("PATH")
    told["nice"] = process.nice() + process.ionice().value
    soft, hard = process.rlimit(psutil.RLIMIT_NOFILE)
    told["files"] = soft == hard or hard == psutil.RLIM_INFINITY
    told["open"] = [file.path + file.mode for file in process.open_files()]
    told["maps"] = sum(mapping.rss for mapping in process.memory_maps())
    told["addresses"] = [mapping.addr + mapping.perms for mapping in process.memory_maps(grouped=False)]
    told["threads"] = {thread.id: thread.user_time for thread in process.threads()}
    told["sockets"] = [connection.status for connection in process.net_connections(kind="all")]
    told["some"] = process.as_dict(attrs=["pid", "name"], ad_value="denied")["name"]
    return told


def family(process: psutil.Process) -> List[int]:
    parent: Optional[psutil.Process] = process.parent()
    line = [one.pid for one in process.parents()] + [one.pid for one in process.children(recursive=True)]
    return line + ([parent.pid] if parent is not None and parent.is_running() else [])


def everyone() -> int:
    known = 0
    for process in psutil.process_iter(["pid", "name", "username"], ad_value=None):
        known += len(process.info)
    psutil.process_iter.cache_clear()
    return known + len(psutil.pids()) + int(psutil.pid_exists(1))


def ended(process: psutil.Process) -> None:
    code = getattr(process, "returncode", None)
    print(f"{process.pid} ended with {code}")


def children() -> None:
    child = psutil.Popen([sys.executable, "-c", "import time; time.sleep(600)"], stdout=subprocess.DEVNULL)
    child.suspend()
    child.resume()
    child.nice(19)
    child.cpu_affinity(child.cpu_affinity())
    child.ionice(psutil.IOPRIO_CLASS_IDLE)
    child.send_signal(signal.SIGCONT)
    try:
        child.wait(timeout=0.001)
    except psutil.TimeoutExpired as error:
        print(f"still there after {error.seconds} s: {error.pid}")
    child.terminate()
    gone, alive = psutil.wait_procs([child], timeout=10, callback=ended)
    for process in alive:
        process.kill()
    print(len(gone), len(alive))
    code: int = child.wait()
    print(code, child.poll())
    try:
        psutil.Process(child.pid)
    except psutil.ZombieProcess as error:
        print(error.pid, error.ppid, error.name)
    except psutil.NoSuchProcess as error:
        print(error.pid, error.msg)
    except psutil.AccessDenied as error:
        print(error.pid, error.name)
    except psutil.Error as error:
        print(error)


def main() -> None:
    major: int = psutil.version_info[0]
    print(psutil.__version__.split("."), major, psutil.LINUX, psutil.POSIX and not psutil.WINDOWS, psutil.MACOS)
    print(machine(), disks(), network(), sensors(), sep="\n")
    me = Watched()
    print(me.megabytes(), me == psutil.Process(), len({me: 1}), family(me), everyone())
    print(attributes(me))
    children()


if __name__ == "__main__":
    main()
