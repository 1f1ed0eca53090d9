"""What psutil's modules for the systems have alike: the place where the package asks about the machine, so that what a
program replaces there is seen.
"""

from . import _psoxide
from ._common import get_procfs_path


def pids():
    """The numbers of all processes."""
    return _psoxide.pids(get_procfs_path())


def pid_exists(pid):
    """Whether there is a process of this number."""
    return _psoxide.pid_exists(get_procfs_path(), pid)


def ppid_map():
    """The number of each process with that of its parent."""
    return _psoxide.ppid_map(get_procfs_path())


def boot_time():
    """When the system was booted."""
    return _psoxide.boot_time(get_procfs_path())


def cpu_times():
    """CPU time by mode, all CPUs together."""
    return _psoxide.cpu_times(get_procfs_path())


def per_cpu_times():
    """CPU time by mode of each CPU."""
    return _psoxide.per_cpu_times(get_procfs_path())


def cpu_count_logical():
    """Logical CPUs."""
    return _psoxide.cpu_count_logical(get_procfs_path())


def cpu_count_cores():
    """Physical cores."""
    return _psoxide.cpu_count_cores(get_procfs_path())


def net_if_addrs():
    """Addresses of each network interface."""
    return _psoxide.net_if_addrs()


def net_if_stats():
    """State, speed and size of each network interface."""
    return _psoxide.net_if_stats(get_procfs_path())


def net_io_counters():
    """What each network interface transferred."""
    return _psoxide.net_io_counters(get_procfs_path())
