"""A page on a screen, as somebody looks at it: what it must not do is noticed, wherever a test goes with it."""

from typing import Any, Literal

from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response, ViewportSize, expect

Theme = Literal["light", "dark"]

PHONE, DESKTOP = 360, 1280
"""Widths of screens, in pixels."""

_HEIGHTS = {PHONE: 740, DESKTOP: 800}
_TELL_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", event =>
    console.error(`policy violated: ${event.effectiveDirective} by ${event.blockedURI}`));
"""
_WEIGHT = """() => [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
    .filter(entry => entry.initiatorType !== "img")
    .reduce((sum, entry) => sum + entry.encodedBodySize, 0)"""
_OVERHANG = "() => document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"
# All that is on by itself, and how large targets are.
_ALL_RULES = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
_COLOURS = {"resultTypes": ["violations"], "runOnly": ["color-contrast", "link-in-text-block"]}


class Screen:
    """
    A page, and what was wrong with it so far.

    Attributes:
        page: The page, for whatever a test does with it.
        faults: What no page may do: errors in the console, requests to others, violations of the policy, and answers
            that refuse unless the test said that one would come.
    """

    def __init__(self, context: BrowserContext, url: str) -> None:
        self._url = url
        self._refusals: set[int] = set()
        self.faults: list[str] = []
        context.add_init_script(_TELL_VIOLATIONS)
        context.on("console", self._hear)
        context.on("weberror", lambda error: self.faults.append(f"error of a script: {error.error}"))
        context.on("request", self._see_request)
        context.on("response", self._see_response)
        self.page: Page = context.new_page()

    def expect_refusal(self, status: int) -> None:
        """From now on answers with this *status*, such as 422, are no fault."""
        self._refusals.add(status)

    def go(self, path: str) -> None:
        """Go to an address of the site, and wait until all of the page is there."""
        self.page.goto(self.url(path))
        self.settle()

    def url(self, path: str) -> str:
        """Return the whole address of a page of the site."""
        return self._url + path

    def settle(self) -> None:
        """Wait until no script waits for a part of the page."""
        expect(self.page.locator(".htmx-request")).to_have_count(0)

    def show(self, *, theme: Theme | None = None, width: int | None = None) -> None:
        """Show the page that is there in other colours, or on a screen of another width."""
        if theme is not None:
            self.page.emulate_media(color_scheme=theme)
        if width is not None:
            self.page.set_viewport_size(size(width))

    def check_accessible(self) -> None:
        """Check that axe-core finds nothing, of all that it knows, and that nothing stands out to the right."""
        self._check(_ALL_RULES)
        overhang = self.page.evaluate(_OVERHANG)
        assert overhang == 0, f"{self.page.url} is {overhang} pixels wider than the screen"

    def check_colours(self) -> None:
        """Check contrasts alone, after colours have changed and nothing else."""
        self._check(_COLOURS)

    def _check(self, options: dict[str, Any]) -> None:
        if not self.page.evaluate("() => 'axe' in window"):
            self.page.evaluate(AXE_SCRIPT)
        found = AxeResults(self.page.evaluate("options => axe.run(options)", options))
        assert found.violations_count == 0, f"{self.page.url}: {found.generate_report()}"

    def weight(self) -> int:
        """Return how many bytes the page and all that it needs take on the wire, without images."""
        weight: int = self.page.evaluate(_WEIGHT)
        return weight

    def _hear(self, message: ConsoleMessage) -> None:
        # What could not be loaded is told by its answer.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.faults.append(f"error in the console of {message.location.get('url')}: {message.text}")

    def _see_request(self, request: Request) -> None:
        if not request.url.startswith((f"{self._url}/", "blob:")):
            self.faults.append(f"request to another host: {request.url}")

    def _see_response(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self._refusals:
            self.faults.append(f"answer {response.status} to {response.request.method} {response.url}")


def shown(*, theme: Theme, width: int, language: str, zone: str, javascript: bool) -> dict[str, Any]:
    """Return what makes a context of a browser a reader's: arguments of `Browser.new_context`."""
    return {
        "color_scheme": theme,
        "has_touch": width == PHONE,
        "is_mobile": width == PHONE,
        "java_script_enabled": javascript,
        "locale": language,
        "reduced_motion": "reduce",
        "timezone_id": zone,
        "viewport": size(width),
    }


def size(width: int) -> ViewportSize:
    """Return the size of a screen of this width."""
    return {"width": width, "height": _HEIGHTS.get(width, _HEIGHTS[DESKTOP])}
