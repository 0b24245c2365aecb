"""Asset types: saving, what a change means for their assets, deleting."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from factories import make_asset, make_type
from pywats_server.settings import Settings
from server.api.asking import contents, get, status_of, told


def _put(api: TestClient, status: int = 200, **body: Any) -> dict[str, Any]:
    answer = api.put("/api/Asset/Types", json=body)
    assert answer.status_code == status, answer.text
    stored: dict[str, Any] = answer.json()
    return stored


def _changes(api: TestClient) -> list[tuple[Any, ...]]:
    answer = api.get("/api/internal/Changes", params={"$filter": "subjectKind eq 'assetType'", "$orderby": "changeId"})
    return [(change["action"], change["property"], change["oldValue"], change["value"]) for change in answer.json()]


def test_create_with_a_name_alone_demands_nothing(api: TestClient) -> None:
    stored = _put(api, typeName="Fixture")
    assert stored == {
        "typeId": stored["typeId"],
        "typeName": "Fixture",
        "runningCountLimit": None,
        "totalCountLimit": None,
        "calibrationInterval": None,
        "maintenanceInterval": None,
        "warningThreshold": None,
        "alarmThreshold": None,
        "isReadonly": False,
        "icon": None,
    }
    assert _changes(api) == [("created", None, None, "Fixture")]


def test_create_takes_the_id_of_the_caller_in_any_form(api: TestClient) -> None:
    wanted = "{ABCDEF00-AAAA-4BBB-8CCC-333333333333}"
    stored = _put(api, typeId=wanted, typeName="Fixture")
    assert stored["typeId"] == "abcdef00-aaaa-4bbb-8ccc-333333333333"
    assert _put(api, typeId=wanted, typeName="Renamed")["typeId"] == stored["typeId"]
    assert make_asset(api, typeId=wanted)["typeName"] == "Renamed"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("runningCountLimit", 10),
        ("totalCountLimit", 10),
        ("calibrationInterval", 1.5),
        ("calibrationInterval", -1),
        ("maintenanceInterval", -2),
        ("warningThreshold", 75.5),
        ("alarmThreshold", 90),
        ("icon", "probe"),
    ],
)
def test_update_sets_a_property_which_stays_when_absent_and_goes_with_null(
    api: TestClient, name: str, value: Any
) -> None:
    before = _put(api, typeName="Fixture")
    assert _put(api, typeName="Fixture", **{name: value}) == {**before, name: value}
    assert _put(api, typeName="Fixture") == {**before, name: value}
    assert _put(api, typeName="Fixture", **{name: None}) == before
    assert [change[:2] for change in _changes(api)] == [("created", None), ("changed", name), ("changed", name)]


def test_update_by_id_renames_and_tells_so(api: TestClient) -> None:
    stored = _put(api, typeName="Fixture")
    make_asset(api, serialNumber="S-1", typeId=stored["typeId"])
    _put(api, typeId=stored["typeId"].upper(), typeName="Top fixture")
    assert get(api, "S-1")["typeName"] == "Top fixture"
    assert _changes(api)[-1] == ("changed", "typeName", "Fixture", "Top fixture")


def test_limits_and_thresholds_that_contradict_are_raised(api: TestClient) -> None:
    limits = {"runningCountLimit": 100, "totalCountLimit": 10}
    stored = _put(api, typeName="Fixture", **limits, warningThreshold=90, alarmThreshold=80)
    assert (stored["runningCountLimit"], stored["totalCountLimit"]) == (100, 100)
    assert (stored["warningThreshold"], stored["alarmThreshold"]) == (90, 90)
    raised = _put(api, typeName="Fixture", runningCountLimit=200)
    assert (raised["runningCountLimit"], raised["totalCountLimit"]) == (200, 200)


@pytest.mark.parametrize("unlimited", [None, 0, -1])
def test_no_total_limit_is_not_raised(api: TestClient, unlimited: int | None) -> None:
    assert _put(api, typeName="F", runningCountLimit=100, totalCountLimit=unlimited)["totalCountLimit"] == unlimited


def test_change_of_a_limit_changes_the_status_of_its_assets_at_once(api: TestClient) -> None:
    stored = _put(api, typeName="Fixture", runningCountLimit=100)
    make_asset(api, serialNumber="S-1", typeId=stored["typeId"], runningCount=50)
    for limit, state in ((50, 2), (60, 0), (None, 0)):
        _put(api, typeName="Fixture", runningCountLimit=limit)
        assert status_of(api, "S-1")["alarmState"] == get(api, "S-1")["alarmState"] == state
    _put(api, typeName="Fixture", runningCountLimit=60, warningThreshold=80)
    assert status_of(api, "S-1")["alarmState"] == get(api, "S-1")["alarmState"] == 1
    assert told(api, "S-1") == []


def test_read_only_type_refuses_every_change(api: TestClient, settings: Settings) -> None:
    stored = _put(api, typeName="Fixture", isReadonly=True)
    make_asset(api, typeId=stored["typeId"])
    before = contents(settings)
    for change in ({"runningCountLimit": 5}, {"isReadonly": False}, {"typeName": "X", "typeId": stored["typeId"]}):
        assert _put(api, 409, **{"typeName": "Fixture", **change})["details"]["field"] == "isReadonly"
    refused = api.request("DELETE", "/api/internal/Asset/Types", json=[stored["typeId"]])
    assert refused.status_code == 409
    assert contents(settings) == before


def test_delete_takes_unused_types_alone(api: TestClient) -> None:
    first, second = (make_type(api)["typeId"] for _ in range(2))
    asset = make_asset(api, typeId=first)
    refused = api.request("DELETE", "/api/internal/Asset/Types", json=[second, first])
    assert refused.status_code == 409
    assert refused.json()["details"] == {"field": "typeId", "value": first, "assets": 1}
    api.delete("/api/Asset", params={"id": asset["assetId"]})
    answer = api.request("DELETE", "/api/internal/Asset/Types", json=[second, first.upper(), first])
    assert (answer.status_code, answer.json()) == (200, None)
    assert api.get("/api/Asset/Types").json() == []
    assert [change[0] for change in _changes(api)] == ["created", "created", "deleted", "deleted"]


def test_types_are_listed_by_name_or_as_the_query_says(api: TestClient) -> None:
    for name in ("b", "c", "a"):
        _put(api, typeName=name, isReadonly=name == "c")
    listed = {
        "": ["a", "b", "c"],
        "$orderby=typeName desc&$top=2": ["c", "b"],
        "$skip=1": ["b", "c"],
        "$top=0": [],
        "$filter=isReadonly eq true": ["c"],
        "$filter=typeName gt 'a' and isReadonly eq false": ["b"],
    }
    for query, names in listed.items():
        assert [stored["typeName"] for stored in api.get(f"/api/Asset/Types?{query}").json()] == names
