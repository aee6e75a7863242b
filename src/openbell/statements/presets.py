"""All presets, and the one way in: the bytes of a file to a statement."""

from __future__ import annotations

from openbell.model.errors import InvalidInput
from openbell.statements import mapped, own
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
from openbell.statements.preset import Preset, statement

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


def recognised(contents: Contents) -> tuple[Preset, ...]:
    """The presets that know a file, by what is in it."""
    return tuple(preset for preset in PRESETS if preset.recognises(contents))


def read(data: bytes, name: str, answers: Answers = Answers()) -> Statement:  # noqa: B008  # frozen
    """The file as its preset reads it, or by a mapping; `name` is for messages only.

    Raises UnreadableFile for what is no statement, Undecided for one with two meanings, InvalidInput for a preset that
    does not exist.
    """
    contents = Contents(data, name)
    return statement(_chosen(contents, answers), contents, answers)


def _chosen(contents: Contents, answers: Answers) -> Preset:
    if answers.mapping is not None or answers.preset == mapped.PRESET.name:
        return mapped.PRESET
    if not answers.preset:
        return next((preset for preset in PRESETS if preset.recognises(contents)), mapped.PRESET)
    for preset in PRESETS:
        if preset.name == answers.preset:
            if not preset.recognises(contents):
                raise InvalidInput(
                    "preset", f"{contents.name} is no file of {preset.broker}.", remedy="Let it be recognised."
                )
            return preset
    names = ", ".join(preset.name for preset in PRESETS)
    raise InvalidInput("preset", f"There is no preset {answers.preset[:40]!r}.", remedy=f"Choose one of {names}.")
