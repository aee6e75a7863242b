"""Symbols whose prices begin and end on different days, beside each other."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from history.test_past import listed, stored
from openbell.desk import Desk
from openbell.history.comparison import Compared, Missing, compared
from openbell.model.errors import InvalidInput
from openbell.model.frames import INSTRUMENTS, frame_of

FEBRUARY = {f"2026-02-{day:02}": 10.0 + day for day in range(2, 28)}
LATE = {day: close for day, close in FEBRUARY.items() if "2026-02-16" <= day <= "2026-02-18"}
OLD = {day.replace("2026", "2020"): close for day, close in FEBRUARY.items()}


def drawn(answer: Compared, symbol: str) -> list[float]:
    return answer.comparison.rebased[symbol].drop_nulls().to_list()


def test_lines_statistics_and_changes_are_of_the_days_that_all_have(desk: Desk):
    stored(desk, "ACME", "1d", FEBRUARY)
    stored(desk, "BOLT", "1d", LATE)
    answer = compared(desk.history, ["acme", "BOLT"], span="Max")
    assert answer.comparison.common == (datetime(2026, 2, 16, tzinfo=UTC), datetime(2026, 2, 18, tzinfo=UTC))
    rows = answer.comparison.statistics.select("symbol", "first", "last", "change_pct", "bars").rows()
    assert rows == [
        ("ACME", 26.0, 28.0, pytest.approx(200 / 26), 3),
        ("BOLT", 26.0, 28.0, pytest.approx(200 / 26), 3),
    ]
    assert drawn(answer, "ACME") == pytest.approx([0, 100 / 26, 200 / 26])
    assert answer.missing == ()
    assert answer.notes == (
        "All begin on 16 Feb 2026, when the prices of BOLT begin.",
        "All end with the bar of 18 Feb 2026, where the prices of BOLT end.",
    )


def test_a_symbol_whose_prices_ended_before_the_stretch_is_named_and_empties_nothing(desk: Desk):
    for symbol, closes in (("OLD", OLD), ("ACME", FEBRUARY), ("BOLT", FEBRUARY)):
        stored(desk, symbol, "1d", closes)
    answer = compared(desk.history, ["OLD", "ACME", "BOLT"], span="6M")
    assert drawn(answer, "ACME")[-1] == pytest.approx(2500 / 12)
    assert drawn(answer, "OLD") == []
    assert answer.comparison.correlation[1][2] == pytest.approx(1)
    detail = "OLD has no prices from 27 Aug 2025 to 27 Feb 2026; those held are of 2 Feb 2020 to 27 Feb 2020."
    assert answer.missing == (Missing("OLD", detail),)


def test_a_symbol_stored_by_the_month_does_not_forbid_the_days_of_the_others(desk: Desk):
    for symbol in ("ACME", "BOLT"):
        stored(desk, symbol, "1d", FEBRUARY)
    stored(desk, "OLD", "1mo", {"2020-02-01": 1.0})
    answer = compared(desk.history, ["ACME", "OLD", "BOLT"], span="1M")
    assert str(answer.stretch.interval) == "1d"
    assert [each.symbol for each in answer.missing] == ["OLD"]


def test_markets_that_are_never_open_together_are_told_to_take_longer_bars(desk: Desk):
    listed(desk, "ACME")
    listed(desk, "SONY", "XTKS")
    stored(desk, "ACME", "1h", {"2026-02-24T14:30": 1.0, "2026-02-24T15:30": 2.0})
    stored(desk, "SONY", "1h", {"2026-02-24T00:00": 1.0, "2026-02-24T01:00": 2.0})
    answer = compared(desk.history, ["ACME", "SONY"], span="1D")
    assert drawn(answer, "ACME") == [0, 100]
    assert answer.missing == (
        Missing("SONY", "SONY has no price at the same time as the others; longer bars may have."),
    )


def test_prices_that_begin_or_end_apart_from_the_others_are_not_sent_to_longer_bars(desk: Desk):
    before = {day: close for day, close in FEBRUARY.items() if day < "2026-02-16"}
    after = {day: close for day, close in FEBRUARY.items() if day > "2026-02-18"}
    for symbol, closes in (("ACME", LATE), ("BOLT", LATE), ("GONE", before), ("NEW", after)):
        stored(desk, symbol, "1d", closes)
    answer = compared(desk.history, ["ACME", "BOLT", "GONE", "NEW"], span="Max")
    assert answer.missing == (
        Missing("GONE", "GONE has no price at the same time as the others; its prices end on 15 Feb 2026."),
        Missing("NEW", "NEW has no price at the same time as the others; its prices begin on 19 Feb 2026."),
    )


def test_a_stretch_in_which_nobody_has_prices_is_empty(desk: Desk):
    for symbol in ("ACME", "BOLT"):
        stored(desk, symbol, "1d", FEBRUARY)
    answer = compared(desk.history, ["ACME", "BOLT"], start="2030-01-01", end="2030-02-01")
    assert answer.comparison.common is None
    assert [each.symbol for each in answer.missing] == ["ACME", "BOLT"]


def test_two_tickers_of_one_instrument_have_nothing_to_compare(desk: Desk):
    stored(desk, "META", "1d", FEBRUARY)
    with pytest.raises(InvalidInput, match="FB and META are the same instrument"):
        compared(desk.history, ["FB", "META"])


def test_a_former_ticker_is_compared_under_the_name_that_was_asked(desk: Desk):
    stored(desk, "META", "1d", FEBRUARY)
    stored(desk, "ACME", "1d", FEBRUARY)
    named = frame_of(INSTRUMENTS, [{"id": "META", "ticker": "META", "name": "Meta Platforms", "simulated": False}])
    desk.lake.append_instruments(named, desk.clock())
    answer = compared(desk.history, ["FB", "ACME"])
    assert answer.comparison.symbols == ("FB", "ACME")
    assert answer.instruments[0].name == "Meta Platforms"
    assert drawn(answer, "FB") == drawn(answer, "ACME")
