"""The names of the package: those that `import *` gives, and those whose modules are imported when they are asked for.
"""

from . import _common, _psoxide
from ._common import LINUX, WINDOWS

RESOURCES = _psoxide.resources()
# Questions that not every system answers: psutil has the function where the system does.
_PROBES = _psoxide.probes()
QUESTIONS = [
    name
    for name, probe in {
        # Where the kernel keeps no load average, the package does.
        "cpu_freq": "cpu_freq", "getloadavg": "pids", "sensors_temperatures": "sensors_temperatures",
        "sensors_fans": "sensors_fans", "sensors_battery": "sensors_battery", "heap_info": "heap_info",
        "heap_trim": "heap_info",
    }.items()
    if probe in _PROBES
]  # fmt: skip
_IO_CLASSES = ["IOPRIO_CLASS_NONE", "IOPRIO_CLASS_RT", "IOPRIO_CLASS_BE", "IOPRIO_CLASS_IDLE"]
# Of Windows alone.
_SERVICES = ["win_service_iter", "win_service_get"]
_IO_LEVELS = ["IOPRIO_VERYLOW", "IOPRIO_LOW", "IOPRIO_NORMAL", "IOPRIO_HIGH"]
_PRIORITIES = [
    "ABOVE_NORMAL_PRIORITY_CLASS", "BELOW_NORMAL_PRIORITY_CLASS", "HIGH_PRIORITY_CLASS", "IDLE_PRIORITY_CLASS",
    "NORMAL_PRIORITY_CLASS", "REALTIME_PRIORITY_CLASS",
]  # fmt: skip
LAZY = {
    "AF_LINK": "_enums",
    "NIC_DUPLEX_FULL": "_enums",
    "NIC_DUPLEX_HALF": "_enums",
    "NIC_DUPLEX_UNKNOWN": "_enums",
    "POWER_TIME_UNKNOWN": "_enums",
    "POWER_TIME_UNLIMITED": "_enums",
    **dict.fromkeys(_IO_LEVELS if WINDOWS else _IO_CLASSES, "_enums"),
}
if WINDOWS:
    LAZY.update(dict.fromkeys([*_SERVICES, *_PRIORITIES, "CONN_DELETE_TCB"], "_pswindows"))
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
if WINDOWS:
    NEWER["ProcessPriority"] = "_enums"
MODULES = {"_enums", "_ntuples", *_common.PLATFORM_MODULES}

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
        "PROCFS_PATH", *_IO_CLASSES,
        *(name for name in PUBLIC if name.startswith("CONN_") and name != "CONN_NONE"),
    ]
if WINDOWS:
    PUBLIC += [*_SERVICES, *_PRIORITIES, *_IO_LEVELS, "CONN_DELETE_TCB", "AF_LINK"]
if RESOURCES:
    PUBLIC += [*RESOURCES, "RLIM_INFINITY"]
PUBLIC += QUESTIONS
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
        return import_module(f"{_common._PACKAGE}.{name}")
    elif name in ("collections", "contextlib", "datetime", "functools", "signal", "socket", "subprocess", "threading"):
        return import_module(name)
    raise AttributeError(f"module {_common._PACKAGE!r} has no attribute {name!r}")
