"""How the desk's socket treats who asks it."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor

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


def test_a_reader_who_takes_nothing_does_not_hold_up_the_end(desk: Desk):
    listener = listening("127.0.0.1", 0)
    listener.listen()
    server = uvicorn.Server(_config(desk))
    with ThreadPoolExecutor(1) as apart, socket.socket() as reader:
        serving = apart.submit(asyncio.run, _answer(server, listener, desk.settings, [].append))
        try:
            reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            reader.connect(listener.getsockname())
            reader.sendall(b"GET /api/openapi.json HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" * ANSWERS)
            assert reader.recv(15) == b"HTTP/1.1 200 OK"
            (connection,) = server.server_state.connections
            while not connection.transport.get_write_buffer_size():
                time.sleep(0.01)
        finally:
            server.should_exit = True
        serving.result(timeout=10 * LEAVE_S)


def test_who_sends_half_of_what_they_ask_does_not_hold_up_the_end(desk: Desk):
    listener = listening("127.0.0.1", 0)
    listener.listen()
    server = uvicorn.Server(_config(desk))
    with ThreadPoolExecutor(1) as apart, socket.socket() as sender:
        serving = apart.submit(asyncio.run, _answer(server, listener, desk.settings, [].append))
        try:
            sender.connect(listener.getsockname())
            sender.sendall(b"POST /api/v1/sessions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9\r\n\r\n{")
            while not any(connection.cycle for connection in server.server_state.connections):
                time.sleep(0.01)
        finally:
            server.should_exit = True
        serving.result(timeout=10 * LEAVE_S)


def test_what_is_being_worked_at_is_finished_and_told_in_whole(desk: Desk):
    begun, whole = threading.Event(), "written " * 2_000_000

    def write() -> str:
        begun.set()
        time.sleep(LEAVE_S + 1)
        return whole

    app = FastAPI()
    app.post("/")(write)
    listener = listening("127.0.0.1", 0)
    listener.listen()
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
    with ThreadPoolExecutor(2) as apart:
        serving = apart.submit(asyncio.run, _answer(server, listener, desk.settings, [].append))
        host, port = listener.getsockname()
        told = apart.submit(_read_slowly, f"http://{host}:{port}/")
        assert begun.wait(10 * LEAVE_S)
        server.should_exit = True
        assert json.loads(told.result()) == whole
        serving.result(timeout=10 * LEAVE_S)


def _read_slowly(url: str) -> bytes:
    """An answer, by a reader who lets it wait for a moment once it has begun."""
    with httpx.stream("POST", url, timeout=10 * LEAVE_S) as answer:
        parts = answer.iter_raw(4096)
        first = next(parts)
        time.sleep(LEAVE_S / 3)
        return first + b"".join(parts)
