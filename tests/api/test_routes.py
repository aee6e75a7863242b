"""Every route: who may call it, what it answers, and how it refuses."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.routing import APIRoute, APIWebSocketRoute
from fastapi.testclient import TestClient

import openbell
from openbell.accounts import sessions
from openbell.api.access import CAPS, Role, least_role
from openbell.api.app import create_app
from openbell.desk import Desk, open_desk
from openbell.settings import Settings
from openbell.store.sessionbook import Scope
from openbell.store.watchbook import WatchBook
from people import HERE, join, lock, token

EVERYTHING = [
    "/market",
    "/market?exchange=XNYS",
    "/symbols",
    "/symbols?q=robot",
    "/symbols/QUORB",
    "/quotes?symbols=QUORB,HAZLO&spark=true",
    "/movers",
    "/figures?symbols=QUORB,HAZLO&benchmark=BROMA",
    "/bars?symbol=QUORB",
    "/bars?symbol=QUORB&range=1D&interval=7m",
    "/bars?symbol=QUORB&range=1D&indicators=sma:20;macd;rsi:14;bollinger:20,2;obv;drawdown;mean;vwap;volatility:20",
    "/actions?symbol=QUORB",
    "/compare?symbols=QUORB,HAZLO",
    "/statistics?symbol=QUORB&by=hour&range=5D",
    "/sources",
    "/sources/rejects",
    "/watchlists",
    "/watchlists/1/shares",
    "/alerts/rules",
    "/alerts/firings",
    "/alerts/firings/1/deliveries",
    "/alerts/channels",
    "/actions/inbox",
    "/jobs",
    "/jobs/backfills",
    "/jobs/reports?symbol=QUORB",
    "/jobs/compact/runs",
    "/sessions",
    "/sessions/ways",
    "/users",
    "/users/names",
    "/users/invitations",
    "/me",
    "/me/passkeys",
    "/tokens",
    "/audit",
    "/portfolios",
    "/items",
    "/facts",
    "/hand-prices",
    "/mappings",
]

FOR_NOBODY = {
    "GET /{path:path}",
    "GET /sessions/ways",
    "POST /sessions",
    "POST /sessions/refresh",
    "POST /sessions/logout",
    "POST /users/join",
    "POST /users/join/invitation",
    "POST /sessions/passkey",
    "POST /sessions/oidc",
    "GET /sessions/oidc/return",
    "POST /sessions/passkey/options",
}
OF_ONES_OWN = {
    "DELETE /alerts/rules/{number}",
    "POST /alerts/firings/seen",
    "DELETE /portfolios/{number}",
    "DELETE /portfolios/{number}/shares/{person}",
    "DELETE /watchlists/{key}",
    "DELETE /watchlists/{key}/shares/{person}",
    "POST /watchlists",
    "POST /watchlists/{key}/restore",
    "PUT /watchlists/order",
    "PUT /watchlists/{key}",
    "DELETE /sessions/{number}",
    "DELETE /tokens/{number}",
    "DELETE /me/oidc",
    "POST /me/oidc",
    "DELETE /me/passkeys/{number}",
    "POST /me/passkeys",
    "POST /me/passkeys/options",
    "POST /me/password",
    "POST /me/totp",
    "POST /me/totp/confirm",
    "POST /me/totp/remove",
    "POST /sessions/logout-everywhere",
    "POST /tokens",
    "PUT /me",
}
"""What a viewer changes: nothing that others see, but to take back what they share."""


@pytest.fixture(scope="module")
def client(demo_desk: Desk) -> TestClient:
    return TestClient(create_app(demo_desk, jobs=False), base_url="http://127.0.0.1")


def routes(router: object) -> Iterator[APIRoute]:
    """Every route of the application, those of included routers too."""
    for route in router.routes:
        if isinstance(route, APIRoute):
            yield route
        elif hasattr(route, "original_router"):
            yield from routes(route.original_router)


def lines(router: object) -> Iterator[APIWebSocketRoute]:
    """Every line that stays open."""
    for route in router.routes:
        if isinstance(route, APIWebSocketRoute):
            yield route
        elif hasattr(route, "original_router"):
            yield from lines(route.original_router)


def test_every_line_declares_who_may_open_it(client: TestClient):
    found = {
        line.path: least_role([each.call for each in line.dependant.dependencies if each.call])
        for line in lines(client.app)
    }
    assert found == {"/live": Role.VIEWER}


def test_every_route_declares_who_may_call_it(client: TestClient):
    found = {
        f"{','.join(sorted(route.methods))} {route.path}": least_role(
            [dependency.call for dependency in route.dependant.dependencies if dependency.call]
        )
        for route in routes(client.app)
    }
    assert len(found) > len(client.app.openapi()["paths"])
    assert {path for path, role in found.items() if role is None} == set()
    writes = {path: role for path, role in found.items() if not path.startswith("GET")}
    assert {path for path, role in found.items() if role is Role.NOBODY} == FOR_NOBODY
    assert {path for path, role in writes.items() if role is Role.VIEWER} == OF_ONES_OWN


ROLES = {"nobody": Role.NOBODY, "vic": Role.VIEWER, "ann": Role.MEMBER, "bob": Role.MEMBER, "owner": Role.OWNER}


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk with passwords: an owner, two members and a viewer."""
    desk = open_desk(Settings(home=tmp_path_factory.mktemp("locked"), offline=True))
    lock(desk.accounts)
    join(desk.accounts, "ann", "member")
    join(desk.accounts, "bob", "member")
    join(desk.accounts, "vic", "viewer")
    yield desk
    desk.close()


def asked(client: TestClient, route: APIRoute, headers: dict[str, str]) -> int:
    """What one call of a route answers, of things that are not there, and with nothing in its body."""
    (method,) = route.methods
    path = ("" if route.path == "/{path:path}" else "/api/v1") + re.sub(r"\{[^}]*\}", "999", route.path)
    told = {} if method in {"POST", "PUT"} else None
    return client.request(method, path, headers=headers, json=told, follow_redirects=False).status_code


def of_a_browser(desk: Desk, name: str) -> dict[str, str]:
    """What the browser of somebody who has just signed in sends."""
    if name == "nobody":
        return {}
    person = desk.accounts.people.person_named(name)
    assert person is not None
    passes = sessions.begin(desk.accounts, person, HERE)
    cookies = f"openbell_access={passes.access}; openbell_refresh={passes.refresh}"
    return {"cookie": cookies, "x-csrf-token": passes.csrf}


@pytest.mark.parametrize("name", ROLES)
def test_every_route_answers_those_it_declares_and_refuses_the_others(locked: Desk, name: str):
    client = TestClient(create_app(locked, jobs=False), base_url="http://127.0.0.1", raise_server_exceptions=False)
    wrong = []
    for route in routes(client.app):
        least = least_role([each.call for each in route.dependant.dependencies if each.call])
        assert least is not None
        status = asked(client, route, of_a_browser(locked, name))
        if ROLES[name] < least:
            right = status == (401 if name == "nobody" else 403)
        elif route.path.endswith("/sessions/refresh"):
            right = status == (401 if name == "nobody" else 200)
        else:
            right = status not in {401, 403} and status < 500
        if not right:
            wrong.append((route.methods, route.path, status))
    assert wrong == []


@pytest.mark.parametrize("name", ["vic", "ann", "owner"])
@pytest.mark.parametrize("scope", ["read", "write", "admin"])
def test_a_token_may_no_more_than_its_scope_and_its_person(locked: Desk, name: str, scope: Scope):
    client = TestClient(create_app(locked, jobs=False), base_url="http://127.0.0.1", raise_server_exceptions=False)
    person = locked.accounts.people.person_named(name)
    assert person is not None
    bearer, most = token(locked.accounts, person, scope), min(ROLES[name], CAPS[scope])
    wrong = []
    for route in routes(client.app):
        declared = next(each.call for each in route.dependant.dependencies if hasattr(each.call, "least"))
        if declared.least is Role.NOBODY:
            continue
        reads = route.methods == {"GET"}
        refused = declared.least > most or not declared.by_token or (scope == "read" and not reads)
        status = asked(client, route, bearer)
        if (status == 403) is not refused or status == 401:
            wrong.append((route.methods, route.path, status))
    assert wrong == []


@pytest.mark.parametrize("path", EVERYTHING)
def test_every_noun_answers(client: TestClient, path: str):
    answer = client.get(f"/api/v1{path}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_every_documented_get_is_tried(client: TestClient):
    tried = {
        path.partition("?")[0]
        .replace("/QUORB", "/{ticker}")
        .replace("/watchlists/1/", "/watchlists/{key}/")
        .replace("/1/", "/{number}/")
        .replace("/compact/", "/{name}/")
        for path in EVERYTHING
    }
    documented = {path.removeprefix("/api/v1") for path, item in client.app.openapi()["paths"].items() if "get" in item}
    of_a_portfolio = {path for path in documented if path.startswith("/portfolios/")}  # tried where there is one
    assert documented - of_a_portfolio == tried


@pytest.mark.parametrize(
    ("path", "status", "field", "says"),
    [
        ("/bars?symbol=NOPE", 404, None, "no prices of NOPE"),
        ("/symbols/NOPE", 404, None, "no prices of NOPE"),
        ("/actions?symbol=NOPE", 404, None, "no prices of NOPE"),
        ("/bars?symbol=QUORB&interval=7x", 422, "interval", "no interval '7x'"),
        ("/bars?symbol=QUORB&interval=1s", 422, "interval", "cannot make 1s bars"),
        ("/bars?symbol=QUORB&interval=30s", 422, "interval", "cannot make 30s bars"),
        ("/bars?symbol=", 422, "symbol", "No symbol was named"),
        ("/bars?symbol=QUORB&range=2W", 422, "range", "1D"),
        ("/bars?symbol=QUORB&from=yesterday", 422, "from", "not a date"),
        (
            "/bars?symbol=QUORB&from=2026-03-03&to=2026-03-01",
            422,
            "to",
            "ends (2026-03-01) before it starts (2026-03-03)",
        ),
        ("/bars?symbol=QUORB&from=0001-01-01", 422, "from", "no prices in 1"),
        ("/bars?symbol=QUORB&to=9999-12-31T23:59:59-12:00", 422, "to", "no prices in 9999"),
        ("/bars?symbol=QUORB&range=1D&from=2026-03-01", 422, "range", "Both"),
        ("/bars?symbol=QUORB&indicators=nonsense:3", 422, "indicators", "nonsense"),
        ("/bars?symbol=QUORB&adjust=double", 422, "adjust", "adjust"),
        ("/bars?symbol=QUORB&as_of=never", 422, "as_of", "not a date"),
        ("/bars", 422, "symbol", "symbol"),
        ("/compare?symbols=QUORB", 422, "symbols", "1 symbols"),
        ("/compare?symbols=A,B,C,D,E,F,G,H,I", 422, "symbols", "9 symbols"),
        ("/compare?symbols=QUORB,NOPE", 404, None, "NOPE"),
        ("/compare?symbols=QUORB,HAZLO&window=0", 422, "window", "0"),
        ("/market?exchange=MARS", 422, "exchange", "MARS"),
        ("/sources/rejects?limit=0", 422, "limit", "limit"),
        ("/quotes", 422, "symbols", "symbols"),
        ("/jobs/nothing/runs", 404, None, "no job 'nothing'"),
        ("/jobs/reports?limit=0", 422, "limit", "limit"),
        ("/nothing", 404, None, "no /api/v1/nothing"),
    ],
)
def test_bad_input_gets_a_sentence_and_a_remedy(
    client: TestClient, path: str, status: int, field: str | None, says: str
):
    answer = client.get(f"/api/v1{path}")
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status
    assert problem.get("field") == field
    assert says in problem["detail"]


def test_a_range_in_the_future_is_empty_and_says_so(client: TestClient):
    chart = client.get("/api/v1/bars?symbol=QUORB&from=2030-01-01&to=2030-02-01").json()
    assert chart["bars"]["ts"] == []
    assert chart["summary"] == "QUORB has no prices from 1 Jan 2030 to 1 Feb 2030."


def test_another_host_name_is_refused(client: TestClient):
    assert client.get("/api/v1/market", headers={"host": "evil.example"}).status_code == 400


def test_a_write_from_another_site_is_refused(desk: Desk):
    client = TestClient(create_app(desk, jobs=False), base_url="http://127.0.0.1")
    held = WatchBook(desk.ledger).add("Mine", ["ACME"])
    path = f"/api/v1/watchlists/{held.id}"
    refused = client.put(path, json={"symbols": []}, headers={"sec-fetch-site": "cross-site"})
    assert refused.status_code == 403
    assert WatchBook(desk.ledger).lists() == [held]


def test_an_unforeseen_error_tells_nothing_of_the_inside(demo_desk: Desk):
    app = create_app(demo_desk, jobs=False)

    @app.get("/api/v1/boom")
    def boom() -> None:
        raise RuntimeError("the secret is 42")

    app.router.routes.insert(0, app.router.routes.pop())
    answer = TestClient(app, base_url="http://127.0.0.1").get("/api/v1/boom")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert answer.json()["remedy"]


@pytest.mark.parametrize(
    ("as_of", "known"), [("2026-03-04T15:00:00", 0), ("2026-03-04T16:00:00", 1), ("2026-03-04T15:00:00-05:00", 1)]
)
def test_an_instant_without_a_zone_is_utc(client: TestClient, demo_desk: Desk, as_of: str, known: int):
    symbol = demo_desk.lake.actions()["symbol"].item(0)
    answer = client.get("/api/v1/actions", params={"symbol": symbol, "as_of": as_of})
    assert answer.status_code == 200, answer.text
    assert min(len(answer.json()["actions"]), 1) == known


@pytest.mark.parametrize("noun", ["actions", "bars", "statistics"])
def test_an_instant_that_is_none_is_refused(client: TestClient, noun: str):
    answer = client.get(f"/api/v1/{noun}?symbol=QUORB&as_of=never")
    assert (answer.status_code, answer.json()["field"]) == (422, "as_of")


def test_statistics_are_of_what_was_known(client: TestClient):
    def days(**asked: str) -> int:
        return len(
            client.get("/api/v1/statistics", params={"symbol": "QUORB", "interval": "1d", **asked}).json()["bars"]
        )

    assert days() > 100
    assert days(as_of="2000-01-01") == 0


@pytest.mark.parametrize(
    "path", ["/%00", "/" + "a" * 300, "/" + "%F0%9F%98%80" * 100, "/" + "a/" * 200, "/assets/no.js"]
)
def test_a_path_that_neither_a_file_nor_an_address_has_is_not_found(demo_desk: Desk, path: str):
    client = TestClient(create_app(demo_desk, jobs=False), base_url="http://127.0.0.1", raise_server_exceptions=False)
    answer = client.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["remedy"]


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8000", "127.0.0.2", "[::2]:80", "[", "127.0.0.1.evil.example"]
)
def test_another_host_name_is_refused_as_a_problem(client: TestClient, host: str):
    answer = client.get("/api/v1/market", headers={"host": host})
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost", "LOCALHOST:80", "[::1]:8000", "127.0.0.2:8000"])
def test_the_address_that_the_desk_listens_on_is_its_own(tmp_path: Path, host: str):
    desk = open_desk(Settings(home=tmp_path, offline=True, host="127.0.0.2"))
    client = TestClient(create_app(desk, jobs=False), base_url="http://127.0.0.2")
    assert client.get("/api/v1/market", headers={"host": host}).status_code == 200
    desk.close()


def test_a_package_behind_a_link_serves_its_page(tmp_path: Path):
    (tmp_path / "openbell").symlink_to(Path(openbell.__file__).parent, target_is_directory=True)
    program = "from openbell.api import app; print(app.__file__, app.PAGE == app.PAGE.resolve())"
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.split() == [str(tmp_path / "openbell" / "api" / "app.py"), "True"]
