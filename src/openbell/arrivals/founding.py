"""A portfolio made of the export of one: counted as that was, with its accounts and all that is in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

from openbell.arrivals.besides import refused
from openbell.arrivals.booking import booked
from openbell.arrivals.review import NOTHING, Choices, Review, reviewed
from openbell.arrivals.seeking import Seeker
from openbell.desk import Desk
from openbell.model.errors import InvalidInput
from openbell.model.money import currency_of, decimal_of
from openbell.model.symbols import ticker_of
from openbell.model.transactions import Portfolio
from openbell.model.words import counted
from openbell.portfolio.checks import Thresholds
from openbell.statements.draft import Home, Statement
from openbell.store.auditbook import Deed
from openbell.store.importbook import Batch
from openbell.store.portfoliobook import Kept, PortfolioBook


def founded(
    desk: Desk,
    owner: int,
    statement: Statement,
    *,
    file: str,
    sha256: str,
    name: str = "",
    base: str = "",
    choices: Choices = NOTHING,
    seeker: Seeker | None = None,
    deed: Deed | None = None,
) -> tuple[Kept, Batch | None]:
    """A new portfolio of `owner` from an export in JSON, and the import that brought its transactions, if it has any.

    `name`: what it is called, `base`: what it is counted in; empty: as it was. All or nothing: raises InvalidInput for
    what is no such export, as `assert_whole`, and where an instrument must be chosen first.
    """
    draft, settings = settled(desk, statement)
    draft = replace(draft, name=name.strip() or draft.name, base=currency_of(base, "base") if base else draft.base)
    planned = Kept(draft, owner, desk.clock(), 0, "", settings)
    review = reviewed(desk, planned, statement, choices, seeker=seeker)
    assert_whole(statement, review)
    book = PortfolioBook(desk.ledger)
    with made(desk, planned) as kept:
        if not review.taken:
            for place in review.places.values():
                book.add_account(kept.portfolio.id, place.account)
            return kept, None
        mapping = {"preset": statement.preset}
        batch = booked(desk, kept, review, file=file, sha256=sha256, by=owner, mapping=mapping, midway=True, deed=deed)
    return book.find(kept.portfolio.id) or kept, batch


def assert_whole(statement: Statement, review: Review) -> None:
    """Raise InvalidInput for an export that would not come back whole: damaged, or with days that are yet to come."""
    remedy = "Mend it there, or import it into an empty portfolio, which tells what it leaves out."
    if damaged := sum(each.blocking for each in review.statement.problems):
        raise InvalidInput("file", f"{counted(damaged, 'transaction')} of the export cannot be read.", remedy=remedy)
    for (_, name), wrong in refused(statement, review.matches):
        raise InvalidInput(
            "facts" if isinstance(name, str) else "prices", wrong.what.removesuffix(" That is left out."), remedy=remedy
        )
    if review.future:
        many, first = counted(len(review.future), "transaction"), min(draft.day for draft in review.future)
        what = f"{many} of the export {'is' if len(review.future) == 1 else 'are'} yet to come, on {first} first."
        raise InvalidInput("file", what, remedy=remedy)


@contextmanager
def made(desk: Desk, planned: Kept) -> Iterator[Kept]:
    """The portfolio that was planned, made; it goes again where what it was made for fails, or is stopped."""
    book = PortfolioBook(desk.ledger)
    kept = book.add(planned.owner, planned.portfolio, desk.clock(), planned.settings)
    try:
        yield kept
    except BaseException:
        book.remove(kept.portfolio.id)
        raise


def settled(desk: Desk, statement: Statement) -> tuple[Portfolio, Mapping[str, object]]:
    """How a portfolio was counted that was exported, and its thresholds; raises InvalidInput for what is no export."""
    home = statement.home
    if home is None or home.portfolio is None:
        raise InvalidInput(
            "file",
            "This is no export of a whole portfolio.",
            remedy="Give the JSON that Openbell wrote; import other files into a portfolio.",
        )
    register, benchmark = desk.history.register, home.portfolio.benchmark
    if benchmark is not None and not register.knows(benchmark):
        benchmark = register.id_of(ticker_of(benchmark, "benchmark"))
    return replace(home.portfolio, benchmark=benchmark), _settings(home)


def _settings(home: Home) -> dict[str, object]:
    """The thresholds that the file tells, as they were; raises InvalidInput for some that cannot be."""
    told = home.settings.get("thresholds")
    if told is None:
        return {}
    if not isinstance(told, dict) or not told.keys() <= set(Thresholds.__slots__):
        raise InvalidInput("thresholds", "Its thresholds are no such thing.", remedy="Export it again.")
    days = told.get("stale_days", 0)
    if not isinstance(days, int):
        raise InvalidInput("stale_days", f"A price of {str(days)[:20]} days?", remedy="Choose 0 to 3650 days.")
    shares = {name: decimal_of(str(share), name) for name, share in told.items() if name != "stale_days"}
    Thresholds(**shares, stale_days=days)
    return {"thresholds": {name: share if name == "stale_days" else str(share) for name, share in told.items()}}
