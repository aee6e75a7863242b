"""A rule as a sentence."""

from __future__ import annotations

from openbell.alerts.conditions import (
    AverageCross,
    Condition,
    Crosses,
    Direction,
    Drawdown,
    FeedDown,
    JobFailed,
    MacdCross,
    Moves,
    NewExtreme,
    RsiCross,
    Spread,
    Stale,
    VolumeSpike,
)
from openbell.alerts.rules import Rule
from openbell.model.words import counted

_WAYS: dict[Direction, str] = {"up": " from below", "down": " from above", "either": ""}
_SINCE = {
    "previous_close": "from the previous close",
    "open": "from the open",
    "last_alert": "from the last alert's price",
}
_REPEATS = {"once": "once", "daily": "once a day", "always": "every time"}


def sentence(rule: Rule) -> str:
    """What a rule waits for and how often it tells, without its symbols: `reaches 190 from below, every time`."""
    parts = [condition_said(rule.condition), _REPEATS[rule.repeat]]
    if rule.hysteresis_pct:
        parts.append(f"again after {rule.hysteresis_pct:g} % back")
    if rule.cooldown:
        parts.append(f"at most every {rule.cooldown.total_seconds() / 60:g} min")
    if rule.session_only:
        parts.append("in regular hours")
    if rule.quiet is not None:
        parts.append(f"quiet {rule.quiet.start:%H:%M}–{rule.quiet.end:%H:%M} {rule.quiet.zone}")
    if rule.expires is not None:
        parts.append(f"until {rule.expires:%Y-%m-%d %H:%M %Z}".rstrip())
    return ", ".join(parts)


def condition_said(condition: Condition) -> str:  # noqa: C901, PLR0911  # a line for each condition
    """What is waited for: `moves 1 % from the previous close`."""
    match condition:
        case Crosses(level, direction):
            return f"reaches {level:g}{_WAYS[direction]}"
        case Moves():
            verb = {"up": "rises", "down": "falls", "either": "moves"}[condition.direction]
            since = _SINCE.get(condition.since, f"in {counted(condition.minutes, 'minute')}")
            return f"{verb} {condition.percent:g} % {since}"
        case NewExtreme(days, of):
            return f"makes a new {of} of {counted(days, 'session')}"
        case AverageCross():
            name, fast = condition.kind.upper(), condition.fast
            mover = "closes across" if fast is None else f"{name} {fast} crosses"
            return f"{mover} {name} {condition.slow}{_WAYS[condition.direction]}"
        case MacdCross():
            lengths = f"{condition.fast}, {condition.slow}, {condition.signal}"
            return f"MACD ({lengths}) crosses its signal{_WAYS[condition.direction]}"
        case RsiCross():
            return f"RSI {condition.window} crosses {condition.level:g}{_WAYS[condition.direction]}"
        case VolumeSpike(times, days):
            return f"trades {times:g} times its mean volume of {counted(days, 'day')}"
        case Drawdown(percent, days):
            peak = "its highest price" if days is None else f"its high of {counted(days, 'session')}"
            return f"is {percent:g} % below {peak}"
        case Spread(percent):
            return f"has a spread of {percent:g} %"
        case Stale(minutes):
            return f"is silent for {counted(minutes, 'minute')} while its market is open"
        case FeedDown(feed, minutes):
            return f"{'any feed' if feed is None else feed} is down for {counted(minutes, 'minute')}"
        case JobFailed(job):
            return f"{'any job' if job is None else job} fails"
