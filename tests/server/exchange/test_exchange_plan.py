from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pywats.domains.asset.enums import AssetState
from pywats_server.errors import InvalidInput
from pywats_server.exchange.instructions import Instructions, instructions
from pywats_server.exchange.plan import plan_file
from pywats_server.exchange.properties import Property
from pywats_server.exchange.records import Plan, Record

SHORTENED = "is a number that a spreadsheet has shortened, so digits are lost; enter the serial number as text"

PlanText = Callable[..., Plan]


def on(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, tzinfo=UTC)


def records(plan: Plan) -> dict[str, Record]:
    return {line.record.serial_number: line.record for line in plan.lines if line.record}


def refusals(plan: Plan) -> dict[int, list[str]]:
    return {line.number: list(map(str, line.refusals)) for line in plan.lines if line.refusals}


def warnings(plan: Plan) -> dict[int, list[str]]:
    return {line.number: list(map(str, line.warnings)) for line in plan.lines if line.warnings}


def test_plan_laboratory_list_refuses_rows_without_a_usable_serial_number(samples: Path) -> None:
    found = refusals(plan_file(samples / "calibration_lab.csv", Instructions()))

    assert found == {
        5: ["serial_number '-' stands for no serial number"],
        6: [f"serial_number '1.00544E+11' {SHORTENED}"],
        9: ["serial_number '3910401' stands in row 10 too; a serial number is unique"],
        10: ["serial_number '3910401' stands in row 9 too; a serial number is unique"],
        11: ["serial_number: no serial number"],
    }


def test_plan_laboratory_list_warns_of_broken_characters(samples: Path) -> None:
    found = warnings(plan_file(samples / "calibration_lab.csv", Instructions()))

    assert list(found) == [4, 5, 8]
    assert "model '0.001 ?' may have lost a character" in found[4][0]
    assert "model '1.51E+13' is a number that a spreadsheet has shortened" in found[8][0]


def test_plan_laboratory_list_takes_names_as_types_and_asset_numbers_as_names(samples: Path) -> None:
    plan = plan_file(samples / "calibration_lab.csv", Instructions())
    record = records(plan)["AC1001"]

    assert (record.type_name, record.values[Property.ASSET_NAME]) == ("POWER METER", "901/LAB")
    assert any("'name'" in note and "taken as the type" in note for note in plan.notes)


def test_plan_laboratory_list_keeps_every_other_column_as_a_tag(samples: Path) -> None:
    record = records(plan_file(samples / "calibration_lab.csv", Instructions()))["AC1003"]

    assert record.tags == {
        "manufacturer": "ACME",
        "model": 'PM "3" / 0 ~ 300mm',
        "defect_status": "0",
        "calibration_period": "2",
        "supervisor": "TEAM-A",
    }


def test_plan_laboratory_list_proves_that_periods_are_years(samples: Path) -> None:
    plan = plan_file(samples / "calibration_lab.csv", Instructions())

    assert "'calibration_period' is in years, as 9 of 9 rows show by their last and next dates." in plan.notes
    assert plan.demands["STANDARD RESISTOR"] == {Property.CALIBRATION_INTERVAL: 730}


def test_plan_laboratory_list_types_whose_rows_differ_get_no_interval(samples: Path) -> None:
    plan = plan_file(samples / "calibration_lab.csv", Instructions())

    assert plan.demands["POWER METER"] == {}
    assert any("do not agree on an interval" in note and "POWER METER" in note for note in plan.notes)


def test_plan_laboratory_list_words_for_no_due_date(samples: Path) -> None:
    plan = plan_file(samples / "calibration_lab.csv", Instructions())
    rule, splicer = records(plan)["906/LAB"], records(plan)["4406"]

    assert (rule.values[Property.NEXT_CALIBRATION_DATE], rule.not_due) == (None, {Property.NEXT_CALIBRATION_DATE})
    assert (splicer.values[Property.NEXT_CALIBRATION_DATE], splicer.not_due) == (None, frozenset())
    assert "'due_date': '-' (2), 'INITIAL' (1), 'Initial' (1) count as no date." in plan.notes


def test_plan_asset_number_as_serial_number_imports_every_row(samples: Path) -> None:
    plan = plan_file(samples / "calibration_lab.csv", instructions({"id": "serialNumber"}, {}))

    assert refusals(plan) == {}
    record = records(plan)["904/LAB"]
    # With no other number on the row, the name stays the name.
    assert record.values[Property.ASSET_NAME] == "STANDARD RESISTOR"
    assert record.tags["serial_number"] is None


def test_plan_day_first_column_is_concluded_and_said(samples: Path) -> None:
    plan = plan_file(samples / "day_first.csv", Instructions())

    dates = {serial: record.values[Property.LAST_CALIBRATION_DATE] for serial, record in records(plan).items()}
    assert dates == {"D1001": on(2010, 11, 1), "D1002": None, "D1003": on(2004, 4, 8), "D1004": on(2016, 10, 23)}
    assert any("day first (dmy)" in note and "23/10/2016" in note for note in plan.notes)


def test_plan_order_unknown_refuses_ambiguous_dates_only(samples: Path) -> None:
    plan = plan_file(samples / "order_unknown.csv", Instructions())

    assert list(refusals(plan)) == [2, 5]
    assert "'1/11/2010' can be 2010-11-01 (dmy) / 2010-01-11 (mdy); say which order" in refusals(plan)[2][0]
    assert records(plan)["E3"].values[Property.LAST_CALIBRATION_DATE] == on(2004, 8, 8)


def test_plan_order_given_reads_ambiguous_dates(samples: Path) -> None:
    plan = plan_file(samples / "order_unknown.csv", instructions({}, {}, "mdy"))

    assert records(plan)["E1"].values[Property.LAST_CALIBRATION_DATE] == on(2010, 1, 11)


def test_plan_german_list_in_windows_encoding_is_read(samples: Path) -> None:
    plan = plan_file(samples / "german_cp1252.csv", Instructions())
    record = records(plan)["G-2"]

    assert (record.type_name, record.values[Property.LOCATION]) == ("Längenmessmittel", "Prüfraum")
    assert record.values[Property.NEXT_CALIBRATION_DATE] == on(2022, 6, 30)
    assert record.tags["manufacturer"] == "Mitü"
    assert any("Windows-1252" in note for note in plan.notes)


def test_plan_xml_is_refused(samples: Path) -> None:
    with pytest.raises(InvalidInput, match="XML"):
        plan_file(samples / "not_a_register.xml", Instructions())


def test_plan_next_date_comes_from_the_period_when_only_that_is_given(plan_text: PlanText) -> None:
    plan = plan_text("Serial,Last calibration,Cal due,Cycle [years]\nA,2020-02-29,,1\nB,2020-01-01,2020-06-30,1\n")

    assert records(plan)["A"].values[Property.NEXT_CALIBRATION_DATE] == on(2021, 2, 28)
    assert records(plan)["B"].values[Property.NEXT_CALIBRATION_DATE] == on(2020, 6, 30)


def test_plan_period_without_a_provable_unit_makes_no_date_and_is_said(plan_text: PlanText) -> None:
    plan = plan_text("Serial,Last calibration,Cycle\nA,2020-02-29,12\nB,2020-02-29,6 months\n")

    assert Property.NEXT_CALIBRATION_DATE not in records(plan)["A"].values
    assert records(plan)["A"].tags == {"Cycle": "12"}
    assert records(plan)["B"].values[Property.NEXT_CALIBRATION_DATE] == on(2020, 8, 29)
    assert any("names no unit" in note and "calibrationInterval in years" in note for note in plan.notes)


def test_plan_interval_under_a_wire_name_is_in_days_unless_the_dates_show_otherwise(plan_text: PlanText) -> None:
    header = "serialNumber,lastCalibrationDate,nextCalibrationDate,calibrationInterval"

    days = plan_text(f"{header}\nA,2020-01-01,2020-01-13,12\n")
    months = plan_text(f"{header}\nA,2020-01-01,2021-01-01,12\n")
    unproven = plan_text(f"{header}\nA,2020-01-01,,12\n")

    assert records(days)["A"].demands == {Property.CALIBRATION_INTERVAL: 12}
    assert records(months)["A"].demands == {Property.CALIBRATION_INTERVAL: 365}
    assert records(unproven)["A"].values[Property.NEXT_CALIBRATION_DATE] == on(2020, 1, 13)
    assert [plan.notes != () for plan in (days, months, unproven)] == [False, True, False]


def test_plan_interval_whose_unit_has_a_column_of_its_own_is_not_taken_for_days(plan_text: PlanText) -> None:
    plan = plan_text(
        "serialNumber,calibrationDate,calibrationInterval,calibrationIntervalUnit\nA,2020-01-01,12,Month\n"
    )

    assert records(plan)["A"].demands == {}
    assert any("names no unit" in note for note in plan.notes)


def test_plan_period_that_cannot_be_read_is_a_warning_and_a_tag(plan_text: PlanText) -> None:
    plan = plan_text("Serial,Cycle (years)\nA,on demand\nB,2\n")

    assert warnings(plan)[2][0].startswith("Cycle (years) 'on demand' is no interval")
    assert records(plan)["A"].tags == {"Cycle (years)": "on demand"}


@pytest.mark.parametrize("due", ["2020-01-01", "2019-12-31"])
def test_plan_due_date_not_after_the_last_is_refused(plan_text: PlanText, due: str) -> None:
    plan = plan_text(f"Serial,Last calibration,Cal due\nA,2020-01-01,{due}\n")

    assert refusals(plan)[2] == [f"Cal due '{due}' is not later than the last date, 2020-01-01"]


def test_plan_row_with_too_many_values_is_refused(plan_text: PlanText) -> None:
    plan = plan_text("Serial,Room\nA,945,556,502\n")

    assert "row '556, 502' stands to the right of the last header" in refusals(plan)[2][0]


def test_plan_all_reasons_of_a_row_are_told(plan_text: PlanText) -> None:
    plan = plan_text("Serial,totalCount,lastCalibrationDate\n-,many,soon\n")

    assert len(refusals(plan)[2]) == 3


def test_plan_asset_as_its_own_parent_is_refused(plan_text: PlanText) -> None:
    assert refusals(plan_text("Serial,Parent\nA,A\nB,A\n")) == {2: ["Parent 'A' is the asset itself"]}


def test_plan_types_written_differently_are_one(plan_text: PlanText) -> None:
    plan = plan_text("Serial,Type\nA,Oscillator\nB,OSCILLATOR\nC,\n")

    assert [record.type_name for record in records(plan).values()] == ["Oscillator", "Oscillator", "Equipment"]
    assert "Type 'OSCILLATOR' is written 'Oscillator', as in an earlier row." in plan.notes


@pytest.mark.parametrize(
    ("text", "type_name", "name"),
    [
        ("Serial,ID,Name\nA,1/X,Meter\nB,2/X,Meter\n", "Meter", "1/X"),
        ("Serial,ID,Name\nA,1/X,Meter\nB,2/X,Oven\n", "Equipment", "Meter"),
        ("Serial,ID,Name,Type\nA,1/X,Meter,DMM\nB,2/X,Meter,DMM\n", "DMM", "Meter"),
        ("Serial,Name\nA,Meter\nB,Meter\n", "Equipment", "Meter"),
        ("Serial,ID,assetName\nA,1/X,Meter\nB,2/X,Meter\n", "Equipment", "Meter"),
    ],
    ids=["repeated names", "names of their own", "a type column", "no number", "a wire name"],
)
def test_plan_names_are_types_only_when_they_repeat_and_assets_have_numbers(
    plan_text: PlanText, text: str, type_name: str, name: str
) -> None:
    record = records(plan_text(text))["A"]

    assert (record.type_name, record.values[Property.ASSET_NAME]) == (type_name, name)


def test_plan_asset_number_that_is_no_name_stays_a_tag(plan_text: PlanText) -> None:
    assert records(plan_text("Serial,Asset number\nA,00003\n"))["A"].tags == {"Asset number": "00003"}


def test_plan_defaults_fill_in_for_new_assets_only(plan_text: PlanText) -> None:
    plan = plan_text("Serial,Type\nA,\nB,DMM\n", defaults={"typeName": "Instrument", "state": "in storage"})

    assert records(plan)["A"].assumed == {Property.TYPE_NAME: "Instrument", Property.STATE: AssetState.IN_STORAGE}
    assert records(plan)["B"].assumed == {Property.STATE: AssetState.IN_STORAGE}
    assert records(plan)["B"].type_name == "DMM"


def test_plan_default_that_cannot_be_read_is_refused(plan_text: PlanText) -> None:
    with pytest.raises(InvalidInput, match="state = 'shelf'"):
        plan_text("Serial,Type\nA,\n", defaults={"state": "shelf"})


def test_plan_wire_names_are_taken_as_they_are(plan_text: PlanText) -> None:
    plan = plan_text(
        "serialNumber,assetName,typeName,state,totalCount,calibrationInterval,tag:Owner\n"
        "'00123,Fixture 1,Fixture,5,1200,-1,QA\n"
    )

    record = records(plan)["00123"]
    assert record.values == {
        Property.ASSET_NAME: "Fixture 1",
        Property.TYPE_NAME: "Fixture",
        Property.STATE: AssetState.IN_STORAGE,
        Property.TOTAL_COUNT: 1200,
    }
    assert record.tags == {"Owner": "QA"}
    assert plan.demands == {"Fixture": {Property.CALIBRATION_INTERVAL: -1}}


def test_plan_other_type_gets_no_interval(plan_text: PlanText) -> None:
    plan = plan_text("Serial,Cycle (years)\nA,2\nB,2\n")

    assert plan.demands == {"Equipment": {}}


def test_plan_label_is_what_a_person_knows_the_asset_by(plan_text: PlanText) -> None:
    plan = plan_text("Serial,ID,Name,Brand,Model\nA,1/X,Meter,Acme,M1\nB,,,Acme,M1\nC,,,,\n")

    assert [line.label for line in plan.lines] == ["1/X Meter", "Acme M1", ""]


ANYTHING = st.sampled_from(
    [
        *("", "-", "Initial", "A", '"a\nb"', "1/11/2010", "23/10/2016", "12/31/99", "31.12.9999", "2020-02-29"),
        *("9999-12-31", "1", "-1", "1.5", "2 years", "1E+9", "999999999", "9" * 20, "\u00b3", "\uff11"),
    ]
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(*[ANYTHING] * 6).map(",".join), min_size=1, max_size=5))
def test_plan_any_mixture_of_values_is_planned(plan_text: PlanText, rows: list[str]) -> None:
    plan = plan_text("\n".join(["Serial,Last calibration,Cal due,Cycle,Parent,Uses", *rows, "Z,,,,,"]))

    for line in plan.lines:
        assert (line.record is None) == bool(line.refusals)
