"""ISINs that nobody here knows: vendors are asked, each once and few at a time, over a real socket."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from openbell.arrivals import Match, Seeker, reviewed
from openbell.arrivals.seeking import AT_ONCE
from openbell.desk import Desk, open_desk
from openbell.model.transactions import Portfolio
from openbell.settings import Settings
from openbell.statements.presets import read
from openbell.store.portfoliobook import PortfolioBook
from recorded import Answer, Asked, Vendor, vendor

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
KNOWN = {
    "IE00B3XXRP09": [("VUSA.L", "LSE"), ("VUSA.AS", "AMS")],
    "US0378331005": [("AAPL", "NMS")],
}
HEAD = "Date,Action,ISIN,Symbol,Exchange,Quantity,Price,Amount,Currency\n"


def yahoo(asked: Asked) -> Answer:
    found = KNOWN.get(asked.query.get("q", ""), [])
    quotes = [{"symbol": name, "exchange": at, "quoteType": "ETF", "longname": "A fund"} for name, at in found]
    return Answer(json.dumps({"quotes": quotes}))


@contextmanager
def online(home: Path, *, refuses: bool = False) -> Iterator[tuple[Desk, Vendor]]:
    with vendor((lambda _: Answer("Too Many Requests", 429)) if refuses else yahoo) as server:
        settings = Settings(home=home, yahoo_url=server.url, yahoo_cookie_url=f"{server.url}/cookie",
                            providers="yahoo", streams="")  # fmt: skip
        desk = open_desk(settings, lambda: NOON)
        yield desk, server
        desk.close()


def matches(desk: Desk, seeker: Seeker, *rows: str) -> dict[str, Match]:
    kept = next(iter(PortfolioBook(desk.ledger).owned(1)), None)
    kept = kept or PortfolioBook(desk.ledger).add(1, Portfolio(0, "Mine", "EUR"), NOON)
    text = HEAD + "".join(f"2026-02-03,Buy,{row},1,100,-100,EUR\n" for row in rows)
    return dict(reviewed(desk, kept, read(text.encode(), "f"), seeker=seeker).matches)


def test_an_unknown_isin_has_the_listings_of_the_vendor_to_choose_from(tmp_path: Path):
    with online(tmp_path) as (desk, _):
        (match,) = matches(desk, Seeker(desk), "IE00B3XXRP09,,").values()
        assert match.id is None
        assert [(each.ticker, each.exchange) for each in match.candidates] == [("VUSA.L", "XLON"), ("VUSA.AS", "XAMS")]


def test_the_listing_that_fits_the_file_is_taken(tmp_path: Path):
    with online(tmp_path) as (desk, _):
        found = matches(desk, Seeker(desk), "IE00B3XXRP09,VUSA.AS,")
        assert [(match.id, match.how, match.sure) for match in found.values()] == [("VUSA.AS", "isin", True)]


def test_what_was_asked_is_not_asked_again_and_few_are_asked_at_a_time(tmp_path: Path):
    with online(tmp_path) as (desk, server):
        seeker, isins = Seeker(desk), [f"IE00B3XXR{number:03d}" for number in range(AT_ONCE + 5)]
        assert len(seeker.seek(isins)) == AT_ONCE
        assert len(seeker.seek(isins)) == AT_ONCE + 5
        assert seeker.seek(isins) == dict.fromkeys(isins, ())
        asked = [each.query["q"] for each in server.asked if each.path == "/v1/finance/search"]
        assert sorted(asked) == isins


def test_a_vendor_that_refuses_is_asked_once_and_the_file_can_be_imported_all_the_same(tmp_path: Path):
    with online(tmp_path, refuses=True) as (desk, server):
        found = matches(desk, Seeker(desk), "IE00B3XXRP09,,", "US0378331005,,")
        assert [match.id for match in found.values()] == [None, None]
        assert len([each for each in server.asked if each.path == "/v1/finance/search"]) <= 1


def test_an_offline_desk_asks_nobody(desk: Desk):
    assert Seeker(desk).seek(["US0378331005"]) == {}
