"""Signing in and out."""

from playwright.sync_api import expect

from browser.conftest import OpenAs
from browser.screen import PHONE, Screen
from browser.site import PASSWORD
from pywats_server.services.session import Role


def sign_in(screen: Screen, password: str) -> None:
    """Fill in the form as the operator, and send it."""
    screen.page.get_by_label("User name").fill("operator")
    screen.page.get_by_label("Password").first.fill(password)
    screen.page.get_by_role("button", name="Sign in").first.click()
    screen.settle()


def test_somebody_who_is_not_signed_in_gets_to_the_page_after_signing_in(open_as: OpenAs) -> None:
    screen = open_as(None, "/password", width=PHONE)
    screen.check_accessible()

    screen.expect_refusal(401)
    sign_in(screen, "wrong")
    expect(screen.page.get_by_role("alert")).to_contain_text("There is no user with this name and password")
    screen.check_accessible()
    sign_in(screen, PASSWORD)

    expect(screen.page).to_have_url(screen.url("/password"))


def test_signing_in_and_out_works_without_scripts(open_as: OpenAs) -> None:
    screen = open_as(None, "/sign-in?next=/password", javascript=False)

    sign_in(screen, PASSWORD)
    expect(screen.page.get_by_role("heading", name="Change password")).to_be_visible()
    screen.page.get_by_text("operator", exact=True).click()
    screen.page.get_by_role("button", name="Sign out").click()
    expect(screen.page).to_have_url(screen.url("/sign-in"))
    screen.go("/password")

    expect(screen.page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_password_is_changed_where_it_is_typed_the_same_twice(open_as: OpenAs) -> None:
    screen = open_as(Role.VIEWER, "/password", theme="dark")
    screen.check_accessible()
    old, new, again = (
        screen.page.get_by_label(name, exact=True)
        for name in ("Password now", "New password", "New password once more")
    )

    def change(repeated: str) -> None:
        old.fill(PASSWORD)
        new.fill("eight blue probes")
        again.fill(repeated)
        screen.page.get_by_role("button", name="Change password").click()

    screen.expect_refusal(422)
    change("eight blue probs")
    expect(screen.page.get_by_text("typed in two ways")).to_be_visible()
    screen.check_accessible()
    change("eight blue probes")

    expect(screen.page.get_by_role("status")).to_contain_text("Your password was changed")
