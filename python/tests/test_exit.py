"""Functions that run when a program ends: each case is a program of its own."""

import signal
import subprocess
import sys

import pytest

HEAD = "import atexit, os, signal, sys, time\nfrom psoxide import register_exit_fun\n"
# Written past Python's buffer, for a handler that prints may not interrupt one that is being flushed.
WAIT = "\nos.write(1, b'ready\\n')\ntime.sleep(60)\n"
SAY = "def fun(): print('fun', flush=True)\n"


def run(code, sent=None):
    """The lines that the program printed, its exit status, and what it said to standard error."""
    started = subprocess.Popen(
        [sys.executable, "-c", HEAD + code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    if sent is not None:
        assert started.stdout.readline() == "ready\n"
        started.send_signal(sent)
    out, errors = started.communicate(timeout=30)
    return out.split(), started.returncode, errors


def test_it_runs_at_a_clean_end():
    assert run(SAY + "register_exit_fun(fun)")[:2] == (["fun"], 0)


def test_it_runs_at_a_signal_and_only_once():
    out, code, errors = run(SAY + "register_exit_fun(fun); register_exit_fun(fun)" + WAIT, signal.SIGTERM)
    assert (out, code) == (["fun"], signal.SIGTERM)
    assert "signal SIGTERM received by process with PID" in errors


def test_what_was_there_before_runs_afterwards():
    before = "atexit.register(lambda: print('atexit'))\nsignal.signal(signal.SIGTERM, lambda signum, frame: print('old', int(signum)))\n"
    out, code, _ = run(before + SAY + "register_exit_fun(fun)" + WAIT, signal.SIGTERM)
    assert (out, code) == (["fun", "old", "15", "atexit"], 15)


def test_two_functions_run_newest_first():
    code = SAY + "def other(): print('other', flush=True)\nregister_exit_fun(fun)\nregister_exit_fun(other)"
    assert run(code + WAIT, signal.SIGTERM)[:2] == (["other", "fun"], 15)


def test_other_signals_are_left_alone():
    assert run(SAY + "register_exit_fun(fun)" + WAIT, signal.SIGUSR1)[:2] == ([], -signal.SIGUSR1)


def test_an_interrupt_stays_one():
    out, code, errors = run(SAY + "register_exit_fun(fun, signals=[signal.SIGINT])" + WAIT, signal.SIGINT)
    assert (out, code) == (["fun"], -signal.SIGINT)
    assert "KeyboardInterrupt" in errors


def test_a_function_that_fails_counts_as_run():
    code = "def fun():\n    print('fun', flush=True)\n    1 / 0\nregister_exit_fun(fun, logfun=None)"
    out, code, errors = run(code + WAIT, signal.SIGTERM)
    assert (out, code) == (["fun"], 1)
    assert "ZeroDivisionError" in errors
    assert "received" not in errors


@pytest.mark.parametrize("form", ["@register_exit_fun", "@register_exit_fun()", "@register_exit_fun(signals=[])"])
def test_it_decorates(form):
    assert run(f"{form}\n{SAY}print(fun.__name__)")[:2] == (["fun", "fun"], 0)


def test_what_cannot_be_called_is_refused():
    import psoxide

    with pytest.raises(TypeError, match="5 is not callable"):
        psoxide.register_exit_fun(5)
