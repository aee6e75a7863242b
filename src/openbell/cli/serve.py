"""Starting the desk: which market to open, the steps said aloud, and the web server."""

from __future__ import annotations

import asyncio
import gc
import ipaddress
import math
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta

import polars as pl
import uvicorn

from openbell.api.app import create_app
from openbell.cli.running import alone, remember
from openbell.desk import Desk, open_desk, reachable
from openbell.jobs import run_apart
from openbell.model.errors import InvalidInput
from openbell.model.interval import MINUTE
from openbell.settings import WATCHED, Settings
from openbell.store.ledger import Ledger
from openbell.store.peoplebook import PeopleBook
from openbell.store.watchbook import WatchBook

PATIENCE_S = 2.0
"""How long a start may take without a word."""

IDLE_S = 180
"""So long a connection is kept that nothing is asked on: a proxy in front keeps its own for one minute (nginx) or two
(Caddy), and would ask on one that is closed in that moment."""

HURRY_S = 0.1
"""How often it is looked whether the desk is to end."""

LEAVE_S = 3
"""What readers are given to take their answers, once the desk is to end."""


def serve(settings: Settings, say: Callable[[str], None]) -> None:
    """Open the desk and serve it until interrupted; `say` is told each step.

    Raises InvalidInput for a bad address, and where this desk is open already.
    """
    refuse_others(settings)
    for signum in (signal.SIGINT, signal.SIGTERM):
        signal.signal(signum, lambda *_: sys.exit(0))  # the server raises it again once it has ended
    with alone(settings.folder, address(settings)):
        _serve(settings, say)


def _serve(settings: Settings, say: Callable[[str], None]) -> None:
    listener = listening(settings.host, settings.port)
    say(f"Opening the desk in {settings.folder}")
    desk = open_desk(settings)
    demo = settings.demo or (not _vendor_answers(desk, say) and not has_real_prices(desk))
    if demo and not settings.demo:
        desk.close()
        desk = open_desk(settings.model_copy(update={"demo": True}))
    remember(desk.settings)
    if demo:
        say("Opening the demo market: invented companies, SIMULATED prices")
        say(f"  {run_apart('demo', desk.settings)}" if _demo_is_old(desk) else "  it goes on where it ended")
    else:
        _watch_real(desk)
    server = uvicorn.Server(_config(desk))
    gc.collect()
    gc.freeze()  # all that was loaded stays: else each full collection looks through it while readers wait
    try:
        asyncio.run(_answer(server, listener, settings, say))
    finally:
        desk.close()
        listener.close()


def _config(desk: Desk) -> uvicorn.Config:
    """How the desk is served; without names of its own there is no proxy in front that could say who asks."""
    named, proxies = bool(desk.settings.names), desk.settings.proxies
    return uvicorn.Config(
        create_app(desk),
        log_level="warning",
        lifespan="on",
        proxy_headers=named,
        forwarded_allow_ips=proxies,
        timeout_keep_alive=IDLE_S,
    )


async def _answer(
    server: uvicorn.Server, listener: socket.socket, settings: Settings, say: Callable[[str], None]
) -> None:
    """Serve until interrupted, and say the address once a request would be answered."""
    loop = asyncio.get_running_loop()
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    ending = asyncio.create_task(_let_go(server))
    patient_until = loop.time() + PATIENCE_S
    while not (server.started or serving.done()):
        await asyncio.sleep(0.02)
        if loop.time() > patient_until:
            say("  reading what was told before it was closed")
            patient_until = math.inf
    if server.started:
        say(f"Openbell is at {address(settings)}  (Ctrl-C ends it)")
    await serving
    ending.cancel()


async def _let_go(server: uvicorn.Server) -> None:
    """Once the desk is to end, give each connection a while to send what it asks and to take its answer.

    What is being worked at is waited for: it may be written, and who asked is to know; unless they ask one thing after
    the other and take no answer, behind which each of the next would wait.
    """
    while not server.should_exit:
        await asyncio.sleep(HURRY_S)
    clock, since = asyncio.get_running_loop().time, dict[object, float]()
    while True:
        for connection in list(server.server_state.connections):
            asked, flow = getattr(connection, "cycle", None), getattr(connection, "flow", None)
            if asked and flow and not (asked.more_body or asked.response_started or flow.write_paused):
                since.pop(connection, None)
            elif clock() - since.setdefault(connection, clock()) >= LEAVE_S:
                connection.transport.abort()
        await asyncio.sleep(HURRY_S)


def address(settings: Settings) -> str:
    """Where a browser finds the desk."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"http://{host}:{settings.port}"


def refuse_others(settings: Settings) -> None:
    """Until an owner has a password, nobody but this machine may reach the desk, not by a proxy either.

    Raises InvalidInput where the settings would have others reach it.
    """
    if settings.on_loopback and not settings.names:
        return
    if not settings.on_loopback:
        _assert_address(settings.host)
    settings.folder.mkdir(parents=True, exist_ok=True)
    with closing(Ledger(settings.ledger)) as ledger:
        if PeopleBook(ledger).locked():
            return
    field, reached = ("names", settings.names) if settings.on_loopback else ("host", settings.host)
    raise InvalidInput(
        field,
        f"{reached} can be reached by others, and no owner of this desk has a password.",
        remedy="Set one with `openbell user password owner`, or use 127.0.0.1 and no OPENBELL_NAMES.",
    )


def _assert_address(host: str) -> None:
    try:
        ipaddress.ip_address(host)
    except ValueError as error:
        raise InvalidInput("host", f"{host!r} is not an address.", remedy="Use 127.0.0.1.") from error


def listening(host: str, port: int) -> socket.socket:
    """The bound socket: a taken port is told before anything else starts.

    It says TCP, since asyncio sends small answers at once (TCP_NODELAY) only where the socket says so; else each answer
    of two parts waits 40 ms for the reader's acknowledgement.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise InvalidInput(
            "port",
            f"Port {port} on {host} cannot be used: {error.strerror}.",
            remedy="Set OPENBELL_PORT to a free one.",
        ) from error
    return listener


def _vendor_answers(desk: Desk, say: Callable[[str], None]) -> bool:
    """Whether any vendor that the settings name can be reached."""
    if not desk.wires:
        return False
    say("Looking for a vendor")
    return any(reachable(wire.base_url) for wire in desk.wires)


def has_real_prices(desk: Desk) -> bool:
    """Whether the lake holds real bars only: a desk that began with the demo market keeps it beside imports."""
    simulated = {i.id for i in desk.history.register if i.simulated}
    return not simulated and not desk.lake.spans().is_empty()


def _demo_is_old(desk: Desk) -> bool:
    """Whether the demo market lacks more than some minutes: making them needs memory that a desk should not keep."""
    newest = desk.lake.spans().filter(pl.col("interval") == str(MINUTE))["last"].max()
    return not isinstance(newest, datetime) or desk.clock() - newest > timedelta(hours=6)


def _watch_real(desk: Desk) -> None:
    """The first watchlist of a desk with vendors; a list of nothing but invented companies gives way to it."""
    book = WatchBook(desk.ledger)
    book.begin(WATCHED)
    simulated = {i.id for i in desk.history.register if i.simulated}
    for first in book.of_first_owner()[:1]:
        if first.symbols and set(first.symbols) <= simulated:
            book.change(replace(first, symbols=WATCHED))
