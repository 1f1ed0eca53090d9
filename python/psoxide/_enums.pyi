# The enumerations, which the package makes from tables.

import enum
from socket import AddressFamily as _AddressFamily, SocketKind
from typing import Final

class NicDuplex(enum.IntEnum):
    NIC_DUPLEX_FULL = 2
    NIC_DUPLEX_HALF = 1
    NIC_DUPLEX_UNKNOWN = 0

class BatteryTime(enum.IntEnum):
    POWER_TIME_UNKNOWN = -1
    POWER_TIME_UNLIMITED = -2

class IOPriority(enum.IntEnum):
    IOPRIO_CLASS_NONE = 0
    IOPRIO_CLASS_RT = 1
    IOPRIO_CLASS_BE = 2
    IOPRIO_CLASS_IDLE = 3

ProcessIOPriority = IOPriority

class AddressFamily(enum.IntEnum):
    AF_LINK = 17

# Compared with the families of `socket`, of which it is one where the system has it.
AF_LINK: int
NIC_DUPLEX_FULL: Final = NicDuplex.NIC_DUPLEX_FULL
NIC_DUPLEX_HALF: Final = NicDuplex.NIC_DUPLEX_HALF
NIC_DUPLEX_UNKNOWN: Final = NicDuplex.NIC_DUPLEX_UNKNOWN
POWER_TIME_UNKNOWN: Final = BatteryTime.POWER_TIME_UNKNOWN
POWER_TIME_UNLIMITED: Final = BatteryTime.POWER_TIME_UNLIMITED
IOPRIO_CLASS_NONE: Final = IOPriority.IOPRIO_CLASS_NONE
IOPRIO_CLASS_RT: Final = IOPriority.IOPRIO_CLASS_RT
IOPRIO_CLASS_BE: Final = IOPriority.IOPRIO_CLASS_BE
IOPRIO_CLASS_IDLE: Final = IOPriority.IOPRIO_CLASS_IDLE

DUPLEX: dict[str, NicDuplex]
BATTERY_TIME: dict[str, BatteryTime]
IO_CLASSES: dict[str, IOPriority]
FAMILIES: dict[str, int]
TYPES: dict[str, SocketKind]
conn_tmap: dict[str, tuple[list[int], list[SocketKind]]]

def family(number: int) -> _AddressFamily | int: ...
def socket_type(number: int) -> SocketKind | int: ...
