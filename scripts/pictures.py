"""Makes the pictures of the pages for the documentation, from the demo factory at a fixed moment."""

import base64
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser

from browser.chromium import chromium
from browser.screen import DESKTOP, PHONE, Screen, Theme, shown
from browser.site import Site, serving, stock_in
from pywats_server.services.session import Role

IMAGES = Path(__file__).parent.parent / "docs" / "images"
SIZES = {"desktop": DESKTOP, "phone": PHONE}
THEMES: tuple[Theme, ...] = ("light", "dark")
FIRST = "today"
"""The page that is shown in every way; the others by day at a desk, and in the dark on a phone."""

PAGES = {
    "today": "/",
    "assets": "/assets?alarm=warning&alarm=alarm",
    "asset": "/s/CABLE-010",
    "tree": "/tree",
    "types": "/types",
    "log": "/log",
    "labels": "/labels?alarm=alarm",
    "bench": "/bench?scan=CABLE-010",
}
_MOST_BYTES = 150_000
_QUALITY = 75
# What loads after the page is further down on a phone.
_HEIGHTS = {"desktop": 1300, "phone": 900}


def main() -> None:
    """Make every picture anew, and remove those of pages that are no more."""
    IMAGES.mkdir(exist_ok=True)
    for old in IMAGES.glob("*.webp"):
        old.unlink()
    with TemporaryDirectory() as folder, chromium() as browser:
        stock = stock_in(Path(folder))
        with serving(stock, Path(folder)) as fresh:
            site = fresh()
            for name, picture in _pictures(browser, site):
                assert len(picture) < _MOST_BYTES, f"{name} has {len(picture)} bytes"
                (IMAGES / name).write_bytes(picture)
                print(f"{name}: {len(picture) // 1000} kB")


def _pictures(browser: Browser, site: Site) -> Iterator[tuple[str, bytes]]:
    for size, width in SIZES.items():
        for theme in THEMES:
            context = browser.new_context(
                **shown(theme=theme, width=width, language="en", zone="Europe/Oslo", javascript=True)
            )
            context.add_cookies([{"name": "pywats_session", "value": site.secrets[Role.MANAGER], "url": site.url}])
            screen = Screen(context, site.url)
            screen.page.set_viewport_size({"width": width, "height": _HEIGHTS[size]})
            for name, address in PAGES.items():
                if name == FIRST or (size == "phone") == (theme == "dark"):
                    screen.go(address)
                    yield f"{name}-{size}-{theme}.webp", _picture(screen)
            assert not screen.faults, screen.faults
            context.close()


def _picture(screen: Screen) -> bytes:
    # Playwright itself makes no WebP, which takes a third of the bytes of PNG.
    session = screen.page.context.new_cdp_session(screen.page)
    whole = {"x": 0, "y": 0, "scale": 1, "width": screen.page.evaluate("innerWidth"), "height": _height(screen)}
    taken = session.send("Page.captureScreenshot", {"format": "webp", "quality": _QUALITY, "clip": whole})
    session.detach()
    return base64.b64decode(taken["data"])


def _height(screen: Screen) -> int:
    """Return how much of the screen the page takes, in pixels."""
    height: int = screen.page.evaluate("Math.min(innerHeight, document.querySelector('main').scrollHeight + 100)")
    return height


if __name__ == "__main__":
    main()
