"""Which Chromium shows the pages to the tests, and how it is started."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import platformdirs
from playwright.sync_api import Browser, sync_playwright

VARIABLE = "PLAYWRIGHT_CHROMIUM"
_SYSTEM = Path("/usr/bin/chromium")
# It would look for updates and for its maker's other services, which are no part of what is tested.
_ON_ITS_OWN = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
)


class NoChromium(Exception):
    """There is no Chromium; the message says how to get one."""


def find() -> Path:
    """
    Return the program: the one that is named, the system's, or the one that `scripts/browser` brought.

    Raises:
        NoChromium: There is none of these.
    """
    named = os.environ.get(VARIABLE)
    if named:
        if not Path(named).is_file():
            raise NoChromium(f"{VARIABLE} names {named}, which is no file")
        return Path(named)
    brought = sorted((platformdirs.user_cache_path("pywats-tests")).glob("chromium-*/run"))
    for program in (_SYSTEM, *reversed(brought)):
        if program.is_file():
            return program
    raise NoChromium(f"there is no Chromium: run scripts/browser, install {_SYSTEM}, or name one in {VARIABLE}")


@contextmanager
def chromium() -> Iterator[Browser]:
    """
    Run a Chromium without a screen.

    Raises:
        NoChromium: There is none.
    """
    program = find()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=_ON_ITS_OWN)
        yield browser
        browser.close()
