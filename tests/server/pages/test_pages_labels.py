"""The page of labels: who may, what it keeps, what it refuses, and that what it gives can be scanned."""

import re
from io import BytesIO

import pypdfium2
import pytest
import zxingcpp
from PIL import Image

from pywats_server.pages import label_printing
from pywats_server.services import assets, types
from pywats_server.services.drafts import AssetDraft, TypeDraft
from pywats_server.services.session import Role
from server.pages.conftest import Browser, Page, Site

NASTY = '"><img src=x onerror=alert(1)>'
FORM = "form#labels"


@pytest.fixture
def ids(site: Site) -> dict[str, str]:
    """The ids of a few assets by their serial numbers."""
    type_id = site.write(types.save_type, TypeDraft(type_name=NASTY, calibration_interval_days=365))["typeId"]
    serials = ("DMM-001", "ICT/7 + Ø", NASTY)
    drafts = [AssetDraft(serial_number=one, type_id=type_id, asset_name=f"<script>{one}") for one in serials]
    return {draft.serial_number: site.write(assets.save_asset, draft).asset.asset_id for draft in drafts}


def scanned(image: Image.Image) -> list[str]:
    return sorted(found.text for found in zxingcpp.read_barcodes(image.convert("L")))


def first_page(page: Page) -> Image.Image:
    assert (page.status, page.response.headers["content-type"]) == (200, "application/pdf")
    document = pypdfium2.PdfDocument(page.response.content)
    image = document[0].render(scale=300 / 72).to_pil()
    document.close()
    return image


def chosen(browser: Browser, ids: dict[str, str]) -> Page:
    return browser.get("/labels?" + "&".join(f"id={one}" for one in ids.values()))


@pytest.mark.parametrize("role", Role)
def test_everybody_who_may_look_at_assets_may_make_labels(site: Site, ids: dict[str, str], role: Role) -> None:
    browser = site.sign_in(role)
    page = chosen(browser, ids)
    assert page.status == 200
    assert browser.send(page, FORM).response.content.startswith(b"%PDF")


def test_nobody_makes_labels_without_signing_in(site: Site) -> None:
    assert site.stranger().get("/labels").address.startswith("/sign-in")


@pytest.mark.parametrize("address", ["/labels", "/labels/preview", "/labels/print"])
def test_form_of_another_site_makes_no_labels(site: Site, address: str) -> None:
    assert site.sign_in().post_as_stranger(address, {"serials": "DMM-001"}).status == 403


def test_page_without_assets_says_how_to_choose_them(site: Site) -> None:
    page = site.sign_in().get("/labels")
    assert page.status == 200
    assert page.one('main a[href="/assets"]')
    assert "its label shows here" in page.one("#preview").get_text()


def test_labels_open_their_assets_when_scanned(site: Site, ids: dict[str, str]) -> None:
    browser = site.sign_in()
    addresses = scanned(first_page(browser.send(chosen(browser, ids), FORM)))
    assert len(addresses) == len(ids)
    for address in addresses:
        assert address.startswith("http://testserver/s/")
        opened = browser.client.get(address.removeprefix("http://testserver"), follow_redirects=False)
        assert opened.status_code == 303
        assert opened.headers["location"].removeprefix("/assets/") in ids.values()


def test_labels_for_scanners_have_the_bare_serial_number(site: Site, ids: dict[str, str]) -> None:
    browser = site.sign_in()
    changes = {"content": "serial-number", "code": "data-matrix"}
    assert scanned(first_page(browser.send(chosen(browser, ids), FORM, changes))) == sorted(ids)


def test_labels_are_made_for_what_a_list_shows(site: Site, ids: dict[str, str]) -> None:
    browser = site.sign_in()
    assert browser.get("/labels?q=ict").fields(FORM)["ids"] == ids["ICT/7 + Ø"]
    assert len(browser.get("/labels?never=1").fields(FORM)["ids"].split()) == len(ids)


def test_labels_are_made_for_what_was_selected_in_the_list(site: Site, ids: dict[str, str]) -> None:
    browser = site.sign_in()
    two = list(ids.values())[1:]
    page = browser.post("/selection", {"do": "labels", "id": two, "list": "/assets"})
    assert page.address == "/labels"
    assert page.fields(FORM)["ids"].split() == two


def test_labels_are_made_for_serial_numbers_too(site: Site, ids: dict[str, str]) -> None:
    browser = site.sign_in()
    lines = "DMM-001\r\n\r\nhttp://elsewhere/s/?sn=ICT/7%20%2B%20%C3%98\r\nDMM-001"
    changes = {"serials": lines, "content": "serial-number"}
    printed = browser.send(browser.get("/labels"), FORM, changes)
    assert scanned(first_page(printed)) == ["DMM-001", "ICT/7 + Ø"]


@pytest.mark.parametrize("address", ["/labels", "/labels/print"])
def test_serial_number_of_no_asset_is_told_and_stays_in_the_form(site: Site, ids: dict[str, str], address: str) -> None:
    page = site.sign_in().post(address, {"serials": f"DMM-001\n{NASTY}2", "medium": "tape-12", "note": "Ours"})
    assert page.status == 422
    assert f"{NASTY}2" in page.one("#serials-fault").get_text()
    fields = page.fields(FORM)
    assert fields["serials"] == f"{NASTY}2"
    # What was found is chosen already.
    assert fields["ids"] == ids["DMM-001"]
    assert (fields["medium"], fields["note"]) == ("tape-12", "Ours")


def test_printing_nothing_is_refused(site: Site) -> None:
    browser = site.sign_in()
    page = browser.send(browser.get("/labels"), FORM)
    assert page.status == 422
    assert "No asset is chosen" in page.one("#serials-fault").get_text()


@pytest.mark.parametrize("base", ["nonsense", "ftp://x", "javascript:alert(1)", "http://", "http://[x", "http://ø"])
def test_address_that_is_none_is_refused_at_its_field(site: Site, ids: dict[str, str], base: str) -> None:
    browser = site.sign_in()
    page = browser.send(chosen(browser, ids), FORM, {"base": base})
    assert page.status == 422
    assert "is no address" in page.one("#base-fault").get_text()
    assert page.fields(FORM)["base"] == base


def test_label_that_would_not_be_read_is_refused_and_the_others_are_made_on_demand(
    site: Site, ids: dict[str, str]
) -> None:
    browser = site.sign_in()
    tape = {"medium": "tape-6", "content": "serial-number", "code": "data-matrix"}
    long = AssetDraft(serial_number="L" * 100, type_id=site.write(types.save_type, TypeDraft(type_name="T"))["typeId"])
    more = ids | {long.serial_number: site.write(assets.save_asset, long).asset.asset_id}
    page = browser.send(chosen(browser, more), FORM, tape)
    assert page.status == 422
    assert "L" * 100 in page.one(".refusal").get_text()
    made = browser.send(page, FORM, {"skip": "on"})
    assert len(pypdfium2.PdfDocument(made.response.content)) == len(ids)


def test_choice_is_kept_for_the_next_time(site: Site, ids: dict[str, str]) -> None:
    browser = site.sign_in()
    choice = {"medium": "roll-51x25", "output": "zpl-300", "code": "data-matrix", "content": "address", "note": "A; B"}
    printed = browser.send(chosen(browser, ids), FORM, choice)
    assert printed.response.text.count("^XA^CI28^PW600") == len(ids)
    assert 'filename="labels.zpl"' in printed.response.headers["content-disposition"]
    fields = chosen(browser, ids).fields(FORM)
    assert {name: fields[name] for name in choice} == choice


def test_kept_choice_that_is_none_of_ours_counts_for_nothing(site: Site) -> None:
    browser = site.sign_in()
    browser.client.cookies.set("labels", "medium=x&start=-1&code=%00&" + "line=y&" * 60)
    fields = browser.get("/labels").fields(FORM)
    assert (fields["medium"], fields["code"], fields["start"]) == ("avery-l7651", "qr", "1")


def test_lines_that_are_not_wanted_are_not_printed(site: Site, ids: dict[str, str]) -> None:
    browser = site.sign_in()
    form = chosen(browser, ids).fields(FORM) | {"medium": "roll-51x25", "output": "zpl-203"}
    form.pop("line")
    text = browser.post("/labels/print", form).response.text
    assert re.findall(r"\^FD(DMM[^^]*)\^FS", text) == ["DMM-001"]
    assert "Due" not in text
    named = browser.post("/labels/print", form | {"line": ["name", "no such line"]}).response.text
    assert "^FD<script>DMM-001^FS" in named


def test_preview_shows_the_labels_that_are_printed(site: Site, ids: dict[str, str]) -> None:
    browser = site.sign_in()
    form = chosen(browser, ids).fields(FORM) | {"start": "7"}
    preview = browser.post("/labels/preview", form)
    assert preview.soup.find("html") is None
    addresses = [str(image["src"]) for image in preview.all("img")]
    pictures = [Image.open(BytesIO(browser.client.get(address).content)) for address in addresses]
    assert len(pictures) == 3
    printed = first_page(browser.send(chosen(browser, ids), FORM))
    assert sorted(text for picture in pictures for text in scanned(picture)) == scanned(printed)
    assert [len(preview.all(f".sheet .{kind}")) for kind in ("used", "printed", "free")] == [6, 3, 56]


def test_preview_of_a_label_that_does_not_fit_says_so(site: Site, ids: dict[str, str]) -> None:
    preview = site.sign_in().post("/labels/preview", {"serials": "DMM-001", "medium": "tape-6", "code": "qr"})
    assert preview.status == 200
    assert "too fine to be read" in preview.one(".refusal").get_text()


def test_picture_of_an_asset_that_is_gone_is_not_found(site: Site) -> None:
    browser = site.sign_in()
    assert browser.get("/labels/picture?medium=tape-12&id=00000000-0000-0000-0000-000000000000").status == 404


def test_texts_of_people_are_texts_on_the_page(site: Site, ids: dict[str, str]) -> None:
    browser = site.sign_in()
    page = browser.send(chosen(browser, ids), FORM, {"base": NASTY, "note": NASTY, "medium": "tape-6"})
    assert not [image for image in page.all("img") if image.get("onerror")]
    assert not page.all("main script")
    assert page.fields(FORM)["note"] == NASTY


def test_many_labels_are_made_aside_and_one_job_at_a_time(site: Site, ids: dict[str, str]) -> None:
    browser = site.sign_in()
    type_id = site.write(types.save_type, TypeDraft(type_name="Many"))["typeId"]
    for number in range(70):
        site.write(assets.save_asset, AssetDraft(serial_number=f"MANY-{number}", type_id=type_id))
    form = browser.get("/labels?q=MANY").fields(FORM) | {"medium": "avery-l4731", "code": "data-matrix"}
    assert len(scanned(first_page(browser.post("/labels/print", form)))) == 70
    with label_printing._is_printing:
        page = browser.post("/labels/print", form)
    assert page.status == 503
    assert "try again" in page.one(".refusal").get_text()
    assert page.fields(FORM)["medium"] == "avery-l4731"


def test_too_many_labels_are_refused(site: Site) -> None:
    page = site.sign_in().post("/labels", {"serials": "\n".join(f"S-{number}" for number in range(5001))})
    assert page.status == 422
    assert "5001" in page.one(".refusal").get_text()
