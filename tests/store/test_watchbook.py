"""Watchlists are their owners', in the owner's order, changed by one at a time, and removed for good after a week."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from openbell.model.errors import ChangedMeanwhile, InvalidInput
from openbell.store.auditbook import Deed
from openbell.store.ledger import Fetch, Ledger
from openbell.store.peoplebook import PeopleBook
from openbell.store.watchbook import KEPT, MOST_LISTS, NoSuchList, WatchBook, Watchlist

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
FIRST = 1


@pytest.fixture
def ledger(ledger_url: str) -> Iterator[Ledger]:
    ledger = Ledger(ledger_url)
    yield ledger
    ledger.close()


@pytest.fixture
def book(ledger: Ledger) -> WatchBook:
    return WatchBook(ledger)


@pytest.fixture
def second(ledger: Ledger) -> int:
    """The number of another person."""
    return PeopleBook(ledger).add("Anna", "anna", "member", None, Deed(NOON, None, "", "added")).id


def names(lists: list[Watchlist]) -> list[str]:
    return [each.name for each in lists]


def test_a_watchlist_keeps_its_order(book: WatchBook):
    made = book.add("Mine", ["ZETA", "ACME"])
    changed = book.change(Watchlist(made.id, FIRST, "Ours", ("ACME", "ZETA", "BETA"), made.version))
    assert changed == Watchlist(made.id, FIRST, "Ours", ("ACME", "ZETA", "BETA"), 2)
    assert book.lists() == [changed]
    assert book.one(made.id) == changed
    with pytest.raises(NoSuchList, match="no watchlist 99"):
        book.change(Watchlist(99, FIRST, "x", ()))


def test_a_change_of_what_was_changed_meanwhile_is_refused(book: WatchBook):
    seen = book.add("Mine", ["ACME"])
    others = book.change(Watchlist(seen.id, FIRST, "Mine", ("ACME", "BOLT"), seen.version))
    with pytest.raises(ChangedMeanwhile, match="Mine was changed meanwhile"):
        book.change(Watchlist(seen.id, FIRST, "Mine", (), seen.version))
    assert book.lists() == [others]


def test_each_person_has_lists_and_names_of_their_own(book: WatchBook, second: int):
    mine, theirs = book.add("Tech", ["ACME"]), book.add("Tech", ["BOLT"], second)
    assert book.lists() == [mine, theirs]
    assert book.of(second) == [theirs]
    with pytest.raises(InvalidInput, match="of that name"):
        book.add("Tech", [], second)
    other = book.add("Other", [], second)
    with pytest.raises(InvalidInput, match="of that name"):
        book.change(Watchlist(other.id, second, "Tech", ()))


def test_lists_stand_in_their_owners_order_and_a_new_one_comes_last(book: WatchBook, second: int):
    a, b, c = (book.add(name, []).id for name in "abc")
    book.add("theirs", [], second)
    book.arrange(FIRST, [c, a, b])
    book.add("d", [])
    assert names(book.lists()) == ["c", "a", "b", "d", "theirs"]
    for wrong in ([a, b], [a, b, c, c], []):
        with pytest.raises(InvalidInput, match="each of the lists once"):
            book.arrange(FIRST, wrong)
    assert names(book.of(FIRST)) == ["c", "a", "b", "d"]


def test_a_removed_list_comes_back_to_its_place_with_its_number(book: WatchBook, second: int):
    a, b, _ = [book.add(name, ["ACME"]) for name in "abc"]
    book.remove(b.id, NOON)
    assert names(book.lists()) == ["a", "c"]
    with pytest.raises(NoSuchList):
        book.remove(b.id, NOON)
    with pytest.raises(NoSuchList):
        book.restore(b.id, second)
    assert book.restore(b.id, FIRST) == b
    assert names(book.lists()) == ["a", "b", "c"]
    assert book.restore(a.id, FIRST) == a
    with pytest.raises(NoSuchList):
        book.restore(a.id, second)


def test_a_removed_list_whose_name_is_borne_again_stays_away(book: WatchBook):
    old = book.add("Mine", ["ACME"])
    book.remove(old.id, NOON)
    new = book.add("Mine", [])
    with pytest.raises(InvalidInput, match="of that name"):
        book.restore(old.id, FIRST)
    assert book.lists() == [new]
    book.remove(new.id, NOON)
    assert book.restore(old.id, FIRST) == old


def test_a_number_is_never_given_twice(book: WatchBook):
    old = book.add("Mine", [])
    book.remove(old.id, NOON)
    assert book.add("Mine", []).id > old.id


def test_a_removed_list_is_forgotten_after_a_week(book: WatchBook):
    old, other = book.add("Old", []), book.add("Other", [])
    assert book.remove(old.id, NOON) == []
    assert book.remove(other.id, NOON + KEPT + timedelta(seconds=1)) == [old.id]
    with pytest.raises(NoSuchList):
        book.restore(old.id, FIRST)
    assert book.restore(other.id, FIRST) == other


def test_a_person_has_so_many_lists_at_most(book: WatchBook):
    for nth in range(MOST_LISTS):
        book.add(str(nth), [])
    with pytest.raises(InvalidInput, match="100 watchlists already"):
        book.add("one more", [])


def test_the_first_list_is_made_once_and_not_again_when_it_was_removed(book: WatchBook):
    assert not book.begun()
    book.begin(["ACME"])
    book.begin(["BOLT"])
    (only,) = book.lists()
    assert (only.name, only.symbols) == ("Watchlist", ("ACME",))
    book.remove(only.id, NOON)
    book.begin(["BOLT"])
    assert book.lists() == []
    assert book.begun()


def test_whoever_is_forgotten_leaves_no_list_behind(book: WatchBook, ledger: Ledger, second: int):
    people, gone = PeopleBook(ledger), Deed(NOON, FIRST, "", "removed")
    theirs = book.add("Theirs", [], second)
    with pytest.raises(InvalidInput, match="has 1 watchlist, which would go too"):
        people.remove(second, gone)
    book.remove(theirs.id, NOON)
    people.remove(second, gone)
    with pytest.raises(NoSuchList):
        book.restore(theirs.id, second)


def test_what_the_desk_makes_is_its_first_owners(book: WatchBook, ledger: Ledger, second: int):
    people, done = PeopleBook(ledger), Deed(NOON, FIRST, "", "changed")
    people.change_role(second, "owner", done)
    people.remove(FIRST, done)
    assert book.watch(["ACME"], most=1) == ("ACME",)
    assert [each.owner for each in book.of_first_owner()] == [second]


def test_what_is_watched_is_on_any_list_and_not_imported_only(book: WatchBook, ledger: Ledger, second: int):
    book.add("Mine", ["ACME", "OWN"])
    book.add("Theirs", ["BOLT"], second)
    ledger.save_fetch(Fetch("OWN", "history", "imported", "", 0, None, NOON))
    assert book.watched() == {"ACME", "BOLT"}
    assert book.watched(["COIN", "OWN"]) == {"ACME", "BOLT", "COIN"}


def test_what_no_watchlist_has_comes_first_on_the_first_one(book: WatchBook, second: int):
    book.add("Theirs", ["EDEN"], second)
    assert book.watch(["ACME", "ACME", "EDEN"], most=2) == ("ACME",)
    book.add("Second", ["ZETA"])
    assert book.watch(["BETA", "ACME", "ZETA"], most=2) == ("BETA",)
    assert book.watch(["C", "D", "E"], most=2) == ()
    assert [(each.name, each.symbols) for each in book.lists()] == [
        ("Watchlist", ("BETA", "ACME")),
        ("Second", ("ZETA",)),
        ("Theirs", ("EDEN",)),
    ]
