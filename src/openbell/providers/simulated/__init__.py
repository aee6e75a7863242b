"""The demo market: invented companies on an invented exchange that never closes.

`companies` is who is listed, `noise` the dice, `prices` the paths drawn from them, `source` the provider.
"""

from openbell.providers.simulated.companies import EXCHANGE, SYMBOLS
from openbell.providers.simulated.source import Simulated

__all__ = ["EXCHANGE", "SYMBOLS", "Simulated"]
