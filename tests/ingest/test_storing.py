"""From a delivery into the lake: instruments, doubted actions, vendors that answer half."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from openbell.desk import Desk, open_desk
from openbell.ingest.fetching import fetch_bars
from openbell.ingest.storing import Stored, store
from openbell.model.errors import ProviderError, RateLimited
from openbell.model.frames import ACTIONS, BARS, frame_of
from openbell.model.interval import DAY
from openbell.providers.base import Capabilities
from openbell.providers.budget import Budget
from openbell.providers.ordered import Ordered
from openbell.settings import Settings
from openbell.store.lake import Lake
from openbell.store.register import Register

NOW = datetime(2024, 6, 3, tzinfo=UTC)
ALWAYS = (datetime(1990, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC))
NEW_YORK = ZoneInfo("America/New_York")
NONE = frame_of(ACTIONS)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = open_desk(Settings(home=tmp_path / "home", offline=True), lambda: NOW)
    yield desk
    desk.close()


def bars_of(
    symbol: str, stamps: list[datetime], closes: list[float], interval: str = "1d", volume: float = 1000.0
) -> pl.DataFrame:
    facts = {"symbol": symbol, "interval": interval, "volume": volume, "scale": "raw", "source": "test"}
    return frame_of(
        BARS,
        [
            facts | dict.fromkeys(("open", "high", "low", "close"), close) | {"ts": stamp}
            for stamp, close in zip(stamps, closes, strict=True)
        ],
    )


def days(symbol: str, closes: list[float]) -> pl.DataFrame:
    """Daily bars from Monday, 2024-02-05, on."""
    monday = datetime(2024, 2, 5, tzinfo=UTC)
    return bars_of(symbol, [monday + timedelta(days=7 * (i // 5) + i % 5) for i in range(len(closes))], closes)


def dividend(day: str, amount: float, source: str = "test") -> dict[str, object]:
    return {
        "symbol": "ACME",
        "ex_date": date.fromisoformat(day),
        "kind": "dividend",
        "amount": amount,
        "source": source,
    }


def split(day: str, ratio: float) -> dict[str, object]:
    return {"symbol": "ACME", "ex_date": date.fromisoformat(day), "kind": "split", "ratio": ratio, "source": "test"}


def actions_of(*rows: dict[str, object]) -> pl.DataFrame:
    return frame_of(ACTIONS, rows)


def stored(lake: Lake, bars: pl.DataFrame, *actions: dict[str, object], now: datetime = NOW) -> Stored:
    return store(lake, bars, actions_of(*actions), now=now, origin="market.csv")


def told(lake: Lake, as_of: datetime | None = None) -> list[tuple[object, ...]]:
    """Date, kind, ratio and amount of each action."""
    return lake.actions(["ACME"], as_of=as_of).select("ex_date", "kind", "ratio", "amount").rows()


# actions in doubt


def test_a_doubted_dividend_does_not_take_the_split_of_its_day_along(desk: Desk):
    bars = days("ACME", [100.0, 101, 50, 50.5])
    stored(desk.lake, bars, split("2024-02-07", 2.0), dividend("2024-02-07", 25.0))
    assert told(desk.lake) == [(date(2024, 2, 7), "split", 2.0, None)]
    assert desk.lake.rejects()["reason"].to_list() == ["dividend_100"]


def test_a_dividend_on_record_is_withdrawn_once_the_prices_contradict_it(desk: Desk):
    desk.lake.append_actions(actions_of(dividend("2024-02-07", 10.0)), NOW)
    later = NOW + timedelta(days=1)
    stored(desk.lake, days("ACME", [20.0, 20, 19.9, 20]), now=later)
    assert told(desk.lake) == []
    assert told(desk.lake, as_of=NOW) == [(date(2024, 2, 7), "dividend", None, 10.0)]
    series = desk.history.bars("ACME", DAY, *ALWAYS, adjust="total")
    assert series.bars["close"].to_list() == [20.0, 20.0, 19.9, 20.0]


def test_a_dividend_withdrawn_comes_back_corrected(desk: Desk):
    desk.lake.append_actions(actions_of(dividend("2024-02-07", 10.0)), NOW)
    bars = days("ACME", [20.0, 20, 19.9, 20])
    stored(desk.lake, bars, now=NOW + timedelta(days=1))
    stored(desk.lake, bars, dividend("2024-02-07", 0.1), now=NOW + timedelta(days=2))
    assert told(desk.lake) == [(date(2024, 2, 7), "dividend", None, 0.1)]


@pytest.mark.parametrize(("amount", "applied"), [(10.0, []), (0.1, [0.1])])
def test_a_dividend_withdrawn_does_not_come_back_unproved_unless_it_is_corrected(
    desk: Desk, amount: float, applied: list[float]
):
    desk.lake.append_actions(actions_of(dividend("2024-02-07", 10.0)), NOW)
    stored(desk.lake, days("ACME", [20.0, 20, 19.9, 20]), now=NOW + timedelta(days=1))
    week_after = days("ACME", [20.0, 20, 19.9, 20, 20, 20.1, 20.2]).tail(2)
    stored(desk.lake, week_after, dividend("2024-02-07", amount), now=NOW + timedelta(days=2))
    assert desk.lake.actions(["ACME"])["amount"].to_list() == applied


def test_a_dividend_withdrawn_comes_back_with_prices_that_prove_it(desk: Desk):
    desk.lake.append_actions(actions_of(dividend("2024-02-07", 10.0)), NOW)
    stored(desk.lake, days("ACME", [20.0, 20, 19.9, 20]), now=NOW + timedelta(days=1))
    stored(desk.lake, days("ACME", [20.0, 20, 10.1, 10]), dividend("2024-02-07", 10.0), now=NOW + timedelta(days=2))
    assert desk.lake.actions(["ACME"])["amount"].to_list() == [10.0]


def test_of_two_dividends_of_one_day_the_sound_one_stays(desk: Desk):
    desk.lake.append_actions(actions_of(dividend("2024-02-07", 0.1), dividend("2024-02-07", 10.0)), NOW)
    stored(desk.lake, days("ACME", [20.0, 20, 19.9, 20]), now=NOW + timedelta(days=1))
    assert told(desk.lake) == [(date(2024, 2, 7), "dividend", None, 0.1)]


def test_a_dividend_of_the_whole_price_is_left_out_with_a_note(desk: Desk):
    desk.lake.append_bars(days("ACME", [20.0, 20, 20]), NOW)
    desk.lake.append_actions(actions_of(dividend("2024-02-06", 20.0), dividend("2024-02-07", 5.0)), NOW)
    series = desk.history.bars("ACME", DAY, *ALWAYS, adjust="total")
    assert series.bars["close"].to_list() == [15.0, 15.0, 20.0]
    (note,) = series.notes
    assert note == (
        "The dividend of 20 on 2024-02-06 is not below the close of 20 before it, so it is not in these prices; "
        "import or fetch the dividends of ACME again, or the prices of that day."
    )
    assert desk.history.bars("ACME", DAY, *ALWAYS, adjust="split").notes == ()


# the exchange of a new symbol


def minutes(symbol: str, hours: tuple[str, str], *, dates: int = 3, step: int = 5, loud: bool = True) -> pl.DataFrame:
    """Bars of `step` minutes on days from 2024-02-05, between two times in New York; ten times the volume, where
    `loud`, from 09:30 to 16:00."""
    stamps = []
    for day in range(dates):
        first, last = (
            datetime.fromisoformat(f"2024-02-0{5 + day}T{clock}").replace(tzinfo=NEW_YORK).astimezone(UTC)
            for clock in hours
        )
        stamps += [first + timedelta(minutes=step * i) for i in range(int((last - first).total_seconds() / 60 / step))]
    bars = bars_of(symbol, stamps, [100.0] * len(stamps), f"{step}m")
    clock = pl.col("ts").dt.convert_time_zone("America/New_York").dt.time()
    regular = clock.is_between(datetime(2024, 1, 1, 9, 30).time(), datetime(2024, 1, 1, 15, 59).time())  # noqa: DTZ001
    return bars.with_columns(volume=pl.when(regular & pl.lit(loud)).then(10_000.0).otherwise(1000.0))


GUESS = ("Exchange of {} taken to be New York: the stamps fit its hours.",)


@pytest.mark.parametrize(
    ("symbol", "bars", "exchange"),
    [
        ("ACME", {"hours": ("09:30", "16:00")}, "XNYS"),
        ("ACME", {"hours": ("04:00", "20:00")}, "XNYS"),
        ("ACME", {"hours": ("09:30", "16:00"), "dates": 1}, "XNYS"),
        ("ACME", {"hours": ("04:00", "20:00"), "loud": False}, None),
        ("BTC", {"hours": ("08:00", "13:00"), "loud": False}, None),
        ("BTC", {"hours": ("09:30", "14:30"), "loud": False}, None),
        ("BTC-USD", {"hours": ("09:30", "16:00")}, "24/7"),
        ("RY.TO", {"hours": ("09:30", "16:00")}, "XTSE"),
        ("EURUSD=X", {"hours": ("09:30", "16:00")}, "24/5"),
        ("BRK-B", {"hours": ("09:30", "16:00")}, None),
        ("7203", {"hours": ("09:30", "16:00")}, None),
    ],
)
def test_the_exchange_is_what_the_suffix_says_or_what_the_stamps_show_sharply(
    desk: Desk, symbol: str, bars: dict[str, object], exchange: str | None
):
    done = stored(desk.lake, minutes(symbol, **bars))
    assert Register(desk.lake.instruments()).instrument(symbol).exchange == exchange
    assert (GUESS[0].format(symbol) in done.notes) == (exchange == "XNYS")


def test_half_hours_on_the_hour_grid_of_new_york_are_seen(desk: Desk):
    stored(desk.lake, minutes("ACME", ("09:00", "16:00"), step=60))
    assert Register(desk.lake.instruments()).instrument("ACME").exchange == "XNYS"


def test_a_suffix_tells_the_exchange_of_days_too(desk: Desk):
    done = stored(desk.lake, days("RY.TO", [100.0, 101]))
    assert (Register(desk.lake.instruments()).instrument("RY.TO").exchange, done.notes) == ("XTSE", ())


def test_an_exchange_on_record_is_not_guessed_again(desk: Desk):
    row = {"id": "ACME", "ticker": "ACME", "exchange": "XTSE", "source": "test"}
    desk.lake.append_instruments(frame_of(dict(desk.lake.instruments().drop("known_at").schema), [row]), NOW)
    done = stored(desk.lake, minutes("ACME", ("09:30", "16:00")))
    assert (Register(desk.lake.instruments()).instrument("ACME").exchange, done.notes) == ("XTSE", ())


# vendors


class Half:
    """A vendor that has bars, and is out of calls when asked for more."""

    def __init__(self, bars: pl.DataFrame) -> None:
        self._bars = bars
        self.out_of_calls = True

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities("half", "Half a vendor", bars={DAY: None}, actions=True)

    def bars(self, *_asked: object) -> pl.DataFrame:
        return self._bars

    def actions(self, *_asked: object) -> pl.DataFrame:
        if self.out_of_calls:
            raise RateLimited("half", "25 calls a day are used up.", retry_after=0.001)
        return actions_of(dividend("2024-02-06", 1.0))


def fetched(desk: Desk, vendor: Half, now: datetime = NOW) -> Stored:
    vendors = Ordered(bars=[vendor], actions=[vendor], budget=Budget(desk.ledger), clock=lambda: now)
    return fetch_bars(desk.lake, vendors, "ACME", DAY, *ALWAYS, clock=lambda: now)


def test_bars_are_kept_where_the_splits_and_dividends_could_not_be_asked(desk: Desk):
    vendor = Half(days("ACME", [20.0, 19]))
    done = fetched(desk, vendor)
    assert (done.rows, done.actions) == (2, 0)
    assert done.notes[-1] == (
        "Splits and dividends of ACME could not be asked: half: 25 calls a day are used up. The next fetch asks again."
    )
    vendor.out_of_calls = False
    again = fetched(desk, vendor, NOW + timedelta(days=1))
    assert (again.rows, again.actions) == (0, 1)
    assert told(desk.lake) == [(date(2024, 2, 6), "dividend", None, 1.0)]


def test_bars_that_are_not_raw_are_worth_nothing_without_their_splits(desk: Desk):
    with pytest.raises(ProviderError, match="25 calls a day are used up"):
        fetched(desk, Half(days("ACME", [20.0, 19]).with_columns(scale=pl.lit("split"))))
    assert desk.lake.spans().is_empty()
