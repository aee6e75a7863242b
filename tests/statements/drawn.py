"""Transactions of every kind, drawn at random: each is one that may be."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

from hypothesis import strategies as st

from openbell.model.transactions import Account, Kind, Pick, Transaction

NUMBERS = st.decimals(min_value=-(10**14), max_value=10**14, places=12) | st.decimals(
    min_value=-(10**6), max_value=10**6, places=2
)
PLUS = st.decimals(min_value=Decimal("1e-12"), max_value=10**12, places=12)
CHARACTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
TEXTS = st.text(CHARACTERS, max_size=20) | st.sampled_from(
    ["=1+1", "'=1", "+49", "@x", "-", " a ", "a\nb", "a\r\nb", '"', "a,b;c", "é", "''", "\t", "|", "%x"]
)
INSTANTS = st.datetimes(
    min_value=datetime(1990, 1, 1), max_value=datetime(2100, 1, 1),  # noqa: DTZ001  # as hypothesis asks for
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=2))]),
)  # fmt: skip
ACCOUNTS = (Account(1, "Main =1+1", "EUR", "degiro"), Account(2, "Second", "USD"))


@st.composite
def transactions(draw) -> Transaction:
    kind = draw(st.sampled_from(list(Kind)))
    sign = {Kind.BUY: 1, Kind.SELL: -1, Kind.DELIVERY_IN: 1, Kind.DELIVERY_OUT: -1}
    units, cash = abs(draw(PLUS)), draw(NUMBERS)
    named = kind not in {Kind.DEPOSIT, Kind.WITHDRAWAL, Kind.EXCHANGE}
    fields = {
        "instrument": "acme" if named else None,
        "quantity": units * sign.get(kind, 0),
        "cash": {Kind.DEPOSIT: units, Kind.SPLIT: abs(cash), Kind.SPIN_OFF: abs(cash), Kind.RENAME: Decimal(0)}.get(
            kind, -units if kind in {Kind.WITHDRAWAL, Kind.EXCHANGE} else -abs(cash) if kind in _GIVEN else cash
        ),
        "other": "other" if kind in {Kind.SPIN_OFF, Kind.MERGER, Kind.RENAME} else None,
        "to_account": 2 if kind is Kind.TRANSFER else None,
    }
    if kind is Kind.RETURN_OF_CAPITAL:
        fields["cash"] = units
    if kind is Kind.EXCHANGE:
        fields |= {"to_cash": draw(PLUS), "to_currency": draw(st.sampled_from(["USD", "CHF"]))}
    if kind is Kind.SELL:
        fields |= {
            "picks": tuple(Pick(i, draw(PLUS)) for i in range(draw(st.integers(0, 2)))),
            "short": draw(st.booleans()),
        }
    return Transaction(
        kind=kind,
        account=1,
        day=draw(st.dates(min_value=date(1970, 1, 1), max_value=date(2100, 1, 1))),
        currency=draw(st.sampled_from(["EUR", "USD", "JPY"])),
        fee=draw(NUMBERS),
        fee_currency=draw(st.sampled_from(["", "CHF"])),
        tax=draw(NUMBERS),
        price=draw(st.none() | PLUS),
        price_currency=draw(st.sampled_from(["", "GBP"])),
        rate=draw(st.none() | PLUS),
        cost=draw(st.none() | PLUS),
        acquired=draw(st.none() | st.dates(min_value=date(1970, 1, 1))),
        ratio=draw(st.none() | PLUS),
        at=draw(st.none() | INSTANTS),
        ref=draw(TEXTS),
        note=draw(TEXTS),
        tags=tuple(draw(st.lists(st.text(CHARACTERS, min_size=1, max_size=5), max_size=2))),
        id=draw(st.integers(0, 10**9)),
        **fields,
    )


_GIVEN = {Kind.BUY, Kind.TRANSFER, Kind.DELIVERY_IN, Kind.DELIVERY_OUT}
