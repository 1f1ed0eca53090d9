"""Waiting for processes on POSIX systems. It is done with Python's own `os`, so that signal handlers run and
Ctrl-C interrupts it.
"""

import errno
import os
import time

from ._common import TimeoutExpired


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


def can_use_pidfd_open():
    """Whether the kernel can be asked to tell when a process ends."""
    if not hasattr(os, "pidfd_open"):
        return False
    try:
        handle = os.pidfd_open(os.getpid(), 0)
    except OSError as error:
        # Out of descriptors: it exists.
        return error.errno in (errno.EMFILE, errno.ENFILE)
    os.close(handle)
    return True


def _check(pid):
    if pid <= 0:
        raise ValueError(f"can't wait for PID {pid}")


def wait_pid_posix(pid, timeout=None, ended=False):
    """Wait for a process by looking again and again. The exit code, if it is a child of this process, else `None`;
    `TimeoutExpired` after `timeout` seconds. `ended` says that it is a zombie or gone already.
    """
    _check(pid)
    deadline = None if timeout is None else time.monotonic() + timeout
    flags = 0 if timeout is None or ended else os.WNOHANG
    pause = 0.0001
    child = True
    while True:
        if child:
            try:
                found, status = os.waitpid(pid, flags)
                if found:
                    return convert_exit_code(status)
            except ChildProcessError:
                child = False
                continue
        elif not pid_exists(pid):
            return None
        if deadline is not None and time.monotonic() >= deadline:
            raise TimeoutExpired(timeout)
        time.sleep(pause)
        pause = min(pause * 2, 0.04)


def wait_pid_pidfd_open(pid, timeout=None):
    """Wait for a process by a descriptor that tells its end; by looking again and again where there is none."""
    _check(pid)
    try:
        handle = os.pidfd_open(pid, 0)
    except OSError as error:
        if error.errno not in (errno.ESRCH, errno.EMFILE, errno.ENFILE, errno.ENODEV, errno.EINVAL):
            raise
        return wait_pid_posix(pid, timeout)
    began = time.monotonic()
    try:
        import select

        poller = select.poll()
        poller.register(handle, select.POLLIN)
        if not poller.poll(None if timeout is None else int(timeout * 1000)):
            raise TimeoutExpired(timeout)
    finally:
        os.close(handle)
    try:
        # It is dead: a child is reaped at once, of another's child this waits for the reaping.
        left = None if timeout is None else max(0, timeout - (time.monotonic() - began))
        return wait_pid_posix(pid, left, ended=True)
    except TimeoutExpired:
        raise TimeoutExpired(timeout) from None


_wait = None


def wait_pid(pid, timeout=None, proc_name=None):
    """Wait for a process to end. The exit code, if it is a child of this process, else `None`."""
    global _wait
    if _wait is None:
        # Asked once; a sandbox may forbid it.
        _wait = "wait_pid_pidfd_open" if can_use_pidfd_open() else "wait_pid_posix"
    try:
        return globals()[_wait](pid, timeout)
    except TimeoutExpired:
        raise TimeoutExpired(timeout, pid, proc_name) from None


def __getattr__(name):
    if name == "Negsignal":
        return _negsignal()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
