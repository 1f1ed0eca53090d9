"""The names that programs take from psutil's module for Linux, as far as there is something honest behind them."""

import os

from . import _common, _psoxide
from ._psoxide import Process  # noqa: F401

CLOCK_TICKS = os.sysconf("SC_CLK_TCK")
PAGESIZE = os.sysconf("SC_PAGE_SIZE")

open_binary = _common.open_binary
open_text = _common.open_text


def pids():
    """The numbers of all processes."""
    return _psoxide.pids(_common.get_procfs_path())


def pid_exists(pid):
    """Whether there is a process of this number."""
    return _psoxide.pid_exists(_common.get_procfs_path(), pid)


def ppid_map():
    """The number of each process with that of its parent."""
    return _psoxide.ppid_map(_common.get_procfs_path())


def boot_time():
    """When the system was booted."""
    return _psoxide.boot_time(_common.get_procfs_path())


def cpu_times():
    """CPU time by mode, all CPUs together."""
    return _psoxide.cpu_times(_common.get_procfs_path())


def per_cpu_times():
    """CPU time by mode of each CPU."""
    return _psoxide.per_cpu_times(_common.get_procfs_path())


def readlink(path):
    """The target of a link, without what the kernel adds when it was deleted."""
    target = os.readlink(path).split("\x00")[0]
    if target.endswith(" (deleted)") and not os.path.exists(target):
        target = target[:-10]
    return target


def __getattr__(name):
    if name in ("IOPriority", "AddressFamily", "AF_LINK") or name.startswith(("IOPRIO_", "NIC_")):
        from . import _enums

        return getattr(_enums, name)
    if name == "scputimes":
        from . import _ntuples

        return _ntuples.scputimes
    if name == "cext":
        return _psoxide
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
