"""The state of a market, looked up once until it changes."""

from __future__ import annotations

from datetime import datetime

from openbell.model.sessions import MarketState, market_state


class Hours:
    """What one exchange is doing, asked about instants that mostly follow one another."""

    def __init__(self, exchange: str) -> None:
        self._exchange = exchange
        self._asked: datetime | None = None
        self._state: MarketState | None = None
        self.until: datetime | None = None
        """When the state or the trade date that was told last changes; None where that is not known."""

    def at(self, moment: datetime) -> MarketState:
        """The state at `moment`."""
        held = self._asked is not None and self._asked <= moment and self.until is not None and moment < self.until
        if self._state is None or not held:
            self._state = found = market_state(self._exchange, moment)
            turns = (found.next_change, found.close)  # around the clock nothing changes but the trade date
            self._asked = moment
            self.until = min((turn for turn in turns if turn is not None and turn > moment), default=None)
        return self._state
