"""Who listens and who talks: sockets with the processes behind them, and the files that these have open."""

import socket
import sys
from collections import Counter, defaultdict
from typing import DefaultDict, Dict, List, Optional, Set, Tuple

import psoxide as psutil

PROTOCOLS: Dict[Tuple[int, int], str] = {
    (socket.AF_INET, socket.SOCK_STREAM): "tcp",
    (socket.AF_INET6, socket.SOCK_STREAM): "tcp6",
    (socket.AF_INET, socket.SOCK_DGRAM): "udp",
    (socket.AF_INET6, socket.SOCK_DGRAM): "udp6",
}


def names() -> Dict[int, str]:
    known: Dict[int, str] = {}
    for process in psutil.process_iter(["pid", "name"]):
        known[process.info["pid"]] = process.info["name"] or "?"
    return known


def lines() -> List[str]:
    known = names()
    told: List[str] = []
    for connection in psutil.net_connections(kind="inet"):
        protocol = PROTOCOLS.get((connection.family, connection.type), "?")
        local = f"{connection.laddr.ip}:{connection.laddr.port}" if connection.laddr else "*"
        remote = f"{connection.raddr.ip}:{connection.raddr.port}" if connection.raddr else "-"
        owner = known.get(connection.pid, "?") if connection.pid is not None else "-"
        told.append(f"{protocol:5} {local:30} {remote:30} {connection.status:12} {owner}")
    return told


def listening(process: psutil.Process) -> Set[int]:
    return {one.laddr.port for one in process.net_connections(kind="tcp") if one.status == psutil.CONN_LISTEN}


def states() -> "Counter[str]":
    return Counter(one.status for one in psutil.net_connections("tcp"))


def files(pid: Optional[int] = None) -> DefaultDict[str, List[str]]:
    found: DefaultDict[str, List[str]] = defaultdict(list)
    process = psutil.Process(pid)
    for file in process.open_files():
        found[file.path].append(f"{file.fd}{file.mode}@{file.position}")
    for mapping in process.memory_maps(grouped=True):
        if not mapping.path.startswith("["):
            found[mapping.path].append(f"{mapping.rss} bytes")
    return found


def children_by_state(process: psutil.Process) -> Dict[str, List[int]]:
    by_state: Dict[str, List[int]] = {}
    for child in process.children():
        by_state.setdefault(child.status(), []).append(child.pid)
    return by_state


def main() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        mine = listening(psutil.Process())
        print(*lines(), states(), sep="\n")
    print(*files().items(), children_by_state(psutil.Process()), sep="\n")
    return 0 if port in mine else 1


if __name__ == "__main__":
    sys.exit(main())
