"""How many trades a second do a vendor's messages make, from their bytes to durable prices, minutes and alerts?"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from time import perf_counter

import msgspec
import numpy as np

from bench import lakes, market
from bench.rows import Row, Skipped
from openbell.alerts.background import Background
from openbell.alerts.rules import Crosses, Rule, Symbols
from openbell.alerts.watch import Watch
from openbell.ingest.intake import Heard, Intake
from openbell.ingest.seen import MOST
from openbell.ingest.tape import Tape
from openbell.providers.streams.alpaca import AlpacaDialect
from openbell.store.lake import Lake
from openbell.store.log import Log
