"""Every firing reaches every enabled channel at least once, or is dead with a reason; repeats bear the same key."""

from __future__ import annotations

import asyncio
import json
import random
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import apart
from alerts import worker
from alerts.worker import ENTRIES, START, fired_at
from openbell.alerts.deliver import LONGEST_WAIT_S, TRIES, deliver, keep_delivering, next_try
from openbell.alerts.message import Undelivered
from openbell.model.errors import InvalidInput
from openbell.store.alertbook import AlertBook
from openbell.store.auditbook import Deed
from openbell.store.firingbook import FiringBook
from openbell.store.ledger import Ledger
from openbell.store.outbox import LEASE, Cursor, Fired, Outbox
from openbell.store.peoplebook import PeopleBook
from receiver import Answer, Web, hangs, mail, says, web

SECRET = "a secret of many letters"
OWNER = 1
KILLS = 10


@pytest.fixture
def url(ledger_url: str) -> str:
    return ledger_url


@pytest.fixture
def ledger(url: str) -> Iterator[Ledger]:
    ledger = Ledger(url)
    yield ledger
    ledger.close()


@pytest.fixture
def outbox(ledger: Ledger) -> Outbox:
    return Outbox(ledger)


@pytest.fixture
def firings(ledger: Ledger) -> FiringBook:
    return FiringBook(ledger)


@pytest.fixture
def book(ledger: Ledger) -> AlertBook:
    """One rule, number 1, that tells all channels."""
    book = AlertBook(ledger)
    book.add_rule("ACME moves", {"kind": "any"}, START)
    return book


def hook(book: AlertBook, server: Web, name: str = "hook") -> int:
    return book.add_channel("webhook", name, {"url": server.url, "secret": SECRET}).id


def fire(outbox: Outbox, *events: str, not_before: datetime | None = None) -> None:
    fired = [Fired(1, each, "ACME", START, 10.0, f"ACME: {each}", not_before=not_before) for each in events]
    offset = outbox.cursor("alerts")
    outbox.record("alerts", Cursor("log", offset.offset + 1 if offset else 1, {}), fired, START)


def one_pass(outbox: Outbox, seconds: float = 0, timeout_s: float = 5) -> None:
    """A pass so many seconds after the start, with the chance in the middle."""
    apart.run(deliver(outbox, lambda: START + timedelta(seconds=seconds), lambda: 0.5, timeout_s=timeout_s))


def story(outbox: Outbox, firing: int = 1) -> list[tuple[str, list[tuple[float, bool, str]]]]:
    """Of each delivery of a firing, its state and its attempts: when (seconds), whether it arrived, the receipt."""
    return [
        (each.state, [((a.at - START).total_seconds(), a.ok, a.receipt) for a in outbox.attempts(each.id)])
        for each in outbox.deliveries(firing)
    ]


def keys(server: Web) -> list[str]:
    return [post.headers["idempotency-key"] for post in server.heard]


# recording


def test_the_same_event_fires_once_and_the_cursor_does_not_go_back(
    outbox: Outbox, firings: FiringBook, book: AlertBook
):
    both = [Fired(1, "a", "ACME", START, 10.0, "a"), Fired(1, "b", "ACME", START, None, "b")]
    assert outbox.record("alerts", Cursor("log", 5, {"n": 5}), both[:1], START) == 1
    assert outbox.record("alerts", Cursor("log", 4, {"n": 4}), [*both, *both], START) == 1
    assert outbox.cursor("alerts") == Cursor("log", 5, {"n": 5})
    assert [(f.id, f.event, f.price, f.seen) for f in firings.firings(most=9)] == [
        (2, "b", None, False),
        (1, "a", 10.0, False),
    ]
    firings.mark_seen(1, OWNER)
    assert [(f.id, f.seen) for f in firings.firings(most=9)] == [(2, False), (1, True)]
    assert [f.id for f in firings.firings(most=1, before=2)] == [1]


def test_a_rule_tells_its_channels_or_all_that_are_enabled(outbox: Outbox, book: AlertBook):
    page = book.add_channel("in-app", "page", {}).id
    book.add_channel("browser", "off", {}, enabled=False)
    post = book.add_channel("webhook", "hook", {"url": "https://example.org", "secret": SECRET}).id
    only = book.add_rule("one channel", {}, START, channels=[post])
    none = book.add_rule("no channel", {}, START, channels=[])
    gone = book.add_rule("gone", {}, START)
    book.remove_rule(gone.id, OWNER)
    fired = [Fired(rule, "e", "ACME", START, 1.0, "e") for rule in (1, only.id, none.id, gone.id)]
    assert outbox.record("alerts", Cursor("log", 1, {}), fired, START) == 3
    assert [[(d.channel_id, d.state) for d in outbox.deliveries(n)] for n in (1, 2, 3)] == [
        [(page, "sent"), (post, "waiting")],
        [(post, "waiting")],
        [],
    ]


def run(*arguments: str) -> subprocess.Popen[str]:
    process = subprocess.Popen([sys.executable, worker.__file__, *arguments], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "open\n"
    return process


def ended(process: subprocess.Popen[str]) -> int:
    process.communicate(timeout=60)
    return process.returncode


def assert_all_fired_once(outbox: Outbox, firings: FiringBook) -> None:
    due = [each.event for offset in range(1, ENTRIES + 1) for each in fired_at(offset)]
    found = firings.firings(most=1000)
    assert sorted(f.event for f in found) == sorted(due)
    assert all(len(outbox.deliveries(f.id)) == 1 for f in found)
    assert outbox.cursor("alerts") == Cursor("log", ENTRIES, {"count": len(due)})


def test_two_processes_that_evaluate_the_same_log_fire_once(
    url: str, outbox: Outbox, firings: FiringBook, book: AlertBook
):
    book.add_channel("webhook", "hook", {"url": "https://example.org", "secret": SECRET})
    both = [run("fire", url), run("fire", url)]
    assert [ended(each) for each in both] == [0, 0]
    assert_all_fired_once(outbox, firings)


def test_an_evaluation_that_is_killed_at_any_moment_fires_once(
    url: str, outbox: Outbox, firings: FiringBook, book: AlertBook
):
    book.add_channel("webhook", "hook", {"url": "https://example.org", "secret": SECRET})
    chance = random.Random(3)
    for _ in range(KILLS):
        process = run("fire", url)
        time.sleep(chance.uniform(0, 0.03))
        process.kill()
        ended(process)
    assert ended(run("fire", url)) == 0
    assert_all_fired_once(outbox, firings)


# delivering


def test_a_message_arrives_once_and_its_receipt_is_kept(outbox: Outbox, book: AlertBook):
    with web(says(200, "thanks")) as server, mail(None) as post:
        hook(book, server)
        address = {"host": "127.0.0.1", "port": post.port, "sender": "a@b.org", "to": "c@d.org", "security": "none"}
        book.add_channel("email", "mail", address)
        fire(outbox, "a", "b")
        one_pass(outbox)
        one_pass(outbox, 3600)
    assert story(outbox) == [("sent", [(0, True, "HTTP 200 thanks")]), ("sent", [(0, True, "kept as 1")])]
    assert [json.loads(each.body)["message"] for each in server.heard] == ["ACME: a", "ACME: b"]
    assert [each["Message-ID"] for each in post.heard] == [
        f"<{d[1].key}@b.org>" for d in map(outbox.deliveries, (1, 2))
    ]
    assert len({*keys(server), *(d.key for d in outbox.deliveries(1))}) == 3


def test_a_failure_is_tried_again_after_a_growing_pause(outbox: Outbox, book: AlertBook):
    with web(says(500), says(500), says(200)) as server:
        hook(book, server)
        fire(outbox, "a")
        for seconds in (0, 29, 30, 149, 150, 151):
            one_pass(outbox, seconds)
    assert story(outbox) == [("sent", [(0, False, "HTTP 500"), (30, False, "HTTP 500"), (150, True, "HTTP 200")])]
    assert len(set(keys(server))) == 1
    assert len({post.body for post in server.heard}) == 1


def test_what_failed_so_far_is_counted_by_firing_and_by_channel(outbox: Outbox, book: AlertBook):
    with web(says(500), says(200)) as down, web(says(200)) as up:
        first = hook(book, down)
        hook(book, up, "up")
        fire(outbox, "a")
        assert (outbox.failing([1]), outbox.failing_channels()) == ({}, {})
        one_pass(outbox)
        assert (outbox.failing([1]), outbox.failing_channels()) == ({1: 1}, {first: 1})
        one_pass(outbox, 30)
    assert (outbox.failing([1]), outbox.failing_channels()) == ({}, {})


def test_after_eight_failures_a_message_is_dead_with_the_reason(outbox: Outbox, book: AlertBook):
    with web(says(500, "oops")) as server:
        hook(book, server)
        fire(outbox, "a")
        for hours in range(0, 70, 7):
            one_pass(outbox, hours * 3600)
    ((state, attempts),) = story(outbox)
    assert (state, len(attempts), attempts[-1][2]) == ("dead", TRIES, "HTTP 500 oops")
    assert len(server.heard) == TRIES


def test_what_will_never_arrive_is_dead_at_once_and_the_next_is_tried(outbox: Outbox, book: AlertBook):
    with web(says(410), says(200)) as server:
        hook(book, server)
        fire(outbox, "a", "b")
        one_pass(outbox)
    assert story(outbox, 1) == [("dead", [(0, False, "HTTP 410")])]
    assert story(outbox, 2) == [("sent", [(0, True, "HTTP 200")])]


def test_a_receiver_that_asks_to_wait_gets_nothing_until_then(outbox: Outbox, book: AlertBook):
    with web(says(429, Retry_After="500"), says(200)) as server:
        hook(book, server)
        fire(outbox, "a", "b")
        for seconds in (0, 1, 499, 500):
            one_pass(outbox, seconds)
    assert story(outbox, 1) == [("sent", [(0, False, "HTTP 429"), (500, True, "HTTP 200")])]
    assert story(outbox, 2) == [("sent", [(500, True, "HTTP 200")])]


def test_what_fires_while_a_receiver_asks_to_wait_waits_too(outbox: Outbox, book: AlertBook):
    with web(says(429, Retry_After="500"), says(200)) as server:
        hook(book, server)
        fire(outbox, "a")
        one_pass(outbox)
        fire(outbox, "b")
        (waiting,) = outbox.deliveries(2)
        assert (waiting.state, waiting.next_try) == ("waiting", START + timedelta(seconds=500))
        one_pass(outbox, 499)
        assert len(server.heard) == 1
        one_pass(outbox, 500)
    assert story(outbox, 2) == [("sent", [(500, True, "HTTP 200")])]


def test_a_receiver_is_left_in_peace_also_after_the_last_try(outbox: Outbox, book: AlertBook):
    with web(*[says(500)] * (TRIES - 1), says(429, Retry_After="500"), says(200)) as server:
        hook(book, server)
        fire(outbox, "a")
        for day in range(TRIES):
            one_pass(outbox, day * 86400)
        assert story(outbox)[0][0] == "dead"
        fire(outbox, "b")
        one_pass(outbox, (TRIES - 1) * 86400 + 499)
        assert len(server.heard) == TRIES
        one_pass(outbox, (TRIES - 1) * 86400 + 500)
        assert len(server.heard) == TRIES + 1


def test_a_receiver_that_was_replaced_is_not_waited_for(outbox: Outbox, book: AlertBook):
    with web(says(429, Retry_After="500")) as busy, web(says(200)) as free:
        hook(book, busy)
        fire(outbox, "a", "b")
        one_pass(outbox)
        (held,) = book.channels()
        book.change_channel(replace(held, config={"url": free.url, "secret": SECRET}))
        one_pass(outbox, 1)
        assert len(free.heard) == 1


@pytest.mark.parametrize("ahead", [timedelta(hours=30), timedelta(days=365)])
def test_what_fired_while_the_clock_was_ahead_leaves_once_it_is_right(
    outbox: Outbox, book: AlertBook, ahead: timedelta
):
    with web(says(500), says(200)) as server:
        hook(book, server)
        fire(outbox, "a")
        for seconds in (-ahead.total_seconds(), 29 - ahead.total_seconds(), 30 - ahead.total_seconds()):
            one_pass(outbox, seconds)
    assert [(state, len(tries)) for state, tries in story(outbox)] == [("sent", 2)]


@pytest.mark.parametrize("answer", [says(500), says(429, Retry_After="500")])
def test_what_was_tried_while_the_clock_was_ahead_is_tried_again_once_it_is_right(
    outbox: Outbox, book: AlertBook, answer: Answer
):
    with web(answer, says(200)) as server:
        hook(book, server)
        fire(outbox, "a")
        one_pass(outbox, 365 * 86400)
        one_pass(outbox, 1)
    assert story(outbox)[0][0] == "sent"


def test_a_channel_that_is_down_costs_one_try_a_pass(outbox: Outbox, book: AlertBook):
    with web(says(500)) as server:
        hook(book, server)
        fire(outbox, "a", "b", "c")
        one_pass(outbox)
        assert len(server.heard) == 1
        one_pass(outbox, 1)
        assert len(server.heard) == 2


def test_a_channel_that_hangs_holds_up_no_other(outbox: Outbox, book: AlertBook):
    async def main() -> None:
        delivering = asyncio.create_task(keep_delivering(outbox, lambda: START, lambda: 0.5, every_s=0.01))
        while not (quick.heard and slow.heard):
            await asyncio.sleep(0.01)
        fire(outbox, "b")
        while len(quick.heard) < 2:
            await asyncio.sleep(0.01)
        delivering.cancel()
        with suppress(asyncio.CancelledError):
            await delivering

    with web(hangs) as slow, web(says(200)) as quick:
        hook(book, slow, "slow")
        hook(book, quick, "quick")
        fire(outbox, "a")
        apart.run(asyncio.wait_for(main(), 10))
        assert len(slow.heard) == 1
        assert [state for state, _ in story(outbox)] == ["sending", "sent"]
        one_pass(outbox, LEASE.total_seconds(), timeout_s=0.2)
    assert story(outbox, 2)[0] == ("waiting", [(60, False, "No answer within 0.2 seconds.")])


def test_a_channel_that_is_switched_off_or_removed_gives_up_what_waits(outbox: Outbox, book: AlertBook):
    with web(says(200)) as server:
        off, gone = hook(book, server, "off"), hook(book, server, "gone")
        fire(outbox, "a")
        found = next(each for each in book.channels() if each.id == off)
        book.change_channel(type(found)(found.id, found.kind, found.name, found.config, enabled=False))
        book.remove_channel(gone)
        assert outbox.take(gone, START) is None
        one_pass(outbox)
    assert server.heard == []
    assert story(outbox) == [("dead", [(0, False, "The channel was switched off or removed.")])] * 2


def test_a_channel_that_cannot_be_made_is_told_in_the_log(outbox: Outbox, book: AlertBook):
    book.add_channel("email", "old", {"host": "example.org", "passwort": "T0KEN"})
    fire(outbox, "a")
    one_pass(outbox)
    ((state, ((_, ok, why),)),) = story(outbox)
    assert (state, ok) == ("dead", False)
    assert "no passwort" in why
    assert "T0KEN" not in why


def test_nothing_leaves_in_quiet_hours(outbox: Outbox, book: AlertBook):
    with web(says(200)) as server:
        hook(book, server)
        fire(outbox, "a", not_before=START + timedelta(hours=8))
        one_pass(outbox, 8 * 3600 - 1)
        assert server.heard == []
        one_pass(outbox, 8 * 3600)
    assert len(server.heard) == 1


def test_an_item_is_one_workers_until_its_lease_ends(outbox: Outbox, book: AlertBook):
    channel = book.add_channel("webhook", "hook", {"url": "https://example.org", "secret": SECRET}).id
    fire(outbox, "a")
    first = outbox.take(channel, START)
    assert first is not None
    assert SECRET not in repr(first)
    assert outbox.take(channel, START + LEASE - timedelta(seconds=1)) is None
    again = outbox.take(channel, START + LEASE)
    assert again is not None
    assert (again.key, again.firing) == (first.key, first.firing)
    outbox.failed(first, "too late", START + LEASE, None)
    assert outbox.take(channel, START + LEASE) is None
    outbox.sent(again, "HTTP 200", START + LEASE)
    assert story(outbox) == [("sent", [(60, False, "too late"), (60, True, "HTTP 200")])]


@given(
    st.integers(1, 20),
    st.floats(0, 1, exclude_max=True),
    st.none() | st.floats(0, 1e9),
)
def test_pauses_grow_and_end(failures: int, chance: float, asked: float | None):
    error = Undelivered("later", retry_after_s=asked)
    again = next_try(failures, error, START, lambda: chance)
    if failures >= TRIES:
        assert again is None
    else:
        assert again is not None
        seconds = (again - START).total_seconds()
        assert 27 <= seconds <= LONGEST_WAIT_S
        assert seconds >= min(asked or 0, LONGEST_WAIT_S)
        after = next_try(failures + 1, error, START, lambda: 0.999)
        assert after is None or after > again or asked or failures >= 5
    assert next_try(failures, Undelivered("never", permanent=True), START, lambda: chance) is None


@settings(max_examples=15)
@given(answers=st.lists(st.sampled_from([200, 200, 404, 429, 500]), min_size=1, max_size=30), events=st.integers(1, 4))
def test_whatever_is_answered_each_arrives_or_is_dead_with_a_reason(
    answers: Sequence[int], events: int, tmp_path_factory: pytest.TempPathFactory
):
    ledger = Ledger(f"sqlite:///{tmp_path_factory.mktemp('law') / 'ledger.db'}")
    outbox, book = Outbox(ledger), AlertBook(ledger)
    book.add_rule("ACME moves", {}, START)
    with web(*(says(status) for status in answers)) as server:
        channel = hook(book, server)
        fire(outbox, *(str(n) for n in range(events)))
        hours = 0
        while any(d.next_try for n in range(1, events + 1) for d in outbox.deliveries(n)):
            one_pass(outbox, hours * 3600)
            hours += 7
    arrived = {key for nth, key in enumerate(keys(server)) if answers[min(nth, len(answers) - 1)] == 200}
    for number in range(1, events + 1):
        (delivery,) = outbox.deliveries(number)
        log = outbox.attempts(delivery.id)
        assert delivery.channel_id == channel
        assert delivery.state == ("sent" if delivery.key in arrived else "dead")
        assert [a.ok for a in log] == [False] * (len(log) - 1) + [delivery.state == "sent"]
        assert 1 <= len(log) == delivery.attempts <= TRIES
    assert_one_body_per_key(server)
    ledger.close()


def assert_one_body_per_key(server: Web) -> None:
    bodies = defaultdict(set)
    for key, post in zip(keys(server), server.heard, strict=True):
        bodies[key].add(post.body)
    assert all(len(each) == 1 for each in bodies.values())


def test_a_worker_that_is_killed_ten_times_loses_nothing(url: str, outbox: Outbox, book: AlertBook):
    chance, killed = random.Random(8), 0
    with web(says(200)) as server:
        hook(book, server)
        fire(outbox, *(f"event {n}" for n in range(80)))
        for nth in range(KILLS):
            process = run("deliver", url, str(2 * nth))
            heard = len(server.heard)
            while len(server.heard) == heard and process.poll() is None:
                time.sleep(0.001)
            time.sleep(chance.uniform(0, 0.06))
            process.kill()
            killed += ended(process) != 0
        last = run("deliver", url, str(2 * KILLS))
        assert ended(last) == 0
    assert killed >= KILLS // 2
    expected = {d.key for n in range(1, 81) for d in outbox.deliveries(n)}
    counts = Counter(keys(server))
    assert set(counts) == expected
    assert sum(counts.values()) <= 80 + KILLS
    assert {d.state for n in range(1, 81) for d in outbox.deliveries(n)} == {"sent"}
    assert_one_body_per_key(server)


# what the owner sets


def test_rules_and_channels_are_kept_as_they_were_given(book: AlertBook):
    rule = book.add_rule("second", {"a": [1]}, START, channels=[3], enabled=False)
    later = START + timedelta(days=1)
    book.change_rule(type(rule)(rule.id, OWNER, "renamed", {"b": 2}, None, True, START, START), later)
    assert book.rules()[1] == type(rule)(rule.id, OWNER, "renamed", {"b": 2}, None, True, START, later)
    channel = book.add_channel("email", "mail", {"password": SECRET})
    assert book.channels() == [channel]
    assert SECRET not in repr(channel)
    with pytest.raises(InvalidInput, match="a channel of that name"):
        book.add_channel("browser", "mail", {})
    with pytest.raises(InvalidInput, match="a rule of that name"):
        book.add_rule("renamed", {}, START)
    for remove, named in ((book.remove_channel, (channel.id,)), (book.remove_rule, (rule.id, OWNER))):
        remove(*named)
        with pytest.raises(InvalidInput, match=f"There is no .* {named[0]}"):
            remove(*named)
    assert book.add_rule("third", {}, START).id > rule.id


def test_each_edit_of_a_rule_is_later_than_the_one_before_though_the_clock_stands_still(book: AlertBook):
    (rule,), versions = book.rules(), [book.version()]
    for now in (START, START, START - timedelta(days=1), START + timedelta(days=1)):
        rule = book.change_rule(rule, now)
        versions.append(book.version())
    assert (rule.changed, book.rules()) == (START + timedelta(days=1), [rule])
    assert all(one != other for one, other in combinations(versions, 2))


def test_a_rule_and_what_it_fires_are_its_owners(ledger: Ledger, outbox: Outbox, firings: FiringBook, book: AlertBook):
    ann = PeopleBook(ledger).add("Ann", "ann", "member", None, Deed(START, None, "", "added")).id
    book.add_channel("webhook", "hook", {"url": "https://example.org", "secret": SECRET})
    hers = book.add_rule("ACME moves", {}, START, owner=ann)
    fired = [Fired(rule, "e", "ACME", START, 1.0, "e") for rule in (1, hers.id)]
    outbox.record("alerts", Cursor("log", 1, {}), fired, START)
    item = outbox.take(1, START)
    assert item is not None
    outbox.failed(item, "no answer", START, START)
    assert [[rule.id for rule in book.rules(whose)] for whose in (OWNER, ann, None)] == [[1], [hers.id], [1, hers.id]]
    assert [[each.id for each in firings.firings(whose, most=9)] for whose in (OWNER, ann, None)] == [[1], [2], [2, 1]]
    assert [len(outbox.deliveries(2, whose)) for whose in (OWNER, ann)] == [0, 1]
    with pytest.raises(InvalidInput, match="There is no rule 1"):
        book.change_rule(replace(book.rules(OWNER)[0], owner=ann), START)
    with pytest.raises(InvalidInput, match="There is no rule 1"):
        book.remove_rule(1, ann)
    firings.mark_seen(2, OWNER)
    assert (firings.unseen(OWNER), firings.unseen(ann)) == (0, 1)
    PeopleBook(ledger).remove(ann, Deed(START, None, "", "removed"))
    outbox.forget(ann)
    assert (book.rules(), firings.firings(ann, most=9)) == (book.rules(OWNER), [])
    assert [each.firing_id for each in outbox.deliveries(1)] == [1]


def test_what_is_forgotten_while_it_is_sent_leaves_no_trace(outbox: Outbox, firings: FiringBook, book: AlertBook):
    book.add_channel("webhook", "hook", {"url": "https://example.org", "secret": SECRET})
    fire(outbox, "e")
    item = outbox.take(1, START)
    assert item is not None
    outbox.forget(OWNER)
    outbox.sent(item, "it came", START)
    assert (firings.firings(most=9), outbox.attempts(item.id)) == ([], [])


def test_only_the_owner_reads_the_ledger(tmp_path: Path):
    path = tmp_path / "ledger.db"
    path.touch(mode=0o644)
    ledger = Ledger(f"sqlite:///{path}")
    AlertBook(ledger).add_channel("email", "mail", {"password": SECRET})
    files = {each.name: oct(each.stat().st_mode & 0o777) for each in tmp_path.iterdir()}
    ledger.close()
    assert files == {"ledger.db": "0o600", "ledger.db-wal": "0o600", "ledger.db-shm": "0o600"}
