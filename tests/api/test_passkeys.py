"""Passkeys, with an authenticator in software."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from authenticator import PRESENT, Authenticator
from openbell.api.app import create_app
from openbell.desk import Desk, open_desk
from openbell.settings import Settings
from people import API, HERE, PASSWORD, Watch, deeds, join, lock, signed_in

LOCAL = "http://localhost"


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def desk(tmp_path: Path, watch: Watch) -> Iterator[Desk]:
    desk = open_desk(Settings(home=tmp_path / "home", offline=True), watch)
    lock(desk.accounts)
    join(desk.accounts, "Ann", "member")
    join(desk.accounts, "Bob", "member")
    yield desk
    desk.close()


@pytest.fixture
def app(desk: Desk) -> FastAPI:
    return create_app(desk, jobs=False)


def browser(app: FastAPI) -> TestClient:
    return TestClient(app, base_url=LOCAL, raise_server_exceptions=False)


def here(app: FastAPI, name: str = "Ann") -> TestClient:
    client = signed_in(app, name)
    local = browser(app)
    for cookie in client.cookies.jar:
        local.cookies.set(cookie.name, cookie.value or "", path=cookie.path)
    local.headers["x-csrf-token"] = client.headers["x-csrf-token"]
    return local


def options(client: TestClient, path: str, **told: str) -> dict[str, Any]:
    answer = client.post(f"{API}{path}/options", json=told)
    assert answer.status_code == 200, answer.text
    return answer.json()["options"]


@pytest.fixture
def key(app: FastAPI) -> Authenticator:
    """Ann's."""
    client, key = here(app), Authenticator(LOCAL, "localhost")
    made = key.make(options(client, "/me/passkeys", password=PASSWORD))
    answer = client.post(f"{API}/me/passkeys", json={"name": "phone", "credential": made})
    assert answer.status_code == 201, answer.text
    return key


def used(app: FastAPI, key: Authenticator) -> int:
    """What signing in with a key is answered."""
    client = browser(app)
    signed = key.sign(options(client, "/sessions/passkey"))
    return client.post(f"{API}/sessions/passkey", json={"credential": signed}).status_code


def test_a_passkey_signs_its_person_in_without_a_name(desk: Desk, app: FastAPI, key: Authenticator):
    client = browser(app)
    told = options(client, "/sessions/passkey")
    assert (told["rpId"], told["userVerification"], told.get("allowCredentials", [])) == ("localhost", "required", [])
    answer = client.post(f"{API}/sessions/passkey", json={"credential": key.sign(told)})
    assert (answer.status_code, answer.json()["name"]) == (201, "Ann")
    assert client.get(f"{API}/me").json()["name"] == "Ann"
    held = here(app).get(f"{API}/me/passkeys").json()["passkeys"]
    assert [(each["name"], each["seen"] is not None) for each in held] == [("phone", True)]
    assert deeds(desk)[1] == "signed in by passkey"


def test_what_was_signed_opens_once(app: FastAPI, key: Authenticator):
    client = browser(app)
    signed = {"credential": key.sign(options(client, "/sessions/passkey"))}
    mark = client.cookies["openbell_ceremony"]
    assert client.post(f"{API}/sessions/passkey", json=signed).status_code == 201
    thief = browser(app)
    thief.cookies.set("openbell_ceremony", mark)
    assert thief.post(f"{API}/sessions/passkey", json=signed).status_code == 401
    options(thief, "/sessions/passkey")
    assert thief.post(f"{API}/sessions/passkey", json=signed).status_code == 401  # it signed another challenge


def test_a_copy_of_a_key_is_noticed_by_its_count(desk: Desk, app: FastAPI, key: Authenticator):
    copy = replace(key)
    assert [used(app, key), used(app, key), used(app, copy)] == [201, 201, 401]
    assert deeds(desk)[0] == "passkey refused"


def test_a_key_without_a_count_opens_again_and_again(app: FastAPI):
    client, key = here(app), Authenticator(LOCAL, "localhost")
    made = key.make(options(client, "/me/passkeys", password=PASSWORD))
    client.post(f"{API}/me/passkeys", json={"name": "synced", "credential": made})
    for _ in range(3):
        key.uses = -1
        assert used(app, key) == 201


@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": "http://evil.example"},
        {"origin": "https://localhost"},
        {"site": "evil.example"},
        {"flags": PRESENT},
        {"flags": 0},
        {"credential": b"unknown"},
        {"key": Authenticator(LOCAL, "localhost").key},
    ],
    ids=["another page", "another scheme", "another site", "unverified", "absent", "unknown", "another key"],
)
def test_what_is_not_signed_for_this_desk_by_its_user_opens_nothing(
    app: FastAPI, key: Authenticator, wrong: dict[str, Any]
):
    assert used(app, replace(key, **wrong)) == 401
    assert used(app, key) == 201


def test_who_is_kept_out_is_so_with_a_passkey_too(desk: Desk, app: FastAPI, key: Authenticator):
    ann = desk.accounts.people.person_named("ann")
    assert ann is not None
    desk.accounts.people.disable(ann.id, disabled=True, deed=desk.accounts.deed(None, "disabled", HERE))
    assert used(app, key) == 401


def test_a_passkey_is_made_with_the_password_by_who_began_it_and_in_time(app: FastAPI, watch: Watch):
    ann, bob, key = here(app), here(app, "Bob"), Authenticator(LOCAL, "localhost")
    refused = ann.post(f"{API}/me/passkeys/options", json={"password": "wrong"})
    assert (refused.status_code, refused.json()["field"]) == (422, "password")
    made = {"name": "phone", "credential": key.make(options(ann, "/me/passkeys", password=PASSWORD))}
    bob.cookies.set("openbell_ceremony", ann.cookies["openbell_ceremony"])
    assert bob.post(f"{API}/me/passkeys", json=made).status_code == 401
    made["credential"] = key.make(options(ann, "/me/passkeys", password=PASSWORD))
    watch.go(minutes=10)
    ann.post(f"{API}/sessions/refresh")
    late = ann.post(f"{API}/me/passkeys", json=made)
    assert (late.status_code, late.json()["detail"]) == (401, "This took too long, or was finished before.")


@pytest.mark.parametrize("credential", [{}, {"id": 5}, {"id": "a", "rawId": "a", "response": {}, "type": "public-key"}])
def test_what_is_no_passkey_is_refused(app: FastAPI, credential: dict[str, Any]):
    client = here(app)
    options(client, "/me/passkeys", password=PASSWORD)
    answer = client.post(f"{API}/me/passkeys", json={"name": "phone", "credential": credential})
    assert (answer.status_code, answer.json()["field"]) == (422, "credential")
    options(client, "/sessions/passkey")
    assert client.post(f"{API}/sessions/passkey", json={"credential": credential}).status_code == 401


def test_a_passkey_is_known_once_and_removed_by_its_person(app: FastAPI, key: Authenticator):
    bob = here(app, "Bob")
    made = key.make(options(bob, "/me/passkeys", password=PASSWORD))
    again = bob.post(f"{API}/me/passkeys", json={"name": "phone", "credential": made})
    assert (again.status_code, again.json()["detail"]) == (422, "This passkey is known already.")
    assert bob.delete(f"{API}/me/passkeys/1").status_code == 422
    assert here(app).delete(f"{API}/me/passkeys/1").status_code == 204
    assert used(app, key) == 401
