"""Setting rows aside until those that stay agree with each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from openbell.ingest.quality.extremes import extreme_findings
from openbell.ingest.quality.findings import FINDINGS, first_findings, kept
from openbell.ingest.quality.jumps import jump_findings
from openbell.ingest.quality.mixed import mixed_findings
from openbell.ingest.quality.series import joined
from openbell.model.frames import Scale, frame_of
from openbell.model.interval import Interval


@dataclass(frozen=True, slots=True)
class Settled:
    """What is wrong with rows beside their neighbours, and what the rest proves."""

    findings: pl.DataFrame
    series: pl.DataFrame
    """The rows that stay, repaired where that is proven, behind the stored ones."""
    inferred: pl.DataFrame
    notes: list[str]


def settle(
    rows: pl.DataFrame,
    stored: pl.DataFrame,
    due: pl.DataFrame,
    *,
    exchanges: Mapping[str, str],
    interval: Interval,
    scale: Scale,
    promises_raw: bool,
) -> Settled:
    """Look at `rows` again as long as a look finds something: without the rows set aside others become neighbours.

    Ends, since a row that is found again after its repair is set aside for good.
    """
    findings = frame_of(FINDINGS)
    while True:
        series = joined(kept(rows, findings), stored)
        new = [*mixed_findings(series, due, interval), *extreme_findings(series, interval)]
        if not new:
            jumps = jump_findings(
                series, due, exchanges=exchanges, interval=interval, scale=scale, promises_raw=promises_raw
            )
            new = jumps.findings
            if not any(found.height for found in new):
                return Settled(findings, series, jumps.inferred, jumps.notes)
        findings = _merged(findings, first_findings(new))


def _merged(findings: pl.DataFrame, new: pl.DataFrame) -> pl.DataFrame:
    """Both, where a row that was repaired and is found again counts as not repaired."""
    again = pl.col("nr").is_in(findings["nr"].to_list())
    return first_findings([new.with_columns(factor=pl.when(~again).then("factor")), findings])
