"""What psutil's own tests check by replacing Python's functions, checked here on files laid out by the tests: the package
reads them where `PROCFS_PATH` says.
"""

import errno
import os
import random
import socket
import subprocess
import sys
import warnings

import pytest

import psoxide

STAT = (
    "4242 (cat) S 1 2 3 0 -1 4194560 11 12 13 14 200 300 400 500 20 0 1 0 9000 1000000 25 "
    "18446744073709551615 1 1 0 0 0 0 0 0 0 0 0 0 17 6 0 0 700 0 0 0 0 0 0 0 0 0 0\n"
)
STATUS = "Name:\tcat\nTgid:\t4242\nUid:\t1\t2\t3\t4\nGid:\t5\t6\t7\t8\nThreads:\t1\n" \
    "Cpus_allowed_list:\t0-7\nvoluntary_ctxt_switches:\t12\nnonvoluntary_ctxt_switches:\t13\n"  # fmt: skip
BOOT = "cpu  10 20 30 400 50 6 7 8 9 1\ncpu0 10 20 30 400 50 6 7 8 9 1\nctxt 5\nbtime 1500000000\n"


@pytest.fixture
def proc(tmp_path, monkeypatch):
    """A function that writes files below a procfs of the test's own, which is in use from then on."""
    root = tmp_path / "proc"
    root.mkdir()
    monkeypatch.setattr(psoxide, "PROCFS_PATH", str(root))

    def write(files):
        for name, text in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return root

    return write


@pytest.fixture
def process(proc):
    """A process of whom there are `stat` and `status`, and a function to write more of its files."""
    proc({"stat": BOOT, "4242/stat": STAT, "4242/status": STATUS})

    def write(**files):
        proc({f"4242/{name}": text for name, text in files.items()})
        return psoxide.Process(4242)

    return write


def meminfo(**values):
    return "".join(f"{name}:  {value} kB\n" for name, value in values.items())


MEMORY = {
    "MemTotal": 1000, "MemFree": 200, "MemAvailable": 657, "Buffers": 30, "Cached": 400, "Active": 50,
    "Inactive": 60, "Shmem": 70, "Slab": 80, "SReclaimable": 9,
}  # fmt: skip


def test_memory_is_taken_from_meminfo(proc):
    proc({"meminfo": meminfo(**MEMORY)})
    memory = psoxide.virtual_memory()
    assert memory.total == 1000 * 1024
    assert memory.available == 657 * 1024
    assert memory.percent == 34.3
    assert memory.used == 343 * 1024
    assert memory.free == 200 * 1024
    assert memory.active == 50 * 1024
    assert memory.inactive == 60 * 1024
    assert memory.buffers == 30 * 1024
    assert memory.cached == 409 * 1024
    assert memory.shared == 70 * 1024
    assert memory.slab == 80 * 1024


def test_memory_that_is_not_told_is_warned_of_once(proc):
    proc({"meminfo": meminfo(MemTotal=1000, MemFree=200, MemAvailable=500, Slab=80)})
    with pytest.warns(RuntimeWarning) as seen:
        memory = psoxide.virtual_memory()
    assert len(seen) == 1
    text = str(seen[0].message)
    assert "memory stats couldn't be determined and were set to 0" in text
    for name in ("cached", "shared", "active", "inactive", "buffers"):
        assert name in text
        assert getattr(memory, name) == 0
    assert seen[0].filename == psoxide.__file__


def test_the_kernels_own_estimate_is_taken_whatever_else_is_missing(proc):
    proc({"meminfo": meminfo(**{name: value for name, value in MEMORY.items() if name != "Inactive"})})
    with pytest.warns(RuntimeWarning, match="inactive memory stats couldn't be determined and was set to 0"):
        memory = psoxide.virtual_memory()
    assert (memory.available, memory.inactive) == (657 * 1024, 0)
    # No kernel says this: it counts as not told.
    proc({"meminfo": meminfo(**{**MEMORY, "MemAvailable": -1})})
    assert psoxide.virtual_memory().available == (200 + 400) * 1024


def test_available_memory_of_old_kernels(proc):
    # Neither the kernel's own figure nor what it could be made from.
    proc({"meminfo": meminfo(**{name: value for name, value in MEMORY.items() if name != "MemAvailable"})})
    assert psoxide.virtual_memory().available == (200 + 400) * 1024


def test_swap_without_vmstat_is_warned_of(proc):
    proc({"meminfo": meminfo(SwapTotal=1000, SwapFree=400)})
    with pytest.warns(RuntimeWarning, match="'sin' and 'sout' swap memory stats couldn't be determined"):
        swap = psoxide.swap_memory()
    assert swap == (1000 * 1024, 600 * 1024, 400 * 1024, 60.0, 0, 0)
    proc({"vmstat": "nr_free_pages 1\npswpin 2\npswpout 3\n"})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        swap = psoxide.swap_memory()
    assert (swap.sin, swap.sout) == (2 * 4096, 3 * 4096)


def test_boot_time_needs_its_line(proc):
    proc({"stat": BOOT})
    assert psoxide.boot_time() == 1500000000.0
    proc({"stat": "cpu  1 2 3 4\n"})
    with pytest.raises(RuntimeError):
        psoxide.boot_time()


def test_a_counter_that_goes_back_counts_as_nothing(proc):
    def row(user, steal):
        return f"cpu  {user} 0 0 0 0 0 0 {steal} 0 0\ncpu0 {user} 0 0 0 0 0 0 {steal} 0 0\nbtime 1\n"

    proc({"stat": row(1000, 500)})
    psoxide.cpu_percent(), psoxide.cpu_times_percent()
    psoxide.cpu_percent(percpu=True), psoxide.cpu_times_percent(percpu=True)
    proc({"stat": row(2000, 100)})
    assert psoxide.cpu_percent() == 100.0
    assert psoxide.cpu_percent(percpu=True) == [100.0]
    shares = psoxide.cpu_times_percent()
    assert shares.steal == 0.0
    assert shares.user == 100.0


def test_percentages_are_those_of_the_times_rounded_as_python_rounds():
    from psoxide import _system

    kind = type(psoxide.cpu_times())
    chance = random.Random(4)
    for span in [0.01, 0.05, 1, 20, 1000]:
        for _ in range(200):
            before = kind(*(chance.random() * 100 for _ in kind._fields))
            after = kind(*(old + (chance.random() - 0.1) * span for old in before))
            added = _system._cpu_times_deltas(before, after)
            total = _system._cpu_tot_time(added)
            busy = _system.busy_percent(before, after)
            assert busy == round(busy, 1)
            assert abs(busy - _system._cpu_busy_time(added) / total * 100) <= 0.05 + 1e-9
            shares = _system.share_percents(before, after)
            assert type(shares) is kind
            for share, part in zip(shares, added):
                assert share == round(share, 1)
                assert abs(share - part * 100 / max(1, total)) <= 0.05 + 1e-9
    # In the middle of two, where the kinds of time add up exactly.
    nothing = kind(*(0.0 for _ in kind._fields))
    for quarters in range(400):
        after = nothing._replace(user=quarters / 4, idle=100 - quarters / 4)
        assert _system.busy_percent(nothing, after) == round(quarters / 4 / 100 * 100, 1)
        assert _system.share_percents(nothing, after).user == round(quarters / 4, 1)


def test_the_share_of_a_process_is_that_of_its_own_times():
    from psoxide import _psoxide

    kind = type(psoxide.Process().cpu_times())
    chance = random.Random(5)
    for _ in range(1000):
        before = kind(*(chance.random() * 100 for _ in kind._fields))
        # What its children used is theirs.
        after = before._replace(user=before.user + chance.random(), system=before.system + chance.random(), children_user=200)
        used = (after.user - before.user) + (after.system - before.system)
        elapsed, cpus = chance.random() * 4, chance.randrange(1, 9)
        assert _psoxide.process_percent(before, after, elapsed, cpus) == round(used / elapsed * 100 * cpus, 1)
    # Time may go back, and the clock stand still.
    assert _psoxide.process_percent(after, before, 4.0, 2) == round(-used / 4 * 100 * 2, 1)
    assert _psoxide.process_percent(before, after, 0.0, 2) == 0.0


def test_a_procfs_that_comes_later_is_used_from_then_on(proc, tmp_path, monkeypatch):
    # What importing does where there is none, and what it leaves then.
    assert psoxide._system.first_samples(str(tmp_path / "nowhere")) == ({}, {})
    for name in ("_last_cpu_times", "_last_per_cpu_times", "_last_cpu_times_2", "_last_per_cpu_times_2"):
        monkeypatch.setattr(psoxide, name, {})
    monkeypatch.setattr(psoxide, "PROCFS_PATH", str(tmp_path / "nowhere"))
    questions = [psoxide.cpu_times, psoxide.cpu_percent, psoxide.cpu_times_percent]
    for question in questions:
        for percpu in (False, True):
            with pytest.raises(FileNotFoundError):
                question(percpu=percpu)
    monkeypatch.setattr(psoxide, "PROCFS_PATH", str(proc({"stat": "cpu  0 0 0 0 0 0 0 0 0 0\ncpu0 0 0 0 0 0 0 0 0 0 0\n"})))
    assert psoxide.cpu_percent() == 0
    assert psoxide.cpu_percent(percpu=True) == [0]
    assert sum(psoxide.cpu_times_percent()) == 0
    assert [sum(shares) for shares in psoxide.cpu_times_percent(percpu=True)] == [0]
    proc({"stat": "cpu  100 0 0 0 0 0 0 0 0 0\ncpu0 100 0 0 0 0 0 0 0 0 0\n"})
    assert psoxide.cpu_percent() == 100
    assert psoxide.cpu_percent(percpu=True) == [100]
    assert psoxide.cpu_times_percent().user == 100
    assert [shares.user for shares in psoxide.cpu_times_percent(percpu=True)] == [100]


def test_loading_the_package_again_looks_at_the_usual_place(tmp_path):
    code = f"""
import importlib, psoxide
psoxide.PROCFS_PATH = {str(tmp_path)!r}
importlib.reload(psoxide)
print(psoxide.PROCFS_PATH, psoxide.Process().is_running())
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["/proc", "True"]


def test_nothing_there_is_an_error_and_no_number(proc):
    proc({})
    for name in ("virtual_memory", "cpu_times", "cpu_stats", "boot_time", "net_io_counters", "net_if_stats"):
        with pytest.raises(OSError):
            getattr(psoxide, name)()
    with pytest.raises(psoxide.NoSuchProcess):
        psoxide.Process()
    with pytest.raises(OSError):
        psoxide.disk_partitions()


def test_a_system_without_disk_counters_does_not_have_the_call(proc, monkeypatch):
    def counters(procfs):
        raise FileNotFoundError(f"{procfs}/diskstats, /sys/block")

    monkeypatch.setattr(psoxide._psoxide, "disk_io_counters", counters)
    with pytest.raises(NotImplementedError, match="/sys/block"):
        psoxide.disk_io_counters()


DISK_LINES = {
    "   3     0   1 hda 2 3 4 5 6 7 8 9 10 11 12": (2, 6, 4 * 512, 8 * 512, 5, 9, 3, 7, 11),
    "   3    0   hda 1 2 3 4 5 6 7 8 9 10 11": (1, 5, 3 * 512, 7 * 512, 4, 8, 2, 6, 10),
    "   3    1   hda 1 2 3 4": (1, 3, 2 * 512, 4 * 512, 0, 0, 0, 0, 0),
}


@pytest.mark.parametrize("line", DISK_LINES)
def test_lines_of_diskstats_of_all_ages(proc, line):
    proc({"diskstats": line + "\n"})
    assert psoxide.disk_io_counters(perdisk=True, nowrap=False) == {"hda": DISK_LINES[line]}
    proc({"diskstats": f"{line}\n{line.replace('hda', 'hda1')}\n"})
    # A part of a disk is not added to the disk.
    assert psoxide.disk_io_counters(nowrap=False) == DISK_LINES[line]
    assert len(psoxide.disk_io_counters(perdisk=True, nowrap=False)) == 2


def test_zfs_counts_as_a_disk(proc):
    proc({"filesystems": "nodev\tproc\nnodev\tzfs\n\text4\n", "self/mounts": "tank /tank zfs rw 0 0\nproc /proc proc rw 0 0\n"})
    assert [(part.device, part.fstype) for part in psoxide.disk_partitions()] == [("tank", "zfs")]
    assert len(psoxide.disk_partitions(all=True)) == 2


def test_unix_sockets_with_odd_names(proc):
    head = "Num       RefCount Protocol Flags    Type St Inode Path\n"
    lines = (
        "0000000000000000: 00000003 00000000 00000000 0001 03 462170 @/tmp/dbus-Qw2hMPIU3n\n"
        "0000000000000000: 00000003 00000000 00000000 0001 03 35015 \n"
    )
    proc({"net/unix": head + lines})
    assert {connection.laddr for connection in psoxide.net_connections("unix")} == {"@/tmp/dbus-Qw2hMPIU3n", ""}


def test_what_follows_a_newline_belongs_to_the_name_of_a_socket(proc):
    head = "Num       RefCount Protocol Flags    Type St Inode Path\n"
    line = "0000000000000000: 00000003 00000000 00000000 0001 03 34424 @/tmp/dbus-cHy80Y8O\n"
    proc({"net/unix": f"{head}{line}{'0' * 54}\n"})
    assert [connection.laddr for connection in psoxide.net_connections("unix")] == ["@/tmp/dbus-cHy80Y8O\n" + "0" * 54]


def test_a_kernel_without_ipv6_has_no_such_sockets(proc):
    head = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
    proc({"net/tcp": head, "net/udp": head})
    assert psoxide.net_connections("inet6") == []


def test_a_socket_that_a_table_repeats_is_told_once(proc, process):
    # A table is told in parts, and may change between two of them.
    head = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
    line = "   0: 0100007F:0016 0100007F:0017 {} 00000000:00000000 00:00000000 00000000  0  0 {}\n"
    rows = [("01", 77), ("06", 0), ("01", 77), ("08", 77), ("06", 0), ("08", 77), ("01", 78)]
    table = head + "".join(line.format(*row) for row in rows)
    told = process(**{"net/tcp": table, "fd/0": ""})
    root = proc({"net/tcp": table})
    for number, inode in ((3, 77), (4, 78)):
        os.symlink(f"socket:[{inode}]", root / f"4242/fd/{number}")

    def states(sockets):
        return sorted((socket.fd, socket.status) for socket in sockets)

    held = [(3, "CLOSE_WAIT"), (3, "ESTABLISHED"), (4, "ESTABLISHED")]
    assert states(psoxide.net_connections("tcp4")) == [(-1, "TIME_WAIT"), *held]
    assert states(told.net_connections("tcp4")) == held


def test_addresses_of_many_sockets_are_each_its_own(proc, process):
    # More than are remembered while they are told, and each once more at the end; the kernel writes four bytes at a time, the
    # last one first.
    head = "  sl  local_address remote_address st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
    line = "   0: {}:0016 {}:0017 01 00000000:00000000 00:00000000 00000000  0  0 {}\n"
    words = [[0xFD00FE80 + number * 0x01010101 % 0x01000000, 0xFFFFFFFF - number, number, number << 16] for number in range(200)]
    packed = [b"".join(word.to_bytes(4, "big") for word in address) for address in words]
    written = ["".join(address[at : at + 4][::-1].hex().upper() for at in range(0, 16, 4)) for address in packed]
    rows = [line.format(address, written[-1], number) for number, address in enumerate([*written, *written], 100)]
    process(**{"fd/0": ""})
    root = proc({"net/tcp6": head + "".join(rows)})
    for number in range(100, 100 + len(rows)):
        os.symlink(f"socket:[{number}]", root / f"4242/fd/{number}")
    told = {sock.fd: (sock.laddr.ip, sock.raddr.ip) for sock in psoxide.net_connections("tcp6")}
    texts = [socket.inet_ntop(socket.AF_INET6, address) for address in packed]
    assert len(set(texts)) == 200
    assert told == {number: (text, texts[-1]) for number, text in enumerate([*texts, *texts], 100)}


def test_the_columns_of_stat(process):
    told = process()
    ticks = os.sysconf("SC_CLK_TCK")
    assert told.name() == "cat"
    assert told.status() == psoxide.STATUS_SLEEPING
    assert told.ppid() == 1
    assert told.create_time() == 9000 / ticks + 1500000000
    times = told.cpu_times()
    assert times == (200 / ticks, 300 / ticks, 400 / ticks, 500 / ticks, 700 / ticks)
    assert told.cpu_num() == 6
    assert told.page_faults() == (11, 13)


def test_the_lines_of_status(process):
    told = process()
    assert told.uids() == (1, 2, 3)
    assert told.gids() == (5, 6, 7)
    assert told.num_threads() == 1
    assert told.num_ctx_switches() == (12, 13)
    assert told._proc._get_eligible_cpus() == list(range(8))


COMMAND_LINES = {
    b"foo\0bar\0": ["foo", "bar"],
    b"foo\0bar\0\0": ["foo", "bar", ""],
    b"foo bar ": ["foo", "bar"],
    b"foo bar  ": ["foo", "bar", ""],
    b"foo bar\0": ["foo", "bar"],
    b"": [],
}


@pytest.mark.parametrize("line", COMMAND_LINES)
def test_command_lines(process, line):
    assert process(cmdline=line).cmdline() == COMMAND_LINES[line]


def test_a_long_name_is_completed_from_the_command_line(process):
    told = process(stat=STAT.replace("(cat)", "(a-very-long-nam)"), cmdline=b"/bin/a-very-long-name-indeed\0-x\0")
    assert told.name() == "a-very-long-name-indeed"
    told = process(cmdline=b"/bin/another\0")
    assert told.name() == "a-very-long-nam"


def test_links_that_are_missing_are_empty(process):
    told = process(cmdline=b"")
    assert told.cwd() == ""
    assert told.exe() == ""


def test_deleted_is_no_part_of_a_path(process):
    told = process()
    for link in ("exe", "cwd"):
        os.symlink("/nowhere/foo (deleted)", f"{psoxide.PROCFS_PATH}/4242/{link}")
    assert told.exe() == "/nowhere/foo"
    assert told.cwd() == "/nowhere/foo"


def test_descriptors_that_are_closed_meanwhile_are_left_out(process, proc, tmp_path):
    (tmp_path / "file").write_bytes(b"")
    told = process(fdinfo=b"")
    os.remove(f"{psoxide.PROCFS_PATH}/4242/fdinfo")
    # Of 3 all is there; 4 has lost its entry in fdinfo; 5 is no link any more; what 6 led to is gone.
    proc({"4242/fdinfo/3": "pos:\t0\nflags:\t0100002\n", "4242/fd/5": "", "4242/fdinfo/6": "pos:\t0\nflags:\t02\n"})
    os.symlink(tmp_path / "file", f"{psoxide.PROCFS_PATH}/4242/fd/3")
    os.symlink(tmp_path / "file", f"{psoxide.PROCFS_PATH}/4242/fd/4")
    os.symlink(tmp_path / "gone", f"{psoxide.PROCFS_PATH}/4242/fd/6")
    assert [(file.fd, file.path) for file in told.open_files()] == [(3, str(tmp_path / "file"))]
    assert told.net_connections() == []


def test_a_file_whose_path_is_too_long_to_tell_is_left_out(tmp_path):
    # Deeper than a path can be long; only its folder's descriptor leads to it.
    folder = os.open(tmp_path, os.O_RDONLY)
    for _ in range(25):
        os.mkdir("x" * 200, dir_fd=folder)
        deeper = os.open("x" * 200, os.O_RDONLY, dir_fd=folder)
        os.close(folder)
        folder = deeper
    deep = os.open("file", os.O_RDWR | os.O_CREAT, dir_fd=folder)
    try:
        with pytest.raises(OSError) as raised:
            os.readlink(f"/proc/self/fd/{deep}")
        assert raised.value.errno == errno.ENAMETOOLONG
        with open(tmp_path / "near", "wb") as near:
            told = {file.fd for file in psoxide.Process().open_files()}
            assert near.fileno() in told
            assert deep not in told
        psoxide.Process().net_connections()
    finally:
        os.close(deep)
        os.close(folder)


def test_a_terminal_without_a_device_is_none(process):
    # A device number that nothing has: the last of the major 511.
    told = process(stat=STAT.replace(" 0 -1 ", f" {os.makedev(511, 0xFFFFF)} -1 "))
    assert told.terminal() is None


def test_shares_of_memory_are_added_up(process):
    told = process(
        statm="10 9 8 7 6 5 4\n",
        smaps_rollup=b"00400000-7fff rollup\nPss: 7 kB\nPrivate_Clean: 1 kB\nPrivate_Dirty: 2 kB\nPrivate_Hugetlb: 4 kB\n"
        b"Swap: 9 kB\nSwapPss: 100 kB\n",
    )
    full = told.memory_full_info()
    assert (full.uss, full.pss, full.swap) == (7 * 1024, 7 * 1024, 9 * 1024)
    page = os.sysconf("SC_PAGE_SIZE")
    assert told.memory_info() == tuple(page * pages for pages in (9, 10, 8, 7, 6, 5, 4))


def test_a_file_that_a_living_process_lacks_is_not_found(process):
    with pytest.raises(FileNotFoundError):
        process().memory_maps()


def test_a_thread_that_ends_meanwhile_is_left_out(process, proc):
    proc({"4242/task/4242/stat": STAT})
    os.mkdir(f"{psoxide.PROCFS_PATH}/4242/task/4243")
    assert [thread.id for thread in psoxide.Process(4242).threads()] == [4242]


def test_a_thread_is_no_process(process):
    process(status=STATUS.replace("Tgid:\t4242", "Tgid:\t4000"))
    assert not psoxide.pid_exists(4242)
    # Not told: what is listed is a process.
    process(status="")
    assert psoxide.pid_exists(4242)
    assert psoxide.pids() == [4242]


def test_a_number_that_was_used_again_is_another_process(process, proc, capsys, monkeypatch):
    psoxide.process_iter.cache_clear()
    proc({"1/stat": STAT.replace("4242 (cat) S 1", "1 (init) S 0"), "1/status": STATUS.replace("4242", "1")})
    _, before = psoxide.process_iter()
    process(stat=STAT.replace(" 9000 ", " 9001 "))
    assert not before.is_running()
    monkeypatch.setattr(psoxide._common, "PSUTIL_DEBUG", True)
    _, after = psoxide.process_iter()
    assert "refreshing Process instance for reused PID 4242" in capsys.readouterr().err
    assert after.is_running()
    assert after != before
    assert "terminated + PID reused" in repr(before)
    for call in (before.ppid, before.parent, before.parents, before.children, before.kill):
        with pytest.raises(psoxide.NoSuchProcess, match="process no longer exists and its PID has been reused"):
            call()
    psoxide.process_iter.cache_clear()


def test_package_and_extension_are_of_one_version():
    # There is one number of each kind, and what is derived from it agrees.
    assert psoxide.psoxide_version == psoxide._psoxide.__version__
    assert psoxide.version_info == tuple(map(int, psoxide.__version__.split(".")))
    assert psoxide._psutil_linux.version == int(psoxide.__version__.replace(".", ""))


def test_the_root_of_a_process_is_kept(process, monkeypatch):
    told = process()
    monkeypatch.setattr(psoxide, "PROCFS_PATH", "/proc")
    assert told.name() == "cat"


def test_arguments_that_cannot_be_are_refused_as_psutil_does(psutil):
    questions = [
        lambda module: module.Process().rlimit("x"),
        lambda module: module.Process().rlimit(99),
        lambda module: module.Process().ionice(3, 5),
        lambda module: module.Process().cpu_affinity([1 << 20]),
        lambda module: module.Process().cpu_affinity([1 << 40]),
        lambda module: module.Process().cpu_affinity([1 << 70]),
        lambda module: module.disk_usage("/\0"),
        lambda module: module.disk_usage("/\udcff"),
        lambda module: module.disk_usage(b"/\xff"),
    ]
    for number, question in enumerate(questions):
        refusals = []
        for module in (psutil, psoxide):
            with pytest.raises((ValueError, TypeError, OverflowError, OSError)) as raised:
                question(module)
            refusals.append((type(raised.value), str(raised.value), getattr(raised.value, "filename", None)))
        assert refusals[0] == refusals[1], number
