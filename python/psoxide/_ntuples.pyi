# The named tuples, from the catalogue. Written by `cargo xtask generate`; do not edit.

import sys
from socket import AddressFamily, SocketKind
from typing import Any, NamedTuple

from ._enums import IOPriority, NicDuplex

__all__ = [
    "addr",
    "pconn",
    "pctxsw",
    "ppagefaults",
    "pthread",
    "sbattery",
    "sconn",
    "scpufreq",
    "scpustats",
    "sdiskpart",
    "sdiskusage",
    "snetio",
    "snetiorates",
    "snicaddr",
    "snicstats",
    "sswap",
    "suser",
]

if sys.platform == "win32":
    __all__ += [
        "pcputimes",
        "pfootprint",
        "pfullmem",
        "pheap",
        "pio",
        "pionice",
        "pmem",
        "pmem_ex",
        "pmmap_ext",
        "pmmap_grouped",
        "popenfile",
        "scputimes",
        "sdiskio",
        "sdiskiorates",
        "svmem",
        "winservice",
    ]

else:
    __all__ += [
        "loadavg",
        "pcputimes",
        "pfootprint",
        "pfullmem",
        "pgids",
        "pheap",
        "pio",
        "pionice",
        "pmem",
        "pmem_ex",
        "pmmap_ext",
        "pmmap_grouped",
        "popenfile",
        "puids",
        "rlimit",
        "scputimes",
        "sdiskio",
        "sdiskiorates",
        "sfan",
        "shwtemp",
        "svmem",
    ]

class addr(NamedTuple):
    ip: str
    port: int

class pconn(NamedTuple):
    fd: int
    family: AddressFamily
    type: SocketKind
    # An UNIX socket has a path, and no remote end; a socket that is not bound has ().
    laddr: addr | Any
    raddr: addr | Any
    status: str

class sconn(NamedTuple):
    fd: int
    family: AddressFamily
    type: SocketKind
    laddr: addr | Any
    raddr: addr | Any
    status: str
    pid: int | None

class pctxsw(NamedTuple):
    voluntary: int
    involuntary: int

class ppagefaults(NamedTuple):
    minor: int
    major: int

class pthread(NamedTuple):
    id: int
    user_time: float
    system_time: float

class sbattery(NamedTuple):
    percent: float
    secsleft: int
    power_plugged: bool | None

class scpufreq(NamedTuple):
    current: float
    min: float
    max: float

class scpustats(NamedTuple):
    ctx_switches: int
    interrupts: int
    soft_interrupts: int
    syscalls: int

class sdiskpart(NamedTuple):
    device: str
    mountpoint: str
    fstype: str
    opts: str

class sdiskusage(NamedTuple):
    total: int
    used: int
    free: int
    percent: float

class snetio(NamedTuple):
    bytes_sent: int
    bytes_recv: int
    packets_sent: int
    packets_recv: int
    errin: int
    errout: int
    dropin: int
    dropout: int

class snetiorates(NamedTuple):
    bytes_sent: float
    bytes_recv: float
    packets_sent: float
    packets_recv: float
    errin: float
    errout: float

class snicaddr(NamedTuple):
    family: AddressFamily
    address: str
    netmask: str | None
    broadcast: str | None
    ptp: str | None

class snicstats(NamedTuple):
    isup: bool
    duplex: NicDuplex
    speed: int
    mtu: int
    flags: str

class sswap(NamedTuple):
    total: int
    used: int
    free: int
    percent: float
    sin: int
    sout: int

class suser(NamedTuple):
    name: str
    terminal: str | None
    host: str | None
    started: float
    pid: int

if sys.platform == "win32":
    class pcputimes(NamedTuple):
        user: float
        system: float
        children_user: float
        children_system: float

    class pfootprint(NamedTuple):
        uss: int

    class pfullmem(NamedTuple):
        rss: int
        vms: int
        num_page_faults: int
        peak_wset: int
        wset: int
        peak_paged_pool: int
        paged_pool: int
        peak_nonpaged_pool: int
        nonpaged_pool: int
        pagefile: int
        peak_pagefile: int
        private: int
        uss: int

    class pheap(NamedTuple):
        heap_used: int
        mmap_used: int
        heap_count: int

    class pio(NamedTuple):
        read_count: int
        write_count: int
        read_bytes: int
        write_bytes: int
        other_count: int
        other_bytes: int

    class pionice(NamedTuple):
        ioclass: IOPriority

    class pmem(NamedTuple):
        rss: int
        vms: int
        num_page_faults: int
        peak_wset: int
        wset: int
        peak_paged_pool: int
        paged_pool: int
        peak_nonpaged_pool: int
        nonpaged_pool: int
        pagefile: int
        peak_pagefile: int
        private: int

    class pmem_ex(NamedTuple):
        rss: int
        vms: int
        peak_rss: int
        peak_vms: int
        virtual: int
        peak_virtual: int
        paged_pool: int
        nonpaged_pool: int
        peak_paged_pool: int
        peak_nonpaged_pool: int

    class pmmap_ext(NamedTuple):
        addr: str
        perms: str
        path: str
        rss: int

    class pmmap_grouped(NamedTuple):
        path: str
        rss: int

    class popenfile(NamedTuple):
        path: str
        fd: int

    class scputimes(NamedTuple):
        user: float
        system: float
        idle: float
        interrupt: float
        dpc: float

    class sdiskio(NamedTuple):
        read_count: int
        write_count: int
        read_bytes: int
        write_bytes: int
        read_time: int
        write_time: int

    class sdiskiorates(NamedTuple):
        read_count: float
        write_count: float
        read_bytes: float
        write_bytes: float

    class svmem(NamedTuple):
        total: int
        available: int
        percent: float
        used: int
        free: int

    class winservice(NamedTuple):
        name: str
        display_name: str
        binpath: str | None
        username: str | None
        start_type: str | None
        status: str
        pid: int
        description: str | None

else:
    class loadavg(NamedTuple):
        one: float
        five: float
        fifteen: float

    class pcputimes(NamedTuple):
        user: float
        system: float
        children_user: float
        children_system: float
        iowait: float

    class pfootprint(NamedTuple):
        uss: int
        pss: int
        swap: int

    class pfullmem(NamedTuple):
        rss: int
        vms: int
        shared: int
        text: int
        lib: int
        data: int
        dirty: int
        uss: int
        pss: int
        swap: int

    class pgids(NamedTuple):
        real: int
        effective: int
        saved: int

    class pheap(NamedTuple):
        heap_used: int
        mmap_used: int

    class pio(NamedTuple):
        read_count: int
        write_count: int
        read_bytes: int
        write_bytes: int
        read_chars: int
        write_chars: int

    class pionice(NamedTuple):
        ioclass: IOPriority
        value: int

    class pmem(NamedTuple):
        rss: int
        vms: int
        shared: int
        text: int
        lib: int
        data: int
        dirty: int

    class pmem_ex(NamedTuple):
        rss: int
        vms: int
        shared: int
        text: int
        data: int
        peak_rss: int
        peak_vms: int
        rss_anon: int
        rss_file: int
        rss_shmem: int
        swap: int
        hugetlb: int

    class pmmap_ext(NamedTuple):
        addr: str
        perms: str
        path: str
        rss: int
        size: int
        pss: int
        shared_clean: int
        shared_dirty: int
        private_clean: int
        private_dirty: int
        referenced: int
        anonymous: int
        swap: int

    class pmmap_grouped(NamedTuple):
        path: str
        rss: int
        size: int
        pss: int
        shared_clean: int
        shared_dirty: int
        private_clean: int
        private_dirty: int
        referenced: int
        anonymous: int
        swap: int

    class popenfile(NamedTuple):
        path: str
        fd: int
        position: int
        mode: str
        flags: int

    class puids(NamedTuple):
        real: int
        effective: int
        saved: int

    class rlimit(NamedTuple):
        soft: int
        hard: int

    class scputimes(NamedTuple):
        user: float
        nice: float
        system: float
        idle: float
        iowait: float
        irq: float
        softirq: float
        steal: float
        guest: float
        guest_nice: float

    class sdiskio(NamedTuple):
        read_count: int
        write_count: int
        read_bytes: int
        write_bytes: int
        read_time: int
        write_time: int
        read_merged_count: int
        write_merged_count: int
        busy_time: int

    class sdiskiorates(NamedTuple):
        read_count: float
        write_count: float
        read_bytes: float
        write_bytes: float
        busy: float | None

    class sfan(NamedTuple):
        label: str
        current: int

    class shwtemp(NamedTuple):
        label: str
        current: float
        high: float | None
        critical: float | None

    class svmem(NamedTuple):
        total: int
        available: int
        percent: float
        used: int
        free: int
        active: int
        inactive: int
        buffers: int
        cached: int
        shared: int
        slab: int
