"""Waiting for processes on POSIX systems. It is done with Python's own `os`, so that signal handlers run and
Ctrl-C interrupts it.
"""

import os
import time

from . import _common
from ._common import TimeoutExpired, __name__ as _common_name

_PACKAGE = _common_name.rpartition(".")[0]


def _negsignal():
    import enum
    import signal

    members = {name: -number for name, number in signal.Signals.__members__.items()}
    made = enum.IntEnum("Negsignal", members, module=__name__)
    return globals().setdefault("Negsignal", made)


def negsig_to_enum(num):
    """The member of `Negsignal`, or the number where the signal has no name."""
    try:
        return (globals().get("Negsignal") or _negsignal())(num)
    except ValueError:
        return num


def convert_exit_code(status):
    """What `waitpid` told, as psutil has it: the exit status, or the negative number of a signal."""
    if os.WIFEXITED(status):
        return os.WEXITSTATUS(status)
    if os.WIFSIGNALED(status):
        return negsig_to_enum(-os.WTERMSIG(status))
    raise ValueError(f"unknown process exit status {status!r}")


def pid_exists(pid):
    """Whether the number is taken by a process that can be signalled, or could be."""
    if pid == 0:
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _ended(pid, deadline, expired):
    """Wait until the kernel tells that the process has ended; `False` where it cannot be asked for that."""
    if not hasattr(os, "pidfd_open"):
        return False
    try:
        handle = os.pidfd_open(pid, 0)
    except OSError:
        return False
    try:
        import select

        poller = select.poll()
        poller.register(handle, select.POLLIN)
        left = None if deadline is None else max(0, int((deadline - time.monotonic()) * 1000))
        if not poller.poll(left):
            raise expired
    finally:
        os.close(handle)
    return True


def wait_pid(pid, timeout=None, proc_name=None):
    """Wait for a process to end. The exit code, if it is a child of this process, else `None`."""
    if pid <= 0:
        raise ValueError(f"can't wait for PID {pid}")
    expired = TimeoutExpired(timeout, pid, proc_name)
    deadline = None if timeout is None else time.monotonic() + timeout
    # From here on the process is a zombie or gone, or else this waits for it in steps.
    ended = _ended(pid, deadline, expired)
    flags = 0 if timeout is None or ended else os.WNOHANG
    pause = 0.0001
    child = True
    while True:
        if child:
            try:
                found, status = os.waitpid(pid, flags)
                if found == pid:
                    return convert_exit_code(status)
            except ChildProcessError:
                child = False
                continue
        elif not pid_exists(pid):
            return None
        if deadline is not None and time.monotonic() >= deadline:
            raise expired
        time.sleep(pause)
        pause = min(pause * 2, 0.04)


def __getattr__(name):
    if name == "Negsignal":
        return _negsignal()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
