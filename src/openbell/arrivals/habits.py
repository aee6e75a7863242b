"""How somebody read files of a kind before: a table with the header of a mapping that was kept is read by it."""

from __future__ import annotations

from collections.abc import Mapping as Table
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from openbell.model.transactions import Kind
from openbell.statements.answers import Answers, Mapping
from openbell.statements.contents import Contents
from openbell.statements.mapped import header_of, header_row, proposed
from openbell.statements.presets import recognised
from openbell.statements.table import plain
from openbell.store.mappingbook import KeptMapping


@dataclass(frozen=True, slots=True)
class Habit:
    """What is answered of a file, and by which mapping that was kept; None: by none."""

    answers: Answers
    kept: KeptMapping | None = None


def as_before(data: bytes, name: str, answers: Answers, mappings: Sequence[KeptMapping]) -> Habit:
    """`answers`, filled up by the newest of the `mappings` that fits a file which no preset knows.

    Raises UnreadableFile for what is no text.
    """
    if answers.mapping is not None or answers.preset or not mappings:
        return Habit(answers)
    contents = Contents(data, name)
    if recognised(contents):
        return Habit(answers)
    fitting = next((each for each in reversed(mappings) if _fits(each, contents)), None)
    if fitting is None:
        return Habit(answers)
    told = {each.name: said for each in fields(Answers) if (said := getattr(answers, each.name))}
    return Habit(replace(answers_in(fitting.body), **told), fitting)


def kept_body(answers: Answers, header: Sequence[str]) -> dict[str, Any]:
    """How a mapping is kept, with the header of the file that it was made for."""
    told: dict[str, Any] = {each.name: getattr(answers, each.name) for each in fields(Answers)}
    if answers.mapping is not None:
        kinds = {word: kind.value for word, kind in answers.mapping.kinds.items()}
        told["mapping"] = {"columns": dict(answers.mapping.columns), "kinds": kinds, "signed": answers.mapping.signed}
    return {**told, "header": list(header)}


def answers_in(body: Table[str, Any]) -> Answers:
    """The answers that were kept."""
    mapping = body.get("mapping")
    made = None
    if mapping is not None:
        kinds = {word: Kind(kind) for word, kind in mapping.get("kinds", {}).items()}
        made = Mapping(columns=dict(mapping["columns"]), kinds=kinds, signed=bool(mapping.get("signed", True)))
    said: dict[str, Any] = {each.name: str(body.get(each.name) or "") for each in fields(Answers)}
    return Answers(**{**said, "mapping": made})


def _fits(kept: KeptMapping, contents: Contents) -> bool:
    """Whether the header is the one that it was kept for; of those without one, whether it says as much as the desk."""
    mapping = answers_in(kept.body).mapping
    row = header_row(contents)
    if mapping is None or row is None:
        return False
    if header := kept.body.get("header"):
        return _words(header) == _words(row.cells)
    found, own = header_of(contents, mapping.columns), proposed(contents)
    return found is not None and len(mapping.columns) == len(found[1]) >= len(own.columns if own else ())


def _words(header: Sequence[str]) -> list[str]:
    return [plain(cell) for cell in header]
