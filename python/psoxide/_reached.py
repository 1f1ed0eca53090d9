"""Names under which programs that reach into psutil's modules look for functions. The package itself asks for none of them,
so this is imported when the first of them is.
"""
# The types of what is public stand in `_common.pyi`.
# mypy: ignore-errors

import os
import stat
import sys

from . import _common


def usage_percent(used, total, round_=None):
    """`used` as a share of `total`, in percent; 0.0 without a total."""
    try:
        share = float(used) / total * 100
    except ZeroDivisionError:
        return 0.0
    return share if round_ is None else round(share, round_)


def bytes2human(n, format="%(value).1f%(symbol)s"):
    """A number of bytes for people: `10000` is `9.8K`.

    >>> bytes2human(100001221)
    '95.4M'
    """
    symbols = "BKMGTPEZY"
    power = 0
    while power + 1 < len(symbols) and abs(n) >= 1 << (power + 1) * 10:
        power += 1
    return format % {"value": n / (1 << power * 10), "symbol": symbols[power]}


def open_binary(fname):
    """A file to read bytes from."""
    return open(fname, "rb", buffering=32 * 1024)


def open_text(fname):
    """A file to read text from, in the encoding of file names."""
    return open(fname, buffering=32 * 1024, encoding=_common.ENCODING, errors=_common.ENCODING_ERRS)


def cat(fname, fallback=...):
    """The text of a file, stripped; `fallback` if it cannot be read."""
    try:
        with _common.open_text(fname) as file:
            return file.read().strip()
    except OSError:
        if fallback is ...:
            raise
        return fallback


def bcat(fname, fallback=...):
    """The bytes of a file, stripped; `fallback` if it cannot be read."""
    try:
        with _common.open_binary(fname) as file:
            return file.read().strip()
    except OSError:
        if fallback is ...:
            raise
        return fallback


def memoize(fun):
    """`fun`, answering from memory what it was asked before with the same arguments; exceptions are not kept."""
    import functools

    memory = {}

    @functools.wraps(fun)
    def wrapper(*args, **kwargs):
        key = (args, frozenset(kwargs.items()))
        try:
            return memory[key]
        except KeyError:
            answer = memory[key] = fun(*args, **kwargs)
            return answer

    wrapper.cache_clear = memory.clear
    return wrapper


def memoize_when_activated(fun):
    """A method that remembers its answer for an object between `cache_activate(it)` and `cache_deactivate(it)`."""
    import functools

    @functools.wraps(fun)
    def wrapper(self):
        memory = self.__dict__.get("_cache")
        if memory is None:
            return fun(self)
        if fun not in memory:
            memory[fun] = fun(self)
        return memory[fun]

    def cache_activate(self):
        """From now on answers are remembered."""
        self._cache = {}

    def cache_deactivate(self):
        """From now on they are not."""
        self.__dict__.pop("_cache", None)

    wrapper.cache_activate = cache_activate
    wrapper.cache_deactivate = cache_deactivate
    return wrapper


def parse_environ_block(data):
    """The variables of a block of `NAME=value` texts, each ended by NUL, as far as it is well-formed."""
    variables = {}
    while data:
        entry, end, data = data.partition("\0")
        if not entry or not end:
            break
        name, equals, value = entry.partition("=")
        if name and equals:
            variables[name.upper() if _common.WINDOWS else name] = value
    return variables


def isfile_strict(path):
    """Whether `path` is a regular file; unlike `os.path.isfile` it fails where that may not be known."""
    try:
        mode = os.stat(path).st_mode
    except PermissionError:
        raise
    except OSError:
        return False
    return stat.S_ISREG(mode)


def broadcast_addr(addr):
    """The broadcast address of an `snicaddr`, from address and netmask; `None` without them."""
    import ipaddress
    import socket

    if not addr.address or not addr.netmask:
        return None
    if addr.family == socket.AF_INET:
        return str(ipaddress.IPv4Network(f"{addr.address}/{addr.netmask}", strict=False).broadcast_address)
    if addr.family == socket.AF_INET6:
        prefix = bin(int(ipaddress.IPv6Address(addr.netmask))).count("1")
        return str(ipaddress.IPv6Network(f"{addr.address}/{prefix}", strict=False).broadcast_address)
    return None


def supports_ipv6():
    """Whether a socket can be bound to `::1`."""
    # By way of the module, which imports it when it is asked for.
    socket = _common.socket
    if not socket.has_ipv6:
        return False
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as probe:
            probe.bind(("::1", 0))
        return True
    except OSError:
        return False


def print_color(s, color=None, bold=False, file=sys.stdout):
    """Print a line, in colour where `file` is a terminal."""
    codes = {
        "red": 31, "green": 32, "brown": 33, "yellow": 93, "blue": 34, "violet": 35, "lightblue": 36, "grey": 37,
        "darkgrey": 30,
    }
    if color is not None and color not in codes:
        raise ValueError(f"invalid color {color!r}; choose amongst {list(codes)}")
    if file.isatty() and (color or bold):
        attributes = [str(codes[color])] if color else []
        if bold:
            attributes.append("1")
        s = f"\x1b[{';'.join(attributes)}m{s}\x1b[0m"
    print(s, file=file)


# Of psutil's module for Linux


def is_storage_device(name):
    """Whether `name` is a whole disk rather than a part of one."""
    return os.access(f"/sys/block/{name.replace('/', '!')}", os.F_OK)


def calculate_avail_vmem(mems):
    """What can be given to programs without swapping, by the figures of `meminfo` in bytes: the kernel's own estimate
    for the kernels that do not tell it (before 3.14).
    """
    free = mems[b"MemFree:"]
    fallback = free + mems.get(b"Cached:", 0)
    try:
        cache = mems[b"Active(file):"] + mems[b"Inactive(file):"]
        slab = mems[b"SReclaimable:"]
        with _common.open_binary(f"{_common.get_procfs_path()}/zoneinfo") as file:
            low = sum(int(line.split()[1]) for line in file if line.strip().startswith(b"low"))
    except (KeyError, OSError):
        return fallback
    low *= os.sysconf("SC_PAGE_SIZE")
    cache -= min(cache / 2, low)
    slab -= min(slab / 2.0, low)
    return int(free - low + cache + slab)


class RootFsDeviceFinder:
    """Which device `/dev/root` or `rootfs` of the mount table is."""

    def __init__(self):
        device = os.stat("/").st_dev
        self.major, self.minor = os.major(device), os.minor(device)

    def ask_proc_partitions(self):
        """The device by the list of partitions."""
        with _common.open_text(f"{_common.get_procfs_path()}/partitions") as file:
            for line in file.readlines()[2:]:
                columns = line.split()
                if len(columns) >= 4 and columns[:2] == [str(self.major), str(self.minor)]:
                    return f"/dev/{columns[3]}"
        return None

    def ask_sys_dev_block(self):
        """The device by its number in sysfs."""
        with _common.open_text(f"/sys/dev/block/{self.major}:{self.minor}/uevent") as file:
            for line in file:
                if line.startswith("DEVNAME="):
                    return f"/dev/{line.strip()[8:]}"
        return None

    def ask_sys_class_block(self):
        """The device by looking through all block devices."""
        import glob

        wanted = f"{self.major}:{self.minor}"
        for path in glob.iglob("/sys/class/block/*/dev"):
            if _common.cat(path, fallback="") == wanted:
                return f"/dev/{os.path.basename(os.path.dirname(path))}"
        return None

    def find(self):
        """The device, if any of the three knows one that exists."""
        for ask in (self.ask_proc_partitions, self.ask_sys_dev_block, self.ask_sys_class_block):
            try:
                path = ask()
            except OSError as error:
                _common.debug(error)
                continue
            if path is not None and os.path.exists(path):
                return path
        return None


def readlink(path):
    """The target of a link, without what the kernel adds when it was deleted."""
    target = os.readlink(path).split("\x00")[0]
    if target.endswith(" (deleted)") and not os.path.exists(target):
        target = target[:-10]
    return target
