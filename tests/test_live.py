"""The live part of a desk over real streams, a real log and a real lake: whatever happens, prices are heard again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import create_engine

from openbell.alerts.conditions import Crosses, Symbol
from openbell.alerts.rules import Rule
from openbell.api.app import create_app
from openbell.desk import Desk, open_desk
from openbell.ingest.feed import Health
from openbell.live import Live, Place, shares
from openbell.model.errors import OpenbellError
from openbell.model.interval import MINUTE
from openbell.providers.streams.alpaca import AlpacaDialect
from openbell.providers.streams.finnhub import FinnhubDialect
from openbell.providers.streams.socket import Socket
from openbell.rulebook import Rulebook, body_of
from openbell.settings import Settings
from openbell.store.log import Log
from openbell.store.watchbook import WatchBook
from recorded import Answer, Asked
from recorded import vendor as answering
from vendor import Line, Vendor, trade, trades, vendor
from yahoo_market import NOT_FOUND

COIN, OTHER = "BTC-USD", "ETH-USD"


class Time:
    """The time of vendors and desk: near the end of a minute at first, so that no test waits for long."""

    def __init__(self) -> None:
        self.ahead = timedelta(seconds=(52 - datetime.now(UTC).second) % 60)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


now = Time()


@pytest.fixture(autouse=True)
def _late_in_the_minute() -> None:
    now.__init__()  # type: ignore[misc]


@contextmanager
def listening(desk: Desk) -> Iterator[Live]:
    live = Live(desk)
    live.start()
    try:
        yield live
    finally:
        live.stop()


def until(so: Callable[[], object], seconds: float = 20.0) -> None:
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if so():
            return
        time.sleep(0.02)
    raise AssertionError("it never was so")


def ticks(price: float = 100.0) -> Callable[[Line], None]:
    """A scene: a trade of one unit of every symbol that was subscribed, every twentieth of a second."""

    def scene(line: Line) -> None:
        asked: list[str] = []
        while not line.vendor.over.is_set():
            try:
                told = json.loads(line.connection.recv(timeout=0.05))
                asked = [*(a for a in asked if a != told["symbol"])]
                asked += [told["symbol"]] if told["type"] == "subscribe" else []
                line.vendor.heard.append(told)
            except TimeoutError:
                pass
            if asked:
                line.say(trades(*(trade(symbol, price, 1.0, now()) for symbol in asked)))

    return scene


def ticks_for(seconds: float) -> Callable[[Line], None]:
    """As `ticks`, and the line is cut after some seconds."""
    playing = ticks()

    def scene(line: Line) -> None:
        from threading import Timer

        Timer(seconds, line.cut).start()
        playing(line)

    return scene


class Minutes:
    """A vendor of minutes over HTTP, as Yahoo answers: a bar of 5,000 units for each minute asked for that is over."""

    def __init__(self, *, limited: int = 0) -> None:
        self.asked: list[str] = []
        self.limited = limited
        """So many questions are answered with 429 first."""

    def __call__(self, asked: Asked) -> Answer:
        symbol = asked.path.rsplit("/", 1)[-1]
        if "/chart/" not in asked.path:
            return NOT_FOUND
        if self.limited:
            self.limited -= 1
            return Answer("Too Many Requests\r\n", 429)
        self.asked.append(symbol)
        first, end = int(asked.query["period1"]), int(asked.query["period2"])
        over = int(now().timestamp()) // 60 * 60
        minutely = asked.query["interval"] == "1m"
        stamps = [at for at in range(first // 60 * 60, min(end, over), 60) if at >= first and minutely]
        meta = {
            "currency": "USD", "symbol": symbol, "exchangeName": "CCC", "instrumentType": "CRYPTOCURRENCY",
            "regularMarketTime": over, "gmtoffset": 0, "timezone": "UTC", "exchangeTimezoneName": "UTC",
            "dataGranularity": asked.query["interval"], "range": "", "priceHint": 2,
        }  # fmt: skip
        columns = {"open": 100.0, "high": 101.0, "low": 99.0, "close": 100.5, "volume": 5000}
        quote = {name: [value] * len(stamps) for name, value in columns.items()}
        result = {"meta": meta, "timestamp": stamps, "indicators": {"quote": [quote]}}
        return Answer(json.dumps({"chart": {"result": [result], "error": None}}))


@contextmanager
def desk_of(
    folder: Path,
    finnhub: Vendor | None,
    minutes: Minutes | None = None,
    *watched: str,
    mute: timedelta | None = None,
) -> Iterator[Desk]:
    """A desk that listens to `finnhub`, bears its silence for `mute`, and asks `minutes` for what was missed."""
    with ExitStack() as open_:
        history = None if minutes is None else open_.enter_context(answering(minutes))
        settings = Settings(
            home=folder,
            providers="yahoo" if history else "alphavantage",  # which without a key is nobody
            yahoo_url=history.url if history else "http://127.0.0.1:1",
            yahoo_cookie_url=f"{history.url}/cookie" if history else "http://127.0.0.1:1",
            streams="finnhub" if finnhub else "",
            finnhub_key="k3y",
            finnhub_stream_url=finnhub.url if finnhub else "",
        )
        desk = open_desk(settings, now)
        if finnhub is not None and mute is not None:
            desk = replace(desk, streams=(Socket(partial(FinnhubDialect, "k3y", finnhub.url), now, mute=mute),))
        WatchBook(desk.ledger).add("Mine", list(watched or [COIN]))
        open_.callback(desk.close)
        yield desk


def feed(live: Live, name: str = "finnhub") -> Health:
    return next(health for health in live.health() if health.name == name)


class DataPage:
    """What the Data page is told of the feeds."""

    def __init__(self, desk: Desk, live: Live) -> None:
        app = create_app(desk, jobs=False)
        app.state.live = live
        self._client = TestClient(app, base_url="http://127.0.0.1/api/v1")

    def line(self, name: str = "finnhub") -> dict[str, Any]:
        told = self._client.get("sources").json()["feeds"]
        return next(line for line in told if line["name"] == name)

    def alerts(self) -> dict[str, Any] | None:
        """What keeps the rules from their work."""
        told: dict[str, Any] | None = self._client.get("sources").json()["alerts"]
        return told


LIVE, DOWN, BEGINNING = Place("live"), Place("waiting"), Place("connecting")
BOTH = frozenset({"AAA", "BBB"})


@pytest.mark.parametrize(
    ("places", "shared"),
    [
        ([Place("idle"), Place("idle"), Place("idle")], ["AB", "", ""]),  # nobody else is connected at a start
        ([LIVE, Place("idle")], ["AB", ""]),
        ([DOWN, Place("idle"), Place("idle")], ["AB", "AB", ""]),
        ([DOWN, DOWN, Place("idle")], ["AB", "AB", "AB"]),
        ([Place("failed"), LIVE, Place("idle")], ["AB", "AB", ""]),
        ([BEGINNING, Place("live", BOTH)], ["AB", "AB"]),  # a stand-in is kept until the first is live
        ([BEGINNING, Place("live", frozenset({"AAA"}))], ["AB", "A"]),
        ([LIVE, Place("live", BOTH)], ["AB", ""]),
        ([Place("live", refused=frozenset({"BBB"})), Place("idle")], ["AB", "B"]),
        ([BEGINNING, Place("connecting", BOTH), Place("live", BOTH)], ["AB", "AB", "AB"]),
    ],
)
def test_a_symbol_is_heard_by_the_first_feed_that_can(places: list[Place], shared: list[str]):
    assert ["".join(symbol[0] for symbol in sorted(share)) for share in shares(BOTH, places)] == shared


def test_a_cut_line_ends_in_a_healed_tape(tmp_path: Path):
    minutes = Minutes()
    with vendor(ticks_for(2), ticks()) as fake, desk_of(tmp_path, fake, minutes) as desk:
        begun = now().replace(second=0, microsecond=0)
        with listening(desk) as live:
            until(lambda: fake.connections == 2 and feed(live).healed == 2, 90)
            health = feed(live)
            assert (health.state, health.gaps, health.detail) == ("live", 2, "")
            healed = desk.lake.bars([COIN], MINUTE, begun, begun + timedelta(minutes=1))
            assert healed["volume"].to_list() == [5000]
        assert set(minutes.asked) == {COIN}


def test_a_gap_waits_for_a_vendor_that_wants_to_be_left_alone(tmp_path: Path):
    with vendor(ticks()) as fake, desk_of(tmp_path, fake, Minutes(limited=1)) as desk, listening(desk) as live:
        until(lambda: "is not there" in feed(live).detail, 90)
        health = feed(live)
        assert (health.state, health.healed) == ("live", 0)
        assert "What was missed of BTC-USD" in health.detail
        assert "Next try at" in health.detail
        assert desk.tape.minutes([COIN]).height  # what was heard stays


def test_each_way_in_which_a_line_fails_is_told_on_the_data_page_and_ends_in_a_healed_tape(tmp_path: Path):
    def half_a_frame(line: Line) -> None:
        line.hear()
        line.half(b'{"type":"trade","data":[]}')

    now.ahead -= timedelta(seconds=27)  # all of it within one minute, also on a busy machine: it is healed together
    with (
        vendor(half_a_frame, Line.stay, ticks(), refusals={0: (429, {"Retry-After": "1"})}) as fake,
        desk_of(tmp_path, fake, Minutes(), mute=timedelta(seconds=2)) as desk,
    ):
        begun, seen = now().replace(second=0, microsecond=0), list[str]()
        with listening(desk) as live:
            page = DataPage(desk, live)

            def healed() -> bool:
                line = page.line()
                seen.append(f"{line['state']}: {line['detail']}")
                return line["state"] == "live" and line["gaps"] == line["healed"] >= 3

            until(healed, 180)
            assert page.line()["connections"] >= 4  # a machine that is busy has more silences
        told = [detail for detail in dict.fromkeys(seen) if detail.startswith("waiting")]
        assert told[:3] == [
            "waiting: finnhub: 127.0.0.1 wants fewer connections (HTTP 429).",
            "waiting: finnhub: the connection was closed (no reason told).",
            "waiting: finnhub: connected, but nothing was said for 2 s while a market is open.",
        ]
        stored = desk.lake.bars([COIN], MINUTE, begun, begun + timedelta(minutes=1))
        assert stored.select("volume", "source").rows() == [(5000.0, "yahoo")]


def test_frames_that_are_garbage_or_repeated_or_out_of_order_are_counted_and_leave_the_tape_right(tmp_path: Path):
    first, second = (now().replace(second=10, microsecond=0) - timedelta(minutes=ago) for ago in (3, 2))
    facts = {"T": "t", "S": COIN, "x": "V", "z": "C", "c": ["@"]}
    early = [facts | {"i": 1, "p": 101.0, "s": 5, "t": f"{first:%Y-%m-%dT%H:%M:%SZ}"}]
    late = [facts | {"i": 2, "p": 102.0, "s": 7, "t": f"{second:%Y-%m-%dT%H:%M:%SZ}"}]

    def babbles(line: Line) -> None:
        line.say([{"T": "success", "msg": "connected"}])
        line.hear()
        line.say([{"T": "success", "msg": "authenticated"}])
        line.hear()
        line.say(late, b"\xff\xfe\x00", "not json", early, late, early)
        line.stay()

    with vendor(babbles) as fake, desk_of(tmp_path, None) as without:
        dialect = partial(AlpacaDialect, "k3y", "s3cret", channels=("trades",), url=fake.url)
        desk = replace(without, streams=(Socket(dialect, now),))
        with listening(desk) as live:
            page = DataPage(desk, live)
            until(lambda: page.line("alpaca")["repeated"] == 2)
            line = page.line("alpaca")
            assert (line["state"], line["detail"], line["rows"], line["rejects"]) == ("live", "", 2, 2)
            assert desk.tape.minutes([COIN]).select("ts", "close", "volume").rows() == [
                (first.replace(second=0), 101.0, 5.0),
                (second.replace(second=0), 102.0, 7.0),
            ]
            until(lambda: desk.lake.rejects().height == 2)
            assert set(desk.lake.rejects()["reason"]) == {"unreadable_message"}


def test_a_refused_key_is_told_on_the_data_page_while_another_vendor_stands_in(tmp_path: Path):
    with vendor(Line.stay, refusals={0: (401, {})}) as first, vendor(Line.stay) as second:
        settings = Settings(
            home=tmp_path, providers="alphavantage", streams="finnhub,yahoo", finnhub_key="k3y",
            finnhub_stream_url=first.url, yahoo_stream_url=second.url,
        )  # fmt: skip
        desk = open_desk(settings, now)
        WatchBook(desk.ledger).add("Mine", [COIN])
        with listening(desk) as live:
            until(lambda: second.heard == [{"subscribe": [COIN]}])
            line = DataPage(desk, live).line()
            assert (line["state"], line["detail"]) == (
                "refused",
                "finnhub: 127.0.0.1 refused the login (HTTP 401). Check the key.",
            )
            assert DataPage(desk, live).line("yahoo")["state"] == "live"
        desk.close()


def test_a_vendor_stands_in_for_another_and_hands_back(tmp_path: Path):
    refusals = dict.fromkeys(range(3), (500, {}))
    with vendor(ticks(), refusals=refusals) as first, vendor(lambda line: line.stay()) as second:
        settings = Settings(
            home=tmp_path, providers="alphavantage", streams="finnhub,yahoo", finnhub_key="k3y",
            finnhub_stream_url=first.url, yahoo_stream_url=second.url,
        )  # fmt: skip
        desk = open_desk(settings, now)
        WatchBook(desk.ledger).add("Mine", [COIN])
        with listening(desk) as live:
            assert second.connections == 0
            until(lambda: second.heard and feed(live, "yahoo").state == "live", 30)
            refusal = "finnhub: 127.0.0.1 answered HTTP 500 instead of a stream."
            until(lambda: (feed(live).state, feed(live).detail) == ("waiting", refusal), 30)
            until(lambda: feed(live).state == "live" and len(second.heard) == 2, 30)
            assert [*second.heard] == [{"subscribe": [COIN]}, {"unsubscribe": [COIN]}]
            assert feed(live, "yahoo").gaps == 2  # before it stood in, and the minute in which it handed back
        desk.close()


def test_a_desk_that_finds_its_log_taken_says_so_and_begins_once_it_is_free(tmp_path: Path):
    with vendor(ticks()) as fake, desk_of(tmp_path, fake) as desk:
        other = Log(desk.settings.log)
        with listening(desk) as live:
            until(lambda: live.health()[0].state == "failed")
            health = live.health()[0]
            assert (health.name, health.down is not None) == ("finnhub", True)
            assert health.detail.startswith("No prices are heard: The log")
            assert "another desk" in health.detail
            other.close()
            until(lambda: feed(live).state == "live")
            assert feed(live).detail == ""


def test_a_ledger_that_does_not_answer_for_a_while_ends_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    with vendor(ticks()) as fake, desk_of(tmp_path, fake) as desk, listening(desk) as live:
        until(lambda: desk.tape.latest([COIN]))
        engine = create_engine(desk.settings.ledger)
        with engine.begin() as away:
            away.exec_driver_sql("alter table watchlists rename to hidden")
        until(lambda: "Again in 5 s" in caplog.text)
        rows = feed(live).rows
        until(lambda: feed(live).rows > rows + 5)
        assert feed(live).state == "live"
        with engine.begin() as back:
            back.exec_driver_sql("alter table hidden rename to watchlists")
        engine.dispose()
        WatchBook(desk.ledger).add("More", [OTHER])
        until(lambda: desk.tape.latest([OTHER]))


def test_rules_that_cannot_be_kept_are_told_on_the_data_page_until_they_are(tmp_path: Path):
    with vendor(ticks()) as fake, desk_of(tmp_path, fake) as desk, listening(desk) as live:
        page = DataPage(desk, live)
        until(lambda: desk.tape.latest([COIN]))
        assert page.alerts() is None
        engine = create_engine(desk.settings.ledger)
        with engine.begin() as away:
            away.exec_driver_sql("alter table alert_cursor rename to hidden")
        rule = Rule(id="new", name="Level", condition=Crosses(1.0), target=Symbol(COIN))
        Rulebook(desk).kept.add_rule(rule.name, body_of(rule), desk.clock())
        until(page.alerts)
        told = page.alerts()
        assert told is not None
        assert "did not answer: no such table: alert_cursor. Is the disk full or locked," in told["detail"]
        assert datetime.fromisoformat(told["since"]) <= desk.clock()
        with engine.begin() as back:
            back.exec_driver_sql("alter table hidden rename to alert_cursor")
        engine.dispose()
        until(lambda: page.alerts() is None)


def test_every_whole_minute_is_in_the_lake_after_a_stop(tmp_path: Path):
    with vendor(ticks()) as fake, desk_of(tmp_path, fake) as desk:
        with listening(desk):
            until(lambda: desk.tape.latest([COIN]))
            told = desk.tape.minutes([COIN])["ts"][0]
            now.ahead += timedelta(minutes=2)  # the minute is over, and nobody has saved it yet
        assert desk.lake.bars([COIN], MINUTE, told, told + timedelta(minutes=1)).height == 1


def test_a_clock_that_is_set_back_stops_no_minute_from_being_stored(tmp_path: Path):
    with (
        vendor(ticks()) as fake,
        desk_of(tmp_path, fake) as desk,
        listening(desk) as live,
    ):
        until(lambda: desk.tape.latest([COIN]))
        now.ahead -= timedelta(hours=1)
        rows = feed(live).rows
        until(lambda: feed(live).rows > rows + 5)
        assert (feed(live).state, feed(live).connections) == ("live", 1)
        now.ahead += timedelta(hours=1, minutes=2)
        until(lambda: desk.lake.bars([COIN], MINUTE, now() - timedelta(minutes=3), now()).height)


def test_a_full_disk_is_told_and_nothing_is_lost_once_there_is_space(tmp_path: Path):
    script = Path(__file__).with_name("full_disk.py")
    paths = [str(Path(__file__).parent), *sys.path]
    ran = subprocess.run(
        [sys.executable, str(script), str(tmp_path)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    told = json.loads(ran.stdout)
    state, detail = told["down"]
    assert state == "waiting"
    assert "Is the disk full" in detail
    assert "Minutes wait in the log" in told["unsaved"]
    assert told["up"] == ""
    assert told["heard"] == told["kept"] > 40


def test_a_recorded_day_that_is_replayed_makes_the_same_minutes(tmp_path: Path):
    with vendor(ticks(100.0)) as fake:
        settings = Settings(
            home=tmp_path / "first", providers="alphavantage", streams="finnhub", finnhub_key="k3y",
            finnhub_stream_url=fake.url, archive=tmp_path / "archive",
        )  # fmt: skip
        desk = open_desk(settings, now)
        WatchBook(desk.ledger).add("Mine", [COIN, OTHER])
        with listening(desk) as live:
            until(lambda: feed(live).rows > 50)
            now.ahead += timedelta(minutes=1)
            until(lambda: feed(live).rows > 150)
        heard = desk.tape.minutes([COIN, OTHER])
        desk.close()
    settings = Settings(
        home=tmp_path / "second", streams="replay", replay=tmp_path / "archive", replay_speed=0, offline=False
    )
    again = open_desk(settings, now)
    WatchBook(again.ledger).add("Mine", [COIN, OTHER])
    with listening(again):
        until(lambda: again.tape.minutes([COIN, OTHER]).equals(heard))
        assert again.clock() < now()
        assert again.wires == ()
    again.close()
    assert heard["ts"].n_unique() == 2


def test_minutes_of_a_file_are_replayed_at_any_speed(tmp_path: Path):
    table = "symbol,time,open,high,low,close,volume\n" + "".join(
        f"BTC-USD,2026-03-02T12:{minute:02}:00Z,{minute}.5,{minute + 2},{minute},{minute + 1},400\n"
        for minute in range(1, 31)
    )
    (tmp_path / "minutes.csv").write_text(table)
    settings = Settings(home=tmp_path / "home", streams="replay", replay=tmp_path / "minutes.csv", replay_speed=600)
    desk = open_desk(settings, now)
    WatchBook(desk.ledger).add("Mine", [COIN])
    with listening(desk):
        until(lambda: desk.tape.minutes([COIN]).height == 30)
        first = desk.tape.minutes([COIN]).row(0, named=True)
    assert [first[name] for name in ("open", "high", "low", "close", "volume")] == [1.5, 3.0, 1.0, 2.0, 400.0]
    desk.close()


@pytest.mark.parametrize(
    ("streams", "replay"), [("replay", None), ("yahoo,replay", Path("day")), ("replay", Path("nowhere"))]
)
def test_a_replay_of_nothing_is_refused_with_a_sentence(tmp_path: Path, streams: str, replay: Path | None):
    with pytest.raises(OpenbellError, match=r"replay|nowhere"):
        open_desk(Settings(home=tmp_path, streams=streams, replay=replay), now)


def test_schwab_without_its_files_says_which_one_is_missing(tmp_path: Path):
    settings = Settings(
        home=tmp_path, providers="alphavantage", streams="schwab", schwab_preferences=tmp_path / "preferences.json",
        schwab_token=tmp_path / "token",
    )  # fmt: skip
    desk = open_desk(settings, now)
    WatchBook(desk.ledger).add("Mine", ["ACME"])
    with listening(desk) as live:
        until(lambda: feed(live, "schwab").state == "refused")
        assert "preferences.json cannot be read: No such file" in feed(live, "schwab").detail
    desk.close()
