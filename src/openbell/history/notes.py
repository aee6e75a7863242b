"""What should be known of bars: scales and volumes that are others, and where longer bars reach."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import polars as pl

from openbell.history.made import label_of, making_days
from openbell.model.frames import Scale
from openbell.model.interval import DAY, Interval

OWN_VOLUME = {"dukascopy", "mt5"}
"""Sources whose volumes are a broker's own, or counts of ticks."""


def said(day: date) -> str:
    """A date, or that of an instant, as sentences say it: `2 Jan 1998`."""
    return f"{day.day} {day:%b %Y}"


def of_scale(bars: pl.DataFrame, adjust: Scale) -> tuple[str, ...]:
    """Which bars could not be put on the scale asked for."""
    words = {"raw": "as traded", "split": "split-adjusted", "total": "adjusted for splits and dividends"}
    return tuple(
        f"Some bars came {words[scale]} and cannot be put on the {adjust} scale; they are shown as they came."
        for scale in sorted(set(bars["scale"].unique()) - {adjust})
    )


def of_source(bars: pl.DataFrame) -> tuple[str, ...]:
    """What is meant by volume where it is not what an exchange counts."""
    own = sorted(set(bars["source"].unique()) & OWN_VOLUME)
    return tuple(f"Volumes from {source} are the broker's own or count ticks, not the shares traded." for source in own)


def of_short(interval: Interval) -> tuple[str, ...]:
    """That bars are cut at the close, where they fit no hour and so hardly a session."""
    hour = timedelta(hours=1)
    if not interval.intraday or not hour % interval.length or not interval.length % hour:
        return ()
    return (f"{interval} bars are counted from each open; the last one before a close may be shorter.",)


def of_longer(stored: pl.DataFrame, interval: Interval, bars: pl.DataFrame, start: datetime) -> list[str]:
    """Where bars are not made of days, and where longer bars than those shown reach back further."""
    if interval.intraday or bars.is_empty():
        return []
    days = making_days(stored)
    longer = stored.filter(~pl.col("interval").is_in([*days["interval"], str(interval)])).sort("first")
    begin, end = bars["ts"].item(0), bars["ts"].item(-1)
    if not days.is_empty() and str(interval) in stored["interval"] and interval != DAY:
        first, last = min(days["first"].to_list()), max(days["last"].to_list())
        if begin < label_of(interval, first) or end > last:
            return [f"Before {said(first)} and after {said(last)} these are {interval} bars as they were stored."]
    if not longer.is_empty() and start < begin and longer["first"].item(0) < begin - timedelta(days=31):
        held = longer["interval"].item(0)
        return [f"{held} bars since {said(longer['first'].item(0))} are held; choose {held} to see them."]
    return []
