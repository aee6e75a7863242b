"""Accounts as a browser and a program meet them."""

from __future__ import annotations

from collections.abc import Iterator
from http.cookies import SimpleCookie
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.testclient import WebSocketDenialResponse
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocketDisconnect

from openbell.accounts import login, totp
from openbell.api import live
from openbell.api.app import create_app
from openbell.desk import Desk, open_desk
from openbell.settings import Settings
from people import API, HERE, PASSWORD, Watch, browser, deeds, join, lock, signed_in, token

SENTENCE = "a sentence of my own"
LIVE = "ws://127.0.0.1/api/v1/live"


@pytest.fixture
def watch() -> Watch:
    return Watch()


def opened(folder: Path, watch: Watch, **more: str) -> Iterator[Desk]:
    desk = open_desk(Settings(home=folder / "home", offline=True, **more), watch)
    yield desk
    desk.close()


@pytest.fixture
def desk(tmp_path: Path, watch: Watch) -> Iterator[Desk]:
    yield from opened(tmp_path, watch)


@pytest.fixture
def app(desk: Desk) -> FastAPI:
    return create_app(desk, jobs=False)


@pytest.fixture
def locked(desk: Desk, app: FastAPI) -> FastAPI:
    """A desk with an owner who has a password, a member and a viewer."""
    lock(desk.accounts)
    join(desk.accounts, "Ann", "member")
    join(desk.accounts, "Vic", "viewer")
    return app


def test_whoever_is_here_owns_a_desk_until_an_owner_has_a_password(app: FastAPI):
    client = browser(app)
    assert client.get(f"{API}/sessions/ways").json() == {"open": True, "oidc": False, "signup": "invite"}
    me = client.get(f"{API}/me").json()
    assert (me["id"], me["name"], me["role"], me["open"], me["password"]) == (1, "owner", "owner", True, False)
    assert client.post(f"{API}/me/password", json={"new_password": "short"}).json()["field"] == "new_password"
    assert client.post(f"{API}/me/password", json={"new_password": SENTENCE}).status_code == 204
    assert client.get(f"{API}/me").json()["open"] is False  # signed in by the same answer
    entries = client.get(f"{API}/audit").json()["entries"]
    assert "first password set" in [each["what"] for each in entries]
    stranger = browser(app)
    answer = stranger.get(f"{API}/me")
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert answer.json()["remedy"] == "Sign in."
    assert stranger.get(f"{API}/sessions/ways").json()["open"] is False
    assert signed_in(app, "Owner", SENTENCE).get(f"{API}/me").json()["role"] == "owner"


def test_what_was_made_at_an_open_desk_lets_nobody_in_once_it_is_locked(desk: Desk, app: FastAPI):
    here = browser(app)
    made = here.post(f"{API}/tokens", json={"name": "script", "scope": "admin", "days": 366}).json()
    program = {"authorization": f"Bearer {made['secret']}"}
    assert browser(app).get(f"{API}/users", headers=program).status_code == 200
    assert here.post(f"{API}/me/password", json={"new_password": SENTENCE}).status_code == 204
    assert browser(app).get(f"{API}/users", headers=program).status_code == 401
    assert "tokens of the open desk ended" in deeds(desk)
    own_one = here.post(f"{API}/tokens", json={"name": "mine", "password": SENTENCE}, headers=csrf_of(here))
    again = here.post(
        f"{API}/me/password", json={"password": SENTENCE, "new_password": PASSWORD}, headers=csrf_of(here)
    )
    assert again.status_code == 204
    kept = {"authorization": f"Bearer {own_one.json()['secret']}"}
    assert browser(app).get(f"{API}/me", headers=kept).status_code == 200


@pytest.mark.parametrize("by", ["an owner who is added", "a member who becomes one", "an owner who is let in again"])
def test_the_desk_is_locked_by_any_owner_with_a_password(desk: Desk, app: FastAPI, by: str):
    first = desk.accounts.person(1)
    program = token(desk.accounts, first)
    ann = join(desk.accounts, "Ann", "owner" if "added" in by else "member")
    people, deed = desk.accounts.people, desk.accounts.deed(None, "done", HERE)
    if "becomes" in by:
        people.change_role(ann.id, "owner", deed)
    elif "let in" in by:
        people.disable(ann.id, disabled=True, deed=deed)
        people.change_role(ann.id, "owner", deed)
        assert browser(app).get(f"{API}/me", headers=program).status_code == 200
        people.disable(ann.id, disabled=False, deed=deed)
    assert browser(app).get(f"{API}/me", headers=program).status_code == 401


def csrf_of(client: TestClient) -> dict[str, str]:
    return {"x-csrf-token": client.cookies["openbell_csrf"]}


def test_the_cookies_are_hidden_from_scripts_and_other_sites(locked: FastAPI):
    answer = browser(locked).post(f"{API}/sessions", json={"name": "ann", "password": PASSWORD})
    found = {}
    for header in answer.headers.get_list("set-cookie"):
        ((name, cookie),) = SimpleCookie(header).items()
        found[name] = (cookie["path"], bool(cookie["httponly"]), cookie["samesite"], bool(cookie["secure"]))
    assert found == {
        "openbell_access": ("/api", True, "strict", False),
        "openbell_csrf": ("/", False, "strict", False),
        "openbell_refresh": ("/api/v1/sessions", True, "strict", False),
        "openbell_device": ("/api/v1/sessions", True, "strict", False),
    }
    assert set(answer.json()) == {"id", "name", "role", "access_until"}


@pytest.mark.parametrize(("host", "asked"), [("127.0.0.1", "desk.example"), ("192.0.2.1", "127.0.0.1")])
def test_beyond_loopback_cookies_need_tls(tmp_path: Path, watch: Watch, host: str, asked: str):
    for desk in opened(tmp_path, watch, host=host, names="desk.example, other.example"):
        lock(desk.accounts)
        client = TestClient(create_app(desk, jobs=False), base_url=f"https://{asked}")
        answer = client.post(f"{API}/sessions", json={"name": "owner", "password": PASSWORD})
        assert answer.status_code == 201
        assert all("; secure" in header.lower() for header in answer.headers.get_list("set-cookie"))
        assert client.get(f"{API}/me", headers={"host": "evil.example"}).status_code == 400


def test_a_desk_that_others_reach_is_nobodys_without_a_password(tmp_path: Path, watch: Watch):
    for desk in opened(tmp_path, watch, host="192.0.2.1"):
        client = TestClient(create_app(desk, jobs=False), base_url="http://192.0.2.1")
        assert client.get(f"{API}/me").status_code == 401
        assert client.get(f"{API}/sessions/ways").json()["open"] is False


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "desk.example"},
        {"x-forwarded-for": "203.0.113.9"},
        {"x-forwarded-proto": "https"},
        {"x-real-ip": "203.0.113.9"},
        {"forwarded": "for=203.0.113.9"},
        {"via": "1.1 proxy"},
    ],
)
def test_whoever_comes_through_a_proxy_is_nobody_without_a_password(
    tmp_path: Path, watch: Watch, headers: dict[str, str]
):
    for desk in opened(tmp_path, watch, names="desk.example"):
        client = browser(create_app(desk, jobs=False))
        assert client.get(f"{API}/me").json()["role"] == "owner"
        assert client.get(f"{API}/me", headers=headers).status_code == 401
        assert client.get(f"{API}/sessions/ways", headers=headers).json()["open"] is False
        taken = client.post(f"{API}/me/password", json={"new_password": SENTENCE}, headers=headers)
        assert (taken.status_code, desk.accounts.people.locked()) == (401, False)


def test_a_proxy_that_tells_nothing_is_known_by_its_old_protocol(app: FastAPI):
    async def as_nginx(scope: Scope, receive: Receive, send: Send) -> None:
        await app({**scope, "http_version": "1.0"}, receive, send)

    client = TestClient(as_nginx, base_url="http://127.0.0.1")
    assert client.get(f"{API}/me").status_code == 401
    assert client.get(f"{API}/sessions/ways").json()["open"] is False


def test_a_change_needs_the_mark_of_the_desks_own_page(locked: FastAPI):
    client = signed_in(locked, "ann")
    right = client.headers.pop("x-csrf-token")
    for mark in (None, "", "guess", signed_in(locked, "ann").headers["x-csrf-token"]):
        headers = {} if mark is None else {"x-csrf-token": mark}
        answer = client.put(f"{API}/me", json={"name": "Eve"}, headers=headers)
        assert answer.status_code == 403
        assert "X-CSRF-Token" in answer.json()["remedy"]
    assert client.get(f"{API}/me").json()["name"] == "Ann"
    assert client.put(f"{API}/me", json={"name": "Eve"}, headers={"x-csrf-token": right}).json()["name"] == "Eve"


@pytest.mark.parametrize(
    "headers", [{"sec-fetch-site": "same-site"}, {"origin": "http://evil.example"}, {"origin": "null"}]
)
def test_another_sites_page_signs_nobody_in(locked: FastAPI, headers: dict[str, str]):
    typed = {"name": "ann", "password": PASSWORD}
    assert browser(locked).post(f"{API}/sessions", json=typed, headers=headers).status_code == 403


def test_a_login_is_refreshed_and_ends(desk: Desk, locked: FastAPI, watch: Watch):
    client = signed_in(locked, "ann")
    watch.go(minutes=10)
    assert client.get(f"{API}/me").status_code == 401
    assert client.post(f"{API}/sessions/refresh").status_code == 200
    assert client.get(f"{API}/me").status_code == 200
    assert client.post(f"{API}/sessions/logout").status_code == 204
    assert client.get(f"{API}/me").status_code == 401
    assert "openbell_refresh" not in client.cookies
    assert deeds(desk)[:2] == ["signed out", "signed in"]


def test_a_copied_refresh_token_ends_the_login(desk: Desk, locked: FastAPI, watch: Watch):
    client = signed_in(locked, "ann")
    thief = browser(locked)
    for name in ("openbell_refresh", "openbell_csrf"):
        thief.cookies.set(name, client.cookies[name])
    thief.headers["x-csrf-token"] = client.headers["x-csrf-token"]
    assert client.post(f"{API}/sessions/refresh").status_code == 200
    watch.go(minutes=1)
    assert thief.post(f"{API}/sessions/refresh").status_code == 401
    assert client.get(f"{API}/me").status_code == 401
    assert deeds(desk)[0] == "session ended: refresh token came twice"


def test_a_person_sees_and_ends_their_own_logins_only(locked: FastAPI):
    client, phone, vic = signed_in(locked, "ann"), signed_in(locked, "ann"), signed_in(locked, "vic")
    held = client.get(f"{API}/sessions").json()["sessions"]
    assert [each["current"] for each in held] == [True, False]
    assert vic.delete(f"{API}/sessions/{held[1]['id']}").status_code == 422
    assert client.delete(f"{API}/sessions/{held[1]['id']}").status_code == 204
    assert phone.get(f"{API}/me").status_code == 401
    assert client.post(f"{API}/sessions/logout-everywhere", json={}).status_code == 204
    assert client.get(f"{API}/me").status_code == 401
    assert vic.get(f"{API}/me").status_code == 200


def test_too_many_tries_are_told_when_the_next_is_heard(locked: FastAPI):
    client = browser(locked)
    wrong = {"name": "ann", "password": "wrong"}
    statuses = [client.post(f"{API}/sessions", json=wrong).status_code for _ in range(login.NAME.free)]
    assert statuses == [401] * login.NAME.free
    answer = client.post(f"{API}/sessions", json=wrong)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "1")
    assert answer.json()["remedy"] == "Try again in 1 second."


def test_a_code_is_set_up_and_asked_for(locked: FastAPI, watch: Watch):
    client = signed_in(locked, "ann")
    assert client.post(f"{API}/me/totp", json={"password": "wrong"}).json()["field"] == "password"
    told = client.post(f"{API}/me/totp", json={"password": PASSWORD}).json()
    secret = totp.base64.b32decode(told["secret"])
    recovery = client.post(f"{API}/me/totp/confirm", json={"code": totp.code_of(secret, totp.step_at(watch()))})
    assert len(recovery.json()["recovery"]) == 10
    assert client.get(f"{API}/me").json()["codes"] is True
    typed = {"name": "ann", "password": PASSWORD}
    asked = browser(locked).post(f"{API}/sessions", json=typed)
    assert (asked.status_code, asked.json()["field"]) == (401, "code")
    answer = browser(locked).post(f"{API}/sessions", json={**typed, "code": recovery.json()["recovery"][0]})
    assert answer.status_code == 201
    assert client.get(f"{API}/me").json()["recovery_left"] == 9
    assert client.post(f"{API}/me/totp/remove", json={"password": PASSWORD}).status_code == 204
    assert signed_in(locked, "ann").get(f"{API}/me").json()["codes"] is False


def test_somebody_is_invited_and_joins(locked: FastAPI, app: FastAPI):
    owner = signed_in(locked, "owner")
    made = owner.post(f"{API}/users/invitations", json={"role": "member"}).json()
    listed = owner.get(f"{API}/users/invitations").json()["invitations"]
    assert listed == [{name: value for name, value in made.items() if name != "secret"}]
    client = browser(app)
    joining = {"name": "Bob", "password": SENTENCE}
    refused = client.post(f"{API}/users/join", json=joining)
    assert (refused.status_code, refused.json()["remedy"]) == (403, "Ask its owner for one.")
    shown = {"invitation": made["secret"]}
    told = client.post(f"{API}/users/join/invitation", json=shown)
    assert (told.status_code, told.json()["role"]) == (200, made["role"])
    answer = client.post(f"{API}/users/join", json={**joining, "invitation": made["secret"]})
    used = browser(app).post(f"{API}/users/join/invitation", json=shown)
    assert (used.status_code, used.json()["field"]) == (422, "invitation")
    assert (answer.status_code, answer.json()["role"]) == (201, "member")
    assert client.get(f"{API}/me").json()["name"] == "Bob"
    again = browser(app).post(f"{API}/users/join", json={**joining, "name": "Eve", "invitation": made["secret"]})
    assert (again.status_code, again.json()["field"]) == (422, "invitation")


def test_honest_mistakes_with_valid_invitations_lock_no_address(locked: FastAPI, app: FastAPI):
    owner = signed_in(locked, "owner")
    secrets = [owner.post(f"{API}/users/invitations", json={"role": "member"}).json()["secret"] for _ in range(2)]

    def status(name: str, password: str, secret: str) -> int:
        joining = {"name": name, "password": password, "invitation": secret}
        return browser(app).post(f"{API}/users/join", json=joining).status_code

    assert [status("Bob", "password1", secrets[0]) for _ in range(6)] == [422] * 6
    assert [status("Bob", SENTENCE, "guessed") for _ in range(6)] == [422] * 5 + [429]
    assert [status("Bob", SENTENCE, each) for each in secrets] == [201, 422]  # the second of that name
    assert status("Eve", SENTENCE, secrets[1]) == 201
    assert status("Tom", SENTENCE, secrets[1]) == 422  # used; the right one has lifted the brake


def test_looking_at_invitations_is_braked_like_joining(locked: FastAPI, app: FastAPI):
    owner = signed_in(locked, "owner")
    secrets = [owner.post(f"{API}/users/invitations", json={"role": "member"}).json()["secret"] for _ in range(2)]

    def status(secret: str) -> int:
        return browser(app).post(f"{API}/users/join/invitation", json={"invitation": secret}).status_code

    assert [status("guessed") for _ in range(6)] == [422] * 5 + [429]
    joining = {"name": "Bob", "password": SENTENCE, "invitation": "guessed"}
    assert browser(app).post(f"{API}/users/join", json=joining).status_code == 429  # of one count
    assert [status(secrets[0]) for _ in range(21)] == [200] * 20 + [429]
    assert status(secrets[1]) == 200
    answer = browser(app).post(f"{API}/users/join", json={**joining, "invitation": secrets[0]})
    assert answer.status_code == 201  # who looked often may join


def test_nobody_is_invited_to_a_desk_that_is_open(app: FastAPI):
    answer = browser(app).post(f"{API}/users/invitations", json={"role": "member"})
    assert (answer.status_code, answer.json()["detail"]) == (403, "Set a password of your own first.")


def test_where_signing_up_is_open_whoever_comes_is_a_viewer(tmp_path: Path, watch: Watch):
    for desk in opened(tmp_path, watch, signup="open"):
        lock(desk.accounts)
        answer = browser(create_app(desk, jobs=False)).post(
            f"{API}/users/join", json={"name": "Eve", "password": SENTENCE}
        )
        assert (answer.status_code, answer.json()["role"]) == (201, "viewer")


def test_the_owner_changes_what_others_may_at_once(desk: Desk, locked: FastAPI):
    owner, ann = signed_in(locked, "owner"), signed_in(locked, "ann")
    number = ann.get(f"{API}/me").json()["id"]
    assert ann.get(f"{API}/users").status_code == 403
    changed = owner.put(f"{API}/users/{number}", json={"role": "owner"})
    assert changed.json()["role"] == "owner"
    assert len(ann.get(f"{API}/users").json()["people"]) == 3
    assert owner.put(f"{API}/users/{number}", json={"disabled": True, "role": "viewer"}).json()["disabled"] is True
    assert ann.get(f"{API}/me").status_code == 401
    assert owner.put(f"{API}/users/{number}", json={"disabled": False}).json()["disabled"] is False
    assert ann.get(f"{API}/me").status_code == 401  # the login of before holds no more
    last = owner.put(f"{API}/users/1", json={"role": "viewer"})
    assert (last.status_code, last.json()["detail"]) == (422, "Person 1 is the last owner who can sign in.")
    assert owner.delete(f"{API}/users/{number}").status_code == 204
    entries = owner.get(f"{API}/audit?limit=7").json()["entries"]
    assert [(each["name"], each["what"], each["about"]) for each in entries] == [
        ("owner", "removed", "Ann"),
        ("owner", "ended all sessions", "Ann"),
        ("owner", "let in again", "Ann"),
        ("owner", "ended all sessions", "Ann"),
        ("owner", "disabled", "Ann"),
        ("owner", "role changed", "Ann: owner to viewer"),
        ("owner", "role changed", "Ann: member to owner"),
    ]
    assert {each["address"] for each in entries} == {""}  # the test's client has none


def test_the_log_is_asked_for_one_person_or_one_kind_of_deed_however_long_ago(locked: FastAPI):
    owner = signed_in(locked, "owner")
    browser(locked).post(f"{API}/sessions", json={"name": "nobody here", "password": PASSWORD})
    for name in ("One", "Two", "Three"):
        owner.put(f"{API}/me", json={"name": name})
    told = owner.get(f"{API}/audit", params={"limit": 1, "what": "signed in"}).json()
    assert [(each["name"], each["what"]) for each in told["entries"]] == [("owner", "signed in")]
    assert {"renamed", "signed in"} < set(told["kinds"])
    assert {"owner", "One"} < set(told["names"])
    found = owner.get(f"{API}/audit", params={"name": "One", "limit": 1}).json()["entries"]
    assert [(each["name"], each["what"]) for each in found] == [("One", "renamed")]
    older = owner.get(f"{API}/audit", params={"name": "One", "before": found[0]["id"]}).json()["entries"]
    assert older == []
    assert {each["name"] for each in owner.get(f"{API}/audit?name=").json()["entries"]} <= {""}
    assert owner.get(f"{API}/audit?name=Ann&what=renamed").json()["entries"] == []


@pytest.mark.parametrize(
    ("said", "kept"), [("203.0.113.9", "203.0.113.9"), ("2001:db8::0:1", "2001:db8::1"), ("9" * 3_000, ""), ("x", "")]
)
def test_an_address_is_one_or_none(desk: Desk, locked: FastAPI, said: str, kept: str):
    client = TestClient(locked, base_url="http://127.0.0.1", client=(said, 5))
    assert client.post(f"{API}/sessions", json={"name": "ann", "password": PASSWORD}).status_code == 201
    assert desk.accounts.audit.entries(limit=1)[0].deed.address == kept


def test_members_know_with_whom_to_share_and_viewers_do_not(locked: FastAPI):
    names = signed_in(locked, "ann").get(f"{API}/users/names").json()["people"]
    assert names == [{"id": 1, "name": "owner"}, {"id": 2, "name": "Ann"}, {"id": 3, "name": "Vic"}]
    assert signed_in(locked, "vic").get(f"{API}/users/names").status_code == 403


# programs


def test_a_token_that_only_reads_tells_the_role_of_its_person(desk: Desk, locked: FastAPI):
    ann = desk.accounts.people.person_named("ann")
    assert ann is not None
    assert browser(locked).get(f"{API}/me", headers=token(desk.accounts, ann, "read")).json()["role"] == "member"


def test_a_token_is_shown_once_and_works_without_cookies(locked: FastAPI):
    client = signed_in(locked, "ann")
    asked = {"name": "script", "scope": "write", "days": 30}
    assert client.post(f"{API}/tokens", json=asked).json()["field"] == "password"
    made = client.post(f"{API}/tokens", json={**asked, "password": PASSWORD}).json()
    assert "secret" not in client.get(f"{API}/tokens").json()["tokens"][0]
    program = browser(locked)
    program.headers["authorization"] = f"Bearer {made['secret']}"
    assert program.get(f"{API}/me").json()["role"] == "member"
    assert program.post(f"{API}/alerts/firings/seen").status_code != 403  # no mark of a page is needed
    assert client.delete(f"{API}/tokens/{made['id']}").status_code == 204
    assert program.get(f"{API}/me").status_code == 401


def test_nobody_touches_the_tokens_of_another(desk: Desk, locked: FastAPI):
    ann = desk.accounts.people.person_named("ann")
    assert ann is not None
    token(desk.accounts, ann)
    vic = signed_in(locked, "vic")
    assert vic.get(f"{API}/tokens").json() == {"tokens": []}
    assert vic.delete(f"{API}/tokens/1").status_code == 422


@pytest.mark.parametrize("header", ["Bearer obt_guess", "Bearer ", b"bearer \xc3\xa9", "Bearer a b"])
def test_a_token_that_is_none_is_refused_also_where_nobody_needs_to_sign_in(app: FastAPI, header: str | bytes):
    assert browser(app).get(f"{API}/me", headers={"authorization": header}).status_code == 401


def test_what_a_proxy_says_to_itself_is_no_token(app: FastAPI):
    assert browser(app).get(f"{API}/me", headers={"authorization": "Basic YTpi"}).status_code == 200


@pytest.mark.parametrize("cookie", ["", "a.b.c", "x" * 5_000, "eyJhbGciOiJub25lIn0.eyJzaWQiOjF9."])
def test_a_forged_cookie_is_nobodys(locked: FastAPI, cookie: str):
    assert browser(locked).get(f"{API}/me", headers={"cookie": f"openbell_access={cookie}"}).status_code == 401


# live prices


def test_the_line_of_live_prices_is_opened_by_those_who_may(desk: Desk, locked: FastAPI):
    with pytest.raises(WebSocketDenialResponse) as told, browser(locked).websocket_connect(LIVE):
        pass
    assert told.value.status_code == 401
    with signed_in(locked, "vic").websocket_connect(LIVE) as line:
        line.send_json({"symbols": []})
    vic = desk.accounts.people.person_named("vic")
    assert vic is not None
    with browser(locked).websocket_connect(LIVE, headers=token(desk.accounts, vic, "read")) as line:
        line.send_json({"symbols": []})


@pytest.mark.parametrize("by", ["login", "token"])
def test_the_line_ends_with_the_login(desk: Desk, locked: FastAPI, monkeypatch: pytest.MonkeyPatch, by: str):
    monkeypatch.setattr(live, "LOGIN_S", 0.01)
    ann = desk.accounts.people.person_named("ann")
    assert ann is not None
    headers = token(desk.accounts, ann, "read") if by == "token" else {}
    client = browser(locked) if by == "token" else signed_in(locked, "ann")
    with client.websocket_connect(LIVE, headers=headers) as line:
        line.send_json({"symbols": []})
        desk.accounts.people.disable(ann.id, disabled=True, deed=desk.accounts.deed(None, "disabled", login.Place()))
        with pytest.raises(WebSocketDisconnect) as ended:
            line.receive_json()
    assert (ended.value.code, ended.value.reason) == (1008, "Your login has ended.")


def test_no_answer_and_no_log_holds_a_secret(desk: Desk, locked: FastAPI, caplog: pytest.LogCaptureFixture):
    client = signed_in(locked, "owner")
    secrets = [PASSWORD, client.cookies["openbell_access"], client.cookies["openbell_csrf"], "argon2", "obt_"]
    paths = ["/me", "/users", "/audit", "/tokens", "/sessions", "/users/invitations", "/sources", "/jobs"]
    assert client.post(f"{API}/tokens", json={"name": "script", "password": PASSWORD}).status_code == 201
    told = " ".join(client.get(f"{API}{path}").text for path in paths)
    wrong = browser(locked).post(f"{API}/sessions", json={"name": PASSWORD, "password": PASSWORD, "code": 5})
    assert not [each for each in secrets if each in told + caplog.text]
    assert PASSWORD not in wrong.text
    assert PASSWORD not in str(desk.accounts.audit.entries())
