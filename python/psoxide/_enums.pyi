# The enumerations, which the package makes from tables.

import enum
import sys
from socket import AddressFamily as _AddressFamily, SocketKind
from typing import Final

class NicDuplex(enum.IntEnum):
    NIC_DUPLEX_FULL = 2
    NIC_DUPLEX_HALF = 1
    NIC_DUPLEX_UNKNOWN = 0

class BatteryTime(enum.IntEnum):
    POWER_TIME_UNKNOWN = -1
    POWER_TIME_UNLIMITED = -2

if sys.platform == "win32":
    class IOPriority(enum.IntEnum):
        IOPRIO_VERYLOW = 0
        IOPRIO_LOW = 1
        IOPRIO_NORMAL = 2
        IOPRIO_HIGH = 3

    class Priority(enum.IntEnum):
        ABOVE_NORMAL_PRIORITY_CLASS = 0x8000
        BELOW_NORMAL_PRIORITY_CLASS = 0x4000
        HIGH_PRIORITY_CLASS = 0x80
        IDLE_PRIORITY_CLASS = 0x40
        NORMAL_PRIORITY_CLASS = 0x20
        REALTIME_PRIORITY_CLASS = 0x100

    ProcessPriority = Priority
    class AddressFamily(enum.IntEnum):
        AF_LINK = -1

    IOPRIO_VERYLOW: Final = IOPriority.IOPRIO_VERYLOW
    IOPRIO_LOW: Final = IOPriority.IOPRIO_LOW
    IOPRIO_NORMAL: Final = IOPriority.IOPRIO_NORMAL
    IOPRIO_HIGH: Final = IOPriority.IOPRIO_HIGH

else:
    class IOPriority(enum.IntEnum):
        IOPRIO_CLASS_NONE = 0
        IOPRIO_CLASS_RT = 1
        IOPRIO_CLASS_BE = 2
        IOPRIO_CLASS_IDLE = 3

    class AddressFamily(enum.IntEnum):
        AF_LINK = 17

    IOPRIO_CLASS_NONE: Final = IOPriority.IOPRIO_CLASS_NONE
    IOPRIO_CLASS_RT: Final = IOPriority.IOPRIO_CLASS_RT
    IOPRIO_CLASS_BE: Final = IOPriority.IOPRIO_CLASS_BE
    IOPRIO_CLASS_IDLE: Final = IOPriority.IOPRIO_CLASS_IDLE

ProcessIOPriority = IOPriority

# Compared with the families of `socket`, of which it is one where the system has it.
AF_LINK: int
NIC_DUPLEX_FULL: Final = NicDuplex.NIC_DUPLEX_FULL
NIC_DUPLEX_HALF: Final = NicDuplex.NIC_DUPLEX_HALF
NIC_DUPLEX_UNKNOWN: Final = NicDuplex.NIC_DUPLEX_UNKNOWN
POWER_TIME_UNKNOWN: Final = BatteryTime.POWER_TIME_UNKNOWN
POWER_TIME_UNLIMITED: Final = BatteryTime.POWER_TIME_UNLIMITED

DUPLEX: dict[str, NicDuplex]
BATTERY_TIME: dict[str, BatteryTime]
IO_CLASSES: dict[str, IOPriority]
FAMILIES: dict[str, int]
TYPES: dict[str, SocketKind]
conn_tmap: dict[str, tuple[list[int], list[SocketKind]]]

def family(number: int) -> _AddressFamily | int: ...
def socket_type(number: int) -> SocketKind | int: ...
