"""A ticker is a name that an instrument bears for a time."""

from __future__ import annotations

from datetime import UTC, date, datetime

from openbell.model.frames import BARS, INSTRUMENTS, frame_of
from openbell.store.register import Register

EMPTY = frame_of(INSTRUMENTS)


def test_facebooks_ticker_leads_to_meta():
    register = Register(EMPTY)
    assert register.id_of("FB", date(2016, 12, 30)) == "META"
    assert register.id_of("META") == "META"
    assert register.instrument("META").ticker == "META"


def test_goog_changed_its_bearer_in_2014():
    register = Register(EMPTY)
    assert register.id_of("GOOG", date(2014, 4, 2)) == "GOOGL"
    assert register.id_of("GOOG", date(2014, 4, 3)) == "GOOG"
    assert register.id_of("GOOG") == "GOOG"
    assert register.id_of("GOOGL") == "GOOGL"


def test_an_unknown_ticker_is_its_own_id():
    register = Register(EMPTY)
    assert register.id_of("ACME") == "ACME"
    assert not register.knows("ACME")
    assert register.instrument("ACME").exchange is None


def test_rows_are_named_by_the_bearer_on_their_date():
    days = [date(2014, 4, 2), date(2014, 4, 3)]
    rows = frame_of(
        BARS, [{"symbol": "GOOG", "ts": datetime(d.year, d.month, d.day, tzinfo=UTC), "close": 1.0} for d in days]
    )
    assert Register(EMPTY).identified(rows)["symbol"].to_list() == ["GOOGL", "GOOG"]


def test_the_newest_row_that_knows_a_fact_tells_it():
    rows = frame_of(
        INSTRUMENTS,
        [
            {"id": "ACME", "ticker": "ACME", "name": "Acme", "exchange": "XNYS", "simulated": False},
            {"id": "ACME", "ticker": "ACME", "name": None, "exchange": "XNAS", "simulated": False},
        ],
    )
    acme = Register(rows).instrument("ACME")
    assert (acme.name, acme.exchange) == ("Acme", "XNAS")
    assert Register(rows).exchanges(["ACME", "ZETA"]) == {"ACME": "XNAS"}


def test_a_later_bearer_of_a_ticker_does_not_take_the_earlier_ones_rows():
    rows = frame_of(
        INSTRUMENTS,
        [
            {"id": "OLD", "ticker": "X", "valid_to": date(2020, 1, 31), "simulated": False},
            {"id": "NEW", "ticker": "X", "valid_from": date(2021, 1, 1), "simulated": False},
        ],
    )
    register = Register(rows)
    assert register.id_of("X", date(2019, 5, 5)) == "OLD"
    assert register.id_of("X", date(2022, 5, 5)) == "NEW"
    assert register.id_of("X") == "NEW"


def periods(*rows: tuple[str, str, date | None, date | None]) -> Register:
    names = ("id", "ticker", "valid_from", "valid_to")
    return Register(frame_of(INSTRUMENTS, [dict(zip(names, row, strict=True)) for row in rows]))


def named(register: Register, ticker: str, *days: date) -> list[str]:
    rows = [{"symbol": ticker, "ts": datetime(d.year, d.month, d.day, tzinfo=UTC)} for d in days]
    return register.identified(frame_of(BARS, rows))["symbol"].to_list()


def test_two_tickers_that_changed_hands_on_one_day_are_both_renamed_once():
    swapped = periods(
        ("AA", "X", None, date(2020, 1, 31)),
        ("BB", "Y", None, date(2020, 1, 31)),
        ("AA", "Y", date(2020, 2, 1), None),
        ("BB", "X", date(2020, 2, 1), None),
        ("X", "AA", None, None),
    )
    rows = frame_of(BARS, [{"symbol": s, "ts": datetime(2020, 1, 6, tzinfo=UTC)} for s in ("X", "Y", "AA")])
    for order in ([0, 1, 2], [2, 1, 0], [1, 0, 2]):
        assert swapped.identified(rows[order])["symbol"].to_list() == [["AA", "BB", "X"][at] for at in order]


def test_a_chain_of_renames_moves_a_row_one_step():
    chained = periods(("B", "A", None, None), ("C", "B", None, None), ("D", "C", None, None))
    rows = frame_of(BARS, [{"symbol": s, "ts": datetime(2020, 1, 6, tzinfo=UTC)} for s in "ABC"])
    assert chained.identified(rows)["symbol"].to_list() == ["B", "C", "D"]


def test_rows_after_a_tickers_last_bearer_are_somebody_elses():
    register = Register(EMPTY)
    assert named(register, "FB", date(2022, 6, 8), date(2025, 3, 3)) == ["META", "FB"]
    assert register.id_of("FB") == "META"
    assert not register.knows("FB")


def test_a_reused_ticker_leads_to_its_new_bearer_once_that_is_entered():
    register = periods(("FB", "FB", None, None))
    assert register.id_of("FB") == "FB"
    assert register.id_of("FB", date(2025, 3, 3)) == "FB"
    assert register.id_of("FB", date(2016, 3, 3)) == "META"
    assert named(register, "FB", date(2016, 3, 3), date(2025, 3, 3)) == ["META", "FB"]


def test_a_newcomer_whose_ticker_is_somebodys_id_gets_a_number():
    gone = ("X", "X", None, date(2020, 1, 31))
    days = date(2020, 1, 31), date(2020, 2, 1)
    assert named(periods(gone), "X", *days) == ["X", "X.2"]
    assert periods(gone).instrument("X.2").ticker == "X"
    again = ("X.2", "X", None, date(2023, 1, 31))
    assert named(periods(gone, again), "X", *days, date(2024, 1, 2)) == ["X", "X.2", "X.3"]
    assert periods(gone, again).id_of("X") == "X.2"


def test_a_history_told_under_the_newest_ticker_stays_whole():
    assert named(Register(EMPTY), "META", date(2016, 1, 4), date(2026, 1, 5)) == ["META", "META"]
    gap = periods(("OLD", "X", None, date(2020, 1, 31)), ("NEW", "X", date(2021, 1, 1), None))
    assert named(gap, "X", date(2020, 1, 31), date(2020, 6, 1), date(2021, 1, 1)) == ["OLD", "NEW", "NEW"]
    assert gap.id_of("X", date(2020, 6, 1)) == "NEW"


def test_a_row_without_a_date_keeps_the_ticker_of_whoever_bears_it_last():
    rows = frame_of(BARS, [{"symbol": "META", "ts": None}, {"symbol": None, "ts": None}])
    assert Register(EMPTY).identified(rows)["symbol"].to_list() == ["META", None]
