"""The command `psoxide` of the package, and programs that it runs with psoxide in psutil's place."""

import json
import os
import signal
import subprocess
import sys

import psoxide

COMMAND = [sys.executable, "-m", "psoxide"]


def run(*arguments, command=COMMAND, **options):
    return subprocess.run([*command, *arguments], capture_output=True, check=False, timeout=60, **options)


def test_the_command_answers():
    done = run("free", "--json")
    assert (done.returncode, done.stderr) == (0, b"")
    told = json.loads(done.stdout)
    assert psoxide.virtual_memory().total in {number for part in told.values() for number in part.values()}


def test_the_table_has_this_process():
    done = run("ps")
    assert done.returncode == 0
    assert str(os.getpid()).encode() in {line.split()[1] for line in done.stdout.splitlines()[1:]}


def test_help_is_of_psoxide_whatever_started_it():
    done = run("--help")
    assert done.returncode == 0
    assert b"Usage: psoxide " in done.stdout


def test_the_exit_status_tells(child):
    wrong = run("no-such-subcommand")
    assert (wrong.returncode, wrong.stdout) == (2, b"")
    assert b"Usage: psoxide " in wrong.stderr
    child.kill()
    child.wait()
    gone = run("procinfo", str(child.pid))
    assert (gone.returncode, gone.stdout) == (1, b"")
    assert gone.stderr.startswith(b"psoxide: ") and str(child.pid).encode() in gone.stderr


def test_arguments_need_not_be_utf_8(tmp_path):
    folder = os.fsencode(tmp_path) + b"/caf\xe9"
    os.mkdir(folder)
    done = run("--procfs", folder, "free")
    assert done.returncode == 1
    assert b"Usage" not in done.stderr


def test_a_closed_pipe_ends_it_quietly():
    read, write = os.pipe()
    os.close(read)
    with open(write, "wb") as closed:
        done = subprocess.run([*COMMAND, "ps"], stdout=closed, stderr=subprocess.PIPE, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, b"")


def test_ctrl_c_ends_it():
    code = (
        "import os, signal, sys; from psoxide import _psoxide, __main__;"
        "_psoxide.command = lambda _: os.kill(os.getpid(), signal.SIGINT); sys.argv = ['psoxide', 'ps']; __main__.main()"
    )
    done = run("-c", code, command=[sys.executable])
    assert (done.returncode, done.stderr) == (-signal.SIGINT, b"")


def test_the_package_installs_the_command():
    code = "import sys; sys.argv = ['/bin/psoxide', 'ps']; from psoxide.__main__ import main; main()"
    done = run("-c", code, command=[sys.executable])
    assert done.returncode == 0
    assert str(os.getpid()).encode() in done.stdout


def test_a_module_runs_with_psoxide_as_psutil(tmp_path):
    (tmp_path / "prog_of_mine.py").write_text("import psutil, sys; print(psutil.__file__, sys.argv[1:], __name__)")
    done = run("run", "-m", "prog_of_mine", "-x", cwd=tmp_path)
    assert done.stdout.decode().strip() == f"{psoxide.__file__} ['-x'] __main__", done.stderr


def test_nothing_to_run_is_an_error():
    for arguments in (["run"], ["run", "-m"]):
        done = run(*arguments)
        assert (done.returncode, done.stdout) == (1, b"")
        assert done.stderr.startswith(b"usage: psoxide run ")
