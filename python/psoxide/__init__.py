"""What the machine and its processes are doing: psutil's interface on a core written in Rust.

`import psoxide as psutil` is meant to be all that a program written for psutil needs; for programs that cannot be
edited there are `psoxide.install_as_psutil()` and `python -m psoxide run script.py`.

`version_info` and `__version__` are those of the psutil whose interface this is; `psoxide_version` is psoxide's own.

Here is what a copy of the package keeps for itself: its classes, and what psutil remembers between calls. A second copy
of this module, executed from the same specification, has its own. What remembers nothing stands in `_process` and
`_system`, the names in `_names`, and what the kernel is asked in the extension module `_psoxide`.
"""

import os
import sys
import time
from _thread import RLock as _RLock

try:
    import pwd
except ImportError:
    pwd = None

from . import _common, _names, _process, _psoxide, _system
from ._system import _psplatform
# fmt: off
from ._common import (  # noqa: F401
    AIX, BSD, CONN_CLOSE, CONN_CLOSE_WAIT, CONN_CLOSING, CONN_ESTABLISHED, CONN_FIN_WAIT1, CONN_FIN_WAIT2,
    CONN_LAST_ACK, CONN_LISTEN, CONN_NONE, CONN_SYN_RECV, CONN_SYN_SENT, CONN_TIME_WAIT, FREEBSD, LINUX, MACOS,
    NETBSD, OPENBSD, OSX, POSIX, STATUS_DEAD, STATUS_DISK_SLEEP, STATUS_IDLE, STATUS_LOCKED, STATUS_PARKED,
    STATUS_RUNNING, STATUS_SLEEPING, STATUS_STOPPED, STATUS_TRACING_STOP, STATUS_WAITING, STATUS_WAKING,
    STATUS_ZOMBIE, SUNOS, WINDOWS, AccessDenied, Error, NoSuchProcess, TimeoutExpired, ZombieProcess, debug,
)
from ._process import wait_procs  # noqa: F401
from ._system import (  # noqa: F401
    _cpu_busy_time, _cpu_times_deltas, _cpu_tot_time, boot_time, cpu_count, cpu_freq, cpu_stats, disk_io_counters,
    disk_partitions, disk_usage, getloadavg, heap_info, heap_trim, net_connections, net_if_addrs, net_if_stats,
    net_io_counters, sensors_battery, sensors_fans, sensors_temperatures, swap_memory, users,
)
# fmt: on

__version__ = "7.2.2"
version_info = (7, 2, 2)
__author__ = "The psoxide contributors"
psoxide_version = _psoxide.__version__
__all__ = list(_names.PUBLIC)

if LINUX or SUNOS or AIX:
    PROCFS_PATH = "/proc"

    def _procfs():
        return PROCFS_PATH

else:
    # Processes have no files there.
    def _procfs():
        return None


for _name in ("cpu_freq", "getloadavg", "sensors_temperatures", "sensors_fans", "sensors_battery", "heap_info", "heap_trim"):
    if _name not in _names.QUESTIONS:
        del globals()[_name]
del _name

_timer = time.monotonic
_TOTAL_PHYMEM = None
_LOWEST_PID = None


def __getattr__(name):
    value = _names.find(name)
    if name not in _names.NEWER:
        globals()[name] = value
    return value


def __dir__():
    names = {*globals(), *_names.LAZY, *_names.RESOURCES, *(["RLIM_INFINITY"] if _names.RESOURCES else [])}
    if Process.__module__ == "psutil":
        # Standing in for psutil: its names and no others.
        names -= {"install_as_psutil", "psoxide_version"}
    return sorted(names)


# Processes


class Process(_process.Process):
    """A process by its number; of the calling process without one.

    It is bound to the process that has the number now: `is_running()` and the calls that change or end a process
    tell when the number belongs to another by then.
    """

    # As the exceptions: psutil, where this stands in for it.
    __module__ = Error.__module__
    # What it does not know yet; an object has its own when it does.
    _name = None
    _exe = None
    _create_time = None
    _gone = False
    _pid_reused = False
    _hash = None
    _ppid = None
    _last_sys_cpu_times = None
    _last_proc_cpu_times = None
    _exitcode = _process.NOT_ENDED

    def __init__(self, pid=None):
        self._init(pid)

    def _init(self, pid, _ignore_nsp=False):
        if pid is None:
            pid = os.getpid()
        elif pid < 0:
            raise ValueError(f"pid must be a positive integer (got {pid})")
        self._lock = _RLock()
        self._pid = pid
        # Also of one that was another process before, and where a subclass looks on.
        self._name = self._exe = self._create_time = self._hash = self._ppid = self._cache = None
        self._last_sys_cpu_times = self._last_proc_cpu_times = None
        self._gone = self._pid_reused = False
        self._exitcode = _process.NOT_ENDED
        self._ident = (pid, None)
        try:
            self._proc = _psplatform.Process(pid, _procfs())
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
        self._ident = (pid, start)
        self._proc = _psplatform.Process(pid, _procfs(), start)
        return self

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

    @property
    def pid(self):
        """Its number."""
        return self._pid

    def as_dict(self, attrs=None, ad_value=None):
        """Several attributes by name; all without `attrs`. `ad_value` stands for what is denied."""
        names = _process.attribute_names(attrs, Process.attrs, _as_dict_attrnames)
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
        cache = self._cache
        if cache is None:
            if not self._pid_reused and type(self).is_running is _is_running:
                ppid = self._proc.ppid_if_started(self._ident[1])
                if ppid is not None:
                    return ppid
            self._raise_if_pid_reused()
            return self._proc.ppid()
        ppid = cache.get("ppid")
        if ppid is None:
            # The visit that `oneshot()` holds is to this very process, or else it is asked who it is.
            ppid = None if self._pid_reused else self._proc.ppid_if_started(self._ident[1])
            if ppid is None:
                self._raise_if_pid_reused()
                ppid = self._proc.ppid()
            cache["ppid"] = ppid
        return ppid

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
        for pid, start, created in _psoxide.children(_procfs(), self.pid, bool(recursive)):
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
                self._pid_reused = self._ident != (self.pid, self._proc.start_now())
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

    def cpu_percent(self, interval=None):
        """Its share of a CPU during `interval` seconds, or since the last call; 0.0 at the first call."""
        if interval is not None and interval < 0:
            raise ValueError(f"interval is not positive (got {interval!r})")
        cpus = cpu_count() or 1
        if interval is not None and interval > 0.0:
            began, before = _timer() * cpus, self._proc.cpu_times()
            time.sleep(interval)
            self._last_sys_cpu_times, self._last_proc_cpu_times = began, before
        return self._cpu_percent_since(cpus, self._proc.cpu_times())

    def _cpu_percent_since(self, cpus, after):
        """Its share of a CPU since the last call."""
        began, before = self._last_sys_cpu_times, self._last_proc_cpu_times
        ended = _timer() * cpus
        self._last_sys_cpu_times = ended
        self._last_proc_cpu_times = after
        if began is None or before is None:
            return 0.0
        return _psoxide.process_percent(before, after, ended - began, cpus)

    def memory_percent(self, memtype="rss"):
        """Its memory use as a share of the machine's physical memory, in percent."""
        usual, full = _process.memory_types()
        if memtype not in full:
            raise ValueError(f"invalid memtype {memtype!r}; valid types are {full!r}")
        info = self.memory_info() if memtype in usual else self.memory_full_info()
        total = _TOTAL_PHYMEM or virtual_memory().total
        if not total > 0:
            raise ValueError(f"can't calculate process memory percent because total physical system memory is {total}")
        return getattr(info, memtype) / float(total) * 100


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


_attributes = {name for name in dir(Process) if not name.startswith("_")}
Process.attrs = frozenset(_attributes - _process.NOT_ATTRIBUTES)
_as_dict_attrnames = set(Process.attrs - _process.NEWER)


def pids():
    """The numbers of all processes, ascending."""
    global _LOWEST_PID
    found = _psoxide.pids(_procfs())
    _LOWEST_PID = found[0]
    return found


def pid_exists(pid):
    """Whether there is a process of this number; a zombie is one, a thread is not."""
    if pid < 0:
        return False
    if pid == 0:
        # On Windows it is no process like others, and always there.
        return pid in pids() if POSIX else True
    return _psoxide.pid_exists(_procfs(), pid)


_pmap = {}
_pids_reused = set()
# Tables that no iteration is using, by what they tell.
_tables = {}
_MOST_TABLES = 4
# How many descriptors a table keeps open.
_keep = 0
# Which dictionary of objects was the last to be brought up to date by a table, and by which.
_told_by = None, None

# What the table of all processes answers as the methods do, so that one call serves them all.
_TABLE = {
    "cmdline", "cpu_affinity", "cpu_num", "cpu_times", "create_time", "cwd", "exe", "gids", "io_counters", "ionice",
    "memory_footprint", "memory_full_info", "memory_info", "memory_info_ex", "memory_percent", "name", "nice",
    "num_ctx_switches", "num_fds", "num_handles", "num_threads", "open_files", "page_faults", "pid", "ppid", "status",
    "terminal", "threads", "uids", "username",
} & _process.ATTRIBUTES  # fmt: skip
if "nice_get" in vars(_psplatform.Process):
    # Told otherwise there than the table does.
    _TABLE.remove("nice")
_process_class = Process
_is_running = Process.is_running
_process_methods = dict(vars(Process))
_attribute_methods = dict(vars(_process.Process))
_platform_class = _psplatform.Process
_platform_methods = dict(vars(_platform_class))


def _table_names(names):
    """Those of the names that the table can answer; none where a program changed the class."""
    if Process is not _process_class or _psplatform.Process is not _platform_class:
        return []
    if vars(_platform_class) != _platform_methods or vars(_process.Process) != _attribute_methods:
        return []
    for name in ("__init__", "_init", "as_dict", *names):
        if Process.__dict__.get(name) is not _process_methods.get(name):
            return []
    return sorted(_TABLE.intersection(names))


def process_iter(attrs=None, ad_value=None):
    """Every process, ascending by number. The same process is the same object in the next iteration.

    With `attrs`, each has these attributes in its dictionary `info`, where `ad_value` stands for what is denied; an
    empty list means all.
    """
    global _pmap
    before = _pmap
    known = dict(before)
    while _pids_reused:
        pid = _pids_reused.pop()
        debug(f"refreshing Process instance for reused PID {pid}")
        known.pop(pid, None)
    names = None if attrs is None else sorted(_process.attribute_names(attrs, Process.attrs, _as_dict_attrnames))
    told = [] if names is None else _table_names(names)
    if told:
        processes = _from_table(before, known, names, told, attrs, ad_value)
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


def _from_table(before, known, names, told, attrs, ad_value):
    global _told_by
    rest = [name for name in names if name not in told]
    percent = "cpu_percent" in rest
    if percent:
        # It follows from the times; asked for itself, each process would be asked again.
        rest.remove("cpu_percent")
        told = sorted({"cpu_times", *told})
    keep = _keep
    key = (_procfs(), keep, *told)
    table = _tables.pop(key, None) or _psoxide.Table(_procfs(), told, keep)
    try:
        strange = _told_by[0] is not before or _told_by[1] is not table
        table.read(known, Process._known, ad_value, bool(attrs), strange)
        _told_by = known, table
        if rest or percent:
            yield from _with_rest(table, known, names, rest, percent, attrs, ad_value)
        else:
            yield from table
    finally:
        table.close()
        if len(_tables) < _MOST_TABLES and keep == _keep:
            _tables[key] = table


def _with_rest(table, known, names, rest, percent, attrs, ad_value):
    cpus = cpu_count() or 1
    for process in table:
        info = process.info
        if percent:
            times = info["cpu_times"] if "cpu_times" in names else info.pop("cpu_times")
            info["cpu_percent"] = ad_value if times is ad_value else process._cpu_percent_since(cpus, times)
        if rest:
            try:
                _process.add_rest(process, rest, info, attrs, ad_value)
            except NoSuchProcess:
                known.pop(process.pid, None)
                continue
        yield process


def _forget():
    """Forget the processes of earlier iterations."""
    global _told_by
    _told_by = None, None
    _pmap.clear()
    _tables.clear()


def _keep_descriptors(most):
    """Keep at most so many descriptors open from one iteration to the next, which then costs half as much where the kernel
    tells of each process by itself. None are at first: a program's own descriptors are what it counts and hands on.
    """
    global _keep
    if most < 0:
        raise ValueError(f"most must not be negative (got {most})")
    _keep = int(most)
    _tables.clear()


process_iter.cache_clear = _forget
process_iter.keep_descriptors = _keep_descriptors


# CPUs


def cpu_times(percpu=False):
    """CPU time by mode in seconds, of all CPUs together or of each."""
    if percpu:
        return _psoxide.per_cpu_times(_procfs())
    return _psoxide.cpu_times(_procfs())


# The last samples of each thread, by its number. In the thread that imports this, the first call tells what was since
# then; in others it samples twice and tells of nothing.
_last_cpu_times, _last_per_cpu_times = _system.first_samples(_procfs())
_last_cpu_times_2 = dict(_last_cpu_times)
_last_per_cpu_times_2 = dict(_last_per_cpu_times)


def cpu_percent(interval=None, percpu=False):
    """How busy the CPUs were during `interval` seconds, or since this thread's last call."""
    last = _last_per_cpu_times if percpu else _last_cpu_times
    return _system.between(interval, last, cpu_times, percpu, _system.busy_percent)


def cpu_times_percent(interval=None, percpu=False):
    """The share of each mode during `interval` seconds, or since this thread's last call."""
    last = _last_per_cpu_times_2 if percpu else _last_cpu_times_2
    return _system.between(interval, last, cpu_times, percpu, _system.share_percents)


# Memory


def virtual_memory():
    """Physical memory, in bytes."""
    global _TOTAL_PHYMEM
    memory = _psoxide.virtual_memory(_procfs())
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


# Beside psutil's interface


def _ppid_map():
    """The number of each process with that of its parent."""
    return _psoxide.ppid_map(_procfs())


def _set_debug(value):
    """Turn the messages of `PSUTIL_DEBUG` on or off."""
    _common.PSUTIL_DEBUG = bool(value)


def install_as_psutil():
    """Make `import psutil` give this package, in this interpreter and from now on."""
    from ._install import install

    install(sys.modules[__name__])
