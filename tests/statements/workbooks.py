"""Workbooks as spreadsheets save them, and as nobody's would be."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence

from openpyxl import Workbook


def workbook(sheets: Mapping[str, Mapping[int, Sequence[object]]]) -> bytes:
    """Sheets by their titles, rows by their numbers; texts stay texts, whatever they begin with."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for line, values in rows.items():
            for column, value in enumerate(values, start=1):
                cell = sheet.cell(line, column, value)
                if isinstance(value, str):
                    cell.data_type = "s"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def rewritten(data: bytes, part: str, change: Callable[[bytes], bytes], packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    """The workbook with one of its parts changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", packing) as new:
        for name in old.namelist():
            new.writestr(name, change(old.read(name)) if name == part else old.read(name))
    return out.getvalue()
