"""The tree in a browser: by keyboard alone, by drag, and as the server sees it in the end."""

import re

from playwright.sync_api import Locator, expect

from browser.conftest import OpenAs
from browser.screen import PHONE, Screen
from browser.site import Site
from pywats_server.services.reading import get_asset
from pywats_server.services.session import Role


def item(screen: Screen, serial: str) -> Locator:
    """The place of an asset in the tree."""
    return screen.page.locator(f'[role="treeitem"][data-serial="{serial}"]')


def line(screen: Screen, serial: str) -> Locator:
    """What is seen of an asset in the tree, without what is below it."""
    return item(screen, serial).locator(":scope > .line")


def parent(site: Site, serial: str) -> object:
    return site.read(get_asset, serial).document["parentSerialNumber"]


def test_manager_moves_an_asset_by_keyboard_and_back(open_as: OpenAs, site: Site) -> None:
    screen = open_as(Role.MANAGER, "/tree", theme="dark")
    keys, notices = screen.page.keyboard, screen.page.locator("#notices")

    item(screen, "BENCH-A1").focus()
    for key, focused in (
        ("End", "loose"),
        ("ArrowUp", "L4-ST6"),
        ("Home", "BENCH-A1"),
        ("ArrowDown", "BENCH-A2"),
        ("ArrowUp", "BENCH-A1"),
    ):
        keys.press(key)
        expect(item(screen, "" if focused == "loose" else focused)).to_be_focused()
    keys.type("L2-ST3")
    expect(item(screen, "L2-ST3")).to_be_focused()
    keys.press("Home")
    keys.press("ArrowRight")
    expect(item(screen, "BENCH-A1")).to_have_attribute("aria-expanded", "true")
    keys.press("ArrowRight")
    expect(item(screen, "DMM-001")).to_be_focused()
    screen.check_accessible()

    keys.press("x")
    expect(screen.page.get_by_text("Cut: DMM-001.")).to_be_attached()
    keys.press("ArrowLeft")
    keys.press("ArrowLeft")
    expect(item(screen, "BENCH-A1")).to_have_attribute("aria-expanded", "false")
    keys.press("ArrowDown")
    keys.press("v")
    expect(notices).to_contain_text("DMM-001 is mounted in BENCH-A2 now.")
    expect(item(screen, "DMM-001")).to_be_focused()
    expect(screen.page).to_have_url(re.compile("/tree\\?open="))
    screen.check_accessible()
    assert parent(site, "DMM-001") == "BENCH-A2"

    screen.page.get_by_role("button", name="Move it back").click()
    expect(notices).to_contain_text("DMM-001 is mounted in BENCH-A1 now.")
    assert parent(site, "DMM-001") == "BENCH-A1"


def test_manager_drags_assets_and_is_told_what_cannot_be(open_as: OpenAs, site: Site) -> None:
    screen = open_as(Role.MANAGER, "/tree?q=SA-001")
    expect(item(screen, "SA-001")).to_be_focused()
    expect(item(screen, "SA-001")).to_have_attribute("aria-expanded", "true")

    screen.expect_refusal(422)
    line(screen, "BENCH-A1").drag_to(line(screen, "SA-001"))
    refusal = screen.page.get_by_role("alert")
    expect(refusal).to_contain_text("'SA-001' cannot be the parent of 'BENCH-A1'")
    assert parent(site, "BENCH-A1") is None

    line(screen, "SA-001").drag_to(line(screen, "BENCH-B3"))
    expect(screen.page.locator("#notices")).to_contain_text("SA-001 is mounted in BENCH-B3 now.")
    expect(refusal).to_be_empty()
    expect(item(screen, "BENCH-B3").locator('[data-serial="SA-001"]')).to_be_focused()
    assert parent(site, "SA-001") == "BENCH-B3"


def test_viewer_opens_the_tree_with_a_thumb_and_moves_nothing(open_as: OpenAs) -> None:
    screen = open_as(Role.VIEWER, "/tree", width=PHONE)
    line(screen, "BENCH-A1").locator(".toggle").tap()
    expect(item(screen, "DMM-001")).to_be_visible()
    expect(screen.page.get_by_text("Move …")).to_have_count(0)
    expect(item(screen, "DMM-001")).not_to_have_attribute("draggable", "true")
    screen.check_accessible()
