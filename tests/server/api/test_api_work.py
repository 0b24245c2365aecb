"""Calibration and maintenance, recorded here or elsewhere. Both are the same under two names."""

from dataclasses import dataclass
from typing import Any

import pytest
from starlette.testclient import TestClient

from factories import make_asset, make_type
from pywats.testing import ManualClock
from server.api.asking import get, log_of, told


@dataclass(frozen=True)
class Kind:
    """A kind of work and the names that it has on the wire."""

    name: str
    log_type: int

    @property
    def path(self) -> str:
        return f"/api/Asset/{self.name}"

    @property
    def interval(self) -> str:
        return f"{self.name.lower()}Interval"

    def dates(self, api: TestClient) -> tuple[str | None, str | None]:
        asset = get(api, "S-1")
        return asset[f"last{self.name}Date"], asset[f"next{self.name}Date"]

    def record(self, api: TestClient, path: str = "", **params: Any) -> Any:
        answer = api.post(self.path + path, params={"serialNumber": "S-1", **params})
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture(params=[Kind("Calibration", 4), Kind("Maintenance", 5)], ids=lambda work: work.name)
def work(request: pytest.FixtureRequest) -> Kind:
    found: Kind = request.param
    return found


def _asset(api: TestClient, work: Kind, interval: float | None) -> str:
    type_id: str = make_type(api, **{work.interval: interval})["typeId"]
    make_asset(api, serialNumber="S-1", typeId=type_id)
    return type_id


@pytest.mark.parametrize(
    ("interval", "due"),
    [(365, "2027-03-10T12:00:00"), (0.5, "2026-03-11T00:00:00"), (None, None), (0, None), (-1, None), (-2, None)],
)
def test_record_without_a_date_is_now_and_due_after_the_interval(
    api: TestClient, work: Kind, interval: float | None, due: str | None
) -> None:
    _asset(api, work, interval)
    assert work.record(api, comment="As found: fine") == due
    assert work.dates(api) == ("2026-03-10T12:00:00", due)
    (entry,) = log_of(api, "S-1")[1:]
    assert (entry["type"], entry["comment"]) == (work.log_type, "As found: fine")
    assert entry["value"] == f"2026-03-10T12:00:00/{due or '..'}"
    assert entry["oldValue"] is None


def test_record_of_the_same_date_again_changes_and_logs_nothing(api: TestClient, work: Kind) -> None:
    _asset(api, work, 10)
    for date in ("2026-01-01", "2026-01-01T00:00:00Z", "2026-01-01T01:00:00+01:00"):
        assert work.record(api, dateTime=date) == "2026-01-11T00:00:00"
    assert len(told(api, "S-1")) == 1


def test_record_leaves_the_other_kind_alone(api: TestClient, work: Kind) -> None:
    _asset(api, work, 10)
    work.record(api)
    other = {"Calibration": "Maintenance", "Maintenance": "Calibration"}[work.name]
    assert Kind(other, 0).dates(api) == (None, None)


@pytest.mark.parametrize("interval", [365, None, -1, -2])
def test_external_work_has_exactly_the_dates_that_were_given(
    api: TestClient, work: Kind, interval: float | None
) -> None:
    _asset(api, work, interval)
    assert work.record(api, "/External", fromDate="2026-01-15", toDate="2027-01-15") == "2027-01-15T00:00:00"
    assert work.dates(api) == ("2026-01-15T00:00:00", "2027-01-15T00:00:00")
    work.record(api, "/External", fromDate="2026-01-15", toDate="2027-01-15")
    assert told(api, "S-1") == [(work.log_type, work.name.lower(), None, "2026-01-15T00:00:00/2027-01-15T00:00:00")]


def test_external_work_without_a_start_is_from_now(api: TestClient, work: Kind) -> None:
    _asset(api, work, 365)
    work.record(api, "/External", toDate="2026-12-31")
    assert work.dates(api) == ("2026-03-10T12:00:00", "2026-12-31T00:00:00")


def test_plain_record_on_an_external_type_clears_the_next_date(api: TestClient, work: Kind) -> None:
    _asset(api, work, -2)
    work.record(api, "/External", fromDate="2026-01-15", toDate="2027-01-15")
    assert work.record(api) is None
    assert work.dates(api) == ("2026-03-10T12:00:00", None)


def test_changed_interval_moves_dates_that_came_from_it_alone(api: TestClient, work: Kind) -> None:
    type_id = _asset(api, work, 10)
    make_asset(api, serialNumber="elsewhere", typeId=type_id)
    work.record(api, dateTime="2026-03-01")
    api.post(work.path + "/External", params={"serialNumber": "elsewhere", "toDate": "2027-01-15"})
    changed = api.put("/api/Asset/Types", json={"typeId": type_id, "typeName": "Changed", work.interval: 20})
    assert changed.status_code == 200
    assert work.dates(api) == ("2026-03-01T00:00:00", "2026-03-21T00:00:00")
    assert get(api, "elsewhere")[f"next{work.name}Date"] == "2027-01-15T00:00:00"
    assert told(api, "S-1")[-1] == (2, f"next{work.name}Date", "2026-03-11T00:00:00", "2026-03-21T00:00:00")
    assert len(told(api, "elsewhere")) == 1


def test_external_work_with_the_dates_of_the_interval_does_not_follow_it_later(api: TestClient, work: Kind) -> None:
    type_id = _asset(api, work, 10)
    work.record(api, dateTime="2026-03-01")
    work.record(api, "/External", fromDate="2026-03-01", toDate="2026-03-11")
    api.put("/api/Asset/Types", json={"typeId": type_id, "typeName": "Changed", work.interval: 20})
    assert work.dates(api) == ("2026-03-01T00:00:00", "2026-03-11T00:00:00")


def test_record_ends_an_alarm(api: TestClient, work: Kind, clock: ManualClock) -> None:
    _asset(api, work, 10)
    assert get(api, "S-1")["alarmState"] == 1, "never done is at least a warning"
    clock.advance(days=10)
    assert get(api, "S-1")["alarmState"] == 2
    work.record(api)
    assert get(api, "S-1")["alarmState"] == 0
    clock.advance(days=10)
    assert [asset["serialNumber"] for asset in api.get("/api/Asset?$filter=alarmState eq 2").json()] == ["S-1"]
