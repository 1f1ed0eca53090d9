"""The programs at their work, beside the real psutil or the kernel's own figures."""

import json
import os
import re
import signal
import subprocess
import sys
import textwrap
import time


def near(one, other, share):
    return abs(one - other) <= share * max(abs(one), abs(other))


def meminfo(name):
    with open("/proc/meminfo") as lines:
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{name}:"))


def resident(pid):
    with open(f"/proc/{pid}/statm") as line:
        return int(line.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def test_glances_shows_the_machine(run):
    command = ("glances", "--stdout-json", "mem,processcount,fs,uptime,cpu", "--time", "1", "--stop-after", "2")
    told, theirs = (
        [json.loads(line) for line in run(*command, real=real).out.splitlines() if line.startswith("{")]
        for real in (False, True)
    )

    def last(rounds, name):
        return [entry[name] for entry in rounds if name in entry][-1]

    memory = last(told, "mem")
    assert memory["total"] == meminfo("MemTotal") == last(theirs, "mem")["total"]
    assert near(memory["available"], meminfo("MemAvailable"), 0.2)
    assert last(told, "processcount")["total"] >= 1
    mounts = {entry["mnt_point"]: entry["size"] for entry in last(told, "fs")}
    assert mounts == {entry["mnt_point"]: entry["size"] for entry in last(theirs, "fs")}
    assert 0 <= last(told, "cpu")["total"] <= 100
    assert last(told, "cpu").keys() == last(theirs, "cpu").keys()


def test_psrecord_records_a_process(run, busy, tmp_path):
    log = tmp_path / "log"
    run("psrecord", str(busy.pid), "--log", str(log), "--interval", "0.2", "--duration", "1.5")
    rows = [[float(cell) for cell in line.split()] for line in log.read_text().splitlines()[1:]]
    assert len(rows) >= 3
    assert all(near(row[2] * 2**20, resident(busy.pid), 0.05) for row in rows)
    # It computes all the time; how much of a CPU it gets is the machine's affair.
    assert all(row[1] > 0 for row in rows[1:])


def test_memory_profiler_sees_what_is_allocated(run, tmp_path, python):
    script = tmp_path / "script.py"
    script.write_text(
        textwrap.dedent("""
        from memory_profiler import profile, memory_usage
        @profile(precision=1)
        def work():
            block = bytearray(80 << 20)
            del block
        work()
        usage = memory_usage((lambda: bytearray(80 << 20), ()), interval=0.01, max_usage=True)
        print("peak", usage)
        """)
    )
    told = run(python, str(script)).out
    grown = [float(number) for number in re.findall(r"(-?[\d.]+) MiB +(?:1 +)?(?:block|del)", told)]
    increments = [float(number) for number in re.findall(r"MiB +(-?[\d.]+) MiB +1 +(?:block|del)", told)]
    assert grown or increments, told
    assert max(increments) >= 79, told
    assert min(increments) <= -79, told
    assert float(re.search(r"peak ([\d.]+)", told).group(1)) >= 80


def test_mprof_records_a_program(run, tmp_path, python):
    script = "import time; block = bytearray(100 << 20); time.sleep(1)"
    run("mprof", "run", "--interval", "0.05", "--output", "usage.dat", python, "-c", script, cwd=tmp_path)
    told = run("mprof", "peak", "usage.dat", cwd=tmp_path).out
    assert 100 <= float(re.search(r"([\d.]+) MiB", told).group(1)) <= 200


def test_pyperf_describes_the_machine(run, python):
    command = (python, "-m", "pyperf", "collect_metadata")
    told, theirs = (
        dict(re.findall(r"^- (\w+): (.*)$", run(*command, real=real).out, re.M)) for real in (False, True)
    )
    assert told.keys() == theirs.keys()
    for name in ("boot_time", "cpu_count", "cpu_affinity", "cpu_model_name", "hostname", "platform"):
        assert told.get(name) == theirs.get(name), name
    assert "boot_time" in told


def test_loky_ends_a_tree_of_processes(run, python):
    told = run(python, "-c", textwrap.dedent("""
        import subprocess, sys, types
        import loky.backend.utils as utils
        assert utils.psutil.__name__ == "psoxide"
        inner = "import time; print('ready', flush=True); time.sleep(600)"
        outer = f"import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', {inner!r}]); time.sleep(600)"
        parent = subprocess.Popen([sys.executable, "-c", outer], stdout=subprocess.PIPE, text=True)
        assert parent.stdout.readline() == "ready\\n"
        family = [utils.psutil.Process(parent.pid), *utils.psutil.Process(parent.pid).children(recursive=True)]
        assert len(family) == 2
        parent.join = parent.wait
        utils.kill_process_tree(parent)
        gone, alive = utils.psutil.wait_procs(family, timeout=20)
        print(len(gone), len(alive))
        """)).out  # fmt: skip
    assert told.split() == ["2", "0"]


def test_mirakuru_starts_and_ends_a_family(run, python):
    told = run(python, "-c", textwrap.dedent("""
        import os, time
        from mirakuru import OutputExecutor
        script = "sleep 600 & echo begun; wait"
        executor = OutputExecutor(["sh", "-c", script], banner="begun", timeout=60)
        with executor:
            children = executor.running() and executor.process.pid
            print(executor.running())
        print(executor.running(), os.path.exists(f"/proc/{children}"))
        """)).out  # fmt: skip
    assert told.split() == ["True", "False", "False"]


def test_xdist_starts_a_worker_for_each_cpu(run, python, tmp_path):
    (tmp_path / "test_which.py").write_text("def test_it(worker_id): assert worker_id != 'master'\n")
    command = (python, "-m", "pytest", "-p", "no:cacheprovider", "-v", "-n", "logical", "test_which.py")
    told, theirs = (re.search(r"(\d+) workers?", run(*command, real=real, cwd=tmp_path).out) for real in (False, True))
    assert int(told.group(1)) == int(theirs.group(1)) >= 1


def test_ipykernel_tells_its_use(run, python):
    told = run(python, "-c", textwrap.dedent("""
        import json
        from jupyter_client.manager import start_new_kernel
        manager, client = start_new_kernel()
        client.control_channel.send(client.session.msg("usage_request", {}))
        answer = client.control_channel.get_msg(timeout=60)["content"]
        print(json.dumps(answer))
        client.stop_channels()
        manager.shutdown_kernel(now=True)
        """)).out  # fmt: skip
    answer = json.loads(told.splitlines()[-1])
    assert answer["kernel_memory"] > 10 << 20
    assert answer["host_virtual_memory"]["total"] == meminfo("MemTotal")
    assert answer["cpu_count"] == os.cpu_count()
    assert answer["pid"] > 0


def test_distributed_watches_its_workers(run, python):
    told = run(python, "-c", textwrap.dedent("""
        import json, os
        from distributed import Client, LocalCluster
        if __name__ == "__main__":
            with LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=None) as cluster:
                with Client(cluster) as client:
                    pid = client.submit(os.getpid).result()
                    client.run(lambda dask_worker: dask_worker.monitor.update())
                    recent = client.run(lambda dask_worker: dask_worker.monitor.recent())
                    rss = client.run(lambda dask_worker: dask_worker.monitor.get_process_memory())
                    print(json.dumps([pid, list(recent.values())[0], list(rss.values())[0]]))
        """)).out  # fmt: skip
    pid, recent, memory = json.loads(told.splitlines()[-1])
    assert pid != os.getpid()
    assert near(recent["memory"], memory, 0.2) and memory > 10 << 20
    assert recent["num_fds"] > 3 and recent["cpu"] >= 0


CIRCUS = """
[circus]
endpoint = ipc://{folder}/endpoint
pubsub_endpoint = ipc://{folder}/pubsub
[watcher:sleeper]
cmd = sleep 600
numprocesses = 2
"""


def test_circus_watches_and_ends_its_programs(run, tmp_path):
    settings = tmp_path / "circus.ini"
    settings.write_text(CIRCUS.format(folder=tmp_path))
    bin = os.path.dirname(sys.executable)
    daemon = subprocess.Popen([f"{bin}/circusd", str(settings)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        ask = ("circusctl", "--endpoint", f"ipc://{tmp_path}/endpoint", "--timeout", "20")
        deadline = time.monotonic() + 60
        while True:
            told = run(*ask, "stats", "sleeper").out
            found = re.findall(r"(\d+)\s+sleep\s", told) or re.findall(r"^\s*(\d+):", told, re.M)
            if len(found) == 2:
                break
            assert time.monotonic() < deadline, told
            time.sleep(0.05)
        for pid in found:
            with open(f"/proc/{pid}/stat") as stat:
                assert int(stat.read().rpartition(")")[2].split()[1]) == daemon.pid
        run(*ask, "quit", "--waiting")
        assert daemon.wait(timeout=60) == 0
        assert not any(os.path.exists(f"/proc/{pid}") for pid in found)
    finally:
        daemon.send_signal(signal.SIGKILL)
        daemon.wait()


def test_s_tui_prints_its_sensors(run):
    told, theirs = (json.loads(run("s-tui", "--json", real=real).out) for real in (False, True))
    assert told.keys() == theirs.keys() and told
    for name in ("Frequency", "Util"):
        assert told[name].keys() == theirs[name].keys(), name
    assert all(0 <= float(percent) <= 100 for percent in told["Util"].values())
