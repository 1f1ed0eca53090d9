"""What the tests share. They compare with the real psutil where it is installed, which `cargo xtask python` sees to."""

import os
import subprocess
import sys
import time

import pytest

# Those of Windows are run there; see `cargo xtask cross`.
collect_ignore = ["windows"] if os.name == "posix" else []
CHILD = "import sys, time; sys.stdout.write('ready'); sys.stdout.flush(); time.sleep(600)"


def _wait_until(condition, seconds=10.0):
    """Looks again and again until the condition holds, and fails when the time is over."""
    deadline = time.monotonic() + seconds
    while True:
        answer = condition()
        if answer:
            return answer
        assert time.monotonic() < deadline, "the condition does not come to hold"
        time.sleep(0.01)


@pytest.fixture
def wait_until():
    return _wait_until


@pytest.fixture(scope="session")
def psutil():
    return pytest.importorskip("psutil")


@pytest.fixture
def child():
    """A process that sleeps."""
    process = subprocess.Popen([sys.executable, "-c", CHILD], stdout=subprocess.PIPE)
    assert process.stdout.read(5) == b"ready"
    yield process
    process.stdout.close()
    process.kill()
    process.wait()


@pytest.fixture
def zombie():
    """The number of a process that has ended and is not waited for before the test is over."""
    pid = os.fork()
    if pid == 0:
        os._exit(3)
    path = f"/proc/{pid}/stat"
    _wait_until(lambda: open(path).read().rpartition(")")[2].split()[0] == "Z")
    yield pid
    try:
        os.waitpid(pid, 0)
    except ChildProcessError:
        # The test has waited for it.
        pass
