"""Threads that make every call at once, for a number of seconds: `python hammer.py [seconds] [threads]`.

It fails if any call raises or answers with another type than it did alone, or if a process that is forked meanwhile
cannot use the package. Also run with the free-threaded interpreter, where no lock keeps the threads apart; there a
process that was forked beside busy threads may find a lock of the interpreter's own taken for ever, so none is forked.
"""

import collections
import os
import random
import signal
import sys
import threading
import time
import warnings

import every_call

import psoxide


def _unlike(now, alone):
    """Whether an answer is of another type; `None` is the first answer of a sampler, and of what nothing is known."""
    return None not in (now, alone) and type(now) is not type(alone)


def _fork():
    """A process that is forked while the threads are in the middle of their calls uses the package itself."""
    with warnings.catch_warnings():
        # From 3.12 on Python warns of forking with threads in general.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        signal.alarm(60)
        me = psoxide.Process()
        listed = [process.pid for process in psoxide.process_iter(["name"])]
        cpus, disks = psoxide.CpuSampler(), psoxide.DiskIoSampler()
        right = (
            me.pid == os.getpid()
            and me.ppid() == os.getppid()
            and me.pid in listed
            and me.name() == psoxide.Process(os.getppid()).name()
            and cpus.percent() is None
            and isinstance(psoxide.cpu_percent(), float)
            and disks.sample().interval is None
        )
        os._exit(0 if right else 1)
    _, status = os.waitpid(child, 0)
    if status != 0:
        raise AssertionError(f"the forked process ended with {status}")


def main():
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 60
    threads = int(sys.argv[2]) if len(sys.argv) > 2 else 8
    enabled = getattr(sys, "_is_gil_enabled", lambda: True)()
    made = collections.Counter()
    failures = []
    with every_call.Subjects() as subjects:
        tables = (every_call.of_the_machine(psoxide, subjects), every_call.of_a_process(psoxide, subjects))
        calls = [(text, call) for table in tables for text, call in table.items()]
        alone = {text: call() for text, call in calls}
        deadline = time.monotonic() + seconds

        def work(seed):
            chance = random.Random(seed)
            try:
                while (time.monotonic() < deadline or not made[seed]) and not failures:
                    text, call = chance.choice(calls)
                    answer = call()
                    if _unlike(answer, alone[text]):
                        raise AssertionError(f"{text} answers {answer!r}, and alone {alone[text]!r}")
                    made[seed] += 1
            except BaseException as error:
                failures.append((text, error))
                raise

        workers = [threading.Thread(target=work, args=(seed,)) for seed in range(threads)]
        for worker in workers:
            worker.start()
        forks = 0
        try:
            while enabled and time.monotonic() < deadline and not failures:
                _fork()
                forks += 1
        except BaseException:
            # The threads end, too.
            deadline = 0
            raise
        finally:
            for worker in workers:
                worker.join()
    lock = "with" if enabled else "without"
    print(f"{sum(made.values())} calls of {len(calls)} kinds by {threads} threads, {forks} forks, {lock} Python's lock")
    if failures or (enabled and not forks) or len(made) != threads:
        sys.exit(f"failed: {failures}")


if __name__ == "__main__":
    main()
