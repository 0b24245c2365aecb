"""Managing people and tokens, one's own settings, and the link that signs in by itself."""

from playwright.sync_api import expect

from browser.conftest import OpenAs
from browser.screen import PHONE
from browser.site import Site
from pywats_server.services import tokens
from pywats_server.services.session import Role


def test_link_with_a_token_signs_in_and_leaves_nothing_behind(open_as: OpenAs, site: Site) -> None:
    token = site.write(tokens.create_token, "somebody", Role.VIEWER)
    screen = open_as(None, f"/sign-in?next=/me#token={token}")

    expect(screen.page).to_have_url(screen.url("/me"))
    expect(screen.page.get_by_role("definition").first).to_have_text("somebody")
    screen.page.go_back()
    assert token not in screen.page.url


def test_link_with_a_token_asks_who_is_signed_in_already(open_as: OpenAs, site: Site) -> None:
    token = site.write(tokens.create_token, "somebody", Role.VIEWER)
    screen = open_as(Role.OPERATOR, f"/sign-in?next=/me#token={token}")

    expect(screen.page.get_by_text("You are signed in as operator.")).to_be_visible()
    sign_in = screen.page.locator("#by-token button")
    expect(sign_in).to_be_focused()
    screen.check_accessible()
    sign_in.click()
    expect(screen.page.get_by_role("definition").first).to_have_text("somebody")


def test_administrator_adds_a_user_who_then_signs_in(open_as: OpenAs) -> None:
    screen = open_as(Role.ADMINISTRATOR, "/users", theme="dark", width=PHONE)
    screen.check_accessible()
    screen.page.get_by_label("Name", exact=True).fill("Kari")
    screen.page.get_by_label("Manager").check()
    screen.page.get_by_role("button", name="Add").click()
    shown = screen.page.get_by_role("region", name="Password")
    expect(shown).to_be_visible()
    screen.check_accessible()
    password = shown.inner_text()
    screen.page.get_by_role("link", name="All users").click()
    screen.page.get_by_role("link", name="Kari").click()
    expect(screen.page.get_by_role("heading", name="Kari")).to_be_visible()
    screen.check_accessible()

    other = open_as(None, "/sign-in")
    other.page.get_by_label("User name").fill("Kari")
    other.page.get_by_label("Password").first.fill(password)
    other.page.get_by_role("button", name="Sign in").first.click()
    expect(other.page.get_by_role("heading", name="Change password")).to_be_visible()


def test_token_is_created_copied_and_revoked(open_as: OpenAs) -> None:
    screen = open_as(Role.ADMINISTRATOR, "/tokens")
    screen.page.get_by_label("Name", exact=True).fill("line-3-station-5")
    screen.page.get_by_role("button", name="Create").click()
    screen.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    screen.page.get_by_role("button", name="Copy").first.click()
    expect(screen.page.get_by_text("Copied.")).to_be_visible()
    copied = screen.page.evaluate("() => navigator.clipboard.readText()")
    assert copied == screen.page.get_by_role("region", name="Token").inner_text().strip()
    screen.check_accessible()

    screen.page.get_by_role("link", name="All tokens").click()
    screen.page.get_by_role("link", name="line-3-station-5").click()
    screen.check_accessible()
    screen.page.get_by_role("button", name="Revoke for ever").click()
    expect(screen.page.get_by_role("status")).to_contain_text("Revoked line-3-station-5.")
    screen.check_accessible()


def test_reader_chooses_language_zone_and_colours(open_as: OpenAs) -> None:
    screen = open_as(Role.VIEWER, "/me", language="de", zone="Asia/Tokyo")
    html = screen.page.locator("html")
    expect(html).to_have_attribute("lang", "de")
    screen.go("/me")
    expect(screen.page.locator("#zone-now")).to_contain_text("Asia/Tokyo")

    screen.page.locator("#language").select_option("nb-NO")
    screen.page.locator("#zone").select_option("America/New_York")
    screen.page.locator("#theme-dark").check()
    screen.page.locator("form[action='/me'] button").click()

    expect(html).to_have_attribute("lang", "nb-NO")
    expect(html).to_have_attribute("data-theme", "dark")
    expect(screen.page.locator("#zone-now")).to_contain_text("America/New_York")
    screen.check_accessible()
