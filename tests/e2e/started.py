"""A desk as its owner starts it: a process of its own, on a port and a home of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from queue import Queue
from threading import Thread

import httpx

START_S, END_S = 60, 20
"""How long a busy machine may take to start a desk, and to end it."""


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


@dataclass
class StartedDesk:
    """The demo market, offline, in `home`; it is started and ended as often as a test likes, always at one address."""

    home: Path
    port: int = field(default_factory=free_port)
    said: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it, and wait until it has said its address and answers there."""
        self.said.clear()
        self._process = self._command("up", "--demo", "--offline", "--port", str(self.port))
        lines: Queue[str] = Queue()
        self._reader = Thread(target=self._read, args=(lines,), daemon=True)
        self._reader.start()
        while not any(self.address in line for line in self.said):
            line = lines.get(timeout=START_S)
            assert line, "the desk ended before it was up:\n" + "".join(self.said)
            self.said.append(line)
        with httpx.Client(transport=httpx.HTTPTransport(retries=5)) as client:
            client.get(self.address).raise_for_status()

    def end(self, by: signal.Signals = signal.SIGTERM) -> int:
        """Ask it to end, and tell with which exit code it did."""
        self._process.send_signal(by)
        try:
            return self._process.wait(END_S)
        finally:
            self._process.kill()
            self._process.wait()
            self._reader.join()

    def run(self, *arguments: str, typed: str = "") -> str:
        """What a command says that works on the same home while the desk is running, and reads what is `typed`."""
        process = self._command(*arguments, stdin=subprocess.PIPE)
        output = process.communicate(typed, timeout=START_S)[0]
        assert process.returncode == 0, output
        return output

    def _command(self, *arguments: str, stdin: int = subprocess.DEVNULL) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "openbell", *arguments],
            env={**os.environ, "OPENBELL_HOME": str(self.home)},
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def _read(self, lines: Queue[str]) -> None:
        """Hand on what it says, line by line, and an empty line when it has ended."""
        assert self._process.stdout is not None
        with self._process.stdout as said:
            for line in said:
                lines.put(line)
        lines.put("")
