"""Samplers own both ends of their interval."""

import os
import threading
import time

import psoxide
import pytest


def work(seconds):
    """Uses CPU time, as the clock of this thread tells it."""
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        pass


def test_cpus():
    sampler = psoxide.CpuSampler()
    assert sampler.percent() is None
    assert sampler.times_percent() is None
    assert set(sampler.percent_per_cpu().values()) == {None}
    assert set(sampler.times_percent_per_cpu().values()) == {None}
    work(0.2)
    percent = sampler.percent()
    assert 0 < percent <= 100
    times = sampler.times_percent()
    assert times._fields == psoxide.cpu_times()._fields
    assert 0 < times.user + times.system + times.nice <= 100.1
    each = sampler.percent_per_cpu()
    assert len(each) == len(psoxide.cpu_times(percpu=True))
    assert 0 < max(each.values()) <= 100
    assert each.keys() == sampler.times_percent_per_cpu().keys()


def test_samplers_do_not_share_their_memory():
    one, other = psoxide.CpuSampler(), psoxide.CpuSampler()
    assert one.percent() is None
    work(0.05)
    assert one.percent() is not None
    assert other.percent() is None


def test_a_process():
    sampler = psoxide.CpuPercent(psoxide.Process())
    # What the sampler measures lies between the outer and the inner moments.
    outer = time.monotonic(), time.process_time()
    assert sampler.sample() is None
    inner = time.monotonic(), time.process_time()
    work(0.3)
    inner_wall, inner_used = time.monotonic() - inner[0], time.process_time() - inner[1]
    share = sampler.sample()
    outer_wall, outer_used = time.monotonic() - outer[0], time.process_time() - outer[1]
    # The kernel counts in hundredths of a second, user and system time each.
    assert (inner_used - 0.04) / outer_wall * 100 <= share <= (outer_used + 0.04) / inner_wall * 100


def test_a_process_that_is_gone(child):
    sampler = psoxide.CpuPercent(psoxide.Process(child.pid))
    assert sampler.sample() is None
    child.kill()
    child.wait()
    with pytest.raises(psoxide.NoSuchProcess) as caught:
        sampler.sample()
    assert caught.value.pid == child.pid


def test_disks(tmp_path):
    sampler = psoxide.DiskIoSampler()
    first = sampler.sample()
    assert first.interval is None and first.rates is None
    counters = psoxide.disk_io_counters(perdisk=True, nowrap=False)
    began = time.monotonic()
    with open(tmp_path / "written", "wb") as file:
        file.write(os.urandom(1 << 20))
        os.fsync(file.fileno())
    second = sampler.sample()
    assert 0 < second.interval < time.monotonic() - began + 60
    assert second.disks.keys() == counters.keys()
    for name, disk in second.disks.items():
        assert disk.io._fields == counters[name]._fields
        assert disk.io.write_bytes >= first.disks[name].io.write_bytes
        grown = disk.io.write_bytes - first.disks[name].io.write_bytes
        assert disk.rates.write_bytes == pytest.approx(grown / second.interval, rel=0.01)
    if second.total is not None:
        whole = sum(disk.io.read_bytes for disk in second.disks.values() if disk.whole)
        assert second.total.read_bytes == whole


def test_network_interfaces():
    sampler = psoxide.NetIoSampler()
    first = sampler.sample()
    assert first.interval is None and first.rates is None
    work(0.01)
    second = sampler.sample()
    assert second.nics.keys() == psoxide.net_io_counters(pernic=True).keys()
    for name, nic in second.nics.items():
        grown = nic.io.bytes_recv - first.nics[name].io.bytes_recv
        assert grown >= 0
        assert nic.rates.bytes_recv == pytest.approx(grown / second.interval, rel=0.01)
    assert second.total.bytes_sent == sum(nic.io.bytes_sent for nic in second.nics.values())


def test_they_read_where_the_package_does(tmp_path, monkeypatch):
    (tmp_path / "net").mkdir()
    (tmp_path / "net/dev").write_text("head\nhead\n made0: 11 2 0 0 0 0 0 0 33 4 0 0 0 0 0 0\n")
    (tmp_path / "diskstats").write_text("   9 9 made1 5 0 8 1 6 0 16 1 0 1 1\n")
    (tmp_path / "stat").write_text("cpu  10 0 0 90 0 0 0 0 0 0\ncpu7 10 0 0 90 0 0 0 0 0 0\n")
    monkeypatch.setattr(psoxide, "PROCFS_PATH", str(tmp_path))
    assert {name: nic.io.bytes_recv for name, nic in psoxide.NetIoSampler().sample().nics.items()} == {"made0": 11}
    assert {name: disk.io.read_bytes for name, disk in psoxide.DiskIoSampler().sample().disks.items()} == {"made1": 4096}
    sampler = psoxide.CpuSampler()
    assert sampler.percent() is None
    assert sampler.percent_per_cpu() == {7: None}
    (tmp_path / "stat").write_text("cpu  20 0 0 120 0 0 0 0 0 0\ncpu7 20 0 0 120 0 0 0 0 0 0\n")
    assert sampler.percent() == pytest.approx(25.0)
    assert sampler.percent_per_cpu() == {7: pytest.approx(25.0)}


def test_threads_may_share_one():
    sampler = psoxide.CpuSampler()
    failures = []

    def hammer():
        try:
            for _ in range(200):
                sampler.percent()
                sampler.percent_per_cpu()
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=hammer) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
