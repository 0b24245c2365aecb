from pathlib import Path

import pytest

from pywats_server.errors import InvalidInput
from pywats_server.exchange.dates import DateOrder
from pywats_server.exchange.instructions import Instructions, Target, instructions, read_instructions, read_target
from pywats_server.exchange.mapping import ColumnMapping, is_header_line, map_columns
from pywats_server.exchange.properties import TAG_WORDS, WORDS, Property, words
from pywats_server.exchange.tables import Row, Table
from pywats_server.exchange.values import Unit


def mapped(headers: list[str], *rows: list[str], given: Instructions | None = None) -> ColumnMapping:
    table = Table("list.csv", tuple(headers), tuple(Row(number, tuple(cells)) for number, cells in enumerate(rows, 2)))
    return map_columns(table, given or Instructions())


def targets(mapping: ColumnMapping) -> list[str]:
    return [str(column.target) for column in mapping.columns]


@pytest.mark.parametrize(
    ("header", "target"),
    [
        ("serialNumber", "serialNumber"),
        ("Serial", "serialNumber"),
        ("SERIAL NO.", "serialNumber"),
        ("serial_number", "serialNumber"),
        ("S/N", "serialNumber"),
        ("Seriennummer", "serialNumber"),
        ("Serienummer", "serialNumber"),
        ("Name", "assetName"),
        ("Bezeichnung", "assetName"),
        ("Category", "typeName"),
        ("caTEgoRy (headers are case insensitive)", "typeName"),
        ("Asset type", "typeName"),
        ("Asset TAG ID", "assetNumber"),
        ("IRL/CI Asset Number", "assetNumber"),
        ("ID", "assetNumber"),
        ("Manufacturer™", "tag:manufacturer"),
        ("BRAND", "tag:manufacturer"),
        ("The text in this column, for example, names the Manufacturer of the equipment", "tag:manufacturer"),
        ("Model #", "tag:model"),
        ("Usual Location", "location"),
        ("Standort", "location"),
        ("Plassering", "location"),
        ("Date calibrated", "lastCalibrationDate"),
        ("Last Service/Calibration [Date Calibrated]", "lastCalibrationDate"),
        ("letzte Kalibrierung", "lastCalibrationDate"),
        ("Sist kalibrert", "lastCalibrationDate"),
        ("Cal due", "nextCalibrationDate"),
        ("due_date", "nextCalibrationDate"),
        ("nächste Kalibrierung", "nextCalibrationDate"),
        ("Calibration Cycle “Years”", "calibrationInterval:years"),
        ("Kalibrierintervall (Monate)", "calibrationInterval:months"),
        ("Calibration interval in days", "calibrationInterval:days"),
        ("calibrationInterval", "calibrationInterval:days"),
        ("calibration_period", "calibrationInterval"),
        ("Next service", "nextMaintenanceDate"),
        ("Status", "state"),
        ("P/N", "partNumber"),
        ("Rev.", "revision"),
        ("Parent", "parentSerialNumber"),
        ("tag:Owner", "tag:Owner"),
        ("cf:Owner,type:TEXT", "tag:Owner"),
        ("cf: Serial number, type:TEXT", "serialNumber"),
        ("assetId", "ignore"),
        ("Supervisor", "tag:Supervisor"),
        ("Supplier name", "tag:Supplier name"),
        ("Planned calibration date", "tag:Planned calibration date"),
        ("Register number", "tag:Register number"),
        ("W" * 150, "tag:" + "W" * 99 + "…"),
    ],
)
def test_map_columns_header_is_understood(header: str, target: str) -> None:
    others = [] if target == "serialNumber" else ["Serial"]

    assert targets(mapped([header, *others]))[0] == target


def test_words_name_one_property_only() -> None:
    known: dict[str, str] = {}
    for property, listed in [*WORDS.items(), *TAG_WORDS.items()]:
        for word in words(listed):
            assert known.setdefault(word, property) == property, word


def test_words_every_settable_property_has_some() -> None:
    assert set(Property) - WORDS.keys() == {Property.TAG, Property.IGNORE}


def test_map_columns_two_for_one_property_the_better_header_keeps_it() -> None:
    mapping = mapped(["Old serial number", "Serial number", "Room", "Site", "Room (old)"])

    assert targets(mapping) == ["tag:Old serial number", "serialNumber", "location", "tag:Site", "tag:Room (old)"]
    assert len(mapping.notes) == 3
    assert "'Site' would be location too, as 'Room' is; it becomes a tag." in mapping.notes


@pytest.mark.parametrize(
    ("header", "cells", "target"),
    [
        ("Status", ["In storage", "5"], "state"),
        ("Status", ["In storage", "Deployed"], "tag:Status"),
        ("state", ["Deployed", "Deployed"], "state"),
        ("Item", ["1", "2"], "tag:Item"),
        ("Item", ["1", "Oscilloscope"], "assetName"),
        ("Calibrated", ["yes", "no"], "tag:Calibrated"),
        ("Calibrated", ["2020-01-01", "no"], "lastCalibrationDate"),
        ("Calibrated", ["1/11/2010", "-"], "lastCalibrationDate"),
        ("Uses", ["daily", "rarely"], "tag:Uses"),
        ("Interval", ["on demand", "yearly"], "tag:Interval"),
        ("Room", ["", ""], "location"),
    ],
)
def test_map_columns_guess_that_values_contradict_becomes_a_tag(header: str, cells: list[str], target: str) -> None:
    mapping = mapped(["Serial", header], *(["A", cell] for cell in cells))

    assert targets(mapping)[1] == target
    assert bool(mapping.notes) == target.startswith("tag:")


def test_map_columns_no_serial_number_is_refused_with_advice() -> None:
    with pytest.raises(InvalidInput, match='--column "Asset tag=serialNumber"'):
        mapped(["Room", "Asset tag"])


def test_map_columns_instructions_win_over_guesses() -> None:
    given = instructions({"asset tag": "serialNumber", "Remarks": "ignore", "Cycle": "calibrationInterval:months"}, {})

    mapping = mapped(["Asset tag", "Serial", "Remarks", "Cycle"], given=given)

    assert targets(mapping) == ["serialNumber", "tag:Serial", "ignore", "calibrationInterval:months"]


def test_map_columns_instructed_header_that_is_missing_is_refused() -> None:
    with pytest.raises(InvalidInput, match="no column 'Sreial'; it has 'Serial', 'Room'"):
        mapped(["Serial", "Room"], given=instructions({"Sreial": "serialNumber"}, {}))


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("location", Target(Property.LOCATION)),
        ("SerialNumber", Target(Property.SERIAL_NUMBER)),
        ("tag: owner", Target(Property.TAG, key="owner")),
        ("calibrationInterval", Target(Property.CALIBRATION_INTERVAL, unit=Unit.DAYS)),
        ("maintenanceInterval:weeks", Target(Property.MAINTENANCE_INTERVAL, unit=Unit.WEEKS)),
    ],
)
def test_read_target_names_a_property(text: str, target: Target) -> None:
    assert read_target(text) == target


@pytest.mark.parametrize("text", ["", "owner", "tag", "tag:", "location:x", "calibrationInterval:fortnights"])
def test_read_target_anything_else_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="serialNumber"):
        read_target(text)


@pytest.mark.parametrize(
    ("cells", "is_header"),
    [
        (["Serial", "Room"], True),
        (["Serial", ""], False),
        (["Room", "Name"], False),
        (["Nr", "Room"], True),
        (["Our serial number list"], False),
    ],
)
def test_is_header_line_needs_a_serial_number_and_company(cells: list[str], is_header: bool) -> None:
    assert is_header_line(instructions({"Nr": "serialNumber"}, {}), cells) is is_header


def test_read_instructions_reads_every_part(tmp_path: Path) -> None:
    path = tmp_path / "mapping.toml"
    path.write_text('date_order = "dmy"\n[columns]\n"S/N" = "serialNumber"\n[defaults]\ntypeName = "Instrument"\n')

    given = read_instructions(path)

    assert given.columns == {"S/N": Target(Property.SERIAL_NUMBER)}
    assert given.defaults == {Property.TYPE_NAME: "Instrument"}
    assert given.date_order is DateOrder.DMY


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("columns = ", "not a TOML file"),
        ("colums = 1", "'colums' is not known"),
        ("columns = 1", r"\[columns\]"),
        ("[columns]\nSerial = 1", r"\[columns\]"),
        ('[columns]\nA = "nothing"', "'nothing' is no property"),
        ('[columns]\nA = "location"\nB = "location"', "two columns"),
        ('[defaults]\nserialNumber = "1"', "cannot set serialNumber"),
        ('date_order = "dym"', "'dym'"),
        ("date_order = 1", "date_order"),
    ],
)
def test_read_instructions_mistake_is_refused_with_reason(tmp_path: Path, text: str, reason: str) -> None:
    path = tmp_path / "mapping.toml"
    path.write_text(text)

    with pytest.raises(InvalidInput, match=reason):
        read_instructions(path)


def test_read_instructions_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="cannot be read"):
        read_instructions(tmp_path / "mapping.toml")
