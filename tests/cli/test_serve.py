"""How the desk's socket treats who asks it."""

from __future__ import annotations

import asyncio
import socket

from openbell.cli.serve import listening


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
