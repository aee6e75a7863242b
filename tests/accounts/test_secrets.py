"""Passwords, names, and the desk's key."""

from __future__ import annotations

import stat
from datetime import timedelta
from multiprocessing import get_context
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openbell.accounts import passwords
from openbell.accounts.keys import FILE, Key
from openbell.accounts.names import login_of, name_of
from openbell.model.errors import InvalidInput, StoreError
from people import NOON, PASSWORD, hashed


@pytest.fixture(autouse=True)
def _hash_quickly() -> None:
    """Here passwords are hashed as a desk does."""


def test_a_password_is_kept_as_argon2id_with_the_parameters_of_rfc_9106():
    kept = passwords.hash_of(PASSWORD)
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert PASSWORD not in kept
    assert not passwords.is_old(kept)
    assert passwords.is_old(hashed())


@pytest.mark.parametrize(
    ("kept", "typed", "right"),
    [
        (True, PASSWORD, True),
        (True, "seven green apple", False),
        (True, "", False),
        (True, PASSWORD * 1000, False),
        (False, PASSWORD, False),
        (False, "the password of nobody at all", False),
    ],
)
def test_only_the_password_itself_is_right(kept: bool, typed: str, right: bool):
    assert passwords.is_right(hashed() if kept else None, typed) is right


def test_a_broken_hash_opens_to_nobody():
    assert not passwords.is_right("!", PASSWORD)


@pytest.mark.parametrize(
    "password", ["", "short", "eleven char", "a" * 40, "abababababab", "annika annika", "ANNIKAannika12", "x" * 1001]
)
def test_a_password_that_is_quickly_guessed_is_refused(password: str):
    with pytest.raises(InvalidInput) as told:
        passwords.assert_strong(password, "Annika")
    assert told.value.field == "password"
    assert not password or password not in str(told.value)


def test_a_sentence_is_a_password():
    passwords.assert_strong("the cat is out again", "Annika")
    passwords.assert_strong("пароль на двенадцать", "Annika")


@given(st.text(max_size=80))
def test_a_name_is_itself_again_and_compares_as_itself(text: str):
    try:
        name = name_of(text)
    except InvalidInput:
        return
    assert name_of(name) == name
    assert login_of(name) == login_of(login_of(name))
    assert login_of(f" {name} ") == login_of(name)


@pytest.mark.parametrize("name", ["", "   ", "a" * 61, "a\u202eb", "a\nb", "a\u200bb", "\x00"])
def test_a_name_that_cannot_be_read_is_refused(name: str):
    with pytest.raises(InvalidInput):
        name_of(name)


@pytest.mark.parametrize(("one", "other"), [("Ann", "ANN"), ("é", "e\u0301"), ("Straße", "STRASSE"), ("ａｎｎ", "ann")])
def test_names_that_look_alike_are_the_same(one: str, other: str):
    assert login_of(one) == login_of(other)


# the desk's key


def test_the_key_is_made_at_first_use_and_is_of_its_owner_alone(tmp_path: Path):
    key = Key(tmp_path)
    assert list(tmp_path.iterdir()) == []
    mark = key.mark("csrf", "1")
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600
    assert Key(tmp_path).mark("csrf", "1") == mark
    assert [each.name for each in tmp_path.iterdir()] == [FILE]


def test_what_was_signed_holds_for_its_purpose_and_until_its_end(tmp_path: Path):
    key, until = Key(tmp_path), NOON + timedelta(minutes=10)
    token = key.sign("access", {"sid": 7}, until)
    assert key.read("access", token, NOON) == {"sid": 7, "exp": int(until.timestamp())}
    assert key.read("access", token, until) is None
    assert key.read("device", token, NOON) is None
    (tmp_path / "other").mkdir()
    assert Key(tmp_path / "other").read("access", token, NOON) is None


@given(st.text(max_size=60))
def test_what_nobody_signed_is_nothing(tmp_path_factory: pytest.TempPathFactory, text: str):
    key = Key(tmp_path_factory.getbasetemp())
    assert key.read("access", text, NOON) is None
    assert key.unseal("totp", text) is None


@pytest.mark.parametrize(
    "header", ["eyJhbGciOiJub25lIn0", "eyJhbGciOiJSUzI1NiJ9", "eyJhbGciOiJIUzUxMiJ9"], ids=["none", "RS256", "HS512"]
)
def test_no_other_way_of_signing_is_taken(tmp_path: Path, header: str):
    key = Key(tmp_path)
    _, claims, tag = key.sign("access", {"sid": 7}, NOON + timedelta(days=1)).split(".")
    assert key.read("access", f"{header}.{claims}.{tag}", NOON) is None
    assert key.read("access", f"{header}.{claims}.", NOON) is None


def test_what_was_sealed_is_read_by_the_same_key_only(tmp_path: Path):
    sealed = Key(tmp_path).seal("totp", b"secret")
    assert Key(tmp_path).unseal("totp", sealed) == b"secret"
    assert Key(tmp_path).unseal("other", sealed) is None
    (tmp_path / FILE).unlink()
    assert Key(tmp_path).unseal("totp", sealed) is None


def test_a_broken_key_is_told_in_a_sentence(tmp_path: Path):
    (tmp_path / FILE).write_bytes(b"short")
    with pytest.raises(StoreError, match="5 bytes instead of 32"):
        Key(tmp_path).mark("csrf", "1")


def marked(folder: Path) -> str:
    return Key(folder).mark("csrf", "1")


def test_processes_that_make_the_key_at_once_make_one(tmp_path: Path):
    with get_context("spawn").Pool(4) as pool:
        marks = pool.map(marked, [tmp_path] * 8)
    assert len(set(marks)) == 1
    assert [each.name for each in tmp_path.iterdir()] == [FILE]
