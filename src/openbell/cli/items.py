"""What a person says of instruments, from the command line: items of their own, prices by hand, and facts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from openbell.cli import terminal
from openbell.cli.chosen import (
    Json,
    Name,
    Whose,
    caller_of,
    day_of,
    drafted,
    looked_at,
    opened,
    owner_of,
    person_of,
    table,
)
from openbell.model.errors import InvalidInput
from openbell.model.money import currency_of

if TYPE_CHECKING:
    from openbell.api.access import Caller
    from openbell.api.items import Item
    from openbell.api.reckoning import Asked
    from openbell.desk import Desk

app = typer.Typer()
own = typer.Typer(
    no_args_is_help=True, help="Items of one's own that no exchange lists; `price own:7 PRICE` values one."
)

Type = Annotated[str | None, typer.Option("--type", help="Such as stock, fund, commodity, property or other.")]
Number = Annotated[int, typer.Argument(help="A number that `openbell portfolio item list` shows.")]


@app.command()
def price(
    instrument: Annotated[str, typer.Argument(help="What is held: its ticker, or own:7.")],
    worth: Annotated[str, typer.Argument(help="Of one, as traded on the day; or `forget`.", metavar="PRICE")],
    day: Annotated[str | None, typer.Option(help="The day that it is of; default: today, in UTC.")] = None,
    currency: Annotated[str | None, typer.Option(help="Kept as the instrument's, where nobody knows one.")] = None,
    portfolio: Name = None,
) -> None:
    """Say what something was worth that nobody else tells a price of; it counts in all portfolios of its owner."""
    from openbell.api import hand_prices, items  # noqa: PLC0415  # loads slowly
    from openbell.api.reckoning import instrument_of  # noqa: PLC0415
    from openbell.store.itembook import OWN  # noqa: PLC0415
    from openbell.store.pricebook import checked_prices  # noqa: PLC0415

    with looked_at(portfolio, None) as asked:
        desk, caller, key = asked.desk, owner_of(asked.desk, asked.kept), instrument_of(asked, instrument)
        on = day_of("day", day) or desk.clock().date()
        said = drafted(items.Price, {"day": on, "price": None if worth == "forget" else worth})
        told = items.prices_of(desk, [said])[on]
        if told is not None:
            checked_prices({on: told})
        if key.startswith(OWN):
            code = items.price_item(desk, caller, int(key.removeprefix(OWN)), items.Prices(prices=[said])).currency
        else:
            code = _traded_in(asked, caller, key, currency) if told is not None else ""
            spoken = hand_prices.HandPrice(day=on, price=said.price, currency=code or None)
            hand_prices.price_by_hand(desk, caller, key, hand_prices.HandPricesDraft(prices=[spoken]))
    named = asked.reckoned.book.facts[key].ticker
    done = f"The price of {named} of {on} is forgotten" if told is None else f"{named} on {on}: {told} {code}"
    terminal.said(f"{done}.")


def _traded_in(asked: Asked, caller: Caller, instrument: str, told: str | None) -> str:
    """The currency that prices of it are in; what is `told` becomes a fact of it, where nobody knows one."""
    from openbell.api import items  # noqa: PLC0415  # loads slowly
    from openbell.books.prices import priced_in  # noqa: PLC0415
    from openbell.store.itembook import ItemBook  # noqa: PLC0415

    desk, facts = asked.desk, asked.reckoned.book.facts[instrument]
    if told is not None and facts.currency not in {None, currency_of(told)}:
        raise InvalidInput(
            "currency", f"Prices of {facts.ticker} are in {facts.currency}.", remedy=f"Say it in {facts.currency}."
        )
    if told is not None and facts.currency is None:
        said = items.facts(desk, caller).facts.get(instrument)
        before = {} if said is None else said.model_dump()
        items.set_facts(desk, caller, instrument, drafted(items.Facts, {**before, "currency": told}))
    return priced_in(desk, instrument, ItemBook(desk.ledger).facts(caller.id).get(instrument))


@app.command()
def prices(person: Whose = None, as_json: Json = False) -> None:
    """List the prices that somebody said by hand, of their own items and of others."""
    from openbell.api import hand_prices, items  # noqa: PLC0415  # loads slowly
    from openbell.books.facts import facts_of  # noqa: PLC0415
    from openbell.store.itembook import ItemBook  # noqa: PLC0415

    with opened() as desk:
        caller = caller_of(person_of(desk, person))
        told = hand_prices.hand_prices(desk, caller).prices
        facts = facts_of(told, desk, {}, ItemBook(desk.ledger).facts(caller.id))
        rows = [
            {"instrument": each.instrument, "name": each.name, "currency": each.currency, **price.model_dump()}
            for each in items.items(desk, caller).items
            for price in each.prices
        ] + [
            {"instrument": key, "name": facts[key].ticker, **price.model_dump()}
            for key, each in told.items()
            for price in each.prices
        ]
    table(rows, ("instrument", "name", "day", "price", "currency"), as_json, "No price was said by hand yet.")


@app.command()
def facts(
    instrument: Annotated[str | None, typer.Argument(help="Its ticker, or own:7; default: list what was said.")] = None,
    kind: Type = None,
    sector: Annotated[str | None, typer.Option(help="Such as Technology.")] = None,
    country: Annotated[str | None, typer.Option(help="Two letters, such as CH.")] = None,
    currency: Annotated[str | None, typer.Option(help="That its prices are in.")] = None,
    forget: Annotated[bool, typer.Option("--forget", help="Have the desk's own facts count again.")] = False,
    person: Whose = None,
    as_json: Json = False,
) -> None:
    """Say of what type, sector, country and currency an instrument is; what is not named stays."""
    from openbell.api import items  # noqa: PLC0415  # loads slowly

    told = {"type": kind, "sector": sector, "country": country, "currency": currency}
    with opened() as desk:
        caller = caller_of(person_of(desk, person))
        if instrument is None:
            rows = [{"instrument": key, **each.model_dump()} for key, each in items.facts(desk, caller).facts.items()]
            table(rows, ("instrument", *told), as_json, "Nothing was said of any instrument yet.")
            return
        key = items.key_of(desk, caller, instrument)
        held = items.facts(desk, caller).facts.get(key)
        before = {} if forget or held is None else held.model_dump()
        given = before | {name: value for name, value in told.items() if value is not None}
        said = items.set_facts(desk, caller, key, drafted(items.Facts, given))
    words = ", ".join(f"{name} {value}" for name, value in said.model_dump().items() if value) or "as the desk knows it"
    terminal.said(f"{instrument.upper()}: {words}.")


@own.command("list")
def item_list(person: Whose = None, as_json: Json = False) -> None:
    """List somebody's own items, with their newest price."""
    from openbell.api import items  # noqa: PLC0415

    with opened() as desk:
        found = items.items(desk, caller_of(person_of(desk, person))).items
    rows = [
        {**each.model_dump(mode="json"), "price": each.prices[-1].price, "day": str(each.prices[-1].day)}
        if each.prices
        else each.model_dump(mode="json")
        for each in found
    ]
    table(rows, ("id", "instrument", "name", "type", "currency", "price", "day"), as_json, "There are no items yet.")


@own.command("add")
def item_add(
    name: Annotated[str, typer.Argument(help="What it is called.")],
    currency: Annotated[str, typer.Argument(help="What its prices are in.")],
    kind: Type = None,
    person: Whose = None,
) -> None:
    """Add an item of somebody's own; transactions name it as own:NUMBER."""
    from openbell.api import items  # noqa: PLC0415

    with opened() as desk:
        draft = drafted(items.ItemDraft, {"name": name, "currency": currency, "type": kind or "other"})
        made = items.add_item(desk, caller_of(person_of(desk, person)), draft)
    terminal.said(f"{made.instrument}: {made.name}, {made.type}, in {made.currency}.")


@own.command("change")
def item_change(
    number: Number,
    name: Annotated[str | None, typer.Option(help="What it is called from now on.")] = None,
    currency: Annotated[str | None, typer.Option(help="What its prices are in.")] = None,
    kind: Type = None,
    person: Whose = None,
) -> None:
    """Rename an item, or say what it is and what it is counted in; what is not named stays."""
    from openbell.api import items  # noqa: PLC0415

    told = {"name": name, "currency": currency, "type": kind}
    with opened() as desk:
        caller = caller_of(person_of(desk, person))
        before = _one(desk, caller, number).model_dump()
        given = before | {field: value for field, value in told.items() if value is not None}
        made = items.change_item(desk, caller, number, drafted(items.ItemDraft, given))
    terminal.said(f"{made.instrument}: {made.name}, {made.type}, in {made.currency}.")


@own.command("remove")
def item_remove(number: Number, person: Whose = None) -> None:
    """Forget an item that no transaction names, with its prices."""
    from openbell.api import items  # noqa: PLC0415

    with opened() as desk:
        caller = caller_of(person_of(desk, person))
        gone = _one(desk, caller, number)
        items.remove_item(desk, caller, number)
    terminal.said(f"{gone.name} is removed.")


def _one(desk: Desk, caller: Caller, number: int) -> Item:
    from openbell.api import items  # noqa: PLC0415

    found = next((each for each in items.items(desk, caller).items if each.id == number), None)
    if found is None:
        raise InvalidInput(
            "number", f"There is no item {number}.", remedy="See `openbell portfolio item list`, with --person."
        )
    return found
