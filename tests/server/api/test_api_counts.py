"""Counting, counters and the status that follows."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from conftest import Clients
from factories import make_asset, make_type
from pywats.testing import ManualClock
from pywats_server.services.session import Role
from pywats_server.settings import Settings
from server.api.asking import contents, get, log_of, status_of, told

_MOST = 2**53 - 1


def _count(api: TestClient, serial: str = "S-1", **params: Any) -> Any:
    answer = api.put("/api/Asset/Count", params={"serialNumber": serial, **params})
    assert answer.status_code == 200, answer.text
    return answer.json()


def _counts(api: TestClient, serial: str = "S-1") -> tuple[int, int]:
    asset = get(api, serial)
    return asset["runningCount"], asset["totalCount"]


def test_count_adds_to_both_counts_sets_last_seen_and_is_not_logged(api: TestClient, clock: ManualClock) -> None:
    make_asset(api, serialNumber="S-1", runningCount=1, totalCount=10)
    clock.advance(hours=1)
    assert _count(api, incrementBy=2) == 0
    assert _count(api, totalCount=15) == 0
    assert _counts(api) == (6, 15)
    assert get(api, "S-1")["lastSeenDate"] == "2026-03-10T13:00:00"
    assert told(api, "S-1") == []


def test_count_below_the_total_is_refused(api: TestClient, settings: Settings) -> None:
    make_asset(api, serialNumber="S-1", totalCount=10)
    before = contents(settings)
    answer = api.put("/api/Asset/Count", params={"serialNumber": "S-1", "totalCount": 9})
    assert answer.status_code == 422
    assert answer.json()["details"]["value"] == 9
    assert contents(settings) == before


def test_count_answers_the_bare_number_of_the_status(api: TestClient) -> None:
    type_id = make_type(api, runningCountLimit=10, warningThreshold=50, alarmThreshold=90)["typeId"]
    make_asset(api, serialNumber="S-1", typeId=type_id)
    assert [_count(api, incrementBy=n) for n in (4, 1, 3, 1, 5)] == [0, 2, 2, 3, 3]
    assert get(api, "S-1")["alarmState"] == 2


def test_count_with_a_preference_answers_the_whole_status(api: TestClient) -> None:
    make_asset(api, serialNumber="S-1")
    answer = api.put(
        "/api/Asset/Count",
        params={"serialNumber": "S-1", "incrementBy": 1},
        headers={"Prefer": "respond-async, return=representation"},
    )
    assert answer.headers["Preference-Applied"] == "return=representation"
    assert answer.json() == status_of(api, "S-1")
    assert answer.json()["runningCount"] == 1


def test_count_with_children_counts_every_descendant_or_nothing(api: TestClient, settings: Settings) -> None:
    type_id = make_type(api)["typeId"]
    for serial, parent in (("S-1", None), ("C-1", "S-1"), ("G-1", "C-1"), ("other", None)):
        make_asset(api, serialNumber=serial, typeId=type_id, parentSerialNumber=parent, totalCount=5)
    _count(api, totalCount=7, incrementChildren="True")
    assert [_counts(api, serial) for serial in ("S-1", "C-1", "G-1", "other")] == [(2, 7), (2, 7), (2, 7), (0, 5)]
    _count(api, incrementBy=1, incrementChildren="0")
    assert _counts(api, "C-1") == (2, 7)
    make_asset(api, serialNumber="full", typeId=type_id, parentSerialNumber="G-1", totalCount=_MOST)
    before = contents(settings)
    answer = api.put("/api/Asset/Count", params={"serialNumber": "S-1", "incrementBy": 1, "incrementChildren": "true"})
    assert answer.status_code == 422
    assert contents(settings) == before


def test_reset_sets_the_running_count_alone_to_0(api: TestClient) -> None:
    make_asset(api, serialNumber="S-1", runningCount=7, totalCount=9)
    answer = api.post("/api/Asset/ResetRunningCount", params={"serialNumber": "S-1", "comment": "Contacts\nreplaced"})
    assert answer.json() is None
    assert _counts(api) == (0, 9)
    assert told(api, "S-1") == [(3, "runningCount", "7", "0")]
    assert log_of(api, "S-1")[-1]["comment"] == "Contacts\nreplaced"


def test_reset_at_the_total_limit_is_refused(api: TestClient, settings: Settings) -> None:
    type_id = make_type(api, runningCountLimit=10, totalCountLimit=20)["typeId"]
    make_asset(api, serialNumber="S-1", typeId=type_id, runningCount=5, totalCount=20)
    before = contents(settings)
    answer = api.post("/api/Asset/ResetRunningCount", params={"serialNumber": "S-1"})
    assert answer.status_code == 409
    assert answer.json()["code"] == "total_count_reached"
    assert answer.json()["details"]["value"] == 20
    assert contents(settings) == before


@pytest.mark.parametrize(
    ("path", "name", "counts"),
    [
        ("/api/Asset/SetRunningCount", "runningCount", (8, 9)),
        ("/api/Asset/SetTotalCount", "totalCount", (7, 8)),
    ],
)
def test_set_count_sets_it_exactly_and_logs_old_and_new(
    api: TestClient, path: str, name: str, counts: tuple[int, int]
) -> None:
    asset = make_asset(api, serialNumber="S-1", runningCount=7, totalCount=9)
    assert api.put(path, params={"id": asset["assetId"].upper(), name: 8}).json() is None
    assert _counts(api) == counts
    assert told(api, "S-1") == [(2, name, str(asset[name]), "8")]
    assert api.put(path, params={"serialNumber": "S-1", name: 0}).json() is None
    assert get(api, "S-1")[name] == 0


def test_set_count_is_refused_to_an_operator_in_the_words_of_the_permission(
    application: Clients, api: TestClient
) -> None:
    make_asset(api, serialNumber="S-1")
    answer = api.put(
        "/api/Asset/SetTotalCount",
        params={"serialNumber": "S-1", "totalCount": 8},
        headers=application.headers(Role.OPERATOR),
    )
    assert answer.status_code == 403
    assert "Edit Total count" in answer.json()["message"]


def test_status_of_an_asset_without_demands_has_no_number_that_is_null(api: TestClient) -> None:
    make_asset(api, serialNumber="S-1")
    assert status_of(api, "S-1") == {
        "alarmState": 0,
        "status": 0,
        "message": status_of(api, "S-1")["message"],
        "state": 0,
        "bubbledStatus": 0,
        "runningCount": 0,
        "totalCount": 0,
        "reasons": [],
    }


def test_status_tells_what_is_exceeded_and_what_remains(api: TestClient, clock: ManualClock) -> None:
    type_id = make_type(
        api,
        runningCountLimit=1000,
        totalCountLimit=5000,
        calibrationInterval=30,
        maintenanceInterval=60,
        warningThreshold=90,
    )["typeId"]
    last = "2026-02-01T12:00:00"
    make_asset(
        api,
        serialNumber="S-1",
        typeId=type_id,
        runningCount=930,
        totalCount=5001,
        lastCalibrationDate=last,
        lastMaintenanceDate=last,
    )
    status = status_of(api, "S-1")
    assert (status["alarmState"], status["status"], status["bubbledStatus"]) == (2, 3, 2)
    assert (status["runningCountExceeded"], status["totalCountExceeded"]) == (-70, 1)
    assert (status["calibrationDaysOverdue"], status["maintenanceDaysOverdue"]) == (7.0, -23.0)
    assert [(reason["kind"], reason["level"]) for reason in status["reasons"]] == [
        ("calibration", 2),
        ("runningCount", 1),
        ("totalCount", 2),
    ]
    assert status["reasons"][0] == {
        "kind": "calibration",
        "level": 2,
        "message": "Calibration is 7 days overdue (due 2026-03-03).",
        "used": 37.0,
        "limit": 30.0,
        "percent": pytest.approx(123.333, abs=0.001),
        "dueDate": "2026-03-03T12:00:00",
    }


def test_status_speaks_the_language_of_the_caller(api: TestClient) -> None:
    make_asset(api, serialNumber="S-1", typeId=make_type(api, runningCountLimit=10)["typeId"], runningCount=10)
    messages = [status_of(api, "S-1", cultureCode=code)["message"] for code in ("en", "nb-NO", "de", "zh-CN", "")]
    assert len(set(messages)) == 4
    assert messages[4] == messages[0]
    assert status_of(api, "S-1", translate="False", cultureCode="de")["message"].startswith("runningCount(used=10,")


def test_status_bubbles_up_from_descendants(api: TestClient) -> None:
    type_id = make_type(api, runningCountLimit=10)["typeId"]
    make_asset(api, serialNumber="S-1", typeId=type_id)
    make_asset(api, serialNumber="C-1", typeId=type_id, parentSerialNumber="S-1")
    make_asset(api, serialNumber="G-1", typeId=type_id, parentSerialNumber="C-1", runningCount=10)
    assert [status_of(api, serial)["bubbledStatus"] for serial in ("S-1", "C-1", "G-1")] == [2, 2, 2]
    assert status_of(api, "S-1")["alarmState"] == 0
    api.put("/api/Asset/State", params={"serialNumber": "G-1", "state": 6})
    assert [status_of(api, serial)["bubbledStatus"] for serial in ("S-1", "C-1", "G-1")] == [0, 0, 0]
