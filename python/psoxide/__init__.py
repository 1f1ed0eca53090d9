"""What the machine and its processes are doing: psutil's interface on a core written in Rust.

`import psoxide as psutil` is meant to be all that a program written for psutil needs; for programs that cannot be
edited there are `psoxide.install_as_psutil()` and `python -m psoxide run script.py`.

`version_info` and `__version__` are those of the psutil whose interface this is; `psoxide_version` is psoxide's own.

Here is the public interface, with what psutil remembers between calls: a second copy of this module, executed from
the same specification, has classes and memories of its own. What the kernel is asked stands in the extension module
`_psoxide`; what is seldom needed is imported when it is.
"""

import os
import sys
import time
from _thread import RLock as _RLock
from _thread import get_ident as _get_ident

try:
    import pwd
except ImportError:
    pwd = None

from . import _common, _psoxide
from . import _pslinux as _psplatform
from ._common import (  # noqa: F401
    AIX,
    BSD,
    CONN_CLOSE,
    CONN_CLOSE_WAIT,
    CONN_CLOSING,
    CONN_ESTABLISHED,
    CONN_FIN_WAIT1,
    CONN_FIN_WAIT2,
    CONN_LAST_ACK,
    CONN_LISTEN,
    CONN_NONE,
    CONN_SYN_RECV,
    CONN_SYN_SENT,
    CONN_TIME_WAIT,
    FREEBSD,
    LINUX,
    MACOS,
    NETBSD,
    OPENBSD,
    OSX,
    POSIX,
    STATUS_DEAD,
    STATUS_DISK_SLEEP,
    STATUS_IDLE,
    STATUS_LOCKED,
    STATUS_PARKED,
    STATUS_RUNNING,
    STATUS_SLEEPING,
    STATUS_STOPPED,
    STATUS_TRACING_STOP,
    STATUS_WAITING,
    STATUS_WAKING,
    STATUS_ZOMBIE,
    SUNOS,
    WINDOWS,
    AccessDenied,
    Error,
    NoSuchProcess,
    TimeoutExpired,
    ZombieProcess,
    debug,
)

__version__ = "7.2.2"
version_info = (7, 2, 2)
__author__ = "The psoxide contributors"
psoxide_version = _psoxide.__version__

if LINUX or SUNOS or AIX:
    PROCFS_PATH = "/proc"
else:
    PROCFS_PATH = ""

_RESOURCES = _psoxide.resources()
_LAZY = {
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
_NEWER_NAMES = {
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
}
_MODULES = {"_enums", "_ntuples", "_pslinux", "_psposix", "_psutil_linux"}

# fmt: off
__all__ = [
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
    __all__ += [
        "PROCFS_PATH", "IOPRIO_CLASS_NONE", "IOPRIO_CLASS_RT", "IOPRIO_CLASS_BE", "IOPRIO_CLASS_IDLE",
        *(name for name in __all__ if name.startswith("CONN_") and name != "CONN_NONE"),
    ]
if _RESOURCES:
    __all__ += [*_RESOURCES, "RLIM_INFINITY"]
__all__ += [
    "cpu_freq", "getloadavg", "sensors_temperatures", "sensors_fans", "sensors_battery", "heap_info", "heap_trim",
]
# fmt: on

_timer = time.monotonic
_TOTAL_PHYMEM = None
_LOWEST_PID = None
_SENTINEL = object()


def __getattr__(name):
    home = _LAZY.get(name) or _NEWER_NAMES.get(name)
    if home is not None:
        from importlib import import_module

        value = getattr(import_module(f"{_common._PACKAGE}.{home}"), name)
        if name in _NEWER_NAMES:
            return value
    elif name in _RESOURCES:
        value = _common.resource_number(name)
    elif name == "RLIM_INFINITY" and _RESOURCES:
        # Also where Python's `resource` has the unsigned number.
        value = -1 if LINUX else __import__("resource").RLIM_INFINITY
    elif name in _MODULES:
        from importlib import import_module

        try:
            value = import_module(f"{_common._PACKAGE}.{name}")
        except ImportError:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None
    elif name in ("collections", "contextlib", "datetime", "functools", "signal", "socket", "subprocess", "threading"):
        value = __import__(name)
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__():
    lazy = [*_LAZY, *_RESOURCES, *(["RLIM_INFINITY"] if _RESOURCES else [])]
    names = {*globals(), *lazy}
    if Process.__module__ == "psutil":
        # Standing in for psutil: its names and no others.
        names -= {"install_as_psutil", "psoxide_version"}
    return sorted(names)


# Processes


class _Oneshot:
    """One visit to a process for a `with` block."""

    __slots__ = ("_outermost", "_process")

    def __init__(self, process):
        self._process = process
        self._outermost = False

    def __enter__(self):
        process = self._process
        process._lock.acquire()
        try:
            if process._cache is None:
                process._proc.oneshot_enter()
                process._cache = {}
                self._outermost = True
        except BaseException:
            process._lock.release()
            raise

    def __exit__(self, *_):
        process = self._process
        try:
            if self._outermost:
                process._cache = None
                process._proc.oneshot_exit()
        finally:
            process._lock.release()


class _ProcessType(type(os.PathLike)):
    """The class of `Process`, which lists the names of the psutil that it stands in for. It is an `ABCMeta`, so that
    a subclass can be abstract.
    """

    def __dir__(cls):
        names = super().__dir__()
        return [name for name in names if name not in _NEWER] if cls.__module__ == "psutil" else names


class Process(metaclass=_ProcessType):
    """A process by its number; of the calling process without one.

    It is bound to the process that has the number now: `is_running()` and the calls that change or end a process
    tell when the number belongs to another by then.
    """

    # As the exceptions: psutil, where this stands in for it.
    __module__ = Error.__module__
    # What `oneshot()` remembers; `None` outside of it.
    _cache = None

    def __init__(self, pid=None):
        self._init(pid)

    def _init(self, pid, _ignore_nsp=False):
        if pid is None:
            pid = os.getpid()
        elif pid < 0:
            raise ValueError(f"pid must be a positive integer (got {pid})")
        self._lock = _RLock()
        self._pid = pid
        self._name = None
        self._exe = None
        self._create_time = None
        self._gone = False
        self._pid_reused = False
        self._hash = None
        self._ppid = None
        self._last_sys_cpu_times = None
        self._last_proc_cpu_times = None
        self._exitcode = _SENTINEL
        self._cache = None
        self._ident = (pid, None)
        try:
            self._proc = _psplatform.Process(pid, PROCFS_PATH)
        except OverflowError as error:
            raise NoSuchProcess(pid, msg="process PID out of range") from error
        try:
            self._ident = self._get_ident()
        except (AccessDenied, ZombieProcess):
            pass
        except NoSuchProcess:
            if not _ignore_nsp:
                raise NoSuchProcess(pid, msg="process PID not found") from None
            self._gone = True

    @classmethod
    def _known(cls, pid, start):
        """The process of which number and start are known already."""
        self = cls.__new__(cls)
        self._lock = _RLock()
        self._pid = pid
        self._name = None
        self._exe = None
        self._create_time = None
        self._gone = False
        self._pid_reused = False
        self._hash = None
        self._ppid = None
        self._last_sys_cpu_times = None
        self._last_proc_cpu_times = None
        self._exitcode = _SENTINEL
        self._cache = None
        self._ident = (pid, start)
        self._proc = _psplatform.Process(pid, PROCFS_PATH, start)
        return self

    def __str__(self):
        details = {"pid": self.pid}
        if self._name:
            details["name"] = self._name
        with self.oneshot():
            if self._pid_reused:
                details["status"] = "terminated + PID reused"
            else:
                try:
                    details["name"] = self.name()
                    details["status"] = str(self.status())
                except ZombieProcess:
                    details["status"] = "zombie"
                except NoSuchProcess:
                    details["status"] = "terminated"
                except AccessDenied:
                    pass
            if self._exitcode not in {_SENTINEL, None}:
                details["exitcode"] = self._exitcode
            if self._create_time is not None:
                details["started"] = _clock(self._create_time)
        kind = type(self)
        told = ", ".join(f"{name}={value!r}" for name, value in details.items())
        return f"{kind.__module__}.{kind.__name__}({told})"

    __repr__ = __str__

    def __eq__(self, other):
        if not isinstance(other, Process):
            return NotImplemented
        return self._ident == other._ident

    def __ne__(self, other):
        return not self == other

    def __hash__(self):
        if self._hash is None:
            self._hash = hash(self._ident)
        return self._hash

    def _get_ident(self):
        return (self.pid, self._proc.start())

    def _raise_if_pid_reused(self):
        if self._pid_reused or (not self.is_running() and self._pid_reused):
            message = "process no longer exists and its PID has been reused"
            raise NoSuchProcess(self.pid, self._name, msg=message)

    def _once(self, key, ask):
        cache = self._cache
        if cache is None:
            return ask()
        try:
            return cache[key]
        except KeyError:
            value = cache[key] = ask()
            return value

    @property
    def pid(self):
        """Its number."""
        return self._pid

    def oneshot(self):
        """A context in which several calls cost little more than one: each kernel source is read at most once."""
        return _Oneshot(self)

    def as_dict(self, attrs=None, ad_value=None):
        """Several attributes by name; all without `attrs`. `ad_value` stands for what is denied."""
        names = _attribute_names(attrs)
        answers = {}
        with self.oneshot():
            for name in sorted(names):
                if name == "pid":
                    answers[name] = self.pid
                    continue
                try:
                    answers[name] = getattr(self, name)()
                except (AccessDenied, ZombieProcess):
                    answers[name] = ad_value
                except NotImplementedError:
                    if attrs:
                        raise
        return answers

    # The tree

    def ppid(self):
        """The number of its parent."""
        self._raise_if_pid_reused()
        return self._once("ppid", self._proc.ppid)

    def parent(self):
        """Its parent; `None` if that is gone."""
        lowest = _LOWEST_PID if _LOWEST_PID is not None else pids()[0]
        if self.pid == lowest:
            return None
        ppid = self.ppid()
        if ppid is None:
            return None
        try:
            parent = Process(ppid)
            # Not the cached time: the clock may have been set since.
            if parent.create_time() <= self._proc.create_time():
                return parent
        except NoSuchProcess:
            pass
        return None

    def parents(self):
        """Its parent, its parent's parent and so on."""
        line = []
        parent = self.parent()
        while parent is not None:
            line.append(parent)
            parent = parent.parent()
        return line

    def children(self, recursive=False):
        """Its children; with `recursive` all its descendants."""
        self._raise_if_pid_reused()
        found = []
        for pid, start, created in _psoxide.children(PROCFS_PATH, self.pid, bool(recursive)):
            child = Process._known(pid, start)
            child._create_time = created
            found.append(child)
        return found

    # Life

    def is_running(self):
        """Whether it is there; a zombie is. `False` if its number belongs to another process."""
        if self._gone or self._pid_reused:
            return False
        try:
            if Process is _process_class:
                # Asked anew, whatever `oneshot()` remembers.
                start = _psplatform.Process(self.pid, PROCFS_PATH).start()
                self._pid_reused = self._ident != (self.pid, start)
            else:
                # A program has put another class in its place.
                self._pid_reused = self != Process(self.pid)
            if self._pid_reused:
                _pids_reused.add(self.pid)
                self._gone = True
                return False
        except (AccessDenied, ZombieProcess):
            return True
        except NoSuchProcess:
            self._gone = True
            return False
        return True

    def status(self):
        """What it is doing: one of the `STATUS_` words."""
        try:
            return self._proc.status()
        except ZombieProcess:
            return STATUS_ZOMBIE

    def create_time(self):
        """When it was started, in seconds since the epoch."""
        if self._create_time is None:
            self._create_time = self._proc.create_time()
        return self._create_time

    def wait(self, timeout=None):
        """Wait for it to end. The exit code of a child, negative where a signal ended it; `None` of others."""
        if self.pid == 0:
            raise ValueError("can't wait for PID 0")
        if timeout is not None:
            if not isinstance(timeout, (int, float)):
                raise TypeError(f"timeout must be an int or float (got {type(timeout)})")
            if timeout < 0:
                raise ValueError(f"timeout must be positive or zero (got {timeout})")
        if self._exitcode is _SENTINEL:
            self._exitcode = self._proc.wait(timeout)
        return self._exitcode

    async def wait_async(self, timeout=None):
        """`wait()` for programs of `asyncio`: the loop goes on meanwhile, and no thread waits."""
        from ._asyncio import wait

        return await wait(self, timeout)

    def _send_signal(self, sig):
        self._raise_if_pid_reused()
        if self.pid == 0:
            raise ValueError(
                "preventing sending signal to process with PID 0 as it would affect every process in the process "
                "group of the calling process (os.getpid()) instead of PID 0"
            )
        try:
            self._proc.send_signal(sig)
        except NoSuchProcess:
            self._gone = True
            raise

    def send_signal(self, sig):
        """Send it a signal."""
        self._send_signal(sig)

    def suspend(self):
        """Stop it."""
        self._send_signal(_signal().SIGSTOP)

    def resume(self):
        """Let it go on."""
        self._send_signal(_signal().SIGCONT)

    def terminate(self):
        """Ask it to end."""
        self._send_signal(_signal().SIGTERM)

    def kill(self):
        """End it."""
        self._send_signal(_signal().SIGKILL)

    # What it is

    def name(self):
        """Its name."""
        name = self._proc.name()
        self._name = name
        self._proc._name = name
        return name

    def exe(self):
        """The path of its program; may be empty."""
        if self._exe is not None:
            return self._exe
        denied = None
        try:
            exe = self._proc.exe()
        except AccessDenied as error:
            exe, denied = "", error
        if not exe:
            # A first argument that is the absolute path of a program is nearly always the program.
            cmdline = self.cmdline()
            if cmdline and os.path.isabs(cmdline[0]) and os.path.isfile(cmdline[0]) and os.access(cmdline[0], os.X_OK):
                exe = cmdline[0]
            elif denied is not None:
                raise denied
            if denied is not None:
                return exe
        self._exe = exe
        return exe

    def cmdline(self):
        """The command line it was started with, an argument each."""
        return self._proc.cmdline()

    def environ(self):
        """Its environment when it was started."""
        return self._proc.environ()

    def cwd(self):
        """Its working directory; may be empty."""
        return self._proc.cwd()

    def username(self):
        """The user who started it; the number where the user has no name."""
        if pwd is None:
            raise ImportError("requires pwd module shipped with standard python")
        real = self.uids().real
        try:
            return pwd.getpwuid(real).pw_name
        except KeyError:
            return str(real)

    def uids(self):
        """Its user ids: real, effective, saved."""
        return self._once("uids", self._proc.uids)

    def gids(self):
        """Its group ids: real, effective, saved."""
        return self._proc.gids()

    def terminal(self):
        """Its controlling terminal."""
        return self._proc.terminal()

    # What it may

    def nice(self, value=None):
        """Its priority, from -20 (most favoured) to 19; with `value`, set it."""
        if value is None:
            return self._proc.nice_get()
        self._raise_if_pid_reused()
        return self._proc.nice_set(value)

    def ionice(self, ioclass=None, value=None):
        """Its I/O priority; with `ioclass`, set it."""
        if ioclass is None:
            if value is not None:
                raise ValueError("'ioclass' argument must be specified")
            return self._proc.ionice_get()
        self._raise_if_pid_reused()
        if value is None:
            value = 0
        if value and ioclass in (0, 3):
            from ._enums import IOPriority

            raise ValueError(f"{IOPriority(ioclass)!r} ioclass accepts no value")
        if not 0 <= value <= 7:
            raise ValueError("value not in 0-7 range")
        return self._proc.ionice_set(ioclass, value)

    def rlimit(self, resource, limits=None):
        """Its soft and hard limit of a resource; with `limits`, set them."""
        if limits is not None:
            self._raise_if_pid_reused()
        return self._proc.rlimit(resource, limits)

    def cpu_affinity(self, cpus=None):
        """The CPUs it may run on; with `cpus`, set them (an empty list: all that it may have)."""
        if cpus is None:
            return sorted(set(self._proc.cpu_affinity_get()))
        self._raise_if_pid_reused()
        cpus = list(set(cpus))
        try:
            self._proc.cpu_affinity_set(cpus)
        except (ValueError, OverflowError):
            known = list(range(len(_psoxide.per_cpu_times(PROCFS_PATH))))
            for cpu in cpus:
                if cpu not in known:
                    raise ValueError(f"invalid CPU {cpu!r}; choose between {known}") from None
            raise ValueError(f"CPU number {cpus[0]} is not eligible; choose between {self.cpu_affinity()}") from None

    def cpu_num(self):
        """The CPU it runs on, or ran on last."""
        return self._proc.cpu_num()

    # What it uses

    def cpu_times(self):
        """CPU time it has used, in seconds."""
        return self._once("cpu_times", self._proc.cpu_times)

    def cpu_percent(self, interval=None):
        """Its share of a CPU during `interval` seconds, or since the last call; 0.0 at the first call."""
        if interval is not None and interval < 0:
            raise ValueError(f"interval is not positive (got {interval!r})")
        cpus = cpu_count() or 1
        if interval is not None and interval > 0.0:
            began, before = _timer() * cpus, self._proc.cpu_times()
            time.sleep(interval)
            ended, after = _timer() * cpus, self._proc.cpu_times()
        else:
            began, before = self._last_sys_cpu_times, self._last_proc_cpu_times
            ended, after = _timer() * cpus, self._proc.cpu_times()
        self._last_sys_cpu_times = ended
        self._last_proc_cpu_times = after
        if began is None or before is None:
            return 0.0
        used = (after.user - before.user) + (after.system - before.system)
        try:
            return round(used / (ended - began) * 100 * cpus, 1)
        except ZeroDivisionError:
            return 0.0

    def memory_info(self):
        """Its memory use, in bytes."""
        return self._once("memory_info", self._proc.memory_info)

    def memory_full_info(self):
        """Its memory use with the share that is its own (`uss`, `pss`), in bytes; walks the whole address space."""
        return self._proc.memory_full_info()

    def memory_percent(self, memtype="rss"):
        """Its memory use as a share of the machine's physical memory, in percent."""
        from ._ntuples import pfullmem, pmem

        if memtype not in pfullmem._fields:
            raise ValueError(f"invalid memtype {memtype!r}; valid types are {tuple(pfullmem._fields)!r}")
        info = self.memory_info() if memtype in pmem._fields else self.memory_full_info()
        total = _TOTAL_PHYMEM or virtual_memory().total
        if not total > 0:
            raise ValueError(f"can't calculate process memory percent because total physical system memory is {total}")
        return getattr(info, memtype) / float(total) * 100

    def memory_maps(self, grouped=True):
        """Its mappings; added up by file with `grouped`."""
        return self._proc.memory_maps(bool(grouped))

    def io_counters(self):
        """What it read and wrote."""
        return self._proc.io_counters()

    def open_files(self):
        """The regular files it has open."""
        return self._proc.open_files()

    def net_connections(self, kind="inet"):
        """Its sockets of the kind."""
        _check_conn_kind(kind)
        return self._proc.net_connections(kind)

    def connections(self, kind="inet"):
        """The old name of `net_connections()`."""
        import warnings

        message = "connections() is deprecated and will be removed; use net_connections() instead"
        warnings.warn(message, category=DeprecationWarning, stacklevel=2)
        return self.net_connections(kind)

    def num_fds(self):
        """How many descriptors it has open."""
        return self._proc.num_fds()

    def num_ctx_switches(self):
        """How often it left the CPU."""
        return self._proc.num_ctx_switches()

    def num_threads(self):
        """How many threads it has."""
        return self._proc.num_threads()

    def threads(self):
        """Its threads with the CPU time of each."""
        return self._proc.threads()

    # What psutil 8 adds

    def memory_info_ex(self):
        """Its memory use with peaks and parts, in bytes."""
        return self._proc.memory_info_ex()

    def memory_footprint(self):
        """The share of memory that is its own, in bytes; walks the whole address space."""
        return self._proc.memory_footprint()

    def page_faults(self):
        """Its page faults."""
        return self._proc.page_faults()


class Popen(Process):
    """A child process: `subprocess.Popen` and `Process` in one."""

    __module__ = Error.__module__

    def __init__(self, *args, **kwargs):
        import subprocess

        self.__subproc = subprocess.Popen(*args, **kwargs)
        self._init(self.__subproc.pid, _ignore_nsp=True)

    def __dir__(self):
        return sorted({*dir(Popen), *dir(self.__subproc)})

    def __enter__(self):
        self.__subproc.__enter__()
        return self

    def __exit__(self, *args):
        return self.__subproc.__exit__(*args)

    def __getattr__(self, name):
        # Only what a Process does not have comes here.
        if name != "_Popen__subproc":
            try:
                return getattr(self.__subproc, name)
            except AttributeError:
                pass
        raise AttributeError(f"{type(self)!r} has no attribute {name!r}")

    def wait(self, timeout=None):
        """Wait for it to end; its exit code."""
        if self.__subproc.returncode is not None:
            return self.__subproc.returncode
        code = super().wait(timeout)
        self.__subproc.returncode = code
        return code


# What is no attribute of a process: it changes it, asks for an argument, or tells of others.
_NOT_ATTRIBUTES = {
    "send_signal", "suspend", "resume", "terminate", "kill", "wait", "is_running", "as_dict", "parent", "parents",
    "children", "rlimit", "connections", "oneshot", "attrs", "wait_async",
}  # fmt: skip
_NEWER = {"wait_async", "attrs", "memory_info_ex", "memory_footprint", "page_faults"}

for _name in ("cpu_affinity", "cpu_num", "environ", "gids", "io_counters", "ionice", "memory_footprint",
              "memory_info_ex", "memory_maps", "num_fds", "page_faults", "terminal", "uids"):  # fmt: skip
    if _name not in _psoxide.attributes():
        delattr(Process, _name)
if not _RESOURCES:
    del Process.rlimit
del _name

Process.attrs = frozenset(
    name for name in dir(Process) if not name.startswith("_") and name not in _NOT_ATTRIBUTES
)
_as_dict_attrnames = set(Process.attrs - _NEWER)


def _attribute_names(attrs):
    """The attributes that a caller asks for by name: all of psutil's without names."""
    if attrs is None:
        return _as_dict_attrnames
    if not isinstance(attrs, (list, tuple, set, frozenset)):
        raise TypeError(f"invalid attrs type {type(attrs)}")
    names = set(attrs)
    unknown = names - Process.attrs
    if unknown:
        told = ", ".join(repr(name) for name in sorted(unknown, key=str))
        raise ValueError(f"invalid attr name{'s' if len(unknown) > 1 else ''} {told}")
    return names or _as_dict_attrnames


def _signal():
    import signal

    return signal


def _clock(seconds):
    """A moment of the last day as the time of day, an earlier one with its date."""
    # A moment in the future is told with its date, too.
    today = 0 <= time.time() - seconds < 24 * 60 * 60
    return time.strftime("%H:%M:%S" if today else "%Y-%m-%d %H:%M:%S", time.localtime(seconds))


def pids():
    """The numbers of all processes, ascending."""
    global _LOWEST_PID
    found = _psoxide.pids(PROCFS_PATH)
    _LOWEST_PID = found[0]
    return found


def pid_exists(pid):
    """Whether there is a process of this number; a zombie is one, a thread is not."""
    if pid < 0:
        return False
    if pid == 0 and POSIX:
        return pid in pids()
    return _psoxide.pid_exists(PROCFS_PATH, pid)


_pmap = {}
_pids_reused = set()

# What the table of all processes answers as the methods do, so that one call serves them all.
_TABLE = {
    "cmdline", "cpu_affinity", "cpu_num", "cpu_times", "create_time", "gids", "io_counters", "memory_footprint",
    "memory_full_info", "memory_info", "memory_info_ex", "name", "nice", "num_ctx_switches", "num_fds", "num_threads",
    "open_files", "page_faults", "ppid", "status", "terminal", "threads", "uids", "username",
} & set(_psoxide.attributes())  # fmt: skip
_process_class = Process
_process_methods = dict(vars(Process))
_platform_class = _psplatform.Process
_platform_methods = dict(vars(_platform_class))


def _table_names(names):
    """Those of the names that the table can answer; none where a program changed the class."""
    if Process is not _process_class or _psplatform.Process is not _platform_class:
        return []
    if vars(_platform_class) != _platform_methods:
        return []
    for name in ("__init__", "_init", "as_dict", "oneshot", *names):
        if Process.__dict__.get(name) is not _process_methods.get(name):
            return []
    return sorted(_TABLE.intersection(names))


def process_iter(attrs=None, ad_value=None):
    """Every process, ascending by number. The same process is the same object in the next iteration.

    With `attrs`, each has these attributes in its dictionary `info`, where `ad_value` stands for what is denied; an
    empty list means all.
    """
    global _pmap
    known = dict(_pmap)
    while _pids_reused:
        pid = _pids_reused.pop()
        debug(f"refreshing Process instance for reused PID {pid}")
        known.pop(pid, None)
    names = None if attrs is None else sorted(_attribute_names(attrs))
    told = [] if names is None else _table_names(names)
    if told:
        processes = _from_table(known, names, told, attrs, ad_value)
    else:
        processes = _one_by_one(known, attrs, ad_value)
    try:
        yield from processes
    finally:
        processes.close()
        _pmap = known


def _one_by_one(known, attrs, ad_value):
    alive = pids()
    for pid in known.keys() - set(alive):
        del known[pid]
    for pid in alive:
        try:
            process = known.get(pid)
            if process is None:
                process = Process(pid)
                known[pid] = process
            if attrs is not None:
                process.info = process.as_dict(attrs=attrs, ad_value=ad_value)
        except NoSuchProcess:
            known.pop(pid, None)
        else:
            yield process


def _from_table(known, names, told, attrs, ad_value):
    asked = ["uids" if name == "username" else name for name in told]
    table = _psoxide.table(PROCFS_PATH, asked, ad_value)
    for pid in known.keys() - {row[0] for row in table}:
        del known[pid]
    rest = [name for name in names if name not in told and name != "pid"]
    user = told.index("username") if "username" in told else None
    users_by_id = {}
    for pid, start, values in table:
        process = known.get(pid)
        if process is None:
            process = known[pid] = Process._known(pid, start)
        info = dict(zip(told, values))
        if "pid" in names:
            info["pid"] = pid
        if user is not None:
            ids = values[user]
            if isinstance(ids, tuple):
                name = users_by_id.get(ids[0])
                if name is None:
                    name = users_by_id[ids[0]] = _user_name(ids[0])
                info["username"] = name
        if "name" in info and info["name"] is not ad_value:
            process._name = process._proc._name = info["name"]
        if "create_time" in info and info["create_time"] is not ad_value:
            if process._create_time is None:
                process._create_time = info["create_time"]
            info["create_time"] = process._create_time
        if rest:
            try:
                _add_rest(process, rest, info, attrs, ad_value)
            except NoSuchProcess:
                del known[pid]
                continue
        process.info = info
        yield process


def _add_rest(process, rest, info, attrs, ad_value):
    with process.oneshot():
        for name in rest:
            try:
                info[name] = getattr(process, name)()
            except (AccessDenied, ZombieProcess):
                info[name] = ad_value
            except NotImplementedError:
                if attrs:
                    raise


def _user_name(uid):
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


process_iter.cache_clear = lambda: _pmap.clear()
process_iter.cache_clear.__doc__ = "Forget the processes of earlier iterations."


def wait_procs(procs, timeout=None, callback=None):
    """Wait for processes to end: those that did, and those that did not in `timeout` seconds.

    Those that ended have their exit code in `returncode`; `callback` is called with each.
    """
    if timeout is not None and not timeout >= 0:
        raise ValueError(f"timeout must be a positive integer, got {timeout}")
    if callback is not None and not callable(callback):
        raise TypeError(f"callback {callback!r} is not a callable")
    gone = set()
    alive = set(procs)
    expired = [TimeoutExpired]
    if "subprocess" in sys.modules:
        expired.append(sys.modules["subprocess"].TimeoutExpired)
    expired = tuple(expired)

    def check(process, seconds):
        try:
            code = process.wait(timeout=seconds)
        except expired:
            return
        if code is not None or not process.is_running():
            process.returncode = code
            gone.add(process)
            if callback is not None:
                callback(process)

    deadline = None if timeout is None else _timer() + timeout
    while alive:
        if deadline is not None and timeout <= 0:
            break
        for process in alive:
            # A short wait for each, so that the end of any is seen soon.
            pause = 1.0 / len(alive)
            if deadline is not None:
                timeout = min(deadline - _timer(), pause)
                if timeout <= 0:
                    break
                check(process, timeout)
            else:
                check(process, pause)
        alive -= gone
    for process in alive:
        check(process, 0)
    return list(gone), list(alive - gone)


# CPUs


def cpu_count(logical=True):
    """Logical CPUs, or physical cores; `None` if that cannot be found out."""
    if logical:
        count = _psplatform.cpu_count_logical()
    else:
        count = _psplatform.cpu_count_cores()
    return count if count is not None and count >= 1 else None


def cpu_times(percpu=False):
    """CPU time by mode in seconds, of all CPUs together or of each."""
    if percpu:
        return _psoxide.per_cpu_times(PROCFS_PATH)
    return _psoxide.cpu_times(PROCFS_PATH)


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


def _busy_percent(before, after):
    added = _cpu_times_deltas(before, after)
    total = _cpu_tot_time(added)
    return round(_cpu_busy_time(added) / total * 100, 1) if total else 0.0


def _share_percents(before, after):
    added = _cpu_times_deltas(before, after)
    scale = 100.0 / max(1, _cpu_tot_time(added))
    return type(added)(*(min(max(0.0, round(part * scale, 1)), 100.0) for part in added))


def _first_samples():
    try:
        total, each = _psoxide.cpu_sample(PROCFS_PATH)
    except Exception as error:
        debug(error)
        return {}, {}
    return {_get_ident(): total}, {_get_ident(): each}


# The last samples of each thread, by its number. In the thread that imports this, the first call tells what was since
# then; in others it samples twice and tells of nothing.
_last_cpu_times, _last_per_cpu_times = _first_samples()
_last_cpu_times_2 = dict(_last_cpu_times)
_last_per_cpu_times_2 = dict(_last_per_cpu_times)


def _between(interval, percpu, last, compare):
    thread = _get_ident()
    if interval is not None and interval < 0:
        raise ValueError(f"interval is not positive (got {interval})")
    if interval is not None and interval > 0.0:
        before = cpu_times(percpu)
        time.sleep(interval)
    else:
        before = last.get(thread) or cpu_times(percpu)
    after = last[thread] = cpu_times(percpu)
    if percpu:
        return [compare(one, other) for one, other in zip(before, after)]
    return compare(before, after)


def cpu_percent(interval=None, percpu=False):
    """How busy the CPUs were during `interval` seconds, or since this thread's last call."""
    last = _last_per_cpu_times if percpu else _last_cpu_times
    return _between(interval, percpu, last, _busy_percent)


def cpu_times_percent(interval=None, percpu=False):
    """The share of each mode during `interval` seconds, or since this thread's last call."""
    last = _last_per_cpu_times_2 if percpu else _last_cpu_times_2
    return _between(interval, percpu, last, _share_percents)


def cpu_stats():
    """Context switches, interrupts and system calls since boot."""
    return _psoxide.cpu_stats(PROCFS_PATH)


def cpu_freq(percpu=False):
    """The clock in megahertz, the mean of all CPUs or of each."""
    clocks = _psoxide.cpu_freq(PROCFS_PATH)
    if percpu:
        return clocks
    if len(clocks) <= 1:
        return clocks[0] if clocks else None
    mean = [sum(values) / len(clocks) for values in zip(*clocks)]
    return type(clocks[0])(*mean)


if POSIX and hasattr(os, "getloadavg"):
    getloadavg = os.getloadavg
else:

    def getloadavg():
        """Load average over 1, 5 and 15 minutes."""
        return _psoxide.getloadavg()


# Memory


def virtual_memory():
    """Physical memory, in bytes."""
    global _TOTAL_PHYMEM
    memory = _psoxide.virtual_memory(PROCFS_PATH)
    if None in memory:
        missing = [name for name, value in zip(memory._fields, memory) if value is None]
        memory = memory._replace(**dict.fromkeys(missing, 0))
        # The kernel's slab is left out without a word.
        missing = [name for name in missing if name != "slab"]
        if missing:
            _common._warn_missing(
                f"{', '.join(missing)} memory stats couldn't be determined and "
                f"{'was' if len(missing) == 1 else 'were'} set to 0"
            )
    _TOTAL_PHYMEM = memory.total
    return memory


def swap_memory():
    """Swap space, in bytes."""
    swap = _psoxide.swap_memory(PROCFS_PATH)
    if None in swap:
        swap = swap._replace(sin=swap.sin or 0, sout=swap.sout or 0)
        _common._warn_missing("'sin' and 'sout' swap memory stats couldn't be determined and were set to 0")
    return swap


def heap_info():
    """What the C library's allocator holds for this program, in bytes."""
    return _psoxide.heap_info()


def heap_trim():
    """Ask the C library's allocator to give unused memory back to the system."""
    _psoxide.heap_trim()


# Disks


def disk_partitions(all=False):
    """Mounts of disks, or every mount."""
    return _psoxide.disk_partitions(PROCFS_PATH, bool(all))


def disk_usage(path):
    """Space of the file system that holds `path`, in bytes; of an open file by its descriptor."""
    if isinstance(path, int):
        path = f"/dev/fd/{path}"
    return _psoxide.disk_usage(os.fsdecode(path))


def disk_io_counters(perdisk=False, nowrap=True):
    """What the disks transferred since boot, all together or each."""
    disks = _psplatform.disk_io_counters(perdisk=perdisk)
    if not disks:
        return {} if perdisk else None
    if nowrap:
        disks = _common.wrap_numbers(disks, "psutil.disk_io_counters")
    if perdisk:
        return disks
    return type(next(iter(disks.values())))(*map(sum, zip(*disks.values())))


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
    return type(next(iter(nics.values())))(*map(sum, zip(*nics.values())))


net_io_counters.cache_clear = lambda: _common.wrap_numbers.cache_clear("psutil.net_io_counters")
net_io_counters.cache_clear.__doc__ = "Forget the counters of earlier calls."

_KINDS = ("all", "tcp", "tcp4", "udp", "udp4", "inet", "inet4", "inet6", "tcp6", "udp6", "unix")


def _check_conn_kind(kind):
    if kind not in _KINDS:
        raise ValueError(f"invalid kind argument {kind!r}; valid ones are: {_KINDS}")


def net_connections(kind="inet"):
    """Sockets of the kind with the processes that own them."""
    _check_conn_kind(kind)
    return _psoxide.net_connections(PROCFS_PATH, kind)


def net_if_addrs():
    """Addresses of each network interface."""
    return _psoxide.net_if_addrs()


def net_if_stats():
    """State, speed and size of each network interface."""
    return _psoxide.net_if_stats(PROCFS_PATH)


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
    return _psoxide.boot_time(PROCFS_PATH)


def users():
    """Users who are logged in."""
    return _psoxide.users()


# Beside psutil's interface


def _ppid_map():
    """The number of each process with that of its parent."""
    return _psoxide.ppid_map(PROCFS_PATH)


def _set_debug(value):
    """Turn the messages of `PSUTIL_DEBUG` on or off."""
    _common.PSUTIL_DEBUG = bool(value)


def install_as_psutil():
    """Make `import psutil` give this package, in this interpreter and from now on."""
    from ._install import install

    install(sys.modules[__name__])
