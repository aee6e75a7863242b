"""Real prices: every error that a vendor made is found, and nothing is found in good ones."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from market import SHARED, needs_shared
from openbell.ingest.quality import Checked, check
from openbell.model import frames
from openbell.model.frames import ACTIONS, BARS, conform, frame_of

pytestmark = needs_shared

NOW = datetime(2026, 11, 20, tzinfo=UTC)
DAILY, INTRADAY, DIRTY = SHARED / "ohlcv_daily", SHARED / "ohlcv_intraday", SHARED / "ohlcv_dirty"
PRICES = ("open", "high", "low", "close")


def bars_from(table: pl.DataFrame, symbol: str | None = None, interval: str = "1d", scale: str = "raw") -> pl.DataFrame:
    """BARS from a table with `ts` or a `date`, and columns named in any case."""
    lower = table.rename(str.lower)
    if symbol is not None:
        lower = lower.with_columns(symbol=pl.lit(symbol))
    if "ts" not in lower.columns:
        day = pl.col("date").cast(pl.String).str.slice(0, 10).str.to_date()
        lower = lower.with_columns(ts=day.cast(frames.UTC))
    facts = {"interval": interval, "scale": scale, "source": "test"}
    return conform(lower.with_columns(**{name: pl.lit(value) for name, value in facts.items()}), BARS)


def new_york(naive: pl.Expr) -> pl.Expr:
    return naive.dt.replace_time_zone("America/New_York").dt.convert_time_zone("UTC")


def lean(path: Path) -> pl.DataFrame:
    """A LEAN archive: prices in 1/10000, stamps as dates or as milliseconds since midnight in New York."""
    with zipfile.ZipFile(path) as archive:
        content = archive.read(archive.namelist()[0])
    table = pl.read_csv(io.BytesIO(content), has_header=False, new_columns=["stamp", *PRICES, "volume"])
    parts = path.stem.split("_")
    if parts[-1] == "daily":
        symbol, interval = parts[1], "1d"
        ts = pl.col("stamp").str.to_datetime("%Y%m%d %H:%M", time_zone="UTC")
    else:
        symbol, interval = parts[2], {"min": "1m", "sec": "1s"}[parts[1]]
        ts = new_york(pl.lit(datetime.strptime(parts[3], "%Y%m%d")) + pl.duration(milliseconds="stamp"))  # noqa: DTZ007
    return bars_from(table.with_columns(pl.col(PRICES) / 10_000, ts=ts), symbol.upper(), interval)


def vendor(name: str) -> tuple[pl.DataFrame, list[dict[str, object]], pl.DataFrame]:
    """A response with its actions and adjusted closes, on the vendor's split scale."""
    table = pl.read_csv(DIRTY / f"{name}.csv", infer_schema_length=None)
    bars = bars_from(table, "ACME", scale="split")
    actions: list[dict[str, object]] = []
    for stamp, paid, ratio in zip(bars["ts"], table["Dividends"], table["Stock Splits"], strict=True):
        action = {"symbol": "ACME", "ex_date": stamp.date(), "source": "test"}
        if paid:
            actions.append(action | {"kind": "dividend", "amount": float(paid)})
        if ratio:
            actions.append(action | {"kind": "split", "ratio": float(ratio)})
    return bars, actions, bars.select("symbol", "ts", adj_close=table["Adj Close"].cast(pl.Float64))


def judged(
    bars: pl.DataFrame, venue: str, *actions: Mapping[str, object], promises_raw: bool = False, **more: pl.DataFrame
) -> Checked:
    return check(
        bars,
        actions=frame_of(ACTIONS, actions),
        exchanges=dict.fromkeys(bars["symbol"].unique(), venue),
        now=NOW,
        origin="real",
        promises_raw=promises_raw,
        **more,
    )


def differing(bars: pl.DataFrame, others: pl.DataFrame) -> set[datetime]:
    """The stamps at which prices differ by more than 1e-4, or volumes by more than a unit."""
    both = bars.join(others, on=["symbol", "ts"], suffix="_other", validate="1:1")
    prices = pl.any_horizontal((pl.col(name) / pl.col(f"{name}_other") - 1).abs() > 1e-4 for name in PRICES)
    return set(both.filter(prices | ((pl.col("volume") - pl.col("volume_other")).abs() > 1))["ts"])


@pytest.mark.parametrize(
    ("name", "venue", "reason"),
    [
        ("4063-T-1d-bad-stock-split", "XTKS", "split_like_jump"),
        ("ALPHA-PA-1d-bad-stock-split", "XPAR", "split_like_jump"),
        ("CNE-L-1d-bad-stock-split", "XLON", "split_like_jump"),
        ("DEX-AX-1d-bad-stock-split", "XASX", "split_like_jump"),
        ("AET-L-1d-100x-error", "XLON", "jump_0_01"),
        ("8TRA-DE-1d-missing-div-adjust", "XETR", "adjusted_close"),
    ],
)
def test_exactly_the_rows_that_the_vendor_got_wrong_are_found_and_repaired(name: str, venue: str, reason: str):
    sent, actions, adj_close = vendor(name)
    truth, _, true_adj_close = vendor(f"{name}-fixed")
    result = judged(sent, venue, *actions, adj_close=adj_close)
    wrong = differing(sent, truth)
    if reason == "adjusted_close":
        apart = adj_close.join(true_adj_close, on=["symbol", "ts"], suffix="_true")
        wrong = set(apart.filter((pl.col("adj_close") / pl.col("adj_close_true") - 1).abs() > 1e-4)["ts"])
    assert set(result.rejects["ts"]) == wrong != set()
    assert result.rejects["repaired"].all()
    assert set(result.rejects["reason"]) == {reason}
    assert differing(result.clean, truth) == set()
    assert set(result.clean.filter(source="test+repair")["ts"]) == wrong
    assert judged(result.clean, venue, *actions).rejects.height == 0
    assert judged(truth, venue, *actions, adj_close=true_adj_close).rejects.height == 0


SPLITS = {
    "aapl": [(date(2000, 6, 21), 2.0), (date(2005, 2, 28), 2.0), (date(2014, 6, 9), 7.0), (date(2020, 8, 31), 4.0)],
    "ibm": [(date(1999, 5, 27), 2.0)],
    "spy": [],
}


IMPOSSIBLE = {"aapl": [(date(2009, 9, 21), 10.59), (date(2010, 8, 31), 25.30), (date(2011, 1, 3), 32.65)]}
"""Lows of LEAN's that were never traded; at the flash crash of 2010-05-06 Apple did trade at 199.25."""


def without_extremes(result: Checked) -> pl.DataFrame:
    return result.rejects.filter(pl.col("reason") != "far_extreme")


@pytest.mark.parametrize("ticker", SPLITS)
def test_raw_daily_prices_prove_their_splits_and_no_crash_is_taken_for_one(ticker: str):
    bars = lean(DAILY / f"lean_{ticker}_daily.zip")
    result = judged(bars, "XNYS", promises_raw=True)
    wrong = bars.join(result.clean, on="ts", how="anti").select(pl.col("ts").dt.date(), "low")
    assert wrong.rows() == IMPOSSIBLE.get(ticker, [])
    assert result.rejects["reason"].to_list() == ["far_extreme"] * len(IMPOSSIBLE.get(ticker, []))
    assert result.clean.equals(bars.join(wrong, on=pl.col("ts").dt.date(), how="anti"))
    assert result.inferred.select("ex_date", "ratio").rows() == SPLITS[ticker]
    known = judged(bars, "XNYS", *result.inferred.to_dicts())
    assert (without_extremes(known).height, known.inferred.height) == (0, 0)


def test_without_a_promise_only_the_days_of_the_splits_are_set_aside():
    result = judged(lean(DAILY / "lean_aapl_daily.zip"), "XNYS")
    rejects = without_extremes(result)
    assert rejects["ts"].dt.date().to_list() == [day for day, _ in SPLITS["aapl"]]
    assert set(rejects["reason"]) == {"split_like_jump"}


def good_files() -> dict[str, tuple[pl.DataFrame, str]]:
    """Files in which nothing is wrong and no split shows, each with its exchange."""
    read = pl.read_csv
    wide = read(DAILY / "skfolio_20stocks_adjclose_1990_2022.csv.gz").unpivot(
        index="Date", variable_name="symbol", value_name="close"
    )
    index = read(DAILY / "skfolio_sp500_index.csv.gz").rename({"SP500": "close"})
    shiller = read(DAILY / "shiller_sp500_monthly.csv").select("Date", close="SP500")
    extended = read(INTRADAY / "av_MSFT_1min_ext_202012.csv.gz").with_columns(
        ts=new_york(pl.col("time").str.to_datetime()) - pl.duration(minutes=1)
    )
    minutes = read(INTRADAY / "SP500_NOV2019_IDay.csv").with_columns(
        ts=new_york(pl.col("Date").str.to_datetime("%m/%d/%Y %H:%M"))
    )
    files = {
        "zen": (bars_from(read(DAILY / "quandl2014_ZEN.csv"), "ZEN"), "XNYS"),
        "fb": (bars_from(read(DAILY / "fang_FB.csv")), "XNAS"),
        "amzn": (bars_from(read(DAILY / "fang_AMZN.csv")), "XNAS"),
        "skender": (bars_from(read(DAILY / "skender_default.csv"), "SPY"), "XNYS"),
        "spy": (bars_from(read(DAILY / "yahoofinance-SPY-20200901-20210113.csv"), "SPY", scale="split"), "ARCX"),
        "sp500": (bars_from(read(DAILY / "sp500_index_1950_2018.csv.gz"), "SPX"), "XNYS"),
        "shiller": (bars_from(shiller, "SPX", interval="1mo"), "XNYS"),
        "skfolio": (bars_from(wide, scale="total"), "XNYS"),
        "skfolio index": (bars_from(index, "SPX"), "XNYS"),
        "extended hours": (bars_from(extended, "MSFT", interval="1m"), "XNAS"),
        "index minutes": (bars_from(minutes, "SPX", interval="1m"), "XNYS"),
    }
    for symbol in ("AAPL", "MSFT", "SPY"):
        table = read(INTRADAY / f"yahoo5m_{symbol}_2025.csv.gz").with_columns(
            ts=pl.col("Datetime").str.to_datetime(time_zone="UTC")
        )
        files[f"five minutes {symbol}"] = bars_from(table, interval="5m"), "XNAS"
    for path in sorted(INTRADAY.glob("lean_*_trade.zip")):
        if path.stem != "lean_min_aapl_20140609_trade":
            files[path.stem] = lean(path), "XNYS"
    return files


def test_good_files_give_no_false_alarm():
    for name, (bars, venue) in good_files().items():
        for promises_raw in (False, True):
            result = judged(bars, venue, promises_raw=promises_raw)
            alarms = result.rejects.height, result.inferred.height
            assert (name, *alarms) == (name, 0, 0)
            assert result.clean.equals(bars.sort("symbol", "ts")), name


@pytest.mark.parametrize(
    ("file", "symbol", "splits"),
    [
        ("wiki_AAPL_daily.csv.gz", "AAPL", [(date(2000, 6, 21), 2.0), (date(2005, 2, 28), 2.0)]),
        ("wiki_MSFT_daily.csv.gz", "MSFT", [(date(2003, 2, 18), 2.0)]),
        ("quandl2014_AAPL.csv", "AAPL", [(date(2014, 6, 9), 7.0)]),
    ],
)
def test_raw_prices_with_an_adjusted_column_prove_the_same_splits(
    file: str, symbol: str, splits: list[tuple[date, float]]
):
    result = judged(bars_from(pl.read_csv(DAILY / file), symbol), "XNAS", promises_raw=True)
    assert result.rejects.height == 0
    assert result.inferred.select("ex_date", "ratio").rows() == splits


def test_the_quarter_hours_around_a_split_prove_it():
    table = pl.read_csv(INTRADAY / "duka_m15_AAPL_20200801_20201231.csv.gz", separator="\t")
    bars = bars_from(table.with_columns(ts=pl.col("Time").str.to_datetime(time_zone="UTC")), "AAPL", "15m")
    result = judged(bars, "XNAS", promises_raw=True)
    assert result.rejects.height == 0
    assert result.inferred.select("ex_date", "ratio").rows() == [(date(2020, 8, 31), 4.0)]


def test_a_minute_that_mixes_the_prices_of_two_days_is_set_aside_whatever_is_known():
    last_days = [lean(INTRADAY / f"lean_min_aapl_201406{day}_trade.zip") for day in ("05", "06", "09")]
    split = {"symbol": "AAPL", "ex_date": date(2014, 6, 9), "kind": "split", "ratio": 7.0, "source": "test"}
    corrupt = [(datetime(2014, 6, 9, 8, tzinfo=UTC), "scale_mix")]  # 04:00 in New York
    alone = judged(last_days[2], "XNAS")
    assert alone.rejects.select("ts", "reason").rows() == corrupt
    recorded = judged(pl.concat(last_days), "XNAS", split)
    assert recorded.rejects.select("ts", "reason").rows() == corrupt
    stored = judged(last_days[2], "XNAS", split, before=pl.concat(last_days[:2]))
    assert stored.rejects.select("ts", "reason").rows() == corrupt
    promised = judged(pl.concat(last_days), "XNAS", promises_raw=True)
    assert promised.rejects.select("ts", "reason").rows() == corrupt
    assert promised.inferred.select("ex_date", "ratio").rows() == [(date(2014, 6, 9), 7.0)]
