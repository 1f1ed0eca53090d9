"""The name of psutil's extension module for Windows, which programs have in lists of hidden imports, with the few of its
names that have something honest behind them.
"""

import string

from ._common import WINDOWS

if not WINDOWS:
    raise ImportError("not a module of this system")

from ._pswindows import (  # noqa: E402, F401
    ABOVE_NORMAL_PRIORITY_CLASS, BELOW_NORMAL_PRIORITY_CLASS, HIGH_PRIORITY_CLASS, IDLE_PRIORITY_CLASS,
    NORMAL_PRIORITY_CLASS, REALTIME_PRIORITY_CLASS,
)  # fmt: skip
from ._pswindows import _ACCESS_DENIED as ERROR_ACCESS_DENIED  # noqa: E402, F401
from ._pswindows import _INVALID_NAME as ERROR_INVALID_NAME  # noqa: E402, F401
from ._pswindows import _PRIVILEGE_NOT_HELD as ERROR_PRIVILEGE_NOT_HELD  # noqa: E402, F401
from ._pswindows import _SERVICE_DOES_NOT_EXIST as ERROR_SERVICE_DOES_NOT_EXIST  # noqa: E402, F401

version = 722


def check_pid_range(pid):
    """Raise `OverflowError` for a number that no process can have."""
    if not -(1 << 31) <= pid < 1 << 31:
        raise OverflowError("signed integer is greater than maximum")


def uptime():
    """Seconds since the system was booted."""
    import ctypes

    milliseconds = ctypes.windll.kernel32.GetTickCount64
    milliseconds.restype = ctypes.c_uint64
    return milliseconds() / 1000


def QueryDosDevice(device):
    """The drive, as `C:`, of a device such as `\\Device\\HarddiskVolume1`; empty if none is it."""
    import ctypes

    for letter in string.ascii_uppercase:
        found = ctypes.create_unicode_buffer(1024)
        if ctypes.windll.kernel32.QueryDosDeviceW(f"{letter}:", found, len(found)) and found.value == device:
            return f"{letter}:"
    return ""
