"""Importing from the command line: finding the files, one after another into the lake, and what is told of each."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

import polars as pl
from rich.progress import Progress, TaskID

from openbell.cli import terminal
from openbell.desk import Desk
from openbell.ingest.importing import Imported, import_file
from openbell.model.errors import InvalidInput, OpenbellError, UnreadableFile
from openbell.model.words import counted
from openbell.providers.files import Reading, find
from openbell.settings import WATCHED
from openbell.store.ledger import Fetch
from openbell.store.watchbook import WatchBook

FEW = 20
"""So many new symbols are put on the watchlist; of more, a reader chooses."""

log = logging.getLogger(__name__)


def columns_of(text: str) -> dict[str, str]:
    """Our columns and the file's, of `ts=Day,close=Rate`."""
    pairs = [each.partition("=") for each in text.split(",")]
    if not all(ours.strip() and theirs.strip() for ours, _, theirs in pairs):
        raise InvalidInput("columns", f"{text!r} names no columns.", remedy="Write --columns ts=Day,close=Rate.")
    found = {ours.strip(): theirs.strip() for ours, _, theirs in pairs}
    if len(found) < len(pairs):
        raise InvalidInput("columns", f"{text!r} names a column twice.", remedy="Name each of ours once.")
    return found


def look_in(paths: Sequence[Path], *, most: int | None) -> tuple[dict[Path, bool], list[Path]]:
    """The files, and whether each was found in a folder; and the paths where none is, each told of at once."""
    files: dict[Path, bool] = {}
    failed: list[Path] = []
    spelt: dict[Path, Path] = {}  # of two spellings of a path the first
    with terminal.patience(f"Looking for price files in {', '.join(map(str, paths))}"):
        for path in paths:
            try:
                found = find([path], most=most)
            except UnreadableFile as error:
                terminal.failed(error)
                failed.append(path)
            else:
                for file in found:
                    first = spelt.setdefault(file.parent.resolve() / file.name, file)
                    files[first] = path.is_dir() and files.get(first, True)
    return files, failed


def import_into(
    desk: Desk, files: Mapping[Path, bool], reading: Reading, *, tell: Callable[[Imported], None] | None
) -> tuple[list[Imported], list[Path]]:
    """What became of the files that could be imported, and those that could not; each is told of at once.

    A file that is named says what its owner holds to be true now; those found in a folder may contradict each other,
    and do so no more than once.
    """
    done: list[Imported] = []
    failed: list[Path] = []
    with terminal.progress() as bar:
        try:
            for path, in_folder in files.items():
                try:
                    done.append(_import_one(path, reading, desk, bar, recorded=in_folder))
                except OpenbellError as error:
                    terminal.failed(error)
                    failed.append(path)
                else:
                    if tell is not None:
                        tell(done[-1])
        finally:
            _watch_imported(
                desk, sorted({each.renamed.get(s, s) for each in done if each.stored.first for s in each.symbols})
            )
            if len(done) + len(failed) < len(files):
                terminal.note(f"{len(done)} of {counted(len(files), 'file')} imported.")
    return done, failed


def nothing_of(each: Imported) -> bool:
    """Whether nothing of a file was stored or is there, since all of it was set aside."""
    s = each.stored
    return bool(s.aside) and s.first is None and not (s.actions or each.quotes or each.instruments)


def watch(desk: Desk, symbols: Sequence[str]) -> None:
    """Put new symbols on the first watchlist, when they are few, so that the page shows them."""
    if new := WatchBook(desk.ledger).watch(symbols, most=FEW):
        terminal.note(f"On the watchlist now: {', '.join(new)}")


def _import_one(path: Path, reading: Reading, desk: Desk, bar: Progress, *, recorded: bool) -> Imported:
    """Import a file; raises OpenbellError for whatever is wrong with it, since others may follow."""
    task = bar.add_task(path.name, total=None)
    try:
        return import_file(
            path,
            desk.lake,
            reading,
            now=desk.clock(),
            recorded=recorded,
            started=partial(_total, bar, task),
            progress=partial(bar.advance, task),
        )
    except (OpenbellError, OSError):
        raise
    except (Exception, pl.exceptions.PanicException) as error:  # one file must not end the others
        log.exception("%s could not be read", path)
        raise UnreadableFile(
            str(path),
            f"this file could not be read: {type(error).__name__}.",
            remedy="Please report it with the trace above.",
        ) from error
    finally:
        bar.remove_task(task)


def _total(bar: Progress, task: TaskID, rows: int) -> None:
    bar.update(task, total=rows)


def _watch_imported(desk: Desk, symbols: Sequence[str]) -> None:
    """The same for imported ones, of which a vendor's prices are another company's, for all that the desk knows."""
    known = {s for w in WatchBook(desk.ledger).lists() for s in w.symbols} | {f.symbol for f in desk.ledger.fetches()}
    private = [s for s in symbols if s not in known and s not in WATCHED]
    if len(private) > FEW:
        private = []
    for symbol in private:
        told = f"Imported. No vendor is asked for it until you fetch it: openbell fetch {symbol}."
        desk.ledger.save_fetch(Fetch(symbol, "history", "imported", told, 0, None, desk.clock()))
    watch(desk, symbols)
    if private:
        which = private[0] if len(private) == 1 else f"{len(private)} of them"
        terminal.note(f"No vendor is asked for {which} until `openbell fetch {' '.join(private)}`.")
