"""Programs from PyPI that were written for psutil, as they are: in this environment `psutil` is the shim.

`PSUTIL` names a folder with the real one, for the same programs beside it; `SOURCES` one with the programs' sources.
"""

import os
import pathlib
import subprocess
import sys

import pytest

BIN = pathlib.Path(sys.executable).parent


def pytest_configure():
    import psutil

    assert psutil.__name__ == "psoxide", "these tests are about programs that run on psoxide"


class Done:
    """What a program said."""

    def __init__(self, done):
        self.out, self.err, self.code = done.stdout, done.stderr, done.returncode


def start(command, real=False, **options):
    """Runs a program of this environment; with `real` on the real psutil."""
    environment = dict(os.environ, PYTHONDONTWRITEBYTECODE="1", NO_COLOR="1", **options.pop("env", {}))
    environment.pop("PYTEST_XDIST_WORKER", None)
    environment.pop("PYTEST_XDIST_WORKER_COUNT", None)
    if real:
        environment["PYTHONPATH"] = os.environ["PSUTIL"]
    program, *arguments = command
    if not os.path.isabs(program):
        program = str(BIN / program)
    done = subprocess.run(
        [program, *arguments], env=environment, capture_output=True, text=True, timeout=200, stdin=subprocess.DEVNULL,
        **options,
    )  # fmt: skip
    return Done(done)


@pytest.fixture
def run():
    def run(*command, **options):
        done = start(command, **options)
        assert done.code == 0, done.out + done.err
        return done

    return run


@pytest.fixture
def python():
    return sys.executable


@pytest.fixture
def busy():
    """A process that holds 64 MiB and computes."""
    code = "kept = bytearray(64 << 20); print('ready', flush=True)\nwhile True: kept[0] ^= 1"
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    assert process.stdout.readline() == b"ready\n"
    yield process
    process.stdout.close()
    process.kill()
    process.wait()
