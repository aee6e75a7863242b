"""Interactive Brokers' activity statements in German: its sections by their English names.

The columns' German names stand with the English ones; days, numbers, codes and kinds of rows are as in English.
"""

from __future__ import annotations

_SECTIONS = {
    "transaktionen": "trades", "transaktionsgebühren": "transaction fees", "dividenden": "dividends",
    "quellensteuer": "withholding tax", "zinsen": "interest", "gebühren": "fees",
    "einzahlungen & auszahlungen": "deposits & withdrawals", "kapitalmaßnahmen": "corporate actions",
    "offene positionen": "open positions", "offene long-positionen": "open positions",
    "offene short-positionen": "open positions", "kontoinformation": "account information",
    "kontoinformationen": "account information", "nettovermögenswert": "net asset value",
    "nettoinventarwert": "net asset value", "veränderung des nav": "change in nav", "cash-bericht": "cash report",
    "devisenpositionen": "forex balances", "netto-aktienpositionsübersicht": "net stock position summary",
    "aufgelaufene zinsen": "interest accruals", "veränderung im dividendenanfall": "change in dividend accruals",
    "informationen zum finanzinstrument": "financial instrument information",
    "hinweise/rechtshinweise": "notes/legal notes",
}  # fmt: skip


def in_english(section: str) -> str:
    """The name of a section in small letters, and in English where it is known in German."""
    name = " ".join(section.lower().split())
    return _SECTIONS.get(name, name)
