"""Answers byte by byte, as published clients read them."""

import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from factories import make_asset, make_type
from pywats_server.services.identify import AssetRef
from pywats_server.services.messages import post_message
from pywats_server.services.session import LOCAL_ADMINISTRATOR, Permission, Session, use_case

_ID = "33333333-aaaa-4bbb-8ccc-333333333333"
_TYPE = "11111111-aaaa-4bbb-8ccc-111111111111"


@pytest.fixture(autouse=True)
def asset(api: TestClient) -> None:
    """The asset that the answers are about."""
    make_type(
        api, typeId=_TYPE, typeName="Fixture", calibrationInterval=365, runningCountLimit=1000, warningThreshold=80
    )
    make_asset(
        api,
        assetId=_ID,
        serialNumber="S-1",
        typeId=_TYPE,
        lastCalibrationDate="2026-01-26T00:01:10.3360000Z",
        tags=[{"key": "Owner", "value": "R&D"}],
    )


def _bytes(api: TestClient, method: str, target: str, **sent: Any) -> bytes:
    answer = api.request(method, target, **sent)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/json"
    return answer.content


_ITEM = (
    f'{{"assetId":"{_ID}","serialNumber":"S-1","typeId":"{_TYPE}","typeName":"Fixture","parentAssetId":null,'
    '"parentSerialNumber":null,"assetName":null,"partNumber":null,"revision":null,"ClientId":null,"state":0,'
    '"alarmState":0,"description":null,"location":null,"firstSeenDate":"2026-03-10T12:00:00","lastSeenDate":null,'
    '"lastMaintenanceDate":null,"nextMaintenanceDate":null,"lastCalibrationDate":"2026-01-26T00:01:10.336",'
    '"nextCalibrationDate":"2027-01-26T00:01:10.336","totalCount":0,"runningCount":0,'
    '"tags":[{"key":"Owner","value":"R&D"}],"xmlData":"<Tags><Owner Value=\\"R&amp;D\\"/></Tags>"'
)
_TYPE_ITEM = (
    f'{{"typeId":"{_TYPE}","typeName":"Fixture","runningCountLimit":1000,"totalCountLimit":null,'
    '"calibrationInterval":365.0,"maintenanceInterval":null,"warningThreshold":80.0,"alarmThreshold":null,'
    '"isReadonly":false,"icon":null}'
)


def test_list_of_assets_is_a_bare_array(api: TestClient) -> None:
    assert _bytes(api, "GET", "/api/Asset").decode() == f"[{_ITEM}}}]"


def test_list_of_types_is_a_bare_array(api: TestClient) -> None:
    assert _bytes(api, "GET", "/api/Asset/Types").decode() == f"[{_TYPE_ITEM}]"


@pytest.mark.parametrize("target", ["/api/Asset/S-1", f"/api/Asset/{_ID}"])
def test_one_asset_has_its_type(api: TestClient, target: str) -> None:
    assert _bytes(api, "GET", target).decode() == f'{_ITEM},"assetType":{_TYPE_ITEM}}}'


@pytest.mark.parametrize(
    "target", ["/api/Asset?$top=0", "/api/Asset/Log?$top=0", "/api/Asset/SubAssets?serialNumber=S-1"]
)
def test_list_of_nothing_is_an_empty_array(api: TestClient, target: str) -> None:
    assert _bytes(api, "GET", target) == b"[]"


def test_count_answers_one_bare_number(api: TestClient) -> None:
    for added, answered in ((799, b"0"), (1, b"2"), (200, b"3")):
        assert _bytes(api, "PUT", f"/api/Asset/Count?serialNumber=S-1&incrementBy={added}") == answered


def test_work_answers_the_next_date_or_null(api: TestClient) -> None:
    calibrated = _bytes(api, "POST", "/api/Asset/Calibration?serialNumber=S-1&dateTime=2026-03-01T00:00:00.5")
    assert calibrated == b'"2027-03-01T00:00:00.5"'
    external = _bytes(api, "POST", "/api/Asset/Calibration/External?serialNumber=S-1&toDate=2026-12-31")
    assert external == b'"2026-12-31T00:00:00"'
    assert _bytes(api, "POST", "/api/Asset/Maintenance?serialNumber=S-1") == b"null"


def test_version_is_a_string(api: TestClient) -> None:
    assert isinstance(json.loads(_bytes(api, "GET", "/api/App/Version")), str)


def test_status_leaves_out_what_has_no_limit_and_has_no_null(api: TestClient) -> None:
    raw = _bytes(api, "GET", "/api/Asset/Status?serialNumber=S-1&translate=false")
    assert raw == (
        b'{"alarmState":0,"status":0,"message":"ok","state":0,"bubbledStatus":0,"runningCount":0,"totalCount":0,'
        b'"calibrationDaysOverdue":' + _days(raw) + b',"runningCountExceeded":-1000,"reasons":[]}'
    )
    assert -322 < float(_days(raw)) < -321


def _days(raw: bytes) -> bytes:
    return raw.partition(b'"calibrationDaysOverdue":')[2].partition(b",")[0]


@pytest.mark.parametrize(
    ("select", "item"),
    [
        ("serialNumber", '{"serialNumber":"S-1"}'),
        ("SERIALNUMBER,clientid", '{"serialNumber":"S-1","ClientId":null}'),
        ("tags", '{"tags":[{"key":"Owner","value":"R&D"}],"xmlData":"<Tags><Owner Value=\\"R&amp;D\\"/></Tags>"}'),
    ],
)
def test_selected_properties_alone_are_sent(api: TestClient, select: str, item: str) -> None:
    assert _bytes(api, "GET", f"/api/Asset?$select={select}").decode() == f"[{item}]"


def test_count_of_all_travels_in_a_header(api: TestClient) -> None:
    make_asset(api)
    assert api.get("/api/Asset?$count=true&$top=1").headers["X-Total-Count"] == "2"
    assert "X-Total-Count" not in api.get("/api/Asset?$count=False").headers


@use_case(Permission.POST_MESSAGE)
async def _tell_much(session: Session) -> None:
    for number in range(1000):
        await post_message(session, AssetRef(serial_number="S-1"), str(number))


def test_at_most_1000_are_listed_unless_top_says_otherwise(api: TestClient) -> None:
    api.portal.call(api.app.state.backend.write, LOCAL_ADMINISTRATOR, _tell_much)
    assert len(api.get("/api/Asset/Log").json()) == 1000
    assert len(api.get("/api/Asset/Log?$top=1001").json()) == 1001


def test_error_has_all_members_of_a_problem(api: TestClient) -> None:
    answer = api.get("/api/Asset/no%20body", headers={"X-Request-Id": "line3-42"})
    assert answer.headers["content-type"] == "application/problem+json"
    message = "There is no asset with the serial number 'no body'. Check it for blanks, and for upper and lower case."
    assert answer.json() == {
        "type": "urn:pywats:problem:not_found",
        "title": "Not Found",
        "status": 404,
        "detail": message,
        "instance": "/api/Asset/no%20body",
        "message": message,
        "code": "not_found",
        "details": {"field": "serialNumber", "value": "no body"},
        "requestId": "line3-42",
    }
