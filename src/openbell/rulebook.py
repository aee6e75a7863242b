"""The rules of a desk: as they are kept, on the symbols they are meant for, with what they must know of the past."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import msgspec
import polars as pl

from openbell.alerts.background import Background
from openbell.alerts.past import assert_of_prices, by_minutes, would_have_fired
from openbell.alerts.rules import Firing, Held, OfDays, Rule, Symbol, Target, Watchlist
from openbell.alerts.watch import spent
from openbell.bars.adjust import adjusted
from openbell.desk import Desk
from openbell.history import NoData
from openbell.model.errors import InvalidInput
from openbell.model.frames import BARS, conform, frame_of
from openbell.model.interval import DAY, MINUTE, Interval
from openbell.model.sessions import sessions
from openbell.model.symbols import exchange_of
from openbell.store.alertbook import AlertBook, StoredRule
from openbell.store.ledger import Watchlist as StoredWatchlist
from openbell.store.outbox import Outbox

log = logging.getLogger(__name__)

LOOKED_BACK = timedelta(days=30 * 366)
"""How far back the days before a session are read."""

EVALUATION = "rules"
"""The name of the cursor in the outbox that keeps the place and the state of the rules."""

TRIED_DAYS = 90
"""Over how many days a rule is tried, unless it is said."""

MOST_TRIED = 50
"""On so many symbols a rule is tried at once."""

MOST_BARS, MOST_LOOKED_BACK = 2_000_000, 100_000
"""On so many minutes a rule is tried at once, and one that looks back from each of them: some ten seconds of work."""

_KEPT_APART = ("id", "name", "enabled")


@dataclass(frozen=True, slots=True)
class Trial:
    """What a rule would have done since `since`, on bars of `interval`."""

    symbol: str
    since: datetime
    interval: Interval
    firings: tuple[Firing, ...]


class Rulebook:
    """Rules, members, backgrounds. Reads the ledger and the lake anew whenever it is asked."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.kept = AlertBook(desk.ledger)
        self._left_out: set[tuple[int, datetime]] = set()

    def members(self, target: Target) -> Sequence[str]:
        """The symbols of a target now."""
        return _members(target, self._desk.ledger.watchlists())

    def chosen(self) -> list[tuple[Rule, Sequence[str]]]:
        """All rules that can be read, each with the symbols of its target now."""
        lists = self._desk.ledger.watchlists()
        found = []
        for stored in self.kept.rules():
            try:
                rule = rule_of(stored)
            except InvalidInput as error:
                self._tell_left_out(stored, error)
                continue
            found.append((rule, () if rule.target is None else _members(rule.target, lists)))
        return found

    def _tell_left_out(self, stored: StoredRule, error: InvalidInput) -> None:
        """Once: it is asked every few seconds."""
        if (stored.id, stored.changed) not in self._left_out:
            self._left_out.add((stored.id, stored.changed))
            log.warning("rule %d (%s) is left out: %s", stored.id, stored.name, error)

    def spent(self) -> set[int]:
        """The numbers of the rules that have fired once for good, on each of their symbols."""
        kept = Outbox(self._desk.ledger).cursor(EVALUATION)
        state = None if kept is None else kept.state.get("watch")
        return set() if state is None else {int(key) for key in spent(self.chosen(), state)}

    def version(self) -> object:
        """Equal to what it was as long as `chosen` says the same."""
        return self.kept.rules(), self._desk.ledger.watchlists()

    def watched(self) -> set[str]:
        """Every symbol that an enabled rule is on."""
        return {symbol for rule, symbols in self.chosen() if rule.enabled for symbol in symbols}

    def exchange_of(self, symbol: str) -> str:
        """The exchange whose sessions the rules of `symbol` go by."""
        register = self._desk.history.register
        return register.instrument(register.id_of(symbol)).exchange or exchange_of(symbol) or "XNYS"

    def background(self, symbol: str, day: date, *, begun: datetime) -> Background:
        """What is known of `symbol` before the trade date `day`, and of that day before the instant `begun`."""
        days, split = self._days_before(symbol, day)
        today = self.minutes(symbol, *self._hours(symbol, day, begun))
        session = sessions(self.exchange_of(symbol), day, day)
        opened = today if session.is_empty() else today.filter(pl.col("ts") >= session["open"].item(0))
        return Background(
            days,
            split,
            open=_first(opened["open"]),
            last=_first(today["close"].reverse()),
            volume=float(today["volume"].sum() or 0.0),
        )

    def minutes(self, symbol: str, start: datetime, end: datetime) -> pl.DataFrame:
        """The raw minutes of `symbol` that ended by `end`: those in memory, and the lake's before them."""
        if start >= end:
            return frame_of(BARS)
        live = self._desk.tape.minutes([symbol], start).filter(pl.col("ts") + MINUTE.length <= end)
        stored = self._stored(symbol, MINUTE, start, end)
        older = stored.filter(pl.col("ts") + MINUTE.length <= end).join(live, on="ts", how="anti")
        return pl.concat([older, live]).sort("ts")

    def days(self, symbol: str, first: date, last: date) -> pl.DataFrame:
        """The raw daily bars of `symbol` of these dates."""
        return self._stored(symbol, DAY, _midnight(first), _midnight(last) + timedelta(days=1)).drop_nulls("close")

    def trial(self, rule: Rule, symbols: Iterable[str], days: int = TRIED_DAYS) -> list[Trial]:
        """When `rule` would have fired in the last `days` days, by symbol; a symbol without prices is left out.

        Judged on minutes where they go back so far, else on days; a rule that needs minutes, on those there are.
        Raises InvalidInput for a rule that bars cannot answer, and for more work than a request may make.
        """
        assert_of_prices(rule)
        now = self._desk.clock()
        since = now - timedelta(days=days)
        chosen = list(symbols)
        if len(chosen) > MOST_TRIED:
            raise InvalidInput(
                "target",
                f"These are {len(chosen)} symbols; a rule is tried on {MOST_TRIED} at most.",
                remedy="Name one.",
            )
        self._assert_short(rule, chosen, since, now)
        found = []
        for symbol in chosen:
            try:
                found.append(self._tried(rule, symbol, since, now))
            except NoData:
                if len(chosen) == 1:
                    raise
        return found

    def _assert_short(self, rule: Rule, symbols: Iterable[str], since: datetime, now: datetime) -> None:
        ids = map(self._desk.history.register.id_of, symbols)
        on_minutes = [each for each in ids if self._judged_on(rule, each, since) == MINUTE]
        count = sum(self._desk.lake.stamps(each, MINUTE, since, now).len() for each in on_minutes)
        most = MOST_LOOKED_BACK if by_minutes(rule) else MOST_BARS
        if count > most:
            raise InvalidInput(
                "days",
                f"These are {count:,} minutes; this rule is tried on {most:,} at most.",
                remedy="Try it on fewer days, or on one symbol.",
            )

    def _judged_on(self, rule: Rule, key: str, since: datetime) -> Interval:
        """On bars of which interval a rule is tried on the instrument with id `key`."""
        if isinstance(rule.condition, OfDays):
            return DAY
        spans = self._desk.history.stored(key).filter(pl.col("interval") == "1m")
        early = since + timedelta(days=4)  # a long weekend
        return MINUTE if by_minutes(rule) or any(first <= early for first in spans["first"].to_list()) else DAY

    def _tried(self, rule: Rule, symbol: str, since: datetime, now: datetime) -> Trial:
        history = self._desk.history
        named = pl.lit(symbol).alias("symbol")
        daily = history.bars(symbol, DAY, since - LOOKED_BACK, now).bars.drop_nulls("close").with_columns(named)
        interval = self._judged_on(rule, history.instrument(symbol).id, since)
        bars = (
            daily.filter(pl.col("ts") >= since)
            if interval == DAY
            else history.bars(symbol, MINUTE, since, now, hours="extended").bars.drop_nulls("close").with_columns(named)
        )
        first: datetime = since if bars.is_empty() else max(since, bars["ts"].item(0))
        fired = would_have_fired(rule, bars, daily, self.exchange_of(symbol))
        told = (replace(each, at=min(each.at, now)) for each in fired)  # the running day is walked to its close
        return Trial(symbol, first, interval, tuple(told))

    def _days_before(self, symbol: str, day: date) -> tuple[pl.DataFrame, float]:
        """The daily BARS before `day` on that date's scale, and the ratio of a split that takes effect with it."""
        try:
            series = self._desk.history.bars(symbol, DAY, _midnight(day) - LOOKED_BACK, _midnight(day), adjust="raw")
        except (NoData, InvalidInput):
            return frame_of(BARS), 1.0
        instrument = series.instrument.id
        actions = self._desk.lake.actions([instrument])
        splits = actions.filter(pl.col("kind") != "dividend", pl.col("ex_date") <= day)
        bars = series.bars.drop_nulls("close")
        scaled = adjusted(bars.filter(pl.col("scale").is_in(["raw", "split"])), splits, "split", as_of=day)
        today = splits.filter(pl.col("ex_date") == day)["ratio"].unique()
        ratio = today.product() if today.len() else 1.0
        return conform(scaled, BARS), float(ratio)

    def _stored(self, symbol: str, interval: Interval, start: datetime, end: datetime) -> pl.DataFrame:
        try:
            series = self._desk.history.bars(symbol, interval, start, end, adjust="raw", hours="extended")
        except (NoData, InvalidInput):  # nothing stored that fine
            return frame_of(BARS)
        return series.bars.with_columns(symbol=pl.lit(symbol))

    def _hours(self, symbol: str, day: date, begun: datetime) -> tuple[datetime, datetime]:
        """From the first hours of a trade date until `begun`."""
        session = sessions(self.exchange_of(symbol), day, day)
        start = _midnight(day) if session.is_empty() else session["pre"].item(0)
        return start, min(begun, _midnight(day) + timedelta(days=2))


def _members(target: Target, lists: Sequence[StoredWatchlist]) -> Sequence[str]:
    match target:
        case Symbol(symbol):
            return (symbol.upper(),)
        case Watchlist(key):
            return next((each.symbols for each in lists if str(each.id) == key), ())
        case Held():  # nothing is held as long as there are no portfolios
            return ()


def rule_of(stored: StoredRule) -> Rule:
    """The rule that is kept as `stored`; raises InvalidInput where an older or newer program wrote it."""
    told = {**stored.body, "id": str(stored.id), "name": stored.name, "enabled": stored.enabled}
    return Rule.from_json(msgspec.json.encode(told))


def body_of(rule: Rule) -> Mapping[str, Any]:
    """What is kept of a rule beside its number, name and switch."""
    told = msgspec.to_builtins(rule)
    return {name: value for name, value in told.items() if name not in _KEPT_APART}


def _first(values: pl.Series) -> float | None:
    known = values.drop_nulls()
    return None if known.is_empty() else float(known.item(0))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
