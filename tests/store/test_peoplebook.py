"""People, invitations, tokens and shares are kept as they should, on each database."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from openbell.accounts import joining, own, sessions
from openbell.accounts.accounts import Accounts, open_accounts
from openbell.accounts.errors import LoginNeeded, NotAllowed, TooManyTries
from openbell.accounts.secrets import hash_of
from openbell.model.errors import InvalidInput
from openbell.store.auditbook import KEPT, Deed
from openbell.store.ledger import Ledger
from openbell.store.peoplebook import Identity
from openbell.store.sharebook import ShareBook
from people import HERE, PASSWORD, Watch, join, lock


@pytest.fixture
def ledger(ledger_url: str) -> Iterator[Ledger]:
    ledger = Ledger(ledger_url)
    yield ledger
    ledger.close()


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def accounts(ledger: Ledger, tmp_path: Path, watch: Watch) -> Accounts:
    return open_accounts(ledger, tmp_path, watch)


def test_a_new_ledger_has_one_owner_without_a_password(accounts: Accounts):
    (owner,) = accounts.people.people()
    assert (owner.id, owner.name, owner.role, owner.password) == (1, "owner", "owner", None)
    assert accounts.people.first_owner() == owner
    assert not accounts.people.locked()


def test_two_people_have_two_names_however_they_are_spelled(accounts: Accounts):
    ann = join(accounts, "Ann", "member")
    with pytest.raises(InvalidInput, match="of that name"):
        join(accounts, "ANN", "viewer")
    with pytest.raises(InvalidInput, match="of that name"):
        own.rename(accounts, ann, "Owner", HERE)
    assert own.rename(accounts, ann, "ANN", HERE) == "ANN"


def test_the_last_owner_who_can_sign_in_stays(accounts: Accounts):
    owner, ann = lock(accounts), join(accounts, "Ann", "member")
    silent = accounts.people.add("Silent", "silent", "owner", None, accounts.deed(None, "added", HERE))
    deed = accounts.deed(owner, "tried", HERE)
    for act in (
        lambda: accounts.people.change_role(owner.id, "viewer", deed),
        lambda: accounts.people.disable(owner.id, disabled=True, deed=deed),
        lambda: accounts.people.remove(owner.id, deed),
    ):
        with pytest.raises(InvalidInput, match="last owner"):
            act()
    accounts.people.change_role(ann.id, "owner", deed)
    accounts.people.remove(owner.id, deed)
    accounts.people.remove(silent.id, deed)
    assert [each.name for each in accounts.people.people()] == ["Ann"]
    assert join(accounts, "Bob", "viewer").id > silent.id  # a number is not given twice


def test_two_owners_who_remove_each_other_at_once_leave_one(accounts: Accounts):
    owner, ann = lock(accounts), join(accounts, "Ann", "owner")

    def remove(number: int) -> bool:
        try:
            accounts.people.remove(number, accounts.deed(None, "removed", HERE))
        except InvalidInput:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(remove, [owner.id, ann.id])) == [False, True]


def test_what_is_done_to_nobody_is_told_and_not_written_down(accounts: Accounts):
    lock(accounts)
    before = accounts.audit.entries()
    deed = accounts.deed(None, "tried", HERE)
    for act in (
        lambda: accounts.people.change_role(99, "viewer", deed),
        lambda: accounts.people.remove(99, deed),
        lambda: accounts.people.withdraw(99, deed),
        lambda: accounts.sessions.end(1, 99, deed),
        lambda: accounts.sessions.remove_token(1, 99, deed),
    ):
        with pytest.raises(InvalidInput, match=r"no (person|invitation|session|token) 99"):
            act()
    assert accounts.audit.entries() == before


def test_what_belongs_to_a_person_goes_with_them(accounts: Accounts, ledger: Ledger):
    lock(accounts)
    ann = join(accounts, "Ann", "member")
    passes = sessions.begin(accounts, ann, HERE)
    _, secret = own.new_token(accounts, ann, "script", "read", 30, HERE)
    shares = ShareBook(ledger)
    shares.share("portfolio", 3, ann.id, "read")
    accounts.people.remove(ann.id, accounts.deed(None, "removed", HERE, "Ann"))
    assert sessions.bearer_of(accounts, passes.access) is None
    assert accounts.sessions.bearer_of_token(hash_of(secret), accounts.clock()) is None
    assert shares.shares_of("portfolio", 3) == {}
    assert {e.deed.name for e in accounts.audit.entries()} >= {"Ann"}  # what they did is remembered


# invitations


@pytest.mark.parametrize("ended", ["removed", "disabled", "a member"])
def test_an_invitation_holds_while_who_invited_is_an_owner(accounts: Accounts, ended: str):
    lock(accounts)
    ann = join(accounts, "Ann", "owner")
    _, secret = joining.invite(accounts, ann, "owner", 7, HERE)
    deed = accounts.deed(None, ended, HERE)
    match ended:
        case "removed":
            accounts.people.remove(ann.id, deed)
        case "disabled":
            accounts.people.disable(ann.id, disabled=True, deed=deed)
        case _:
            accounts.people.change_role(ann.id, "member", deed)
    assert accounts.people.invitations(accounts.clock()) == []
    with pytest.raises(InvalidInput, match="not valid"):
        joining.accept(accounts, secret, "Ann again", "a sentence of mine", HERE)


def test_who_joins_by_a_login_that_is_taken_leaves_the_invitation(accounts: Accounts):
    owner, identity = lock(accounts), Identity("https://login.example", "u-1")
    made, secret = joining.invite(accounts, owner, "member", 7, HERE)
    accounts.passkeys.link(identity.issuer, identity.subject, owner.id, accounts.deed(owner, "linked", HERE))
    with pytest.raises(InvalidInput):
        joining.accept(accounts, secret, "Ann", None, HERE, identity)
    assert accounts.people.invitations(accounts.clock()) == [made]
    assert [each.name for each in accounts.people.people()] == ["owner"]
    accounts.passkeys.unlink(owner.id, accounts.deed(owner, "unlinked", HERE))
    ann = joining.accept(accounts, secret, "Ann", None, HERE, identity)
    assert accounts.passkeys.person_of(identity.issuer, identity.subject) == ann.id


def test_an_invitation_is_accepted_once(accounts: Accounts):
    owner = lock(accounts)
    made, secret = joining.invite(accounts, owner, "member", 7, HERE)
    assert accounts.people.invitations(accounts.clock()) == [made]
    ann = joining.accept(accounts, secret, " Ann ", "a sentence of mine", HERE)
    assert (ann.name, ann.role) == ("Ann", "member")
    with pytest.raises(InvalidInput, match="not valid"):
        joining.accept(accounts, secret, "Bob", "a sentence of mine", HERE)
    assert accounts.people.invitations(accounts.clock()) == []


def test_an_invitation_that_many_bring_at_once_makes_one_person(accounts: Accounts):
    made, _ = joining.invite(accounts, lock(accounts), "member", 7, HERE)

    def come(name: str) -> bool:
        try:
            accounts.people.accept(made, name, name, None, accounts.deed(None, "joined", HERE))
        except InvalidInput:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(come, "abcd")) == [False, False, False, True]


def test_a_name_that_is_taken_does_not_use_an_invitation_up(accounts: Accounts):
    _, secret = joining.invite(accounts, lock(accounts), "member", 7, HERE)
    with pytest.raises(InvalidInput, match="of that name"):
        joining.accept(accounts, secret, "owner", "a sentence of mine", HERE)
    with pytest.raises(InvalidInput, match="password"):
        joining.accept(accounts, secret, "Ann", "short", HERE)
    assert joining.accept(accounts, secret, "Ann", "a sentence of mine", HERE).name == "Ann"


def test_an_invitation_ends(accounts: Accounts, watch: Watch):
    owner = lock(accounts)
    _, secret = joining.invite(accounts, owner, "member", 7, HERE)
    other, withdrawn = joining.invite(accounts, owner, "member", 7, HERE)
    accounts.people.withdraw(other.id, accounts.deed(owner, "withdrawn", HERE))
    watch.go(days=7)
    for each in (secret, withdrawn, "", "guess"):
        with pytest.raises(InvalidInput, match="not valid"):
            joining.accept(accounts, each, "Ann", "a sentence of mine", HERE)


def test_who_signs_up_may_look_and_no_more(accounts: Accounts):
    with pytest.raises(NotAllowed):
        joining.sign_up(accounts, "Ann", PASSWORD, HERE)
    lock(accounts)
    assert joining.sign_up(accounts, "Ann", PASSWORD, HERE).role == "viewer"


def test_signing_up_again_and_again_becomes_slow(accounts: Accounts):
    for number in range(joining.SIGN_UPS.free):
        with pytest.raises(NotAllowed):
            joining.sign_up(accounts, f"name {number}", PASSWORD, HERE)
    with pytest.raises(TooManyTries):
        joining.sign_up(accounts, "one more", PASSWORD, HERE)


# tokens


def test_a_token_stands_for_its_person_until_it_ends(accounts: Accounts, watch: Watch):
    ann = join(accounts, "Ann", "member")
    made, secret = own.new_token(accounts, ann, "script", "write", 30, HERE)
    assert secret.startswith("obt_")
    assert len(secret) == 47
    found = accounts.sessions.bearer_of_token(hash_of(secret), watch())
    assert found is not None
    assert (found.person, found.role, found.scope) == (ann.id, "member", "write")
    assert accounts.sessions.tokens(ann.id)[0].seen == watch()
    with pytest.raises(InvalidInput, match="have a token script"):
        own.new_token(accounts, ann, "script", "read", 30, HERE)
    watch.go(days=30)
    assert accounts.sessions.bearer_of_token(hash_of(secret), watch()) is None
    assert [each.id for each in accounts.sessions.tokens(ann.id)] == [made.id]


def test_leaving_everywhere_ends_the_tokens_where_that_is_asked(accounts: Accounts):
    ann = join(accounts, "Ann", "member")
    own.new_token(accounts, ann, "script", "write", 30, HERE)
    passes = sessions.begin(accounts, ann, HERE)
    own.leave_everywhere(accounts, ann, HERE, tokens=False)
    assert len(accounts.sessions.tokens(ann.id)) == 1
    with pytest.raises(LoginNeeded):
        sessions.refreshed(accounts, passes.refresh or "", passes.csrf, HERE)
    own.leave_everywhere(accounts, ann, HERE, tokens=True)
    assert accounts.sessions.tokens(ann.id) == []


# shares


def test_a_thing_is_shared_with_a_right_that_can_be_changed_and_taken_back(accounts: Accounts, ledger: Ledger):
    shares, ann, bob = ShareBook(ledger), join(accounts, "Ann", "member"), join(accounts, "Bob", "viewer")
    shares.share("portfolio", 3, ann.id, "read")
    shares.share("portfolio", 3, ann.id, "write")
    shares.share("portfolio", 3, bob.id, "read")
    shares.share("watchlist", 3, bob.id, "read")
    assert shares.shares_of("portfolio", 3) == {ann.id: "write", bob.id: "read"}
    assert shares.shared_with(bob.id, "portfolio") == {3: "read"}
    shares.unshare("portfolio", 3, ann.id)
    assert shares.shares_of("portfolio", 3) == {bob.id: "read"}
    shares.unshare("portfolio", 3)
    assert shares.shares_of("portfolio", 3) == {}
    assert shares.shares_of("watchlist", 3) == {bob.id: "read"}
    with pytest.raises(InvalidInput, match="no person 99"):
        shares.share("portfolio", 3, 99, "read")


# the audit log


def test_the_log_is_read_from_the_newest_on_and_forgets_what_is_old(accounts: Accounts, watch: Watch):
    for number in range(5):
        accounts.audit.write(accounts.deed_of(1, "owner", f"deed {number}", HERE, "about"))
        watch.go(hours=1)
    newest = accounts.audit.entries(limit=2)
    assert [e.deed.what for e in newest] == ["deed 4", "deed 3"]
    assert [e.deed.what for e in accounts.audit.entries(before=newest[-1].id, limit=2)] == ["deed 2", "deed 1"]
    watch.go(seconds=(KEPT - timedelta(hours=2)).total_seconds())
    accounts.audit.write(accounts.deed_of(None, "", "deed 5", HERE))
    assert [e.deed.what for e in accounts.audit.entries()] == ["deed 5", "deed 4", "deed 3"]


def test_what_the_machine_did_before_it_had_a_name_is_its_own(accounts: Accounts, watch: Watch):
    accounts.audit.write(Deed(watch(), None, "", "password changed", "Ann", "this machine"))
    accounts.audit.write(Deed(watch(), None, "", "login refused", "", HERE.address))
    assert [(each.deed.what, each.deed.name) for each in accounts.audit.entries()] == [
        ("login refused", ""),
        ("password changed", "the desk's machine"),
    ]
    assert [each.deed.what for each in accounts.audit.entries(name="the desk's machine")] == ["password changed"]
    assert [each.deed.what for each in accounts.audit.entries(name="")] == ["login refused"]
    assert accounts.audit.kinds()[0] == ["", "the desk's machine"]
