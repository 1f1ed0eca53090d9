"""The name of psutil's extension module for Linux, which programs have in lists of hidden imports, with the few of its
names that have something honest behind them.
"""

import errno
import os

from . import _common, _psoxide

version = 722


def getpagesize():
    """The size of a page of memory, in bytes."""
    return os.sysconf("SC_PAGE_SIZE")


def check_pid_range(pid):
    """Raise `OverflowError` for a number that no process can have."""
    if not -(1 << 31) <= pid < 1 << 31:
        raise OverflowError("signed integer is greater than maximum")


def proc_ioprio_set(pid, ioclass, value):
    """Set the I/O priority of a process by the numbers of class and level."""
    if not 0 <= ioclass < 8:
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
    _psoxide.Process(pid, _common.get_procfs_path()).ionice_set(ioclass, value)


def __getattr__(name):
    if name.startswith("RLIM"):
        import sys

        return getattr(sys.modules[_common._PACKAGE], name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
