"""What holds for every page: signing in, proofs of origin, headers, errors as pages."""

from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

from pywats_server.pages import security
from pywats_server.services import passwords, users
from pywats_server.services.session import Role
from server.pages.conftest import Browser, Page, Site

PASSWORD = "correct horse battery staple"


def _add(site: Site, name: str = "Kari", *, must_change_password: bool = False) -> None:
    hashed = site.run(passwords.hashed, PASSWORD, name)
    site.write(users.add_user, name, Role.OPERATOR, hashed, must_change_password=must_change_password)


def _sign_in(browser: Browser, address: str = "/sign-in", **fields: str) -> Page:
    return browser.send(browser.get(address), "#by-password", {"name": "Kari", "password": PASSWORD} | fields)


def test_page_for_nobody_asks_to_sign_in_and_leads_back(site: Site) -> None:
    _add(site)
    browser = site.stranger()
    asked = browser.get("/password?a=b")
    assert asked.address == "/sign-in?next=" + quote("/password?a=b", safe="/")
    assert _sign_in(browser, asked.address).address == "/password?a=b"


def test_signing_in_with_a_password_opens_the_pages(site: Site) -> None:
    _add(site)
    browser = site.stranger()
    page = _sign_in(browser)
    assert (page.status, page.address) == (200, "/")
    assert page.one(".menu summary").get_text(strip=True) == "Kari"
    cookie = next(cookie for cookie in browser.client.cookies.jar if cookie.name == "pywats_session")
    assert cookie.has_nonstandard_attr("HttpOnly")
    assert cookie.get_nonstandard_attr("SameSite") == "lax"


def test_signing_in_with_a_token_opens_the_pages(site: Site) -> None:
    token = site.api(Role.VIEWER)["Authorization"].removeprefix("Basic ")
    browser = site.stranger()
    page = browser.send(browser.get("/sign-in"), "#by-token", {"token": token})
    assert (page.status, page.address) == (200, "/")


def test_session_over_https_is_in_a_cookie_of_this_host_alone(site: Site) -> None:
    _add(site)
    client = TestClient(site.client.app, base_url="https://testserver")
    client.portal = site.client.portal
    _sign_in(Browser(client))
    cookie = next(cookie for cookie in client.cookies.jar if "session" in cookie.name)
    assert (cookie.name, cookie.secure, cookie.path) == ("__Host-pywats_session", True, "/")


@pytest.mark.parametrize("fields", [{"password": "another"}, {"name": "nobody"}])
def test_signing_in_wrongly_says_so_and_keeps_the_name(site: Site, fields: dict[str, str]) -> None:
    _add(site)
    page = _sign_in(site.stranger(), **fields)
    assert page.status == 401
    assert "There is no user with this name and password" in page.one(".refusal").text
    assert page.fields("#by-password")["name"] == fields.get("name", "Kari")


def test_signing_in_too_often_says_how_long_to_wait(site: Site) -> None:
    browser = site.stranger()
    while (page := _sign_in(browser, name="nobody")).status == 401:
        pass
    assert page.status == 429
    assert "Wait" in page.one(".refusal").text
    assert int(page.response.headers["Retry-After"]) > 0


def test_signing_in_from_another_site_is_refused(site: Site) -> None:
    _add(site)
    page = site.stranger().post_as_stranger("/sign-in", {"name": "Kari", "password": PASSWORD})
    assert page.status == 403
    assert "pywats_session" not in page.response.headers.get("set-cookie", "")


@pytest.mark.parametrize(
    ("wanted", "led_to"),
    [
        ("/log?a=1", "/log?a=1"),
        ("https://elsewhere.example/", "/"),
        ("//elsewhere.example/", "/"),
        ("/\\elsewhere.example", "/"),
        ("/\t/elsewhere.example", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
        (None, "/"),
    ],
)
def test_reader_is_led_to_pages_of_this_server_only(wanted: str | None, led_to: str) -> None:
    assert security.local(wanted) == led_to


def test_signing_out_ends_the_session(site: Site) -> None:
    browser = site.sign_in()
    secret = browser.client.cookies["pywats_session"]
    assert browser.post("/sign-out").address == "/sign-in"
    browser.client.cookies.set("pywats_session", secret)
    assert browser.get("/password").address.startswith("/sign-in")


def test_form_from_another_site_is_refused_and_changes_nothing(site: Site) -> None:
    browser = site.sign_in()
    page = browser.post_as_stranger("/sign-out")
    assert page.status == 403
    assert "open the page again" in page.text
    assert browser.get("/password").address == "/password"


def test_form_sent_after_the_session_ended_leads_to_signing_in_and_back_to_the_form(site: Site) -> None:
    page = site.stranger().post("/password", headers={"Referer": "http://testserver/password"})
    assert page.address == "/sign-in?next=/password"


def test_part_of_a_page_for_nobody_leads_the_whole_page_to_signing_in(site: Site) -> None:
    page = site.stranger().part("/password")
    assert page.response.headers["HX-Redirect"].startswith("/sign-in")


def test_somebody_whose_password_others_know_can_only_choose_another(site: Site) -> None:
    _add(site, must_change_password=True)
    browser = site.stranger()
    assert _sign_in(browser).address == "/password"
    assert browser.get("/").address == "/password"
    form = {"old": PASSWORD, "password": "quite another sentence", "again": "quite another sentence"}
    page = browser.send(browser.get("/password"), "form[action='/password']", form)
    assert page.address == "/"
    assert page.notice is not None
    assert browser.get("/").notice is None


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"old": PASSWORD, "password": "short", "again": "short"}, "password"),
        ({"old": PASSWORD, "password": "quite another sentence", "again": "other"}, "again"),
        ({"old": "wrong", "password": "quite another sentence", "again": "quite another sentence"}, None),
    ],
)
def test_password_that_cannot_be_taken_is_told_at_its_field(site: Site, form: dict[str, str], field: str) -> None:
    _add(site)
    browser = site.stranger()
    _sign_in(browser)
    page = browser.send(browser.get("/password"), "form[action='/password']", form)
    assert page.status == 422
    assert page.one(".refusal" if field is None else f"#{field}-fault").get_text(strip=True)


@pytest.mark.parametrize("address", ["/sign-in", "/", "/no/such/page", "/password"])
def test_every_page_is_under_the_strict_policy(site: Site, address: str) -> None:
    page = site.sign_in().get(address)
    headers = page.response.headers
    assert headers["Content-Security-Policy"] == security.POLICY
    assert not {"unsafe", "data:", "*", "http:"} & set(security.POLICY.replace("'", " ").split())
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"
    assert not page.all("[style], [onclick], script:not([src]), style")


def test_page_that_is_not_there_says_so_as_a_page(site: Site) -> None:
    page = site.sign_in().get("/no/such/page")
    assert page.status == 404
    assert page.one("h1").text == "This is not here"


def test_address_of_the_api_still_answers_programs(site: Site) -> None:
    browser = site.stranger()
    assert browser.get("/api/Asset").response.json()["code"] == "not_authenticated"
    response = site.client.get("/no/such/page", headers={"Accept": "*/*"})
    assert response.json()["code"] == "not_found"


def test_defect_is_told_with_the_number_of_the_request(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = site.sign_in()
    monkeypatch.setattr(site.backend, "read", None)
    page = browser.get("/password")
    assert page.status == 500
    assert page.one("code").text == page.response.headers["X-Request-Id"]


def test_form_that_is_too_large_is_refused_as_a_page(site: Site) -> None:
    page = site.sign_in().get("/password")
    response = site.client.post("/password", content=b"x", headers={"Content-Length": str(10**12)})
    assert (page.status, response.status_code) == (200, 413)
    assert "too large" in response.text


def test_static_file_is_kept_by_browsers_until_its_content_changes(site: Site) -> None:
    browser = site.stranger()
    address = str(browser.get("/sign-in").one("link[rel=stylesheet]")["href"])
    response = browser.client.get(address)
    assert response.headers["Content-Type"].startswith("text/css")
    assert "immutable" in response.headers["Cache-Control"]
    assert browser.client.get("/static/app.css").headers["Cache-Control"] == "no-cache"
    again = browser.client.get("/static/app.css", headers={"If-None-Match": response.headers["ETag"]})
    assert again.status_code == 304
    assert browser.client.get("/static/../site.py").status_code == 404


def test_page_is_in_the_language_that_the_browser_asks_for(site: Site) -> None:
    page = site.stranger().get("/sign-in", headers={"Accept-Language": "de-AT,de;q=0.9"})
    assert page.one("html")["lang"] == "de"


def test_theme_and_zone_that_somebody_chose_hold_for_every_page(site: Site) -> None:
    browser = site.stranger()
    browser.client.cookies.set("theme", "dark")
    browser.client.cookies.set("zone", "../../etc/passwd")
    assert browser.get("/sign-in").one("html")["data-theme"] == "dark"


def test_form_that_is_sent_twice_is_carried_out_once(site: Site) -> None:
    browser = site.sign_in()
    page = browser.get("/users")
    first = browser.send(page, "form[action='/users']", {"name": "Ola", "role": "viewer"})
    assert (first.status, "Ola" in first.text) == (200, True)
    again = browser.send(page, "form[action='/users']", {"name": "Ola", "role": "viewer"})
    assert again.notice is not None
    assert "before" in again.notice
