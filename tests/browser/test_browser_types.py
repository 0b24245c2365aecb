"""Asset types in a browser: what a change would do is told while it is typed, and it can be had without a script."""

import re

from playwright.sync_api import Page, expect

from browser.conftest import OpenAs
from browser.screen import PHONE
from pywats_server.services.session import Role


def difference(page: Page, level: str) -> str:
    """How many more assets would be in an alarm state, as the preview says."""
    row = page.locator("#preview tbody tr").filter(has_text=level)
    return row.locator("td").last.inner_text()


def test_manager_sees_what_a_change_would_do_while_typing_and_saves_it(open_as: OpenAs) -> None:
    screen = open_as(Role.MANAGER, "/types", theme="dark")
    page = screen.page
    page.get_by_label("Name").fill("multi")
    screen.settle()
    screen.check_accessible()
    page.get_by_role("link", name="Digital Multimeter").click()

    days = page.get_by_label("Calibration is due: days")
    days.fill("90")
    expect(page.locator("#preview")).to_contain_text("would change their status")
    assert difference(page, "Alarm").startswith("+")
    screen.check_accessible()

    days.fill("0")
    expect(page.locator("#preview .refusal")).to_contain_text("Give a number of days above 0")
    page.get_by_label("Calibration is due", exact=True).select_option("unlimited")
    expect(days).to_be_hidden()
    expect(page.locator("#preview tbody")).to_be_visible()
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".notice")).to_have_text("The type Digital Multimeter was saved.")
    expect(page.locator(".entry").first).to_contain_text("Calibration interval changed from 365 to Unlimited")
    screen.check_accessible()


def test_manager_previews_on_a_phone_without_a_script(open_as: OpenAs) -> None:
    screen = open_as(Role.MANAGER, "/types", width=PHONE, javascript=False)
    page = screen.page
    page.get_by_role("link", name="RF Cable").click()
    page.get_by_label("Uses since the last reset: uses").fill("10")
    page.get_by_role("button", name="Preview").click()
    expect(page).to_have_url(re.compile("/preview$"))
    assert difference(page, "Alarm").startswith("+")
    expect(page.get_by_label("Uses since the last reset: uses")).to_have_value("10")
