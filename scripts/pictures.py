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
PAGES = {
    "today": "/",
    "assets": "/assets?due=90",
    "asset": "/s/DMM-001",
    "tree": "/tree",
    "types": "/types",
    "log": "/log",
    "labels": "/labels",
    "bench": "/bench?q=DMM-001",
}
_MOST_BYTES = 150_000
_QUALITY = 80
# What loads after the page is further down on a phone.
_HEIGHTS = {"desktop": 1200, "phone": 900}


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
                screen.go(address)
                yield f"{name}-{size}-{theme}.webp", _picture(screen)
            assert not screen.faults, screen.faults
            context.close()


def _picture(screen: Screen) -> bytes:
    # Playwright itself makes no WebP, which takes a third of the bytes of PNG.
    session = screen.page.context.new_cdp_session(screen.page)
    taken = session.send("Page.captureScreenshot", {"format": "webp", "quality": _QUALITY})
    session.detach()
    return base64.b64decode(taken["data"])


if __name__ == "__main__":
    main()
