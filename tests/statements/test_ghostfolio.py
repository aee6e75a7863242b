"""Ghostfolio's newer exports: names, tags and prices that stand beside the activities."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from openbell.model.money import PriceByHand
from openbell.statements.presets import read
from statements.told import told

FILE = b"""{"meta": {"version": "2.150"},
    "accounts": [{"id": "a", "name": "Home", "currency": "CHF"}],
    "tags": [{"id": "t1", "name": "Retirement"}, {"id": "t2", "name": "Real estate"}],
    "assetProfiles": [
        {"dataSource": "MANUAL", "symbol": "5e6f", "name": "My House", "currency": "CHF", "marketData": [
            {"date": "2024-01-05T00:00:00.000Z", "marketPrice": 510000},
            {"date": "2024-06-05T00:00:00.000Z", "marketPrice": 520000.5},
            {"date": "2024-07-05T00:00:00.000Z", "marketPrice": "much"},
            {"date": "2024-08-05T00:00:00.000Z", "marketPrice": 0}]},
        {"dataSource": "MANUAL", "symbol": "7a8b", "name": "Watch", "currency": "CHF", "marketData": []},
        {"dataSource": "MANUAL", "symbol": "9c0d", "name": "Watch", "currency": "CHF", "marketData": []},
        {"dataSource": "COINGECKO", "symbol": "bitcoin", "name": "Bitcoin", "currency": "USD"},
        {"dataSource": "YAHOO", "symbol": "MSFT", "name": "Microsoft Corp", "currency": "USD", "marketData": [
            {"date": "2024-01-05T00:00:00.000Z", "marketPrice": 400}]}],
    "activities": [
        {"accountId": "a", "currency": "CHF", "date": "2024-01-01T23:00:00.000Z", "fee": 0, "quantity": 1,
         "symbol": "5e6f", "type": "BUY", "unitPrice": 500000, "dataSource": "MANUAL", "tags": ["t1", "t2", "t9"]},
        {"accountId": "a", "currency": "CHF", "date": "2024-01-02T23:00:00.000Z", "fee": 0, "quantity": 1,
         "symbol": "7a8b", "type": "BUY", "unitPrice": 900, "dataSource": "MANUAL"},
        {"accountId": "a", "currency": "CHF", "date": "2024-01-03T23:00:00.000Z", "fee": 0, "quantity": 1,
         "symbol": "9c0d", "type": "BUY", "unitPrice": 800, "dataSource": "MANUAL"},
        {"accountId": "a", "currency": "USD", "date": "2024-01-04T23:00:00.000Z", "fee": 0, "quantity": 0.5,
         "symbol": "bitcoin", "type": "BUY", "unitPrice": 40000, "dataSource": "COINGECKO"},
        {"accountId": "a", "currency": "USD", "date": "2024-01-05T23:00:00.000Z", "fee": 0, "quantity": 2,
         "symbol": "MSFT", "type": "BUY", "unitPrice": 400, "dataSource": "YAHOO"}]}"""


def test_own_items_and_coins_have_their_names_and_those_of_one_name_stay_apart():
    assert told(read(FILE, "file")) == [
        "2024-01-02 buy My House 1 -500000 CHF @500000 in=Home",
        "2024-01-03 buy Watch (7a8b) 1 -900 CHF @900 in=Home",
        "2024-01-04 buy Watch (9c0d) 1 -800 CHF @800 in=Home",
        "2024-01-05 buy Bitcoin 0.5 -20000 USD @40000 in=Home",
        "2024-01-06 buy MSFT 2 -800 USD @400 in=Home",
    ]


def test_a_coin_has_no_ticker_since_coingecko_names_it_by_a_word():
    coin = read(FILE, "file").drafts[3].instrument
    assert coin is not None
    assert (coin.ticker, coin.name, coin.type) == ("", "Bitcoin", "crypto")


def test_tags_are_told_by_their_names():
    assert read(FILE, "file").drafts[0].tags == ("Retirement", "Real estate", "t9")


def test_the_prices_of_own_items_come_along_and_a_damaged_one_is_told_of():
    statement = read(FILE, "file")
    house = {date(2024, 1, 5): PriceByHand(Decimal(510000)), date(2024, 6, 5): PriceByHand(Decimal("520000.5"))}
    assert statement.beside.prices == {"My House": house}
    assert statement.notes == (
        "days are those of Europe/Zurich",
        "It tells 2 prices by hand, of 1 instrument.",
        "2 prices by hand cannot be read, and are left out.",
    )
