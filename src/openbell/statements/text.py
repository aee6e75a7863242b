"""Bytes to text: UTF-8 and UTF-16 with and without a mark, Windows-1252, and files that mix them."""

from __future__ import annotations

import codecs

from openbell.model.errors import UnreadableFile

MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def decoded(data: bytes, name: str) -> tuple[str, tuple[str, ...]]:
    """The text in `data`, and what is to be said of its encoding; raises UnreadableFile for what is no text."""
    if not data.strip():
        raise UnreadableFile(name, "the file is empty.", remedy="Export it again.")
    encoding = next((encoding for mark, encoding in MARKS if data.startswith(mark)), None) or _unmarked(data)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return _line_by_line(data, name)
    return _refuse_binary(text, name), ()


def _unmarked(data: bytes) -> str:
    """UTF-16 shows in every other byte of plain letters being zero."""
    head = data[:400]
    if len(head) > 3 and head[1::2].count(0) > len(head) // 4:
        return "utf-16-le"
    if len(head) > 3 and head[0::2].count(0) > len(head) // 4:
        return "utf-16-be"
    return "utf-8"


def _line_by_line(data: bytes, name: str) -> tuple[str, tuple[str, ...]]:
    """Each line as UTF-8 if it is, else as Windows-1252: somebody pasted two files together."""
    lines, foreign, proper = [], 0, 0
    for line in data.removeprefix(codecs.BOM_UTF8).split(b"\n"):
        try:
            lines.append(line.decode("utf-8"))
            proper += not line.isascii()
        except UnicodeDecodeError:
            lines.append(line.decode("cp1252", errors="replace"))
            foreign += 1
    text = _refuse_binary("\n".join(lines), name)
    if not proper:
        return text, ("read as Windows-1252",)
    return text, (f"the file mixes encodings: {foreign:,} lines read as Windows-1252, the others as UTF-8",)


def _refuse_binary(text: str, name: str) -> str:
    head = text[:4000]
    controls = sum(1 for c in head if c < " " and c not in "\t\r\n")
    if controls * 50 > len(head):
        raise UnreadableFile(name, "this is no text.", remedy="Export the activity as CSV, JSON or XML.")
    return text


def mended(text: str) -> str:
    """`text`, or what it was before UTF-8 was taken for Windows-1252: `CrÃ©dito` is `Crédito`."""
    if "Ã" not in text and "Â" not in text:
        return text
    try:
        return text.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return text
