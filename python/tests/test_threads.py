"""Threads, forks, other interpreters in the same program, and Python's own checks."""

import os
import subprocess
import sys

HAMMER = os.path.join(os.path.dirname(__file__), "hammer.py")


def run(*arguments):
    done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout, done.stderr


def test_threads_that_make_every_call_at_once():
    # `-X dev` looks for what is wrong with memory and descriptors; a warning is an error.
    told, warned = run("-X", "dev", "-W", "error", HAMMER, "3")
    assert "by 8 threads" in told
    assert warned == ""


FORKED = """
import os, psoxide
listed = {process.pid: process for process in psoxide.process_iter(["name"])}
sampler = psoxide.CpuSampler()
sampler.percent(), psoxide.cpu_percent(), psoxide.disk_io_counters(), psoxide.net_io_counters()
before = psoxide.Process()
before.cpu_percent(), before.create_time()
with before.oneshot():
    before.name()
    child = os.fork()
    if child == 0:
        # The object is still about the parent, in its `oneshot()` too; what was remembered can be built upon.
        assert before.pid == os.getppid() and before.is_running() and before.cpu_times().user >= 0
        me = psoxide.Process()
        assert me.pid == os.getpid() != before.pid and me != before and me.ppid() == before.pid
        assert me.parent() == before and me in before.children()
        again = {process.pid: process for process in psoxide.process_iter(["name"])}
        assert me.pid in again and again[before.pid] is listed[before.pid]
        # All this may take less than a tick of the clock; until there is one, nothing is told.
        while sampler.percent() is None:
            pass
        assert 0 <= psoxide.cpu_percent() <= 100
        assert psoxide.disk_io_counters(perdisk=True) is not None and psoxide.net_io_counters() is not None
        print("used after fork", flush=True)
        os._exit(0)
assert os.waitpid(child, 0)[1] == 0
assert before.name() and not psoxide.pid_exists(child)
"""


def test_a_forked_process_uses_it():
    assert run("-X", "dev", "-W", "error", "-c", FORKED)[0] == "used after fork\n"


DEVELOPMENT = """
import psoxide as psutil
from psoxide import *
psutil.Process().as_dict()
for process in psutil.process_iter([]):
    process.info
with psutil.Popen(["true"]) as child:
    child.wait()
psutil.sensors_temperatures(), psutil.disk_partitions(all=True), psutil.net_connections("all"), psutil.cpu_times_percent()
"""


def test_development_mode_has_nothing_to_say():
    assert run("-X", "dev", "-W", "error", "-c", DEVELOPMENT) == ("", "")


INTERPRETERS = """
import psoxide
try:
    import _interpreters as interpreters
except ImportError:
    import _xxsubinterpreters as interpreters
other = interpreters.create()
code = '''
try:
    import psoxide
except ImportError as error:
    print(error, flush=True)
'''
interpreters.{run}(other, code)
interpreters.destroy(other)
print(psoxide.Process().is_running())
"""


def test_a_second_interpreter_is_told_that_it_may_not():
    name = "exec" if sys.version_info >= (3, 13) else "run_string"
    told, _ = run("-W", "ignore", "-c", INTERPRETERS.replace("{run}", name))
    message, alive = told.splitlines()
    assert "does not support loading in subinterpreters" in message
    assert alive == "True"
