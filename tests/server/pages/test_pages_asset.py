"""The page of one asset: what it shows, what each role may do there, and what becomes of it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pywats.domains.asset.enums import AssetState
from pywats_server.pages.asset_actions import ACTIONS
from pywats_server.services import assets, batches, files, messages, types, work
from pywats_server.services.batches import Use
from pywats_server.services.drafts import AssetDraft, TypeDraft
from pywats_server.services.identify import AssetRef
from pywats_server.services.session import Permission, Role
from server.pages.conftest import Page, Site

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
EVIL = '<script>alert(1)</script>"><img src=x onerror=alert(2)>'
OPERATORS = ["calibrate", "maintain", "reset-count", "state", "message", "calibrate-externally", "maintain-externally"]
MANAGERS = [*OPERATORS[:5], "move", *OPERATORS[5:], "total-count", "tags"]
ROLES = {Role.VIEWER: [], Role.OPERATOR: OPERATORS, Role.MANAGER: MANAGERS, Role.ADMINISTRATOR: [*MANAGERS, "delete"]}


class Bench:
    """A site with a station, a fixture in it and a probe in that, and the page of the fixture."""

    def __init__(self, site: Site) -> None:
        self.site = site
        demands = TypeDraft(
            type_name="Fixture",
            calibration_interval_days=100,
            running_count_limit=1000,
            warning_threshold_percent=80,
            alarm_threshold_percent=100,
        )
        self.type_id: str = site.write(types.save_type, demands)["typeId"]
        self.add("ST-1")
        self.address = self.add("FIX-1", parent_serial_number="ST-1", location="Hall 1")
        self.add("PR-1", parent_serial_number="FIX-1", running_count=2000)
        self.ref = AssetRef(None, "FIX-1")

    def add(self, serial: str, **given: Any) -> str:
        """Store an asset and return the address of its page."""
        draft = AssetDraft(serial_number=serial, type_id=self.type_id, **given)
        return f"/assets/{self.site.write(assets.save_asset, draft).asset.asset_id}"

    def stored(self) -> dict[str, Any]:
        """Return the fixture as the API tells it."""
        found: dict[str, Any] = self.site.client.get("/api/Asset/FIX-1", headers=self.site.api()).json()
        return found

    def do(self, action: str, changes: dict[str, Any] | None = None, role: Role = Role.ADMINISTRATOR) -> Page:
        """Fill in the form of an action and send it."""
        browser = self.site.sign_in(role)
        return browser.send(browser.get(f"{self.address}/{action}"), "form.action", changes)


@pytest.fixture
def bench(site: Site) -> Bench:
    """A site with a station, a fixture and a probe."""
    return Bench(site)


def test_page_tells_who_the_asset_is_and_where_it_is_mounted(bench: Bench) -> None:
    page = bench.site.sign_in(Role.VIEWER).get(bench.address)
    assert page.one("h1").get_text() == "FIX-1"
    assert [item.get_text(strip=True) for item in page.all(".path li")] == ["ST-1", "FIX-1"]
    assert "Hall 1" in page.one("dl.facts").get_text()


def test_page_tells_the_status_with_its_reasons_and_four_gauges(bench: Bench) -> None:
    bench.site.write(batches.count_many, [Use(bench.ref, 850)])
    page = bench.site.sign_in(Role.VIEWER).get(bench.address)
    assert page.one(".head .badge").get_text(strip=True) == "Warning"
    assert "Running count 850 of 1000 (85 %)." in page.one(".reasons").get_text()
    assert [title.get_text() for title in page.all(".meter h3")] == [
        "Calibration",
        "Maintenance",
        "Running count",
        "Total count",
    ]
    assert len(page.all(".meter svg.gauge")) == 2


@pytest.mark.parametrize(
    ("interval", "told"),
    [
        (None, "The type sets no interval"),
        (-1, "Unlimited"),
        (-2, "Done externally; no date was told yet"),
    ],
)
def test_gauge_that_has_nothing_to_show_says_why(bench: Bench, interval: float | None, told: str) -> None:
    bench.site.write(
        types.save_type, TypeDraft(type_name="Fixture", calibration_interval_days=interval, running_count_limit=-1)
    )
    meters = bench.site.sign_in().get(bench.address).all(".meter")
    assert [meter.select("svg") for meter in meters] == [[]] * 4
    assert [meter.select_one(".hint").get_text() for meter in meters] == [
        told,
        "The type sets no interval",
        "No limit",
        "No limit",
    ]


def test_page_speaks_the_language_of_its_reader(bench: Bench) -> None:
    page = bench.site.sign_in(Role.VIEWER).get(bench.address, headers={"Accept-Language": "nb"})
    assert "Aldri kalibrert" in page.one(".reasons").get_text()


def test_page_of_an_asset_that_is_not_there_says_so(bench: Bench) -> None:
    page = bench.site.sign_in().get("/assets/6a0a2b1e-93a6-4cb2-b3d4-3f8b6a3c2f11")
    assert page.status == 404
    assert "There is no asset with the id" in page.text


@pytest.mark.parametrize("role", Role)
def test_role_is_offered_what_it_may_do_and_nothing_else(bench: Bench, role: Role) -> None:
    browser = bench.site.sign_in(role)
    page = browser.get(bench.address)
    offered = [str(link["href"]).rpartition("/")[2] for link in page.all("a[data-action]")]
    assert offered == ROLES[role]
    assert bool(page.all("form.upload")) is role.may(Permission.ATTACH_FILE)
    assert bool(page.all(f"a[href='{bench.address}/edit']")) is role.may(Permission.EDIT_ASSET)
    for action in ACTIONS:
        status = 200 if action.path in ROLES[role] else 403
        assert browser.get(f"{bench.address}/{action.path}").status == status


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.path)
def test_action_is_refused_to_who_may_not_and_to_other_sites(bench: Bench, action: Any) -> None:
    before = bench.stored()
    address = f"{bench.address}/{action.path}"
    assert bench.site.sign_in(Role.VIEWER).post(address).status == 403
    assert bench.site.sign_in().post_as_stranger(address, {"serialNumber": "FIX-1"}).status == 403
    assert bench.stored() == before


def test_calibrating_tells_when_it_is_due_next(bench: Bench) -> None:
    page = bench.do("calibrate", {"comment": "By hand"}, Role.OPERATOR)
    assert (page.status, page.address) == (200, bench.address)
    assert page.notice == "Calibrated; next due 18 Jun 2026."
    assert bench.stored()["lastCalibrationDate"] == "2026-03-10T12:00:00"
    history = bench.site.sign_in().get(f"{bench.address}/history")
    assert "By hand" in history.one("ol.entries li:first-child").get_text()


def test_maintaining_resets_the_running_count_where_it_is_wanted(bench: Bench) -> None:
    assert bench.site.sign_in().get(f"{bench.address}/maintain").all("input[name=resetCount]") == []
    bench.site.write(batches.count_many, [Use(bench.ref, 5)])
    bench.do("maintain")
    assert bench.stored()["runningCount"] == 5
    bench.site.clock.set(NOW + timedelta(days=1))
    bench.do("maintain", {"resetCount": "1"}, Role.OPERATOR)
    assert bench.stored()["runningCount"] == 0


def test_work_on_an_earlier_day_is_recorded_on_that_day_of_the_reader(bench: Bench) -> None:
    browser = bench.site.sign_in(Role.OPERATOR)
    browser.client.cookies.set("zone", "Europe/Oslo")
    form = browser.get(f"{bench.address}/calibrate")
    assert form.fields("form.action")["dateTime"] == "2026-03-10"
    browser.send(form, "form.action", {"dateTime": "2026-03-08"})
    assert bench.stored()["lastCalibrationDate"] == "2026-03-07T23:00:00"


@pytest.mark.parametrize(
    ("day", "told"), [("2026-03-11", "has not come yet"), ("tomorrow", "is no day"), ("0001-01-01", None)]
)
def test_day_that_cannot_be_is_refused_and_the_form_keeps_what_was_entered(
    bench: Bench, day: str, told: str | None
) -> None:
    page = bench.do("calibrate", {"dateTime": day, "comment": EVIL})
    assert page.status == (200 if told is None else 422)
    if told is not None:
        assert told in page.one("#dateTime-fault").get_text()
        assert page.fields("form.action") | {"csrf": ""} | {"comment": EVIL} == page.fields("form.action") | {
            "csrf": ""
        }
        assert not page.all("script:not([src]), img[onerror]")


def test_external_calibration_keeps_its_certificate(bench: Bench) -> None:
    browser = bench.site.sign_in(Role.OPERATOR)
    page = browser.post(
        f"{bench.address}/calibrate-externally",
        {"fromDate": "2026-03-01", "toDate": "2027-03-03", "comment": "Lab"},
        files={"filename": ("C:\\papers\\certificate 17.pdf", b"%PDF-1.7")},
    )
    assert page.notice == "Calibrated; next due 3 Mar 2027."
    assert [link.get_text() for link in page.all(".files li > a[data-preview]")] == ["certificate 17.pdf"]


def test_external_calibration_that_ends_before_it_begins_keeps_no_certificate(bench: Bench) -> None:
    browser = bench.site.sign_in(Role.OPERATOR)
    page = browser.post(
        f"{bench.address}/calibrate-externally",
        {"fromDate": "2026-03-01", "toDate": "2026-02-01"},
        files={"filename": ("certificate.pdf", b"%PDF-1.7")},
    )
    assert page.status == 422
    assert "accepted: a later date" in page.one("#toDate-fault").get_text()
    assert bench.site.read(files.list_files, bench.ref) == []


@pytest.mark.parametrize(
    ("action", "changes", "told"),
    [
        ("maintain", {}, "Maintained. No date for the next maintenance follows from its type."),
        ("maintain-externally", {"toDate": "2026-05-17"}, "Maintained; next due 17 May 2026."),
        ("reset-count", {}, "The running count was reset."),
        ("total-count", {"totalCount": "12345"}, "The total count was set to 12,345."),
        ("state", {"state": "in-storage"}, "The state is now: In storage."),
        ("move", {"parentSerialNumber": "", "location": "Hall 2"}, "Moved."),
        ("message", {"content": "Loose cable"}, "The message was added to the history."),
        ("tags", {"tag.key": "rack", "tag.value": "7"}, "The tags were saved."),
        ("delete", {"serialNumber": "FIX-1"}, "FIX-1 was deleted. It is in the archive."),
    ],
)
def test_action_is_done_and_told(bench: Bench, action: str, changes: dict[str, str], told: str) -> None:
    assert bench.do(action, changes).notice == told


def test_address_of_a_deleted_asset_leads_to_the_archive(bench: Bench) -> None:
    archived = bench.do("delete", {"serialNumber": "FIX-1"}).address
    assert bench.site.sign_in(Role.VIEWER).get(bench.address).address == archived
    assert "FIX-1" in bench.site.sign_in(Role.VIEWER).get(archived).text


@pytest.mark.parametrize(
    ("action", "changes", "field"),
    [
        ("total-count", {"totalCount": "-1"}, "totalCount"),
        ("total-count", {"totalCount": ""}, "totalCount"),
        ("total-count", {"totalCount": "12.5"}, "totalCount"),
        ("total-count", {"totalCount": "9" * 40}, "totalCount"),
        ("state", {"state": "gone"}, "state"),
        ("move", {"parentSerialNumber": "PR-1"}, None),
        ("move", {"parentSerialNumber": "NOBODY"}, "parentSerialNumber"),
        ("message", {"content": " "}, "content"),
        ("message", {"content": "x" * 5000}, "content"),
        ("tags", {"tag.key": ["a", "a"], "tag.value": ["1", "2"]}, "tags.key"),
        ("calibrate-externally", {"toDate": ""}, "toDate"),
        ("delete", {"serialNumber": "FIX-2"}, "serialNumber"),
        ("reset-count", {"comment": "\x00"}, "comment"),
    ],
)
def test_what_cannot_be_is_told_at_its_field(
    bench: Bench, action: str, changes: dict[str, Any], field: str | None
) -> None:
    before = bench.stored()
    page = bench.do(action, changes)
    assert page.status == 422
    assert len(page.all(f"[id='{field}-fault']" if field else "[role=alert].refusal")) == 1
    assert bench.stored() == before


def test_moving_what_somebody_else_moved_meanwhile_keeps_what_was_entered(bench: Bench) -> None:
    browser = bench.site.sign_in(Role.MANAGER)
    form = browser.get(f"{bench.address}/move")
    bench.site.write(assets.save_asset, AssetDraft(serial_number="FIX-1", location="Hall 9"))
    page = browser.send(form, "form.action", {"location": "Hall 2"})
    assert page.status == 422
    assert "Somebody changed this asset in the meantime" in page.text
    assert "Stands there now: Hall 9" in page.text
    assert page.fields("form.action")["location"] == "Hall 2"
    assert browser.send(page, "form.action").notice == "Moved."
    assert bench.stored()["location"] == "Hall 2"


def test_form_of_an_action_comes_alone_to_a_script(bench: Bench) -> None:
    part = bench.site.sign_in().part(f"{bench.address}/calibrate")
    assert part.all("html") == []
    assert part.one("form.action input[autofocus]")["name"] == "comment"


def test_script_that_sent_a_form_is_led_back_to_the_page(bench: Bench) -> None:
    browser = bench.site.sign_in()
    page = browser.post(f"{bench.address}/reset-count", headers={"HX-Request": "true"})
    assert page.response.headers["HX-Redirect"] == bench.address


def test_children_have_their_own_status_and_that_of_what_is_below(bench: Bench) -> None:
    station = bench.site.sign_in().get(bench.address).one(".path a")["href"]
    page = bench.site.sign_in().part(f"{station}/children")
    cells = [cell.get_text(" ", strip=True) for cell in page.all("tbody tr > *")]
    assert cells == ["FIX-1 Fixture", "Warning", "Alarm", "Unknown"]
    assert "The worst of what is mounted in it: Alarm" in page.text
    assert page.one("#worst-below[hx-swap-oob]").get_text(" ", strip=True) == "Below: Alarm"
    assert bench.site.sign_in().get(f"{station}/children").all("#worst-below") == []


def test_children_come_in_pages(bench: Bench) -> None:
    for number in range(55):
        bench.add(f"PR-{number:03}", parent_serial_number="FIX-1")
    browser = bench.site.sign_in()
    first = browser.get(f"{bench.address}/children")
    second = browser.get(str(first.one("a[rel=next]")["href"]))
    assert [len(page.all("tbody tr")) for page in (first, second)] == [50, 6]
    assert second.all("a[rel=next]") == []


def test_history_is_narrowed_by_kind_days_and_text(bench: Bench) -> None:
    bench.do("calibrate", {"comment": "spring"})
    bench.site.clock.set(bench.site.clock.now + timedelta(days=3))
    bench.do("message", {"content": "loose cable"})
    browser = bench.site.sign_in()

    def found(query: str) -> list[str]:
        return [
            entry.get_text(strip=True)
            for entry in browser.get(f"{bench.address}/history?{query}").all(".entries .what")
        ]

    everything = found("")
    assert len(everything) == 3
    assert found("kind=message") == everything[:1]
    assert found("kind=calibration") == everything[1:2]
    assert found("to=2026-03-10") == everything[1:]
    assert found("from=2026-03-11") == everything[:1]
    assert found("text=SPRING") == everything[1:2]
    assert found("text=nothing of it") == []


def test_history_leads_to_the_same_in_the_log(bench: Bench) -> None:
    bench.do("message", {"content": "loose cable"})
    browser = bench.site.sign_in()
    history = browser.get(f"{bench.address}/history?kind=message&text=cable&from=")
    address = str(next(link["href"] for link in history.all("a") if link.get_text() == "Open in the log"))
    assert address == "/log?serialNumber=FIX-1&kind=message&text=cable"
    assert "loose cable" in browser.get(address).text


def test_history_with_a_day_that_is_none_says_so_and_shows_all(bench: Bench) -> None:
    page = bench.site.sign_in().get(f"{bench.address}/history?from=yesterday")
    assert page.status == 422
    assert "is no day" in page.one("#from-fault").get_text()


@pytest.mark.parametrize("after", ["nonsense", "2026-03-10T12:00:00~x", "~", "2026-03-10T12:00:00~" + "9" * 30])
def test_history_behind_what_is_no_place_begins_at_the_beginning(bench: Bench, after: str) -> None:
    assert len(bench.site.sign_in().get(f"{bench.address}/history?after={after}").all(".entries > li")) == 1


def test_history_comes_in_pages_that_keep_what_is_looked_for(bench: Bench) -> None:
    for number in range(55):
        bench.site.write(messages.post_message, bench.ref, f"message {number}")
    browser = bench.site.sign_in()
    first = browser.get(f"{bench.address}/history?kind=message")
    second = browser.get(str(first.one("a[rel=next]")["href"]))
    assert [len(page.all(".entries > li")) for page in (first, second)] == [25, 25]


def test_use_is_told_as_a_chart_and_as_a_table(bench: Bench) -> None:
    bench.site.write(batches.count_many, [Use(bench.ref, 3)])
    page = bench.site.sign_in().part(f"{bench.address}/use")
    assert "3 uses in the last 90 days" in page.text
    assert [row.get_text(" ", strip=True) for row in page.all("tbody tr")] == ["10 Mar 2026 3"]


def test_use_of_a_year_is_told_by_weeks_that_end_today(bench: Bench) -> None:
    for days_ago in (400, 364, 7, 6, 0):
        bench.site.clock.set(NOW - timedelta(days=days_ago))
        bench.site.write(batches.count_many, [Use(bench.ref, 1)])
    page = bench.site.sign_in().part(f"{bench.address}/use?days=365")
    told = [" ".join(title.get_text().split()) for title in page.all("svg .column title")]
    assert len(told) == 53
    assert (told[0], told[-2], told[-1]) == (
        "Week from 11 Mar 2025: 1",
        "Week from 25 Feb 2026: 1",
        "Week from 4 Mar 2026: 2",
    )


@pytest.mark.parametrize(
    ("uses", "remedy"), [(0, None), (999, "reset-count")], ids=["nothing to do", "the count is near its limit"]
)
def test_action_that_the_status_calls_for_stands_out(bench: Bench, uses: int, remedy: str | None) -> None:
    bench.site.write(work.record, work.CALIBRATION, bench.ref)
    bench.site.write(batches.count_many, [Use(bench.ref, uses)])
    page = bench.site.sign_in().get(bench.address)
    assert [str(link["href"]) for link in page.all(".do a.primary")] == (
        [f"{bench.address}/{remedy}"] if remedy else []
    )


def test_asset_that_others_calibrate_calls_for_their_dates(bench: Bench) -> None:
    external = TypeDraft(type_name="Scope", calibration_interval_days=-2)
    type_id = bench.site.write(types.save_type, external)["typeId"]
    due = bench.site.clock.now - timedelta(days=1)
    draft = AssetDraft(serial_number="SC-1", type_id=type_id, next_calibration_at=due)
    address = f"/assets/{bench.site.write(assets.save_asset, draft).asset.asset_id}"
    page = bench.site.sign_in().get(address)
    assert page.one(".do a.primary")["href"] == f"{address}/calibrate-externally"
    assert len(page.all(f"a[href='{address}/calibrate-externally']")) == 1


def test_names_that_are_markup_are_shown_as_text(bench: Bench) -> None:
    address = bench.add(
        EVIL,
        asset_name=EVIL,
        location=EVIL,
        description=EVIL,
        part_number=EVIL,
        tags=[(EVIL, EVIL)],
        parent_serial_number="PR-1",
    )
    ref = AssetRef(None, EVIL)
    bench.site.write(files.attach_file, ref, EVIL, b"x")
    bench.site.write(messages.post_message, ref, EVIL)
    child = bench.add("CHILD", parent_serial_number=EVIL)
    browser = bench.site.sign_in()
    parts = ["", "/history", "/children", "/use", "/files", *(f"/{action.path}" for action in ACTIONS)]
    for page in [*(browser.get(address + part) for part in parts), browser.get(child)]:
        assert page.status == 200
        assert EVIL in page.soup.get_text() or page.address == child
        assert not page.all("script:not([src]), img[onerror], [style]")


def test_files_are_added_and_deleted_by_who_may(bench: Bench) -> None:
    operator = bench.site.sign_in(Role.OPERATOR)
    sent = [("filename", ("a.txt", b"a")), ("filename", ("b.txt", b"b"))]
    page = operator.post(f"{bench.address}/files", files=sent)
    assert page.notice == "2 files were added."
    assert page.all("form[action$='/file/delete']") == []
    assert operator.post(f"{bench.address}/file/delete", {"name": "a.txt"}).status == 403
    administrator = bench.site.sign_in()
    form = administrator.get(bench.address).all("form[action$='/file/delete']")[0]
    assert form.select_one("input[name=name]")["value"] == "a.txt"
    assert administrator.post(f"{bench.address}/file/delete", {"name": "a.txt"}).notice == "The file a.txt was deleted."
    assert bench.site.read(files.list_files, bench.ref) == ["b.txt"]


def test_file_whose_name_is_taken_is_refused_and_told(bench: Bench) -> None:
    bench.site.write(files.attach_file, bench.ref, "a.txt", b"first")
    browser = bench.site.sign_in(Role.OPERATOR)
    page = browser.post(
        f"{bench.address}/files", files={"filename": ("a.txt", b"second")}, headers={"HX-Request": "true"}
    )
    assert page.status == 422
    assert "another file named 'a.txt'" in page.one(".refusal").get_text()
    assert browser.post(f"{bench.address}/files").status == 422
    part = browser.post(f"{bench.address}/files", files={"filename": ("b.txt", b"b")}, headers={"HX-Request": "true"})
    assert [link.get_text() for link in part.all(".files li > a:first-child")] == ["a.txt", "b.txt"]
    assert bench.site.sign_in(Role.VIEWER).post(f"{bench.address}/files", files={"filename": ("b", b"")}).status == 403


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("photo.png", b"\x89PNG\r\n\x1a\n...", "image/png"),
        ("photo.txt", b"\xff\xd8\xff...", "image/jpeg"),
        ("photo.gif", b"GIF89a...", "image/gif"),
        ("photo.webp", b"RIFF....WEBPVP8 ", "image/webp"),
        ("certificate.pdf", b"%PDF-1.7 ...", "application/pdf"),
        ("photo.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", None),
        ("page.html", b"<script>alert(1)</script>", None),
        ("photo.png", b"<script>alert(1)</script>", None),
        ("certificate.pdf", b"<script>%PDF-</script>", None),
        ("empty.png", b"", None),
    ],
)
def test_file_is_shown_only_where_its_content_is_harmless(
    bench: Bench, name: str, content: bytes, media_type: str | None
) -> None:
    bench.site.write(files.attach_file, bench.ref, name, content)
    browser = bench.site.sign_in(Role.VIEWER)
    shown = browser.get(f"{bench.address}/file", params={"name": name}).response
    assert shown.content == content
    assert shown.headers["Content-Type"] == (media_type or "application/octet-stream")
    assert shown.headers["Content-Disposition"].startswith("attachment" if media_type is None else "inline")
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert "frame-ancestors 'self'" in shown.headers["Content-Security-Policy"]
    assert "default-src 'none'" in shown.headers["Content-Security-Policy"]
    saved = browser.get(f"{bench.address}/file", params={"name": name, "save": "1"}).response
    assert saved.headers["Content-Disposition"].startswith("attachment")


def test_scrapped_asset_is_calm(bench: Bench) -> None:
    bench.site.write(assets.set_state, bench.ref, AssetState.SCRAPPED)
    page = bench.site.sign_in().get(bench.address)
    assert page.one(".head .badge").get_text(strip=True) == "OK"


def test_due_date_that_was_told_by_somebody_else_is_shown(bench: Bench) -> None:
    now = bench.site.clock.now
    bench.site.write(work.record_external, work.CALIBRATION, bench.ref, now, now + timedelta(days=10))
    page = bench.site.sign_in().get(bench.address)
    assert "Next due: 20 Mar 2026 (in 10 days)" in page.one(".how").get_text()
