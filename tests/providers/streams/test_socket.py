"""A stream over a real WebSocket: what is subscribed when, what is told, and how each end is told."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from threading import Event

import pytest

import apart
from openbell.model.errors import BadResponse, NotEntitled, ProviderError, RateLimited, Unreachable
from openbell.providers.http import spoken
from openbell.providers.streams.alpaca import AlpacaDialect
from openbell.providers.streams.archive import Archive, archived
from openbell.providers.streams.finnhub import FinnhubDialect
from openbell.providers.streams.socket import LARGEST, Socket
from openbell.providers.streams.spoken import Dialect, Frame, Told
from openbell.providers.streams.wanted import Wanted
from vendor import Line, Vendor, trade, trades, vendor

KEY = "k3y"


def clock() -> datetime:
    return datetime.now(UTC)


def finnhub(fake: Vendor) -> Dialect:
    return FinnhubDialect(KEY, fake.url)


def listen(
    socket: Socket,
    so: Callable[[], object],
    *symbols: str,
    then: Callable[[Wanted], None] = lambda _wanted: None,
) -> list[Told]:
    """What is told until something is so, within ten seconds; `then` is done while the first batch is being stored."""

    async def main() -> list[Told]:
        wanted, told = Wanted(symbols), list[Told]()

        async def take_all() -> None:
            async for each in socket.told(wanted):
                told.append(each)
                if len(told) == 1:
                    then(wanted)
                    await asyncio.sleep(0.05)

        listening = asyncio.create_task(take_all())
        try:
            async with asyncio.timeout(10):
                while not so() and not listening.done():
                    await asyncio.sleep(0.01)
            if listening.done():
                listening.result()
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)
        return told

    return apart.run(main())


def end_of(socket: Socket) -> ProviderError:
    """How a stream of ACME ends."""
    with pytest.raises(ProviderError) as ended:
        listen(socket, lambda: False, "ACME")
    assert KEY not in str(ended.value)
    return ended.value


def sizes(told: Sequence[Told]) -> list[float]:
    return [size for each in told for size in each.trades["size"]]


def asked(verb: str, *symbols: str) -> list[dict[str, str]]:
    return [{"type": verb, "symbol": symbol} for symbol in symbols]


def test_what_is_wanted_while_the_first_batch_is_stored_is_subscribed():
    with vendor(lambda line: line.stay()) as fake:
        listen(
            Socket(partial(finnhub, fake), clock),
            lambda: len(fake.heard) == 2,
            "ACME",
            then=lambda wanted: wanted.want(["ACME", "BOLT"]),
        )
        assert fake.heard == asked("subscribe", "ACME", "BOLT")


def test_what_is_wanted_while_another_change_is_told_to_the_vendor_is_subscribed():
    class Overtaken(FinnhubDialect):
        wanted: Wanted

        def subscribe(self, symbols: Sequence[str]) -> Sequence[Frame]:
            if "BOLT" in symbols:
                self.wanted.want(["BOLT", "CASK"])
            return super().subscribe(symbols)

    with vendor(lambda line: line.stay()) as fake:
        dialect = Overtaken(KEY, fake.url)

        def change(wanted: Wanted) -> None:
            dialect.wanted = wanted
            wanted.want(["ACME", "BOLT"])

        listen(Socket(lambda: dialect, clock), lambda: len(fake.heard) == 4, "ACME", then=change)
        assert fake.heard == asked("subscribe", "ACME", "BOLT") + asked("unsubscribe", "ACME") + asked(
            "subscribe", "CASK"
        )


def test_what_is_wanted_before_the_vendor_has_let_us_in_is_subscribed_after_it():
    changed = Event()

    def lets_in(line: Line) -> None:
        line.say([{"T": "success", "msg": "connected"}])
        line.hear()
        changed.wait(5)
        line.say([{"T": "success", "msg": "authenticated"}])
        line.stay()

    with vendor(lets_in) as fake:
        dialect = partial(AlpacaDialect, KEY, "s3cret", channels=("trades",), url=fake.url)

        def change(wanted: Wanted) -> None:
            wanted.want(["BOLT"])
            changed.set()

        listen(Socket(dialect, clock), lambda: len(fake.heard) == 2, "ACME", then=change)
        login, subscribed = fake.heard
        assert login == {"action": "auth", "key": KEY, "secret": "s3cret"}
        assert subscribed == {"action": "subscribe", "trades": ["BOLT"]}


def test_a_symbol_that_is_no_longer_wanted_is_unsubscribed():
    with vendor(lambda line: line.stay()) as fake:
        listen(
            Socket(partial(finnhub, fake), clock),
            lambda: len(fake.heard) == 3,
            "ACME",
            "BOLT",
            then=lambda wanted: wanted.want(["BOLT"]),
        )
        assert fake.heard == asked("subscribe", "ACME", "BOLT") + asked("unsubscribe", "ACME")


def test_what_was_said_before_the_end_is_told_before_the_end():
    heard: list[float] = []

    def says_and_leaves(line: Line) -> None:
        line.hear()
        line.say(*(trades(trade("ACME", 10.0, size, clock())) for size in (1, 2, 3)))
        line.connection.close(1001, "maintenance")

    async def main() -> None:
        async for each in Socket(partial(finnhub, fake), clock).told(Wanted(["ACME"])):
            heard.extend(each.trades["size"])

    with vendor(says_and_leaves) as fake, pytest.raises(Unreachable, match=r"code 1001, maintenance"):
        apart.run(main())
    assert heard == [1, 2, 3]


@pytest.mark.parametrize(
    ("status", "headers", "error", "told"),
    [
        (401, {}, NotEntitled, "refused the login (HTTP 401)"),
        (403, {}, NotEntitled, "refused the login (HTTP 403)"),
        (429, {"Retry-After": "17"}, RateLimited, "wants fewer connections (HTTP 429)"),
        (503, {}, BadResponse, "answered HTTP 503 instead of a stream"),
    ],
)
def test_a_vendor_that_lets_nobody_in_says_why(
    status: int, headers: dict[str, str], error: type[ProviderError], told: str
):
    with vendor(lambda line: line.stay(), refusals={0: (status, headers)}) as fake:
        ended = end_of(Socket(partial(finnhub, fake), clock))
    assert type(ended) is error
    assert told in str(ended)
    if isinstance(ended, RateLimited):
        assert ended.retry_after == 17


def test_a_vendor_that_is_not_there_is_unreachable():
    with vendor() as gone:
        pass
    said = str(end_of(Socket(partial(finnhub, gone), clock)))
    assert said == "finnhub: no stream from 127.0.0.1: the connection failed."
    assert spoken("gaierror") == "its address is not found"


@pytest.mark.parametrize(
    ("scene", "told"),
    [
        (lambda line: line.cut(), "the connection was closed (no reason told)"),
        (lambda line: line.half(b'{"type":"ping"}'), "the connection was closed (no reason told)"),
        (lambda line: line.say("x" * (LARGEST + 1)), "the connection was closed"),
    ],
)
def test_a_broken_line_is_an_end(scene: Callable[[Line], None], told: str):
    with vendor(scene) as fake:
        ended = end_of(Socket(partial(finnhub, fake), clock))
    assert type(ended) is Unreachable
    assert told in str(ended)


def test_garbage_ends_nothing():
    def babbles(line: Line) -> None:
        line.hear()
        line.say(b"\xff\xfe\x00", "not json", trades(trade("ACME", 10.0, 4, clock())))
        line.stay()

    heard: list[Told] = []
    with vendor(babbles) as fake:

        class Noted(FinnhubDialect):
            def hear(self, frames: Sequence[Frame], at: datetime) -> Told:
                heard.append(super().hear(frames, at))
                return heard[-1]

        listen(Socket(lambda: Noted(KEY, fake.url), clock), lambda: sizes(heard), "ACME")
    assert sum(each.rejects.height for each in heard) == 2


def test_an_answered_ping_is_a_batch_that_says_nothing():
    beats: list[datetime] = []

    def beaten() -> datetime:
        beats.append(clock())
        return beats[-1]

    with vendor(lambda line: line.stay()) as fake:
        told = listen(Socket(partial(finnhub, fake), beaten, ping_s=0.02), lambda: len(beats) > 3, "ACME")
    assert [each.ready for each in told[:3]] == [True, False, False]
    assert sizes(told) == []


def test_what_is_said_is_archived_word_for_word(tmp_path: Path):
    message = trades(trade("ACME", 10.0, 4, clock()))

    def says(line: Line) -> None:
        line.hear()
        line.say(message)
        line.connection.close()

    with vendor(says) as fake:
        end_of(Socket(partial(finnhub, fake), clock, archive=Archive(tmp_path, "finnhub")))
    (path,) = (tmp_path / "finnhub").iterdir()
    assert [line.frame for line in archived(path)] == [None, json.dumps(message)]
