"""The names of the package: those that `import *` gives, and those whose modules are imported when they are asked for.
"""

from . import _common, _psoxide
from ._common import LINUX

RESOURCES = _psoxide.resources()
LAZY = {
    "AF_LINK": "_enums",
    "NIC_DUPLEX_FULL": "_enums",
    "NIC_DUPLEX_HALF": "_enums",
    "NIC_DUPLEX_UNKNOWN": "_enums",
    "POWER_TIME_UNKNOWN": "_enums",
    "POWER_TIME_UNLIMITED": "_enums",
    "IOPRIO_CLASS_NONE": "_enums",
    "IOPRIO_CLASS_RT": "_enums",
    "IOPRIO_CLASS_BE": "_enums",
    "IOPRIO_CLASS_IDLE": "_enums",
}
# Names of psutil 8 and psoxide's own: there for who asks, not listed, since psutil 7 does not have them.
NEWER = {
    "register_exit_fun": "_exit",
    "BatteryTime": "_enums",
    "NicDuplex": "_enums",
    "ProcessIOPriority": "_enums",
    "STATUS_SUSPENDED": "_common",
    "STATUS_WAKE_KILL": "_common",
    "bytes2human": "_common",
    "CpuPercent": "_samplers",
    "CpuSampler": "_samplers",
    "DiskIoSampler": "_samplers",
    "NetIoSampler": "_samplers",
    "process_table": "_table",
}
MODULES = {"_enums", "_ntuples", "_pslinux", "_psposix", "_psutil_linux"}

# fmt: off
PUBLIC = [
    "Error", "NoSuchProcess", "ZombieProcess", "AccessDenied", "TimeoutExpired",
    "version_info", "__version__",
    "STATUS_RUNNING", "STATUS_IDLE", "STATUS_SLEEPING", "STATUS_DISK_SLEEP", "STATUS_STOPPED",
    "STATUS_TRACING_STOP", "STATUS_ZOMBIE", "STATUS_DEAD", "STATUS_WAKING", "STATUS_LOCKED", "STATUS_WAITING",
    "STATUS_LOCKED", "STATUS_PARKED",
    "CONN_ESTABLISHED", "CONN_SYN_SENT", "CONN_SYN_RECV", "CONN_FIN_WAIT1", "CONN_FIN_WAIT2", "CONN_TIME_WAIT",
    "CONN_CLOSE", "CONN_CLOSE_WAIT", "CONN_LAST_ACK", "CONN_LISTEN", "CONN_CLOSING", "CONN_NONE",
    "AF_LINK",
    "NIC_DUPLEX_FULL", "NIC_DUPLEX_HALF", "NIC_DUPLEX_UNKNOWN",
    "POWER_TIME_UNKNOWN", "POWER_TIME_UNLIMITED",
    "BSD", "FREEBSD", "LINUX", "NETBSD", "OPENBSD", "MACOS", "OSX", "POSIX", "SUNOS", "WINDOWS", "AIX",
    "Process", "Popen",
    "pid_exists", "pids", "process_iter", "wait_procs", "virtual_memory", "swap_memory", "cpu_times", "cpu_percent",
    "cpu_times_percent", "cpu_count", "cpu_stats", "net_io_counters", "net_connections", "net_if_addrs",
    "net_if_stats", "disk_io_counters", "disk_partitions", "disk_usage", "users", "boot_time",
]
if LINUX:
    PUBLIC += [
        "PROCFS_PATH", "IOPRIO_CLASS_NONE", "IOPRIO_CLASS_RT", "IOPRIO_CLASS_BE", "IOPRIO_CLASS_IDLE",
        *(name for name in PUBLIC if name.startswith("CONN_") and name != "CONN_NONE"),
    ]
if RESOURCES:
    PUBLIC += [*RESOURCES, "RLIM_INFINITY"]
PUBLIC += [
    "cpu_freq", "getloadavg", "sensors_temperatures", "sensors_fans", "sensors_battery", "heap_info", "heap_trim",
]
# fmt: on


def find(name):
    """What a name stands for that is not there yet."""
    from importlib import import_module

    home = LAZY.get(name) or NEWER.get(name)
    if home is not None:
        return getattr(import_module(f"{_common._PACKAGE}.{home}"), name)
    if name in RESOURCES:
        return _common.resource_number(name)
    if name == "RLIM_INFINITY" and RESOURCES:
        # Also where Python's `resource` has the unsigned number.
        return -1 if LINUX else import_module("resource").RLIM_INFINITY
    if name in MODULES:
        try:
            return import_module(f"{_common._PACKAGE}.{name}")
        except ImportError:
            # Not a module of this system.
            pass
    elif name in ("collections", "contextlib", "datetime", "functools", "signal", "socket", "subprocess", "threading"):
        return import_module(name)
    raise AttributeError(f"module {_common._PACKAGE!r} has no attribute {name!r}")
