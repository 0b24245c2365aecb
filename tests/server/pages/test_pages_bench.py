"""The bench: what is scanned is found, done with, and followed by the next scan; and labels open their assets."""

from urllib.parse import quote

import pytest

from pywats.domains.asset.enums import AssetState
from pywats_server.services import assets, types
from pywats_server.services.drafts import AssetDraft, TypeDraft
from pywats_server.services.identify import AssetRef
from pywats_server.services.reading import get_asset_by_ref
from pywats_server.services.session import Role
from server.pages.conftest import Browser, Page, Site

NASTY = '"><img src=x onerror=alert(1)>'
PHONE = {"User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Mobile/15E148 Safari/604.1"}
ROLES_ABOVE_VIEWER = [Role.OPERATOR, Role.MANAGER, Role.ADMINISTRATOR]


@pytest.fixture
def type_id(site: Site) -> str:
    demands = TypeDraft(type_name=NASTY, calibration_interval_days=365, running_count_limit=100)
    found: str = site.write(types.save_type, demands)["typeId"]
    return found


def add(site: Site, type_id: str, serial_number: str, **values: object) -> str:
    """Register an asset and return its id."""
    draft = AssetDraft(serial_number=serial_number, type_id=type_id, **values)  # type: ignore[arg-type]
    found: str = site.write(assets.save_asset, draft).asset.asset_id
    return found


@pytest.fixture
def dmm(site: Site, type_id: str) -> str:
    """The id of DMM-001."""
    return add(site, type_id, "DMM-001", asset_name=f"<script>{NASTY}", location="Lab 1", running_count=7)


def document(site: Site, asset_id: str) -> dict[str, object]:
    found: dict[str, object] = site.read(get_asset_by_ref, AssetRef(asset_id)).document
    return found


def scan(browser: Browser, text: str) -> Page:
    form = browser.get("/bench").one("form.bench-scan")
    assert form["method"] == "get"
    return browser.get(str(form["action"]), params={"scan": text})


def sent(browser: Browser, address: str, scanned: str) -> Page:
    """Open a page of the bench and scan into its form."""
    page = browser.get(address)
    return browser.post(str(page.one("form.bench-scan")["action"]), page.fields("form.bench-scan") | {"scan": scanned})


@pytest.mark.parametrize(
    "scanned",
    [
        "DMM-001",
        "  DMM-001 ",
        "DMM-001\t",
        "]Q1DMM-001",
        "http://testserver/s/DMM-001",
        "]d2https://another.name:8470/s/DMM-001",
        "http://testserver/s/?sn=DMM-001",
        "dmm-001",
        "ＤＭＭ-001",
    ],
)
def test_scan_in_every_form_shows_the_asset_and_waits_for_the_next(site: Site, dmm: str, scanned: str) -> None:
    browser = site.sign_in(Role.VIEWER)
    page = browser.get(f"/bench?scan={quote(scanned)}")
    assert (page.status, page.address) == (200, f"/bench/{dmm}")
    assert page.one("article h1").get_text() == "DMM-001"
    field = page.one("#scan")
    assert field.has_attr("autofocus")
    assert field["value"] == ""


def test_bench_shows_the_state_with_its_reason(site: Site, dmm: str) -> None:
    page = site.sign_in(Role.VIEWER).get(f"/bench/{dmm}")
    assert "Warning" in page.one(".bench-status .badge").get_text()
    assert "Never calibrated" in page.one(".bench-status span:not(.badge)").get_text()
    assert "7 / 100" in page.text
    assert "warning" in page.one("article")["class"]


def test_scrapped_asset_is_never_told_to_be_in_order(site: Site, type_id: str) -> None:
    scrapped = add(site, type_id, "OLD-1", state=AssetState.SCRAPPED)
    page = site.sign_in(Role.VIEWER).get(f"/bench/{scrapped}")
    assert "do not use" in page.one(".bench-status").get_text()
    assert "Next due" not in page.one("article").get_text()


def test_asset_with_something_bad_below_it_says_so(site: Site, type_id: str) -> None:
    quiet = site.write(types.save_type, TypeDraft(type_name="Station"))["typeId"]
    station = add(site, quiet, "ST-1")
    add(site, type_id, "BAD-1", parent_serial_number="ST-1", running_count=100)
    page = site.sign_in(Role.VIEWER).get(f"/bench/{station}")
    assert "OK" in page.all(".bench-status")[0].get_text()
    assert "needs attention" in page.all(".bench-status")[1].get_text()


def test_scanned_serial_number_that_differs_in_case_alone_is_not_guessed(site: Site, type_id: str, dmm: str) -> None:
    add(site, type_id, "Dmm-001")
    page = scan(site.sign_in(), "dmm-001")
    assert page.status == 404
    assert {link.get_text() for link in page.all(".bench-list a")} == {"DMM-001", "Dmm-001"}


@pytest.mark.parametrize("role", Role)
def test_unknown_scan_says_so_and_offers_what_the_role_allows(site: Site, dmm: str, role: Role) -> None:
    page = scan(site.sign_in(role), "DMM-002 &" + NASTY)
    assert page.status == 404
    assert "DMM-002 &" + NASTY in page.one(".refusal").get_text()
    assert [link.get_text() for link in page.all(".bench-list a")] == ["DMM-001"]
    adding = page.all('a[href^="/assets/new?serial=DMM-002"]')
    assert bool(adding) == (role in (Role.MANAGER, Role.ADMINISTRATOR))
    assert page.one("#scan").has_attr("autofocus")
    assert not page.all("img[onerror]")


def test_new_asset_has_the_serial_number_that_was_scanned(site: Site) -> None:
    browser = site.sign_in()
    page = scan(browser, "A/B+C & Ø")
    form = browser.get(str(page.one('a[href^="/assets/new"]')["href"]))
    assert form.one('[name="serialNumber"]')["value"] == "A/B+C & Ø"


def test_viewer_is_offered_no_action(site: Site, dmm: str) -> None:
    page = site.sign_in(Role.VIEWER).get(f"/bench/{dmm}")
    assert not page.all('form[method="post"][action^="/bench"]')
    assert [link.get_text() for link in page.all(".bench-modes a")] == ["Look up"]


@pytest.mark.parametrize("action", ["calibrate", "maintain", "reset-count", "state", "move", "message", "photo"])
def test_action_above_ones_role_is_refused(site: Site, dmm: str, action: str) -> None:
    assert site.sign_in(Role.VIEWER).post(f"/bench/{dmm}/{action}").status == 403


@pytest.mark.parametrize(
    "address", ["/bench/inventory", "/bench/counting", *(f"/bench/%s/{one}" for one in ("calibrate", "photo", "state"))]
)
def test_form_of_another_site_does_nothing(site: Site, dmm: str, address: str) -> None:
    browser = site.sign_in()
    assert browser.post_as_stranger(address.replace("%s", dmm), {"scan": "DMM-001"}).status == 403


@pytest.mark.parametrize("role", ROLES_ABOVE_VIEWER)
def test_calibrating_tells_the_next_date_and_waits_for_the_next_scan(site: Site, dmm: str, role: Role) -> None:
    browser = site.sign_in(role)
    page = browser.send(browser.get(f"/bench/{dmm}"), 'form[action$="/calibrate"]', {"comment": "quick"})
    assert page.address == f"/bench/{dmm}"
    assert "next due" in str(page.notice)
    assert "OK" in page.one(".bench-status .badge").get_text()
    assert page.one("#scan").has_attr("autofocus")


def test_state_is_set_by_one_button(site: Site, dmm: str) -> None:
    browser = site.sign_in(Role.OPERATOR)
    states = [str(button["value"]) for button in browser.get(f"/bench/{dmm}").all('button[name="state"]')]
    assert "in-calibration" in states
    page = browser.post(f"/bench/{dmm}/state", {"state": "in-calibration"})
    assert page.one('button[aria-pressed="true"]')["value"] == "in-calibration"
    assert document(site, dmm)["state"] == AssetState.IN_CALIBRATION


def test_moving_changes_the_location_and_nothing_else(site: Site, type_id: str) -> None:
    add(site, type_id, "ST-1")
    child = add(site, type_id, "FIX-1", parent_serial_number="ST-1", location="Lab 1")
    browser = site.sign_in(Role.MANAGER)
    browser.send(browser.get(f"/bench/{child}"), 'form[action$="/move"]', {"location": "Lab 2"})
    stored = document(site, child)
    assert (stored["location"], stored["parentSerialNumber"]) == ("Lab 2", "ST-1")


def test_operator_is_not_offered_to_move(site: Site, dmm: str) -> None:
    assert not site.sign_in(Role.OPERATOR).get(f"/bench/{dmm}").all('form[action$="/move"]')


def test_count_is_reset_and_a_message_left(site: Site, dmm: str) -> None:
    browser = site.sign_in(Role.OPERATOR)
    browser.send(browser.get(f"/bench/{dmm}"), 'form[action$="/reset-count"]')
    assert document(site, dmm)["runningCount"] == 0
    page = browser.send(browser.get(f"/bench/{dmm}"), 'form[action$="/message"]', {"content": NASTY})
    assert page.notice


def test_bad_input_stays_in_its_form_with_what_was_wrong(site: Site, dmm: str) -> None:
    browser = site.sign_in(Role.OPERATOR)
    form = 'form[action$="/calibrate"]'
    page = browser.send(browser.get(f"/bench/{dmm}"), form, {"dateTime": "2999-01-01", "comment": NASTY})
    assert page.status == 422
    assert "has not come yet" in page.one("details[open] .refusal").get_text()
    fields = page.fields(form)
    assert (fields["dateTime"], fields["comment"]) == ("2999-01-01", NASTY)
    assert page.fields('form[action$="/maintain"]')["comment"] == ""


def test_photo_of_a_telephone_gets_a_name_of_its_own(site: Site, dmm: str) -> None:
    browser = site.sign_in(Role.OPERATOR)
    for content in (b"\xff\xd8\xff one", b"\xff\xd8\xff two"):
        page = browser.post(f"/bench/{dmm}/photo", files={"filename": ("image.jpg", content, "image/jpeg")})
        assert page.notice == "The photo was added."
        site.clock.advance(seconds=1)
    text = browser.get(f"/assets/{dmm}").text
    assert text.count("image.jpg") >= 2


def test_photo_that_was_not_taken_is_refused(site: Site, dmm: str) -> None:
    page = site.sign_in().post(f"/bench/{dmm}/photo")
    assert page.status == 422
    assert page.one("details[open] .refusal")


def test_last_ten_that_were_scanned_are_at_hand(site: Site, type_id: str) -> None:
    browser = site.sign_in(Role.VIEWER)
    for number in range(12):
        add(site, type_id, f"FIX-{number:02}")
        scan(browser, f"FIX-{number:02}")
    scan(browser, "FIX-05")
    listed = [link.find("span").get_text() for link in browser.get("/bench").all(".bench-list a")]
    assert listed == [
        "FIX-05",
        "FIX-11",
        "FIX-10",
        "FIX-09",
        "FIX-08",
        "FIX-07",
        "FIX-06",
        "FIX-04",
        "FIX-03",
        "FIX-02",
    ]


def test_cookie_that_is_none_of_ours_counts_for_nothing(site: Site, dmm: str) -> None:
    browser = site.sign_in()
    browser.client.cookies.set("bench", f"x..<script>.{dmm}")
    assert [link.find("span").get_text() for link in browser.get("/bench").all(".bench-list a")] == ["DMM-001"]


def test_inventory_asks_where_first(site: Site) -> None:
    page = site.sign_in(Role.OPERATOR).get("/bench/inventory")
    assert page.one("#location").has_attr("autofocus")
    assert not page.all("#scan")


@pytest.mark.parametrize(
    ("role", "location", "told", "stands_at"),
    [
        (Role.MANAGER, "Lab 1", "DMM-001 is where it should be.", "Lab 1"),
        (Role.MANAGER, "Lab 2", "DMM-001 was moved here from Lab 1.", "Lab 2"),
        (Role.OPERATOR, "Lab 2", "DMM-001 was seen here; its location is still Lab 1.", "Lab 1"),
    ],
)
def test_inventory_notes_what_was_seen_where(
    site: Site, dmm: str, role: Role, location: str, told: str, stands_at: str
) -> None:
    browser = site.sign_in(role)
    page = sent(browser, f"/bench/inventory?location={quote(location)}", "http://testserver/s/DMM-001")
    assert page.notice == told
    assert page.one("#scan").has_attr("autofocus")
    assert page.fields("form.bench-scan")["location"] == location
    assert document(site, dmm)["location"] == stands_at
    assert f"Inventory: seen at {location}." in browser.get(f"/assets/{dmm}/history").text


def test_inventory_of_an_asset_without_a_location_gives_it_one(site: Site, type_id: str) -> None:
    add(site, type_id, "FIX-1")
    page = sent(site.sign_in(), "/bench/inventory?location=Lab", "FIX-1")
    assert page.notice == "FIX-1 was moved here; it had no location."


def test_inventory_of_an_unknown_scan_changes_nothing(site: Site, dmm: str) -> None:
    page = sent(site.sign_in(), f"/bench/inventory?location={quote(NASTY)}", "DMM-003")
    assert page.status == 404
    assert page.fields("form.bench-scan")["location"] == NASTY
    assert document(site, dmm)["location"] == "Lab 1"


@pytest.mark.parametrize("location", ["", "x" * 201])
def test_inventory_somewhere_impossible_is_refused(site: Site, dmm: str, location: str) -> None:
    page = site.sign_in().post("/bench/inventory", {"location": location, "scan": "DMM-001"})
    assert page.status == 422
    assert page.one(".refusal")


def test_each_scan_counts_when_counting(site: Site, dmm: str) -> None:
    browser = site.sign_in(Role.OPERATOR)
    page = sent(browser, "/bench/counting?incrementBy=2", "DMM-001")
    assert page.notice == "DMM-001: the running count is now 9."
    assert page.fields("form.bench-scan")["incrementBy"] == "2"
    assert sent(browser, page.address, "DMM-001").notice == "DMM-001: the running count is now 11."


@pytest.mark.parametrize("uses", ["x", "-1", ""])
def test_counting_something_impossible_is_refused(site: Site, dmm: str, uses: str) -> None:
    page = site.sign_in().post("/bench/counting", {"incrementBy": uses, "scan": "DMM-001"})
    assert page.status == 422
    assert page.one(".fault, .refusal")
    assert document(site, dmm)["runningCount"] == 7


@pytest.mark.parametrize("address", ["/bench/inventory", "/bench/counting"])
def test_viewer_neither_takes_inventory_nor_counts(site: Site, address: str) -> None:
    browser = site.sign_in(Role.VIEWER)
    assert browser.get(address).status == 403
    assert browser.post(address, {"scan": "DMM-001"}).status == 403


@pytest.mark.parametrize(
    ("serial_number", "path"),
    [
        ("DMM-9", "/s/DMM-9"),
        ("A B", "/s/A%20B"),
        ("ICT/7 + Ø", "/s/?sn=ICT/7%20%2B%20%C3%98"),
        ("ICT/8", "/s/ICT/8"),
        ("ICT/8", "/s/ICT%2F8"),
        ("数字", "/s/%E6%95%B0%E5%AD%97"),
    ],
)
def test_address_of_a_label_leads_to_the_asset(site: Site, type_id: str, serial_number: str, path: str) -> None:
    asset_id = add(site, type_id, serial_number)
    client = site.sign_in(Role.VIEWER).client
    assert client.get(path, follow_redirects=False).headers["location"] == f"/assets/{asset_id}"
    assert client.get(path, follow_redirects=False, headers=PHONE).headers["location"] == f"/bench/{asset_id}"


def test_address_of_a_label_of_no_asset_says_so(site: Site, dmm: str) -> None:
    page = site.sign_in().get("/s/DMM-0%2F1%3Fx")
    assert page.status == 404
    assert "DMM-0/1?x" in page.one(".refusal").get_text()


@pytest.mark.parametrize("path", ["/s/ICT/7%20Ø", "/s/?sn=ICT/7%20%C3%98"])
def test_label_scanned_before_signing_in_leads_back_to_its_asset(site: Site, path: str) -> None:
    asked = site.stranger().get(path)
    assert asked.address.startswith("/sign-in?next=")
    hidden = asked.all('input[name="next"]')
    assert {str(one["value"]) for one in hidden} & {path, quote(path, safe="/%?="), "/s/ICT/7 Ø"}
