"""Looking through the list of assets, and doing the same with several."""

import re

from playwright.sync_api import expect

from browser.conftest import OpenAs
from browser.screen import PHONE
from pywats_server.services.session import Role


def test_technician_finds_assets_by_typing_and_calibrates_some_by_keyboard(open_as: OpenAs) -> None:
    screen = open_as(Role.OPERATOR, "/assets")
    page = screen.page
    rows = page.locator(".assets tbody tr")
    expect(rows).to_have_count(50)

    page.keyboard.press("/")
    page.keyboard.type("rf cable")
    expect(page.get_by_role("status").filter(has_text="assets")).to_have_text(re.compile(r"\b\d\d assets"))
    expect(page).to_have_url(screen.url("/assets?q=rf+cable"))
    expect(rows.first).to_contain_text("CABLE-001")
    screen.check_accessible()

    page.get_by_role("searchbox").blur()
    for key in ("j", "x", "j", "j", "x", "k"):
        page.keyboard.press(key)
    expect(page.get_by_text("Selected: 2")).to_be_visible()
    expect(page.get_by_role("link", name="CABLE-002")).to_be_focused()
    screen.check_accessible()
    page.get_by_role("button", name="Calibrate").click()
    expect(page.get_by_text("This is about 2 assets.")).to_be_visible()
    page.get_by_label("Comment").fill("All of a drawer")
    screen.check_accessible()
    page.get_by_role("button", name="Calibrate").click()
    expect(page.locator("#notices")).to_have_text("Done for 2 assets.")
    expect(page).to_have_url(screen.url("/assets?q=rf+cable"))

    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("CABLE-001")


def test_manager_narrows_the_list_on_a_phone_and_saves_it_for_all(open_as: OpenAs) -> None:
    screen = open_as(Role.MANAGER, "/assets", theme="dark", width=PHONE)
    page = screen.page
    page.locator("summary", has_text="Status").tap()
    page.get_by_label("Alarm").check()
    expect(page).to_have_url(screen.url("/assets?alarm=alarm"))
    expect(page.get_by_role("link", name="Status Alarm")).to_be_visible()
    screen.check_accessible()

    page.get_by_text("More filters").tap()
    page.get_by_label("Filter in OData").fill("stat eq 1")
    expect(page.locator("#filter-fault mark")).to_have_text("s")
    screen.check_accessible()
    page.get_by_label("Filter in OData").fill("state eq 1")
    expect(page.locator("#filter-fault mark")).to_have_count(0)
    expect(page.locator(".assets tbody tr").first).to_be_visible()

    page.keyboard.press("Escape")
    page.locator("h1").tap()
    page.locator("summary", has_text="Save view").tap()
    page.get_by_role("textbox", name="Name").fill("In alarm, in use")
    page.get_by_label("Everybody sees it").check()
    screen.check_accessible()
    page.get_by_role("button", name="Save view").tap()
    expect(page.get_by_role("heading", level=1)).to_have_text("In alarm, in use")
    screen.check_accessible()

    viewer = open_as(Role.VIEWER, "/assets", javascript=False)
    viewer.page.get_by_role("link", name="In alarm, in use").click()
    expect(viewer.page.get_by_role("heading", level=1)).to_have_text("In alarm, in use")
    expect(viewer.page.get_by_role("link", name="Status Alarm")).to_be_visible()
