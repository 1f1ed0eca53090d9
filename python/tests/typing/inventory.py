"""A description of the machine for a file: annotated with the types of the answers, and with nested values of its own."""

import json
import socket
import sys
from dataclasses import asdict, dataclass
from typing import Any, Dict, List, Mapping, Optional, Union

import psoxide as psutil
from psoxide._ntuples import sdiskpart, shwtemp, snicaddr, svmem

Json = Union[None, bool, int, float, str, List["Json"], Dict[str, "Json"]]


@dataclass(frozen=True)
class Disk:
    device: str
    mountpoint: str
    kind: str
    size: int
    free: int


@dataclass(frozen=True)
class Nic:
    name: str
    up: bool
    speed: int
    mtu: int
    full: bool
    hardware: Optional[str]
    addresses: List[str]


def disk(part: sdiskpart) -> Optional[Disk]:
    try:
        usage = psutil.disk_usage(part.mountpoint)
    except OSError as error:
        print(f"{part.mountpoint}: {error.strerror}", file=sys.stderr)
        return None
    return Disk(part.device, part.mountpoint, part.fstype, usage.total, usage.free)


def hardware_address(addresses: List[snicaddr]) -> Optional[str]:
    for address in addresses:
        if address.family == psutil.AF_LINK:
            return address.address
    return None


def nics() -> List[Nic]:
    stats = psutil.net_if_stats()
    found: List[Nic] = []
    for name, addresses in psutil.net_if_addrs().items():
        state = stats.get(name)
        if state is None:
            continue
        numbers = [one.address for one in addresses if one.family in (socket.AF_INET, socket.AF_INET6)]
        full = state.duplex is psutil.NIC_DUPLEX_FULL
        nic = Nic(name, state.isup, state.speed, state.mtu, full, hardware_address(addresses), numbers)
        found.append(nic)
    return found


def hottest(chips: Mapping[str, List[shwtemp]]) -> Optional[float]:
    readings = [sensor.current for sensors in chips.values() for sensor in sensors]
    return max(readings, default=None)


def memory(figures: svmem) -> Dict[str, int]:
    return {"total": figures.total, "available": figures.available, "cached": figures.cached, "shared": figures.shared}


def power() -> Optional[str]:
    battery = psutil.sensors_battery()
    if battery is None:
        return None
    if battery.secsleft == psutil.POWER_TIME_UNKNOWN:
        return f"{battery.percent:.0f}%"
    return f"{battery.percent:.0f}%, {battery.secsleft // 60} min"


def clock() -> Optional[float]:
    clocks = psutil.cpu_freq(percpu=True)
    return max((one.max for one in clocks), default=None)


def describe() -> Dict[str, Any]:
    parts = [disk(part) for part in psutil.disk_partitions()]
    counters = psutil.disk_io_counters(perdisk=True, nowrap=True)
    traffic = psutil.net_io_counters(pernic=True)
    return {
        "host": socket.gethostname(),
        "cpus": psutil.cpu_count(logical=True),
        "cores": psutil.cpu_count(logical=False),
        "clock": clock(),
        "memory": memory(psutil.virtual_memory()),
        "swap": psutil.swap_memory()._asdict(),
        "disks": [asdict(part) for part in parts if part is not None],
        "written": {name: one.write_bytes for name, one in counters.items()},
        "nics": [asdict(nic) for nic in nics()],
        "sent": sum(one.bytes_sent for one in traffic.values()),
        "hottest": hottest(psutil.sensors_temperatures()),
        "fans": [fan.current for fans in psutil.sensors_fans().values() for fan in fans],
        "power": power(),
        "users": [{"name": user.name, "since": user.started, "on": user.terminal} for user in psutil.users()],
        "switches": psutil.cpu_stats().ctx_switches,
    }


def main() -> int:
    text = json.dumps(describe(), indent=2, sort_keys=True)
    told: Json = json.loads(text)
    print(text)
    return 0 if isinstance(told, dict) and told["memory"] else 1


if __name__ == "__main__":
    sys.exit(main())
