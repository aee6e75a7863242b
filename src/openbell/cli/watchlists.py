"""Watchlists from the command line: made, filled, ordered, shared and taken away as CSV, with the API's own checks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import polars as pl
import typer

from openbell.cli import terminal
from openbell.cli.books import Right
from openbell.cli.chosen import Json, Whose, caller_of, drafted, opened, person_of, table
from openbell.model.errors import InvalidInput

if TYPE_CHECKING:
    from openbell.api.access import Caller
    from openbell.api.watchlists import Watchlist
    from openbell.board import Quote
    from openbell.desk import Desk

app = typer.Typer(no_args_is_help=True, help="Lists of symbols: made, filled, ordered, shared.")

Which = Annotated[str, typer.Argument(metavar="LIST", help="Its name or number, as `openbell watchlist list` shows.")]
Symbols = Annotated[list[str], typer.Argument(help="Tickers.")]


@app.command("list")
def listed(person: Whose = None, as_json: Json = False) -> None:
    """List somebody's watchlists in their order, then those that others share with them."""
    from openbell.api import watchlists as api  # noqa: PLC0415  # loads slowly

    with opened() as desk:
        rows = [each.model_dump() for each in api.watchlists(desk, caller_of(person_of(desk, person))).watchlists]
    shown = rows if as_json else [{**each, "symbols": " ".join(each["symbols"])} for each in rows]
    table(shown, ("id", "name", "symbols", "right", "owner"), as_json, "There are no watchlists yet.")


@app.command()
def make(
    name: Annotated[str, typer.Argument(help="What it is called.")],
    symbols: Annotated[list[str] | None, typer.Argument(help="Tickers.")] = None,
    person: Whose = None,
) -> None:
    """Make a watchlist; its symbols' prices are fetched in the background."""
    from openbell.api import watchlists as api  # noqa: PLC0415

    with opened() as desk:
        draft = drafted(api.NewWatchlist, {"name": name, "symbols": symbols or []})
        made = api.add_watchlist(desk, caller_of(person_of(desk, person)), draft)
    _tell(made, made.unknown)


@app.command()
def rename(
    which: Which, name: Annotated[str, typer.Argument(help="What it is called from now on.")], person: Whose = None
) -> None:
    """Give a watchlist another name."""
    with opened() as desk:
        caller = caller_of(person_of(desk, person))
        _change(desk, caller, _one(desk, caller, which), name=name)


@app.command()
def add(which: Which, symbols: Symbols, person: Whose = None) -> None:
    """Put symbols onto a watchlist; one that neither the desk nor its vendors know is refused."""
    with opened() as desk:
        caller = caller_of(person_of(desk, person))
        held = _one(desk, caller, which)
        _change(desk, caller, held, symbols=[*held.symbols, *symbols])


@app.command()
def drop(which: Which, symbols: Symbols, person: Whose = None) -> None:
    """Take symbols off a watchlist."""
    gone = {each.upper() for each in symbols}
    with opened() as desk:
        caller = caller_of(person_of(desk, person))
        held = _one(desk, caller, which)
        if absent := sorted(gone.difference(held.symbols)):
            raise InvalidInput("symbols", f"{held.name} has no {', '.join(absent)}.", remedy="Nothing was changed.")
        _change(desk, caller, held, symbols=[each for each in held.symbols if each not in gone])


@app.command("sort")
def in_order(which: Which, symbols: Symbols, person: Whose = None) -> None:
    """Put the symbols of a watchlist in that order: those that are named first, the others after them as they were."""
    first = [each.upper() for each in symbols]
    with opened() as desk:
        caller = caller_of(person_of(desk, person))
        held = _one(desk, caller, which)
        if absent := [each for each in first if each not in held.symbols]:
            raise InvalidInput("symbols", f"{held.name} has no {', '.join(absent)}.", remedy="Nothing was changed.")
        _change(desk, caller, held, symbols=[*first, *(each for each in held.symbols if each not in first)])


@app.command()
def order(
    lists: Annotated[list[str], typer.Argument(help="All of somebody's lists, by name or number.")],
    person: Whose = None,
) -> None:
    """Put somebody's watchlists in that order."""
    from openbell.api import watchlists as api  # noqa: PLC0415

    with opened() as desk:
        caller = caller_of(person_of(desk, person))
        wanted = api.WatchlistOrder(order=[_one(desk, caller, each).id for each in lists])
        found = api.arrange_watchlists(desk, caller, wanted).watchlists
    terminal.said(", ".join(each.name for each in found if each.right == "own") + ".")


@app.command()
def remove(which: Which, person: Whose = None) -> None:
    """Take a watchlist away; for a week it can be restored."""
    from openbell.api import watchlists as api  # noqa: PLC0415

    with opened() as desk:
        caller = caller_of(person_of(desk, person))
        held = _one(desk, caller, which)
        api.remove_watchlist(desk, caller, held.id)
    terminal.said(f"{held.name} is removed.")
    terminal.note(f"`openbell watchlist restore {held.id}` brings it back, for a week.")


@app.command()
def restore(
    number: Annotated[int, typer.Argument(help="The number that its removal told.")], person: Whose = None
) -> None:
    """Bring a removed watchlist back."""
    from openbell.api import watchlists as api  # noqa: PLC0415

    with opened() as desk:
        _tell(api.restore_watchlist(desk, caller_of(person_of(desk, person)), number))


@app.command()
def shares(which: Which, person: Whose = None, as_json: Json = False) -> None:
    """List with whom a watchlist is shared."""
    from openbell.api import watchlists as api  # noqa: PLC0415

    with opened() as desk:
        caller = caller_of(person_of(desk, person))
        held = _one(desk, caller, which)
        rows = [each.model_dump() for each in api.shares(desk, caller, held.id).shares]
    table(rows, ("person", "name", "right"), as_json, f"{held.name} is shared with nobody.")


@app.command()
def share(
    which: Which,
    other: Annotated[str, typer.Argument(help="With whom.")],
    right: Annotated[Right, typer.Option(help="What they may do.")] = Right.READ,
    person: Whose = None,
) -> None:
    """Let another person see a watchlist, or change it."""
    from openbell.accounts.accounts import HOST  # noqa: PLC0415
    from openbell.api import watchlists as api  # noqa: PLC0415

    with opened() as desk:
        caller, them = caller_of(person_of(desk, person)), person_of(desk, other)
        held = _one(desk, caller, which)
        api.share(desk, caller, HOST, held.id, them.id, api.Given(right=right.value))
    terminal.said(f"{them.name} may {right.value} {held.name}.")


@app.command()
def unshare(which: Which, other: Annotated[str, typer.Argument(help="From whom.")], person: Whose = None) -> None:
    """Take back what another person may do with a watchlist."""
    from openbell.accounts.accounts import HOST  # noqa: PLC0415
    from openbell.api import watchlists as api  # noqa: PLC0415

    with opened() as desk:
        caller, them = caller_of(person_of(desk, person)), person_of(desk, other)
        held = _one(desk, caller, which)
        api.unshare(desk, caller, HOST, held.id, them.id)
    terminal.said(f"{them.name} sees {held.name} no more.")


@app.command()
def csv(which: Which, person: Whose = None, as_json: Json = False) -> None:
    """Write a watchlist with its symbols' last prices as CSV; symbols without a price have empty cells."""
    from openbell.board import board  # noqa: PLC0415  # loads slowly

    with opened() as desk:
        held = _one(desk, caller_of(person_of(desk, person)), which)
        known = {each.symbol: each for each in board(desk, held.symbols)[0]}
    rows = [{"symbol": symbol, **_figures(known.get(symbol))} for symbol in held.symbols]
    schema = {name: NUMBERS.get(name, pl.String) for name in COLUMNS}
    terminal.frame(pl.DataFrame(rows, schema=schema), as_json=as_json, as_csv=True)


NUMBERS = dict.fromkeys(("price", "change", "change_pct", "open", "high", "low", "volume", "bid", "ask"), pl.Float64)
COLUMNS = ("symbol", "name", *NUMBERS, "freshness", "at")


def _figures(quote: Quote | None) -> dict[str, object]:
    """What is known of a symbol; a name that a spreadsheet would take for a formula is led by an apostrophe."""
    if quote is None:
        return {}
    name = quote.instrument.name or ""
    told = {"name": f"'{name}" if name.startswith(("=", "+", "-", "@")) else name, "freshness": quote.freshness}
    return {**told, **{each: getattr(quote, each) for each in NUMBERS}, "at": f"{quote.ts:%Y-%m-%dT%H:%M:%SZ}"}


def _change(desk: Desk, caller: Caller, held: Watchlist, **told: object) -> None:
    """Replace what is told of a list as it was just seen."""
    from openbell.api import watchlists as api  # noqa: PLC0415

    change = drafted(api.WatchlistChange, {**told, "version": held.version})
    changed = api.change_watchlist(desk, caller, held.id, change)
    _tell(changed, changed.unknown)


def _tell(held: Watchlist, unknown: Sequence[str] = ()) -> None:
    terminal.said(f"{held.name} ({held.id}): {' '.join(held.symbols) or 'no symbols'}.")
    for each in unknown:
        terminal.warned(f"Nothing is known of {each}, and no vendor could be asked: is it spelled right?")


def _one(desk: Desk, caller: Caller, which: str) -> Watchlist:
    """The list of that name or number that a person sees, their own before others'."""
    from openbell.api import watchlists as api  # noqa: PLC0415

    every = api.watchlists(desk, caller).watchlists
    found = [each for each in every if each.name == which] or [each for each in every if str(each.id) == which]
    if not found:
        names = ", ".join(f"{each.id} ({each.name})" for each in every) or "none yet"
        raise InvalidInput("watchlist", f"There is no watchlist {which!r}.", remedy=f"There are: {names}.")
    return found[0]
