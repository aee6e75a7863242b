"""Whether an indicator crosses its level at a day's close."""

from __future__ import annotations

import polars as pl

from openbell.alerts.conditions import AverageCross, MacdCross, OfDays, RsiCross
from openbell.alerts.lines import Arms, Line
from openbell.alerts.rules import Rule
from openbell.bars.indicators import ema, macd, rsi, sma


def crossed(rule: Rule, closes: pl.Series) -> tuple[float, float] | None:
    """The indicator and the level it crosses with the last of `closes`, oldest first; None where it does not.

    A crossing that comes back before the indicator had left its level by the rule's hysteresis is none.
    """
    condition = rule.condition
    assert isinstance(condition, OfDays)
    values, levels = _against(condition, closes)
    known = pl.DataFrame({"value": values, "level": levels}).drop_nulls()
    if known.height < 2 or values.item(-1) is None:
        return None
    then, now = known.rows()[-2:]
    if _side(*then) == _side(*now):
        return None  # most days end here
    line, reached = Line(rule, Arms()), None
    for value, level in known.iter_rows():
        line.around(level, level, level, condition.direction)
        if line.arms.began:
            reached = line.step(value, awake=True)
        else:
            line.begin(value)
    return None if reached is None else now


def _side(value: float, level: float) -> int:
    return (value > level) - (value < level)


def _against(condition: OfDays, closes: pl.Series) -> tuple[pl.Series, pl.Series]:
    """The indicator and its level, as long as `closes`."""
    match condition:
        case AverageCross(slow, fast, kind):
            average = sma if kind == "sma" else ema
            return closes if fast is None else average(closes, fast), average(closes, slow)
        case MacdCross(fast, slow, signal):
            lines = macd(closes, fast, slow, signal)
            return lines["macd"], lines["signal"]
        case RsiCross(level, window):
            return rsi(closes, window), pl.repeat(level, closes.len(), eager=True)
