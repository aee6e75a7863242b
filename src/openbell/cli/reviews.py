"""What the terminal says of a file that was reviewed: what would become of it, what did, and what it waits for."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

from openbell.cli import terminal
from openbell.cli.chosen import SHOWN
from openbell.model.errors import InvalidInput
from openbell.model.words import counted

if TYPE_CHECKING:
    from openbell.arrivals import Review, Unheld

_BESIDES = {
    "known": "imported before",
    "alike": "like one that is here, left out",
    "twins": "of them equal to another row of the file",
    "future": "of a day to come, left out",
    "ignored": "without effect",
    "beside": "by hand beside them",
    "problems": "not understood",
}
"""What else there is of a file besides what is new."""


def assert_matched(review: Review) -> None:
    """Raise InvalidInput, all of them told, where it is not known what instruments of the file are."""
    if not review.unmatched:
        return
    _tell_unmatched(review)
    what = f"It is not known what {counted(len(review.unmatched), 'instrument')} of the file would be."
    raise InvalidInput("instrument", what, remedy="Say it of each with --instrument NAME=TICKER, or NAME=own.")


def _tell_unmatched(review: Review) -> None:
    for match in review.unmatched:
        terminal.warned(f"{match.named} is not known: say what it is with --instrument '{match.named.key}=TICKER'.")


def _needed(review: Review, lacking: Sequence[Unheld]) -> str:
    """What an import waits for: as long as it does, it is refused. Empty for nothing."""
    if review.unmatched:
        return f", once it is said what {counted(len(review.unmatched), 'instrument')} would be"
    return ", once what it needs is there" if lacking and review.taken else ""


def tell_what_would_be(review: Review, lacking: Sequence[Unheld], *, midway: bool, as_json: bool) -> None:
    """Say what would be imported; raises Exit where the import would be refused."""
    needed = _needed(review, () if midway else lacking)
    tell_review(review, lacking, needed=needed, as_json=as_json)
    if needed:
        raise typer.Exit(2)


def tell_review(
    review: Review, lacking: Sequence[Unheld], *, written: int | None = None, needed: str = "", as_json: bool
) -> None:
    """What is `written`, or would be; not before what is `needed` for it is there."""
    from openbell.arrivals import counts  # noqa: PLC0415

    found = counts(review)
    problems = review.statement.problems
    if as_json:
        told = [{"rows": each.rows, "what": each.what, "remedy": each.remedy} for each in problems]
        names = [str(match.named) for match in review.unmatched]
        needing = [{"rows": each.draft.rows if each.draft else [], "what": each.what} for each in lacking]
        answer = {
            "import": written,
            "counts": found,
            "problems": told,
            "unmatched": names,
            "unheld": needing,
            "notes": list(review.statement.notes),
            "ready": bool(review.taken or review.news) and not needed,
        }
        print(json.dumps(answer))
        return
    of = f"{review.statement.broker or 'unknown broker'} ({review.statement.preset})"
    did = f"would be imported{needed}" if written is None else f"imported, as import {written}"
    rest = [f"{found[name]} {words}" for name, words in _BESIDES.items() if found[name]]
    terminal.said(f"{of}: {counted(found['new'], 'transaction')} {did}{''.join(f'; {each}' for each in rest)}.")
    for said in review.statement.notes:
        terminal.note(f"{said[:1].upper()}{said[1:].rstrip('.')}.")
    for reason, count in _reasons(review).items():
        terminal.note(f"Ignored: {counted(count, 'row')}: {reason}.")
    for each in problems[:SHOWN]:
        terminal.warned(f"Row {', '.join(map(str, each.rows))}: {each.what} {each.remedy}".strip())
    if len(problems) > SHOWN:
        terminal.note(f"{len(problems) - SHOWN} more problems; --json has them all.")
    _tell_unmatched(review)
    for row in lacking[:SHOWN]:
        at = f"Row {', '.join(map(str, row.draft.rows))}: " if row.draft else ""
        terminal.warned(f"{at}{row.what} {row.remedy}")
    if lacking and needed:
        terminal.note("Import what came before first; or --midway books it all the same.")
    if written is not None:
        terminal.note(f"`openbell portfolio undo {written} --yes` takes it back.")


def _reasons(review: Review) -> dict[str, int]:
    """Of a file that brings nothing, why its rows are ignored, the most frequent reason first."""
    if review.taken:
        return {}
    told = Counter(each.reason for each in review.statement.ignored)
    return dict(told.most_common(SHOWN))
