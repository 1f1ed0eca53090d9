"""What is asked of one process by name, the context in which several answers cost little more than one, signals to it, and
waiting for one or several to end.

Here is nothing that a copy of the package keeps for itself: which process it is, its relatives, and its shares of time
and memory are told by the class `Process` of `__init__`, which builds on the one here.
"""
# The types of what is public stand in `__init__.pyi`.
# mypy: ignore-errors

import os
import sys
import time

from . import _psoxide
from ._common import POSIX, AccessDenied, NoSuchProcess, TimeoutExpired, ZombieProcess
from ._system import check_kind

try:
    import pwd
except ImportError:
    pwd = None

# Those that this system has.
ATTRIBUTES = frozenset(_psoxide.attributes())
# What is no attribute of a process: it changes it, asks for an argument, or tells of others.
NOT_ATTRIBUTES = {
    "send_signal", "suspend", "resume", "terminate", "kill", "wait", "is_running", "as_dict", "parent", "parents",
    "children", "rlimit", "connections", "oneshot", "attrs", "wait_async",
}  # fmt: skip
# Attributes and methods that psutil 7 does not have.
NEWER = {"wait_async", "attrs", "memory_info_ex", "memory_footprint", "page_faults"}
# The exit code of a process that nobody has waited for.
NOT_ENDED = object()


class ProcessType(type(os.PathLike)):
    """The class of `Process`, which lists the names of the psutil that it stands in for. It is an `ABCMeta`, so that
    a subclass can be abstract.
    """

    def __dir__(cls):
        names = super().__dir__()
        return [name for name in names if name not in NEWER] if cls.__module__ == "psutil" else names


def once(cache, key, ask):
    """What is in the cache; asked first if it is not."""
    value = cache.get(key)
    if value is None:
        value = cache[key] = ask()
    return value


class Process(metaclass=ProcessType):
    """The answers of one process, which is at `_proc`; `_cache` is what `oneshot()` remembers, `None` outside of it."""

    _cache = None

    def oneshot(self):
        """A context in which several calls cost little more than one: each kernel source is read at most once."""
        return _psoxide.Oneshot(self)

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
            if self._exitcode not in {NOT_ENDED, None}:
                details["exitcode"] = self._exitcode
            if self._create_time is not None:
                details["started"] = clock(self._create_time)
        kind = type(self)
        told = ", ".join(f"{name}={value!r}" for name, value in details.items())
        return f"{kind.__module__}.{kind.__name__}({told})"

    __repr__ = __str__

    # What it is

    def name(self):
        """Its name."""
        # What asks remembers it, too, for messages.
        name = self._name = self._proc.name()
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
        if "uids" not in ATTRIBUTES:
            return self._proc.username()
        if pwd is None:
            raise ImportError("requires pwd module shipped with standard python")
        real = self.uids().real
        try:
            return pwd.getpwuid(real).pw_name
        except KeyError:
            return str(real)

    def uids(self):
        """Its user ids: real, effective, saved."""
        cache = self._cache
        return self._proc.uids() if cache is None else once(cache, "uids", self._proc.uids)

    def gids(self):
        """Its group ids: real, effective, saved."""
        return self._proc.gids()

    def terminal(self):
        """Its controlling terminal."""
        return self._proc.terminal()

    # What it may

    def nice(self, value=None):
        """Its priority, from -20 (most favoured) to 19, on Windows a priority class; with `value`, set it."""
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
        return self._proc.ionice_set(ioclass, value)

    def rlimit(self, resource, limits=None):
        """Its soft and hard limit of a resource; with `limits`, set them."""
        if limits is not None:
            self._raise_if_pid_reused()
        return self._proc.rlimit(resource, limits)

    def cpu_affinity(self, cpus=None):
        """The CPUs it may run on; with `cpus`, set them (an empty list: all that it may have)."""
        if cpus is None:
            return self._proc.cpu_affinity_get()
        self._raise_if_pid_reused()
        return self._proc.cpu_affinity_set(list(set(cpus)) if cpus else [])

    def cpu_num(self):
        """The CPU it runs on, or ran on last."""
        return self._proc.cpu_num()

    # What it uses

    def cpu_times(self):
        """CPU time it has used, in seconds."""
        cache = self._cache
        return self._proc.cpu_times() if cache is None else once(cache, "cpu_times", self._proc.cpu_times)

    def memory_info(self):
        """Its memory use, in bytes."""
        cache = self._cache
        return self._proc.memory_info() if cache is None else once(cache, "memory_info", self._proc.memory_info)

    def memory_full_info(self):
        """Its memory use with the share that is its own (`uss`, `pss`), in bytes; walks the whole address space."""
        return self._proc.memory_full_info()

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
        check_kind(kind)
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

    def num_handles(self):
        """How many handles it has open."""
        return self._proc.num_handles()

    def num_ctx_switches(self):
        """How often it left the CPU."""
        return self._proc.num_ctx_switches()

    def num_threads(self):
        """How many threads it has."""
        return self._proc.num_threads()

    def threads(self):
        """Its threads with the CPU time of each."""
        return self._proc.threads()

    # Its end

    def wait(self, timeout=None):
        """Wait for it to end. The exit code of a child, negative where a signal ended it; `None` of others."""
        if self.pid == 0:
            raise ValueError("can't wait for PID 0")
        if timeout is not None:
            if not isinstance(timeout, (int, float)):
                raise TypeError(f"timeout must be an int or float (got {type(timeout)})")
            if timeout < 0:
                raise ValueError(f"timeout must be positive or zero (got {timeout})")
        if self._exitcode is NOT_ENDED:
            self._exitcode = self._proc.wait(timeout)
        return self._exitcode

    async def wait_async(self, timeout=None):
        """`wait()` for programs of `asyncio`: the loop goes on meanwhile, and no thread waits."""
        from ._asyncio import wait

        return await wait(self, timeout)

    def _change(self, change, *arguments):
        self._raise_if_pid_reused()
        if self.pid == 0 and POSIX:
            raise ValueError(
                "preventing sending signal to process with PID 0 as it would affect every process in the process "
                "group of the calling process (os.getpid()) instead of PID 0"
            )
        try:
            change(*arguments)
        except NoSuchProcess:
            self._gone = True
            raise

    def _send_signal(self, sig):
        self._change(self._proc.send_signal, sig)

    def send_signal(self, sig):
        """Send it a signal."""
        self._send_signal(sig)

    def suspend(self):
        """Stop it."""
        self._change(self._proc.suspend)

    def resume(self):
        """Let it go on."""
        self._change(self._proc.resume)

    def terminate(self):
        """Ask it to end."""
        self._change(self._proc.terminate)

    def kill(self):
        """End it."""
        self._change(self._proc.kill)

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


# Methods that this system lacks are not there, so that `hasattr` tells.
for _name in ("cpu_affinity", "cpu_num", "environ", "gids", "io_counters", "ionice", "memory_footprint",
              "memory_info_ex", "memory_maps", "num_fds", "num_handles", "page_faults", "terminal", "uids"):  # fmt: skip
    if _name not in ATTRIBUTES:
        delattr(Process, _name)
if not _psoxide.resources():
    del Process.rlimit
del _name


_memory_types = None


def memory_types():
    """The fields of `memory_info()`, and those of `memory_full_info()`."""
    global _memory_types
    if _memory_types is None:
        from ._ntuples import pfullmem, pmem

        _memory_types = pmem._fields, pfullmem._fields
    return _memory_types


def add_rest(process, rest, info, attrs, ad_value):
    """Add the answers of one process to these names; `attrs` tells whether they were asked for by name."""
    with process.oneshot():
        for name in rest:
            try:
                info[name] = getattr(process, name)()
            except (AccessDenied, ZombieProcess):
                info[name] = ad_value
            except NotImplementedError:
                if attrs:
                    raise


def attribute_names(attrs, known, usual):
    """Those of the `known` attributes that a caller asks for by name: the `usual` ones without names."""
    if attrs is None:
        return usual
    if not isinstance(attrs, (list, tuple, set, frozenset)):
        raise TypeError(f"invalid attrs type {type(attrs)}")
    names = set(attrs)
    unknown = names - known
    if unknown:
        told = ", ".join(repr(name) for name in sorted(unknown, key=str))
        raise ValueError(f"invalid attr name{'s' if len(unknown) > 1 else ''} {told}")
    return names or usual


def clock(seconds):
    """A moment of the last day as the time of day, an earlier one with its date."""
    # A moment in the future is told with its date, too.
    today = 0 <= time.time() - seconds < 24 * 60 * 60
    return time.strftime("%H:%M:%S" if today else "%Y-%m-%d %H:%M:%S", time.localtime(seconds))


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

    deadline = None if timeout is None else time.monotonic() + timeout
    while alive:
        if deadline is not None and timeout <= 0:
            break
        for process in alive:
            # A short wait for each, so that the end of any is seen soon.
            pause = 1.0 / len(alive)
            if deadline is not None:
                timeout = min(deadline - time.monotonic(), pause)
                if timeout <= 0:
                    break
                check(process, timeout)
            else:
                check(process, pause)
        alive -= gone
    for process in alive:
        check(process, 0)
    return list(gone), list(alive - gone)
