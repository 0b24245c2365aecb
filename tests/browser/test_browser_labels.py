"""Labels and the bench in a browser: a label is chosen, looked at, printed and scanned again."""

from pathlib import Path

import pypdfium2
import zxingcpp
from playwright.sync_api import expect

from browser.conftest import OpenAs
from browser.screen import PHONE
from pywats_server.services.session import Role


def scanned(document: Path) -> list[str]:
    """What a scanner reads from the first page of a document."""
    pdf = pypdfium2.PdfDocument(document)
    image = pdf[0].render(scale=300 / 72).to_pil()
    pdf.close()
    return sorted(found.text for found in zxingcpp.read_barcodes(image))


def test_operator_prints_labels_that_can_be_scanned(open_as: OpenAs, tmp_path: Path) -> None:
    screen = open_as(Role.OPERATOR, "/labels")
    page, preview = screen.page, screen.page.locator("#preview")
    expect(page.get_by_label("Serial numbers")).to_be_focused()

    page.keyboard.type("DMM-001\nSCOPE-001\n")
    page.get_by_label("Size").select_option("roll-51x25")
    expect(preview.get_by_role("img", name="Label of DMM-001")).to_be_visible()
    picture = preview.get_by_role("img", name="Label of SCOPE-001")
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") == 610
    screen.check_accessible()

    page.get_by_label("Size").select_option("tape-6")
    expect(preview.locator(".refusal").first).to_contain_text("too fine")
    page.get_by_label("Data Matrix").check()
    page.get_by_label("the bare serial number").check()
    expect(preview.locator(".refusal")).to_have_count(0)
    page.get_by_label("Size").select_option("avery-l7651")
    page.get_by_label("First free label").fill("12")
    page.get_by_label("Your own text").fill("Ours")
    page.get_by_label("Your own text").blur()
    expect(preview.locator(".sheet .used")).to_have_count(11)
    screen.check_accessible()

    with page.expect_download() as download:
        page.get_by_role("button", name="Make the labels").click()
    download.value.save_as(tmp_path / "labels.pdf")
    assert scanned(tmp_path / "labels.pdf") == ["DMM-001", "SCOPE-001"]

    screen.go("/labels")
    expect(page.get_by_label("Your own text")).to_have_value("Ours")
    expect(page.get_by_label("Data Matrix")).to_be_checked()


def test_operator_with_a_scanner_records_work_scan_by_scan(open_as: OpenAs) -> None:
    screen = open_as(Role.OPERATOR, "/bench", theme="dark", width=PHONE)
    # Until there was a pause, keys are taken for the rest of a scan on the page before.
    page, field = screen.page, screen.page.locator("#scan[data-ready]")
    expect(field).to_be_focused()
    screen.check_accessible()

    page.keyboard.type(screen.url("/s/DMM-001"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="DMM-001")).to_be_visible()
    expect(field).to_be_focused()

    page.locator("summary", has_text="Calibrate").click()
    page.get_by_role("button", name="Calibrate").click()
    expect(page.locator("#notices")).to_contain_text("Calibrated; next due")
    page.locator("summary", has_text="Change state").click()
    screen.check_accessible()
    page.get_by_role("button", name="In storage").click()
    expect(page.locator("article .state")).to_have_text("In storage")

    # A scanner that ends with a tab, while the focus is nowhere.
    field.blur()
    screen.expect_refusal(404)
    for key in "DMM-00x":
        page.keyboard.press(key)
    page.keyboard.press("Tab")
    expect(page.locator(".refusal")).to_contain_text("DMM-00x")
    expect(page.get_by_role("link", name="DMM-001").first).to_be_visible()
    screen.check_accessible()

    screen.go("/bench/inventory")
    page.get_by_label("Where are you?").fill("Lab 9")
    page.keyboard.press("Enter")
    expect(field).to_be_focused()
    page.keyboard.type("]Q1DMM-001")
    page.keyboard.press("Enter")
    expect(page.locator("#notices")).to_contain_text("DMM-001 was seen here")
    expect(field).to_be_focused()
    screen.check_accessible()
