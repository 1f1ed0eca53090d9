"""Functions that run when the program ends, by itself or by a signal.

Python runs what `atexit` holds only at a clean end, and `signal.signal` forgets the handler that was there before. Here
neither is lost: what was registered before runs too, after what was registered later.
"""

import atexit
import os
import signal
import sys

_registered = set()
_executed = set()
_kept_handlers = set()


def _to_stderr(text):
    print(text, file=sys.stderr)


def _run_once(fun):
    if fun not in _executed:
        try:
            fun()
        finally:
            _executed.add(fun)


def _keep(handler, signum):
    """The handler that was there before runs at the end, whatever ends the program."""
    if callable(handler) and handler is not signal.default_int_handler and not hasattr(handler, "_exit_fun"):
        if handler not in _kept_handlers:
            _kept_handlers.add(handler)
            atexit.register(handler, signum, None)


def _register(fun, signals, logfun):
    if not callable(fun):
        raise TypeError(f"{fun!r} is not callable")
    signals = set(signals)
    if not signals:
        atexit.register(_run_once, fun)
        return fun
    if fun in _registered:
        return fun

    def end(signum, _frame):
        if logfun is not None:
            logfun(f"signal {signal.Signals(signum).name} received by process with PID {os.getpid()}")
        _run_once(fun)
        if signum == signal.SIGINT:
            raise KeyboardInterrupt
        sys.exit(signum)

    end._exit_fun = fun
    for signum in signals:
        _keep(signal.signal(signum, end), signum)
    # What is registered last runs first.
    atexit.register(_run_once, fun)
    _registered.add(fun)
    return fun


def register_exit_fun(fun=None, signals=[signal.SIGTERM], logfun=_to_stderr):  # noqa: B006
    """Run `fun` once when the program ends: by itself, or by one of the signals.

    A signal ends the program with the signal's number as its exit status (SIGINT with `KeyboardInterrupt`). Functions and
    handlers that were registered before run afterwards. `logfun` is given a line about the signal; `None` for none.
    Nothing runs at SIGKILL, SIGSTOP and `os._exit()`. Only the main thread may register signals.

    It is a function and a decorator, with and without parentheses:

        @register_exit_fun
        def cleanup(): ...
    """
    if os.name != "posix":
        raise NotImplementedError("register_exit_fun() needs POSIX signals")
    if fun is None:
        return lambda fun: _register(fun, signals, logfun)
    return _register(fun, signals, logfun)
