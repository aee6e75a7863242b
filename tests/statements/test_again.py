"""The same rows again, the desk's own files, and the broker's holdings."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openbell.model.errors import InvalidInput, UnreadableFile
from openbell.model.money import PriceByHand
from openbell.model.transactions import Kind, Portfolio, Transaction
from openbell.statements.draft import Beside, Holding, Named
from openbell.statements.fingerprints import Known, new_rows, parted
from openbell.statements.own import Export, as_csv, as_json, guarded, unguarded
from openbell.statements.presets import read
from openbell.statements.reconcile import Difference, reconcile
from statements.drawn import ACCOUNTS, transactions
from statements.told import line_of, told

HEAD = "Date,Type,Symbol,Quantity,Price,Amount,Currency\n"
ONE = "2024-03-05,buy,ACME,10,100.00,-1000.00,USD\n"
TWO = "2024-03-06,sell,ACME,10,110.00,1100.00,USD\n"
THREE = "2024-03-07,buy,ACME,10,90.00,-900.00,USD\n"


def drafts(text: str):
    return read((HEAD + text).encode(), "f").drafts


def known(of) -> list[Known]:
    return [Known(d.fingerprint, d.kind, d.day, d.currency, d.quantity, d.cash) for d in of]


def test_two_equal_trades_of_one_file_are_two_and_the_second_is_shown():
    sorting = new_rows(drafts(ONE + ONE + TWO), [])
    assert len(sorting.new) == 3
    assert [d.rows for d in sorting.twins] == [(3,)]
    again = new_rows(drafts(ONE + ONE + TWO), known(sorting.new))
    assert (again.new, len(again.known), again.alike) == ((), 3, ())


def test_a_file_that_overlaps_adds_only_what_is_new():
    first = drafts(ONE + TWO)
    sorting = new_rows(drafts(TWO + THREE), known(first))
    assert [d.day for d in sorting.new] == [date(2024, 3, 7)]
    assert [d.day for d in sorting.known] == [date(2024, 3, 6)]


def test_the_order_of_a_file_makes_no_other_rows_of_it():
    assert {d.fingerprint for d in drafts(ONE + TWO + THREE)} == {d.fingerprint for d in drafts(THREE + TWO + ONE)}


def test_a_trade_that_was_typed_before_is_asked_about_once():
    typed = Known("", Kind.BUY, date(2024, 3, 5), "USD", Decimal(10), Decimal(-1000))
    sorting = new_rows(drafts(ONE + ONE), [typed])
    assert len(sorting.new) == 1
    assert [pair[1] for pair in sorting.alike] == [typed]


def test_a_row_with_the_broker_s_own_number_is_known_though_its_amount_was_corrected():
    head = "Type,SettleDate,ISIN,Description,Amount,CurrencyPrimary,TransactionID\n"
    row = "Dividends,20230623,US9220427424,VT(US9220427424) CASH DIVIDEND,{},USD,77\n"
    first = read((head + row.format("137.23")).encode(), "f").drafts
    second = read((head + row.format("137.24")).encode(), "f").drafts
    assert new_rows(second, known(first)).new == ()


def test_what_the_broker_holds_otherwise_is_a_difference():
    theirs = Holding(instrument=Named(ticker="ACME"), quantity=Decimal(12))
    differences = reconcile(
        {"acme": Decimal(10), "gone": Decimal(1), "same": Decimal(5), "nothing": Decimal(0)},
        {"acme": theirs, "same": Holding(instrument=None, quantity=Decimal(5))},
    )
    assert differences == (
        Difference("acme", Decimal(10), Decimal(12), theirs),
        Difference("gone", Decimal(1), Decimal(0), None),
    )
    assert [each.missing for each in differences] == [2, -1]


NAMED = {
    "acme": Named(id="acme", ticker="ACME", isin="US0000000001", name="=Acme; \"Inc\"", currency="USD"),
    "other": Named(id="other", name="Other"),
}  # fmt: skip


PRICES = st.builds(PriceByHand, st.decimals("1e-12", "1e14", places=12), st.sampled_from([None, "CHF"]))
BY_HAND = {"other": {date(2024, 1, 1): PriceByHand(Decimal("1.50"))}}


def export_of(rows, by_hand=BY_HAND) -> Export:
    beside = Beside(by_hand, {"acme": {"sector": "Tools"}})
    return Export(ACCOUNTS, NAMED, tuple(rows), Portfolio(7, "Mine", "EUR", "lifo", "spy"), "2026-01-01 7", beside)


@given(
    st.dictionaries(
        st.sampled_from(["acme", "other"]),
        st.dictionaries(st.dates(date(1900, 1, 1)), PRICES, min_size=1, max_size=3),
    )
)
def test_prices_by_hand_come_back_from_an_export(by_hand):
    assert read(as_json(export_of([], by_hand)), "f").beside.prices == by_hand


@settings(max_examples=60)
@given(st.lists(transactions(), min_size=1, max_size=3))
def test_what_is_exported_comes_back_as_the_same_transactions_from_csv_and_json(rows):
    for data in (as_csv(export_of(rows)), as_json(export_of(rows))):
        statement = read(data, "f")
        assert statement.problems == ()
        back = [
            replace(
                draft.booked(
                    1,
                    instrument=draft.instrument.id if draft.instrument else None,
                    other=draft.other.id if draft.other else None,
                    to_account=2 if draft.to_account else None,
                ),
                id=draft.number,
            )
            for draft in sorted(statement.drafts, key=lambda draft: draft.rows)
        ]
        assert back == rows


def test_the_instrument_of_an_export_is_spelled_out_in_its_row():
    row = Transaction(kind=Kind.BUY, account=1, day=date(2024, 1, 1), currency="USD", instrument="acme",
                      quantity=Decimal(1), cash=Decimal(-5))  # fmt: skip
    draft = read(as_csv(export_of([row])), "f").drafts[0]
    assert draft.instrument == NAMED["acme"]
    assert draft.account == "Main =1+1"


def test_no_text_cell_of_an_export_begins_as_a_formula():
    row = Transaction(kind=Kind.DEPOSIT, account=1, day=date(2024, 1, 1), currency="USD", cash=Decimal(5),
                      note="=HYPERLINK(1)", ref="@x", tags=("=x",))  # fmt: skip
    text = as_csv(export_of([row])).decode("utf-8-sig")
    cells = text.splitlines()[1].split(",")
    assert "'=HYPERLINK(1)" in cells
    assert not any(cell.startswith(("=", "@", "+")) for cell in cells)


@given(st.text())
def test_a_guarded_text_loses_its_guard_again(text: str):
    assert unguarded(guarded(text)) == text


def test_a_damaged_export_is_refused_or_its_row_a_problem():
    good = as_json(export_of([])).decode()
    with pytest.raises(UnreadableFile, match="version 9"):
        read(good.replace('"openbell": 1', '"openbell": 9').encode(), "f")
    with pytest.raises(UnreadableFile, match="no list of transactions"):
        read(good.replace('"transactions": []', '"transactions": 3').encode(), "f")
    with pytest.raises(UnreadableFile, match="prices or facts"):
        read(good.replace('"facts": {', '"facts": 5, "x": {').encode(), "f")
    with pytest.raises(InvalidInput, match="is not a number"):
        read(good.replace('"2024-01-01": "1.50"', '"2024-01-01": "much"').encode(), "f")
    bad = good.replace('"transactions": []', '"transactions": [{"kind": "x"}, {"kind": "buy", "picks": 5}]')
    assert [problem.rows for problem in read(bad.encode(), "f").problems] == [(1,), (2,)]
    assert told(read(good.encode(), "f")) == []


def test_a_dividend_of_a_flex_query_is_known_again_in_its_xml():
    table = (
        "Type,SettleDate,ISIN,Description,Amount,CurrencyPrimary,TransactionID,ClientAccountID\n"
        "Dividends,20230623,US9220427424,VT(US9220427424) CASH DIVIDEND,137.23,USD,77,U1\n"
    )
    xml = (
        '<FlexQueryResponse><CashTransaction accountId="U1" currency="USD" symbol="VT" isin="US9220427424" '
        'settleDate="20230623" amount="137.23" type="Dividends" description="VT(US9220427424) CASH DIVIDEND" '
        'transactionID="77" /></FlexQueryResponse>'
    )
    first = read(table.encode(), "f").drafts
    assert new_rows(read(xml.encode(), "f").drafts, known(first)).new == ()


IBKR = """Statement,Header,Field Name,Field Value
Statement,Data,Title,Activity Statement
Account Information,Header,Field Name,Field Value
Account Information,Data,Account,U1
Dividends,Header,Currency,Date,Description,Amount
{}Withholding Tax,Header,Currency,Date,Description,Amount,Code
{}"""
PAID = "Dividends,Data,USD,2023-06-23,VT(US9220427424) Cash Dividend USD 0.65 per Share,{}\n"
HELD_BACK = "Withholding Tax,Data,USD,2023-06-23,VT(US9220427424) Cash Dividend USD 0.65 per Share - US Tax,{}\n"


def statement_of(dividends: list[int], taxes: list[int]):
    paid, held_back = "".join(map(PAID.format, dividends)), "".join(map(HELD_BACK.format, taxes))
    return read(IBKR.format(paid, held_back).encode(), "f").drafts


def added(drafts, marks: set[str]) -> list:
    """What an import of `drafts` adds where rows of these `marks` were imported before; their marks are added too."""
    new = [one for one in parted(drafts, lambda part: part.fingerprint in marks) if one.fingerprint not in marks]
    marks |= {part.fingerprint for one in new for part in one.parts}
    return new


def test_a_tax_that_a_later_file_tells_is_added_beside_the_dividend_that_is_here():
    marks: set[str] = set()
    assert [line_of(one) for one in added(statement_of([100], []), marks)] == [
        "2023-06-23 dividend VT 0 100 USD in=U1",
    ]
    assert [line_of(one) for one in added(statement_of([100], [-30]), marks)] == ["2023-06-23 tax VT 0 -30 USD in=U1"]
    assert [line_of(one) for one in added(statement_of([100], [30, -15, -30]), marks)] == [
        "2023-06-23 tax VT 0 -15 USD in=U1",
        "2023-06-23 tax VT 0 30 USD in=U1",
    ]
    assert added(statement_of([100], [-30, 30, -15]), marks) == []


def test_a_dividend_that_a_later_file_tells_is_added_beside_its_tax():
    marks: set[str] = set()
    added(statement_of([], [-30]), marks)
    assert [line_of(one) for one in added(statement_of([100], [-30]), marks)] == [
        "2023-06-23 dividend VT 0 100 USD in=U1",
    ]


@given(st.data())
@settings(max_examples=60)
def test_files_that_tell_more_and_more_of_dividends_and_taxes_come_to_what_the_last_one_says(data):
    paid = data.draw(st.lists(st.sampled_from([100, 50]), max_size=3))
    held_back = data.draw(st.lists(st.sampled_from([-30, 30, -15]), max_size=4))
    first = data.draw(st.integers(0, len(paid))), data.draw(st.integers(0, len(held_back)))
    marks: set[str] = set()
    came = added(statement_of(paid[: first[0]], held_back[: first[1]]), marks)
    came += added(statement_of(data.draw(st.permutations(paid)), data.draw(st.permutations(held_back))), marks)
    assert sum(one.cash for one in came) == sum(paid) + sum(held_back)
    assert added(statement_of(paid, held_back), marks) == []


def test_the_tax_of_a_dividend_with_a_number_of_its_own_is_added_too():
    head = "Type,SettleDate,ISIN,Description,Amount,CurrencyPrimary,TransactionID\n"
    paid = "Dividends,20230623,US9220427424,VT(US9220427424) CASH DIVIDEND,100,USD,77\n"
    tax = "Withholding Tax,20230623,US9220427424,VT(US9220427424) CASH DIVIDEND - US TAX,-30,USD,78\n"
    marks: set[str] = set()
    added(read((head + paid).encode(), "f").drafts, marks)
    assert [line_of(one) for one in added(read((head + paid + tax).encode(), "f").drafts, marks)] == [
        "2023-06-23 tax VT 0 -30 USD"
    ]


def test_degiro_s_dividend_and_the_tax_of_a_later_file_are_two_rows():
    head = "Datum,Tijd,Valutadatum,Product,ISIN,Omschrijving,FX,Mutatie,,Saldo,,Order Id\n"
    paid = '16-12-2022,09:05,15-12-2022,KO,US1912161007,Dividend,,USD,"0,44",USD,"0,44",\n'
    tax = '16-12-2022,09:05,15-12-2022,KO,US1912161007,Dividendbelasting,,USD,"-0,07",USD,"0,37",\n'
    marks: set[str] = set()
    added(read((head + paid).encode(), "f").drafts, marks)
    assert [line_of(one) for one in added(read((head + tax + paid).encode(), "f").drafts, marks)] == [
        "2022-12-16 tax US1912161007 0 -0.07 USD"
    ]
