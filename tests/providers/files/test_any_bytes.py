"""Whatever a file holds, the answer is its contents or an error with a name."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from openbell.model.errors import OpenbellError
from openbell.model.frames import ACTIONS, BARS, QUOTES, REJECTS, TRADES
from openbell.providers.files import Reading, read

NOW = datetime(2026, 11, 20, tzinfo=UTC)
DAILY = b"""Date,Open,High,Low,Close,Adj Close,Volume,Dividends,Stock Splits
2023-04-14 00:00:00+09:00,4126,4130,4055,4129,4129,7459400,0,0
2023-04-13 00:00:00+09:00,4064,4099,4026,4081,4081,5160200,55,0
2023-04-12 00:00:00+09:00,4064,4099,4026,4081,4081,5160200,0,5
"""
MINUTES = b"""ticker;time;open;high;low;close;volume
ACME;2024-01-02 09:30;1,5;2,0;0,5;1,75;100
ACME;2024-01-02 09:31;1,5;2,0;0,5;1,75;100
BOLT;2024-01-02 09:30;1,5;2,0;0,5;1,75;100
"""
WIDE = b"Date,ACME,BOLT\n2024-01-02,1.5,2.5\n2024-01-03,1.6,2.6\n"
LEAN = b"20200102 00:00,1000000,1100000,990050,1050000,12345\n20200103 00:00,1000000,1100000,990050,1050000,12345\n"
FACTORS = b"19980102,0.86,0.25,1\n20000620,0.86,0.25,101\n20501231,1,1,0\n"
PIECES = st.sampled_from(
    [b",", b";", b"\n", b'"', b"\0", b"\xff", b"-", b"nan", b"1e400", b"2024", b"#", b" ", b"", b"+09:00", b"x"]
)


@settings(max_examples=150)
@given(
    whole=st.sampled_from([DAILY, MINUTES, WIDE, LEAN, FACTORS]),
    edits=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 12), PIECES), min_size=1, max_size=4),
    packed=st.booleans(),
)
def test_a_damaged_file_is_read_or_refused_by_name(whole, edits, packed):
    for place, length, piece in edits:
        at = int(place * len(whole))
        whole = whole[:at] + piece + whole[at + length :]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "acme_factor.csv"
        path.write_bytes(gzip.compress(whole)[: -1 if packed and len(whole) % 2 else None] if packed else whole)
        try:
            found = read(path, Reading(symbol="ACME", scale="raw", tz="UTC", stamp="start"), now=NOW)
        except OpenbellError:
            return
    for kind, schema in {
        "bars": BARS,
        "actions": ACTIONS,
        "quotes": QUOTES,
        "trades": TRADES,
        "rejects": REJECTS,
    }.items():
        assert dict(getattr(found, kind).schema) == dict(schema)
    assert found.bars["ts"].null_count() == 0
