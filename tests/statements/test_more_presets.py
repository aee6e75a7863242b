# ruff: noqa: E501  # rows stand as brokers write them
from __future__ import annotations

from contracts.statement import PresetContract


class TestCoinbase(PresetContract):
    preset = "coinbase"
    file = """
Transactions
User,Somebody,0000
ID,Timestamp,Transaction Type,Asset,Quantity Transacted,Price Currency,Price at Transaction,Subtotal,Total (inclusive of fees and/or spread),Fees and/or Spread,Notes
1,2025-01-17 16:57:02 UTC,Staking Income,ETH,0.000037835729,EUR,€3343.11229989,€0.12649,€0.12649,€0.00,
2,2025-01-07 19:26:56 UTC,Send,ETH2,-0.18,EUR,€3302.6508979077133026,-€594.48,-€594.48,€0.00,Sent
3,2024-12-05 06:33:40 UTC,Convert,BTC,0.00363125,EUR,€96847.4,€338.92698,€351.66322,,Converted 0.00363125 BTC to 156.145683 XRP
4,2022-03-25 06:45:27 UTC,Buy,BTC,0.00166779,EUR,€39999.331136545,€67.01,€70.00,€2.99,Bought 0.00166779 BTC for 70 EUR
5,2022-03-24 06:45:27 UTC,Deposit,EUR,70.00,EUR,€1.00,€70.00,€70.00,€0.00,From bank
7,2022-03-24 08:45:27 UTC,Learning Reward,GRT,5.00,EUR,€0.20,€1.00,€1.00,€0.00,Earned GRT
8,2022-03-24 09:45:27 UTC,Coinbase Earn,AMP,10,EUR,€0.10,€1.00,€1.00,€0.00,Received 10 AMP
6,2022-03-23 06:45:27 UTC,Mystery,BTC,1,EUR,€1.00,€70.00,€70.00,€0.00,?
"""
    drafts = """
        2022-03-24 deposit - 0 70 EUR
        2022-03-24 interest GRT 5 0 EUR @0.2 cost=1
        2022-03-24 interest AMP 10 0 EUR @0.1 cost=1
        2022-03-25 buy BTC 0.00166779 -70 EUR fee=2.99 @39999.331136545
        2024-12-05 sell BTC -0.00363125 338.92698 EUR fee=12.73624 @96847.4
        2024-12-05 buy XRP 156.145683 -338.92698 EUR
        2025-01-07 delivery_out ETH2 -0.18 0 EUR @3302.650897907713
        2025-01-17 interest ETH 0.000037835729 0 EUR @3343.11229989 cost=0.12649"""
    needs = ("Subtotal", "Price Currency")
    ignored = 3
    problems = 1


class TestParqet(PresetContract):
    preset = "parqet"
    file = """"datetime";"date";"time";"price";"shares";"amount";"tax";"fee";"realizedgains";"type";"broker";"assettype";"identifier";"wkn";"originalcurrency";"currency";"fxrate";"holding";"holdingname"
"2024-06-04T12:04:00.000Z";"04.06.2024";"14:04:00";263;6;1578;14,83;1;600,12;"Sell";"x";"Security";"DE0008404005";"840400";;"EUR";;;"Allianz"
"2024-05-15T22:41:00.000Z";"16.05.2024";"00:41:00";28,56;17,510068;500;0;0;;"Buy";"x";"Security";"LU2089238203";"A2PWMK";;"EUR";;;"Amundi"
"2024-05-14T22:35:00.000Z";"15.05.2024";"00:35:00";0,24;40;9,6;2,51;0;;"Dividend";"x";"Security";"US7561091049";"899744";;"EUR";;;"Realty Income"
"2024-05-13T10:00:00.000Z";"13.05.2024";"12:00:00";1;500;-500,05;0;0;;"Withdrawal";"x";"Cash";;;;"EUR";;;""
"2024-05-12T10:00:00.000Z";"12.05.2024";"12:00:00";1;20;20,5;0;0;;"Withdrawal";"x";"Cash";;;;"EUR";;;""
"2024-05-11T10:00:00.000Z";"11.05.2024";"12:00:00";1;5;-5,05;0;0;;"Interest";"x";"Cash";;;;"EUR";;;""
"2024-05-10T10:00:00.000Z";"10.05.2024";"12:00:00";1;5;5,05;1,05;0;;"Interest";"x";"Cash";;;;"EUR";;;""
"2024-05-09T10:00:00.000Z";"09.05.2024";"12:00:00";1;1000;1000,05;0;0;;"Deposit";"x";"Cash";;;;"EUR";;;""
"2024-05-08T10:00:00.000Z";"08.05.2024";"12:00:00";1;500;500;0;0;;"TransferIn";"x";"Cash";;;;"EUR";;;"Cash"
"2024-05-07T10:00:00.000Z";"07.05.2024";"12:00:00";1;200;200;0;0;;"TransferOut";"x";"Cash";;;;"EUR";;;"Cash"
"2024-05-06T10:00:00.000Z";"06.05.2024";"12:00:00";1;200;;0;0;;"TransferOut";"x";"Cash";;;;"EUR";;;"Cash"
"""
    drafts = """
        2024-05-07 withdrawal - 0 -200 EUR in=x
        2024-05-08 deposit - 0 500 EUR in=x
        2024-05-09 deposit - 0 1000.05 EUR in=x
        2024-05-10 interest - 0 4 EUR tax=1.05 in=x
        2024-05-11 interest - 0 -5.05 EUR in=x
        2024-05-12 withdrawal - 0 -20.5 EUR in=x
        2024-05-13 withdrawal - 0 -500.05 EUR in=x
        2024-05-15 dividend US7561091049 0 7.09 EUR tax=2.51 in=x
        2024-05-16 buy LU2089238203 17.510068 -500 EUR @28.56 in=x
        2024-06-04 sell DE0008404005 -6 1562.17 EUR fee=1 tax=14.83 @263 in=x"""
    needs = ("fee", "currency", "datetime")
    problems = 1


class TestRevolut(PresetContract):
    preset = "revolut"
    file = """Date,Ticker,Type,Quantity,Price per share,Total Amount,Currency,FX Rate
2019-11-15T23:15:55.878985Z,,CASH TOP-UP,,,"USD 1,200.22",USD,1.1055
2019-12-13T08:40:00.835101Z,MSFT,DIVIDEND,,,$0.08,USD,1.1179
2021-09-01T07:40:54.539038Z,,CUSTODY FEE,,,-$0.01,USD,1.18
2022-08-25T08:27:46.419568Z,TSLA,STOCK SPLIT,0.16431924,,$0,USD,0.0947
2023-07-14T13:30:00.797Z,MA,SELL - MARKET,0.1998348,$402.13,$80.34,USD,1.1241
2023-09-09T09:21:25.730802Z,TSLA,TRANSFER FROM REVOLUT TRADING LTD TO REVOLUT SECURITIES EUROPE UAB,0.24647886,,$0,USD,0.0902
2025-09-08T07:29:03.333Z,MSFT,BUY - LIMIT,"0,76672417",€26.09,€20,EUR,1
"""
    drafts = """
        2019-11-15 deposit - 0 1200.22 USD
        2019-12-13 dividend MSFT 0 0.08 USD
        2021-09-01 fee - 0 -0.01 USD
        2022-08-25 split TSLA 0.16431924 0 USD
        2023-07-14 sell MA -0.1998348 80.34 USD fee=0.02 @402.13
        2025-09-08 buy MSFT 0.76672417 -20 EUR @26.09"""
    needs = ("Quantity", "Total Amount", "Currency")
    ignored = 2


class TestSwissquote(PresetContract):
    preset = "swissquote"
    file = """Datum;Auftrag #;Transaktionen;Symbol;Name;ISIN;Anzahl;Stückpreis;Kosten;Aufgelaufene Zinsen;Nettobetrag;Saldo;Währung
24-08-2022 07:00:15;00000000;Auszahlung;;;;1.0;2000.00;2.00;0.00;-2002.00;5960.52;CHF
23-08-2022 12:00:25;114723639;Forex-Gutschrift;;;;1.0;1995.39;0.00;0.00;1995.39;2037.39;EUR
23-08-2022 12:00:25;114723639;Forex-Belastung;;;;1.0;2000.00;0.00;0.00;-2000.00;100.00;USD
22-08-2022 10:00:00;00000000;Dividende;VEUD;VANGUARD;IE00B945VV12;10.0;6.00;18.00;0.00;42.00;42.00;EUR
21-08-2022 10:00:00;113885172;Kauf;XDWU;MSCI World;IE00BM67HQ30;64.0;31.25;37.48;0.00;-2037.48;7962.52;CHF
20-08-2022 10:00:00;00000000;Vergütung;;;;1.0;10000.00;0.00;0.00;10'000.00;10'000.00;CHF
"""
    drafts = """
        2022-08-20 deposit - 0 10000 CHF
        2022-08-21 buy XDWU 64 -2037.48 CHF fee=37.48 @31.25
        2022-08-22 dividend VEUD 0 42 EUR tax=18 @6
        2022-08-23 exchange - 0 -2000 USD to=1995.39EUR
        2022-08-24 withdrawal - 0 -2002 CHF fee=2"""
    needs = ("Kosten", "Nettobetrag", "Währung")


class TestEtoro(PresetContract):
    preset = "etoro"
    file = """Date,Type,Details,Amount,Units,Realized Equity Change,Realized Equity,Balance,Position ID,Asset type,NWA
02/01/2024 00:10:33,Dividend,NKE/USD,0.17,-,0.17,"4,581.91",99.60,2272508626,Stocks,0.00
03/01/2024 13:09:09,Withdrawal Conversion Fee,-,-1.36,-,0.00,"4,581.91",0.00,-,,0.00
03/01/2024 13:09:09,Withdraw Request,-,-100.11,-,-100.11,"4,581.91",0.00,-,,0.00
09/01/2024 15:37:16,Open Position,AMD/USD,49.88,0.337209,0.00,"4,581.91",0.00,2596572937,Stocks,0.00
15/04/2020 00:46:41,Overnight fee,Daily,"(0,10)",-,"(0,10)"," 212,77 "," 12,77 ",1074146905,CFD," 0,00 "
20/05/2020 20:59:02,Position closed,NKE/USD," 392,16 ",65.359477," 192,16 "," 2 229,31 "," 1 829,31 ",624957573,CFD," 0,00 "
05/02/2024 03:00:00,Staking,ADA/USD,0.00,0.012,0.00,"4,581.91",0.00,2600000001,Crypto,0.00
06/02/2024 03:00:00,AirDrop,FLR/USD,0.35,7,0.00,"4,581.91",0.00,2600000002,Crypto,0.00
10/06/2024 01:00:00,corp action: Split,NVDA/USD 10:1,0.00,-,0.00,"4,581.91",0.00,2600000003,Stocks,0.00
10/06/2024 01:00:00,corp action: Split,NVDA/USD 10:1,0.00,-,0.00,"4,581.91",0.00,2600000004,Stocks,0.00
11/06/2024 01:00:00,corp action: Split,XYZ/USD,0.00,-,0.00,"4,581.91",0.00,2600000005,Stocks,0.00
"""
    drafts = """
        2020-04-15 fee - 0 -0.1 USD
        2020-05-20 sell NKE -65.359477 392.16 USD @6.0000480114
        2024-01-02 dividend NKE 0 0.17 USD
        2024-01-03 withdrawal - 0 -100.11 USD
        2024-01-09 buy AMD 0.337209 -49.88 USD @147.92013261805
        2024-02-05 interest ADA 0.012 0 USD
        2024-02-06 delivery_in FLR 7 0 USD cost=0.35
        2024-06-10 split NVDA 0 0 USD ratio=10"""
    needs = ("Amount", "Units")
    ignored = 2
    problems = 1


class TestRobinhood(PresetContract):
    preset = "robinhood"
    file = """"Activity Date","Process Date","Settle Date","Instrument","Description","Trans Code","Quantity","Price","Amount"
"6/10/2022","6/10/2022","6/10/2022","META","Meta Platforms
CUSIP: 30303M102","SPR","3","",""
"6/10/2022","6/10/2022","6/10/2022","FB","Facebook
CUSIP: 30303M999","SPR","3S","",""
"6/6/2022","6/6/2022","6/6/2022","AMZN","Amazon
CUSIP: 023135106","SPL","19","",""
"5/12/2022","5/12/2022","5/12/2022","AAPL","Cash Div","CDIV","","","$2.30"
"5/2/2022","5/2/2022","5/4/2022","AMZN","Amazon
CUSIP: 023135106","Buy","1","$2,480.00","($2,480.00)"
"4/29/2022","4/29/2022","4/29/2022","","ACH Deposit","ACH","","","$5,000.00"

"","","","","","","","","The data provided is for informational purposes only."
"""
    drafts = """
        2022-04-29 deposit - 0 5000 USD
        2022-05-02 buy AMZN 1 -2480 USD @2480
        2022-05-12 dividend AAPL 0 2.3 USD
        2022-06-06 split AMZN 19 0 USD
        2022-06-10 rename FB 0 0 USD other=META"""
    needs = ("Quantity", "Amount")
    ignored = 2


class TestFidelity(PresetContract):
    preset = "fidelity"
    file = """\ufeff

Run Date,Account,Account Number,Action,Symbol,Description,Type,Quantity,Price ($),Commission ($),Fees ($),Accrued Interest ($),Amount ($),Cash Balance ($),Settlement Date
06/11/2024,"I","X0","DISTRIBUTION SOMETHING NEW INC (NEW) (Cash)",NEW,"NEW INC",Cash,5,,,,,0.00,1003.00,
06/10/2024,"I","X0","DISTRIBUTION NVIDIA CORPORATION COM (NVDA) (Cash)",NVDA,"NVIDIA",Cash,90,,,,,0.00,1003.00,
05/16/2024,"I","X0","DIVIDEND RECEIVED APPLE INC (AAPL) (Cash)",AAPL,"APPLE INC",Cash,0.000,,,,,2.50,1003.00,
05/02/2024,"I","X0","Electronic Funds Transfer Received (Cash)",,"No Description",Cash,0.000,,,,,3.00,1000.50,
05/01/2024,"I","X0","YOU BOUGHT NVIDIA CORPORATION COM (NVDA) (Cash)",NVDA,"NVIDIA",Cash,10,830.41,,,,-8304.10,997.50,05/03/2024


"The data and information in this spreadsheet is provided to you solely for your use and is not for distribution."
Date downloaded 06/11/2024 9:00 am
"""
    drafts = """
        2024-05-01 buy NVDA 10 -8304.1 USD @830.41 in=X0
        2024-05-02 deposit - 0 3 USD in=X0
        2024-05-16 dividend AAPL 0 2.5 USD in=X0
        2024-06-10 split NVDA 90 0 USD in=X0
        2024-06-11 delivery_in NEW 5 0 USD in=X0"""
    needs = ("Quantity", "Amount ($)")
    ignored = 3
    doubts = 1


class TestFidelityPositions(PresetContract):
    preset = "fidelity-positions"
    file = """Account Number,Account Name,Symbol,Description,Quantity,Last Price,Last Price Change,Current Value,Cost Basis Total,Type
X0,Individual,SPAXX**,HELD IN MONEY MARKET,,,,$1000.00,,Cash
X0,Individual,NVDA,NVIDIA CORPORATION COM,100,$120.00,+$1.00,"$12,000.00","$8,304.10",Cash
"""
    drafts = ""
    holdings = 2


class TestGhostfolio(PresetContract):
    preset = "ghostfolio"
    file = """{"meta": {"version": "2"}, "accounts": [{"id": "a", "name": "Test", "currency": "USD"}], "activities": [
        {"accountId": "a", "currency": "USD", "date": "2021-09-15T22:00:00.000Z", "fee": 19, "quantity": 5,
         "symbol": "MSFT", "type": "BUY", "unitPrice": 298.58, "dataSource": "YAHOO"},
        {"accountId": "a", "currency": "GBp", "date": "2021-11-16T23:00:00.000Z", "fee": 0, "quantity": 5,
         "symbol": "BP.L", "type": "DIVIDEND", "unitPrice": 62, "dataSource": "YAHOO"},
        {"accountId": "a", "currency": "USD", "date": "2022-01-01T00:00:00.000Z", "fee": 0, "quantity": 1,
         "symbol": "Flat", "type": "BUY", "unitPrice": 500000, "dataSource": "MANUAL"},
        {"currency": "USD", "date": "2022-01-02T00:00:00.000Z", "fee": 0, "quantity": "one",
         "symbol": "Flat", "type": "BUY", "unitPrice": 500000, "dataSource": "MANUAL"}]}"""
    drafts = """
        2021-09-16 buy MSFT 5 -1511.9 USD fee=19 @298.58 in=Test
        2021-11-17 dividend BP.L 0 3.1 GBP @0.62 in=Test
        2022-01-01 buy Flat 1 -500000 USD @500000 in=Test"""
    ignored = 0
    problems = 1


class TestPortfolioPerformance(PresetContract):
    preset = "portfolio-performance"
    file = """Datum;Typ;Wert;Buchungswährung;Bruttobetrag;Währung Bruttobetrag;Wechselkurs;Gebühren;Steuern;Stück;ISIN;WKN;Ticker-Symbol;Wertpapiername;Notiz
2024-01-15T00:00;Einlage;5.000,00;EUR;;;;;;;;;;;
2024-01-16T09:30;Kauf;-1.004,99;EUR;;;;4,99;;10;IE00B4L5Y983;A0RPWH;EUNL.DE;iShares;Plan
2024-03-15T00:00;Dividende;8,50;EUR;11,00;USD;1,0870;;1,59;5;US0378331005;865985;AAPL;Apple;
2024-04-10T00:00;Gebühren;-4,90;EUR;;;;;;;;;;;
2024-05-10T00:00;Verkauf;662,66;EUR;;;;1,00;;2;IE00B4L5Y983;A0RPWH;EUNL.DE;iShares;
"""
    drafts = """
        2024-01-15 deposit - 0 5000 EUR
        2024-01-16 buy EUNL.DE 10 -1004.99 EUR fee=4.99 @100
        2024-03-15 dividend AAPL 0 8.5 EUR tax=1.59 @2.2USD
        2024-04-10 fee - 0 -4.9 EUR
        2024-05-10 sell EUNL.DE -2 662.66 EUR fee=1 @331.83"""
    needs = ("Buchungswährung", "Gebühren", "Steuern")


class TestBeancount(PresetContract):
    preset = "beancount"
    file = """option "title" "Example"
; a remark
2012-01-01 open Assets:Broker:Cash USD
2012-01-01 commodity VTI
  name: "Vanguard Total Market"
  isin: "US9229087690"
2012-01-02 * "Transfer"
  Assets:Broker:Cash    2,000.00 USD
  Assets:Bank:Checking
2012-01-03 * "Buy"
  Assets:Broker:VTI     10 VTI {100.00 USD}
  Assets:Broker:Cash   -1009.95 USD
  Expenses:Commissions    9.95 USD
2012-02-03 * "Dividend"
  Assets:Broker:Cash    5.00 USD
  Income:Broker:VTI:Dividend  -5.00 USD
2012-03-03 * "Sell"
  Assets:Broker:VTI    -4 VTI {100.00 USD} @ 110.00 USD
  Assets:Broker:Cash    430.05 USD
  Expenses:Commissions    9.95 USD
  Income:Broker:Gains
2012-03-04 * "Lunch"
  Expenses:Food   10.00 USD
  Assets:Bank:Checking
2012-03-05 balance Assets:Broker:VTI  6 VTI
2012-03-06 balance Assets:Bank:Checking  6.00 USD
"""
    drafts = """
        2012-01-02 deposit - 0 2000 USD in=Assets:Broker
        2012-01-03 buy VTI 10 -1009.95 USD fee=9.95 @100 in=Assets:Broker
        2012-02-03 dividend VTI 0 5 USD in=Assets:Broker
        2012-03-03 sell VTI -4 430.05 USD fee=9.95 @110 in=Assets:Broker"""
    ignored = 6
    holdings = 1
