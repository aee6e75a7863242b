"""The conditions of a sale, which vendors tell in codes of their own."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntFlag

REMEMBERED = 4096
"""So many sets of codes; a vendor that invents them for ever fills no memory."""


class Sale(IntFlag):
    """Conditions of a sale, on the bits of QuantConnect/Lean, Common/Data/Auxiliary/TradeConditionFlags.cs."""

    REGULAR = 1 << 0
    CASH = 1 << 1
    NEXT_DAY = 1 << 2
    SELLER = 1 << 3
    YELLOW_FLAG = 1 << 4
    INTERMARKET_SWEEP = 1 << 5
    OPENING_PRINT = 1 << 6
    CLOSING_PRINT = 1 << 7
    REOPENING_PRINT = 1 << 8
    DERIVATIVELY_PRICED = 1 << 9
    FORM_T = 1 << 10
    SOLD_LAST = 1 << 11
    STOPPED = 1 << 12
    EXTENDED_HOURS = 1 << 13
    OUT_OF_SEQUENCE = 1 << 14
    SPLIT = 1 << 15
    ACQUISITION = 1 << 16
    BUNCHED = 1 << 17
    CONTINGENT = 1 << 18
    DISTRIBUTION = 1 << 19
    AVERAGE_PRICE = 1 << 20
    CROSS = 1 << 21
    PRICE_VARIATION = 1 << 22
    RULE_155 = 1 << 23
    OFFICIAL_CLOSE = 1 << 24
    PRIOR_REFERENCE = 1 << 25
    OFFICIAL_OPEN = 1 << 26
    CAP_ELECTION = 1 << 27
    AUTOMATIC = 1 << 28
    TRADE_THROUGH_EXEMPT = 1 << 29
    UNKNOWN = 1 << 30
    ODD_LOT = 1 << 31


class Conditions(dict[tuple[str, ...] | None, str | None]):
    """For the codes of a trade one hexadecimal number, as LEAN's ticks write it; None where there is no condition.

    Vendors' own codes cannot be kept: joined letters such as CB, and numbers such as 12, are hexadecimal, too.
    """

    def __init__(self, sales: Mapping[str, Sale]) -> None:
        """`sales`: what each code means."""
        self.sales = sales

    def __missing__(self, codes: tuple[str, ...] | None) -> str | None:
        """Find it out, and remember it."""
        if len(self) == REMEMBERED:
            self.clear()
        flags = Sale(0)
        for code in codes or ():
            flags |= self.sales.get(code, Sale.UNKNOWN)
        self[codes] = told = f"{flags.value:02X}" if flags else None
        return told


_BOTH = {
    "@": Sale.REGULAR,
    " ": Sale.REGULAR,
    "1": Sale.STOPPED,
    "4": Sale.DERIVATIVELY_PRICED,
    "5": Sale.REOPENING_PRINT,
    "6": Sale.CLOSING_PRINT,
    "7": Sale.CONTINGENT | Sale.TRADE_THROUGH_EXEMPT,
    "8": Sale.TRADE_THROUGH_EXEMPT,
    "9": Sale.OFFICIAL_CLOSE,  # corrects it, long afterwards: told again, not traded again
    "A": Sale.ACQUISITION,
    "C": Sale.CASH,
    "D": Sale.DISTRIBUTION,
    "F": Sale.INTERMARKET_SWEEP,
    "G": Sale.BUNCHED | Sale.SOLD_LAST,
    "H": Sale.PRICE_VARIATION,
    "I": Sale.ODD_LOT,
    "K": Sale.RULE_155,
    "L": Sale.SOLD_LAST,
    "M": Sale.OFFICIAL_CLOSE,
    "N": Sale.NEXT_DAY,
    "O": Sale.OPENING_PRINT,
    "P": Sale.PRIOR_REFERENCE,
    "Q": Sale.OFFICIAL_OPEN,
    "R": Sale.SELLER,
    "S": Sale.SPLIT,
    "T": Sale.FORM_T,
    "U": Sale.EXTENDED_HOURS | Sale.OUT_OF_SEQUENCE,
    "V": Sale.CONTINGENT,
    "W": Sale.AVERAGE_PRICE,
    "X": Sale.CROSS,
    "Y": Sale.YELLOW_FLAG,
    "Z": Sale.OUT_OF_SEQUENCE,
}
CTS = Conditions(_BOTH | {"B": Sale.AVERAGE_PRICE, "E": Sale.AUTOMATIC})
"""Sale conditions on tapes A and B: https://www.nyse.com/publicdocs/ctaplan/notifications/trader-update/cts_output_spec.pdf."""

UTP = Conditions(_BOTH | {"B": Sale.BUNCHED})
"""Those on tape C: https://www.utpplan.com/DOC/UtpBinaryOutputSpec.pdf."""

FINNHUB = Conditions(
    {
        "1": Sale.REGULAR,
        "2": Sale.ACQUISITION,
        "3": Sale.AVERAGE_PRICE,
        "4": Sale.BUNCHED,
        "5": Sale.CASH,
        "6": Sale.DISTRIBUTION,
        "7": Sale.AUTOMATIC,
        "8": Sale.INTERMARKET_SWEEP,
        "9": Sale.BUNCHED | Sale.SOLD_LAST,
        "10": Sale.PRICE_VARIATION,
        "11": Sale.CAP_ELECTION,
        "12": Sale.ODD_LOT,
        "13": Sale.RULE_155,
        "14": Sale.RULE_155,
        "15": Sale.SOLD_LAST,
        "16": Sale.OFFICIAL_CLOSE,
        "17": Sale.NEXT_DAY,
        "18": Sale.OPENING_PRINT,
        "19": Sale.OPENING_PRINT,
        "20": Sale.OFFICIAL_OPEN,
        "21": Sale.PRIOR_REFERENCE,
        "22": Sale.SELLER,
        "23": Sale.SPLIT,
        "24": Sale.FORM_T,
        "25": Sale.EXTENDED_HOURS | Sale.OUT_OF_SEQUENCE,
        "26": Sale.CONTINGENT,
        "27": Sale.CONTINGENT,
        "28": Sale.CROSS,
        "29": Sale.YELLOW_FLAG,
        "30": Sale.OUT_OF_SEQUENCE,
        "31": Sale.STOPPED,
        "32": Sale.DERIVATIVELY_PRICED,
        "33": Sale.REOPENING_PRINT,
        "34": Sale.REOPENING_PRINT,
        "35": Sale.CLOSING_PRINT,
        "36": Sale.CLOSING_PRINT,
        "37": Sale.CONTINGENT | Sale.TRADE_THROUGH_EXEMPT,
        "38": Sale.TRADE_THROUGH_EXEMPT,
        "39": Sale.OFFICIAL_CLOSE,
        "40": Sale.OPENING_PRINT,
        "41": Sale.TRADE_THROUGH_EXEMPT,
    }
)
"""Finnhub's numbers (the table of trade conditions that its documentation links to) for the tapes' sale conditions.

39 corrects the official close, long after it: told again, not traded again.
"""
