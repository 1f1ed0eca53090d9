# The types of what the modules share: constants, exceptions, and what programs import from psutil's module of the name.

import socket as socket
from collections.abc import Callable
from io import BufferedReader, TextIOWrapper
from typing import Any, Final, Protocol, TypeVar, overload, type_check_only

from _typeshed import FileDescriptorOrPath, StrPath

from ._enums import (
    NIC_DUPLEX_FULL as NIC_DUPLEX_FULL,
    NIC_DUPLEX_HALF as NIC_DUPLEX_HALF,
    NIC_DUPLEX_UNKNOWN as NIC_DUPLEX_UNKNOWN,
    POWER_TIME_UNKNOWN as POWER_TIME_UNKNOWN,
    POWER_TIME_UNLIMITED as POWER_TIME_UNLIMITED,
    BatteryTime as BatteryTime,
    NicDuplex as NicDuplex,
    conn_tmap as conn_tmap,
)

_Function = TypeVar("_Function", bound=Callable[..., Any])
_Default = TypeVar("_Default")

PLATFORM_MODULES: tuple[str, ...]
POSIX: bool
WINDOWS: bool
LINUX: bool
MACOS: bool
OSX: bool
FREEBSD: bool
OPENBSD: bool
NETBSD: bool
BSD: bool
SUNOS: bool
AIX: bool

STATUS_RUNNING: Final = "running"
STATUS_SLEEPING: Final = "sleeping"
STATUS_DISK_SLEEP: Final = "disk-sleep"
STATUS_STOPPED: Final = "stopped"
STATUS_TRACING_STOP: Final = "tracing-stop"
STATUS_ZOMBIE: Final = "zombie"
STATUS_DEAD: Final = "dead"
STATUS_WAKE_KILL: Final = "wake-kill"
STATUS_WAKING: Final = "waking"
STATUS_IDLE: Final = "idle"
STATUS_LOCKED: Final = "locked"
STATUS_WAITING: Final = "waiting"
STATUS_SUSPENDED: Final = "suspended"
STATUS_PARKED: Final = "parked"

CONN_ESTABLISHED: Final = "ESTABLISHED"
CONN_SYN_SENT: Final = "SYN_SENT"
CONN_SYN_RECV: Final = "SYN_RECV"
CONN_FIN_WAIT1: Final = "FIN_WAIT1"
CONN_FIN_WAIT2: Final = "FIN_WAIT2"
CONN_TIME_WAIT: Final = "TIME_WAIT"
CONN_CLOSE: Final = "CLOSE"
CONN_CLOSE_WAIT: Final = "CLOSE_WAIT"
CONN_LAST_ACK: Final = "LAST_ACK"
CONN_LISTEN: Final = "LISTEN"
CONN_CLOSING: Final = "CLOSING"
CONN_NONE: Final = "NONE"

ENCODING: str
ENCODING_ERRS: str
PSUTIL_DEBUG: bool

class Error(Exception):
    msg: str
    def __init__(self, *_args: Any) -> None: ...

class NoSuchProcess(Error):
    pid: int
    name: str | None
    def __init__(self, pid: int, name: str | None = None, msg: str | None = None) -> None: ...

class ZombieProcess(NoSuchProcess):
    ppid: int | None
    def __init__(
        self, pid: int, name: str | None = None, ppid: int | None = None, msg: str | None = None
    ) -> None: ...

class AccessDenied(Error):
    pid: int | None
    name: str | None
    def __init__(self, pid: int | None = None, name: str | None = None, msg: str | None = None) -> None: ...

class TimeoutExpired(Error):
    seconds: float
    pid: int | None
    name: str | None
    def __init__(self, seconds: float, pid: int | None = None, name: str | None = None) -> None: ...

def os_error(number: int, text: str, path: str | None = None) -> OSError: ...
def usage_percent(used: float, total: float, round_: int | None = None) -> float: ...
def bytes2human(n: float, format: str = "%(value).1f%(symbol)s") -> str: ...

@type_check_only
class _WrapNumbers(Protocol):
    def __call__(self, input_dict: dict[str, Any], name: str) -> dict[str, Any]: ...
    def cache_clear(self, name: str | None = None) -> None: ...
    def cache_info(self) -> tuple[Any, ...]: ...

wrap_numbers: _WrapNumbers

def debug(msg: object) -> None: ...
def resource_number(name: str) -> int: ...
def get_procfs_path() -> str: ...
def open_binary(fname: FileDescriptorOrPath) -> BufferedReader: ...
def open_text(fname: FileDescriptorOrPath) -> TextIOWrapper: ...
@overload
def cat(fname: FileDescriptorOrPath) -> str: ...
@overload
def cat(fname: FileDescriptorOrPath, fallback: _Default) -> str | _Default: ...
@overload
def bcat(fname: FileDescriptorOrPath) -> bytes: ...
@overload
def bcat(fname: FileDescriptorOrPath, fallback: _Default) -> bytes | _Default: ...
def memoize(fun: _Function) -> _Function: ...
def memoize_when_activated(fun: _Function) -> _Function: ...
def parse_environ_block(data: str) -> dict[str, str]: ...
def isfile_strict(path: StrPath) -> bool: ...
def broadcast_addr(addr: Any) -> str | None: ...
def supports_ipv6() -> bool: ...
def print_color(s: object, color: str | None = None, bold: bool = False, file: Any = ...) -> None: ...

def __dir__() -> list[str]: ...
