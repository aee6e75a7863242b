"""One symbol from four sources on three scales, imported in every order: the prices as traded are the same."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from math import sin
from pathlib import Path

import pytest

from openbell.desk import open_desk
from openbell.history import History
from openbell.ingest.importing import import_file
from openbell.model.interval import DAY
from openbell.model.sessions import sessions
from openbell.providers.files import Reading
from openbell.settings import Settings
from openbell.store.lake import Lake

NOW = datetime(2024, 1, 5, tzinfo=UTC)
SEVEN, FOUR = date(2014, 6, 9), date(2020, 8, 31)
EX_DIVIDEND, PAID = date(2014, 6, 12), 0.47


@dataclass(frozen=True, slots=True)
class Day:
    """What was traded on a day, as it was traded."""

    date: date
    close: float
    volume: int


def traded(first: date, last: date, level: float, splits: Mapping[date, int]) -> list[Day]:
    """Each session's close, a wave of a few percent around `level`, which each split divides."""
    days = []
    for number, day in enumerate(sessions("XNYS", first, last)["trade_date"]):
        ratio = next((ratio for ex_date, ratio in splits.items() if day >= ex_date), 1)
        days.append(Day(day, round(level / ratio * (1 + 0.02 * sin(number)), 2), 1_000_000 * ratio))
    return days


THEN = traded(date(2014, 5, 12), date(2014, 7, 3), 640.0, {SEVEN: 7})
LATER = traded(date(2020, 8, 3), date(2020, 9, 18), 300.0, {FOUR: 4})


def written(path: Path, header: str, rows: Sequence[str]) -> Path:
    path.write_text("\n".join([header, *rows]) + "\n")
    return path


def yfinance(folder: Path) -> Path:
    """All days on the scale after both splits, with the splits and the dividend."""
    rows = []
    for day in (*THEN, *LATER):
        after = (28 if day.date < SEVEN else 4) if day.date < FOUR else 1
        close, split = day.close / after, {SEVEN: 7.0, FOUR: 4.0}.get(day.date, 0.0)
        paid = PAID / 4 if day.date == EX_DIVIDEND else 0.0
        adjusted = close * (1 - PAID / close_before()) if day.date < EX_DIVIDEND else close
        prices = f"{close!r},{close!r},{close!r},{close!r},{adjusted!r}"
        rows.append(f"{day.date} 00:00:00-04:00,{prices},{day.volume * after},{paid},{split}")
    header = "Date,Open,High,Low,Close,Adj Close,Volume,Dividends,Stock Splits"
    return written(folder / "ACME-yfinance.csv", header, rows)


def old_yahoo(folder: Path) -> Path:
    """What Yahoo's page gave in July 2014: the first split is in the prices, the second one far."""
    rows = []
    for day in THEN:
        after = 7 if day.date < SEVEN else 1
        close = day.close / after
        adjusted = close * (1 - PAID / close_before()) if day.date < EX_DIVIDEND else close
        rows.append(f"{day.date},{close:.6f},{close:.6f},{close:.6f},{close:.6f},{adjusted:.6f},{day.volume * after}")
    return written(folder / "ACME.csv", "Date,Open,High,Low,Close,Adj Close,Volume", rows)


def lean(folder: Path) -> Path:
    """Raw prices without a word on splits."""
    path = folder / "acme.zip"
    rows = [
        f"{day.date:%Y%m%d} 00:00,{cents},{cents},{cents},{cents},{day.volume}"
        for day in THEN
        if (cents := round(day.close * 10_000))
    ]
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("acme.csv", "\n".join(rows))
    return path


def wiki(folder: Path) -> Path:
    """Raw prices with the day's split and dividend, as Quandl's WIKI had them."""
    header = (
        "ticker,date,open,high,low,close,volume,ex-dividend,split_ratio,adj_open,adj_high,adj_low,adj_close,adj_volume"
    )
    rows = []
    for day in THEN:
        paid, split = (PAID if day.date == EX_DIVIDEND else 0.0), (7.0 if day.date == SEVEN else 1.0)
        after = (7 if day.date < SEVEN else 1) / ((1 - PAID / close_before()) if day.date < EX_DIVIDEND else 1)
        prices, adjusted = f"{day.close},{day.close},{day.close},{day.close}", day.close / after
        copies = f"{adjusted:.8f},{adjusted:.8f},{adjusted:.8f},{adjusted:.8f},{day.volume * after:.0f}"
        rows.append(f"ACME,{day.date},{prices},{day.volume},{paid},{split},{copies}")
    return written(folder / "wiki.csv", header, rows)


def close_before() -> float:
    """The close before the dividend, after the first split."""
    return next(day.close for day in reversed(THEN) if day.date < EX_DIVIDEND)


SOURCES: tuple[Callable[[Path], Path], ...] = (yfinance, old_yahoo, lean, wiki)


@pytest.mark.parametrize("order", [*permutations(SOURCES)], ids=lambda order: "-".join(each.__name__ for each in order))
def test_the_prices_as_traded_are_the_same_whatever_came_first(
    tmp_path: Path, order: tuple[Callable[[Path], Path], ...]
):
    desk = open_desk(Settings(home=tmp_path / "home", offline=True), lambda: NOW)
    try:
        for number, source in enumerate(order):
            import_file(source(tmp_path), desk.lake, Reading(), now=NOW + timedelta(hours=number))
        assert desk.lake.rejects().rows() == []
        assert_as_traded(desk.lake, THEN)
        assert_as_traded(desk.lake, LATER)
        assert_actions(desk.lake)
        assert_total(desk.history)
    finally:
        desk.close()


def assert_as_traded(lake: Lake, days: Sequence[Day]) -> None:
    first, last = (datetime(day.year, day.month, day.day, tzinfo=UTC) for day in (days[0].date, days[-1].date))
    bars = lake.bars(["ACME"], DAY, first, last + timedelta(days=1))
    assert bars["ts"].dt.date().to_list() == [day.date for day in days]
    assert bars["close"].to_list() == pytest.approx([day.close for day in days], rel=2e-6)
    assert bars["volume"].to_list() == pytest.approx([day.volume for day in days], rel=2e-6)
    assert bars["scale"].unique().to_list() == ["raw"]


def assert_actions(lake: Lake) -> None:
    actions = lake.actions(["ACME"])
    assert actions.select("ex_date", "kind").rows() == [(SEVEN, "split"), (EX_DIVIDEND, "dividend"), (FOUR, "split")]
    assert actions["ratio"].to_list() == [7.0, None, 4.0]
    assert actions["amount"].drop_nulls().to_list() == pytest.approx([PAID], rel=1e-3)


def assert_total(history: History) -> None:
    """The first day on the scale after both splits and the dividend."""
    start = datetime(2014, 5, 12, tzinfo=UTC)
    first = history.bars("ACME", DAY, start, start + timedelta(days=1), adjust="total").bars["close"].item()
    assert first == pytest.approx(THEN[0].close / 28 * (1 - PAID / close_before()), rel=1e-5)
