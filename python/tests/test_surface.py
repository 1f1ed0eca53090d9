"""The names, signatures, fields and constants are psutil's, in psutil's order."""

import inspect
import pickle
import subprocess
import sys

import pytest

import psoxide

NEWER = {"wait_async", "attrs", "memory_footprint", "memory_info_ex", "page_faults"}


def test_all_is_psutils(psutil):
    assert psoxide.__all__ == psutil.__all__
    for name in psoxide.__all__:
        assert hasattr(psoxide, name), name
        assert name in dir(psoxide), name


def test_signatures_are_psutils(psutil):
    for name in psutil.__all__:
        theirs = getattr(psutil, name)
        if inspect.isfunction(theirs):
            assert inspect.signature(getattr(psoxide, name)) == inspect.signature(theirs), name


def test_process_has_psutils_methods(psutil):
    for cls in ("Process", "Popen"):
        theirs = getattr(psutil, cls)
        ours = getattr(psoxide, cls)
        public = {name for name in dir(theirs) if not name.startswith("_")}
        assert {name for name in dir(ours) if not name.startswith("_")} - NEWER == public
        for name in public:
            method = getattr(theirs, name)
            if inspect.isfunction(method):
                assert inspect.signature(getattr(ours, name)) == inspect.signature(method), name


def test_tuples_have_psutils_fields(psutil):
    from psoxide import _ntuples

    theirs = {name: cls for name, cls in vars(psutil._ntuples).items() if hasattr(cls, "_fields")}
    theirs["scputimes"] = psutil._pslinux.scputimes
    assert len(theirs) > 25
    for name, cls in theirs.items():
        ours = getattr(_ntuples, name)
        assert ours._fields == cls._fields, name
        assert ours.__name__ == name


def test_constants_have_psutils_values(psutil):
    for name in psutil.__all__:
        theirs = getattr(psutil, name)
        if not callable(theirs) and name not in ("PROCFS_PATH",):
            ours = getattr(psoxide, name)
            assert ours == theirs, name
            assert str(ours) == str(theirs), name
            assert repr(ours) == repr(theirs), name
            assert hash(ours) == hash(theirs), name


def test_results_can_be_pickled():
    results = [
        psoxide.virtual_memory(),
        psoxide.cpu_times(),
        psoxide.Process().memory_info(),
        psoxide.net_if_addrs(),
        psoxide.Process().ionice(),
    ]
    for result in results:
        copy = pickle.loads(pickle.dumps(result))
        assert copy == result
        assert type(copy) is type(result)


EXCEPTIONS = [
    ("Error", ()),
    ("NoSuchProcess", (1,)),
    ("NoSuchProcess", (1, "name", "message")),
    ("NoSuchProcess", (0,)),
    ("ZombieProcess", (1, "name", 2)),
    ("ZombieProcess", (1, None, None, "message")),
    ("AccessDenied", ()),
    ("AccessDenied", (1, "name")),
    ("AccessDenied", (None, None, "message")),
    ("TimeoutExpired", (5,)),
    ("TimeoutExpired", (0, 1, "name")),
]


@pytest.mark.parametrize("name, arguments", EXCEPTIONS)
def test_exceptions_are_told_as_psutil_tells_them(psutil, name, arguments):
    theirs = getattr(psutil, name)(*arguments)
    ours = getattr(psoxide, name)(*arguments)
    assert str(ours) == str(theirs)
    assert repr(ours).replace("psoxide.", "psutil.") == repr(theirs)
    assert ours.args == theirs.args
    for attribute, value in vars(theirs).items():
        assert getattr(ours, attribute) == value, attribute
    copy = pickle.loads(pickle.dumps(ours))
    assert type(copy) is type(ours)
    assert vars(copy) == vars(ours)
    ours.note = "kept"
    assert pickle.loads(pickle.dumps(ours)).note == "kept"


def test_exceptions_are_related_as_psutils(psutil):
    for name in ("Error", "NoSuchProcess", "ZombieProcess", "AccessDenied", "TimeoutExpired"):
        theirs = [cls.__name__ for cls in getattr(psutil, name).__mro__]
        assert [cls.__name__ for cls in getattr(psoxide, name).__mro__] == theirs


def run(code):
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_it_stands_in_for_psutil():
    code = """
import psoxide; psoxide.install_as_psutil()
import psutil, pickle
from psutil import _common, _ntuples, _pslinux, _psposix, _psutil_linux
assert psutil is psoxide and psutil._common is psoxide._common
assert repr(psutil.Process()).startswith('psutil.Process(pid='), psutil.Process()
assert repr(psutil.NoSuchProcess(1)).startswith('psutil.NoSuchProcess(')
assert type(pickle.loads(pickle.dumps(psutil.NoSuchProcess(1)))) is psutil.NoSuchProcess
assert 'install_as_psutil' not in dir(psutil)
exec('from psutil import *')
print(Process, _pslinux.scputimes is _ntuples.scputimes)
"""
    assert run(code) == "<class 'psutil.Process'> True"


def test_a_second_copy_has_classes_and_memories_of_its_own():
    code = """
import importlib.util, psoxide
spec = importlib.util.find_spec('psoxide')
copy = importlib.util.module_from_spec(spec)
spec.loader.exec_module(copy)
assert copy.Process is not psoxide.Process
assert copy._last_cpu_times is not psoxide._last_cpu_times
assert copy._pmap is not psoxide._pmap
assert copy.NoSuchProcess is psoxide.NoSuchProcess
assert copy.Process().memory_info().rss > 0
print(next(copy.process_iter()).__class__ is copy.Process)
"""
    assert run(code) == "True"


def test_a_program_runs_with_psoxide_as_psutil(tmp_path):
    script = tmp_path / "program.py"
    script.write_text("import psutil, sys\nprint(psutil.__file__, sys.argv[1:], __name__)\n")
    done = subprocess.run(
        [sys.executable, "-m", "psoxide", "run", str(script), "-x", "y"], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == f"{psoxide.__file__} ['-x', 'y'] __main__"


def test_importing_leaves_the_costly_modules_out():
    code = """
import sys
before = set(sys.modules)
import psoxide
loaded = set(sys.modules) - before
print(sorted(loaded & {'socket', 'subprocess', 'enum', 'collections', 'functools', 're', 'threading', 'typing', 'signal'}))
"""
    done = subprocess.run([sys.executable, "-S", "-c", f"import sys; sys.path[:] = {sys.path!r}\n{code}"],
                          capture_output=True, text=True, check=True)  # fmt: skip
    assert done.stdout.strip() == "[]"


def test_methods_of_later_psutils_are_there():
    process = psoxide.Process()
    assert process.memory_footprint()._fields == ("uss", "pss", "swap")
    assert process.page_faults().minor > 0
    assert process.memory_info_ex().peak_rss >= process.memory_info().rss // 2
    assert psoxide.bytes2human(10000) == "9.8K"
    assert NEWER - {"attrs", "wait_async"} <= psoxide.Process.attrs


def test_a_subclass_can_be_abstract():
    import abc

    class Watched(psoxide.Process, abc.ABC):
        @abc.abstractmethod
        def report(self): ...

    with pytest.raises(TypeError):
        Watched()
