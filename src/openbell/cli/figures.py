"""What portfolios hold and how they have done, in the terminal: the API's figures, and why they are what they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, get_args

import typer

from openbell.cli import terminal
from openbell.cli.chosen import (
    SHOWN,
    Against,
    AsOf,
    From,
    Json,
    Name,
    OfAccount,
    OfInstrument,
    OfTag,
    Span,
    To,
    answered,
    asked_about,
    looked_at,
    one_of,
    opened,
    part_of,
    plain,
    stretch_of,
    table,
)

if TYPE_CHECKING:
    from openbell.api.allocation import Slice

app = typer.Typer()


@app.command()
def show(as_json: Json = False) -> None:
    """List the portfolios with their value and their imports."""
    from openbell.api import positions as figures  # noqa: PLC0415  # loads slowly
    from openbell.store.importbook import ImportBook  # noqa: PLC0415
    from openbell.store.portfoliobook import PortfolioBook  # noqa: PLC0415

    with opened() as desk:
        people = {each.id: each.name for each in desk.accounts.people.people()}
        rows = []
        for kept in PortfolioBook(desk.ledger).every():
            batches = ImportBook(desk.ledger).batches(kept.portfolio.id)
            asked, benchmark = asked_about(desk, kept, None), kept.portfolio.benchmark
            rows.append(
                {
                    "id": kept.portfolio.id,
                    "name": kept.portfolio.name,
                    "owner": people.get(kept.owner, ""),
                    "value": figures.positions(asked, asked.reckoned.whole).value,
                    "base": kept.portfolio.base,
                    "method": kept.portfolio.method,
                    "benchmark": benchmark and desk.history.register.instrument(benchmark).ticker,
                    "imports": ", ".join(f"{each.id} ({each.file})" for each in batches),
                }
            )
    columns = ("id", "name", "owner", "value", "base", "method", "benchmark", "imports")
    table(rows, columns, as_json, "There is no portfolio yet.")


@app.command()
def positions(
    portfolio: Name = None,
    account: OfAccount = None,
    instrument: OfInstrument = None,
    tag: OfTag = None,
    as_of: AsOf = None,
    as_json: Json = False,
) -> None:
    """What is held, with price, value and gain."""
    from openbell.api import positions as figures  # noqa: PLC0415  # loads slowly

    with looked_at(portfolio, as_of) as asked:
        answer = figures.positions(asked, part_of(asked, account, instrument, tag))
    if as_json:
        answered(answer)
        return
    found = answer.model_dump(mode="json")
    rows = [{**each, "price": each["price"] and each["price"]["price"]} for each in found["positions"]]
    table(rows, ("ticker", "account_name", "units", "price", "currency", "value", "cost", "gain", "lacks"))
    terminal.said(f"{found['value'] or 'unknown'} {found['base']} in all, as of {found['day']}.")
    _warn(found["problems"])
    for ticker in dict.fromkeys(each["ticker"] for each in found["positions"] if _unpriced(each)):
        terminal.warned(
            f"{ticker} has no price: fetch or import some, or say one with `openbell portfolio price {ticker} PRICE`."
        )


def _unpriced(position: Mapping[str, Any]) -> bool:
    return position["instrument"] is not None and position["price"] is None


def _warn(problems: Sequence[Mapping[str, Any]]) -> None:
    for each in problems[:SHOWN]:
        terminal.warned(f"{each['what']} {each['remedy']}".strip())


@app.command()
def lots(
    portfolio: Name = None,
    account: OfAccount = None,
    instrument: OfInstrument = None,
    tag: OfTag = None,
    as_of: AsOf = None,
    as_json: Json = False,
) -> None:
    """The lots that are held, and those that were closed."""
    from openbell.api import positions as figures  # noqa: PLC0415  # loads slowly

    with looked_at(portfolio, as_of) as asked:
        answer = figures.lots(asked, part_of(asked, account, instrument, tag), 0, 100_000)
    if as_json:
        answered(answer)
        return
    found = answer.model_dump(mode="json")
    every = [*found["open"], *found["closed"]]
    rows = [{**each, "cost": each["cost"]["amount"], "in": each["cost"]["currency"]} for each in every]
    table(rows, ("ticker", "account_name", "opened", "acquired", "day", "units", "cost", "in", "gain"))


@app.command()
def returns(
    portfolio: Name = None,
    account: OfAccount = None,
    instrument: OfInstrument = None,
    tag: OfTag = None,
    span: Span = None,
    start: From = None,
    end: To = None,
    benchmark: Against = None,
    as_of: AsOf = None,
    as_json: Json = False,
) -> None:
    """How it has done: gain, time-weighted and money-weighted return, and the same money in the benchmark."""
    from openbell.api import returns as figures  # noqa: PLC0415  # loads slowly

    with looked_at(portfolio, as_of) as asked:
        stretch = stretch_of(asked, span, start, end)
        answer = figures.returns(asked, part_of(asked, account, instrument, tag), stretch, benchmark)
    if as_json:
        answered(answer)
        return
    found = answer.model_dump(mode="json")
    told = found["performance"]
    rows = [{"figure": name.replace("_", " "), "value": plain(told[name])} for name in told if name not in _APART]
    rows.append({"figure": "mwr", "value": plain(told["mwr"]["period"]) or told["mwr"]["reason"]})
    rows.append({"figure": "mwr annual", "value": plain(told["mwr"]["annual"])})
    if told["drawdown"] is not None:
        rows.append({"figure": "deepest fall", "value": plain(told["drawdown"]["depth"])})
    if found["benchmark"] is not None:
        rows.append({"figure": f"twr of {found['benchmark']['ticker']}", "value": plain(found["benchmark"]["twr"])})
    table(rows, ("figure", "value"))
    for each in told["notes"]:
        terminal.note(each)


_APART = {"mwr", "notes", "drawdown"}


@app.command()
def income(
    portfolio: Name = None,
    account: OfAccount = None,
    instrument: OfInstrument = None,
    tag: OfTag = None,
    start: From = None,
    end: To = None,
    as_json: Json = False,
) -> None:
    """Dividends and interest by month: what came, and what is announced."""
    from openbell.api import income as figures  # noqa: PLC0415  # loads slowly

    with looked_at(portfolio, None) as asked:
        stretch = stretch_of(asked, None, start, end)
        answer = figures.income(asked, part_of(asked, account, instrument, tag), stretch, 0, 100_000)
    if as_json:
        answered(answer)
        return
    columns = ("key", "gross", "tax", "fee", "net", "announced")
    table(answer.model_dump(mode="json")["by_month"], columns, empty="Nothing was paid yet.")


@app.command()
def history(
    portfolio: Name = None,
    account: OfAccount = None,
    instrument: OfInstrument = None,
    tag: OfTag = None,
    span: Span = None,
    start: From = None,
    end: To = None,
    benchmark: Against = None,
    as_of: AsOf = None,
    as_json: Json = False,
) -> None:
    """By day: value, net invested, index and drawdown; and what the same money would be in the benchmark."""
    from openbell.api import returns as figures  # noqa: PLC0415  # loads slowly

    with looked_at(portfolio, as_of) as asked:
        stretch = stretch_of(asked, span, start, end)
        answer = figures.history(asked, part_of(asked, account, instrument, tag), stretch, benchmark)
    if as_json:
        answered(answer)
        return
    shown = {name: getattr(answer, name) for name in ("value", "invested", "index", "drawdown", "benchmark")}
    columns = {name: values for name, values in shown.items() if values is not None}
    rows = [
        {"day": day, **{name: values[place] for name, values in columns.items()}}
        for place, day in enumerate(answer.days)
    ]
    table(rows, ("day", *columns), empty="Nothing has happened in it.")
    if answer.gaps:
        gap = answer.gaps[-1]
        terminal.note(f"{answer.total_gaps} days have no value; the last is {gap.day}: {', '.join(gap.without)}.")


@app.command()
def allocation(
    portfolio: Name = None,
    by: Annotated[
        list[str] | None,
        typer.Option(help="type, sector, country, currency, account or instrument; several: inside one another."),
    ] = None,
    account: OfAccount = None,
    instrument: OfInstrument = None,
    tag: OfTag = None,
    as_of: AsOf = None,
    as_json: Json = False,
) -> None:
    """How the value is spread."""
    from openbell.api.allocation import DEEPEST, spread  # noqa: PLC0415  # loads slowly
    from openbell.portfolio.allocation import DIMENSIONS  # noqa: PLC0415

    wanted = [one_of("by", each, DIMENSIONS) for each in (by or [])[: DEEPEST + 1]]
    if len(wanted) > DEEPEST:
        raise typer.BadParameter(f"At most {DEEPEST} go inside one another.")
    with looked_at(portfolio, as_of) as asked:
        answer = spread(asked, part_of(asked, account, instrument, tag), wanted or None)
    if as_json:
        answered(answer)
        return
    table(list(_slices(answer.slices, 0)), ("of", "value", "share"), empty="Nothing of it has a value.")
    terminal.said(f"{answer.total} {answer.base} in all, as of {answer.day}, by {', then '.join(answer.by)}.")
    for each in answer.unvalued:
        terminal.warned(f"{each.units} {each.ticker} have no value: {each.lacks}.")


def _slices(found: Sequence[Slice], depth: int) -> list[dict[str, Any]]:
    """Each slice before what is inside it, which is set in."""
    rows = []
    for each in found:
        rows.append({"of": "  " * depth + each.label, "value": each.value, "share": each.share})
        rows += _slices(each.inner, depth + 1)
    return rows


@app.command()
def checks(
    portfolio: Name = None,
    account: OfAccount = None,
    instrument: OfInstrument = None,
    tag: OfTag = None,
    as_of: AsOf = None,
    as_json: Json = False,
) -> None:
    """What is told unasked: too much in one place, missing and stale prices, negative cash; by its own thresholds."""
    from openbell.api.allocation import looked_at as looked_over  # noqa: PLC0415  # loads slowly

    with looked_at(portfolio, as_of) as asked:
        answer = looked_over(asked, part_of(asked, account, instrument, tag))
    if as_json:
        answered(answer)
        return
    rows = [each.model_dump(mode="json") for each in answer.checks]
    table(rows, ("name", "state", "number", "threshold", "sentence"))


@app.command()
def why(
    figure: Annotated[
        str, typer.Argument(help="Such as value, gain, twr, mwr, income, cost, price; any word lists all.")
    ],
    portfolio: Name = None,
    account: OfAccount = None,
    instrument: OfInstrument = None,
    tag: OfTag = None,
    span: Span = None,
    start: From = None,
    end: To = None,
    benchmark: Against = None,
    by: Annotated[str, typer.Option(help="Of a share: what the whole is split by.")] = "instrument",
    key: Annotated[str, typer.Option(help="Of a share: the slice's key; of a check: its name.")] = "",
    lot: Annotated[int | None, typer.Option(help="Of what was realised: of lots that this transaction opened.")] = None,
    as_of: AsOf = None,
    as_json: Json = False,
) -> None:
    """Why a figure is what it is: its method, every value, flow, rate and price that went into it, and the sources."""
    from openbell.api.whys import Figure, why_this  # noqa: PLC0415  # loads slowly
    from openbell.portfolio.allocation import DIMENSIONS  # noqa: PLC0415

    wanted, split = one_of("figure", figure, get_args(Figure)), one_of("by", by, DIMENSIONS)
    with looked_at(portfolio, as_of) as asked:
        stretch, inside = stretch_of(asked, span, start, end), part_of(asked, account, instrument, tag)
        answer = why_this(asked, inside, stretch, wanted, benchmark, split, key, lot)
    if as_json:
        answered(answer)
        return
    terminal.said(f"{answer.figure}: {answer.method}")
    rows = [each.model_dump(mode="json") for each in answer.inputs]
    table(rows, ("label", "value", "unit", "day", "source"))
    for each in answer.notes:
        terminal.note(each)
