"""Files that are no price files, or not whole: a sentence each, and never half a result."""

from __future__ import annotations

import gzip
import io
import os
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from uuid import uuid4

import pytest

from openbell.model.errors import InvalidInput, UnreadableFile
from openbell.providers.files import Reading, find, read
from openbell.providers.files.table import table_of
from openbell.providers.files.unpack import Member

NOW = datetime(2026, 11, 20, tzinfo=UTC)
HEAD = "Date,Open,High,Low,Close,Volume\n"
ROWS = HEAD + "2024-01-02,1,2,0.5,1.5,100\n2024-01-03,1.5,2,1,1.8,200\n"


def zipped(**files: str | bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "."), content)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("ACME.csv", b"", "the file is empty"),
        ("ACME.csv", b"\n\n  \n", "the file is empty"),
        ("ACME.csv", HEAD, "there is a header but no row"),
        (
            "ACME.csv",
            "a,b,c\n1,2,3\n",
            "no date or time and no closing price among the columns 'a', 'b', 'c'. Name them with --columns",
        ),
        ("ACME.csv", "Date,Open,Close\n2024-01-02,1,2\n", "no high, low among the columns 'Date', 'Open', 'Close'"),
        ("ACME.csv", "1,2,3\n4,5,6\n", "the file has no header"),
        ("ACME.csv", "Dear Sir or Madam\n", "this is no table of prices; it begins with 'Dear Sir or Madam'"),
        ("ACME.csv", os.urandom(64) + b"\0" * 8 + os.urandom(4000), "this is binary data"),
        (
            "ACME.csv",
            (HEAD + "2024-01-02,1,2,0.5,1.5,\x81\n").encode("latin-1"),
            "neither UTF-8 nor Windows-1252 (byte",
        ),
        ("ACME.csv", ROWS.encode("utf-16")[:-1], "the text begins as UTF-16 and is none from byte"),
        ("ACME.csv", "Date,Open,High,Low,Close,Close\n2024-01-02,1,2,0.5,1.5,1\n", "two columns are called 'Close'"),
        ("ACME.csv", HEAD + "2024-01-02,a,b,c,d,e\n", "no row can be read: Open is a, which is no number"),
        ("ACME.csv", HEAD + "soon,1,2,0.5,1.5,1\n", "no date format fits 'soon'"),
        ("ACME.csv", HEAD + "02/01/24,1,2,0.5,1.5,1\n", "has two digits, and may stand on either side. Say which with"),
        ("ACME.csv", HEAD + "02-Jan-24,1,2,0.5,1.5,1\n", "the year in '02-Jan-24' has two digits"),
        ("ACME.csv", HEAD + "01/02/2024,1,2,0.5,1.5,1\n", "may be day/month or month/day"),
        (
            "ACME.csv",
            HEAD + "".join(f"2024-{day},1,2,0.5,1.5,1\n" for day in ("01-02", "01-21", "02-09")),
            "the dates lie 19 days apart. Say which with --interval, such as --interval 1d.",
        ),
        (
            "ACME.csv",
            'Date;Open;High;Low;Close\n2024-01-02;"1,234";"1,240";"1,200";"1,210"\n',
            "may be a thousand or a fraction",
        ),
        ("ACME.csv", "No data", "Stooq has no data for this symbol"),
        ("ACME.csv", "Exceeded the daily hits limit", "Stooq's daily limit was reached"),
        ("ACME.csv", '{"Information": "... 25 requests per day ..."}', "Alpha Vantage's limit was reached"),
        ("ACME.csv", '{"Error Message": "Invalid API call."}', "Alpha Vantage refused the call"),
        ("ACME.csv", "<!DOCTYPE html><html></html>", "this is a web page"),
        ("ACME.parquet", b"PAR1" + os.urandom(200) + b"PAR1", "the Parquet file is damaged"),
        ("ACME.csv.gz", gzip.compress(ROWS.encode())[:-12], "the gzip archive is damaged or cut short"),
        ("ACME.csv.gz", b"\x1f\x8b" + os.urandom(100), "the gzip archive is damaged or cut short"),
        ("ACME.zip", zipped(a__csv=ROWS)[:-30], "the zip archive is damaged or cut short"),
        ("ACME.zip", zipped(), "the archive is empty"),
        ("ACME.zip", zipped(**{"../../EVIL__csv": ROWS}), "the path of ../../EVIL.csv in it leads outside the archive"),
        ("ACME.zip", zipped(**{"/tmp/EVIL__csv": ROWS}), "the path of /tmp/EVIL.csv in it leads outside the archive"),
        (
            "BOOK.xlsx",
            zipped(**{"xl/workbook__xml": "x", "[Content_Types]__xml": "x"}),
            "this is an Excel workbook. Save its sheet as CSV, and import that.",
        ),
        ("BOOK.ods", zipped(mimetype="x", content__xml="x"), "this is a spreadsheet. Save its sheet as CSV"),
        ("ACME.zip", zipped(inner__zip=zipped(a__csv=ROWS)), "inner.zip inside it is packed again"),
        ("ACME.zip", zipped(bomb__csv=b"0" * (200 << 20)), "it unpacks to over 100 times its size"),
        ("ACME.csv.gz", gzip.compress(b"1,1,1,1\n" * (10 << 20)), "it unpacks to over 100 times its size"),
        ("ACME.zip", zipped(good__csv=ROWS, readme__txt="hello\n"), "in readme.txt: this is no table of prices"),
    ],
)
def test_a_file_that_is_not_prices_is_refused_with_a_sentence(write, name, content, says):
    path = write(name, content)
    with pytest.raises(UnreadableFile) as caught:
        read(path, now=NOW)
    assert says in str(caught.value)
    assert str(caught.value).startswith(str(path))
    assert caught.value.path == str(path)


def test_a_zip_that_lies_about_its_sizes_is_counted_while_it_unpacks(write):
    honest = zipped(bomb__csv=b"0" * (200 << 20))
    lying = honest.replace((200 << 20).to_bytes(4, "little"), (1000).to_bytes(4, "little"))
    assert lying != honest
    with pytest.raises(UnreadableFile):
        read(write("ACME.zip", lying), now=NOW)


def test_a_password_protected_zip_asks_to_be_unpacked(write):
    packed = bytearray(zipped(a__csv=ROWS))
    packed[6] |= 1  # the encryption bit of the local and of the central header
    packed[packed.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(UnreadableFile, match="the archive has a password"):
        read(write("ACME.zip", bytes(packed)), now=NOW)


def test_mixed_time_zones_name_the_two_rows(write):
    path = write(
        "ACME.csv",
        """
        Datetime,Open,High,Low,Close,Volume
        2024-01-02 09:30:00-05:00,1,2,0.5,1.5,100
        2024-01-02 09:31:00,1,2,0.5,1.5,100
        2024-01-02 09:32:00-05:00,1,2,0.5,1.5,100
        """,
    )
    with pytest.raises(UnreadableFile) as caught:
        read(path, now=NOW)
    assert caught.value.what == (
        f"{path}: mixed time zones: line 2 says '2024-01-02 09:30:00-05:00', line 3 says '2024-01-02 09:31:00'."
    )


def test_a_missing_file_and_a_folder_are_no_files(tmp_path):
    with pytest.raises(UnreadableFile, match="there is no such file"):
        read(tmp_path / "none.csv", now=NOW)
    with pytest.raises(UnreadableFile, match="this is a folder"):
        read(tmp_path, now=NOW)


def test_a_folder_is_searched_to_the_bottom_and_hidden_files_are_left_out(write, tmp_path):
    deep = write("a/b/ACME.csv", ROWS)
    packed = write("a/ACME.csv.gz", gzip.compress(ROWS.encode()))
    write("a/notes.md", "hello")
    write("a/.cache/ACME.csv", ROWS)
    assert find([tmp_path / "a", deep]) == [packed, deep]


def test_a_folder_without_prices_and_a_missing_path_are_told_apart(write, tmp_path):
    write("empty/notes.md", "hello")
    with pytest.raises(UnreadableFile, match="the folder holds no price files"):
        find([tmp_path / "empty"])
    with pytest.raises(UnreadableFile, match="there is no such file or folder"):
        find([tmp_path / "none"])


def test_a_search_stays_in_its_folder_and_passes_by_what_is_no_file(write, tmp_path):
    inside = write("a/ACME.csv", ROWS)
    outside = write("b/ZETA.csv", ROWS)
    (tmp_path / "a" / "ZETA.csv").symlink_to(outside)
    (tmp_path / "a" / "again.csv").symlink_to(inside)
    (tmp_path / "a" / "more").symlink_to(tmp_path / "b")
    os.mkfifo(tmp_path / "a" / "PIPE.csv")
    assert find([tmp_path / "a"]) == [inside, tmp_path / "a" / "again.csv"]


def test_links_that_a_search_does_not_follow_are_told_where_there_is_nothing_else(write, tmp_path):
    outside = write("b/ZETA.csv", ROWS)
    for name, target in {"a/ZETA.csv": outside, "c/more": tmp_path / "b", "d/LOST.csv": tmp_path / "none.csv"}.items():
        link = tmp_path / name
        link.parent.mkdir()
        link.symlink_to(target)
        with pytest.raises(UnreadableFile) as caught:
            find([link.parent])
        assert str(caught.value) == (
            f"{link.parent}: the folder holds no price files, only links that a search does not follow, "
            f"such as {link}. Give the files or the folder that they lead to."
        )
    assert find([tmp_path / "a" / "ZETA.csv"]) == [tmp_path / "a" / "ZETA.csv"]


def test_a_link_that_leads_to_itself_is_told_as_that(tmp_path):
    loop = tmp_path / "ACME.csv"
    loop.symlink_to(loop)
    for ask in (lambda: find([loop]), lambda: read(loop, now=NOW)):
        with pytest.raises(UnreadableFile) as caught:
            ask()
        assert str(caught.value) == (
            f"{loop}: this is a link that leads back to itself. Give the file or folder that it is to lead to."
        )


SHM = Path("/dev/shm")  # the one place where a file system below another can be written to anywhere


@pytest.mark.skipif(
    not os.access(SHM, os.W_OK) or SHM.stat().st_dev == SHM.parent.stat().st_dev, reason="no file system below another"
)
def test_a_search_stays_on_its_file_system():
    file = SHM / f"{uuid4().hex}.csv"
    file.write_text(ROWS)
    try:
        assert find([SHM, file]).count(file) == 1
        with pytest.raises(UnreadableFile, match="the folder holds no price files"):
            find([SHM.parent])
    finally:
        file.unlink()


def test_a_search_ends_where_a_folder_holds_more_than_is_meant(write, tmp_path):
    for number in range(5):
        write(f"a/deep/{number}.csv", ROWS)
    assert len(find([tmp_path / "a"], most=5)) == 5
    with pytest.raises(InvalidInput) as caught:
        find([tmp_path / "a"], most=3)
    assert str(caught.value) == (
        f"{tmp_path}/a holds more than 3 price files: among the first are 4 in {tmp_path}/a/deep. "
        "Name the folder that you mean, or pass --yes to import them all."
    )


def test_a_pipe_is_refused_instead_of_waited_for(tmp_path):
    os.mkfifo(tmp_path / "PIPE.csv")
    for ask in (lambda: find([tmp_path / "PIPE.csv"]), lambda: read(tmp_path / "PIPE.csv", now=NOW)):
        with pytest.raises(UnreadableFile, match="this is a pipe, a device or a socket, not a file"):
            ask()


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_an_unreadable_file_is_named(write):
    path = write("ACME.csv", ROWS)
    path.chmod(0)
    with pytest.raises(UnreadableFile, match="Permission denied"):
        find([path])


def test_bad_rows_are_set_aside_and_the_rest_is_read(load):
    found = load(
        "ACME.csv",
        """
        Date,Open,High,Low,Close,Volume
        2024-01-02,1,2,0.5,1.5,100
        2024-01-03,1,2,x,1.5,100
        2024-13-04,1,2,0.5,1.5,100
        2024-01-05,1,2
        2024-01-08,1,2,0.5,1.5,100,7
        2024-01-09,,,,,
        2024-01-10,1,2,0.5,inf,100
        2024-01-11,1,2,0.5,1.5,null
        """,
    )
    assert found.bars["ts"].dt.day().to_list() == [2, 11]
    assert found.bars["volume"].to_list() == [100.0, None]
    assert found.rejects.select("reason", "symbol", "detail").rows() == [
        ("unreadable_row", "ACME", "line 3: Low is x, which is no number"),
        ("unreadable_row", "ACME", "line 4: Date is 2024-13-04, which is no stamp"),
        ("unreadable_row", "ACME", "line 5: 3 cells where the file has 6 columns"),
        ("unreadable_row", "ACME", "line 6: 7 cells where the file has 6 columns"),
        ("unreadable_row", "ACME", "line 8: Close is inf, which is no number"),
    ]
    assert (
        found.rejects["row"][0] == '{"Date":"2024-01-03","Open":"1","High":"2","Low":"x","Close":"1.5","Volume":"100"}'
    )
    assert "rows without any price left out: 1" in found.notes


def test_an_unclosed_quote_costs_its_rows_and_no_more(load):
    found = load("ACME.csv", ROWS + '2024-01-04,"1,2,0.5,1.5,100\n2024-01-05,1,2,0.5,1.5,100\n')
    assert found.bars.height == 2
    assert found.rejects["detail"].to_list() == ["line 4: 2 cells where the file has 6 columns"]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (HEAD + "\n2024-01-02,1,2,0.5,1.5,1\n\n2024-01-03,x,2,0.5,1.5,1\n", "line 5: Open is x, which is no number"),
        (
            "# mine\n" + HEAD + "2024-01-02,1,2,0.5,1.5,1\n2024-01-03,1\n",
            "line 4: 2 cells where the file has 6 columns",
        ),
        (HEAD + "2024-01-02,1,2,0.5,1.5,1\n# gap\n2024-01-03,x,2,0.5,1.5,1\n", "line 4: Open is x, which is no number"),
        (HEAD + "2024-01-02,1,2,0.5,1.5,1\n2024-01-03,1,2,0.5,1.5,x", "line 3: Volume is x, which is no number"),
    ],
)
def test_a_row_is_named_by_its_line_in_the_file(load, content, told):
    assert load("ACME.csv", content).rejects["detail"].to_list() == [told]


def test_remarks_and_blank_lines_change_nothing_but_the_numbers_of_the_lines(load):
    rows = [f"2024-01-{day:02},1,2,0.5,1.5,{'x' if day % 3 else day}" for day in range(1, 29)]
    idle = ["", "# mine", "  ", "#,,,,,", "\t", "\x0c", '#"']
    lines = [HEAD.strip()]
    for number, row in enumerate(rows):
        lines += [*idle[: number % 8], row]
    plain = load("ACME.csv", "\n".join([HEAD.strip(), *rows]))
    told = plain.rejects["detail"].str.replace(r"^line \d+: ", "").to_list()
    at = [lines.index(row) + 1 for row in rows if row.endswith("x")]
    for end in ("\n", "\r\n"):
        for before, after in (("", ""), ("# mine\x0c\n\n", f"{end}{end}  "), ("\x0c\n", f"{end}# end")):
            found = load("ACME.csv", (before + end.join(lines) + after).encode())
            assert found.bars.equals(plain.bars)
            assert found.rejects["row"].to_list() == plain.rejects["row"].to_list()
            numbered = [f"line {line + before.count(chr(10))}: {why}" for line, why in zip(at, told, strict=True)]
            assert found.rejects["detail"].to_list() == numbered


def test_a_remark_or_a_blank_line_makes_a_long_file_no_slower():
    rows = "2024-01-02,1,2,0.5,1.5,100\n" * 200_000

    def seconds(text: str) -> float:
        member = Member("ACME.csv", "ACME.csv", text.encode())
        began = perf_counter()
        assert table_of(member).frame.height == 200_000
        return perf_counter() - began

    plain = min(seconds(HEAD + rows) for _ in range(3))
    for text in (HEAD + "# mine\n" + rows, HEAD + rows + "\n" + "# end"):
        assert min(seconds(text) for _ in range(3)) < 6 * plain  # row by row it is twenty times as slow


def test_a_cell_longer_than_python_allows_is_read_and_told_in_short(load):
    found = load(
        "ACME.csv", f"Note,{HEAD}{'x' * 300_000},2024-01-02,1,2,0.5,1.5,1\n\ny,2024-01-03,{'z' * 300_000},2,1,1,1\n"
    )
    assert found.bars.height == 1
    assert found.rejects["detail"].to_list() == [f"line 4: Open is {'z' * 80}, which is no number"]
    assert len(found.rejects["row"][0]) == 2_000


def test_braces_in_the_name_of_a_column_are_no_placeholders(load):
    found = load("ACME.csv", "Date,Open,High,Low,{}\n2024-01-02,1,2,1,1\n2024-01-03,1,2,1,x\n", columns={"close": "{}"})
    assert found.rejects["detail"].to_list() == ["line 3: {} is x, which is no number"]


@pytest.mark.parametrize(
    ("reading", "field"),
    [
        ({"interval": "1m"}, "interval"),
        ({"scale": "doubled"}, "scale"),
        ({"stamp": "middle"}, "stamp"),
        ({"symbol": " "}, "symbol"),
        ({"symbol": "!!"}, "symbol"),
        ({"symbol": "A" * 21}, "symbol"),
        ({"tz": "Mars/Phobos"}, "tz"),
        ({"dates": "ydm"}, "dates"),
        ({"columns": {"closing": "Close"}}, "columns"),
        ({"columns": {"close": "Last"}}, "columns"),
    ],
)
def test_a_wrong_argument_is_named(write, reading, field):
    from openbell.model.interval import Interval

    if "interval" in reading:
        reading = {"interval": Interval.parse(reading["interval"])}
    with pytest.raises(InvalidInput) as caught:
        read(write("ACME.csv", ROWS), Reading(**reading), now=NOW)
    assert caught.value.field == field


def test_a_misspelt_time_zone_is_told_its_nearest():
    with pytest.raises(InvalidInput, match=r"no time zone 'America/New_Yrok'\. Did you mean America/New_York\?"):
        Reading(tz="America/New_Yrok")
