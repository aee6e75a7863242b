"""All presets, and the one way in: the bytes of a file to a statement."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from openbell.model.errors import InvalidInput, Undecided
from openbell.statements import listed, mapped, own
from openbell.statements.answers import Answers
from openbell.statements.brokers import (
    beancount,
    coinbase,
    degiro,
    degiro_orders,
    etoro,
    fidelity,
    flex,
    ghostfolio,
    ibkr,
    ibkr_flat,
    parqet,
    portfolio_performance,
    revolut,
    robinhood,
    schwab,
    schwab_awards,
    swissquote,
    trading212,
)
from openbell.statements.contents import Contents
from openbell.statements.draft import Statement
from openbell.statements.numbers import money_code
from openbell.statements.preset import Preset, statement
from openbell.statements.unpack import is_workbook
from openbell.statements.workbook import sheets_of

PRESETS: tuple[Preset, ...] = (
    own.TABLE,
    own.DOCUMENT,
    degiro.PRESET,
    degiro_orders.ORDERS,
    degiro_orders.PORTFOLIO,
    trading212.PRESET,
    schwab.PRESET,
    schwab.POSITIONS,
    schwab_awards.PRESET,
    flex.PRESET,
    ibkr.PRESET,
    ibkr_flat.TRADES,
    ibkr_flat.CASH,
    coinbase.PRESET,
    parqet.PRESET,
    revolut.PRESET,
    swissquote.PRESET,
    etoro.PRESET,
    robinhood.PRESET,
    fidelity.PRESET,
    fidelity.POSITIONS,
    ghostfolio.PRESET,
    portfolio_performance.PRESET,
    beancount.PRESET,
)

BROKERS: Mapping[str, str] = MappingProxyType({each.name: each.broker for each in PRESETS})
"""Whose files each of them reads."""


def recognised(contents: Contents) -> tuple[Preset, ...]:
    """The presets that know a file, by what is in it."""
    return tuple(preset for preset in PRESETS if preset.recognises(contents))


def read(data: bytes, name: str, answers: Answers = Answers()) -> Statement:  # noqa: B008  # frozen
    """The file as its preset reads it, or by a mapping; `name` is for messages only.

    Raises UnreadableFile for what is no statement, Undecided for one with two meanings, InvalidInput for a preset that
    does not exist.
    """
    contents = contents_of(data, name, answers)
    _assert_currency(name, answers.currency)
    return statement(_chosen(contents, answers), contents, answers)


def _assert_currency(name: str, told: str) -> None:
    """Raise Undecided for what is no currency: it is asked again."""
    try:
        if told:
            money_code(told)
    except InvalidInput as error:
        raise Undecided(
            name, f"{error.what.rstrip('.')}.", option="currency", remedy="Say the currency, such as USD."
        ) from error


def contents_of(data: bytes, name: str, answers: Answers = Answers()) -> Contents:  # noqa: B008  # frozen
    """What is in the file; of a workbook, the sheet that was told, else the one that a preset knows.

    Raises UnreadableFile for what is no statement, Undecided for a workbook of several.
    """
    if not is_workbook(data, name):
        return Contents(data, name)
    sheets = [Contents(sheet, name) for sheet in sheets_of(data, name)]
    titles = tuple(contents.sheet.title for contents in sheets if contents.sheet)
    if answers.sheet:
        if answers.sheet not in titles:
            raise InvalidInput(
                "sheet",
                f"{name} has no sheet {answers.sheet[:40]!r} with a table.",
                remedy=f"Choose of {_listed(titles)}.",
            )
        return sheets[titles.index(answers.sheet)]
    known = [contents for contents in sheets if recognised(contents)]
    meant = known or [contents for contents in sheets if mapped.PRESET.recognises(contents)] or sheets
    if len(meant) > 1:
        options = tuple(contents.sheet.title for contents in meant if contents.sheet)
        raise Undecided(
            name, f"several of its sheets have a table: {_listed(options)}.", option="sheet", options=options,
            remedy="Say which one to read.",
        )  # fmt: skip
    return meant[0]


def _listed(titles: tuple[str, ...]) -> str:
    return ", ".join(map(repr, titles))


def _chosen(contents: Contents, answers: Answers) -> Preset:
    if answers.mapping is not None and listed.is_told(answers.mapping):
        return listed.PRESET
    if answers.mapping is not None or answers.preset == mapped.PRESET.name:
        return mapped.PRESET
    if not answers.preset:
        return next((each for each in (*PRESETS, listed.PRESET) if each.recognises(contents)), mapped.PRESET)
    for preset in (*PRESETS, listed.PRESET):
        if preset.name == answers.preset:
            if not preset.recognises(contents):
                raise InvalidInput(
                    "preset", f"{contents.name} is no file of {preset.broker}.", remedy="Let it be recognised."
                )
            return preset
    names = ", ".join(preset.name for preset in (*PRESETS, listed.PRESET))
    raise InvalidInput("preset", f"There is no preset {answers.preset[:40]!r}.", remedy=f"Choose one of {names}.")
