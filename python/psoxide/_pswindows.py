"""What psutil's module for Windows is for programs that reach into it: the place where the package asks, so that what a
program replaces here is seen; services; and a few functions beside.
"""

import os
from _operator import index

from . import _common, _everywhere, _psoxide
from ._common import AccessDenied, NoSuchProcess, TimeoutExpired
from ._everywhere import (  # noqa: F401
    boot_time, cpu_count_cores, cpu_count_logical, cpu_times, net_io_counters, per_cpu_times, pid_exists, pids,
    ppid_map,
)  # fmt: skip

if not _common.WINDOWS:
    raise ImportError("not a module of this system")

debug = _common.debug

CONN_DELETE_TCB = "DELETE_TCB"
ABOVE_NORMAL_PRIORITY_CLASS = 0x8000
BELOW_NORMAL_PRIORITY_CLASS = 0x4000
HIGH_PRIORITY_CLASS = 0x80
IDLE_PRIORITY_CLASS = 0x40
NORMAL_PRIORITY_CLASS = 0x20
REALTIME_PRIORITY_CLASS = 0x100

# Numbers of winerror.h.
_ACCESS_DENIED = 5
_INVALID_PARAMETER = 87
_INVALID_NAME = 123
_SERVICE_DOES_NOT_EXIST = 1060
_PRIVILEGE_NOT_HELD = 1314


class Process(_psoxide.Process):
    """One process, as the class of the package asks for it."""

    __slots__ = ()

    # Process 0 is the time in which nothing runs: nobody can open it, and no other process can have its number.

    def start(self):
        """When it started, in the kernel's units."""
        self._refuse_0()
        return super().start()

    def start_now(self):
        """When the process that has the number now started, in the kernel's units."""
        self._refuse_0()
        return super().start_now()

    def _refuse_0(self):
        if self.pid == 0:
            raise AccessDenied(0, self._name)

    def wait(self, timeout=None):
        """Wait for it to end."""
        try:
            return self.wait_for_end(timeout)
        except TimeoutExpired:
            raise TimeoutExpired(timeout, self.pid, self._name) from None

    def send_signal(self, sig):
        """End it, or press Ctrl-C or Ctrl-Break in the console that it shares with this program."""
        import signal

        if sig == signal.SIGTERM:
            return self.terminate()
        if not _psoxide.pid_exists(None, self.pid):
            raise NoSuchProcess(self.pid, self._name)
        if sig not in (signal.CTRL_C_EVENT, signal.CTRL_BREAK_EVENT):
            raise ValueError("only SIGTERM, CTRL_C_EVENT and CTRL_BREAK_EVENT signals are supported on Windows")
        self._refuse_0()
        try:
            os.kill(self.pid, sig)
        except OSError as error:
            raise convert_oserror(error, self.pid, self._name) from error
        except SystemError as error:
            # Python 3.11 has an error of the console's and returns as if it had none.
            if not isinstance(error.__cause__, OSError):
                raise
            raise convert_oserror(error.__cause__, self.pid, self._name) from error.__cause__

    def suspend(self):
        """Stop it."""
        self._refuse_0()
        super().suspend()

    def resume(self):
        """Let it go on."""
        self._refuse_0()
        super().resume()

    def terminate(self):
        """End it."""
        self._refuse_0()
        super().terminate()

    def kill(self):
        """End it."""
        self._refuse_0()
        super().kill()

    def nice_get(self):
        """Its priority class."""
        from ._enums import Priority

        number = super().nice_get()
        try:
            return Priority(number)
        except ValueError:
            return number

    def nice_set(self, value):
        """Put it into a priority class."""
        try:
            super().nice_set(value)
        except ValueError as error:
            raise _common.os_error(_INVALID_PARAMETER, str(error)) from None

    def ionice_set(self, ioclass, value=None):
        """Set its I/O priority, which is of one part."""
        if value:
            raise TypeError("value argument not accepted on Windows")
        if ioclass not in (0, 1, 2, 3):
            raise ValueError(f"{ioclass} is not a valid priority")
        super().ionice_set(ioclass)

    def memory_maps(self, grouped):
        """Its mappings."""
        maps = super().memory_maps(grouped)
        # psutil tells where each begins, as C writes an address.
        return maps if grouped else [each._replace(addr=hex(int(each.addr.partition("-")[0], 16))) for each in maps]

    def cpu_affinity_set(self, cpus):
        """Let it run on these CPUs only."""
        known = range(len(per_cpu_times()))
        for cpu in cpus:
            try:
                number = index(cpu)
            except TypeError:
                raise TypeError(f"invalid CPU {cpu!r}; an integer is required") from None
            if number not in known:
                raise ValueError(f"invalid CPU {cpu!r}")
        super().cpu_affinity_set(cpus)


def disk_io_counters(perdisk=False):
    """What each disk transferred."""
    disks, whole = _psoxide.disk_io_counters(None)
    return disks if perdisk else {name: disks[name] for name in whole}


def net_if_addrs():
    """Addresses of each network interface."""
    nics = _everywhere.net_if_addrs()
    for addresses in nics.values():
        # Hardware addresses as Windows writes them.
        addresses[:] = [
            each._replace(address=each.address.replace(":", "-").upper()) if each.family == -1 else each
            for each in addresses
        ]
    return nics


def net_if_stats():
    """State, speed and size of each network interface."""
    from ._enums import NicDuplex

    # Windows does not tell how an interface speaks: psutil takes it for full duplex.
    full = NicDuplex.NIC_DUPLEX_FULL
    return {name: stats._replace(duplex=full) for name, stats in _everywhere.net_if_stats().items()}


# Services


class WindowsService:
    """A service by its name. Each answer is the present one."""

    def __init__(self, name, display_name):
        self._name = name
        self._display_name = display_name

    def __str__(self):
        return f"{type(self).__name__}(name={self._name!r}, display_name={self._display_name!r})"

    def __repr__(self):
        return f"<{self} at {id(self)}>"

    # Without a hash, as psutil's.
    def __eq__(self, other):
        if not isinstance(other, WindowsService):
            return NotImplemented
        return self._name == other._name

    def __ne__(self, other):
        return not self == other

    __hash__ = None  # type: ignore[assignment]

    def _ask(self, *wanted):
        told = _psoxide.service(self._name)
        # What this user is denied is absent.
        if any(told[name] is None for name in wanted):
            message = f"service {self._name!r} is not querable (not enough privileges)"
            raise AccessDenied(None, self._name, message)
        return told

    def name(self):
        """The name that identifies it."""
        return self._name

    def display_name(self):
        """The name shown to people."""
        return self._display_name

    def binpath(self):
        """The command that starts it."""
        return self._ask("binpath")["binpath"]

    def username(self):
        """The account it runs as."""
        return self._ask("username")["username"]

    def start_type(self):
        """`automatic`, `manual` or `disabled`."""
        return self._ask("start_type")["start_type"]

    def pid(self):
        """The number of its process; `None` if it does not run."""
        return self._ask()["pid"]

    def status(self):
        """`running`, `stopped`, `paused`, or on the way there, as `start_pending`."""
        return self._ask()["status"]

    def description(self):
        """What it is for."""
        return self._ask("description")["description"]

    def as_dict(self):
        """All of it."""
        told = self._ask("binpath", "username", "start_type", "description")
        return {**told, "name": self._name, "display_name": self._display_name}


def win_service_iter():
    """Every service, in the order of the system."""
    for told in _psoxide.services():
        yield WindowsService(told["name"], told["display_name"])


def win_service_get(name):
    """The service of this name."""
    if not isinstance(name, str):
        raise TypeError(f"argument 1 must be str, not {type(name).__name__}")
    return WindowsService(name, _psoxide.service(name)["display_name"])


# What programs take from here


def is_permission_err(exc):
    """Whether an `OSError` tells of a right that is missing."""
    return isinstance(exc, PermissionError) or getattr(exc, "winerror", None) in (_ACCESS_DENIED, _PRIVILEGE_NOT_HELD)


def convert_oserror(exc, pid=None, name=None):
    """The package's exception for an `OSError` about a process, or the same `OSError`."""
    if is_permission_err(exc):
        return AccessDenied(pid, name)
    if isinstance(exc, ProcessLookupError) or getattr(exc, "winerror", None) == _INVALID_PARAMETER:
        return NoSuchProcess(pid, name)
    return exc


def convert_dos_path(path):
    r"""A path as the kernel has it (`\Device\HarddiskVolume1\a`, `\??\C:\a`) as people write it (`C:\a`)."""
    for start in ("\\??\\UNC\\", "\\Device\\Mup\\"):
        if path.startswith(start):
            return "\\\\" + path[len(start) :]
    if path.startswith("\\??\\"):
        return path[4:]
    if path.startswith("\\Device\\"):
        parts = path.split("\\")
        from . import _psutil_windows

        drive = _psutil_windows.QueryDosDevice("\\".join(parts[:3]))
        if drive:
            return "\\".join([drive, *parts[3:]])
    return path


def __getattr__(name):
    if name in ("IOPriority", "Priority", "AddressFamily", "AF_LINK") or name.startswith(("IOPRIO_", "NIC_")):
        from . import _enums

        return getattr(_enums, name)
    if name == "scputimes":
        from . import _ntuples

        return _ntuples.scputimes
    if name == "cext":
        from . import _psutil_windows

        return _psutil_windows
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
