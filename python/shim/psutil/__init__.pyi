# What is imported from here is psoxide; its types are.

import sys

from psoxide import *
from psoxide import (
    BatteryTime as BatteryTime,
    CpuPercent as CpuPercent,
    CpuSampler as CpuSampler,
    DiskIoSampler as DiskIoSampler,
    NetIoSampler as NetIoSampler,
    NicDuplex as NicDuplex,
    ProcessIOPriority as ProcessIOPriority,
    __author__ as __author__,
    bytes2human as bytes2human,
    psoxide_version as psoxide_version,
    register_exit_fun as register_exit_fun,
)

from . import _common as _common, _ntuples as _ntuples

if sys.platform == "win32":
    from psoxide import ProcessPriority as ProcessPriority

    from . import _psutil_windows as _psutil_windows, _pswindows as _pswindows
else:
    from . import _pslinux as _pslinux, _psposix as _psposix
