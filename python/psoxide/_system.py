"""Questions about the machine that remember nothing, or only how counters wrapped: CPUs, memory, disks, network, sensors
and the host. How busy CPUs are between two calls, and the total of memory, are kept by each copy of the package itself.
"""
# The types of what is public stand in `__init__.pyi`.
# mypy: ignore-errors

import os
import time
from _thread import get_ident

from . import _common, _psoxide
from ._common import LINUX, POSIX, get_procfs_path

if POSIX:
    from . import _pslinux as _psplatform
else:
    from . import _pswindows as _psplatform

# CPUs


def cpu_count(logical=True):
    """Logical CPUs, or physical cores; `None` if that cannot be found out."""
    if logical:
        count = _psplatform.cpu_count_logical()
    else:
        count = _psplatform.cpu_count_cores()
    return count if count is not None and count >= 1 else None


def _cpu_tot_time(times):
    """All the time of a CPU; on Linux guest time is in the user's time already."""
    total = sum(times)
    if LINUX:
        total -= getattr(times, "guest", 0) + getattr(times, "guest_nice", 0)
    return total


def _cpu_busy_time(times):
    """The time in which a CPU did something."""
    return _cpu_tot_time(times) - times.idle - getattr(times, "iowait", 0)


def _cpu_times_deltas(before, after):
    """What was added to each field; a counter that went back added nothing."""
    return type(after)(*(max(0, new - old) for old, new in zip(before, after)))


busy_percent = _psoxide.busy_percent
share_percents = _psoxide.share_percents


def first_samples(procfs):
    """CPU time of all CPUs together and of each, by the number of this thread; nothing where it cannot be read."""
    try:
        total, each = _psoxide.cpu_sample(procfs)
    except Exception as error:
        _common.debug(error)
        return {}, {}
    return {get_ident(): total}, {get_ident(): each}


def between(interval, last, ask, percpu, compare):
    """What `compare` makes of two samples: over the `interval` from now, or since the `last` of this thread."""
    thread = get_ident()
    if interval is not None and interval < 0:
        raise ValueError(f"interval is not positive (got {interval})")
    if interval is not None and interval > 0.0:
        before = ask(percpu)
        time.sleep(interval)
    else:
        before = last.get(thread) or ask(percpu)
    after = last[thread] = ask(percpu)
    if percpu:
        return [compare(one, other) for one, other in zip(before, after)]
    return compare(before, after)


def cpu_stats():
    """Context switches, interrupts and system calls since boot."""
    return _psoxide.cpu_stats(get_procfs_path())


def cpu_freq(percpu=False):
    """The clock in megahertz, the mean of all CPUs or of each."""
    clocks = _psoxide.cpu_freq(get_procfs_path())
    if percpu:
        return clocks
    if len(clocks) <= 1:
        return clocks[0] if clocks else None
    mean = (sum(values) / len(clocks) for values in zip(*clocks))
    return tuple.__new__(type(clocks[0]), mean)


# Load average over 1, 5 and 15 minutes.
getloadavg = os.getloadavg if POSIX and hasattr(os, "getloadavg") else _psoxide.getloadavg


# Memory


def swap_memory():
    """Swap space, in bytes."""
    swap = _psoxide.swap_memory(get_procfs_path())
    if None in swap:
        swap = swap._replace(sin=swap.sin or 0, sout=swap.sout or 0)
        _common._warn_missing("'sin' and 'sout' swap memory stats couldn't be determined and were set to 0")
    return swap


# A function of Python around it would be a tenth of what it costs.
heap_info = _psoxide.heap_info


def heap_trim():
    """Ask the C library's allocator to give unused memory back to the system."""
    _psoxide.heap_trim()


# Disks


def disk_partitions(all=False):
    """Mounts of disks, or every mount."""
    return _psoxide.disk_partitions(get_procfs_path(), bool(all))


def disk_usage(path):
    """Space of the file system that holds `path`, in bytes; of an open file by its descriptor."""
    name = path
    try:
        if type(path) is not str:
            if isinstance(path, int) and POSIX:
                os.fstat(path)
                name = f"/dev/fd/{path}"
            else:
                name = os.fsdecode(path)
        return _psoxide.disk_usage(name)
    except OSError as error:
        # Byte for byte as it was given.
        error.filename = path
        raise


def disk_io_counters(perdisk=False, nowrap=True):
    """What the disks transferred since boot, all together or each."""
    disks = _psplatform.disk_io_counters(perdisk=perdisk)
    if not disks:
        return {} if perdisk else None
    if nowrap:
        disks = _common.wrap_numbers(disks, "psutil.disk_io_counters")
    if perdisk:
        return disks
    return _psoxide.total(disks)


disk_io_counters.cache_clear = lambda: _common.wrap_numbers.cache_clear("psutil.disk_io_counters")
disk_io_counters.cache_clear.__doc__ = "Forget the counters of earlier calls."


# Network


def net_io_counters(pernic=False, nowrap=True):
    """What the network interfaces transferred, all together or each."""
    nics = _psplatform.net_io_counters()
    if not nics:
        return {} if pernic else None
    if nowrap:
        nics = _common.wrap_numbers(nics, "psutil.net_io_counters")
    if pernic:
        return nics
    return _psoxide.total(nics)


net_io_counters.cache_clear = lambda: _common.wrap_numbers.cache_clear("psutil.net_io_counters")
net_io_counters.cache_clear.__doc__ = "Forget the counters of earlier calls."

_INET_KINDS = ("all", "tcp", "tcp4", "udp", "udp4", "inet", "inet4", "inet6", "tcp6", "udp6")
CONNECTION_KINDS = (*_INET_KINDS, "unix") if POSIX else _INET_KINDS


def check_kind(kind):
    if kind not in CONNECTION_KINDS:
        raise ValueError(f"invalid kind argument {kind!r}; valid ones are: {CONNECTION_KINDS}")


def net_connections(kind="inet"):
    """Sockets of the kind with the processes that own them."""
    check_kind(kind)
    return _psoxide.net_connections(get_procfs_path(), kind)


def net_if_addrs():
    """Addresses of each network interface."""
    return _psplatform.net_if_addrs()


def net_if_stats():
    """State, speed and size of each network interface."""
    return _psplatform.net_if_stats()


# Sensors and the host


def sensors_temperatures(fahrenheit=False):
    """Temperatures by chip, in degrees Celsius or Fahrenheit."""
    chips = _psplatform.sensors_temperatures()
    if fahrenheit:
        from ._ntuples import shwtemp

        def convert(degrees):
            return None if degrees is None else degrees * 9 / 5 + 32

        for sensors in chips.values():
            sensors[:] = [shwtemp(label, *map(convert, degrees)) for label, *degrees in sensors]
    return chips


def sensors_fans():
    """Fans by chip, in revolutions per minute."""
    return _psoxide.sensors_fans()


def sensors_battery():
    """The battery; `None` if there is none."""
    return _psoxide.sensors_battery()


def boot_time():
    """When the system was booted, in seconds since the epoch."""
    return _psoxide.boot_time(get_procfs_path())


def users():
    """Users who are logged in."""
    return _psoxide.users("localhost" if POSIX else None)
