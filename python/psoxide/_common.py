"""What the modules of the package share: exceptions, words of the kernel, and names under which programs that were
written for psutil look for them.

Enumerations and named tuples are made when first asked for; see `_enums` and `_ntuples`.
"""

import os
import stat
import sys

POSIX = os.name == "posix"
WINDOWS = os.name == "nt"
LINUX = sys.platform.startswith(("linux", "android"))
MACOS = OSX = sys.platform.startswith("darwin")
FREEBSD = sys.platform.startswith(("freebsd", "midnightbsd"))
OPENBSD = sys.platform.startswith("openbsd")
NETBSD = sys.platform.startswith("netbsd")
BSD = FREEBSD or OPENBSD or NETBSD
SUNOS = sys.platform.startswith(("sunos", "solaris"))
AIX = sys.platform.startswith("aix")

STATUS_RUNNING = "running"
STATUS_SLEEPING = "sleeping"
STATUS_DISK_SLEEP = "disk-sleep"
STATUS_STOPPED = "stopped"
STATUS_TRACING_STOP = "tracing-stop"
STATUS_ZOMBIE = "zombie"
STATUS_DEAD = "dead"
STATUS_WAKE_KILL = "wake-kill"
STATUS_WAKING = "waking"
STATUS_IDLE = "idle"
STATUS_LOCKED = "locked"
STATUS_WAITING = "waiting"
STATUS_SUSPENDED = "suspended"
STATUS_PARKED = "parked"

CONN_ESTABLISHED = "ESTABLISHED"
CONN_SYN_SENT = "SYN_SENT"
CONN_SYN_RECV = "SYN_RECV"
CONN_FIN_WAIT1 = "FIN_WAIT1"
CONN_FIN_WAIT2 = "FIN_WAIT2"
CONN_TIME_WAIT = "TIME_WAIT"
CONN_CLOSE = "CLOSE"
CONN_CLOSE_WAIT = "CLOSE_WAIT"
CONN_LAST_ACK = "LAST_ACK"
CONN_LISTEN = "LISTEN"
CONN_CLOSING = "CLOSING"
CONN_NONE = "NONE"

ENCODING = sys.getfilesystemencoding()
ENCODING_ERRS = sys.getfilesystemencodeerrors()
PSUTIL_DEBUG = bool(os.getenv("PSUTIL_DEBUG"))

# psutil's modules for this system; other systems do not have them.
PLATFORM_MODULES = ("_pswindows", "_psutil_windows") if WINDOWS else ("_pslinux", "_psposix", "_psutil_linux")

# The package's public classes say that they belong to it, whatever module they are written in.
_PACKAGE = __name__.rpartition(".")[0]


class Error(Exception):
    """Base of the package's exceptions."""

    __module__ = _PACKAGE
    # What an instance is described by, in the order of its text.
    _shown = ("pid", "ppid", "name", "seconds")
    _arguments = ()
    msg = ""

    def __init__(self, *_args):
        super().__init__()

    def _known(self, names):
        for name in names:
            value = getattr(self, name, None)
            if value or (name == "pid" and value == 0):
                yield name, value

    def __str__(self):
        details = ", ".join(f"{name}={value!r}" for name, value in self._known(("pid", "ppid", "name")))
        if details:
            details = f"({details})"
        return " ".join(part for part in (self.msg or "", details) if part)

    def __repr__(self):
        kind = type(self)
        details = ", ".join(f"{name}={value!r}" for name, value in self._known((*self._shown, "msg")))
        return f"{kind.__module__}.{kind.__qualname__}({details})"

    def __reduce__(self):
        return type(self), tuple(getattr(self, name) for name in self._arguments), self.__dict__ or None


class NoSuchProcess(Error):
    """There is no process of that number (any more)."""

    __module__ = _PACKAGE
    _arguments = ("pid", "name", "msg")

    def __init__(self, pid, name=None, msg=None):
        super().__init__()
        self.pid = pid
        self.name = name
        self.msg = msg or "process no longer exists"


class ZombieProcess(NoSuchProcess):
    """The process has ended, its parent has not waited for it, and this can no longer be told of it."""

    __module__ = _PACKAGE
    _arguments = ("pid", "name", "ppid", "msg")

    def __init__(self, pid, name=None, ppid=None, msg=None):
        super().__init__(pid, name, msg or "PID still exists but it's a zombie")
        self.ppid = ppid


class AccessDenied(Error):
    """The kernel denies it to this user."""

    __module__ = _PACKAGE
    _arguments = ("pid", "name", "msg")

    def __init__(self, pid=None, name=None, msg=None):
        super().__init__()
        self.pid = pid
        self.name = name
        self.msg = msg or ""


class TimeoutExpired(Error):
    """The process did not end in the time allowed."""

    __module__ = _PACKAGE
    _arguments = ("seconds", "pid", "name")

    def __init__(self, seconds, pid=None, name=None):
        super().__init__()
        self.seconds = seconds
        self.pid = pid
        self.name = name
        self.msg = f"timeout after {seconds} seconds"


def os_error(number, text, path=None):
    """The exception for an error number of the system's, which on Windows is not one of C's."""
    if not WINDOWS:
        return OSError(number, text) if path is None else OSError(number, text, path)
    # Python leaves out the full stop at the end of Windows' texts.
    return OSError(0, text.rstrip(". "), path, number)


_unwrapped = None


def _counters():
    global _unwrapped
    if _unwrapped is None:
        from ._unwrapped import Unwrapped

        _unwrapped = Unwrapped()
    return _unwrapped


def wrap_numbers(input_dict, name):
    """See `Unwrapped.run`."""
    return _counters().run(input_dict, name)


wrap_numbers.cache_clear = lambda name=None: _counters().cache_clear(name)
wrap_numbers.cache_info = lambda: _counters().cache_info()


def debug(msg):
    """With `PSUTIL_DEBUG` set, tell the developer on standard error."""
    if PSUTIL_DEBUG:
        frame = sys._getframe(1)
        if isinstance(msg, Exception):
            msg = f"ignoring {msg}" if isinstance(msg, OSError) else f"ignoring {msg!r}"
        print(f"psutil-debug [{frame.f_code.co_filename}:{frame.f_lineno}]> {msg}", file=sys.stderr)


def resource_number(name):
    """The number of a resource that can be limited, by its C name."""
    import resource

    # Python leaves this one out.
    return 10 if name == "RLIMIT_LOCKS" else getattr(resource, name)


def get_procfs_path():
    """Where the package that is in use looks for processes; `None` where processes have no files."""
    return getattr(sys.modules[_PACKAGE], "PROCFS_PATH", None)


def _warn_missing(message):
    """A warning that is attributed to the caller of this."""
    import warnings

    warnings.warn(message, RuntimeWarning, stacklevel=2)


# What only programs that reach in here ask for.
_REACHED = frozenset({
    "bcat", "broadcast_addr", "bytes2human", "cat", "isfile_strict", "memoize", "memoize_when_activated", "open_binary",
    "open_text", "parse_environ_block", "print_color", "supports_ipv6", "usage_percent",
})  # fmt: skip


def __getattr__(name):
    if name in _REACHED:
        from . import _reached

        value = globals()[name] = getattr(_reached, name)
        return value
    if name in ("NicDuplex", "BatteryTime", "conn_tmap") or name.startswith(("NIC_", "POWER_TIME_")):
        from . import _enums

        return getattr(_enums, name)
    if name in ("AF_INET", "AF_INET6", "AF_UNIX", "SOCK_STREAM", "SOCK_DGRAM"):
        import socket

        return getattr(socket, name)
    if name == "socket":
        import socket

        globals()[name] = socket
        return socket
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__():
    return sorted({*globals(), *_REACHED})
