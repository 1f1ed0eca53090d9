"""While the kernel answers, other threads run: every call lets go of the interpreter's lock.

The other thread asks for the lock all the time, and the interval after which the interpreter would take it from the
one that has it is longer than the test. So each step of the other thread shows that the lock was let go, whatever the
machine is busy with.
"""

import gc
import sys
import threading
import time

import every_call
import pytest

import psoxide

pytestmark = pytest.mark.skipif(
    not getattr(sys, "_is_gil_enabled", lambda: True)(), reason="this interpreter has no such lock"
)


# What asks the kernel nothing: it forgets, begins, or tells what it has told before. And `os.getloadavg`, which is
# Python's own.
ASK_NOTHING = (
    "process_iter.cache_clear()", "CpuSampler()", "DiskIoSampler()", "NetIoSampler()", "Process.exe()", "getloadavg()",
)  # fmt: skip


class Other:
    """A thread that takes a step whenever it gets the lock."""

    def __enter__(self):
        self.steps = 0
        self.interval = sys.getswitchinterval()
        self.done = False
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()
        gc.disable()
        sys.setswitchinterval(1000)
        # It may be waiting for the lock with the interval of before, after which it would take it; the wait after its
        # next step is with the new one.
        before = self.steps
        while self.steps == before:
            time.sleep(0)
        return self

    def __exit__(self, *_):
        self.done = True
        sys.setswitchinterval(self.interval)
        gc.enable()
        self.thread.join()

    def _run(self):
        while not self.done:
            self.steps += 1
            # Lets go of the lock and asks for it again.
            time.sleep(0)

    def runs_during(self, call, seconds):
        """Whether it takes a step while the call is made again and again."""
        before = self.steps
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            call()
            if self.steps != before:
                return True
        return False


@pytest.fixture(scope="module")
def subjects():
    with every_call.Subjects() as subjects:
        yield subjects


def test_no_call_is_forgotten(subjects):
    assert every_call.missing(psoxide, subjects) == []


def test_a_call_that_asks_nothing_keeps_the_lock():
    with Other() as other:
        assert not other.runs_during(psoxide._psoxide.resources, 0.3)


@pytest.mark.parametrize("table", ["of_the_extension", "of_the_machine", "of_a_process"])
def test_every_call_lets_others_run(subjects, table):
    calls = getattr(every_call, table)(psoxide, subjects)
    for text in ASK_NOTHING:
        calls.pop(text, None)
    with Other() as other:
        kept = [text for text, call in calls.items() if not other.runs_during(call, 20)]
    assert kept == []
