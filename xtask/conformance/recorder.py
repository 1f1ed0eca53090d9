"""A pytest plug-in that writes what became of each test to the file that `CONFORMANCE_RESULTS` names: its name, a tab
and `passed`, `failed` or `skipped`.
"""

import os
import signal

# The suite has SIGTERM raise SystemExit, and ends the workers of a pool by it. A worker that the signal reaches just before
# it waits for a lock waits for ever: Python looks for signals only before and after. Nothing that is tested needs the
# handler in a forked child, so these end by the signal itself. Where there are no signals, nothing forks.
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=lambda: signal.signal(signal.SIGTERM, signal.SIG_DFL))

_RANK = {"passed": 0, "skipped": 1, "failed": 2}
_results = {}


def pytest_configure(config):
    config.addinivalue_line("markers", "xdist_group(name): tests that must not run side by side")


def pytest_runtest_logreport(report):
    # Set-up, call, tear-down and subtests of one test come one by one: the worst of them counts.
    worst = _results.get(report.nodeid, "passed")
    if _RANK[report.outcome] >= _RANK[worst]:
        _results[report.nodeid] = report.outcome


def pytest_collectreport(report):
    if report.failed:
        _results[report.nodeid] = "failed"


def pytest_sessionfinish():
    with open(os.environ["CONFORMANCE_RESULTS"], "w", encoding="utf-8") as file:
        for name, outcome in sorted(_results.items()):
            file.write(f"{name}\t{outcome}\n")
