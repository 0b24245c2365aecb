"""Importing a list: from the file to the result, and all of it back."""

from playwright.sync_api import expect

from browser.conftest import OpenAs
from browser.screen import PHONE
from pywats_server.services.session import Role

LIST = """\
Inventory of the lab;;;;
Serial No.;Description;Equipment type;Last calibration;Owner
TH-0017;Climate chamber thermometer;Thermometer;14.03.2026;Metrology
TH-0018;Climate chamber thermometer;Thermometer;30.04.2026;Metrology
n/a;Oscilloscope without a plate;Oscilloscope;02.06.2026;
"""
FILE = {"name": "lab.csv", "mimeType": "text/csv", "buffer": LIST.encode()}


def test_manager_imports_a_list_and_undoes_it(open_as: OpenAs) -> None:
    screen = open_as(Role.MANAGER, "/import")
    page = screen.page
    screen.check_accessible()
    page.get_by_label("File").set_input_files(FILE)
    page.get_by_role("button", name="Upload").click()
    owner = page.get_by_role("row", name="Owner")
    tag = owner.get_by_label("Name of the tag that Owner becomes")
    expect(tag).to_be_visible()
    owner.get_by_label("What Owner is").select_option("Leave out")
    expect(tag).to_be_hidden()
    screen.check_accessible()

    page.get_by_role("button", name="Check what would happen").click()
    expect(page.get_by_role("heading", name="This is what would happen")).to_be_visible()
    expect(page.get_by_text("2 assets are made.")).to_be_visible()
    screen.check_accessible()
    page.get_by_role("link", name="Refused 1").click()
    expect(page.get_by_text("stands for no serial number")).to_be_visible()

    page.get_by_role("button", name="Import 2 rows").click()
    expect(page.get_by_role("heading", name="Imported")).to_be_visible()
    screen.check_accessible()
    page.get_by_role("link", name="TH-0017").click()
    expect(page.get_by_role("heading", name="TH-0017")).to_be_visible()

    page.go_back()
    page.get_by_text("Undo this import").click()
    page.get_by_role("button", name="Undo all of it").click()
    expect(page.get_by_role("heading", name="Undone")).to_be_visible()
    expect(page.get_by_text("Removed again").first).to_be_visible()
    screen.check_accessible()


def test_list_is_checked_on_a_phone_in_the_dark_and_without_a_script(open_as: OpenAs) -> None:
    screen = open_as(Role.MANAGER, "/import", theme="dark", width=PHONE)
    page = screen.page
    page.get_by_label("File").set_input_files(FILE)
    page.get_by_role("button", name="Upload").click()
    screen.check_accessible()
    page.get_by_role("button", name="Check what would happen").click()
    expect(page.get_by_role("heading", name="This is what would happen")).to_be_visible()
    screen.check_accessible()
    checked = page.url.removeprefix(screen.url(""))

    plain = open_as(Role.MANAGER, checked, javascript=False).page
    plain.get_by_role("button", name="Import 2 rows").click()
    expect(plain.get_by_role("heading", name="Imported")).to_be_visible(timeout=15_000)
