"""Creating, reading, updating and deleting assets."""

import uuid
from typing import Any

import pytest
from starlette.testclient import TestClient

from factories import make_asset, make_file, make_type
from pywats.testing import ManualClock
from pywats_server.rules.chain import START
from pywats_server.settings import Settings
from server.api.asking import contents, get, log_of, told

_NO_GUID = "00000000-0000-0000-0000-000000000000"


def _put(api: TestClient, status: int = 200, headers: dict[str, str] | None = None, **body: Any) -> dict[str, Any]:
    answer = api.put("/api/Asset", json=body, headers=headers)
    assert answer.status_code == status, answer.text
    stored: dict[str, Any] = answer.json()
    return stored


def test_create_with_the_required_properties_answers_the_whole_asset(api: TestClient) -> None:
    asset_type = make_type(api, typeName="Fixture")
    stored = _put(api, serialNumber="S-1", typeId=asset_type["typeId"])
    assert uuid.UUID(stored["assetId"]).version == 4
    assert stored == {
        "assetId": stored["assetId"].lower(),
        "serialNumber": "S-1",
        "typeId": asset_type["typeId"],
        "typeName": "Fixture",
        "parentAssetId": None,
        "parentSerialNumber": None,
        "assetName": None,
        "partNumber": None,
        "revision": None,
        "ClientId": None,
        "state": 0,
        "alarmState": 0,
        "description": None,
        "location": None,
        "firstSeenDate": "2026-03-10T12:00:00",
        "lastSeenDate": None,
        "lastMaintenanceDate": None,
        "nextMaintenanceDate": None,
        "lastCalibrationDate": None,
        "nextCalibrationDate": None,
        "totalCount": 0,
        "runningCount": 0,
        "tags": [],
        "xmlData": "<Tags></Tags>",
        "assetType": asset_type,
    }
    (entry,) = log_of(api, "S-1")
    assert entry == {
        "logId": entry["logId"],
        "assetId": stored["assetId"],
        "serialNumber": "S-1",
        "date": "2026-03-10T12:00:00",
        "user": "the administrator",
        "type": 1,
        "property": None,
        "oldValue": None,
        "value": '{"serialNumber": "S-1", "runningCount": 0, "totalCount": 0}',
        "comment": None,
        "principal": "the administrator",
        "previousHash": START,
        "hash": entry["hash"],
    }


def test_create_takes_counts_and_dates_as_initial_values(api: TestClient) -> None:
    type_id = make_type(api, calibrationInterval=365)["typeId"]
    dates = {
        "firstSeenDate": "2020-01-01T00:00:00",
        "lastSeenDate": "2026-01-21T10:23:44",
        "lastCalibrationDate": "2026-01-01T00:00:00",
        "nextCalibrationDate": "2026-06-01T00:00:00",
        "lastMaintenanceDate": "2026-02-01T00:00:00",
        "nextMaintenanceDate": "2026-07-01T00:00:00",
    }
    stored = _put(api, serialNumber="S-1", typeId=type_id, runningCount=250, totalCount=5000, state=1, **dates)
    assert {name: stored[name] for name in dates} == dates
    assert (stored["runningCount"], stored["totalCount"], stored["state"]) == (250, 5000, 1)


def test_create_without_next_dates_takes_them_from_the_intervals(api: TestClient) -> None:
    type_id = make_type(api, calibrationInterval=365, maintenanceInterval=0.5)["typeId"]
    stored = _put(
        api, serialNumber="S-1", typeId=type_id, lastCalibrationDate="2026-01-01", lastMaintenanceDate="2026-01-01"
    )
    assert stored["nextCalibrationDate"] == "2027-01-01T00:00:00"
    assert stored["nextMaintenanceDate"] == "2026-01-01T12:00:00"


_EDITS = [
    ("assetName", "Top fixture", None),
    ("partNumber", "FIX-2000", None),
    ("revision", "B", None),
    ("ClientId", 7, None),
    ("description", "Two\nlines", None),
    ("location", "Line 3 – Station 5", None),
    ("tags", [{"key": "Owner", "value": "Lab"}, {"key": "A", "value": ""}], []),
]


@pytest.mark.parametrize(("name", "value", "empty"), _EDITS, ids=[name for name, _, _ in _EDITS])
def test_update_sets_a_property_which_stays_when_absent_and_goes_with_null(
    api: TestClient, name: str, value: Any, empty: Any
) -> None:
    asset = make_asset(api, serialNumber="S-1")
    before = {key: item for key, item in get(api, "S-1").items() if key not in {name, "xmlData"}}
    assert _put(api, serialNumber="S-1", **{name: value})[name] == value
    assert _put(api, serialNumber="S-1")[name] == value
    # Null leaves tags alone, because .NET clients send it for what they do not know.
    cleared = [] if name == "tags" else None
    assert _put(api, serialNumber="S-1", **{name: cleared})[name] == empty
    assert {key: item for key, item in get(api, "S-1").items() if key not in {name, "xmlData"}} == before
    assert [entry[:2] for entry in told(api, "S-1")] == [(2, name), (2, name)]
    assert asset[name] == empty


def test_update_logs_every_changed_property_with_old_and_new_value(api: TestClient) -> None:
    other = make_type(api, typeName="Other")["typeId"]
    make_asset(api, serialNumber="P")
    make_asset(api, serialNumber="S-1", typeId=make_type(api, typeName="First")["typeId"], ClientId=1)
    changes = {"typeId": other, "parentSerialNumber": "P", "ClientId": None, "location": "Lab A"}
    _put(api, serialNumber="S-1", state=4, tags=[{"key": "K", "value": "V"}], **changes)
    assert told(api, "S-1") == [
        (2, "typeName", "First", "Other"),
        (2, "parentSerialNumber", None, "P"),
        (2, "ClientId", "1", None),
        (2, "location", None, "Lab A"),
        (2, "tags", "{}", '{"K": "V"}'),
        (6, "state", "0", "4"),
    ]


def test_update_never_touches_counts_and_dates(api: TestClient, clock: ManualClock) -> None:
    make_asset(
        api,
        serialNumber="S-1",
        runningCount=5,
        totalCount=9,
        lastCalibrationDate="2026-01-01",
        lastSeenDate="2026-02-02",
    )
    before = get(api, "S-1")
    clock.advance(days=1)
    for value in (None, 0):
        _put(api, serialNumber="S-1", runningCount=value, totalCount=value)
    for value in (None, "", "0001-01-01T00:00:00", "2026-03-03"):
        names = ("firstSeenDate", "lastSeenDate", "lastCalibrationDate", "nextCalibrationDate")
        _put(api, serialNumber="S-1", **dict.fromkeys((*names, "lastMaintenanceDate", "nextMaintenanceDate"), value))
    assert get(api, "S-1") == before
    assert told(api, "S-1") == []


def test_update_that_changes_nothing_logs_nothing_and_keeps_the_version(api: TestClient) -> None:
    make_asset(api, serialNumber="P")
    make_asset(api, serialNumber="S-1", parentSerialNumber="P", tags=[{"key": "K", "value": "V"}], state=1)
    read = api.get("/api/Asset/S-1")
    again = api.put("/api/Asset", json=read.json())
    assert again.json() == read.json()
    assert again.headers["ETag"] == read.headers["ETag"]
    assert told(api, "S-1") == []


def test_update_by_id_renames_the_serial_number(api: TestClient) -> None:
    asset = make_asset(api, serialNumber="S-1", location="Lab A")
    renamed = _put(api, assetId=asset["assetId"].upper(), serialNumber="S-2")
    assert renamed["assetId"] == asset["assetId"]
    assert renamed["location"] == "Lab A"
    assert told(api, "S-2") == [(2, "serialNumber", "S-1", "S-2")]
    assert api.get("/api/Asset/S-1").status_code == 404


@pytest.mark.parametrize("form", ["{{{}}}", "urn:uuid:{}", "{}"], ids=["braces", "urn", "plain"])
def test_update_by_id_takes_every_form_of_a_uuid(api: TestClient, form: str) -> None:
    asset = make_asset(api)
    assert _put(api, assetId=form.format(asset["assetId"]), serialNumber="S-2")["assetId"] == asset["assetId"]
    assert _put(api, assetId=asset["assetId"].replace("-", ""), serialNumber="S-3")["serialNumber"] == "S-3"


def test_save_with_an_unknown_id_creates_the_asset_with_that_id(api: TestClient) -> None:
    wanted = "ABCDEF00-aaaa-4bbb-8ccc-333333333333"
    stored = _put(api, assetId=wanted, serialNumber="S-1", typeId=make_type(api)["typeId"])
    assert stored["assetId"] == wanted.lower()
    assert _put(api, assetId=_NO_GUID, serialNumber="S-1")["assetId"] == wanted.lower()


def test_save_with_the_empty_guid_makes_an_id_and_keeps_the_type(api: TestClient) -> None:
    type_id = make_type(api)["typeId"]
    stored = _put(api, assetId=_NO_GUID, serialNumber="S-1", typeId=type_id)
    assert stored["assetId"] != _NO_GUID
    assert _put(api, serialNumber="S-1", typeId=_NO_GUID)["typeId"] == type_id


def test_an_id_wins_over_a_serial_number(api: TestClient) -> None:
    asset = make_asset(api, serialNumber="S-1")
    make_asset(api, serialNumber=asset["assetId"])
    assert api.get(f"/api/Asset/{asset['assetId']}").json()["serialNumber"] == "S-1"
    assert api.get(f"/api/Asset/{asset['assetId'].upper()}").json()["serialNumber"] == "S-1"


@pytest.mark.parametrize(
    ("given", "parent"),
    [
        ({"parentSerialNumber": "Q"}, "Q"),
        ({"parentAssetId": None, "parentSerialNumber": "Q"}, "Q"),
        ({"parentAssetId": _NO_GUID, "parentSerialNumber": "Q"}, "Q"),
        ({"parentAssetId": "<Q>"}, "Q"),
        ({"parentAssetId": "<Q>", "parentSerialNumber": None}, "Q"),
        ({"parentAssetId": "<Q>", "parentSerialNumber": "P"}, "Q"),
        ({}, "P"),
        ({"parentAssetId": None}, None),
        ({"parentSerialNumber": None}, None),
        ({"parentAssetId": None, "parentSerialNumber": None}, None),
        ({"parentAssetId": "", "parentSerialNumber": ""}, None),
    ],
    ids=str,
)
def test_update_sets_the_parent_by_id_or_serial_number(
    api: TestClient, given: dict[str, str | None], parent: str | None
) -> None:
    make_asset(api, serialNumber="P")
    q = make_asset(api, serialNumber="Q")
    make_asset(api, serialNumber="S-1", parentSerialNumber="P")
    body = {name: q["assetId"] if value == "<Q>" else value for name, value in given.items()}
    stored = _put(api, serialNumber="S-1", **body)
    assert stored["parentSerialNumber"] == parent
    assert (stored["parentAssetId"] == q["assetId"]) == (parent == "Q")
    assert (stored["parentAssetId"] is None) == (parent is None)


def test_update_guarded_by_if_match_is_refused_when_somebody_was_quicker(api: TestClient, settings: Settings) -> None:
    make_asset(api, serialNumber="S-1")
    read = api.get("/api/Asset/S-1").headers["ETag"]
    changed = api.put("/api/Asset", json={"serialNumber": "S-1", "location": "A"}, headers={"If-Match": read})
    assert changed.status_code == 200
    assert changed.headers["ETag"] != read
    before = contents(settings)
    problem = _put(api, 412, {"If-Match": read}, serialNumber="S-1", location="B")
    assert problem["code"] == "precondition_failed"
    assert "Read it again" in problem["message"]
    assert contents(settings) == before


@pytest.mark.parametrize(
    ("header", "status"),
    [("*", 200), ('"1"', 200), ('W/"1"', 200), ('"7", "1"', 200), ('"7"', 412), ("nonsense", 412), ("", 412)],
)
def test_if_match_names_versions(api: TestClient, header: str, status: int) -> None:
    make_asset(api, serialNumber="S-1")
    _put(api, status, {"If-Match": header}, serialNumber="S-1", location="A")


@pytest.mark.parametrize("header", ["*", '"1"'])
def test_if_match_does_not_create(api: TestClient, settings: Settings, header: str) -> None:
    type_id = make_type(api)["typeId"]
    before = contents(settings)
    _put(api, 412, {"If-Match": header}, serialNumber="S-1", typeId=type_id)
    assert contents(settings) == before


def test_if_none_match_only_creates(api: TestClient, settings: Settings) -> None:
    type_id = make_type(api)["typeId"]
    only_new = {"If-None-Match": "*"}
    stored = _put(api, 200, only_new, serialNumber="S-1", typeId=type_id)
    before = contents(settings)
    problem = _put(api, 412, only_new, serialNumber="S-1", location="A")
    assert problem["details"] == {"field": "serialNumber", "value": "S-1", "assetId": stored["assetId"]}
    _put(api, 412, only_new, serialNumber="S-9", assetId=stored["assetId"])
    assert contents(settings) == before


def test_set_state_logs_it_once(api: TestClient) -> None:
    make_asset(api, serialNumber="S-1")
    for _ in range(2):
        answer = api.put("/api/Asset/State", params={"serialNumber": "S-1", "state": 3})
        assert answer.json() is None
    assert get(api, "S-1")["state"] == 3
    assert told(api, "S-1") == [(6, "state", "0", "3")]


def test_delete_answers_the_asset_and_moves_its_children_up(api: TestClient) -> None:
    grandparent = make_asset(api, serialNumber="G")
    make_asset(api, serialNumber="S-1", parentSerialNumber="G", location="Lab A", tags=[{"key": "K", "value": "V"}])
    make_asset(api, serialNumber="C", parentSerialNumber="S-1")
    before = get(api, "S-1")
    assert api.delete("/api/Asset", params={"serialNumber": "S-1"}).json() == before
    assert api.get("/api/Asset/S-1").status_code == 404
    assert get(api, "C")["parentAssetId"] == grandparent["assetId"]
    assert told(api, "C") == [(2, "parentSerialNumber", "S-1", "G")]
    api.delete("/api/Asset", params={"id": grandparent["assetId"].upper()})
    assert get(api, "C")["parentAssetId"] is None


def test_deleted_asset_is_in_the_archive_with_its_whole_log_and_files(api: TestClient, clock: ManualClock) -> None:
    asset = make_asset(api, serialNumber="S-1", tags=[{"key": "K", "value": "V"}])
    make_file(api, asset, "a.pdf", b"evidence")
    before = get(api, "S-1")
    log = log_of(api, "S-1")
    clock.advance(days=1)
    api.delete("/api/Asset", params={"serialNumber": "S-1"})
    assert log_of(api, "S-1") == []
    (deleted,) = api.get("/api/Asset/Archive", params={"serialNumber": "S-1"}).json()
    *kept, last = deleted.pop("log")
    assert deleted == {
        "assetId": asset["assetId"],
        "serialNumber": "S-1",
        "deletedDate": "2026-03-11T12:00:00",
        "deletedBy": "the administrator",
        "asset": before,
        "files": ["a.pdf"],
    }
    assert kept == log
    assert (last["property"], last["value"], last["previousHash"]) == ("deleted", "true", log[-1]["hash"])
    answer = api.get("/api/Asset/Archive/File", params={"serialNumber": "S-1", "filename": "a.pdf"})
    assert answer.content == b"evidence"


def test_serial_number_and_id_of_a_deleted_asset_can_be_used_again(api: TestClient) -> None:
    asset = make_asset(api, serialNumber="S-1")
    for _ in range(2):
        api.delete("/api/Asset", params={"serialNumber": "S-1"})
        _put(api, assetId=asset["assetId"], serialNumber="S-1", typeId=asset["typeId"])
    assert len(log_of(api, "S-1")) == 1
    assert len(api.get("/api/Asset/Archive", params={"id": asset["assetId"].upper()}).json()) == 2


def test_archive_is_listed_newest_first_in_pages(api: TestClient) -> None:
    for serial in ("A", "B", "C"):
        make_asset(api, serialNumber=serial)
        api.delete("/api/Asset", params={"serialNumber": serial})
    pages = [api.get("/api/Asset/Archive", params={"$top": 2, "$skip": skip}).json() for skip in (0, 2)]
    assert [[deleted["serialNumber"] for deleted in page] for page in pages] == [["C", "B"], ["A"]]
    assert api.get("/api/Asset/Archive", params={"serialNumber": "nobody"}).json() == []
