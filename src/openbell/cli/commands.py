"""The commands of the desk. Every reading one takes --json; how a failure is told is `cli.program`'s business."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import polars as pl
import typer

from openbell import __version__
from openbell.cli import alerts, people, portfolio, terminal, watchlists
from openbell.cli.terminal import Adjust, Dates, Format
from openbell.history import History
from openbell.history.stretch import Range, Stretch, instant, stretch
from openbell.model.errors import InvalidInput, ProviderError
from openbell.model.interval import Interval
from openbell.settings import Settings
from openbell.store.lake import Lake

if TYPE_CHECKING:
    from openbell.desk import Desk
    from openbell.ingest.storing import Stored

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)
app.add_typer(alerts.app, name="alerts")
app.add_typer(people.app, name="user")
app.add_typer(portfolio.app, name="portfolio")
app.add_typer(watchlists.app, name="watchlist")


MOST_FILES = 1_000
"""A folder with more price files is hardly meant: it is imported when that is confirmed."""


class Stamp(StrEnum):
    """Which side of a bar its stamp marks."""

    START = "start"
    END = "end"


Json = Annotated[bool, typer.Option("--json", help="Write JSON instead of a table.")]


@app.callback(invoke_without_command=True)
def root(version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:
    """A self-hosted market desk."""
    if version:
        print(f"openbell {__version__}")
        raise typer.Exit


@app.command()
def up(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "",
    port: Annotated[int, typer.Option(help="The port to listen on; default OPENBELL_PORT or 8000.")] = 0,
    demo: Annotated[bool, typer.Option("--demo", help="Open the simulated market.")] = False,
    offline: Annotated[bool, typer.Option("--offline", help="Never contact a vendor.")] = False,
) -> None:
    """Start the desk and its page."""
    from openbell.cli.serve import serve  # noqa: PLC0415  # the web server is needed by this command only

    given: dict[str, Any] = {
        "host": host or None,
        "port": port or None,
        "demo": demo or None,
        "offline": offline or None,
    }
    settings = Settings(**{name: value for name, value in given.items() if value is not None})
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s: %(message)s")
    serve(settings, say=lambda line: print(line, flush=True))


@app.command()
def doctor(as_json: Json = False) -> None:
    """Say what works, what does not, and the one thing to do next."""
    from openbell.cli.doctor import examine  # noqa: PLC0415

    findings = examine(Settings())
    terminal.findings(findings, as_json=as_json)
    if any(finding.state == "bad" for finding in findings):
        raise typer.Exit(1)


@app.command("import")
def import_(
    paths: Annotated[list[Path], typer.Argument(help="Files or folders: CSV (plain, gz, zip) or Parquet.")],
    symbol: Annotated[str | None, typer.Option(help="The ticker, where the file does not say.")] = None,
    interval: Annotated[str | None, typer.Option(help="The length of a bar, where the file does not say.")] = None,
    source: Annotated[str | None, typer.Option(help="A name for where the prices come from.")] = None,
    scale: Annotated[Adjust | None, typer.Option(help="The scale of the file's prices.")] = None,
    tz: Annotated[str | None, typer.Option(help="The time zone of naive stamps, such as America/New_York.")] = None,
    stamp: Annotated[Stamp | None, typer.Option(help="Whether stamps mark a bar's start or its end.")] = None,
    dates: Annotated[Dates | None, typer.Option(help="The order of day, month and year.")] = None,
    columns: Annotated[
        str | None, typer.Option(help="Which column is which, such as ts=Day,close=Rate; the others are recognised.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help=f"Import a folder of more than {MOST_FILES:,} files.")] = False,
    as_json: Json = False,
) -> None:
    """Import price files into the lake; repeating an import stores nothing twice."""
    from openbell.cli.importing import columns_of, import_into, look_in, nothing_of  # noqa: PLC0415  # loads slowly
    from openbell.providers.files import Reading  # noqa: PLC0415

    reading = Reading(
        symbol=None if symbol is None else symbol.upper(),
        interval=None if interval is None else Interval.parse(interval),
        source=source,
        scale=scale.value if scale else None,
        tz=tz,
        stamp=stamp.value if stamp else None,
        dates=dates.value if dates else None,
        columns=None if columns is None else columns_of(columns),
    )
    files, failed = look_in(paths, most=None if yes else MOST_FILES)
    several = len(files) + len(failed) > 1
    with _desk(Settings(offline=True)) as desk:
        done, unread = import_into(desk, files, reading, tell=None if as_json else terminal.imported)
    failed += unread
    if as_json:
        terminal.imported_as_json(done)
    elif several:
        terminal.imported_in_all(done, failed)
    if failed or any(nothing_of(each) for each in done):
        raise typer.Exit(1)


@app.command()
def fetch(
    symbols: Annotated[list[str], typer.Argument(help="Tickers.")],
    interval: Annotated[str, typer.Option(help="The length of a bar.")] = "1d",
    start: Annotated[
        str | None, typer.Option("--from", help="The first date; default a year (intraday: a week) ago.")
    ] = None,
    end: Annotated[str | None, typer.Option("--to", help="The last date; default today.")] = None,
    provider: Annotated[str | None, typer.Option(help="Ask this vendor only.")] = None,
    as_json: Json = False,
) -> None:
    """Fetch bars from a vendor into the lake; an interrupted fetch is simply repeated."""
    from openbell.cli.importing import watch  # noqa: PLC0415  # as slow to load as the desk

    length = Interval.parse(interval)
    settings = Settings(providers=provider) if provider else Settings()
    with _desk(settings) as desk:
        now = desk.clock()
        last = min(instant("to", end, end=True), now) if end else now
        first = instant("from", start) if start else last - timedelta(days=7 if length.intraday else 366)
        if first >= last:
            raise InvalidInput(
                "from",
                f"{first:%Y-%m-%d} is not before {last:%Y-%m-%d}.",
                remedy="Give --from before --to, not in the future.",
            )
        answers = [_fetch_one(desk, s.upper(), length, first, last) for s in symbols]
        fetched = [a["symbol"] for a in answers if not a["error"]]
        watch(desk, fetched)
        for fetch in desk.ledger.fetches():
            if fetch.symbol in fetched and fetch.state == "imported":
                desk.ledger.save_fetch(replace(fetch, state="waiting", detail="Waiting to be fetched."))
    terminal.fetched(answers, as_json=as_json)
    if any(a["error"] for a in answers):
        raise typer.Exit(1)


def _fetch_one(desk: Desk, symbol: str, interval: Interval, start: datetime, end: datetime) -> dict[str, Any]:
    from openbell.ingest.fetching import fetch_bars  # noqa: PLC0415  # vendors' clients load slowly

    with terminal.progress() as bar:
        task = bar.add_task(f"{symbol} {interval}", total=(end - start).total_seconds(), rows=0)

        def told(stored: Stored, until: datetime) -> None:
            bar.update(task, completed=(until - start).total_seconds(), rows=stored.rows + stored.known)

        try:
            stored = fetch_bars(desk.lake, desk.vendors, symbol, interval, start, end, clock=desk.clock, progress=told)
        except ProviderError as error:
            return {"symbol": symbol, "rows": 0, "already_there": 0, "set_aside": 0, "actions": 0, "error": str(error)}
    return {
        "symbol": symbol,
        "rows": stored.rows,
        "already_there": stored.known,
        "set_aside": stored.rejects,
        "actions": stored.actions,
        "error": None,
    }


@app.command()
def bars(
    symbol: Annotated[str, typer.Argument(help="A ticker.")],
    interval: Annotated[str, typer.Option(help="The length of a bar.")] = "1d",
    start: Annotated[str | None, typer.Option("--from", help="The first date or instant; default: all.")] = None,
    end: Annotated[str | None, typer.Option("--to", help="The last date (included) or instant.")] = None,
    adjust: Annotated[Adjust, typer.Option(help="As traded, or back-adjusted.")] = Adjust.RAW,
    as_of: Annotated[str | None, typer.Option(help="What was known at this instant.")] = None,
    extended: Annotated[bool, typer.Option("--extended", help="Include extended hours.")] = False,
    form: Annotated[
        Format, typer.Option("--format", help="How to write them; parquet needs a redirect.")
    ] = Format.TABLE,
    as_json: Json = False,
) -> None:
    """Print stored bars, resampled and adjusted as asked."""
    length = Interval.parse(interval)
    history = _history()
    known, unknown = history.past(instant("as-of", as_of)) if as_of else (None, ())
    span: Range | None = None if start or end else "Max"
    asked = stretch(history, symbol, span=span, start=start, end=end, interval=length, as_of=known)
    series = history.bars(
        symbol,
        length,
        asked.start,
        asked.end,
        adjust=adjust.value,
        as_of=known,
        hours="extended" if extended else "regular",
    )
    for note in (*unknown, *series.notes):
        terminal.note(note)
    if series.bars.is_empty():
        terminal.note(_none(history, symbol, length, asked))
    terminal.bars(series, Format.JSON if as_json else form)


def _none(history: History, symbol: str, interval: Interval, asked: Stretch) -> str:
    """That there are no bars in the stretch asked for, and where there are some."""
    held = history.stored(history.instrument(symbol).id).sort("first")
    spans = [
        f"{i} bars are held from {a:%Y-%m-%d} to {z:%Y-%m-%d}"
        for i, a, z in held.select("interval", "first", "last").iter_rows()
    ]
    last = asked.end - timedelta.resolution
    return f"No {interval} bars between {asked.start:%Y-%m-%d} and {last:%Y-%m-%d}; {', '.join(spans)}."


@app.command()
def compare(
    symbols: Annotated[list[str], typer.Argument(help="Two to eight tickers.")],
    interval: Annotated[str, typer.Option(help="The length of a bar.")] = "1d",
    start: Annotated[str | None, typer.Option("--from", help="The first date; default: a year back.")] = None,
    end: Annotated[str | None, typer.Option("--to", help="The last date.")] = None,
    adjust: Annotated[Adjust, typer.Option(help="As traded, or back-adjusted.")] = Adjust.SPLIT,
    as_json: Json = False,
) -> None:
    """Compare symbols over the same stretch, aligned by time."""
    from openbell.history.comparison import compared  # noqa: PLC0415

    answer = compared(
        _history(),
        symbols,
        span=None if start or end else "1Y",
        start=start,
        end=end,
        interval=Interval.parse(interval),
        adjust=adjust.value,
    )
    terminal.comparison(answer, as_json=as_json)


@app.command()
def watch(
    symbols: Annotated[list[str] | None, typer.Argument(help="Tickers; default: the first watchlist.")] = None,
    as_json: Json = False,
) -> None:
    """Show live prices of the open desk until interrupted; into a pipe, a line for each new price."""
    from openbell.cli.running import running  # noqa: PLC0415
    from openbell.cli.watch import watch as follow  # noqa: PLC0415  # loads the HTTP client
    from openbell.store.watchbook import WatchBook  # noqa: PLC0415

    settings = Settings(offline=True)
    held = running(settings.folder)
    if held is None:
        raise InvalidInput("home", f"No desk is open in {settings.folder}.", remedy="Start it with `openbell up`.")
    chosen = [symbol.upper() for symbol in symbols or ()]
    if not chosen:
        with _desk(settings) as desk:
            chosen = [symbol for each in WatchBook(desk.ledger).of_first_owner()[:1] for symbol in each.symbols]
    with suppress(KeyboardInterrupt):
        asyncio.run(follow(held.address, list(dict.fromkeys(chosen)), as_json=as_json))


@app.command()
def sql(
    statement: Annotated[str, typer.Argument(help='Such as "select symbol, count(*) from bars group by symbol".')],
    as_json: Json = False,
) -> None:
    """Answer a read-only SQL query over the lake.

    bars and actions are what the desk shows, bar_versions and action_versions all that was ever told; there are also
    rejects, quotes and instruments.
    """
    from openbell.store.sql import query  # noqa: PLC0415  # loads DuckDB

    try:
        terminal.frame(query(_lake(), statement), as_json=as_json)
    except InvalidInput as error:
        first = re.sub(r"^(\w+ )+Error: ", "", error.what.splitlines()[0]).rstrip(".!")
        raise InvalidInput("sql", f"{first}.", remedy=error.remedy) from error


@app.command()
def summary(
    folder: Annotated[Path, typer.Argument(help="Where the three Parquet tables go.")],
    interval: Annotated[str, typer.Option(help="The stored bars to summarise.")] = "1m",
    as_json: Json = False,
) -> None:
    """Write daily averages, hourly highs and 20-bar moving averages of every symbol as Parquet tables."""
    from openbell.summary import summarize  # noqa: PLC0415  # loads pyarrow

    done = summarize(_lake(), Interval.parse(interval), folder)
    rows = [{"table": name, "rows": getattr(done, name)} for name in ("daily", "hourly", "average")]
    terminal.frame(pl.DataFrame(rows), as_json=as_json)


@app.command()
def jobs(as_json: Json = False) -> None:
    """List what runs when: each job's last and next run, and what came of it."""
    from openbell.cli.jobs import listed  # noqa: PLC0415
    from openbell.cli.running import as_opened  # noqa: PLC0415

    with _desk(as_opened(Settings())) as desk:
        listed(desk, as_json=as_json)


@app.command()
def job(
    name: Annotated[str | None, typer.Argument(help="A job that `openbell jobs` lists; default: list them.")] = None,
    symbol: Annotated[str | None, typer.Argument(help="For backfill: a ticker.")] = None,
    start: Annotated[str | None, typer.Option("--from", help="For backfill: the first month, such as 2020-01.")] = None,
    end: Annotated[str | None, typer.Option("--to", help="For backfill: the last month; default: this one.")] = None,
    interval: Annotated[str, typer.Option(help="For backfill: the length of a bar.")] = "1m",
    no_more: Annotated[bool, typer.Option("--withdraw", help="For backfill: fetch no more of the symbol.")] = False,
    as_json: Json = False,
) -> None:
    """Run one job now; without a name, list them."""
    from openbell.cli.jobs import backfill, listed, run, withdraw  # noqa: PLC0415
    from openbell.cli.running import as_opened  # noqa: PLC0415

    with _desk(as_opened(Settings())) as desk:
        if name is None:
            listed(desk, as_json=as_json)
        elif name == "backfill" and no_more:
            withdraw(desk, symbol)
        elif name == "backfill":
            backfill(desk, symbol, start, end, interval)
        else:
            run(desk, name)


def _lake() -> Lake:
    """The lake alone, for questions about prices: the ledger and its migrations would take longer than the answer."""
    return Lake(Settings(offline=True).lake)


def _history() -> History:
    return History(_lake(), lambda: datetime.now(UTC))


@contextmanager
def _desk(settings: Settings) -> Iterator[Desk]:
    from openbell.desk import open_desk  # noqa: PLC0415  # vendors' clients load slowly

    desk = open_desk(settings)
    try:
        yield desk
    except KeyboardInterrupt as error:
        terminal.note("\nInterrupted; what was stored stays, and repeating the command stores nothing twice.")
        raise typer.Exit(130) from error
    finally:
        desk.close()
