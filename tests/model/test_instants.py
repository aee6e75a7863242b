"""What a transaction's instant and a chosen lot must be."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from openbell.model.errors import InvalidInput
from openbell.model.transactions import Kind, Pick, Transaction


def test_an_instant_has_a_time_zone() -> None:
    given = {"kind": Kind.DEPOSIT, "account": 1, "day": date(2024, 1, 2), "currency": "USD", "cash": Decimal(1)}
    assert Transaction(**given, at=datetime(2024, 1, 2, 15, tzinfo=UTC)).at
    with pytest.raises(InvalidInput, match="time zone") as refused:
        Transaction(**given, at=datetime(2024, 1, 2, 15))  # noqa: DTZ001  # what is refused
    assert refused.value.field == "at"


@pytest.mark.parametrize("units", ["0", "-1", "NaN", "1e400"])
def test_a_choice_takes_units_of_a_lot(units: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        Pick(1, Decimal(units))
    assert refused.value.field == "picks"
