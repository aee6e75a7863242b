"""The desk as a process: how soon it answers when it is started again, and how much memory it holds when idle."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.rows import Row, Skipped

SETTLED_S = 75
"""Idle is what the desk holds so long after its start: the jobs of a minute have run."""
STARTS = 3


@dataclass(frozen=True, slots=True)
class Running:
    """A desk that answers at `url`; `ready_s` after its process was started."""

    url: str
    process: int
    ready_s: float


@contextmanager
def running(home: Path, settings: Mapping[str, str] | None = None) -> Iterator[Running]:
    """`openbell up` on a free port with its data in `home`, until the end of the block; offline unless there are
    `settings` that say otherwise."""
    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    command = [str(Path(sys.executable).with_name("openbell")), "up", "--port", str(port)]
    told = {"OPENBELL_HOME": str(home), **(settings or {"OPENBELL_OFFLINE": "true"})}
    log = home.with_suffix(".log").open("w")
    start = time.perf_counter()
    process = subprocess.Popen(command, env=os.environ | told, stdout=log, stderr=log)
    try:
        _wait(url, process, Path(log.name))
        yield Running(url, process.pid, time.perf_counter() - start)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=30)
        log.close()


def measure(_symbols: int) -> Iterator[Row | Skipped]:
    """The first start fills the demo market; the later ones are measured, the last one also idle."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        with running(home):
            pass
        starts = []
        for _ in range(STARTS - 1):
            with running(home) as desk:
                starts.append(desk.ready_s)
        with running(home) as desk:
            starts.append(desk.ready_s)
            time.sleep(SETTLED_S)
            held = resident(desk.process)
    yield Row("second start, until a list of symbols is answered", sorted(starts)[STARTS // 2], "s", 3)
    if held is None:
        yield Skipped("memory of an idle desk", "this system does not tell a process's memory in /proc")
    else:
        yield Row("memory of an idle desk", held / 1e6, "MB", 250)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(url: str, process: subprocess.Popen[bytes], log: Path, wait_s: float = 120) -> None:
    """Until the desk answers; raises RuntimeError with what it said where it does not."""
    ends = time.perf_counter() + wait_s
    while process.poll() is None and time.perf_counter() < ends:
        try:
            with urllib.request.urlopen(f"{url}/api/v1/symbols", timeout=5) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.02)
    raise RuntimeError(f"the desk did not start:\n{log.read_text()}")


def resident(process: int) -> float | None:
    """Bytes in memory of a process and its children."""
    status = Path(f"/proc/{process}/status")
    if not status.exists():
        return None
    lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
    children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return 1024 * float(lines["VmRSS"].split()[0]) + sum(resident(int(child)) or 0 for child in children)
