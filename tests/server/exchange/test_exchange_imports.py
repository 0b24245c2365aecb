"""Lists that are kept: read, checked, imported and undone group by group, by any server, also after a crash."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from databases import KINDS
from factories import Taken
from pywats.domains.asset.enums import AssetState
from pywats.testing import ManualClock
from pywats_server.errors import Conflict, NotAllowed, NotFound
from pywats_server.exchange import steps
from pywats_server.exchange.instructions import Target
from pywats_server.exchange.properties import Property
from pywats_server.exchange.wishes import Wishes, understand
from pywats_server.exchange.working import Workshop
from pywats_server.housekeeping import tidy
from pywats_server.odata.query import Query
from pywats_server.services import archive, assets, counts, imports, messages, reading, work
from pywats_server.services.backend import Backend
from pywats_server.services.drafts import AssetDraft
from pywats_server.services.identify import AssetRef
from pywats_server.services.imports import Stage, StoredImport, StoredLine
from pywats_server.services.session import LOCAL_ADMINISTRATOR, Principal, Role
from pywats_server.settings import Settings
from pywats_server.store.opening import open_database

ANN = Principal("user:ann", Role.MANAGER)
STATIONS = "Serial,Name,Type,Room,Parent,Owner\nF1,Fixture,Fixture,Lab 1,S1,QA\nS1,Station,Station,Lab 1,,QA\n"


@pytest.fixture(scope="session", params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    """Every kind of database."""
    found: str = request.param
    return found


class Desk:
    """Somebody who imports, on a server without its edges."""

    def __init__(self, backend: Backend, run: Callable[..., Any]) -> None:
        self.backend = backend
        self.run = run
        self.workshop = Workshop()

    def do(self, use_case: Any, *args: Any, **given: Any) -> Any:
        return self.run(self.backend.write(ANN, use_case, *args, **given))

    def upload(self, text: str, wishes: Wishes | None = None) -> int:
        content = text.encode()
        understood = understand("list.csv", content, wishes or Wishes())
        key: int = self.do(imports.keep_list, "list.csv", content, understood)
        return key

    def work(self, key: int) -> StoredImport:
        async def work() -> None:
            await self.workshop.work_on(self.backend, key)
            await self.workshop.rest()

        self.run(work())
        return self.look(key)

    def check(self, text: str, wishes: Wishes | None = None) -> int:
        key = self.upload(text, wishes)
        self.do(imports.start_reading, key, (wishes or Wishes()).to_keep())
        self.work(key)
        return key

    def take(self, text: str, wishes: Wishes | None = None) -> int:
        key = self.check(text, wishes)
        self.do(imports.confirm_import, key)
        self.work(key)
        return key

    def undo(self, key: int) -> StoredImport:
        self.do(imports.start_undoing, key)
        return self.work(key)

    def look(self, key: int) -> StoredImport:
        found: StoredImport = self.do(imports.get_import, key)
        return found

    def lines(self, key: int, **kind: Any) -> list[StoredLine]:
        found: list[StoredLine] = self.do(imports.list_lines, key, -1, 1000, **kind)
        return found

    def outcomes(self, key: int) -> list[str | None]:
        return [line.outcome for line in self.lines(key)]

    def asset(self, serial_number: str) -> dict[str, Any]:
        document: dict[str, Any] = self.do(reading.get_asset_by_ref, AssetRef(serial_number=serial_number)).document
        return {**document, "tags": dict(document["tags"])}

    def serial_numbers(self) -> list[str]:
        taken = Taken()
        self.do(reading.list_assets, Query(orderby="serialNumber", top=10_000), taken)
        return [document["serialNumber"] for document in taken.documents]

    def log(self, serial_number: str) -> list[dict[str, Any]]:
        taken = Taken()
        query = Query(filter=f"serialNumber eq '{serial_number}'", orderby="logId", top=1000)
        self.do(reading.list_log, query, taken)
        return taken.documents

    def changes(self) -> list[str]:
        taken = Taken()
        self.do(reading.list_changes, Query(filter="subjectKind eq 'import'", orderby="changeId"), taken)
        return [f"{one['subject']} {one['action']} by {one['principal']}" for one in taken.documents]


@pytest.fixture
def desk(settings: Settings, clock: ManualClock) -> Iterator[Desk]:
    database = open_database(settings.database_url, scan_seconds=1)
    with asyncio.Runner() as runner:
        yield Desk(Backend(database, clock), runner.run)
        runner.run(database.close())


def many(count: int) -> str:
    """A list of one station and its fixtures, which stand before it."""
    rows = [f"F{number},Fixture {number},Fixture,Lab {number % 3},S1,QA" for number in range(1, count)]
    return "\n".join(["Serial,Name,Type,Room,Parent,Owner", *rows, "S1,Station,Station,Lab 1,,QA", ""])


def test_import_uploaded_shows_the_columns_with_guesses_and_samples(desk: Desk) -> None:
    found = desk.look(desk.upload(STATIONS))

    assert (found.stage, found.uploaded_by, found.understood["rows"]) == ("uploaded", "user:ann", 2)
    assert found.understood["columns"][0] == {"header": "Serial", "samples": ["F1", "S1"], "guess": "serialNumber"}
    assert [column["guess"] for column in found.understood["columns"]] == [
        "serialNumber",
        "assetName",
        "typeName",
        "location",
        "parentSerialNumber",
        "tag:Owner",
    ]


def test_import_check_tells_each_row_and_stores_no_asset(desk: Desk) -> None:
    desk.take("Serial,Name,Room\nA,Meter,Lab 1\nB,Oven,Lab 1\n")
    key = desk.check("Serial,Name,Room\nA,Meter,Lab 2\nB,Oven,Lab 1\nC,Scope,Lab 1\n?,Bell,Lab 1\n")

    found = desk.look(key)
    assert (found.stage, found.row_count, found.done_count) == ("checked", 4, 4)
    assert found.figures == {"updated": 1, "unchanged": 1, "created": 1, "refused": 1}
    assert desk.outcomes(key) == ["updated", "unchanged", "created", "refused"]
    assert desk.lines(key)[0].result["changes"] == [["location", "Lab 1", "Lab 2"]]  # type: ignore[index]
    assert [line.serial_number for line in desk.lines(key, outcome="created")] == ["C"]
    assert desk.serial_numbers() == ["A", "B"]
    assert desk.asset("A")["location"] == "Lab 1"


@pytest.mark.parametrize("group", [1, 2, 100])
def test_import_in_groups_tells_and_stores_what_one_transaction_would(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, group: int
) -> None:
    monkeypatch.setattr(steps, "GROUP", group)
    key = desk.check(many(5))
    assert desk.outcomes(key) == ["created"] * 5
    assert (desk.serial_numbers(), list(desk.look(key).understood["new_types"])) == ([], ["Station", "Fixture"])

    desk.do(imports.confirm_import, key)
    found = desk.work(key)

    assert (found.stage, found.figures) == ("imported", {"created": 5})
    assert desk.serial_numbers() == ["F1", "F2", "F3", "F4", "S1"]
    assert desk.asset("F3")["parentSerialNumber"] == "S1"
    assert desk.log("F1")[0]["comment"] == "Imported from list.csv"


def test_import_checks_a_move_below_an_asset_that_the_list_moves_first(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "GROUP", 1)
    desk.take("Serial,Parent\nA,\nB,A\n")

    key = desk.check("Serial,Parent\nA,B\nB,\n", Wishes(clear_blank=True))

    assert desk.outcomes(key) == ["updated", "updated"]


def test_import_with_columns_that_a_person_chose_takes_them(desk: Desk) -> None:
    chosen = {"Tag no": Target(Property.SERIAL_NUMBER), "Room": Target(Property.IGNORE)}
    key = desk.take("Tag no,Serial,Room\nT1,A,Lab 1\n", Wishes(columns=chosen | {"Serial": Target(Property.TAG, "sn")}))

    assert desk.outcomes(key) == ["created"]
    assert (desk.asset("T1")["tags"], desk.asset("T1")["location"]) == ({"sn": "A"}, None)


def test_import_without_a_serial_number_asks_again_and_says_why(desk: Desk) -> None:
    key = desk.upload(STATIONS)
    desk.do(imports.start_reading, key, Wishes(columns={"Serial": Target(Property.IGNORE)}).to_keep())

    found = desk.work(key)

    assert (found.stage, found.problem) == (
        "uploaded",
        "No column is the serial number; choose which one is, because an asset is known by it.",
    )


def test_import_stopped_by_a_crash_goes_on_where_it_was(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "GROUP", 2)
    key = desk.check(many(5))
    desk.do(imports.confirm_import, key)
    desk.do(steps.import_group, key)

    stopped = desk.look(key)
    assert (stopped.stage, stopped.done_count, stopped.figures) == ("importing", 2, {"created": 2})
    assert desk.serial_numbers() == ["F1", "S1"]
    assert desk.do(imports.is_worked_on, key) is False

    assert desk.work(key).figures == {"created": 5}
    assert desk.serial_numbers() == ["F1", "F2", "F3", "F4", "S1"]


def test_import_stopped_by_a_crash_can_be_undone(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "GROUP", 2)
    key = desk.check(many(5))
    desk.do(imports.confirm_import, key)
    desk.do(steps.import_group, key)

    found = desk.undo(key)

    assert (found.stage, found.figures) == ("undone", {"created": 2, "removed": 2, "skipped": 3})
    assert desk.outcomes(key) == ["created", "skipped", "skipped", "skipped", "created"]
    assert desk.serial_numbers() == []


def test_import_is_worked_on_by_one_server_at_a_time(desk: Desk, clock: ManualClock) -> None:
    key = desk.check(STATIONS)
    desk.do(imports.confirm_import, key)
    assert desk.do(imports.take_on, key, "another server") is True
    assert desk.do(imports.is_worked_on, key) is True
    assert desk.do(imports.take_on, key, "this server") is False

    clock.advance(seconds=31)

    assert desk.do(imports.is_worked_on, key) is False
    assert desk.work(key).stage == "imported"
    assert desk.do(imports.is_worked_on, key) is False


def test_import_group_that_is_done_already_changes_nothing(desk: Desk) -> None:
    key = desk.check(STATIONS)
    before = desk.look(key)
    desk.do(imports.confirm_import, key)

    with pytest.raises(Conflict, match="Somebody else"):
        desk.run(desk.backend.write(ANN, _move_from, before))


async def _move_from(session: Any, found: StoredImport) -> None:
    await imports.move(session, found, stage=Stage.IMPORTING)


_move_from.permission = imports.get_import.permission  # type: ignore[attr-defined]


def test_import_that_somebody_stopped_is_not_led_on_by_who_has_not_heard_of_it(desk: Desk) -> None:
    key = desk.check(STATIONS)
    desk.do(imports.choose_again, key)
    with pytest.raises(Conflict):
        desk.do(steps.check_group, key)
    assert desk.look(key).stage == "uploaded"

    desk.do(imports.start_reading, key, Wishes().to_keep())
    desk.work(key)
    desk.do(imports.confirm_import, key)
    desk.do(imports.start_undoing, key)
    with pytest.raises(Conflict):
        desk.do(steps.import_group, key)
    assert desk.serial_numbers() == []


def test_import_is_not_read_by_wishes_that_have_changed_meanwhile(
    desk: Desk, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = desk.upload(STATIONS)
    desk.do(imports.start_reading, key, Wishes().to_keep())
    begun, decided = asyncio.Event(), asyncio.Event()

    async def read_slowly(*args: Any) -> Any:
        begun.set()
        await decided.wait()
        return steps.plan_list(*args[1:])

    monkeypatch.setattr(steps.asyncio, "to_thread", read_slowly)  # type: ignore[attr-defined]

    async def change_in_between() -> None:
        reading = asyncio.create_task(steps.read_rows(desk.backend, ANN, key))
        await begun.wait()
        clock.advance(seconds=1)
        await desk.backend.write(ANN, imports.start_reading, key, Wishes(clear_blank=True).to_keep())
        decided.set()
        await reading

    with pytest.raises(Conflict, match="Somebody else"):
        desk.run(change_in_between())
    assert (desk.look(key).stage, desk.lines(key)) == ("reading", [])
    assert desk.work(key).understood["new_types"] == {"Fixture": {}, "Station": {}}


def test_import_confirmed_twice_is_refused(desk: Desk) -> None:
    key = desk.take(STATIONS)

    for use_case in (imports.confirm_import, imports.discard_import, imports.choose_again):
        with pytest.raises(Conflict, match="it is imported now"):
            desk.do(use_case, key)


def test_import_discarded_is_gone(desk: Desk) -> None:
    key = desk.check(STATIONS)

    desk.do(imports.discard_import, key)

    with pytest.raises(NotFound, match=f"no import {key}"):
        desk.look(key)
    assert desk.lines(key) == []


def test_import_needs_the_permission_to_edit(desk: Desk) -> None:
    key = desk.upload(STATIONS)

    for use_case in (imports.get_import, imports.confirm_import, imports.start_undoing):
        with pytest.raises(NotAllowed):
            desk.run(desk.backend.write(Principal("line 3", Role.OPERATOR), use_case, key))


def test_undo_puts_everything_back_and_the_log_tells_it(desk: Desk, clock: ManualClock) -> None:
    old = "Serial,Name,Type,Room,State,Owner,Last calibration,Next calibration,Last maintenance\n"
    desk.take(f"{old}A,Meter,DMM,Lab 1,In operation,QA,2025-01-05,2026-01-05,\nB,Bench,Bench,Lab 1,In operation,,,,\n")
    before = desk.asset("A")
    key = desk.take(
        "Serial,Name,Type,Room,State,Owner,Last calibration,Next calibration,Last maintenance,Parent,Note\n"
        "A,Multimeter,Meter,Lab 2,Scrapped,RD,2025-02-05,2027-02-05,2025-03-01,B,new\n"
        "C,Probe,Probe,Lab 2,In operation,RD,,,,A,new\n"
    )
    assert desk.asset("A") != before
    clock.advance(hours=1)

    found = desk.undo(key)

    assert found.figures == {"updated": 1, "created": 1, "restored": 1, "removed": 1}
    after = desk.asset("A")
    assert {name: value for name, value in after.items() if before[name] != value} == {}
    assert desk.serial_numbers() == ["A", "B"]
    [tombstone] = desk.do(archive.list_archive, AssetRef(serial_number="C"), 10, 0)
    assert tombstone.asset.deleted_by == "user:ann"
    told = {(entry["property"], entry["comment"]) for entry in desk.log("A")}
    assert ("calibration", "Undo of the import of list.csv") in told
    assert ("location", "Undo of the import of list.csv") in told
    assert desk.changes()[-4:] == [
        f"{key} list.csv confirmed by user:ann",
        f"{key} list.csv imported by user:ann",
        f"{key} list.csv undoing confirmed by user:ann",
        f"{key} list.csv undone by user:ann",
    ]


def _calibrate(desk: Desk) -> None:
    desk.do(work.record, work.CALIBRATION, AssetRef(serial_number="A"), datetime(2026, 5, 1, tzinfo=UTC))


def _count(desk: Desk) -> None:
    desk.do(counts.count_uses, AssetRef(serial_number="A"), increment_by=1)


def _say(desk: Desk) -> None:
    desk.do(messages.post_message, AssetRef(serial_number="A"), "all is well")


def _delete(desk: Desk) -> None:
    desk.run(desk.backend.write(LOCAL_ADMINISTRATOR, assets.delete_asset, AssetRef(serial_number="A")))


def _put_below(desk: Desk) -> None:
    type_id = desk.asset("A")["typeId"]
    desk.do(assets.save_asset, AssetDraft(serial_number="Z", type_id=type_id, parent_serial_number="A"))


def _set_state(desk: Desk) -> None:
    desk.do(assets.set_state, AssetRef(serial_number="A"), AssetState.IN_CALIBRATION)


@pytest.mark.parametrize(
    ("deed", "reason"),
    [
        (_calibrate, "changed"),
        (_say, "changed"),
        (_set_state, "changed"),
        (_count, "used"),
        (_put_below, "below"),
        (_delete, "gone"),
    ],
)
def test_undo_leaves_an_asset_that_somebody_touched_since_and_says_why(
    desk: Desk, deed: Callable[[Desk], None], reason: str
) -> None:
    key = desk.take("Serial,Room\nA,Lab 1\nB,Lab 1\n")
    deed(desk)

    found = desk.undo(key)

    assert found.figures == {"created": 2, "removed": 1, "left": 1}
    [left] = desk.lines(key, undone="left")
    assert (left.serial_number, left.reason and left.reason["reason"]) == ("A", reason)
    if reason == "changed":
        assert left.reason is not None
        assert (left.reason["who"], bool(left.reason["at"])) == ("user:ann", True)


def test_undo_of_a_changed_asset_leaves_counts_alone(desk: Desk) -> None:
    desk.take("Serial,Room\nA,Lab 1\n")
    key = desk.take("Serial,Room\nA,Lab 2\n")
    _count(desk)

    assert desk.undo(key).figures == {"updated": 1, "restored": 1}
    assert (desk.asset("A")["location"], desk.asset("A")["totalCount"]) == ("Lab 1", 1)


def test_undo_twice_is_refused(desk: Desk) -> None:
    key = desk.take(STATIONS)
    desk.undo(key)

    with pytest.raises(Conflict, match="it is undone now"):
        desk.do(imports.start_undoing, key)


def test_housekeeping_throws_unconfirmed_lists_away_and_closes_old_imports(desk: Desk, clock: ManualClock) -> None:
    checked, taken = desk.check(STATIONS), desk.take("Serial,Room\nA,Lab 1\n")
    desk.run(tidy(desk.backend, "me", timedelta(hours=1)))
    assert (desk.look(checked).stage, desk.look(taken).stage) == ("checked", "imported")

    clock.advance(days=1, seconds=1)
    desk.run(tidy(desk.backend, "me", timedelta(hours=1)))
    with pytest.raises(NotFound):
        desk.look(checked)

    clock.advance(days=89)
    desk.run(tidy(desk.backend, "me", timedelta(hours=1)))
    closed = desk.look(taken)
    assert (closed.stage, closed.figures, desk.lines(taken)) == ("closed", {"created": 1}, [])
    with pytest.raises(Conflict, match="it is closed now"):
        desk.do(imports.start_undoing, taken)


def test_imports_are_listed_newest_first_and_page_by_page(desk: Desk) -> None:
    keys = [desk.upload(STATIONS) for _ in range(3)]

    page: list[StoredImport] = desk.do(imports.list_imports, None, 2)

    assert [found.key for found in page] == [keys[2], keys[1]]
    assert [found.key for found in desk.do(imports.list_imports, keys[1], 2)] == [keys[0]]


def test_import_refused_row_stores_nothing_of_itself(desk: Desk) -> None:
    desk.take("Serial,Room,Parent\nA,Lab 1,\n")

    key = desk.take("Serial,Room,Parent\nA,Lab 2,Nowhere\n")

    assert desk.outcomes(key) == ["refused"]
    assert desk.asset("A")["location"] == "Lab 1"
