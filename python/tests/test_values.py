"""Every answer agrees with psutil's in the same moment."""

import gc
import os
import socket
import sys
import threading
import time

import pytest

import psoxide

# What the asking itself, or the time between two questions, changes.
MOVING = {"cpu_times", "num_ctx_switches", "threads", "cpu_num", "cpu_percent", "status", "memory_info", "memory_percent",
          "memory_full_info", "memory_maps", "io_counters", "num_fds", "num_threads", "open_files", "environ"}  # fmt: skip


# The parent of the kernel's own threads.
KTHREADD = 2


def same(one, other):
    """Equal, except that types are each module's own."""
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, float) or isinstance(other, float):
        return abs(one - other) < 0.02
    return one == other


def answers(process, denied, names):
    found = {}
    for name in names:
        try:
            found[name] = getattr(process, name)()
            if name == "net_connections":
                # In whatever order the kernel tells of them.
                found[name].sort(key=lambda connection: (connection.fd, connection.laddr, connection.raddr))
        except denied as error:
            found[name] = type(error).__name__
    return found


def test_every_process_is_told_as_psutil_tells_it(psutil, child, zombie):
    names = sorted(psutil.Process().as_dict().keys() - MOVING - {"pid"})
    assert len(names) > 12
    compared = 0
    for pid in psutil.pids():
        try:
            theirs = answers(psutil.Process(pid), (psutil.AccessDenied, psutil.ZombieProcess), names)
            ours = answers(psoxide.Process(pid), (psoxide.AccessDenied, psoxide.ZombieProcess), names)
            again = answers(psutil.Process(pid), (psutil.AccessDenied, psutil.ZombieProcess), names)
        except (psutil.NoSuchProcess, psoxide.NoSuchProcess):
            continue
        for name in names:
            if theirs[name] == again[name]:
                assert same(ours[name], theirs[name]), (pid, name, ours[name], theirs[name])
                compared += 1
    assert compared >= 5 * len(names)


def test_a_quiet_process_is_told_as_psutil_tells_it(psutil, child, wait_until):
    theirs, ours = psutil.Process(child.pid), psoxide.Process(child.pid)
    wait_until(lambda: theirs.status() == "sleeping")
    for name in sorted(MOVING):
        if name == "memory_percent":
            psutil.virtual_memory(), psoxide.virtual_memory()
        one, other = getattr(ours, name)(), getattr(theirs, name)()
        if name in ("memory_full_info", "memory_maps"):
            # The kernel shares and unshares pages while it is asked.
            assert len(one) == len(other)
            continue
        assert same(one, other), (name, one, other)


def test_the_tree_is_psutils(psutil, child):
    for recursive in (False, True):
        theirs = {process.pid for process in psutil.Process().children(recursive=recursive)}
        assert {process.pid for process in psoxide.Process().children(recursive=recursive)} == theirs
        assert child.pid in theirs
    ours = [process.pid for process in psoxide.Process(child.pid).parents()]
    assert ours == [process.pid for process in psutil.Process(child.pid).parents()]
    assert ours[0] == os.getpid()


SYSTEM = [
    ("boot_time", {}),
    ("cpu_count", {}),
    ("cpu_count", {"logical": False}),
    ("disk_partitions", {}),
    ("disk_partitions", {"all": True}),
    ("net_if_addrs", {}),
    ("net_if_stats", {}),
    ("users", {}),
    ("sensors_fans", {}),
]


@pytest.mark.parametrize("name, arguments", SYSTEM)
def test_the_machine_is_told_as_psutil_tells_it(psutil, wait_until, name, arguments):
    def compare():
        before = getattr(psutil, name)(**arguments)
        ours = getattr(psoxide, name)(**arguments)
        if getattr(psutil, name)(**arguments) != before:
            return False
        assert ours == before
        return True

    wait_until(compare)


BETWEEN = [
    ("cpu_times", {}),
    ("cpu_stats", {}),
    ("net_io_counters", {}),
    ("disk_io_counters", {}),
]


@pytest.mark.parametrize("name, arguments", BETWEEN)
def test_counters_lie_between_two_readings_of_psutils(psutil, name, arguments):
    before = getattr(psutil, name)(**arguments)
    ours = getattr(psoxide, name)(**arguments)
    after = getattr(psutil, name)(**arguments)
    if before is None:
        assert ours is None
        return
    assert ours._fields == before._fields
    for field, low, value, high in zip(before._fields, before, ours, after):
        if field == "iowait" and low > high:
            # The kernel does not promise that this one grows.
            continue
        assert low - 0.011 <= value <= high + 0.011, field


def test_memory_is_near_psutils(psutil):
    ours, theirs = psoxide.virtual_memory(), psutil.virtual_memory()
    assert ours._fields == theirs._fields
    assert ours.total == theirs.total
    for field in ours._fields:
        slack = 5.0 if field == "percent" else 0.05 * theirs.total
        assert abs(getattr(ours, field) - getattr(theirs, field)) <= slack, field
    ours, theirs = psoxide.swap_memory(), psutil.swap_memory()
    assert ours._fields == theirs._fields
    assert ours.total == theirs.total


def test_sockets_of_all_kinds_are_psutils(psutil, tmp_path):
    sockets = []
    for family, kind, address in (
        (socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0)),
        (socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", 0)),
        (socket.AF_INET6, socket.SOCK_STREAM, ("::1", 0)),
        (socket.AF_UNIX, socket.SOCK_STREAM, str(tmp_path / "stream")),
        (socket.AF_UNIX, socket.SOCK_DGRAM, str(tmp_path / "datagram")),
    ):
        try:
            opened = socket.socket(family, kind)
            opened.bind(address)
        except OSError as error:
            assert family == socket.AF_INET6, error
            continue
        if kind == socket.SOCK_STREAM:
            opened.listen()
        sockets.append(opened)
    client = socket.create_connection(sockets[0].getsockname())
    sockets += [client, sockets[0].accept()[0]]
    try:
        theirs, ours = psutil.Process(), psoxide.Process()
        for kind in ("all", "inet", "inet4", "inet6", "tcp", "tcp4", "tcp6", "udp", "udp4", "udp6", "unix"):
            expected = sorted(map(repr, theirs.net_connections(kind)))
            assert sorted(map(repr, ours.net_connections(kind))) == expected, kind
        own = {
            repr(connection)
            for connection in psoxide.net_connections("all")
            if connection.pid == os.getpid()
        }
        expected = {
            repr(connection) for connection in psutil.net_connections("all") if connection.pid == os.getpid()
        }
        assert own == expected
        assert len(own) >= 6
    finally:
        for opened in sockets:
            opened.close()


def test_process_iter_answers_as_the_methods_do(psutil, child, zombie):
    names = ["pid", "name", "username", "ppid", "create_time", "cmdline", "uids", "nice", "terminal", "exe"]
    def told(module):
        return {process.pid: process.info for process in module.process_iter(names, ad_value="denied")}

    before, ours, after = told(psutil), told(psoxide), told(psutil)
    both = ours.keys() & before.keys() & after.keys()
    assert {os.getpid(), child.pid} <= both
    # psutil 7 leaves out a zombie whose answers it cannot get.
    assert zombie in ours
    for pid in both:
        assert ours[pid].keys() == set(names)
        for name in names:
            # Workers of the kernel are renamed all the time.
            if before[pid][name] == after[pid][name] and not (name == "name" and before[pid]["ppid"] == KTHREADD):
                assert same(ours[pid][name], before[pid][name]), (pid, name)


def test_process_iter_gives_the_same_objects_again(child):
    first = {process.pid: process for process in psoxide.process_iter(["name"])}
    second = {process.pid: process for process in psoxide.process_iter()}
    assert second[child.pid] is first[child.pid]
    psoxide.process_iter.cache_clear()
    third = {process.pid: process for process in psoxide.process_iter()}
    assert third[child.pid] is not first[child.pid]
    assert third[child.pid] == first[child.pid]


def test_a_replaced_method_is_seen_by_process_iter(monkeypatch):
    monkeypatch.setattr(psoxide.Process, "name", lambda self: "replaced")
    assert {process.info["name"] for process in psoxide.process_iter(["name"])} == {"replaced"}


def test_other_threads_run_while_the_kernel_is_asked():
    ticks = []
    stop = threading.Event()

    def tick():
        while not stop.is_set():
            ticks.append(time.monotonic())
            time.sleep(0)

    interval = sys.getswitchinterval()
    # Nobody is made to give up the interpreter: only those run whose turn is given to them.
    sys.setswitchinterval(1000)
    thread = threading.Thread(target=tick)
    thread.start()
    try:
        before = len(ticks)
        for _ in range(200):
            psoxide.net_connections("all")
            if len(ticks) > before:
                break
        assert len(ticks) > before
    finally:
        stop.set()
        sys.setswitchinterval(interval)
        thread.join()


def test_a_counter_that_wraps_goes_on_from_where_it_was():
    def unwrapped(**devices):
        return psoxide._common.wrap_numbers(devices, "test")

    try:
        assert unwrapped(a=(5, 1)) == {"a": (5, 1)}
        for _ in range(3):
            assert unwrapped(a=(6, 1), b=(9, 9)) == {"a": (6, 1), "b": (9, 9)}
        assert unwrapped(a=(2, 3), b=(9, 9)) == {"a": (8, 3), "b": (9, 9)}
        assert unwrapped(a=(4, 3), b=(10, 9)) == {"a": (10, 3), "b": (10, 9)}
        # What is gone is forgotten; what takes its name begins anew.
        assert unwrapped(b=(10, 9)) == {"b": (10, 9)}
        assert unwrapped(a=(1, 1), b=(10, 9)) == {"a": (1, 1), "b": (10, 9)}
        assert unwrapped(a=(1, 2), b=(10, 0)) == {"a": (1, 2), "b": (10, 9)}
    finally:
        psoxide._common.wrap_numbers.cache_clear("test")


def test_what_is_answered_is_not_what_is_remembered():
    try:
        for _ in range(4):
            answer = psoxide._common.wrap_numbers({"a": (5,)}, "test")
        answer.clear()
        assert psoxide._common.wrap_numbers({"a": (3,)}, "test") == {"a": (8,)}
    finally:
        psoxide._common.wrap_numbers.cache_clear("test")


def test_the_collector_looks_after_what_can_be_in_a_ring_of_references():
    process = psoxide.Process()
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = server.getsockname()
        (listening,) = [told for told in process.net_connections() if told.fd == server.fileno()]
    # It holds a member of an enumeration, which can refer to anything.
    assert gc.is_tracked(listening)
    if sys.version_info < (3, 14):  # later ones make them in their own way
        assert not any(map(gc.is_tracked, [listening.laddr, process.cpu_times(), process.memory_info()]))
    gc.collect()
    assert listening.laddr == address


def test_the_sums_of_counters_have_no_bound():
    assert psoxide._psoxide.total({}) is None
    addr = psoxide._ntuples.addr
    total = psoxide._psoxide.total({"a": addr(1, 2**64 - 1), "b": addr(2, 2**64 - 1)})
    assert total == (3, 2**65 - 2) and type(total) is addr
