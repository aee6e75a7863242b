"""What the names of columns say: bare of signs, and whether they are those of a list of transactions."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

import polars as pl

CORE = {
    "deed": r"action|type|typ|side|direction|operation|activity(type)?|transaction(type)?|transcode|buysell|buyorsell"
    r"|vorgang|auftragsart|buchungstext|omschrijving",
    "units": r"quantity.*|qty|shares|units|no(of)?shares|numberofshares|anzahl|aantal",
    "money": r".*amount.*|fees?.*|.*fees?|.*commission.*|tax(es)?|withholdingtax.*|costs|proceeds|trademoney"
    r"|(sub)?total|total(inclusive.*|usd|eur|gbp|chf)|betrag|gebuhr(en)?|provision|steuern?|kosten|mutatie",
}
"""What is done, with how many, for how much: in English, German and Dutch."""
BESIDE = {
    "identity": r"isin|wkn|cusip|iban|order(id|number)?|positionid|transactionid|account(number|id)?",
    "booked": r"settle(ment)?date|valutadatum|valuedate|tradedate|processdate|activitydate|rundate|buchungs(datum|tag)",
    "balance": r"(cash)?balance|saldo|kontostand",
}
"""What stands in such a list besides, and sometimes in a list of prices too."""
RANGE = re.compile(r"(open|high|low)(price)?|hoch|tief|eroffnung(skurs)?")
DEED = r"(?i)^\s*(market |limit )?(buy|sell|bought|sold|kauf|verkauf|koop|verkoop|achat|vente)\b"
SAMPLE_ROWS = 1_000


def plain(name: str) -> str:
    """`name` in lower case, without accents, spaces and signs: `Fees & Comm` is feescomm."""
    return re.sub(r"[^a-z0-9]", "", unicodedata.normalize("NFKD", name.lower()))


def lists_transactions(header: Sequence[str], rows: pl.DataFrame) -> bool:
    """Whether a table with that header is of what somebody bought and sold, not of prices.

    Three kinds of its columns tell it, or one together with words such as Buy and Sell in a column; not where the table
    has a day's range: deals have one price.
    """
    names = [plain(name) for name in header]
    if sum(RANGE.fullmatch(name) is not None for name in names) > 1:
        return False
    core, beside = _kinds(CORE, names), _kinds(BESIDE, names)
    if len(core | beside) > 2 and (len(core) > 1 or "balance" in beside):
        return True
    return any(_of_deeds(rows[name]) and (_is("deed", name) or core - {"deed"}) for name in header if name in rows)


def _kinds(patterns: dict[str, str], names: Iterable[str]) -> set[str]:
    return {kind for kind, pattern in patterns.items() if any(re.fullmatch(pattern, name) for name in names)}


def _is(kind: str, name: str) -> bool:
    return re.fullmatch(CORE[kind], plain(name)) is not None


def _of_deeds(column: pl.Series) -> bool:
    """Whether most cells say that something was bought or sold."""
    if column.dtype != pl.String:
        return False
    written = column.drop_nulls().head(SAMPLE_ROWS)
    return written.str.contains(DEED).sum() > written.len() / 2
