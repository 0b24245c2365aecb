"""The page of users: who may see it, adding, roles, passwords that are shown once, disabling."""

from typing import Any

import pytest

from pywats_server.services import users
from pywats_server.services.passwords import HashedPassword
from pywats_server.services.session import Role
from server.pages.conftest import Browser, Page, Site

NOBODY_KNOWS = HashedPassword("$argon2id$nobody-signs-in-by-this")
NASTY = '<script>alert(1)</script>"><img src=x onerror=alert(2)>'
FORMS = {
    "/users": {"name": "Per", "role": "viewer"},
    "/users/role": {"name": "Kari", "role": "manager"},
    "/users/password": {"name": "Kari"},
    "/users/disable": {"name": "Kari"},
    "/users/enable": {"name": "Kari"},
}


def add(site: Site, name: str = "Kari", role: Role = Role.OPERATOR) -> None:
    site.write(users.add_user, name, role, NOBODY_KNOWS, must_change_password=False)


def stored(site: Site, name: str = "Kari") -> Any:
    return next(user for user in site.read(users.list_users) if user.name == name)


def person(browser: Browser, name: str = "Kari") -> Page:
    """The page of a user, reached by its link in the list."""
    [link] = [link for link in browser.get("/users").all("tbody a") if link.get_text() == name]
    return browser.get(str(link["href"]))


def rows(page: Page) -> list[str]:
    return [" ".join(row.get_text(" ").split()) for row in page.all("tbody tr")]


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OPERATOR, Role.MANAGER])
def test_who_is_no_administrator_sees_no_users_and_changes_none(site: Site, role: Role) -> None:
    add(site)
    browser = site.sign_in(role)
    assert [browser.get(address).status for address in ("/users", "/users/person?name=Kari")] == [403, 403]
    assert {browser.post(address, form).status for address, form in FORMS.items()} == {403}
    assert stored(site).role == Role.OPERATOR
    assert not browser.get("/me").all('nav a[href="/users"]')


@pytest.mark.parametrize("address", FORMS)
def test_form_of_another_site_is_refused(site: Site, address: str) -> None:
    add(site)
    before = site.read(users.list_users)
    browser = site.sign_in()
    assert browser.post_as_stranger(address, FORMS[address]).status == 403
    assert [user for user in site.read(users.list_users) if user.name != "administrator"] == before


def test_users_are_listed_with_role_and_how_they_sign_in(site: Site) -> None:
    add(site)
    site.write(users.add_user, "Ola", Role.MANAGER, NOBODY_KNOWS, must_change_password=True)
    site.write(users.disable_user, "Kari")
    page = site.sign_in().get("/users")
    assert [row.rsplit(" ", 3)[0] for row in rows(page)] == [
        "administrator Administrator By password",
        "Kari Operator Disabled",
        "Ola Manager Has to choose a password",
    ]


def test_user_is_added_with_a_password_that_is_shown_once(site: Site) -> None:
    browser = site.sign_in()
    shown = browser.send(browser.get("/users"), 'form[action="/users"]', {"name": "Kari", "role": "manager"})
    password = shown.one("#password").get_text()
    assert (shown.status, shown.one("h1").get_text()) == (200, "Password of Kari")
    assert shown.response.headers["Cache-Control"] == "no-store"
    assert (stored(site).role, stored(site).must_change_password) == ("manager", True)
    assert password not in browser.get("/users").text
    entered = site.stranger()
    page = entered.send(entered.get("/sign-in"), "#by-password", {"name": "Kari", "password": password})
    assert page.address == "/password"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": "Administrator"}, "name"),
        ({"name": "a:b"}, "name"),
        ({"name": ""}, "name"),
        ({"name": NASTY + ":"}, "name"),
        ({"name": "Per", "role": "king"}, "role"),
    ],
)
def test_user_who_cannot_be_added_stays_in_the_form(site: Site, changes: dict[str, str], field: str) -> None:
    browser = site.sign_in()
    page = browser.send(browser.get("/users"), 'form[action="/users"]', {"role": "manager"} | changes)
    assert page.status == 422
    assert page.one(f"#{field}-fault").get_text()
    assert page.one("#name")["value"] == changes["name"]
    assert len(site.read(users.list_users)) == 1


def test_names_are_shown_as_text_everywhere(site: Site) -> None:
    add(site, NASTY)
    browser = site.sign_in()
    pages = [browser.get("/users"), person(browser, NASTY), browser.post("/users/password", {"name": NASTY})]
    for page in pages:
        assert NASTY in page.text
        assert not page.all("img[onerror], script:not([src])")


def test_user_gets_another_role(site: Site) -> None:
    add(site)
    browser = site.sign_in()
    page = browser.send(person(browser), 'form[action="/users/role"]', {"role": "viewer"})
    assert (page.notice, page.one("h1").get_text()) == ("Kari has this role now.", "Kari")
    assert page.one("input[name=role][checked]")["value"] == "viewer"
    assert stored(site).role == Role.VIEWER


def test_role_that_there_is_not_changes_nothing(site: Site) -> None:
    add(site)
    assert site.sign_in().post("/users/role", {"name": "Kari", "role": "king"}).status == 400
    assert stored(site).role == Role.OPERATOR


def test_password_is_reset_and_shown_once(site: Site) -> None:
    add(site)
    browser = site.sign_in()
    shown = browser.send(person(browser), 'form[action="/users/password"]')
    assert shown.one("#password").get_text()
    assert stored(site).must_change_password
    assert stored(site).password_hash != NOBODY_KNOWS


def test_user_is_disabled_and_enabled(site: Site) -> None:
    add(site)
    browser = site.sign_in()
    disabled = browser.send(person(browser), 'form[action="/users/disable"]')
    assert disabled.notice == "Kari can sign in no more."
    assert "Disabled since" in disabled.text
    enabled = browser.send(disabled, 'form[action="/users/enable"]')
    assert enabled.notice == "Kari can sign in again."
    assert stored(site).disabled_at is None


def test_last_administrator_cannot_go(site: Site) -> None:
    browser = site.sign_in()
    own = person(browser, "administrator")
    assert "This is your own account." in own.text
    for form, changes in (("/users/disable", {}), ("/users/role", {"role": "viewer"})):
        page = browser.send(own, f'form[action="{form}"]', changes)
        assert page.status == 422
        assert "last administrator" in page.one(".refusal").get_text()
    assert stored(site, "administrator").role == Role.ADMINISTRATOR


@pytest.mark.parametrize("address", [address for address in FORMS if address != "/users"])
def test_user_who_is_not_there_is_told(site: Site, address: str) -> None:
    assert site.sign_in().post(address, FORMS[address]).status == 404
