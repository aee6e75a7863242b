"""The page in a real browser: how much JavaScript it needs at first, and how soon another range is drawn."""

from __future__ import annotations

import gzip
import os
import shutil
import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bench.rows import Row, Skipped
from bench.server import Running, running

if TYPE_CHECKING:
    from playwright.sync_api import Page

BUILT = Path(__file__).resolve().parents[1] / "src/openbell/api/page"
RANGES = ("1M", "3M", "6M", "1Y")
ROUNDS = 5

# From the click to the second frame after the chart's label tells the new range: the first frame draws, the second
# begins when it is on the screen.
SWITCH = """range => new Promise((done, fail) => {
  const link = [...document.querySelectorAll('[aria-label=Range] a')].find(each => each.textContent === range);
  const before = document.querySelector('figcaption').textContent;
  const start = performance.now();
  const watcher = new MutationObserver(() => {
    if (document.querySelector('figcaption')?.textContent === before) return;
    watcher.disconnect();
    requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - start)));
  });
  watcher.observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
  setTimeout(() => fail(new Error('no other chart after 10 s')), 10000);
  link.click();
})"""


def measure(_symbols: int) -> Iterator[Row | Skipped]:
    """On the demo market, on this machine, over loopback."""
    browser = chromium()
    if not (BUILT / "index.html").exists() or browser is None:
        yield Skipped("the page", "no Chromium here" if browser is None else "the page is not built: `make web`")
        return
    with tempfile.TemporaryDirectory() as folder, running(Path(folder) / "home") as desk:
        scripts, switches = _visit(desk, browser)
    for name, paths in scripts.items():
        yield Row(f"JavaScript of {name}, gzipped", _gzipped(paths) / 1e3, "kB", 220)
    note = f"median of {len(switches)}, worst {max(switches):.0f} ms"
    yield Row("another range of a chart, from click to painted", statistics.median(switches), "ms", 150, note=note)


def chromium() -> str | None:
    """The browser here, without its windows where there is one: it draws the same at a third of the work."""
    return os.environ.get("OPENBELL_CHROMIUM") or shutil.which("chromium-headless-shell") or shutil.which("chromium")


def _visit(desk: Running, browser: str) -> tuple[dict[str, set[str]], list[float]]:
    """The scripts that a first visit loads until it shows prices, and how long each change of a chart's range took."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver, driver.chromium.launch(executable_path=browser, args=["--no-sandbox"]) as chrome:
        page = chrome.new_page(viewport={"width": 1440, "height": 900})
        home = _scripts(page, desk.url, "tbody tr a")
        address = page.locator("tbody tr a").first.get_attribute("href")
        page.close()
        page = chrome.new_page(viewport={"width": 1440, "height": 900})
        symbol = _scripts(page, f"{desk.url}{address}", "[aria-roledescription=chart] canvas")
        for each in RANGES:
            page.evaluate(SWITCH, each)
            page.wait_for_timeout(300)
        switches = [page.evaluate(SWITCH, each) for _ in range(ROUNDS) for each in RANGES]
        return {"the watchlist": home, "a symbol's page": symbol}, switches


def _scripts(page: Page, url: str, shown: str) -> set[str]:
    """The paths of the scripts that were loaded when the element `shown` is there."""
    scripts = set[str]()
    page.on("response", lambda r: scripts.add(urlsplit(r.url).path) if r.request.resource_type == "script" else None)
    page.goto(url, wait_until="load")
    page.locator(shown).first.wait_for()
    return set(scripts)


def _gzipped(scripts: set[str]) -> int:
    """Bytes of the scripts as a server sends them."""
    return sum(len(gzip.compress((BUILT / path.lstrip("/")).read_bytes(), 6)) for path in scripts)
