"""Who may call what."""

import pytest
from starlette.testclient import TestClient

from conftest import Clients
from pywats_server.services.session import Role
from pywats_server.settings import Settings
from server.api.asking import contents
from server.api.calls import BY_NAME, CALLS, Call

Refusing = tuple[TestClient, Settings]

_ROLES = list(Role)
_GUARDED = [pytest.param(call, id=call.name) for call in CALLS if call.role is not None]


def test_every_endpoint_has_a_call_and_a_role(api: TestClient) -> None:
    paths = api.get("/openapi.json").json()["paths"]
    endpoints = {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods}
    assert endpoints == set(BY_NAME)


@pytest.mark.parametrize("call", _GUARDED)
def test_call_without_token_is_refused_and_changes_nothing(furnished: Clients, settings: Settings, call: Call) -> None:
    before = contents(settings)
    answer = call.send(furnished.anonymous)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Basic ")
    assert answer.json()["code"] == "not_authenticated"
    assert contents(settings) == before


@pytest.mark.parametrize(
    ("call", "body"),
    [
        ("PUT /api/Asset", b"{"),
        ("PUT /api/Asset/Types", b"\xff\xfe"),
        ("POST /api/Asset/Counts", b"[" * 100_000),
        ("POST /api/Token", b'{"name": 5}'),
        ("PUT /api/Asset/State?state=broken", b""),
    ],
)
def test_call_without_token_is_refused_before_it_is_read(refusing: Refusing, call: str, body: bytes) -> None:
    client, _ = refusing
    method, target = call.split()
    answer = client.request(method, target, content=body, headers={"Authorization": ""})
    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")


@pytest.mark.parametrize("call", _GUARDED)
def test_call_takes_its_role_and_no_less(furnished: Clients, settings: Settings, call: Call) -> None:
    assert call.role is not None
    able = _ROLES[_ROLES.index(call.role) :]
    before = contents(settings)
    for role in _ROLES[: _ROLES.index(call.role)]:
        answer = call.send(furnished.anonymous, headers=furnished.headers(role))
        assert answer.status_code == 403
        assert answer.json()["details"] == {"role": role.value, "accepted": [each.value for each in able]}
    assert contents(settings) == before
    answer = call.send(furnished.anonymous, headers=furnished.headers(call.role))
    assert answer.status_code == 200, answer.text
    for role in able[1:]:
        # The second call may find that there is nothing left to do, but never that it may not.
        assert call.send(furnished.anonymous, headers=furnished.headers(role)).status_code in {200, 404, 409}


@pytest.mark.parametrize("call", [pytest.param(call, id=call.name) for call in CALLS if call.role is None])
def test_open_call_takes_no_token(furnished: Clients, call: Call) -> None:
    assert call.send(furnished.anonymous).json() == {"status": "ok"}
