"""Every main page, as each role, in light and dark, on a desk and on a phone."""

from urllib.parse import urlsplit

import pytest

from browser.conftest import OpenAs
from browser.screen import DESKTOP, PHONE, Screen
from browser.site import Site
from pywats_server.odata.query import Query
from pywats_server.services import types
from pywats_server.services.session import Role

_MOST_BYTES = 150_000


def pages_of(screen: Screen, site: Site) -> list[str]:
    """Return the addresses that the bar offers, and those of one type and of one asset."""
    offered = [link.get_attribute("href") or "" for link in screen.page.locator("header nav a").all()]
    one_type, *_ = site.read(types.list_types, Query())
    screen.go("/s/DMM-001")
    return [*offered, "/me", f"/types/{one_type['typeId']}", urlsplit(screen.page.url).path]


@pytest.mark.parametrize("role", Role)
def test_every_page_is_light_and_accessible_in_all_colours_and_sizes(open_as: OpenAs, site: Site, role: Role) -> None:
    screen = open_as(role, "/me")

    for path in pages_of(screen, site):
        screen.show(theme="light", width=DESKTOP)
        screen.go(path)
        screen.check_accessible()
        assert screen.weight() < _MOST_BYTES, path
        screen.show(theme="dark", width=PHONE)
        screen.check_accessible()
        # Colours do not depend on the role, and whoever may do all is shown all of them.
        if role is Role.ADMINISTRATOR:
            screen.show(theme="light")
            screen.check_colours()
            screen.show(theme="dark", width=DESKTOP)
            screen.check_colours()
