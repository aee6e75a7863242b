"""The rules of a desk: as they are kept, on the symbols they are meant for, with what they must know of the past."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any

import msgspec
import polars as pl

from openbell.alerts.background import Background
from openbell.alerts.conditions import Held, Symbol, Target, Watchlist
from openbell.alerts.rules import Rule
from openbell.alerts.watch import spent
from openbell.bars.adjust import adjusted
from openbell.books import followed, held
from openbell.desk import Desk
from openbell.history import NoData
from openbell.model.errors import InvalidInput
from openbell.model.frames import BARS, STREAM, STREAMED, conform, frame_of
from openbell.model.interval import DAY, MINUTE
from openbell.model.sessions import EXCHANGES, LONGEST_PAUSE, market_state, sessions
from openbell.store.alertbook import AlertBook, StoredRule
from openbell.store.outbox import Outbox
from openbell.store.portfoliobook import Kept, PortfolioBook
from openbell.store.register import Register
from openbell.store.sharebook import Noun, ShareBook
from openbell.store.watchbook import WatchBook
from openbell.store.watchbook import Watchlist as StoredWatchlist

log = logging.getLogger(__name__)

LOOKED_BACK = timedelta(days=30 * 366)
"""How far back the days before a session are read."""

DAY_OVER = timedelta(minutes=20)
"""How long after the close a day counts as told: closing auctions are printed late."""

ENDING = timedelta(minutes=10)
"""Who heard a session's last minutes heard its end, though not every symbol is traded in every minute."""

EVALUATION = "rules"
"""The name of the cursor in the outbox that keeps the place and the state of the rules."""

_KEPT_APART = ("id", "name", "enabled")


class Rulebook:
    """Rules, members, backgrounds. Reads the ledger and the lake anew whenever it is asked."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.kept = AlertBook(desk.ledger)
        self._lists = WatchBook(desk.ledger)
        self._shares = ShareBook(desk.ledger)
        self._left_out: set[tuple[int, datetime]] = set()
        self._held: dict[int, tuple[object, tuple[str, ...]]] = {}

    def members(self, target: Target | None, owner: int) -> Sequence[str]:
        """The symbols of the target of a rule of `owner` now; none of a list that they do not see."""
        return self._members(target, owner, self._shown)

    def lists(self, owner: int) -> list[StoredWatchlist]:
        """The watchlists that `owner` sees."""
        return self._shown().lists_of(owner)

    def left_out(self, target: Target | None, owner: int) -> str | None:
        """Why a rule of `owner` is on nothing; None where it is not."""
        return _left_out(target, owner, self._shown)

    def named(self, target: Target, owner: int) -> str:
        """What a target is called."""
        match target:
            case Symbol(symbol):
                return symbol.upper()
            case Watchlist(key):
                lists = self.lists(owner)
                return next((each.name for each in lists if str(each.id) == key), "a list that is gone")
            case Held():
                return "everything held"

    def chosen(self, owner: int | None = None) -> list[tuple[Rule, Sequence[str]]]:
        """All rules of `owner` (None: of everybody) that can be read, each with the symbols of its target now."""
        shown, found = cache(self._shown), []
        for stored in self.kept.rules(owner):
            try:
                rule = rule_of(stored)
            except InvalidInput as error:
                self._tell_left_out(stored, str(error))
                continue
            if (why := _left_out(rule.target, stored.owner, shown)) is not None:
                self._tell_left_out(stored, why)
            found.append((rule, self._members(rule.target, stored.owner, shown)))
        return found

    def _tell_left_out(self, stored: StoredRule, why: str) -> None:
        """Once: it is asked every few seconds."""
        if (stored.id, stored.changed) not in self._left_out:
            self._left_out.add((stored.id, stored.changed))
            log.warning("rule %d (%s) is left out: %s", stored.id, stored.name, why)

    def spent(self, owner: int) -> set[int]:
        """The numbers of the rules of `owner` that have fired once for good, on each of their symbols."""
        kept = Outbox(self._desk.ledger).cursor(EVALUATION)
        state = None if kept is None else kept.state.get("watch")
        return set() if state is None else {int(key) for key in spent(self.chosen(owner), state)}

    def version(self) -> object:
        """Equal to what it was as long as `chosen` says the same."""
        return self.kept.version(), self._shown(), PortfolioBook(self._desk.ledger).states()

    def watched(self) -> set[str]:
        """Every symbol that an enabled rule is on, or that a portfolio needs the prices of."""
        return _ruled(self.chosen()) | followed(self._desk)

    def watched_by(self, person: int) -> set[str]:
        """The symbols of what one person sees: their watchlists, enabled rules and portfolios, and those shared."""
        listed = {symbol for each in self.lists(person) for symbol in each.symbols}
        return listed | _ruled(self.chosen(person)) | followed(self._desk, self._portfolios(person, self._shown()))

    def _shown(self) -> _Shown:
        return _Shown(self._lists.lists(), self._shares.every())

    def _portfolios(self, person: int, shown: _Shown) -> Sequence[Kept]:
        shared = [key for noun, key, whom in shown.shares if (noun, whom) == ("portfolio", person)]
        return PortfolioBook(self._desk.ledger).owned(person, shared)

    def _members(self, target: Target | None, owner: int, shown: Callable[[], _Shown]) -> Sequence[str]:
        match target:
            case None:
                return ()
            case Symbol(symbol):
                return (symbol.upper(),)
            case Watchlist(key):
                return next((each.symbols for each in shown().lists_of(owner) if str(each.id) == key), ())
            case Held():
                return self._held_by(owner, shown())

    def _held_by(self, owner: int, shown: _Shown) -> tuple[str, ...]:
        """The symbols that the portfolios of `owner`, and those shared with them, hold now. Kept is what was read under
        one state: undoing an import gives the one before back."""
        portfolios = self._portfolios(owner, shown)
        states, known = _states(portfolios), self._held.get(owner)
        version = states, self._desk.lake.version(), self._desk.clock().date()
        if known is not None and known[0] == version:
            return known[1]
        found = held(self._desk, portfolios)
        if _states(self._portfolios(owner, shown)) == states:
            self._held[owner] = version, found
        return found

    def exchange_of(self, symbol: str) -> str:
        """The exchange whose sessions the rules of `symbol` go by."""
        return _exchange(self._desk.history.register, symbol)

    def background(self, symbol: str, day: date, *, born: datetime, begun: datetime, since: datetime) -> Background:
        """What is known of `symbol` before the trade date `day`, and of that day before all of it was heard: `since`.

        `born`: when its prices were first followed; `begun`: when the desk began to hear them.
        """
        days, splits = self._days_before(symbol, day)
        opens, opened = self._opening(symbol, day)
        today = self.minutes([symbol], opens, min(since, opens + timedelta(days=2)))
        last, last_at = self._last(symbol, today, opens, born)
        return Background(
            days.select("ts", "high", "low", "close", "volume"),
            current=self._is_current(symbol, days, day),
            provisional=not days.is_empty() and days["source"].item(-1).endswith(STREAM),
            splits=splits,
            within=begun > opened,
            missed=since > opened,
            open=_open(today.filter(pl.col("ts") >= opened), opened),
            last=last,
            last_at=last_at,
        )

    def opened(self, symbol: str, day: date) -> datetime:
        """When the session of a trade date begins."""
        return self._opening(symbol, day)[1]

    def minutes(self, symbols: Sequence[str], start: datetime, end: datetime) -> pl.DataFrame:
        """The raw minutes of `symbols` that ended by `end`, by time: those in memory, and the lake's where it has none.

        Their source is as the lake names it.
        """
        if start >= end:
            return frame_of(BARS)
        register = self._desk.history.register
        names = {register.id_of(symbol): symbol for symbol in symbols}
        stored = self._desk.lake.bars(list(names), MINUTE, start, start + timedelta(days=3)).select(*BARS)
        stored = stored.with_columns(pl.col("symbol").replace(names))
        live = self._desk.tape.minutes(symbols, start).with_columns(pl.col("source") + STREAM)
        both = pl.concat([stored.join(live, on=["symbol", "ts"], how="anti"), live])
        return both.filter(pl.col("ts") + MINUTE.length <= end).sort("ts", "symbol")

    def trading(self, symbols: Iterable[str], now: datetime) -> pl.DataFrame:
        """The minutes of `symbols` that have ended by `now` in the trade date under way, from its first hours on.

        A date that has just ended is told to its end.
        """
        venues: dict[str, list[str]] = {}
        for symbol in symbols:
            venues.setdefault(self.exchange_of(symbol), []).append(symbol)
        found = [frame_of(BARS)]
        for venue, names in venues.items():
            day = market_state(venue, now - DAY_OVER).session_date
            found.append(self.minutes(names, sessions(venue, day, day)["pre"].item(0), now))
        return pl.concat(found)

    def ended(self, symbols: Iterable[str], now: datetime) -> dict[str, date]:
        """By symbol, the newest trade date that is over at `now`, closing auctions included."""
        register, over, found = self._desk.history.register, dict[str, date](), dict[str, date]()
        for symbol in symbols:
            venue = _exchange(register, symbol)
            if venue not in over:
                recent = sessions(venue, now.date() - LONGEST_PAUSE, now.date())
                over[venue] = recent.filter(pl.col("close") + DAY_OVER <= now)["trade_date"].item(-1)
            found[symbol] = over[venue]
        return found

    def days_after(self, symbol: str, told: date, newest: date) -> pl.DataFrame:
        """The raw daily bars of `symbol` after the date `told`, to be judged in their order, up to `newest`.

        That one waits as long as it is of a stream and the day before is missing: then others may be too.
        """
        first = told - LONGEST_PAUSE
        venue = sessions(self.exchange_of(symbol), first, newest)
        try:
            series = self._desk.history.bars(
                symbol, DAY, _midnight(first), _midnight(newest) + timedelta(days=1), adjust="raw"
            )
        except (NoData, InvalidInput):  # nothing stored that makes days
            return frame_of(BARS)
        known = series.bars.drop_nulls("close").with_columns(symbol=pl.lit(symbol), trade_date=pl.col("ts").dt.date())
        before = venue.select("trade_date", before=pl.col("trade_date").shift())
        follows = pl.col("before").is_in(known["trade_date"].implode())
        waits = STREAMED & ~follows & (pl.col("trade_date") == newest)
        after = known.join(before, on="trade_date").filter((pl.col("trade_date") > told) & ~waits)
        return after.select(*BARS)

    def _days_before(self, symbol: str, day: date) -> tuple[pl.DataFrame, dict[date, float]]:
        """The daily BARS before `day` on that date's scale, and the splits up to it by ex date."""
        try:
            series = self._desk.history.bars(symbol, DAY, _midnight(day) - LOOKED_BACK, _midnight(day), adjust="raw")
        except (NoData, InvalidInput):
            return frame_of(BARS), {}
        actions = self._desk.lake.actions([series.instrument.id])
        splits = actions.filter(pl.col("kind") != "dividend", pl.col("ex_date") <= day)
        bars = series.bars.drop_nulls("close")
        scaled = adjusted(bars.filter(pl.col("scale").is_in(["raw", "split"])), splits, "split", as_of=day)
        ratios = splits.group_by("ex_date").agg(pl.col("ratio").unique().product())
        return conform(scaled, BARS), dict(ratios.iter_rows())

    def _is_current(self, symbol: str, days: pl.DataFrame, day: date) -> bool:
        """Whether the newest of `days` is the whole session before `day`: made of a stream, one heard until its end."""
        before = sessions(self.exchange_of(symbol), day - LONGEST_PAUSE, day - timedelta(days=1))
        if days.is_empty() or before.is_empty():
            return False
        newest, close = days.row(-1, named=True), before["close"].item(-1)
        if newest["ts"].date() != before["trade_date"].item(-1):
            return False
        return not newest["source"].endswith(STREAM) or not self.minutes([symbol], close - ENDING, close).is_empty()

    def _last(
        self, symbol: str, today: pl.DataFrame, opens: datetime, born: datetime
    ) -> tuple[float | None, datetime | None]:
        """The newest price of a trade date up to `born`, and since when it is in force: the last quote, or of the
        minutes of `today` one after it."""
        told = today.filter(pl.col("ts") + MINUTE.length <= born).drop_nulls("close").tail(1)
        start, close = (None, None) if told.is_empty() else told.select("ts", "close").row(0)
        quote = self._desk.tape.latest([symbol]).get(symbol, {})
        at, price = quote.get("ts"), quote.get("price")
        if isinstance(at, datetime) and isinstance(price, float) and (start or opens) <= at <= born:
            return price, at
        return close, None if start is None else start + MINUTE.length

    def _opening(self, symbol: str, day: date) -> tuple[datetime, datetime]:
        """When the first hours of a trade date begin, and its session."""
        session = sessions(self.exchange_of(symbol), day, day)
        if session.is_empty():
            return _midnight(day), _midnight(day)
        return session["pre"].item(0), session["open"].item(0)


@dataclass(frozen=True, slots=True)
class _Shown:
    """The watchlists of everybody, and who sees what of others'."""

    lists: Sequence[StoredWatchlist]
    shares: frozenset[tuple[Noun, int, int]]

    def lists_of(self, person: int) -> list[StoredWatchlist]:
        return [each for each in self.lists if each.owner == person or ("watchlist", each.id, person) in self.shares]


def _states(portfolios: Sequence[Kept]) -> list[tuple[int, str]]:
    return [(each.portfolio.id, each.state) for each in portfolios]


def _left_out(target: Target | None, owner: int, shown: Callable[[], _Shown]) -> str | None:
    if not isinstance(target, Watchlist) or target.id in {str(each.id) for each in shown().lists_of(owner)}:
        return None
    return "Its watchlist was removed, or is not shared any more."


def _ruled(chosen: Iterable[tuple[Rule, Iterable[str]]]) -> set[str]:
    return {symbol for rule, symbols in chosen if rule.enabled for symbol in symbols}


def _exchange(register: Register, symbol: str) -> str:
    found = register.exchange_of(symbol)
    return found if found is not None and found in EXCHANGES else "XNYS"


def _open(minutes: pl.DataFrame, opened: datetime) -> float | None:
    """The first price of a session's `minutes`; None where a stream tells them and came later than the open."""
    known = minutes.drop_nulls("open")
    if known.is_empty():
        return None
    first = known.row(0, named=True)
    late = first["ts"] > opened and first["source"].endswith(STREAM)
    return None if late else float(first["open"])


def rule_of(stored: StoredRule) -> Rule:
    """The rule that is kept as `stored`; raises InvalidInput where this program cannot read it."""
    told = {**stored.body, "id": str(stored.id), "name": stored.name, "enabled": stored.enabled}
    try:
        return Rule.from_json(msgspec.json.encode(told))
    except UnicodeEncodeError as error:  # half a character, which JSON can hold and no text
        raise InvalidInput("rule", f"It holds what is no text: {error}.", remedy="Make it anew.") from error


def body_of(rule: Rule) -> Mapping[str, Any]:
    """What is kept of a rule beside its number, name and switch."""
    told = msgspec.to_builtins(rule)
    return {name: value for name, value in told.items() if name not in _KEPT_APART}


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
