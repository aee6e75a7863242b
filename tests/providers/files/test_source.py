"""A folder of files keeps the contract of every provider."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import ClassVar

import polars as pl
import pytest

from contracts.provider import ProviderContract
from openbell.model.interval import DAY, MINUTE, Interval
from openbell.providers.files import FileSource

NOW = datetime(2026, 11, 20, tzinfo=UTC)


class TestFileSource(ProviderContract):
    symbol = "ACME"
    ranges: ClassVar[Mapping[Interval, tuple[datetime, datetime]]] = {
        DAY: (datetime(2024, 1, 2, tzinfo=UTC), datetime(2024, 1, 6, tzinfo=UTC)),
        MINUTE: (datetime(2024, 1, 2, 14, tzinfo=UTC), datetime(2024, 1, 2, 21, tzinfo=UTC)),
    }
    empty = (DAY, datetime(2023, 1, 2, tzinfo=UTC), datetime(2023, 1, 6, tzinfo=UTC))
    action_dates = (date(2024, 1, 1), date(2024, 12, 31))

    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path: Path) -> None:
        self.folder = tmp_path
        (tmp_path / "daily.csv").write_text(
            "ticker,date,open,high,low,close,volume,ex-dividend,split_ratio,adj_close\n"
            "ACME,2024-01-02,10,11,9,10,100,0.0,1.0,4.9\n"
            "ACME,2024-01-03,10,11,9,10,100,0.2,1.0,5\n"
            "ACME,2024-01-04,5,6,4,5,200,0.0,2.0,5\n"
        )
        (tmp_path / "minutes.csv").write_text(
            "symbol,ts,open,high,low,close,volume\n"
            "ACME,2024-01-02T14:30:00Z,10,11,9,10,100\n"
            "ACME,2024-01-02T14:31:00Z,10,11,9,10,100\n"
            "ACME,2024-01-02T14:32:00Z,10,11,9,10,100\n"
        )

    @contextmanager
    def provider(self) -> Iterator[FileSource]:
        yield FileSource(self.folder, now=lambda: NOW)

    def test_the_actions_are_those_of_the_files(self) -> None:
        with self.provider() as source:
            found = source.actions("ACME", *self.action_dates)
        assert found.select("ex_date", "kind", "ratio", "amount").rows() == [
            (date(2024, 1, 3), "dividend", None, 0.2),
            (date(2024, 1, 4), "split", 2.0, None),
        ]

    def test_a_file_is_read_once(self) -> None:
        with self.provider() as source:
            before = source.bars("ACME", DAY, *self.ranges[DAY])
            (self.folder / "daily.csv").unlink()
            assert source.bars("ACME", DAY, *self.ranges[DAY]).equals(before)
            assert before.select(pl.len()).item() == 3
