"""Rules over a running desk: what is told fires once, whatever stops in between, and leaves by its channels."""

from __future__ import annotations

import json
import time as watch_time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from openbell import alarm as alarms
from openbell.alarm import Alarm
from openbell.alerts.conditions import (
    AverageCross,
    Condition,
    Crosses,
    FeedDown,
    Moves,
    NewExtreme,
    RsiCross,
    Spread,
    Stale,
    Symbol,
    VolumeSpike,
    Watchlist,
)
from openbell.alerts.rules import Quiet, Rule
from openbell.alerts.watch import Facts
from openbell.api.app import create_app
from openbell.desk import Desk, open_desk
from openbell.ingest.intake import Intake
from openbell.live import Live
from openbell.model.errors import StoreError
from openbell.model.frames import BARS, QUOTES, TRADES, conform, frame_of
from openbell.providers.streams.spoken import Told
from openbell.rulebook import EVALUATION, Rulebook, body_of
from openbell.settings import Settings
from openbell.store.alertbook import StoredRule
from openbell.store.firingbook import Firing, FiringBook
from openbell.store.log import Log
from openbell.store.outbox import Outbox
from openbell.store.register import Register
from openbell.store.sharebook import ShareBook
from openbell.store.watchbook import WatchBook
from openbell.trials import trials
from people import join, lock, signed_in

NOON = datetime(2026, 3, 4, 17, tzinfo=UTC)
"""A Wednesday, noon in New York."""

OWNER = 1
"""The desk's first."""


@dataclass
class Running:
    """A desk whose log is heard by an alarm, and the time there."""

    folder: Path
    now: datetime = NOON
    facts: Facts = field(default_factory=Facts)

    def __post_init__(self) -> None:
        self.desk: Desk = open_desk(Settings(home=self.folder, offline=True), lambda: self.now)
        self.book = Rulebook(self.desk)
        self.outbox = Outbox(self.desk.ledger)
        self.open()

    def open(self, *, alarm: bool = True) -> None:
        self.log = Log(self.desk.settings.log)
        self.desk.tape.forget(datetime.max.replace(tzinfo=UTC))
        self.intake = Intake(self.log, self.desk.tape, exchange_of=self.book.exchange_of, clock=lambda: self.now)
        self.intake.restore()
        self.alarm = Alarm(self.desk, self.log, self.intake, lambda: self.facts)
        if alarm:
            self.alarm.start()
            self.settled()

    def close(self) -> None:
        if self.alarm._thread.is_alive():
            self.alarm.stop()
        self.log.close()

    def rule(self, condition: Condition, symbol: str = "ACME", **how: Any) -> int:
        """A new rule, which the alarm knows of."""
        target = how.pop("target", Symbol(symbol))
        made = Rule(id="new", name=how.pop("name", str(condition)), condition=condition, target=target, **how)
        number = self.book.kept.add_rule(made.name, body_of(made), self.now).id
        self.pass_time()
        return number

    def tell(self, *prices: float, symbol: str = "ACME", size: float = 1.0, late: timedelta = timedelta()) -> None:
        """One trade a second at these prices, told so much later."""
        rows = []
        for price in prices:
            self.now += timedelta(seconds=1)
            rows.append({"symbol": symbol, "ts": self.now - late, "price": price, "size": size, "source": "vendor"})
        self.intake.take(Told(trades=frame_of(TRADES, rows)))

    def pass_until(self, hour: int, minute: int = 0) -> None:
        """Let the clock go on to a time of today's, in UTC."""
        self.pass_time(self.now.replace(hour=hour, minute=minute, second=0) - self.now)

    def pass_time(self, span: timedelta = timedelta(seconds=3)) -> None:
        """Let the clock go on, and the alarm look at it."""
        self.now += span
        self.settled()

    def settled(self) -> None:
        """Wait until the alarm has heard the log to its end and has looked at the clock as it is after that."""
        wait_for(lambda: self.alarm.looked == self.now)
        while self.alarm.heard != self.log.last:
            self.now += alarms.LOOKED_EVERY
            wait_for(lambda: self.alarm.looked == self.now)

    def stored(self, number: int) -> StoredRule:
        return next(each for each in self.book.kept.rules() if each.id == number)

    def fired(self) -> list[str]:
        """What has fired, oldest first."""
        return [each.message for each in reversed(self.firings())]

    def firings(self) -> list[Firing]:
        return FiringBook(self.desk.ledger).firings(most=500)


def wait_for(true: Callable[[], bool]) -> None:
    end = watch_time.monotonic() + 20
    while not true():
        assert watch_time.monotonic() < end, "it never came true"
        watch_time.sleep(0.005)


@pytest.fixture
def running(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    monkeypatch.setattr(alarms, "PATIENCE_S", 0.01)
    desk = Running(tmp_path)
    yield desk
    desk.close()
    desk.desk.close()


@pytest.fixture
def early(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    """A desk that was opened before the session."""
    monkeypatch.setattr(alarms, "PATIENCE_S", 0.01)
    desk = Running(tmp_path, NOON.replace(hour=12))
    yield desk
    desk.close()
    desk.desk.close()


def test_a_rule_that_fires_once_is_spent_when_it_has_on_each_of_its_symbols_and_until_it_is_edited(running: Running):
    both = WatchBook(running.desk.ledger).add("Both", ["ACME", "BOLT"])
    one = running.rule(Crosses(10.0), repeat="once", name="one")
    two = running.rule(Crosses(10.0), repeat="once", name="two", target=Watchlist(str(both.id)))
    running.rule(Crosses(10.0), name="always")
    running.tell(9.0, 11.0)
    running.pass_time()
    assert running.book.spent(OWNER) == {one}
    running.tell(9.0, 11.0, symbol="BOLT")
    running.pass_time()
    assert running.book.spent(OWNER) == {one, two}
    edited = next(each for each in running.book.kept.rules() if each.id == one)
    body = {**edited.body, "condition": {"type": "Crosses", "level": 12.0}}
    running.book.kept.change_rule(replace(edited, body=body), running.now)
    assert running.book.spent(OWNER) == {two}


def test_what_is_told_fires_and_goes_to_its_channels(running: Running):
    mail = running.book.kept.add_channel("webhook", "Mine", {"url": "http://127.0.0.1:9/x", "secret": "0" * 16})
    running.rule(Crosses(10.0), message="{symbol} at {price}")
    running.tell(9.0, 11.0)
    running.pass_time()
    (firing,) = running.firings()
    assert (firing.symbol, firing.price, firing.message, firing.at) == (
        "ACME",
        11.0,
        "ACME at 11.00",
        NOON + timedelta(seconds=5),
    )
    assert running.alarm.newest(OWNER) == firing.id
    (way,) = running.outbox.deliveries(firing.id)
    assert (way.channel_id, way.state, way.next_try) == (mail.id, "waiting", way.created)


def test_an_edit_counts_from_then_on(running: Running):
    number = running.rule(Crosses(10.0), message="{price}")
    running.tell(9.0, 11.0)
    running.pass_time()
    (stored,) = running.book.kept.rules()
    body = {**stored.body, "condition": {"type": "Crosses", "level": 20.0, "direction": "up"}}
    running.book.kept.change_rule(
        type(stored)(number, OWNER, stored.name, body, None, True, stored.created, running.now), running.now
    )
    running.pass_time()
    running.tell(9.0, 11.0, 21.0)
    running.pass_time()
    assert running.fired() == ["11.00", "21.00"]
    running.book.kept.remove_rule(number, OWNER)
    running.pass_time()
    running.tell(9.0, 21.0)
    running.pass_time()
    assert running.fired() == ["11.00", "21.00"]


def test_a_list_of_another_is_followed_while_it_is_shared(running: Running, caplog: pytest.LogCaptureFixture):
    ledger, ann = running.desk.ledger, join(running.desk.accounts, "ann", "member").id
    hers = WatchBook(ledger).add("Hers", ["ACME"], ann)
    ShareBook(ledger).share("watchlist", hers.id, OWNER, "read")
    running.rule(Crosses(10.0, "up"), target=Watchlist(str(hers.id)), message="{price}")
    for price, change in ((11.0, ShareBook.unshare), (12.0, None), (13.0, None)):
        running.tell(9.0, price)
        running.pass_time()
        if change is not None:
            change(ShareBook(ledger), "watchlist", hers.id, OWNER)
        elif price == 12.0:
            ShareBook(ledger).share("watchlist", hers.id, OWNER, "read")
        running.pass_time()
    assert running.fired() == ["11.00", "13.00"]
    (said,) = (each.getMessage() for each in caplog.records)
    assert said.endswith("is left out: Its watchlist was removed, or is not shared any more.")


def test_what_fired_is_told_on_the_line_of_its_owner_alone(running: Running):
    lock(running.desk.accounts)
    ann = join(running.desk.accounts, "ann", "member")
    rule = Rule(id="new", name="Hers", condition=Crosses(10.0), target=Symbol("ACME"))
    running.book.kept.add_rule(rule.name, body_of(rule), running.now, owner=ann.id)
    running.pass_time()
    running.tell(9.0, 11.0)
    running.pass_time()
    app = create_app(running.desk, jobs=False)
    app.state.live = live = Live(running.desk)
    live._alarm = running.alarm
    told = {}
    for name in ("ann", "owner"):
        with signed_in(app, name).websocket_connect("ws://127.0.0.1/api/v1/live") as line:
            line.send_json({"symbols": ["ACME"]})
            told[name] = line.receive_json()["fired"]
    assert told == {"ann": running.firings()[0].id, "owner": 0}


def test_a_watchlist_is_followed_as_it_changes(running: Running):
    held = WatchBook(running.desk.ledger).add("Mine", ["ACME"])
    running.rule(Crosses(10.0), target=Watchlist(str(held.id)), message="{symbol}")
    running.tell(9.0, 11.0)
    running.tell(9.0, 11.0, symbol="BOLT")
    running.pass_time()
    WatchBook(running.desk.ledger).change(replace(held, symbols=("BOLT",)))
    running.pass_time()
    running.tell(9.0, 11.0)
    running.tell(9.0, 11.0, symbol="BOLT")
    running.pass_time()
    assert running.fired() == ["ACME", "BOLT", "BOLT"]  # from 11 it fell to 9 and came back


def test_what_is_told_while_nobody_listens_fires_afterwards_once(running: Running):
    running.rule(Crosses(10.0), message="{at}")
    running.tell(9.0, 11.0, 9.0)
    running.pass_time()
    running.close()
    running.open(alarm=False)
    running.tell(11.0, 9.0)
    running.close()
    running.open()
    running.tell(11.0)
    running.pass_time()
    assert len(running.fired()) == len(set(running.fired())) == 5


@pytest.mark.parametrize("before", [0, 40])
def test_a_log_that_was_put_aside_leaves_no_rule_deaf(running: Running, before: int):
    running.rule(Crosses(10.0), message="{at}")
    for _ in range(before):
        running.tell(9.0)
    running.tell(9.0)
    running.pass_time()
    running.close()
    for file in running.desk.settings.log.parent.glob(f"{running.desk.settings.log.name}*"):
        file.rename(file.with_name(f"old-{file.name}"))
    running.open()
    running.tell(11.0)
    running.pass_time()
    assert len(running.fired()) == 1  # from 9 to 11: the state of the rules is not the log's


def test_an_older_copy_of_the_log_leaves_no_rule_deaf(running: Running):
    running.rule(Crosses(10.0), message="{at}")
    running.tell(9.0)
    running.pass_time()
    running.close()
    path = running.desk.settings.log
    copy = path.read_bytes()
    running.open()
    for _ in range(20):
        running.tell(9.0)
    running.pass_time()
    running.close()
    path.write_bytes(copy)
    running.open()
    running.tell(11.0)
    running.pass_time()
    assert len(running.fired()) == 1
    place = Outbox(running.desk.ledger).cursor(EVALUATION)
    assert place is not None
    assert place.offset == running.log.last


@pytest.mark.parametrize(
    ("away", "fires"), [(timedelta(minutes=10), []), (timedelta(seconds=5), ["ACME 11.00 from 10.00"])]
)
def test_a_move_within_minutes_is_not_measured_over_a_time_in_which_nobody_listened(
    running: Running, away: timedelta, fires: list[str]
):
    running.rule(Moves(1.0, "minutes", 1), message="{symbol} {price} from {reference}")
    running.tell(10.0)
    running.pass_time(timedelta(minutes=1))
    running.tell(10.0)
    running.pass_time(timedelta(seconds=45))
    running.close()
    running.now += away
    running.open()
    running.intake.take(Told(ready=True), "vendor")
    running.tell(11.0)
    running.pass_time()
    assert running.fired() == fires
    running.pass_time(timedelta(minutes=1, seconds=30))
    running.tell(11.0, 11.5)
    running.pass_time()
    assert running.fired()[len(fires) :] == ["ACME 11.50 from 11.00"]


def test_a_move_within_minutes_goes_by_the_symbols_own_feed(early: Running):
    """Another one goes on while it is down; it is delayed by a quarter of an hour."""
    early.rule(Moves(1.0, "minutes", 5), message="{price} from {reference}")
    early.rule(Crosses(1e6), "BTC-USD")
    early.pass_until(15)
    late = timedelta(minutes=15)
    for _ in range(8):
        early.tell(100.0, late=late)
        early.tell(5.0, symbol="BTC-USD")
        early.now += timedelta(minutes=1)
    for _ in range(30):
        early.tell(5.0, symbol="BTC-USD")
        early.now += timedelta(minutes=2)
    early.intake.take(Told(ready=True), "vendor")
    for minute in range(16):
        early.tell(round(101.2 + minute / 10, 1), late=late)
        early.now += timedelta(seconds=59)
    early.pass_time()
    assert early.fired() == []
    early.tell(103.6, late=late)
    early.pass_time()
    assert early.fired() == ["103.60 from 102.30"]


def test_the_first_price_after_an_outage_over_the_open_is_not_the_open(early: Running):
    store(early, "1d", [(datetime(2026, 3, 3, tzinfo=UTC), 100.0, 1000.0)])
    early.rule(Moves(1.0, "open"), message="{price} {change} from {reference}")
    early.pass_until(13)
    early.tell(100.0)
    early.pass_until(17)
    early.intake.take(Told(ready=True), "vendor")
    early.tell(111.0, 120.0)
    early.pass_time()
    opened = datetime(2026, 3, 4, 14, 30, tzinfo=UTC)
    store(early, "1m", [(opened + timedelta(minutes=n), 110.0, 5.0) for n in range(150)])
    early.pass_time(timedelta(minutes=2))
    early.pass_time()
    early.tell(120.5, 121.5)
    early.pass_time()
    assert early.fired() == []
    early.tell(110.5, 111.2)
    early.pass_time()
    assert early.fired() == ["111.20 +1.09 % from 110.00"]


def test_a_rule_made_before_the_session_tells_its_first_price_also_if_a_feed_was_away_over_the_open(early: Running):
    store(early, "1d", [(datetime(2026, 3, 3, tzinfo=UTC), 100.0, 1000.0)])
    early.rule(Moves(5.0), message="{price} from {reference}")
    early.pass_until(14, 40)
    early.intake.take(Told(ready=True), "another")
    early.tell(110.0)
    early.pass_time()
    assert early.fired() == ["110.00 from 100.00"]


def test_a_rule_removed_before_what_it_fired_was_kept_says_nothing(running: Running):
    number = running.rule(Crosses(10.0))
    rules = alarms._Rules(running.desk, {}, running.now)
    fired = rules.watch.hear(
        frame_of(TRADES, [{"symbol": "ACME", "ts": NOON, "price": 9.0 + n, "seq": n, "source": "x"} for n in (0, 2)]),
        frame_of(QUOTES),
    )
    running.book.kept.remove_rule(number, OWNER)
    rules.look(running.now, Facts())
    assert (len(fired), rules.outgoing(fired, running.now)) == (1, [])


def test_a_long_queue_is_left_to_the_log(running: Running, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(alarms, "WAITING", 3)
    queue, first = alarms._Queue(running.intake), running.log.last
    running.intake.listen(queue.put)
    assert list(queue.after(first, 0)) == [None]
    running.tell(9.0)
    (heard, nothing) = queue.after(first, 0)
    assert (heard is None, nothing) == (False, None)
    for _ in range(40):
        running.tell(9.0, 11.0)
        assert queue.waiting <= 3
    told = [each.offset for each in queue.after(first + 1, 0) if each is not None]
    assert told == list(range(first + 2, first + 42))


def test_the_end_is_not_told_while_more_waits_than_memory_holds(running: Running, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(alarms, "WAITING", 3)
    queue, first = alarms._Queue(running.intake), running.log.last
    running.intake.listen(queue.put)
    assert list(queue.after(first, 0)) == [None]
    running.tell(9.0)
    heard = queue.after(first, 0)
    told = [next(heard)]
    for _ in range(30):
        running.tell(9.0, 11.0)
    told += heard
    assert [each and each.offset for each in told] == [*range(first + 1, first + 32), None]


def test_a_failure_that_nobody_foresaw_is_told_without_its_words(running: Running, monkeypatch: pytest.MonkeyPatch):
    def failing(*_arguments: object) -> int:
        raise RuntimeError("hunter2")

    running.rule(Crosses(10.0))
    monkeypatch.setattr(Outbox, "record", failing)
    running.tell(9.0, 11.0)
    wait_for(lambda: running.alarm.trouble is not None)
    assert running.alarm.trouble is not None
    assert running.alarm.trouble.detail == "They failed: RuntimeError. The log has more."


def test_a_ledger_that_fails_for_a_while_costs_no_alert(running: Running, monkeypatch: pytest.MonkeyPatch):
    running.rule(Crosses(10.0), message="{at}")
    record, failures = Outbox.record, iter([True] * 3)

    def failing(*arguments: Any) -> int:
        if next(failures, False):
            raise StoreError("The ledger did not answer.")
        return record(*arguments)

    monkeypatch.setattr(alarms, "LOOKED_EVERY", timedelta(seconds=0.02))
    monkeypatch.setattr(Outbox, "record", failing)
    for _ in range(5):
        running.tell(9.0, 11.0)
    running.pass_time()
    assert len(set(running.fired())) == len(running.fired()) == 9


def test_quiet_hours_hold_back_what_leaves_not_what_fires(running: Running):
    running.book.kept.add_channel("webhook", "Mine", {"url": "http://127.0.0.1:9/x", "secret": "0" * 16})
    running.rule(Crosses(10.0), quiet=Quiet(time(16), time(20), "UTC"))
    running.tell(9.0, 11.0)
    running.pass_time()
    (firing,) = running.firings()
    assert firing.quiet
    assert running.outbox.deliveries(firing.id)[0].next_try == NOON.replace(hour=20)


def test_the_first_percent_counts_from_the_last_close_on_todays_scale(running: Running):
    days = [("2026-03-02", 98.0), ("2026-03-03", 100.0)]
    store(running, "1d", [(datetime.fromisoformat(day).replace(tzinfo=UTC), close, 1000.0) for day, close in days])
    split = {"symbol": key_of(running), "ex_date": date(2026, 3, 4), "kind": "split", "ratio": 2.0, "source": "vendor"}
    running.desk.lake.append_actions(pl.DataFrame([split]), running.now)
    running.rule(Moves(1.0), message="{change} from {reference}")
    running.tell(50.2, 50.4, 50.6)
    running.pass_time()
    assert running.fired() == ["+1.20 % from 50.00"]


def test_volume_counts_minutes_once_also_over_a_restart(running: Running):
    store(running, "1d", [(datetime(2026, 3, 3, tzinfo=UTC), 10.0, 1000.0)])
    running.tell(10.0, size=400.0)  # before the rule: it is its background
    running.pass_time(timedelta(minutes=2))
    running.rule(VolumeSpike(times=1.0, days=1), message="{value}")
    running.pass_time(timedelta(minutes=1))
    running.tell(10.0, size=300.0)
    running.pass_time(timedelta(minutes=2))
    running.close()
    running.open()
    assert running.fired() == []
    running.tell(10.0, size=299.0)
    running.pass_time(timedelta(minutes=2))
    assert running.fired() == []
    running.tell(10.0, size=2.0)
    running.pass_time(timedelta(minutes=2))
    assert running.fired() == ["1,001"]


def test_a_days_close_is_judged_when_the_day_is_over_and_known(running: Running):
    closes = [10.0, 10.0, 10.0, 9.0]
    first = datetime(2026, 2, 26, tzinfo=UTC)
    stamps = [first, first + timedelta(days=1), first + timedelta(days=4), first + timedelta(days=5)]
    store(running, "1d", list(zip(stamps, closes, [1.0] * 4, strict=True)))
    running.rule(AverageCross(slow=3), message="{at} {price}")
    running.tell(12.0)
    running.pass_time(timedelta(hours=4, minutes=10))  # 16:10 in New York: the day may still lack its auction
    assert running.fired() == []
    running.pass_time(timedelta(minutes=15))
    assert running.fired() == []  # nothing of the day is stored yet
    running.intake.save(running.desk.lake, running.now)
    running.pass_time()
    running.pass_time(timedelta(minutes=5))
    assert running.fired() == ["2026-03-04 21:00:00 UTC 12.00"]


WEEK = [(datetime(2026, 2, day, tzinfo=UTC), 10.0, 1.0) for day in (25, 26, 27)] + [
    (datetime(2026, 3, day, tzinfo=UTC), 9.0, 1.0) for day in (2, 3)
]


@pytest.mark.parametrize("stays_open", [True, False])
def test_who_opens_the_desk_in_the_evening_is_told_of_each_days_close(running: Running, stays_open: bool):
    store(running, "1d", WEEK)
    running.rule(AverageCross(slow=3), message="{at} {price}")
    for day, close in ((4, 20.0), (5, 5.0), (6, 20.0)):
        if not stays_open:
            running.close()
        running.now = datetime(2026, 3, day, 23, tzinfo=UTC)
        if not stays_open:
            running.open()
        store(running, "1d", [(datetime(2026, 3, day, tzinfo=UTC), close, 1.0)])
        running.pass_time()
    assert running.fired() == [f"2026-03-0{day} 21:00:00 UTC {price:.2f}" for day, price in ((4, 20), (5, 5), (6, 20))]


def test_after_an_absence_each_day_is_judged_by_the_days_before_it(running: Running):
    store(running, "1d", WEEK)
    running.rule(AverageCross(slow=3), message="{at} {price}")
    running.close()
    running.now = datetime(2026, 3, 6, 22, tzinfo=UTC)
    running.open()
    store(running, "1d", [(datetime(2026, 3, 6, tzinfo=UTC), 20.0, 1.0)], source="vendor:stream")
    running.pass_time()
    assert running.fired() == []  # the days between may be told yet
    store(running, "1d", [(datetime(2026, 3, day, tzinfo=UTC), price, 1.0) for day, price in ((4, 20.0), (5, 5.0))])
    running.pass_time()
    assert running.fired() == [f"2026-03-0{day} 21:00:00 UTC {price:.2f}" for day, price in ((4, 20), (5, 5), (6, 20))]


def test_a_day_that_nobody_ever_tells_holds_up_no_later_one(running: Running):
    store(running, "1d", WEEK)
    running.rule(AverageCross(slow=3), message="{at} {price}")
    for day, price in ((5, 20.0), (6, 5.0)):
        running.now = datetime(2026, 3, day, 22, tzinfo=UTC)
        store(running, "1d", [(datetime(2026, 3, day, tzinfo=UTC), price, 1.0)], source="vendor:stream")
        running.pass_time()
    assert running.fired() == ["2026-03-05 21:00:00 UTC 20.00", "2026-03-06 21:00:00 UTC 5.00"]


def test_a_day_is_judged_by_days_that_became_known_a_moment_before_and_prices_are_too(running: Running):
    store(running, "1d", WEEK[:-1])
    running.rule(AverageCross(slow=3), message="{at} {price}")
    running.rule(Moves(5.0), message="{price} from {reference}")
    running.tell(9.4)
    running.pass_time(timedelta(hours=4, minutes=18))
    store(running, "1d", [(datetime(2026, 2, 24, tzinfo=UTC), 10.0, 1.0)])
    running.pass_until(21, 19)
    running.pass_time()  # the past was asked for, and is again after some minutes
    running.tell(9.4)
    running.pass_time()
    store(running, "1d", [*WEEK[-1:], (datetime(2026, 3, 4, tzinfo=UTC), 9.4, 1.0)])
    running.pass_until(21, 20)
    running.pass_time()
    running.tell(9.5)
    running.pass_time()
    assert running.fired() == ["2026-03-04 21:00:00 UTC 9.40", "9.50 from 9.00"]


def test_in_london_the_next_date_begins_at_the_close_and_its_reference_is_the_official_one(running: Running):
    close = datetime(2026, 3, 4, 16, 30, tzinfo=UTC)
    store(running, "1d", [(datetime(2026, 3, 3, tzinfo=UTC), 90.0, 10.0)], symbol="VOD.L")
    heard = [(close - timedelta(minutes=n), 100.0, 5.0) for n in range(1, 500)]
    store(running, "1m", heard, symbol="VOD.L", source="vendor:stream")
    running.rule(Moves(5.0), "VOD.L", message="{at} {price} {change} from {reference}")
    running.rule(VolumeSpike(1.0, 1), "VOD.L", name="volume", message="{value} of {level}")
    store(running, "1d", [(datetime(2026, 3, 4, tzinfo=UTC), 110.0, 10_000.0)], symbol="VOD.L")
    running.pass_time(timedelta(minutes=15))
    running.pass_until(23, 59)
    running.pass_time(timedelta(hours=8, minutes=2))
    running.tell(110.0, symbol="VOD.L", size=3_000.0)
    running.pass_time(timedelta(minutes=2))
    assert running.fired() == []
    running.tell(116.0, symbol="VOD.L", size=7_000.0)
    running.pass_time()
    running.pass_time(timedelta(minutes=2))
    assert running.fired() == ["2026-03-05 08:03:02 UTC 116.00 +5.45 % from 110.00", "10,000 of 10,000"]


def test_an_edit_of_something_else_loses_no_day(running: Running):
    store(running, "1d", WEEK)
    running.rule(AverageCross(slow=3), message="{price}")
    running.pass_time(timedelta(hours=4, minutes=30))
    WatchBook(running.desk.ledger).add("Other", ["BOLT"])
    running.pass_time()
    store(running, "1d", [(datetime(2026, 3, 4, tzinfo=UTC), 20.0, 1.0)])
    running.pass_time()
    assert running.fired() == ["20.00"]


def test_a_desk_opened_within_a_session_waits_for_the_open_and_counts_the_whole_volume(running: Running):
    store(running, "1d", [(datetime(2026, 3, day, tzinfo=UTC), 120.0, 1000.0) for day in (2, 3, 4)])
    store(running, "1m", [(datetime(2026, 3, 4, 14, 30, tzinfo=UTC), 120.0, 1.0)])
    running.rule(Moves(5.0, "open"), message="{price} {change} from {reference}")
    running.rule(VolumeSpike(times=1.0, days=1), message="{value} at {at}")
    running.tell(120.0)
    running.pass_time()
    running.close()
    running.now, opened = NOON + timedelta(days=1), datetime(2026, 3, 5, 14, 30, tzinfo=UTC)
    store(running, "1m", [(opened + timedelta(minutes=30), 118.0, 1.0)], source="vendor:stream")
    running.open()
    running.tell(100.0)
    running.pass_time(timedelta(minutes=2))
    assert running.fired() == []
    healed = running.now
    store(running, "1m", [(opened + timedelta(minutes=n), 120.0 - n / 10, 40.0) for n in range(150)])
    running.intake.healed(["ACME"], opened, healed)
    running.tell(106.0)
    running.pass_time(timedelta(minutes=2))
    running.tell(106.0)
    running.pass_time()
    assert running.fired() == ["1,000 at 2026-03-05 14:55:00 UTC", "106.00 -11.67 % from 120.00"]


def test_after_an_absence_nothing_is_measured_from_an_older_close(running: Running):
    store(running, "1d", [(datetime(2026, 3, 3, tzinfo=UTC), 100.0, 1000.0)])
    running.rule(Moves(5.0), message="{price} {change} from {reference}")
    running.rule(NewExtreme(1), message="{price} beyond {reference}")
    running.tell(100.0)
    running.close()
    running.now = NOON + timedelta(days=6)
    running.open()
    running.tell(119.5)
    running.pass_time(timedelta(minutes=2))
    assert running.fired() == []
    store(running, "1d", [(datetime(2026, 3, day, tzinfo=UTC), 119.0, 1000.0) for day in (4, 5, 6, 9)])
    running.pass_time()
    running.tell(113.0, 126.0)
    running.pass_time()
    assert running.fired() == ["113.00 -5.04 % from 119.00", "126.00 +5.88 % from 119.00", "126.00 beyond 119.00"]


def test_a_close_that_a_stream_told_before_the_end_of_the_session_is_none(running: Running):
    store(running, "1d", [(datetime(2026, 3, 2, tzinfo=UTC), 100.0, 1000.0)])
    morning = datetime(2026, 3, 3, 15, tzinfo=UTC)
    store(running, "1m", [(morning, 100.0, 1.0)], source="vendor:stream")
    running.rule(Moves(5.0), message="{reference}")
    running.tell(104.0, 111.0)
    running.pass_time(timedelta(minutes=2))
    assert running.fired() == []
    store(running, "1m", [(morning + timedelta(hours=5, minutes=59), 104.0, 1.0)], source="vendor:stream")
    running.pass_time()
    running.tell(105.0, 111.0)
    running.pass_time()
    assert running.fired() == ["104.00"]


def test_a_rule_made_within_the_session_takes_what_is_so_already_for_no_event(running: Running):
    store(running, "1d", [(datetime(2026, 3, 3, tzinfo=UTC), 9.0, 1.0)])
    running.rule(Crosses(10.0), message="{symbol} {price}")
    running.tell(12.0, 9.5, symbol="BOLT")
    running.pass_time(timedelta(minutes=2))
    running.rule(Crosses(10.0), "BOLT", name="Bolt", message="{symbol} {price}")
    running.tell(12.0, 12.5)  # nobody has heard of the session's price so far
    running.tell(12.0, symbol="BOLT")  # the newest minute closed at 9.5
    running.pass_time()
    assert running.fired() == ["BOLT 12.00"]


def test_a_rule_made_in_the_minute_in_which_the_price_jumped_takes_that_for_no_event(early: Running):
    store(early, "1d", [(datetime(2026, 3, 3, tzinfo=UTC), 100.0, 1.0)])
    early.pass_until(15)
    early.tell(100.0)
    early.pass_until(15, 10)
    early.tell(120.0)
    early.pass_time()
    early.rule(Crosses(110.0), message="{price}")
    early.tell(120.1)
    early.pass_time()
    assert early.fired() == []
    early.tell(109.0)
    early.pass_time()
    assert early.fired() == ["109.00"]


def test_a_split_that_becomes_known_before_the_open_is_no_move(early: Running):
    store(early, "1d", [(datetime(2026, 3, 3, tzinfo=UTC), 100.0, 1.0)])
    early.rule(Moves(5.0), message="{price} from {reference}")
    early.pass_until(12, 30)
    split = {"symbol": key_of(early), "ex_date": date(2026, 3, 4), "kind": "split", "ratio": 2.0, "source": "vendor"}
    early.desk.lake.append_actions(pl.DataFrame([split]), early.now)
    early.pass_until(14, 30)
    early.tell(50.5)
    early.pass_time()
    assert early.fired() == []
    early.tell(53.0)
    early.pass_time()
    assert early.fired() == ["53.00 from 50.00"]


@pytest.mark.parametrize("other", [None, VolumeSpike(1e6), Spread(50.0), RsiCross()])
@pytest.mark.parametrize("made_before", [False, True])
def test_a_rule_made_beside_one_of_another_kind_takes_what_is_so_already_for_no_event(
    early: Running, other: Condition | None, made_before: bool
):
    store(early, "1d", [(datetime(2026, 3, 3, tzinfo=UTC), 100.0, 1000.0)])
    if other is not None:
        early.rule(other)
    number = early.rule(Moves(1.0), enabled=made_before)
    early.pass_until(14, 30)
    early.tell(100.0)
    early.pass_time()
    early.book.kept.change_rule(replace(early.stored(number), enabled=False), early.now)
    early.pass_time()
    early.tell(110.0)
    early.pass_until(16)
    early.tell(120.0)
    early.pass_until(17)
    early.book.kept.change_rule(replace(early.stored(number), enabled=True), early.now)
    early.rule(Crosses(115.0))
    early.rule(Moves(1.0, "open"))
    early.tell(120.1)
    early.pass_time()
    early.tell(121.5)
    early.pass_time()
    assert early.fired() == []


def test_a_rule_begins_where_it_was_made_also_if_its_first_prices_are_heard_again(running: Running):
    running.rule(Crosses(10.0), message="{price}")
    made, first = alarms._Rules(running.desk, {}, running.now).state(), running.log.last
    for price in (12.0, 9.0):
        running.tell(price)
        running.pass_time(timedelta(minutes=1))
    again = alarms._Rules(running.desk, made, running.now)
    fired = [f for heard in running.intake.entries(first) for f in again.hear(heard, running.now)]
    assert [firing.message for firing in fired] == running.fired() == ["9.00"]


def test_late_and_healed_minutes_count_once_each(running: Running):
    store(running, "1d", [(datetime(2026, 3, 3, tzinfo=UTC), 10.0, 1000.0)])
    running.rule(VolumeSpike(times=1.0, days=1), message="{value}")
    for _ in range(8):
        running.pass_time(timedelta(seconds=30))
        late = {"symbol": "ACME", "ts": running.now - timedelta(minutes=2), "price": 10.0, "size": 100.0}
        running.intake.take(Told(trades=frame_of(TRADES, [late | {"source": "vendor"}])))
    running.pass_time(timedelta(minutes=1))
    assert running.fired() == []  # 800
    gap = running.now.replace(second=0) - timedelta(minutes=8)
    store(running, "1m", [(gap, 10.0, 150.0)])
    running.pass_time()
    assert running.fired() == []  # 950
    store(running, "1m", [(gap, 10.0, 200.0)])
    running.pass_time()
    assert running.fired() == ["1,000"]


def test_the_last_minute_of_a_date_counts_when_the_next_one_has_begun(running: Running):
    store(running, "1d", [(datetime(2026, 3, 3, tzinfo=UTC), 10.0, 1000.0)])
    running.rule(VolumeSpike(times=1.0, days=1), message="{at}")
    running.now = datetime(2026, 3, 5, 0, 59, 30, tzinfo=UTC)  # 19:59:30 in New York
    running.tell(10.0, size=1000.0)
    running.pass_time(timedelta(seconds=40))
    running.pass_time()  # the next date's past was asked for
    assert running.fired() == ["2026-03-05 01:00:00 UTC"]


def test_a_delayed_feed_is_not_silent(running: Running):
    running.rule(Stale(5))
    for n in range(40):
        running.pass_time(timedelta(seconds=15))
        late = {"symbol": "ACME", "ts": running.now - timedelta(minutes=15), "price": 10 + n / 100, "source": "vendor"}
        running.intake.take(Told(quotes=frame_of(QUOTES, [late])))
    wait_for(lambda: running.alarm.heard == running.log.last)
    running.pass_time(timedelta(minutes=4, seconds=57))
    assert running.fired() == []
    running.pass_time()
    assert len(running.fired()) == 1


def test_no_symbol_is_silent_because_the_desk_was_off_or_the_rules_catch_up(running: Running):
    running.rule(Stale(5), message="{at}")
    running.tell(10.0)
    running.pass_time()
    running.close()
    running.open(alarm=False)
    for _ in range(40):
        running.now += timedelta(seconds=40)
        running.tell(10.0)
    running.alarm.start()
    running.settled()
    running.close()
    running.now += timedelta(hours=1)
    running.open()
    opened = running.now
    assert running.fired() == []
    running.pass_time(timedelta(minutes=5))
    assert running.fired() == [f"{opened:%Y-%m-%d %H:%M:%S} UTC"]


def test_no_symbol_is_silent_whose_prices_wait_to_be_heard(running: Running):
    running.rule(Stale(5), "BOLT")
    running.close()
    running.open(alarm=False)
    for symbol in ("ACME", "ACME", "ACME", "ACME", "BOLT"):
        running.tell(10.0, symbol=symbol)
    slow = iter(range(4))

    def facts() -> Facts:
        running.now += timedelta(minutes=3 if next(slow, None) is not None else 0)
        return Facts()

    running.alarm = Alarm(running.desk, running.log, running.intake, facts)
    running.alarm.start()
    wait_for(lambda: running.alarm.heard == running.log.last)
    running.settled()
    assert running.fired() == []


@pytest.mark.parametrize("restarted", [False, True])
def test_a_clock_that_was_ahead_for_a_while_silences_no_rule(running: Running, restarted: bool):
    store(running, "1d", WEEK)
    right = running.now
    running.close()
    running.now += timedelta(days=365)
    running.open()
    running.rule(Crosses(10.0, "up"), message="{price}", cooldown=timedelta(minutes=1))
    running.rule(Stale(5), message="{symbol} silent")
    running.rule(Stale(5), "BOLT", name="Bolt", message="{symbol} silent")
    running.rule(VolumeSpike(times=1.0, days=1), message="volume")
    running.rule(AverageCross(slow=3), message="{at}")
    running.tell(9.0, 11.0)
    running.tell(9.0, symbol="BOLT")
    running.pass_time()
    assert running.fired() == ["11.00"]
    running.now = right
    running.settled()
    if restarted:
        running.close()
        running.open()
    running.pass_time(timedelta(minutes=1))
    running.tell(9.0, 12.0)
    for span in (3, 60, 180, 60):
        running.pass_time(timedelta(seconds=span))
    assert running.fired() == ["11.00", "12.00", "volume", "BOLT silent", "ACME silent"]
    running.now = datetime(2026, 3, 4, 23, tzinfo=UTC)
    store(running, "1d", [(datetime(2026, 3, 4, tzinfo=UTC), 20.0, 1.0)])
    running.pass_time()
    assert running.fired()[5:] == ["2026-03-04 21:00:00 UTC"]


def test_a_clock_set_back_a_little_tells_nothing_twice(running: Running):
    store(running, "1d", WEEK)
    running.rule(Moves(1.0, "last_alert"), message="{price} {change}", cooldown=timedelta(hours=6))
    running.rule(AverageCross(slow=3), message="{at}")
    running.tell(20.0, 20.3)
    running.pass_time()
    told = running.fired()
    for back in (timedelta(seconds=30), timedelta(hours=7)):
        running.now -= back
        running.pass_time()
        running.now += back
        running.tell(20.4, 20.5)
        running.pass_time()
    assert told
    assert running.fired() == told


def test_a_price_that_may_not_be_the_last_is_no_price_to_begin_with(running: Running):
    running.tell(100.0)
    odd = conform(
        pl.DataFrame(
            [
                {
                    "symbol": "ACME",
                    "ts": running.now,
                    "price": 112.0,
                    "size": 5.0,
                    "source": "vendor",
                    "condition": "4000",
                }
            ]
        ),
        TRADES,
    )
    running.intake.take(Told(trades=odd), "vendor")
    assert running.desk.tape.latest(["ACME"])["ACME"]["price"] == 100.0
    running.now += timedelta(seconds=5)
    running.rule(Crosses(110.0), message="{price}")
    running.tell(100.0)
    running.pass_time()
    assert running.fired() == []


@pytest.mark.parametrize("on_at_the_split", [True, False])
def test_a_split_is_no_move_also_if_the_desk_was_off(running: Running, on_at_the_split: bool):
    store(running, "1d", [(datetime(2026, 3, 3, tzinfo=UTC), 100.0, 1.0)])
    running.rule(Moves(10.0, "last_alert"), message="{price}")
    running.rule(Crosses(80.0), message="{price}")
    running.tell(100.0, 111.0)
    running.pass_time()
    split = {"symbol": key_of(running), "ex_date": date(2026, 3, 5), "kind": "split", "ratio": 2.0, "source": "vendor"}
    running.desk.lake.append_actions(pl.DataFrame([split]), running.now)
    if on_at_the_split:
        running.now = NOON + timedelta(days=1)
        running.tell(55.5)
        running.pass_time()
    running.close()
    running.now = NOON + timedelta(days=2)
    running.open()
    running.tell(55.6)
    running.pass_time()
    assert running.fired() == ["111.00"]


def test_a_symbol_put_back_on_a_list_begins_anew(running: Running):
    held = WatchBook(running.desk.ledger).add("Mine", ["ACME"])
    running.rule(Crosses(100.0, "up"), target=Watchlist(str(held.id)), message="{price}")
    running.tell(90.0)
    running.pass_time()
    for symbols in ((), ("ACME",)):
        held = WatchBook(running.desk.ledger).change(replace(held, symbols=symbols))
        running.pass_time()
        running.tell(110.0, 110.5)
        running.pass_time()
    assert running.fired() == []


def test_a_rule_that_was_switched_off_remembers_what_it_told_and_nothing_else(running: Running):
    running.rule(Crosses(100.0, "up"), repeat="once", message="once {price}")
    running.rule(Crosses(200.0, "up"), message="{price}")
    running.tell(90.0, 110.0, 90.0)
    running.pass_time()
    for enabled in (False, True):
        for stored in running.book.kept.rules():
            running.book.kept.change_rule(replace(stored, enabled=enabled), running.now)
        running.pass_time()
        running.tell(90.0, 110.0, 210.0)
        running.pass_time()
    assert running.fired() == ["once 110.00", "210.00"]


def test_rules_are_edited_while_others_are_heard_and_what_is_known_is_not_asked_again(running: Running):
    running.rule(Crosses(10.0))
    rules = alarms._Rules(running.desk, {}, running.now)
    rules.look(running.now, Facts())
    rules.rest(running.now)
    assert not rules.behind
    watch = rules.watch
    WatchBook(running.desk.ledger).add("Other", ["COIN"])
    rules.look(running.now, Facts())
    assert (rules.behind, rules.watch is watch) == (False, False)
    watch = rules.watch
    running.book.kept.add_rule(
        "Bolt", body_of(Rule(id="new", name="Bolt", condition=Crosses(10.0), target=Symbol("BOLT"))), running.now
    )
    rules.look(running.now, Facts())
    assert (rules.behind, rules.watch is watch) == (True, True)
    rules.rest(running.now)
    assert (rules.behind, rules.watch is watch) == (False, False)


def test_a_volume_rule_is_made_when_it_is_taken_over_whenever_volumes_are_counted_next(running: Running):
    running.rule(VolumeSpike())
    made = json.loads(alarms._Rules(running.desk, {}, running.now).state()["watch"])["arms"]
    assert made == {"1": {"ACME": {"born": int(running.now.timestamp() * 1e6)}}}


def test_silence_is_looked_for_no_more_often_than_the_clock(running: Running):
    running.rule(Stale(5), message="{symbol}")
    running.close()
    rules, begun = alarms._Rules(running.desk, {}, running.now), running.now
    rules.look(begun, Facts())
    told = []
    for seconds in (2, 301, 302, 303):
        fired = rules.rest(begun + timedelta(seconds=seconds))
        told.append((seconds, [each.message for each in fired]))
    assert told == [(2, []), (301, []), (302, []), (303, ["ACME"])]


def test_a_look_counts_no_volume_whose_past_would_have_to_be_read(running: Running):
    store(running, "1d", [(datetime(2026, 3, 3, tzinfo=UTC), 10.0, 1000.0)])
    running.rule(VolumeSpike(times=1.0, days=1), message="{value}")
    running.close()
    rules = alarms._Rules(running.desk, {}, running.now)
    running.now += timedelta(minutes=2)
    store(running, "1m", [(running.now.replace(second=0) - timedelta(minutes=1), 10.0, 1000.0)])
    told = [rules.look(running.now, Facts()), rules.rest(running.now), rules.look(running.now, Facts())]
    assert [[each.message for each in fired] for fired in told] == [[], [], ["1,000"]]


def test_prices_are_followed_from_the_first_rule_on_them_whatever_else_is_on_the_symbol(running: Running):
    running.rule(VolumeSpike(), "BOLT")
    running.rule(Crosses(10.0))
    born = running.now - timedelta(seconds=3)
    running.rule(VolumeSpike(3.0), name="later")
    running.close()
    place = running.outbox.cursor(EVALUATION)
    assert place is not None
    assert list(json.loads(place.state["born"])) == ["ACME"]
    assert born <= datetime.fromisoformat(json.loads(place.state["born"])["ACME"]) <= born + timedelta(seconds=3)


def test_an_edit_counts_also_where_prices_come_without_a_rest(running: Running):
    number = running.rule(Crosses(10.0))
    rules = alarms._Rules(running.desk, {}, running.now)
    rules.rest(running.now)
    (stored,) = running.book.kept.rules()
    bolt = body_of(Rule(id="new", name="Bolt", condition=Crosses(10.0), target=Symbol("BOLT")))
    running.book.kept.change_rule(replace(stored, id=number, body=bolt), running.now)
    watch = rules.watch
    rules.look(running.now, Facts())
    assert rules.watch is watch
    rules.look(running.now, Facts())
    assert rules.watch is not watch


def test_the_place_is_kept_with_every_firing_and_every_edit_and_else_now_and_then(running: Running):
    running.rule(Crosses(10.0), message="{at}")
    made = running.alarm.kept
    running.tell(9.0)
    running.pass_time()
    assert (running.alarm.kept, running.alarm.heard) == (made, running.log.last)
    running.pass_time(alarms.KEPT_EVERY)
    assert running.alarm.kept == running.log.last
    running.tell(11.0)
    running.pass_time()
    assert running.alarm.kept == running.log.last
    running.tell(11.5)
    running.rule(Crosses(20.0), name="Other")
    assert running.alarm.kept == running.log.last
    running.tell(12.0)
    running.pass_time()
    last = running.log.last
    running.close()
    assert running.alarm.kept == last


def test_a_feed_that_is_down_is_told_once_until_it_was_live(running: Running):
    running.rule(FeedDown(minutes=5), target=None)
    running.facts = Facts(feeds_down={"yahoo": running.now})
    running.pass_time(timedelta(minutes=4))
    assert running.fired() == []
    for _ in range(3):
        running.pass_time(timedelta(minutes=2))
        running.close()
        running.facts = Facts(feeds_down={"yahoo": running.now})
        running.open()
        running.pass_time(timedelta(minutes=6))
    assert running.fired() == ["Feed yahoo is down since 2026-03-04 17:00:03 UTC"]
    running.facts = Facts(feeds_live=["yahoo"])
    running.pass_time()
    running.facts = Facts(feeds_down={"yahoo": running.now})
    running.pass_time(timedelta(minutes=5))
    assert len(running.fired()) == 2


def test_a_trial_tells_nothing_of_the_future(running: Running):
    days = [(NOON.replace(hour=0) - timedelta(days=1), 9.0, 1.0), (NOON.replace(hour=0), 11.0, 1.0)]
    store(running, "1d", days)
    rule = Rule(id="new", name="new", condition=Crosses(10.0), target=Symbol("ACME"))
    (trial,) = trials(running.desk, rule, ["ACME"])
    assert [(each.firing.symbol, each.firing.at <= running.now) for each in trial.fired] == [("ACME", True)]


@pytest.mark.parametrize(
    "body",
    [
        {"condition": {"type": "Telepathy"}},
        {"condition": {"type": "Crosses", "level": 5.0}, "target": {"type": "Symbol", "symbol": "\ud800"}},
    ],
)
def test_a_rule_that_cannot_be_read_is_left_out_and_the_others_go_on(running: Running, body: dict[str, object]):
    running.book.kept.add_rule("Unreadable", body, running.now)
    running.rule(Crosses(10.0), message="{price}")
    running.tell(9.0, 11.0)
    running.pass_time()
    assert running.fired() == ["11.00"]


def key_of(running: Running, symbol: str = "ACME") -> str:
    return Register(running.desk.lake.instruments()).id_of(symbol)


def store(
    running: Running,
    interval: str,
    rows: list[tuple[datetime, float, float]],
    *,
    symbol: str = "ACME",
    source: str = "file",
) -> None:
    """Bars at one price each."""
    table = [
        {
            "symbol": key_of(running, symbol),
            "interval": interval,
            "ts": ts,
            "volume": volume,
            "scale": "raw",
            "source": source,
        }
        | dict.fromkeys(("open", "high", "low", "close"), price)
        for ts, price, volume in rows
    ]
    running.desk.lake.append_bars(conform(pl.DataFrame(table), BARS), running.now)
