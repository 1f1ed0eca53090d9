"""Samplers: objects that remember the last sample themselves, for programs that do not want to share the memory behind
`cpu_percent(interval=None)` and the counters that never wrap with everyone else in the interpreter.
"""

from collections import namedtuple

from . import _common, _psoxide

DiskIoSample = namedtuple("DiskIoSample", ("interval", "total", "rates", "disks"))
DiskActivity = namedtuple("DiskActivity", ("whole", "io", "rates"))
NetIoSample = namedtuple("NetIoSample", ("interval", "total", "rates", "nics"))
NicActivity = namedtuple("NicActivity", ("io", "rates"))


class CpuSampler(_psoxide.CpuSampler):
    """How busy the CPUs were since the same question was last put to this object; `None` at the first time."""

    __slots__ = ()

    def __new__(cls):
        return super().__new__(cls, _common.get_procfs_path())


class DiskIoSampler(_psoxide.DiskIoSampler):
    """What the disks transferred, in all and in each second since this object's last sample."""

    __slots__ = ()

    def __new__(cls):
        return super().__new__(cls, _common.get_procfs_path())

    def sample(self):
        """The counters, which never go back, and the rates; the first sample has none."""
        interval, total, rates, disks = self.sample_parts()
        return DiskIoSample(interval, total, rates, {name: DiskActivity(*rest) for name, *rest in disks})


class NetIoSampler(_psoxide.NetIoSampler):
    """What the network interfaces transferred, in all and in each second since this object's last sample."""

    __slots__ = ()

    def __new__(cls):
        return super().__new__(cls, _common.get_procfs_path())

    def sample(self):
        """The counters, which never go back, and the rates; the first sample has none."""
        interval, total, rates, nics = self.sample_parts()
        return NetIoSample(interval, total, rates, {name: NicActivity(*rest) for name, *rest in nics})


class CpuPercent(_psoxide.CpuPercent):
    """How much of a CPU a process used since this object's last sample, in percent; `None` at the first."""

    __slots__ = ()

    def __new__(cls, process):
        pid, start = process._ident
        return super().__new__(cls, _common.get_procfs_path(), pid, start)
