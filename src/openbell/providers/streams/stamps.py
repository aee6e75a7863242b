"""Instants as vendors write them: RFC 3339, many at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import polars as pl

from openbell.model.frames import UTC

SHORTEST, LONGEST_STAMP = 20, 30
"""Letters of a stamp: without decimals, and with nine."""

EARLIEST, LATEST = (np.frombuffer(clock, np.uint8).reshape(8, 1) for clock in (b"00:00:00", b"29:59:59"))
"""The letters that may stand in a stamp's time; that an hour is below 24 is looked for apart."""

MICROSECONDS = np.array(
    [*(10**6 * s for s in (36_000, 3_600, 0, 600, 60, 0, 10, 1, 0)), *(10**n for n in range(5, -1, -1))], np.float64
)
"""What a digit of `13:30:00.123456` is worth."""

EPOCH = date(1970, 1, 1)
DAY_US = 86_400 * 10**6

STAMP = "%Y-%m-%dT%H:%M:%S%.fZ"
"""RFC 3339 with up to nine decimals; those beyond microseconds are cut off, so that no trade enters the next minute."""


def rfc3339(stamps: Sequence[str | None]) -> pl.Series:
    """RFC 3339 as instants; null where it is none, or none that Python can show."""
    if (usual := _usual_instants(stamps)) is not None:
        return usual
    texts = pl.Series("ts", stamps, dtype=pl.String)
    read = texts.str.to_datetime(STAMP, time_unit="us", time_zone="UTC", strict=False)
    return read.to_frame().select(pl.when(pl.col("ts").dt.year().is_between(1, 9999)).then("ts")).to_series()


def _usual_instants(stamps: Sequence[str | None]) -> pl.Series | None:
    """The same in a third of the time, where all are of one day and written as `2024-07-01T13:30:00.123456789Z`; else
    None."""
    try:
        texts = np.array(stamps, "S")
        day, mark = texts[0][:10].decode(), texts[0][10:11]
        midnight = (date.fromisoformat(day) - EPOCH).days * DAY_US
    except (ValueError, IndexError):  # such as the 30th of February
        return None
    if not SHORTEST <= texts.itemsize <= LONGEST_STAMP or (day[4], day[7], mark) != ("-", "-", b"T"):
        return None
    letters = np.zeros((LONGEST_STAMP, texts.size), np.uint8)
    letters[: texts.itemsize] = texts.view(np.uint8).reshape(texts.size, -1).T
    clock, point, decimals = letters[11:19], letters[19], letters[20:]
    over = (letters[19:] == ord("Z")) | (letters[19:] == 0)
    digits = letters - ord("0")
    usual = (
        (letters[:11] == letters[:11, :1]).all()
        and ((clock >= EARLIEST) & (clock <= LATEST)).all()
        and (digits[11] * 10 + digits[12] < 24).all()
        and ((point == ord(".")) | (point == ord("Z"))).all()
        and (over[0] == over[1]).all()  # a point has decimals
        and ((digits[20:] < 10) | over[1:]).all()
        and (over[:-1] == (decimals == 0)).all()  # after the Z nothing, and before it no end
        and over[-1].all()
    )
    if not usual:
        return None
    digits[20:] *= ~over[1:]
    return pl.Series("ts", midnight + (MICROSECONDS @ digits[11:26]).astype(np.int64)).cast(UTC)
