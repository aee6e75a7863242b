"""What portfolios hold, put together for their figures: the ledger's transactions and the lake's prices."""

from openbell.books.held import edited, followed, held, left_with
from openbell.books.shelf import NOW, Books, Moment, Reckoned

__all__ = ["NOW", "Books", "Moment", "Reckoned", "edited", "followed", "held", "left_with"]
