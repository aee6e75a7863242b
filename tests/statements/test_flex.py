"""The levels of detail of a Flex query: whatever is ticked, each trade and payment counts once."""

from __future__ import annotations

from openbell.statements.draft import Statement
from openbell.statements.presets import read
from statements.told import told


def flex(*elements: str) -> Statement:
    body = "".join(elements)
    text = f'<FlexQueryResponse><FlexStatements><FlexStatement accountId="U1">{body}</FlexStatement></FlexStatements>'
    return read(f"{text}</FlexQueryResponse>".encode(), "f")


def trade(tag: str, level: str, *, order: str = "7", symbol: str = "AAPL", more: str = "") -> str:
    return (
        f'<{tag} accountId="U1" currency="USD" assetCategory="STK" symbol="{symbol}" tradeDate="20240102" '
        f'quantity="10" tradePrice="185" proceeds="-1850" ibCommission="-1" ibCommissionCurrency="USD" buySell="BUY" '
        f'ibOrderID="{order}" levelOfDetail="{level}" {more}/>'
    )


BOUGHT = "2024-01-02 buy AAPL 10 -1851 USD fee=1 @185 in=U1"
PAID = "2024-02-02 dividend AAPL 0 10 USD in=U1"


def payment(level: str, *, kind: str = "Dividends", amount: str = "10") -> str:
    return (
        f'<CashTransaction accountId="U1" currency="USD" type="{kind}" symbol="AAPL" settleDate="20240202" '
        f'amount="{amount}" description="AAPL(US0378331005) CASH DIVIDEND" levelOfDetail="{level}" />'
    )


def split(level: str) -> str:
    return (
        '<CorporateAction accountId="U1" currency="USD" symbol="NVDA" reportDate="20240610" type="FS" actionID="900" '
        'description="NVDA(US67066G1040) SPLIT 10 FOR 1 (NVDA, NVIDIA, US67066G1040)" quantity="90" '
        f'levelOfDetail="{level}" />'
    )


def test_orders_are_the_trades_where_no_executions_are_told():
    assert told(flex(trade("Order", "ORDER"))) == [BOUGHT]
    assert told(flex(trade("Trade", "ORDER"))) == [BOUGHT]


def test_an_order_whose_executions_are_told_is_a_sum_of_them():
    both = flex(trade("Order", "ORDER"), trade("Trade", "EXECUTION", more='tradeID="1"'))
    assert (told(both), [each.rows for each in both.ignored]) == ([BOUGHT], [(1,)])
    without_numbers = flex(trade("Order", "ORDER", order=""), trade("Trade", "EXECUTION", order=""))
    assert told(without_numbers) == [BOUGHT]


def test_an_order_without_an_execution_is_read_beside_those_of_others():
    both = flex(trade("Order", "ORDER", order="8", symbol="MSFT"), trade("Trade", "EXECUTION"))
    assert told(both) == ["2024-01-02 buy MSFT 10 -1851 USD fee=1 @185 in=U1", BOUGHT]


def test_a_cancelled_order_is_a_problem():
    order = flex(trade("Order", "ORDER", more='notes="Ca"'))
    assert (order.drafts, [problem.rows for problem in order.problems]) == ((), [(1,)])


def test_sums_of_trades_that_are_not_told_are_problems():
    sums = flex(trade("SymbolSummary", "SYMBOL_SUMMARY"), trade("Lot", "CLOSED_LOT"))
    assert (sums.drafts, [problem.rows for problem in sums.problems]) == ((), [(1,), (2,)])
    assert "Tick Executions" in sums.problems[0].remedy


def test_a_payment_and_a_corporate_action_in_detail_and_in_summary_count_once():
    both = flex(payment("SUMMARY"), payment("DETAIL"), split("SUMMARY"), split("DETAIL"))
    assert told(both) == [PAID, "2024-06-10 split NVDA 90 0 USD ratio=10 in=U1"]
    assert [each.rows for each in both.ignored] == [(1,), (3,)]


def test_a_summary_alone_stays():
    assert told(flex(payment("SUMMARY"))) == [PAID]
    of_another = flex(payment("SUMMARY"), payment("DETAIL", kind="Withholding Tax", amount="-1.5"))
    assert told(of_another) == ["2024-02-02 dividend AAPL 0 8.5 USD tax=1.5 in=U1"]


def test_a_sale_that_closes_and_opens_may_sell_more_than_is_held():
    sale = trade("Trade", "EXECUTION", more='openCloseIndicator="C;O"').replace("BUY", "SELL").replace("-1850", "1850")
    assert told(flex(sale)) == ["2024-01-02 sell AAPL -10 1849 USD fee=1 @185 short in=U1"]


TRADES = (
    "ClientAccountID,Symbol,ISIN,Buy/Sell,TradeDate,Quantity,TradePrice,TradeMoney,CurrencyPrimary,IBCommission,"
    "IBCommissionCurrency,IBOrderID,LevelOfDetail\n"
)
PAYMENTS = "ClientAccountID,Symbol,Type,SettleDate,Description,Amount,CurrencyPrimary,LevelOfDetail\n"


def table(head: str, *rows: str) -> Statement:
    return read((head + "".join(row + "\n" for row in rows)).encode(), "f")


def test_tables_of_a_query_count_each_trade_and_payment_once_as_well():
    traded = "U1,AAPL,,BUY,20240102,10,185,1850,USD,-1,USD,7"
    both = table(TRADES, f"{traded},ORDER", f"{traded},EXECUTION", f"{traded},CLOSED_LOT")
    assert (told(both), len(both.ignored)) == ([BOUGHT], 2)
    assert told(table(TRADES, f"{traded},ORDER", "")) == [BOUGHT]
    assert len(table(TRADES, f"{traded},SYMBOL_SUMMARY").problems) == 1
    paid = "U1,AAPL,Dividends,20240202,AAPL(US0378331005) CASH DIVIDEND,10,USD"
    assert told(table(PAYMENTS, f"{paid},SUMMARY", f"{paid},DETAIL")) == [PAID]
    assert told(table(PAYMENTS, f"{paid},SUMMARY")) == [PAID]
