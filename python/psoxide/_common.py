"""What the modules of the package share: exceptions, words of the kernel, and names under which programs that were
written for psutil look for them.

Enumerations and named tuples are made when first asked for; see `_enums` and `_ntuples`.
"""

import os
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


def usage_percent(used, total, round_=None):
    """`used` as a share of `total`, in percent; 0.0 without a total."""
    try:
        share = float(used) / total * 100
    except ZeroDivisionError:
        return 0.0
    return share if round_ is None else round(share, round_)


def bytes2human(n, format="%(value).1f%(symbol)s"):
    """A number of bytes for people: `10000` is `9.8K`.

    >>> bytes2human(100001221)
    '95.4M'
    """
    symbols = "BKMGTPEZY"
    power = 0
    while power + 1 < len(symbols) and abs(n) >= 1 << (power + 1) * 10:
        power += 1
    return format % {"value": n / (1 << power * 10), "symbol": symbols[power]}


class _Unwrapped:
    """Counters that never go back: what a counter lost when it wrapped is added to it from then on."""

    def __init__(self):
        import threading

        self.lock = threading.Lock()
        self.cache = {}
        self.reminders = {}
        self.reminder_keys = {}

    def run(self, input_dict, name):
        """The counters of `input_dict` (tuples of numbers by key) on top of what earlier calls of that name saw."""
        with self.lock:
            before = self.cache.get(name)
            self.cache[name] = input_dict
            lost = self.reminders.setdefault(name, {})
            if before is None:
                return input_dict
            for key in before.keys() - input_dict.keys():
                lost.pop(key, None)
            answer = {}
            for key, now in input_dict.items():
                then = before.get(key)
                if then is None:
                    answer[key] = now
                    continue
                if any(new < old for new, old in zip(now, then)):
                    owed = lost.get(key) or (0,) * len(now)
                    lost[key] = tuple(
                        owe + old if new < old else owe for owe, new, old in zip(owed, now, then)
                    )
                owed = lost.get(key)
                answer[key] = type(now)(*map(sum, zip(now, owed))) if owed else now
            return answer

    def cache_clear(self, name=None):
        """Forget what was seen, under one name or all."""
        with self.lock:
            for memory in (self.cache, self.reminders, self.reminder_keys):
                if name is None:
                    memory.clear()
                else:
                    memory.pop(name, None)


_unwrapped = None


def _counters():
    global _unwrapped
    if _unwrapped is None:
        _unwrapped = _Unwrapped()
    return _unwrapped


def wrap_numbers(input_dict, name):
    """See `_Unwrapped.run`."""
    return _counters().run(input_dict, name)


def _clear(name=None):
    _counters().cache_clear(name)


wrap_numbers.cache_clear = _clear


def debug(msg):
    """With `PSUTIL_DEBUG` set, tell the developer on standard error."""
    if PSUTIL_DEBUG:
        frame = sys._getframe(1)
        if isinstance(msg, Exception):
            msg = f"ignoring {msg}" if isinstance(msg, OSError) else f"ignoring {msg!r}"
        print(f"psutil-debug [{frame.f_code.co_filename}:{frame.f_lineno}]> {msg}", file=sys.stderr)


def get_procfs_path():
    """Where the package that is in use looks for processes."""
    return sys.modules[_PACKAGE].PROCFS_PATH


def open_binary(fname):
    """A file to read bytes from."""
    return open(fname, "rb", buffering=32 * 1024)


def open_text(fname):
    """A file to read text from, in the encoding of file names."""
    return open(fname, buffering=32 * 1024, encoding=ENCODING, errors=ENCODING_ERRS)


def cat(fname, fallback=...):
    """The text of a file, stripped; `fallback` if it cannot be read."""
    try:
        with open_text(fname) as file:
            return file.read().strip()
    except OSError:
        if fallback is ...:
            raise
        return fallback


def bcat(fname, fallback=...):
    """The bytes of a file, stripped; `fallback` if it cannot be read."""
    try:
        with open_binary(fname) as file:
            return file.read().strip()
    except OSError:
        if fallback is ...:
            raise
        return fallback


def supports_ipv6():
    """Whether a socket can be bound to `::1`."""
    import socket

    if not socket.has_ipv6:
        return False
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as probe:
            probe.bind(("::1", 0))
        return True
    except OSError:
        return False


def print_color(s, color=None, bold=False, file=sys.stdout):
    """Print a line, in colour where `file` is a terminal."""
    codes = {
        "red": 31, "green": 32, "brown": 33, "yellow": 93, "blue": 34, "violet": 35, "lightblue": 36, "grey": 37,
        "darkgrey": 30,
    }
    if color is not None and color not in codes:
        raise ValueError(f"invalid color {color!r}; choose amongst {list(codes)}")
    if file.isatty() and (color or bold):
        attributes = [str(codes[color])] if color else []
        if bold:
            attributes.append("1")
        s = f"\x1b[{';'.join(attributes)}m{s}\x1b[0m"
    print(s, file=file)


def _warn_missing(message):
    """A warning that is attributed to the caller's function."""
    import warnings

    warnings.warn(message, RuntimeWarning, stacklevel=3)


def __getattr__(name):
    if name in ("NicDuplex", "BatteryTime", "conn_tmap") or name.startswith(("NIC_", "POWER_TIME_")):
        from . import _enums

        return getattr(_enums, name)
    if name in ("AF_INET", "AF_INET6", "AF_UNIX", "SOCK_STREAM", "SOCK_DGRAM"):
        import socket

        return getattr(socket, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
