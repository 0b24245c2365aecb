"""What every endpoint refuses, how it says so, and that nothing has changed then."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from pywats_server.settings import Settings
from server.api.asking import contents
from server.api.calls import ASSET_ID, BY_NAME, CALLS, CHILD_ID, GONE_ID, NO_ID, SPARE_TYPE_ID, TYPE_ID

Refusing = tuple[TestClient, Settings]

_NAMING = [call.name for call in CALLS if "serialNumber" in call.params]
_FILES = ["POST /api/internal/Blob/Asset", "GET /api/internal/Blob/Asset", "DELETE /api/internal/Blob/Assets"]
_BY_ID = [call.name for call in CALLS if "id" in call.values]
_LISTS = ["GET /api/Asset", "GET /api/Asset/Types", "GET /api/Asset/Log", "GET /api/internal/Changes"]


def _refused(refusing: Refusing, name: str, changes: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    client, settings = refusing
    before = contents(settings)
    answer = BY_NAME[name].but(**changes).send(client)
    assert contents(settings) == before
    problem = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["status"] == answer.status_code
    assert problem["detail"] == problem["message"]
    assert problem["requestId"] == answer.headers["X-Request-Id"]
    assert "Traceback" not in answer.text
    method, path = name.split()
    operation = client.app.openapi()["paths"][path][method.lower()]
    assert str(answer.status_code) in operation["responses"], "the status is not documented"
    return answer.status_code, problem


@pytest.mark.parametrize("name", _NAMING)
def test_call_about_a_missing_asset_is_not_found(refusing: Refusing, name: str) -> None:
    params = BY_NAME[name].params
    status, problem = _refused(refusing, name, {"params": {**params, "serialNumber": "nobody"}})
    assert (status, problem["code"]) == (404, "not_found")
    assert problem["details"] == {"field": "serialNumber", "value": "nobody"}
    rest = {key: value for key, value in params.items() if key != "serialNumber"}
    status, problem = _refused(refusing, name, {"params": {**rest, "id": NO_ID}})
    assert (status, problem["details"]) == (404, {"field": "id", "value": NO_ID})


@pytest.mark.parametrize("name", _NAMING)
def test_call_that_names_no_asset_or_two_is_malformed(refusing: Refusing, name: str) -> None:
    params = BY_NAME[name].params
    for serial in ({}, {"serialNumber": ""}):
        rest = {key: value for key, value in params.items() if key != "serialNumber"}
        status, problem = _refused(refusing, name, {"params": rest | serial})
        assert (status, problem["details"]["field"]) == (400, "id")
        assert "serialNumber" in problem["details"]["accepted"]
    status, problem = _refused(refusing, name, {"params": {**params, "id": CHILD_ID}})
    assert (status, problem["details"]["field"], problem["details"]["value"]) == (400, "serialNumber", "S-1")


@pytest.mark.parametrize("name", _FILES)
def test_file_of_a_missing_asset_is_not_found(refusing: Refusing, name: str) -> None:
    status, problem = _refused(refusing, name, {"params": {**BY_NAME[name].params, "assetId": NO_ID}})
    assert (status, problem["details"]["value"]) == (404, NO_ID)


@pytest.mark.parametrize("name", _BY_ID)
def test_path_with_a_missing_id_is_not_found(refusing: Refusing, name: str) -> None:
    status, problem = _refused(refusing, name, {"values": {"id": NO_ID}})
    assert (status, problem["details"]["value"]) == (404, NO_ID)


@pytest.mark.parametrize("name", _LISTS)
@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("$filter", "nothing eq 1"),
        ("$filter", "serialNumber eq 'S-1' and ("),
        ("$orderby", "nothing"),
        ("$top", "-1"),
        ("$top", "many"),
        ("$top", "100001"),
        ("$skip", "-1"),
        ("$skip", str(2**63)),
    ],
)
def test_list_with_an_unreadable_option_is_malformed(refusing: Refusing, name: str, option: str, value: str) -> None:
    status, problem = _refused(refusing, name, {"params": {option: value}})
    assert status == 400
    assert problem["details"].get("option", problem["details"].get("field")) == option


def _asset(**properties: Any) -> dict[str, Any]:
    return {"json": {"serialNumber": "S-2", "typeId": TYPE_ID, **properties}}


def _type(**properties: Any) -> dict[str, Any]:
    return {"json": {"typeName": "Probe", **properties}}


def _params(**params: Any) -> dict[str, Any]:
    return {"params": {"serialNumber": "S-1", **params}}


_ROWS = [
    # endpoint, what is different from a valid call, status, field
    ("GET /api/Asset/{asset}", {"values": {"asset": "nobody"}}, 404, "serialNumber"),
    ("GET /api/Asset", {"params": {"$select": "nothing"}}, 400, None),
    ("GET /api/Asset", {"params": {"$count": "perhaps"}}, 400, "$count"),
    ("GET /api/Asset/Status", _params(translate="perhaps"), 400, "translate"),
    ("GET /api/Asset/SubAssets", _params(level=-1), 400, "level"),
    ("GET /api/Asset/SubAssets", _params(level="all"), 400, "level"),
    ("GET /api/Asset/Archive", {"params": {"$top": 1001}}, 400, "$top"),
    ("GET /api/Asset/Archive/File", {"params": {"filename": "f.txt"}}, 400, "id"),
    ("GET /api/Asset/Archive/File", {"params": {"id": GONE_ID}}, 400, "filename"),
    ("GET /api/Asset/Archive/File", {"params": {"id": GONE_ID, "filename": "g.txt"}}, 404, "filename"),
    ("GET /api/internal/Blob/Asset", {"params": {"assetId": ASSET_ID}}, 400, "filename"),
    ("GET /api/internal/Blob/Asset", {"params": {"assetId": ASSET_ID, "filename": "g.txt"}}, 404, "filename"),
    ("PUT /api/Asset/State", _params(), 400, "state"),
    ("PUT /api/Asset/State", _params(state=7), 400, "state"),
    ("PUT /api/Asset/State", _params(state="broken"), 400, "state"),
    ("PUT /api/Asset/Count", _params(), 400, "incrementBy"),
    ("PUT /api/Asset/Count", _params(incrementBy=1, totalCount=9), 400, "incrementBy"),
    ("PUT /api/Asset/Count", _params(incrementBy="many"), 400, "incrementBy"),
    ("PUT /api/Asset/Count", _params(incrementBy=1.5), 400, "incrementBy"),
    ("PUT /api/Asset/Count", _params(incrementBy=1, incrementChildren="perhaps"), 400, "incrementChildren"),
    ("PUT /api/Asset/Count", _params(incrementBy=-1), 422, "incrementBy"),
    ("PUT /api/Asset/Count", _params(incrementBy=2**53), 422, "incrementBy"),
    ("PUT /api/Asset/Count", _params(incrementBy=10**40), 422, "incrementBy"),
    ("PUT /api/Asset/Count", _params(totalCount=-1), 422, "totalCount"),
    ("POST /api/Asset/ResetRunningCount", _params(comment="x" * 4001), 400, "comment"),
    ("POST /api/Asset/ResetRunningCount", _params(comment="\x00"), 400, "comment"),
    ("PUT /api/Asset/SetRunningCount", _params(), 400, "runningCount"),
    ("PUT /api/Asset/SetRunningCount", _params(runningCount="many"), 400, "runningCount"),
    ("PUT /api/Asset/SetRunningCount", _params(runningCount=-1), 422, "runningCount"),
    ("PUT /api/Asset/SetTotalCount", _params(), 400, "totalCount"),
    ("PUT /api/Asset/SetTotalCount", _params(totalCount=""), 400, "totalCount"),
    ("PUT /api/Asset/SetTotalCount", _params(totalCount=2**53), 422, "totalCount"),
    *(
        row
        for kind in ("Calibration", "Maintenance")
        for row in (
            (f"POST /api/Asset/{kind}", _params(dateTime="yesterday"), 400, "dateTime"),
            (f"POST /api/Asset/{kind}", _params(dateTime="2026-02-30"), 400, "dateTime"),
            (f"POST /api/Asset/{kind}", _params(dateTime="9999-12-31T23:59:59-05:00"), 400, "dateTime"),
            (f"POST /api/Asset/{kind}", _params(comment="x" * 4001), 400, "comment"),
            (f"POST /api/Asset/{kind}/External", _params(), 400, "toDate"),
            (f"POST /api/Asset/{kind}/External", _params(toDate=""), 400, "toDate"),
            (f"POST /api/Asset/{kind}/External", _params(toDate="soon"), 400, "toDate"),
            (f"POST /api/Asset/{kind}/External", _params(toDate="2027-01-01", fromDate="soon"), 400, "fromDate"),
            (f"POST /api/Asset/{kind}/External", _params(toDate="2026-03-10T12:00:00"), 422, "toDate"),
            (f"POST /api/Asset/{kind}/External", _params(toDate="2027-01-01", fromDate="2027-01-01"), 422, "toDate"),
        )
    ),
    ("POST /api/Asset/Message", {"json": {}}, 400, "content"),
    ("POST /api/Asset/Message", {"json": {"content": " "}}, 400, "content"),
    ("POST /api/Asset/Message", {"json": {"content": "x" * 4001}}, 400, "content"),
    ("POST /api/Asset/Message", {"json": {"content": 5}}, 400, "content"),
    ("POST /api/Asset/Message", {"json": {"content": "x", "user": "a\nb"}}, 400, "user"),
    ("POST /api/Asset/Message", {"json": {"content": "x", "serialNumber": "C-1"}}, 400, "serialNumber"),
    ("POST /api/Asset/Message", {"json": "x"}, 400, "body"),
    ("POST /api/Asset/Message", {"json": None}, 400, "body"),
    ("POST /api/internal/Blob/Asset", {"params": {"assetId": ASSET_ID}}, 400, "filename"),
    ("POST /api/internal/Blob/Asset", {"params": {"assetId": ASSET_ID, "filename": " "}}, 400, "filename"),
    ("POST /api/internal/Blob/Asset", {"params": {"assetId": ASSET_ID, "filename": "x" * 256}}, 400, "filename"),
    ("POST /api/internal/Blob/Asset", {"params": {"assetId": ASSET_ID, "filename": "f.txt"}}, 409, "filename"),
    ("PUT /api/Asset", {"json": None}, 400, "body"),
    ("PUT /api/Asset", {"json": []}, 400, "body"),
    ("PUT /api/Asset", {"json": None, "content": b"{"}, 400, "body"),
    ("PUT /api/Asset", {"json": None, "content": b'{"serialNumber": "\xff"}'}, 400, "body"),
    ("PUT /api/Asset", {"json": None, "content": b"[" * 100_000}, 400, "body"),
    ("PUT /api/Asset", {"json": {"typeId": TYPE_ID}}, 400, "serialNumber"),
    ("PUT /api/Asset", {"json": {"serialNumber": "S-2"}}, 400, "typeId"),
    ("PUT /api/Asset", _asset(serialNumber=""), 400, "serialNumber"),
    ("PUT /api/Asset", _asset(serialNumber="x" * 101), 400, "serialNumber"),
    ("PUT /api/Asset", _asset(serialNumber="a\tb"), 400, "serialNumber"),
    ("PUT /api/Asset", _asset(serialNumber=7), 400, "serialNumber"),
    ("PUT /api/Asset", _asset(assetId="STATION-001"), 400, "assetId"),
    ("PUT /api/Asset", _asset(assetId=["x"]), 400, "assetId"),
    ("PUT /api/Asset", _asset(typeId=NO_ID), 422, "typeId"),
    ("PUT /api/Asset", _asset(typeId={}), 400, "typeId"),
    ("PUT /api/Asset", _asset(parentAssetId=NO_ID), 422, "parentAssetId"),
    ("PUT /api/Asset", _asset(parentSerialNumber="nobody"), 422, "parentSerialNumber"),
    ("PUT /api/Asset", _asset(serialNumber="S-1", parentAssetId=ASSET_ID), 422, "parentAssetId"),
    ("PUT /api/Asset", _asset(serialNumber="S-1", parentSerialNumber="C-1"), 422, "parentAssetId"),
    ("PUT /api/Asset", _asset(serialNumber="S-1", assetId=CHILD_ID), 409, "serialNumber"),
    ("PUT /api/Asset", _asset(serialNumber="S-1", assetId=NO_ID), 409, "serialNumber"),
    ("PUT /api/Asset", _asset(assetName="x" * 201), 400, "assetName"),
    ("PUT /api/Asset", _asset(partNumber="a\nb"), 400, "partNumber"),
    ("PUT /api/Asset", _asset(revision=1.5), 400, "revision"),
    ("PUT /api/Asset", _asset(location=[]), 400, "location"),
    ("PUT /api/Asset", _asset(description="x" * 4001), 400, "description"),
    ("PUT /api/Asset", _asset(ClientId="seven"), 400, "ClientId"),
    ("PUT /api/Asset", _asset(ClientId=2**53), 400, "ClientId"),
    ("PUT /api/Asset", _asset(state=7), 400, "state"),
    ("PUT /api/Asset", _asset(state=True), 400, "state"),
    ("PUT /api/Asset", _asset(state={}), 400, "state"),
    ("PUT /api/Asset", _asset(firstSeenDate="soon"), 400, "firstSeenDate"),
    ("PUT /api/Asset", _asset(nextCalibrationDate=20260101), 400, "nextCalibrationDate"),
    ("PUT /api/Asset", _asset(totalCount="many"), 400, "totalCount"),
    ("PUT /api/Asset", _asset(runningCount=-1), 422, "runningCount"),
    ("PUT /api/Asset", _asset(totalCount=2**53), 422, "totalCount"),
    ("PUT /api/Asset", _asset(tags={"a": "b"}), 400, "tags"),
    ("PUT /api/Asset", _asset(tags=[{"value": "b"}]), 400, "tags.0.key"),
    ("PUT /api/Asset", _asset(tags=[{"key": "", "value": "b"}]), 400, "tags.key"),
    ("PUT /api/Asset", _asset(tags=[{"key": "a"}, {"key": "a"}]), 422, "tags.key"),
    ("PUT /api/Asset", _asset(tags=[{"key": str(n)} for n in range(101)]), 422, "tags"),
    ("PUT /api/Asset/Types", {"json": {}}, 400, "typeName"),
    ("PUT /api/Asset/Types", _type(typeName=" "), 400, "typeName"),
    ("PUT /api/Asset/Types", _type(typeName="x" * 201), 400, "typeName"),
    ("PUT /api/Asset/Types", _type(typeId="probe"), 400, "typeId"),
    ("PUT /api/Asset/Types", _type(typeName="Spare", typeId=TYPE_ID), 409, "typeName"),
    ("PUT /api/Asset/Types", _type(runningCountLimit=1.5), 400, "runningCountLimit"),
    ("PUT /api/Asset/Types", _type(runningCountLimit=-2), 422, "runningCountLimit"),
    ("PUT /api/Asset/Types", _type(totalCountLimit=2**53), 422, "totalCountLimit"),
    ("PUT /api/Asset/Types", _type(calibrationInterval="a year"), 400, "calibrationInterval"),
    ("PUT /api/Asset/Types", _type(calibrationInterval=-3), 422, "calibrationInterval"),
    ("PUT /api/Asset/Types", _type(maintenanceInterval=40000), 422, "maintenanceInterval"),
    ("PUT /api/Asset/Types", _type(warningThreshold=101), 422, "warningThreshold"),
    ("PUT /api/Asset/Types", _type(alarmThreshold=-1), 422, "alarmThreshold"),
    (
        "PUT /api/Asset/Types",
        {"json": None, "content": b'{"typeName": "P", "alarmThreshold": NaN}'},
        422,
        "alarmThreshold",
    ),
    ("PUT /api/Asset/Types", _type(isReadonly="perhaps"), 400, "isReadonly"),
    ("PUT /api/Asset/Types", _type(icon="a\nb"), 400, "icon"),
    ("DELETE /api/internal/Asset/Types", {"json": None}, 400, "body"),
    ("DELETE /api/internal/Asset/Types", {"json": SPARE_TYPE_ID}, 400, "body"),
    ("DELETE /api/internal/Asset/Types", {"json": [SPARE_TYPE_ID, NO_ID]}, 404, "typeId"),
    ("DELETE /api/internal/Asset/Types", {"json": [SPARE_TYPE_ID, TYPE_ID]}, 409, "typeId"),
    ("DELETE /api/internal/Blob/Assets", {"json": None}, 400, "body"),
    ("DELETE /api/internal/Blob/Assets", {"json": []}, 400, "body"),
    ("DELETE /api/internal/Blob/Assets", {"json": ["f.txt", "g.txt"]}, 404, "filename"),
    ("PUT /api/internal/Asset/{id}/Tags", {"json": {"a": "b"}}, 400, "body"),
    ("PUT /api/internal/Asset/{id}/Tags", {"json": [{"key": "a"}, {"key": "a"}]}, 422, "tags.key"),
    ("PUT /api/internal/Asset/Parent", {"json": None}, 400, "body"),
    ("PUT /api/internal/Asset/Parent", {"json": [""]}, 400, "0"),
    ("PUT /api/internal/Asset/Parent", {"json": [CHILD_ID, NO_ID]}, 404, "id"),
    ("PUT /api/internal/Asset/Parent", {"params": {"parentId": NO_ID}}, 422, "parentAssetId"),
    (
        "PUT /api/internal/Asset/Parent",
        {"params": {"parentId": CHILD_ID}, "json": [ASSET_ID]},
        422,
        "parentAssetId",
    ),
    ("POST /api/Token", {"json": {"name": "x"}}, 400, "role"),
    ("POST /api/Token", {"json": {"name": "x", "role": "king"}}, 400, "role"),
    ("POST /api/Token", {"json": {"name": "a:b", "role": "viewer"}}, 400, "name"),
    ("POST /api/Token", {"json": {"name": " ", "role": "viewer"}}, 400, "name"),
    ("POST /api/Token", {"json": {"name": "spare", "role": "viewer"}}, 409, "name"),
    ("DELETE /api/Token", {"params": {}}, 400, "name"),
    ("DELETE /api/Token", {"params": {"name": "nobody"}}, 404, "name"),
]


def _id(row: tuple[Any, ...]) -> str:
    name, changes, status, _ = row
    return f"{name} {str(changes)[:60]} {status}"


@pytest.mark.parametrize(("name", "changes", "status", "field"), _ROWS, ids=map(_id, _ROWS))
def test_call_that_cannot_be_done_names_the_field(
    refusing: Refusing, name: str, changes: dict[str, Any], status: int, field: str | None
) -> None:
    answered, problem = _refused(refusing, name, changes)
    assert answered == status, problem
    if field is not None:
        assert problem["details"]["field"] == field
        assert field.split(".")[-1] in problem["message"] or status in {404, 409}
    if status in {400, 422}:
        assert "accepted" in problem["message"] or "$select" in problem["message"]
