"""An import before it is written: where its rows go, what its instruments are, and which rows are new."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from openbell.arrivals.besides import sifted
from openbell.arrivals.leaving import origin_of
from openbell.arrivals.matching import Match, matched
from openbell.arrivals.news import NO_NEWS, News, news_of
from openbell.arrivals.seeking import Seeker
from openbell.desk import Desk
from openbell.model.errors import InvalidInput
from openbell.model.transactions import Account, Kind, newest_day
from openbell.statements.draft import Draft, Named, Statement
from openbell.statements.fingerprints import Known, Sorting, new_rows, parted
from openbell.store.importbook import ImportBook
from openbell.store.itembook import ItemBook
from openbell.store.portfoliobook import LONGEST_NAME, Kept, PortfolioBook
from openbell.store.transactionbook import TransactionBook

UNNAMED = "Account"
"""What the account of a file is called that names neither it nor a broker."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What somebody decided about an import."""

    accounts: Mapping[str, int | str] = field(default_factory=dict)
    """By the account as the file tells it: the number of one of the portfolio's, or the name of a new one."""
    instruments: Mapping[str, str] = field(default_factory=dict)
    """By the key of an instrument of the file: an id or ticker, or `own` to make an item of it."""
    take: frozenset[str] = frozenset()
    """Rows, by fingerprint, that look like something that is here, and are something else."""
    leave: frozenset[str] = frozenset()
    """Rows that shall not be imported."""


NOTHING = Choices()


@dataclass(frozen=True, slots=True)
class Place:
    """Where the rows of one account of the file go; an account without a number is made by the import."""

    told: str
    account: Account


@dataclass(frozen=True, slots=True)
class Review:
    """An import as it would be, before anything is written."""

    statement: Statement
    places: Mapping[str, Place]
    matches: Mapping[str, Match]
    sorting: Sorting
    taken: tuple[Draft, ...]
    """What confirming would book, oldest first."""
    future: tuple[Draft, ...]
    """Left out: their day is yet to come."""
    news: News = NO_NEWS
    """What confirming would write beside them."""

    @property
    def made(self) -> tuple[str, ...]:
        """The keys of what would become items."""
        return tuple(key for key, match in self.matches.items() if match.item is not None and self.uses(key))

    def uses(self, key: str) -> bool:
        """Whether what would be booked names the instrument."""
        named = (each for draft in self.taken for each in (draft.instrument, draft.other))
        return any(each is not None and each.key == key for each in named)

    @property
    def unmatched(self) -> tuple[Match, ...]:
        """The instruments of what would be booked that somebody must choose first."""
        named = {each.key for draft in self.taken for each in (draft.instrument, draft.other) if each is not None}
        return tuple(match for key, match in self.matches.items() if key in named and match.id is None)


def reviewed(
    desk: Desk,
    kept: Kept,
    statement: Statement,
    choices: Choices = NOTHING,
    by: int | None = None,
    seeker: Seeker | None = None,
) -> Review:
    """What importing a statement into a portfolio would do.

    `by`: who imports it, its owner where nobody is named; a `seeker` asks vendors for what nobody here knows.
    """
    book = ImportBook(desk.ledger)
    imported = book.known(kept.portfolio.id)
    places = _places(desk, kept, statement, choices, imported)
    statement = _parted(statement, places, imported)
    homes = {draft.fingerprint: places[draft.account].account.id for draft in statement.drafts}
    prints = {number: mark for (mark, at), number in imported.items() if homes.get(mark) == at}
    prints_here = prints | _own_rows(desk, kept, statement)
    here = [*known(desk, kept.portfolio.id, places, prints_here), *_put_together(imported, homes, prints)]
    sorting = _pointed_at(new_rows(statement.drafts, here), {mark for mark, at in imported if homes.get(mark) != at})
    asked = {draft.fingerprint for draft, _ in sorting.alike} & choices.take
    wanted = ({draft.fingerprint for draft in sorting.new} | asked) - choices.leave
    chosen = [draft for draft in statement.drafts if draft.fingerprint in wanted]
    person = kept.owner if by is None else by
    items = ItemBook(desk.ledger).nameable(kept.owner, kept.portfolio.id, person)
    names = book.names(kept.portfolio.id)
    matches = matched(desk, items, _named(statement), choices.instruments, seeker, names)
    today = newest_day(desk.clock())
    review = Review(
        sifted(desk, kept, statement, matches, person, today),
        places,
        matches,
        sorting,
        tuple(draft for draft in chosen if draft.day <= today),
        tuple(draft for draft in chosen if draft.day > today),
    )
    return _with_news(desk, kept.owner, review)


def _with_news(desk: Desk, owner: int, review: Review) -> Review:
    """With what it tells beside that is new, and a note of that where it is all that is."""
    statement = review.statement
    news = news_of(desk, owner, statement.beside, review.matches, review.made)
    if news and not review.taken:
        statement = replace(statement, notes=(*statement.notes, f"None of its rows is new. {news}"))
    return replace(review, news=news, statement=statement)


def _own_rows(desk: Desk, kept: Kept, statement: Statement) -> dict[int, str]:
    """By number, the rows of an export of this very portfolio that are in it, whatever was changed in them since."""
    mine, kinds = origin_of(kept), TransactionBook(desk.ledger).kinds(kept.portfolio.id)
    return {
        draft.number: draft.fingerprint
        for draft in statement.drafts
        if draft.origin == mine and kinds.get(draft.number) is draft.kind
    }


def _parted(statement: Statement, places: Mapping[str, Place], imported: Collection[tuple[str, int]]) -> Statement:
    """The file with each dividend beside its tax where only one of them was imported."""

    def is_known(draft: Draft) -> bool:
        return (draft.fingerprint, places[draft.account].account.id) in imported

    return replace(statement, drafts=tuple(parted(statement.drafts, is_known)))


def _put_together(
    imported: Iterable[tuple[str, int]], homes: Mapping[str, int], prints: Mapping[int, str]
) -> Iterator[Known]:
    """The rows that became one transaction with one of `prints`."""
    told = set(prints.values())
    for mark, account in imported:
        if homes.get(mark) == account and mark not in told:
            yield _gone(mark)


def _gone(mark: str) -> Known:
    """A row that is known, and looks like nothing that is here."""
    return Known(mark, Kind.FEE, date.min, "", Decimal(0), Decimal(0))


def _pointed_at(sorting: Sorting, elsewhere: Collection[str]) -> Sorting:
    """With those rows among the twins that are in another account too: two accounts at one broker can tell the same."""
    twins = set(sorting.twins)
    return replace(sorting, twins=tuple(each for each in sorting.new if each in twins or each.fingerprint in elsewhere))


def known(desk: Desk, portfolio: int, places: Mapping[str, Place], imported: Mapping[int, str]) -> Iterator[Known]:
    """What the accounts have already, and every row that was ever `imported` there, though it was deleted since.

    `imported` are the fingerprints of rows by the numbers of their transactions.
    """
    prints = dict(imported)
    accounts = {place.account.id for place in places.values()}
    for each in TransactionBook(desk.ledger).all(portfolio):
        told = prints.pop(each.id, "")
        if told or each.account in accounts:
            yield Known(told, each.kind, each.day, each.currency, each.quantity, each.cash)
    for told in prints.values():
        yield _gone(told)


def _named(statement: Statement) -> Iterator[tuple[Named, date, str]]:
    for draft in statement.drafts:
        for named in (draft.instrument, draft.other):
            if named is not None:
                yield named, draft.day, draft.price_currency or draft.currency
    for holding in statement.holdings:
        if holding.instrument is not None:
            yield holding.instrument, holding.day or date.max, holding.currency


def _places(
    desk: Desk, kept: Kept, statement: Statement, choices: Choices, imported: Iterable[tuple[str, int]]
) -> dict[str, Place]:
    """Each account of the file, as it was chosen, where most of its rows are already, as it is called, or new."""
    accounts = PortfolioBook(desk.ledger).accounts(kept.portfolio.id)
    told = {draft.account for draft in statement.drafts}
    told |= {draft.to_account for draft in statement.drafts if draft.kind is Kind.TRANSFER}
    theirs = [each.name for each in statement.home.accounts] if statement.home else []
    of_home = [each for each in theirs if each in told or not accounts]  # an empty portfolio gets the empty ones too
    usual = _usual_homes(statement, imported)
    every = dict.fromkeys([*of_home, *sorted(told)])
    chosen = {each: choices.accounts.get(each, usual.get(each)) for each in every}
    return {each: Place(each, _place(each, accounts, statement, choice)) for each, choice in chosen.items()}


def _usual_homes(statement: Statement, imported: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Where most rows of an account of the file are already: it may bear another name by now."""
    told = {draft.fingerprint: draft.account for draft in statement.drafts}
    counted: dict[str, Counter[int]] = {}
    for mark, account in imported:
        if mark in told:
            counted.setdefault(told[mark], Counter())[account] += 1
    return {each: found.most_common(1)[0][0] for each, found in counted.items()}


def _place(told: str, accounts: tuple[Account, ...], statement: Statement, choice: int | str | None) -> Account:
    if isinstance(choice, int):
        found = next((each for each in accounts if each.id == choice), None)
        if found is None:
            raise InvalidInput("accounts", f"The portfolio has no account {choice}.", remedy="List its accounts.")
        return found
    theirs = statement.home.account(told) if statement.home else None
    if theirs is not None:
        return _same_or_new(accounts, replace(theirs, id=0, name=choice or told))
    whole = f"{statement.broker} {told}".strip() or UNNAMED
    names = [each[:LONGEST_NAME] for each in ([choice] if choice is not None else [told, whole])]
    if (same := next((each for each in accounts if each.name in names), None)) is not None:
        return same
    of_broker = [each for each in accounts if each.broker == statement.broker]
    if choice is None and not told and len(of_broker) == 1:
        return of_broker[0]
    return Account(0, names[-1], _main_currency(statement, told), statement.broker)


def _same_or_new(accounts: tuple[Account, ...], wanted: Account) -> Account:
    return next((each for each in accounts if each.name == wanted.name), wanted)


def _main_currency(statement: Statement, account: str) -> str:
    """In which most rows of an account are told."""
    counted = Counter(draft.currency for draft in statement.drafts if draft.account == account)
    counted = counted or Counter(draft.to_currency or draft.currency for draft in statement.drafts)
    return counted.most_common(1)[0][0]
