"""A portfolio worked on: made, transactions typed and undone, two people at one, and a broker's file imported."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from e2e.household import LONG_NOTE, Household, call, days_ago
from e2e.started import StartedDesk
from e2e.watched import PHONE, Watched, window

pytestmark = pytest.mark.e2e

MINUS, THIN = "\N{MINUS SIGN}", "\N{NARROW NO-BREAK SPACE}"

FILE = """date,type,ticker,quantity,price,amount,currency,fee,note
2026-02-02,deposit,,,,2000,USD,,
2026-02-03,buy,HAZLO,10,50,-501,USD,1,
2026-02-03,buy,HAZLO,10,50,-501,USD,1,
2026-02-04,buy,A painting,1,300,-300,USD,,=HYPERLINK("x")
soon,buy,HAZLO,1,1,-1,USD,,
"""


@pytest.fixture
def own(portfolio_desk: StartedDesk, folio: Page) -> Iterator[Household]:
    """A portfolio of the test's own, without transactions; no page asks for it any more when it goes."""
    made = Household.make(portfolio_desk.address, "Of a test")
    yield made
    folio.goto("about:blank")
    made.remove("Of a test")


def rows(page: Page) -> Locator:
    return page.get_by_role("table", name="Transactions").locator("tbody tr")


def test_a_first_portfolio_is_made_and_its_first_transaction_typed(folio: Page, own: Household):
    folio.goto(f"{own.path}?new=")
    folio.get_by_label("Name").fill("Savings")
    folio.get_by_label("Counted in").fill("usd")
    folio.get_by_role("button", name="Make the portfolio").click()
    expect(folio.get_by_role("heading", name="Savings is empty")).to_be_visible()
    folio.get_by_role("button", name="Type a transaction").click()
    folio.get_by_label("Received").fill("1234.5")
    folio.get_by_role("button", name="Add", exact=True).click()
    expect(folio.get_by_text("Deposit is added.")).to_be_visible()
    expect(folio.locator("dl").first).to_contain_text(f"1{THIN}234.50")
    folio.get_by_role("link", name="Portfolio settings").click()
    folio.get_by_role("button", name="Remove the portfolio…").click()
    forever = folio.get_by_role("button", name="Remove Savings for good")
    expect(forever).to_be_disabled()
    folio.get_by_label("Its name").fill("Savings")
    forever.click()
    expect(folio).to_have_url(re.compile(r"/portfolio/\d+$"))
    expect(folio.get_by_role("combobox", name="Portfolio").get_by_role("option", name="Savings")).to_have_count(0)


def test_a_purchase_is_typed_without_signs_and_its_amount_counted(folio: Page, own: Household):
    folio.goto(f"{own.path}/activity?add=buy")
    folio.get_by_label("Instrument").fill("HAZLO")
    folio.get_by_label("Units").fill("12")
    folio.get_by_label("Price").fill("50.125")
    folio.get_by_label("Fee").fill("2")
    expect(folio.get_by_label("Paid in all")).to_have_attribute("placeholder", "603.50")
    for typed in ("", "U", "US", "USD"):
        folio.get_by_label("Currency").fill(typed)
    expect(folio.get_by_label("Paid in all")).to_have_attribute("placeholder", "603.50")
    folio.get_by_label("Tags").fill("core, long")
    folio.get_by_role("button", name="Add", exact=True).click()
    row = rows(folio).filter(has_text="Buy 12 HAZLO")
    expect(row).to_contain_text(f"{MINUS}603.50")
    expect(row).to_contain_text("long")
    (kept,) = own.ask("transactions")["transactions"]
    assert (kept["cash"], kept["quantity"], kept["fee"], kept["price"]) == ("-603.5", "12", "2", "50.125")


def test_what_the_desk_refuses_stands_at_its_field(folio: Page, own: Household, watched: Watched):
    watched.expected.append(r"422 \(Unprocessable")
    folio.goto(f"{own.path}/activity?add=deposit")
    folio.get_by_label("Received").fill("1e400")
    folio.get_by_role("button", name="Add", exact=True).click()
    expect(folio.get_by_label("Received")).to_have_attribute("aria-invalid", "true")
    folio.get_by_label("Received").fill("100")
    folio.get_by_label("Currency").fill("XXX")
    folio.get_by_role("button", name="Add", exact=True).click()
    expect(folio.get_by_label("Currency")).to_have_attribute("aria-invalid", "true")
    expect(folio.get_by_role("alert")).to_contain_text("is not a currency")
    folio.get_by_label("Currency").fill("USD")
    folio.get_by_role("button", name="Add", exact=True).click()
    expect(rows(folio)).to_have_count(1)


def test_a_transaction_is_changed_deleted_and_brought_back(folio: Page, own: Household):
    own.add("deposit", 20, cash="100", note="by hand")
    folio.goto(f"{own.path}/activity")
    folio.get_by_role("link", name="Deposit").click()
    field = folio.get_by_label("Received")
    expect(field).to_have_value("100")
    field.fill("120")
    folio.get_by_role("button", name="Save").click()
    expect(rows(folio)).to_contain_text("120.00")
    folio.get_by_role("button", name="Undo").click()
    expect(rows(folio)).to_contain_text("100.00")
    folio.get_by_role("link", name="Deposit").click()
    folio.get_by_role("button", name="Delete", exact=True).click()
    expect(folio.get_by_role("heading", name="No transactions yet")).to_be_visible()
    folio.get_by_role("button", name="Undo").click()
    expect(rows(folio)).to_contain_text("by hand")
    folio.get_by_role("link", name="Deposit").click()
    folio.get_by_role("button", name="Delete", exact=True).click()
    expect(folio.get_by_role("heading", name="No transactions yet")).to_be_visible()
    folio.goto(f"{own.path}/activity?removed")
    folio.get_by_role("button", name="Bring back Deposit").click()
    expect(folio.get_by_text("Deposit is back.")).to_be_visible()
    assert own.ask("transactions")["total"] == 1


def test_units_are_hidden_with_the_amounts_where_a_change_is_told(folio: Page, own: Household):
    own.trade("HAZLO", 4, 10)
    folio.goto(f"{own.path}/activity")
    folio.get_by_role("link", name="Buy 4 HAZLO").click()
    units = folio.get_by_label("Units")
    folio.keyboard.press("x")
    assert "blur" in units.evaluate("field => getComputedStyle(field).filter")
    units.focus()
    assert units.evaluate("field => getComputedStyle(field).filter") == "none"
    folio.get_by_role("button", name="Delete", exact=True).click()
    expect(folio.get_by_text("Buy HAZLO is deleted.")).to_be_visible()
    folio.keyboard.press("x")


def test_what_takes_the_units_of_a_later_sale_is_asked_about(folio: Page, own: Household, watched: Watched):
    watched.expected.append(r"409 \(Conflict")
    own.add("buy", 20, instrument="GONE", quantity="10", cash="-100")
    own.add("sell", 10, instrument="GONE", quantity="-10", cash="120")
    folio.goto(f"{own.path}/activity")
    folio.get_by_role("link", name="Buy").click()
    folio.get_by_label("Price").fill("1")
    folio.get_by_label("Paid in all").fill("80")
    expect(folio.get_by_role("status").filter(has_text="come to 10.00")).to_be_visible()
    folio.get_by_label("Units").fill("4")
    folio.get_by_label("Paid in all").fill("40")
    folio.get_by_role("button", name="Save", exact=True).click()
    expect(folio.get_by_role("alert")).to_contain_text("The sale of 10 GONE on")
    folio.get_by_role("button", name="Save all the same").click()
    expect(folio.get_by_text("is changed.")).to_be_visible()
    expect(folio.get_by_role("button", name="Save all the same")).to_have_count(0)
    folio.get_by_role("link", name="Buy").click()
    folio.get_by_role("button", name="Delete", exact=True).click()
    expect(rows(folio)).to_have_count(2)
    folio.get_by_role("button", name="Delete all the same").click()
    expect(rows(folio)).to_have_count(1)
    folio.goto(f"{own.path}?range=max")
    expect(folio.get_by_role("heading", level=1)).to_contain_text("without GONE, whose purchase is missing")


def test_who_leaves_while_a_change_is_on_its_way_is_asked_and_loses_nothing(folio: Page, own: Household):
    held: list[Route] = []
    folio.route("**/transactions", lambda route: held.append(route) if _is_post(route) else route.continue_())
    folio.goto(f"{own.path}?add=deposit")
    folio.get_by_label("Received").fill("5")
    with folio.expect_request(lambda request: request.method == "POST"):
        folio.get_by_role("button", name="Add", exact=True).click()
    with folio.expect_event("dialog") as asked:
        folio.close(run_before_unload=True)
    assert asked.value.type == "beforeunload"
    asked.value.dismiss()
    held[0].continue_()
    expect(folio.get_by_text("Deposit is added.")).to_be_visible()
    folio.reload()
    expect(folio.get_by_role("table", name="Positions")).to_be_visible()


def _is_post(route: Route) -> bool:
    return route.request.method == "POST"


def test_two_people_at_one_transaction_see_both_versions(
    browser: Browser, folio: Page, own: Household, portfolio_desk: StartedDesk, watched: Watched
):
    watched.expected.append(r"409 \(Conflict")
    told = own.add("deposit", 20, cash="100")
    address = f"{own.path}/activity?edit={told['id']}"
    with window(browser, portfolio_desk.address, watched) as other:
        for page in (folio, other):
            page.goto(address)
            expect(page.get_by_label("Received")).to_have_value("100")
        other.get_by_label("Received").fill("150")
        other.get_by_label("Note").fill("theirs")
        other.get_by_role("button", name="Save").click()
        expect(other.get_by_text("Deposit is changed.")).to_be_visible()
    folio.get_by_label("Received").fill("175")
    folio.get_by_role("button", name="Save").click()
    both = folio.get_by_role("alert").filter(has_text="Somebody saved this transaction")
    expect(both.get_by_role("row").filter(has_text="Amount")).to_contain_text("175")
    expect(both.get_by_role("row").filter(has_text="Amount")).to_contain_text("150")
    expect(both.get_by_role("row").filter(has_text="Note")).to_contain_text("theirs")
    both.get_by_role("button", name="Save mine over it").click()
    expect(rows(folio)).to_contain_text("175.00")
    (kept,) = own.ask("transactions")["transactions"]
    assert (kept["cash"], kept["note"], kept["version"]) == ("175", "", 3)


def test_what_is_filtered_by_is_in_the_address(folio: Page, household: Household):
    total = household.ask("transactions")["total"]
    folio.goto(f"{household.path}/activity")
    expect(rows(folio)).to_have_count(total)
    folio.get_by_role("combobox", name="Kind").select_option("dividend")
    expect(folio).to_have_url(re.compile("kind=dividend"))
    expect(rows(folio)).to_have_count(2)
    folio.get_by_role("combobox", name="Account").select_option(label="Pension")
    expect(rows(folio)).to_have_count(1)
    folio.reload()
    expect(rows(folio)).to_have_count(1)
    folio.get_by_role("button", name="Show all").click()
    expect(rows(folio)).to_have_count(total)
    folio.get_by_role("searchbox", name="Words in it").fill("annual report")
    expect(folio).to_have_url(re.compile("q=annual"))
    expect(rows(folio)).to_have_count(1)
    expect(rows(folio)).to_contain_text(LONG_NOTE[:12])
    folio.get_by_role("button", name="Show all").click()
    expect(folio.get_by_role("searchbox", name="Words in it")).to_have_value("")


def test_the_transactions_are_taken_away_as_a_file_in_full(folio: Page, own: Household):
    own.add("deposit", 20, cash="100.5", note="=1+1")
    own.trade("HAZLO", 3, 10)
    folio.goto(f"{own.path}/activity")
    with folio.expect_download() as taken:
        folio.get_by_role("button", name="CSV").click()
    lines = Path(taken.value.path()).read_text().splitlines()
    assert lines[0].startswith("day,transaction,instrument,units,price,fee,tax,amount")
    assert "HAZLO" in lines[1]
    assert "100.5" in lines[2]
    assert "'=1+1" in lines[2]


def test_on_a_phone_a_transaction_is_a_card_of_three_lines_at_most(
    browser: Browser, household: Household, portfolio_desk: StartedDesk, watched: Watched
):
    with window(browser, portfolio_desk.address, watched, PHONE) as page:
        page.goto(f"{household.path}/activity")
        card = rows(page).filter(has_text="Sell 10 QUORB")
        expect(card).to_contain_text("USD")
        expect(card).to_contain_text(re.compile(r"Depot Nord.*10 × "))
        boxes = [each.bounding_box() for each in rows(page).all()]
        assert all(box is not None and box["x"] + box["width"] <= 390 and box["height"] < 90 for box in boxes), boxes
        noted = rows(page).filter(has_text=LONG_NOTE[:12])
        expect(noted).to_contain_text("core")
        assert page.evaluate("document.scrollingElement.scrollWidth") == 390
        page.get_by_role("link", name="Sell 10 QUORB").click()
        expect(page.get_by_label("Units")).to_have_value("10")


def test_deleted_stands_as_far_from_the_last_day_as_the_others_from_one_another(folio: Page, household: Household):
    folio.goto(f"{household.path}/activity")
    last, button = folio.get_by_label("To", exact=True).bounding_box(), folio.get_by_role("button", name="Deleted")
    text = button.evaluate(
        "each => { const range = document.createRange(); range.selectNodeContents(each);"
        " return range.getBoundingClientRect().x }"
    )
    assert last is not None
    assert abs(text - last["x"] - last["width"] - 12) < 1.5


def go_on(folio: Page, step: str) -> None:
    folio.get_by_role("link", name="Go on").click()
    expect(folio.locator("[aria-current=step]")).to_contain_text(step)


def test_a_file_is_uploaded_matched_looked_at_booked_and_undone(folio: Page, own: Household, tmp_path: Path):
    file = tmp_path / "mine.csv"
    file.write_text(FILE)
    folio.goto(f"{own.path}/import")
    folio.get_by_label("Choose a file, or drop it here").set_input_files(file)
    expect(folio.get_by_role("heading", level=1)).to_contain_text("mine.csv")
    steps = folio.get_by_role("list", name="Steps of the import")
    expect(steps.locator("[aria-current=step]")).to_contain_text("Match")
    folio.get_by_label("The file goes to").select_option(label="Depot Nord")
    folio.get_by_role("button", name="Make an item of your own of A painting").click()
    go_on(folio, "Preview")
    table = folio.get_by_role("table", name="Rows of the file")
    expect(table.locator("tbody tr")).to_have_count(4)
    expect(table).to_contain_text("twice in the file")
    expect(folio.get_by_role("listitem").filter(has_text="Row 6")).to_contain_text("It is not booked.")
    folio.get_by_role("button", name="Leave out row 2").click()
    expect(folio.get_by_role("button", name="Book 3 transactions into Of a test")).to_be_enabled()
    folio.get_by_role("button", name="Take row 2").click()
    folio.get_by_role("button", name="Book 4 transactions into Of a test").click()
    expect(folio).to_have_url(re.compile(r"/activity\?batch="))
    expect(folio.get_by_role("heading", name="4 transactions of mine.csv")).to_be_visible()
    expect(rows(folio)).to_have_count(4)
    assert own.ask("transactions")["total"] == 4
    folio.goto(f"{own.path}/import")
    expect(folio.get_by_role("table", name="Imports")).to_contain_text("mine.csv")
    folio.get_by_label("Choose a file, or drop it here").set_input_files(file)
    expect(folio.get_by_role("button", name="Nothing of it is new")).to_be_disabled()
    folio.goto(f"{own.path}/import")
    folio.get_by_role("button", name="Undo the import of mine.csv").click()
    expect(folio.get_by_text("4 transactions of mine.csv undone.")).to_be_visible()
    expect(folio.get_by_role("table", name="Imports")).to_have_count(0)
    assert own.ask("transactions")["total"] == 0


def test_a_file_that_can_be_read_in_two_ways_is_asked_about(folio: Page, own: Household, tmp_path: Path):
    file = tmp_path / "dates.csv"
    file.write_text("date,type,amount,currency\n03/04/2026,deposit,100,USD\n05/06/2026,deposit,50,USD\n")
    folio.goto(f"{own.path}/import")
    folio.get_by_label("Choose a file, or drop it here").set_input_files(file)
    question = folio.get_by_role("group", name=re.compile("day or month first"))
    expect(folio.get_by_role("button", name="Go on")).to_be_disabled()
    question.get_by_role("button", name="Month first").click()
    go_on(folio, "Match")
    go_on(folio, "Preview")
    expect(folio.get_by_role("table", name="Rows of the file")).to_contain_text("4 Mar 2026")
    folio.get_by_role("link", name="2 Map").click()
    expect(folio.get_by_label("Day", exact=True)).to_have_value("date")
    folio.get_by_label("Keep it as").fill("My bank")
    folio.get_by_role("button", name="Keep", exact=True).click()
    expect(folio.get_by_text("My bank is kept for the next file.")).to_be_visible()
    expect(folio.get_by_label("As kept").get_by_role("option", name="My bank")).to_have_count(1)


def test_an_answer_about_a_known_broker_s_file_can_be_changed_until_one_goes_on(
    folio: Page, own: Household, tmp_path: Path
):
    file = tmp_path / "pp.csv"
    file.write_text(
        "Date;Type;Value;Transaction Currency;Gross Amount;Currency Gross Amount;Exchange Rate;Fees;Taxes;Shares;ISIN;"
        "WKN;Ticker Symbol;Security Name;Note\n"
        "03/04/2026;Deposit;100;USD;;;;0;0;;;;;;\n05/06/2026;Deposit;50;USD;;;;0;0;;;;;;\n"
    )
    folio.goto(f"{own.path}/import")
    folio.get_by_label("Choose a file, or drop it here").set_input_files(file)
    question = folio.get_by_role("group", name=re.compile("day or month first"))
    question.get_by_role("button", name="Month first").click()
    expect(folio.get_by_role("link", name="Go on")).to_be_visible()
    expect(folio.locator("[aria-current=step]")).to_contain_text("Map")
    expect(question.get_by_role("button", name="Month first")).to_have_attribute("aria-pressed", "true")
    question.get_by_role("button", name="Day first").click()
    go_on(folio, "Match")
    go_on(folio, "Preview")
    expect(folio.get_by_role("table", name="Rows of the file")).to_contain_text("3 Apr 2026")


def test_a_table_whose_columns_say_nothing_is_mapped(folio: Page, own: Household, tmp_path: Path):
    file = tmp_path / "bank.csv"
    file.write_text("Moment,Was geschah,Wieviel\n2026-02-02,Einzahlung,2000\n2026-02-03,Einzahlung,500\n")
    folio.goto(f"{own.path}/import")
    folio.get_by_label("Choose a file, or drop it here").set_input_files(file)
    expect(folio.locator("[aria-current=step]")).to_contain_text("Map")
    folio.get_by_label("Day", exact=True).select_option("Moment")
    folio.get_by_label("Amount", exact=True).select_option("Wieviel")
    folio.get_by_label("It is").fill("usd")
    folio.get_by_role("button", name="Read it so").click()
    expect(folio.get_by_text("2026-02-02", exact=True)).to_be_visible()
    expect(folio.get_by_role("link", name="Go on")).to_be_visible()
    folio.get_by_label("Kind", exact=True).select_option("Was geschah")
    expect(folio.locator("[aria-current=step]")).to_contain_text("Map")
    go_on(folio, "Match")
    go_on(folio, "Preview")
    expect(folio.get_by_role("table", name="Rows of the file").locator("tbody tr")).to_have_count(2)


def test_a_day_before_the_first_transaction_is_asked_about_and_left(folio: Page, own: Household):
    own.add("deposit", 20, cash="100")
    folio.goto(f"{own.path}?as_of=2019-01-02")
    expect(folio.get_by_role("heading", name="Nothing was there on 2 Jan 2019")).to_be_visible()
    expect(folio.get_by_label("As of")).to_have_value("2019-01-02")
    folio.get_by_role("link", name="Show it as it is now").click()
    expect(folio.get_by_role("table", name="Positions")).to_be_visible()


def test_a_file_that_is_none_is_refused_in_words(folio: Page, own: Household, tmp_path: Path, watched: Watched):
    watched.expected.append(r"422 \(Unprocessable")
    file = tmp_path / "noise.bin"
    file.write_bytes(bytes(range(256)) * 20)
    folio.goto(f"{own.path}/import")
    folio.get_by_label("Choose a file, or drop it here").set_input_files(file)
    expect(folio.get_by_role("alert")).to_contain_text("noise.bin")
    folio.get_by_role("link", name="Another file").click()
    expect(folio.get_by_label("Choose a file, or drop it here")).to_be_visible()


def test_an_empty_portfolio_is_counted_as_the_export_that_comes_into_it(folio: Page, own: Household, tmp_path: Path):
    portfolio = {"name": "Old", "base": "CHF", "method": "lifo", "benchmark": None}
    paid = {"id": 1, "account_id": 1, "account": "Depot Nord", "kind": "deposit", "day": "2026-02-02"}
    file = tmp_path / "old.json"
    file.write_text(
        json.dumps(
            {
                "openbell": 1,
                "portfolio": portfolio,
                "accounts": [],
                "instruments": [],
                "transactions": [{**paid, "currency": "USD", "cash": "5"}],
            }
        )
    )
    folio.goto(f"{own.path}/import")
    folio.get_by_label("Choose a file, or drop it here").set_input_files(file)
    take = folio.get_by_role("button", name="Count Of a test as the export was")
    take.click()
    expect(folio.get_by_text("Of a test is counted in CHF.")).to_be_visible()
    expect(take).to_have_count(0)
    told = own.ask("")
    assert (told["name"], told["base"], told["method"], told["benchmark"]) == ("Of a test", "CHF", "lifo", None)
    folio.get_by_role("button", name="Undo").click()
    expect(take).to_be_visible()
    assert own.ask("")["base"] == "USD"


def test_holdings_are_compared_where_the_file_has_some(folio: Page, own: Household, tmp_path: Path, watched: Watched):
    watched.expected.append(r"422 \(Unprocessable")
    file = tmp_path / "flows.csv"
    file.write_text("date,type,amount,currency\n2026-02-13,deposit,100,USD\n")
    folio.goto(f"{own.path}/import")
    folio.get_by_label("Choose a file, or drop it here").set_input_files(file)
    folio.get_by_role("button", name="Compare with the broker’s holdings in the file").click()
    expect(folio.get_by_role("alert")).to_contain_text("The file tells of no holdings.")


def test_an_item_of_ones_own_is_worth_what_its_owner_says(folio: Page, own: Household):
    item = call(own.address, "POST", "items", json={"name": "A painting", "currency": "USD", "type": "other"})
    own.add("deposit", 20, cash="500")
    own.add("buy", 19, instrument=item["instrument"], quantity="1", cash="-300", price="300")
    folio.goto(f"{own.path}/position/{item['instrument'].replace(':', '%3A')}")
    folio.get_by_label("Price of one").fill("450.5")
    folio.get_by_role("button", name="Set the price").click()
    prices = folio.get_by_role("table", name="Prices of A painting")
    expect(prices).to_contain_text("450.50")
    expect(folio.locator("dl").first).to_contain_text("450.50")
    prices.get_by_role("button", name=re.compile("Forget the price of")).first.click()
    expect(prices).to_have_count(0)


def test_an_item_of_ones_own_is_renamed_and_removed_where_nothing_names_it(
    folio: Page, own: Household, watched: Watched
):
    item = call(own.address, "POST", "items", json={"name": "A vase", "currency": "USD", "type": "other"})
    call(own.address, "POST", "items", json={"name": "A typo", "currency": "USD", "type": "other"})
    own.add("delivery_in", 20, instrument=item["instrument"], quantity="1")
    folio.goto(f"{own.path}?settings=")
    items = folio.get_by_role("region", name="Items of your own")
    items.get_by_label("Name of A vase").fill("A broken vase")
    items.get_by_role("button", name="Save").click()
    expect(items.get_by_label("Name of A broken vase")).to_be_focused()
    watched.expected.append(r"422 \(Unprocessable")
    items.get_by_role("button", name="Remove A broken vase").click()
    items.get_by_role("button", name="Remove for good: A broken vase").click()
    expect(items.get_by_role("alert")).to_contain_text("It is in 1 transaction")
    items.get_by_role("button", name="Remove A typo").click()
    items.get_by_role("button", name="Remove for good: A typo").click()
    expect(items.get_by_label("Name of A typo")).to_have_count(0)
    expect(items.get_by_role("heading")).to_be_focused()
    expect(items.get_by_label("Name of A broken vase")).to_be_visible()


def test_what_nobody_knows_of_an_instrument_its_holder_says(folio: Page, own: Household, watched: Watched):
    own.add("deposit", 20, cash="1000")
    own.trade("MURLA", 10, 10)
    folio.goto(f"{own.path}/allocation?show=country")
    folio.get_by_role("link", name="Say which it is").click()
    folio.get_by_role("link", name="Say what MURLA is").click()
    panel = folio.get_by_role("region", name="What MURLA is")
    expect(panel.get_by_label("Type")).to_contain_text("As the desk knows it: Stock")
    panel.get_by_label("Sector").fill("Land")
    panel.get_by_label("Country").select_option("Portugal")
    panel.get_by_label("Currency").fill("Taler")
    watched.expected.append(r"422 \(Unprocessable")
    panel.get_by_role("button", name="Save").click()
    expect(panel.get_by_role("alert")).to_be_visible()
    panel.get_by_label("Currency").fill("")
    panel.get_by_role("button", name="Save").click()
    expect(panel).to_have_count(0)
    expect(folio.get_by_text("What MURLA is was changed.")).to_be_visible()
    expect(folio.get_by_role("table").get_by_role("link", name="Portugal", exact=True)).to_be_visible()
    folio.goto(f"{own.path}/allocation?show=sector")
    expect(folio.get_by_role("table").get_by_role("link", name="Land", exact=True)).to_be_visible()
    folio.goto(f"{own.path}/position/MURLA")
    folio.get_by_role("link", name="Say what it is").click()
    expect(panel.get_by_label("Sector")).to_have_value("Land")
    panel.get_by_role("button", name="Forget what I said").click()
    expect(panel).to_have_count(0)
    assert call(own.address, "GET", "facts")["facts"] == {}


def test_of_each_lot_the_gain_is_told_by_price_and_currency_fees_and_taxes(folio: Page, portfolio_desk: StartedDesk):
    abroad = Household.make(portfolio_desk.address, "In euros", "EUR")
    abroad.add("deposit", 400, cash="5000")
    abroad.trade("QUORB", 20, 390)
    abroad.trade("QUORB", -5, 60, tax="3")
    day = str(days_ago(1))
    lots = abroad.ask("lots", as_of=day)
    folio.goto(f"{abroad.path}/position/QUORB?range=Max&as_of={day}")
    for name, lot in (("Lots held", lots["open"][0]), ("Lots sold", lots["closed"][0])):
        table = folio.get_by_role("table", name=name)
        expect(table.locator("tbody tr")).to_have_count(1)
        cells = dict(
            zip(_titles(table), table.locator("tbody tr").first.locator("td, th").all_inner_texts(), strict=True)
        )
        for title, key in PARTS.items():
            assert _amount(cells[title]) == f"{Decimal(lot[key]):.2f}", (name, title)
        whole = Decimal(lot["price_effect"]) + Decimal(lot["currency_effect"])
        assert whole == Decimal(lot["gain_base"])
        assert Decimal(lot["currency_effect"])
    assert Decimal(lots["closed"][0]["taxes_base"]) > 0
    abroad.remove("In euros")


PARTS = {
    "Gain EUR": "gain_base",
    "of it price EUR": "price_effect",
    "of it currency EUR": "currency_effect",
    "after fees EUR": "fees_base",
    "after taxes EUR": "taxes_base",
}


def _titles(table: Locator) -> list[str]:
    return [" ".join(each.split()) for each in table.locator("thead th").all_inner_texts()]


def _amount(shown: str) -> str:
    """The number of an amount as the page writes it."""
    found = re.search(rf"[\d{THIN}]+\.\d\d", shown)
    assert found, shown
    return ("-" if MINUS in shown else "") + found[0].replace(THIN, "")


def test_what_nobody_tells_a_price_of_is_priced_by_hand(folio: Page, own: Household, watched: Watched):
    watched.expected.append(r"404 \(Not Found|422 \(Unprocessable")
    own.add("deposit", 20, cash="500")
    own.add("buy", 19, instrument="GONE", quantity="4", cash="-300")
    folio.goto(own.path)
    folio.get_by_text("say it by hand on the page of").get_by_role("link", name="GONE").click()
    folio.get_by_role("link", name="Say its currency").click()
    folio.get_by_label("Currency").fill("usd")
    folio.get_by_role("button", name="Save").click()
    folio.get_by_label("Price of one").fill("60.5")
    folio.get_by_role("button", name="Set the price").click()
    prices = folio.get_by_role("table", name="Prices of GONE")
    expect(prices).to_contain_text("60.50")
    expect(folio.locator("dl").first).to_contain_text("by hand")
    expect(folio.locator("dl").first).to_contain_text("242.00")
    folio.goto(own.path)
    expect(folio.get_by_role("row").filter(has_text="GONE")).to_contain_text("by hand")
    folio.goto(f"{own.path}/position/GONE")
    prices.get_by_role("button", name=re.compile("Forget the price of")).click()
    expect(prices).to_have_count(0)


def test_what_no_exchange_lists_is_an_item_of_ones_own(folio: Page, own: Household, watched: Watched):
    watched.expected.append(r"404 \(Not Found|422 \(Unprocessable")
    own.add("deposit", 20, cash="90000")
    folio.goto(f"{own.path}?add=buy")
    told = folio.get_by_label("Instrument")
    name = f"Cottage {own.number}"
    told.fill(name)
    expect(folio.get_by_text(f"Nothing that the desk knows is called {name} today.")).to_be_visible()
    make = folio.get_by_role("button", name="Make it an item of your own")
    folio.get_by_label("Currency").fill("XXX")
    make.click()
    expect(folio.get_by_text("Not made.")).to_contain_text("'XXX' is not a currency")
    folio.get_by_label("Currency").fill("EUR")
    make.click()
    hint = folio.get_by_text("An item of yours, in EUR", exact=True)
    expect(hint).to_be_visible()
    expect(told).to_be_focused()
    folio.get_by_text(f"{name} is an item of yours, in EUR.").locator("..").get_by_role("button", name="Undo").click()
    expect(make).to_be_visible()
    make.click()
    told.fill(name.upper())
    expect(hint).to_be_visible()
    call(own.address, "POST", "items", json={"name": f"Hut{own.number}", "currency": "EUR", "type": "other"})
    own.add("delivery_in", 10, instrument=f"OLD{own.number}", quantity="1")
    folio.reload()
    told.fill(f"HUT{own.number}")
    folio.get_by_role("button", name=f"Take Hut{own.number}, an item of yours").click()
    expect(told).to_have_value(f"Hut{own.number}")
    expect(hint).to_be_visible()
    with folio.expect_response(re.compile(f"transactions.*instrument=OLD{own.number}")):
        told.fill(f"OLD{own.number}")
    expect(folio.get_by_text("Nothing that the desk knows")).to_have_count(0)
    told.fill(name)
    folio.get_by_label("Units").fill("1")
    folio.get_by_label("Price", exact=True).fill("80000")
    folio.get_by_role("button", name="Add", exact=True).click()
    expect(folio.get_by_text(f"Buy 1 {name} is added.")).to_be_visible()
    folio.goto(own.path)
    expect(folio.get_by_role("row").filter(has_text=name)).to_be_visible()


def test_all_of_it_is_taken_away_and_brought_back_without_loss(folio: Page, own: Household):
    own.add("deposit", 20, cash="500", note="the first")
    own.trade("HAZLO", 3, 10)
    folio.goto(f"{own.path}?settings=")
    with folio.expect_download() as taken:
        folio.get_by_role("link", name="JSON").click()
    file = Path(taken.value.path()).rename(Path(taken.value.path()).with_suffix(".json"))
    folio.goto(f"{own.path}/import")
    folio.get_by_label("Choose a file, or drop it here").set_input_files(file)
    expect(folio.get_by_role("button", name="Nothing of it is new")).to_be_disabled()


def test_a_file_that_begins_in_the_middle_is_booked_after_a_tick_that_says_so(
    folio: Page, own: Household, tmp_path: Path
):
    file = tmp_path / "middle.csv"
    file.write_text("Date,Action,Symbol,Quantity,Amount,Currency\n2026-02-04,Sell,HAZLO,-4,440,USD\n")
    folio.goto(f"{own.path}/import")
    folio.get_by_label("Choose a file, or drop it here").set_input_files(file)
    told = folio.get_by_role("listitem").filter(has_text="4 units of HAZLO were sold")
    expect(told).to_contain_text("Row 2")
    expect(folio.get_by_role("table", name="Rows of the file")).to_contain_text("New, units not there")
    expect(folio.get_by_role("button", name="Units are not there for some of it")).to_be_disabled()
    folio.get_by_label("The file begins in the middle").check()
    folio.get_by_role("button", name="Book 1 transaction into Of a test").click()
    expect(folio).to_have_url(re.compile(r"/activity\?batch="))
    assert own.ask("transactions")["total"] == 1


def test_the_rows_of_an_import_that_were_not_understood_can_be_read_later(folio: Page, own: Household, tmp_path: Path):
    file = tmp_path / "torn.csv"
    file.write_text("date,type,amount,currency\n2026-02-13,deposit,100,USD\n2026-02-14,deposit,many,USD\n")
    folio.goto(f"{own.path}/import")
    folio.get_by_label("Choose a file, or drop it here").set_input_files(file)
    folio.get_by_role("button", name="Book 1 transaction into Of a test").click()
    expect(folio).to_have_url(re.compile(r"/activity\?batch="))
    folio.goto(f"{own.path}/import")
    folio.get_by_role("link", name="Read the 1 row of torn.csv that were not understood").click()
    expect(folio.get_by_role("heading", name="Not understood of torn.csv")).to_be_visible()
    expect(folio.get_by_text("2026-02-14 | deposit | many | USD")).to_be_visible()


def test_a_table_is_read_as_it_was_kept_the_next_time(folio: Page, own: Household, tmp_path: Path):
    file = tmp_path / "mine.csv"
    file.write_text("Moment,Was geschah,Wieviel\n2026-02-02,Einzahlung,2000\n")
    columns = {"date": "Moment", "amount": "Wieviel"}
    answers = {"mapping": {"columns": columns}, "currency": "USD"}
    header = ["Moment", "Was geschah", "Wieviel"]
    call(own.address, "PUT", "mappings", json={"name": "Kept so", "answers": answers, "header": header})
    folio.goto(f"{own.path}/import")
    folio.get_by_label("Choose a file, or drop it here").set_input_files(file)
    expect(folio.get_by_role("button", name="Book 1 transaction into Of a test")).to_be_enabled()
    folio.get_by_role("link", name="2 Map").click()
    expect(folio.get_by_text("Read as “Kept so”")).to_be_visible()
    expect(folio.get_by_label("Amount", exact=True)).to_have_value("Wieviel")


def test_a_portfolio_is_made_of_an_export_in_one_step(folio: Page, own: Household, tmp_path: Path):
    own.add("deposit", 20, cash="500", note="the first")
    own.trade("HAZLO", 3, 10)
    file = tmp_path / "mine.json"
    number = own.path.rsplit("/", 1)[1]
    file.write_text(json.dumps(call(own.address, "GET", f"portfolios/{number}/export")))
    folio.goto(f"{own.path}?new=")
    folio.get_by_label("Called").fill("Brought back")
    folio.get_by_label("The JSON that Openbell wrote").set_input_files(file)
    expect(folio).to_have_url(re.compile(r"/portfolio/\d+$"))
    (made,) = [each for each in call(own.address, "GET", "portfolios")["portfolios"] if each["name"] == "Brought back"]
    assert folio.url.endswith(f"/portfolio/{made['id']}")
    assert call(own.address, "GET", f"portfolios/{made['id']}/transactions")["total"] == 2
    call(own.address, "DELETE", f"portfolios/{made['id']}", params={"name": "Brought back"})
