"""Transactions from the command line: as `FIELD=VALUE`, with the fields and the checks of the API."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from openbell.cli import terminal
from openbell.cli.chosen import (
    From,
    Json,
    Name,
    OfAccount,
    OfInstrument,
    OfTag,
    OversoldToo,
    To,
    account_of,
    answered,
    day_of,
    drafted,
    one_of,
    opened,
    owner_of,
    portfolio_of,
    table,
)
from openbell.model.errors import InvalidInput

if TYPE_CHECKING:
    from openbell.api.transactions import Transaction
    from openbell.desk import Desk
    from openbell.store.portfoliobook import Kept

app = typer.Typer(no_args_is_help=True, help="What happened in a portfolio: listed, added, changed, deleted, restored.")

WORDS = "FIELD=VALUE..."
FIELDS = (
    "day instrument quantity cash currency account price price_currency fee fee_currency tax rate cost acquired "
    "to_account to_cash to_currency other ratio picks=LOT:UNITS,... short at ref note tags=A,B. Signs are the "
    "account's: what it received is more than 0, what it gave is less."
)
Number = Annotated[int, typer.Argument(help="A number that `openbell portfolio transaction list` shows.")]


@app.command("list")
def listed(
    portfolio: Name = None,
    account: OfAccount = None,
    instrument: OfInstrument = None,
    tag: OfTag = None,
    kind: Annotated[str | None, typer.Option(help="Of this kind only, such as buy.")] = None,
    batch: Annotated[int | None, typer.Option("--import", help="Of this import only.")] = None,
    start: From = None,
    end: To = None,
    text: Annotated[str | None, typer.Option("--search", help="With this in the note, the reference or a tag.")] = None,
    removed: Annotated[bool, typer.Option("--removed", help="Those that were deleted.")] = False,
    most: Annotated[int, typer.Option(min=1, max=500, help="How many of the newest.")] = 50,
    as_json: Json = False,
) -> None:
    """List transactions, the newest first."""
    from openbell.api import transactions as api  # noqa: PLC0415  # loads slowly
    from openbell.model.transactions import Kind  # noqa: PLC0415

    wanted = None if kind is None else Kind(one_of("kind", kind, list(Kind)))
    with opened() as desk:
        kept = portfolio_of(desk, portfolio)
        found = api.transactions(
            desk,
            owner_of(desk, kept),
            kept.portfolio.id,
            None if account is None else account_of(desk, kept, account),
            wanted,
            instrument,
            tag,
            batch,
            day_of("from", start),
            day_of("to", end),
            text,
            removed=removed,
            offset=0,
            limit=most,
        )
    if as_json:
        answered(found)
        return
    rows = [{**each.model_dump(mode="json"), "tags": ", ".join(each.tags)} for each in found.transactions]
    columns = ("id", "day", "kind", "ticker", "quantity", "cash", "currency", "account", "tags", "note")
    table(rows, columns, empty="There is no such transaction.")
    if found.total > len(rows):
        terminal.note(f"These are the newest {len(rows)} of {found.total:,}; --most shows more, 500 at once.")


@app.command("add", context_settings={"ignore_unknown_options": True})  # a negative number is a value
def add(
    kind: Annotated[str, typer.Argument(help="Such as buy, sell, dividend, deposit, transfer; any word lists all.")],
    words: Annotated[list[str] | None, typer.Argument(metavar=WORDS, help=FIELDS)] = None,
    portfolio: Name = None,
    oversold_too: OversoldToo = False,
) -> None:
    """Add a transaction; without a day it is today's, without a currency the account's."""
    from openbell.api import transactions as api  # noqa: PLC0415  # loads slowly
    from openbell.model.transactions import Kind  # noqa: PLC0415
    from openbell.store.portfoliobook import PortfolioBook  # noqa: PLC0415

    with opened() as desk:
        kept = portfolio_of(desk, portfolio)
        told = _given(desk, kept, words or [])
        account = told["account"] if "account" in told else account_of(desk, kept, None)
        accounts = PortfolioBook(desk.ledger).accounts(kept.portfolio.id)
        currency = next(each.currency for each in accounts if each.id == account)
        usual = {"account": account, "day": str(desk.clock().date()), "currency": currency}
        given = usual | told | {"kind": one_of("kind", kind, list(Kind))}
        draft = drafted(api.TransactionDraft, given)
        made = api.add_transaction(desk, owner_of(desk, kept), kept.portfolio.id, draft, oversold_too=oversold_too)
    terminal.said(f"Transaction {_said(made)}.")


@app.command("change", context_settings={"ignore_unknown_options": True})
def change(
    number: Number,
    words: Annotated[
        list[str], typer.Argument(metavar=WORDS, help=f"What shall be another, or `kind`; FIELD= clears one. {FIELDS}")
    ],
    portfolio: Name = None,
    oversold_too: OversoldToo = False,
) -> None:
    """Change a transaction; what is not named stays."""
    from openbell.api import transactions as api  # noqa: PLC0415

    with opened() as desk:
        kept = portfolio_of(desk, portfolio)
        caller, held = owner_of(desk, kept), kept.portfolio.id
        before = api.transaction(desk, caller, held, number).model_dump()
        wanted = drafted(api.TransactionChange, before | _given(desk, kept, words))
        told = api.change_transaction(desk, caller, held, number, wanted, oversold_too=oversold_too)
    terminal.said(f"Transaction {_said(told)}.")


@app.command("remove")
def remove(number: Number, portfolio: Name = None, oversold_too: OversoldToo = False) -> None:
    """Delete a transaction; for 30 days it can be restored."""
    from openbell.api import transactions as api  # noqa: PLC0415

    with opened() as desk:
        kept = portfolio_of(desk, portfolio)
        caller, held = owner_of(desk, kept), kept.portfolio.id
        before = api.transaction(desk, caller, held, number)
        api.remove_transaction(desk, caller, held, number, before.version, oversold_too=oversold_too)
    terminal.said(f"Transaction {number} is deleted.")
    terminal.note(f"`openbell portfolio transaction restore {number}` brings it back, for 30 days.")


@app.command("restore")
def restore(number: Number, portfolio: Name = None, oversold_too: OversoldToo = False) -> None:
    """Bring a deleted transaction back."""
    from openbell.api import transactions as api  # noqa: PLC0415

    with opened() as desk:
        kept = portfolio_of(desk, portfolio)
        told = api.restore_transaction(desk, owner_of(desk, kept), kept.portfolio.id, number, oversold_too=oversold_too)
    terminal.said(f"Transaction {_said(told)}.")


def _said(told: Transaction) -> str:
    units = f" {told.quantity} {told.ticker}" if told.ticker else ""
    return f"{told.id}: {told.kind}{units}, {told.cash} {told.currency}, on {told.day}"


def _given(desk: Desk, kept: Kept, words: Sequence[str]) -> dict[str, Any]:
    """What was named, as the API takes it; a field that was emptied is as if it had never been said."""
    from openbell.api.transactions import TransactionDraft  # noqa: PLC0415

    given: dict[str, Any] = {}
    for word in words:
        name, equals, value = word.partition("=")
        field = one_of("field", name.replace("-", "_"), list(TransactionDraft.model_fields))
        if not equals:
            raise InvalidInput(field, f"{name} has no value.", remedy=f"Write it as {name}=VALUE.")
        if not value:
            given[field] = TransactionDraft.model_fields[field].get_default(call_default_factory=True)
        elif field in {"account", "to_account"}:
            given[field] = account_of(desk, kept, value)
        elif field == "tags":
            given[field] = [each.strip() for each in value.split(",") if each.strip()]
        elif field == "picks":
            given[field] = [_pick(each) for each in value.split(",")]
        else:
            given[field] = value
    return given


def _pick(told: str) -> dict[str, str]:
    """Units of the lot that a transaction opened."""
    opened_by, _, units = told.partition(":")
    if not units:
        raise InvalidInput(
            "picks", f"{told!r} names no units.", remedy="Write picks=LOT:UNITS, as `lots` numbers them."
        )
    return {"opened": opened_by.strip(), "quantity": units.strip()}
