"""Every public function and method with arguments that it can be called with again and again, for the tests that are
about all of them: nothing leaks, threads do not disturb each other, the interpreter's lock is let go.

`missing()` names what the tables lack; those tests fail then.
"""

import asyncio
import inspect
import os
import signal
import subprocess

# What is public and no question to the kernel.
NO_QUESTION = {
    "BatteryTime", "Error", "NicDuplex", "NoSuchProcess", "ProcessIOPriority", "TimeoutExpired", "ZombieProcess",
    "AccessDenied", "bytes2human", "debug", "install_as_psutil", "register_exit_fun",
}  # fmt: skip


class Subjects:
    """A process that sleeps and one that has ended and is not waited for: every signal can be sent to that."""

    def __enter__(self):
        self.sleeper = subprocess.Popen(["sleep", "100000"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        # `Popen` comes back when the program runs.
        self.ended = os.fork()
        if self.ended == 0:
            os._exit(0)
        os.waitid(os.P_PID, self.ended, os.WEXITED | os.WNOWAIT)
        return self

    def __exit__(self, *_):
        self.sleeper.kill()
        self.sleeper.wait()
        os.waitpid(self.ended, 0)


def _exhaust(iterator):
    for _ in iterator:
        pass


def _raises(exception, call):
    try:
        call()
    except exception:
        return
    raise AssertionError(f"{exception.__name__} was not raised")


def _program(package):
    with package.Popen(["true"]) as child:
        child.wait()


def of_the_machine(package, subjects):
    """The functions, by the text of the call."""
    sleeper = package.Process(subjects.sleeper.pid)
    cpus, disks, nics = package.CpuSampler(), package.DiskIoSampler(), package.NetIoSampler()
    share = package.CpuPercent(sleeper)
    return {
        "boot_time()": package.boot_time,
        "cpu_count()": package.cpu_count,
        "cpu_count(logical=False)": lambda: package.cpu_count(logical=False),
        "cpu_freq()": package.cpu_freq,
        "cpu_freq(percpu=True)": lambda: package.cpu_freq(percpu=True),
        "cpu_percent()": package.cpu_percent,
        "cpu_percent(percpu=True)": lambda: package.cpu_percent(percpu=True),
        "cpu_stats()": package.cpu_stats,
        "cpu_times()": package.cpu_times,
        "cpu_times(percpu=True)": lambda: package.cpu_times(percpu=True),
        "cpu_times_percent()": package.cpu_times_percent,
        "cpu_times_percent(percpu=True)": lambda: package.cpu_times_percent(percpu=True),
        "disk_io_counters()": package.disk_io_counters,
        "disk_io_counters(perdisk=True)": lambda: package.disk_io_counters(perdisk=True),
        "disk_partitions()": package.disk_partitions,
        "disk_partitions(all=True)": lambda: package.disk_partitions(all=True),
        "disk_usage('/')": lambda: package.disk_usage("/"),
        "getloadavg()": package.getloadavg,
        "heap_info()": package.heap_info,
        "heap_trim()": package.heap_trim,
        "net_connections('all')": lambda: package.net_connections("all"),
        "net_if_addrs()": package.net_if_addrs,
        "net_if_stats()": package.net_if_stats,
        "net_io_counters()": package.net_io_counters,
        "net_io_counters(pernic=True)": lambda: package.net_io_counters(pernic=True),
        "pid_exists()": lambda: package.pid_exists(subjects.sleeper.pid),
        "pids()": package.pids,
        "process_iter()": lambda: _exhaust(package.process_iter()),
        "process_iter(attrs)": lambda: _exhaust(package.process_iter(["name", "cpu_times", "memory_info", "username"])),
        "process_table(attrs)": lambda: package.process_table(["name", "cpu_times", "memory_info", "username"]),
        "process_iter.cache_clear()": package.process_iter.cache_clear,
        "sensors_battery()": package.sensors_battery,
        "sensors_fans()": package.sensors_fans,
        "sensors_temperatures()": package.sensors_temperatures,
        "swap_memory()": package.swap_memory,
        "users()": package.users,
        "virtual_memory()": package.virtual_memory,
        "wait_procs(timeout=0)": lambda: package.wait_procs([sleeper], timeout=0),
        "Popen()": lambda: _program(package),
        "Process()": package.Process,
        "Process(of nobody)": lambda: _raises(package.NoSuchProcess, lambda: package.Process((1 << 31) - 1)),
        "CpuPercent()": lambda: package.CpuPercent(sleeper).sample(),
        "CpuPercent.sample()": share.sample,
        "CpuSampler()": package.CpuSampler,
        "CpuSampler.percent()": cpus.percent,
        "CpuSampler.percent_per_cpu()": cpus.percent_per_cpu,
        "CpuSampler.times_percent()": cpus.times_percent,
        "CpuSampler.times_percent_per_cpu()": cpus.times_percent_per_cpu,
        "DiskIoSampler()": package.DiskIoSampler,
        "DiskIoSampler.sample()": disks.sample,
        "NetIoSampler()": package.NetIoSampler,
        "NetIoSampler.sample()": nics.sample,
    }


def _oneshot(process):
    with process.oneshot():
        process.name()
        process.cpu_times()
        process.memory_info()


def of_a_process(package, subjects):
    """The methods of `Process`, by the text of the call."""
    process = package.Process(subjects.sleeper.pid)
    ended = package.Process(subjects.ended)
    cpus = process.cpu_affinity()
    nice = process.nice()
    files = process.rlimit(package.RLIMIT_NOFILE)
    calls = {
        name: getattr(process, name)
        for name in (
            "as_dict", "children", "cmdline", "cpu_affinity", "cpu_num", "cpu_percent", "cpu_times", "cwd", "environ",
            "exe", "gids", "io_counters", "ionice", "is_running", "memory_footprint", "memory_full_info",
            "memory_info", "memory_info_ex", "memory_maps", "memory_percent", "name", "net_connections", "nice",
            "num_ctx_switches", "num_fds", "num_threads", "open_files", "page_faults", "parent", "parents", "ppid",
            "status", "terminal", "threads", "uids", "username",
        )
    }  # fmt: skip
    calls = {f"Process.{name}()": call for name, call in calls.items()}
    calls.update({
        "Process.children(recursive=True)": lambda: process.children(recursive=True),
        # Asked anew: an object remembers its start and its program.
        "Process.create_time()": lambda: package.Process(subjects.sleeper.pid).create_time(),
        "Process.exe() of another object": lambda: package.Process(subjects.sleeper.pid).exe(),
        "Process.cmdline() of a zombie": lambda: _raises(package.ZombieProcess, ended.cmdline),
        "Process.cpu_affinity(cpus)": lambda: process.cpu_affinity(cpus),
        "Process.ionice(ioclass, value)": lambda: process.ionice(package.IOPRIO_CLASS_BE, 4),
        "Process.memory_maps(grouped=False)": lambda: process.memory_maps(grouped=False),
        "Process.net_connections('all')": lambda: process.net_connections("all"),
        "Process.nice(value)": lambda: process.nice(nice),
        "Process.oneshot()": lambda: _oneshot(process),
        "Process.rlimit(resource)": lambda: process.rlimit(package.RLIMIT_NOFILE),
        "Process.rlimit(resource, limits)": lambda: process.rlimit(package.RLIMIT_NOFILE, files),
        "Process.wait(timeout=0)": lambda: _raises(package.TimeoutExpired, lambda: process.wait(timeout=0)),
        "Process.wait_async(timeout=0)": lambda: _raises(
            package.TimeoutExpired, lambda: asyncio.run(process.wait_async(timeout=0), debug=False)
        ),
        "Process.kill()": ended.kill,
        "Process.resume()": ended.resume,
        "Process.send_signal(SIGCONT)": lambda: ended.send_signal(signal.SIGCONT),
        "Process.suspend()": ended.suspend,
        "Process.terminate()": ended.terminate,
    })  # fmt: skip
    return calls


# Of the extension module, what is no question to the kernel.
NATIVE_NO_QUESTION = {
    "attributes", "busy_percent", "fields", "probes", "process_percent", "resources", "share_percents", "total", "went_on",
    "Process._name", "Process._procfs_path", "Process.pid", "Columns.column_names", "Table.close",
}  # fmt: skip


def of_the_extension(package, subjects):
    """What the package asks of Rust, by name."""
    native = package._psoxide
    proc = package.PROCFS_PATH
    pid = subjects.sleeper.pid
    process, ended = native.Process(pid, proc), native.Process(subjects.ended, proc)
    for one in (process, ended):
        one.start()
    cpus, disks, nics = native.CpuSampler(proc), native.DiskIoSampler(proc), native.NetIoSampler(proc)
    share = native.CpuPercent(proc, pid, process.start())
    table = native.Table(proc, ["name"])
    soft, hard = process.rlimit_get("RLIMIT_NOFILE")
    affinity, nice = process.cpu_affinity_get(), process.nice_get()

    def enter():
        process.oneshot_enter()
        process.oneshot_exit()

    calls = {
        name: (lambda call=getattr(native, name): call(proc))
        for name in (
            "boot_time", "cpu_count_cores", "cpu_count_logical", "cpu_freq", "cpu_sample", "cpu_stats", "cpu_times",
            "disk_io_counters", "net_if_stats", "net_io_counters", "per_cpu_times", "pids", "ppid_map", "swap_memory",
            "virtual_memory",
        )
    }  # fmt: skip
    for name in ("getloadavg", "heap_info", "heap_trim", "net_if_addrs", "sensors_battery", "sensors_fans",
                 "sensors_temperatures"):  # fmt: skip
        calls[name] = getattr(native, name)
    calls.update({
        "children": lambda: native.children(proc, os.getpid(), True),
        "disk_partitions": lambda: native.disk_partitions(proc, True),
        "disk_usage": lambda: native.disk_usage("/"),
        "net_connections": lambda: native.net_connections(proc, "all"),
        "pid_exists": lambda: native.pid_exists(proc, pid),
        "users": lambda: native.users("localhost"),
        # Of Windows alone.
        "services": lambda: _raises(NotImplementedError, native.services),
        "service": lambda: _raises(NotImplementedError, lambda: native.service("name")),
        "Process.num_handles": lambda: _raises(NotImplementedError, process.num_handles),
        "Table.read": lambda: table.read({}, native.Process, None, True, True),
        "Table.columns": table.columns,
        "command": lambda: native.command(["psoxide", "free"]),
        "CpuPercent.sample": share.sample,
        "CpuSampler.percent": cpus.percent,
        "CpuSampler.percent_per_cpu": cpus.percent_per_cpu,
        "CpuSampler.times_percent": cpus.times_percent,
        "CpuSampler.times_percent_per_cpu": cpus.times_percent_per_cpu,
        "DiskIoSampler.sample_parts": disks.sample_parts,
        "NetIoSampler.sample_parts": nics.sample_parts,
    })  # fmt: skip
    for name in (
        "cmdline", "cpu_affinity_get", "cpu_num", "cpu_times", "create_time", "cwd", "environ", "exe", "gids",
        "io_counters", "ionice_get", "memory_footprint", "memory_full_info", "memory_info", "memory_info_ex", "name",
        "nice_get", "num_ctx_switches", "num_fds", "num_threads", "open_files", "page_faults", "ppid", "start",
        "start_now", "status", "terminal", "threads", "uids", "username",
    ):  # fmt: skip
        calls[f"Process.{name}"] = getattr(process, name)
    calls.update({
        "Process.oneshot_enter": enter,
        "Process.oneshot_exit": enter,
        "Process.ppid_if_started": lambda: process.ppid_if_started(process.start()),
        "Process.cpu_affinity_set": lambda: process.cpu_affinity_set(affinity),
        "Process.ionice_set": lambda: process.ionice_set(2, 4),
        "Process.memory_maps": lambda: process.memory_maps(False),
        "Process.net_connections": lambda: process.net_connections("all"),
        "Process.nice_set": lambda: process.nice_set(nice),
        "Process.rlimit_get": lambda: process.rlimit_get("RLIMIT_NOFILE"),
        "Process.rlimit_set": lambda: process.rlimit_set("RLIMIT_NOFILE", soft, hard),
        "Process.send_signal": lambda: ended.send_signal(signal.SIGCONT),
        "Process.kill": ended.kill,
        "Process.resume": ended.resume,
        "Process.suspend": ended.suspend,
        "Process.terminate": ended.terminate,
        "Process.wait_for_end": lambda: _raises(package.TimeoutExpired, lambda: process.wait_for_end(0.0)),
    })  # fmt: skip
    return calls


def _first_words(calls):
    return {text.partition("(")[0] for text in calls}


def missing(package, subjects):
    """Public functions, methods and calls into Rust that no table has."""
    names = {*package.__all__, *dir(package), *package._names.NEWER}
    functions = {name for name in names if _is_call(getattr(package, name))}
    public = {name for name in functions if not name.startswith("_")} - NO_QUESTION
    lacking = public - _first_words(of_the_machine(package, subjects))
    # The old name of another method, and what is no question.
    methods = {f"Process.{name}" for name in dir(package.Process) if not name.startswith("_")}
    methods -= {"Process.pid", "Process.attrs", "Process.info", "Process.connections"}
    lacking |= methods - _first_words(of_a_process(package, subjects))
    native = package._psoxide
    calls = set()
    for name in dir(native):
        value = getattr(native, name)
        if inspect.isclass(value):
            calls |= {f"{name}.{method}" for method in vars(value) if not method.startswith("__")}
        elif callable(value):
            calls.add(name)
    lacking |= calls - NATIVE_NO_QUESTION - set(of_the_extension(package, subjects))
    return sorted(lacking)


def _is_call(value):
    return callable(value) and not inspect.ismodule(value)
