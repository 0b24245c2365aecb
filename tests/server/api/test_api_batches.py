"""Counting the uses of many assets in one call."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from factories import make_asset, make_type


def count(api: TestClient, rows: Any, **headers: str) -> Any:
    """Send a batch."""
    return api.post("/api/Asset/Counts", json=rows, headers=headers)


def totals(api: TestClient) -> dict[str, int]:
    """Return the total count of every asset, by serial number."""
    return {asset["serialNumber"]: asset["totalCount"] for asset in api.get("/api/Asset").json()}


@pytest.fixture
def station(api: TestClient) -> dict[str, Any]:
    """A station with two fixtures, all of a type with a limit of 10 uses."""
    type_id = make_type(api, runningCountLimit=10, warningThreshold=50)["typeId"]
    parent = make_asset(api, serialNumber="STATION", typeId=type_id)
    for name in ("LEFT", "RIGHT"):
        make_asset(api, serialNumber=name, typeId=type_id, parentSerialNumber="STATION")
    return parent


def test_batch_answers_each_asset_as_it_is_after_its_row(api: TestClient, station: dict[str, Any]) -> None:
    answer = count(
        api,
        [
            {"serialNumber": "LEFT", "incrementBy": 4},
            {"assetId": station["assetId"].upper()},
            {"SerialNumber": "LEFT", "IncrementBy": 6},
        ],
    )
    assert answer.status_code == 200
    seen = [(row["serialNumber"], row["totalCount"], row["status"], row["alarmState"]) for row in answer.json()]
    assert seen == [("LEFT", 4, 0, 0), ("STATION", 1, 0, 0), ("LEFT", 10, 3, 2)]
    assert totals(api) == {"STATION": 1, "LEFT": 10, "RIGHT": 0}


def test_batch_reaches_what_is_below(api: TestClient, station: dict[str, Any]) -> None:
    rows = [{"serialNumber": "RIGHT", "incrementBy": 1}, {"serialNumber": "STATION", "incrementChildren": True}]
    assert [row["runningCount"] for row in count(api, rows).json()] == [1, 1]
    assert totals(api) == {"STATION": 1, "LEFT": 1, "RIGHT": 2}


def test_batch_leaves_what_single_counts_leave(api: TestClient, station: dict[str, Any]) -> None:
    """Alarm level and last use follow, and nothing is logged, as with `PUT /api/Asset/Count`."""
    logged = len(api.get("/api/Asset/Log").json())
    count(api, [{"serialNumber": "LEFT", "incrementBy": 5}])
    (left,) = api.get("/api/Asset", params={"$filter": "alarmState eq 1"}).json()
    assert (left["serialNumber"], left["lastSeenDate"]) == ("LEFT", "2026-03-10T12:00:00")
    assert len(api.get("/api/Asset/Log").json()) == logged


@pytest.mark.parametrize(
    ("row", "status", "field"),
    [
        ({"serialNumber": "NOBODY"}, 404, "serialNumber"),
        ({"assetId": "NOBODY"}, 404, "id"),
        ({}, 400, "id"),
        ({"serialNumber": "LEFT", "incrementBy": -1}, 422, "incrementBy"),
        ({"serialNumber": "LEFT", "incrementBy": 2**53}, 422, "incrementBy"),
    ],
    ids=["unknown serial", "unknown id", "nobody named", "negative", "too many"],
)
def test_row_that_is_refused_takes_back_the_whole_batch(
    api: TestClient, station: dict[str, Any], row: dict[str, Any], status: int, field: str
) -> None:
    refused = count(api, [{"serialNumber": "RIGHT", "incrementBy": 3}, row])
    assert refused.status_code == status
    problem = refused.json()
    assert (problem["details"]["row"], problem["details"]["field"]) == (1, field)
    assert problem["message"].startswith("Row 1: ")
    assert set(totals(api).values()) == {0}


def test_names_that_disagree_are_refused(api: TestClient, station: dict[str, Any]) -> None:
    refused = count(api, [{"assetId": station["assetId"], "serialNumber": "LEFT"}])
    assert (refused.status_code, refused.json()["details"]["row"]) == (400, 0)


def test_batch_of_nothing_is_answered_with_nothing(api: TestClient) -> None:
    assert count(api, []).json() == []


def test_batch_has_an_end(api: TestClient, station: dict[str, Any]) -> None:
    rows = [{"serialNumber": "LEFT"}] * 10_000
    assert count(api, rows).json()[-1]["totalCount"] == 10_000
    refused = count(api, [*rows, {"serialNumber": "LEFT"}])
    assert (refused.status_code, refused.json()["details"]["value"]) == (400, 10_001)
    assert totals(api)["LEFT"] == 10_000


def test_batch_that_comes_again_is_counted_once(api: TestClient, station: dict[str, Any]) -> None:
    headers = {"Idempotency-Key": "end of shift"}
    first, again = (count(api, [{"serialNumber": "LEFT", "incrementBy": 2}], **headers) for _ in range(2))
    assert again.json() == first.json()
    assert totals(api)["LEFT"] == 2
