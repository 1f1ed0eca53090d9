"""Bytes that are no text in the file system's encoding come back as they were, from every call that tells text."""

import os
import shutil
import socket
import subprocess
import sys
import time

import pytest

import psoxide

ODD = b"\xff\xfe odd \xe9\xc3"


@pytest.fixture
def odd(tmp_path):
    """A program of an odd name in a folder of an odd name that has an odd file open, with odd words to it."""
    folder = os.fsencode(tmp_path) + b"/" + ODD
    os.mkdir(folder)
    program = folder + b"/p" + ODD
    shutil.copy(shutil.which("sleep"), program)
    with open(folder + b"/file", "wb") as file:
        process = subprocess.Popen(
            [program, b"100000", b"0" + b""], cwd=folder, env={b"NAME": ODD, b"N" + ODD: b"value"}, stdout=file
        )
    told = psoxide.Process(process.pid)
    # A program that is being started has its path before its words.
    while not told.cmdline():
        time.sleep(0.001)
    yield told, folder, program
    process.kill()
    process.wait()


def test_a_process_of_odd_names(odd):
    process, folder, program = odd
    assert os.fsencode(process.exe()) == program
    assert os.fsencode(process.cwd()) == folder
    assert os.fsencode(process.name()) == b"p" + ODD
    assert [os.fsencode(word) for word in process.cmdline()] == [program, b"100000", b"0"]
    environment = {os.fsencode(name): os.fsencode(value) for name, value in process.environ().items()}
    assert environment[b"NAME"] == ODD and environment[b"N" + ODD] == b"value"
    assert folder + b"/file" in [os.fsencode(file.path) for file in process.open_files()]
    assert program in [os.fsencode(mapping.path) for mapping in process.memory_maps()]
    assert program in [os.fsencode(mapping.path) for mapping in process.memory_maps(grouped=False)]
    assert repr(os.fsdecode(b"p" + ODD)) in repr(process)


def test_the_same_from_the_table_of_all(odd):
    process, folder, program = odd
    names = ["name", "cmdline", "exe", "cwd", "environ", "open_files"]
    told = {one.pid: one.info for one in psoxide.process_iter(names)}[process.pid]
    assert os.fsencode(told["name"]) == b"p" + ODD
    assert os.fsencode(told["exe"]) == program == os.fsencode(told["cmdline"][0])
    assert os.fsencode(told["cwd"]) == folder
    assert os.fsencode(told["environ"]["NAME"]) == ODD
    assert process.as_dict(names) == told


def test_sockets_and_disks_of_odd_paths(tmp_path):
    path = os.fsencode(tmp_path) + b"/" + ODD
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(path)
        server.listen()
        mine = [os.fsencode(one.laddr) for one in psoxide.Process().net_connections("unix")]
        assert path in mine
        everyone = {os.fsencode(one.laddr): one for one in psoxide.net_connections("unix")}
        assert path in everyone
    folder = path + b"/folder"
    os.remove(path)
    os.makedirs(folder)
    assert psoxide.disk_usage(os.fsdecode(folder)).total == psoxide.disk_usage(folder).total > 0
    with pytest.raises(FileNotFoundError) as refused:
        psoxide.disk_usage(folder + ODD)
    assert refused.value.filename == folder + ODD


def test_mounts_of_odd_paths(tmp_path, monkeypatch):
    (tmp_path / "self").mkdir()
    (tmp_path / "filesystems").write_text("\text4\n")
    lines = b"/dev/\xff /mnt/a\\040b\xfe ext4 rw,o=\xe9 0 0\n"
    for name in ("self/mounts", "mounts"):
        (tmp_path / name).write_bytes(lines)
    monkeypatch.setattr(psoxide, "PROCFS_PATH", str(tmp_path))
    (part,) = psoxide.disk_partitions(all=True)
    assert os.fsencode(part.device) == b"/dev/\xff"
    assert os.fsencode(part.mountpoint) == b"/mnt/a b\xfe"
    assert os.fsencode(part.opts) == b"rw,o=\xe9"


@pytest.mark.parametrize("encoding", [{"PYTHONUTF8": "0", "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0"}, {"PYTHONUTF8": "1"}])
def test_other_encodings_of_the_file_system(odd, encoding):
    process, folder, program = odd
    code = (
        "import os, psoxide, sys; told = psoxide.Process(int(sys.argv[1]));"
        "sys.stdout.buffer.write(b'\\n'.join(map(os.fsencode,"
        "[told.name(), told.exe(), told.cwd(), told.cmdline()[0], told.environ()['NAME']])))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(process.pid)], capture_output=True, env={**os.environ, **encoding}, check=True
    )
    assert done.stdout.split(b"\n") == [b"p" + ODD, program, folder, program, ODD]
