"""What vendors said is kept word for word, and can be played again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from openbell.providers.streams.archive import Archive, archived

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = "2026-03-02.jsonl.gz"


def test_frames_come_back_as_they_were(tmp_path: Path):
    archive = Archive(tmp_path, "yahoo")
    archive.begin(NOON)
    for second, frame in enumerate(["hello", b"\xff\x00", '{"s":"é"}'], 1):
        archive.keep(frame, NOON + timedelta(seconds=second))
    archive.flush()
    lines = list(archived(tmp_path / "yahoo" / DAY))
    assert [line.frame for line in lines] == [None, "hello", b"\xff\x00", '{"s":"é"}']
    assert [line.instant for line in lines] == [NOON + timedelta(seconds=second) for second in range(4)]


def test_each_utc_day_has_a_file_of_its_own(tmp_path: Path):
    archive = Archive(tmp_path, "yahoo")
    archive.keep("old", NOON.replace(hour=23, minute=59, second=59))
    archive.keep("new", NOON + timedelta(hours=12))
    archive.flush()
    told = {path.name: [line.frame for line in archived(path)] for path in (tmp_path / "yahoo").iterdir()}
    assert told == {DAY: ["old"], "2026-03-03.jsonl.gz": ["new"]}


def test_a_kill_costs_the_last_block_alone(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    path = tmp_path / "yahoo" / DAY
    for word in ("first", "second", "third"):
        archive = Archive(tmp_path, "yahoo")
        archive.keep(word, NOON)
        archive.flush()
        if word == "second":
            path.write_bytes(path.read_bytes()[:-9])  # cut off in the middle of it
    assert [line.frame for line in archived(path)] == ["first", "third"]
    assert "cut off" in caplog.text


def test_a_folder_that_cannot_be_written_costs_no_price(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    (tmp_path / "yahoo").write_text("no folder")
    archive = Archive(tmp_path, "yahoo")
    archive.keep("hello", NOON)
    archive.flush()
    assert "misses what was just said" in caplog.text
