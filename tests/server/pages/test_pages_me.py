"""One's own settings: language, time zone, colours, and being signed in elsewhere."""

import pytest

from pywats_server.services.session import Role
from server.pages.conftest import Browser, Page, Site

FORM = 'form[action="/me"]'


def save(browser: Browser, **choices: str) -> Page:
    return browser.send(browser.get("/me"), FORM, choices)


@pytest.mark.parametrize("role", Role)
def test_everybody_reads_who_they_are(site: Site, role: Role) -> None:
    page = site.sign_in(role).get("/me")
    facts = [" ".join(fact.get_text(" ").split()) for fact in page.all("dl.facts dd")]
    assert facts[0] == role.value
    assert facts[1].startswith(role.value.capitalize())
    assert facts[2] == "a password"


def test_holder_of_a_token_has_no_password_to_change(site: Site) -> None:
    browser = site.stranger()
    token = site.api(Role.VIEWER)["Authorization"].removeprefix("Basic ")
    browser.send(browser.get("/sign-in"), "#by-token", {"token": token})
    page = browser.get("/me")
    assert "a token" in page.text
    assert not page.all('main a[href="/password"]')


def test_choices_are_kept_by_the_browser(site: Site) -> None:
    browser = site.sign_in(Role.VIEWER)
    page = save(browser, language="de", zone="Asia/Tokyo", theme="dark")
    assert page.notice
    html = page.one("html")
    assert (html["lang"], html["data-theme"]) == ("de", "dark")
    assert "Asia/Tokyo" in page.one("#zone-now").get_text()
    assert page.fields(FORM).items() >= {"language": "de", "zone": "Asia/Tokyo", "theme": "dark"}.items()


def test_choices_are_taken_back(site: Site) -> None:
    browser = site.sign_in(Role.VIEWER)
    save(browser, language="de", zone="Asia/Tokyo", theme="dark")
    page = save(browser, language="", zone="", theme="system")
    html = page.one("html")
    assert (html["lang"], html.get("data-theme")) == ("en", None)
    assert "UTC" in page.one("#zone-now").get_text()


def test_zone_of_the_browser_serves_until_one_is_chosen(site: Site) -> None:
    browser = site.sign_in(Role.VIEWER)
    browser.client.cookies.set("browser-zone", "Europe/Oslo")
    assert "Europe/Oslo" in browser.get("/me").one("#zone-now").get_text()
    assert "Asia/Tokyo" in save(browser, zone="Asia/Tokyo").one("#zone-now").get_text()


def test_choices_that_there_are_not_count_for_nothing(site: Site) -> None:
    browser = site.sign_in(Role.VIEWER)
    page = save(browser, language="tlh", zone="../../etc/passwd", theme='"><script>')
    assert page.status == 200
    assert page.one("html")["lang"] == "en"
    assert "UTC" in page.one("#zone-now").get_text()


@pytest.mark.parametrize("address", ["/me", "/me/sign-out-elsewhere"])
def test_form_of_another_site_is_refused(site: Site, address: str) -> None:
    assert site.sign_in(Role.VIEWER).post_as_stranger(address, {"language": "de"}).status == 403


def test_person_is_signed_out_everywhere_else(site: Site) -> None:
    here, *elsewhere = [site.sign_in(Role.VIEWER) for _ in range(3)]
    other = site.sign_in(Role.OPERATOR)
    form = 'form[action="/me/sign-out-elsewhere"]'
    page = here.send(here.get("/me"), form)
    assert page.notice == "You are signed out in 2 other places."
    assert [browser.get("/me").address for browser in elsewhere] == ["/sign-in?next=/me"] * 2
    assert other.get("/me").address == "/me"
    assert here.send(here.get("/me"), form).notice == "You were signed in nowhere else."
