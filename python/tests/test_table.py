"""All processes as columns: what data frames take is what the methods tell."""

import multiprocessing
import os
import subprocess
import sys

import pytest

import psoxide
from psoxide import _table

duckdb = pytest.importorskip("duckdb")
pandas = pytest.importorskip("pandas")
polars = pytest.importorskip("polars")
pyarrow = pytest.importorskip("pyarrow")

ATTRS = ["pid", "name", "username", "status", "cpu_times", "memory_info", "ppid", "create_time", "num_threads"]


@pytest.fixture
def child():
    code = "import time; print(flush=True); time.sleep(1000)"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as started:
        started.stdout.readline()
        yield started.pid
        started.kill()


def told(child):
    process = psoxide.Process(child)
    with process.oneshot():
        return {
            "pid": child,
            "name": process.name(),
            "username": process.username(),
            "ppid": os.getpid(),
            "create_time": process.create_time(),
            "num_threads": 1,
        }


def test_polars(child):
    frame = polars.DataFrame(psoxide.process_table(ATTRS))
    assert frame.columns == ATTRS
    assert frame["pid"].to_list() == sorted(frame["pid"].to_list())
    row = frame.row(by_predicate=polars.col("pid") == child, named=True)
    for name, value in told(child).items():
        assert row[name] == value, name
    assert row["cpu_times"].keys() == set(psoxide.Process().cpu_times()._fields)
    assert row["memory_info"]["rss"] > 0
    assert frame["memory_info"].struct.field("rss").dtype == polars.UInt64


def test_pyarrow(child):
    table = pyarrow.table(psoxide.process_table(ATTRS))
    assert table.column_names == ATTRS
    rows = {row["pid"]: row for row in table.to_pylist()}
    for name, value in told(child).items():
        assert rows[child][name] == value, name
    memory = table.schema.field("memory_info")
    assert memory.metadata[b"doc"]
    rss = memory.type.field(memory.type.get_field_index("rss"))
    assert rss.metadata[b"unit"] == b"bytes"
    # Arrow's own idea of a sound table.
    table.validate(full=True)


def test_pandas(child):
    frame = pandas.DataFrame.from_arrow(psoxide.process_table(["pid", "name"]))
    assert frame.set_index("pid")["name"][child] == psoxide.Process(child).name()


def test_duckdb(child):
    table = psoxide.process_table(ATTRS)
    columns = pyarrow.table(table)
    with duckdb.connect() as connection:
        query = "select name, memory_info.rss from columns where pid = ?"
        (found,) = connection.execute(query, [child]).fetchall()
    assert columns.num_rows == len(table)
    assert found[0] == psoxide.Process(child).name()
    assert found[1] > 0


def test_lists_and_maps(child):
    rows = pyarrow.table(psoxide.process_table(["pid", "cmdline", "environ"])).to_pylist()
    (row,) = (row for row in rows if row["pid"] == child)
    assert row["cmdline"] == psoxide.Process(child).cmdline()
    assert dict(row["environ"]) == psoxide.Process(child).environ()
    frame = polars.DataFrame(psoxide.process_table(["pid", "cmdline", "environ"]))
    assert child in frame["pid"]


def test_what_a_process_does_not_tell_is_null():
    rows = pyarrow.table(psoxide.process_table(["pid", "terminal", "cmdline"])).to_pylist()
    assert [row["pid"] for row in rows] == sorted(row["pid"] for row in rows)
    # The first is nobody's terminal's.
    assert rows[0]["terminal"] is None


def test_percents_are_of_the_time_between_two_calls():
    attrs = ["pid", "cpu_percent", "num_threads"]
    _table._tables.clear()
    first = pyarrow.table(psoxide.process_table(attrs)).to_pylist()
    second = pyarrow.table(psoxide.process_table(attrs)).to_pylist()
    own = [row["cpu_percent"] for rows in (first, second) for row in rows if row["pid"] == os.getpid()]
    assert own[0] is None
    assert own[1] >= 0


def test_names_that_are_no_attributes():
    with pytest.raises(ValueError, match="memory_info"):
        psoxide.process_table(["memory_inf"])


def test_the_usual_columns():
    table = psoxide.process_table()
    assert table.column_names[0] == "pid"
    assert len(table) > 0
    assert "processes" in repr(table)
    assert {"name", "memory_info"} <= set(table.column_names)


def test_nothing_is_kept_of_columns_that_are_dropped():
    for _ in range(3):
        psoxide.process_table(ATTRS)
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(50):
        table = psoxide.process_table(ATTRS)
        # Taken and not used, used, and only looked at.
        table.__arrow_c_stream__()
        table.__arrow_c_schema__()
        pyarrow.table(table)
    assert len(os.listdir("/proc/self/fd")) == before


def everybody(queue, rounds):
    seen = [{p.info["pid"] for p in psoxide.process_iter(["pid", "name"])} for _ in range(rounds)]
    queue.put(set.intersection(*seen))


def test_a_child_that_is_forked_reads_for_itself(child):
    # Both read at the same time, what was kept from before among it.
    for _ in range(3):
        assert child in {p.pid for p in psoxide.process_iter(["pid", "name"])}
    context = multiprocessing.get_context("fork")
    queue = context.Queue()
    forked = [context.Process(target=everybody, args=(queue, 30)) for _ in range(2)]
    for process in forked:
        process.start()
    while any(process.is_alive() for process in forked) and queue.empty():
        told = {p.pid for p in psoxide.process_iter(["pid", "name"])}
        assert {child, os.getpid()} <= told
    for _ in forked:
        assert {child, os.getpid()} <= queue.get(timeout=60)
    for process in forked:
        process.join()


def test_descriptors_are_kept_if_that_is_wanted(child):
    code = f"""
import os, psoxide
if os.geteuid() == 0:
    os.setgroups([])
    os.setresgid(65534, 65534, 65534)
    os.setresuid(65534, 65534, 65534)
held = lambda: len(os.listdir("/proc/self/fd"))
def told():
    return {{p.pid: p.info for p in psoxide.process_iter(["name", "memory_info", "username"])}}[{child}]
plain = told()
before = held()
assert told() == plain and held() == before
psoxide.process_iter.keep_descriptors(10)
assert told() == plain and told() == plain
assert before < held() <= before + 11, (before, held())
psoxide.process_iter.cache_clear()
assert held() < before + 2, (before, held())
psoxide.process_iter.keep_descriptors(0)
assert told() == plain and held() == before
try:
    psoxide.process_iter.keep_descriptors(-1)
except ValueError:
    print("done")
"""
    environment = {**os.environ, "PSOXIDE_BPF": "0"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=False)
    assert done.stdout == "done\n", done.stderr
