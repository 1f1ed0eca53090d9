"""What psutil's module for Linux is for programs that reach into it: the place where the package asks, so that what a
program replaces here is seen; and a few functions beside.
"""

import os
import sys
from _operator import index

from . import _common, _psoxide
from ._everywhere import (  # noqa: F401
    boot_time, cpu_count_cores, cpu_count_logical, cpu_times, net_if_addrs, net_if_stats, net_io_counters, per_cpu_times,
    pid_exists, pids, ppid_map,
)  # fmt: skip

# As checkers of types know it.
if sys.platform == "win32":
    raise ImportError("not a module of this system")

CLOCK_TICKS = os.sysconf("SC_CLK_TCK")
PAGESIZE = os.sysconf("SC_PAGE_SIZE")

debug = _common.debug
get_procfs_path = _common.get_procfs_path


class Process(_psoxide.Process):
    """One process, as the class of the package asks for it."""

    __slots__ = ()

    def wait(self, timeout=None):
        """Wait for it to end."""
        from . import _psposix

        return _psposix.wait_pid(self.pid, timeout, self._name)

    def ionice_set(self, ioclass, value=None):
        """Set its I/O priority by the numbers of class and level."""
        if value is None:
            value = 0
        if value and ioclass in (0, 3):
            raise ValueError(f"{ioclass!r} ioclass accepts no value")
        if not 0 <= value <= 7:
            raise ValueError("value not in 0-7 range")
        return super().ionice_set(ioclass, value)

    def cpu_affinity_set(self, cpus):
        """Let it run on these CPUs only."""
        try:
            super().cpu_affinity_set(cpus)
        except (ValueError, OverflowError):
            if max(cpus) > sys.maxsize or min(cpus) < -sys.maxsize:
                raise OverflowError("Python int too large to convert to C long") from None
            known = list(range(len(_psoxide.per_cpu_times(self._procfs_path))))
            for cpu in cpus:
                if cpu not in known:
                    raise ValueError(f"invalid CPU {cpu!r}; choose between {known}") from None
            eligible = self.cpu_affinity_get()
            raise ValueError(f"CPU number {cpus[0]} is not eligible; choose between {eligible}") from None

    def rlimit(self, resource_, limits=None):
        """Its soft and hard limit of a resource by number; with `limits`, set them."""
        if self.pid == 0:
            raise ValueError("can't use prlimit() against PID 0 process")
        names = {_common.resource_number(name): name for name in _psoxide.resources()}
        number = index(resource_)
        _fits(number, 32)
        name = names.get(number)
        if name is None:
            raise ValueError("invalid resource specified")
        if limits is None:
            return self.rlimit_get(name)
        if len(limits) != 2:
            raise ValueError(f"second argument must be a (soft, hard) tuple, got {limits!r}")
        for limit in limits:
            _fits(index(limit), 64)
        return self.rlimit_set(name, *limits)

    def _get_eligible_cpus(self):
        with _common.open_text(f"{self._procfs_path}/{self.pid}/status") as file:
            allowed = next(line.split()[1] for line in file if line.startswith("Cpus_allowed_list:"))
        cpus = []
        for part in allowed.split(","):
            first, _, last = part.partition("-")
            cpus.extend(range(int(first), int(last or first) + 1))
        return cpus

    def _is_zombie(self):
        try:
            return self.status() == _common.STATUS_ZOMBIE
        except (OSError, _common.Error):
            return False


def _fits(number, bits):
    """Raise `OverflowError` for what no signed number of the kernel's can be."""
    if not -(1 << (bits - 1)) <= number < 1 << (bits - 1):
        raise OverflowError("Python int too large to convert to C long")


def disk_io_counters(perdisk=False):
    """What each disk transferred; its parts, too, with `perdisk`."""
    try:
        disks, whole = _psoxide.disk_io_counters(get_procfs_path())
    except FileNotFoundError as error:
        # Neither place is there: this system does not count.
        raise NotImplementedError(str(error)) from error
    return disks if perdisk else {name: disks[name] for name in whole}


def sensors_temperatures():
    """Temperatures by chip."""
    return _psoxide.sensors_temperatures()


# What only programs that reach in here ask for.
_REACHED = frozenset({
    "RootFsDeviceFinder", "calculate_avail_vmem", "is_storage_device", "open_binary", "open_text", "readlink",
})  # fmt: skip


def __getattr__(name):
    if name in _REACHED:
        from . import _reached

        value = globals()[name] = getattr(_reached, name)
        return value
    if name in ("IOPriority", "AddressFamily", "AF_LINK") or name.startswith(("IOPRIO_", "NIC_")):
        from . import _enums

        return getattr(_enums, name)
    if name == "scputimes":
        from . import _ntuples

        return _ntuples.scputimes
    if name == "cext":
        from . import _psutil_linux

        return _psutil_linux
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__():
    return sorted({*globals(), *_REACHED})
