"""The log keeps every event once and in order, whatever happens to the process, the disk or the file."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
import threading
import tracemalloc
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from zlib import crc32

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from openbell.model.errors import StoreError
from openbell.model.frames import QUOTES, TRADES, conform, frame_of
from openbell.store import log as log_module
from openbell.store.ledger import Ledger
from openbell.store.log import MARKS, SCHEMAS, Entry, Extent, Log

NOON = datetime(2026, 3, 2, 17, 0, 0, 123456, tzinfo=UTC)
MB = 2**20


def trades(*prices: float) -> pl.DataFrame:
    return frame_of(
        TRADES,
        [
            {
                "symbol": "ACME",
                "ts": NOON,
                "seq": nth,
                "price": price,
                "size": 100.0,
                "suspicious": False,
                "source": "test",
            }
            for nth, price in enumerate(prices)
        ],
    )


def many(rows: int, seed: int = 1) -> pl.DataFrame:
    """Trades that cannot be packed well: some 30 bytes each."""
    rng = np.random.default_rng(seed)
    columns = {
        "seq": np.arange(rows),
        "id": rng.integers(0, 2**62, rows),
        "price": rng.random(rows),
        "size": rng.random(rows),
    }
    plain = pl.DataFrame(columns).with_columns(
        pl.lit(None).cast(dtype).alias(name) for name, dtype in TRADES.items() if name not in columns
    )
    return plain.select(list(TRADES))


MARK = frame_of(MARKS, [{"ts": NOON, "feed": "yahoo", "what": "gap", "detail": "No messages for 12 s."}])
QUOTE = frame_of(QUOTES, [{"symbol": "ACME", "ts": NOON, "price": 10.5, "currency": "USD", "source": "test"}])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "log.db"


@pytest.fixture
def log(path: Path) -> Iterator[Log]:
    with closing(Log(path)) as log:
        yield log


def append_all(log: Log, prices: Sequence[float]) -> None:
    for price in prices:
        log.append("trades", trades(price), NOON)


def fill(log: Log, rows: int) -> None:
    """Append `rows` trades at a time until there is no space."""
    for nth in range(100):
        log.append("trades", many(rows, nth), NOON)


def told(entries: Iterator[Entry]) -> list[tuple[int, float]]:
    """Offset and first price of each entry."""
    return [(entry.offset, entry.frame["price"][0]) for entry in entries]


def test_an_empty_log_answers_every_question_with_nothing(log: Log):
    assert (log.first, log.last) == (1, 0)
    assert list(log.read()) == []
    assert log.trim(100) == 0
    assert log.append("trades", trades(), NOON) == 1
    assert (log.first, log.last, log.extent.rows) == (1, 1, 0)


def test_what_is_appended_is_read_back_in_order_with_its_kind_and_its_instant(log: Log):
    appended = [("trades", trades(10.0, 10.1)), ("marks", MARK), ("quotes", QUOTE), ("trades", trades(10.2))]
    later = [NOON + timedelta(microseconds=nth) for nth in range(4)]
    offsets = [log.append(kind, frame, at) for (kind, frame), at in zip(appended, later, strict=True)]
    assert offsets == [1, 2, 3, 4]
    for entry, offset, (kind, frame), at in zip(log.read(), offsets, appended, later, strict=True):
        assert (entry.offset, entry.kind, entry.at, entry.at.tzinfo) == (offset, kind, at, UTC)
        assert_frame_equal(entry.frame, frame)
    assert (log.extent.first, log.extent.last, log.extent.rows) == (1, 4, 5)


def test_a_reader_asks_for_what_comes_after_an_offset_and_up_to_one(log: Log):
    append_all(log, [1.0, 2.0, 3.0, 4.0])
    assert told(log.read(after=2)) == [(3, 3.0), (4, 4.0)]
    assert told(log.read(after=1, upto=3)) == [(2, 2.0), (3, 3.0)]
    assert told(log.read(upto=99)) == [(1, 1.0), (2, 2.0), (3, 3.0), (4, 4.0)]
    assert told(log.read(after=4)) == told(log.read(after=99)) == []


def test_a_reader_sees_what_was_there_when_it_asked(log: Log):
    append_all(log, [1.0, 2.0])
    entries = log.read()
    append_all(log, [3.0])
    assert told(entries) == [(1, 1.0), (2, 2.0)]


def test_another_process_reads_what_this_one_writes(log: Log, path: Path):
    append_all(log, [1.0, 2.0])
    with closing(Log(path, readonly=True)) as other:
        append_all(log, [3.0])
        assert told(other.read(after=1)) == [(2, 2.0), (3, 3.0)]
        assert other.last == 3
    program = """if True:
        import sys
        from pathlib import Path
        from openbell.store.log import Log
        print([(e.offset, e.frame["price"][0]) for e in Log(Path(sys.argv[1]), readonly=True).read()])"""
    done = subprocess.run([sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=True)
    assert done.stdout == "[(1, 1.0), (2, 2.0), (3, 3.0)]\n"


def test_who_only_reads_neither_makes_nor_changes_a_log(path: Path):
    with pytest.raises(StoreError, match="no log"):
        Log(path, readonly=True)
    assert not path.exists()
    with closing(Log(path)) as log:
        append_all(log, [1.0])
    with closing(Log(path, readonly=True)) as reader:
        with pytest.raises(StoreError, match="readonly"):
            reader.append("trades", trades(2.0), NOON)
        with pytest.raises(StoreError, match="readonly"):
            reader.trim(2)
        assert told(reader.read()) == [(1, 1.0)]


def test_a_second_writer_is_refused_until_the_first_one_ends(log: Log, path: Path):
    program = "import sys\nfrom pathlib import Path\nfrom openbell.store.log import Log\nLog(Path(sys.argv[1])).close()"
    command = [sys.executable, "-c", program, str(path)]
    with pytest.raises(StoreError, match="being written by another desk"):
        Log(path)
    with closing(Log(path, readonly=True)):  # a reader that ends does not free the way
        pass
    refused = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "being written by another desk" in refused.stderr
    log.close()
    assert subprocess.run(command, check=False).returncode == 0


def test_threads_share_a_log(log: Log):
    given_out: list[tuple[int, float]] = []

    def work(first: int) -> None:
        for price in range(first, first + 20):
            given_out.append((log.append("trades", trades(price), NOON), price))
            list(log.read(after=log.last - 3))

    threads = [threading.Thread(target=work, args=(100 * nth,)) for nth in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(offset for offset, _ in given_out) == list(range(1, 121))
    assert told(log.read()) == sorted(given_out)


def test_appends_wait_for_the_disk(log: Log):
    settings = {
        name: log._connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")
    }
    assert settings == {"journal_mode": "wal", "synchronous": 2}  # FULL: each commit is fsynced


@pytest.mark.parametrize(
    ("kind", "batch"),
    [
        ("trades", QUOTE),
        ("trades", trades(1.0).drop("venue")),
        ("trades", trades(1.0).with_columns(pl.col("price").cast(pl.Float32))),
        ("trades", trades(1.0).select(sorted(TRADES))),
        ("trades", trades(1.0).with_columns(more=1)),
        ("marks", MARK.with_columns(pl.col("ts").dt.replace_time_zone(None))),
    ],
)
def test_a_frame_of_another_schema_is_refused(log: Log, kind: log_module.Kind, batch: pl.DataFrame):
    with pytest.raises(ValueError, match=f"not a frame of {kind}"):
        log.append(kind, batch, NOON)
    assert log.last == 0


def test_a_batch_too_large_for_memory_later_is_refused_now(log: Log):
    with pytest.raises(ValueError, match="append it in parts"):
        log.append("trades", many(3_000_000), NOON)
    assert log.last == 0


def test_a_part_of_a_large_frame_takes_the_space_of_a_part(log: Log):
    whole = pl.concat([trades(1.0)] * 100_000).with_columns(venue=pl.lit("a venue with a long name"))
    log.append("trades", whole.slice(50_000, 10), NOON)
    (size,) = log._connection.execute("SELECT length(payload) FROM entries").fetchone()
    assert size < 10_000


@pytest.mark.parametrize("columns", [[name for name in TRADES if name not in {"id", "suspicious"}], sorted(TRADES)])
def test_entries_of_an_older_program_have_todays_columns(log: Log, columns: list[str]):
    payload = trades(2.0).select(columns).write_ipc_stream(None).getvalue()
    row = (1, "trades", 0, 1, crc32(payload), payload)
    log._connection.execute("INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?)", row)
    (entry,) = log.read()
    assert_frame_equal(entry.frame, conform(trades(2.0).select(columns), TRADES))


# trimming


def test_offsets_are_never_used_again(path: Path):
    with closing(Log(path)) as log:
        append_all(log, [1.0, 2.0, 3.0])
        assert log.trim(3) == 2
        assert told(log.read()) == [(3, 3.0)]
        assert log.trim(99) == 1
        assert log.trim(99) == 0
        assert (log.first, log.last, log.extent.rows) == (4, 3, 0)
    with closing(Log(path)) as log:
        assert (log.first, log.last) == (4, 3)
        append_all(log, [4.0])
        assert told(log.read(after=1)) == [(4, 4.0)]


def test_what_is_trimmed_before_its_turn_is_not_passed_over_in_silence(log: Log):
    append_all(log, [1.0, 2.0, 3.0])
    entries = log.read()
    log.trim(3)
    with pytest.raises(StoreError, match=r"Entry 1 of the log .* was trimmed before it was read"):
        next(entries)


def test_trimming_goes_by_many_small_steps_to_the_same_end(log: Log):
    append_all(log, range(600))
    assert log.trim(550) == 549
    assert told(log.read()) == [(nth + 1, float(nth)) for nth in range(549, 600)]
    assert log.extent.rows == 51


def test_weeks_of_appending_and_trimming_take_no_more_space_than_the_first_day(log: Log, path: Path):
    day = many(50_000)
    sizes = []
    for _ in range(21):
        for _ in range(5):
            log.append("trades", day, NOON)
        log.trim(log.last - 4)
        sizes.append(log.extent.bytes)
    kept = sum(log._connection.execute("SELECT sum(length(payload)) FROM entries").fetchone())
    assert max(sizes[1:]) < 2 * kept + 3 * log_module.CHECKPOINT_BYTES
    assert max(sizes[-3:]) <= max(sizes[:3])


def test_the_space_of_a_busy_day_is_given_back(log: Log, path: Path):
    for nth in range(40):
        log.append("trades", many(100_000, nth), NOON)
    log.append("trades", trades(7.0), NOON)
    assert log.extent.bytes > 110 * MB
    log.trim(41)
    log.append("trades", trades(8.0), NOON)
    assert log.extent.bytes < log_module.SPARE_BYTES + 3 * log_module.CHECKPOINT_BYTES
    assert told(log.read()) == [(41, 7.0), (42, 8.0)]


def test_a_slow_reader_neither_holds_the_log_in_memory_nor_lets_the_write_ahead_log_grow(log: Log, path: Path):
    batch = many(20_000)
    for _ in range(60):
        log.append("trades", batch, NOON)
    assert log.extent.bytes > 4 * log_module.READ_BYTES
    tracemalloc.start()
    entries = log.read()
    next(entries)
    for _ in range(60):
        log.append("trades", batch, NOON)
    assert path.with_name("log.db-wal").stat().st_size < 2 * log_module.CHECKPOINT_BYTES
    assert sum(1 for _ in entries) == 59
    assert tracemalloc.get_traced_memory()[1] < 2 * log_module.READ_BYTES
    tracemalloc.stop()


# what happens to the process, the disk and the file

WRITER = """if True:
    import sys
    from datetime import UTC, datetime
    from pathlib import Path
    import polars as pl
    from openbell.model.frames import TRADES, conform
    from openbell.store.log import Log
    log = Log(Path(sys.argv[1]))
    while True:
        number = log.last + 1
        rows = conform(pl.DataFrame({"seq": pl.int_range(1000, eager=True) * number}), TRADES)
        print(log.append("trades", rows, datetime(2026, 3, 2, tzinfo=UTC)), flush=True)
        if number % 50 == 0:
            log.trim(number - 100)"""


def test_twenty_kills_at_random_moments_lose_and_halve_no_entry(path: Path):
    chance = random.Random(13)
    seen = 0
    for _ in range(20):
        with subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout is not None
            writer.stdout.readline()
            threading.Timer(chance.uniform(0.0, 0.1), writer.kill).start()
            acknowledged = [int(line) for line in writer.stdout if line.endswith("\n")]
        with closing(Log(path)) as log:
            extent = log.extent
            assert extent.last - max(acknowledged, default=extent.last) in {0, 1}  # one may be durable and not told yet
            assert extent.last > seen
            assert extent.rows == 1000 * (extent.last - extent.first + 1)
            for entry in log.read():
                assert entry.frame["seq"].to_list() == [nth * entry.offset for nth in range(1000)]
            seen = extent.last
    assert seen > 100


def test_a_killed_first_start_is_begun_again(path: Path):
    path.parent.mkdir()
    path.touch()
    with closing(Log(path)) as log:
        append_all(log, [1.0])
    path.unlink()
    with closing(sqlite3.connect(path)) as half:
        half.execute("PRAGMA journal_mode = WAL")
    with pytest.raises(StoreError, match="no log"):
        Log(path, readonly=True)
    with closing(Log(path)) as log:
        append_all(log, [1.0])
        assert log.last == 1


def test_a_log_at_its_limit_says_so_and_goes_on_when_there_is_space(path: Path):
    with closing(Log(path, limit_bytes=4 * MB)) as log:
        with pytest.raises(
            StoreError, match=r"is full: it may take 4,194,304 bytes, and [\d,]+ bytes are free on its disk"
        ):
            fill(log, 10_000)
        last = log.last
        assert 5 < last < 40
        assert path.stat().st_size <= 4 * MB
        assert [e.offset for e in log.read()] == list(range(1, last + 1))
        assert log.append("trades", trades(1.0), NOON) == last + 1  # what is small enough still fits
        log.trim(last)
        assert log.append("trades", many(10_000), NOON) == last + 2


@contextmanager
def small_disk(folder: Path, size: int) -> Iterator[Path]:
    """A disk of `size` bytes at `folder`; skips where we may not mount one."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    try:
        done = subprocess.run(mount, capture_output=True, check=False)
    except FileNotFoundError:
        pytest.skip("there is no mount command here")
    if done.returncode:
        pytest.skip("only root may mount a small disk")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_is_told_and_the_log_goes_on_when_there_is_space(tmp_path: Path):
    with small_disk(tmp_path / "disk", 12 * MB) as disk, closing(Log(disk / "log.db")) as log:
        append_all(log, [1.0])
        ballast = disk / "ballast"
        ballast.write_bytes(b"x" * 5 * MB)
        with pytest.raises(StoreError, match=r"log\.db is full: [\d,]+ bytes are free on its disk"):
            fill(log, 5_000)
        last = log.last
        assert last > 5
        with pytest.raises(StoreError, match="is full"):
            log.append("trades", many(50_000), NOON)
        assert [e.offset for e in log.read()] == list(range(1, last + 1))
        ballast.unlink()
        assert log.append("trades", many(5_000), NOON) == last + 1
        assert log.trim(last) == last - 1


def test_a_newer_schema_is_refused_with_a_sentence(path: Path):
    Log(path).close()
    with closing(sqlite3.connect(path)) as newer:
        newer.execute("PRAGMA user_version = 2")
    for readonly in (False, True):
        with pytest.raises(StoreError, match="schema 2, which is newer than this program knows"):
            Log(path, readonly=readonly)


def test_another_programs_file_is_refused_and_left_as_it_is(tmp_path: Path):
    path = tmp_path / "ledger.db"
    with closing(Ledger(f"sqlite:///{path}")):
        pass
    with closing(sqlite3.connect(tmp_path / "other.db")) as other:
        other.execute("CREATE TABLE kept (x)")
    for file in (path, tmp_path / "other.db"):
        before = file.read_bytes()
        with pytest.raises(StoreError, match="is not a log of Openbell"):
            Log(file)
        assert file.read_bytes() == before


def test_a_file_that_is_no_database_is_told_in_a_sentence(tmp_path: Path):
    path = tmp_path / "log.db"
    path.write_bytes(b"no database " * 1000)
    with pytest.raises(StoreError, match=r"log\.db is damaged: file is not a database\. Restore it"):
        Log(path)
    assert path.read_bytes() == b"no database " * 1000


def test_a_changed_byte_is_never_taken_for_a_price(log: Log, path: Path):
    append_all(log, [1.0])
    log.append("trades", many(10_000), NOON)
    append_all(log, [3.0])
    log.close()
    content = bytearray(path.read_bytes())
    content[len(content) // 2 + 100] ^= 1  # within a page: at its start is what SQLite itself needs
    path.write_bytes(content)
    with closing(Log(path)) as log:
        entries = log.read()
        assert next(entries).offset == 1
        with pytest.raises(StoreError, match="is damaged: entry 2 is not what was written"):
            next(entries)
        assert told(log.read(after=2)) == [(3, 3.0)]


def test_a_file_cut_short_is_told_in_a_sentence(log: Log, path: Path):
    log.append("trades", many(20_000), NOON)
    log.close()
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(StoreError, match=r"log\.db is damaged"), closing(Log(path)) as log:
        list(log.read())


def test_a_folder_that_cannot_be_made_is_told_in_a_sentence(tmp_path: Path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreError, match="cannot be written"):
        Log(tmp_path / "file" / "log.db")


def test_a_closed_log_is_closed(log: Log):
    append_all(log, [1.0, 2.0])
    entries = log.read()
    next(entries)
    log.close()
    log.close()
    assert [e.offset for e in entries] == [2]
    with pytest.raises(sqlite3.ProgrammingError):
        log.append("trades", trades(1.0), NOON)


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("append"), st.sampled_from(list(SCHEMAS)), st.integers(0, 3)),
        st.tuples(st.just("trim"), st.integers(0, 20)),
        st.tuples(st.just("reopen")),
    ),
    max_size=15,
)


@settings(max_examples=40)
@given(STEPS)
def test_law_a_log_is_the_list_of_what_was_appended_without_a_prefix(steps: list[tuple[object, ...]]):
    appended: list[tuple[int, object, int]] = []
    gone = 0
    with TemporaryDirectory() as folder:
        log = Log(Path(folder) / "log.db")
        for step in steps:
            match step:
                case ("append", kind, rows):
                    frame = pl.DataFrame(schema=dict(SCHEMAS[kind])).clear(rows)
                    appended.append((log.append(kind, frame, NOON), kind, rows))
                case ("trim", before):
                    gone += log.trim(before)
                case ("reopen",):
                    log.close()
                    log = Log(Path(folder) / "log.db")
            left = appended[gone:]
            assert [(e.offset, e.kind, e.frame.height) for e in log.read()] == left
            rows_left = sum(rows for *_, rows in left)
            extent = log.extent
            assert extent == Extent(gone + 1, len(appended), rows_left, extent.bytes)
        log.close()
