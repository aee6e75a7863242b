"""Portfolios and their accounts from the command line: made, changed, shared, removed, with the API's own checks."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, get_args

import typer

from openbell.cli import terminal
from openbell.cli.chosen import (
    Json,
    Name,
    Whose,
    Yes,
    account_of,
    assert_sure,
    caller_of,
    drafted,
    one_of,
    opened,
    owner_of,
    person_of,
    portfolio_of,
    table,
)
from openbell.model.errors import InvalidInput
from openbell.model.words import counted

if TYPE_CHECKING:
    from openbell.desk import Desk

app = typer.Typer()
accounts = typer.Typer(no_args_is_help=True, help="The accounts of a portfolio: where money and units lie.")

Method = Annotated[str | None, typer.Option(help="Which lots a sale takes: fifo, lifo, hifo, average or s104.")]
Benchmark = Annotated[str | None, typer.Option(help="A ticker that it is compared with; none: with nothing.")]
Threshold = Annotated[
    list[str] | None,
    typer.Option(help="From where on `checks` tells: position=0.2 sector=0.4 currency=0.5 cash=0.25 stale_days=5."),
]


class Right(StrEnum):
    """What another person may do; to write includes to read."""

    READ = "read"
    WRITE = "write"


@app.command()
def make(
    name: Annotated[str, typer.Argument(help="What it is called.")],
    base: Annotated[str, typer.Argument(help="The currency that it is counted in, such as EUR.")],
    method: Method = None,
    benchmark: Benchmark = None,
    threshold: Threshold = None,
    person: Whose = None,
) -> None:
    """Make a portfolio; its accounts come with `account add`, or with an import."""
    from openbell.api.portfolios import PortfolioDraft, add_portfolio  # noqa: PLC0415  # loads slowly

    given = _given(name, base, method, benchmark, threshold, {})
    with opened() as desk:
        owner = person_of(desk, person)
        made = add_portfolio(desk, caller_of(owner), drafted(PortfolioDraft, given))
        terminal.said(f"Portfolio {made.id}: {made.name}, counted in {made.base}, of {owner.name}.")
        _warn_of_unknown(desk, made.benchmark)


@app.command()
def sample(person: Whose = None) -> None:
    """Make a portfolio to look around in: three years in the simulated market, where that is open."""
    from openbell.api.portfolios import add_sample  # noqa: PLC0415

    with opened() as desk:
        owner = person_of(desk, person)
        made = add_sample(desk, caller_of(owner))
        terminal.said(f"Portfolio {made.id}: {made.name}, counted in {made.base}, of {owner.name}.")


@app.command()
def change(
    portfolio: Name = None,
    name: Annotated[str | None, typer.Option(help="What it is called from now on.")] = None,
    base: Annotated[str | None, typer.Option(help="What it is counted in from now on.")] = None,
    method: Method = None,
    benchmark: Benchmark = None,
    threshold: Threshold = None,
) -> None:
    """Rename a portfolio, or count it in another way; what is not named stays."""
    from openbell.api import portfolios as api  # noqa: PLC0415

    with opened() as desk:
        kept = portfolio_of(desk, portfolio)
        held = api.portfolio(desk, owner_of(desk, kept), kept.portfolio.id)
        given = held.model_dump() | _given(name, base, method, benchmark, threshold, held.thresholds.model_dump())
        told = api.change_portfolio(desk, owner_of(desk, kept), kept.portfolio.id, drafted(api.PortfolioChange, given))
        against = "nothing" if told.benchmark is None else desk.history.register.instrument(told.benchmark).ticker
        terminal.said(f"{told.name}: counted in {told.base}, {told.method}, compared with {against}.")
        _warn_of_unknown(desk, told.benchmark)


@app.command()
def remove(portfolio: Annotated[str, typer.Argument(help="Its name or number.")], yes: Yes = False) -> None:
    """Forget a portfolio with all its accounts and transactions, for good."""
    from openbell.accounts.accounts import HOST  # noqa: PLC0415
    from openbell.api.portfolios import remove_portfolio  # noqa: PLC0415
    from openbell.store.transactionbook import TransactionBook  # noqa: PLC0415

    with opened() as desk:
        kept = portfolio_of(desk, portfolio)
        number, name = kept.portfolio.id, kept.portfolio.name
        count = counted(len(TransactionBook(desk.ledger).all(number)), "transaction")
        assert_sure(f"{name} would go for good, with {count}.", yes=yes)
        remove_portfolio(desk, owner_of(desk, kept), HOST, number, name)
        terminal.said(f"{name} is removed: {count} went with it.")


@app.command()
def shares(portfolio: Name = None, as_json: Json = False) -> None:
    """List with whom a portfolio is shared."""
    from openbell.api import portfolios as api  # noqa: PLC0415

    with opened() as desk:
        kept = portfolio_of(desk, portfolio)
        found = api.shares(desk, owner_of(desk, kept), kept.portfolio.id).shares
    rows = [each.model_dump(mode="json") for each in found]
    table(rows, ("person", "name", "right"), as_json, f"{kept.portfolio.name} is shared with nobody.")


@app.command()
def share(
    person: Annotated[str, typer.Argument(help="With whom.")],
    portfolio: Name = None,
    right: Annotated[Right, typer.Option(help="What they may do.")] = Right.READ,
) -> None:
    """Let another person read a portfolio, or change what is in it."""
    from openbell.accounts.accounts import HOST  # noqa: PLC0415
    from openbell.api.portfolios import ShareDraft, share_portfolio  # noqa: PLC0415

    with opened() as desk:
        kept, other = portfolio_of(desk, portfolio), person_of(desk, person)
        told = ShareDraft(right=right.value)
        share_portfolio(desk, owner_of(desk, kept), HOST, kept.portfolio.id, other.id, told)
        terminal.said(f"{other.name} may {right.value} {kept.portfolio.name}.")


@app.command()
def unshare(person: Annotated[str, typer.Argument(help="From whom.")], portfolio: Name = None) -> None:
    """Take back what another person may do."""
    from openbell.accounts.accounts import HOST  # noqa: PLC0415
    from openbell.api.portfolios import unshare_portfolio  # noqa: PLC0415

    with opened() as desk:
        kept, other = portfolio_of(desk, portfolio), person_of(desk, person)
        unshare_portfolio(desk, owner_of(desk, kept), HOST, kept.portfolio.id, other.id)
        terminal.said(f"{other.name} sees {kept.portfolio.name} no more.")


@accounts.command("list")
def account_list(portfolio: Name = None, as_json: Json = False) -> None:
    """List the accounts of a portfolio."""
    from openbell.api import portfolios as api  # noqa: PLC0415

    with opened() as desk:
        kept = portfolio_of(desk, portfolio)
        found = api.portfolio(desk, owner_of(desk, kept), kept.portfolio.id).accounts
    rows = [each.model_dump(mode="json") for each in found]
    table(rows, ("id", "name", "currency", "broker"), as_json, f"{kept.portfolio.name} has no account yet.")


@accounts.command("add")
def account_add(
    name: Annotated[str, typer.Argument(help="What it is called.")],
    currency: Annotated[str, typer.Argument(help="What it is counted in first.")],
    broker: Annotated[str, typer.Option(help="Whose account it is.")] = "",
    portfolio: Name = None,
) -> None:
    """Add an account to a portfolio."""
    from openbell.api import portfolios as api  # noqa: PLC0415

    with opened() as desk:
        kept = portfolio_of(desk, portfolio)
        draft = drafted(api.AccountDraft, {"name": name, "currency": currency, "broker": broker})
        made = api.add_account(desk, owner_of(desk, kept), kept.portfolio.id, draft)
        terminal.said(f"Account {made.id} of {kept.portfolio.name}: {made.name}, {made.currency}.")


@accounts.command("change")
def account_change(
    account: Annotated[str, typer.Argument(help="Its name or number.")],
    name: Annotated[str | None, typer.Option(help="What it is called from now on.")] = None,
    currency: Annotated[str | None, typer.Option(help="What it is counted in first from now on.")] = None,
    broker: Annotated[str | None, typer.Option(help="Whose account it is.")] = None,
    portfolio: Name = None,
) -> None:
    """Rename an account, or count it in another currency first; what is not named stays."""
    from openbell.api import portfolios as api  # noqa: PLC0415

    told = {"name": name, "currency": currency, "broker": broker}
    with opened() as desk:
        kept = portfolio_of(desk, portfolio)
        caller, number = owner_of(desk, kept), account_of(desk, kept, account)
        held = next(each for each in api.portfolio(desk, caller, kept.portfolio.id).accounts if each.id == number)
        given = held.model_dump() | {field: value for field, value in told.items() if value is not None}
        made = api.change_account(desk, caller, kept.portfolio.id, number, drafted(api.AccountDraft, given))
        terminal.said(f"Account {made.id} of {kept.portfolio.name}: {made.name}, {made.currency}.")


@accounts.command("remove")
def account_remove(account: Annotated[str, typer.Argument(help="Its name or number.")], portfolio: Name = None) -> None:
    """Forget an account without transactions."""
    from openbell.api import portfolios as api  # noqa: PLC0415

    with opened() as desk:
        kept = portfolio_of(desk, portfolio)
        number = account_of(desk, kept, account)
        api.remove_account(desk, owner_of(desk, kept), kept.portfolio.id, number)
        terminal.said(f"Account {number} of {kept.portfolio.name} is removed.")


def _given(
    name: str | None,
    base: str | None,
    method: str | None,
    benchmark: str | None,
    threshold: list[str] | None,
    before: dict[str, Any],
) -> dict[str, Any]:
    """What was named of a portfolio."""
    from openbell.model.transactions import Method as Ways  # noqa: PLC0415

    told: dict[str, Any] = {"name": name, "base": base}
    told["method"] = None if method is None else one_of("method", method, get_args(Ways))
    given = {field: value for field, value in told.items() if value is not None}
    if benchmark is not None:
        given["benchmark"] = None if benchmark.lower() in {"", "none"} else benchmark
    if threshold:
        given["thresholds"] = before | dict(map(_threshold, threshold))
    return given


def _threshold(told: str) -> tuple[str, str]:
    from openbell.api.portfolios import Thresholds  # noqa: PLC0415

    name, _, value = told.partition("=")
    if not value:
        raise InvalidInput("threshold", f"{told!r} says no number.", remedy="Write it like position=0.3.")
    return one_of("threshold", name, list(Thresholds.model_fields)), value


def _warn_of_unknown(desk: Desk, benchmark: str | None) -> None:
    if benchmark is not None and desk.history.stored(benchmark).is_empty():
        ticker = desk.history.register.instrument(benchmark).ticker
        terminal.warned(
            f"There is no price of {ticker} here yet: fetch or import some, such as `openbell fetch {ticker}`."
        )
