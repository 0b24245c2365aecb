"""The log: found by what somebody looks for, told in words, and taken along as a table."""

import csv
import io
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from pywats.domains.asset.enums import AssetState
from pywats_server.odata.query import Query
from pywats_server.pages.routes import deleted as routes_deleted
from pywats_server.pages.routes import log
from pywats_server.services import assets, counts, files, messages, tokens, types, users, work
from pywats_server.services.drafts import AssetDraft, TypeDraft
from pywats_server.services.identify import AssetRef
from pywats_server.services.passwords import HashedPassword
from pywats_server.services.session import Role
from pywats_server.services.work import CALIBRATION
from pywats_server.store.history import LOG
from server.pages.conftest import Page, Site

NASTY = '"><img src=x onerror=alert(1)>'
FORMULA = "=HYPERLINK(1)"


@pytest.fixture
def factory(site: Site) -> Site:
    """A site on which something happened on each of a few days."""
    stored = site.write(types.save_type, TypeDraft(type_name="Fixture", calibration_interval_days=30))
    for serial in ("FIX-1", "FIX-2"):
        site.write(assets.save_asset, AssetDraft(serial_number=serial, type_id=stored["typeId"]))
    one = AssetRef(serial_number="FIX-1")
    for use_case, *args in (
        (messages.post_message, one, "pins are bent", "K. Nordmann"),
        (assets.set_state, one, AssetState.IN_MAINTENANCE),
        (work.record, CALIBRATION, one, None, "certificate 17"),
        (counts.reset_running_count, AssetRef(serial_number="FIX-2"), FORMULA),
    ):
        site.clock.advance(days=1)
        site.write(use_case, *args)
    return site


def told(page: Page) -> list[str]:
    """Return what the entries of a page say, in one line each."""
    return [" ".join(entry.get_text(" ").split()) for entry in page.all(".entries > li .what")]


def look(site: Site, address: str, role: Role = Role.VIEWER) -> list[str]:
    return told(site.sign_in(role).get(address))


EVERYTHING = [
    "FIX-2 : Running count reset, was 0",
    "FIX-1 : Calibrated, due again on 12 Apr 2026",
    "FIX-1 : State changed from Unknown to In maintenance",
    "FIX-1 : Message",
    "FIX-2 : Registered",
    "FIX-1 : Registered",
]


@pytest.mark.parametrize("role", Role)
def test_log_tells_everything_newest_first_to_every_role(factory: Site, role: Role) -> None:
    assert look(factory, "/log", role) == EVERYTHING


@pytest.mark.parametrize(
    ("query", "entries"),
    [
        ("serialNumber=FIX-2", [0, 4]),
        ("serialNumber=+FIX-2+", [0, 4]),
        ("kind=calibration", [1]),
        ("kind=calibration&kind=message", [1, 3]),
        ("kind=of-the-future", [0, 1, 2, 3, 4, 5]),
        ("who=nordmann", [3]),
        ("text=CERTIFICATE", [1]),
        ("text=%25", []),
        ("from=2026-03-12&to=2026-03-13", [1, 2]),
        ("from=2026-03-14", [0]),
        ("to=2026-03-10", [4, 5]),
        ("serialNumber=FIX-1&kind=register&text=fix&who=local&from=2026-03-10&to=2026-03-10", [5]),
        ("serialNumber=&kind=&who=&text=&from=&to=&after=", [0, 1, 2, 3, 4, 5]),
        ("after=nonsense", [0, 1, 2, 3, 4, 5]),
    ],
)
def test_log_tells_what_is_looked_for(factory: Site, query: str, entries: list[int]) -> None:
    assert look(factory, f"/log?{query}") == [EVERYTHING[number] for number in entries]


def test_log_keeps_what_was_filled_in(factory: Site) -> None:
    page = factory.sign_in(Role.VIEWER).get("/log?serialNumber=FIX-1&kind=message&who=k&text=pins&from=2026-03-01")
    assert page.fields("#filters") == {
        "serialNumber": "FIX-1", "text": "pins", "who": "k", "from": "2026-03-01", "to": "", "kind": "message",
    }  # fmt: skip


def test_days_are_those_of_the_readers_zone(factory: Site) -> None:
    browser = factory.sign_in(Role.VIEWER)
    factory.clock.set(factory.clock.now.replace(hour=23, minute=30))
    factory.write(messages.post_message, AssetRef(serial_number="FIX-1"), "late")
    browser.client.cookies.set("zone", "Europe/Oslo")
    assert told(browser.get("/log?from=2026-03-15")) == ["FIX-1 : Message"]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("serialNumber=FIX-99", "There is no asset with the serial number 'FIX-99'"),
        ("from=tomorrow", "'tomorrow' is no day"),
        ("to=2026-02-30", "'2026-02-30' is no day"),
    ],
)
def test_bad_input_stays_in_the_form_with_its_message(factory: Site, query: str, message: str) -> None:
    browser = factory.sign_in(Role.VIEWER)
    page = browser.get(f"/log?{query}")
    name, _, value = query.partition("=")
    assert page.status == 422
    assert message in page.one(f"#{name}-fault").get_text()
    assert page.fields("#filters")[name] == value
    assert message in browser.part(f"/log?{query}").text


def test_asset_that_is_not_there_can_be_searched_for(factory: Site) -> None:
    page = factory.sign_in(Role.VIEWER).get("/log?serialNumber=fix+9")
    assert page.one("#found a")["href"] == "/assets?q=fix%209"


def test_log_leads_to_earlier_entries_and_back_to_the_newest(factory: Site) -> None:
    for number in range(60):
        factory.clock.advance(minutes=1)
        factory.write(messages.post_message, AssetRef(serial_number="FIX-1"), f"message {number}")
    browser = factory.sign_in(Role.VIEWER)
    first = browser.get("/log?serialNumber=FIX-1&kind=message")
    earlier = browser.get(str(first.one("a[rel=next]")["href"]))
    assert (len(told(first)), len(told(earlier))) == (50, 11)
    assert "message 9" in earlier.text
    assert earlier.all("a[rel=next]") == []
    (newest,) = earlier.all(".pager a")
    assert newest["href"] == "/log?serialNumber=FIX-1&kind=message"


def test_log_that_was_not_looked_through_to_its_end_says_so(factory: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LOG, "examined", 2)
    browser = factory.sign_in(Role.VIEWER)
    page = browser.get("/log?kind=message")
    assert "looked through back to 12 Mar 2026, 12:00" in page.text
    assert told(browser.get(str(page.one("a[rel=next]")["href"]))) == ["FIX-1 : Message"]


def test_part_of_the_log_is_for_scripts_with_an_address_without_what_was_left_empty(factory: Site) -> None:
    part = factory.sign_in(Role.VIEWER).part("/log?serialNumber=&kind=message&who=&after=2026-03-11T12:00:00~9")
    assert part.all("html, form") == []
    assert part.response.headers["HX-Push-Url"] == "/log?kind=message"


def test_changes_of_types_users_and_tokens_are_told_beside(factory: Site) -> None:
    factory.write(types.save_type, TypeDraft(type_name="Fixture", calibration_interval_days=60))
    factory.write(tokens.create_token, "line 3", Role.OPERATOR)
    factory.write(tokens.revoke_token, "line 3")
    factory.write(users.add_user, "anna", Role.VIEWER, HashedPassword("x"), must_change_password=True)
    factory.write(users.set_role, "anna", Role.MANAGER)
    browser = factory.sign_in(Role.VIEWER)
    assert told(browser.get("/log?of=changes&text=FIXTURE"))[-1] == "Type Fixture : Created"
    assert told(browser.get("/log?of=changes&kind=token")) == [
        "Token line 3 : Revoked",
        "Token line 3 : Created · Role set to Operator",
    ]
    assert "User anna : Changed · Role changed from Viewer to Manager" in told(browser.get("/log?of=changes"))
    assert "Type Fixture : Changed · Calibration interval changed from 30 to 60" in look(
        factory, "/log?of=changes&text=calibr"
    )


def test_type_that_was_deleted_keeps_its_name_in_the_log(factory: Site) -> None:
    stored = factory.write(types.save_type, TypeDraft(type_name="Cable"))
    factory.write(types.delete_types, [stored["typeId"]])
    page = factory.sign_in(Role.VIEWER).get("/log?of=changes&text=cable")
    assert told(page) == ["Type Cable : Deleted", "Type Cable : Created"]
    assert page.all(".entries a") == []


def test_log_shows_texts_as_texts(factory: Site) -> None:
    factory.write(messages.post_message, AssetRef(serial_number="FIX-1"), NASTY, NASTY)
    factory.write(tokens.create_token, NASTY, Role.VIEWER)
    browser = factory.sign_in(Role.VIEWER)
    for address in ("/log", "/log?of=changes", "/log?who=%22%3E%3Cimg+src%3Dx%3E&text=%22%3E%3Cimg+src%3Dx%3E"):
        assert browser.get(address).all("img[src=x]") == []


def rows_of(site: Site, address: str) -> list[list[Any]]:
    """Return the rows of a table, its headers first, as a spreadsheet shows them."""
    response = site.sign_in(Role.VIEWER).client.get(address)
    assert response.status_code == 200
    assert "attachment" in response.headers["Content-Disposition"]
    if ".csv" in address:
        return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    return CalamineWorkbook.from_filelike(io.BytesIO(response.content)).get_sheet_by_index(0).to_python()


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_log_is_exported_with_all_that_is_kept(factory: Site, ending: str) -> None:
    headers, *rows = rows_of(factory, f"/log/export.{ending}")
    newest = dict(zip(headers, rows[0], strict=True))
    assert len(rows) == len(EVERYTHING)
    assert (newest["serialNumber"], newest["type"], newest["principal"]) == (
        "FIX-2",
        "Reset count",
        "local administrator",
    )
    assert len(newest["hash"]) == 64
    # Whatever a spreadsheet would run as a formula is a text.
    assert newest["comment"] == (FORMULA if ending == "xlsx" else "'" + FORMULA)


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_export_has_what_was_looked_for_however_long_it_is(
    factory: Site, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    monkeypatch.setattr(log, "_ROWS_AT_ONCE", 2)
    headers, *rows = rows_of(factory, f"/log/export.{ending}?serialNumber=FIX-1&from=2026-03-01")
    assert [row[headers.index("type")] for row in rows] == ["Calibration", "State change", "Message", "Register"]


def test_changes_are_exported(factory: Site) -> None:
    headers, row = rows_of(factory, "/log/export.csv?of=changes&kind=assetType")
    assert dict(zip(headers, row, strict=True))["typeName"] == "Fixture"


def test_page_offers_the_tables_of_what_it_shows(factory: Site) -> None:
    page = factory.sign_in(Role.VIEWER).get("/log?kind=message&who=&after=2026-03-11T12:00:00~9")
    assert [link["href"] for link in page.all(".exports a")] == [
        "/log/export.csv?kind=message", "/log/export.xlsx?kind=message",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("address", "status"),
    [("/log/export.csv?from=never", 400), ("/log/export.xlsx?serialNumber=FIX-99", 404), ("/log/export.pdf", 404)],
)
def test_table_that_cannot_be_made_is_refused(factory: Site, address: str, status: int) -> None:
    assert factory.sign_in(Role.VIEWER).get(address).status == status


@pytest.mark.parametrize("address", ["/log", "/log?of=changes", "/log/export.csv"])
def test_log_asks_strangers_to_sign_in(site: Site, address: str) -> None:
    assert site.stranger().get(address).address.startswith("/sign-in")


def test_log_without_entries_says_so(site: Site) -> None:
    assert "Nothing in the log fits." in site.sign_in(Role.VIEWER).get("/log").text


@pytest.fixture
def deleted(factory: Site) -> Site:
    """A site from which an asset was deleted that had a file, tags and a nasty name."""
    one = AssetRef(serial_number="FIX-1")
    (stored,) = factory.read(types.list_types, Query())
    draft = AssetDraft(serial_number="FIX-1", type_id=stored["typeId"], asset_name=NASTY, tags=[("line", NASTY)])
    factory.write(assets.save_asset, draft)
    factory.write(files.attach_file, one, "a b/ø.pdf", b"%PDF-1.7")
    factory.write(assets.delete_asset, one)
    return factory


@pytest.mark.parametrize("role", Role)
def test_deleted_asset_is_found_with_its_log_and_its_files(deleted: Site, role: Role) -> None:
    browser = deleted.sign_in(role)
    (entry,) = browser.get("/log/deleted?serialNumber=FIX-1").all(".entries a")
    page = browser.get(str(entry["href"]))
    assert told(page)[0] == "Deleted"
    assert told(page)[-1] == "Registered"
    assert "by local administrator" in page.text
    facts = page.one("dl.facts").get_text(" ", strip=True)
    assert "Type Fixture" in facts
    assert "State In maintenance" in facts
    (file,) = page.all("a[download]")
    answer = browser.client.get(str(file["href"]))
    assert (answer.content, answer.headers["Content-Type"]) == (b"%PDF-1.7", "application/octet-stream")


def test_deleted_assets_show_texts_as_texts(deleted: Site) -> None:
    browser = deleted.sign_in(Role.VIEWER)
    listed = browser.get("/log/deleted")
    for page in (listed, browser.get(str(listed.one(".entries a")["href"]))):
        assert page.all("img[src=x]") == []
        assert NASTY in page.soup.get_text()


def test_deleted_assets_come_page_by_page(deleted: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    deleted.write(assets.delete_asset, AssetRef(serial_number="FIX-2"))
    monkeypatch.setattr(routes_deleted, "_MANY", 1)
    browser = deleted.sign_in(Role.VIEWER)
    first = browser.get("/log/deleted?before=nonsense")
    second = browser.get(str(first.one("a[rel=next]")["href"]))
    assert [page.one(".entries .what").get_text(strip=True)[:5] for page in (first, second)] == ["FIX-2", "FIX-1"]
    assert second.all("a[rel=next]") == []


@pytest.mark.parametrize(
    ("address", "text"),
    [
        ("/log/deleted", "No asset was ever deleted."),
        ("/log/deleted?serialNumber=X", "No deleted asset had this serial number."),
        ("/log/deleted/6a0a2b1e-93a6-4cb2-b3d4-3f8b6a3c2f11", "There is no deleted asset with the id"),
    ],
)
def test_deleted_asset_that_is_not_there_is_told(site: Site, address: str, text: str) -> None:
    assert text in site.sign_in(Role.VIEWER).get(address).text
