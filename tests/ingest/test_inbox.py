"""The inbox of splits and dividends: noticed once, previewed, undone for good, brought back once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from openbell.bars.adjust import adjusted
from openbell.ingest.inbox import apply, in_use, notice, preview, undo
from openbell.model.errors import InvalidInput
from openbell.model.frames import ACTIONS, BARS, REJECTS, frame_of
from openbell.model.interval import DAY
from openbell.store.inboxbook import Entry, InboxBook
from openbell.store.lake import Lake
from openbell.store.ledger import Ledger

FETCHED = datetime(2026, 3, 2, 12, tzinfo=UTC)
EX = date(2026, 3, 5)


@dataclass
class Desk:
    """A lake, a ledger, and a clock that is an hour later at each look."""

    lake: Lake
    book: InboxBook
    now: datetime = FETCHED

    def later(self) -> datetime:
        self.now += timedelta(hours=1)
        return self.now

    def tell(self, kind: str = "split", source: str = "yahoo", ex_date: date = EX, **value: float) -> int:
        row = {"symbol": "ACME", "ex_date": ex_date, "kind": kind, "source": source, **value}
        return self.lake.append_actions(frame_of(ACTIONS, [row]), self.later())

    def noticed(self) -> list[Entry]:
        notice(self.lake, self.book, "ACME", FETCHED, self.later())
        return self.book.entries()

    def rows(self) -> int:
        """Rows of actions that are stored, withdrawn ones and corrections too."""
        return sum(volume.rows for volume in self.lake.volumes() if volume.table == "actions")

    def split_closes(self) -> list[float]:
        """What a chart shows."""
        bars = self.lake.bars(["ACME"], DAY, FETCHED - timedelta(days=9), FETCHED + timedelta(days=9))
        return adjusted(bars, self.lake.actions(["ACME"]), "split", zone="America/New_York")["close"].to_list()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    ledger, lake = Ledger(f"sqlite:///{tmp_path / 'ledger.db'}"), Lake(tmp_path / "lake")
    days = [(date(2026, 3, 3), 100.0), (date(2026, 3, 4), 104.0), (EX, 26.5), (date(2026, 3, 6), 27.0)]
    lake.append_bars(
        frame_of(
            BARS,
            (
                {
                    "symbol": "ACME", "interval": "1d", "ts": datetime(day.year, day.month, day.day, tzinfo=UTC),
                    "open": close, "high": close, "low": close, "close": close, "volume": 1.0,
                    "scale": "raw", "source": "yahoo",
                }
                for day, close in days
            ),
        ),
        FETCHED,
    )  # fmt: skip
    yield Desk(lake, InboxBook(ledger))
    ledger.close()


def test_what_a_vendor_tells_after_the_first_fetch_is_news_once(desk: Desk):
    desk.lake.append_actions(
        frame_of(ACTIONS, [{"symbol": "ACME", "ex_date": EX, "kind": "dividend", "amount": 1.0, "source": "yahoo"}]),
        FETCHED,
    )
    desk.tell(ratio=4.0)
    desk.tell("dividend", amount=0.5, ex_date=date(1999, 1, 4))  # told by a backfill, and no news
    for _ in range(2):
        entry = desk.noticed()
        assert [(e.symbol, e.ex_date, e.kind, e.state, e.source) for e in entry] == [
            ("ACME", EX, "split", "new", "yahoo")
        ]
    assert desk.split_closes() == [25.0, 26.0, 26.5, 27.0]  # in the prices at once


def test_a_preview_says_what_the_event_does(desk: Desk):
    desk.tell(ratio=4.0)
    desk.tell("dividend", amount=1.04)
    by_kind = {entry.kind: preview(desk.lake, entry) for entry in desk.noticed()}
    split, dividend = by_kind["split"], by_kind["dividend"]
    assert (split.factor, split.close_before, split.close_after, split.in_use) == (0.25, 104.0, 26.5, True)
    assert split.change == pytest.approx(-0.745, abs=1e-3)
    assert split.adjusted_change == pytest.approx(26.5 / 26 - 1)
    assert dividend.factor == pytest.approx(0.99)


@pytest.mark.parametrize("source", ["yahoo", "alphavantage", "zeta"])
def test_what_was_undone_stays_so_whoever_tells_of_it_again(desk: Desk, source: str):
    desk.tell(ratio=4.0)
    (entry,) = desk.noticed()
    for _ in range(2):
        assert undo(desk.lake, desk.book, entry.id, desk.later()).state == "undone"
    assert desk.rows() == 2
    assert desk.split_closes() == [100.0, 104.0, 26.5, 27.0]
    assert desk.tell(ratio=4.0, source=source) == 0
    assert desk.tell(ratio=4.01, source=source) == 0
    assert [e.state for e in desk.noticed()] == ["undone"]
    assert desk.split_closes() == [100.0, 104.0, 26.5, 27.0]


def test_what_was_undone_is_brought_back_once_and_then_corrected_by_its_vendor(desk: Desk):
    desk.tell("dividend", amount=1.0)
    (entry,) = desk.noticed()
    undo(desk.lake, desk.book, entry.id, desk.later())
    for _ in range(2):
        assert apply(desk.lake, desk.book, entry.id, desk.later()).state == "applied"
    assert desk.rows() == 3
    assert desk.lake.actions(["ACME"])["amount"].to_list() == [1.0]
    assert desk.tell("dividend", amount=1.0) == 0
    assert desk.tell("dividend", amount=1.1) == 1
    assert desk.lake.actions(["ACME"])["amount"].to_list() == [1.1]
    (entry,) = desk.noticed()
    assert (entry.state, entry.told[0]["amount"]) == ("applied", 1.1)
    undo(desk.lake, desk.book, entry.id, desk.later())
    assert desk.lake.actions(["ACME"]).is_empty()


def test_applying_what_is_in_the_prices_stores_nothing(desk: Desk):
    desk.tell(ratio=4.0)
    (entry,) = desk.noticed()
    apply(desk.lake, desk.book, entry.id, desk.later())
    assert desk.rows() == 1
    assert desk.book.entries()[0].state == "applied"


def test_two_dividends_of_a_day_are_undone_and_brought_back_together(desk: Desk):
    rows = [
        {"symbol": "ACME", "ex_date": EX, "kind": "dividend", "amount": amount, "source": "yahoo"}
        for amount in (0.5, 3.0)
    ]
    desk.lake.append_actions(frame_of(ACTIONS, rows), desk.later())
    (entry,) = desk.noticed()
    undo(desk.lake, desk.book, entry.id, desk.later())
    assert not in_use(desk.lake, entry)
    apply(desk.lake, desk.book, entry.id, desk.later())
    assert desk.lake.actions(["ACME"])["amount"].to_list() == [0.5, 3.0]


def test_a_jump_like_a_split_waits_to_be_applied(desk: Desk):
    monday = datetime(2026, 3, 9, tzinfo=UTC)
    row = {"symbol": "ACME", "interval": "1d", "ts": monday, "close": 2.71}
    reject = {**row, "reason": "split_like_jump", "row": json.dumps({"close": 2.71}), "repaired": False}
    desk.lake.append_rejects(frame_of(REJECTS, [{k: v for k, v in reject.items() if k in REJECTS}]), desk.later())
    desk.noticed()
    (entry,) = desk.noticed()
    assert (entry.ex_date, entry.kind, entry.source) == (monday.date(), "split", "inferred")
    assert entry.told[0]["ratio"] == 10.0
    assert not preview(desk.lake, entry).in_use
    assert desk.lake.actions(["ACME"]).is_empty()
    for _ in range(2):
        apply(desk.lake, desk.book, entry.id, desk.later())
    assert desk.lake.actions(["ACME"]).select("ex_date", "ratio").rows() == [(monday.date(), 10.0)]
    assert desk.rows() == 1
    assert len(desk.noticed()) == 1


def test_an_entry_that_is_none_is_refused(desk: Desk):
    with pytest.raises(InvalidInput, match="no entry 7"):
        undo(desk.lake, desk.book, 7, desk.later())
    assert desk.rows() == 0
