"""Portfolios and their accounts, in the ledger: whose they are, what they are counted in, and as of which state."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from openbell.model.errors import ChangedMeanwhile, InvalidInput
from openbell.model.money import currency_of
from openbell.model.transactions import Account, Portfolio
from openbell.model.words import counted
from openbell.store.auditbook import Deed, write_down
from openbell.store.instants import instant_text
from openbell.store.ledger import Ledger, own_name
from openbell.store.numbers import missing
from openbell.store.portfoliotables import ACCOUNTS, PORTFOLIOS, TRANSACTIONS, Row, changed, numbered

LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Kept:
    """A portfolio as it is kept."""

    portfolio: Portfolio
    owner: int
    created: datetime
    version: int
    """Counts the edits of its name, base, method, benchmark and settings."""
    state: str
    """Another one after any change of what its figures are computed from."""
    settings: Mapping[str, Any] = field(default_factory=dict)


class PortfolioBook:
    """Portfolios and accounts. A number is never given twice."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def owned(self, owner: int, also: Collection[int] = ()) -> list[Kept]:
        """The portfolios of a person, and those with the numbers `also`, oldest first."""
        mine = (PORTFOLIOS.c.owner == owner) | PORTFOLIOS.c.id.in_(list(also))
        with self._ledger.transaction() as connection:
            rows = connection.execute(sa.select(PORTFOLIOS).where(mine).order_by(PORTFOLIOS.c.id)).all()
        return [_kept(row) for row in rows]

    def every(self) -> list[Kept]:
        """All portfolios of all people, oldest first."""
        with self._ledger.transaction() as connection:
            rows = connection.execute(sa.select(PORTFOLIOS).order_by(PORTFOLIOS.c.id)).all()
        return [_kept(row) for row in rows]

    def states(self) -> list[tuple[int, str]]:
        """Equal to what they were as long as no portfolio was changed."""
        with self._ledger.transaction() as connection:
            rows = connection.execute(sa.select(PORTFOLIOS.c.id, PORTFOLIOS.c.state).order_by(PORTFOLIOS.c.id))
            return [(row.id, row.state) for row in rows]

    def find(self, number: int) -> Kept | None:
        """The portfolio with that number."""
        with self._ledger.transaction() as connection:
            row = connection.execute(sa.select(PORTFOLIOS).where(PORTFOLIOS.c.id == number)).one_or_none()
        return None if row is None else _kept(row)

    def add(self, owner: int, draft: Portfolio, now: datetime, settings: Mapping[str, Any] | None = None) -> Kept:
        """A new portfolio; raises InvalidInput for a name that another one of its owner bears."""
        _assert_name(draft.name)
        base, state, kept = currency_of(draft.base, "base"), uuid4().hex, dict(settings or {})
        with own_name("portfolio"), self._ledger.transaction(alone=True) as connection:
            number = numbered(connection, PORTFOLIOS)[0]
            values = {**_values(draft), "id": number, "owner": owner, "base": base, "settings": kept}
            told = {"version": 1, "state": state, "created": instant_text(now)}
            connection.execute(sa.insert(PORTFOLIOS).values(**values, **told))
        return Kept(replace(draft, id=number, base=base), owner, now, 1, state, kept)

    def change(self, kept: Kept) -> Kept:
        """Replace what is kept of a portfolio; raises ChangedMeanwhile where `kept.version` is no longer the newest."""
        _assert_name(kept.portfolio.name)
        currency_of(kept.portfolio.base, "base")
        mine = PORTFOLIOS.c.id == kept.portfolio.id
        values = {**_values(kept.portfolio), "settings": dict(kept.settings), "version": kept.version + 1}
        with own_name("portfolio"), self._ledger.transaction(alone=True) as connection:
            found = connection.execute(sa.select(PORTFOLIOS).where(mine)).one_or_none()
            if found is None:
                raise missing("portfolio", kept.portfolio.id)
            if found.version != kept.version:
                raise ChangedMeanwhile(f"{found.name} was changed meanwhile.", _kept(found))
            connection.execute(sa.update(PORTFOLIOS).where(mine).values(**values))
            changed(connection, portfolio=kept.portfolio.id)
            return _kept(connection.execute(sa.select(PORTFOLIOS).where(mine)).one())

    def remove(self, number: int, deed: Deed | None = None) -> None:
        """Forget a portfolio with all that is in it."""
        with self._ledger.transaction(alone=True) as connection:
            connection.execute(sa.delete(TRANSACTIONS).where(TRANSACTIONS.c.portfolio == number))
            if connection.execute(sa.delete(PORTFOLIOS).where(PORTFOLIOS.c.id == number)).rowcount != 1:
                raise missing("portfolio", number)
            if deed is not None:
                write_down(connection, deed)

    # accounts

    def accounts(self, portfolio: int) -> tuple[Account, ...]:
        """The accounts of a portfolio, oldest first."""
        query = sa.select(ACCOUNTS).where(ACCOUNTS.c.portfolio == portfolio).order_by(ACCOUNTS.c.id)
        with self._ledger.transaction() as connection:
            rows = connection.execute(query).all()
        return tuple(Account(r.id, r.name, r.currency, r.broker) for r in rows)

    def add_account(self, portfolio: int, draft: Account) -> Account:
        """A new account; raises InvalidInput for a name that another one of the portfolio bears."""
        with own_name("account"), self._ledger.transaction(alone=True) as connection:
            return opened(connection, portfolio, draft)

    def change_account(self, portfolio: int, account: Account) -> None:
        """Replace the name, currency and broker of an account."""
        values = _account_values(account)
        mine = (ACCOUNTS.c.portfolio == portfolio) & (ACCOUNTS.c.id == account.id)
        with own_name("account"), self._ledger.transaction(alone=True) as connection:
            next_one = sa.update(ACCOUNTS).where(mine).values(**values, version=ACCOUNTS.c.version + 1)
            if connection.execute(next_one).rowcount != 1:
                raise missing("account", account.id)
            changed(connection, portfolio=portfolio)

    def remove_account(self, portfolio: int, number: int) -> None:
        """Forget an account; raises InvalidInput where transactions name it."""
        mine = (ACCOUNTS.c.portfolio == portfolio) & (ACCOUNTS.c.id == number)
        named = (TRANSACTIONS.c.account == number) | (TRANSACTIONS.c.to_account == number)
        with self._ledger.transaction(alone=True) as connection:
            held = connection.execute(sa.select(sa.func.count()).select_from(TRANSACTIONS).where(named)).scalar_one()
            if held:
                told = f"It has {counted(held, 'transaction')}, deleted ones too."
                raise InvalidInput("account", told, remedy="Move them first.")
            if connection.execute(sa.delete(ACCOUNTS).where(mine)).rowcount != 1:
                raise missing("account", number)
            changed(connection, portfolio=portfolio)


def opened(connection: sa.Connection, portfolio: int, draft: Account, batch: int | None = None) -> Account:
    """A new account, in the midst of a transaction of the ledger."""
    values = _account_values(draft)
    number = numbered(connection, ACCOUNTS)[0]
    connection.execute(sa.insert(ACCOUNTS).values(id=number, portfolio=portfolio, batch=batch, version=1, **values))
    changed(connection, portfolio=portfolio)
    return Account(number, values["name"], values["currency"], values["broker"])


def _account_values(account: Account) -> dict[str, str]:
    _assert_name(account.name)
    if len(account.broker) > LONGEST_NAME:
        raise InvalidInput("broker", f"The broker's name has more than {LONGEST_NAME} characters.")
    return {"name": account.name, "currency": currency_of(account.currency), "broker": account.broker}


def _assert_name(name: str) -> None:
    if not 0 < len(name.strip()) <= len(name) <= LONGEST_NAME:
        raise InvalidInput("name", f"A name has 1 to {LONGEST_NAME} characters.")


def _values(portfolio: Portfolio) -> dict[str, Any]:
    return {
        "name": portfolio.name,
        "base": portfolio.base,
        "method": portfolio.method,
        "benchmark": portfolio.benchmark,
    }


def _kept(row: Row) -> Kept:
    return Kept(
        Portfolio(row.id, row.name, row.base, row.method, row.benchmark),
        row.owner,
        datetime.fromisoformat(row.created),
        row.version,
        row.state,
        row.settings,
    )
