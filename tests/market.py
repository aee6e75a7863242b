"""The market as small tables: what tests build their cases from."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
"""Real prices and recorded responses; not part of the project."""

needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason=f"the real market data is not at {SHARED}")
