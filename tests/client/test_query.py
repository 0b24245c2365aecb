"""Conditions written in Python: which OData they become, and what is refused where it is written."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest

from client.fakes import FakeTransport, answer, query_of
from pywats import Asset, AssetAlarmState, AssetLog, AssetLogType, AssetState, AssetType, Condition, F
from pywats.blocking import run
from pywats.domains.asset import AsyncAssetRepository, AsyncAssetService
from pywats.domains.asset.fields import AssetFields, LogFields, TypeFields
from pywats.query import Fields

ID = UUID("12345678-1234-1234-1234-123456789012")
EAST = timezone(timedelta(hours=5, minutes=30))

TEXTS: list[tuple[Condition[Any], str]] = [
    (F.location == "Lab A", "location eq 'Lab A'"),
    (F.location != "O'Neill & 'sons'", "location ne 'O''Neill & ''sons'''"),
    (F.location == "", "location eq ''"),
    (F.location == None, "location eq null"),  # noqa: E711 - what a variable may hold
    (F.location.is_null(), "location eq null"),
    (~F.location.is_null(), "not (location eq null)"),
    (F.serial_number >= "A", "serialNumber ge 'A'"),
    (F.asset_name.contains("100%"), "contains(assetName,'100%')"),
    (F.part_number.startswith("P-"), "startswith(partNumber,'P-')"),
    (F.revision.endswith("'"), "endswith(revision,'''')"),
    (F.description.lower().contains("oscilloscope"), "contains(tolower(description),'oscilloscope')"),
    (F.description.lower() == "x", "tolower(description) eq 'x'"),
    (F.total_count > 1000, "totalCount gt 1000"),
    (1000 < F.total_count, "totalCount gt 1000"),  # noqa: SIM300 - as people write it
    (F.running_count <= -1.5, "runningCount le -1.5"),
    (F.client_id == 7, "ClientId eq 7"),
    (F.state == AssetState.IN_STORAGE, "state eq 5"),
    (F.state.in_([AssetState.IN_TRANSIT, AssetState.SCRAPPED]), "state in (2,6)"),
    (F.state == 9, "state eq 9"),
    (F.alarm_state >= AssetAlarmState.WARNING, "alarmState ge 1"),
    (F.type_id == ID, f"typeId eq {ID}"),
    (F.type_id == str(ID), f"typeId eq '{ID}'"),
    (F.asset_id.in_([ID, "opaque"]), f"assetId in ({ID},'opaque')"),
    (F.location.in_(["Lab A", "O'Neill"]), "location in ('Lab A','O''Neill')"),
    (F.location.in_(()), "false"),
    (F.tags.has("Rack"), "tags/any(t: t/key eq 'Rack')"),
    (F.tags["Rack"] == "7'", "tags/any(t: t/key eq 'Rack' and t/value eq '7''')"),
    (~(F.tags["a"].lower() == "b"), "not (tags/any(t: t/key eq 'a' and tolower(t/value) eq 'b'))"),
    (F.next_calibration_date < datetime(2026, 1, 31, tzinfo=UTC), "nextCalibrationDate lt 2026-01-31T00:00:00Z"),
    (F.last_seen_date > datetime(2026, 1, 31, 2, tzinfo=EAST), "lastSeenDate gt 2026-01-30T20:30:00Z"),
    (F.first_seen_date == datetime(2026, 1, 31, 1, 2, 3, 450000, UTC), "firstSeenDate eq 2026-01-31T01:02:03.45Z"),
    (F.log.log_type == AssetLogType.CALIBRATION, "type eq 4"),
    (F.log.log_id >= 5, "logId ge 5"),
    (F.log.user == "anna", "user eq 'anna'"),
    (F.types.type_name == "ICT Fixture", "typeName eq 'ICT Fixture'"),
    (F.types.calibration_interval > 1.5, "calibrationInterval gt 1.5"),
    (F.types.is_readonly.is_true(), "isReadonly eq true"),
    (F.types.is_readonly != False, "isReadonly ne false"),  # noqa: E712 - it makes a condition
]


@pytest.mark.parametrize(("condition", "text"), TEXTS, ids=[text for _, text in TEXTS])
def test_condition_becomes_odata(condition: Condition[Any], text: str) -> None:
    assert str(condition) == text


A, B, C = F.location == "a", F.location == "b", F.location == "c"

JOINED = [
    (A & B, "location eq 'a' and location eq 'b'"),
    (A & B & C, "location eq 'a' and location eq 'b' and location eq 'c'"),
    (A | B | C, "location eq 'a' or location eq 'b' or location eq 'c'"),
    (A & (B & C), "location eq 'a' and location eq 'b' and location eq 'c'"),
    (A & B | C, "(location eq 'a' and location eq 'b') or location eq 'c'"),
    (A & (B | C), "location eq 'a' and (location eq 'b' or location eq 'c')"),
    (~(A | B) & C, "not (location eq 'a' or location eq 'b') and location eq 'c'"),
    (~~A, "not (not (location eq 'a'))"),
]


@pytest.mark.parametrize(("condition", "text"), JOINED, ids=[text for _, text in JOINED])
def test_joined_conditions_keep_what_belongs_together(condition: Condition[Asset], text: str) -> None:
    assert str(condition) == text


def test_naive_dates_are_local_and_a_day_is_its_first_moment() -> None:
    noon, midnight = datetime(2026, 1, 31, 12), datetime(2026, 1, 31)
    assert (F.next_calibration_date <= noon) == (F.next_calibration_date <= noon.astimezone())
    assert (F.next_calibration_date <= date(2026, 1, 31)) == (F.next_calibration_date <= midnight)


WRONG: dict[str, Any] = {
    "text for a number": lambda: F.total_count > "1000",
    "truth for a number": lambda: F.total_count == True,  # noqa: E712
    "no number": lambda: F.total_count > float("nan"),
    "infinity": lambda: F.total_count < float("inf"),
    "number for text": lambda: F.location == 5,
    "nothing in an order": lambda: F.location < None,
    "text for a date": lambda: F.next_calibration_date < "2026-01-31",
    "number for a date": lambda: F.next_calibration_date < 5,
    "member of another enum": lambda: F.state == AssetAlarmState.ALARM,
    "name of a member": lambda: F.state == "Scrapped",
    "number for an id": lambda: F.type_id == 5,
    "number for truth": lambda: F.types.is_readonly == 1,
    "one text for many": lambda: F.location.in_("Lab A"),
    "nothing among many": lambda: F.location.in_([None]),
    "number for a tag": lambda: F.tags["Rack"] == 7,
    "number for a key": lambda: F.tags[7],
    "number for a key that is there": lambda: F.tags.has(7),
    "bytes for a part": lambda: F.location.contains(b"Lab"),
}


@pytest.mark.parametrize("case", WRONG)
def test_value_that_cannot_be_compared_is_refused_where_it_is_written(case: str) -> None:
    with pytest.raises(ValueError, match=r"it must be|pass a list"):
        WRONG[case]()


def test_refusal_names_the_field_the_value_and_what_is_accepted() -> None:
    with pytest.raises(ValueError, match="totalCount is compared with '1000'; it must be a finite number"):
        F.total_count.in_(["1000"])  # type: ignore[list-item]


UNTRUE: dict[str, Any] = {
    "and": lambda: A and B,
    "or": lambda: A or B,
    "not": lambda: not A,
    "if": lambda: 1 if A else 2,
    "chain": lambda: 1 < F.total_count < 5,
    "in": lambda: F.location in ["Lab A", "Lab B"],
}


@pytest.mark.parametrize("case", UNTRUE)
def test_condition_has_no_truth_in_the_program(case: str) -> None:
    with pytest.raises(TypeError, match=r"& \| ~ in place of and, or, not"):
        UNTRUE[case]()


def test_condition_is_joined_with_conditions_only() -> None:
    with pytest.raises(TypeError, match="put each comparison in parentheses"):
        A & "location eq 'b'"  # type: ignore[operator]


@pytest.mark.parametrize(
    ("fields", "name", "hint"),
    [
        (F, "locaton", "did you mean 'location'"),
        (F, "nextCalibrationDate", "did you mean 'next_calibration_date'"),
        (F, "xyz", "there are .*serial_number"),
        (F.log, "types", "did you mean 'type"),
        (F.types, "name", "did you mean 'type_name'"),
    ],
)
def test_field_that_is_not_there_is_told_at_once(fields: Fields, name: str, hint: str) -> None:
    with pytest.raises(AttributeError, match=rf"There is no field '{name}'.*{hint}" if name != "types" else name):
        getattr(fields, name)


def test_field_cannot_be_assigned() -> None:
    with pytest.raises(AttributeError, match="write location == 'Lab A' to compare"):
        F.location = "Lab A"  # type: ignore[assignment]


# What lists carry beside, or instead of, what can be compared.
OF_ANSWERS = {"tags", "asset_children", "asset_type", "asset_log"}


@pytest.mark.parametrize(
    ("fields", "model", "beyond"),
    [
        (AssetFields, Asset, {"type_name", "log", "types", "tags"}),
        (LogFields, AssetLog, set()),
        (TypeFields, AssetType, set()),
    ],
)
def test_fields_are_those_of_the_model(fields: type[Fields], model: Any, beyond: set[str]) -> None:
    offered = {name for name in vars(fields) if not name.startswith("_")}
    assert offered == set(model.model_fields) - OF_ANSWERS | beyond


# In calls


def test_lists_take_a_condition_in_either_place() -> None:
    transport = FakeTransport(answer([]))
    api = AsyncAssetService(AsyncAssetRepository(transport))
    run(api.get_assets(F.location == "Lab A", top=3))
    run(api.get_assets(filter=F.location == "Lab A", top=3))
    run(api.get_assets(filter="location eq 'Lab A'", top=3))
    run(api.get_asset_log(filter=F.log.user == "anna"))
    run(api.get_asset_types(F.types.icon == "dmm"))
    told = {"$filter": "location eq 'Lab A'", "$top": "3"}
    assert [query_of(request) for request in transport.requests] == [
        *[told] * 3,
        {"$filter": "user eq 'anna'"},
        {"$filter": "icon eq 'dmm'"},
    ]


def test_condition_that_is_told_twice_or_is_none_is_refused() -> None:
    transport = FakeTransport(answer([]))
    api = AsyncAssetService(AsyncAssetRepository(transport))
    with pytest.raises(ValueError, match="both told"):
        run(api.get_assets("state eq 1", filter=A))
    with pytest.raises(ValueError, match="it must be a condition such as"):
        run(api.get_assets(filter=F.location))  # type: ignore[arg-type]
    assert transport.requests == []


def test_mistakes_of_quoting_are_not_possible() -> None:
    assert str(F.location == "x' or 1 eq 1 or location eq 'y") == "location eq 'x'' or 1 eq 1 or location eq ''y'"
