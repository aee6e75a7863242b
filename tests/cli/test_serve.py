"""How the desk's socket treats who asks it."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import httpx
import uvicorn
from fastapi import FastAPI

from openbell.cli.serve import LEAVE_S, _answer, _config, listening
from openbell.desk import Desk

ANSWERS = 20
"""More than the buffers between the desk and its reader hold."""


def test_what_is_answered_leaves_at_once():
    async def sends_at_once() -> int:
        answered: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        async def answer(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            told = writer.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
            writer.close()
            await writer.wait_closed()
            answered.set_result(told)

        listener = listening("127.0.0.1", 0)
        async with await asyncio.start_server(answer, sock=listener):
            _reader, writer = await asyncio.open_connection(*listener.getsockname())
            told = await answered
            writer.close()
            await writer.wait_closed()
        return told

    assert asyncio.run(sends_at_once()) == 1


@contextmanager
def served(server: uvicorn.Server, desk: Desk) -> Iterator[tuple[str, int]]:
    """Where the server answers until it is told to end; it must then end by itself."""
    listener = listening("127.0.0.1", 0)
    listener.listen()
    with ThreadPoolExecutor(1) as apart:
        serving = apart.submit(asyncio.run, _answer(server, listener, desk.settings, [].append))
        try:
            yield listener.getsockname()
        finally:
            server.should_exit = True
        serving.result(timeout=10 * LEAVE_S)


def test_a_reader_who_takes_nothing_does_not_hold_up_the_end(desk: Desk):
    server = uvicorn.Server(_config(desk))
    with socket.socket() as reader, served(server, desk) as address:
        reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        reader.connect(address)
        reader.sendall(b"GET /api/openapi.json HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" * ANSWERS)
        assert reader.recv(15) == b"HTTP/1.1 200 OK"
        (connection,) = server.server_state.connections
        while not connection.transport.get_write_buffer_size():
            time.sleep(0.01)


def test_who_sends_half_of_what_they_ask_does_not_hold_up_the_end(desk: Desk):
    server = uvicorn.Server(_config(desk))
    with socket.socket() as sender:
        with served(server, desk) as address:
            sender.connect(address)
            sender.sendall(b"POST /api/v1/sessions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9\r\n\r\n{")
            while not any(connection.cycle for connection in server.server_state.connections):
                time.sleep(0.01)
        assert sender.recv(15) != b"HTTP/1.1 200 OK"


def test_what_is_being_worked_at_is_finished_and_told_in_whole(desk: Desk):
    begun, ending, whole = threading.Event(), threading.Event(), "written " * 2_000_000

    def write(told: dict[str, int]) -> str:
        time.sleep(LEAVE_S + 1)
        return whole if told else ""

    def halves() -> Iterator[bytes]:
        yield b'{"a"'
        begun.set()
        assert ending.wait(10 * LEAVE_S)
        time.sleep(LEAVE_S / 3)  # longer than it takes to see that it is not all there
        yield b": 1}"

    def read_slowly(url: str) -> bytes:
        typed = {"Content-Type": "application/json"}
        with httpx.stream("POST", url, content=halves(), headers=typed, timeout=10 * LEAVE_S) as answer:
            parts = answer.iter_raw(4096)
            first = next(parts)
            time.sleep(LEAVE_S / 3)
            return first + b"".join(parts)

    app = FastAPI()
    app.post("/")(write)
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
    with ThreadPoolExecutor(1) as apart, served(server, desk) as (host, port):
        told = apart.submit(read_slowly, f"http://{host}:{port}/")
        assert begun.wait(10 * LEAVE_S)
        server.should_exit = True
        ending.set()
        assert json.loads(told.result()) == whole
