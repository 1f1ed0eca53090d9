# The types of the public interface, written by hand; those of the named tuples are generated (`_ntuples.pyi`).
# `cargo xtask test` compares both with the package (`mypy.stubtest`).

import sys
from abc import ABCMeta
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any, Final, Literal, Protocol, overload, type_check_only

from _typeshed import StrOrBytesPath
from typing_extensions import Self, TypeAlias, deprecated

from . import _common as _common, _ntuples as _ntuples
from ._common import (
    AIX as AIX,
    BSD as BSD,
    CONN_CLOSE as CONN_CLOSE,
    CONN_CLOSE_WAIT as CONN_CLOSE_WAIT,
    CONN_CLOSING as CONN_CLOSING,
    CONN_ESTABLISHED as CONN_ESTABLISHED,
    CONN_FIN_WAIT1 as CONN_FIN_WAIT1,
    CONN_FIN_WAIT2 as CONN_FIN_WAIT2,
    CONN_LAST_ACK as CONN_LAST_ACK,
    CONN_LISTEN as CONN_LISTEN,
    CONN_NONE as CONN_NONE,
    CONN_SYN_RECV as CONN_SYN_RECV,
    CONN_SYN_SENT as CONN_SYN_SENT,
    CONN_TIME_WAIT as CONN_TIME_WAIT,
    FREEBSD as FREEBSD,
    LINUX as LINUX,
    MACOS as MACOS,
    NETBSD as NETBSD,
    OPENBSD as OPENBSD,
    OSX as OSX,
    POSIX as POSIX,
    STATUS_DEAD as STATUS_DEAD,
    STATUS_DISK_SLEEP as STATUS_DISK_SLEEP,
    STATUS_IDLE as STATUS_IDLE,
    STATUS_LOCKED as STATUS_LOCKED,
    STATUS_PARKED as STATUS_PARKED,
    STATUS_RUNNING as STATUS_RUNNING,
    STATUS_SLEEPING as STATUS_SLEEPING,
    STATUS_STOPPED as STATUS_STOPPED,
    STATUS_SUSPENDED as STATUS_SUSPENDED,
    STATUS_TRACING_STOP as STATUS_TRACING_STOP,
    STATUS_WAITING as STATUS_WAITING,
    STATUS_WAKE_KILL as STATUS_WAKE_KILL,
    STATUS_WAKING as STATUS_WAKING,
    STATUS_ZOMBIE as STATUS_ZOMBIE,
    SUNOS as SUNOS,
    WINDOWS as WINDOWS,
    AccessDenied as AccessDenied,
    Error as Error,
    NoSuchProcess as NoSuchProcess,
    TimeoutExpired as TimeoutExpired,
    ZombieProcess as ZombieProcess,
    bytes2human as bytes2human,
)
from ._enums import (
    AF_LINK as AF_LINK,
    NIC_DUPLEX_FULL as NIC_DUPLEX_FULL,
    NIC_DUPLEX_HALF as NIC_DUPLEX_HALF,
    NIC_DUPLEX_UNKNOWN as NIC_DUPLEX_UNKNOWN,
    POWER_TIME_UNKNOWN as POWER_TIME_UNKNOWN,
    POWER_TIME_UNLIMITED as POWER_TIME_UNLIMITED,
    BatteryTime as BatteryTime,
    NicDuplex as NicDuplex,
    ProcessIOPriority as ProcessIOPriority,
)
from ._exit import register_exit_fun as register_exit_fun
from ._samplers import (
    CpuPercent as CpuPercent,
    CpuSampler as CpuSampler,
    DiskIoSampler as DiskIoSampler,
    NetIoSampler as NetIoSampler,
)
from ._table import process_table as process_table

# Linux' names stand for every system but Windows: the package is for these two.
if sys.platform == "win32":
    from . import _psutil_windows as _psutil_windows, _pswindows as _pswindows
    from ._enums import (
        IOPRIO_HIGH as IOPRIO_HIGH,
        IOPRIO_LOW as IOPRIO_LOW,
        IOPRIO_NORMAL as IOPRIO_NORMAL,
        IOPRIO_VERYLOW as IOPRIO_VERYLOW,
        ProcessPriority as ProcessPriority,
    )
    from ._pswindows import (
        ABOVE_NORMAL_PRIORITY_CLASS as ABOVE_NORMAL_PRIORITY_CLASS,
        BELOW_NORMAL_PRIORITY_CLASS as BELOW_NORMAL_PRIORITY_CLASS,
        CONN_DELETE_TCB as CONN_DELETE_TCB,
        HIGH_PRIORITY_CLASS as HIGH_PRIORITY_CLASS,
        IDLE_PRIORITY_CLASS as IDLE_PRIORITY_CLASS,
        NORMAL_PRIORITY_CLASS as NORMAL_PRIORITY_CLASS,
        REALTIME_PRIORITY_CLASS as REALTIME_PRIORITY_CLASS,
        win_service_get as win_service_get,
        win_service_iter as win_service_iter,
    )
else:
    from . import _pslinux as _pslinux, _psposix as _psposix
    from ._enums import (
        IOPRIO_CLASS_BE as IOPRIO_CLASS_BE,
        IOPRIO_CLASS_IDLE as IOPRIO_CLASS_IDLE,
        IOPRIO_CLASS_NONE as IOPRIO_CLASS_NONE,
        IOPRIO_CLASS_RT as IOPRIO_CLASS_RT,
    )

# fmt: off
__all__ = [
    "Error", "NoSuchProcess", "ZombieProcess", "AccessDenied", "TimeoutExpired",
    "version_info", "__version__",
    "STATUS_RUNNING", "STATUS_IDLE", "STATUS_SLEEPING", "STATUS_DISK_SLEEP", "STATUS_STOPPED",
    "STATUS_TRACING_STOP", "STATUS_ZOMBIE", "STATUS_DEAD", "STATUS_WAKING", "STATUS_LOCKED", "STATUS_WAITING",
    "STATUS_PARKED",
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
    "cpu_freq", "getloadavg", "sensors_battery", "heap_info", "heap_trim",
]
if sys.platform == "win32":
    __all__ += [
        "win_service_iter", "win_service_get",
        "ABOVE_NORMAL_PRIORITY_CLASS", "BELOW_NORMAL_PRIORITY_CLASS", "HIGH_PRIORITY_CLASS", "IDLE_PRIORITY_CLASS",
        "NORMAL_PRIORITY_CLASS", "REALTIME_PRIORITY_CLASS",
        "IOPRIO_VERYLOW", "IOPRIO_LOW", "IOPRIO_NORMAL", "IOPRIO_HIGH", "CONN_DELETE_TCB",
    ]
else:
    __all__ += [
        "PROCFS_PATH", "IOPRIO_CLASS_NONE", "IOPRIO_CLASS_RT", "IOPRIO_CLASS_BE", "IOPRIO_CLASS_IDLE",
        "RLIMIT_AS", "RLIMIT_CORE", "RLIMIT_CPU", "RLIMIT_DATA", "RLIMIT_FSIZE", "RLIMIT_LOCKS", "RLIMIT_MEMLOCK",
        "RLIMIT_MSGQUEUE", "RLIMIT_NICE", "RLIMIT_NOFILE", "RLIMIT_NPROC", "RLIMIT_RSS", "RLIMIT_RTPRIO",
        "RLIMIT_RTTIME", "RLIMIT_SIGPENDING", "RLIMIT_STACK", "RLIM_INFINITY",
        "sensors_temperatures", "sensors_fans",
    ]
# fmt: on

version_info: tuple[int, int, int]
__version__: str
__author__: str
psoxide_version: str

if sys.platform != "win32":
    PROCFS_PATH: str
    RLIMIT_AS: int
    RLIMIT_CORE: int
    RLIMIT_CPU: int
    RLIMIT_DATA: int
    RLIMIT_FSIZE: int
    RLIMIT_LOCKS: int
    RLIMIT_MEMLOCK: int
    RLIMIT_MSGQUEUE: int
    RLIMIT_NICE: int
    RLIMIT_NOFILE: int
    RLIMIT_NPROC: int
    RLIMIT_RSS: int
    RLIMIT_RTPRIO: int
    RLIMIT_RTTIME: int
    RLIMIT_SIGPENDING: int
    RLIMIT_STACK: int
    RLIM_INFINITY: int

_Status: TypeAlias = Literal[
    "running",
    "sleeping",
    "disk-sleep",
    "stopped",
    "tracing-stop",
    "zombie",
    "dead",
    "wake-kill",
    "waking",
    "idle",
    "locked",
    "waiting",
    "suspended",
    "parked",
]
_Names: TypeAlias = list[str] | tuple[str, ...] | set[str] | frozenset[str]

# Processes

class _ProcessType(ABCMeta):
    def __dir__(cls) -> list[str]: ...

class Process(metaclass=_ProcessType):
    attrs: Final[frozenset[str]]
    # Where `process_iter()` was called with `attrs`, and where `wait_procs()` has waited for it.
    info: dict[str, Any]
    returncode: int | None

    def __init__(self, pid: int | None = None) -> None: ...
    def __eq__(self, other: object) -> bool: ...
    def __ne__(self, other: object) -> bool: ...
    def __hash__(self) -> int: ...
    @property
    def pid(self) -> int: ...
    def oneshot(self) -> AbstractContextManager[None]: ...
    def as_dict(self, attrs: _Names | None = None, ad_value: Any = None) -> dict[str, Any]: ...
    def ppid(self) -> int: ...
    def parent(self) -> Process | None: ...
    def parents(self) -> list[Process]: ...
    def children(self, recursive: bool = False) -> list[Process]: ...
    def is_running(self) -> bool: ...
    def status(self) -> _Status: ...
    def create_time(self) -> float: ...
    # The exit code of another's child is not known; psutil's types leave the None out as well.
    def wait(self, timeout: float | None = None) -> int | Any: ...
    async def wait_async(self, timeout: float | None = None) -> int | Any: ...
    def send_signal(self, sig: int) -> None: ...
    def suspend(self) -> None: ...
    def resume(self) -> None: ...
    def terminate(self) -> None: ...
    def kill(self) -> None: ...
    def name(self) -> str: ...
    def exe(self) -> str: ...
    def cmdline(self) -> list[str]: ...
    def environ(self) -> dict[str, str]: ...
    def cwd(self) -> str: ...
    def username(self) -> str: ...
    # On Windows one of the priority classes.
    @overload
    def nice(self, value: None = None) -> int: ...
    @overload
    def nice(self, value: int) -> None: ...
    if sys.platform == "win32":
        @overload
        def ionice(self, ioclass: None = None, value: None = None) -> ProcessIOPriority: ...
        @overload
        def ionice(self, ioclass: int, value: None = None) -> None: ...
        def num_handles(self) -> int: ...
    else:
        def uids(self) -> _ntuples.puids: ...
        def gids(self) -> _ntuples.pgids: ...
        def terminal(self) -> str | None: ...
        @overload
        def ionice(self, ioclass: None = None, value: None = None) -> _ntuples.pionice: ...
        @overload
        def ionice(self, ioclass: int, value: int | None = None) -> Any: ...
        def rlimit(self, resource: int, limits: tuple[int, int] | None = None) -> tuple[int, int]: ...
        def cpu_num(self) -> int: ...
        def num_fds(self) -> int: ...

    @overload
    def cpu_affinity(self, cpus: None = None) -> list[int]: ...
    @overload
    def cpu_affinity(self, cpus: Iterable[int]) -> None: ...
    def cpu_times(self) -> _ntuples.pcputimes: ...
    def cpu_percent(self, interval: float | None = None) -> float: ...
    def memory_info(self) -> _ntuples.pmem: ...
    def memory_full_info(self) -> _ntuples.pfullmem: ...
    def memory_percent(self, memtype: str = "rss") -> float: ...
    @overload
    def memory_maps(self, grouped: Literal[True] = True) -> list[_ntuples.pmmap_grouped]: ...
    @overload
    def memory_maps(self, grouped: Literal[False]) -> list[_ntuples.pmmap_ext]: ...
    @overload
    def memory_maps(self, grouped: bool) -> list[_ntuples.pmmap_grouped] | list[_ntuples.pmmap_ext]: ...
    def io_counters(self) -> _ntuples.pio: ...
    def open_files(self) -> list[_ntuples.popenfile]: ...
    def net_connections(self, kind: str = "inet") -> list[_ntuples.pconn]: ...
    @deprecated("use net_connections() instead")
    def connections(self, kind: str = "inet") -> list[_ntuples.pconn]: ...
    def num_ctx_switches(self) -> _ntuples.pctxsw: ...
    def num_threads(self) -> int: ...
    def threads(self) -> list[_ntuples.pthread]: ...
    def memory_info_ex(self) -> _ntuples.pmem_ex: ...
    def memory_footprint(self) -> _ntuples.pfootprint: ...
    def page_faults(self) -> _ntuples.ppagefaults: ...

class Popen(Process):
    # Those of `subprocess.Popen`.
    def __init__(self, *args: Any, **kwargs: Any) -> None: ...
    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None, /
    ) -> None: ...
    def __getattr__(self, name: str) -> Any: ...
    def __dir__(self) -> list[str]: ...

def pids() -> list[int]: ...
def pid_exists(pid: int) -> bool: ...
@type_check_only
class _ProcessIter(Protocol):
    def __call__(self, attrs: _Names | None = None, ad_value: Any = None) -> Iterator[Process]: ...
    def cache_clear(self) -> None: ...
    def keep_descriptors(self, most: int) -> None: ...

process_iter: _ProcessIter

def wait_procs(
    procs: Iterable[Process], timeout: float | None = None, callback: Callable[[Process], object] | None = None
) -> tuple[list[Process], list[Process]]: ...

# CPUs

def cpu_count(logical: bool = True) -> int | None: ...
@overload
def cpu_times(percpu: Literal[False] = False) -> _ntuples.scputimes: ...
@overload
def cpu_times(percpu: Literal[True]) -> list[_ntuples.scputimes]: ...
@overload
def cpu_percent(interval: float | None = None, percpu: Literal[False] = False) -> float: ...
@overload
def cpu_percent(interval: float | None, percpu: Literal[True]) -> list[float]: ...
@overload
def cpu_percent(*, percpu: Literal[True]) -> list[float]: ...
@overload
def cpu_times_percent(interval: float | None = None, percpu: Literal[False] = False) -> _ntuples.scputimes: ...
@overload
def cpu_times_percent(interval: float | None, percpu: Literal[True]) -> list[_ntuples.scputimes]: ...
@overload
def cpu_times_percent(*, percpu: Literal[True]) -> list[_ntuples.scputimes]: ...
def cpu_stats() -> _ntuples.scpustats: ...

# Without a clock that can be read it is None; psutil's types leave that out as well.
@overload
def cpu_freq(percpu: Literal[False] = False) -> _ntuples.scpufreq | Any: ...
@overload
def cpu_freq(percpu: Literal[True]) -> list[_ntuples.scpufreq]: ...
def getloadavg() -> tuple[float, float, float]: ...

# Memory

def virtual_memory() -> _ntuples.svmem: ...
def swap_memory() -> _ntuples.sswap: ...
def heap_info() -> _ntuples.pheap: ...
def heap_trim() -> None: ...

# Disks

def disk_partitions(all: bool = False) -> list[_ntuples.sdiskpart]: ...
def disk_usage(path: StrOrBytesPath | int) -> _ntuples.sdiskusage: ...
@type_check_only
class _DiskIoCounters(Protocol):
    @overload
    def __call__(self, perdisk: Literal[False] = False, nowrap: bool = True) -> _ntuples.sdiskio | None: ...
    @overload
    def __call__(self, perdisk: Literal[True], nowrap: bool = True) -> dict[str, _ntuples.sdiskio]: ...
    def cache_clear(self) -> None: ...

disk_io_counters: _DiskIoCounters

# Network

# Without interfaces it is None; psutil's types leave that out as well.
@type_check_only
class _NetIoCounters(Protocol):
    @overload
    def __call__(self, pernic: Literal[False] = False, nowrap: bool = True) -> _ntuples.snetio | Any: ...
    @overload
    def __call__(self, pernic: Literal[True], nowrap: bool = True) -> dict[str, _ntuples.snetio]: ...
    def cache_clear(self) -> None: ...

net_io_counters: _NetIoCounters

def net_connections(kind: str = "inet") -> list[_ntuples.sconn]: ...
def net_if_addrs() -> dict[str, list[_ntuples.snicaddr]]: ...
def net_if_stats() -> dict[str, _ntuples.snicstats]: ...

# Sensors and the host

if sys.platform != "win32":
    def sensors_temperatures(fahrenheit: bool = False) -> dict[str, list[_ntuples.shwtemp]]: ...
    def sensors_fans() -> dict[str, list[_ntuples.sfan]]: ...

def sensors_battery() -> _ntuples.sbattery | None: ...
def boot_time() -> float: ...
def users() -> list[_ntuples.suser]: ...

# Beside psutil's interface

def install_as_psutil() -> None: ...
