"""Processes from the cradle to the grave: identity, waiting, signals, and what psutil refuses."""

import gc
import os
import signal
import subprocess
import sys
import weakref
from concurrent.futures import ThreadPoolExecutor

import pytest

import psoxide


def test_a_child_that_is_ended_tells_the_signal(child):
    process = psoxide.Process(child.pid)
    process.terminate()
    code = process.wait(10)
    assert code == -signal.SIGTERM
    assert repr(code) == "<Negsignal.SIGTERM: -15>"
    # It is remembered.
    assert process.wait(0) == code
    assert not process.is_running()
    with pytest.raises(psoxide.NoSuchProcess):
        process.send_signal(0)


def test_waiting_has_an_end(child):
    process = psoxide.Process(child.pid)
    with pytest.raises(psoxide.TimeoutExpired) as raised:
        process.wait(0.05)
    assert (raised.value.seconds, raised.value.pid) == (0.05, child.pid)


def test_a_zombie_is_running_and_is_reaped_by_its_parent(zombie):
    process = psoxide.Process(zombie)
    assert process.is_running()
    assert process.status() == psoxide.STATUS_ZOMBIE
    assert psoxide.pid_exists(zombie)
    with pytest.raises(psoxide.ZombieProcess) as raised:
        process.cmdline()
    assert raised.value.pid == zombie
    assert "status='zombie'" in repr(process)
    assert process.wait(10) == 3


def test_a_number_that_belongs_to_another_is_not_touched(child):
    process = psoxide.Process(child.pid)
    process._ident = (child.pid, 1)
    assert not process.is_running()
    for call in (process.kill, process.ppid, process.children, lambda: process.nice(5), lambda: process.cpu_affinity([0])):
        with pytest.raises(psoxide.NoSuchProcess, match="PID has been reused"):
            call()
    assert "terminated + PID reused" in repr(process)
    # Also where nothing has looked before.
    for name in ("kill", "ppid", "children"):
        process = psoxide.Process(child.pid)
        process._ident = (child.pid, 1)
        with pytest.raises(psoxide.NoSuchProcess, match="PID has been reused"):
            getattr(process, name)()
    assert child.poll() is None
    assert psoxide.Process(child.pid).is_running()


@pytest.mark.parametrize(
    "pid, error",
    [(-1, ValueError), ("1", TypeError), (1.5, TypeError), (b"1", TypeError), ([], TypeError)],
)
def test_what_is_no_number_is_refused(pid, error):
    with pytest.raises(error):
        psoxide.Process(pid)


def test_numbers_that_no_process_has():
    with pytest.raises(psoxide.NoSuchProcess, match="process PID not found"):
        psoxide.Process(2**22 + 7)
    with pytest.raises(psoxide.NoSuchProcess, match="process PID out of range") as raised:
        psoxide.Process(2**64)
    assert isinstance(raised.value.__cause__, OverflowError)
    assert not psoxide.pid_exists(-1)
    with pytest.raises(OverflowError):
        psoxide.pid_exists(2**64)
    with pytest.raises(TypeError):
        psoxide.pid_exists("1")


def test_bad_arguments_are_refused_as_psutil_refuses_them(psutil, child):
    calls = [
        lambda module, process: process.as_dict("name"),
        lambda module, process: process.as_dict(["nothing"]),
        lambda module, process: process.net_connections("nothing"),
        lambda module, process: module.net_connections("nothing"),
        lambda module, process: module.cpu_percent(-1),
        lambda module, process: process.cpu_percent(-1),
        lambda module, process: process.memory_percent("nothing"),
        lambda module, process: process.cpu_affinity([10000]),
        lambda module, process: process.cpu_affinity(["0"]),
        lambda module, process: process.rlimit(999),
        lambda module, process: process.rlimit(module.RLIMIT_NOFILE, (1, 2, 3)),
        lambda module, process: process.ionice(value=1),
        lambda module, process: process.ionice(module.IOPRIO_CLASS_IDLE, 3),
        lambda module, process: process.ionice(module.IOPRIO_CLASS_BE, 8),
        lambda module, process: process.nice("x"),
        lambda module, process: process.send_signal(10000),
        lambda module, process: process.wait("x"),
        lambda module, process: process.wait(-1),
        lambda module, process: module.wait_procs([], timeout=-1),
        lambda module, process: module.wait_procs([], callback=1),
        lambda module, process: list(module.process_iter(["nothing"])),
        lambda module, process: module.disk_usage("/nothing/here"),
    ]
    for number, call in enumerate(calls):
        with pytest.raises(Exception) as theirs:
            call(psutil, psutil.Process(child.pid))
        with pytest.raises(Exception) as ours:
            call(psoxide, psoxide.Process(child.pid))
        assert type(ours.value).__name__ == type(theirs.value).__name__, (number, ours.value, theirs.value)
        if isinstance(theirs.value, ValueError):
            assert str(ours.value) == str(theirs.value), number


def test_limits_priorities_and_affinity_are_set(child):
    process = psoxide.Process(child.pid)
    soft, hard = process.rlimit(psoxide.RLIMIT_NOFILE)
    process.rlimit(psoxide.RLIMIT_NOFILE, (soft - 1, hard))
    assert process.rlimit(psoxide.RLIMIT_NOFILE) == (soft - 1, hard)
    process.nice(7)
    assert process.nice() == 7
    process.ionice(psoxide.IOPRIO_CLASS_IDLE)
    assert process.ionice() == (psoxide.IOPRIO_CLASS_IDLE, 0)
    cpus = process.cpu_affinity()
    process.cpu_affinity(cpus[:1])
    assert process.cpu_affinity() == cpus[:1]
    process.cpu_affinity([])
    assert process.cpu_affinity() == cpus


def test_bytes_that_are_no_text_survive(tmp_path):
    odd = b"caf\xe9 \xff"
    folder = os.path.join(os.fsencode(tmp_path), odd)
    os.mkdir(folder)
    code = "import sys; print('ready', flush=True); sys.stdin.read()"
    arguments = [os.fsencode(sys.executable), b"-c", code.encode(), odd]
    environment = {**os.environb, b"ODD": odd}
    with subprocess.Popen(
        arguments, cwd=folder, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as started:
        try:
            assert started.stdout.readline() == b"ready\n"
            process = psoxide.Process(started.pid)
            assert os.fsencode(process.cmdline()[-1]) == odd
            assert os.fsencode(process.environ()["ODD"]) == odd
            assert os.fsencode(process.cwd()) == folder
        finally:
            started.stdin.close()
            started.wait(10)


def test_popen_is_both():
    with psoxide.Popen([sys.executable, "-c", "print(42)"], stdout=subprocess.PIPE) as started:
        assert isinstance(started, psoxide.Process)
        assert started.communicate()[0] == b"42\n"
        assert started.wait(10) == 0
        assert started.returncode == 0
        assert "communicate" in dir(started)
        with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
            started.nothing


def test_oneshot_reads_once_and_may_be_nested():
    process = psoxide.Process()
    with process.oneshot():
        times = process.cpu_times()
        with process.oneshot():
            sum(range(2_000_000))
            assert process.cpu_times() is times
        assert process.cpu_times() is times
    assert process.cpu_times() is not times


def test_oneshot_that_cannot_begin_lets_go_of_the_object():
    class Refused(Exception):
        pass

    class Asked:
        def oneshot_enter(self):
            raise Refused

    process = psoxide.Process()
    process._proc = Asked()
    with pytest.raises(Refused):
        with process.oneshot():
            raise AssertionError("it began")
    assert process._cache is None
    # Another thread can have the lock.
    with ThreadPoolExecutor(1) as thread:
        assert thread.submit(process._lock.acquire, blocking=False).result()


def test_oneshot_ends_with_its_block_whatever_is_raised_there():
    process = psoxide.Process()
    visit = process.oneshot()
    for _ in range(2):
        with pytest.raises(KeyError):
            with visit:
                times = process.cpu_times()
                raise KeyError
        assert process._cache is None
    with visit, visit:
        assert process.cpu_times() is not times
    with ThreadPoolExecutor(1) as thread:
        assert thread.submit(process._lock.acquire, blocking=False).result()


def test_oneshot_is_collected_with_the_object_that_holds_it():
    process = psoxide.Process()
    process.visit = process.oneshot()
    gone = weakref.ref(process)
    del process
    gc.collect()
    assert gone() is None


def test_wait_procs_tells_who_ended(child):
    ended = subprocess.Popen([sys.executable, "-c", "import sys; sys.exit(5)"])
    seen = []
    processes = [psoxide.Process(child.pid), psoxide.Popen.__mro__[1](ended.pid)]
    gone, alive = psoxide.wait_procs(processes, timeout=3, callback=seen.append)
    assert [(process.pid, process.returncode) for process in gone] == [(ended.pid, 5)]
    assert [process.pid for process in alive] == [child.pid]
    assert seen == gone
    ended.poll()


def test_waiting_in_an_event_loop(child):
    import asyncio

    async def both():
        process = psoxide.Process(child.pid)
        with pytest.raises(psoxide.TimeoutExpired) as raised:
            await process.wait_async(0.05)
        assert raised.value.pid == child.pid
        waiting = asyncio.ensure_future(process.wait_async(10))
        await asyncio.sleep(0)
        assert not waiting.done()
        process.kill()
        return await waiting

    assert asyncio.run(both()) == -signal.SIGKILL


def test_waiting_for_ever_leaves_the_loop_to_others():
    import asyncio

    async def all_of_them():
        started = [psoxide.Popen([sys.executable, "-c", f"import sys; sys.exit({code})"]) for code in range(3)]
        return await asyncio.gather(*(process.wait_async() for process in started))

    assert asyncio.run(all_of_them()) == [0, 1, 2]


def test_objects_are_what_programs_use_them_for(psutil, child):
    import abc
    import copy
    import gc
    import pickle
    import weakref

    for package in (psutil, psoxide):

        class Mine(package.Process, abc.ABC):
            kept = "kept"

            def __init__(self, pid, word):
                super().__init__(pid)
                self.word = word

        mine = Mine(child.pid, "word")
        assert (mine.word, mine.kept, mine.name()) == ("word", "kept", package.Process(child.pid).name())
        assert mine == package.Process(child.pid) and hash(mine) == hash(package.Process(child.pid))
        assert mine != child.pid and mine in {package.Process(child.pid)} and len({mine, package.Process()}) == 2
        assert repr(mine).startswith(f"{__name__}.Mine(pid={child.pid}, name=")
        gone = weakref.ref(mine)
        assert gone() is mine
        kept = weakref.WeakValueDictionary(mine=mine)
        del mine
        gc.collect()
        assert gone() is None and not kept
        for make_another in (copy.deepcopy, pickle.dumps):
            with pytest.raises(TypeError):
                make_another(package.Process(child.pid))
        with pytest.raises(AttributeError):
            package.Process(child.pid).pid = 1


def test_what_a_platform_lacks_is_not_there(psutil):
    for name in ("num_handles", "get_cpu_times"):
        assert not hasattr(psutil.Process, name) and not hasattr(psoxide.Process, name)
    for name in ("win_service_iter", "REALTIME_PRIORITY_CLASS", "CONN_DELETE_TCB"):
        assert not hasattr(psutil, name) and not hasattr(psoxide, name)
