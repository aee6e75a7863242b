"""The book of a portfolio: what the ledger and the lake know, as of a day, in currencies, and nothing of the future."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import numpy as np
import polars as pl
import pytest

from openbell.alerts.conditions import Held
from openbell.books import Books
from openbell.books.held import followed
from openbell.books.resting import rested
from openbell.books.shelf import IDLE, Moment
from openbell.desk import Desk
from openbell.model.frames import ACTIONS, BARS, INSTRUMENTS, QUOTES, frame_of
from openbell.model.transactions import Account, Kind, Portfolio, Transaction
from openbell.portfolio.book import Action, Quote
from openbell.rulebook import Rulebook
from openbell.store.itembook import Item, ItemBook, SetFacts
from openbell.store.portfoliobook import Kept, PortfolioBook
from openbell.store.sharebook import ShareBook
from openbell.store.transactionbook import TransactionBook
from people import join

MONDAY, TUESDAY, WEDNESDAY = (date(2026, 3, day) for day in (2, 3, 4))
KNOWN = datetime(2026, 3, 4, 12, tzinfo=UTC)


def stored(desk: Desk, symbol: str, closes: Mapping[date, float], known: datetime = KNOWN, scale: str = "raw") -> None:
    rows = [
        {
            "symbol": symbol,
            "interval": "1d",
            "ts": datetime(day.year, day.month, day.day, tzinfo=UTC),
            "close": close,
            "scale": scale,
            "source": "yahoo",
        }
        for day, close in closes.items()
    ]
    desk.lake.append_bars(frame_of(BARS, rows), known)


def listed(desk: Desk, ticker: str, exchange: str, currency: str, isin: str | None = None) -> None:
    row = {"id": ticker, "ticker": ticker, "exchange": exchange, "currency": currency, "isin": isin, "type": "stock"}
    desk.lake.append_instruments(frame_of(INSTRUMENTS, [row]), KNOWN)


def happened(desk: Desk, symbol: str, day: date, kind: str, **values: object) -> None:
    row = {"symbol": symbol, "ex_date": day, "kind": kind, "source": "yahoo", **values}
    desk.lake.append_actions(frame_of(ACTIONS, [row]), KNOWN)


def buy(instrument: str, day: date = MONDAY, currency: str = "USD") -> Transaction:
    one = Decimal(1)
    return Transaction(
        kind=Kind.BUY, account=1, day=day, currency=currency, instrument=instrument, quantity=one, cash=-one
    )


@pytest.fixture
def kept(desk: Desk) -> Kept:
    book = PortfolioBook(desk.ledger)
    kept = book.add(1, Portfolio(0, "Mine", "EUR", benchmark="SPY"), desk.clock())
    book.add_account(kept.portfolio.id, Account(0, "Broker", "EUR"))
    return current(desk)


def current(desk: Desk) -> Kept:
    return PortfolioBook(desk.ledger).owned(1)[0]


def closes(books: Books, desk: Desk, instrument: str, moment: Moment = Moment()) -> dict[str, float]:  # noqa: B008
    found = books.settled(current(desk), moment).book.closes[instrument]
    return dict(zip(found.days.astype(str).tolist(), found.prices.tolist(), strict=True))


def test_closes_are_as_traded_and_pence_are_pounds(desk: Desk, kept: Kept):
    listed(desk, "VOD.L", "XLON", "GBp", "GB00BH4HKS39")
    stored(desk, "VOD.L", {MONDAY: 1234.5, TUESDAY: 66.1})
    happened(desk, "VOD.L", TUESDAY, "dividend", amount=4.5, currency="GBp")
    TransactionBook(desk.ledger).add(kept.portfolio.id, buy("VOD.L", currency="GBP"))
    book = Books(desk).settled(current(desk)).book
    assert closes(Books(desk), desk, "VOD.L") == {"2026-03-02": 12.345, "2026-03-03": 0.661}
    assert (book.facts["VOD.L"].currency, book.facts["VOD.L"].country) == ("GBP", "GB")
    dividend = Action("VOD.L", TUESDAY, "dividend", "yahoo", amount=Decimal("0.045"), currency="GBP")
    assert book.actions == (dividend,)


def test_the_currency_that_its_holder_says_counts_where_nobody_knows_one(desk: Desk, kept: Kept):
    listed(desk, "VOD.L", "XLON", "GBp")
    for symbol in ("VOD.L", "NOBODY"):
        stored(desk, symbol, {MONDAY: 1234.5})
        happened(desk, symbol, MONDAY, "dividend", amount=4.5)
        TransactionBook(desk.ledger).add(kept.portfolio.id, buy(symbol, currency="GBP"))
        ItemBook(desk.ledger).set_facts(1, symbol, SetFacts(currency="CHF"))
    books = Books(desk)
    assert closes(books, desk, "VOD.L") == {"2026-03-02": 12.345}
    assert closes(books, desk, "NOBODY") == {"2026-03-02": 1234.5}
    book = books.settled(current(desk)).book
    assert {key: book.facts[key].currency for key in ("VOD.L", "NOBODY")} == {"VOD.L": "GBP", "NOBODY": "CHF"}
    assert {each.instrument: each.currency for each in book.actions} == {"VOD.L": "GBP", "NOBODY": "CHF"}
    assert followed(desk) == {"VOD.L", "NOBODY", "SPY", "CHFUSD=X", "EURUSD=X", "GBPUSD=X"}


def test_a_spin_off_leaves_with_a_part_of_the_cost(desk: Desk, kept: Kept):
    happened(desk, "IBM", TUESDAY, "spinoff", ratio=1.25)
    TransactionBook(desk.ledger).add(kept.portfolio.id, buy("IBM"))
    (action,) = Books(desk).settled(current(desk)).book.actions
    assert (action.kind, action.ratio) == ("spin_off", Decimal("0.2"))


def test_a_session_without_a_close_is_expected_and_one_that_has_just_ended_is_not(desk: Desk, kept: Kept):
    stored(desk, "AAPL", {MONDAY: 10.0})
    TransactionBook(desk.ledger).add(kept.portfolio.id, buy("AAPL"))
    found = Books(desk).settled(current(desk)).book.closes["AAPL"].sessions
    assert found is not None
    assert found.astype(str).tolist()[-2:] == ["2026-02-27", "2026-03-02"]  # Tuesday's close may be on its way


def test_a_day_that_is_not_over_has_no_close(desk: Desk, kept: Kept):
    stored(desk, "AAPL", {TUESDAY: 10.0, WEDNESDAY: 99.0})
    TransactionBook(desk.ledger).add(kept.portfolio.id, buy("AAPL"))
    assert closes(Books(desk), desk, "AAPL") == {"2026-03-03": 10.0}


def test_the_last_price_is_of_its_trade_date(desk: Desk, kept: Kept):
    stored(desk, "AAPL", {TUESDAY: 10.0})
    now = desk.clock() - timedelta(minutes=1)
    desk.tape.update(frame_of(QUOTES, [{"symbol": "AAPL", "ts": now, "price": 11.25, "source": "live"}]))
    TransactionBook(desk.ledger).add(kept.portfolio.id, buy("AAPL"))
    quote = Quote(Decimal("11.25"), WEDNESDAY, "live", now.isoformat())
    assert Books(desk).reckoned(current(desk)).book.quotes == {"AAPL": quote}
    assert Books(desk).reckoned(current(desk), Moment(TUESDAY)).book.quotes == {}


def test_a_past_day_announces_only_what_was_known_then(desk: Desk, kept: Kept):
    stored(desk, "IBM", {MONDAY: 100.0, TUESDAY: 101.0})
    happened(desk, "IBM", WEDNESDAY, "dividend", amount=1.5, currency="USD")
    TransactionBook(desk.ledger).add(kept.portfolio.id, buy("IBM"))
    moments = (Moment(), Moment(TUESDAY), Moment(TUESDAY, KNOWN), Moment(TUESDAY, KNOWN - timedelta(hours=1)))
    told = [Books(desk).settled(current(desk), moment).book.actions for moment in moments]
    assert [[action.ex_date for action in actions] for actions in told] == [[WEDNESDAY], [], [WEDNESDAY], []]


def test_a_split_of_later_takes_no_close_from_what_was_known(desk: Desk, kept: Kept):
    early = KNOWN - timedelta(hours=13)
    stored(desk, "IBM", {MONDAY: 100.0}, known=early, scale="split")
    TransactionBook(desk.ledger).add(kept.portfolio.id, buy("IBM"))
    happened(desk, "IBM", TUESDAY, "split", ratio=2.0)
    assert closes(Books(desk), desk, "IBM", Moment(MONDAY, early)) == {"2026-03-02": 100.0}


def test_of_a_past_day_nothing_later_is_known(desk: Desk, kept: Kept):
    stored(desk, "AAPL", {MONDAY: 10.0, TUESDAY: 5.0})
    happened(desk, "AAPL", TUESDAY, "split", ratio=2.0)
    TransactionBook(desk.ledger).add(kept.portfolio.id, buy("AAPL"))
    TransactionBook(desk.ledger).add(kept.portfolio.id, buy("MSFT", TUESDAY))
    book = Books(desk).settled(current(desk), Moment(MONDAY)).book
    assert [each.instrument for each in book.transactions] == ["AAPL"]
    assert book.actions == ()
    assert closes(Books(desk), desk, "AAPL", Moment(MONDAY)) == {"2026-03-02": 10.0}


def test_prices_can_be_asked_for_as_they_were_known(desk: Desk, kept: Kept):
    stored(desk, "AAPL", {MONDAY: 10.0})
    stored(desk, "AAPL", {MONDAY: 10.5}, KNOWN + timedelta(hours=1))
    TransactionBook(desk.ledger).add(kept.portfolio.id, buy("AAPL"))
    assert closes(Books(desk), desk, "AAPL") == {"2026-03-02": 10.5}
    assert closes(Books(desk), desk, "AAPL", Moment(known=KNOWN)) == {"2026-03-02": 10.0}


def test_adjusted_prices_are_no_prices_as_traded(desk: Desk, kept: Kept):
    happened(desk, "AAPL", TUESDAY, "split", ratio=2.0)
    stored(desk, "AAPL", {MONDAY: 5.0, TUESDAY: 5.0}, scale="split")
    TransactionBook(desk.ledger).add(kept.portfolio.id, buy("AAPL"))
    assert closes(Books(desk), desk, "AAPL") == {"2026-03-03": 5.0}


def test_rates_are_those_among_all_currencies_that_are_told(desk: Desk, kept: Kept):
    stored(desk, "EURUSD=X", {MONDAY: 1.08})
    stored(desk, "GBPUSD=X", {MONDAY: 1.27})
    stored(desk, "USDJPY=X", {MONDAY: 150.0})
    TransactionBook(desk.ledger).add(kept.portfolio.id, buy("AAPL", currency="GBP"))
    found = Books(desk).settled(current(desk)).book.rates
    assert [(each.base, each.quote, each.rates.tolist()) for each in found] == [
        ("EUR", "USD", [1.08]),
        ("GBP", "USD", [1.27]),
    ]


def test_rates_reach_back_to_the_day_on_which_a_delivered_lot_was_bought(desk: Desk, kept: Kept):
    stored(desk, "EURUSD=X", {date(2024, 3, 4): 1.08, MONDAY: 1.10})
    told = replace(buy("AAPL"), kind=Kind.DELIVERY_IN, cash=Decimal(0), cost=Decimal(1), acquired=date(2024, 3, 4))
    TransactionBook(desk.ledger).add(kept.portfolio.id, told)
    assert [each.rates.tolist() for each in Books(desk).settled(current(desk)).book.rates] == [[1.08, 1.10]]


def test_own_items_have_the_prices_and_facts_that_their_owner_says(desk: Desk, kept: Kept):
    book = ItemBook(desk.ledger)
    house = book.add(1, Item(0, "A house", "EUR", "other"))
    book.price(1, house.id, {MONDAY: Decimal(250000), TUESDAY: Decimal(260000)})
    book.set_facts(1, "AAPL", SetFacts(sector="Technology", country="US"))
    for instrument in ("own:1", "AAPL"):
        TransactionBook(desk.ledger).add(kept.portfolio.id, buy(instrument))
    found = Books(desk).settled(current(desk)).book
    assert closes(Books(desk), desk, "own:1") == {"2026-03-02": 250000.0, "2026-03-03": 260000.0}
    assert closes(Books(desk), desk, "own:1", Moment(MONDAY)) == {"2026-03-02": 250000.0}
    assert found.closes["own:1"].sessions is None
    assert (found.facts["own:1"].ticker, found.facts["own:1"].currency) == ("A house", "EUR")
    assert (found.facts["AAPL"].sector, found.facts["AAPL"].country) == ("Technology", "US")


def test_a_book_is_read_anew_when_something_changed(desk: Desk, kept: Kept):
    books = Books(desk)
    seen = [books.settled(current(desk))]
    assert books.settled(current(desk)) is seen[0]
    TransactionBook(desk.ledger).add(kept.portfolio.id, buy("AAPL"))
    seen.append(books.settled(current(desk)))
    stored(desk, "AAPL", {MONDAY: 10.0})
    seen.append(books.settled(current(desk)))
    ItemBook(desk.ledger).set_facts(1, "AAPL", SetFacts(sector="Technology"))
    seen.append(books.settled(current(desk)))
    assert len({id(each) for each in seen}) == 4


def test_books_that_nobody_looks_at_any_more_are_put_away(desk: Desk, kept: Kept):
    now = desk.clock()
    books = Books(replace(desk, clock=lambda: now))
    before = books.reckoned(kept)
    assert books.rest(0) == 0, "it was just asked for"
    now += IDLE + timedelta(seconds=1)
    assert rested(books, 0) == 1
    after = books.reckoned(kept)
    assert after is not before
    np.testing.assert_array_equal(after.history.values.whole(), before.history.values.whole())


def test_one_book_stays_however_long_nobody_looks_at_it(desk: Desk, kept: Kept):
    now = desk.clock()
    books = Books(replace(desk, clock=lambda: now))
    before = books.settled(kept)
    now += timedelta(minutes=10)
    assert books.rest() == 0
    assert books.settled(kept) is before


def test_sixty_instruments_are_one_read_of_the_lake(desk: Desk, kept: Kept):
    for nth in range(60):
        stored(desk, f"S{nth}", {MONDAY: 10.0 + nth})
        TransactionBook(desk.ledger).add(kept.portfolio.id, buy(f"S{nth}"))
    book = Books(desk).settled(current(desk)).book
    assert pl.Series([float(book.closes[f"S{nth}"].prices[0]) for nth in range(60)]).to_list() == [
        10.0 + nth for nth in range(60)
    ]


def sell(instrument: str, units: int, day: date) -> Transaction:
    return Transaction(
        kind=Kind.SELL,
        account=1,
        day=day,
        currency="USD",
        instrument=instrument,
        quantity=Decimal(-units),
        cash=Decimal(1),
    )


def test_what_is_held_is_what_an_alert_on_all_held_is_on(desk: Desk, kept: Kept):
    happened(desk, "SPLIT", TUESDAY, "split", ratio=2.0)
    book = TransactionBook(desk.ledger)
    for instrument in ("SPLIT", "GONE", "KEPT"):
        book.add(kept.portfolio.id, buy(instrument))
    book.add(kept.portfolio.id, sell("GONE", 1, TUESDAY))
    rulebook = Rulebook(desk)
    assert rulebook.members(Held(), kept.owner) == ("KEPT", "SPLIT")
    book.add(kept.portfolio.id, sell("SPLIT", 2, WEDNESDAY))
    assert rulebook.members(Held(), kept.owner) == ("KEPT",)


def test_what_others_hold_is_held_by_a_rule_only_while_it_is_shared_with_its_owner(desk: Desk, kept: Kept):
    TransactionBook(desk.ledger).add(kept.portfolio.id, buy("KEPT"))
    other, rulebook = join(desk.accounts, "bob", "member").id, Rulebook(desk)
    versions = [rulebook.version()]
    found = [rulebook.members(Held(), other)]
    ShareBook(desk.ledger).share("portfolio", kept.portfolio.id, other, "read")
    versions.append(rulebook.version())
    found.append(rulebook.members(Held(), other))
    ShareBook(desk.ledger).unshare("portfolio", kept.portfolio.id, other)
    versions.append(rulebook.version())
    found.append(rulebook.members(Held(), other))
    assert found == [(), ("KEPT",), ()]
    assert versions[0] == versions[2] != versions[1]
    assert (rulebook.watched_by(other), rulebook.watched_by(1)) == (set(), {"KEPT", "SPY", "EURUSD=X"})


def test_the_prices_of_all_that_was_held_and_the_rates_are_followed(desk: Desk, kept: Kept):
    listed(desk, "VOD.L", "XLON", "GBp")
    item = ItemBook(desk.ledger).add(1, Item(0, "A house", "CHF"))
    for instrument in ("VOD.L", "AAPL", item.instrument):
        TransactionBook(desk.ledger).add(kept.portfolio.id, buy(instrument))
    assert Rulebook(desk).watched() == {"VOD.L", "AAPL", "SPY", "EURUSD=X", "GBPUSD=X"}


def assert_as_from_the_beginning(books: Books, desk: Desk, moment: Moment) -> None:
    """What the kept books say is what new ones would."""
    kept = current(desk)
    one, other = books.settled(kept, moment), Books(desk).settled(kept, moment)
    assert one.book.transactions == other.book.transactions
    assert (one.book.facts, one.book.actions) == (other.book.facts, other.book.actions)
    assert {key: each.prices.tolist() for key, each in one.book.closes.items()} == {
        key: each.prices.tolist() for key, each in other.book.closes.items()
    }
    assert one.walked == other.walked
    columns = [one.history.parts.index(part) for part in other.history.parts]
    assert one.history.days.tolist() == other.history.days.tolist()
    np.testing.assert_array_equal(one.history.values.whole()[:, columns], other.history.values.whole())
    mine, theirs = (sorted(f"{m.day} {m.part} {m.amount}" for m in each.history.moves) for each in (one, other))
    assert mine == theirs


@pytest.mark.parametrize("moment", [Moment(), Moment(TUESDAY)])
def test_after_every_edit_a_book_is_as_read_from_the_beginning(desk: Desk, kept: Kept, moment: Moment):
    number, told, books = kept.portfolio.id, TransactionBook(desk.ledger), Books(desk)
    long_ago = MONDAY - timedelta(days=60)
    listed(desk, "VOD.L", "XLON", "GBp")
    for symbol in ("AAPL", "MSFT", "VOD.L", "EURUSD=X", "GBPUSD=X"):
        stored(desk, symbol, {long_ago: 9.0, MONDAY: 10.0, TUESDAY: 12.0})
    first = told.add(number, buy("AAPL", long_ago))
    edits = (
        lambda: told.add(number, buy("AAPL", TUESDAY)),
        lambda: told.add(number, buy("VOD.L", MONDAY, "GBP")),
        lambda: told.add(number, sell("AAPL", 1, MONDAY)),
        lambda: told.change(number, replace(first.transaction, cash=Decimal(-5)), 1),
        lambda: told.remove(number, first.transaction.id, 2, desk.clock()),
        lambda: told.restore(number, first.transaction.id),
        lambda: told.add(number, buy("MSFT", long_ago - timedelta(days=30))),
        lambda: stored(desk, "AAPL", {MONDAY: 10.5}, KNOWN + timedelta(hours=1)),
        lambda: happened(desk, "AAPL", TUESDAY, "split", ratio=2.0),
    )
    for edit in edits:
        books.settled(current(desk), moment)
        edit()
        assert_as_from_the_beginning(books, desk, moment)


def test_an_edit_reads_no_price_again(desk: Desk, kept: Kept):
    stored(desk, "AAPL", {MONDAY: 10.0})
    TransactionBook(desk.ledger).add(kept.portfolio.id, buy("AAPL"))
    books = Books(desk)
    before = books.settled(current(desk)).book
    TransactionBook(desk.ledger).add(kept.portfolio.id, buy("AAPL", TUESDAY))
    after = books.settled(current(desk)).book
    assert before.closes["AAPL"] is after.closes["AAPL"]
    assert len(after.transactions) == 2
