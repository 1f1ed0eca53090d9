"""A program that starts others, looks after them and ends them with all that they have started."""

import signal
import subprocess
import sys
from types import TracebackType
from typing import Dict, List, Optional, Sequence, Tuple, Type

import psoxide as psutil


class Service:
    def __init__(self, name: str, command: Sequence[str]) -> None:
        self.name = name
        self.process = psutil.Popen(list(command), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        self.restarts = 0
        self.usage: List[Tuple[float, int]] = []

    @property
    def alive(self) -> bool:
        return self.process.is_running() and self.process.status() != psutil.STATUS_ZOMBIE

    def sample(self) -> Optional[float]:
        try:
            times = self.process.cpu_times()
            memory = self.process.memory_full_info()
        except psutil.Error as error:
            print(f"{self.name}: {error}")
            return None
        self.usage.append((times.user + times.system, memory.uss))
        return times.user

    def limit(self, files: int) -> Tuple[int, int]:
        soft, hard = self.process.rlimit(psutil.RLIMIT_NOFILE)
        self.process.rlimit(psutil.RLIMIT_NOFILE, (min(files, soft), hard))
        return soft, hard

    def yield_to_others(self) -> None:
        self.process.nice(10)
        self.process.ionice(psutil.IOPRIO_CLASS_BE, value=7)
        cpus = self.process.cpu_affinity()
        self.process.cpu_affinity(cpus[:1])


class Supervisor:
    def __init__(self) -> None:
        self.services: Dict[str, Service] = {}
        self.codes: Dict[int, Optional[int]] = {}

    def __enter__(self) -> "Supervisor":
        return self

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None:
        self.stop()

    def start(self, name: str, *command: str) -> Service:
        service = self.services[name] = Service(name, command)
        return service

    def ended(self, process: psutil.Process) -> None:
        self.codes[process.pid] = getattr(process, "returncode", None)

    def stop(self, patience: float = 5.0) -> int:
        family: List[psutil.Process] = []
        for service in self.services.values():
            try:
                family.extend(service.process.children(recursive=True))
                family.append(service.process)
            except psutil.NoSuchProcess:
                continue
        for process in family:
            try:
                process.send_signal(signal.SIGTERM)
            except psutil.NoSuchProcess:
                pass
        gone, alive = psutil.wait_procs(family, timeout=patience, callback=self.ended)
        for process in alive:
            process.kill()
        more, left = psutil.wait_procs(alive, timeout=patience)
        for service in self.services.values():
            if service.process.stdout is not None:
                service.process.stdout.close()
        return len(gone) + len(more) - len(left)


def main() -> int:
    sleeper = [sys.executable, "-c", "import time; time.sleep(600)"]
    with Supervisor() as supervisor:
        one = supervisor.start("one", *sleeper)
        two = supervisor.start("two", *sleeper)
        one.limit(64)
        two.yield_to_others()
        print(one.alive, one.sample() is not None, one.process.parent() == psutil.Process())
        one.process.suspend()
        one.process.resume()
        try:
            two.process.wait(timeout=0.01)
        except psutil.TimeoutExpired as error:
            print(f"{error.name or two.name} still runs after {error.seconds} s")
    print(sorted(code or 0 for code in supervisor.codes.values()))
    return 0 if len(supervisor.codes) == 2 else 1


if __name__ == "__main__":
    sys.exit(main())
