"""What vendors call a split is not always one, and what they call a dividend is not always all."""

from __future__ import annotations

import pytest

from openbell.model.factors import kind_of_factor
from openbell.providers.events import paid_on

SPLITS = (2.0, 3.0, 4.0, 7.0, 10.0, 20.0, 50.0, 1.5, 1.25, 1.3333, 1.6667)
NEARLY_WHOLE = (1.998, 2.002)  # Google's classes, 2014-04-03
CONSOLIDATIONS = (0.1, 0.125, 0.05, 0.0333, 0.01, 33 / 70, 0.4714, 0.95)
STOCK_DIVIDENDS = (1.1, 1.05, 1.03, 1.02)
SPIN_OFFS = {
    "Kyndryl": 1.0460,
    "GE HealthCare": 1.281,
    "GE Vernova": 1.253,
    "Solventum": 1.196,
    "WBD": 1.324,
    "PayPal": 2.376,
}


@pytest.mark.parametrize("factor", [*SPLITS, *NEARLY_WHOLE, *CONSOLIDATIONS, *STOCK_DIVIDENDS])
def test_a_small_or_nearly_whole_ratio_a_consolidation_and_a_stock_dividend_are_splits(factor: float):
    assert kind_of_factor(factor) == "split"


@pytest.mark.parametrize("who_left", SPIN_OFFS)
def test_a_ratio_of_prices_is_a_spin_off(who_left: str):
    assert kind_of_factor(SPIN_OFFS[who_left]) == "spinoff"


@pytest.mark.parametrize(
    ("dividend", "gain", "fall", "paid"),
    [
        (0.837, 0.417, 0.70, 0.837),  # DODFX, 2025-12-18
        (0.837, 0.417, None, 0.837),
        (0.837, 0.417, 1.30, 1.254),
        (0.100, 0.417, 0.00, 0.517),  # the smaller cannot contain the larger
        (0.000, 0.417, None, 0.417),
        (0.837, 0.000, 0.90, 0.837),
    ],
)
def test_a_capital_gain_counts_once(dividend: float, gain: float, fall: float | None, paid: float):
    assert paid_on(dividend, gain, fall) == pytest.approx(paid)
