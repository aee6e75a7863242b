"""Jobs over the API: how each stands, one run by hand, months to fetch, reports, and the inbox of actions."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from nightly_market import WEDNESDAY_EVENING, Night, a_night, utc
from openbell.api.app import create_app
from openbell.store.jobbook import JobBook
from recorded import Answer

DIVIDEND = {"dividends": [{"date": "2025-02-19 09:30", "amount": 0.25}]}


@pytest.fixture
def night(tmp_path: Path) -> Iterator[Night]:
    with a_night(tmp_path, "ACME") as found:
        yield found


@pytest.fixture
def client(night: Night) -> TestClient:
    return TestClient(create_app(night.desk, jobs=False), base_url="http://127.0.0.1/api/v1")


def job(client: TestClient, name: str) -> dict[str, object]:
    return next(each for each in client.get("jobs").json()["jobs"] if each["name"] == name)


def test_every_job_of_this_desk_is_listed_with_its_next_run(client: TestClient, night: Night):
    night.clock.now = WEDNESDAY_EVENING - timedelta(days=1)
    night.clockwork.turn("upkeep")
    listed = client.get("jobs").json()["jobs"]
    assert [each["name"] for each in listed] == ["fetch", "upkeep", "backfill", "compact", "sweep"]
    upkeep = job(client, "upkeep")
    assert (upkeep["state"], upkeep["next"], upkeep["failing_since"]) == ("idle", "2025-02-19T21:45:00Z", None)
    last = upkeep["last"]
    assert (last["by"], last["ok"], last["result"]) == ("clock", True, "1 symbol completed, 1 bar stored.")
    assert 0 < last["duration_s"] < 1
    assert job(client, "backfill")["next"] is None


def test_a_job_is_run_by_hand_and_not_twice(client: TestClient, night: Night):
    night.clock.now = WEDNESDAY_EVENING
    book = JobBook(night.desk.ledger)
    run = book.begin("upkeep", "clock", night.clock())
    assert job(client, "upkeep")["state"] == "running"
    refused = client.post("jobs/upkeep/run")
    assert (refused.status_code, refused.json()["title"]) == (409, "Runs already")
    assert refused.headers["content-type"] == "application/problem+json"
    book.end(run, "cut", night.clock())
    begun = client.post("jobs/upkeep/run")
    assert (begun.status_code, begun.json()["state"], begun.json()["by"]) == (202, "running", "hand")
    while job(client, "upkeep")["state"] == "running":
        time.sleep(0.02)
    assert [each["state"] for each in client.get("jobs/upkeep/runs").json()["runs"]] == ["done", "cut"]


def test_a_failure_is_told_with_its_beginning_and_the_next_try(client: TestClient, night: Night):
    night.market.trouble["ACME"] = Answer("<html>", 200)
    night.until(WEDNESDAY_EVENING)
    upkeep = job(client, "upkeep")
    last = upkeep["last"]
    assert (upkeep["state"], last["ok"], last["result"]) == ("failed", False, "")
    assert last["error"].startswith("1 of 1 symbol failed. ACME: yahoo: ")
    assert upkeep["failing_since"][:16] == "2025-02-19T21:45"
    assert upkeep["next"][:16] == "2025-02-19T21:46"


def test_a_vendor_that_asks_to_wait_pauses_a_job(client: TestClient, night: Night):
    night.market.trouble["ACME"] = Answer("Too Many Requests", 429, {"Retry-After": "1800"})
    night.until(WEDNESDAY_EVENING)
    upkeep = job(client, "upkeep")
    assert (upkeep["state"], upkeep["next"][:16]) == ("paused", "2025-02-19T22:15")


@pytest.mark.parametrize(("name", "status"), [("nothing", 404), ("demo", 422)])
def test_a_job_that_cannot_be_run_is_refused(client: TestClient, name: str, status: int):
    assert client.post(f"jobs/{name}/run").status_code == status


def test_months_are_asked_for_and_their_progress_told(client: TestClient, night: Night):
    asked = client.post("jobs/backfill", json={"symbol": "ACME", "from": "2025-01", "to": "2025-02", "interval": "1d"})
    assert (asked.status_code, asked.json()["done"], asked.json()["total"]) == (202, 0, 2)
    assert job(client, "backfill")["next"] is not None
    night.clockwork.turn("backfill")
    (found,) = client.get("jobs/backfills").json()["backfills"]
    assert (found["state"], found["done"], found["detail"]) == ("done", 2, "2 of 2 months fetched.")
    wrong = client.post("jobs/backfill", json={"symbol": "ACME", "from": "2025-13"})
    assert (wrong.status_code, wrong.json()["field"]) == (422, "from")


def test_a_backfill_is_withdrawn(client: TestClient):
    asked = client.post("jobs/backfill", json={"symbol": "ACME", "from": "2025-01", "interval": "1d"}).json()
    assert client.delete(f"jobs/backfills/{asked['id']}").status_code == 204
    assert client.get("jobs/backfills").json()["backfills"] == []
    assert client.delete(f"jobs/backfills/{asked['id']}").status_code == 404


def test_what_somebody_asked_of_the_jobs_is_in_the_log(client: TestClient, night: Night):
    asked = client.post("jobs/backfill", json={"symbol": "ACME", "from": "2025-01", "to": "2025-02", "interval": "1d"})
    client.delete(f"jobs/backfills/{asked.json()['id']}")
    client.post("jobs/sweep/run")
    client.post("jobs/nothing/run")
    deeds = [entry.deed for entry in night.desk.accounts.audit.entries()]
    assert [(each.what, each.about) for each in deeds] == [
        ("job run", "sweep"),
        ("past months withdrawn", f"backfill {asked.json()['id']}"),
        ("past months asked for", "ACME, 2025-01 to 2025-02"),
    ]


def test_what_the_upkeep_found_is_told(client: TestClient, night: Night):
    night.stream("09:30 11.20 11.25 11.20 11.22 100")
    night.until(WEDNESDAY_EVENING)
    (report,) = client.get("jobs/reports?symbol=acme").json()["reports"]
    assert (report["day"], report["agree"], report["only_official"]) == ("2025-02-19", 1, 3)
    assert report["text"] == "1 of 4 minutes agree; 3 not streamed"


def test_a_dividend_comes_into_the_inbox_and_is_undone_and_brought_back(client: TestClient, night: Night):
    night.market.events = DIVIDEND
    night.until(WEDNESDAY_EVENING)
    inbox = client.get("actions/inbox").json()
    (entry,) = inbox["entries"]
    assert (inbox["new"], entry["symbol"], entry["text"], entry["in_use"]) == (1, "ACME", "Dividend 0.25 USD", True)
    assert entry["preview"]["close_before"] == 11.2
    assert entry["preview"]["factor"] == pytest.approx(1 - 0.25 / 11.2)
    path = f"actions/inbox/{entry['id']}"
    for _ in range(2):
        undone = client.post(f"{path}/undo")
        assert (undone.status_code, undone.json()["state"], undone.json()["in_use"]) == (200, "undone", False)
    assert client.get("actions?symbol=ACME").json()["actions"] == []
    night.market.days += "\n2025-02-20 09:30 11.5 11.9 11.4 11.8 900"
    night.until(WEDNESDAY_EVENING + timedelta(days=1))  # the vendor tells it again
    assert client.get("actions?symbol=ACME").json()["actions"] == []
    applied = client.post(f"{path}/apply").json()
    assert (applied["state"], applied["in_use"]) == ("applied", True)
    assert [each["amount"] for each in client.get("actions?symbol=ACME").json()["actions"]] == [0.25]
    assert client.post("actions/inbox/99/undo").status_code == 422


def test_a_split_that_nobody_told_of_waits_and_its_days_come_once_it_is_applied(client: TestClient, night: Night):
    night.until(WEDNESDAY_EVENING)
    night.market.days += "\n2025-02-20 09:30 1.15 1.19 1.14 1.18 9000"
    night.until(WEDNESDAY_EVENING + timedelta(days=1))
    (entry,) = client.get("actions/inbox").json()["entries"]
    assert (entry["text"], entry["in_use"]) == ("Split 10:1 (inferred from the prices)", False)
    client.post(f"actions/inbox/{entry['id']}/apply")
    night.market.days += "\n2025-02-21 09:30 1.18 1.20 1.16 1.19 9000"
    night.until(utc("2025-02-21 21:45"))
    bars = client.get("bars?symbol=ACME&from=2025-02-18&to=2025-02-22&adjust=split&interval=1d").json()["bars"]
    assert bars["close"] == pytest.approx([1.12, 1.15, 1.18, 1.19])
