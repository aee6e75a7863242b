"""What vendors call a split is not always one."""

from __future__ import annotations

import pytest

from openbell.providers.events import kind_of_factor

SPLITS = (2.0, 3.0, 4.0, 7.0, 10.0, 20.0, 50.0, 1.5, 1.25, 1.3333, 1.6667, 0.1, 0.125, 0.05, 0.0333, 0.01)
STOCK_DIVIDENDS = (1.1, 1.05, 1.03, 1.02)
SPIN_OFFS = {"Kyndryl": 1.0460, "GE HealthCare": 1.281, "GE Vernova": 1.253, "Solventum": 1.196, "WBD": 1.324}


@pytest.mark.parametrize("factor", [*SPLITS, *STOCK_DIVIDENDS])
def test_a_whole_ratio_or_a_stock_dividend_is_a_split(factor: float):
    assert kind_of_factor(factor) == "split"


@pytest.mark.parametrize("who_left", SPIN_OFFS)
def test_a_ratio_of_prices_is_a_spin_off(who_left: str):
    assert kind_of_factor(SPIN_OFFS[who_left]) == "spinoff"
