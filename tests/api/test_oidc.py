"""Signing in by another site, over a real socket."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from joserfc.jwk import ECKey, OctKey

from openbell.accounts import joining, oidc
from openbell.api.app import create_app
from openbell.desk import Desk, open_desk
from openbell.settings import Settings
from people import API, HERE, NOON, PASSWORD, Watch, browser, deeds, join, lock, signed_in
from provider import Provider, provider

SENTENCE = "a sentence of my own"


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def theirs() -> Iterator[Provider]:
    with provider(NOON.timestamp()) as running:
        yield running


def opened(folder: Path, watch: Watch, theirs: Provider, **more: str) -> Iterator[Desk]:
    there = {"oidc_issuer": theirs.issuer, "oidc_client": "desk", "oidc_secret": "between us", **more}
    desk = open_desk(Settings(home=folder / "home", offline=True, **there), watch)
    lock(desk.accounts)
    yield desk
    desk.close()


@pytest.fixture
def desk(tmp_path: Path, watch: Watch, theirs: Provider) -> Iterator[Desk]:
    yield from opened(tmp_path, watch, theirs)


@pytest.fixture
def app(desk: Desk) -> FastAPI:
    return create_app(desk, jobs=False)


def there(client: TestClient, path: str = "/sessions/oidc", **told: str) -> str:
    answer = client.post(f"{API}{path}", json=told)
    assert answer.status_code == 200, answer.text
    return answer.json()["address"]


def back(client: TestClient, code: str, state: str) -> str:
    """Where the browser is sent to once it comes back."""
    answer = client.get(f"{API}/sessions/oidc/return", params={"code": code, "state": state}, follow_redirects=False)
    assert answer.status_code == 303
    return answer.headers["location"]


def came(client: TestClient, theirs: Provider, path: str = "/sessions/oidc", **told: str) -> str:
    return back(client, *theirs.authorize(there(client, path, **told)))


def linked(desk: Desk, theirs: Provider) -> None:
    """Ann, who signs in by the provider too."""
    ann = join(desk.accounts, "Ann", "member")
    desk.accounts.passkeys.link(theirs.issuer, "u-1", ann.id, desk.accounts.deed(ann, "linked", HERE))


def test_who_is_linked_signs_in_by_the_provider(desk: Desk, app: FastAPI, theirs: Provider):
    join(desk.accounts, "Ann", "member")
    assert came(signed_in(app, "ann"), theirs, "/me/oidc", password=PASSWORD) == "/"
    client = browser(app)
    assert client.get(f"{API}/sessions/ways").json()["oidc"] is True
    assert came(client, theirs) == "/"
    me = client.get(f"{API}/me").json()
    assert (me["name"], me["role"], me["linked"]) == ("Ann", "member", True)
    assert deeds(desk)[0] == "signed in by login provider"
    body = theirs.bodies[-1]
    assert body["redirect_uri"] == "http://127.0.0.1/api/v1/sessions/oidc/return"
    assert "client_secret" not in body


@pytest.mark.parametrize(
    ("to", "there"),
    [
        ("/portfolio/3?range=5Y#lots", "/portfolio/3?range=5Y#lots"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example/", "/"),
        ("\\\\evil.example/", "/"),
        ("/\t/evil.example/", "/"),
        ("/\n/evil.example/", "/"),
        (" //evil.example/", "/"),
        ("/ /evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("evil.example", "/"),
        ("/\u2215evil.example", "/"),
        ("/a\r\nset-cookie: a=b", "/"),
        ("/" + "a" * 1_000, "/"),
        ("", "/"),
    ],
)
def test_who_comes_back_goes_on_to_where_they_were_and_to_no_other_site(
    desk: Desk, app: FastAPI, theirs: Provider, to: str, there: str
):
    linked(desk, theirs)
    assert came(browser(app), theirs, to=to) == there


def test_linking_needs_the_password_and_unlinking_one_to_go_on_with(desk: Desk, app: FastAPI, theirs: Provider):
    linked(desk, theirs)
    client = signed_in(app, "ann")
    refused = client.post(f"{API}/me/oidc", json={"password": "wrong"})
    assert (refused.status_code, refused.json()["field"]) == (422, "password")
    assert client.delete(f"{API}/me/oidc").status_code == 204
    assert came(browser(app), theirs) == "/sign-in?refused=unknown"


def test_a_login_of_the_provider_is_one_persons(desk: Desk, app: FastAPI, theirs: Provider):
    linked(desk, theirs)
    join(desk.accounts, "Bob", "member")
    assert came(signed_in(app, "bob"), theirs, "/me/oidc", password=PASSWORD) == "/sign-in?refused=refused"
    client = browser(app)
    came(client, theirs)
    assert client.get(f"{API}/me").json()["name"] == "Ann"


def test_nobody_unknown_comes_in_without_an_invitation(desk: Desk, app: FastAPI, theirs: Provider):
    assert came(browser(app), theirs) == "/sign-in?refused=unknown"
    _, secret = joining.invite(desk.accounts, desk.accounts.person(1), "member", 7, HERE)
    client = browser(app)
    assert came(client, theirs, invitation=secret) == "/"
    me = client.get(f"{API}/me").json()
    assert (me["name"], me["role"], me["password"]) == ("Ann", "member", False)
    client.headers["x-csrf-token"] = client.cookies["openbell_csrf"]
    assert client.delete(f"{API}/me/oidc").status_code == 422
    assert client.post(f"{API}/me/password", json={"new_password": SENTENCE}).status_code == 204
    theirs.claims = {"sub": "u-2"}
    assert came(browser(app), theirs, invitation=secret) == "/sign-in?refused=refused"


@pytest.mark.parametrize(
    ("told", "name"), [("Owner", "Owner 2"), ("\u200b", "guest"), (None, "guest"), ("x" * 99, "guest")]
)
def test_where_signing_up_is_open_a_new_name_is_found(
    tmp_path: Path, watch: Watch, theirs: Provider, told: str | None, name: str
):
    theirs.claims = {"preferred_username": told}
    for desk in opened(tmp_path, watch, theirs, signup="open"):
        client = browser(create_app(desk, jobs=False))
        assert came(client, theirs) == "/"
        assert client.get(f"{API}/me").json()["name"] == name
        assert client.get(f"{API}/me").json()["role"] == "viewer"


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://evil.example"},
        {"aud": "another"},
        {"aud": ["desk", "another"]},
        {"aud": ["desk"], "azp": "another"},
        {"exp": int(NOON.timestamp()) - 61},
        {"exp": None},
        {"exp": "soon"},
        {"nonce": "another"},
        {"nonce": None},
        {"sub": None},
        {"sub": ""},
        {"sub": 5},
    ],
)
def test_what_is_said_of_another_login_opens_nothing(
    desk: Desk, app: FastAPI, theirs: Provider, claims: dict[str, Any]
):
    linked(desk, theirs)
    theirs.claims = claims
    assert came(browser(app), theirs) == "/sign-in?refused=failed"


@pytest.mark.parametrize(
    ("header", "key"),
    [
        ({"alg": "ES256", "kid": "one"}, ECKey.generate_key("P-256")),
        ({"alg": "HS256"}, OctKey.import_key("between us, the client's secret.")),
        ({"alg": "none"}, OctKey.import_key("between us, the client's secret.")),
    ],
    ids=["another key", "the shared secret", "unsigned"],
)
def test_what_the_provider_has_not_signed_opens_nothing(
    desk: Desk, app: FastAPI, theirs: Provider, header: dict[str, str], key: Any
):
    linked(desk, theirs)
    theirs.header, theirs.signing = header, key
    assert came(browser(app), theirs) == "/sign-in?refused=failed"


def test_a_login_ends_in_the_browser_that_began_it_once_and_in_time(
    desk: Desk, app: FastAPI, theirs: Provider, watch: Watch
):
    linked(desk, theirs)
    client, other = browser(app), browser(app)
    code, state = theirs.authorize(there(client))
    assert back(other, code, state) == "/sign-in?refused=late"
    there(other)
    assert back(other, code, state) == "/sign-in?refused=late"
    assert back(client, code, "guess") == "/sign-in?refused=late"
    assert back(client, code, state) == "/sign-in?refused=late"  # one try, right or wrong
    code, state = theirs.authorize(there(client))
    watch.go(minutes=10)
    assert back(client, code, state) == "/sign-in?refused=late"
    theirs.now = watch().timestamp()
    assert came(client, theirs) == "/"


def test_the_cookie_of_the_way_comes_back_from_another_site_and_is_hidden(app: FastAPI):
    answer = browser(app).post(f"{API}/sessions/oidc", json={})
    (cookie,) = answer.headers.get_list("set-cookie")
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("/token", (500, b"{}")),
        ("/token", (200, b"nonsense")),
        ("/token", (200, b"[]")),
        ("/token", (200, b"{}")),
        ("/token", (302, b"{}")),
        ("/keys", (200, b'{"keys": [{"kty": "oct", "k": "YQ"}]}')),
        ("/keys", (200, b'{"keys": 5}')),
        ("/keys", (200, b" " * 1_000_001 + b"{}")),
    ],
)
def test_a_provider_that_answers_nonsense_opens_nothing(
    desk: Desk, app: FastAPI, theirs: Provider, path: str, answer: tuple[int, bytes]
):
    linked(desk, theirs)
    theirs.raw[path] = answer
    assert came(browser(app), theirs) == "/sign-in?refused=failed"


@pytest.mark.parametrize(
    ("found", "says"),
    [
        ({"issuer": "https://evil.example"}, "calls itself 'https://evil.example'"),
        ({"authorization_endpoint": "http://evil.example/"}, "no https address"),
        ({"token_endpoint": 5}, "does not tell its token_endpoint"),
        ({"jwks_uri": "file:///etc/passwd"}, "no https address"),
    ],
)
def test_a_provider_that_is_not_what_was_set_is_not_gone_to(
    app: FastAPI, theirs: Provider, found: dict[str, Any], says: str
):
    theirs.found = found
    answer = browser(app).post(f"{API}/sessions/oidc", json={})
    assert (answer.status_code, says in answer.json()["detail"]) == (502, True)


def test_a_provider_that_is_away_is_told(tmp_path: Path, watch: Watch):
    nowhere = Provider(issuer="http://127.0.0.1:9")
    for desk in opened(tmp_path, watch, nowhere):
        answer = browser(create_app(desk, jobs=False)).post(f"{API}/sessions/oidc", json={})
        assert (answer.status_code, answer.json()["detail"]) == (502, "The login provider does not answer.")


def test_going_to_the_provider_too_often_takes_a_wait(app: FastAPI):
    client = browser(app)
    for _ in range(oidc.BEGUN.free):
        there(client)
    answer = client.post(f"{API}/sessions/oidc", json={})
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "1")


def gone(app: FastAPI) -> str:
    """What is told to somebody who cannot go to the provider."""
    return browser(app).post(f"{API}/sessions/oidc", json={}).json()["detail"]


def test_a_provider_that_is_silent_holds_few(tmp_path: Path, watch: Watch):
    with socket.create_server(("127.0.0.1", 0)) as silent, ThreadPoolExecutor(oidc.AT_ONCE) as pool:
        theirs = Provider(issuer=f"http://127.0.0.1:{silent.getsockname()[1]}")
        for desk in opened(tmp_path, watch, theirs):
            app = create_app(desk, jobs=False)
            waiting = [pool.submit(gone, app) for _ in range(oidc.AT_ONCE)]
            lines = [silent.accept()[0] for _ in waiting]
            assert gone(app) == "Many wait for the login provider."
            for line in lines:
                line.close()
            assert {each.result() for each in waiting} == {"The login provider does not answer."}
            assert browser(app).get(f"{API}/sessions/ways").status_code == 200


def test_a_desk_without_a_provider_says_so(tmp_path: Path, watch: Watch, theirs: Provider):
    for desk in opened(tmp_path, watch, theirs, oidc_issuer=""):
        assert browser(create_app(desk, jobs=False)).post(f"{API}/sessions/oidc", json={}).status_code == 404


def test_who_is_kept_out_is_so_by_the_provider_too(desk: Desk, app: FastAPI, theirs: Provider):
    linked(desk, theirs)
    deed = desk.accounts.deed(None, "disabled", HERE)
    ann = desk.accounts.people.person_named("ann")
    assert ann is not None
    desk.accounts.people.disable(ann.id, disabled=True, deed=deed)
    assert came(browser(app), theirs) == "/sign-in?refused=late"
