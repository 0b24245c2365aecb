"""Serial numbers of every kind of character, through every call that takes one."""

from typing import Any
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

from factories import make_asset, make_type
from server.api.asking import get, log_of, status_of

SERIALS = {
    "slash": "A/B",
    "two slashes": "A//B",
    "leading slash": "/A",
    "trailing slash": "A/",
    "slash alone": "/",
    "blank inside": "A B",
    "blanks around": " A ",
    "percent": "100%",
    "escape in writing": "A%2FB",
    "plus": "A+B",
    "question mark": "A?B=C",
    "hash": "A#B",
    "ampersand": "A&id=x",
    "semicolon": "A;B",
    "dots": "..",
    "dots and slashes": "../../etc",
    "dot": ".",
    "single quote": "O'Neill",
    "double quote": '"A"',
    "backslash": "A\\B",
    "umlauts": "Prüfplatz-Ä",
    "decomposed umlaut": "Pru\u0308f",
    "Chinese": "夹具-一号",
    "emoji": "🔧-1",
    "no-break space": "A\u00a0B",
    "like an id": "99999999-aaaa-4bbb-8ccc-999999999999",
    "like a call": "count",
    "like a call that is posted": "Calibration",
    "like a path": "Calibration/External",
    "like a number": "007",
    "like a word": "null",
    "100 characters": "ü/" * 50,
}


@pytest.fixture(params=SERIALS.values(), ids=SERIALS.keys())
def serial(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


def test_serial_number_goes_through_every_call(api: TestClient, serial: str) -> None:
    type_id = make_type(api)["typeId"]
    stored = make_asset(api, serialNumber=serial, typeId=type_id)
    assert stored["serialNumber"] == serial
    # The client in process folds dots and decodes twice; tests/contract/test_raw_http.py asks for all over a socket.
    if "%" not in serial and serial not in {".", ".."}:
        one = api.get("/api/Asset/" + quote(serial, safe=""))
        assert (one.status_code, one.json().get("assetId")) == (200, stored["assetId"])
    for method, path, params, body in _CALLS:
        answer = api.request(method, path, params={"serialNumber": serial, **params}, json=body)
        assert answer.status_code == 200, (path, answer.text)
    child = make_asset(api, serialNumber="child", typeId=type_id, parentSerialNumber=serial)
    assert (child["parentAssetId"], child["parentSerialNumber"]) == (stored["assetId"], serial)
    below = api.get("/api/Asset/SubAssets", params={"serialNumber": serial}).json()
    assert [asset["serialNumber"] for asset in below] == ["child"]
    _check_filters(api, serial)
    assert status_of(api, serial)["totalCount"] == 7
    assert [entry["type"] for entry in log_of(api, serial)] == [1, 6, 3, 2, 2, 4, 4, 5, 5, 0]
    renamed = api.put(
        "/api/Asset", json={"assetId": stored["assetId"], "serialNumber": serial + "2"[: len(serial) < 100]}
    )
    assert renamed.status_code == 200
    deleted = api.delete("/api/Asset", params={"serialNumber": renamed.json()["serialNumber"]})
    assert deleted.json()["assetId"] == stored["assetId"]
    (tombstone,) = api.get("/api/Asset/Archive", params={"serialNumber": deleted.json()["serialNumber"]}).json()
    assert tombstone["assetId"] == stored["assetId"]


_CALLS: list[tuple[str, str, dict[str, Any], Any]] = [
    ("PUT", "/api/Asset/State", {"state": 1}, None),
    ("PUT", "/api/Asset/Count", {"incrementBy": 1}, None),
    ("POST", "/api/Asset/ResetRunningCount", {}, None),
    ("PUT", "/api/Asset/SetRunningCount", {"runningCount": 3}, None),
    ("PUT", "/api/Asset/SetTotalCount", {"totalCount": 7}, None),
    ("POST", "/api/Asset/Calibration", {"dateTime": "2026-01-01"}, None),
    ("POST", "/api/Asset/Calibration/External", {"toDate": "2027-01-01"}, None),
    ("POST", "/api/Asset/Maintenance", {"dateTime": "2026-01-01"}, None),
    ("POST", "/api/Asset/Maintenance/External", {"toDate": "2027-01-01"}, None),
    ("POST", "/api/Asset/Message", {}, {"content": "x"}),
]


def _check_filters(api: TestClient, serial: str) -> None:
    assert get(api, serial)["serialNumber"] == serial
    quoted = "'" + serial.replace("'", "''") + "'"
    for condition in (f"contains(serialNumber,{quoted})", f"parentSerialNumber eq {quoted}"):
        assert api.get("/api/Asset", params={"$filter": condition}).json()


def test_serial_numbers_that_look_alike_are_different(api: TestClient) -> None:
    type_id = make_type(api)["typeId"]
    serials = ["A", "a", " A", "A ", "A\u00a0", "Ａ", "А", "ü", "u\u0308"]
    for serial in serials:
        make_asset(api, serialNumber=serial, typeId=type_id)
    for serial in serials:
        assert api.get("/api/Asset/" + quote(serial, safe="")).json()["serialNumber"] == serial


@pytest.mark.parametrize("name", ["Status", "Log", "Types", "SubAssets", "Archive"])
def test_asset_named_like_a_reading_call_is_read_by_its_id(api: TestClient, name: str) -> None:
    asset = make_asset(api, serialNumber=name)
    assert api.get(f"/api/Asset/{asset['assetId']}").json()["serialNumber"] == name
    assert get(api, name)["assetId"] == asset["assetId"]
