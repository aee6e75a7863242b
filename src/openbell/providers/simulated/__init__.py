"""The demo market: invented companies on an invented exchange that never closes, and a rate that is invented too.

`companies` is who is listed, `hours` when they trade, `noise` the dice, `prices` the paths drawn from them, and
`source` the provider.
"""

from openbell.providers.simulated.companies import EXCHANGE, SYMBOLS
from openbell.providers.simulated.source import Simulated

__all__ = ["EXCHANGE", "SYMBOLS", "Simulated"]
