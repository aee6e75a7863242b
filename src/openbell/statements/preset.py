"""What a preset is, and how what it read becomes a statement."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from openbell.model.errors import InvalidInput
from openbell.statements.answers import Answers
from openbell.statements.contents import Contents
from openbell.statements.draft import NOTHING, Beside, Draft, Holding, Home, Ignored, Outcome, Problem, Statement
from openbell.statements.fingerprints import marked


@dataclass(frozen=True, slots=True)
class Reading:
    """What the rows of a file became, in the file's order."""

    outcomes: Sequence[Outcome]
    notes: tuple[str, ...] = ()
    beside: Beside = NOTHING
    home: Home | None = None
    base: str = ""


@dataclass(frozen=True, slots=True)
class Preset:
    """One kind of file: how it is recognised by its contents, and how it is read."""

    name: str
    broker: str
    recognises: Callable[[Contents], bool]
    read: Callable[[Contents, Answers], Reading]
    """Raises UnreadableFile for a file without a column that it needs, Undecided for one that has two meanings."""
    own_refs: bool = False
    """Whether a ref names one row, not an order of several."""
    family: str = ""
    """Of presets that tell the same rows with the same refs; empty: `name`."""


def statement(preset: Preset, contents: Contents, answers: Answers) -> Statement:
    """The file as `preset` reads it."""
    reading = preset.read(contents, answers)
    drafts, problems = _checked([each for each in reading.outcomes if isinstance(each, Draft)], contents)
    problems += [each for each in reading.outcomes if isinstance(each, Problem)]
    ignored = tuple(each for each in reading.outcomes if isinstance(each, Ignored))
    return Statement(
        preset=preset.name,
        broker=preset.broker,
        drafts=marked(_oldest_first(drafts), preset.family or preset.name, own_refs=preset.own_refs),
        problems=tuple(sorted(problems, key=lambda problem: problem.rows)),
        ignored=tuple(each for each in ignored if not each.frame),
        frame=tuple(each for each in ignored if each.frame),
        holdings=tuple(each for each in reading.outcomes if isinstance(each, Holding)),
        notes=(*contents.notes, *reading.notes),
        beside=reading.beside,
        home=reading.home,
        base=reading.base,
    )


def _checked(drafts: Iterable[Draft], contents: Contents) -> tuple[list[Draft], list[Problem]]:
    """Those that can become transactions, and what is wrong with the others."""
    sound, problems = [], []
    wrong = dict[tuple[int, ...], InvalidInput]()
    for draft in drafts:
        try:
            draft.check()
        except InvalidInput as error:
            wrong[draft.rows] = error
        else:
            sound.append(draft)
    if wrong:
        lines = {record.line: record.content for record in contents.records}
        for rows, reason in wrong.items():
            content = "\n".join(lines.get(row, "") for row in rows).strip() or f"element {rows[0]}"
            problems.append(Problem(rows, reason.what, reason.remedy or "Correct it, or add it by hand.", content))
        told = {row for rows in wrong for row in rows}
        sound = [draft for draft in sound if told.isdisjoint(draft.rows)]
    return sound, problems


def _oldest_first(drafts: list[Draft]) -> list[Draft]:
    """By day; within a day by instant where all of it have one, else in the file's order of time."""
    drafts = sorted(drafts, key=lambda draft: draft.rows)
    if newest_first([draft.day.toordinal() for draft in drafts]):
        drafts = sorted(drafts, key=lambda draft: draft.rows[0], reverse=True)
    timed = Counter(draft.day for draft in drafts if draft.at)
    all_of = Counter(draft.day for draft in drafts)

    def moment(draft: Draft) -> tuple[object, float]:
        known = draft.at is not None and timed[draft.day] == all_of[draft.day]
        return draft.day, draft.at.timestamp() if known and draft.at else 0.0

    return sorted(drafts, key=moment)


def newest_first(days: Sequence[int]) -> bool:
    """Whether a file begins with the newest: more neighbours fall than rise."""
    falls = sum(after < before for before, after in pairwise(days))
    rises = sum(after > before for before, after in pairwise(days))
    return falls > rises


def with_rows(draft: Draft, rows: Iterable[int]) -> Draft:
    """`draft`, read from these rows as well."""
    return replace(draft, rows=tuple(sorted({*draft.rows, *rows})))
