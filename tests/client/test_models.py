"""Models: wire names, unknown numbers, nulls, tags in two forms, and what changed since loading."""

import copy
import pickle
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from client.fakes import ASSET_ID, TYPE_ID, asset_document
from pywats import Asset, AssetAlarmState, AssetLog, AssetLogType, AssetState, AssetStatus, AssetType, Setting
from pywats.shared.dates import local_from_wire


def test_asset_is_made_by_field_names_and_by_wire_names() -> None:
    by_field = Asset(serial_number="A", type_id=UUID(TYPE_ID), client_id=7, total_count=5, state=AssetState.IN_STORAGE)
    by_wire = Asset(serialNumber="A", typeId=TYPE_ID, ClientId=7, totalCount=5, state=5)  # type: ignore[call-arg,arg-type]
    assert by_field == by_wire


@pytest.mark.parametrize("change", [str, str.lower, str.upper, lambda name: name[0].upper() + name[1:]])
def test_wire_names_are_accepted_in_any_case(change: Any) -> None:
    document = {"serialNumber": "A", "ClientId": 7, "nextCalibrationDate": None, "runningCount": 3, "assetType": None}
    asset = Asset.model_validate({change(name): value for name, value in document.items()})
    assert (asset.serial_number, asset.client_id, asset.running_count) == ("A", 7, 3)


def test_asset_dumps_to_wire_names() -> None:
    dumped = Asset(serial_number="A").model_dump(by_alias=True)
    assert set(dumped) == {
        "serialNumber", "typeId", "assetId", "parentAssetId", "parentSerialNumber", "assetName", "partNumber",
        "revision", "ClientId", "state", "description", "location", "firstSeenDate", "lastSeenDate",
        "lastMaintenanceDate",
        "nextMaintenanceDate", "lastCalibrationDate", "nextCalibrationDate", "totalCount", "runningCount", "tags",
        "assetChildren", "assetType", "assetLog", "alarmState",
    }  # fmt: skip


def test_unknown_properties_are_ignored() -> None:
    assert Asset.model_validate(asset_document(assetStatus=None, invented={"a": 1})).serial_number == "DMM-001"


def test_nulls_of_net_clients_read_as_absent() -> None:
    asset = Asset.model_validate(
        asset_document(
            AssetChildren=None, AssetLog=None, AssetType=None, tags=None, FirstSeenDate="0001-01-01T00:00:00"
        )
    )
    assert (asset.asset_children, asset.asset_log, asset.asset_type, asset.tags) == ([], [], None, [])
    assert asset.first_seen_date is None


def test_asset_of_the_specification_can_be_made() -> None:
    asset = Asset(
        serial_number="FIXTURE-001",
        type_id=UUID(TYPE_ID),
        state=AssetState.IN_OPERATION,
        last_calibration_date=datetime(2026, 1, 1),
        total_count=5000,
        parent_asset_id="STATION-001",
        asset_children=[],
    )
    assert asset.state is AssetState.OK
    assert asset.last_calibration_date == datetime(2026, 1, 1)


def test_nested_documents_become_models() -> None:
    asset = Asset.model_validate(
        asset_document(
            assetChildren=[asset_document(serialNumber="CHILD")],
            assetType={"typeId": TYPE_ID, "typeName": "DMM", "isReadonly": None},
            assetLog=[{"logId": 1, "type": 4, "date": "2026-01-01T00:00:00"}],
        )
    )
    assert asset.asset_children[0].serial_number == "CHILD"
    assert asset.asset_type == AssetType(type_id=UUID(TYPE_ID), type_name="DMM")
    assert asset.asset_log[0].log_type is AssetLogType.CALIBRATION


@pytest.mark.parametrize(
    ("model", "field", "document"),
    [
        (Asset, "state", asset_document(state=42)),
        (Asset, "alarm_state", asset_document(alarmState=42)),
        (AssetLog, "log_type", {"logId": 1, "type": 42}),
        (AssetStatus, "alarm_state", {"alarmState": 42}),
        (AssetStatus, "state", {"state": 42}),
    ],
)
def test_number_that_is_not_known_yet_keeps_its_value(model: Any, field: str, document: dict[str, Any]) -> None:
    loaded = model.model_validate(document)
    value = getattr(loaded, field)
    assert (value, f"{value}", value.name) == (42, "42", "UNKNOWN_42")
    assert copy.deepcopy(loaded) == loaded
    assert getattr(pickle.loads(pickle.dumps(loaded)), field).name == "UNKNOWN_42"
    assert 42 in loaded.model_dump(mode="json").values()
    assert 42 not in [member.value for member in type(value)]


@pytest.mark.parametrize("state", ["in operation", 1.5, None])
def test_state_that_is_no_number_is_refused(state: object) -> None:
    with pytest.raises(ValueError, match="state"):
        Asset.model_validate(asset_document(state=state))


def test_state_prints_as_its_number() -> None:
    assert f"{Asset(serial_number='A').state}" == "1"


def test_ids_may_be_uuids() -> None:
    asset = Asset(serial_number="A", asset_id=UUID(ASSET_ID), parent_asset_id=UUID(ASSET_ID))  # type: ignore[arg-type]
    assert (asset.asset_id, asset.parent_asset_id) == (ASSET_ID, ASSET_ID)


def test_assignment_is_checked_like_construction() -> None:
    asset = Asset(serial_number="A")
    asset.parent_asset_id = UUID(ASSET_ID)  # type: ignore[assignment]
    asset.state = 3  # type: ignore[assignment]
    asset.next_calibration_date = datetime(2026, 1, 1, tzinfo=UTC)
    assert (asset.parent_asset_id, asset.state) == (ASSET_ID, AssetState.IN_MAINTENANCE)
    assert asset.next_calibration_date == local_from_wire("2026-01-01T00:00:00")
    with pytest.raises(ValueError, match="total_count"):
        asset.total_count = "many"  # type: ignore[assignment]


@pytest.mark.parametrize(
    ("document", "tags"),
    [
        ({"xmlData": '<Tags><Owner Value="Lab A"/><Bay Value="3"/></Tags>'}, [("Owner", "Lab A"), ("Bay", "3")]),
        ({"XMLDATA": '<Tags><a Value="&lt;&amp;&#10;"/></Tags>', "TAGS": None}, [("a", "<&\n")]),
        ({"xmlData": '<Tags><a Value="xml"/></Tags>', "tags": [{"key": "a", "value": "list"}]}, [("a", "list")]),
        ({"xmlData": '<Tags><a Value="xml"/></Tags>', "tags": []}, []),
        ({"xmlData": "<Tags><a/></Tags>"}, [("a", "")]),
        ({"xmlData": '<Tags><Lab_x0020_A Value="1"/><_x0031_ Value="2"/></Tags>'}, [("Lab A", "1"), ("1", "2")]),
        (
            {"xmlData": '<Tags><_xD83D__xDE00_ Value="1"/><a_x12 Value="2"/></Tags>'},
            [("\U0001f600", "1"), ("a_x12", "2")],
        ),
        ({"xmlData": ""}, []),
        ({"xmlData": "<Tags>"}, []),
        ({"xmlData": None}, []),
        ({"xmlData": '<!DOCTYPE t [<!ENTITY e "x">]><Tags><a Value="&e;"/></Tags>'}, []),
    ],
)
def test_tags_are_read_from_either_form(document: dict[str, Any], tags: list[tuple[str, str]]) -> None:
    base = asset_document()
    del base["tags"]
    asset = Asset.model_validate(base | document)
    assert asset.tags == [Setting(key=key, value=value) for key, value in tags]


def test_loaded_asset_tells_what_changed() -> None:
    asset = Asset.loaded(asset_document(location="Lab A", tags=[{"key": "a", "value": "1"}]))
    assert asset.changed_fields() == set()
    asset.location = None
    asset.state = AssetState.IN_STORAGE
    asset.tags[0].value = "2"
    assert asset.changed_fields() == {"location", "state", "tags"}
    assert asset.model_copy(deep=True).changed_fields() == {"location", "state", "tags"}
    asset.location, asset.state, asset.tags = "Lab A", AssetState.OK, [Setting(key="a", value="1")]
    assert asset.changed_fields() == set()


def test_asset_made_by_hand_tells_what_was_set() -> None:
    assert Asset(serial_number="A", location=None).changed_fields() == {"serial_number", "location"}


def test_loaded_asset_equals_one_made_by_hand() -> None:
    document = asset_document()
    assert Asset.loaded(document, '"1"') == Asset(**document)


def test_status_reads_as_object_and_as_mapping() -> None:
    document = {"alarmState": 1, "message": "Soon", "reasons": [{"kind": "calibration", "level": 1}], "extra": 5}
    status = AssetStatus.loaded(document)
    assert (status.alarm_state, status.message, status.reasons[0].level) == (AssetAlarmState.WARNING, "Soon", 1)
    assert dict(status) == document
    assert (status["extra"], status.get("alarmState"), status.get("none"), len(status)) == (5, 1, None, 4)
    assert "message" in status
    assert "state" not in status
    with pytest.raises(KeyError):
        status["state"]
    with pytest.raises(TypeError):
        status["message"] = "x"  # type: ignore[index]


def test_status_is_true_even_when_all_is_well_or_nothing_came() -> None:
    assert AssetStatus.loaded({"alarmState": 0})
    assert AssetStatus.loaded({})
    assert AssetStatus()


def test_status_made_by_hand_maps_what_was_set() -> None:
    assert dict(AssetStatus(alarm_state=AssetAlarmState.ALARM)) == {"alarmState": 2}


def test_status_prints_for_a_reader() -> None:
    assert f"{AssetStatus.loaded({'alarmState': 2, 'message': '12 days overdue'})}" == "ALARM: 12 days overdue"


def test_log_entry_reads_every_property() -> None:
    log = AssetLog.model_validate(
        {
            "logId": 9,
            "assetId": ASSET_ID,
            "serialNumber": "DMM-001",
            "date": "2026-01-21T10:23:44",
            "user": "operator",
            "type": 2,
            "property": "location",
            "oldValue": "A",
            "value": "B",
            "principal": "station",
            "comment": "moved",
        }
    )
    assert log.date == local_from_wire("2026-01-21T10:23:44")
    assert (log.log_type, log.property, log.old_value, log.value) == (AssetLogType.UPDATE, "location", "A", "B")
    assert (log.user, log.principal, log.comment) == ("operator", "station", "moved")
    assert AssetLog(log_id=1, log_type=AssetLogType.UPDATE).model_dump(by_alias=True)["type"] == 2
