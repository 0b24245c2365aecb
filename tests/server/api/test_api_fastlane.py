"""The short way for the most frequent calls answers what the framework answers, and leaves to it what is unusual."""

from typing import Any

import pytest
from starlette.responses import Response
from starlette.testclient import TestClient
from starlette.types import Scope

from conftest import Clients
from factories import make_asset, make_type
from pywats.testing import ManualClock
from pywats_server.api.fastlane import FastLane
from pywats_server.services.session import Role

# A wish that nobody fulfils, with which a call is no longer plain.
UNUSUAL = {"Prefer": "handling=lenient"}

ID = "6c1f6c3e-0d0c-4c5e-9a53-0f7c6a3d1b2e"
READS = (
    "/api/Asset/DMM 1",
    "/api/Asset/%D8%20%26%3F%2B",
    "/api/Asset/{id}",
    "/api/Asset/{ID}",
    "/api/Asset/missing",
    "/api/Asset/%00",
    "/api/Asset/%FF",
    "/api/asset/DMM 1",
    "/api/Asset/status?serialNumber=DMM 1",
    "/api/Asset/Types",
    "/api/Asset/",
    "/api/Asset/a/b",
    "/api/Asset/DMM 1?x=1",
    "/api/Asset/Status?serialNumber=DMM 1",
    "/api/Asset/Status?serialNumber=DMM+1&cultureCode=de&translate=true",
    "/api/Asset/Status?id={id}",
    "/api/Asset/Status?id={ID}&serialNumber=DMM 1",
    "/api/Asset/Status?id={id}&serialNumber=other",
    "/api/Asset/Status?id=no-id",
    "/api/Asset/Status?id=ABCDEF3e-0d0c-4c5e-9a53-0f7c6a3d1b2e",
    "/api/Asset/Status?id=00000000-0000-0000-0000-000000000000&serialNumber=DMM 1",
    "/api/Asset/Status?id=&serialNumber=DMM 1",
    "/api/Asset/Status",
    "/api/Asset/Status?serialNumber=",
    "/api/Asset/Status?serialNumber=missing",
    "/api/Asset/Status?serialNumber=%FF",
    "/api/Asset/Status?serialNumber=DMM 1&serialNumber=missing",
    "/api/Asset/Status?SERIALNUMBER=DMM 1&translate=false",
    "/api/Asset/Status?serialNumber=DMM 1&translate=perhaps",
)
COUNTS = (
    "serialNumber=DMM 1&incrementBy=2",
    "serialNumber=DMM%201&totalCount=30",
    "id={id}&incrementBy=0",
    "id={id}&serialNumber=other&incrementBy=1",
    "serialNumber=DMM 1&incrementBy=-1",
    "serialNumber=DMM 1&incrementBy=1.5",
    "serialNumber=DMM 1&incrementBy=%D9%A3",
    "serialNumber=DMM 1&incrementBy=9999999999999999999",
    "serialNumber=DMM 1&incrementBy=999999999999999",
    "serialNumber=DMM 1&totalCount=1",
    "serialNumber=DMM 1",
    "serialNumber=DMM 1&incrementBy=1&totalCount=50",
    "serialNumber=DMM 1&incrementBy=1&incrementChildren=false",
    "serialNumber=DMM 1&incrementBy=1&incrementChildren=true",
    "serialNumber=DMM 1&incrementBy=1&cultureCode=de",
    "serialNumber=missing&incrementBy=1",
    "incrementBy=1",
    "",
)


@pytest.fixture
def asset(api: TestClient) -> dict[str, Any]:
    """An asset that is in alarm by its date and soon by its count, with a child, tags and an id in lower case."""
    type = make_type(api, runningCountLimit=40, warningThreshold=50, calibrationInterval=0.5, totalCountLimit=10**6)
    made = make_asset(
        api, assetId=ID, serialNumber="DMM 1", typeId=type["typeId"], runningCount=10, totalCount=20,
        tags=[{"key": "line", "value": "<2>"}],
    )  # fmt: skip
    make_asset(api, serialNumber="Ø &?+", parentAssetId=ID)
    return made


def _filled(text: str) -> str:
    return text.replace("{id}", ID).replace("{ID}", ID.upper())


def _told(answer: Any) -> tuple[Any, ...]:
    """Return all that an answer tells, but for the id of its request."""
    headers = {name: value for name, value in answer.headers.items() if name not in {"x-request-id", "content-length"}}
    body = answer.json()
    if isinstance(body, dict):
        body.pop("requestId", None)
    return answer.status_code, headers, body


@pytest.mark.parametrize("role", [*Role, None], ids=str)
@pytest.mark.parametrize("target", READS)
def test_read_is_answered_alike_on_both_ways(
    application: Clients, api: TestClient, asset: dict[str, Any], clock: ManualClock, target: str, role: Role | None
) -> None:
    headers = application.headers(role) if role else {"Authorization": "Basic bm9uZTpub25l"}
    plain, unusual = (api.get(_filled(target), headers={**headers, **more}) for more in ({}, UNUSUAL))
    assert _told(plain) == _told(unusual)


@pytest.mark.parametrize("key", [{}, {"Idempotency-Key": "4f1c"}], ids=["once", "repeatable"])
@pytest.mark.parametrize("query", COUNTS)
def test_count_is_answered_and_counted_alike_on_both_ways(
    api: TestClient, asset: dict[str, Any], query: str, key: dict[str, str]
) -> None:
    def counted(headers: dict[str, str]) -> tuple[Any, ...]:
        for name, value in (("SetTotalCount", "totalCount=20"), ("SetRunningCount", "runningCount=10")):
            assert api.put(f"/api/Asset/{name}?serialNumber=DMM 1&{value}").status_code == 200
        told = _told(api.put(f"/api/Asset/Count?{_filled(query)}", headers=headers))
        now = api.get("/api/Asset/DMM 1").json()
        return told, now["runningCount"], now["totalCount"]

    other_key = {name: f"{value}-2" for name, value in key.items()}
    assert counted(key) == counted({**other_key, **UNUSUAL})


def test_repeat_that_takes_the_other_way_is_the_same_request(api: TestClient, asset: dict[str, Any]) -> None:
    target = "/api/Asset/Count?incrementBy=7&serialNumber=DMM 1"
    for more in ({}, UNUSUAL, {}):
        assert api.put(target, headers={"Idempotency-Key": "4f1c", **more}).status_code == 200
    assert api.get("/api/Asset/DMM 1").json()["totalCount"] == 27


@pytest.mark.parametrize("key", ["", "x" * 256, "\x7f"])
def test_unfit_key_is_refused_alike(api: TestClient, asset: dict[str, Any], key: str) -> None:
    target = "/api/Asset/Count?incrementBy=7&serialNumber=DMM 1"
    plain, unusual = (api.put(target, headers={"Idempotency-Key": key, **more}) for more in ({}, UNUSUAL))
    assert plain.status_code == 400
    assert _told(plain) == _told(unusual)


@pytest.mark.parametrize(
    ("method", "target", "headers", "is_taken"),
    [
        ("GET", "/api/Asset/DMM 1", {}, True),
        ("GET", "/api/Asset/Status?serialNumber=DMM 1", {}, True),
        ("PUT", "/api/Asset/Count?serialNumber=DMM 1&incrementBy=1", {}, True),
        ("PUT", "/api/Asset/Count?serialNumber=DMM 1&incrementBy=1", {"Idempotency-Key": "a"}, True),
        ("PUT", "/api/Asset/Count?serialNumber=DMM 1&incrementBy=1", {"Prefer": "return=representation"}, False),
        ("PUT", "/api/Asset/Count?serialNumber=DMM 1&incrementBy=1&incrementChildren=true", {}, False),
        ("GET", "/api/Asset/Types", {}, False),
        ("GET", "/api/Asset/Log", {}, False),
        ("GET", "/api/Asset", {}, False),
        ("HEAD", "/api/Asset/DMM 1", {}, False),
        ("PUT", "/api/Asset/State?serialNumber=DMM 1&state=1", {}, False),
    ],
)
def test_plain_calls_and_only_those_take_the_short_way(
    application: Clients, api: TestClient, asset: dict[str, Any], method: str, target: str,
    headers: dict[str, str], is_taken: bool,
) -> None:  # fmt: skip
    app: Any = api.app
    lane: FastLane = app.edge.short
    taken: list[bool] = []

    async def watched(scope: Scope) -> Response | None:
        response = await lane(scope)
        taken.append(response is not None)
        return response

    app.edge.short = watched
    try:
        answer = api.request(method, target, headers=application.headers(Role.ADMINISTRATOR) | headers)
    finally:
        app.edge.short = lane
    assert answer.status_code < 500
    assert taken == [is_taken]
