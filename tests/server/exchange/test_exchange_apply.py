"""Imports into a real database, and exports back out of it."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from databases import ALIKE, Databases
from factories import Taken
from pywats.domains.asset.enums import AssetState
from pywats.testing import ManualClock
from pywats_server.errors import InvalidQuery, NotAllowed
from pywats_server.exchange.apply import run_import
from pywats_server.exchange.instructions import Instructions, instructions
from pywats_server.exchange.listing import Listing, list_for_export
from pywats_server.exchange.outcomes import Outcome, Summary
from pywats_server.exchange.plan import plan_file
from pywats_server.exchange.properties import Property
from pywats_server.exchange.records import Plan
from pywats_server.exchange.writer import write_table
from pywats_server.odata.query import Query
from pywats_server.services import assets, counts, reading, types, work
from pywats_server.services.backend import Backend
from pywats_server.services.drafts import AssetDraft, TypeDraft
from pywats_server.services.identify import AssetRef
from pywats_server.services.session import LOCAL_ADMINISTRATOR, Principal, Role
from pywats_server.settings import Settings
from pywats_server.store.opening import open_database

PlanText = Callable[..., Plan]


class Desk:
    """Somebody at a server: imports, exports and looks, without an event loop in the way."""

    def __init__(self, backend: Backend, folder: Path, runner: asyncio.Runner) -> None:
        self.backend = backend
        self.folder = folder
        self.runner = runner
        self.run = runner.run

    def write(self, use_case: Any, *args: Any, **kwargs: Any) -> Any:
        return self.run(self.backend.write(LOCAL_ADMINISTRATOR, use_case, *args, **kwargs))

    def read(self, use_case: Any, *args: Any, **kwargs: Any) -> Any:
        return self.run(self.backend.read(LOCAL_ADMINISTRATOR, use_case, *args, **kwargs))

    def take(self, plan: Plan, **options: Any) -> Summary:
        return self.run(run_import(self.backend, LOCAL_ADMINISTRATOR, plan, **options))

    def export(self, ending: str = ".csv", filter: str | None = None) -> Path:
        path = self.folder / f"export{ending}"
        with self.listing(filter) as listing:
            write_table(path, listing.headers, listing.rows)
        return path

    def listing(self, filter: str | None = None) -> Listing:
        listing: Listing = self.read(list_for_export, filter)
        return listing

    def asset(self, serial_number: str) -> dict[str, Any]:
        document: dict[str, Any] = self.read(reading.get_asset_by_ref, AssetRef(serial_number=serial_number)).document
        return {**document, "tags": dict(document["tags"])}

    def log(self) -> list[dict[str, Any]]:
        taken = Taken()
        self.read(reading.list_log, Query(top=100_000), taken)
        return taken.documents

    def types(self) -> dict[str, dict[str, Any]]:
        return {stored["typeName"]: stored for stored in self.read(types.list_types, Query(top=100_000))}


@pytest.fixture(scope="session", params=ALIKE)
def kind(request: pytest.FixtureRequest) -> str:
    """Every kind of database."""
    return request.param


@pytest.fixture
def desk(settings: Settings, clock: ManualClock, tmp_path: Path) -> Iterator[Desk]:
    database = open_database(settings.database_url, scan_seconds=1)
    with asyncio.Runner() as runner:
        yield Desk(Backend(database, clock), tmp_path, runner)
        runner.run(database.close())


def outcomes(summary: Summary) -> list[str]:
    return [str(result.outcome) for result in summary.results]


def test_import_stores_what_the_list_says(desk: Desk, samples: Path) -> None:
    summary = desk.take(plan_file(samples / "calibration_lab.csv", Instructions()))

    assert (summary.count(Outcome.CREATED), summary.count(Outcome.REFUSED)) == (8, 5)
    stored = desk.asset("77001")
    assert (stored["assetName"], stored["typeName"]) == ("903/LAB", "STANDARD RESISTOR")
    assert stored["lastCalibrationDate"] == "2019-07-12T00:00:00"
    assert stored["nextCalibrationDate"] == "2021-07-12T00:00:00"
    assert stored["tags"]["manufacturer"] == "OHMWORKS"
    assert desk.types()["STANDARD RESISTOR"]["calibrationInterval"] == 730
    assert summary.new_types["STANDARD RESISTOR"] == {Property.CALIBRATION_INTERVAL: 730}


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
def test_exported_list_brings_types_back_into_an_empty_database(
    desk: Desk, databases: Databases, clock: ManualClock, ending: str
) -> None:
    demanding = TypeDraft(
        type_name="Fixture",
        calibration_interval_days=365.5,
        maintenance_interval_days=-1,
        running_count_limit=10_000,
        total_count_limit=2_000_000_000,
        warning_threshold_percent=72.5,
        alarm_threshold_percent=90,
    )
    for serial, draft in (("A", demanding), ("B", TypeDraft(type_name="Plain"))):
        type_id = str(desk.write(types.save_type, draft)["typeId"])
        desk.write(assets.save_asset, AssetDraft(serial_number=serial, type_id=type_id))
    path = desk.export(ending)
    address = databases.fresh()
    database = open_database(address, scan_seconds=1)
    empty = Desk(Backend(database, clock), desk.folder, desk.runner)

    empty.take(plan_file(path, Instructions()))

    ours, theirs = ({name: {**stored, "typeId": ""} for name, stored in each.types().items()} for each in (desk, empty))
    assert theirs == ours
    desk.run(database.close())
    databases.drop(address)


def test_import_tells_where_a_type_demands_something_else(desk: Desk, plan_text: PlanText) -> None:
    desk.write(types.save_type, TypeDraft(type_name="Fixture", running_count_limit=1_000_000))
    summary = desk.take(plan_text("Serial,Type,Use limit,Alarm threshold\nA,Fixture,500,90%\nB,Probe,-1,70\n"))

    assert [note.partition("; ")[0] for note in summary.notes] == [
        "The type 'Fixture' has the runningCountLimit 1000000 uses, the list 500 uses",
        "The type 'Fixture' has the alarmThreshold none, the list 90 %",
    ]
    assert summary.new_types == {"Probe": {Property.ALARM_THRESHOLD: 70}}
    assert desk.asset("A")["tags"] == {"Use limit": "500", "Alarm threshold": "90%"}


def test_import_again_changes_nothing(desk: Desk, samples: Path) -> None:
    plan = plan_file(samples / "calibration_lab.csv", Instructions())
    desk.take(plan)
    log = desk.log()

    again = desk.take(plan)

    assert (again.count(Outcome.UNCHANGED), again.count(Outcome.REFUSED)) == (8, 5)
    assert (again.new_types, desk.log()) == ({}, log)


def test_import_as_a_trial_stores_nothing_and_tells_the_same(desk: Desk, samples: Path) -> None:
    plan = plan_file(samples / "calibration_lab.csv", Instructions())

    trial = desk.take(plan, is_trial=True)

    assert not trial.is_stored
    assert (desk.log(), desk.types()) == ([], {})
    real = desk.take(plan)
    assert real.is_stored
    assert (trial.results, trial.new_types) == (real.results, real.new_types)


def test_import_advances_once_a_row(desk: Desk, samples: Path) -> None:
    steps: list[int] = []

    desk.take(plan_file(samples / "calibration_lab.csv", Instructions()), advance=lambda: steps.append(1))

    assert len(steps) == 13


def test_import_needs_the_permission_to_edit(desk: Desk, plan_text: PlanText) -> None:
    operator = Principal("line 3", Role.OPERATOR)

    with pytest.raises(NotAllowed):
        desk.run(run_import(desk.backend, operator, plan_text("Serial,Room\nA,1\n")))


def test_import_changed_list_updates_and_tells_old_and_new(desk: Desk, plan_text: PlanText) -> None:
    desk.take(plan_text("Serial,Name,Room,Status,Owner\nA,Meter,Lab 1,In use,QA\nB,Oven,Lab 1,In use,QA\n"))

    summary = desk.take(plan_text("Serial,Name,Room,Status,Owner\nA,Meter,Lab 2,Scrapped,RD\nB,Oven,Lab 1,In use,QA\n"))

    assert outcomes(summary) == ["updated", "unchanged"]
    assert [(change.property, change.old, change.new) for change in summary.results[0].changes] == [
        ("state", "In operation", "Scrapped"),
        ("location", "Lab 1", "Lab 2"),
        ("tag:Owner", "QA", "RD"),
    ]
    stored = desk.asset("A")
    assert (stored["location"], stored["state"], stored["tags"]) == ("Lab 2", AssetState.SCRAPPED, {"Owner": "RD"})


def test_import_blank_cells_leave_what_is_stored(desk: Desk, plan_text: PlanText) -> None:
    desk.take(plan_text("Serial,Name,Room,Owner\nA,Meter,Lab 1,QA\n"))

    assert outcomes(desk.take(plan_text("Serial,Name,Room,Owner\nA,,-,\n"))) == ["unchanged"]
    assert desk.asset("A")["location"] == "Lab 1"


def test_import_blank_cells_clear_when_asked(desk: Desk, plan_text: PlanText) -> None:
    desk.take(plan_text("Serial,Type,Room,Status,Owner,Last calibration\nA,DMM,Lab 1,In use,QA,2020-01-01\n"))

    desk.take(plan_text("Serial,Type,Room,Status,Owner,Last calibration\nA,,,,,\n"), clear_blank=True)

    stored = desk.asset("A")
    assert (stored["location"], stored["tags"]) == (None, {})
    assert (stored["typeName"], stored["state"]) == ("DMM", AssetState.IN_OPERATION)
    assert stored["lastCalibrationDate"] == "2020-01-01T00:00:00"


def test_import_columns_that_are_absent_leave_what_is_stored(desk: Desk, plan_text: PlanText) -> None:
    desk.take(plan_text("Serial,Room,Owner\nA,Lab 1,QA\n"))

    desk.take(plan_text("Serial,Name\nA,Meter\n"), clear_blank=True)

    stored = desk.asset("A")
    assert (stored["location"], stored["tags"], stored["assetName"]) == ("Lab 1", {"Owner": "QA"}, "Meter")


def test_import_newer_calibration_is_recorded_with_its_due_date(desk: Desk, plan_text: PlanText) -> None:
    desk.take(plan_text("Serial,Last calibration,Cal due\nA,2020-01-01,2021-01-01\n"))

    summary = desk.take(plan_text("Serial,Last calibration,Cal due\nA,2021-02-01,2021-08-01\n"))

    assert outcomes(summary) == ["updated"]
    assert desk.asset("A")["nextCalibrationDate"] == "2021-08-01T00:00:00"
    newest = desk.log()[0]
    assert (newest["type"], newest["comment"]) == (4, "Imported from list.csv")


def test_import_changed_due_date_is_taken_over(desk: Desk, plan_text: PlanText) -> None:
    desk.take(plan_text("Serial,Last calibration,Cal due\nA,2020-01-01,2021-01-01\n"))

    summary = desk.take(plan_text("Serial,Cal due\nA,2020-07-01\n"))

    assert [(change.property, change.new) for change in summary.results[0].changes] == [
        ("nextCalibrationDate", "2020-07-01")
    ]
    assert desk.asset("A")["nextCalibrationDate"] == "2020-07-01T00:00:00"


def test_import_newer_calibration_without_due_date_follows_the_type(desk: Desk, plan_text: PlanText) -> None:
    desk.take(plan_text("Serial,Type,Last calibration,Cycle (days)\nA,DMM,2020-01-01,100\n"))

    desk.take(plan_text("Serial,Type,Last calibration\nA,DMM,2021-01-01\n"))

    assert desk.asset("A")["nextCalibrationDate"] == "2021-04-11T00:00:00"


def test_import_list_older_than_the_server_turns_nothing_back(desk: Desk, plan_text: PlanText) -> None:
    plan = plan_text("Serial,Last calibration,Cal due,Uses\nA,2020-01-01,2021-01-01,10\n")
    desk.take(plan)
    desk.write(work.record, work.CALIBRATION, AssetRef(serial_number="A"), datetime(2026, 1, 1, tzinfo=UTC))
    desk.write(counts.count_uses, AssetRef(serial_number="A"), increment_by=5)

    again = desk.take(plan)

    assert outcomes(again) == ["unchanged"]
    reasons = [str(warning) for warning in again.results[0].warnings]
    assert "lastCalibrationDate '2020-01-01' is older than the stored 2026-01-01; the stored dates stay" in reasons
    assert "runningCount '10' is not taken over: the stored count is 15" in reasons
    assert desk.asset("A")["lastCalibrationDate"] == "2026-01-01T00:00:00"


def test_import_date_is_any_moment_of_its_day(desk: Desk, plan_text: PlanText) -> None:
    plan = plan_text("Serial,Last calibration\nA,2026-01-01\n")
    desk.take(plan_text("Serial,Room\nA,Lab 1\n"))
    desk.write(work.record, work.CALIBRATION, AssetRef(serial_number="A"), datetime(2026, 1, 1, 10, 15, tzinfo=UTC))

    assert outcomes(desk.take(plan)) == ["unchanged"]


def test_import_due_date_without_a_last_date_is_left_out_of_an_asset_that_exists(
    desk: Desk, plan_text: PlanText
) -> None:
    desk.take(plan_text("Serial,Room\nA,Lab 1\n"))

    summary = desk.take(plan_text("Serial,Cal due\nA,2027-01-01\n"))

    assert outcomes(summary) == ["unchanged"]
    assert "no last date that it could follow" in str(summary.results[0].warnings[0])


def test_import_work_in_the_future_is_warned_of(desk: Desk, plan_text: PlanText) -> None:
    summary = desk.take(plan_text("Serial,Last calibration\nA,2108-01-01\nB,2026-03-11\n"))

    found = [[str(warning) for warning in result.warnings] for result in summary.results]
    assert found == [["lastCalibrationDate '2108-01-01' lies in the future"], []]


def test_import_due_date_before_the_stored_work_is_left_out(desk: Desk, plan_text: PlanText) -> None:
    desk.take(plan_text("Serial,Last calibration,Cal due\nA,2020-01-01,2021-01-01\n"))

    summary = desk.take(plan_text("Serial,Cal due\nA,2019-06-01\n"))

    assert outcomes(summary) == ["unchanged"]
    assert "left out: it is not later than the last date, 2020-01-01" in str(summary.results[0].warnings[0])


def test_import_other_first_date_is_not_taken_over(desk: Desk, plan_text: PlanText) -> None:
    desk.take(plan_text("Serial,First seen\nA,2019-01-01\n"))

    summary = desk.take(plan_text("Serial,First seen\nA,2018-01-01\n"))

    assert outcomes(summary) == ["unchanged"]
    assert "the asset is known since 2019-01-01" in str(summary.results[0].warnings[0])


def test_import_parents_come_before_their_children_wherever_they_stand(desk: Desk, plan_text: PlanText) -> None:
    summary = desk.take(plan_text("Serial,Parent\nprobe,fixture\nfixture,station\nstation,\nlost,nobody\n"))

    assert outcomes(summary) == ["created", "created", "created", "refused"]
    assert desk.asset("probe")["parentSerialNumber"] == "fixture"
    assert "parentSerialNumber is 'nobody'" in str(summary.results[3].refusals[0])


def test_import_parents_in_a_circle_are_refused(desk: Desk, plan_text: PlanText) -> None:
    summary = desk.take(plan_text("Serial,Parent,Type\nA,B,Never made\nB,A,Never made\nC,,Made\n"))

    assert outcomes(summary) == ["refused", "refused", "created"]
    assert list(desk.types()) == ["Made"]


def test_import_type_is_found_whatever_its_case(desk: Desk, plan_text: PlanText) -> None:
    desk.write(types.save_type, TypeDraft(type_name="Power  Meter", calibration_interval_days=365.0))

    summary = desk.take(plan_text("Serial,Type\nA,POWER METER\n"))

    assert summary.new_types == {}
    assert desk.asset("A")["typeName"] == "Power  Meter"
    assert outcomes(desk.take(plan_text("Serial,Type\nA,power meter\n"))) == ["unchanged"]


def test_import_does_not_change_the_interval_of_a_type_and_says_so(desk: Desk, plan_text: PlanText) -> None:
    desk.write(types.save_type, TypeDraft(type_name="DMM", calibration_interval_days=180.0))

    summary = desk.take(plan_text("Serial,Type,Cycle (years)\nA,DMM,1\n"))

    assert desk.types()["DMM"]["calibrationInterval"] == 180
    assert "The type 'DMM' has the calibrationInterval 180 days, the list 365 days" in summary.notes[0]


def test_import_initial_on_a_type_with_an_interval_is_warned_of(desk: Desk, plan_text: PlanText) -> None:
    desk.write(types.save_type, TypeDraft(type_name="Rule", calibration_interval_days=365.0))

    summary = desk.take(plan_text("Serial,Type,Last calibration,Cal due\nA,Rule,2020-01-01,Initial\n"))

    assert "'2020-12-31' comes from the interval of the type" in str(summary.results[0].warnings[0])


def test_import_assumed_type_does_not_change_an_asset_that_exists(desk: Desk, plan_text: PlanText) -> None:
    desk.take(plan_text("Serial,Type\nA,DMM\n"))

    assert outcomes(desk.take(plan_text("Serial,Room\nA,-\n", defaults={"typeName": "Other"}))) == ["unchanged"]
    assert list(desk.types()) == ["DMM"]


def test_import_row_that_a_rule_forbids_is_refused_by_itself(desk: Desk, plan_text: PlanText) -> None:
    summary = desk.take(plan_text(f"Serial,Uses\nA,{10**17}\nB,5\n"))

    assert outcomes(summary) == ["refused", "created"]
    assert "runningCount" in str(summary.results[0].refusals[0])


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
def test_export_is_taken_back_without_a_change(desk: Desk, samples: Path, plan_text: PlanText, ending: str) -> None:
    desk.take(plan_file(samples / "calibration_lab.csv", Instructions()))
    desk.take(plan_text("Serial,Parent,Description\n'00123,station,=1+1\nstation,,\"two\nlines\"\n'1E5,,'-\n"))
    log = desk.log()

    summary = desk.take(plan_file(desk.export(ending), Instructions()))

    assert set(outcomes(summary)) == {"unchanged"}
    assert len(summary.results) == 11
    assert (desk.log(), summary.notes) == (log, ())


def test_export_of_unusual_assets_is_taken_back_without_a_word(desk: Desk, plan_text: PlanText) -> None:
    desk.take(plan_text("Serial,Cal due,Status\nonly due,2030-01-01,unknown\n"))
    type_id = desk.types()["Equipment"]["typeId"]
    tags = [(" x", "1"), ("a, b", "2"), ("serialNumber", "3"), ("A", " "), ("a", "\u00a0")]
    desk.write(assets.save_asset, AssetDraft(serial_number=" 007 ", type_id=type_id, asset_name="-", tags=tags))

    summary = desk.take(plan_file(desk.export(), Instructions()))

    assert [(result.outcome, result.warnings) for result in summary.results] == [(Outcome.UNCHANGED, ())] * 2
    assert desk.asset(" 007 ")["tags"] == dict(tags)


def test_export_into_an_empty_server_makes_the_same_assets(
    desk: Desk, samples: Path, empty_database: Path, tmp_path: Path
) -> None:
    desk.take(plan_file(samples / "calibration_lab.csv", Instructions()))
    path = desk.export()
    copy = tmp_path / "other.sqlite"
    copy.write_bytes(empty_database.read_bytes())
    database = open_database(f"sqlite:///{copy}", scan_seconds=1)
    other = Desk(Backend(database, desk.backend.clock), tmp_path, desk.runner)

    other.take(plan_file(path, Instructions()))

    with other.listing() as copied, desk.listing() as original:
        assert copied.headers == original.headers
        assert list(copied.rows) == list(original.rows)
    desk.run(database.close())


def test_export_follows_a_filter(desk: Desk, plan_text: PlanText) -> None:
    desk.take(plan_text("Serial,Room\nA,Lab 1\nB,Lab 2\n"))

    with desk.listing("location eq 'Lab 2'") as listing:
        assert [row[0] for row in listing.rows] == ["B"]
    with pytest.raises(InvalidQuery):
        desk.listing("location eq")


TEXT = st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), min_size=1, max_size=12).filter(str.strip)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    drafts=st.lists(
        st.builds(
            dict,
            serial_number=TEXT,
            asset_name=st.none() | TEXT,
            description=st.none() | TEXT,
            tags=st.dictionaries(TEXT, TEXT, max_size=2).map(lambda tags: list(tags.items())),
        ),
        max_size=4,
    )
)
def test_export_of_anything_is_taken_back_without_a_change(desk: Desk, drafts: list[dict[str, Any]]) -> None:
    type_id = desk.write(types.save_type, TypeDraft(type_name=" Odd  type"))["typeId"]
    for draft in [*drafts, {"serial_number": "always one"}]:
        desk.write(assets.save_asset, AssetDraft(type_id=type_id, **draft))

    for ending in (".csv", ".xlsx"):
        assert set(outcomes(desk.take(plan_file(desk.export(ending), Instructions())))) == {"unchanged"}


@pytest.mark.parametrize("columns", [{}, {"id": "serialNumber", "name": "typeName"}], ids=["guessed", "own numbers"])
def test_real_devices_are_imported_once(desk: Desk, real_lists: Path, columns: dict[str, str]) -> None:
    plan = plan_file(real_lists / "telkom-callab" / "devices.csv", instructions(columns, {}))
    imported = 225 if columns else 201

    assert desk.take(plan).count(Outcome.CREATED) == imported
    assert desk.take(plan).count(Outcome.UNCHANGED) == imported
    back = desk.take(plan_file(desk.export(".xlsx"), Instructions()))
    assert outcomes(back) == ["unchanged"] * imported


def test_real_registers_are_imported_once(desk: Desk, real_lists: Path) -> None:
    for path in sorted(path for path in (real_lists / "msl").iterdir() if path.suffix in (".csv", ".xlsx")):
        plan = plan_file(path, Instructions())
        desk.take(plan)

        again = desk.take(plan)

        assert again.count(Outcome.CREATED) + again.count(Outcome.UPDATED) == 0, path.name
