"""The pages for importing lists: upload, columns, dry run, progress, result, undo."""

from typing import Any

import pytest

from pywats_server.exchange.instructions import Instructions
from pywats_server.exchange.mapping import is_header_line
from pywats_server.exchange.steps import import_group
from pywats_server.exchange.tables import table_of
from pywats_server.services import imports, reading
from pywats_server.services.identify import AssetRef
from pywats_server.services.session import Permission, Role

LIST = "Serial,Name,Type,Room,Owner\nA1,Meter,DMM,Lab 1,QA\nA2,Oven,Oven,Lab 2,\n?,Bell,Bell,Lab 1,\n"
EVIL = '<script>alert(1)</script>"><img src=x onerror=alert(2)>'


def upload(browser: Any, text: str = LIST, name: str = "list.csv") -> Any:
    return browser.post("/import", files={"file": (name, text.encode(), "text/csv")})


def rest(site: Any) -> None:
    """Wait until the server has done what it was asked for."""
    site.run(site.client.app.state.workshop.rest)


def check(site: Any, browser: Any, text: str = LIST, **changes: Any) -> Any:
    """The page of a list that was uploaded and checked."""
    columns = upload(browser, text)
    browser.send(columns, "form#columns", {"do": "check", **changes})
    rest(site)
    return browser.get(columns.address)


def take(site: Any, browser: Any, text: str = LIST) -> Any:
    """The page of a list that was imported."""
    checked = check(site, browser, text)
    browser.send(checked, "form#confirm")
    rest(site)
    return browser.get(checked.address)


def rows(page: Any) -> list[str]:
    return [" ".join(row.get_text(" ").split()) for row in page.all("tbody tr")]


def test_import_goes_from_the_upload_to_the_result_and_back(site: Any) -> None:
    browser = site.sign_in(Role.MANAGER)

    columns = upload(browser)
    assert columns.one("[aria-current=step]").get_text() == "Columns"
    assert [cell.get_text() for cell in columns.all("tbody th")] == ["Serial", "Name", "Type", "Room", "Owner"]
    assert columns.fields("form#columns")["column.0"] == "serialNumber"
    assert (columns.fields("form#columns")["column.4"], columns.fields("form#columns")["key.4"]) == ("tag", "Owner")
    assert "A1" in columns.text

    browser.send(columns, "form#columns", {"do": "check"})
    rest(site)
    checked = browser.get(columns.address)
    assert "Nothing is stored yet. 2 assets are made. 1 row is refused" in checked.text
    assert [tab.get_text(" ", strip=True) for tab in checked.all(".tabs a")] == ["All 3", "New 2", "Refused 1"]
    assert rows(checked)[0] == "2 A1 Meter New Name: Meter Type: DMM Location: Lab 1 Owner: QA"
    assert "Refused Serial “?”: is blank" in rows(checked)[2] or "Serial" in rows(checked)[2]

    browser.send(checked, "form#confirm")
    rest(site)
    imported = browser.get(columns.address)
    assert imported.one("#result-title").get_text() == "Imported"
    assert site.read(reading.get_asset_by_ref, AssetRef(serial_number="A1")).document["location"] == "Lab 1"
    assert imported.all("tbody th a")[0]["href"] == "/s/A1"

    browser.send(imported, "form#undo")
    rest(site)
    undone = browser.get(columns.address)
    assert undone.one("#result-title").get_text() == "Undone"
    assert [tab.get_text(" ", strip=True) for tab in undone.all(".tabs a")][-1] == "Removed again 2"
    assert not undone.all("form#undo")
    [row] = rows(browser.get("/import"))
    assert row.startswith("list.csv Undone New 2 Refused 1 Removed again 2")
    assert row.count("manager") == 3


def test_import_shows_what_becomes_what_and_filters_by_outcome(site: Any) -> None:
    browser = site.sign_in(Role.MANAGER)
    take(site, browser, "Serial,Room,State,Next calibration,Last calibration\nA,Lab 1,In storage,,\nB,Lab 1,,,\n")

    checked = check(
        site,
        browser,
        "Serial,Room,State,Next calibration,Last calibration\nA,Lab 2,Scrapped,2027-01-05,2026-01-05\nB,Lab 1,,,\n",
    )

    assert "Location: Lab 1 → Lab 2" in rows(checked)[0]
    assert "State: In storage → Scrapped" in rows(checked)[0]
    assert "Next calibration: nothing → 5 Jan 2027" in rows(checked)[0]
    unchanged = browser.get(f"{checked.address}?show=unchanged")
    assert [row[:11] for row in rows(unchanged)] == ["3 B Unchang"]
    assert unchanged.one(".tabs [aria-current]").get_text(" ", strip=True) == "Unchanged 1"


def test_import_pages_through_many_rows(site: Any) -> None:
    browser = site.sign_in(Role.MANAGER)
    checked = check(site, browser, "Serial,Name\n" + "".join(f"A{n},N\n" for n in range(70)))

    assert len(rows(checked)) == 50
    following = browser.get(str(checked.one("a[rel=next]")["href"]))
    assert len(rows(following)) == 20
    assert rows(following)[0].startswith("52 A50 N New")
    assert len(rows(browser.get(str(following.one(".pager a")["href"])))) == 50


def test_import_with_two_serial_numbers_keeps_the_form_and_says_why(site: Any) -> None:
    browser = site.sign_in(Role.MANAGER)
    columns = upload(browser)

    again = browser.send(
        columns,
        "form#columns",
        {"do": "check", "column.1": "serialNumber", "default.typeName": "Thing", "key.4": "own"},
    )

    assert again.status == 422
    assert "'Serial' and 'Name' cannot both be serialNumber" in again.one(".refusal").get_text()
    fields = again.fields("form#columns")
    assert (fields["column.1"], fields["default.typeName"], fields["key.4"]) == ("serialNumber", "Thing", "own")
    assert again.one("[aria-invalid]")["name"] == "column.1"


def test_import_without_a_serial_number_says_so(site: Any) -> None:
    browser = site.sign_in(Role.MANAGER)

    again = browser.send(upload(browser), "form#columns", {"do": "check", "column.0": "ignore"})

    assert (again.status, "No column is the serial number" in again.one(".refusal").get_text()) == (422, True)


def test_import_takes_what_was_chosen(site: Any) -> None:
    browser = site.sign_in(Role.MANAGER)
    chosen = {"column.3": "tag", "key.3": "where", "column.4": "ignore", "default.state": "In storage"}

    checked = check(site, browser, **chosen)

    assert rows(checked)[0] == "2 A1 Meter New Name: Meter Type: DMM State: In storage where: Lab 1"
    back = browser.send(checked, "form[action$=choose-again]")
    assert back.fields("form#columns")["key.3"] == "where"
    assert back.fields("form#columns")["column.4"] == "ignore"


def test_import_reads_the_file_again_in_another_encoding(site: Any) -> None:
    browser = site.sign_in(Role.MANAGER)
    content = "Serial,Navn\nA1,Måler\n".encode("iso-8859-15")
    columns = browser.post("/import", files={"file": ("list.csv", content, "text/csv")})
    assert "read as Windows-1252" in columns.text

    again = browser.send(columns, "form#columns", {"do": "read", "encoding": "utf-16"})
    assert (again.status, "is not a text in the encoding 'utf-16'" in again.one(".refusal").get_text()) == (422, True)

    read = browser.send(columns, "form#columns", {"do": "read", "encoding": "iso-8859-15"})
    assert "Måler" in read.text
    assert (
        "Windows-1252" not in read.one("main").select_one("ul[lang=en]").get_text() if read.all("ul[lang=en]") else True
    )


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("empty.csv", "", "is empty"),
        ("page.html", "<html></html>", "XML, HTML or JSON"),
        ("one.csv", "just a sentence\n", "not a list"),
        ("many.csv", "Serial,Name\n" + "A,B\n" * 100_001, "up to 100000 at once"),
        ("", "Serial,Name\nA,B\n", "No file was chosen"),
    ],
)
def test_import_of_no_list_is_refused_at_the_field(site: Any, name: str, content: str, reason: str) -> None:
    browser = site.sign_in(Role.MANAGER)

    page = upload(browser, content, name) if name else browser.post("/import", {"file": ""})

    assert page.status == 422
    assert reason in page.one("#file-fault").get_text()
    assert page.one("#file")["aria-describedby"] == "file-fault"


def test_import_in_progress_shows_how_far_it_is_and_then_the_result(site: Any) -> None:
    browser = site.sign_in(Role.MANAGER)
    checked = check(site, browser, "Serial,Name\n" + "".join(f"A{n},N\n" for n in range(40)))
    key = int(checked.address.rpartition("/")[2])
    site.write(imports.confirm_import, key)
    site.write(imports.take_on, key, "another server")
    site.write(import_group, key)

    page = browser.get(checked.address)
    assert page.one("progress")["value"] == "25"
    assert "25 of 40 rows" in page.text
    assert page.one("#progress")["hx-trigger"] == "every 1s"
    part = browser.part(f"{checked.address}/progress")
    assert part.one("#progress")["hx-get"] == f"{checked.address}/progress"
    assert not part.all("html")

    site.write(import_group, key)
    done = browser.part(f"{checked.address}/progress")
    assert done.response.headers["HX-Redirect"] == checked.address


def test_import_that_a_crash_stopped_says_so_and_goes_on(site: Any) -> None:
    browser = site.sign_in(Role.MANAGER)
    checked = check(site, browser, "Serial,Name\n" + "".join(f"A{n},N\n" for n in range(40)))
    key = int(checked.address.rpartition("/")[2])
    site.write(imports.confirm_import, key)
    site.write(import_group, key)

    stopped = browser.get(checked.address)
    assert "The server stopped working on this" in stopped.text
    assert "25 of 40 rows" in stopped.text
    assert not stopped.one("#progress").has_attr("hx-trigger")
    assert stopped.one("form[action$=undo] button").get_text() == "Undo what was imported"

    browser.send(stopped, "form[action$=go-on]")
    rest(site)
    assert browser.get(checked.address).one("#result-title").get_text() == "Imported"


def test_import_confirmed_twice_shows_how_things_are(site: Any) -> None:
    browser = site.sign_in(Role.MANAGER)
    checked = check(site, browser)
    other_window = browser.get(checked.address)
    browser.send(checked, "form#confirm")
    rest(site)

    again = browser.send(other_window, "form#confirm")
    assert again.one("#result-title").get_text() == "Imported"
    assert again.notice is not None
    assert "it is imported now" in again.notice


def test_import_thrown_away_is_gone(site: Any) -> None:
    browser = site.sign_in(Role.MANAGER)
    columns = upload(browser)

    listed = browser.send(columns, "form[action$=discard]")

    assert listed.notice == "The list was thrown away. Nothing of it was imported."
    assert "Nothing was imported here yet." in listed.text
    assert browser.get(columns.address).status == 404


def test_imports_are_listed_page_by_page(site: Any) -> None:
    understood = {"columns": [], "notes": [], "sheets": [], "rows": 7}
    for number in range(21):
        site.write(imports.keep_list, f"list {number}.csv", b"x", understood)
    browser = site.sign_in(Role.MANAGER)

    newest = browser.get("/import")
    oldest = browser.get(str(newest.one("a[rel=next]")["href"]))

    assert (len(rows(newest)), rows(newest)[0][:32]) == (20, "list 20.csv Columns to be chosen")
    assert [row[:10] for row in rows(oldest)] == ["list 0.csv"]
    assert not oldest.all("a[rel=next]")


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_import_report_has_every_row(site: Any, ending: str) -> None:
    browser = site.sign_in(Role.MANAGER)
    imported = take(site, browser)

    answer = browser.client.get(f"{imported.address}/report.{ending}")

    assert f'"import-1.{ending}"' in answer.headers["content-disposition"]
    table = table_of("report", answer.content, lambda cells: is_header_line(Instructions(), cells))
    assert table.headers[:5] == ("Row", "Serial number", "Name", "Outcome", "Changes")
    assert [str(row.cells[3]) for row in table.rows] == ["New", "New", "Refused"]
    assert "Location: Lab 1" in str(table.rows[0].cells[4])


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_import_of_what_was_taken_along_from_its_page_changes_nothing(site: Any, ending: str) -> None:
    browser = site.sign_in(Role.MANAGER)
    take(site, browser)
    [link] = browser.get("/import").all(f'a[href$=".{ending}"]')

    content = browser.client.get(str(link["href"])).content
    columns = browser.post("/import", files={"file": (f"all.{ending}", content, "text/csv")})
    browser.send(columns, "form#columns", {"do": "check"})
    rest(site)

    checked = browser.get(columns.address)
    assert [tab.get_text(" ", strip=True) for tab in checked.all(".tabs a")] == ["All 2", "Unchanged 2"]
    assert "The list changes nothing." in checked.text
    assert not checked.all("form#confirm")


def test_import_undo_tells_why_a_row_stays(site: Any) -> None:
    browser = site.sign_in(Role.MANAGER)
    imported = take(site, browser)
    headers = site.api(Role.OPERATOR)
    site.client.post("/api/Asset/Calibration", params={"serialNumber": "A1"}, headers=headers).raise_for_status()

    browser.send(imported, "form#undo")
    rest(site)

    undone = browser.get(f"{imported.address}?show=left")
    assert "1 row could not be undone" in undone.text
    assert "Somebody has changed the asset since. (token 0," in rows(undone)[0]


def test_import_names_that_are_markup_are_shown_as_text(site: Any) -> None:
    browser = site.sign_in(Role.MANAGER)
    quoted = EVIL.replace('"', '""')
    evil = f'Serial,Name,"{quoted}"\n"{quoted}","{quoted}","{quoted}"\n'

    columns = upload(browser, evil, f"{EVIL}.csv".replace("/", ""))
    browser.send(columns, "form#columns", {"do": "check"})
    rest(site)
    checked = browser.get(columns.address)
    browser.send(checked, "form#confirm")
    rest(site)
    for page in (columns, checked, browser.get(columns.address), browser.get("/import")):
        assert "<script>alert" not in page.response.text
        assert not page.all("img[onerror]")
        assert "alert(1)" in page.text


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OPERATOR])
def test_import_is_not_offered_to_who_may_not_edit_and_refused_with_words(site: Any, role: Role) -> None:
    manager = site.sign_in(Role.MANAGER)
    address = check(site, manager).address
    browser = site.sign_in(role)
    assert not role.may(Permission.EDIT_ASSET)

    assert not browser.get("/").all('nav a[href="/import"]')
    for page in (
        browser.get("/import"),
        upload(browser),
        browser.get(address),
        browser.get(f"{address}/progress"),
        browser.get(f"{address}/report.csv"),
        *(
            browser.post(f"{address}/{deed}")
            for deed in ("columns", "choose-again", "confirm", "go-on", "undo", "discard")
        ),
    ):
        assert page.status == 403
        assert "may not create and edit assets" in page.text
    assert manager.get(address).all("form#confirm")


@pytest.mark.parametrize("deed", ["columns", "choose-again", "confirm", "go-on", "undo", "discard"])
def test_import_forms_of_other_sites_are_refused(site: Any, deed: str) -> None:
    browser = site.sign_in(Role.MANAGER)
    address = check(site, browser).address

    assert browser.post_as_stranger(f"{address}/{deed}").status == 403
    assert browser.post_as_stranger("/import").status == 403
    assert browser.get(address).all("form#confirm")


@pytest.mark.parametrize(
    "address", ["/import/99", "/import/x", "/import/9999999999999999999999", "/import/99/report.csv"]
)
def test_import_that_is_not_there_is_told(site: Any, address: str) -> None:
    assert site.sign_in(Role.MANAGER).get(address).status == 404
