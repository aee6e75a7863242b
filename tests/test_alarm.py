"""Rules over a running desk: what is told fires once, whatever stops in between, and leaves by its channels."""

from __future__ import annotations

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
from openbell.alerts.rules import (
    AverageCross,
    Condition,
    Crosses,
    FeedDown,
    Moves,
    Quiet,
    Rule,
    Symbol,
    VolumeSpike,
    Watchlist,
)
from openbell.alerts.watch import Facts
from openbell.desk import Desk, open_desk
from openbell.ingest.intake import Intake
from openbell.model.errors import StoreError
from openbell.model.frames import BARS, QUOTES, TRADES, conform, frame_of
from openbell.providers.streams.spoken import Told
from openbell.rulebook import Rulebook, body_of
from openbell.settings import Settings
from openbell.store.log import Log
from openbell.store.outbox import Firing, Outbox
from openbell.store.register import Register

NOON = datetime(2026, 3, 4, 17, tzinfo=UTC)
"""A Wednesday, noon in New York."""


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
        self.intake = Intake(self.log, self.desk.tape, exchange_of=lambda _symbol: "XNYS", clock=lambda: self.now)
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

    def tell(self, *prices: float, symbol: str = "ACME", size: float = 1.0) -> None:
        """One trade a second at these prices."""
        rows = []
        for price in prices:
            self.now += timedelta(seconds=1)
            rows.append({"symbol": symbol, "ts": self.now, "price": price, "size": size, "source": "vendor"})
        self.intake.take(Told(trades=frame_of(TRADES, rows)))

    def pass_time(self, span: timedelta = timedelta(seconds=3)) -> None:
        """Let the clock go on, and the alarm look at it."""
        self.now += span
        self.settled()

    def settled(self) -> None:
        """Wait until the alarm has heard the log to its end and has looked at the clock as it is after that."""
        wait_for(lambda: self.alarm.looked == self.now)
        while self.alarm.kept != self.log.last:
            self.now += alarms.LOOKED_EVERY
            wait_for(lambda: self.alarm.looked == self.now)

    def fired(self) -> list[str]:
        """What is in the outbox, oldest first."""
        return [each.message for each in reversed(self.firings())]

    def firings(self) -> list[Firing]:
        return self.outbox.firings(most=500)


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


def test_a_rule_that_fires_once_is_spent_when_it_has_on_each_of_its_symbols_and_until_it_is_edited(running: Running):
    both = running.desk.ledger.add_watchlist("Both", ["ACME", "BOLT"])
    one = running.rule(Crosses(10.0), repeat="once", name="one")
    two = running.rule(Crosses(10.0), repeat="once", name="two", target=Watchlist(str(both.id)))
    running.rule(Crosses(10.0), name="always")
    running.tell(9.0, 11.0)
    running.pass_time()
    assert running.book.spent() == {one}
    running.tell(9.0, 11.0, symbol="BOLT")
    running.pass_time()
    assert running.book.spent() == {one, two}
    edited = next(each for each in running.book.kept.rules() if each.id == one)
    body = {**edited.body, "condition": {"type": "Crosses", "level": 12.0}}
    running.book.kept.change_rule(replace(edited, body=body), running.now)
    assert running.book.spent() == {two}


def test_what_is_told_fires_and_goes_to_its_channels(running: Running):
    mail = running.book.kept.add_channel("webhook", "Mine", {"url": "http://127.0.0.1:9/x", "secret": "0" * 16})
    running.rule(Crosses(10.0), message="{symbol} at {price}")
    running.tell(9.0, 11.0)
    running.pass_time()
    (firing,) = running.firings()
    assert (firing.symbol, firing.price, firing.message, firing.at) == (
        "ACME",
        11.0,
        "ACME at 11",
        NOON + timedelta(seconds=5),
    )
    assert running.alarm.newest == firing.id
    (way,) = running.outbox.deliveries(firing.id)
    assert (way.channel_id, way.state, way.next_try) == (mail.id, "waiting", way.created)


def test_an_edit_counts_from_then_on(running: Running):
    number = running.rule(Crosses(10.0), message="{price}")
    running.tell(9.0, 11.0)
    running.pass_time()
    (stored,) = running.book.kept.rules()
    body = {**stored.body, "condition": {"type": "Crosses", "level": 20.0, "direction": "up"}}
    running.book.kept.change_rule(
        type(stored)(number, stored.name, body, None, True, stored.created, running.now), running.now
    )
    running.pass_time()
    running.tell(9.0, 11.0, 21.0)
    running.pass_time()
    assert running.fired() == ["11", "21"]
    running.book.kept.remove_rule(number)
    running.pass_time()
    running.tell(9.0, 21.0)
    running.pass_time()
    assert running.fired() == ["11", "21"]


def test_a_watchlist_is_followed_as_it_changes(running: Running):
    held = running.desk.ledger.add_watchlist("Mine", ["ACME"])
    running.rule(Crosses(10.0), target=Watchlist(str(held.id)), message="{symbol}")
    running.tell(9.0, 11.0)
    running.tell(9.0, 11.0, symbol="BOLT")
    running.pass_time()
    running.desk.ledger.change_watchlist(type(held)(held.id, held.name, ("BOLT",)))
    running.pass_time()
    running.tell(9.0, 11.0)
    running.tell(9.0, 11.0, symbol="BOLT")
    running.pass_time()
    assert running.fired() == ["ACME", "BOLT"]


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


def test_a_rule_removed_before_what_it_fired_was_kept_says_nothing(running: Running):
    number = running.rule(Crosses(10.0))
    rules = alarms._Rules(running.desk, None)
    fired = rules.watch.hear(
        frame_of(TRADES, [{"symbol": "ACME", "ts": NOON, "price": 9.0 + n, "seq": n, "source": "x"} for n in (0, 2)]),
        frame_of(QUOTES),
    )
    running.book.kept.remove_rule(number)
    rules.look(running.now, Facts())
    assert (len(fired), rules.outgoing(fired, running.now)) == (1, [])


def test_a_long_queue_is_left_to_the_log(running: Running, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(alarms, "WAITING", 3)
    running.rule(Crosses(10.0), message="{at}")
    for _ in range(40):
        running.tell(9.0, 11.0)
    running.pass_time()
    assert len(set(running.fired())) == 79


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
    assert running.fired() == ["+1.20 % from 50"]


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
    assert running.fired() == ["2026-03-04 21:00:00 UTC 12"]


def test_a_feed_that_is_down_is_told_once(running: Running):
    running.rule(FeedDown(minutes=5), target=None)
    running.facts = Facts(feeds_down={"yahoo": running.now})
    running.pass_time(timedelta(minutes=4))
    assert running.fired() == []
    for _ in range(3):
        running.pass_time(timedelta(minutes=2))
    assert running.fired() == ["Feed yahoo is down since 2026-03-04 17:00:03 UTC"]


def test_a_trial_tells_nothing_of_the_future(running: Running):
    days = [(NOON.replace(hour=0) - timedelta(days=1), 9.0, 1.0), (NOON.replace(hour=0), 11.0, 1.0)]
    store(running, "1d", days)
    rule = Rule(id="new", name="new", condition=Crosses(10.0), target=Symbol("ACME"))
    (trial,) = running.book.trial(rule, ["ACME"])
    assert [(fired.symbol, fired.at <= running.now) for fired in trial.firings] == [("ACME", True)]


def test_a_rule_of_another_version_is_left_out_and_the_others_go_on(running: Running):
    running.book.kept.add_rule("Newer", {"condition": {"type": "Telepathy"}}, running.now)
    running.rule(Crosses(10.0), message="{price}")
    running.tell(9.0, 11.0)
    running.pass_time()
    assert running.fired() == ["11"]


def key_of(running: Running) -> str:
    return Register(running.desk.lake.instruments()).id_of("ACME")


def store(running: Running, interval: str, rows: list[tuple[datetime, float, float]]) -> None:
    """Bars of ACME at one price each."""
    table = [
        {"symbol": key_of(running), "interval": interval, "ts": ts, "volume": volume, "scale": "raw", "source": "file"}
        | dict.fromkeys(("open", "high", "low", "close"), price)
        for ts, price, volume in rows
    ]
    running.desk.lake.append_bars(conform(pl.DataFrame(table), BARS), running.now)
