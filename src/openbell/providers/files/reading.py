"""Any price file -> Contents: unpack, recognise the vendor, read the columns, prove what was not said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import polars as pl

from openbell.model.errors import InvalidInput, Undecided
from openbell.model.frames import ACTIONS, BARS, SCALES, Scale, conform, frame_of
from openbell.model.interval import DAY, Interval
from openbell.model.words import counted
from openbell.providers.events import priced_or_null
from openbell.providers.files.contents import ADJ_CLOSE, Contents, Reading, contents, joined, lines_of, parted
from openbell.providers.files.days import dates_of, local_dates
from openbell.providers.files.hours import Side, clock_of, venue_of
from openbell.providers.files.lean import read_lean, with_companions
from openbell.providers.files.messages import refuse_message
from openbell.providers.files.names import symbol_in
from openbell.providers.files.presets import NUMBERS, PRICES, Layout, layout_of
from openbell.providers.files.proofs import explicit_actions, ordered, proved_actions
from openbell.providers.files.spacing import check_interval, interval_of, labelled
from openbell.providers.files.stamps import Stamps, stamps_of
from openbell.providers.files.table import ROW, Table, numbers, table_of
from openbell.providers.files.unpack import Member, members

DEFAULT = Reading()
PERIODS = {"d": "1d", "w": "1w", "m": "1mo", "q": "1q", "y": "1y"}  # Stooq's <PER>; numbers are minutes


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table, how its vendor lays it out, and what the user says of it."""

    table: Table
    layout: Layout
    reading: Reading

    @property
    def source(self) -> str:
        """The user's name for the source, else the vendor's, else the preset's."""
        return self.reading.source or self.layout.source or self.layout.preset


def read(path: Path, reading: Reading = DEFAULT, *, now: datetime) -> Contents:
    """Everything the file at `path` holds, as `reading` says and the content proves; no price is converted.

    Raises UnreadableFile (no price file), Undecided (two readings hold: pass `option`), InvalidInput (wrong `reading`).
    """
    found = joined([_member(member, reading, now) for member in members(path)])
    return with_companions(path, found) if found.preset.startswith("lean-") and _has_prices(found) else found


def _has_prices(found: Contents) -> bool:
    return not (found.bars.is_empty() and found.trades.is_empty() and found.quotes.is_empty())


def _member(member: Member, reading: Reading, now: datetime) -> Contents:
    refuse_message(member)
    table = table_of(member, named=bool(reading.columns))
    if not reading.columns:
        lean = read_lean(table, reading)
        if lean is not None:
            return replace(lean, promises_raw=reading.scale is None)
    sheet = Sheet(table, layout_of(table, reading.columns), reading)
    return _wide(sheet, now) if sheet.layout.wide else _long(sheet, now)


def _long(sheet: Sheet, now: datetime) -> Contents:
    """A table with one row a bar."""
    table, layout = sheet.table, sheet.layout
    stamps = stamps_of(table, _stamp_column(table, layout), now, sheet.reading.dates or layout.dates)
    numeric = {ours: theirs for ours, theirs in layout.columns.items() if ours in NUMBERS}
    symbols, symbol_note = _symbols(sheet)
    rows = table.frame.select(ROW, symbols.alias("symbol"), stamps.values.alias("ts"))
    rows = rows.hstack(numbers(table, numeric))
    interval, interval_note = _interval(sheet, stamps, rows)
    rows, clock_notes = _in_utc(sheet, stamps, rows, interval)
    rows = rows.with_columns(day=local_dates(rows, stamps) if interval.intraday else pl.col("ts").dt.date())
    written = {
        "ts": layout.columns["ts"],
        **({"symbol": layout.columns["symbol"]} if "symbol" in layout.columns else {}),
        **numeric,
    }
    rows, rejects = parted(table, rows, written, source=sheet.source, interval=str(interval))
    scale, actions, scale_notes = _scale(sheet, rows, interval)
    priced, unpriced_notes = _priced(rows.with_columns(priced_or_null(name) for name in PRICES[:3] if name in numeric))
    notes = (*layout.notes, *symbol_note, *interval_note, *stamps.notes, *clock_notes, *scale_notes, *unpriced_notes)
    return contents(
        layout.preset,
        bars=_bars(priced, interval, scale, sheet.source),
        actions=actions,
        rejects=rejects,
        adj_close=_adj_close(rows, interval),
        promises_raw=sheet.reading.scale is None and layout.scale == "raw" == scale,
        notes=[*notes, *_ignored(layout)],
        lines=lines_of(table, priced),
    )


def _adj_close(rows: pl.DataFrame, interval: Interval) -> pl.DataFrame | None:
    """The adjusted close of daily rows, where the table has the dividends that it should reflect."""
    if not {"adjusted", "dividend"} <= set(rows.columns) or interval != DAY:
        return None
    return conform(rows.rename({"adjusted": "adj_close"}).drop_nulls("adj_close"), ADJ_CLOSE)


def _wide(sheet: Sheet, now: datetime) -> Contents:
    """A table with one close column a symbol: close only, the other prices null."""
    table, layout, reading = sheet.table, sheet.layout, sheet.reading
    names = _chosen(layout, reading)
    if len(layout.wide) > 1 and reading.scale is None:
        raise Undecided(
            table.path,
            f"{len(layout.wide)} columns of closes do not say whether they are adjusted.",
            option="--scale",
            remedy="Say which with --scale raw, --scale split or --scale total.",
        )
    stamps = stamps_of(table, table.frame[layout.columns["ts"]], now, reading.dates)
    closes = {name: name for name in names}
    rows = table.frame.select(ROW, stamps.values.alias("ts")).hstack(numbers(table, closes))
    spaced = rows.with_columns(symbol=pl.lit(names[0]))
    interval, interval_note = _interval(sheet, stamps, spaced)
    rows, clock_notes = _in_utc(sheet, stamps, spaced, interval)
    unnamed = rows.with_columns(symbol=pl.lit(None, pl.String))
    rows, rejects = parted(
        table, unnamed, {"ts": layout.columns["ts"], **closes}, source=sheet.source, interval=str(interval)
    )
    long = rows.drop("symbol").unpivot(on=list(names), index=["ts", ROW], variable_name="symbol", value_name="close")
    if len(names) == 1 and reading.symbol:
        long = long.with_columns(symbol=pl.lit(reading.symbol))
    scale: Scale = reading.scale or layout.scale or "raw"
    bars = _bars(long.drop_nulls("close"), interval, scale, sheet.source)
    notes = (f"one close column a symbol: {', '.join(names[:8])}", *interval_note, *stamps.notes, *clock_notes)
    return contents(
        layout.preset,
        bars=bars,
        rejects=rejects,
        notes=[*notes, *_ignored(layout)],
        lines=lines_of(table, long.drop_nulls("close")),
    )


def _chosen(layout: Layout, reading: Reading) -> tuple[str, ...]:
    if reading.symbol is None or len(layout.wide) == 1:
        return layout.wide
    if reading.symbol in layout.wide:
        return (reading.symbol,)
    raise InvalidInput(
        "symbol",
        f"No column is called {reading.symbol!r}.",
        remedy=f"Leave it out, or use one of {', '.join(layout.wide[:12])}.",
    )


def _stamp_column(table: Table, layout: Layout) -> pl.Series:
    stamp = table.frame[layout.columns["ts"]]
    if "clock" not in layout.columns:
        return stamp
    both = pl.DataFrame({"day": stamp.cast(pl.String), "clock": table.frame[layout.columns["clock"]].cast(pl.String)})
    return both.select(pl.concat_str("day", "clock", separator=" ").alias(layout.columns["ts"])).to_series()


def _symbols(sheet: Sheet) -> tuple[pl.Expr, tuple[str, ...]]:
    """The symbol of each row: the user's, the column's, or the file name's."""
    table, layout, reading = sheet.table, sheet.layout, sheet.reading
    if "symbol" in layout.columns:
        column = layout.columns["symbol"]
        if reading.symbol is None:
            return pl.col(column).cast(pl.String).str.strip_chars(), ()
        held = table.frame[column].drop_nulls().n_unique()
        if held > 1:
            raise InvalidInput("symbol", f"{table.path} holds {held} symbols.", remedy="Leave the symbol out.")
    if reading.symbol is not None:
        return pl.lit(reading.symbol), ()
    symbol = symbol_in(table.name) or symbol_in(Path(table.path).name)
    if symbol is None:
        raise Undecided(
            table.path,
            "neither a column nor the file's name says which symbol this is.",
            option="--symbol",
            remedy="Say which with --symbol.",
        )
    return pl.lit(symbol), (f"symbol {symbol} from the file name",)


def _interval(sheet: Sheet, stamps: Stamps, rows: pl.DataFrame) -> tuple[Interval, tuple[str, ...]]:
    table, layout, reading = sheet.table, sheet.layout, sheet.reading
    dates = stamps.kind == "date"
    if reading.interval is not None:
        check_interval(reading.interval, dates=dates, rows=rows)
        return reading.interval, ()
    if "interval" in layout.columns:
        return _stated_interval(table, layout.columns["interval"]), ()
    interval, why = interval_of(table, rows, dates=dates)
    return interval, (why,)


def _stated_interval(table: Table, column: str) -> Interval:
    stated = table.frame[column].drop_nulls().cast(pl.String).unique().to_list()
    if len(stated) != 1:
        raise table.refuse(f"the column {column!r} names {len(stated)} intervals.", "Split the file by interval.")
    text = str(stated[0]).strip()
    try:
        return Interval.parse(PERIODS.get(text.lower(), f"{text}m" if text.isdigit() else text))
    except InvalidInput as error:
        raise table.refuse(f"the column {column!r} names no interval: {text!r}.", "Write it as 5m or 1d.") from error


def _in_utc(
    sheet: Sheet, stamps: Stamps, rows: pl.DataFrame, interval: Interval
) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """`rows` with `ts` as the label or the start of its bar in UTC."""
    tz, written_in = sheet.reading.tz, sheet.layout.zone
    if not interval.intraday:
        dates, why = dates_of(sheet.table, stamps, rows["symbol"], tz=tz, written_in=written_in)
        labels = labelled(pl.col("ts"), interval)
        return rows.with_columns(dates.alias("ts")).with_columns(labels.dt.replace_time_zone("UTC")), why
    side: Side | None = sheet.reading.stamp or sheet.layout.side
    zone = "UTC" if stamps.kind == "instant" else tz or written_in
    assume: Side | None = "start" if stamps.kind == "instant" else None
    exchange = venue_of(rows["symbol"])
    clock = clock_of(sheet.table, rows["ts"], interval, exchange=exchange, zone=zone, side=side, assume=assume)
    return rows.with_columns(clock.start(rows["ts"], interval).alias("ts")), clock.notes


def _scale(sheet: Sheet, rows: pl.DataFrame, interval: Interval) -> tuple[Scale, pl.DataFrame, tuple[str, ...]]:
    """The scale of the prices, and the actions the table states or proves."""
    table, layout, source = sheet.table, sheet.layout, sheet.source
    promised = sheet.reading.scale or _stated_scale(table, layout) or layout.scale
    assumed = ("prices taken as traded (raw); pass --scale if they are adjusted",) if promised is None else ()
    stated = {"dividend", "gain", "split"} & set(rows.columns)
    if not (interval.intraday or interval == DAY) and (stated or "adjusted" in rows.columns):
        undated = f"splits and dividends left out: a bar of {interval} does not say on which day they were"
        return promised or "raw", frame_of(ACTIONS), (undated, *assumed)
    if stated:
        return promised or "raw", explicit_actions(rows, promised or "raw", source), ()
    if "adjusted" not in rows.columns or interval != DAY:
        return promised or "raw", frame_of(ACTIONS), assumed
    decimals = _decimals(table, layout, "close"), _decimals(table, layout, "adjusted")
    proof = proved_actions(rows, source, decimals, promised)
    scale: Scale = sheet.reading.scale or ("raw" if proof.raw else layout.scale or "raw")
    kinds = proof.actions["kind"].to_list()
    told = " and ".join(counted(kinds.count(kind), kind) for kind in ("split", "dividend") if kind in kinds)
    notes = [f"{told} proved by the column {layout.columns['adjusted']!r}"] if kinds else []
    if proof.odd_days:
        notes.append(
            f"{counted(len(proof.odd_days), 'move')} of the column {layout.columns['adjusted']!r} "
            f"explained by no split or dividend, the first on {proof.odd_days[0]}"
        )
    return scale, ordered(proof.actions), tuple(notes)


def _stated_scale(table: Table, layout: Layout) -> Scale | None:
    if "scale" not in layout.columns:
        return None
    stated = table.frame[layout.columns["scale"]].unique().to_list()
    scale = next((scale for scale in SCALES if stated == [scale]), None)
    if scale is None:
        raise table.refuse(
            f"the column 'scale' says {stated[:3]}.", "It must be one of raw, split and total throughout."
        )
    return scale


def _decimals(table: Table, layout: Layout, ours: str) -> int:
    """The most decimals printed in a column; a float from Parquet has 15 significant digits."""
    column = table.frame[layout.columns[ours]]
    if column.dtype != pl.String:
        return 9
    printed = column.to_frame("x").select(pl.col("x").str.extract(r"[.,](\d+)$").str.len_chars().max()).item()
    return int(printed or 0)


def _priced(rows: pl.DataFrame) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """The rows with any price at all: vendors write empty rows for holidays."""
    prices = [name for name in PRICES if name in rows.columns]
    priced = rows.filter(pl.any_horizontal(pl.col(prices).is_not_null()))
    left_out = rows.height - priced.height
    return priced, (f"rows without any price left out: {left_out}",) if left_out else ()


def _bars(rows: pl.DataFrame, interval: Interval, scale: Scale, source: str) -> pl.DataFrame:
    constants = {"interval": pl.lit(str(interval)), "scale": pl.lit(scale), "source": pl.lit(source)}
    bars = conform(rows.with_columns(**constants), BARS)
    symbol, ts = pl.col("symbol"), pl.col("ts")
    onward = (symbol > symbol.shift()) | ((symbol == symbol.shift()) & (ts >= ts.shift()))
    sorted_already = bars.select(onward.slice(1).all()).item()  # four times as fast as sorting again
    return bars if sorted_already else bars.sort("symbol", "ts", maintain_order=True)


def _ignored(layout: Layout) -> Sequence[str]:
    return (f"columns left out: {', '.join(layout.ignored)}",) if layout.ignored else ()
