"""What no page may do is noticed, as every other test here relies on."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Route

from browser.screen import Screen
from pywats_server.pages.security import POLICY

_URL = "http://site.invalid"


@pytest.fixture
def screen(browser: Browser) -> Iterator[Screen]:
    """A screen on a site that is made up."""
    with browser.new_context() as context:
        yield Screen(context, _URL)


def show(screen: Screen, body: str, status: int = 200) -> None:
    """Show a page of this body under the policy of all pages."""

    def answer(route: Route) -> None:
        own = route.request.url == f"{_URL}/"
        html = f'<!doctype html><html lang="en"><title>Made up</title><main><h1>Made up</h1>{body}</main>'
        route.fulfill(status=status, body=html if own else "", headers={"Content-Security-Policy": POLICY})

    screen.page.route("**/*", answer)
    screen.go("/")


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("<script>1</script>", "policy violated: script-src-elem"),
        ("<p style='color: red'>!</p>", "policy violated: style-src-attr"),
        ("<img alt='' src='data:image/png;base64,AA'>", "policy violated: img-src"),
    ],
    ids=["script", "style", "data"],
)
def test_fault_of_a_page_is_noticed(screen: Screen, body: str, fault: str) -> None:
    show(screen, body)

    assert fault in " ".join(screen.faults)


def test_request_to_another_host_is_noticed(screen: Screen) -> None:
    show(screen, "<a href='http://other.invalid/'>Away</a>")

    screen.page.get_by_role("link").click()

    assert screen.faults == ["request to another host: http://other.invalid/"]


def test_refusal_is_a_fault_unless_it_is_expected(screen: Screen) -> None:
    show(screen, "", 500)
    assert screen.faults == [f"answer 500 to GET {_URL}/"]
    screen.faults.clear()

    screen.expect_refusal(500)
    show(screen, "", 500)
    assert screen.faults == []


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ("<input>", "label"),
        ("<p><a href='/1'>1</a><a href='/2'>2</a></p>", "target-size"),
        ("<pre>" + 400 * "w" + "</pre>", "wider than the screen"),
    ],
    ids=["no label", "small targets", "too wide"],
)
def test_page_that_some_cannot_use_is_noticed(screen: Screen, body: str, wrong: str) -> None:
    show(screen, body)

    with pytest.raises(AssertionError, match=wrong):
        screen.check_accessible()


def test_page_without_fault_passes_and_has_its_weight(screen: Screen) -> None:
    show(screen, "<p>Nothing is wrong here.</p>")

    screen.check_accessible()
    assert screen.faults == []
    assert 100 < screen.weight() < 500
