"""What every dialect keeps, whoever the vendor is. A dialect's test subclasses this and states the facts."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from contracts.provider import SECRET
from openbell.model.errors import BadResponse, NotEntitled, RateLimited
from openbell.model.frames import BARS, QUOTES, REJECTS, TRADES
from openbell.providers.streams.spoken import Dialect, Frame, Told

AT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
KINDS = {"trades": TRADES, "quotes": QUOTES, "bars": BARS, "rejects": REJECTS}

GARBAGE: tuple[Frame, ...] = (
    b"\xff\xfe\x00\x80",
    "not json",
    "\x00",
    "{",
    "[{",
    "{}",
    '{"a": 1}',
    '"text"',
    "null",
    "7",
    "NaN",
    "1e400",
    "9" * 500,
    '{"type": null, "T": null, "data": null, "response": null}',
    '{"type": "trade", "data": 7, "response": "x", "notify": {}}',
    "[" * 100_000,
    b'{"type":"\xff"}',
)
"""What no dialect can read."""

JUNK = [
    None,
    True,
    -1,
    0,
    1.5,
    1e300,
    -1e300,
    10**15,
    10**30,
    -(10**30),
    2**63,
    "",
    "x",
    "NaN",
    [],
    {},
    ["x"],
    {"x": 1},
]

lawful = settings(suppress_health_check=[HealthCheck.differing_executors])


class DialectContract:
    """The contract; the facts above the tests are the subclass's to state."""

    good: Sequence[Frame]
    """Messages with rows; at least three, no two of the same symbol."""
    complaints: Sequence[Frame]
    """Errors whose sentences hold SECRET."""
    opening: Sequence[Frame] = ()
    """What the vendor says to let us in."""

    def dialect(self) -> Dialect:
        """The dialect under test, with SECRET as every key that it needs."""
        raise NotImplementedError

    def answers(self, request: Frame) -> Sequence[Frame]:
        """How the vendor answers a request, if it does."""
        return ()

    def opened(self) -> Dialect:
        dialect = self.dialect()
        dialect.hello()
        dialect.hear(self.opening, AT)
        return dialect

    def told(self, *frames: Frame) -> Told:
        return self.opened().hear(frames, AT)

    def test_the_vendor_lets_us_in_at_once_or_says_so(self) -> None:
        dialect = self.dialect()
        assert all(isinstance(json.loads(frame), dict) for frame in dialect.hello())
        assert dialect.hear(self.opening, AT).ready is not dialect.open_at_once

    def test_every_frame_conforms_and_names_the_vendor(self) -> None:
        for told in (self.told(), self.told(*self.good), self.told(*GARBAGE)):
            for kind, schema in KINDS.items():
                frame = getattr(told, kind)
                assert dict(frame.schema) == dict(schema)
                assert set(frame["source"]) <= {self.dialect().capabilities.name}
                if kind != "rejects":
                    assert frame.select("symbol", "ts").null_count().sum_horizontal().sum() == 0

    def test_every_good_message_has_rows_and_no_rejects(self) -> None:
        for frame in self.good:
            told = self.told(frame)
            assert told.rejects.rows() == []
            assert told.trades.height + told.quotes.height + told.bars.height > 0
            assert told.ended is None

    def test_what_cannot_be_read_loses_only_itself_and_is_kept_as_it_came(self) -> None:
        before, after, *_ = self.good
        alone = self.told(before, after)
        halves = [frame[: len(frame) // 2] for frame in self.good]
        for garbage in (*GARBAGE, *halves):
            told = self.told(before, garbage, after)
            for kind in ("trades", "quotes", "bars"):
                assert_frame_equal(getattr(told, kind), getattr(alone, kind))
            text = garbage if isinstance(garbage, str) else garbage.decode(errors="replace")
            assert told.rejects.select("reason", "row", "repaired", "origin").rows() == [
                ("unreadable_message", text[:500], False, "stream")
            ]
            assert told.rejects["detail"][0].endswith(".")

    @lawful
    @given(noise=st.one_of(st.binary(), st.text()))
    def test_any_noise_loses_only_itself(self, noise: Frame) -> None:
        before, after, *_ = self.good
        told, alone = self.told(before, noise, after), self.told(before, after)
        for kind in ("trades", "quotes", "bars"):
            assert_frame_equal(getattr(told, kind), getattr(alone, kind))

    @lawful
    @given(data=st.data())
    def test_a_message_with_anything_in_the_place_of_anything_harms_no_other(self, data: st.DataObject) -> None:
        before, bent, after, *_ = self.good
        tree = json.loads(bent)
        place = data.draw(st.sampled_from(list(_places(tree))))
        told = self.told(before, json.dumps(_bent(tree, place, data.draw(st.sampled_from(JUNK)))), after)
        alone = self.told(before, after)
        for kind in ("trades", "quotes", "bars"):
            expected = getattr(alone, kind)
            mine = getattr(told, kind).filter(pl.col("symbol").is_in(expected["symbol"].to_list()))
            assert_frame_equal(_unnumbered(mine), _unnumbered(expected))
            assert getattr(told, kind).rows() is not None  # Python can show every stamp

    @lawful
    @given(data=st.data())
    def test_how_the_messages_are_divided_makes_no_difference(self, data: st.DataObject) -> None:
        frames = data.draw(st.lists(st.sampled_from([*self.good, *GARBAGE[:6], *self.complaints]), max_size=12))
        cuts = sorted(data.draw(st.lists(st.integers(0, len(frames)), max_size=4)))
        dialect = self.opened()
        bounds = [0, *cuts, len(frames)]
        parts = [dialect.hear(frames[start:end], AT) for start, end in pairwise(bounds)]
        whole = self.told(*frames)
        for kind in KINDS:
            assert_frame_equal(pl.concat([getattr(part, kind) for part in parts]), getattr(whole, kind))
        assert tuple(frame for part in parts for frame in part.replies) == whole.replies
        assert {symbol: why for part in parts for symbol, why in part.refused.items()} == whole.refused
        assert [str(part.ended) for part in parts if part.ended][:1] == ([str(whole.ended)] if whole.ended else [])

    def test_messages_keep_their_order(self) -> None:
        for frames in (self.good, self.good[::-1]):
            dialect = self.opened()
            one_by_one = [dialect.hear([frame], AT) for frame in frames]
            together = self.told(*frames)
            for kind in KINDS:
                assert_frame_equal(pl.concat([getattr(told, kind) for told in one_by_one]), getattr(together, kind))
            assert together.trades["seq"].to_list() == list(range(together.trades.height))

    def test_every_symbol_is_subscribed_and_unsubscribed_and_none_is_no_message(self) -> None:
        dialect = self.opened()
        assert list(dialect.subscribe([])) == list(dialect.unsubscribe([])) == []
        for ask in (dialect.subscribe, dialect.unsubscribe):
            sent = self.sent(dialect, [*ask(["AAA", "BB.B"]), *ask(["CCC"])])
            assert sent
            assert all(isinstance(json.loads(frame), dict) for frame in sent)
            assert all(any(symbol in str(frame) for frame in sent) for symbol in ("AAA", "BB.B", "CCC"))
            assert SECRET not in str(sent)
        assert list(dialect.beat()) == []  # nothing is subscribed any more

    def sent(self, dialect: Dialect, frames: Sequence[Frame]) -> list[Frame]:
        """`frames` and all that follow from the vendor's answers to them."""
        waiting, sent = list(frames), []
        while waiting:
            sent.append(waiting.pop(0))
            waiting += dialect.hear(self.answers(sent[-1]), AT).replies
        return sent

    def test_a_complaint_says_what_to_do_or_is_kept(self) -> None:
        for frame in self.complaints:
            told = self.told(frame)
            assert told.ended or told.rejects.height or told.refused
            assert told.ended is None or isinstance(told.ended, NotEntitled | RateLimited | BadResponse)

    def test_what_was_told_before_the_vendor_hung_up_counts(self) -> None:
        for frame in self.complaints:
            told, alone = self.told(*self.good, frame), self.told(*self.good)
            for kind in ("trades", "quotes", "bars"):
                assert_frame_equal(getattr(told, kind), getattr(alone, kind))

    def test_no_secret_is_shown(self) -> None:
        dialect = self.opened()
        if not dialect.capabilities.needs_key:
            return
        shown = [repr(dialect), repr(dialect.capabilities), repr(dialect.headers)]
        for frame in (*self.complaints, f"not json {SECRET}", f"{'x' * 495}{SECRET}", f'{{"a": "{SECRET}"}}'):
            told = self.told(frame)
            shown += [repr(told), str(told.rejects.rows()), str(told.ended), repr(told.ended)]
        assert SECRET not in "".join(shown)
        assert SECRET[:4] not in "".join(shown)


def _places(tree: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths to everything in a JSON document."""
    yield path
    items = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for name, value in items:
        yield from _places(value, (*path, name))


def _bent(tree: Any, path: tuple[Any, ...], junk: Any) -> Any:
    """The document with `junk` at `path`."""
    if not path:
        return junk
    copy = tree.copy()
    copy[path[0]] = _bent(tree[path[0]], path[1:], junk)
    return copy


def _unnumbered(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.drop("seq", strict=False)
