"""Prices in a row: each bar beside the one before it, and what the known actions make one expect between them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import polars as pl

from openbell.ingest.quality.hours import by_exchange
from openbell.model.frames import BARS, UTC, Scale, conform
from openbell.model.interval import DAY, Interval
from openbell.model.sessions import sessions


def joined(rows: pl.DataFrame, before: pl.DataFrame) -> pl.DataFrame:
    """`rows` (numbered by `nr`) behind the stored bars of the same symbols that precede them (`nr` null)."""
    if before.is_empty():
        return rows
    starts = rows.group_by("symbol").agg(start=pl.col("ts").min())
    stored = conform(before, BARS).join(starts, on="symbol").filter(pl.col("ts") < pl.col("start"))
    earlier = stored.select(pl.lit(None).cast(pl.UInt32).alias("nr"), *BARS)
    return pl.concat([earlier, rows]).sort("symbol", "ts", maintain_order=True)


def entitlements(actions: pl.DataFrame, scale: Scale, exchanges: Mapping[str, str], interval: Interval) -> pl.DataFrame:
    """The usable `actions`, each once, with `nr`, the instant `at` from which bars trade without them, and `amount`
    on the scale of the bars on the ex date (the vendor's split scale divides it by every later split)."""
    value = pl.coalesce("ratio", "amount")
    usable = (
        actions.with_row_index("nr")
        .filter(value.is_finite() & (value > 0) & pl.col("ex_date").is_not_null())
        .unique(["symbol", "ex_date", "kind", "ratio", "amount"], keep="first", maintain_order=True)
    )
    if scale == "split":
        usable = usable.join(_later_splits(usable), on="nr", how="left").with_columns(
            pl.col("amount") / pl.col("later").fill_null(1.0)
        )
    return _with_starts(usable, exchanges, interval)


def with_previous(series: pl.DataFrame) -> pl.DataFrame:
    """`series` (sorted) with `previous`, the close of the row before of the same symbol."""
    same = pl.col("symbol") == pl.col("symbol").shift()
    return series.with_columns(previous=pl.when(same).then(pl.col("close").shift()))


def with_gaps(series: pl.DataFrame, due: pl.DataFrame, scale: Scale, interval: Interval) -> pl.DataFrame:
    """`series` (sorted) with `first`, its first price, `previous`, the close before, and `gap`, the log of the change
    between them that lasts to the close and that the actions due do not explain.

    On the raw scale splits, spin-offs and dividends show, on the split scale dividends, on the total scale nothing.
    """
    # an action in the midst of a week shows in the week's close
    first = pl.coalesce("open", "close") if interval.intraday or interval == DAY else pl.col("close")
    closes = with_previous(series).with_columns(first=first)
    opened, closed = ((pl.col(name) / pl.col("previous")).log() for name in ("first", "close"))
    lasts = (opened - closed).abs() <= pl.max_horizontal(0.35, 0.25 * closed.abs())
    moved = pl.when(lasts | (opened.abs() < closed.abs())).then(opened).otherwise(closed)
    shown = {"raw": ["split", "spinoff", "dividend"], "split": ["dividend"], "total": []}[scale]
    located = located_in(closes, due.filter(pl.col("kind").is_in(shown)))
    if located.is_empty():
        return closes.with_columns(gap=moved)
    without = moved - pl.col("step").fill_null(0.0)
    with_paid = without - pl.col("paid_step").fill_null(0.0)
    # a dividend that makes the change larger is the vendor's error, and explains nothing
    gap = pl.when(with_paid.abs() < without.abs()).then(with_paid).otherwise(without)
    return (
        closes.with_row_index("row")
        .join(steps_of(located), on="row", how="left", maintain_order="left")
        .with_columns(gap=gap)
        .drop("row", "step", "paid_step")
    )


def steps_of(located: pl.DataFrame) -> pl.DataFrame:
    """By `row`: the log of the change that its splits and spin-offs (`step`) and its dividends (`paid_step`) make."""
    factor = pl.when(kind="split").then(1 / pl.col("ratio")).when(kind="spinoff").then("ratio").otherwise(1.0)
    paid = pl.when(kind="dividend").then("amount").otherwise(0.0)
    expected = located.group_by("row").agg(
        factor.product().alias("factor"), paid.sum().alias("paid"), pl.col("previous").first()
    )
    left = 1 - pl.col("paid") / (pl.col("previous") * pl.col("factor"))
    return expected.select(
        "row",
        step=pl.col("factor").log(),
        paid_step=pl.when(left > 0).then(left.log()).otherwise(0.0),
    )


def located_in(closes: pl.DataFrame, due: pl.DataFrame) -> pl.DataFrame:
    """Each action with the first row of `closes` (its number `row`, and its columns) on or after it has happened.

    Actions before a symbol's second row or after its last one have none.
    """
    touched = closes.with_row_index("row").filter(pl.col("symbol").is_in(due["symbol"].unique().to_list()))
    return (
        due.sort("symbol", "at")
        .join_asof(
            touched.drop("nr"),
            left_on="at",
            right_on="ts",
            by="symbol",
            strategy="forward",
            check_sortedness=False,  # both are sorted within a symbol
        )
        .filter(pl.col("previous").is_not_null())
    )


def _later_splits(actions: pl.DataFrame) -> pl.DataFrame:
    """By action `nr`: the product `later` of the splits of its symbol after its ex date."""
    splits = actions.filter(kind="split").select("symbol", split_date="ex_date", later="ratio")
    pairs = actions.select("nr", "symbol", "ex_date").join(splits, on="symbol")
    return pairs.filter(pl.col("split_date") > pl.col("ex_date")).group_by("nr").agg(pl.col("later").product())


def _with_starts(actions: pl.DataFrame, exchanges: Mapping[str, str], interval: Interval) -> pl.DataFrame:
    """`actions` with `at`: of intraday bars the start of the ex date's trading, of longer ones the bar's label."""
    if not interval.intraday or actions.is_empty():
        label = pl.col("ex_date") if interval == DAY else pl.col("ex_date").dt.truncate(str(interval))
        return actions.with_columns(at=label.cast(UTC))
    return pl.concat(_with_opens(venue, there) for venue, there in by_exchange(actions, exchanges))


def _with_opens(venue: str | None, actions: pl.DataFrame) -> pl.DataFrame:
    """`actions` of `venue` with `at`, when trading begins on the first session on or after the ex date."""
    midnight = pl.col("ex_date").cast(UTC)
    if venue is None:
        return actions.with_columns(at=midnight)
    first, last = actions["ex_date"].sort().gather([0, -1]).to_list()
    opens = sessions(venue, first, last + timedelta(days=14)).select("trade_date", at="pre")
    return (
        actions.sort("ex_date")
        .join_asof(opens, left_on="ex_date", right_on="trade_date", strategy="forward")
        .with_columns(pl.col("at").fill_null(midnight))
        .drop("trade_date")
    )
