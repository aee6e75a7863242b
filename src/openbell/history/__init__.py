"""Questions about the past: bars of any interval and adjustment, stretches of time, comparisons. Reads only."""

from openbell.history.made import Hours
from openbell.history.past import History, Latest, NoData, Series
from openbell.history.stretch import Range, Stretch, instant, stretch

__all__ = ["History", "Hours", "Latest", "NoData", "Range", "Series", "Stretch", "instant", "stretch"]
