"""Amounts of money: the currencies there are, and which decimal numbers can be an amount."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from types import MappingProxyType

from openbell.model.errors import InvalidInput

CURRENCIES = frozenset(
    """
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF
    CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG
    HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA
    MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD
    RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX
    USD UYU UZS VED VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG
    """.split()  # noqa: SIM905  # as ISO prints them
)
"""ISO 4217's codes of money in use."""

PARTS: Mapping[str, tuple[str, Decimal]] = MappingProxyType(
    {
        "GBp": ("GBP", Decimal("0.01")),
        "GBX": ("GBP", Decimal("0.01")),
        "ZAc": ("ZAR", Decimal("0.01")),
        "ZAC": ("ZAR", Decimal("0.01")),
        "ILA": ("ILS", Decimal("0.01")),
    }
)
"""What exchanges quote in, that is a part of a currency: pence in London, cents in Johannesburg, agorot in Tel Aviv."""

LARGEST = Decimal("1e15")
"""No amount, quantity or price is as large; with it, sums stay exact in 28 digits."""

DECIMALS = 12
"""Of an amount, a quantity or a price at most: brokers tell coins with as many."""


@dataclass(frozen=True, slots=True)
class PriceByHand:
    """What somebody says that one unit of something is worth."""

    price: Decimal
    currency: str | None = None
    """That it was said in, and stays in; None: that of the instrument."""


def currency_of(typed: str, field: str = "currency") -> str:
    """The currency that somebody typed as `field`, in capitals; raises InvalidInput for one that is not money.

    So too for a part of one: pence that were taken for pounds would be a hundred times as much.
    """
    if typed in CURRENCIES:
        return typed
    if (part := typed.strip()) in PARTS:
        whole = PARTS[part][0]
        raise InvalidInput(field, f"{part} is a part of {whole}.", remedy=f"Say amounts and prices in {whole}.")
    code = typed.strip().upper()
    if code not in CURRENCIES:
        raise InvalidInput(
            field, f"{typed[:20]!r} is not a currency.", remedy="Use a code of three letters such as USD or EUR."
        )
    return code


def decimal_of(typed: str | int | Decimal, field: str) -> Decimal:
    """The number that somebody typed as `field`, exactly; raises InvalidInput for none, an infinite or too long one."""
    try:
        number = Decimal(str(typed).replace("_", "?"))  # none but Python parts thousands by it
    except (InvalidOperation, ValueError) as error:
        raise InvalidInput(field, f"{str(typed)[:40]!r} is not a number.", remedy="Write it like 1234.56.") from error
    return amount(number, field)


def amount(number: Decimal, field: str) -> Decimal:
    """`number`, if money can be counted with it; raises InvalidInput."""
    if not number:
        return Decimal(0)  # of however many decimals, or less than nothing
    if not number.is_finite():
        raise InvalidInput(field, f"{field} is {number}, which is no amount.", remedy="Write a number.")
    if abs(number) >= LARGEST:
        raise InvalidInput(field, f"{field} is {number:.3e}, which is too large.", remedy=f"Stay below {LARGEST:.0e}.")
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and -exponent > DECIMALS:
        exponent = number.normalize().as_tuple().exponent
    if isinstance(exponent, int) and -exponent > DECIMALS:
        raise InvalidInput(
            field, f"{field} has {-exponent} decimals.", remedy=f"Round it to {DECIMALS} decimals at most."
        )
    return number
