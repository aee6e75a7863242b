"""What Degiro calls things, in the languages of its customers; compared without accents and capitals."""

from __future__ import annotations

import re
from collections.abc import Mapping

from openbell.statements.table import plain

BUYS = frozenset(
    "koop buy kauf achat compra acquisto kop købt køb kjøp nakup kupno zakup osta osto cumparare vetel agora".split()  # noqa: SIM905
)
SELLS = frozenset(
    "verkoop sell verkauf vente venta venda vendita salj salg selg prodej sprzedaz myy myynti vanzare eladas".split()  # noqa: SIM905
)
TRADE = re.compile(
    r"^(?:(?P<event>[^@]{3,80}?)\s*:\s*)?(?P<side>[^\W\d]+)\s+(?P<quantity>\d[\d.,'\u00a0\u202f ]*)(?P<name>.*?)"
    r"\s*(?:@|\bzu je\b|\bat\b)\s*(?P<price>-?\d[\d.,'\u00a0\u202f ]*?)\s*(?P<currency>[A-Za-z]{3})\b",
    re.DOTALL,
)
ISIN = re.compile(r"\b[A-Z]{2}[A-Z0-9]{9}\d\b")

_BEGINNINGS: Mapping[str, str] = {
    # the first that a description contains says what it is
    "reservation": r"\breserv|reserva\b|gereserveerd|processed flatex|prenotazione",
    "sweep": r"cash sweep|overboeking (?:van|naar) uw geldrekening|(?:ihrem?n?|ihr) geldkonto|"
    r"(?:from|to|your) (?:your )?cash account|compte especes|cuenta de efectivo|conto liquidita|conta de caixa",
    "fund_price": r"(?:variation|variacion|variazione|variacao) .*(?:fond|monet)|geldmarktfonds preis|"
    r"money market fund price|geldmarktfonds koers|koerswijziging geldmarkt|cash fund price|"
    r"zmena ceny penezniho fondu",
    "fund": r"geldmarktfonds|fonds monetaire|money market fund|fondos? (?:de )?monetario|fondo monetario|"
    r"fundo monetario|cash fund (?:conversion|omzetting)|konwersja funduszu",
    "exchange": r"valuta (?:creditering|debitering)|wahrungswechsel|\bfx (?:credit|debit|\w)|"
    r"(?:credito|debito|prelievo) (?:fx|(?:di )?cambio valuta)|divisa|operation de change|"
    r"change de devise|conversion de devise|credit devise|debit devise|valutav|"
    r"valutakonv|smena men|wymiana walut|przewalutowanie|currency (?:credit|debit|exchange)|valuutan",
    "dividend_tax": r"(?:dividend(?:en)?|utdelnings?|utbytte|udbytte)(?:belasting|steuer|skatt|skat)|kildeskatt|"
    r"kallskatt|dividend tax|impots? sur (?:le )?dividende|"
    r"(?:retencion|retenzione|ritenuta|imposto|impuesto|imposta).*dividend|withholding tax|bronbelasting|"
    r"quellensteuer|dan z dividend|podatek (?:od dywidend|dywidendow)|osinkovero|kapitalertragsteuer",
    "capital": r"kapitalruckzahlung|return of capital|capital return|kapitaaluitkering|kapitaalsuitkering|"
    r"remboursement de capital|retour de capital|devolucion de capital|rimborso (?:di )?capitale",
    "dividend": r"^(?:.*\b)?(?:dividend|dividende|dividendo|dividenda|dywidenda|osinko|udbytte|utbytte|utdelning)\b|"
    r"fund distribution|ausschuttung|fondsuitkering|distribution|distribucion|distribuzione",
    "transaction_tax": r"transactiebelasting|transaction tax|transaktionssteuer|taxe sur les transactions|stamp duty|"
    r"beurstaks|\btob\b|tobin|impuesto sobre transacciones|imposta sulle transazioni|imposto do selo|"
    r"podatek od transakcji",
    "fee": r"kosten|\bfees?\b|gebuhr|\bfrais\b|costes?\b|\bcosti\b|\bcustos?\b|comiss|comision|commission|"
    r"handelsmodalit|connexion|conectividad|poplat|oplat|avgift|gebyr|kurtage|courtage|maksu\b|market data",
    "interest": r"\binterest|\brente\b|\bzins|interet|\binteres|interess[ie]|\bjuros\b|\burok|odsetki|korko",
    "rebate": r"courtesy|rabatt|korting|promo|compensat|kompensat|gutschrift|referral|bonus|cashback|vergoeding",
    "withdrawal": r"withdrawal|terugstorting|opname|auszahlung|retrait|retirada|prelievo|levantamento|vyber\b|uttag|"
    r"uttak|wyplata|nosto\b|reembolso",
    "deposit": r"deposit|^depot(?: flatex)?$|depozyt|storting|einzahlung|ingreso|versement|deposito|vklad|insattning|"
    r"innskudd|indskud|indbetaling|wplata|talletus|uberweisung|overboeking|transfer",
}
_MEANINGS = tuple((meaning, re.compile(words)) for meaning, words in _BEGINNINGS.items())

_EVENTS = (
    ("rename", re.compile(r"wijziging|anderung|(?:product|isin) change|change of|changement|cambio|modifica|mudanca")),
    ("spin_off", re.compile(r"spin|abspaltung|afsplitsing|scission|escision|scissione|cisao")),
    ("split", re.compile(r"split|fraction|division|frazionamento|desdobramento|samenvoeging|zusammenlegung|regroup")),
    ("dividend", re.compile(r"dividend")),
    ("fund", re.compile(r"geldmarktfonds|fonds monetaire|money market|monetario|konwersja funduszu")),
)  # fmt: skip


def meaning_of(description: str) -> str:
    """What a row that is no trade is; empty where none of Degiro's words is in it."""
    text = plain(description)
    return next((meaning for meaning, words in _MEANINGS if words.search(text)), "")


def event_of(prefix: str) -> str:
    """What a trade with something before a colon is; `other` for an event that is a trade like any."""
    text = plain(prefix)
    return next((event for event, words in _EVENTS if words.search(text)), "other")


def side_of(word: str) -> int:
    """1 for buying, -1 for selling, 0 for a word of a language that is not known."""
    verb = plain(word)
    return 1 if verb in BUYS else -1 if verb in SELLS else 0
