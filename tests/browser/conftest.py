"""
Pages in a real Chromium, on a real server with the demo factory.

    def test_technician_finds_an_asset(open_as: OpenAs) -> None:
        screen = open_as(Role.OPERATOR, "/assets", theme="dark", width=PHONE)
        screen.page.get_by_label("Search").fill("DMM")
        screen.settle()
        expect(screen.page.get_by_role("link", name="DMM-001")).to_be_visible()
        screen.check_accessible()
"""

import os
from collections.abc import Callable, Iterator
from typing import Protocol

import pytest
from playwright.sync_api import Browser

from browser.chromium import NoChromium, chromium
from browser.screen import DESKTOP, Screen, Theme, shown
from browser.site import Site, Stock, serving, stock_in
from pywats_server.services.session import Role


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """A Chromium for all tests of this folder. While it runs there can be no other event loop, so not for all tests."""
    try:
        with chromium() as started:
            yield started
    except NoChromium as reason:
        pytest.fail(str(reason)) if os.environ.get("CI") else pytest.skip(str(reason))


@pytest.fixture(scope="session")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Stock:
    """The demo factory, made once."""
    return stock_in(tmp_path_factory.mktemp("stock"))


@pytest.fixture(scope="package")
def sites(stock: Stock, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Site]]:
    """Makes sites behind one address, which started once."""
    with serving(stock, tmp_path_factory.mktemp("sites")) as fresh:
        yield fresh


@pytest.fixture
def site(browser: Browser, sites: Callable[[], Site]) -> Site:
    """A server with the demo factory of its own. Without a browser nobody needs it."""
    return sites()


class OpenAs(Protocol):
    """Opens a page in a browser of somebody's own."""

    def __call__(
        self,
        role: Role | None,
        path: str = "/",
        *,
        theme: Theme = "light",
        width: int = DESKTOP,
        language: str = "en",
        zone: str = "Europe/Oslo",
        javascript: bool = True,
    ) -> Screen:
        """
        Open the page at *path*.

        Args:
            role: Of who is signed in; None for nobody.
            theme: What the reader's system prefers: `light` or `dark`.
            width: Of the screen, in pixels; `PHONE` is one that is touched.
        """
        ...


@pytest.fixture
def open_as(browser: Browser, site: Site) -> Iterator[OpenAs]:
    """Opens pages; what was wrong with any of them fails the test at its end."""
    screens: list[Screen] = []

    def open_page(
        role: Role | None,
        path: str = "/",
        *,
        theme: Theme = "light",
        width: int = DESKTOP,
        language: str = "en",
        zone: str = "Europe/Oslo",
        javascript: bool = True,
    ) -> Screen:
        context = browser.new_context(
            **shown(theme=theme, width=width, language=language, zone=zone, javascript=javascript)
        )
        context.set_default_timeout(15_000)
        if role is not None:
            context.add_cookies([{"name": "pywats_session", "value": site.secrets[role], "url": site.url}])
        screens.append(Screen(context, site.url))
        screens[-1].go(path)
        return screens[-1]

    yield open_page
    for screen in screens:
        screen.page.context.close()
    assert [fault for screen in screens for fault in screen.faults] == []
