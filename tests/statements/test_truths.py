# ruff: noqa: E501  # rows stand as brokers write them
"""The real files: what each row became, and what holds after the whole of it."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import pytest

from market import SHARED, needs_shared
from openbell.model.transactions import Kind
from openbell.statements.contents import Contents
from openbell.statements.draft import Statement
from openbell.statements.presets import read
from statements.told import cash_of, line_of, units_of

EXPORTS, WORKED = SHARED / "broker_exports", SHARED / "worked_capital_gains"

FILES = {
    # file: preset, drafts by kind, rows that are problems, rows that deserve a look, rows ignored
    "etg_coinbase-export.csv": ("coinbase", "4 buy 2 sell 2 interest 1 delivery_in 1 delivery_out", 0, 0, 1),
    "etg_degiro-export.csv": (
        "degiro", "10 buy 3 sell 10 dividend 7 fee 4 exchange 2 deposit 1 withdrawal 1 interest", 0, 33, 13,
    ),
    "etg_etoro-export.csv": ("etoro", "5 buy 4 sell 11 dividend 3 fee 1 interest 1 withdrawal 1 tax", 0, 0, 3),
    "etg_ibkr-dividends-export.csv": ("ibkr-cash", "6 dividend 1 return_of_capital", 0, 0, 1),
    "etg_ibkr-trades-export.csv": ("ibkr-trades", "8 buy", 3, 0, 1),
    "etg_parqet-export.csv": ("parqet", "18 buy 2 sell 7 dividend", 0, 0, 1),
    "etg_revolut-invest-export.csv": (
        "revolut", "3 buy 1 sell 1 dividend 1 fee 1 split 1 deposit 2 withdrawal", 0, 0, 3,
    ),
    "etg_schwab-export.csv": (
        "schwab",
        (
            "41 buy 2 sell 43 dividend 11 fee 6 interest 3 split 2 merger 1 rename 1 delivery_in 1 delivery_out "
            "1 deposit 2 withdrawal 1 tax"
        ), 0, 1, 2,
    ),
    "etg_swissquote-export.csv": (
        "swissquote", "5 buy 5 sell 3 dividend 2 exchange 1 fee 1 interest 2 withdrawal", 0, 6, 1,
    ),
    "etg_trading212-export.csv": (
        "trading212", "3 buy 1 sell 3 dividend 1 split 1 delivery_in 1 delivery_out 1 deposit 1 interest", 0, 0, 1,
    ),
    "fava_example.beancount": ("beancount", "", 0, 0, 23),
    "fava_import.csv": ("mapped", "2 withdrawal", 0, 0, 2),
    "fidelity_constructed.csv": ("fidelity", "2 buy 1 dividend 1 split", 0, 0, 3),
    "ghostfolio_constructed.json": ("ghostfolio", "2 buy 1 sell 1 dividend", 0, 0, 0),
    "ibkr_flex_constructed.xml": ("ibkr-flex", "2 buy 1 dividend 1 split", 0, 0, 1),
    "ibkr_flex_elements.xml": (
        "ibkr-flex", "2 buy 1 sell 1 delivery_in 2 tax 1 return_of_capital 2 exchange", 2, 0, 23,
    ),
    "portfolio_performance_constructed.csv": ("portfolio-performance", "1 buy 1 sell 1 dividend", 0, 0, 1),
    "robinhood_constructed.csv": ("robinhood", "2 buy 1 sell 1 dividend 1 deposit 1 split", 1, 0, 2),
}  # fmt: skip


def export(name: str) -> Statement:
    return read((EXPORTS / name).read_bytes(), name)


def worked(name: str) -> Statement:
    return read((WORKED / name).read_bytes(), name)


@needs_shared
@pytest.mark.parametrize("name", FILES)
def test_every_row_of_a_real_file_is_accounted_for(name: str):
    preset, drafts, problems, doubts, ignored = FILES[name]
    statement = export(name)
    words = drafts.split()
    assert statement.preset == preset
    assert Counter(draft.kind.value for draft in statement.drafts) == {
        kind: int(count) for count, kind in zip(words[::2], words[1::2], strict=True)
    }
    blocking = [problem for problem in statement.problems if problem.blocking]
    assert (len(blocking), len(statement.problems) - len(blocking), len(statement.ignored) + len(statement.frame)) == (
        problems,
        doubts,
        ignored,
    )
    lines = {record.line for record in Contents((EXPORTS / name).read_bytes(), name).records}
    assert lines <= statement.rows


@needs_shared
def test_a_degiro_order_is_one_trade_with_its_currency_legs_and_its_fee():
    told = [line_of(draft) for draft in export("etg_degiro-export.csv").drafts]
    assert "2022-12-15 buy US9256521090 1 -32.91 EUR fee=1 @33.9USD rate=0.941297935103" in told
    assert "2021-08-10 sell CA0641491075 -1 54.07 EUR fee=0.5 @63.97USD rate=0.853056120056" in told
    assert "2024-04-02 sell GB00BPQY8M80 -4 19.84 GBP @4.96" in told
    assert "2019-05-15 buy IE00B4L5Y983 6 -298.71 EUR @49.785" in told
    assert "2021-02-01 buy US00165C1045 1 -1.2108 USD fee=1EUR @1.2108" in told


@needs_shared
def test_the_27_activities_that_another_tool_counts_are_trades_dividends_and_fees_that_were_charged():
    drafts = export("etg_degiro-export.csv").drafts
    trades = [d for d in drafts if d.kind in {Kind.BUY, Kind.SELL}]
    dividends = [d for d in drafts if d.kind is Kind.DIVIDEND and not d.quantity]
    charged = [d for d in drafts if d.kind is Kind.FEE and d.cash < 0]
    assert (len(trades), len(dividends), len(charged)) == (13, 9, 5)


@needs_shared
def test_robinhood_leaves_10_apple_and_20_amazon():
    assert units_of(export("robinhood_constructed.csv")) == {"AAPL": Decimal(10), "AMZN": Decimal(20)}


@needs_shared
def test_fidelity_leaves_100_nvidia_that_cost_8304_10():
    statement = export("fidelity_constructed.csv")
    assert units_of(statement)["NVDA"] == 100
    assert sum(-d.cash for d in statement.drafts if d.instrument and d.instrument.ticker == "NVDA") == Decimal(
        "8304.10"
    )


@needs_shared
def test_flex_leaves_20_amazon_at_2481_and_10_meta_bought_as_fb_under_one_isin():
    statement = export("ibkr_flex_constructed.xml")
    assert units_of(statement) == {"AMZN": Decimal(20), "FB": Decimal(10)}
    assert sum(-d.cash for d in statement.drafts if d.instrument and d.instrument.ticker == "AMZN") == 2481
    assert [d.cash for d in statement.drafts if d.kind is Kind.DIVIDEND] == [Decimal("1.95")]
    bought = next(d.instrument for d in statement.drafts if d.instrument and d.instrument.ticker == "FB")
    held = {h.instrument.isin: h for h in statement.holdings if h.instrument}
    assert held[bought.isin].instrument.ticker == "META"
    assert (held[bought.isin].quantity, held[bought.isin].price) == (10, Decimal("161.25"))


@needs_shared
def test_ghostfolio_days_are_those_of_zurich_and_3_microsoft_are_left():
    statement = export("ghostfolio_constructed.json")
    assert [str(d.day) for d in statement.drafts] == ["2021-09-16", "2021-11-17", "2022-01-01", "2023-07-10"]
    assert units_of(statement) == {"MSFT": Decimal(3), "Penthouse Apartment": Decimal(1)}


@needs_shared
def test_portfolio_performance_comes_to_the_cent():
    cash = [d.cash for d in export("portfolio_performance_constructed.csv").drafts]
    assert cash == [Decimal("-1511.90"), Decimal("2.64"), Decimal("662.66")]


@needs_shared
@pytest.mark.parametrize(
    ("name", "cash"),
    [
        ("schwab/2023/transactions.csv", {"USD": "1019826.86"}),
        ("trading212/2024/inputs/transactions.csv", {"GBP": "1758.05"}),
        ("interactive_brokers/test_basic.csv", {"GBP": "3027.40"}),
        ("raw/test_data.csv", {"USD": "-28486.60"}),
        ("raw/test_data_2.csv", {}),
    ],
)
def test_the_cash_of_the_worked_cases_is_right_to_the_cent(name: str, cash: dict[str, str]):
    found = {code: str(total.quantize(Decimal("0.01"))) for code, total in cash_of(worked(name)).items()}
    assert found == cash


@needs_shared
@pytest.mark.parametrize(
    ("name", "units"),
    [
        ("raw/test_data.csv", {"AMZN": 210, "BABA": 30, "META": 15, "FB": 104, "OPRA": 120}),
        ("raw/test_data_2.csv", {"AMZN": 10, "META": -50, "FB": 100}),
        ("interactive_brokers/test_basic.csv", {"CNX1": 2}),
        ("schwab/2023/transactions.csv", {}),
        ("trading212/2024/inputs/transactions.csv", {}),
        ("trading212/2020/from_2020-09-11_to_2021-04-02.csv", {"VNRG": 1, "NVDA": 1}),
        ("schwab/schwab_transactions.csv", {"VUAG": Decimal("30.5")}),
    ],
)
def test_the_units_of_the_worked_cases_are_right(name: str, units: dict[str, Decimal]):
    """FB became META: until the two are matched as one instrument, 104 of the one and 15 of the other make the 119."""
    assert units_of(worked(name)) == units


DEGIRO_IN_OTHER_LANGUAGES = {
    "English": (
        """Date,Time,Value date,Product,ISIN,Description,FX,Change,,Balance,,Order Id
31-12-2024,15:31,31-12-2024,APPLE INC,US0378331005,FX Credit,1.0400,USD,"2,105.00",USD,0.00,abc-1
31-12-2024,15:31,31-12-2024,APPLE INC,US0378331005,FX Debit,,EUR,"-2,024.04",EUR,975.96,abc-1
31-12-2024,15:31,31-12-2024,APPLE INC,US0378331005,DEGIRO Transaction and/or third party fees,,EUR,-2.00,EUR,"3,000.00",abc-1
31-12-2024,15:31,31-12-2024,APPLE INC,US0378331005,Buy 10 APPLE INC@210.5 USD (US0378331005),,USD,"-2,105.00",USD,"-2,105.00",abc-1
30-12-2024,15:31,30-12-2024,,,flatex Deposit,,EUR,"3,002.00",EUR,"3,002.00",
""",
        """2024-12-30 deposit - 0 3002 EUR
        2024-12-31 buy US0378331005 10 -2026.04 EUR fee=2 @210.5USD rate=0.961539192399""",
    ),
    "French": (
        """Date,Heure,Date de,Produit,Code ISIN,Description,FX,Mouvements,,Solde,,ID Ordre
11-03-2024,10:39,11-03-2024,QT GROUP OYJ,FI4000198031,Frais DEGIRO de courtage et/ou de parties tierces,,EUR,"-4,90",EUR,"3 000,53",cce
11-03-2024,10:39,11-03-2024,QT GROUP OYJ,FI4000198031,"Achat 6 QT GROUP OYJ@79,96 EUR (FI4000198031)",,EUR,"-479,76",EUR,"3 005,43",cce
10-03-2024,10:39,10-03-2024,,,Versement de fonds,,EUR,"3 485,19",EUR,"3 485,19",
08-03-2024,09:39,10-03-2024,,,Opération de change - Crédit,,EUR,"2,50",EUR,"0,00",
08-03-2024,09:39,10-03-2024,,,Opération de change - Débit,"1,08",USD,"-2,70",USD,"0,00",
""",
        """2024-03-08 exchange - 0 -2.7 USD to=2.5EUR
        2024-03-10 deposit - 0 3485.19 EUR
        2024-03-11 buy FI4000198031 6 -484.66 EUR fee=4.9 @79.96""",
    ),
    "Spanish": (
        """Fecha,Hora,Fecha valor,Producto,ISIN,Descripción,Tipo,Variación,,Saldo,,ID Orden
11-03-2024,10:39,11-03-2024,IBERDROLA,ES0144580Y14,Retención del dividendo,,EUR,"-0,19",EUR,"11.245,91",
11-03-2024,10:39,11-03-2024,IBERDROLA,ES0144580Y14,Dividendo,,EUR,"1,00",EUR,"11.246,10",
10-03-2024,10:39,11-03-2024,IBERDROLA,ES0144580Y14,Costes de transacción y/o externos de DEGIRO,,EUR,"-4,90",EUR,"11.245,10",o1
10-03-2024,10:39,11-03-2024,IBERDROLA,ES0144580Y14,"Venta 1.000 IBERDROLA@11,25 EUR (ES0144580Y14)",,EUR,"11.250,00",EUR,"11.250,00",o1
""",
        """2024-03-10 sell ES0144580Y14 -1000 11245.1 EUR fee=4.9 @11.25
        2024-03-11 dividend ES0144580Y14 0 0.81 EUR tax=0.19""",
    ),
    "Portuguese": (
        """Data,Hora,Data Valor,Produto,ISIN,Descrição,T.,Mudança,,Saldo,,ID da Ordem
10-06-2022,09:00,10-06-2022,AMAZON,US0231351067,"STOCK SPLIT: Compra 20 AMAZON@124,79 USD (US0231351067)",,USD,"-2495,80",USD,"0,00",
10-06-2022,09:00,10-06-2022,AMAZON,US0231351067,"STOCK SPLIT: Venda 1 AMAZON@2495,8 USD (US0231351067)",,USD,"2495,80",USD,"2495,80",
09-06-2022,09:00,10-06-2022,META,US30303M1027,"MUDANÇA DE ISIN: Compra 5 META@1 USD (US30303M1027)",,USD,"0,00",USD,"0,00",
09-06-2022,09:00,10-06-2022,FACEBOOK,US30303M9999,"MUDANÇA DE ISIN: Venda 5 FB@1 USD (US30303M9999)",,USD,"0,00",USD,"0,00",
08-06-2022,08:00,10-06-2022,,,Levantamento,,EUR,"-10,00",EUR,"0,00",
08-06-2022,07:00,10-06-2022,,,Custo de Conectividade à Bolsa 2022,,EUR,"-2,50",EUR,"10,00",
""",
        """2022-06-08 fee - 0 -2.5 EUR
        2022-06-08 withdrawal - 0 -10 EUR
        2022-06-09 rename US30303M9999 0 0 USD other=US30303M1027
        2022-06-10 split US0231351067 19 0 USD ratio=20""",
    ),
    "a language whose verbs are not known": (
        """Fecha,Tid,Valuta,Prod,ISIN,Beskr,FX,X,,Y,,Ordre
02-08-2023,10:00,02-08-2023,VOLVO,SE0000115446,"Hankin 10 VOLVO@200,5 SEK (SE0000115446)",,SEK,"-2005,00",SEK,"0,00",o9
""",
        "2023-08-02 buy SE0000115446 10 -2005 SEK @200.5",
    ),
}


@pytest.mark.parametrize("language", DEGIRO_IN_OTHER_LANGUAGES)
def test_degiro_is_read_in_its_customers_languages(language: str):
    text, drafts = DEGIRO_IN_OTHER_LANGUAGES[language]
    statement = read(text.encode(), "Account.csv")
    assert statement.preset == "degiro"
    assert [line_of(draft) for draft in statement.drafts] == [line.strip() for line in drafts.splitlines()]
    assert statement.problems == ()
