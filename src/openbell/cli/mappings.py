"""Which column of a statement is what, as it is said on the command line, and kept for the next file of the kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from openbell.model.errors import InvalidInput, Undecided

if TYPE_CHECKING:
    from openbell.statements.answers import Answers
    from openbell.statements.answers import Mapping as Columns


def mapping_of(columns: str, kinds: str, *, unsigned: bool) -> Columns | None:
    """The mapping that `date=Day,amount=Money` and `Got=deposit` say; None where no column is named."""
    from openbell.model.transactions import Kind  # noqa: PLC0415  # loads slowly
    from openbell.statements.answers import Mapping as Columns  # noqa: PLC0415

    if not columns:
        if kinds or unsigned:
            raise InvalidInput("columns", "Which column is what?", remedy="Write --columns date=Day,amount=Money.")
        return None
    told = _pairs("columns", columns, "date=Day,amount=Money")
    meanings = _pairs("kinds", kinds, "Got=deposit") if kinds else {}
    if strange := sorted(set(meanings.values()) - {kind.value for kind in Kind}):
        known = ", ".join(kind.value for kind in Kind)
        raise InvalidInput("kinds", f"{strange[0]!r} is no kind of transaction.", remedy=f"Use one of {known}.")
    return Columns(columns=told, kinds={word: Kind(kind) for word, kind in meanings.items()}, signed=not unsigned)


def asked(error: Undecided, data: bytes, file: str, *, example: str = "date={},amount=...") -> Undecided:
    """What a file leaves open; of columns with those that it has, and how one says what they are."""
    from openbell.statements.contents import Contents  # noqa: PLC0415  # loads slowly
    from openbell.statements.mapped import header_row  # noqa: PLC0415

    row = header_row(Contents(data, file)) if error.option == "mapping" else None
    if row is None:
        return error
    remedy = f"Its columns are {', '.join(row.cells)}: write --columns {example.format(row.cells[0])} of them."
    what = error.what.removeprefix(f"{file}: ")
    return Undecided(file, what, option=error.option, remedy=remedy)


def body_of(name: str, data: bytes, file: str, answers: Answers) -> Mapping[str, Any]:
    """How a file is read, as it is kept under a name for the next with its header; raises InvalidInput for one of a
    preset, and for what is no name."""
    from openbell.arrivals import kept_body  # noqa: PLC0415  # loads slowly
    from openbell.statements.contents import Contents  # noqa: PLC0415
    from openbell.statements.mapped import header_row, proposed  # noqa: PLC0415
    from openbell.store.mappingbook import assert_name  # noqa: PLC0415

    assert_name(name)
    contents = Contents(data, file)
    row, mapping = header_row(contents), answers.mapping or proposed(contents)
    if row is None or mapping is None:
        raise InvalidInput("keep", f"{file} has no columns to keep.", remedy="Say them with --columns.")
    return kept_body(replace(answers, mapping=mapping), row.cells)


def _pairs(field: str, text: str, example: str) -> dict[str, str]:
    pairs = [each.partition("=") for each in text.split(",")]
    found = {ours.strip(): theirs.strip() for ours, _, theirs in pairs if ours.strip() and theirs.strip()}
    if len(found) < len(pairs):
        what = f"{text!r} does not say for each what it is, or names one twice."
        raise InvalidInput(field, what, remedy=f"Write --{field} {example}.")
    return found
