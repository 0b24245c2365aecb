"""The page of tokens: who may see it, creating one that is shown once, revoking."""

import pytest

from pywats_server.services import tokens
from pywats_server.services.session import Role
from server.pages.conftest import Page, Site

NASTY = '<script>alert(1)</script>"><img src=x onerror=alert(2)>'
FORMS = {"/tokens": {"name": "new", "role": "viewer"}, "/tokens/revoke": {"name": "station"}}
CREATE = 'form[action="/tokens"]'


def names(site: Site, *, revoked: bool = False) -> list[str]:
    return [token.name for token in site.read(tokens.list_tokens) if (token.revoked_at is not None) == revoked]


def listed(page: Page) -> list[str]:
    return [row.get_text() for row in page.all(".scroll:not(details .scroll) tbody th")]


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OPERATOR, Role.MANAGER])
def test_who_is_no_administrator_sees_no_tokens_and_changes_none(site: Site, role: Role) -> None:
    site.write(tokens.create_token, "station", Role.OPERATOR)
    browser = site.sign_in(role)
    assert [browser.get(address).status for address in ("/tokens", "/tokens/token?name=station")] == [403, 403]
    assert {browser.post(address, form).status for address, form in FORMS.items()} == {403}
    assert names(site) == ["station"]


@pytest.mark.parametrize("address", FORMS)
def test_form_of_another_site_is_refused(site: Site, address: str) -> None:
    site.write(tokens.create_token, "station", Role.OPERATOR)
    assert site.sign_in().post_as_stranger(address, FORMS[address]).status == 403
    assert names(site) == ["station"]


def test_token_is_shown_once_and_opens_the_api(site: Site) -> None:
    browser = site.sign_in()
    shown = browser.send(browser.get("/tokens"), CREATE, {"name": "line 3", "role": "viewer"})
    token = shown.one("#token").get_text()
    assert shown.response.headers["Cache-Control"] == "no-store"
    assert f"PYWATS_TOKEN={token}" in shown.one("#environment").get_text()
    page = browser.get("/tokens")
    assert listed(page) == ["line 3"]
    assert token not in page.response.text
    assert site.client.get("/api/Asset", headers={"Authorization": f"Basic {token}"}).status_code == 200


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": "station"}, "name"),
        ({"name": "a:b"}, "name"),
        ({"name": ""}, "name"),
        ({"name": "other", "role": "king"}, "role"),
    ],
)
def test_token_that_cannot_be_made_stays_in_the_form(site: Site, changes: dict[str, str], field: str) -> None:
    site.write(tokens.create_token, "station", Role.OPERATOR)
    browser = site.sign_in()
    page = browser.send(browser.get("/tokens"), CREATE, {"role": "manager"} | changes)
    assert page.status == 422
    assert page.one(f"#{field}-fault").get_text()
    assert page.one("#name")["value"] == changes["name"]
    assert names(site) == ["station"]


def test_token_is_revoked_at_once(site: Site) -> None:
    token = site.write(tokens.create_token, "station", Role.OPERATOR)
    headers = {"Authorization": f"Basic {token}"}
    assert site.client.get("/api/Asset", headers=headers).status_code == 200
    browser = site.sign_in()
    link = browser.get("/tokens").one("tbody a")["href"]
    page = browser.send(browser.get(str(link)), 'form[action="/tokens/revoke"]')
    assert page.notice == "Revoked station."
    assert (listed(page), names(site, revoked=True)) == ([], ["station"])
    assert page.one("details.card summary").get_text() == "One revoked token"
    assert site.client.get("/api/Asset", headers=headers).status_code == 401
    again = browser.get("/tokens/token?name=station")
    assert "Revoked" in again.text
    assert not again.all('form[action="/tokens/revoke"]')


def test_token_that_is_not_there_is_told(site: Site) -> None:
    browser = site.sign_in()
    assert browser.post("/tokens/revoke", {"name": "station"}).status == 404
    assert browser.get("/tokens/token?name=station").status == 404


def test_names_are_shown_as_text(site: Site) -> None:
    site.write(tokens.create_token, NASTY.replace(":", ""), Role.VIEWER)
    browser = site.sign_in()
    page = browser.get("/tokens")
    for shown in (page, browser.get(str(page.one("tbody a")["href"]))):
        assert NASTY in shown.text
        assert not shown.all("img[onerror], script:not([src])")
