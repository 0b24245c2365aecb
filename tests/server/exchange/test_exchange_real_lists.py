"""The lists of other people's laboratories, as they are."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pywats_server.errors import InvalidInput
from pywats_server.exchange.instructions import Instructions, instructions
from pywats_server.exchange.plan import plan_file
from pywats_server.exchange.properties import Property
from pywats_server.exchange.records import Plan, Record


def records(plan: Plan) -> dict[str, Record]:
    return {line.record.serial_number: line.record for line in plan.lines if line.record}


@pytest.fixture
def devices(real_lists: Path) -> Path:
    return real_lists / "telkom-callab" / "devices.csv"


def test_devices_refused_rows_are_those_without_a_usable_serial_number(devices: Path) -> None:
    plan = plan_file(devices, Instructions())
    reasons = Counter(finding.value for line in plan.lines for finding in line.refusals)

    assert len(plan.lines) == 225
    assert reasons == {
        "-": 12,
        "": 1,
        "3910401": 4,
        "1922004": 2,
        "1.00544E+11": 2,
        "1.00547E+11": 1,
        "6.7501E+11": 1,
        "5.0101E+12": 1,
    }
    assert len(records(plan)) == 201


def test_devices_dates_periods_types_and_names_are_understood(devices: Path) -> None:
    plan = plan_file(devices, Instructions())
    record = records(plan)["2347A16880"]

    assert (record.type_name, record.values[Property.ASSET_NAME]) == ("POWER METER", "002/CAL")
    assert record.values[Property.LAST_CALIBRATION_DATE] == datetime(2013, 4, 5, tzinfo=UTC)
    assert record.values[Property.NEXT_CALIBRATION_DATE] == datetime(2014, 4, 5, tzinfo=UTC)
    assert record.tags["manufacturer"] == "HP"
    assert plan.demands["STANDARD RESISTOR"] == {Property.CALIBRATION_INTERVAL: 730}
    assert any("'INITIAL' (5), 'Initial' (4) count as no date" in note for note in plan.notes)


def test_devices_lost_ohm_signs_are_reported(devices: Path) -> None:
    plan = plan_file(devices, Instructions())
    warned = [line for line in plan.lines if any("such as Ω" in finding.reason for finding in line.warnings)]

    assert len(warned) == 22


def test_devices_by_their_own_numbers_are_all_imported(devices: Path) -> None:
    plan = plan_file(devices, instructions({"id": "serialNumber", "name": "typeName"}, {}))

    assert len(records(plan)) == 225


@pytest.mark.parametrize(
    ("name", "imported", "refused"),
    [
        ("msl_examples_equipment_equipment-register.csv", 8, 0),
        ("msl_examples_equipment_example-equipment-register.csv", 7, 0),
        ("tests_db_files_db.csv", 7, 0),
        ("tests_db_files_equipment-register.csv", 8, 0),
        ("msl_examples_equipment_databases.xlsx", 27, 0),
        ("msl_examples_equipment_example.xlsx", 6, 0),
        ("tests_db_files_db.xlsx", 18, 0),
        ("tests_db_files_db_encoding.xlsx", 4, 1),
    ],
)
def test_registers_are_imported(real_lists: Path, name: str, imported: int, refused: int) -> None:
    plan = plan_file(real_lists / "msl" / name, Instructions())

    assert len(records(plan)) == imported
    assert sum(bool(line.refusals) for line in plan.lines) == refused


def test_register_with_slashes_is_concluded_day_first(real_lists: Path) -> None:
    plan = plan_file(real_lists / "msl" / "msl_examples_equipment_equipment-register.csv", Instructions())

    assert records(plan)["A10008"].values[Property.LAST_CALIBRATION_DATE] == datetime(2010, 11, 1, tzinfo=UTC)
    assert any("day first (dmy)" in note for note in plan.notes)


def test_workbook_numbers_are_serial_numbers_and_years_make_due_dates(real_lists: Path) -> None:
    found = records(plan_file(real_lists / "msl" / "msl_examples_equipment_databases.xlsx", Instructions()))

    assert {"37871232", "537179"} <= found.keys()
    assert found["A00021"].values[Property.NEXT_CALIBRATION_DATE] == datetime(2013, 1, 27, tzinfo=UTC)


def test_workbook_odd_headers_and_letters_are_read(real_lists: Path) -> None:
    plan = plan_file(real_lists / "msl" / "tests_db_files_db_encoding.xlsx", Instructions())
    record = records(plan)["37870963"]

    assert record.values[Property.DESCRIPTION] == "Motorized Filter Flip Mount for Ø25mm Optics"
    assert record.tags["manufacturer"] == "Thorlabs"


def test_xml_registers_are_refused_with_reason(real_lists: Path) -> None:
    for path in (real_lists / "msl").glob("*.xml"):
        with pytest.raises(InvalidInput, match="XML"):
            plan_file(path, Instructions())
