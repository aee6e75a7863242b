"""The lake keeps every row once, corrects by adding, and can be asked as of any past instant."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from deltalake import write_deltalake
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from openbell.model.errors import InvalidInput, StoreError
from openbell.model.frames import ACTIONS, BARS, INSTRUMENTS, REJECTS, frame_of
from openbell.model.interval import DAY, MINUTE
from openbell.store import lake as lake_module
from openbell.store import table as table_module
from openbell.store.lake import Lake
from openbell.store.sql import query

MONDAY = datetime(2026, 3, 2, 14, 30, tzinfo=UTC)
LEARNED = datetime(2026, 3, 3, tzinfo=UTC)
ALWAYS = (datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))


def minutes(symbol: str, closes: list[float], start: datetime = MONDAY, source: str = "test") -> pl.DataFrame:
    return frame_of(
        BARS,
        [
            {
                "symbol": symbol,
                "interval": "1m",
                "ts": start + timedelta(minutes=at),
                "open": close,
                "high": close,
                "low": close,
                "close": close,
                "volume": 100.0,
                "scale": "raw",
                "source": source,
            }
            for at, close in enumerate(closes)
        ],
    )


def closes(lake: Lake, symbol: str, as_of: datetime | None = None) -> list[float]:
    return lake.bars([symbol], MINUTE, *ALWAYS, as_of=as_of)["close"].to_list()


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path / "lake")


def test_an_empty_lake_answers_every_question_with_nothing(lake: Lake):
    assert lake.bars(["ACME"], MINUTE, *ALWAYS).is_empty()
    assert lake.actions().is_empty()
    assert lake.rejects().is_empty()
    assert lake.instruments().is_empty()
    assert lake.spans().is_empty()
    assert [v.rows for v in lake.volumes()] == [0, 0, 0, 0, 0]
    assert lake.compact() == 0


def test_what_is_written_is_read_back_by_symbol_and_time(lake: Lake):
    batch = pl.concat([minutes("ZETA", [7.0]), minutes("ACME", [1.0, 2.0])])
    assert lake.append_bars(batch, LEARNED) == 3
    rows = lake.bars(["ZETA", "ACME"], MINUTE, *ALWAYS)
    assert rows.columns == [*BARS, "known_at"]
    assert rows.select("symbol", "close").rows() == [("ACME", 1.0), ("ACME", 2.0), ("ZETA", 7.0)]
    assert rows["known_at"].unique().to_list() == [LEARNED]


def test_writing_the_same_rows_again_stores_nothing(lake: Lake):
    batch = minutes("ACME", [1.0, 2.0, 3.0])
    assert lake.append_bars(batch, LEARNED) == 3
    assert lake.append_bars(batch, LEARNED + timedelta(days=1)) == 0
    assert lake.append_bars(minutes("ACME", [1.0, 2.0, 3.0, 4.0]), LEARNED) == 1
    assert closes(lake, "ACME") == [1.0, 2.0, 3.0, 4.0]


def test_a_correction_is_a_new_row_and_the_old_one_can_still_be_asked_for(lake: Lake):
    lake.append_bars(minutes("ACME", [1.0, 2.0]), LEARNED)
    later = LEARNED + timedelta(hours=1)
    assert lake.append_bars(minutes("ACME", [1.0, 2.5]), later) == 1
    assert closes(lake, "ACME") == [1.0, 2.5]
    assert closes(lake, "ACME", as_of=LEARNED) == [1.0, 2.0]
    assert closes(lake, "ACME", as_of=LEARNED - timedelta(seconds=1)) == []


def test_a_correction_after_the_clock_was_set_back_is_known_after_what_it_corrects(lake: Lake):
    lake.append_bars(minutes("ACME", [1.0, 2.0], source="yahoo:stream"), LEARNED)
    earlier = LEARNED - timedelta(hours=1)
    assert lake.append_bars(minutes("ACME", [1.1, 2.0, 3.0], source="yahoo"), earlier) == 3
    assert closes(lake, "ACME") == [1.1, 2.0, 3.0]
    assert closes(lake, "ACME", as_of=LEARNED) == [1.0, 2.0, 3.0]
    assert lake.append_bars(minutes("ACME", [1.2, 2.0, 3.1], source="yahoo"), earlier) == 2
    assert closes(lake, "ACME") == [1.2, 2.0, 3.1]
    just_after = timedelta(microseconds=1)
    known = [LEARNED + 2 * just_after, LEARNED + just_after, earlier + just_after]
    assert lake.bars(["ACME"], MINUTE, *ALWAYS)["known_at"].to_list() == known
    assert lake.append_bars(minutes("ACME", [1.2, 2.0, 3.1], source="yahoo"), earlier) == 0


def test_a_source_that_repeats_itself_does_not_push_aside_what_another_corrected(lake: Lake):
    lake.append_bars(minutes("ACME", [1.0], source="first"), LEARNED)
    lake.append_bars(minutes("ACME", [1.1], source="second"), LEARNED + timedelta(hours=1))
    assert lake.append_bars(minutes("ACME", [1.0], source="first"), LEARNED + timedelta(hours=2)) == 0
    assert closes(lake, "ACME") == [1.1]


def test_a_null_price_is_kept_as_null_and_not_stored_twice(lake: Lake):
    batch = minutes("ACME", [1.0]).with_columns(pl.lit(None, pl.Float64).alias("volume"))
    assert lake.append_bars(batch, LEARNED) == 1
    assert lake.append_bars(batch, LEARNED + timedelta(days=1)) == 0
    assert lake.bars(["ACME"], MINUTE, *ALWAYS)["volume"].to_list() == [None]


def test_reading_is_start_included_end_excluded_and_crosses_the_year(lake: Lake):
    eve = datetime(2025, 12, 31, 23, 59, tzinfo=UTC)
    lake.append_bars(minutes("ACME", [1.0, 2.0, 3.0], start=eve), LEARNED)
    rows = lake.bars(["ACME"], MINUTE, eve, eve + timedelta(minutes=2))
    assert rows["close"].to_list() == [1.0, 2.0]


def test_intervals_do_not_mix(lake: Lake):
    lake.append_bars(minutes("ACME", [1.0]), LEARNED)
    lake.append_bars(minutes("ACME", [9.0]).with_columns(interval=pl.lit("1d")), LEARNED)
    assert closes(lake, "ACME") == [1.0]
    assert lake.bars(["ACME"], DAY, *ALWAYS)["close"].to_list() == [9.0]


def test_another_process_sees_what_was_committed(lake: Lake):
    twin = Lake(lake.root)
    assert closes(twin, "ACME") == []
    lake.append_bars(minutes("ACME", [1.0]), LEARNED)
    assert closes(twin, "ACME") == [1.0]


def test_spans_tell_what_there_is(lake: Lake):
    lake.append_bars(minutes("ACME", [1.0, 2.0, 3.0]), LEARNED)
    assert lake.spans().rows() == [("ACME", "1m", MONDAY, MONDAY + timedelta(minutes=2), 3)]


def test_a_file_that_another_engine_wrote_is_listed_and_read_too(lake: Lake):
    lake.append_bars(minutes("ACME", [1.0]), LEARNED)
    rows = minutes("ZETA", [7.0, 8.0]).with_columns(known_at=pl.lit(LEARNED), year=pl.lit(2026, pl.Int32))
    write_deltalake(lake.root / "bars", rows.to_arrow(), mode="append")
    assert lake.spans().rows() == [
        ("ACME", "1m", MONDAY, MONDAY, 1),
        ("ZETA", "1m", MONDAY, MONDAY + timedelta(minutes=1), 2),
    ]
    assert closes(lake, "ZETA") == [7.0, 8.0]


def test_compaction_bounds_the_files_and_changes_no_answer(lake: Lake):
    for at in range(lake_module.COMPACT_ABOVE + 3):
        lake.append_bars(minutes("ACME", [float(at)], start=MONDAY + timedelta(minutes=at)), LEARNED)
    lake.append_bars(minutes("ACME", [50.0]), LEARNED + timedelta(days=1))
    before, then = closes(lake, "ACME"), closes(lake, "ACME", as_of=LEARNED)
    assert lake.compact() == 1
    assert {v.table: v.files for v in lake.volumes()}["bars"] == 1
    assert closes(lake, "ACME") == before
    assert closes(lake, "ACME", as_of=LEARNED) == then
    assert closes(Lake(lake.root), "ACME") == before


def test_compaction_keeps_every_row_of_every_table_whatever_its_symbol(lake: Lake, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(table_module, "SLICE_ROWS", 4)
    monkeypatch.setattr(table_module, "MERGED_ROWS", 8)
    for at in range(lake_module.COMPACT_ABOVE + 1):
        day = MONDAY + timedelta(days=at)
        for symbol in ("ACME", "MIDL", "ZETA"):
            lake.append_bars(minutes(symbol, [float(at), 2.0], start=day), LEARNED)
        action = {"symbol": "ACME", "ex_date": day.date(), "kind": "dividend", "amount": 1.0, "source": "test"}
        lake.append_actions(frame_of(ACTIONS, [action]), LEARNED)
        reject = {
            "ts": None,
            "interval": "1m",
            "reason": "unreadable",
            "detail": "x",
            "row": f"{at}",
            "origin": "a.csv",
        }
        rejects = [{**reject, "symbol": symbol, "repaired": False, "source": "test"} for symbol in (None, "ACME")]
        lake.append_rejects(frame_of(REJECTS, rejects), LEARNED)

    def everything() -> list[pl.DataFrame]:
        spans = lake.spans().sort("symbol")
        return [lake.bars(["ACME", "MIDL", "ZETA"], MINUTE, *ALWAYS), spans, lake.actions(), lake.rejects().sort("row")]

    before = everything()
    assert lake.compact() == 3
    for then, now in zip(before, everything(), strict=True):
        assert_frame_equal(now, then, check_row_order=False)
    assert {v.table: v.files for v in lake.volumes()}["bars"] <= 9
    assert lake.spans().rows() == [
        (symbol, "1m", MONDAY, MONDAY + timedelta(days=8, minutes=1), 18) for symbol in ("ACME", "MIDL", "ZETA")
    ]


def test_compaction_leaves_large_files_alone(lake: Lake, monkeypatch: pytest.MonkeyPatch):
    for at in range(lake_module.COMPACT_ABOVE + 1):
        lake.append_bars(minutes("ACME", [1.0], start=MONDAY + timedelta(minutes=at)), LEARNED)
    monkeypatch.setattr(lake_module, "SMALL_FILE", 1)
    assert lake.compact() == 0


def test_a_lake_is_untidy_where_a_partition_is_crowded(lake: Lake):
    for at in range(lake_module.COMPACT_ABOVE + 1):
        assert not lake.untidy()
        lake.append_bars(minutes("ACME", [1.0], start=MONDAY + timedelta(minutes=at)), LEARNED)
    assert lake.untidy()
    lake.compact()
    assert not lake.untidy()


def test_two_sources_that_tell_a_price_at_the_same_instant_are_read_alike_before_and_after_compaction(lake: Lake):
    for source in ("b", "a", "c"):
        lake.append_bars(minutes("ACME", [float(ord(source))], source=source), LEARNED)
    for at in range(1, lake_module.COMPACT_ABOVE + 1):
        lake.append_bars(minutes("ACME", [1.0], start=MONDAY + timedelta(minutes=at)), LEARNED)
    before = closes(lake, "ACME")
    assert before[0] == float(ord("c"))
    lake.compact()
    assert closes(Lake(lake.root), "ACME") == before


def test_an_action_told_by_two_sources_counts_once_and_the_newest_wins(lake: Lake):
    def split(ratio: float, source: str) -> pl.DataFrame:
        return frame_of(
            ACTIONS,
            [{"symbol": "ACME", "ex_date": MONDAY.date(), "kind": "split", "ratio": ratio, "source": source}],
        )

    assert lake.append_actions(split(2.0, "one"), LEARNED) == 1
    assert lake.append_actions(split(2.0, "one"), LEARNED + timedelta(days=1)) == 0
    assert lake.append_actions(split(3.0, "two"), LEARNED + timedelta(days=2)) == 1
    assert lake.actions(["ACME"])["ratio"].to_list() == [3.0]
    assert lake.actions(["ACME"], as_of=LEARNED)["ratio"].to_list() == [2.0]
    assert lake.actions(["ZETA"]).is_empty()


def test_a_reject_is_stored_once_however_often_its_file_is_imported(lake: Lake):
    row = {"symbol": "ACME", "interval": "1m", "ts": MONDAY, "reason": "future", "detail": "x", "row": "{}"}
    rejects = frame_of(REJECTS, [{**row, "repaired": False, "source": "test", "origin": "a.csv"}])
    assert lake.append_rejects(rejects, LEARNED) == 1
    assert lake.append_rejects(rejects, LEARNED + timedelta(days=1)) == 0
    assert lake.rejects().height == 1


def test_the_register_keeps_the_newest_facts_of_a_ticker_period(lake: Lake):
    def named(name: str) -> pl.DataFrame:
        return frame_of(INSTRUMENTS, [{"id": "ACME", "ticker": "ACME", "name": name, "simulated": False}])

    lake.append_instruments(named("Acme"), LEARNED)
    lake.append_instruments(named("Acme Inc."), LEARNED + timedelta(days=1))
    assert lake.instruments()["name"].to_list() == ["Acme Inc."]


def test_a_broken_log_is_told_in_a_sentence(lake: Lake):
    lake.append_bars(minutes("ACME", [1.0]), LEARNED)
    next((lake.root / "bars" / "_delta_log").glob("*.json")).write_text("no json")
    with pytest.raises(StoreError, match="cannot be read"):
        Lake(lake.root).bars(["ACME"], MINUTE, *ALWAYS)


def test_sql_sees_the_tables_and_nothing_else(lake: Lake, tmp_path: Path):
    lake.append_bars(minutes("ACME", [1.0, 2.0]), LEARNED)
    assert query(lake, "select symbol, interval, sum(close) as total from bars group by all").rows() == [
        ("ACME", "1m", 3.0)
    ]
    assert query(lake, "select count(*) from actions").rows() == [(0,)]
    secret = tmp_path / "secret.csv"
    secret.write_text("a\n1\n")
    for refused in (
        f"select * from read_csv('{secret}')",
        "drop view bars",
        "copy bars to 'x.csv'",
        "select 1; select 2",
        "set enable_external_access = true",
        "select nonsense from bars",
        "",
    ):
        with pytest.raises(InvalidInput):
            query(lake, refused)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    batches=st.lists(
        st.lists(
            st.tuples(st.sampled_from(["ACME", "ZETA"]), st.integers(0, 5), st.integers(1, 3)), min_size=1, max_size=6
        ),
        min_size=1,
        max_size=5,
    )
)
def test_the_lake_agrees_with_a_dictionary(tmp_path_factory: pytest.TempPathFactory, batches: list):
    lake, model = Lake(tmp_path_factory.mktemp("lake")), {}
    for day, batch in enumerate(batches):
        newest = {(symbol, at): float(close) for symbol, at, close in batch}
        frames = [minutes(s, [c], start=MONDAY + timedelta(minutes=at)) for (s, at), c in newest.items()]
        written = lake.append_bars(pl.concat(frames), LEARNED + timedelta(days=day))
        assert written == sum(model.get(key) != close for key, close in newest.items())
        model |= newest
    rows = lake.bars(["ACME", "ZETA"], MINUTE, *ALWAYS).select("symbol", "ts", "close").rows()
    assert rows == sorted((s, MONDAY + timedelta(minutes=at), c) for (s, at), c in model.items())


def dividends(*amounts: float | None, source: str = "one") -> pl.DataFrame:
    event = {"symbol": "ACME", "ex_date": MONDAY.date(), "kind": "dividend", "currency": "USD", "source": source}
    return frame_of(ACTIONS, [{**event, "amount": amount} for amount in amounts])


def days_later(days: int) -> datetime:
    return LEARNED + timedelta(days=days)


def paid(lake: Lake, as_of: datetime | None = None) -> list[float]:
    return lake.actions(["ACME"], as_of=as_of)["amount"].to_list()


def test_a_special_dividend_on_the_day_of_a_regular_one_is_kept_beside_it(lake: Lake):
    assert lake.append_actions(dividends(0.5, 3.0), LEARNED) == 2
    assert lake.append_actions(dividends(3.0, 0.5), days_later(1)) == 0
    assert paid(lake) == [0.5, 3.0]
    assert lake.append_actions(dividends(0.5, 3.0, source="two"), days_later(2)) == 2
    assert paid(lake) == [0.5, 3.0]


def test_what_a_source_corrects_replaces_all_it_told_of_that_day(lake: Lake):
    lake.append_actions(dividends(0.5, 3.0), LEARNED)
    assert lake.append_actions(dividends(0.5, 2.5), days_later(1)) == 2
    assert paid(lake) == [0.5, 2.5]
    assert lake.append_actions(dividends(0.5), days_later(2)) == 1
    assert paid(lake) == [0.5]
    assert paid(lake, as_of=days_later(1)) == [0.5, 2.5]
    assert paid(lake, as_of=LEARNED) == [0.5, 3.0]


def test_a_corrected_dividend_can_be_corrected_back(lake: Lake):
    amounts = (0.5, 0.6, 0.5, 0.5)
    assert [lake.append_actions(dividends(a), days_later(n)) for n, a in enumerate(amounts)] == [1, 1, 1, 0]
    assert paid(lake) == [0.5]
    assert paid(lake, as_of=days_later(1)) == [0.6]


def test_a_corrected_action_after_the_clock_was_set_back_is_known_after_what_it_corrects(lake: Lake):
    lake.append_actions(dividends(0.5, 3.0), LEARNED)
    earlier = LEARNED - timedelta(hours=1)
    assert lake.append_actions(dividends(0.6, 2.5), earlier) == 2
    assert paid(lake) == [0.6, 2.5]
    assert paid(lake, as_of=LEARNED) == [0.5, 3.0]
    assert lake.append_actions(dividends(0.5), earlier) == 1
    assert paid(lake) == [0.5]
    assert lake.append_actions(dividends(0.5), earlier) == 0


def test_a_row_without_a_value_withdraws_an_action_until_it_is_told_again(lake: Lake):
    lake.append_actions(dividends(0.5), LEARNED)
    assert lake.append_actions(dividends(None), days_later(1)) == 1
    assert lake.append_actions(dividends(None), days_later(2)) == 0
    assert paid(lake) == []
    assert paid(lake, as_of=LEARNED) == [0.5]
    assert lake.append_actions(dividends(0.5), days_later(3)) == 1
    assert paid(lake) == [0.5]


def test_one_delivery_stored_in_parts_is_stored_once(lake: Lake):
    assert lake.append_actions(dividends(0.5, 3.0), LEARNED) == 2
    assert lake.append_actions(dividends(0.5), LEARNED) == 0
    assert paid(lake) == [0.5, 3.0]


def test_a_name_can_be_corrected_back(lake: Lake):
    def named(name: str) -> pl.DataFrame:
        return frame_of(INSTRUMENTS, [{"id": "ACME", "ticker": "ACME", "name": name, "simulated": False}])

    told = ["Acme", "Acme Inc.", "Acme", "Acme"]
    assert [lake.append_instruments(named(n), days_later(at)) for at, n in enumerate(told)] == [1, 1, 1, 0]
    assert lake.instruments()["name"].to_list() == ["Acme"]


def rejects_of(*rows: tuple[str | None, datetime | None, str]) -> pl.DataFrame:
    same = {"interval": "1m", "detail": "x", "row": "{}", "repaired": False, "source": "test", "origin": "a.csv"}
    return frame_of(REJECTS, [{**same, "symbol": symbol, "ts": ts, "reason": why} for symbol, ts, why in rows])


def test_rejects_are_read_a_page_at_a_time_newest_first(lake: Lake):
    later = MONDAY + timedelta(minutes=1)
    old = [("ZETA", MONDAY, "future"), ("ACME", later, "jump_100"), ("ACME", MONDAY, "jump_100")]
    lake.append_rejects(rejects_of(*old), LEARNED)
    lake.append_rejects(rejects_of((None, None, "unreadable_row"), ("ACME", later, "future")), days_later(1))

    def page(**asked: str | int) -> list[tuple[str | None, datetime | None]]:
        return lake.rejects(**asked).select("symbol", "ts").rows()

    everything = [(None, None), ("ACME", later), ("ACME", MONDAY), ("ACME", later), ("ZETA", MONDAY)]
    assert page() == everything
    assert page(limit=2) == everything[:2]
    assert page(limit=2, offset=1) == everything[1:3]
    assert page(offset=4) == everything[4:]
    assert page(offset=9, limit=1) == []
    assert page(reason="future") == [("ACME", later), ("ZETA", MONDAY)]
    assert page(symbol="ACME", reason="jump_100", source="test", limit=1, offset=1) == [("ACME", later)]
    assert page(source="none") == []
    counts = [("test", "future", 2, days_later(1)), ("test", "jump_100", 2, LEARNED)]
    assert lake.reject_counts().rows() == [*counts, ("test", "unreadable_row", 1, days_later(1))]
    assert lake.reject_counts(symbol="ACME").rows() == [("test", "future", 1, days_later(1)), counts[1]]
    assert lake.append_rejects(rejects_of((None, None, "unreadable_row"), *old), days_later(2)) == 0


APPENDING = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from openbell.model.frames import QUOTES, frame_of
from openbell.store.lake import Lake

def peak():
    return int(next(l for l in open("/proc/self/status") if l.startswith("VmHWM")).split()[1]) * 1024

at = datetime(2026, 3, 3, tzinfo=UTC)
quote = frame_of(QUOTES, [{"symbol": "ACME", "ts": at, "price": 1.0, "source": "other"}])
assert Lake(Path(sys.argv[1], "warm")).append_quotes(quote, at) == 1
before = peak()
assert Lake(Path(sys.argv[1])).append_quotes(quote, at) == 1
print(peak() - before)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak of memory is read from /proc")
def test_one_quote_beside_two_million_is_appended_without_reading_them_all(lake: Lake):
    stamps = pl.datetime_range(MONDAY, MONDAY + timedelta(seconds=1_999_999), "1s", eager=True)
    quotes = pl.DataFrame({"symbol": "ACME", "ts": stamps, "price": range(2_000_000), "bid": 1.0, "source": "test"})
    lake.append_quotes(quotes, LEARNED)
    command = [sys.executable, "-c", APPENDING, str(lake.root)]
    grown = int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    assert grown < 100_000_000


def test_spans_of_files_that_were_merged_are_forgotten(lake: Lake):
    for at in range(lake_module.COMPACT_ABOVE + 1):
        lake.append_bars(minutes("ACME", [float(at)], start=MONDAY + timedelta(minutes=at)), LEARNED)
        lake.spans()
    lake.compact()
    assert lake.spans()["rows"].to_list() == [lake_module.COMPACT_ABOVE + 1]
    assert len(lake._spans) == 1


@pytest.mark.parametrize("left", ["bars/_delta_log/_commit_1.json.tmp", "bars/_delta_log", "bars/.writer"])
def test_what_a_writer_killed_at_its_first_commit_left_is_a_new_table(lake: Lake, left: str):
    path = lake.root / left
    path.parent.mkdir(parents=True)
    path.mkdir() if path.name == "_delta_log" else path.write_text("")
    assert lake.spans().is_empty()
    assert lake.compact() == 0
    assert lake.append_bars(minutes("ACME", [1.0]), LEARNED) == 1
    assert closes(Lake(lake.root), "ACME") == [1.0]


def test_an_address_elsewhere_is_refused_and_no_folder_of_that_name_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InvalidInput, match="cannot be in s3://"):
        Lake(Path("s3://bucket/prices"))
    assert list(tmp_path.iterdir()) == []


def test_a_lake_below_a_file_is_told_in_a_sentence(tmp_path: Path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreError, match="cannot be written"):
        Lake(tmp_path / "file" / "lake").append_bars(minutes("ACME", [1.0]), LEARNED)


def test_sql_answers_with_columns_of_one_name_and_with_lengths_of_time(lake: Lake):
    assert query(lake, "select 1 a, 2 a, 3 a_2; -- three").to_dicts() == [{"a": 1, "a_2": 2, "a_2_2": 3}]
    lengths = "select interval 90 minute as one, [interval 1 day] as many, 5 as five"
    assert query(lake, lengths).rows() == [("01:30:00", "[1 day]", 5)]
