"""A call that carries an Idempotency-Key is carried out once, however often it comes."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from conftest import Clients
from factories import make_asset, make_type
from pywats.testing import ManualClock
from pywats_server.housekeeping import tidy
from pywats_server.services.session import Role
from server.api.calls import CALLS, Call

HOUSEKEEPING = ("this server", timedelta(minutes=1))


def key(text: str = "4f1c") -> dict[str, str]:
    """Return the header that names a request."""
    return {"Idempotency-Key": text}


def count_once(api: TestClient, serial: str, uses: int, name: str = "4f1c") -> Any:
    """Count uses of an asset under a key."""
    params = {"serialNumber": serial, "incrementBy": uses}
    return api.put("/api/Asset/Count", params=params, headers=key(name))


def total(api: TestClient, serial: str) -> int:
    """Return an asset's total count."""
    return int(api.get(f"/api/Asset/{serial}").json()["totalCount"])


def test_repeated_count_is_counted_once_and_answered_the_same(api: TestClient) -> None:
    serial = make_asset(api, typeId=make_type(api, runningCountLimit=10, warningThreshold=50)["typeId"])["serialNumber"]
    first = count_once(api, serial, 4)
    # The state of affairs moves on; the answer to the first call does not.
    api.put("/api/Asset/Count", params={"serialNumber": serial, "incrementBy": 4})
    again = count_once(api, serial, 4)
    assert (first.json(), again.json()) == (0, 0)
    assert total(api, serial) == 8


def test_repeated_creation_gives_the_same_asset_and_version(api: TestClient) -> None:
    body = {"serialNumber": "DMM-1", "typeId": make_type(api)["typeId"]}
    first, again = (api.put("/api/Asset", json=body, headers={**key(), "If-None-Match": "*"}) for _ in range(2))
    assert again.status_code == 200
    assert again.json() == first.json()
    assert again.headers["ETag"] == first.headers["ETag"]
    assert again.headers["Content-Type"] == first.headers["Content-Type"]


def test_repeated_message_stands_in_the_log_once(api: TestClient) -> None:
    serial = make_asset(api)["serialNumber"]
    for _ in range(3):
        answer = api.post(
            "/api/Asset/Message", params={"serialNumber": serial}, json={"content": "moved"}, headers=key()
        )
        assert answer.json() is None
    messages = api.get("/api/Asset/Log", params={"$filter": f"serialNumber eq '{serial}' and type eq 0"}).json()
    assert len(messages) == 1


def test_refusal_is_an_answer_too_and_stays(api: TestClient) -> None:
    missing = count_once(api, "DMM-1", 1)
    make_asset(api, serialNumber="DMM-1")
    again = count_once(api, "DMM-1", 1)
    assert (missing.status_code, again.status_code) == (404, 404)
    assert again.json() == missing.json()
    assert total(api, "DMM-1") == 0


def test_key_of_another_request_is_refused_and_changes_nothing(api: TestClient) -> None:
    serial = make_asset(api)["serialNumber"]
    count_once(api, serial, 4)
    other = count_once(api, serial, 5)
    assert other.status_code == 422
    assert other.json()["details"]["field"] == "Idempotency-Key"
    assert total(api, serial) == 4


def test_key_belongs_to_its_principal(application: Clients, api: TestClient) -> None:
    serial = make_asset(api)["serialNumber"]
    count_once(api, serial, 4)
    params = {"serialNumber": serial, "incrementBy": 4}
    api.put("/api/Asset/Count", params=params, headers={**key(), **application.headers(Role.OPERATOR)})
    assert total(api, serial) == 8


def test_order_of_query_does_not_make_another_request(api: TestClient) -> None:
    serial = make_asset(api)["serialNumber"]
    for query in (f"serialNumber={serial}&incrementBy=2", f"incrementBy=2&serialNumber={serial}"):
        assert api.put(f"/api/Asset/Count?{query}", headers=key()).status_code == 200
    assert total(api, serial) == 2


@pytest.mark.parametrize("bad", ["", "x" * 256, "ü", "a\tb"], ids=["empty", "too long", "not ASCII", "control"])
def test_key_that_cannot_be_kept_is_refused(api: TestClient, bad: str) -> None:
    serial = make_asset(api)["serialNumber"]
    headers = [(b"Idempotency-Key", bad.encode("latin-1"))]
    answer = api.put("/api/Asset/Count", params={"serialNumber": serial, "incrementBy": 1}, headers=headers)
    assert answer.status_code == 400
    assert answer.json()["details"]["field"] == "Idempotency-Key"
    assert total(api, serial) == 0


def test_concurrent_repeats_count_once(api: TestClient) -> None:
    serial = make_asset(api)["serialNumber"]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: count_once(api, serial, 3).json(), range(16)))
    assert answers == [0] * 16
    assert total(api, serial) == 3


def test_answers_are_kept_for_seven_days_and_then_forgotten(
    application: Clients, api: TestClient, clock: ManualClock
) -> None:
    serial = make_asset(api)["serialNumber"]
    for number in range(3):
        count_once(api, serial, 1, f"key {number}")
    backend, portal = api.app.state.backend, application.anonymous.portal
    clock.advance(days=7, hours=1)
    assert portal.call(tidy, backend, *HOUSEKEEPING) == 0
    count_once(api, serial, 1, "key 0")
    assert total(api, serial) == 3
    clock.advance(days=1)
    assert portal.call(tidy, backend, *HOUSEKEEPING) == 3
    count_once(api, serial, 1, "key 0")
    assert total(api, serial) == 4


CHANGING = [call for call in CALLS if call.method != "GET"]


@pytest.mark.parametrize("call", CHANGING, ids=lambda call: call.name)
def test_every_changing_call_takes_a_key(furnished: Clients, call: Call) -> None:
    """All but the making of tokens, whose answer is a secret that is not to be kept; its name cannot be used twice."""
    headers = {**key(), **furnished.headers(Role.ADMINISTRATOR)}
    first, again = (call.send(furnished.anonymous, headers=headers) for _ in range(2))
    if call.name == "POST /api/Token":
        assert (first.status_code, again.status_code) == (200, 409)
    else:
        assert (first.status_code, again.status_code) == (200, 200)
        assert again.content == first.content
