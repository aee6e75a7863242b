"""Which zone naive stamps are in, and which side of the bar: proved by New York's hours, or asked."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from market import SHARED, needs_shared
from openbell.model.errors import InvalidInput, Undecided, UnreadableFile
from openbell.model.interval import Interval
from openbell.providers.files import Reading, read

NOW = datetime(2026, 11, 20, tzinfo=UTC)
NEW_YORK = ZoneInfo("America/New_York")
WINTER = [date(2024, 1, day) for day in (2, 3, 4, 5)]
SUMMER = [date(2024, 7, day) for day in (1, 2, 5, 8)]  # the 3rd was a half day, the 4th a holiday


def csv(
    days: list[date], first: str, last: str, *, step: int, zone: str, side: str, form: str = "%Y-%m-%d %H:%M:%S"
) -> str:
    """Bars of `step` minutes that begin from `first` until before `last` in New York, stamped as told."""
    lines = ["ts,open,high,low,close,volume"]
    for day in days:
        at, end = (datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=NEW_YORK) for clock in (first, last))
        while at < end:
            stamp = (at + timedelta(minutes=step if side == "end" else 0)).astimezone(ZoneInfo(zone))
            lines.append(f"{stamp.strftime(form)},1,2,0.5,1.5,100")
            at += timedelta(minutes=step)
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("days", [WINTER, SUMMER, WINTER + SUMMER], ids=["winter", "summer", "both"])
@pytest.mark.parametrize(("first", "last"), [("09:30", "16:00"), ("04:00", "20:00")], ids=["regular", "extended"])
@pytest.mark.parametrize("zone", ["UTC", "America/New_York"])
@pytest.mark.parametrize("side", ["start", "end"])
@pytest.mark.parametrize("step", [1, 5, 30])
def test_zone_and_side_are_proved_by_the_edges_of_the_day(load, days, first, last, zone, side, step):
    found = load("ACME.csv", csv(days, first, last, step=step, zone=zone, side=side))
    opening = datetime.fromisoformat(f"{days[0]}T{first}").replace(tzinfo=NEW_YORK)
    assert found.bars["ts"][0] == opening
    assert found.bars["interval"][0] == str(Interval.parse(f"{step}m"))
    assert f"stamps are {zone} time at the {side} of the bar" in " ".join(found.notes)


def test_what_no_hours_prove_is_asked_for_at_once(write):
    path = write("ACME.csv", csv(WINTER, "10:00", "12:00", step=5, zone="UTC", side="start"))
    with pytest.raises(Undecided) as caught:
        read(path, now=NOW)
    assert caught.value.option == "--tz"
    assert caught.value.remedy == (
        "Say which, and whether they mark a bar's start or end, such as --tz America/New_York --stamp start."
    )
    with pytest.raises(Undecided) as caught:
        read(path, Reading(stamp="end"), now=NOW)
    assert caught.value.remedy == "Say which with --tz, such as --tz America/New_York."
    with pytest.raises(Undecided) as caught:
        read(path, Reading(tz="UTC"), now=NOW)
    assert caught.value.option == "--stamp"
    found = read(path, Reading(tz="UTC", stamp="end"), now=NOW)
    assert found.bars["ts"][0] == datetime(2024, 1, 2, 14, 55, tzinfo=UTC)


@pytest.mark.parametrize(
    ("stamps", "why"),
    [
        (("2024-01-02 09:30", "2024-01-02 09:31"), "are of too small a part of a session to tell it"),
        (("2024-01-02 02:30", "2024-01-02 02:31"), "do not fit New York hours"),
    ],
)
def test_stamps_inside_a_session_are_not_said_to_be_outside_of_it(write, stamps, why):
    with pytest.raises(Undecided) as caught:
        read(write("ACME.csv", DATED.format(*stamps)), now=NOW)
    assert caught.value.what.endswith(f"carry no time zone, and {why}.")


def test_a_market_of_another_zone_is_asked_for(write):
    path = write("ACME.csv", csv(WINTER, "03:00", "11:30", step=5, zone="Europe/London", side="start"))
    with pytest.raises(Undecided, match="carry no time zone") as caught:
        read(path, now=NOW)
    assert caught.value.option == "--tz"
    found = read(path, Reading(tz="Europe/London", stamp="start"), now=NOW)
    assert found.bars["ts"][0] == datetime(2024, 1, 2, 8, tzinfo=UTC)


def foreign(day: str, *hours: tuple[str, str], zone: str, as_zone: str, step: int = 5) -> str:
    """Bars of `step` minutes on ten weekdays from `day`, between each pair of local `hours`, stamped in `as_zone`."""
    lines = ["ts,open,high,low,close,volume"]
    days = [date.fromisoformat(day) + timedelta(days=at) for at in (0, 1, 2, 3, 4, 7, 8, 9, 10, 11)]
    for each, (first, last) in ((each, pair) for each in days for pair in hours):
        at, end = (datetime.fromisoformat(f"{each}T{clock}").replace(tzinfo=ZoneInfo(zone)) for clock in (first, last))
        while at < end:
            lines.append(f"{at.astimezone(ZoneInfo(as_zone)):%Y-%m-%d %H:%M:%S},1,2,0.5,1.5,100")
            at += timedelta(minutes=step)
    return "\n".join(lines) + "\n"


HONG_KONG = (("09:30", "12:00"), ("13:00", "16:00"))


@pytest.mark.parametrize("closing", [(), (("16:08", "16:09"),)], ids=["continuous", "with the closing auction"])
@pytest.mark.parametrize("written", ["Asia/Hong_Kong", "UTC", "America/New_York"])
def test_the_hours_of_the_exchange_that_the_suffix_names_prove_the_zone(load, written, closing):
    text = foreign("2024-07-08", *HONG_KONG, *closing, zone="Asia/Hong_Kong", as_zone=written)
    found = load("bars.csv", text, symbol="0700.HK", interval=Interval(5, "m"))
    assert found.bars["ts"][0] == datetime(2024, 7, 8, 1, 30, tzinfo=UTC)
    assert f"stamps are {written} time at the start of the bar" in " ".join(found.notes)
    assert "fit the hours of Hong Kong Stock Exchange" in " ".join(found.notes)


def test_hong_kong_s_clock_times_are_not_new_york_s_because_they_pause_at_noon(write):
    path = write("TENCENT.csv", foreign("2024-07-08", *HONG_KONG, zone="Asia/Hong_Kong", as_zone="Asia/Hong_Kong"))
    with pytest.raises(Undecided) as caught:
        read(path, Reading(symbol="TCEHY"), now=NOW)
    assert caught.value.option == "--tz"


def test_london_s_winter_is_utc_and_that_is_no_question(load):
    text = foreign("2024-01-08", ("08:00", "16:30"), zone="Europe/London", as_zone="Europe/London")
    found = load("x.csv", text, symbol="VOD.L")
    assert found.bars["ts"][0] == datetime(2024, 1, 8, 8, tzinfo=UTC)
    assert "Europe/London time at the start" in " ".join(found.notes)


@pytest.mark.parametrize("symbol", ["BTC-USD", "EURUSD=X"])
def test_a_market_without_hours_proves_no_zone(write, symbol):
    path = write("x.csv", csv(WINTER, "09:30", "16:00", step=5, zone="America/New_York", side="start"))
    with pytest.raises(Undecided, match="do not fit the hours of any one exchange") as caught:
        read(path, Reading(symbol=symbol), now=NOW)
    assert caught.value.option == "--tz"


DATED = "ts,open,high,low,close\n{},1,2,0.5,1.5\n{},1,2,0.5,1.5\n"


@pytest.mark.parametrize(
    ("stamps", "reading", "dates"),
    [
        (("2024-06-30T23:00:00Z", "2024-07-01T23:00:00Z"), {"tz": "Europe/London"}, ["2024-07-01", "2024-07-02"]),
        (("2024-06-30T23:00:00Z", "2024-07-01T23:00:00Z"), {"symbol": "VOD.L"}, ["2024-07-01", "2024-07-02"]),
        (("2024-06-30 23:00:00", "2024-07-01 23:00:00"), {"tz": "Europe/London"}, ["2024-07-01", "2024-07-02"]),
        (("2024-06-30T23:00:00Z", "2024-07-01T23:00:00Z"), {}, None),
        (("2024-06-30 23:00:00", "2024-07-01 23:00:00"), {}, None),
        (("2024-07-01 16:00:00", "2024-07-02 16:00:00"), {}, ["2024-07-01", "2024-07-02"]),
        (("2024-07-01 09:00:00+09:00", "2024-07-02 15:00:00+09:00"), {}, ["2024-07-01", "2024-07-02"]),
        (("2024-07-01T13:30:00Z", "2024-12-02T14:30:00Z"), {}, ["2024-07-01", "2024-12-02"]),  # New York's bell
        (("2024-07-01T13:30:00Z", "2024-12-02T15:30:00Z"), {}, None),
    ],
)
def test_daily_bars_stamped_with_an_instant_are_dated_in_their_zone_or_asked_for(load, stamps, reading, dates):
    given = {"symbol": "ACME", "interval": Interval(1, "d"), **reading}
    if dates is None:
        with pytest.raises(Undecided, match="lie on two dates in different time zones") as caught:
            load("x.csv", DATED.format(*stamps), **given)
        assert caught.value.option == "--tz"
    else:
        found = load("x.csv", DATED.format(*stamps), **given)
        assert found.bars["ts"].dt.strftime("%Y-%m-%d").to_list() == dates
        assert found.bars["ts"].dt.time().unique().to_list() == [datetime.min.time()]


def test_an_unknown_zone_is_refused(write):
    with pytest.raises(InvalidInput, match="There is no time zone 'Mars/Olympus'"):
        read(
            write("ACME.csv", csv(WINTER, "10:00", "12:00", step=5, zone="UTC", side="start")),
            Reading(tz="Mars/Olympus"),
            now=NOW,
        )


def test_offsets_decide_by_themselves_across_daylight_saving(load):
    days = [date(2024, 3, 8), date(2024, 3, 11)]
    form = "%Y-%m-%d %H:%M:%S%z"
    found = load("ACME.csv", csv(days, "09:30", "16:00", step=30, zone="America/New_York", side="start", form=form))
    assert found.bars["ts"].dt.hour().to_list()[0] == 14
    assert found.bars["ts"].dt.hour().to_list()[13] == 13
    ended = load("ACME.csv", csv(days, "09:30", "16:00", step=30, zone="America/New_York", side="end", form=form))
    assert ended.bars.equals(found.bars)


@pytest.mark.parametrize(
    ("days", "first"),
    [
        (["13/05/2024", "14/05/2024"], "2024-05-13"),  # there is no 13th month
        (["05/13/2024", "05/14/2024"], "2024-05-13"),
        (["11/5/2019", "11/6/2019", "11/7/2019"], "2019-11-05"),  # 11 May 2019 was a Saturday
        (["01/02/2024", "02/02/2024", "05/02/2024", "06/02/2024"], "2024-02-01"),  # 2 June 2024 was a Sunday
        (["11/12/2026"], "2026-11-12"),  # December 2026 is yet to come
        (["04/03/2024", "05/03/2024"], None),
    ],
)
def test_day_and_month_are_told_apart_by_the_calendar_or_not_at_all(load, days, first):
    text = "Date,Open,High,Low,Close\n" + "".join(f"{day},1,2,0.5,1.5\n" for day in days)
    if first is None:
        with pytest.raises(UnreadableFile, match="may be day/month or month/day"):
            load("ACME.csv", text)
    else:
        assert load("ACME.csv", text).bars["ts"].dt.strftime("%Y-%m-%d").to_list()[0] == first


@pytest.mark.parametrize(
    ("stamps", "interval", "labels"),
    [
        (["2024-01-05", "2024-01-12", "2024-01-19"], "1w", ["2024-01-01", "2024-01-08", "2024-01-15"]),
        (["2024-01-31", "2024-02-29", "2024-03-28"], "1mo", ["2024-01-01", "2024-02-01", "2024-03-01"]),
        (["2024-01", "2024-02", "2024-03"], "1mo", ["2024-01-01", "2024-02-01", "2024-03-01"]),
        (["2024-03-31", "2024-06-30", "2024-09-30"], "1q", ["2024-01-01", "2024-04-01", "2024-07-01"]),
        (["2021-12-31", "2022-12-31", "2023-12-31"], "1y", ["2021-01-01", "2022-01-01", "2023-01-01"]),
        (["2024-03-28", "2024-04-01"], "1d", ["2024-03-28", "2024-04-01"]),
        (["2024-01-05", "2024-01-08", "2024-01-09"], "1d", ["2024-01-05", "2024-01-08", "2024-01-09"]),
    ],
)
def test_longer_bars_bear_the_first_day_of_their_period(load, stamps, interval, labels):
    text = "Date,Open,High,Low,Close\n" + "".join(f"{stamp},1,2,0.5,1.5\n" for stamp in stamps)
    found = load("ACME.csv", text)
    assert found.bars["interval"].unique().to_list() == [interval]
    assert found.bars["ts"].dt.strftime("%Y-%m-%d").to_list() == labels


@pytest.mark.parametrize(
    ("second", "days"), [("2024-03-27", "5 days"), ("2024-03-29", "7 days"), ("2025-03-22", "365")]
)
@pytest.mark.parametrize(
    "more", ["", "BOLT,2024-03-22,1,2,0.5,1.5\n", "BOLT,{0},1,2,0.5,1.5\nBOLT,2024-03-22,1,2,0.5,1.5\n"]
)
def test_two_dates_alone_prove_no_bars_longer_than_a_day(load, second, days, more):
    text = f"symbol,Date,Open,High,Low,Close\nACME,2024-03-22,1,2,0.5,1.5\nACME,{second},1,2,0.5,1.5\n"
    text += more.format(second)
    with pytest.raises(Undecided, match=f"two dates alone, {days}.* apart, do not tell it") as caught:
        load("bars.csv", text)
    assert caught.value.option == "--interval"
    assert load("bars.csv", text, interval=Interval(1, "w")).bars["interval"].unique().to_list() == ["1w"]


def test_stamps_without_a_common_step_ask_for_the_interval(load):
    text = "ts,open,high,low,close\n" + "".join(
        f"2024-01-02 09:{minute}:00-05:00,1,2,0.5,1.5\n" for minute in (30, 32, 34, 37)
    )
    with pytest.raises(Undecided, match="1 minutes to 2 minutes apart, without a common step") as caught:
        load("ACME.csv", text)
    assert caught.value.option == "--interval"
    assert load("ACME.csv", text, interval=Interval(1, "m")).bars.height == 4


@needs_shared
@pytest.mark.parametrize(
    ("name", "symbol", "proof", "first", "last"),
    [
        ("ohlcv_intraday/av_MSFT_1min_ext_202012.csv.gz", "MSFT", "New_York time at the end of the bar (18 of",
         "2020-11-23 09:00", "2020-12-19 00:59"),
        ("ohlcv_intraday/duka_m15_AAPL_20200801_20201231.csv.gz", "AAPL", "UTC time at the start of the bar (106 of",
         "2020-08-03 13:30", "2020-12-31 20:45"),
        ("ohlcv_intraday/SP500_NOV2019_IDay.csv", "^GSPC", "New_York time at the start of the bar (4 of 4",
         "2019-11-05 14:30", "2019-11-08 20:59"),
        ("api_alphavantage/pt_TIME_SERIES_INTRADAY_3dbdcdc7.csv", "IBM",
         "New_York time at the start of the bar (1 of 1",
         "2026-05-15 15:40", "2026-05-15 23:55"),
    ],
)  # fmt: skip
def test_the_clocks_of_real_files(name, symbol, proof, first, last):
    found = read(SHARED / name, Reading(symbol=symbol), now=NOW)
    assert proof in " ".join(found.notes)
    ends = found.bars.select(pl.col("ts").min().alias("first"), pl.col("ts").max().alias("last"))
    assert [f"{value:%Y-%m-%d %H:%M}" for value in ends.row(0)] == [first, last]


@needs_shared
def test_the_closing_cross_of_a_half_day_lies_in_the_minute_that_begins_at_the_close():
    found = read(SHARED / "ohlcv_intraday/av_MSFT_1min_ext_202012.csv.gz", now=NOW)
    cross = found.bars.filter(ts=datetime(2020, 11, 27, 18, tzinfo=UTC))
    assert cross.select("close", "volume").rows() == [(215.23, 1_480_168.0)]
