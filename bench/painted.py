"""How soon does a trade that a vendor tells stand on the screen, while 20,000 others come every second?

A vendor's WebSocket, a desk as a process of its own, and the watchlist in a real browser. The price of one symbol
counts its trades, so that what is on the screen says which of them were seen.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection, serve

from bench.page import BUILT, chromium
from bench.rows import Row, Skipped
from bench.server import running
from openbell.desk import Desk, open_desk
from openbell.model.frames import BARS, INSTRUMENTS, conform
from openbell.settings import Settings
from openbell.store.watchbook import WatchBook

if TYPE_CHECKING:
    from playwright.sync_api import Page

SYMBOLS, SHOWN = 500, 20
PACE_S, ROWS, FRAME = 0.05, 1_000, 100
"""Every so many seconds so many trades, one of them of the symbol that is watched; so many in a message."""
SAMPLES = 1_200
CENTS = 10_000
"""The price of the first trade."""

# A change is noted when the second frame after it begins: by then the first one, which shows it, is on the screen.
WATCH = """symbol => {
  const priceNow = () => [...document.querySelectorAll('tbody tr')]
    .find(each => each.textContent.includes(symbol))?.cells[1].textContent;
  const seen = window.seen = [];
  let last = priceNow();
  new MutationObserver(() => {
    const price = priceNow();
    if (price === last) return;
    last = price;
    requestAnimationFrame(() => requestAnimationFrame(() => seen.push([price, Date.now()])));
  }).observe(document.body, { subtree: true, childList: true, characterData: true });
}"""


def measure(_symbols: int) -> Iterator[Row | Skipped]:
    """The 95th percentile over all trades of one symbol, of the time until it or a later one was on the screen."""
    browser = chromium()
    if not (BUILT / "index.html").exists() or browser is None:
        yield Skipped("from trade to screen", "no Chromium here" if browser is None else "the page is not built")
        return
    names = [f"S{nth:03}" for nth in range(SYMBOLS)]
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        with closing(open_desk(Settings(home=home, offline=True))) as desk:
            _make(desk, names)
        vendor = _Vendor(names)
        with vendor.listening() as url, running(home, _settings(url)) as desk_at:
            seen = _watched(desk_at.url, browser, names[0], vendor)
    waits = [min(at for count, at in seen if count >= nth) - told for nth, told in vendor.told if nth <= seen[-1][0]]
    if len(waits) < SAMPLES - SHOWN:
        raise AssertionError(f"{len(waits)} of {SAMPLES} trades came to the screen")
    yield Row(
        "a trade on the screen, from the vendor's message, at 20,000 trades/s",
        float(np.percentile(waits, 95)),
        "ms",
        limit=250,
        note=f"p95 of {len(waits)}, median {np.median(waits):.0f} ms; {vendor.pace:,.0f} trades/s of {SYMBOLS} symbols",
    )


def _make(desk: Desk, names: list[str]) -> None:
    """Symbols that trade around the clock, with a price of yesterday, on two watchlists; the first is shown."""
    now = desk.clock()
    listed = pl.DataFrame({"id": names, "ticker": names, "exchange": "24/7"})
    desk.lake.append_instruments(conform(listed, INSTRUMENTS), now)
    price = CENTS / 100
    day = {"interval": "1d", "open": price, "high": price, "low": price, "close": price, "volume": 1.0, "scale": "raw"}
    stamped = pl.DataFrame({"symbol": names, "instrument_id": names, **day, "source": "alpaca"}).with_columns(
        ts=pl.lit(now - timedelta(days=1)).dt.truncate("1d"), trade_date=pl.lit((now - timedelta(days=1)).date())
    )
    desk.lake.append_bars(conform(stamped, BARS), now)
    WatchBook(desk.ledger).add("Shown", names[:SHOWN])
    WatchBook(desk.ledger).add("All", names)


def _settings(url: str) -> dict[str, str]:
    return {
        "OPENBELL_STREAMS": "alpaca",
        "OPENBELL_PROVIDERS": "alphavantage",  # which, without a key, is asked nothing
        "OPENBELL_ALPACA_KEY": "key",
        "OPENBELL_ALPACA_SECRET": "secret",
        "OPENBELL_ALPACA_STREAM_URL": url,
    }


def _watched(url: str, browser: str, symbol: str, vendor: _Vendor) -> list[tuple[int, float]]:
    """Which count was on the screen, and since when (milliseconds since 1970), in that order."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver, driver.chromium.launch(executable_path=browser, args=["--no-sandbox"]) as chrome:
        page = chrome.new_page(viewport={"width": 1440, "height": 900})
        page.goto(url, wait_until="load")
        page.get_by_role("row", name=symbol).wait_for()
        vendor.warm.wait(30)
        page.evaluate(WATCH, symbol)
        vendor.begin.set()
        while not vendor.over.is_set():
            page.wait_for_timeout(200)
        page.wait_for_timeout(1_000)
        return [(round(100 * float(price)) - CENTS, at) for price, at in _seen(page)]


def _seen(page: Page) -> list[tuple[str, float]]:
    told: list[tuple[str, float]] = page.evaluate("window.seen")
    return [(price.replace(",", ""), at) for price, at in told]


class _Vendor:
    """Speaks as Alpaca does, at an even pace, and keeps when each trade of the first symbol was told."""

    def __init__(self, names: list[str]) -> None:
        self._names = names
        self._rng = np.random.default_rng(7)
        self._ids = 0
        self.told: list[tuple[int, float]] = []
        self.pace = 0.0
        self.warm, self.begin, self.over = Event(), Event(), Event()

    def listening(self) -> _Listening:
        return _Listening(self)

    def play(self, line: ServerConnection) -> None:
        """Let the desk in; then trades, uncounted at first, until the samples are told."""
        with suppress(ConnectionClosed):
            line.send('[{"T":"success","msg":"connected"}]')
            line.recv()
            line.send('[{"T":"success","msg":"authenticated"}]')
            asked = json.loads(line.recv())
            line.send(json.dumps([{"T": "subscription", "trades": asked["trades"]}]))
            nth, due = 0, time.monotonic()
            while nth <= SAMPLES:
                if nth == 1:
                    begun = time.monotonic()
                for frame in self._frames(nth):
                    line.send(frame)
                if nth:
                    self.told.append((nth, 1000 * time.time()))
                self.warm.set()
                nth += self.begin.is_set()
                due += PACE_S
                time.sleep(max(0.0, due - time.monotonic()))
            self.pace = SAMPLES * ROWS / (time.monotonic() - begun)
            self.over.set()
            line.recv()  # until the desk leaves

    def _frames(self, nth: int) -> Iterator[str]:
        """ROWS trades of now; the last one counts."""
        stamp = datetime.now(UTC).isoformat().replace("+00:00", "Z")
        which = self._rng.integers(1, SYMBOLS, ROWS).tolist()
        which[-1] = 0
        told = []
        for symbol in which:
            self._ids += 1
            price = (CENTS + nth) / 100 if symbol == 0 else 100.0 + self._ids % 50 / 100
            told.append(
                f'{{"T":"t","S":"{self._names[symbol]}","i":{self._ids},"x":"V","p":{price},"s":10,"c":["@"],"z":"C",'
                f'"t":"{stamp}"}}'
            )
        return (f"[{','.join(told[first : first + FRAME])}]" for first in range(0, ROWS, FRAME))


class _Listening:
    """The vendor's server, on a free port, within a block."""

    def __init__(self, vendor: _Vendor) -> None:
        self._server = serve(vendor.play, "127.0.0.1", 0)
        self._thread = Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> str:
        self._thread.start()
        return f"ws://127.0.0.1:{self._server.socket.getsockname()[1]}"

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
