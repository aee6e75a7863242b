"""The only place that picks implementations: Settings -> Desk."""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from openbell.history import History
from openbell.ingest.tape import Tape
from openbell.model.errors import InvalidInput
from openbell.providers.alphavantage import AlphaVantage
from openbell.providers.base import Provider
from openbell.providers.budget import Budget
from openbell.providers.ordered import Ordered
from openbell.providers.simulated import Simulated
from openbell.providers.yahoo import Yahoo
from openbell.settings import Settings
from openbell.store.lake import Lake
from openbell.store.ledger import Ledger

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """The time of this machine, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything a running desk works with."""

    settings: Settings
    clock: Clock
    lake: Lake
    ledger: Ledger
    history: History
    vendors: Ordered
    simulated: Simulated
    tape: Tape

    @property
    def demo(self) -> bool:
        """Whether the simulated market is open on this desk."""
        return self.settings.demo

    def close(self) -> None:
        """Release what the desk holds."""
        self.ledger.close()


def open_desk(settings: Settings, clock: Clock = system_clock) -> Desk:
    """The desk that `settings` describe; its folder is made where it is missing."""
    settings.folder.mkdir(parents=True, exist_ok=True)
    lake, ledger = Lake(settings.lake), Ledger(settings.ledger)
    vendors = (
        [] if settings.offline else [_vendor(name.strip(), settings, clock) for name in settings.providers.split(",")]
    )
    return Desk(
        settings=settings,
        clock=clock,
        lake=lake,
        ledger=ledger,
        history=History(lake),
        vendors=Ordered([v for v in vendors if v is not None], Budget(ledger), clock),
        simulated=Simulated(settings.demo_seed, clock),
        tape=Tape(),
    )


def _vendor(name: str, settings: Settings, clock: Clock) -> Provider | None:
    if name == "yahoo":
        return Yahoo(clock=clock, base_url=settings.yahoo_url)
    if name == "alphavantage":
        key = settings.alphavantage_key
        return AlphaVantage(key.get_secret_value(), clock=clock, base_url=settings.alphavantage_url) if key else None
    raise InvalidInput(
        "OPENBELL_PROVIDERS", f"There is no vendor {name!r}.", remedy="Use `yahoo`, `alphavantage`, or both."
    )


def reachable(url: str, wait_s: float = 1.5) -> bool:
    """Whether something answers at the address of `url`."""
    parts = urlsplit(url)
    try:
        with socket.create_connection((parts.hostname or "", parts.port or 443), timeout=wait_s):
            return True
    except OSError:
        return False
