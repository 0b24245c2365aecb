"""Bodies as published clients send them, replayed as they are."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from factories import make_asset, make_type
from server.api.asking import get, log_of, told

_TYPE = "{ABCDEF00-AAAA-4BBB-8CCC-333333333333}".strip("{}")


def _send(api: TestClient, method: str, target: str, body: str) -> Any:
    answer = api.request(method, target, content=body.encode(), headers={"Content-Type": "application/json"})
    assert answer.status_code == 200, answer.text
    return answer.json()


# What the .NET client sends for an asset of which it was told serial number, type and name alone.
_DOTNET_ASSET = (
    '{"AssetId":null,"ParentAssetId":null,"SerialNumber":"NET-1","AssetName":"Fixture","PartNumber":null,'
    f'"Revision":null,"TypeId":"{_TYPE}","ClientId":null,"State":0,"Description":null,"Location":null,'
    '"FirstSeenDate":"0001-01-01T00:00:00","LastSeenDate":null,"LastMaintenanceDate":null,"NextMaintenanceDate":null,'
    '"LastCalibrationDate":null,"NextCalibrationDate":null,"TotalCount":0,"RunningCount":0,"Tags":null,'
    '"AssetChildren":null,"AssetType":null,"AssetLog":null,"AssetStatus":null,"ParentSerialNumber":null}'
)


def test_dotnet_asset_is_created(api: TestClient) -> None:
    make_type(api, typeId=_TYPE)
    stored = _send(api, "PUT", "/api/Asset", _DOTNET_ASSET)
    assert stored["typeId"] == _TYPE.lower()
    assert (stored["assetName"], stored["firstSeenDate"]) == ("Fixture", "2026-03-10T12:00:00")
    assert (stored["totalCount"], stored["runningCount"], stored["tags"]) == (0, 0, [])


def test_dotnet_asset_over_a_stored_one_resets_no_count_no_date_and_no_tag(api: TestClient) -> None:
    make_type(api, typeId=_TYPE)
    make_asset(
        api,
        serialNumber="NET-1",
        typeId=_TYPE,
        assetName="Fixture",
        firstSeenDate="2020-01-01",
        lastSeenDate="2026-01-01",
        lastCalibrationDate="2026-01-01",
        nextCalibrationDate="2026-06-01",
        lastMaintenanceDate="2026-01-01",
        nextMaintenanceDate="2026-06-01",
        totalCount=9,
        runningCount=5,
        tags=[{"key": "K", "value": "V"}],
    )
    before = get(api, "NET-1")
    _send(api, "PUT", "/api/Asset", _DOTNET_ASSET)
    assert get(api, "NET-1") == before
    assert told(api, "NET-1") == []


def test_asset_read_and_sent_back_whole_in_pascal_case_changes_one_property(api: TestClient) -> None:
    make_asset(api, serialNumber="P")
    make_asset(api, serialNumber="S-1", parentSerialNumber="P", state=1, tags=[{"key": "K", "value": "V"}])
    read = api.get("/api/Asset/S-1").json()
    body = {name[0].upper() + name[1:]: value for name, value in read.items()}
    body |= {"AssetChildren": [{"SerialNumber": "x"}], "AssetLog": [{"LogId": 1}], "Location": "Lab A"}
    stored = api.put("/api/Asset", json=body).json()
    assert stored == {**read, "location": "Lab A"}
    assert told(api, "S-1") == [(2, "location", None, "Lab A")]


# What the published Python client sends: only what was set, and a naive time of its own.
_PYTHON_ASSET = (
    '{"serialNumber": "SCOPE-042", "typeId": "abcdef00-aaaa-4bbb-8ccc-333333333333", "assetName": "Oscilloscope", '
    '"partNumber": "MSO64", "revision": "1.0", "state": 1, "description": "Tektronix MSO64", "location": "Lab A", '
    '"lastCalibrationDate": "2026-03-10T10:15:30.123456", "nextCalibrationDate": "2027-03-10T10:15:30.123456"}'
)


def test_python_asset_is_created_with_its_dates(api: TestClient) -> None:
    make_type(api, typeId=_TYPE)
    stored = _send(api, "PUT", "/api/Asset", _PYTHON_ASSET)
    assert stored["lastCalibrationDate"] == "2026-03-10T10:15:30.123456"
    assert stored["nextCalibrationDate"] == "2027-03-10T10:15:30.123456"


def test_unknown_properties_are_ignored(api: TestClient) -> None:
    make_type(api, typeId=_TYPE)
    body = (
        f'{{"serialNumber": "S", "typeId": "{_TYPE}", "colour": "red", "nested": {{"a": [1]}}, "": 1, "Ünïcode": null}}'
    )
    assert "colour" not in _send(api, "PUT", "/api/Asset", body)


def test_type_with_a_client_made_id_in_upper_case_is_created_and_updated(api: TestClient) -> None:
    body = (
        f'{{"TypeId":"{_TYPE}","TypeName":"Fixture","RunningCountLimit":1000,"TotalCountLimit":null,'
        '"MaintenanceInterval":180.0,"CalibrationInterval":365.0,"WarningThreshold":80.0,"AlarmThreshold":90.0,'
        '"IsReadonly":false,"Icon":null}'
    )
    first = _send(api, "PUT", "/api/Asset/Types", body)
    assert first["typeId"] == _TYPE.lower()
    assert _send(api, "PUT", "/api/Asset/Types", body.replace("1000", "2000"))["runningCountLimit"] == 2000
    assert len(api.get("/api/Asset/Types").json()) == 1


@pytest.mark.parametrize(
    ("target", "body", "comment", "user"),
    [
        ("/api/Asset/Message?serialNumber=S-1", '{"content": "moved"}', "moved", "the administrator"),
        ("/api/Asset/Message?serialNumber=S-1&id=", '{"Content":"moved"}', "moved", "the administrator"),
        ("/api/Asset/Message?id=<ID>", '{"content": "moved"}', "moved", "the administrator"),
        ("/api/Asset/Message", '{"assetId": "<ID>", "comment": "moved", "user": "Kim"}', "moved", "Kim"),
        ("/api/Asset/Message", '{"assetId": "<ID>", "comment": "moved", "user": null}', "moved", "the administrator"),
        ("/api/Asset/Message?id=<ID>", '{"assetId": "<ID>", "comment": "moved"}', "moved", "the administrator"),
    ],
)
def test_message_is_taken_in_both_forms(api: TestClient, target: str, body: str, comment: str, user: str) -> None:
    upper = make_asset(api, serialNumber="S-1")["assetId"].upper()
    assert _send(api, "POST", target.replace("<ID>", upper), body.replace("<ID>", upper)) is None
    entry = log_of(api, "S-1")[-1]
    assert (entry["type"], entry["comment"], entry["user"]) == (0, comment, user)


_DATES = {
    "2026-01-21T10:23:44": "2026-01-21T10:23:44",
    "2026-01-21T10:23:44Z": "2026-01-21T10:23:44",
    "2026-01-21t10:23:44z": "2026-01-21T10:23:44",
    "2026-01-21T10:23:44+01:00": "2026-01-21T09:23:44",
    "2026-01-21T10:23:44 01:00": "2026-01-21T09:23:44",
    "2026-01-21T10:23:44-0530": "2026-01-21T15:53:44",
    "2026-01-21T00:30:00+14:00": "2026-01-20T10:30:00",
    "2026-01-21T10:23:44.1": "2026-01-21T10:23:44.1",
    "2026-01-21T10:23:44.336000": "2026-01-21T10:23:44.336",
    "2026-01-21T10:23:44.1234567": "2026-01-21T10:23:44.123456",
    "2026-01-21T10:23:44.0000000Z": "2026-01-21T10:23:44",
    "2026-01-21T10:23:44.1234567+01:00": "2026-01-21T09:23:44.123456",
    "2026-01-21T10:23": "2026-01-21T10:23:00",
    "2026-01-21 10:23:44": "2026-01-21T10:23:44",
    "2026-01-21": "2026-01-21T00:00:00",
    "2024-02-29": "2024-02-29T00:00:00",
}


@pytest.mark.parametrize(("sent", "kept"), _DATES.items())
def test_date_is_kept_in_utc_without_a_zone(api: TestClient, sent: str, kept: str) -> None:
    stored = make_asset(api, serialNumber="S-1", firstSeenDate=sent)
    assert stored["firstSeenDate"] == kept
    assert api.get("/api/Asset/S-1").json()["firstSeenDate"] == kept
    recorded = api.post("/api/Asset/Maintenance", params={"serialNumber": "S-1", "dateTime": sent})
    assert recorded.status_code == 200
    assert get(api, "S-1")["lastMaintenanceDate"] == kept
    found = api.get("/api/Asset", params={"$filter": f"firstSeenDate eq {sent.replace(' ', '+')}"})
    if "t" not in sent and " 10" not in sent:
        assert len(found.json()) == 1, found.text
