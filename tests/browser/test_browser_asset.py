"""One asset in a browser: recording work from the keyboard, files by dropping them, and editing with a thumb."""

from playwright.sync_api import expect

from browser.conftest import OpenAs
from browser.screen import PHONE
from browser.site import Site
from pywats_server.services import assets
from pywats_server.services.drafts import AssetDraft
from pywats_server.services.session import Role

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)


def test_operator_records_work_and_keeps_a_file_without_leaving_the_page(open_as: OpenAs) -> None:
    screen = open_as(Role.OPERATOR, "/s/DMM-001")
    page, dialog = screen.page, screen.page.locator("dialog#action")

    page.keyboard.press("c")
    expect(dialog.get_by_label("Comment")).to_be_focused()
    screen.check_accessible()

    screen.expect_refusal(422)
    dialog.get_by_label("Done on").fill("2026-03-12")
    # A browser that knows the field would not even send it.
    dialog.locator("form").evaluate("form => { form.noValidate = true; }")
    page.keyboard.press("Enter")
    expect(dialog.get_by_label("Done on")).to_be_focused()
    expect(dialog.locator("#dateTime-fault")).to_contain_text("has not come yet")
    screen.check_accessible()

    dialog.get_by_label("Done on").fill("2026-03-10")
    dialog.get_by_label("Comment").fill("By the book")
    page.keyboard.press("Enter")
    expect(page.locator(".notice")).to_have_text("Calibrated; next due 10 Mar 2027.")
    expect(page.locator("ol.entries > li").first).to_contain_text("By the book")

    page.get_by_label("What").select_option("message")
    expect(page.locator("ol.entries > li", has_text="By the book")).to_have_count(0)

    page.set_input_files("#upload", {"name": "photo.png", "mimeType": "image/png", "buffer": PNG})
    page.get_by_role("link", name="photo.png", exact=True).click()
    shown = page.locator("dialog#preview img")
    expect(shown).to_be_visible()
    assert shown.evaluate("image => image.decode().then(() => image.naturalWidth)") == 1
    screen.check_accessible()
    page.keyboard.press("Escape")

    page.set_input_files("#upload", {"name": "photo.png", "mimeType": "image/png", "buffer": PNG + b"other"})
    expect(page.locator("#files .fault")).to_contain_text("another file")


def test_manager_with_a_thumb_edits_what_somebody_else_edits_too(open_as: OpenAs, site: Site) -> None:
    screen = open_as(Role.MANAGER, "/s/DMM-001", theme="dark", width=PHONE)
    page = screen.page

    page.get_by_text("More", exact=True).click()
    screen.check_accessible()
    page.get_by_role("link", name="Edit", exact=True).click()
    screen.check_accessible()
    page.get_by_label("Name", exact=True).fill("Ours")
    page.get_by_label("Mounted in").fill("L1-ST")
    expect(page.locator("#parentSerialNumber-known option").first).to_have_attribute("value", "L1-ST1")
    page.get_by_label("Mounted in").fill("L1-ST1")
    keys = page.get_by_label("Key", exact=True)
    rows = keys.count()
    keys.last.fill("Shelf")
    expect(keys).to_have_count(rows + 1)

    site.write(assets.save_asset, AssetDraft(serial_number="DMM-001", asset_name="Theirs"))
    screen.expect_refusal(422)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Stands there now: Theirs")).to_be_visible()
    expect(page.get_by_label("Name", exact=True)).to_have_value("Ours")
    screen.check_accessible()
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".notice")).to_have_text("Saved.")
    expect(page.get_by_role("navigation", name="Mounted in").get_by_role("link", name="L1-ST1")).to_be_visible()


def test_work_is_recorded_without_a_script(open_as: OpenAs) -> None:
    screen = open_as(Role.OPERATOR, "/s/DMM-001", width=PHONE, javascript=False)
    page = screen.page
    page.get_by_role("link", name="Maintain", exact=True).click()
    page.get_by_label("Comment").fill("Fan cleaned")
    page.get_by_role("button", name="Maintain").click()
    expect(page.locator(".notice")).to_contain_text("Maintained")
    page.get_by_role("link", name="Show the history").click()
    expect(page.locator("ol.entries > li").first).to_contain_text("Fan cleaned")
