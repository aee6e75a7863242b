"""The nightly upkeep of every watched symbol, each after the session of its own exchange."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta

from openbell.desk import Desk
from openbell.ingest.inbox import notice
from openbell.ingest.storing import Stored
from openbell.ingest.upkeep import Agreement, Kept, Session, complete, last_session
from openbell.jobs.troubles import NAMED, Troubles
from openbell.model.errors import UnknownSymbol
from openbell.model.words import counted
from openbell.rulebook import Rulebook
from openbell.store.inboxbook import InboxBook
from openbell.store.jobbook import Progress, Tell
from openbell.store.ledger import Fetch
from openbell.store.upkeepbook import Report, UpkeepBook
from openbell.store.watchbook import WatchBook


def kept_up(desk: Desk) -> dict[str, Fetch]:
    """The symbols whose days are completed: real ones, watched or under a rule, with a first history."""
    done = {fetch.symbol: fetch for fetch in desk.ledger.fetches() if fetch.state == "done"}
    watched = WatchBook(desk.ledger).watched(Rulebook(desk).watched())
    return {symbol: done[symbol] for symbol in sorted(watched & done.keys()) if not desk.invents(symbol)}


def venues(desk: Desk) -> frozenset[str]:
    """The exchanges of those symbols."""
    return frozenset(_venue(desk, symbol) for symbol in kept_up(desk))


def keep_up(desk: Desk, tell: Tell, *, settled: timedelta) -> str:
    """Complete every symbol whose newest session is not, and say how its stream did.

    Raises as `Troubles.tell` does: what is done is not done again.
    """
    book, unknown = UpkeepBook(desk.ledger), list[str]()
    todo = _unfinished(desk, book, settled)
    stored, said, troubles = Stored(), dict[str, Agreement](), Troubles(len(todo), "symbol")
    for nth, (symbol, due) in enumerate(todo.items()):
        tell(Progress(nth, len(todo), symbol))
        with troubles.of(symbol):
            try:
                kept = _complete(desk, symbol, due)
            except UnknownSymbol as error:  # delisted, perhaps: asked again after the next session
                unknown.append(symbol)
                book.save(Report(symbol, due.session.day, {"error": str(error)}, desk.clock()))
                continue
            _book(desk, symbol, kept, fetched=due.fetched)
            stored += kept.stored
            said[symbol] = kept.agreements[due.session.day]
    done = _sentence(said, stored, unknown, len(todo))
    troubles.tell(done)
    return done


@dataclass(frozen=True, slots=True)
class _Due:
    """The session to be completed, when the first history was fetched, and up to when minutes are complete."""

    session: Session
    fetched: datetime
    complete_until: datetime


def _unfinished(desk: Desk, book: UpkeepBook, settled: timedelta) -> dict[str, _Due]:
    """The symbols whose newest ended session was neither completed nor part of their first history."""
    done, now, found = book.last_days(), desk.clock(), dict[str, _Due]()
    for symbol, fetch in kept_up(desk).items():
        session = last_session(_venue(desk, symbol), now, settled)
        if session is None or fetch.at >= session.close + settled:
            continue
        last = done.get(symbol)
        if last is None:
            found[symbol] = _Due(session, fetch.at, fetch.at)
        elif last < session.day:
            found[symbol] = _Due(session, fetch.at, datetime(last.year, last.month, last.day, tzinfo=UTC))
    return found


def _complete(desk: Desk, symbol: str, due: _Due) -> Kept:
    key, since = desk.history.register.id_of(symbol), due.complete_until
    return complete(
        desk.lake, desk.vendors, desk.capabilities, symbol, key, due.session, complete_until=since, clock=desk.clock
    )


def _book(desk: Desk, symbol: str, kept: Kept, *, fetched: datetime) -> None:
    """Put new actions into the inbox and keep the reports, the newest last: it says that all is done."""
    book, key = UpkeepBook(desk.ledger), desk.history.register.id_of(symbol)
    notice(desk.lake, InboxBook(desk.ledger), key, fetched, desk.clock())
    for day, agreement in sorted(kept.agreements.items()):
        told = {**asdict(agreement), "text": str(agreement), "stored": kept.stored.rows, "notes": kept.stored.notes}
        book.save(Report(symbol, day, told, desk.clock()))


def _sentence(said: dict[str, Agreement], stored: Stored, unknown: list[str], asked: int) -> str:
    if not asked:
        return "Every day is complete."
    compared = sorted(said.items(), key=lambda pair: (-pair[1].closes_differ, pair[0]))
    named = [f"{symbol}: {agreement}." for symbol, agreement in compared if agreement.streamed][:NAMED]
    parts = [f"{counted(len(said), 'symbol')} completed, {counted(stored.rows, 'bar')} stored.", *named]
    if unknown:
        parts.append(f"No vendor knows {', '.join(unknown[:NAMED])} any more.")
    return " ".join((*parts, *stored.notes[:NAMED]))


def _venue(desk: Desk, symbol: str) -> str:
    return desk.history.register.exchange_of(symbol) or "XNYS"
