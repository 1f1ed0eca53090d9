# The types of the samplers.

from typing import NamedTuple

from . import Process
from ._ntuples import scputimes, sdiskio, sdiskiorates, snetio, snetiorates

class DiskActivity(NamedTuple):
    whole: bool
    io: sdiskio
    rates: sdiskiorates | None

class DiskIoSample(NamedTuple):
    interval: float | None
    total: sdiskio | None
    rates: sdiskiorates | None
    disks: dict[str, DiskActivity]

class NicActivity(NamedTuple):
    io: snetio
    rates: snetiorates | None

class NetIoSample(NamedTuple):
    interval: float | None
    total: snetio | None
    rates: snetiorates | None
    nics: dict[str, NicActivity]

class CpuSampler:
    def __new__(cls) -> CpuSampler: ...
    def percent(self) -> float | None: ...
    def percent_per_cpu(self) -> dict[int, float | None]: ...
    def times_percent(self) -> scputimes | None: ...
    def times_percent_per_cpu(self) -> dict[int, scputimes | None]: ...

class DiskIoSampler:
    def __new__(cls) -> DiskIoSampler: ...
    def sample(self) -> DiskIoSample: ...

class NetIoSampler:
    def __new__(cls) -> NetIoSampler: ...
    def sample(self) -> NetIoSample: ...

class CpuPercent:
    def __new__(cls, process: Process) -> CpuPercent: ...
    def sample(self) -> float | None: ...
