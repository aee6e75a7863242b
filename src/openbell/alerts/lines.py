"""The lines that a value must reach for a rule to fire, and whether it may: the memory of one rule on one symbol.

A rule has up to two triggers, one above the value and one below. Each is armed while the value has been on its near
side since it last fired, and by the rule's hysteresis: so no firing is without a crossing. While a rule sleeps (in its
cool-down, after the first of the day, outside the session) it only re-arms: a crossing meanwhile is told when it
wakes, if it still holds.
"""

from __future__ import annotations

import math
from datetime import date

import msgspec

from openbell.alerts.conditions import Direction
from openbell.alerts.rules import Rule
from openbell.bars.buckets import TICK

NEVER = math.inf


class Arms(msgspec.Struct, omit_defaults=True):
    """What is remembered of one rule on one symbol. Instants are microseconds since 1970."""

    began: bool = False
    waits: bool = False
    """It had begun, and its reference is a new one that it has not been measured from yet."""
    born: int | None = None
    """When the clock was first asked for it."""
    up: bool = False
    down: bool = False
    anchor: float | None = None
    """The price of the last alert, or the peak: what later prices are compared with."""
    fired: int | None = None
    fired_on: date | None = None
    episode: str = ""
    """The last episode that was told, of those that the clock finds."""


def resting(arms: Arms) -> Arms:
    """What is left while nobody asks for a rule on a symbol: what it has told. It begins anew afterwards."""
    return Arms(fired=arms.fired, fired_on=arms.fired_on, episode=arms.episode)


class Line:
    """The triggers of one rule on one symbol."""

    def __init__(self, rule: Rule, arms: Arms) -> None:
        self.rule = rule
        self.arms = arms
        self.reference: float | None = None
        self._cooldown = rule.cooldown // TICK
        self._expires = NEVER if rule.expires is None else rule.expires.timestamp() * 1e6
        self._aim(NEVER, -NEVER)

    def around(self, up: float | None, down: float | None, reference: float | None, direction: Direction) -> None:
        """Fire from `up` upwards and from `down` downwards, as far as `direction` says; None: never."""
        self.reference = reference
        self._aim(
            NEVER if up is None or direction == "down" else up, -NEVER if down is None or direction == "up" else down
        )

    @property
    def aimed(self) -> bool:
        """Whether there is anything to reach."""
        return self.up < NEVER or self.down > -NEVER

    def begin(self, value: float) -> None:
        """The value is `value` before the rule hears the first one: what it is beyond already is no crossing."""
        self.arms.began, self.arms.waits = True, False
        self.arms.up, self.arms.down = value < self.up, value > self.down

    def birth(self, now: int) -> int:
        """When the clock was first asked for the rule: `now`, if it never was."""
        if self.arms.born is None:
            self.arms.born = now
        return self.arms.born

    def awake(self, at: int, day: date, *, in_session: bool) -> bool:
        """Whether the rule may fire at the instant `at` of the trade date `day`."""
        rule, fired = self.rule, self.arms.fired
        if at >= self._expires or (rule.session_only and not in_session):
            return False
        if fired is None:
            return True
        if rule.repeat == "once" or (rule.repeat == "daily" and self.arms.fired_on == day):
            return False
        return at >= fired + self._cooldown

    def wakes(self) -> float:
        """When the cool-down ends."""
        return NEVER if self.arms.fired is None else self.arms.fired + self._cooldown

    def bounds(self, *, awake: bool) -> tuple[float, float]:
        """Strictly between these two values nothing happens."""
        lower, upper = -NEVER, NEVER
        if not self.arms.began:
            return lower, upper
        if not self.arms.up:
            lower = self._fallen
        elif awake:
            upper = self.up
        if not self.arms.down:
            upper = min(upper, self._risen)
        elif awake:
            lower = max(lower, self.down)
        return lower, upper

    def step(self, value: float, *, awake: bool) -> float | None:
        """Hear the next value; returns the trigger it has set off, if any."""
        arms, reached = self.arms, None
        if not arms.began:
            return None
        if not arms.up:
            arms.up = value <= self._fallen
        elif awake and value >= self.up:
            arms.up, reached = False, self.up
        if not arms.down:
            arms.down = value >= self._risen
        elif awake and reached is None and value <= self.down:
            arms.down, reached = False, self.down
        return reached

    def tell(self, at: int, day: date) -> None:
        """Remember that the rule fired."""
        self.arms.fired, self.arms.fired_on = at, day

    def _aim(self, up: float, down: float) -> None:
        back = self.rule.hysteresis_pct / 100
        self.up, self.down = up, down
        self._fallen, self._risen = math.nextafter(up, -NEVER), math.nextafter(down, NEVER)
        if back and up < NEVER:
            self._fallen = up - abs(up) * back
        if back and down > -NEVER:
            self._risen = down + abs(down) * back
