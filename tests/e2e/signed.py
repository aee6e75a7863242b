"""People who sign in on a started desk, by pointer and keyboard as anybody does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
from playwright.sync_api import Locator, Page, expect

from e2e.started import StartedDesk

PASSWORD = "seven green apples"
REFUSED = r"40[13] \(|422 \(Unprocessable"
"""What a browser writes down of a request that the desk refused."""


def set_first_password(page: Page, password: str = PASSWORD) -> None:
    """Make the open desk of `page` one with a password, and be signed in as its owner."""
    page.goto("/settings")
    part = page.get_by_role("region", name="Password")
    part.get_by_label("Password", exact=True).fill(password)
    part.get_by_role("button", name="Set the password").click()
    expect(page.get_by_text("The password is set, and you are signed in.")).to_be_visible()


def sign_in(page: Page, name: str, password: str = PASSWORD) -> None:
    """Type it on the sign-in page, wherever that is shown."""
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def open_as(page: Page, name: str, path: str = "/") -> None:
    """Sign in as `name` and be at `path`."""
    page.goto(path)
    sign_in(page, name)
    expect(account(page)).to_have_accessible_name(f"{name}, your account")


def account(page: Page) -> Locator:
    """The button of the person menu."""
    return page.get_by_role("banner").get_by_role("button", name=re.compile("your account"))


def invite(desk: StartedDesk) -> str:
    """Have the owner make an invitation; its secret."""
    with _as_owner(desk) as owner:
        return owner.post("users/invitations", json={"role": "member"}).raise_for_status().json()["secret"]


def share_first_list(desk: StartedDesk, **rights: str) -> None:
    """Have the owner share the first watchlist with people."""
    with _as_owner(desk) as owner:
        numbers = {each["name"]: each["id"] for each in owner.get("users").json()["people"]}
        (first, *_) = owner.get("watchlists").json()["watchlists"]
        for name, right in rights.items():
            owner.put(f"watchlists/{first['id']}/shares/{numbers[name]}", json={"right": right}).raise_for_status()


def add_people(desk: StartedDesk, **roles: str) -> None:
    """Have the host add people, each with PASSWORD."""
    for name, role in roles.items():
        desk.run("user", "add", name, "--role", role, typed=PASSWORD)


@contextmanager
def _as_owner(desk: StartedDesk) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{desk.address}/api/v1/", timeout=20) as owner:
        owner.post("sessions", json={"name": "owner", "password": PASSWORD}).raise_for_status()
        owner.headers["x-csrf-token"] = owner.cookies["openbell_csrf"]
        yield owner
