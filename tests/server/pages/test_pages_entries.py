"""Log entries in words: what each kind of event says, to people."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from bs4 import BeautifulSoup

from pywats.domains.asset.enums import AssetLogType as Kind
from pywats_server.instants import instant
from pywats_server.pages import reader
from pywats_server.pages.entries import tell, tell_changes
from pywats_server.pages.rendering import templates
from pywats_server.rules.sentences import Language
from pywats_server.services.history import Change, LogEntry
from pywats_server.services.session import Permission, Role

NASTY = '"><img src=x onerror=alert(1)>'
AT = instant(datetime(2026, 3, 10, 12, tzinfo=UTC))
DUE = "2027-03-10T12:00:00"


@pytest.fixture(autouse=True)
def reading() -> Iterator[None]:
    """Somebody who reads English, in UTC."""
    before = reader.current.set(
        reader.Reader(Language.ENGLISH, ZoneInfo("UTC"), "system", datetime(2026, 3, 11, tzinfo=UTC))
    )
    yield
    reader.current.reset(before)


def entry_of(
    type: Kind, property: str | None = None, old: str | None = None, new: str | None = None, **said: Any
) -> LogEntry:
    given = {"comment": None, "user": "user:anna", "principal": "user:anna", "asset_name": "Bed of nails"} | said
    return LogEntry(
        number=7, date=AT, asset_id="id-7", serial_number="FIX-7", type=type, property=property, old_value=old,
        value=new, previous_hash="", hash="", **given,
    )  # fmt: skip


def page_of(entry: LogEntry, **options: Any) -> BeautifulSoup:
    (told,) = tell([entry])
    html = templates().get_template("log/entry.html").module.entry(told, None, **options)  # type: ignore[attr-defined]
    return BeautifulSoup(html, "html.parser")


def words_of(entry: LogEntry) -> str:
    found = page_of(entry, of_asset=False).select_one(".what")
    assert found is not None
    return " ".join(found.get_text().split())


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (entry_of(Kind.MESSAGE, comment="tip is bent"), "Message"),
        (entry_of(Kind.REGISTER, new='{"serialNumber": "FIX-7"}'), "Registered"),
        (entry_of(Kind.UPDATE, "location", "Hall 1", "Hall 2"), "Location changed from Hall 1 to Hall 2"),
        (entry_of(Kind.UPDATE, "location", None, "Hall 2"), "Location set to Hall 2"),
        (entry_of(Kind.UPDATE, "location", "Hall 1", None), "Location removed, was Hall 1"),
        (entry_of(Kind.UPDATE, "totalCount", "1000", "1234567"), "Total count changed from 1,000 to 1,234,567"),
        (
            entry_of(Kind.UPDATE, "nextCalibrationDate", "2026-04-01T08:30:00", None),
            "Next calibration removed, was 1 Apr 2026, 08:30",
        ),
        (entry_of(Kind.UPDATE, "anInterval", "30.0", "-2"), "anInterval changed from 30 to External"),
        (entry_of(Kind.UPDATE, "ofTheFuture", "100%s", "50%"), "ofTheFuture changed from 100%s to 50%"),
        (entry_of(Kind.UPDATE, "parentSerialNumber", None, "ST-1"), "Moved into ST-1"),
        (entry_of(Kind.UPDATE, "parentSerialNumber", "ST-1", "ST-2"), "Moved from ST-1 into ST-2"),
        (entry_of(Kind.UPDATE, "parentSerialNumber", "ST-1", None), "Taken out of ST-1"),
        (entry_of(Kind.UPDATE, "file", None, f"c.pdf (SHA-256 {'a' * 64})"), "File c.pdf added"),
        (entry_of(Kind.UPDATE, "file", f"c (SHA-256 x).pdf (SHA-256 {'a' * 64})"), "File c (SHA-256 x).pdf removed"),
        (
            entry_of(Kind.UPDATE, "tags", '{"line": "1", "%": "x", "old": "y"}', '{"line": "2", "%": "x", "new": "z"}'),
            "line changed from 1 to 2 · old removed, was y · new set to z",
        ),
        (entry_of(Kind.UPDATE, "deleted", "false", "true"), "Deleted"),
        (entry_of(Kind.RESET_COUNT, "runningCount", "1930", "0"), "Running count reset, was 1,930"),
        (entry_of(Kind.CALIBRATION, "x", None, f"{AT}/{DUE}"), "Calibrated, due again on 10 Mar 2027"),
        (entry_of(Kind.CALIBRATION, "calibration", None, f"{AT}/.."), "Calibrated"),
        (entry_of(Kind.MAINTENANCE, "x", None, f"{AT}/{DUE}"), "Maintained, due again on 10 Mar 2027"),
        (entry_of(Kind.MAINTENANCE, "maintenance", None, "../.."), "Maintained"),
        (entry_of(Kind.STATE_CHANGE, "state", "1", "5"), "State changed from In operation to In storage"),
        (entry_of(Kind.STATE_CHANGE, "state", "1", "77"), "State changed from In operation to 77"),
    ],
    ids=lambda told: told if isinstance(told, str) else "",
)  # fmt: skip
def test_entry_says_what_happened(entry: LogEntry, words: str) -> None:
    assert words_of(entry) == words


def test_entry_of_no_readable_tags_says_nothing_and_does_not_fail() -> None:
    assert words_of(entry_of(Kind.UPDATE, "tags", "[1]", "{")) == ""


def test_entry_of_a_registration_tells_what_the_asset_began_with() -> None:
    began = {"serialNumber": "FIX-7", "runningCount": 0, "totalCount": 40, "lastCalibrationDate": AT}
    text = page_of(entry_of(Kind.REGISTER, new=json.dumps(began))).get_text(" ")
    assert "Total count: 40 · Last calibration: 10 Mar 2026, 12:00" in " ".join(text.split())
    assert "Running count" not in text


@pytest.mark.parametrize(("done", "told"), [("2026-03-08T09:00:00", True), ("2026-03-10T01:00:00", False)])
def test_entry_of_work_tells_when_it_was_done_unless_that_is_the_same_day(done: str, told: bool) -> None:
    text = page_of(entry_of(Kind.CALIBRATION, "calibration", None, f"{done}/..")).get_text(" ")
    assert ("Done on" in text) is told


@pytest.mark.parametrize(
    ("user", "principal", "words"),
    [
        ("user:anna", "user:anna", "anna"),
        ("line 3", "line 3", "line 3"),
        (None, "line 3", "line 3"),
        ("K. Nordmann", "line 3", "K. Nordmann, through line 3"),
    ],
)
def test_entry_tells_who_did_it(user: str | None, principal: str, words: str) -> None:
    text = page_of(entry_of(Kind.MESSAGE, user=user, principal=principal)).get_text(" ", strip=True)
    assert " ".join(text.split()).endswith(f"12:00 · {words}")


def test_entry_names_the_asset_and_leads_to_it() -> None:
    (link,) = page_of(entry_of(Kind.MESSAGE)).select("a")
    assert (link["href"], link.get_text()) == ("/assets/id-7", "FIX-7 Bed of nails")


def test_entry_shows_texts_as_texts() -> None:
    said = {"comment": NASTY, "user": NASTY, "principal": NASTY + "2", "asset_name": NASTY}
    page = page_of(entry_of(Kind.UPDATE, "tags", json.dumps({NASTY: NASTY}), "{}", **said))
    assert page.select("img, script") == []
    assert page.get_text().count(NASTY) == 6


def change_of(
    kind: str,
    subject: str,
    action: str,
    property: str | None = None,
    old: str | None = None,
    new: str | None = None,
    type_name: str | None = None,
) -> Change:
    return Change(1, AT, kind, subject, type_name, action, property, old, new, "user:boss", "", "")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            change_of("user", "anna", "changed", "role", "viewer", "manager"),
            "User anna: Changed · Role changed from Viewer to Manager",
        ),
        (change_of("user", "anna", "password reset"), "User anna: Password reset"),
        (change_of("token", "line 3", "revoked"), "Token line 3: Revoked"),
        (change_of("assetType", "id", "created", new="Cable", type_name="RF cable"), "Type RF cable: Created"),
        (change_of("assetType", "id", "deleted", old="Cable"), "Type Cable: Deleted"),
        (change_of("import", "7 a list.csv", "imported", "rows", new="{}"), "Import a list.csv: Imported"),
        (change_of("plan", "x", "thought of"), "plan x: thought of"),
    ],
    ids=lambda told: told if isinstance(told, str) else "",
)
def test_change_says_what_was_changed(change: Change, words: str) -> None:
    found = change_page_of(change, Role.VIEWER).select_one(".what")
    assert found is not None
    assert " ".join(found.get_text().split()) == words


@pytest.mark.parametrize(
    ("change", "role", "links"),
    [
        (change_of("assetType", "id-1", "created", new="A", type_name="B"), Role.VIEWER, ["/types/id-1"]),
        (change_of("assetType", "id-1", "deleted", old="A"), Role.MANAGER, []),
        (change_of("import", "7 list.csv", "imported"), Role.OPERATOR, []),
        (change_of("import", "7 list.csv", "imported"), Role.MANAGER, ["/import/7"]),
    ],
)
def test_change_leads_where_its_reader_may_go(change: Change, role: Role, links: list[str]) -> None:
    assert [link["href"] for link in change_page_of(change, role).select("a")] == links


def change_page_of(change: Change, role: Role) -> BeautifulSoup:
    (told,) = tell_changes([change])
    visit = SimpleNamespace(may=lambda permission: role.may(Permission[permission]))
    html = templates().get_template("log/change.html").module.change(told, visit)  # type: ignore[attr-defined]
    return BeautifulSoup(html, "html.parser")
