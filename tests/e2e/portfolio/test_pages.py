"""A portfolio looked at: its figures as the desk tells them, each asked why, and every page by keyboard and address."""

from __future__ import annotations

import gzip
import re
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import pytest
from playwright.sync_api import Browser, Locator, Page, Response, expect

from e2e.household import Household, call, days_ago
from e2e.laws import AHEAD_MS, MOST_JAVASCRIPT, SETTLED, assert_lawful
from e2e.started import StartedDesk
from e2e.watched import DESKTOP, PHONE, Watched, window

pytestmark = pytest.mark.e2e

MINUS, THIN = "\N{MINUS SIGN}", "\N{NARROW NO-BREAK SPACE}"


def amount(told: str, *, signed: bool = False) -> str:
    """An amount of dollars as the page writes it."""
    cents = Decimal(told).quantize(Decimal("0.01"), ROUND_HALF_UP)
    sign = "+" if signed and cents > 0 else ""
    return f"{sign}{cents:,.2f}".replace(",", THIN).replace("-", MINUS)


def percent(told: float) -> str:
    return f"{told * 100:+.2f}{THIN}%".replace("-", MINUS)


def stat(page: Page, name: str) -> str:
    """The figure of that name on top of the page."""
    found = page.locator("dl > div").filter(has=page.get_by_role("term").filter(has_text=re.compile(f"^{name}")))
    return found.first.locator("dd").first.inner_text()


def test_the_overview_shows_what_the_desk_computed(folio: Page, household: Household):
    day = str(household.ask("history", range="1M")["days"][-5])
    held = household.ask("positions", as_of=day)
    done = household.ask("returns", as_of=day, range="1Y")
    folio.goto(f"{household.path}?as_of={day}")
    heading = folio.get_by_role("heading", level=1)
    expect(heading).to_contain_text(re.compile("^You (gained|lost) "))
    expect(heading).to_contain_text(percent(done["performance"]["twr"]))
    expect(heading).to_contain_text("with the same flows BROMA would be worth")
    expect(folio.get_by_role("status").filter(has_text="As it was at the end of")).to_be_visible()
    assert stat(folio, "Value").startswith(amount(held["value"]))
    assert stat(folio, "Gain").startswith(amount(done["performance"]["gain"], signed=True))
    assert stat(folio, "Time-weighted").startswith(percent(done["performance"]["twr"]))
    assert stat(folio, "Money-weighted").startswith(percent(done["performance"]["mwr"]["period"]))
    for position in held["positions"]:
        if position["instrument"] is None:
            continue
        row = folio.get_by_role("row").filter(has_text=position["ticker"]).filter(has_text=position["account_name"])
        expect(row).to_contain_text(amount(position["value"]))
        expect(row).to_contain_text(amount(position["gain"], signed=True))
    expect(folio.locator("tfoot")).to_contain_text(amount(held["value"]))


def test_what_cannot_be_valued_is_said_and_never_zero(folio: Page, portfolio_desk: StartedDesk):
    abroad = Household.make(portfolio_desk.address, "Abroad", base="CLP")
    abroad.add("deposit", 300, cash="1000")
    abroad.trade("QUORB", 2, 290)
    folio.goto(abroad.path)
    expect(folio.get_by_role("heading", level=1)).to_have_text(re.compile("^The gain cannot be told"))
    row = folio.get_by_role("row").filter(has_text="QUORB")
    expect(row).to_contain_text("not known")
    assert stat(folio, "Value").startswith("\N{EN DASH}")
    expect(folio.get_by_role("listitem").filter(has_text="USD").first).to_be_visible()


def test_range_look_and_day_are_in_the_address_and_going_back_works(folio: Page, household: Household):
    folio.goto(household.path)
    expect(folio.get_by_role("application")).to_be_visible()
    folio.get_by_role("link", name="3M", exact=True).click()
    expect(folio).to_have_url(re.compile(r"range=3M"))
    folio.get_by_role("link", name="Drawdown", exact=True).click()
    expect(folio).to_have_url(re.compile(r"look=drawdown"))
    expect(folio.get_by_role("application", name=re.compile("^Drawdown of Household"))).to_be_visible()
    folio.keyboard.press("t")
    expect(folio.get_by_role("table", name="Value of Household by day")).to_be_visible()
    folio.keyboard.press("t")
    folio.keyboard.press("]")
    expect(folio).to_have_url(re.compile(r"range=6M"))
    folio.go_back()
    expect(folio).to_have_url(re.compile(r"range=3M(?!.*look)"))
    folio.get_by_label("As of").fill(str(household.ask("history", range="1M")["days"][3]))
    expect(folio).to_have_url(re.compile(r"as_of="))
    folio.get_by_role("link", name="Show it as it is now").click()
    expect(folio).not_to_have_url(re.compile("as_of"))
    folio.get_by_role("link", name="Income", exact=True).click()
    expect(folio).to_have_url(re.compile(r"/income\?range=3M$"))


def test_the_value_is_read_day_by_day_aloud(folio: Page, household: Household):
    folio.goto(f"{household.path}?range=1M")
    chart = folio.get_by_role("application")
    expect(chart).to_be_visible()
    said = folio.locator("figure [aria-live=polite]")
    chart.press("Home")
    expect(said).to_have_text(re.compile(r"^\d+ \w+ \d{4}: Value .+; Invested .+; BROMA .+\.$"))
    first = said.inner_text()
    chart.press("ArrowRight")
    expect(said).not_to_have_text(first)


@pytest.mark.parametrize(
    "figure", ["Value", "Change today", "Gain", "Time-weighted return", "Money-weighted return", "Deepest fall"]
)
def test_a_figure_is_asked_why_and_answers_with_method_and_inputs(folio: Page, household: Household, figure: str):
    folio.goto(household.path)
    asked = folio.locator("dl").first.get_by_role("link", name=re.compile(f", {figure}: why"))
    asked.click()
    panel = folio.get_by_role("region", name=re.compile("^Why this number"))
    expect(panel).to_be_focused()
    expect(panel.get_by_role("heading", name="Method")).to_be_visible()
    expect(panel.get_by_role("listitem").first).to_be_visible()
    assert (panel.bounding_box() or {})["width"] == 360
    folio.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(asked).to_be_focused()


NARROW = "document.querySelector('[role=application] canvas').clientWidth < 1000"
"""Whether the chart has left its room to the panel."""


def test_the_chart_shows_every_day_however_often_a_panel_takes_some_of_its_room(
    folio: Page, portfolio_desk: StartedDesk
):
    sample = call(portfolio_desk.address, "POST", "portfolios/sample")
    last = days_ago(690)
    asked = {"params": {"range": "Max", "as_of": str(last)}}
    days = call(portfolio_desk.address, "GET", f"portfolios/{sample['id']}/history", **asked)["days"]
    first = date.fromisoformat(days[0])
    folio.goto(f"{portfolio_desk.address}/portfolio/{sample['id']}?range=Max&as_of={last}&why=mwr")
    chart = folio.get_by_role("application")
    expect(chart).to_be_visible()
    why(folio, "Money-weighted return")
    folio.wait_for_function(NARROW)
    folio.keyboard.press("Escape")
    folio.wait_for_function(f"!({NARROW})")
    folio.get_by_role("link", name="Time-weighted return: why?").first.click()
    folio.wait_for_function(NARROW)
    box, axis = chart.bounding_box(), chart.locator("tr:first-child > td:nth-child(3)").bounding_box()
    assert box
    assert axis
    for x, day in ((3, rf"\d+ {first:%b %Y}"), (box["width"] - axis["width"] - 2, f"{last:%-d %b %Y}")):
        folio.mouse.move(box["x"] + x, box["y"] + 100)
        expect(folio.locator("figure").first).to_contain_text(re.compile(rf"^{day}"))
    call(portfolio_desk.address, "DELETE", f"portfolios/{sample['id']}", params={"name": sample["name"]})


def test_from_a_flow_of_a_figure_one_comes_to_its_transaction(folio: Page, household: Household):
    folio.goto(f"{household.path}?range=Max")
    folio.get_by_role("link", name=re.compile("Paid in: why")).click()
    panel = folio.get_by_role("region", name="Why this number? Net invested")
    flow = panel.get_by_role("link", name=re.compile(r"^transaction \d+")).first
    expect(flow).to_be_visible()
    flow.click()
    expect(folio.get_by_role("region", name="Deposit")).to_be_visible()
    expect(folio.get_by_label("Received")).to_have_value("15000")


def why(page: Page, name: str) -> Locator:
    """The panel of a figure, once it has told what went into it."""
    panel = page.get_by_role("region", name=f"Why this number? {name}")
    expect(panel.get_by_role("listitem").first).to_be_visible()
    return panel


def test_each_figure_of_a_position_opens_its_why_and_so_does_the_whole(folio: Page, household: Household):
    folio.goto(household.path)
    table = folio.get_by_role("table", name="Positions")
    row = table.get_by_role("row").filter(has_text="HAZLO").filter(has_text="Depot Nord")
    (told,) = [
        each
        for each in household.ask("positions")["positions"]
        if (each["ticker"], each["account_name"]) == ("HAZLO", "Depot Nord")
    ]
    row.get_by_role("link", name=re.compile("Cost of HAZLO: why")).click()
    expect(why(folio, "Cost")).to_contain_text(amount(told["cost"]))
    table.get_by_role("link", name=re.compile("Cost of all: why")).click()
    expect(why(folio, "Cost").get_by_role("listitem")).to_have_count(len(household.ask("lots")["open"]))
    row.get_by_role("link", name=re.compile("Gain of HAZLO: why")).click()
    expect(why(folio, "Gain of what is held")).to_contain_text(amount(told["cost"]))
    row.get_by_role("link", name=re.compile("Return of HAZLO: why")).click()
    expect(why(folio, "Gain of what is held")).to_contain_text(amount(told["cost"]))
    row.get_by_role("link", name=re.compile("Share of HAZLO: why")).click()
    expect(why(folio, "Share of the whole")).to_contain_text("HAZLO in Depot Nord")
    row.get_by_role("link", name=re.compile("Price of HAZLO: why")).click()
    expect(why(folio, "Price")).to_contain_text("price of HAZLO")
    table.get_by_role("link", name=re.compile("Gain of all: why")).click()
    expect(why(folio, "Gain of what is held")).to_contain_text("value of LANTU")


def test_each_figure_of_a_positions_page_and_of_its_lots_opens_its_why(folio: Page, household: Household):
    lots = household.ask("lots", instrument="QUORB")
    folio.goto(f"{household.path}/position/QUORB?range=1M")
    figures = folio.locator("dl").first
    figures.get_by_role("link", name=re.compile(", Price: why")).click()
    expect(why(folio, "Price")).to_contain_text("price of QUORB")
    figures.get_by_role("link", name=re.compile(", Cost: why")).click()
    expect(why(folio, "Cost")).to_contain_text(amount(lots["open"][0]["cost"]["base"]))
    figures.get_by_role("link", name=re.compile(", Not yet realised: why")).click()
    expect(why(folio, "Gain of what is held")).to_contain_text("value of QUORB")
    held, sold = folio.get_by_role("table", name="Lots held"), folio.get_by_role("table", name="Lots sold")
    held.get_by_role("link", name=re.compile(", Gain of the lot of .*: why")).first.click()
    expect(why(folio, "Gain of what is held")).to_contain_text(re.compile("value of [0-9.]+ QUORB"))
    # It was sold two months ago, and is told all the same where the last month is looked at.
    sold.get_by_role("link", name=re.compile(", Proceeds of the lot of .*: why")).first.click()
    expect(why(folio, "Gain of what was sold")).to_contain_text(amount(lots["closed"][0]["proceeds"]["base"]))


def test_figures_are_asked_of_one_tag_which_stays_from_page_to_page(folio: Page, household: Household):
    day = str(household.ask("history", range="1M")["days"][-5])  # no trade changes what is compared
    folio.goto(f"{household.path}?as_of={day}")
    folio.get_by_label("Tag").select_option("core")
    expect(folio).to_have_url(re.compile("tag=core$"))
    rows = folio.get_by_role("table", name="Positions").locator("tbody tr")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("QUORB")
    told = household.ask("returns", tag="core", range="1Y", as_of=day)["performance"]
    assert stat(folio, "Time-weighted").startswith(percent(told["twr"]))
    folio.get_by_role("link", name="Income", exact=True).click()
    expect(folio).to_have_url(re.compile(r"/income\?.*tag=core"))
    expect(folio.get_by_role("heading", name="No income in this stretch")).to_be_visible()
    folio.get_by_label("Tag").select_option("All tags")
    expect(folio.get_by_role("table", name="Payments")).to_be_visible()
    folio.goto(f"{household.path}/checks?tag=forgotten")
    expect(folio.get_by_label("Tag")).to_have_value("forgotten")


def test_positions_are_sorted_by_the_address_and_walked_by_arrows(folio: Page, household: Household):
    folio.goto(household.path)
    table = folio.get_by_role("table", name="Positions")
    expect(table).to_be_visible()
    table.get_by_role("link", name=re.compile("^Position")).click()
    expect(folio).to_have_url(re.compile("sort=name"))
    names = table.locator("tbody tr td:first-child :is(a, strong)").all_inner_texts()
    assert names == sorted(names)
    first = table.get_by_role("link", name="HAZLO").first
    first.focus()
    first.press("ArrowRight")
    expect(folio.locator(":focus")).to_have_attribute("title", "Price of HAZLO: why this number?")
    folio.keyboard.press("ArrowRight")
    expect(folio.locator(":focus")).to_have_attribute("title", "Change today of HAZLO: why this number?")
    folio.keyboard.press("ArrowDown")
    expect(folio.locator(":focus")).to_have_attribute("title", "Change today of HAZLO: why this number?")
    folio.keyboard.press("Enter")
    expect(folio.get_by_role("region", name="Why this number? Change today")).to_contain_text("units before")


def test_the_figures_of_a_card_are_walked_by_arrows(folio: Page, household: Household):
    folio.set_viewport_size({"width": 700, "height": 900})
    folio.goto(household.path)
    folio.get_by_role("table", name="Positions").get_by_role("link", name="HAZLO").first.focus()
    for told in ("Value", "Price", "Change today", "Gain"):
        folio.keyboard.press("ArrowRight")
        expect(folio.locator(":focus")).to_have_attribute("title", f"{told} of HAZLO: why this number?")
    folio.keyboard.press("ArrowLeft")
    expect(folio.locator(":focus")).to_have_attribute("title", "Change today of HAZLO: why this number?")


def test_on_a_phone_payments_and_checks_are_cards(
    browser: Browser, household: Household, portfolio_desk: StartedDesk, watched: Watched
):
    with window(browser, portfolio_desk.address, watched, PHONE) as page:
        page.goto(f"{household.path}/income?range=Max")
        newest = household.ask("income", range="Max")["payments"][0]
        card = page.get_by_role("table", name="Payments").locator("tbody tr").first
        expect(card.locator("td")).to_have_count(1)
        expect(card).to_contain_text(newest["account_name"])
        expect(card).to_contain_text(f"{Decimal(newest['net']):.2f}")
        paid = page.get_by_role("table", name="Income by instrument").locator("tbody tr").first
        expect(paid.locator("td")).to_have_count(1)
        expect(paid).to_contain_text("of cost a year")
        page.goto(f"{household.path}/checks")
        check = page.get_by_role("table", name=re.compile("^Checks of")).locator("tbody tr").first
        expect(check.locator("td")).to_have_count(1)
        expect(check).to_contain_text(re.compile("One position.*of the whole; the limit is"))


def test_a_position_shows_what_was_done_with_it_its_lots_and_what_it_paid(folio: Page, household: Household):
    folio.goto(f"{household.path}?range=Max")
    folio.get_by_role("table", name="Positions").get_by_role("link", name="QUORB", exact=True).click()
    expect(folio).to_have_url(re.compile("/position/QUORB"))
    chart = folio.get_by_role("application", name=re.compile("^Price of QUORB and what it cost"))
    expect(chart).to_be_visible()
    chart.press("Home")
    said = folio.locator("figure [aria-live=polite]")
    expect(said).to_contain_text("Price ")
    for _ in range(8):
        chart.press("ArrowRight")
    expect(folio.get_by_role("figure")).to_contain_text("Cost of a unit")
    lots = household.ask("lots", instrument="QUORB")
    held, sold = folio.get_by_role("table", name="Lots held"), folio.get_by_role("table", name="Lots sold")
    expect(held.locator("tbody tr")).to_have_count(len(lots["open"]))
    expect(sold.locator("tbody tr")).to_have_count(len(lots["closed"]))
    expect(sold).to_contain_text(amount(lots["closed"][0]["gain_base"], signed=True))
    held.locator("tbody a").first.click()
    expect(folio.get_by_role("region", name="Buy 40 QUORB")).to_be_visible()
    folio.goto(f"{household.path}/position/HAZLO")
    expect(folio.get_by_role("table", name="Payments")).to_contain_text(amount("50"))


def test_a_position_that_never_was_is_said_to_be_none(folio: Page, household: Household, watched: Watched):
    watched.expected.append(r"422 \(Unprocessable")
    folio.goto(f"{household.path}/position/NOBODY")
    expect(folio.get_by_role("heading", name="Household never held NOBODY")).to_be_visible()


def test_amounts_are_hidden_by_a_key_and_stay_so_and_percentages_do_not(folio: Page, household: Household):
    folio.goto(household.path)
    value = folio.locator("dl .amount").first
    expect(value).to_be_visible()
    blurred = "element => getComputedStyle(element).filter"
    assert value.evaluate(blurred) == "none"
    folio.keyboard.press("x")
    expect(folio.get_by_role("button", name="Hide amounts")).to_have_attribute("aria-pressed", "true")
    assert "blur" in value.evaluate(blurred)
    rate = folio.locator("dl").first.get_by_role("link", name=re.compile("Time-weighted return: why"))
    assert rate.evaluate(blurred) == "none"
    assert rate.locator(".amount").count() == 0
    chart = folio.get_by_role("application")
    chart.press("End")
    expect(folio.locator("figure [aria-live=polite]")).to_contain_text("•••")
    expect(folio.locator("figcaption")).not_to_have_text(re.compile(r"\d{2}\u202f\d{3}"))
    folio.reload()
    expect(folio.get_by_role("button", name="Hide amounts")).to_have_attribute("aria-pressed", "true")
    folio.keyboard.press("x")
    expect(folio.get_by_role("button", name="Hide amounts")).to_have_attribute("aria-pressed", "false")


def test_income_is_told_by_month_and_by_instrument(folio: Page, household: Household):
    folio.goto(f"{household.path}/income?range=Max")
    told = household.ask("income", range="Max")
    net = sum(Decimal(each["net"]) for each in told["by_month"])
    expect(folio.get_by_role("heading", level=1)).to_contain_text(f"Received {amount(str(net))}")
    chart = folio.get_by_role("application", name=re.compile("^Income by month"))
    chart.press("Home")
    expect(folio.locator("figure [aria-live=polite]")).to_have_text(re.compile(r"^\w{3} \d{4}: .+USD received"))
    table = folio.get_by_role("table", name="Income by instrument")
    expect(table.get_by_role("row").filter(has_text="HAZLO")).to_contain_text(amount("50"))
    expect(table.get_by_role("row").filter(has_text="Interest")).to_contain_text(amount("133.10"))
    table.get_by_role("link", name=re.compile("Yield on cost of LANTU")).click()
    expect(folio.get_by_role("region", name="Why this number? Yield on cost")).to_contain_text("income of a year")


def test_an_allocation_opens_slice_by_slice_by_pointer_and_keyboard(folio: Page, household: Household):
    folio.goto(f"{household.path}/allocation")
    chart = folio.get_by_role("application", name=re.compile("^Allocation by type"))
    expect(chart).to_be_visible()
    chart.press("Home")
    said = folio.locator("figure [aria-live=polite]")
    expect(said).to_have_text(re.compile(r": \d+\.\d\u202f%\.$"))
    largest = said.inner_text().partition(":")[0]
    chart.press("Enter")
    expect(folio).to_have_url(re.compile("open="))
    expect(folio.get_by_text(re.compile(f"All, by type.*{largest}"))).to_be_visible()
    folio.go_back()
    folio.get_by_role("table").get_by_role("link", name="Stock", exact=True).click()
    inner = folio.get_by_role("table", name="Allocation by instrument")
    inner.get_by_role("link", name="HAZLO", exact=True).click()
    expect(folio).to_have_url(re.compile("/position/HAZLO"))
    folio.goto(f"{household.path}/allocation?show=account")
    folio.get_by_role("link", name=re.compile("Share of Depot Nord: why")).click()
    expect(folio.get_by_role("region", name="Why this number? Share of the whole")).to_contain_text("the whole")
    folio.get_by_role("link", name="Depot Nord", exact=True).click()
    folio.get_by_role("link", name=re.compile("Value of HAZLO: why")).click()
    expect(folio).to_have_url(re.compile(rf"why=value.*&of=HAZLO&in={household.accounts[0]}"))
    expect(why(folio, "Value")).to_contain_text("HAZLO")


def test_a_threshold_of_ones_own_changes_what_a_check_finds(folio: Page, portfolio_desk: StartedDesk):
    own = Household.make(portfolio_desk.address, "Careful")
    own.add("deposit", 300, cash="10000")
    own.trade("HAZLO", 20, 290)
    folio.goto(f"{own.path}/checks")
    row = folio.get_by_role("row").filter(has_text="One position")
    expect(row).to_contain_text(f"20.0{THIN}%")
    folio.get_by_role("button", name="Change what is told").click()
    field = folio.get_by_label("One position from")
    expect(field).to_have_value("20")
    field.fill("0.5")
    folio.get_by_role("button", name="Save").click()
    expect(row).to_contain_text(f"0.5{THIN}%")
    expect(row).to_contain_text("Attention")
    assert own.ask("")["thresholds"]["position"] == "0.005"


def test_a_threshold_that_is_none_is_refused_at_its_field(folio: Page, household: Household, watched: Watched):
    watched.expected.append(r"422 \(Unprocessable")
    folio.goto(f"{household.path}/checks")
    folio.get_by_role("button", name="Change what is told").click()
    folio.get_by_label("Cash from").fill("250")
    folio.get_by_role("button", name="Save").click()
    expect(folio.get_by_label("Cash from")).to_have_attribute("aria-invalid", "true")
    expect(folio.get_by_role("alert")).to_contain_text("2.5")


def test_on_a_phone_why_is_a_sheet_and_what_is_folded_is_behind_more(
    browser: Browser, portfolio_desk: StartedDesk, household: Household, watched: Watched
):
    with window(browser, portfolio_desk.address, watched, PHONE) as page:
        page.goto(household.path)
        rail = page.get_by_role("navigation", name="Pages", exact=True)
        expect(rail.get_by_role("link")).to_have_count(4)
        page.locator("dl").first.get_by_role("link", name=re.compile(", Value: why")).click()
        panel = page.get_by_role("region", name=re.compile("^Why this number"))
        expect(panel.get_by_role("listitem").first).to_be_visible()
        box = panel.bounding_box() or {}
        assert box["width"] == PHONE[0]
        assert box["y"] >= PHONE[1] * 0.2
        panel.get_by_role("button", name="Close").click()
        rail.get_by_role("button", name="More").click()
        rail.get_by_role("link", name="Sources").click()
        expect(page).to_have_url(re.compile("/sources$"))
        expect(rail.get_by_role("button", name="More")).to_have_attribute("aria-current", "true")


@pytest.mark.parametrize("width", [360, 390])
def test_the_months_of_a_year_and_long_names_fit_on_a_phone(
    browser: Browser, portfolio_desk: StartedDesk, watched: Watched, width: int
):
    item = {"name": f"House by the lake, in which nobody has lived for {width} years", "currency": "USD"}
    own = call(portfolio_desk.address, "POST", "items", json=item | {"type": "other"})["instrument"]
    thirteen = Household.make(portfolio_desk.address, f"Thirteen months at {width}")
    today = days_ago(0)
    year = (today - today.replace(year=today.year - 1, day=1)).days
    thirteen.add("interest", year, cash="10")
    thirteen.add("interest", 0, cash="20")
    thirteen.add("buy", year, instrument=own, quantity="1", price="2000000", cash="-2000000")
    with window(browser, portfolio_desk.address, watched, (width, 800)) as page:
        page.goto(f"{thirteen.path}/income?range=Max")
        expect(page.get_by_role("application", name=re.compile("^Income by month"))).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.goto(thirteen.path)
        expect(page.get_by_role("table", name="Positions")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        chooser = page.get_by_role("combobox", name="Portfolio").bounding_box() or {}
        assert (page.get_by_role("button", name="Transaction").bounding_box() or {})["y"] == chooser["y"]
        card = page.locator("tbody tr").filter(has_text=item["name"])
        expect(card).to_contain_text("1, price none")
        assert (card.bounding_box() or {})["height"] <= 2 * 44
        page.set_viewport_size({"width": 1440, "height": 900})
        cell = page.locator("tbody td:first-child").filter(has_text=item["name"])
        name = cell.get_by_role("link", name=item["name"], exact=True).bounding_box() or {}
        box = cell.bounding_box() or {}
        assert name["x"] + name["width"] <= box["x"] + box["width"]
    thirteen.remove(f"Thirteen months at {width}")


SEEN = {
    "": lambda page: page.get_by_role("table", name="Positions"),
    "?why=twr&range=3M": lambda page: page.get_by_role("heading", name="Method"),
    "?look=return&view=table": lambda page: page.get_by_role("table", name="Value of Household by day"),
    "?settings=": lambda page: page.get_by_label("Name of Pension"),
    "/position/QUORB?range=Max": lambda page: page.get_by_role("table", name="Lots sold"),
    "/activity": lambda page: page.get_by_role("table", name="Transactions"),
    "/activity?add=buy": lambda page: page.get_by_role("heading", name="New transaction"),
    "/activity?q=nothing": lambda page: page.get_by_role("heading", name="No transaction is like that"),
    "/income": lambda page: page.get_by_role("table", name="Payments"),
    "/income?range=Max": lambda page: page.get_by_role("table", name="Income by instrument"),
    "/allocation?show=instrument": lambda page: page.get_by_role("application"),
    "/allocation?show=sector&open=Technology": lambda page: page.get_by_role("link", name="Say what QUORB is"),
    "/allocation?facts=QUORB": lambda page: page.get_by_label("Sector"),
    "/checks": lambda page: page.get_by_role("table", name=re.compile("^Checks of")),
    "/import": lambda page: page.get_by_label("Choose a file, or drop it here"),
}


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_no_page_of_a_portfolio_breaks_a_rule_of_accessibility_or_is_wider_than_its_window(
    browser: Browser, portfolio_desk: StartedDesk, household: Household, watched: Watched, size: tuple[int, int]
):
    with window(browser, portfolio_desk.address, watched, size) as page:
        for path, sign in SEEN.items():
            page.goto(f"{household.path}{path}")
            expect(sign(page).first).to_be_visible()
            expect(page.locator(SETTLED)).to_have_count(0)
            assert_lawful(page)


@pytest.mark.parametrize("path", ["", "/position/QUORB", "/allocation"])
def test_what_a_page_of_a_portfolio_needs_to_stand_is_light(folio: Page, household: Household, path: str):
    scripts: list[Response] = []
    folio.on("response", lambda response: scripts.append(response) if response.url.endswith(".js") else None)
    folio.add_init_script(f"const later = setTimeout; setTimeout = (act, ms) => ms > {AHEAD_MS} ? 0 : later(act, ms)")
    folio.goto(f"{household.path}{path}")
    expect(folio.get_by_role("application")).to_be_visible()
    sizes = {response.url: len(gzip.compress(response.body())) for response in scripts}
    assert len(sizes) >= 3
    assert sum(sizes.values()) <= MOST_JAVASCRIPT, sizes
