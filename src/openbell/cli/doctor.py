"""What works, what does not, and what to do about it."""

from __future__ import annotations

import shutil
import socket
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from openbell.api.app import PAGE
from openbell.cli.running import Running, running
from openbell.cli.serve import address, has_real_prices, refuse_others
from openbell.desk import Desk, open_desk, reachable
from openbell.model.errors import InvalidInput, OpenbellError
from openbell.model.words import counted
from openbell.settings import Settings

LITTLE_SPACE = 2_000_000_000
MANY_FILES = 500


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: `ok`, `note` (works, but), or `bad`; `remedy` says what to do, of the desk what is next."""

    subject: str
    state: Literal["ok", "note", "bad"]
    detail: str
    remedy: str = ""


def examine(settings: Settings) -> list[Finding]:
    """Every finding, in the order in which one would fix them."""
    found = [_python(), _page(), *_folder(settings)]
    if any(f.state == "bad" for f in found):
        return found
    try:
        with closing(open_desk(settings)) as desk:
            answering = {wire.provider: reachable(wire.base_url) for wire in desk.wires}
            opened = running(settings.folder)
            found += [_people(desk), *_lake(desk), *_fetches(desk), *_vendors(desk, answering)]
            if opened is None:
                found.append(_port(settings))
            return [*found, _desk(desk, opened, answering=any(answering.values()))]
    except OpenbellError as error:
        return [*found, Finding("store", "bad", error.what, error.remedy)]


def _desk(desk: Desk, opened: Running | None, *, answering: bool) -> Finding:
    """Whether the desk is open, and what is next."""
    if opened is not None:
        return Finding(
            "desk", "ok", f"open at {opened.address} (process {opened.process})", f"Open {opened.address} in a browser."
        )
    if has_real_prices(desk) or answering:
        return Finding("desk", "ok", "not open", "Run `openbell up`.")
    return Finding(
        "desk",
        "ok",
        "not open",
        "Run `openbell up` for the demo market, or `openbell import FILE` for prices of your own.",
    )


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    return Finding("python", "ok", version)


def _page() -> Finding:
    if (PAGE / "index.html").is_file():
        return Finding("page", "ok", "built")
    return Finding("page", "bad", "The page is not built.", "Run `make web`.")


def _folder(settings: Settings) -> Iterator[Finding]:
    folder = settings.folder
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".writable"
        probe.touch()
        probe.unlink()
    except OSError as error:
        yield Finding("folder", "bad", f"{folder} cannot be written: {error.strerror}.", "Set OPENBELL_HOME elsewhere.")
        return
    free = shutil.disk_usage(folder).free
    if free < LITTLE_SPACE:
        yield Finding("folder", "note", f"{folder} has {free / 1e9:.1f} GB left.", "Make room on the disk.")
    else:
        yield Finding("folder", "ok", f"{folder}, {free / 1e9:.0f} GB free")


def _people(desk: Desk) -> Finding:
    """Who may use the desk, and whether they must sign in."""
    people = [person for person in desk.accounts.people.people() if not person.disabled]
    if not desk.accounts.people.locked():
        return Finding("accounts", "ok", "no owner has a password: whoever uses this machine is the owner")
    if desk.settings.on_loopback or desk.settings.names:
        return Finding("accounts", "ok", f"{counted(len(people), 'person', 'people')}, who sign in")
    return Finding(
        "accounts",
        "note",
        f"The desk answers to no name but {desk.settings.host}.",
        "Set OPENBELL_NAMES to the names that browsers use, and put TLS in front: logins need it.",
    )


def _lake(desk: Desk) -> Iterator[Finding]:
    volumes = {v.table: v for v in desk.lake.volumes()}
    bars = volumes["bars"]
    if bars.rows == 0:
        yield Finding("lake", "note", "no prices yet")
    else:
        symbols = desk.lake.spans()["symbol"].n_unique()
        held = f"{counted(bars.rows, 'bar')} of {counted(symbols, 'symbol')}"
        size = f"{held} in {counted(bars.files, 'file')}, {bars.size / 1e6:,.1f} MB"
        state: Literal["ok", "note"] = "ok" if bars.files <= MANY_FILES else "note"
        yield Finding("lake", state, size, "" if state == "ok" else "Run `openbell job compact`.")
    rejects = volumes["rejects"].rows
    if rejects:
        yield Finding("quality", "ok", f"set aside: {counted(rejects, 'row')}; the Sources page says why")


def _fetches(desk: Desk) -> Iterator[Finding]:
    waiting = [f for f in desk.ledger.fetches() if f.state in {"failed", "rate_limited", "unknown"}]
    for fetch in waiting[:5]:
        again = f" Next try {fetch.next_try:%H:%M} UTC." if fetch.next_try else ""
        yield Finding(f"fetch {fetch.symbol}", "note", fetch.detail + again)
    imported = [f.symbol for f in desk.ledger.fetches() if f.state == "imported"]
    if imported:
        yield Finding(
            "imported",
            "ok",
            f"no vendor is asked for {', '.join(imported)}; `openbell fetch {imported[0]}` would ask from then on",
        )


def _vendors(desk: Desk, answering: Mapping[str, bool]) -> Iterator[Finding]:
    settings = desk.settings
    if settings.offline:
        yield Finding("vendors", "ok", "offline, as set")
        return
    for wire in desk.wires:
        if answering[wire.provider]:
            yield Finding(f"vendor {wire.provider}", "ok", "reachable")
        else:
            detail = f"{wire.base_url} cannot be reached."
            yield Finding(f"vendor {wire.provider}", "note", detail, "Check the network.")
    for health in desk.vendors.health():
        if health.next_try is not None and health.next_try - desk.clock() > timedelta(0):
            yield Finding(f"vendor {health.name}", "note", f"{health.detail} Next try {health.next_try:%H:%M} UTC.")
    if settings.alphavantage_key is None and "alphavantage" in settings.providers:
        yield Finding("vendor alphavantage", "ok", "not used: OPENBELL_ALPHAVANTAGE_KEY is not set")


def _port(settings: Settings) -> Finding:
    try:
        refuse_others(settings)
        socket.create_connection((settings.host, settings.port), timeout=0.5).close()
    except InvalidInput as error:
        return Finding("port", "bad", error.what, error.remedy)
    except OSError:
        return Finding("port", "ok", f"{settings.port} is free")
    return Finding(
        "port", "ok", f"something answers on {address(settings)}; when it is not Openbell, set OPENBELL_PORT"
    )
