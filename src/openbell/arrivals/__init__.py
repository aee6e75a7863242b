"""Statements that arrive in a portfolio: matched with what the desk knows, reviewed, and booked."""

from openbell.arrivals.booking import booked, counts
from openbell.arrivals.founding import assert_whole, founded, made, settled
from openbell.arrivals.habits import Habit, answers_in, as_before, kept_body
from openbell.arrivals.leaving import exported
from openbell.arrivals.matching import Match
from openbell.arrivals.readings import Readings
from openbell.arrivals.reconciling import reconciled
from openbell.arrivals.review import Choices, Place, Review, reviewed
from openbell.arrivals.sample import sampled
from openbell.arrivals.seeking import Seeker
from openbell.arrivals.unheld import Unheld, unheld

__all__ = [
    "Choices",
    "Habit",
    "Match",
    "Place",
    "Readings",
    "Review",
    "Seeker",
    "Unheld",
    "answers_in",
    "as_before",
    "assert_whole",
    "booked",
    "counts",
    "exported",
    "founded",
    "kept_body",
    "made",
    "reconciled",
    "reviewed",
    "sampled",
    "settled",
    "unheld",
]
