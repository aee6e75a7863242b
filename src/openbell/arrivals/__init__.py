"""Statements that arrive in a portfolio: matched with what the desk knows, reviewed, and booked."""

from openbell.arrivals.booking import booked, counts
from openbell.arrivals.leaving import exported
from openbell.arrivals.matching import Match
from openbell.arrivals.reconciling import reconciled
from openbell.arrivals.review import Choices, Place, Review, reviewed
from openbell.arrivals.sample import sampled

__all__ = ["Choices", "Match", "Place", "Review", "booked", "counts", "exported", "reconciled", "reviewed", "sampled"]
