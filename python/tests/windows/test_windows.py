"""What the package has, lacks and answers on Windows alone. Run under wine by `cargo xtask cross windows --run`."""

import contextlib
import ctypes
import enum
import inspect
import os
import pickle
import signal
import socket
import subprocess
import sys
import time

import pytest

import psoxide

ABSENT_METHODS = ("uids", "gids", "terminal", "num_fds", "rlimit", "cpu_num")
IDLE = "import sys; sys.stdin.read()"
# Lets nobody open it: an empty list of who may.
DENYING = """
import ctypes, sys
nobody = ctypes.create_string_buffer(8)
ctypes.windll.advapi32.InitializeAcl(nobody, 8, 2)
assert ctypes.windll.advapi32.SetSecurityInfo(ctypes.c_void_p(-1), 6, 4, None, None, nobody, None) == 0
print("ready", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def child():
    process = subprocess.Popen([sys.executable, "-c", IDLE], stdin=subprocess.PIPE)
    yield process
    process.stdin.close()
    process.kill()
    process.wait()


@pytest.fixture
def denied():
    give_up_debugging()
    process = subprocess.Popen([sys.executable, "-c", DENYING], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout.readline().strip() == b"ready"
    yield process
    process.stdin.close()
    process.stdout.close()
    process.kill()
    process.wait()


def give_up_debugging():
    """Remove the privilege from this program for good: an administrator's opens every process."""
    advapi = ctypes.windll.advapi32
    token = ctypes.c_void_p()
    assert advapi.OpenProcessToken(ctypes.c_void_p(-1), 0x28, ctypes.byref(token))
    # One privilege, of number 20, removed.
    assert advapi.AdjustTokenPrivileges(token, False, (ctypes.c_uint32 * 4)(1, 20, 0, 4), 0, None, None)
    ctypes.windll.kernel32.CloseHandle(token)


def test_package_and_extension_are_of_one_version():
    assert psoxide.psoxide_version == psoxide._psoxide.__version__
    assert psoxide._psutil_windows.version == int(psoxide.__version__.replace(".", ""))


def test_what_windows_lacks_is_not_there():
    for name in ABSENT_METHODS:
        assert not hasattr(psoxide.Process, name), name
        assert name not in psoxide.Process.attrs
    for name in ("sensors_temperatures", "sensors_fans", "PROCFS_PATH", "RLIM_INFINITY", "RLIMIT_AS", "IOPRIO_CLASS_RT"):
        assert not hasattr(psoxide, name), name
        assert name not in psoxide.__all__ and name not in dir(psoxide)
    with pytest.raises(ImportError):
        from psoxide import _pslinux  # noqa: F401
    with pytest.raises(ValueError, match="'unix'"):
        psoxide.net_connections("unix")


def test_what_is_windows_alone_is_there():
    for name in ("win_service_iter", "win_service_get", "REALTIME_PRIORITY_CLASS", "IOPRIO_VERYLOW", "CONN_DELETE_TCB"):
        assert name in psoxide.__all__ and name in dir(psoxide)
        assert getattr(psoxide, name) is not None
    assert callable(psoxide.Process.num_handles) and "num_handles" in psoxide.Process.attrs
    assert not hasattr(psoxide, "WindowsService")
    assert psoxide.WINDOWS and not psoxide.POSIX and not psoxide.LINUX


def test_numbers_of_windows():
    classes = {"ABOVE_NORMAL": 32768, "BELOW_NORMAL": 16384, "HIGH": 128, "IDLE": 64, "NORMAL": 32, "REALTIME": 256}
    for name, number in classes.items():
        value = getattr(psoxide, f"{name}_PRIORITY_CLASS")
        assert value == number and type(value) is int
    for number, name in enumerate(("VERYLOW", "LOW", "NORMAL", "HIGH")):
        member = getattr(psoxide, f"IOPRIO_{name}")
        assert member == number and isinstance(member, enum.IntEnum)
        assert repr(member) == f"<IOPriority.IOPRIO_{name}: {number}>"
    assert psoxide.AF_LINK == -1 and psoxide.AF_LINK.name == "AF_LINK"
    assert psoxide.ProcessPriority(64).name == "IDLE_PRIORITY_CLASS"


def test_fields_of_the_tuples():
    fields = {
        "pmem": "rss vms num_page_faults peak_wset wset peak_paged_pool paged_pool peak_nonpaged_pool nonpaged_pool "
        "pagefile peak_pagefile private",
        "pfullmem": "rss vms num_page_faults peak_wset wset peak_paged_pool paged_pool peak_nonpaged_pool nonpaged_pool "
        "pagefile peak_pagefile private uss",
        "scputimes": "user system idle interrupt dpc",
        "svmem": "total available percent used free",
        "pio": "read_count write_count read_bytes write_bytes other_count other_bytes",
        "pcputimes": "user system children_user children_system",
        "pctxsw": "voluntary involuntary",
        "popenfile": "path fd",
        "pmmap_grouped": "path rss",
        "pmmap_ext": "addr perms path rss",
        "pheap": "heap_used mmap_used heap_count",
        "sdiskio": "read_count write_count read_bytes write_bytes read_time write_time",
        "snicstats": "isup duplex speed mtu flags",
        "suser": "name terminal host started pid",
    }
    for name, expected in fields.items():
        made = getattr(psoxide._ntuples, name)
        assert made._fields == tuple(expected.split()), name
        one = made(*range(len(made._fields)))
        assert pickle.loads(pickle.dumps(one)) == one


def test_priority_classes_are_read_and_set(child):
    process = psoxide.Process(child.pid)
    assert process.nice() == psoxide.NORMAL_PRIORITY_CLASS
    assert repr(process.nice()) == "<Priority.NORMAL_PRIORITY_CLASS: 32>"
    process.nice(psoxide.IDLE_PRIORITY_CLASS)
    assert process.nice() == psoxide.IDLE_PRIORITY_CLASS
    assert [each.info["nice"] for each in psoxide.process_iter(["nice"]) if each == process] == [64]
    with pytest.raises(OSError):
        process.nice(12345)
    with pytest.raises(TypeError):
        process.nice("high")


def test_io_priority_has_one_part():
    process = psoxide.Process()
    with pytest.raises(TypeError, match="value argument not accepted on Windows"):
        process.ionice(psoxide.IOPRIO_LOW, value=1)
    with pytest.raises(ValueError, match="9 is not a valid priority"):
        process.ionice(9)
    with pytest.raises(ValueError, match="'ioclass' argument must be specified"):
        process.ionice(value=1)


def test_cpus_are_checked(child):
    process = psoxide.Process(child.pid)
    before = process.cpu_affinity()
    process.cpu_affinity(before[:1])
    assert process.cpu_affinity() == before[:1]
    process.cpu_affinity([])
    assert process.cpu_affinity() == before
    with pytest.raises(ValueError, match="invalid CPU 4096"):
        process.cpu_affinity([4096])
    with pytest.raises(TypeError, match="invalid CPU 'x'; an integer is required"):
        process.cpu_affinity(["x"])


def test_only_three_signals_mean_something(child):
    process = psoxide.Process(child.pid)
    message = "only SIGTERM, CTRL_C_EVENT and CTRL_BREAK_EVENT signals are supported on Windows"
    with pytest.raises(ValueError, match=message):
        process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == signal.SIGTERM
    assert not process.is_running()
    for number in (signal.CTRL_C_EVENT, signal.CTRL_BREAK_EVENT, signal.SIGINT, signal.SIGTERM):
        with pytest.raises(psoxide.NoSuchProcess):
            process.send_signal(number)
    assert child.wait(10) == signal.SIGTERM


@pytest.mark.parametrize("end", ["terminate", "kill"])
def test_what_is_ended_exits_with_the_number_of_sigterm(child, end):
    process = psoxide.Process(child.pid)
    getattr(process, end)()
    assert process.wait(10) == 15
    assert process.wait(0) == 15


def test_exit_codes_are_told(tmp_path):
    for code in (0, 3, 259, 70000):
        popen = psoxide.Popen([sys.executable, "-c", f"import os; os._exit({code})"])
        assert popen.wait(20) == code


def test_waiting_ends_with_the_time_allowed(child):
    with pytest.raises(psoxide.TimeoutExpired) as caught:
        psoxide.Process(child.pid).wait(0.05)
    assert (caught.value.seconds, caught.value.pid) == (0.05, child.pid)
    gone, alive = psoxide.wait_procs([psoxide.Process(child.pid)], timeout=0.05)
    assert not gone and [each.pid for each in alive] == [child.pid]


def test_process_0_can_be_neither_ended_nor_opened():
    process = psoxide.Process(0)
    assert psoxide.pid_exists(0)
    for change in (process.kill, process.terminate, process.suspend, process.resume):
        with pytest.raises(psoxide.AccessDenied):
            change()
    with pytest.raises(ValueError, match="can't wait for PID 0"):
        process.wait()


TOLD_BY_THE_TABLE = {
    "cpu_percent", "cpu_times", "create_time", "exe", "io_counters", "memory_info", "memory_info_ex", "memory_percent",
    "name", "net_connections", "num_ctx_switches", "num_handles", "num_threads", "page_faults", "pid", "ppid", "status",
    "threads",
}  # fmt: skip
DENIED = {
    "cmdline", "cpu_affinity", "cwd", "environ", "ionice", "memory_footprint", "memory_full_info", "memory_maps", "nice",
    "open_files", "username",
}  # fmt: skip


def test_what_may_not_be_opened_is_told_by_the_table(denied):
    process = psoxide.Process(denied.pid)
    assert process.name() == os.path.basename(sys.executable) and process.exe().lower().endswith("python.exe")
    assert process.ppid() == os.getpid() and process in psoxide.Process().children()
    assert psoxide.Process().create_time() <= process.create_time() <= time.time()
    assert process.status() == psoxide.STATUS_RUNNING and process.is_running()
    assert [type(each).__name__ for each in process.threads()] == ["pthread"] * process.num_threads()
    assert process.memory_info().rss > 1 << 20 and 0 < process.memory_percent() < 100
    assert process.cpu_times().user + process.cpu_times().system > 0
    assert process.io_counters()._fields[0] == "read_count" and process.num_handles() >= 0
    assert process.net_connections() == []


@pytest.mark.parametrize("within", [False, True], ids=["alone", "within oneshot()"])
def test_the_rest_of_what_may_not_be_opened_is_denied(denied, within):
    process = psoxide.Process(denied.pid)
    assert psoxide.Process.attrs == TOLD_BY_THE_TABLE | DENIED
    with process.oneshot() if within else contextlib.nullcontext():
        for name in sorted(TOLD_BY_THE_TABLE - {"pid"}):
            assert getattr(process, name)() is not None, name
        for name in sorted(DENIED):
            with pytest.raises(psoxide.AccessDenied) as caught:
                getattr(process, name)()
            assert caught.value.pid == denied.pid
    nobody = object()
    told = process.as_dict(attrs=sorted(psoxide.Process.attrs), ad_value=nobody)
    assert {name for name, value in told.items() if value is nobody} == DENIED
    names = ["name", "cmdline", "nice", "username"]
    (row,) = (each.info for each in psoxide.process_iter(names, ad_value=nobody) if each == process)
    assert row == {**dict.fromkeys(names, nobody), "name": process.name()}


def test_what_may_not_be_opened_may_not_be_changed(denied):
    process = psoxide.Process(denied.pid)
    for change in (
        process.kill, process.terminate, process.suspend, process.resume,
        lambda: process.nice(psoxide.IDLE_PRIORITY_CLASS), lambda: process.ionice(psoxide.IOPRIO_LOW),
        lambda: process.cpu_affinity([0]),
    ):  # fmt: skip
        with pytest.raises(psoxide.AccessDenied):
            change()
    assert denied.poll() is None and process.is_running()
    with pytest.raises(psoxide.TimeoutExpired):
        process.wait(0.01)
    # That it has ended is seen in the table; how is not.
    denied.stdin.close()
    assert process.wait(20) is None
    assert denied.wait() == 0 and not process.is_running()


def test_who_is_not_there_is_no_such_process():
    pid = psoxide.pids()[-1] + 40000
    assert not psoxide.pid_exists(pid)
    with pytest.raises(psoxide.NoSuchProcess):
        psoxide.Process(pid)
    assert psoxide.Process(os.getpid()).username().count("\\") == 1


def test_half_a_surrogate_pair_survives():
    # What NTFS and the environment hold need not be well-formed UTF-16.
    odd = "a\ud800b"
    popen = subprocess.Popen(
        [sys.executable, "-c", IDLE, odd, "\U0001f980 ü"], stdin=subprocess.PIPE, env={**os.environ, "ODD": odd}
    )
    try:
        process = psoxide.Process(popen.pid)
        assert process.cmdline()[-2:] == [odd, "\U0001f980 ü"]
        assert process.environ()["ODD"] == odd
    finally:
        popen.stdin.close()
        popen.wait()


def test_sockets_bear_psutils_constants():
    listening = socket.create_server(("127.0.0.1", 0))
    with listening:
        found = [each for each in psoxide.Process().net_connections() if each.laddr == listening.getsockname()]
    (one,) = found
    assert (one.fd, one.family, one.type, one.status) == (-1, socket.AF_INET, socket.SOCK_STREAM, psoxide.CONN_LISTEN)
    for addresses in psoxide.net_if_addrs().values():
        for each in addresses:
            assert isinstance(each.family, enum.IntEnum)


def test_services():
    services = {service.name(): service for service in psoxide.win_service_iter()}
    assert services
    for name, service in services.items():
        told = service.as_dict()
        assert list(told) == ["name", "display_name", "binpath", "username", "start_type", "status", "pid", "description"]
        assert service == psoxide.win_service_get(name)
        assert told["start_type"] in ("automatic", "manual", "disabled", "unknown")
        assert (told["pid"] is None) == (told["status"] == "stopped")
        assert repr(service).startswith(f"<WindowsService(name={name!r}, display_name=")
    with pytest.raises(TypeError):
        hash(service)
    with pytest.raises(TypeError):
        psoxide.win_service_get(3)
    for wrong in ("no such service", "a\0b", "a\ud800"):
        with pytest.raises(psoxide.NoSuchProcess) as caught:
            psoxide.win_service_get(wrong)
        assert (caught.value.pid, caught.value.name) == (None, wrong)
        assert caught.value.msg == f"service {wrong!r} does not exist"


def test_what_is_denied_of_a_service_is_access_denied(monkeypatch):
    service = next(psoxide.win_service_iter())
    told = psoxide._psoxide.service(service.name())
    message = f"service {service.name()!r} is not querable (not enough privileges)"
    for denied in ("binpath", "username", "start_type", "description"):
        # wine denies nothing.
        monkeypatch.setattr(psoxide._psoxide, "service", lambda name: {**told, denied: None, "pid": None})
        for ask in (getattr(service, denied), service.as_dict):
            with pytest.raises(psoxide.AccessDenied) as caught:
                ask()
            assert (caught.value.pid, caught.value.name, caught.value.msg) == (None, service.name(), message)
        assert service.status() == told["status"] and service.pid() is None


def test_errors_of_the_system_are_those_of_python():
    with pytest.raises(FileNotFoundError) as caught:
        psoxide.disk_usage("Z:\\no\\such\\folder")
    assert caught.value.winerror in (2, 3)
    with pytest.raises(TypeError):
        psoxide.disk_usage(0)


def test_standing_in_for_psutil():
    code = (
        "import psoxide; psoxide.install_as_psutil()\n"
        "import psutil\n"
        "from psutil import _common, _ntuples, _pswindows, _psutil_windows\n"
        "assert psutil._psplatform is _pswindows and _pswindows.cext is _psutil_windows\n"
        "assert _pswindows.convert_dos_path(chr(92) * 2 + 'server') == chr(92) * 2 + 'server'\n"
        "assert not hasattr(psutil, 'ProcessPriority') or 'ProcessPriority' not in dir(psutil)\n"
        "print(psutil.Process(), type(psutil.win_service_get))\n"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert told.returncode == 0, told.stderr
    assert told.stdout.startswith("psutil.Process(pid=")


def test_signatures_are_psutils():
    for method, expected in {
        "ionice": "(self, ioclass=None, value=None)",
        "nice": "(self, value=None)",
        "cpu_affinity": "(self, cpus=None)",
        "memory_maps": "(self, grouped=True)",
        "num_handles": "(self)",
    }.items():
        assert str(inspect.signature(getattr(psoxide.Process, method))) == expected
