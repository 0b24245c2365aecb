"""The whole service against a model in plain Python: whatever is called in whatever order, both say the same."""

import asyncio
import os
import uuid
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from starlette.testclient import TestClient

from databases import Databases
from faults.checks import check_database
from faults.conftest import Figures
from faults.model import ALARM, OK, WARNING, Asset, Model, Refused, wire
from pywats.testing import ManualClock
from pywats_server.services import tokens
from pywats_server.services.backend import Backend
from pywats_server.services.session import LOCAL_ADMINISTRATOR, Role
from pywats_server.store.opening import open_database

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]

_EXAMPLES = settings(
    # FAULTS_EXAMPLES asks for more, when there is time.
    max_examples=int(os.environ.get("FAULTS_EXAMPLES", "8")),
    stateful_step_count=40,
    deadline=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)
_START = datetime(2026, 3, 10, 12, tzinfo=UTC)
_TYPE_IDS = {name: str(uuid.uuid5(uuid.NAMESPACE_OID, name)) for name in ("Fixture", "Probe", "Station")}
_NO_ID = "99999999-aaaa-4bbb-8ccc-999999999999"

serials = st.sampled_from(["A", "B", "C", "D", "Ø/5"])
type_names = st.sampled_from(list(_TYPE_IDS))
kinds = st.sampled_from(["Calibration", "Maintenance"])
uses = st.sampled_from([0, 1, 1, 2, 7])
states = st.sampled_from(range(7))
moments = st.integers(-400, 400).map(lambda hours: _START + timedelta(hours=6 * hours))
lines = st.sampled_from([None, "", "Lab A", "Prüfplatz 7"])
tag_lists = st.lists(
    st.fixed_dictionaries({"key": st.sampled_from(["LINE", "OWNER"]), "value": st.sampled_from(["", "1", "ø"])}),
    unique_by=lambda tag: tag["key"],
)
bodies = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(("assetName", "partNumber", "revision", "description", "location"), lines),
        "ClientId": st.sampled_from([None, 0, 7]),
        "state": st.none() | states,
        "tags": st.none() | tag_lists,
        "parentSerialNumber": st.none() | st.sampled_from(["A", "B"]),
        "totalCount": st.none() | uses,
        "runningCount": st.none() | uses,
        **{
            f"{which}{kind}Date": st.none() | moments.map(wire)
            for which in ("last", "next")
            for kind in ("Calibration", "Maintenance")
        },
    },
)
_LIMITS = st.sampled_from([None, 0, -1, 1, 3, 10, 100])
_INTERVALS = st.sampled_from([None, 0, -1, -2, 0.5, 1, 7, 30.25, 365])
_THRESHOLDS = st.sampled_from([None, 0, 10, 50, 80, 99.9, 100])
demands = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(("runningCountLimit", "totalCountLimit"), _LIMITS),
        **dict.fromkeys(("calibrationInterval", "maintenanceInterval"), _INTERVALS),
        **dict.fromkeys(("warningThreshold", "alarmThreshold"), _THRESHOLDS),
    },
)
rows = st.tuples(serials, uses, st.booleans())


class Service:
    """The application, with a fresh database whenever it is asked for one."""

    def __init__(self, app: FastAPI, client: TestClient, databases: Databases) -> None:
        self._app = app
        self._databases = databases
        self.client = client
        self.steps: Counter[int] = Counter()

    def begin(self, clock: ManualClock) -> None:
        """Put a fresh database under the application."""
        self._address = self._databases.fresh()
        self._database = open_database(self._address, scan_seconds=60)
        backend = self._app.state.backend = Backend(self._database, clock)
        token = self.client.portal.call(
            backend.write, LOCAL_ADMINISTRATOR, tokens.create_token, "machine", Role.ADMINISTRATOR
        )
        self.client.headers["Authorization"] = f"Basic {token}"

    def end(self) -> None:
        """Close the database and look at it from the inside."""
        self.client.portal.call(self._database.close)
        asyncio.run(check_database(self._address))
        self._databases.drop(self._address)


class Machine(RuleBasedStateMachine):
    """Calls the service, tells the model the same, and compares what both know after every step."""

    def __init__(self, service: Service) -> None:
        super().__init__()
        self.service = service
        self.clock = ManualClock(_START)
        self.model = Model()
        self.numbers = count()
        service.begin(self.clock)

    @property
    def now(self) -> datetime:
        return self.clock.now

    def teardown(self) -> None:
        self._compare_archive()
        self.service.end()

    def call(self, method: str, path: str, change: Callable[[], Any], **request: Any) -> Any:
        """
        Make a call and the same *change* of the model, compare whether both refuse it, and return both answers.

        Every other call has a key, and is made again: the answer must be the same, and nothing may change.
        """
        try:
            expected, status = self.model.attempt(change), 200
        except Refused as refused:
            expected, status = None, refused.status
        number = next(self.numbers)
        headers = {**request.pop("headers", {}), **({"Idempotency-Key": f"call {number}"} if number % 2 else {})}
        answer = self.service.client.request(method, path, headers=headers, **request)
        assert answer.status_code == status, answer.text
        self.service.steps[status] += 1
        if number % 2:
            again = self.service.client.request(method, path, headers=headers, **request)
            assert (again.status_code, again.content) == (status, answer.content)
        return (answer.json(), expected) if status == 200 else (None, None)

    def get(self, path: str, **params: Any) -> Any:
        answer = self.service.client.get(path, params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    @initialize(demanded=st.lists(demands, min_size=3, max_size=3), kept=st.lists(bodies, min_size=4, max_size=4))
    def furnish(self, demanded: list[dict[str, Any]], kept: list[dict[str, Any]]) -> None:
        """Begin with every type and some assets, so that few calls are about what is not there."""
        for name, changes in zip(_TYPE_IDS, demanded, strict=True):
            self.save_type(name, name, changes)
        for serial, name, body in zip("ABCD", [*_TYPE_IDS, "Probe"], kept, strict=True):
            self.save_asset(serial, name, body)

    # Types.

    @rule(name=type_names, new_name=type_names, changes=demands)
    def save_type(self, name: str, new_name: str, changes: dict[str, Any]) -> None:
        type_id = self._type_id(name)
        body = {"typeId": type_id, "typeName": new_name, **changes}
        stored, expected = self.call(
            "PUT", "/api/Asset/Types", lambda: self.model.save_type(type_id, new_name, changes, self.now), json=body
        )
        assert stored == expected

    @rule(name=type_names)
    def delete_type(self, name: str) -> None:
        type_id = self._type_id(name)
        self.call("DELETE", "/api/internal/Asset/Types", lambda: self.model.delete_type(name), json=[type_id])

    def _type_id(self, name: str) -> str:
        """Return the id of the type that has the name, or that it would be made with."""
        taken = {type.type_id for type in self.model.types.values()}
        free = [type_id for type_id in _TYPE_IDS.values() if type_id not in taken]
        return self.model.types[name].type_id if name in self.model.types else free[0]

    # Assets.

    @rule(serial=serials, type_name=type_names, body=bodies)
    def save_asset(self, serial: str, type_name: str, body: dict[str, Any]) -> None:
        known = self.model.assets.get(serial)
        asset_id = known.asset_id if known else str(uuid.uuid4())
        type_id = self.model.types[type_name].type_id if type_name in self.model.types else _NO_ID
        self._save({"assetId": asset_id, "serialNumber": serial, "typeId": type_id, **body})

    @rule(serial=serials, new_serial=serials, body=bodies)
    def rename_asset(self, serial: str, new_serial: str, body: dict[str, Any]) -> None:
        known = self.model.assets.get(serial)
        self._save({"assetId": known.asset_id if known else _NO_ID, "serialNumber": new_serial, **body})

    def _save(self, body: dict[str, Any]) -> None:
        stored, _ = self.call("PUT", "/api/Asset", lambda: self.model.save_asset(body, self.now), json=body)
        if stored:
            assert stored["assetType"]["typeName"] == stored["typeName"]

    @rule(serial=serials)
    def delete_asset(self, serial: str) -> None:
        known = self.model.assets.get(serial)
        before = known and known.document(self.now)
        deleted, _ = self.call(
            "DELETE", "/api/Asset", lambda: self.model.delete_asset(serial, self.now), params={"serialNumber": serial}
        )
        assert deleted is None or _item(deleted) == before

    @rule(serial=serials, state=states)
    def set_state(self, serial: str, state: int) -> None:
        params = {"serialNumber": serial, "state": state}
        self.call("PUT", "/api/Asset/State", lambda: self.model.set_state(serial, state, self.now), params=params)

    @rule(moved=st.lists(serials, min_size=1, max_size=3), parent=st.none() | serials)
    def move(self, moved: list[str], parent: str | None) -> None:
        params = {} if parent is None else {"parentId": self._asset_id(parent)}
        self.call(
            "PUT",
            "/api/internal/Asset/Parent",
            lambda: self.model.move(moved, parent, self.now),
            params=params,
            json=[self._asset_id(serial) for serial in moved],
        )

    def _asset_id(self, serial: str) -> str:
        return self.model.assets[serial].asset_id if serial in self.model.assets else _NO_ID

    @rule(serial=serials, wanted=tag_lists)
    def set_tags(self, serial: str, wanted: list[dict[str, str]]) -> None:
        path = f"/api/internal/Asset/{self._asset_id(serial)}/Tags"
        self.call("PUT", path, lambda: self.model.set_tags(serial, wanted, self.now), json=wanted)

    @rule(serial=serials)
    def post_message(self, serial: str) -> None:
        params = {"serialNumber": serial}
        self.call("POST", "/api/Asset/Message", lambda: self.model.post(serial), params=params, json={"content": "!"})

    # Counts.

    @rule(serial=serials, number=uses, children=st.booleans())
    def count(self, serial: str, number: int, children: bool) -> None:
        params = {"serialNumber": serial, "incrementBy": number, "incrementChildren": children}
        answer, expected = self.call(
            "PUT",
            "/api/Asset/Count",
            lambda: self.model.count(serial, number, self.now, children=children),
            params=params,
        )
        assert answer is None or answer == expected["status"]

    @rule(serial=serials, number=uses)
    def count_and_ask(self, serial: str, number: int) -> None:
        answer, _ = self.call(
            "PUT",
            "/api/Asset/Count",
            lambda: self.model.count(serial, number, self.now, children=False),
            params={"serialNumber": serial, "incrementBy": number},
            headers={"Prefer": "return=representation"},
        )
        if answer is not None:
            self._compare_status(answer, self.model.assets[serial])

    @rule(serial=serials, total=st.integers(0, 30))
    def count_up_to(self, serial: str, total: int) -> None:
        params = {"serialNumber": serial, "totalCount": total}
        answer, expected = self.call(
            "PUT", "/api/Asset/Count", lambda: self.model.count_up_to(serial, total, self.now), params=params
        )
        assert answer is None or answer == expected["status"]

    @rule(batch=st.lists(rows, max_size=4))
    def count_batch(self, batch: list[tuple[str, int, bool]]) -> None:
        answer, expected = self.call(
            "POST",
            "/api/Asset/Counts",
            lambda: [self.model.count(serial, number, self.now, children=below) for serial, number, below in batch],
            json=[
                {"serialNumber": serial, "incrementBy": number, "incrementChildren": below}
                for serial, number, below in batch
            ],
        )
        assert answer == expected

    @rule(serial=serials)
    def reset(self, serial: str) -> None:
        params = {"serialNumber": serial}
        self.call("POST", "/api/Asset/ResetRunningCount", lambda: self.model.reset(serial), params=params)

    @rule(serial=serials, which=st.sampled_from(["running", "total"]), value=st.integers(0, 30))
    def set_count(self, serial: str, which: str, value: int) -> None:
        self.call(
            "PUT",
            f"/api/Asset/Set{which.title()}Count",
            lambda: self.model.set_count(serial, which, value),
            params={"serialNumber": serial, f"{which}Count": value},
        )

    # Dates.

    @rule(serial=serials, kind=kinds, at=st.none() | moments)
    def record(self, serial: str, kind: str, at: datetime | None) -> None:
        params = {"serialNumber": serial, **({} if at is None else {"dateTime": wire(at)})}
        answer, expected = self.call(
            "POST", f"/api/Asset/{kind}", lambda: self.model.record(serial, kind, at or self.now), params=params
        )
        assert answer == expected

    @rule(serial=serials, kind=kinds, start=st.none() | moments, end=st.none() | moments)
    def record_external(self, serial: str, kind: str, start: datetime | None, end: datetime | None) -> None:
        dates = {"fromDate": wire(start), "toDate": wire(end)}
        answer, expected = self.call(
            "POST",
            f"/api/Asset/{kind}/External",
            lambda: self.model.record_external(serial, kind, start or self.now, end),
            params={"serialNumber": serial, **{name: date for name, date in dates.items() if date}},
        )
        assert answer == expected

    @rule(hours=st.sampled_from([0.01, 1, 12, 24, 24 * 7, 24 * 100, -1]))
    def pass_time(self, hours: float) -> None:
        self.clock.advance(hours=hours, microseconds=1)

    # What must be the same.

    @invariant()
    def assets_are_those_of_the_model(self) -> None:
        stored = {asset["serialNumber"]: _item(asset) for asset in self.get("/api/Asset", **{"$top": 1000})}
        assert stored == {serial: asset.document(self.now) for serial, asset in self.model.assets.items()}

    @invariant()
    def alarm_lists_are_those_of_the_model(self) -> None:
        for level in (OK, WARNING, ALARM):
            found = self.get("/api/Asset", **{"$filter": f"alarmState eq {level}", "$select": "serialNumber"})
            expected = {serial for serial, asset in self.model.assets.items() if asset.alarm_state(self.now) == level}
            assert {asset["serialNumber"] for asset in found} == expected

    @invariant()
    def statuses_are_those_of_the_model(self) -> None:
        for asset in self.model.assets.values():
            self._compare_status(self.get("/api/Asset/Status", serialNumber=asset.serial), asset)

    def _compare_status(self, answer: dict[str, Any], asset: Asset) -> None:
        reasons = answer["reasons"]
        assert all(reason["used"] >= 0 and reason["limit"] >= 0 and reason["percent"] >= 0 for reason in reasons)
        assert (answer.pop("message") == "Everything is in order.") == (not reasons)
        answer["reasons"] = {reason["kind"]: reason["level"] for reason in reasons}
        assert answer == self.model.status(asset, self.now)

    @invariant()
    def logs_are_as_long_as_those_of_the_model(self) -> None:
        entries = Counter(entry["assetId"] for entry in self.get("/api/Asset/Log", **{"$top": 10_000}))
        assert entries == {asset.asset_id: asset.log for asset in self.model.assets.values()}

    def _compare_archive(self) -> None:
        archived = {asset["assetId"]: len(asset["log"]) for asset in self.get("/api/Asset/Archive", **{"$top": 1000})}
        assert archived == self.model.archived


def _item(asset: dict[str, Any]) -> dict[str, Any]:
    """Return an asset of a list without the older form of its tags."""
    return {name: value for name, value in asset.items() if name != "xmlData"}


def test_service_does_what_the_model_does(built: FastAPI, databases: Databases, figures: Figures) -> None:
    with TestClient(built, raise_server_exceptions=False) as client:
        service = Service(built, client, databases)
        run_state_machine_as_test(lambda: Machine(service), settings=_EXAMPLES)
        figures(f"changing calls compared with the model, by status: {dict(service.steps)}")
