"""What runs when: jobs over a desk, run by the clock or by hand, and booked in the ledger."""

from openbell.jobs.clockwork import Clockwork, next_of, run_apart, run_now
from openbell.jobs.demo import open_demo
from openbell.jobs.first_fetch import fetch_symbol, watch_vendors
from openbell.jobs.table import JOBS, Job, job_of

__all__ = [
    "JOBS",
    "Clockwork",
    "Job",
    "fetch_symbol",
    "job_of",
    "next_of",
    "open_demo",
    "run_apart",
    "run_now",
    "watch_vendors",
]
