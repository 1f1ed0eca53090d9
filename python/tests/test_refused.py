"""What psutil refuses is refused with the same exception, and where programs may read it with the same words."""

import subprocess

import pytest

import psoxide

HUGE = 1 << 80

# A call of the module and what it is called with.
OF_THE_MODULE = [
    ("Process", (number,)) for number in (-1, -HUGE, HUGE, 1 << 31, (1 << 31) - 1, 1 << 32, "1", b"1", 1.0, 1.5, [], {}, object)
] + [
    ("pid_exists", (number,)) for number in (-1, -HUGE, HUGE, 1 << 31, 1 << 32, "1", b"1", 1.0, None, [], True)
] + [
    (name, (interval,)) for name in ("cpu_percent", "cpu_times_percent") for interval in (-1, -0.5, "1", [], float("nan"))
] + [
    ("net_connections", (kind,)) for kind in ("tcp5", "", None, "TCP", b"tcp", 4, [])
] + [
    ("disk_usage", (path,)) for path in ("/does/not/exist", b"/does/not/exist", "", 1 << 20, None, 1.5, [], "a\0b")
] + [
    ("wait_procs", arguments)
    for arguments in (([], -1), ([], None, 3), ([], 0, "name"), (None,), (5,), ([1],), ([], "1"), ([None], 0))
] + [
    ("NoSuchProcess", ()), ("ZombieProcess", ()), ("TimeoutExpired", ()), ("NoSuchProcess", (1, 2, 3, 4)),
    ("AccessDenied", (1, 2, 3, 4)), ("TimeoutExpired", (1, 2, 3, 4)),
    ("cpu_count", (1, 2)), ("virtual_memory", (1,)), ("pids", (1,)), ("boot_time", (1,)), ("users", (1,)),
    ("net_io_counters", (1, 2, 3)), ("heap_info", (1,)), ("sensors_battery", (1,)), ("cpu_freq", (1, 2)),
    ("Popen", ()), ("Popen", (["/does/not/exist"],)), ("Popen", ([],)), ("Popen", (5,)),
]  # fmt: skip

# A method of a process that is there.
OF_A_PROCESS = [
    ("as_dict", (attributes,))
    for attributes in ("name", b"name", 1, {"name": 1}, ["nothing"], ["name", 5], [None], ["_name"], ["wait"], ["kill"],
                       ["oneshot"], ["children"], ["connections"], ["is_running"], ["rlimit"], [[]], iter(["name"]))
] + [
    ("cpu_percent", (interval,)) for interval in (-1, -0.1, "1", [])
] + [
    ("memory_percent", (kind,)) for kind in ("nothing", "", None, 5, "shared_", "RSS", [])
] + [
    (name, (kind,)) for name in ("net_connections",) for kind in ("tcp5", "", None, "TCP", 4, [])
] + [
    ("wait", (timeout,)) for timeout in (-1, -0.5, "1", b"1", [], 1j)
] + [
    ("nice", (value,)) for value in ("1", 1.5, [], HUGE, -HUGE)
] + [
    ("ionice", arguments)
    for arguments in ((None, 1), (3, 1), (0, 1), (2, 8), (2, -1), (2, HUGE), (9,), (8,), (-1,), (HUGE,), ("2",), (2.0,),
                      (2, "1"), (2, 1.5), ([],), (1 << 31,), (1 << 32,))
] + [
    ("rlimit", arguments)
    for arguments in ((), (-1,), (99,), (HUGE,), ("7",), (7.0,), (None,), (7, 5), (7, (1,)), (7, (1, 2, 3)), (7, ()),
                      (7, "ab"), (7, ("1", "2")), (7, (1.5, 2.5)), (7, (2, 1)), (7, (HUGE, HUGE)), (99, (1, 2)),
                      (7, (None, None)), (7, (-2, -2)), (7, (10, -5)), (7, {1: 2}), ([],))
] + [
    ("cpu_affinity", (cpus,))
    for cpus in ([-1], [10000], [HUGE], [-HUGE], ["0"], [1.5], [None], [[]], 0, "0", [0, 10000], [1 << 31], [1 << 32],
                 [0, -1], {"a": 1})
] + [
    ("send_signal", (number,)) for number in (-1, 65, 10000, HUGE, -HUGE, "9", "SIGTERM", None, 1.5, [])
] + [
    ("parent", (1,)), ("parents", (1,)), ("name", (1,)), ("children", (1, 2)), ("oneshot", (1,)), ("is_running", (1,)),
    ("kill", (1,)), ("terminate", (1,)), ("suspend", (1,)), ("memory_maps", (1, 2)), ("status", (1,)), ("send_signal", ()),
    ("threads", (1,)), ("open_files", (1,)), ("cpu_times", (1,)),
]  # fmt: skip


@pytest.fixture(scope="module")
def sleeper():
    process = subprocess.Popen(["sleep", "100000"])
    yield process.pid
    process.kill()
    process.wait()


def outcome(call, arguments, package):
    """What the call raises, in words that do not tell the packages apart; `None` if nothing."""
    try:
        call(*arguments)
    except Exception as error:
        if isinstance(error, (TypeError, OverflowError)):
            # Words of Python's own, which differ between functions written in C, in Rust and in Python.
            return type(error).__name__
        told = f"{type(error).__name__}: {error}"
        return told.replace(f"{package.__name__}.", "")
    return None


def test_numbers_of_which_psutil_takes_the_lower_bits(sleeper):
    # To psutil 1 << 32 is signal 0 and descriptor -1 a bad address.
    with pytest.raises(OverflowError):
        psoxide.Process(sleeper).send_signal(1 << 32)
    with pytest.raises(OSError, match="Bad file descriptor"):
        psoxide.disk_usage(-1)


def arguments_of(case):
    # What can be read once only is made anew.
    return tuple(["name"].__iter__() if hasattr(one, "__next__") else one for one in case)


@pytest.mark.parametrize("name, arguments", OF_THE_MODULE, ids=lambda value: repr(value)[:60])
def test_calls_of_the_module(psutil, name, arguments):
    theirs = outcome(getattr(psutil, name), arguments, psutil)
    assert outcome(getattr(psoxide, name), arguments, psoxide) == theirs


@pytest.mark.parametrize("name, arguments", OF_A_PROCESS, ids=lambda value: repr(value)[:60])
def test_methods_of_a_process(psutil, sleeper, name, arguments):
    theirs = outcome(getattr(psutil.Process(sleeper), name), arguments_of(arguments), psutil)
    ours = outcome(getattr(psoxide.Process(sleeper), name), arguments_of(arguments), psoxide)
    assert ours == theirs
