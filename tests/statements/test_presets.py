# ruff: noqa: E501  # rows stand as brokers write them
from __future__ import annotations

from contracts.statement import PresetContract


class TestDegiroAccount(PresetContract):
    preset = "degiro"
    file = """Datum,Tijd,Valutadatum,Product,ISIN,Omschrijving,FX,Mutatie,,Saldo,,Order Id
16-12-2022,10:33,15-12-2022,,,"Overboeking van uw geldrekening bij flatexDEGIRO Bank 5,18 EUR",,,,EUR,"67,13",
16-12-2022,10:33,15-12-2022,FLATEX EURO BANKACCOUNT,NLFLATEXACNT,Degiro Cash Sweep Transfer,,EUR,"5,18",EUR,"72,31",
16-12-2022,10:30,15-12-2022,,,Valuta Creditering,,EUR,"0,35",EUR,"67,13",
16-12-2022,10:30,15-12-2022,,,Valuta Debitering,"1,0600",USD,"-0,37",USD,"0,00",
16-12-2022,09:05,15-12-2022,COCA-COLA COMPANY (THE,US1912161007,Dividend,,USD,"0,44",USD,"0,37",
16-12-2022,09:05,15-12-2022,COCA-COLA COMPANY (THE,US1912161007,Dividendbelasting,,USD,"-0,07",USD,"-0,07",
15-12-2022,16:55,15-12-2022,VICI PROPERTIES INC. C,US9256521090,Valuta Creditering,"1,0624",USD,"33,90",USD,"0,00",5925d76b-eb36-46e3-
,,,,,,,,,,,b017-a61a6d03c3e7
15-12-2022,16:55,15-12-2022,VICI PROPERTIES INC. C,US9256521090,Valuta Debitering,,EUR,"-31,91",EUR,"66,78",5925d76b-eb36-46e3-b017-a61a6d03c3e7
15-12-2022,16:55,15-12-2022,VICI PROPERTIES INC. C,US9256521090,DEGIRO Transactiekosten en/of kosten van derden,,EUR,"-1,00",EUR,"98,69",5925d76b-eb36-46e3-b017-a61a6d03c3e7
15-12-2022,16:55,15-12-2022,VICI PROPERTIES INC. C,US9256521090,"Koop 1 @ 33,9 USD",,USD,"-33,90",USD,"-33,90",5925d76b-eb36-46e3-b017-a61a6d03c3e7
14-12-2022,09:51,14-12-2022,,,iDEAL Deposit,,EUR,"99,69",EUR,"99,69",
"""
    drafts = """
        2022-12-14 deposit - 0 99.69 EUR
        2022-12-15 buy US9256521090 1 -32.91 EUR fee=1 @33.9USD rate=0.941297935103
        2022-12-16 dividend US1912161007 0 0.37 USD tax=0.07
        2022-12-16 exchange - 0 -0.37 USD to=0.35EUR"""
    needs = ("Omschrijving", "Saldo", "ISIN")
    ignored = 3


class TestDegiroAccountInGerman(PresetContract):
    preset = "degiro"
    file = """Datum,Uhrze,Valutadatum,Produkt,ISIN,Beschreibung,FX,Änderung,,Saldo,,Order-ID
10-10-2025,10:40,10-10-2025,ISHARES MSCI,IE00BFNM3J75,DEGIRO Transaktionsgebühren und/oder Fremdkosten,,EUR,"-3,00",EUR,"4.704,04",aaf546c6
10-10-2025,10:40,10-10-2025,ISHARES MSCI,IE00BFNM3J75,"Verkauf 200 zu je 10,5 EUR (IE00BFNM3J75)",,EUR,"2.100,00",EUR,"4.707,04",aaf546c6
10-10-2025,10:40,10-10-2025,ISHARES MSCI,IE00BFNM3J75,"Verkauf 50 zu je 10,5 EUR (IE00BFNM3J75)",,EUR,"525,00",EUR,"2.607,04",aaf546c6
06-01-2025,12:00,06-01-2025,,,Einrichtung von Handelsmodalitäten 2025 (Xetra - XET),,EUR,"-2,50",EUR,"2.082,04",
05-01-2025,12:00,05-01-2025,,,Flatex Interest Income,,EUR,"0,01",EUR,"2.084,54",
04-01-2025,12:00,04-01-2025,NESTLE,CH0038863350,Dividendensteuer,,CHF,"-3,50",CHF,"6,50",
04-01-2025,12:00,04-01-2025,NESTLE,CH0038863350,Dividende,,CHF,"10,00",CHF,"10,00",
03-01-2025,12:00,03-01-2025,,,Auszahlung,,EUR,"-15,47",EUR,"2.084,53",
02-01-2025,12:00,02-01-2025,,,SOFORT Einzahlung,,EUR,"2.100,00",EUR,"2.100,00",
"""
    drafts = """
        2025-01-02 deposit - 0 2100 EUR
        2025-01-03 withdrawal - 0 -15.47 EUR
        2025-01-04 dividend CH0038863350 0 6.5 CHF tax=3.5
        2025-01-05 interest - 0 0.01 EUR
        2025-01-06 fee - 0 -2.5 EUR
        2025-10-10 sell IE00BFNM3J75 -50 525 EUR @10.5
        2025-10-10 sell IE00BFNM3J75 -200 2097 EUR fee=3 @10.5"""
    needs = ("Beschreibung",)


class TestDegiroTransactions(PresetContract):
    preset = "degiro-transactions"
    file = """Date,Time,Product,ISIN,Reference exchange,Venue,Quantity,Price,,Local value,,Value EUR,Exchange rate,AutoFX Fee,Transaction and/or third party fees EUR,Total EUR,Order ID,
29-12-2020,20:13,ALIBABA GROUP HOLDING,US01609W1027,NSY,CDED,4,237.6900,USD,-950.76,USD,-780.00,1.2189,-0.78,-0.55,-781.33,b7f72d99,
30-12-2020,09:13,SHELL,GB00BP6MXD84,EAM,XAMS,-1000,20.50,EUR,20500.00,EUR,20500.00,,0.00,-2.00,20498.00,c7f72d99,
"""
    drafts = """
        2020-12-29 buy US01609W1027 4 -781.33 EUR fee=1.33 @237.69USD rate=0.820396314527
        2020-12-30 sell GB00BP6MXD84 -1000 20498 EUR fee=2 @20.5"""
    needs = ("ISIN",)


class TestDegiroTransactionsOfOlderYears(PresetContract):
    preset = "degiro-transactions"
    file = """Datum,Uhrzeit,Produkt,ISIN,Börse,Venue,Anzahl,Kurs,,Wert in Lokalwährung,,Wert,,Wechselkurs,Gebühr,,Gesamt,,Order-ID
29-12-2020,20:13,ALIBABA GROUP HOLDING,US01609W1027,NSY,CDED,4,"237,6900",USD,"-950,76",USD,"-841,21",CHF,"1,1291","-0,55",CHF,"-841,76",CHF,b7f72d99
"""
    drafts = """
        2020-12-29 buy US01609W1027 4 -841.76 CHF fee=0.55 @237.69USD rate=0.884776389415"""
    needs = ("ISIN",)


class TestDegiroPortfolio(PresetContract):
    preset = "degiro-portfolio"
    file = """Product,Symbool/ISIN,Aantal,Slotkoers,Lokale waarde,,Waarde in EUR
CASH & CASH FUND & FTX CASH (EUR),,,,EUR,"1,35","1,35"
VICI PROPERTIES INC. C,US9256521090,1,"33,90",USD,"33,90","31,91"
"""
    drafts = ""
    holdings = 2


class TestTrading212(PresetContract):
    preset = "trading212"
    file = """Action,Time,ISIN,Ticker,Name,No. of shares,Price / share,Currency (Price / share),Exchange rate,Result,Currency (Result),Total,Currency (Total),Withholding tax,Currency (Withholding tax),Notes,ID,Currency conversion fee,Currency (Currency conversion fee)
Deposit,2023-12-18 11:45:06.326,,,,,,,,,,3100.00,"EUR",,,"Bank",30c8,,
Market buy,2023-12-18 14:30:03.613,US17275R1023,CSCO,"Cisco",2.0,50.00,USD,1.25,,"EUR",80.20,"EUR",,,,EOF1,0.20,"EUR"
Dividend (Dividend),2023-12-27 12:05:25,US17275R1023,CSCO,"Cisco",2.0,0.50,USD,Not available,,,0.68,"EUR",0.15,USD,,,,
Dividend (Dividend),2024-01-12 14:14:14,IE00B1XNHC34,INRG,"iShares",2.8,630.11,GBX,Not available,,,17.67,"EUR",0.00,GBX,,,,
Stock split close,2025-03-24 07:24:24.095,CA46500E8678,ISOU,"IsoEnergy",,EOF29,29.8047800000,2.070473,USD,1.03401461,0.00,"EUR",59.68,"EUR",,,,
Stock split open,2025-03-24 07:24:24.104,CA46500E8678,ISOU,"IsoEnergy",,EOF30,7.4511950000,8.281893,USD,1.03401474,,"EUR",59.68,"EUR",,,,
Lending interest,2025-03-25 07:24:24.104,,,,,,,,,,0.02,EUR,,,,x1,,
Limit sell,2025-03-26 10:00:00,US17275R1023,CSCO,"Cisco",1.0,60.00,USD,1.20,,"EUR",49.90,"EUR",,,,EOF3,0.10,"EUR"
Something new,2025-03-27 10:00:00,,,,,,,,,,5.00,EUR,,,,EOF4,,
"""
    drafts = """
        2023-12-18 deposit - 0 3100 EUR
        2023-12-18 buy CSCO 2 -80.2 EUR fee=0.2 @50USD rate=0.8
        2023-12-27 dividend CSCO 0 0.68 EUR tax=0.12 @0.5USD
        2024-01-12 dividend INRG 0 17.67 EUR @6.3011GBP
        2025-03-24 split ISOU -22.353585 0 EUR ratio=0.25
        2025-03-25 interest - 0 0.02 EUR
        2025-03-26 sell CSCO -1 49.9 EUR fee=0.1 @60USD rate=0.833333333333"""
    needs = ("Action", "Total", "Price / share")
    problems = 1


class TestTrading212OfNewerYears(PresetContract):
    preset = "trading212"
    file = """Action,Time,ISIN,Ticker,Name,Notes,ID,No. of shares,Price / share,Currency (Price / share),Exchange rate,Result,Currency (Result),Total,Currency (Total),Withholding tax,Currency (Withholding tax),Stamp duty reserve tax,Currency (Stamp duty reserve tax),Currency conversion from amount,Currency (Currency conversion from amount),Currency conversion to amount,Currency (Currency conversion to amount)
Currency conversion,2025-01-01 10:00:00,,,,,CC1,,,,,,,,,,,,,100.00,GBP,118.00,EUR
Card debit,2025-01-02 10:00:00,,,,,CD1,,,,,,,-5.20,GBP,,,,,,,,
Market buy,2025-01-04 10:00:00,GB00BP6MXD84,SHEL,Shell,,EOF9,10,2500.00,GBX,,,,251.25,GBP,,,1.25,GBP,,,,
"""
    drafts = """
        2025-01-01 exchange - 0 -100 GBP to=118EUR
        2025-01-02 withdrawal - 0 -5.2 GBP
        2025-01-04 buy SHEL 10 -251.25 GBP tax=1.25 @25"""
    needs = ("No. of shares",)


class TestSchwab(PresetContract):
    preset = "schwab"
    file = """"Date","Action","Symbol","Description","Quantity","Price","Fees & Comm","Amount"
"01/31/2025","Pr Yr Cash Div","SPY","SPDR S&P","","","","$5.90"
"08/25/2023","Conversion","AMC","AMC ENTERTAINMENT CLASS A","34","","",""
"08/25/2023","Conversion","00165C203","AMC ENTERTAINMEN 0% PFDPFD","-344","","",""
"04/30/2021","Name Change","NEWH","NEWHYDROGEN INC","1,000","","",""
"04/30/2021","Name Change","09070K200","BIOSOLAR INC","-1,000","","",""
"07/15/2020 as of 07/12/2020","Stock Split","AVGO","BROADCOM INC","9","$170.067","",""
"06/13/2020","Sell","AVGO","BROADCOM INC","0.5","$1,680.00","$1.00","$839.00"
"06/12/2020","Buy","AVGO","BROADCOM INC","1.5","$1,600.00","","-$2,400.00"
"06/11/2020","Wire Received","","WIRE","","","","$5,000.00"
"06/10/2020","Margin Interest","","INT","","","","-$1.23"
Transactions Total,"","","","","","",$3443.67
"""
    drafts = """
        2020-06-10 interest - 0 -1.23 USD
        2020-06-11 deposit - 0 5000 USD
        2020-06-12 buy AVGO 1.5 -2400 USD @1600
        2020-06-13 sell AVGO -0.5 839 USD fee=1 @1680
        2020-07-12 split AVGO 9 0 USD
        2021-04-30 rename BIOSOLAR INC 0 0 USD other=NEWH
        2023-08-25 merger AMC ENTERTAINMEN 0% PFDPFD 34 0 USD other=AMC ratio=0.098837209302
        2025-01-31 dividend SPY 0 5.9 USD"""
    needs = ("Amount", "Quantity", "Price")
    ignored = 2


class TestSchwabInJson(PresetContract):
    preset = "schwab"
    file = """{"FromDate": "01/01/2024", "ToDate": "12/31/2024", "TotalTransactionsAmount": "$9.99", "BrokerageTransactions": [
        {"Date": "12/30/2024", "Action": "Credit Interest", "Symbol": "", "Description": "SCHWAB1 INT", "Quantity": "",
         "Price": "", "Fees & Comm": "", "Amount": "$9.99"},
        {"Date": "12/29/2024", "Action": "Sell", "Symbol": "GOOG", "Description": "ALPHABET", "Quantity": "2",
         "Price": "$190.00", "Fees & Comm": "$0.02", "Amount": "$379.98"}]}"""
    drafts = """
        2024-12-29 sell GOOG -2 379.98 USD fee=0.02 @190
        2024-12-30 interest - 0 9.99 USD"""
    ignored = 0


class TestSchwabAwards(PresetContract):
    preset = "schwab-awards"
    file = """"Date","Action","Symbol","Description","Quantity","FeesAndCommissions","DisbursementElection","Amount","Type","Shares","SalePrice","SubscriptionDate","PurchaseDate","PurchasePrice","PurchaseFairMarketValue","VestDate","VestFairMarketValue","AwardDate","AwardId"
"05/06/2024","Wire Transfer","GOOG","Cash Disbursement","","","","-$1,500.00","","","","","","","","","","",""
"05/03/2024","Sale","GOOG","Share Sale","10","$0.05","","$1,699.95","","","","","","","","","","",""
"","","","","","","","","RS","6","$170.00","","","","","03/25/2024","$150.00","",""
"","","","","","","","","ESPP","4","$170.00","","01/31/2024","$102.00","$140.00","","","",""
"04/02/2024","Tax Withholding","GOOG","Debit","","","","-$0.60","","","","","","","","","","",""
"04/02/2024","Dividend","GOOG","Credit","","","","$2.00","","","","","","","","","","",""
"03/27/2024","Deposit","GOOG","RS","6","","","","","","","","","","","","","",""
"","","","","","","","","","","","","","","","03/25/2024","$150.00","03/25/2022","C1"
"03/25/2024","Lapse","GOOG","Restricted Stock Lapse","10","","","","","","","","","","","","","",""
"02/02/2024","Deposit","GOOG","ESPP","4","","","","","","","","","","","","","",""
"","","","","","","","","","","","08/01/2023","01/31/2024","$102.00","$140.00","","","",""
"02/01/2024","Journal","GOOG","Journal To Account","3","","","","","","","","","","","","","",""
"""
    drafts = """
        2024-02-02 delivery_in GOOG 4 0 USD @140
        2024-03-27 delivery_in GOOG 6 0 USD @150
        2024-04-02 dividend GOOG 0 2 USD
        2024-04-02 tax GOOG 0 -0.6 USD
        2024-05-03 sell GOOG -10 1699.95 USD fee=0.05 @170
        2024-05-06 withdrawal - 0 -1500 USD"""
    needs = ("Quantity", "Amount")
    ignored = 2
    problems = 1


class TestSchwabLapses(PresetContract):
    preset = "schwab-awards"
    file = """"Date","Action","Symbol","Description","Quantity","FeesAndCommissions","DisbursementElection","Amount","AwardDate","AwardId","FairMarketValuePrice","SalePrice","SharesSoldWithheldForTaxes","NetSharesDeposited","Taxes"
"01/25/2024","Lapse","GOOG","Restricted Stock Lapse","10","","","","","","","","","",""
"","","","","","","","","04/25/2022","C1","$150.00","","3","7","$450.00"
"""
    drafts = ""
    ignored = 1
    problems = 1


class TestSchwabPositions(PresetContract):
    preset = "schwab-positions"
    file = """"Positions for account Individual ...123 as of 12:33 PM ET, 2025/05/04","","","","","",""
"","","","","","",""
"Symbol","Description","Qty (Quantity)","Price","Mkt Val (Market Value)","Cost Basis","Security Type"
"SCHB","SCHWAB US BROAD MARKET ETF","1,000.5","$20.00","$20,010.00","15000","ETFs & Closed End Funds"
"Cash & Cash Investments","--","--","--","$12.34","--","Cash and Money Market"
"Account Total","--","--","--","$20,022.34","$15000","--"
"""
    drafts = ""
    needs = ("Symbol", "Security Type")
    ignored = 3
    holdings = 2


class TestFlex(PresetContract):
    preset = "ibkr-flex"
    file = """<FlexQueryResponse queryName="a" type="AF"><FlexStatements count="1">
<FlexStatement accountId="U1" fromDate="2022-05-02" toDate="2022-06-30"><Trades>
<Trade accountId="U1" currency="USD" assetCategory="STK" symbol="AMZN" isin="US0231351067" tradeID="1" transactionID="11" tradeDate="20220502" dateTime="20220502;100000" quantity="1" tradePrice="2480" proceeds="-2480" taxes="0" ibCommission="-1" ibCommissionCurrency="USD" buySell="BUY" levelOfDetail="EXECUTION" />
<Trade accountId="U1" currency="USD" assetCategory="STK" symbol="IBM" tradeID="2" transactionID="12" tradeDate="20220503" dateTime="20220503;100000" quantity="5" tradePrice="100" proceeds="-500" ibCommission="-1" ibCommissionCurrency="USD" buySell="BUY" levelOfDetail="EXECUTION" />
<Trade accountId="U1" currency="USD" assetCategory="STK" symbol="IBM" tradeID="3" transactionID="13" origTransactionID="12" tradeDate="20220503" dateTime="20220503;100500" quantity="-5" tradePrice="100" proceeds="500" ibCommission="1" ibCommissionCurrency="USD" buySell="BUY (Ca.)" notes="Ca" levelOfDetail="EXECUTION" />
<Trade accountId="U1" currency="USD" assetCategory="STK" symbol="IBM" tradeID="4" transactionID="14" tradeDate="20220503" dateTime="20220503;100000" quantity="5" tradePrice="99" proceeds="-495" ibCommission="-1.5" ibCommissionCurrency="EUR" buySell="BUY" notes="Co" levelOfDetail="EXECUTION" />
<Trade accountId="U1" currency="USD" assetCategory="CASH" symbol="EUR.USD" tradeID="5" transactionID="15" tradeDate="20220504" dateTime="20220504;100000" quantity="-100" tradePrice="1.05" proceeds="105" ibCommission="-2" ibCommissionCurrency="EUR" buySell="SELL" levelOfDetail="EXECUTION" />
<Order accountId="U1" currency="USD" symbol="AMZN" quantity="1" levelOfDetail="ORDER" />
<Lot accountId="U1" currency="USD" symbol="AMZN" quantity="1" levelOfDetail="CLOSED_LOT" />
</Trades><CorporateActions>
<CorporateAction accountId="U1" currency="USD" assetCategory="STK" symbol="AMZN" isin="US0231351067" reportDate="20220606" dateTime="20220603;202500" actionDescription="AMZN(US0231351067) SPLIT 20 FOR 1 (AMZN, AMAZON.COM INC, US0231351067)" type="FS" quantity="19" proceeds="0" transactionID="77" />
<CorporateAction accountId="U1" currency="USD" assetCategory="STK" symbol="KD" isin="US50155Q1004" reportDate="20220607" dateTime="20220606;202500" description="IBM(US4592001014) SPINOFF  1 FOR 5 (KD, KYNDRYL HOLDINGS INC, US50155Q1004)" type="SO" quantity="1" proceeds="0" transactionID="78" />
</CorporateActions><CashTransactions>
<CashTransaction accountId="U1" currency="USD" symbol="AAPL" isin="US0378331005" dateTime="20220512" settleDate="20220512" amount="2.3" type="Dividends" description="AAPL(US0378331005) CASH DIVIDEND USD 0.23 PER SHARE (Ordinary Dividend)" transactionID="79" />
<CashTransaction accountId="U1" currency="USD" symbol="AAPL" isin="US0378331005" dateTime="20220512" settleDate="20220512" amount="-0.35" type="Withholding Tax" description="AAPL(US0378331005) CASH DIVIDEND USD 0.23 PER SHARE - US TAX" transactionID="80" />
<CashTransaction accountId="U1" currency="EUR" dateTime="20220501" amount="1000" type="Deposits/Withdrawals" description="CASH RECEIPTS" transactionID="81" />
</CashTransactions><OpenPositions>
<OpenPosition accountId="U1" currency="USD" symbol="AMZN" isin="US0231351067" reportDate="20220630" position="20" markPrice="106.21" positionValue="2124.2" costBasisMoney="2481" levelOfDetail="SUMMARY" />
</OpenPositions></FlexStatement></FlexStatements></FlexQueryResponse>"""
    drafts = """
        2022-05-01 deposit - 0 1000 EUR in=U1
        2022-05-02 buy AMZN 1 -2481 USD fee=1 @2480 in=U1
        2022-05-03 buy IBM 5 -495 USD fee=1.5EUR @99 in=U1
        2022-05-04 exchange - 0 -102 EUR fee=2 to=105USD in=U1
        2022-05-12 dividend AAPL 0 1.95 USD tax=0.35 in=U1
        2022-06-03 split AMZN 19 0 USD ratio=20 in=U1
        2022-06-06 spin_off IBM 1 0 USD other=KD in=U1"""
    ignored = 4
    holdings = 1


class TestIbkrStatement(PresetContract):
    preset = "ibkr-statement"
    file = """Statement,Header,Field Name,Field Value
Statement,Data,Title,Activity Statement
Account Information,Header,Field Name,Field Value
Account Information,Data,Account,U123
Account Information,Data,Base Currency,EUR
Trades,Header,DataDiscriminator,Asset Category,Currency,Symbol,Date/Time,Quantity,T. Price,C. Price,Proceeds,Comm/Fee,Basis,Realized P/L,MTM P/L,Code
Trades,Data,Order,Stocks,USD,AAPL,"2024-01-03, 10:30:00","1,000",180.5,181,"-180,500",-5,"180,505",0,0,O;P
Trades,Data,Order,Stocks,USD,IBM,"2024-01-03, 11:30:00",5,100,181,-500,-1,501,0,0,O
Trades,Data,Order,Stocks,USD,IBM,"2024-01-03, 12:30:00",-5,100,181,500,1,-501,0,0,Ca
Trades,Data,ClosedLot,Stocks,USD,AAPL,"2023-01-03",100,180.5,181,,,180,0,0,ST
Trades,SubTotal,,Stocks,USD,AAPL,,"1,000",,,"-180,500",-5,0,0,0,
Trades,Header,DataDiscriminator,Asset Category,Currency,Symbol,Date/Time,Quantity,T. Price,,Proceeds,Comm in EUR,,,MTM in EUR,Code
Trades,Data,Order,Forex,USD,EUR.USD,"2024-01-02, 10:30:00",-200000,1.1,,220000,-2,,,0,
Dividends,Header,Currency,Date,Description,Amount
Dividends,Data,USD,2024-02-15,AAPL(US0378331005) Cash Dividend USD 0.24 per Share (Ordinary Dividend),240
Dividends,Data,Total,,,240
Withholding Tax,Header,Currency,Date,Description,Amount,Code
Withholding Tax,Data,USD,2024-02-15,AAPL(US0378331005) Cash Dividend USD 0.24 per Share - US Tax,-36,
Deposits & Withdrawals,Header,Currency,Settle Date,Description,Amount
Deposits & Withdrawals,Data,EUR,2024-01-01,Electronic Fund Transfer,300000
Corporate Actions,Header,Asset Category,Currency,Report Date,Date/Time,Description,Quantity,Proceeds,Value,Realized P/L,Code
Corporate Actions,Data,Stocks,USD,2024-06-10,"2024-06-07, 20:25:00","NVDA(US67066G1040) Split 10 for 1 (NVDA, NVIDIA CORP, US67066G1040)",90,0,0,0,
Open Positions,Header,DataDiscriminator,Asset Category,Currency,Symbol,Quantity,Mult,Cost Price,Cost Basis,Close Price,Value,Unrealized P/L,Code
Open Positions,Data,Summary,Stocks,USD,AAPL,"1,000",1,180.505,180505,190,190000,9495,
"""
    drafts = """
        2024-01-01 deposit - 0 300000 EUR in=U123
        2024-01-02 exchange - 0 -200002 EUR fee=2 to=220000USD in=U123
        2024-01-03 buy AAPL 1000 -180505 USD fee=5 @180.5 in=U123
        2024-02-15 dividend AAPL 0 204 USD tax=36 in=U123
        2024-06-07 split NVDA 90 0 USD ratio=10 in=U123"""
    ignored = 16
    holdings = 1


class TestIbkrTrades(PresetContract):
    preset = "ibkr-trades"
    file = """"Buy/Sell","TradeDate","ISIN","Quantity","TradePrice","TradeMoney","CurrencyPrimary","IBCommission","IBCommissionCurrency"
"BUY","20230522","CH0111762537","7","282.7","1978.9","CHF","-5","CHF"
"SELL","20230523","CH0111762537","-2","300","-600","CHF","-5","USD"
"SELL","20230522","","-8000","1.1173","-8938.4","USD","-1.79924","CHF"
"BUY","20230601","US9220427424","5","90","450","USD","-1","USD"
"BUY (Ca.)","20230601","US9220427424","-5","90","-450","USD","1","USD"
"BUY (Ca.)","20230602","US9220427424","-6","90","-540","USD","1","USD"
"""
    drafts = """
        2023-05-22 buy CH0111762537 7 -1983.9 CHF fee=5 @282.7
        2023-05-23 sell CH0111762537 -2 600 CHF fee=5USD @300"""
    needs = ("TradePrice", "CurrencyPrimary", "IBCommission")
    ignored = 2
    problems = 2


class TestIbkrCash(PresetContract):
    preset = "ibkr-cash"
    file = """"Type","SettleDate","ISIN","Description","Amount","CurrencyPrimary"
"Dividends","20230623","US9220427424","VT(US9220427424) CASH DIVIDEND USD 0.6504 PER SHARE (Ordinary Dividend)","137.23","USD"
"Withholding Tax","20230623","US9220427424","VT(US9220427424) CASH DIVIDEND USD 0.6504 PER SHARE - US TAX","-20.58","USD"
"Dividends","20230913","CH0111762537","SMMCHA(CH0111762537) CASH DIVIDEND CHF 0.69 PER SHARE (Return of Capital)","4.83","CHF"
"""
    drafts = """
        2023-06-23 dividend VT 0 116.65 USD tax=20.58
        2023-09-13 return_of_capital SMMCHA 0 4.83 CHF"""
    needs = ("Amount", "Description")
