"""What every provider keeps, whoever the vendor is. A provider's test subclasses this and states the facts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from openbell.model.errors import InvalidInput, NotOffered, UnknownSymbol
from openbell.model.frames import ACTIONS, BARS, MATCHES, QUOTES
from openbell.model.interval import Interval

SECRET = "S3CR3T-K3Y"


class ProviderContract:
    """The contract; the facts above the tests are the subclass's to state."""

    symbol: str
    """A symbol that the provider knows."""
    unknown = "NOSUCH"
    ranges: Mapping[Interval, tuple[datetime, datetime]]
    """For each interval to be tried, a range in which `symbol` has bars."""
    empty: tuple[Interval, datetime, datetime]
    """A range in which nothing traded."""
    grid: timedelta = timedelta(minutes=1)
    """What intraday stamps are multiples of, if that is less than the interval."""
    action_dates: tuple[date, date] | None = None
    """Dates between which `symbol` had actions; None: the provider offers none."""
    search_text: str | None = None
    """A text that finds `symbol`; None: the provider has no search."""

    @contextmanager
    def provider(self) -> Iterator[Any]:
        """The provider under test, ready to answer."""
        raise NotImplementedError

    def bars(self, interval: Interval) -> pl.DataFrame:
        with self.provider() as provider:
            return provider.bars(self.symbol, interval, *self.ranges[interval])

    def test_bars_have_the_schema_of_bars_and_are_not_empty(self) -> None:
        for interval in self.ranges:
            bars = self.bars(interval)
            assert dict(bars.schema) == dict(BARS)
            assert bars.height > 0

    def test_bars_are_oldest_first_one_per_stamp_and_inside_the_range(self) -> None:
        for interval, (start, end) in self.ranges.items():
            ts = self.bars(interval)["ts"]
            assert ts.is_sorted()
            assert ts.is_unique().all()
            assert start <= ts[0]
            assert ts[-1] < end

    def test_the_end_of_the_range_is_not_part_of_it(self) -> None:
        for interval, (start, _) in self.ranges.items():
            ts = self.bars(interval)["ts"]
            with self.provider() as provider:
                until_last = provider.bars(self.symbol, interval, start, ts[-1])
                from_last = provider.bars(self.symbol, interval, ts[-1], ts[-1] + timedelta(microseconds=1))
            assert until_last["ts"].to_list() == ts[:-1].to_list()
            assert from_last["ts"].to_list() == [ts[-1]]

    def test_bars_are_raw_and_say_who_delivered_them_and_what_they_are(self) -> None:
        for interval in self.ranges:
            bars = self.bars(interval)
            with self.provider() as provider:
                name = provider.capabilities.name
            labels = bars.select("symbol", "interval", "scale", "source").unique().rows()
            assert labels == [(self.symbol, str(interval), "raw", name)]

    def test_intraday_stamps_are_on_the_grid_and_daily_ones_are_dates(self) -> None:
        for interval in self.ranges:
            step = (
                min(interval.length, max(self.grid, timedelta(minutes=1))) if interval.intraday else timedelta(days=1)
            )
            off = self.bars(interval).filter(pl.col("ts").dt.epoch("us") % (step // timedelta(microseconds=1)) != 0)
            assert off.rows() == []

    def test_the_same_instants_in_another_zone_give_the_same_bars(self) -> None:
        tokyo = ZoneInfo("Asia/Tokyo")
        for interval, (start, end) in self.ranges.items():
            with self.provider() as provider:
                moved = provider.bars(self.symbol, interval, start.astimezone(tokyo), end.astimezone(tokyo))
            assert moved.equals(self.bars(interval))

    def test_a_range_without_trades_is_an_empty_frame_of_the_same_schema(self) -> None:
        interval, start, end = self.empty
        with self.provider() as provider:
            nothing = provider.bars(self.symbol, interval, start, end)
            no_range = provider.bars(self.symbol, interval, end, end)
        assert dict(nothing.schema) == dict(no_range.schema) == dict(BARS)
        assert (nothing.height, no_range.height) == (0, 0)

    def test_an_unknown_symbol_is_an_error_that_names_it(self) -> None:
        for interval, (start, end) in self.ranges.items():
            with self.provider() as provider, pytest.raises(UnknownSymbol, match=self.unknown) as caught:
                provider.bars(self.unknown, interval, start, end)
            assert caught.value.symbol == self.unknown

    def test_only_declared_intervals_are_offered(self) -> None:
        with self.provider() as provider:
            assert Interval(7, "m") not in provider.capabilities.bars
            assert set(self.ranges) <= set(provider.capabilities.bars)
            with pytest.raises(NotOffered, match="7m"):
                provider.bars(self.symbol, Interval(7, "m"), *next(iter(self.ranges.values())))

    def test_a_range_without_a_zone_or_the_wrong_way_round_is_refused(self) -> None:
        interval, (start, end) = next(iter(self.ranges.items()))
        with self.provider() as provider:
            with pytest.raises(InvalidInput) as caught:
                provider.bars(self.symbol, interval, start.replace(tzinfo=None), end)
            assert caught.value.field == "start"
            with pytest.raises(InvalidInput) as caught:
                provider.bars(self.symbol, interval, start, end.replace(tzinfo=None))
            assert caught.value.field == "end"
            with pytest.raises(InvalidInput):
                provider.bars(self.symbol, interval, end, start)

    def test_quotes_come_in_the_order_asked_and_leave_out_what_is_unknown(self) -> None:
        with self.provider() as provider:
            if not provider.capabilities.quotes:
                assert not hasattr(provider, "quotes")
                return
            quotes = provider.quotes([self.unknown, self.symbol])
            assert provider.quotes([]).height == 0
        assert dict(quotes.schema) == dict(QUOTES)
        assert quotes["symbol"].to_list() == [self.symbol]
        assert quotes["price"][0] > 0
        assert quotes["ts"][0] <= datetime.now(UTC)

    def test_actions_have_the_schema_and_are_oldest_first_inside_the_dates(self) -> None:
        with self.provider() as provider:
            assert provider.capabilities.actions == (self.action_dates is not None)
            if self.action_dates is None:
                assert not hasattr(provider, "actions")
                return
            actions = provider.actions(self.symbol, *self.action_dates)
            with pytest.raises(UnknownSymbol, match=self.unknown):
                provider.actions(self.unknown, *self.action_dates)
        assert dict(actions.schema) == dict(ACTIONS)
        assert actions.height > 0
        assert actions["ex_date"].is_sorted()
        assert actions["ex_date"].is_between(*self.action_dates).all()
        amounts = actions.filter(kind="dividend")
        ratios = actions.filter(pl.col("kind") != "dividend")
        assert amounts["amount"].is_not_null().all()
        assert amounts["ratio"].is_null().all()
        assert (ratios["ratio"] > 0).all()
        assert ratios["amount"].is_null().all()

    def test_search_finds_the_symbol_and_an_empty_text_finds_nothing(self) -> None:
        with self.provider() as provider:
            assert provider.capabilities.search == (self.search_text is not None)
            if self.search_text is None:
                assert not hasattr(provider, "search")
                return
            matches, nothing = provider.search(self.search_text), provider.search("  ")
        assert dict(matches.schema) == dict(nothing.schema) == dict(MATCHES)
        assert self.symbol in matches["ticker"]
        assert nothing.height == 0

    def test_no_repr_and_no_error_holds_a_secret(self) -> None:
        interval, (start, end) = next(iter(self.ranges.items()))
        with self.provider() as provider:
            with pytest.raises(UnknownSymbol) as caught:
                provider.bars(self.unknown, interval, start, end)
            assert SECRET not in repr(provider) + repr(provider.capabilities)
        chain: BaseException | None = caught.value
        while chain is not None:
            assert SECRET not in repr(chain) + str(chain)
            chain = chain.__cause__

    def test_its_capabilities_have_a_name_a_title_and_sound_limits(self) -> None:
        with self.provider() as provider:
            capabilities = provider.capabilities
        assert capabilities.name
        assert capabilities.name == capabilities.name.lower()
        assert capabilities.title
        assert all(rate.calls > 0 and rate.per > timedelta(0) for rate in capabilities.rates)
        assert all(reach is None or reach > timedelta(0) for reach in capabilities.bars.values())
