"""Which bars are fit to keep: every row of a source ends in `clean` or, with a reason, in `rejects`. Pure."""

from openbell.ingest.quality.check import Checked, check

__all__ = ["Checked", "check"]
