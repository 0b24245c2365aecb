"""From Today to what it counts, and to who did what in the log."""

import re

from playwright.sync_api import Download, expect

from browser.conftest import OpenAs
from browser.screen import PHONE
from browser.site import Site
from pywats_server.services import assets, messages
from pywats_server.services.identify import AssetRef
from pywats_server.services.session import Role


def test_viewer_sees_what_is_due_and_opens_what_a_bar_stands_for(open_as: OpenAs) -> None:
    screen = open_as(Role.VIEWER, "/", theme="dark", width=PHONE)
    page = screen.page
    expect(page.locator(".weeks .chart")).to_be_visible()
    expect(page.locator(".locations table")).to_be_visible()
    page.get_by_text("The same as a table").click()
    screen.check_accessible()

    told = page.get_by_role("region", name="Due by week").get_by_role("link").first.inner_text()
    page.locator(".chart-plot a").first.click()
    screen.settle()
    expect(page).to_have_url(re.compile(r"/assets\?filter="))
    expect(page.locator("main tbody tr")).to_have_count(int(told))

    screen.go("/")
    overdue = page.locator(".counter", has_text="Overdue")
    number = int(overdue.locator("b").inner_text())
    overdue.click()
    screen.settle()
    expect(page.locator("main tbody tr")).to_have_count(number)


def test_manager_finds_out_who_did_what_and_takes_it_along(open_as: OpenAs, site: Site) -> None:
    site.write(assets.delete_asset, AssetRef(serial_number="CABLE-001"))
    site.write(messages.post_message, AssetRef(serial_number="DMM-001"), "Display flickers", "K. Nordmann")
    screen = open_as(Role.MANAGER, "/")
    page = screen.page
    expect(page.locator(".entries > li").first).to_contain_text("Display flickers")
    page.get_by_role("link", name="All events").click()

    page.get_by_label("Who").fill("nordmann")
    page.get_by_label("Message", exact=True).check()
    screen.settle()
    expect(page).to_have_url(screen.url("/log?who=nordmann&kind=message"))
    expect(page.locator(".entries > li")).to_have_count(1)
    screen.check_accessible()

    page.get_by_label("Serial number").fill("DMM-1")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("alert").filter(has_text="There is no asset")).to_be_visible()
    page.get_by_label("Serial number").fill("DMM-001")
    page.get_by_role("button", name="Show").click()
    screen.settle()
    with page.expect_download() as downloading:
        page.get_by_role("link", name="CSV").click()
    assert lines_of(downloading.value)[1].count("K. Nordmann") == 1

    page.get_by_role("link", name="Everything else").click()
    page.get_by_label("Types").check()
    screen.settle()
    expect(page.locator(".entries > li").first).to_contain_text("Created")
    screen.check_accessible()

    page.get_by_role("link", name="Deleted assets").click()
    page.get_by_role("link", name="CABLE-001").click()
    expect(page.locator(".entries > li").first).to_contain_text("Deleted")
    screen.check_accessible()


def lines_of(download: Download) -> list[str]:
    """Return the lines of a file that was taken along."""
    return download.path().read_text("utf-8-sig").splitlines()
