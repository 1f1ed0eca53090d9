"""The programs' own tests, from their sources, on psoxide: what passes with the real psutil passes."""

import os
import pathlib
import sys
import tarfile
import xml.etree.ElementTree

import pytest
from conftest import start

# The tests of each that reach psutil, and how many pass at least.
SUITES = {
    "glances": (["tests/test_core.py"], 45),
    "gpustat": (["gpustat/test_gpustat.py"], 10),
    "loky": (
        ["tests/test_loky_backend.py", "tests/test_loky_module.py", "-k", "kill_process_tree or psutil or physical"],
        3,
    ),
    "memory_profiler": (["test/test_memory_usage.py", "test/test_mprof.py", "test/test_exit_code.py"], 6),
    "psrecord": (["psrecord/tests"], 8),
    "pyperf": ([f"pyperf/tests/test_{name}.py" for name in ("metadata", "runner", "system", "utils")], 45),
    "pytest_xdist": (["testing/test_plugin.py"], 15),
    "s_tui": (
        [f"tests/test_{name}.py" for name in ("builtin_stress_menu", "cli", "helper_functions", "hooks", "stress_menu")],
        100,
    ),
}  # fmt: skip


def outcome(folder, arguments, real=False):
    """The names of the tests that passed, and of those that did not."""
    report = folder / ("psutil.xml" if real else "psoxide.xml")
    # A busy machine is no reason to end.
    pytest = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-o", "faulthandler_timeout=0"]
    done = start([*pytest, f"--junitxml={report}", *arguments], real=real, cwd=folder)
    assert report.exists(), done.out + done.err
    passed, failed = set(), set()
    for case in xml.etree.ElementTree.parse(report).iter("testcase"):
        name = f"{case.get('classname')}.{case.get('name')}"
        if case.find("failure") is not None or case.find("error") is not None:
            failed.add(name)
        elif case.find("skipped") is None:
            passed.add(name)
    return passed, failed, done.out


@pytest.mark.parametrize("program", SUITES)
def test_own_tests(program, tmp_path):
    arguments, least = SUITES[program]
    (archive,) = pathlib.Path(os.environ["SOURCES"]).glob(f"{program}-*.tar.gz")
    with tarfile.open(archive) as sources:
        sources.extractall(tmp_path)
    (folder,) = tmp_path.iterdir()
    passed, failed, told = outcome(folder, arguments)
    if failed:
        # This machine may lack what they need: then they fail with the real psutil, too.
        passed_there, _, _ = outcome(folder, arguments, real=True)
        assert not failed & passed_there, told
    assert len(passed) >= least, told
