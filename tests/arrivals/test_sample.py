"""The sample portfolio: realistic, without a problem, and the same market as the desk shows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from openbell.arrivals import sampled
from openbell.arrivals.sample import Market, transactions
from openbell.books import Books
from openbell.desk import Desk, open_desk
from openbell.jobs import open_demo
from openbell.model.errors import InvalidInput
from openbell.model.transactions import Kind
from openbell.portfolio.cash import cash
from openbell.portfolio.returns import performance, stretch_of
from openbell.settings import Settings
from openbell.store.importbook import ImportBook

WEDNESDAY = datetime(2026, 3, 4, 15, 30, 20, tzinfo=UTC)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    desk = open_desk(Settings(home=tmp_path_factory.mktemp("demo"), offline=True, demo=True), lambda: WEDNESDAY)
    open_demo(desk)
    yield desk
    desk.close()


def test_the_sample_has_two_accounts_two_currencies_three_years_and_no_problem(demo: Desk):
    kept = sampled(demo, 1)
    reckoned = Books(demo).reckoned(kept)
    of, history = reckoned.book, reckoned.history
    assert {(each.name, each.currency) for each in of.accounts} == {
        ("Harbour Broker", "EUR"),
        ("Dockside Direct", "USD"),
    }
    assert reckoned.walked.problems == ()
    assert {each.kind for each in of.transactions} == {
        Kind.DEPOSIT, Kind.WITHDRAWAL, Kind.TRANSFER, Kind.BUY, Kind.SELL, Kind.DIVIDEND, Kind.INTEREST, Kind.FEE
    }  # fmt: skip
    assert of.transactions[0].day == datetime(2023, 3, 6, tzinfo=UTC).date()
    assert reckoned.walked.splits["QUORB"]
    assert not np.isnan(history.values.whole()[-1]).any()
    found = performance(history, reckoned.whole, stretch_of(history, "Max"))
    figures = (found.gain, found.twr, found.mwr.annual, found.income, found.fees, found.taxes, found.currency_gain)
    assert None not in figures
    assert all(figure > 0 for figure in (found.income, found.fees, found.taxes) if figure is not None)
    (batch,) = ImportBook(demo.ledger).batches(kept.portfolio.id)
    assert ImportBook(demo.ledger).undo(kept.portfolio.id, batch.id) == len(of.transactions)


@pytest.mark.parametrize("seed", [1, 7, 1792, 2026])
def test_whatever_the_market_does_no_account_owes_anything(tmp_path: Path, seed: int):
    for today in (WEDNESDAY, WEDNESDAY + timedelta(days=400), WEDNESDAY + timedelta(days=1501)):
        desk = open_desk(Settings(home=tmp_path, offline=True, demo=True, demo_seed=seed), lambda today=today: today)
        rows = transactions(Market.of(desk, today.date()), today.date())
        desk.close()
        assert rows == sorted(rows, key=lambda each: each.day)
        assert min(balance for steps in cash(rows).steps.values() for _, balance in steps) >= Decimal(0)
        assert sum(each.kind is Kind.BUY for each in rows) >= 18


def test_there_is_a_sample_on_each_day_of_a_week_also_while_no_currency_is_traded(tmp_path: Path):
    for each in range(7):
        now = datetime(2026, 11, 16 + each, 0, 10, tzinfo=UTC)
        desk = open_desk(Settings(home=tmp_path, offline=True, demo=True), lambda now=now: now)
        rows = transactions(Market.of(desk, now.date()), now.date())
        desk.close()
        assert {each.kind for each in rows} >= {Kind.BUY, Kind.DIVIDEND}
        assert max(each.day for each in rows) < now.date()


def test_a_desk_without_the_simulated_market_has_no_sample(desk: Desk):
    with pytest.raises(InvalidInput, match="simulated market, which is not open"):
        sampled(desk, 1)
