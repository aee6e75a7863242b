"""Old split-adjusted files: which of the known splits are in them, decided by stored prices or by the user."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from market import SHARED, needs_shared
from openbell.ingest.importing import Imported, import_file
from openbell.ingest.storing import store
from openbell.model.errors import Undecided
from openbell.model.frames import ACTIONS, BARS, frame_of
from openbell.model.interval import DAY
from openbell.providers.files import Reading
from openbell.store.lake import Lake

NOW = datetime(2024, 1, 5, tzinfo=UTC)
ALWAYS = (datetime(1990, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC))
DAYS = ("2019-06-03", "2019-06-04", "2019-06-05")
NONE = frame_of(ACTIONS)


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path / "lake")


def action(kind: str, day: str, value: float) -> pl.DataFrame:
    name = "amount" if kind == "dividend" else "ratio"
    row = {"symbol": "ACME", "ex_date": date.fromisoformat(day), "kind": kind, name: value, "source": "test"}
    return frame_of(ACTIONS, [row])


def raw(closes: tuple[float, ...], source: str = "other") -> pl.DataFrame:
    """Raw daily BARS of ACME on DAYS."""
    facts = {"symbol": "ACME", "interval": "1d", "scale": "raw", "source": source, "volume": 1000.0}
    rows = [
        facts | dict.fromkeys(("open", "high", "low", "close"), close) | {"ts": datetime.fromisoformat(f"{day}T00:00Z")}
        for day, close in zip(DAYS, closes, strict=True)
    ]
    return frame_of(BARS, rows)


def yahoo(
    folder: Path, closes: tuple[float, ...], adjusted: tuple[float, ...] | None = None, days: tuple[str, ...] = DAYS
) -> Path:
    """A file as Yahoo's page offered it for download."""
    path = folder / "ACME.csv"
    lines = [
        f"{day},{close},{close},{close},{close},{adj},1000"
        for day, close, adj in zip(days, closes, adjusted or closes, strict=True)
    ]
    path.write_text("\n".join(["Date,Open,High,Low,Close,Adj Close,Volume", *lines]))
    return path


def imported(lake: Lake, path: Path, now: datetime = NOW, **reading: object) -> Imported:
    return import_file(path, lake, Reading(**reading), now=now)


def closes(lake: Lake) -> list[float]:
    return lake.bars(["ACME"], DAY, *ALWAYS)["close"].to_list()


def test_splits_after_the_last_row_are_asked_for_before_anything_is_stored(lake: Lake, tmp_path: Path):
    lake.append_actions(pl.concat([action("split", "2020-07-01", 4.0), action("split", "2022-07-01", 20.0)]), NOW)
    with pytest.raises(Undecided) as error:
        imported(lake, yahoo(tmp_path, (80, 81, 82)))
    assert error.value.option == "--scale"
    assert error.value.what == (
        f"{tmp_path / 'ACME.csv'}: the splits of 4:1 on 2020-07-01 and 20:1 on 2022-07-01 of ACME may or may not be "
        "in these prices."
    )
    assert error.value.remedy == (
        "Pass --scale split if the file was downloaded after 2022-07-01, --scale raw if before 2020-07-01; "
        "or fetch prices of these days first, which decide."
    )
    assert (lake.spans().height, lake.instruments().height, lake.rejects().height) == (0, 0, 0)


def test_raw_is_no_answer_where_a_split_lies_among_the_rows(lake: Lake, tmp_path: Path):
    lake.append_actions(pl.concat([action("split", "2019-06-04", 2.0), action("split", "2022-07-01", 20.0)]), NOW)
    with pytest.raises(Undecided) as error:
        imported(lake, yahoo(tmp_path, (80, 81, 82)))
    assert "--scale raw" not in error.value.remedy


@pytest.mark.parametrize(("scale", "expected"), [("split", [1600.0, 1620.0, 1640.0]), ("raw", [80.0, 81.0, 82.0])])
def test_the_user_decides(lake: Lake, tmp_path: Path, scale: str, expected: list[float]):
    lake.append_actions(action("split", "2022-07-01", 20.0), NOW)
    imported(lake, yahoo(tmp_path, (80, 81, 82)), scale=scale)
    assert closes(lake) == expected


@pytest.mark.parametrize(
    ("in_the_file", "note"),
    [
        (1, "the splits of 4:1 on 2020-07-01 and 20:1 on 2022-07-01 are not in them"),
        (4, "the split of 4:1 on 2020-07-01 is in them, the split of 20:1 on 2022-07-01 is not in them"),
        (80, "the splits of 4:1 on 2020-07-01 and 20:1 on 2022-07-01 are in them"),
    ],
)
@pytest.mark.parametrize("scale", [None, "split"])
def test_stored_prices_of_the_same_days_decide(
    lake: Lake, tmp_path: Path, in_the_file: int, note: str, scale: str | None
):
    splits = pl.concat([action("split", "2020-07-01", 4.0), action("split", "2022-07-01", 20.0)])
    store(lake, raw((800.0, 810.0, 820.0)), splits, now=NOW, origin="truth")
    path = yahoo(tmp_path, tuple(close / in_the_file for close in (801, 811, 821)))
    done = imported(lake, path, now=NOW + timedelta(days=1), scale=scale)
    assert closes(lake) == pytest.approx([801, 811, 821])
    assert f"The prices of ACME agree with those stored: {note}." in done.stored.notes


def test_stored_prices_on_neither_scale_do_not_decide(lake: Lake, tmp_path: Path):
    store(lake, raw((300.0, 301.0, 302.0)), action("split", "2022-07-01", 20.0), now=NOW, origin="truth")
    with pytest.raises(Undecided):
        imported(lake, yahoo(tmp_path, (80, 81, 82)))


def test_a_file_imported_before_its_split_was_known_is_put_right_by_importing_it_again(lake: Lake, tmp_path: Path):
    path = yahoo(tmp_path, (40, 41, 42))
    imported(lake, path)
    assert closes(lake) == [40, 41, 42]
    lake.append_actions(action("split", "2022-07-01", 20.0), NOW + timedelta(days=1))
    imported(lake, path, now=NOW + timedelta(days=2), scale="split")
    assert closes(lake) == [800, 820, 840]


def test_a_split_among_the_rows_is_undone_whatever_comes_later(lake: Lake, tmp_path: Path):
    lake.append_actions(pl.concat([action("split", "2019-06-04", 2.0), action("split", "2025-07-01", 20.0)]), NOW)
    imported(lake, yahoo(tmp_path, (40, 41, 42)))  # the split of 2025 has not happened yet
    assert closes(lake) == [80, 41, 42]


def test_dividends_proved_on_the_split_scale_are_stored_as_paid(lake: Lake, tmp_path: Path):
    splits = pl.concat([action("split", "2019-06-06", 2.0), action("split", "2022-07-01", 20.0)])
    lake.append_actions(splits, NOW)
    stated = (50.0, 49.5, 49.5, 49.5, 49.5)  # 0.50 paid, after a split of 2:1 and one of 20:1
    path = yahoo(tmp_path, stated, (49.5,) * 5, days=(*DAYS, "2019-06-06", "2019-06-07"))
    imported(lake, path, scale="split")
    assert closes(lake) == [2000.0, 1980.0, 1980.0, 990.0, 990.0]
    paid = lake.actions(["ACME"]).filter(pl.col("kind") == "dividend")
    assert paid.select("ex_date", "amount").rows() == [(date(2019, 6, 4), 20.0)]


def test_the_seam_with_stored_prices_is_checked_on_the_scale_of_the_file(lake: Lake, tmp_path: Path):
    """Raw prices before a split join split-adjusted ones behind it: 200 and 50 are one level, 200 and 100 are not."""
    split = action("split", "2019-06-06", 4.0)
    store(lake, raw((200.0, 201.0, 200.0)), split, now=NOW, origin="truth")
    after = ("2019-06-06", "2019-06-07", "2019-06-10")
    wrong = imported(lake, yahoo(tmp_path, (5000.0, 5010.0, 5000.0), days=after))
    assert lake.rejects()["reason"].to_list() == ["jump_100"] * 3
    right = imported(lake, yahoo(tmp_path, (50.0, 50.1, 50.0), days=after))
    assert (wrong.stored.rows, right.stored.rows, right.stored.rejects) == (0, 3, 0)
    assert closes(lake) == [200.0, 201.0, 200.0, 50.0, 50.1, 50.0]


@needs_shared
def test_amazon_of_2016_is_asked_for_or_stays_at_750_after_the_split_of_2022(lake: Lake, tmp_path: Path):
    known = action("split", "2022-06-06", 20.0).with_columns(symbol=pl.lit("AMZN"))
    fang, last = SHARED / "ohlcv_daily" / "fang_AMZN.csv", datetime(2016, 12, 30, tzinfo=UTC)
    fresh = Lake(tmp_path / "fresh")
    fresh.append_actions(known, NOW)
    with pytest.raises(Undecided, match="the split of 20:1 on 2022-06-06 of AMZN may or may not be in these prices"):
        imported(fresh, fang)
    imported(lake, fang)
    lake.append_actions(known, NOW)
    assert imported(lake, fang, now=NOW + timedelta(days=1)).stored.rows == 0
    assert lake.bars(["AMZN"], DAY, last, last + timedelta(days=1))["close"].to_list() == [749.869995]
