"""What psutil's own tests check by replacing Python's functions, checked here on files laid out by the tests: the package
reads them where `PROCFS_PATH` says.
"""

import os
import warnings

import pytest

import psoxide

STAT = (
    "4242 (cat) S 1 2 3 0 -1 4194560 11 12 13 14 200 300 400 500 20 0 1 0 9000 1000000 25 "
    "18446744073709551615 1 1 0 0 0 0 0 0 0 0 0 0 17 6 0 0 700 0 0 0 0 0 0 0 0 0 0\n"
)
STATUS = "Name:\tcat\nTgid:\t4242\nUid:\t1\t2\t3\t4\nGid:\t5\t6\t7\t8\nThreads:\t1\nvoluntary_ctxt_switches:\t12\n" \
    "nonvoluntary_ctxt_switches:\t13\n"  # fmt: skip
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


def test_nothing_there_is_an_error_and_no_number(proc):
    proc({})
    for name in ("virtual_memory", "cpu_times", "cpu_stats", "boot_time", "net_io_counters", "net_if_stats"):
        with pytest.raises(OSError):
            getattr(psoxide, name)()
    with pytest.raises(psoxide.NoSuchProcess):
        psoxide.Process()
    with pytest.raises(OSError):
        psoxide.disk_partitions()


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
    os.symlink("/nowhere/foo (deleted)", f"{psoxide.PROCFS_PATH}/4242/exe")
    assert told.exe() == "/nowhere/foo"


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


def test_the_root_of_a_process_is_kept(process, monkeypatch):
    told = process()
    monkeypatch.setattr(psoxide, "PROCFS_PATH", "/proc")
    assert told.name() == "cat"
