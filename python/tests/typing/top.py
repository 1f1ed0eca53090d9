"""The processes that use most, as a program that is written for psutil shows them: named tuples in its own records,
an object of each process kept from one round to the next.
"""

import sys
import time
from dataclasses import dataclass, field
from typing import Callable, Dict, Iterator, List, NamedTuple, Optional

import psoxide as psutil


class Row(NamedTuple):
    pid: int
    user: str
    cpu: float
    resident: int
    command: str


@dataclass
class Monitor:
    """What is known of the processes so far."""

    interval: float = 0.0
    processes: Dict[int, psutil.Process] = field(default_factory=lambda: {})
    ended: int = 0

    def refresh(self) -> Iterator[psutil.Process]:
        alive = set(psutil.pids())
        for pid in sorted(alive | self.processes.keys()):
            process = self.processes.get(pid)
            if process is None or not process.is_running():
                try:
                    process = self.processes[pid] = psutil.Process(pid)
                except psutil.NoSuchProcess:
                    self.processes.pop(pid, None)
                    self.ended += 1
                    continue
            yield process

    def rows(self) -> List[Row]:
        rows: List[Row] = []
        for process in self.refresh():
            row = self.row(process)
            if row is not None:
                rows.append(row)
        return rows

    def row(self, process: psutil.Process) -> Optional[Row]:
        try:
            with process.oneshot():
                command = " ".join(process.cmdline()) or f"[{process.name()}]"
                return Row(
                    process.pid,
                    process.username(),
                    process.cpu_percent(interval=None),
                    process.memory_info().rss,
                    command,
                )
        except psutil.ZombieProcess as zombie:
            return Row(zombie.pid, "?", 0.0, 0, f"<{zombie.name or 'defunct'}>")
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            return None


def header() -> str:
    memory = psutil.virtual_memory()
    swap = psutil.swap_memory()
    one, five, fifteen = psutil.getloadavg()
    bars = [f"{number}:{percent:5.1f}%" for number, percent in enumerate(psutil.cpu_percent(percpu=True))]
    up = time.time() - psutil.boot_time()
    return (
        f"up {up / 3600:.0f} h, load {one:.2f} {five:.2f} {fifteen:.2f}, {' '.join(bars)}\n"
        f"memory {memory.used >> 20} of {memory.total >> 20} MiB ({memory.percent}%), swap {swap.percent}%"
    )


KEYS: Dict[str, Callable[[Row], float]] = {
    "cpu": lambda row: row.cpu,
    "memory": lambda row: row.resident,
}


def main(rounds: int = 2, key: str = "memory", output: Callable[[str], object] = print) -> int:
    monitor = Monitor()
    for _ in range(rounds):
        rows = sorted(monitor.rows(), key=KEYS[key], reverse=True)
        output(header())
        for row in rows[:10]:
            output(f"{row.pid:>7} {row.user:<8.8} {row.cpu:5.1f} {row.resident >> 10:>9} {row.command:.60}")
        time.sleep(monitor.interval)
    return len(monitor.processes)


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
