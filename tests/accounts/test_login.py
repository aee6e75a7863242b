"""Signing in: what is told, what is counted, and what ends; on each database."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from openbell.accounts import login, own, passwords, sessions, totp
from openbell.accounts.accounts import Accounts, Place, open_accounts
from openbell.accounts.errors import LoginNeeded, NotAllowed, TooManyTries
from openbell.accounts.login import ADDRESS, CODE, NAME, Tried, log_in
from openbell.accounts.secrets import hash_of
from openbell.model.errors import InvalidInput, StoreError
from openbell.store.ledger import Ledger
from openbell.store.peoplebook import Person
from people import HERE, PASSWORD, Watch, join

ELSEWHERE = Place("198.51.100.9", "curl")


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def accounts(ledger_url: str, tmp_path: Path, watch: Watch) -> Iterator[Accounts]:
    ledger = Ledger(ledger_url)
    yield open_accounts(ledger, tmp_path, watch)
    ledger.close()


@pytest.fixture
def ann(accounts: Accounts) -> Person:
    return join(accounts, "Ann", "member")


def tried(name: str = "Ann", password: str = PASSWORD, **more: str) -> Tried:
    return Tried(name, password, **more)


def refused(accounts: Accounts, what: Tried, place: Place = HERE) -> str:
    with pytest.raises(LoginNeeded) as told:
        log_in(accounts, what, place)
    return str(told.value)


def exhaust(accounts: Accounts, what: Tried, place: Place = HERE) -> float:
    """Try in vain until it takes a wait, and return that in seconds."""
    for _ in range(100):
        try:
            log_in(accounts, what, place)
        except TooManyTries as error:
            return error.retry_after
        except LoginNeeded:
            continue
    raise AssertionError("nobody asked to wait")


def test_a_name_and_its_password_open_however_the_name_is_spelled(accounts: Accounts, ann: Person):
    assert log_in(accounts, tried(" aNN "), HERE).id == ann.id


def test_an_old_hash_is_renewed_by_the_first_login(accounts: Accounts, ann: Person):
    assert passwords.is_old(ann.password or "")
    log_in(accounts, tried(), HERE)
    assert not passwords.is_old(accounts.person(ann.id).password or "")
    assert log_in(accounts, tried(), HERE).id == ann.id


def test_nothing_tells_whether_a_name_exists(accounts: Accounts, ann: Person):
    accounts.people.disable(ann.id, disabled=True, deed=accounts.deed(None, "disabled", HERE))
    told = {refused(accounts, tried()), refused(accounts, tried("Nobody")), refused(accounts, tried("owner", "x"))}
    assert len(told) == 1
    assert [(e.deed.what, e.deed.about) for e in accounts.audit.entries(limit=3)] == [
        ("login refused", "owner"),
        ("login refused", ""),
        ("login refused", "Ann"),
    ]


def test_guessing_at_a_name_becomes_slow_and_never_stops_for_good(accounts: Accounts, ann: Person, watch: Watch):
    wrong = tried(password="wrong")
    assert exhaust(accounts, wrong, ELSEWHERE) == 1
    waits = []
    for _ in range(9):
        waits.append(exhaust(accounts, wrong, ELSEWHERE))
        watch.go(seconds=waits[-1])
        refused(accounts, wrong, ELSEWHERE)
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    with pytest.raises(TooManyTries):
        log_in(accounts, tried(), HERE)  # the name itself is guarded, from wherever
    watch.go(seconds=NAME.longest.total_seconds())
    assert log_in(accounts, tried(), HERE).id == ann.id
    refused(accounts, wrong, HERE)  # and its count begins anew


def test_a_browser_that_was_here_before_is_not_slowed_down_by_strangers(accounts: Accounts, ann: Person):
    device = login.device_mark(accounts, ann)
    exhaust(accounts, tried(password="wrong"), ELSEWHERE)
    assert log_in(accounts, tried(device=device), HERE).id == ann.id
    exhaust(accounts, tried(password="wrong", device=device), HERE)
    with pytest.raises(TooManyTries):
        log_in(accounts, tried(device=device), HERE)


def test_a_browser_that_was_here_before_is_not_slowed_down_by_others_at_its_address(accounts: Accounts, ann: Person):
    device = login.device_mark(accounts, ann)
    for number in range(ADDRESS.free):
        refused(accounts, tried(f"nobody {number}", "wrong"))
    with pytest.raises(TooManyTries):
        log_in(accounts, tried(), HERE)
    assert log_in(accounts, tried(device=device), HERE).id == ann.id


def test_the_mark_of_a_browser_is_of_one_person(accounts: Accounts, ann: Person):
    bob = join(accounts, "Bob", "member")
    exhaust(accounts, tried(password="wrong"), ELSEWHERE)
    for device in (login.device_mark(accounts, bob), "forged"):
        with pytest.raises(TooManyTries):
            log_in(accounts, tried(device=device), HERE)


def test_guessing_at_many_names_becomes_slow_for_the_address(accounts: Accounts, ann: Person, watch: Watch):
    for number in range(ADDRESS.free):
        join(accounts, f"name {number}", "viewer")
        refused(accounts, tried(f"name {number}", "wrong"), ELSEWHERE)
    with pytest.raises(TooManyTries):
        log_in(accounts, tried(), ELSEWHERE)
    assert log_in(accounts, tried(), HERE).id == ann.id
    watch.go(hours=1, seconds=1)
    assert log_in(accounts, tried(), ELSEWHERE).id == ann.id


def test_who_signs_in_does_not_free_the_address(accounts: Accounts, ann: Person):
    for number in range(ADDRESS.free):
        join(accounts, f"name {number}", "viewer")
    for number in range(ADDRESS.free - 1):
        refused(accounts, tried(f"name {number}", "wrong"))
    assert log_in(accounts, tried(), HERE).id == ann.id
    refused(accounts, tried(f"name {ADDRESS.free - 1}", "wrong"))
    with pytest.raises(TooManyTries):
        log_in(accounts, tried("one more"), HERE)


def test_tries_survive_a_restart(accounts: Accounts, ann: Person, ledger_url: str, tmp_path: Path, watch: Watch):
    exhaust(accounts, tried(password="wrong"), ELSEWHERE)
    ledger = Ledger(ledger_url)
    with pytest.raises(TooManyTries):
        log_in(open_accounts(ledger, tmp_path, watch), tried(), HERE)
    ledger.close()


def test_a_clock_that_was_ahead_keeps_nobody_out(accounts: Accounts, ann: Person, watch: Watch):
    watch.go(days=300)
    exhaust(accounts, tried(password="wrong"), ELSEWHERE)
    watch.go(days=-300)
    with pytest.raises(TooManyTries) as told:
        log_in(accounts, tried(), HERE)
    assert told.value.retry_after <= NAME.longest.total_seconds()


def test_tries_at_once_cannot_outrun_the_count(accounts: Accounts, ann: Person):
    def once(_: int) -> bool:
        try:
            log_in(accounts, tried(password="wrong"), HERE)
        except TooManyTries:
            return False
        except LoginNeeded:
            return True
        raise AssertionError

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(once, range(40))) == NAME.free


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
        ("192.0.2.1", "192.0.2.2", False),
    ],
)
def test_a_household_is_one_address(one: str, other: str, same: bool):
    assert (login.address_bucket(Place(one)) == login.address_bucket(Place(other))) is same


# codes


@pytest.fixture
def secret(accounts: Accounts, ann: Person, watch: Watch) -> bytes:
    """Ann's authenticator."""
    secret = own.offer_codes(accounts, ann, PASSWORD, HERE)
    own.confirm_codes(accounts, ann, code(secret, watch), HERE)
    watch.go(seconds=60)
    return secret


def code(secret: bytes, watch: Watch) -> str:
    return totp.code_of(secret, totp.step_at(watch()))


def test_a_code_is_needed_once_one_was_confirmed(accounts: Accounts, ann: Person, watch: Watch):
    secret = own.offer_codes(accounts, ann, PASSWORD, HERE)
    assert log_in(accounts, tried(), HERE).id == ann.id
    with pytest.raises(InvalidInput, match="wrong"):
        own.confirm_codes(accounts, ann, "000000", HERE)
    assert len(own.confirm_codes(accounts, ann, code(secret, watch), HERE)) == 10
    assert refused(accounts, tried()).startswith("A code is needed.")
    with pytest.raises(InvalidInput, match="already"):
        own.offer_codes(accounts, ann, PASSWORD, HERE)
    with pytest.raises(InvalidInput, match="wait to be confirmed"):
        own.confirm_codes(accounts, ann, code(secret, watch), HERE)


def test_a_code_is_used_once(accounts: Accounts, ann: Person, secret: bytes, watch: Watch):
    now = code(secret, watch)
    assert log_in(accounts, tried(code=now), HERE).id == ann.id
    assert refused(accounts, tried(code=now)).startswith("The code is wrong, or was used before.")
    watch.go(seconds=30)
    assert log_in(accounts, tried(code=code(secret, watch)), HERE).id == ann.id


def test_a_code_before_the_password_helps_nobody(accounts: Accounts, secret: bytes, watch: Watch):
    assert refused(accounts, tried(password="wrong", code=code(secret, watch))).startswith("The name or the password")


def test_codes_are_not_guessed(accounts: Accounts, secret: bytes, watch: Watch):
    assert exhaust(accounts, tried(code="123456"), ELSEWHERE) == 1
    for _ in range(12):
        watch.go(seconds=exhaust(accounts, tried(code="123456"), ELSEWHERE))
        refused(accounts, tried(code="123456"), ELSEWHERE)
    assert exhaust(accounts, tried(code="123456"), ELSEWHERE) == CODE.longest.total_seconds()


def test_a_recovery_code_works_once(accounts: Accounts, ann: Person, watch: Watch):
    secret = own.offer_codes(accounts, ann, PASSWORD, HERE)
    first, *others = own.confirm_codes(accounts, ann, code(secret, watch), HERE)
    assert log_in(accounts, tried(code=first.lower()), HERE).id == ann.id
    refused(accounts, tried(code=first))
    assert accounts.factors.recovery_left(ann.id) == 9 == len(others)


def test_codes_are_removed_with_the_password(accounts: Accounts, ann: Person, secret: bytes):
    with pytest.raises(InvalidInput, match="wrong"):
        own.remove_codes(accounts, ann, "wrong", HERE)
    own.remove_codes(accounts, ann, PASSWORD, HERE)
    assert log_in(accounts, tried(), HERE).id == ann.id
    assert accounts.factors.recovery_left(ann.id) == 0


def test_the_ledger_alone_does_not_tell_the_secret(accounts: Accounts, ann: Person, secret: bytes, tmp_path: Path):
    held = accounts.factors.totp(ann.id)
    assert held is not None
    assert totp.base32(secret) not in held.secret
    (tmp_path / "other").mkdir()
    stolen = replace(accounts, key=type(accounts.key)(tmp_path / "other"))
    with pytest.raises(StoreError, match="another key"):
        log_in(stolen, tried(code="123456"), HERE)


# sessions


def test_a_refresh_token_is_exchanged_for_the_next(accounts: Accounts, ann: Person, watch: Watch):
    first = sessions.begin(accounts, ann, HERE)
    assert first.refresh is not None
    watch.go(minutes=10)
    assert sessions.bearer_of(accounts, first.access) is None
    second = sessions.refreshed(accounts, first.refresh, first.csrf, HERE)
    found = sessions.bearer_of(accounts, second.access)
    assert found is not None
    assert (found[0], found[1].person, found[1].role) == (first.session, ann.id, "member")
    assert second.refresh not in {None, first.refresh}
    assert second.csrf == first.csrf


def test_a_refresh_token_that_comes_twice_ends_the_whole_session(accounts: Accounts, ann: Person, watch: Watch):
    first = sessions.begin(accounts, ann, HERE)
    other = sessions.begin(accounts, ann, ELSEWHERE)
    second = sessions.refreshed(accounts, first.refresh or "", first.csrf, HERE)
    watch.go(seconds=11)
    with pytest.raises(LoginNeeded, match="two places"):
        sessions.refreshed(accounts, first.refresh or "", first.csrf, ELSEWHERE)
    assert sessions.bearer_of(accounts, second.access) is None
    with pytest.raises(LoginNeeded):
        sessions.refreshed(accounts, second.refresh or "", second.csrf, HERE)
    assert sessions.bearer_of(accounts, other.access) is not None
    assert accounts.audit.entries(limit=1)[0].deed.what == "session ended: refresh token came twice"


def test_a_browser_whose_answer_was_lost_stays_signed_in(accounts: Accounts, ann: Person, watch: Watch):
    first = sessions.begin(accounts, ann, HERE)
    watch.go(minutes=9)
    sessions.refreshed(accounts, first.refresh or "", first.csrf, HERE)  # the net was away: nobody has read this
    watch.go(seconds=5)
    second = sessions.refreshed(accounts, first.refresh or "", first.csrf, HERE)
    watch.go(minutes=9)
    third = sessions.refreshed(accounts, second.refresh or "", second.csrf, HERE)
    assert sessions.bearer_of(accounts, third.access) is not None


def test_of_two_that_hold_the_same_refresh_token_both_are_signed_out(accounts: Accounts, ann: Person, watch: Watch):
    first = sessions.begin(accounts, ann, HERE)
    mine, thiefs = (sessions.refreshed(accounts, first.refresh or "", first.csrf, HERE) for _ in range(2))
    watch.go(minutes=9)
    next_ = sessions.refreshed(accounts, mine.refresh or "", mine.csrf, HERE)
    watch.go(minutes=1)
    with pytest.raises(LoginNeeded, match="two places"):
        sessions.refreshed(accounts, thiefs.refresh or "", thiefs.csrf, ELSEWHERE)
    assert sessions.bearer_of(accounts, next_.access) is None


def test_two_pages_that_refresh_at_once_stay_signed_in(accounts: Accounts, ann: Person, watch: Watch):
    first = sessions.begin(accounts, ann, HERE)

    def once(_: int) -> sessions.Passes:
        return sessions.refreshed(accounts, first.refresh or "", first.csrf, HERE)

    with ThreadPoolExecutor(4) as pool:
        got = list(pool.map(once, range(4)))
    assert all(sessions.bearer_of(accounts, each.access) for each in got)
    watch.go(minutes=9)
    last = sessions.refreshed(accounts, got[-1].refresh or "", first.csrf, HERE)  # the cookie that came last
    assert sessions.bearer_of(accounts, last.access) is not None


def test_another_sites_page_cannot_refresh_or_end_a_session(accounts: Accounts, ann: Person):
    first = sessions.begin(accounts, ann, HERE)
    other = sessions.begin(accounts, ann, HERE)
    for act in (sessions.refreshed, sessions.leave):
        for csrf in ("", "x", "é", other.csrf):
            with pytest.raises(NotAllowed):
                act(accounts, first.refresh or "", csrf, HERE)
    assert sessions.refreshed(accounts, first.refresh or "", first.csrf, HERE).refresh


def test_a_session_ends_two_weeks_after_its_last_use_and_after_ninety_days(
    accounts: Accounts, ann: Person, watch: Watch
):
    idle = sessions.begin(accounts, ann, HERE)
    passes = sessions.begin(accounts, ann, HERE)
    for _ in range(8):
        watch.go(days=11)
        passes = sessions.refreshed(accounts, passes.refresh or "", passes.csrf, HERE)
    with pytest.raises(LoginNeeded):
        sessions.refreshed(accounts, idle.refresh or "", idle.csrf, HERE)
    watch.go(days=2)
    with pytest.raises(LoginNeeded):
        sessions.refreshed(accounts, passes.refresh or "", passes.csrf, HERE)
    assert accounts.sessions.sessions(ann.id, watch()) == []


def test_who_is_kept_out_is_out_at_once(accounts: Accounts, ann: Person):
    passes = sessions.begin(accounts, ann, HERE)
    _, secret = own.new_token(accounts, ann, "script", "write", 30, HERE)
    accounts.people.disable(ann.id, disabled=True, deed=accounts.deed(None, "disabled", HERE))
    assert sessions.bearer_of(accounts, passes.access) is None
    assert accounts.sessions.bearer_of_token(login.hash_of(secret), accounts.clock()) is None
    with pytest.raises(LoginNeeded):
        sessions.refreshed(accounts, passes.refresh or "", passes.csrf, HERE)


def test_another_password_ends_the_other_sessions(accounts: Accounts, ann: Person):
    mine, other = sessions.begin(accounts, ann, HERE), sessions.begin(accounts, ann, ELSEWHERE)
    with pytest.raises(InvalidInput, match="wrong"):
        own.change_password(accounts, ann, "wrong", "eight red cherries", HERE, keep=mine.session)
    own.change_password(accounts, ann, PASSWORD, "eight red cherries", HERE, keep=mine.session)
    assert sessions.bearer_of(accounts, mine.access)
    assert sessions.bearer_of(accounts, other.access) is None


def test_the_host_sets_a_password_and_frees_of_codes(accounts: Accounts, ann: Person, secret: bytes):
    passes = sessions.begin(accounts, ann, HERE)
    own.recover(accounts, ann, PASSWORD, without_codes=True)
    assert sessions.bearer_of(accounts, passes.access) is None
    assert log_in(accounts, tried(), HERE).id == ann.id
    told = [(each.deed.what, each.deed.address) for each in accounts.audit.entries(limit=2)]
    assert sorted(told) == [
        ("codes removed", "this machine"),
        ("password changed, all other ways in ended", "this machine"),
    ]


def test_no_secret_shows_in_what_is_printed(accounts: Accounts, ann: Person):
    passes = sessions.begin(accounts, ann, HERE)
    shown = f"{passes} {tried(code='123456', device='mark')} {accounts.person(ann.id)}"
    for secret in (passes.access, passes.refresh, passes.csrf, PASSWORD, "123456", "mark", "argon2"):
        assert str(secret) not in shown


def test_a_login_that_was_proven_by_the_old_password_does_not_begin(accounts: Accounts, ann: Person):
    proven = log_in(accounts, tried(), HERE)
    own.change_password(accounts, proven, PASSWORD, "another sentence of mine", HERE, keep=None)
    with pytest.raises(LoginNeeded, match="changed meanwhile"):
        sessions.begin(accounts, proven, HERE)
    assert accounts.sessions.sessions(ann.id, accounts.clock()) == []


def test_who_recovers_an_account_is_alone_in_it(accounts: Accounts, ann: Person):
    bob = join(accounts, "Bob", "member")
    secrets = []
    for person in (ann, bob):
        sessions.begin(accounts, person, HERE)
        secrets.append(own.new_token(accounts, person, "script", "read", 30, HERE)[1])
        deed = accounts.deed(person, "added", HERE)
        accounts.passkeys.add_passkey(person.id, f"key of {person.id}", "public", 0, "phone", deed)
        accounts.passkeys.link("https://login.example", f"u-{person.id}", person.id, deed)
    own.recover(accounts, ann, "another sentence of mine", without_codes=False)
    left = [
        (
            len(accounts.sessions.sessions(person.id, accounts.clock())),
            accounts.sessions.bearer_of_token(hash_of(secret), accounts.clock()) is not None,
            len(accounts.passkeys.passkeys(person.id)),
            accounts.passkeys.is_linked(person.id),
        )
        for person, secret in zip((ann, bob), secrets, strict=True)
    ]
    assert left == [(0, False, 0, False), (1, True, 1, True)]
    assert accounts.audit.entries(limit=1)[0].deed.what == "password changed, all other ways in ended"
