"""The only place that picks implementations: Settings -> Desk."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from threading import Lock
from urllib.parse import urlsplit

from openbell.accounts.accounts import Accounts, open_accounts
from openbell.history import History
from openbell.ingest.tape import Tape
from openbell.model.errors import InvalidInput, NotEntitled
from openbell.providers.alphavantage import AlphaVantage
from openbell.providers.base import Capabilities
from openbell.providers.budget import Budget, Metered
from openbell.providers.http import Browser, Plain
from openbell.providers.ordered import Ordered
from openbell.providers.simulated import SYMBOLS, Simulated
from openbell.providers.streams.alpaca import AlpacaDialect
from openbell.providers.streams.archive import Archive
from openbell.providers.streams.finnhub import FinnhubDialect
from openbell.providers.streams.replayed import NAME as REPLAY
from openbell.providers.streams.replayed import Replayed
from openbell.providers.streams.schwab import SchwabDialect, streamer_of
from openbell.providers.streams.socket import Socket
from openbell.providers.streams.spoken import Stream
from openbell.providers.streams.yahoo import YahooDialect
from openbell.providers.yahoo import Yahoo
from openbell.settings import Settings
from openbell.store.lake import Lake
from openbell.store.ledger import Ledger

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """The time of this machine, in UTC."""
    return datetime.now(UTC)


GLANCE_S = 1.5
"""So long an address is given to answer."""

HELD = timedelta(minutes=10)
"""A clock that is set back by less stands still until its time has come again. One that is set back by more was wrong
before: believing it would keep the desk in the future."""


class Steady:
    """A clock that never goes back by a little, so that what is learned later is known later."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._newest = clock()
        self._guard = Lock()

    def __call__(self) -> datetime:
        """Now, or the newest instant that was told."""
        with self._guard:
            now = self._clock()
            if not self._newest - HELD <= now < self._newest:
                self._newest = now
            return self._newest


steady_clock: Clock = Steady(system_clock)
"""The one clock of this process."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything a running desk works with."""

    settings: Settings
    clock: Clock
    lake: Lake
    ledger: Ledger
    accounts: Accounts
    history: History
    capabilities: tuple[Capabilities, ...]
    vendors: Ordered
    streams: tuple[Stream, ...]
    wires: tuple[Browser | Plain, ...]
    simulated: Simulated
    tape: Tape

    @property
    def demo(self) -> bool:
        """Whether the simulated market is open on this desk."""
        return self.settings.demo

    def invents(self, symbol: str) -> bool:
        """Whether the prices of `symbol` are the simulated market's here: of rates only as long as it is open."""
        return self.history.register.instrument(symbol).simulated and (self.demo or symbol in SYMBOLS)

    @property
    def feeds(self) -> frozenset[str]:
        """The names of what this desk hears live prices from."""
        names = [each.capabilities.name for each in self.streams]
        names += [self.simulated.capabilities.name] if self.demo else []
        return frozenset([*names, self.vendors.capabilities.name] if self.wires else names)

    def close(self) -> None:
        """Release what the desk holds."""
        for wire in self.wires:
            wire.close()
        self.ledger.close()


def open_desk(settings: Settings, clock: Clock = steady_clock) -> Desk:
    """The desk that `settings` describe; its folder is made where it is missing."""
    settings.folder.mkdir(parents=True, exist_ok=True)
    replayed, today = _replayed(settings, clock), clock
    clock = clock if replayed is None else replayed.now
    offline = settings.offline or replayed is not None  # no vendor is asked about a day that is over
    streams = tuple(_streams(settings, clock)) if not offline else (() if replayed is None else (replayed,))
    lake, ledger = Lake(settings.lake), Ledger(settings.ledger)
    budget = Budget(ledger)
    vendors, wires = ([], []) if offline else _vendors(settings, budget, clock)
    return Desk(
        settings=settings,
        clock=clock,
        lake=lake,
        ledger=ledger,
        accounts=open_accounts(ledger, settings.folder, today),  # who signs in does so today, also at a replay
        history=History(lake, clock),
        capabilities=tuple(v.capabilities for v in vendors),
        vendors=Ordered(
            bars=vendors,
            quotes=[v for v in vendors if _allows_polling(v.capabilities)],
            actions=vendors,
            search=vendors,
            instruments=[v for v in vendors if isinstance(v, Yahoo)],
            budget=budget,
            clock=clock,
        ),
        streams=streams,
        wires=tuple(wires),
        simulated=Simulated(settings.demo_seed, clock),
        tape=Tape(),
    )


def _vendors(
    settings: Settings, budget: Budget, clock: Clock
) -> tuple[list[Yahoo | AlphaVantage], list[Browser | Plain]]:
    """The vendors named in the settings, in that order, and their connections; one without its key is left out."""
    vendors: list[Yahoo | AlphaVantage] = []
    wires: list[Browser | Plain] = []
    for name in (n.strip() for n in settings.providers.split(",")):
        if name == "yahoo":
            wires.append(Browser(name, settings.yahoo_url))
            metered = Metered(wires[-1], budget, Yahoo.capabilities, clock)
            vendors.append(Yahoo(metered, clock, cookie_url=settings.yahoo_cookie_url))
        elif name == "alphavantage":
            if settings.alphavantage_key is not None:
                wires.append(Plain(name, settings.alphavantage_url))
                metered = Metered(wires[-1], budget, AlphaVantage.capabilities, clock)
                vendors.append(AlphaVantage(metered, settings.alphavantage_key.get_secret_value(), clock))
        else:
            raise InvalidInput(
                "OPENBELL_PROVIDERS", f"There is no vendor {name!r}.", remedy="Use `yahoo`, `alphavantage`, or both."
            )
    return vendors, wires


def _replayed(settings: Settings, clock: Clock) -> Replayed | None:
    """The recorded day, where the settings ask for one; then its time is the desk's."""
    if settings.streams.strip() != REPLAY:
        return None
    if settings.replay is None:
        raise InvalidInput("OPENBELL_REPLAY", "It is not said what to replay.", remedy="Name a file or a folder.")
    return Replayed(settings.replay.expanduser(), settings.replay_speed, clock)


def _schwab(preferences: Path, token: Path) -> SchwabDialect:
    """Level one for the user of the two files; raises NotEntitled where they are not there, BadResponse where the
    preferences are none."""
    try:
        streamer, secret = streamer_of(preferences.expanduser().read_bytes()), token.expanduser().read_text().strip()
    except OSError as error:
        what = f"{error.filename} cannot be read: {error.strerror}."
        raise NotEntitled(SchwabDialect.capabilities.name, what, remedy="Write Schwab's answer there.") from None
    return SchwabDialect(streamer, secret, bars=False)


def _streams(settings: Settings, clock: Clock) -> Iterator[Stream]:
    """The streams named in the settings, in that order; one without its key is left out."""

    def kept(name: str) -> Archive | None:
        return None if settings.archive is None else Archive(settings.archive.expanduser(), name)

    for name in filter(None, (n.strip() for n in settings.streams.split(","))):
        if name == "yahoo":
            yield Socket(partial(YahooDialect, settings.yahoo_stream_url), clock, archive=kept(name))
        elif name == "alpaca":
            if settings.alpaca_key is not None and settings.alpaca_secret is not None:
                secrets = settings.alpaca_key.get_secret_value(), settings.alpaca_secret.get_secret_value()
                dialect = partial(AlpacaDialect, *secrets, settings.alpaca_feed, url=settings.alpaca_stream_url)
                yield Socket(dialect, clock, archive=kept(name))
        elif name == "finnhub":
            if settings.finnhub_key is not None:
                key = settings.finnhub_key.get_secret_value()
                yield Socket(partial(FinnhubDialect, key, settings.finnhub_stream_url), clock, archive=kept(name))
        elif name == "schwab":
            if settings.schwab_preferences is not None and settings.schwab_token is not None:
                opened = partial(_schwab, settings.schwab_preferences, settings.schwab_token)
                yield Socket(opened, clock, archive=kept(name), capabilities=SchwabDialect.capabilities)
        elif name == REPLAY:
            raise InvalidInput(
                "OPENBELL_STREAMS", "A replay is listened to alone.", remedy="Use `replay` and nothing else."
            )
        else:
            raise InvalidInput(
                "OPENBELL_STREAMS",
                f"There is no stream {name!r}.",
                remedy="Use `yahoo`, `alpaca`, `finnhub`, `schwab`, or some; or `replay`.",
            )


def _allows_polling(capabilities: Capabilities) -> bool:
    """Whether the vendor's rates allow a call a minute: quotes are polled, and must not eat the budget for history."""
    return all(rate.calls * timedelta(minutes=1) >= rate.per for rate in capabilities.rates)


def reachable(url: str) -> bool:
    """Whether something answers at the address of `url`."""
    parts = urlsplit(url)
    try:
        with socket.create_connection(
            (parts.hostname or "", parts.port or (80 if parts.scheme == "http" else 443)), timeout=GLANCE_S
        ):
            return True
    except OSError:
        return False
