"""Yahoo Finance: `wire` is what it says, `scale` brings its prices back to raw, `source` is the provider.

The protocol is unofficial. It is spoken here, not through yfinance, whose hosts are constants: a desk can then point it
at a mirror, and its tests at recorded answers.
"""

from openbell.providers.yahoo.source import Yahoo

__all__ = ["Yahoo"]
