# The types of what programs take from psutil's extension module for Windows.

from typing import Final

from ._pswindows import (
    ABOVE_NORMAL_PRIORITY_CLASS as ABOVE_NORMAL_PRIORITY_CLASS,
    BELOW_NORMAL_PRIORITY_CLASS as BELOW_NORMAL_PRIORITY_CLASS,
    HIGH_PRIORITY_CLASS as HIGH_PRIORITY_CLASS,
    IDLE_PRIORITY_CLASS as IDLE_PRIORITY_CLASS,
    NORMAL_PRIORITY_CLASS as NORMAL_PRIORITY_CLASS,
    REALTIME_PRIORITY_CLASS as REALTIME_PRIORITY_CLASS,
)

ERROR_ACCESS_DENIED: Final = 5
ERROR_INVALID_NAME: Final = 123
ERROR_SERVICE_DOES_NOT_EXIST: Final = 1060
ERROR_PRIVILEGE_NOT_HELD: Final = 1314
version: Final = 722

def check_pid_range(pid: int) -> None: ...
def uptime() -> float: ...
def QueryDosDevice(device: str) -> str: ...
