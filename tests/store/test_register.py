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
