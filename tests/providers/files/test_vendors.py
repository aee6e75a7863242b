"""Each vendor's file is known by its content, and read as that vendor means it."""

from __future__ import annotations

import gzip
import io
import json
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from market import SHARED, needs_shared
from openbell.model.errors import Undecided
from openbell.model.frames import ACTIONS, BARS, INSTRUMENTS, QUOTES, REJECTS, TRADES
from openbell.providers.files import Contents, Reading, read

NOW = datetime(2026, 11, 20, tzinfo=UTC)
SCHEMAS = {
    "bars": BARS,
    "actions": ACTIONS,
    "quotes": QUOTES,
    "trades": TRADES,
    "instruments": INSTRUMENTS,
    "rejects": REJECTS,
}


def rows(found: Contents) -> list[tuple[object, ...]]:
    return found.bars.select(
        "symbol",
        "interval",
        pl.col("ts").dt.strftime("%Y-%m-%d %H:%M"),
        "open",
        "high",
        "low",
        "close",
        "volume",
        "scale",
        "source",
    ).rows()


def head(found: Contents) -> tuple[str, str, str, str]:
    return (found.preset, found.bars["interval"][0], found.bars["scale"][0], found.bars["source"][0])


NEEDS = {
    "skender_default.csv": {"symbol": "SPY"},
    "sp500_index_1950_2018.csv.gz": {"symbol": "^GSPC"},
    "SP500_NOV2019_IDay.csv": {"symbol": "^GSPC"},
    "skfolio_20stocks_adjclose_1990_2022.csv.gz": {"scale": "total"},
}
EVERY_PRICE_FILE = (
    [
        path
        for folder in ("ohlcv_daily", "ohlcv_intraday", "ohlcv_dirty", "ticks", "index")
        for path in sorted((SHARED / folder).iterdir())
    ]
    if SHARED.is_dir()
    else []
)


@needs_shared
@pytest.mark.parametrize("path", EVERY_PRICE_FILE, ids=lambda path: path.name)
def test_every_real_file_is_read_whole_and_asks_only_what_it_cannot_show(path):
    needs = NEEDS.get(path.name, {})
    for option, value in needs.items():
        with pytest.raises(Undecided) as caught:
            read(path, Reading(**{**needs, option: None}), now=NOW)
        assert caught.value.option == f"--{option}"
        assert value is not None
    found = read(path, Reading(**needs), now=NOW)
    for kind, schema in SCHEMAS.items():
        assert dict(getattr(found, kind).schema) == dict(schema)
    assert found.rejects.is_empty()
    assert found.notes
    assert sum(getattr(found, kind).height for kind in SCHEMAS) > 0
    if found.bars.height:
        assert found.bars.equals(found.bars.sort("symbol", "ts", maintain_order=True))
        assert found.bars["close"].null_count() == 0


REAL = [
    ("ohlcv_daily/fang_AMZN.csv", {}, ("tidyquant", "1d", "split", "yahoo"), 1008),
    ("ohlcv_daily/quandl2014_ZEN.csv", {}, ("wiki", "1d", "raw", "wiki"), 160),
    ("ohlcv_daily/shiller_sp500_monthly.csv", {}, ("shiller", "1mo", "raw", "shiller"), 1866),
    ("ohlcv_daily/skfolio_sp500_index.csv.gz", {}, ("close-series", "1d", "raw", "close-series"), 8313),
    ("ohlcv_daily/wiki_MSFT_daily.csv.gz", {}, ("wiki", "1d", "raw", "wiki"), 3270),
    ("ohlcv_daily/lean_spy_daily.zip", {}, ("lean-daily", "1d", "raw", "lean"), 5849),
    ("ohlcv_intraday/yahoo5m_SPY_2025.csv.gz", {}, ("yahoo-intraday", "5m", "split", "yahoo"), 11301),
    ("ohlcv_intraday/lean_sec_ibm_20131011_trade.zip", {}, ("lean-second", "1s", "raw", "lean"), 4014),
    ("ohlcv_dirty/4063-T-1d-bad-stock-split.csv", {"symbol": "4063.T"}, ("yfinance", "1d", "split", "yahoo"), 22),
    ("api_yahoo/ichart_INTC_1Y_M.csv", {}, ("yahoo", "1mo", "split", "yahoo"), 13),
    ("api_alphavantage/pt_TIME_SERIES_DAILY_42a08190.csv", {"symbol": "IBM"},
     ("alpha-vantage", "1d", "raw", "alphavantage"), 100),
    ("api_alphavantage/pt_FX_DAILY_b7946c44.csv", {"symbol": "EURUSD"},
     ("alpha-vantage", "1d", "raw", "alphavantage"), 100),
]  # fmt: skip


@needs_shared
@pytest.mark.parametrize(("name", "reading", "expected", "height"), REAL, ids=[case[0] for case in REAL])
def test_a_real_file_is_known_by_its_content(name, reading, expected, height):
    found = read(SHARED / name, Reading(**reading), now=NOW)
    assert (head(found), found.bars.height) == (expected, height)


@needs_shared
def test_yahoo_dates_with_an_offset_are_the_exchange_s_own_and_stay_on_the_vendors_scale():
    found = read(SHARED / "ohlcv_dirty/4063-T-1d-bad-stock-split.csv", Reading(symbol="4063.T"), now=NOW)
    first, last = rows(found)[0], rows(found)[-1]
    assert first == (
        "4063.T",
        "1d",
        "2023-03-15 00:00",
        20170.0,
        20250.0,
        20015.0,
        20205.0,
        1224400.0,
        "split",
        "yahoo",
    )
    assert last == ("4063.T", "1d", "2023-04-14 00:00", 4126.0, 4130.0, 4055.0, 4129.0, 7459400.0, "split", "yahoo")


@needs_shared
def test_columns_go_by_name_not_by_place():
    found = read(SHARED / "ohlcv_intraday/SP500_NOV2019_IDay.csv", Reading(symbol="^GSPC"), now=NOW)
    assert rows(found)[0] == (
        "^GSPC", "1m", "2019-11-05 14:30", 3080.8, 3081.47, 3080.3, 3080.49, 0.0, "raw", "generic",
    )  # fmt: skip


@needs_shared
def test_a_wide_table_is_one_close_a_symbol_and_day():
    path = SHARED / "ohlcv_daily/skfolio_20stocks_adjclose_1990_2022.csv.gz"
    found = read(path, Reading(scale="total"), now=NOW)
    assert found.bars["symbol"].n_unique() == 20
    assert rows(found)[0] == ("AAPL", "1d", "1990-01-02 00:00", None, None, None, 0.264, None, "total", "wide-close")
    alone = read(path, Reading(scale="total", symbol="XOM"), now=NOW)
    assert alone.bars.equals(found.bars.filter(pl.col("symbol") == "XOM"))


@needs_shared
def test_stooq_heads_and_messages(load):
    bodies = {
        body["id"]: body["body_text"] for body in json.loads((SHARED / "api_other/stooq_bodies.json").read_text())
    }
    assert rows(load("aapl.csv", bodies["ok_head"])) == [
        ("AAPL", "1d", "1984-09-07 00:00", 0.0991725, 0.10039, 0.0979751, 0.0991725, 99242379.0, "raw", "generic")
    ]
    assert rows(load("bulk.txt", bodies["bulk_head"])) == [
        ("7203.JP", "1d", "2026-04-29 00:00", 3065.0, 3101.0, 3057.0, 3067.0, 19390900.0, "split", "stooq")
    ]


def test_metatrader_5_separates_by_tab_and_splits_date_from_time(load):
    text = (
        "<DATE>\t<TIME>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>\t<VOL>\t<SPREAD>\n"
        "2024.01.02\t16:30:00\t187.15\t187.44\t186.90\t187.01\t812\t0\t3\n"
        "2024.01.02\t16:45:00\t187.01\t187.20\t186.55\t186.60\t641\t0\t3\n"
    )
    found = load("AAPL_M15.csv", text, tz="Europe/Helsinki")
    assert rows(found) == [
        ("AAPL", "15m", "2024-01-02 14:30", 187.15, 187.44, 186.9, 187.01, 0.0, "raw", "mt5"),
        ("AAPL", "15m", "2024-01-02 14:45", 187.01, 187.2, 186.55, 186.6, 0.0, "raw", "mt5"),
    ]


def test_dukascopy_says_its_zone_in_the_header(load):
    found = load(
        "EURUSD_M1.csv",
        """
        Gmt time,Open,High,Low,Close,Volume
        13.02.2024 00:00:00.000,1.0817,1.0819,1.0816,1.0818,120.5
        13.02.2024 00:01:00.000,1.0818,1.0819,1.0816,1.0817,98.1
        """,
        symbol="EURUSD",
    )
    assert rows(found) == [
        ("EURUSD", "1m", "2024-02-13 00:00", 1.0817, 1.0819, 1.0816, 1.0818, 120.5, "raw", "dukascopy"),
        ("EURUSD", "1m", "2024-02-13 00:01", 1.0818, 1.0819, 1.0816, 1.0817, 98.1, "raw", "dukascopy"),
    ]


def test_yfinance_s_three_line_header_is_one_row_a_symbol_and_day(load):
    found = load(
        "prices.csv",
        """
        Price,Close,Close,High,High,Low,Low,Open,Open,Volume,Volume
        Ticker,ACME,BOLT,ACME,BOLT,ACME,BOLT,ACME,BOLT,ACME,BOLT
        Date,,,,,,,,,,
        2024-01-02,10.5,20.5,11,21,10,20,10.2,20.2,100,200
        2024-01-03,10.6,,11.1,,10.1,,10.3,,110,
        """,
    )
    assert rows(found) == [
        ("ACME", "1d", "2024-01-02 00:00", 10.2, 11.0, 10.0, 10.5, 100.0, "total", "yahoo"),
        ("ACME", "1d", "2024-01-03 00:00", 10.3, 11.1, 10.1, 10.6, 110.0, "total", "yahoo"),
        ("BOLT", "1d", "2024-01-02 00:00", 20.2, 21.0, 20.0, 20.5, 200.0, "total", "yahoo"),
    ]


@pytest.mark.parametrize(
    ("text", "volume"),
    [
        ("Date;Open;High;Low;Close;Volume\n2024-01-02;1.234,50;1.240,00;1.200,25;1.210,75;12.345\n", 12345.0),
        ('Date,Open,High,Low,Close,Volume\n2024-01-02,"1,234.50","1,240","1,200.25","1,210.75","12,345"\n', 12345.0),
        (
            "Date\tOpen\tHigh\tLow\tClose\tVolume\n2024-01-02\t$1234.50\t$1240.00\t$1200.25\t$1210.75\t12.345K\n",
            12345.0,
        ),
        ("Date|Open|High|Low|Close|Volume\n2024-01-02|1 234.50|1 240.00|1 200.25|1 210.75|12345\n", 12345.0),
        ("\ufeffDate,Open,High,Low,Close,Volume,\r\n2024-01-02,1234.5,1240,1200.25,1210.75,12345,\r\n", 12345.0),
        ("# exported\n\nDate,Open,High,Low,Close,Volume\n2024-01-02,1234.5,1240,1200.25,1210.75,1.2345e4\n", 12345.0),
    ],
)
def test_numbers_are_read_as_people_write_them(load, text, volume):
    assert rows(load("ACME.csv", text)) == [
        ("ACME", "1d", "2024-01-02 00:00", 1234.5, 1240.0, 1200.25, 1210.75, volume, "raw", "generic")
    ]


@pytest.mark.parametrize(
    ("header", "stamp"),
    [
        ("Date", "2024-01-31"), ("date", "20240131"), ("DATE", "31/01/2024"), ("Date", "01/31/2024"),
        ("Date", "31.01.2024"),
        ("Date", '"Jan 31, 2024"'), ("Date", "31-Jan-2024"), ("timestamp", "2024-01-31T00:00:00Z"),
        ("ts", "1706659200"),
        ("time", "1706659200000"), ("Date", "2024-01-31 00:00:00"), ("Date", "2024/1/31"),
        ("timestamp", "2024-01-31 05:00:00+00:00"), ("Date", '"January 31, 2024"'),
    ],
)  # fmt: skip
def test_a_date_is_read_in_any_usual_form(load, header, stamp):
    found = load("ACME.csv", f"{header},Open,High,Low,Close\n{stamp},1,2,0.5,1.5\n")
    assert found.bars.select("ts", "interval").rows() == [(datetime(2024, 1, 31, tzinfo=UTC), "1d")]


def test_parquet_and_gzip_hold_the_same_as_csv(load, write):
    text = "Date,Open,High,Low,Close,Volume\n2024-01-02,1,2,0.5,1.5,100\n2024-01-03,1.5,2,1,1.8,200\n"
    plain = load("ACME.csv", text)
    assert load("ACME.csv.gz", gzip.compress(text.encode())).bars.equals(plain.bars)
    packed = io.BytesIO()
    pl.read_csv(text.encode(), try_parse_dates=True).write_parquet(packed)
    assert load("ACME.parquet", packed.getvalue()).bars.equals(plain.bars)


def test_an_export_of_our_own_comes_back_as_it_was(load):
    text = (
        "symbol,interval,ts,open,high,low,close,volume,scale,source\n"
        "ACME,5m,2024-01-02T14:30:00Z,1.0,2.0,0.5,1.5,100.0,split,yahoo\n"
        "BOLT,5m,2024-01-02T14:30:00Z,1.0,2.0,0.5,1.5,,split,yahoo\n"
    )
    assert [row[:3] + row[7:9] for row in rows(load("out.csv", text))] == [
        ("ACME", "5m", "2024-01-02 14:30", 100.0, "split"),
        ("BOLT", "5m", "2024-01-02 14:30", None, "split"),
    ]


def test_the_user_s_column_names_win(load):
    found = load(
        "fx.csv",
        """
        Date,Country,Exchange rate
        1971-01-01,Australia,0.8944
        1971-02-01,Australia,0.8898
        1971-03-01,Australia,0.8894
        1971-01-01,Austria,25.873
        1971-02-01,Austria,25.8715
        """,
        columns={"symbol": "Country", "close": "Exchange rate"},
    )
    assert [row[:3] + row[6:7] for row in rows(found)] == [
        ("Australia", "1mo", "1971-01-01 00:00", 0.8944),
        ("Australia", "1mo", "1971-02-01 00:00", 0.8898),
        ("Australia", "1mo", "1971-03-01 00:00", 0.8894),
        ("Austria", "1mo", "1971-01-01 00:00", 25.873),
        ("Austria", "1mo", "1971-02-01 00:00", 25.8715),
    ]


@pytest.mark.parametrize(
    ("name", "symbol"),
    [
        ("AAPL.csv", "AAPL"), ("aapl.csv", "AAPL"), ("M.csv", "M"), ("BRK.B.csv", "BRK.B"),
        ("EURUSD=X.csv", "EURUSD=X"), ("eurusd=x_1d.csv", "EURUSD=X"), ("JPY=X.csv", "JPY=X"), ("vix-daily.csv", "VIX"),
        ("yahoofinance-SPY-20200901-20210113.csv", "SPY"), ("AAPL-2020-01-01-2020-12-31.csv", "AAPL"),
        ("av_MSFT_1min_ext_202012.csv", "MSFT"), ("prices of AAPL (1).csv", "AAPL"),
        ("data.csv", None), ("skender_default.csv", None), ("4063-T-1d-bad-stock-split.csv", "4063.T"),
        ("8TRA-DE-1d.csv", "8TRA.DE"), ("8TRA-DE.csv", None), ("AET-L-1d-100x-error.csv", "AET.L"),
        ("ALPHA-PA-5m.csv", "ALPHA.PA"), ("SPY-T-bill.csv", None),
        ("AAPL_MSFT.csv", None), ("SP500_NOV2019_IDay.csv", None), ("export 2024.csv", None),
    ],
)  # fmt: skip
def test_a_name_says_the_symbol_only_where_one_word_can_be_it(load, name, symbol):
    text = "Date,Open,High,Low,Close\n2024-01-02,1,2,0.5,1.5\n"
    if symbol is None:
        with pytest.raises(Undecided) as caught:
            load(name, text)
        assert (caught.value.option, Path(caught.value.path).name) == ("--symbol", name)
    else:
        assert load(name, text).bars["symbol"].to_list() == [symbol]
