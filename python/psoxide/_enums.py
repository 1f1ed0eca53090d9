"""The enumerations, and the tables from the words of the Rust side to their members.

Imported when the first of them is needed: Python's `enum` and `socket` cost more to import than the whole package.
"""

import enum
import socket

from ._common import _PACKAGE, PLATFORM_MODULES, WINDOWS

_HOME = f"{_PACKAGE}.{PLATFORM_MODULES[0]}"


def _link():
    """The number of the link layer's family."""
    if WINDOWS:
        # It does not bear such addresses: the number is psutil's own.
        return -1
    for name in ("AF_LINK", "AF_PACKET"):
        if hasattr(socket, name):
            return int(getattr(socket, name))
    return -1


NicDuplex = enum.IntEnum(
    "NicDuplex", {"NIC_DUPLEX_FULL": 2, "NIC_DUPLEX_HALF": 1, "NIC_DUPLEX_UNKNOWN": 0}, module=f"{_PACKAGE}._common"
)
BatteryTime = enum.IntEnum(
    "BatteryTime", {"POWER_TIME_UNKNOWN": -1, "POWER_TIME_UNLIMITED": -2}, module=f"{_PACKAGE}._common"
)
if WINDOWS:
    _IO = {"very-low": "IOPRIO_VERYLOW", "low": "IOPRIO_LOW", "normal": "IOPRIO_NORMAL", "high": "IOPRIO_HIGH"}
    Priority = ProcessPriority = enum.IntEnum(
        "Priority",
        {
            "ABOVE_NORMAL_PRIORITY_CLASS": 0x8000,
            "BELOW_NORMAL_PRIORITY_CLASS": 0x4000,
            "HIGH_PRIORITY_CLASS": 0x80,
            "IDLE_PRIORITY_CLASS": 0x40,
            "NORMAL_PRIORITY_CLASS": 0x20,
            "REALTIME_PRIORITY_CLASS": 0x100,
        },
        module=_HOME,
    )
else:
    _IO = {
        "none": "IOPRIO_CLASS_NONE", "realtime": "IOPRIO_CLASS_RT", "best-effort": "IOPRIO_CLASS_BE",
        "idle": "IOPRIO_CLASS_IDLE",
    }  # fmt: skip
IOPriority = enum.IntEnum("IOPriority", {name: number for number, name in enumerate(_IO.values())}, module=_HOME)
ProcessIOPriority = IOPriority
AddressFamily = enum.IntEnum("AddressFamily", {"AF_LINK": _link()}, module=_HOME)
AF_LINK = AddressFamily.AF_LINK

globals().update(NicDuplex.__members__)
globals().update(BatteryTime.__members__)
globals().update(IOPriority.__members__)

DUPLEX = {"full": NicDuplex(2), "half": NicDuplex(1), "?": NicDuplex(0)}
BATTERY_TIME = {"unknown": BatteryTime(-1), "unlimited": BatteryTime(-2)}
IO_CLASSES = {word: IOPriority[name] for word, name in _IO.items()}


def family(number):
    """The member of `socket.AddressFamily`, or the number if Python has no name for it."""
    try:
        return socket.AddressFamily(number)
    except ValueError:
        return number


def socket_type(number):
    """The member of `socket.SocketKind`, or the number if Python has no name for it."""
    try:
        return socket.SocketKind(number)
    except ValueError:
        return number


FAMILIES = {name: getattr(socket, name) for name in ("AF_INET", "AF_INET6", "AF_UNIX") if hasattr(socket, name)}
FAMILIES["AF_LINK"] = family(_link()) if _link() >= 0 else AF_LINK
TYPES = {
    name: getattr(socket, name)
    for name in ("SOCK_STREAM", "SOCK_DGRAM", "SOCK_SEQPACKET", "SOCK_RAW")
    if hasattr(socket, name)
}

# Which families and types each kind of connection means, in psutil's order.
_TCP, _UDP = TYPES["SOCK_STREAM"], TYPES["SOCK_DGRAM"]
_V4, _V6 = FAMILIES["AF_INET"], FAMILIES["AF_INET6"]
conn_tmap = {
    "all": ([_V4, _V6, *([FAMILIES["AF_UNIX"]] if "AF_UNIX" in FAMILIES else [])], [_TCP, _UDP]),
    "tcp": ([_V4, _V6], [_TCP]),
    "tcp4": ([_V4], [_TCP]),
    "udp": ([_V4, _V6], [_UDP]),
    "udp4": ([_V4], [_UDP]),
    "inet": ([_V4, _V6], [_TCP, _UDP]),
    "inet4": ([_V4], [_TCP, _UDP]),
    "inet6": ([_V6], [_TCP, _UDP]),
    "tcp6": ([_V6], [_TCP]),
    "udp6": ([_V6], [_UDP]),
}
if "AF_UNIX" in FAMILIES:
    conn_tmap["unix"] = ([FAMILIES["AF_UNIX"]], [_TCP, _UDP])
