"""Who is listed on the simulated market. No name or ticker here is that of a real company; currencies are real ones."""

from __future__ import annotations

from dataclasses import dataclass

EXCHANGE = "24/7"
"""The code of an exchange with a session every day, 00:00 to 24:00 UTC."""

CURRENCY = "USD"
LAUNCH = "2020-01-01"
"""The first trade date of every listing."""


@dataclass(frozen=True, slots=True)
class SplitPlan:
    """Splits that come round: `ratio` new units per old one, on day `first` from the launch, then each `every` days."""

    ratio: float
    first: int
    every: int


@dataclass(frozen=True, slots=True)
class Company:
    """One listing; `price` and `turnover` (units a day) are those of the launch, `volatility` is daily."""

    ticker: str
    name: str
    sector: str
    price: float
    volatility: float
    turnover: float
    beta: float = 1.0
    type: str = "stock"
    decimals: int = 2
    dividend_yield: float = 0.0
    split: SplitPlan | None = None
    exchange: str = EXCHANGE


COMPANIES = (
    Company("QUORB", "Quorb Robotics", "Technology", 96.0, 0.016, 5.2e6, 1.3, split=SplitPlan(2.0, 100, 1000)),
    Company("NIMBO", "Nimbo Cloud", "Technology", 140.0, 0.018, 3.9e6, 1.4, split=SplitPlan(3.0, 900, 1400)),
    Company("HAZLO", "Hazlo Foods", "Consumer staples", 61.0, 0.006, 1.8e6, 0.5, dividend_yield=0.031),
    Company("KREVA", "Kreva Bank", "Financials", 44.0, 0.009, 4.1e6, 1.1, dividend_yield=0.042),
    Company("VELDO", "Veldo Motors", "Consumer goods", 212.0, 0.021, 6.5e6, 1.5),
    Company("EBBLU", "Ebblu Energy", "Energy", 78.0, 0.012, 2.7e6, 0.9, dividend_yield=0.038),
    Company("ZANTU", "Zantu Biologics", "Health care", 31.0, 0.028, 9.4e5, 0.8),
    Company("PLUVO", "Pluvo Water", "Utilities", 52.0, 0.005, 7.6e5, 0.4, dividend_yield=0.034),
    Company("TARNE", "Tarne Steel", "Materials", 27.0, 0.014, 1.4e6, 1.2, dividend_yield=0.022),
    Company("OSTIK", "Ostik Shipping", "Industrials", 118.0, 0.013, 6.2e5, 1.0, dividend_yield=0.027),
    Company("MURLA", "Murla Property", "Real estate", 36.0, 0.008, 5.5e5, 0.8, dividend_yield=0.051),
    Company("LANTU", "Amalgamated Lighthouse and Lantern Works", "Industrials", 73.0, 0.010, 1.1e5, 0.7),
    Company("FENJO", "Fenjo Games", "Technology", 21.0, 0.026, 2.2e6, 1.2, split=SplitPlan(0.1, 600, 1600)),
    Company("GLIMP", "Glimp Optics", "Technology", 8.4, 0.022, 2400.0, 0.9),
    Company("WODDE", "Wodde and Daughters", "Consumer goods", 15.5, 0.011, 700.0, 0.6, dividend_yield=0.019),
    Company("XILBA", "Xilba Prospecting", "Materials", 0.0021, 0.030, 8.8e7, 1.1, decimals=6),
    Company("DORVI", "Dorvi Holding", "Financials", 2_450_000.0, 0.008, 900.0, 0.8, decimals=0),
    Company("BROMA", "Broma Whole Market Fund", "Funds", 104.0, 0.001, 3.3e6, 1.0, type="etf", dividend_yield=0.016),
    Company("DIVVO", "Divvo Steady Income Fund", "Funds", 49.0, 0.002, 4.8e5, 0.6, type="fund", dividend_yield=0.036),
)

PAIRS = (
    Company("EURUSD=X", "Euro in US dollars", "Currencies", 1.12, 0.0045, 4e6, 0.0, "currency", 5, exchange="24/5"),
)
"""What one unit of a currency costs in another. Its volume is told as 0: nobody sees all that is traded."""

SYMBOLS = tuple(company.ticker for company in COMPANIES)
"""The tickers, in the order of the demo's watchlist."""

WHOLE_MARKET = "BROMA"
"""The fund that holds all of them."""

LISTED = (*COMPANIES, *PAIRS)
BY_TICKER = {company.ticker: company for company in LISTED}
