"""QuantConnect LEAN's files: trade and quote bars, ticks, factor files and map files.

Formats: https://www.quantconnect.com/docs/v2/lean-cli/datasets/format-and-storage. No file has a header. Equity prices
are in 1/10000 USD and times are New York's; currencies are unscaled and in UTC. The inner file's name carries symbol,
date and kind.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl

from openbell.model.errors import Undecided
from openbell.model.frames import ACTIONS, BARS, INSTRUMENTS, QUOTES, TRADES, UTC, conform, frame_of
from openbell.model.interval import Interval
from openbell.providers.files.contents import Contents, Reading, contents, lines_of, parted
from openbell.providers.files.hours import NEW_YORK, next_session
from openbell.providers.files.names import symbol_in
from openbell.providers.files.proofs import ordered, rounded, simple_ratio
from openbell.providers.files.spacing import interval_of
from openbell.providers.files.table import ROW, Table, numbers, table_of
from openbell.providers.files.unpack import members

SOURCE = "lean"
SCALING = 10_000.0
INTRADAY = re.compile(
    r"(\d{8})_(.+?)_(minute|second|tick)_(trade|quote)\.csv|(\d{8})_(.+?)_(trade|quote)_(tick)\.csv", re.IGNORECASE
)
STEPS = {"minute": Interval(1, "m"), "second": Interval(1, "s")}
FOREVER = date(2050, 1, 1)  # LEAN ends its factor and map files on 2050-12-31
MICS = {"Q": "XNAS", "N": "XNYS", "P": "ARCX", "A": "XASE", "Z": "BATS"}
OHLC = ("open", "high", "low", "close")
BID = ("bid_open", "bid_high", "bid_low", "bid", "bid_size")
ASK = ("ask_open", "ask_high", "ask_low", "ask", "ask_size")
COLUMNS: dict[tuple[str, str], tuple[str, ...]] = {
    ("bar", "trade"): (*OHLC, "volume"),
    ("bar", "quote"): (*BID, *ASK),
    ("tick", "trade"): ("price", "size", "venue", "condition", "suspicious"),
    ("tick", "quote"): ("bid", "bid_size", "ask", "ask_size", "venue", "condition", "suspicious"),
}
UNSCALED = {"volume", "size", "bid_size", "ask_size"}
TEXT = {"venue", "condition", "suspicious"}


def read_lean(table: Table, reading: Reading) -> Contents | None:
    """What a table in one of LEAN's formats holds; None where it is in none."""
    if table.header is not None:
        return None
    first = table.first
    named = INTRADAY.fullmatch(table.name)
    if named and re.fullmatch(r"\d{1,8}(\.\d+)?", first[0]):
        return _intraday(table, reading, named)
    if re.fullmatch(r"\d{8} \d{2}:\d{2}", first[0]) and len(first) in {6, 11}:
        return _daily(table, reading)
    if re.fullmatch(r"\d{8}", first[0]) and _factors(table):
        actions, notes = factor_actions(table, reading.symbol or _named(table, reading))
        notes = ("LEAN factor file: splits and dividends in USD", *notes)
        return contents("lean-factors", actions=actions, notes=notes)
    if re.fullmatch(r"\d{8}", first[0]) and len(first) in {2, 3, 4} and re.match(r"[A-Za-z]", first[1]):
        return contents(
            "lean-map", instruments=map_instruments(table), notes=("LEAN map file: the tickers of one instrument",)
        )
    return None


def with_companions(path: Path, found: Contents) -> Contents:
    """`found` with the factor and map file of its symbol where one stands beside `path` or in LEAN's own folders."""
    symbols = sorted(
        {symbol for frame in (found.bars, found.trades, found.quotes) for symbol in frame["symbol"].unique()}
    )
    actions, instruments, notes = [found.actions], [found.instruments], list(found.notes)
    for symbol in symbols:
        for kind in ("factor", "map"):
            companion = _companion(path, symbol, kind)
            if companion is None:
                continue
            table = table_of(members(companion)[0])
            if kind == "factor":
                stated, unstated = factor_actions(table, symbol, found.bars)
                actions.append(stated)
                notes += unstated
            else:
                instruments.append(map_instruments(table))
            notes.append(f"{kind} file {companion.name} read as well")
    return replace(found, actions=ordered(pl.concat(actions)), instruments=pl.concat(instruments), notes=tuple(notes))


def factor_actions(table: Table, symbol: str, bars: pl.DataFrame | None = None) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """ACTIONS of a factor file (last date, price factor, split factor[, close that day]), and what it did not tell.

    A row holds until its date; the next session is the ex date of what changes in the following row:
    split = next split factor / split factor, dividend = close / split * (1 - price factor / next price factor), paid on
    what the split made of a share. Where the file has no closes, those of the daily `bars` count. What leaves the
    company is in the price factor (Time Warner Cable, 2009-03-27), so that a split factor is never a spin-off's.
    """
    rows = _factor_rows(table, symbol, bars)
    paid = pl.col("price") / pl.col("price").shift(-1)
    steps = (
        rows.sort("day").with_columns(ratio=pl.col("split").shift(-1) / pl.col("split"), kept=paid).drop_nulls("kept")
    )
    found: list[dict[str, object]] = []
    lacking = 0
    for day, close, ratio, kept in steps.select("day", "close", "ratio", "kept").iter_rows():
        row = {"symbol": symbol, "ex_date": next_session(day), "source": SOURCE}
        is_split = abs(ratio - 1) > 1e-5
        if is_split:
            found.append({**row, "kind": "split", "ratio": simple_ratio(ratio, 1e-4) or round(ratio, 6)})
        if 1 - kept <= (error := 1.5e-7):  # seven decimals of both price factors
            continue
        if close is None:
            lacking += 1
            continue
        share = close / ratio if is_split else close
        found.append(
            {**row, "kind": "dividend", "amount": rounded(share * (1 - kept), share * error), "currency": "USD"}
        )
    notes = (f"dividends left out for want of the close before: {lacking}",) if lacking else ()
    return ordered(frame_of(ACTIONS, found)), notes


def _factor_rows(table: Table, symbol: str, bars: pl.DataFrame | None) -> pl.DataFrame:
    """day, price and split factor, close; raises UnreadableFile where one cannot be read."""
    columns = {"price": "c1", "split": "c2", **({"close": "c3"} if len(table.first) == 4 else {})}
    days = table.frame.select(day=pl.col("c0").str.to_date("%Y%m%d", strict=False))
    rows = days.hstack(numbers(table, columns))
    factors_only = rows.select(pl.col("price", "split") > 0)
    if rows.null_count().sum_horizontal().item() or not factors_only.select(pl.all_horizontal(pl.all().all())).item():
        raise table.refuse("a row of the factor file is not date, factor, factor, price.", "Download it again.")
    if "close" in columns:
        return rows
    daily = (frame_of(BARS) if bars is None else bars).filter(symbol=symbol, interval="1d")
    closes = daily.select(day=pl.col("ts").dt.date(), close="close").unique("day")
    return rows.join(closes, on="day", how="left")


def map_instruments(table: Table) -> pl.DataFrame:
    """INSTRUMENTS of a map file (last date, ticker, exchange): the first row opens, each later one closes a period.

    The id is the last ticker, with the number that the file's name gives to an instrument whose ticker passed on to
    another: vxx.1.csv is the VXX that was redeemed in 2019, vxx.csv the one that is traded.
    """
    number = re.search(r"\.\d+(?=\.csv$)", table.name, re.IGNORECASE)
    rows = table.frame.select(
        day=pl.col("c0").str.to_date("%Y%m%d", strict=False),
        ticker=pl.col("c1").str.to_uppercase(),
        exchange=(pl.col("c2") if "c2" in table.frame.columns else pl.lit(None, pl.String)).replace_strict(
            MICS, default=None
        ),
    ).sort("day")
    if rows["day"].null_count() or rows["ticker"].null_count():
        raise table.refuse("a row of the map file is not date, ticker, exchange.", "Download it again.")
    begun = pl.col("day").shift()
    periods = rows.with_columns(
        valid_from=pl.when(pl.int_range(pl.len()) == 1).then(begun).otherwise(begun + pl.duration(days=1)),
        valid_to=pl.when(pl.col("day") < FOREVER).then(pl.col("day")),
        id=pl.col("ticker").last() + (number[0] if number else ""),
        currency=pl.lit("USD"),
        simulated=pl.lit(value=False),
        source=pl.lit(SOURCE),
    )
    return conform(periods.slice(1), INSTRUMENTS)


def _intraday(table: Table, reading: Reading, named: re.Match[str]) -> Contents:
    """One symbol's day; the first column counts milliseconds since local midnight."""
    day, ticker, step, side = (part.lower() for part in named.groups() if part)
    if step in {"trade", "quote"}:  # the older names end in _trade_tick
        step, side = side, step
    symbol = reading.symbol or ticker.upper()
    kind = "tick" if step == "tick" else "bar"
    names = COLUMNS[kind, side]
    if len(table.first) != len(names) + 1:
        raise table.refuse(f"a LEAN {step} {side} file has {len(names) + 1} columns, not {len(table.first)}.")
    rows, written, zone = _numbers(table, names)
    midnight = pl.lit(day).str.to_datetime("%Y%m%d", time_unit="us", strict=False)
    since = (pl.col("since_ms") * 1000).cast(pl.Int64).cast(pl.Duration("us"))
    stamped = rows.hstack(numbers(table, {"since_ms": "c0"})).with_columns(
        ts=_utc(midnight + since, zone), symbol=pl.lit(symbol)
    )
    interval = STEPS.get(step)
    source = reading.source or SOURCE
    read, rejects = parted(
        table, stamped, {"ts": "c0", **written}, source=source, interval=str(interval) if interval else None
    )
    preset = f"lean-{step}" if side == "trade" else f"lean-{step}-quote"
    notes = [f"symbol {symbol}, {day} and {step} {side}s from the name {table.name}; {zone} time"]
    if kind == "tick" and side == "trade":
        return contents(preset, trades=_trades(read, source), rejects=rejects, notes=notes)
    if side == "quote":
        length = interval.length if interval else None
        late = read.with_columns(ts=pl.col("ts") + length) if length else read
        return contents(
            preset,
            quotes=_quotes(late, source),
            rejects=rejects,
            notes=[*notes, "quotes are those at a bar's end", *_of_pair(symbol, zone)],
        )
    return contents(
        preset,
        bars=_bars(read, interval or STEPS["minute"], reading, source),
        rejects=rejects,
        notes=notes,
        lines=lines_of(table, read),
    )


def _daily(table: Table, reading: Reading) -> Contents:
    """Daily or hourly bars of one symbol."""
    side = "trade" if len(table.first) == 6 else "quote"
    rows, written, zone = _numbers(table, COLUMNS["bar", side])
    symbol = reading.symbol or _named(table, reading)
    local = table.frame["c0"].str.to_datetime("%Y%m%d %H:%M", time_unit="us", strict=False)
    stamped = rows.with_columns(symbol=pl.lit(symbol), ts=local)
    dates = bool((local.drop_nulls().dt.truncate("1d") == local.drop_nulls()).all())
    interval = reading.interval or interval_of(table, stamped, dates=dates)[0]
    stamped = stamped.with_columns(ts=pl.col("ts").dt.replace_time_zone("UTC") if dates else _utc(pl.col("ts"), zone))
    source = reading.source or SOURCE
    read, rejects = parted(table, stamped, {"ts": "c0", **written}, source=source, interval=str(interval))
    step = "daily" if dates else "hour"
    notes = [f"symbol {symbol} from the name {table.name}; {'currency' if zone == 'UTC' else 'equity'} prices"]
    if side == "trade":
        bars = _bars(read, interval, reading, source)
        return contents(f"lean-{step}", bars=bars, rejects=rejects, notes=notes, lines=lines_of(table, read))
    late = read.with_columns(ts=pl.col("ts").dt.offset_by(str(interval)))
    notes += ["quotes are those at a bar's end", *_of_pair(symbol, zone)]
    return contents(f"lean-{step}-quote", quotes=_quotes(late, source), rejects=rejects, notes=notes)


def _numbers(table: Table, names: tuple[str, ...]) -> tuple[pl.DataFrame, dict[str, str], str]:
    """The columns after the stamp as prices and sizes, where each was written, and the market's zone."""
    written = {name: f"c{at}" for at, name in enumerate(names, start=1)}
    numeric = {name: theirs for name, theirs in written.items() if name not in TEXT}
    prices = [theirs for name, theirs in numeric.items() if name not in UNSCALED]
    currency = any(table.frame[theirs].str.contains(".", literal=True).any() for theirs in prices)
    rows = table.frame.select(
        ROW, *(pl.col(theirs).alias(name) for name, theirs in written.items() if name in TEXT)
    ).hstack(numbers(table, numeric))
    if not currency:
        # Polars multiplies by 1/10000, which leaves 170.32000000000002 of 1703200
        rows = rows.with_columns((pl.col(name) / SCALING).round(4) for name in numeric if name not in UNSCALED)
    return rows, numeric, "UTC" if currency else NEW_YORK


def _of_pair(symbol: str, zone: str) -> Iterator[str]:
    """That quotes of a pair of currencies are no rates of days, which are closes; and how to have those."""
    if zone == "UTC" and re.fullmatch("[A-Z]{6}", symbol):
        pair = f"{symbol}=X"
        yield f"portfolios count at no quotes: for exchange rates fetch {pair}, or import its daily bars as {pair}"


def _bars(read: pl.DataFrame, interval: Interval, reading: Reading, source: str) -> pl.DataFrame:
    filled = read.with_columns(
        interval=pl.lit(str(interval)), scale=pl.lit(reading.scale or "raw"), source=pl.lit(source)
    )
    return conform(filled, BARS).sort("symbol", "ts", maintain_order=True)


def _quotes(read: pl.DataFrame, source: str) -> pl.DataFrame:
    """Bid and ask with their middle as the price."""
    middle = (pl.col("bid") + pl.col("ask")) / 2
    known = read.filter(pl.col("bid").is_not_null() | pl.col("ask").is_not_null())
    sided = known.drop([name for name in ("open", "high", "low") if name in known.columns])
    return conform(sided.with_columns(price=middle, source=pl.lit(source)), QUOTES).sort(
        "symbol", "ts", maintain_order=True
    )


def _trades(read: pl.DataFrame, source: str) -> pl.DataFrame:
    flagged = pl.col("suspicious").replace_strict({"0": False, "1": True}, default=None, return_dtype=pl.Boolean)
    numbered = read.with_columns(seq=pl.int_range(pl.len()), suspicious=flagged, source=pl.lit(source))
    return conform(numbered, TRADES).sort("symbol", "ts", "seq")


def _utc(local: pl.Expr, zone: str) -> pl.Expr:
    return (
        local.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
        .dt.convert_time_zone("UTC")
        .cast(UTC)
    )


def _factors(table: Table) -> bool:
    """Whether the columns after the date are numbers, and the name or the last date is a factor file's."""
    if len(table.first) not in {3, 4} or re.match(r"[A-Za-z]", table.first[1]):
        return False
    last = table.frame["c0"].max()
    return (
        "factor" in table.name.lower()
        or "factor" in Path(table.path).parent.name
        or (isinstance(last, str) and last > "2050")
    )


def _named(table: Table, reading: Reading) -> str:
    """The symbol: the user's, else the inner file's name."""
    stem = Path(table.name).stem
    in_archive = not Path(table.path).name.startswith(table.name)
    inner = stem if in_archive and re.fullmatch(r"[A-Za-z0-9.\-]+", stem) else symbol_in(table.name)
    if reading.symbol or inner:
        return reading.symbol or str(inner).upper()
    raise Undecided(
        table.path, "the name does not say which symbol this is.", option="--symbol", remedy="Say which with --symbol."
    )


def _companion(path: Path, symbol: str, kind: str) -> Path | None:
    """The factor or map file of `symbol`: `*aapl_factor.csv` beside `path`, or LEAN's ../factor_files/aapl.csv."""
    beside = sorted(path.parent.glob(f"*{kind}.csv"))
    for file in beside:
        if re.fullmatch(rf"(.*[_\-])?{re.escape(symbol)}[_\-]{kind}\.csv", file.name, re.IGNORECASE):
            return file
    for folder in list(path.parents)[1:3]:
        file = folder / f"{kind}_files" / f"{symbol.lower()}.csv"
        if file.is_file():
            return file
    return None
