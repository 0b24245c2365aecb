"""Errors: their ids, what the server's log tells of them, and what it never tells."""

import io
import re
from collections.abc import Iterator

import pytest
from starlette.requests import Request
from starlette.testclient import TestClient

from conftest import Clients
from databases import run
from factories import make_asset
from pywats_server import errors
from pywats_server.api.problems import STATUS, domain_error, status_of
from pywats_server.errors import DomainError
from pywats_server.services.session import Role
from pywats_server.settings import Settings


def _break(settings: Settings) -> None:
    """Take a table away, so that calls that need it fail in a way that nobody expected."""
    run(settings.database_url, "DROP TABLE asset_counter")


@pytest.mark.parametrize(
    "call", ["GET /api/Asset", "GET /api/Asset/S-1", "PUT /api/Asset/Count?serialNumber=S-1&incrementBy=1"]
)
def test_defect_is_a_problem_with_an_id_and_its_trace_is_in_the_log(
    api: TestClient, settings: Settings, log: io.StringIO, call: str
) -> None:
    make_asset(api, serialNumber="S-1")
    _break(settings)
    method, target = call.split()
    answer = api.request(method, target, headers={"X-Request-Id": "line3-42"})
    assert answer.status_code == 500
    assert answer.headers["X-Request-Id"] == answer.json()["requestId"] == "line3-42"
    assert answer.json()["code"] == "internal_error"
    for word in ("Traceback", "sqlite", "postgres", "asset_counter", ".py"):
        assert word not in answer.text
    assert re.search("no such table: asset_counter|relation .+asset_counter.+ does not exist", log.getvalue())
    assert log.getvalue().count("request_failed") == 1
    failed = next(line for line in log.getvalue().splitlines() if "request_failed" in line)
    assert "line3-42" in failed


def test_server_goes_on_after_a_defect(api: TestClient, settings: Settings, log: io.StringIO) -> None:
    make_asset(api, serialNumber="S-1")
    _break(settings)
    assert api.get("/api/Asset").status_code == 500
    assert api.get("/api/Asset/Types").status_code == 200
    assert api.put("/api/Asset/Types", json={"typeName": "after"}).status_code == 200


def test_no_token_is_ever_in_the_log(application: Clients, settings: Settings, log: io.StringIO) -> None:
    client = application.anonymous
    secret = application.tokens[Role.ADMINISTRATOR]
    headers = application.headers(Role.ADMINISTRATOR)
    made = client.post("/api/Token", json={"name": "new", "role": "viewer"}, headers=headers).json()["token"]
    client.delete("/api/Token", params={"name": "new"}, headers=headers)
    shown = {
        "right": secret,
        "revoked": made,
        "wrong": secret[:-8] + "AAAAAAAA",
        "unknown": "bm9ib2R5OnNlY3JldHNlY3JldA==",
        "malformed": "!not-base64!",
        "forbidden": application.tokens[Role.VIEWER],
    }
    for token in shown.values():
        client.put("/api/Asset/Types", json={"typeName": "T"}, headers={"Authorization": f"Basic {token}"})
    client.get("/api/Asset", headers={"Authorization": f"Bearer {secret}"})
    client.get("/api/Asset", params={"token": secret}, headers=headers)
    client.put("/api/Asset", json={"serialNumber": secret}, headers=headers)
    client.put("/api/Asset", content=b"{", headers=headers)
    _break(settings)
    assert client.get("/api/Asset", headers=headers).status_code == 500
    assert log.getvalue().count("status") >= 10
    for name, token in shown.items():
        assert token not in log.getvalue(), name
        # The traces print long values cut off: the beginning gives a token away as well.
        assert token[:24] not in log.getvalue() or len(token) < 24, name


def test_log_names_who_called_and_what_came_of_it(application: Clients, log: io.StringIO) -> None:
    application.anonymous.get("/api/Asset", headers=application.headers(Role.VIEWER) | {"X-Request-Id": "abc"})
    (line,) = [line for line in log.getvalue().splitlines() if "abc" in line]
    for word in ("the viewer", "/api/Asset", "GET", "200"):
        assert word in line


def test_line_ends_in_a_path_forge_no_log_line(api: TestClient, log: io.StringIO) -> None:
    before = len(log.getvalue().splitlines())
    api.get("/api/Asset/x%0D%0A2026-01-01%20forged%1B%5B31m")
    assert len(log.getvalue().splitlines()) == before + 1
    assert "\x1b[31m" not in log.getvalue()


@pytest.mark.parametrize("given", ["abc", "line3-42", "x" * 100, "{}"])
def test_fit_id_of_the_caller_is_repeated(api: TestClient, given: str) -> None:
    assert api.get("/api/App/Version", headers={"X-Request-Id": given}).headers["X-Request-Id"] == given


@pytest.mark.parametrize("given", ["", "x" * 101, "a b", "a\tb", "é"])
def test_unfit_id_of_the_caller_is_replaced(api: TestClient, given: str) -> None:
    answered = api.get("/api/App/Version", headers={"X-Request-Id": given.encode("latin-1")}).headers["X-Request-Id"]
    assert re.fullmatch("[0-9a-f]{32}", answered)


def _classes(base: type[DomainError]) -> Iterator[type[DomainError]]:
    for found in base.__subclasses__():
        yield found
        yield from _classes(found)


def test_every_domain_error_has_a_status_and_a_code_of_its_own() -> None:
    classes = [found for found in _classes(DomainError) if found.__module__ == errors.__name__]
    assert all(400 <= status_of(found("x")) < 600 for found in classes)
    assert len({found.code for found in classes}) == len(classes)
    assert set(STATUS) <= set(classes)


def test_unknown_path_is_not_found_in_the_same_shape(api: TestClient) -> None:
    answer = api.get("/api/Nothing")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert answer.json()["message"] == "GET /api/Nothing: Not Found."


def test_server_that_cannot_reach_its_database_says_so_when_asked(api: TestClient, log: io.StringIO) -> None:
    api.portal.call(api.app.state.backend.database.close)
    answer = api.get("/readyz")
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert "database_does_not_answer" in log.getvalue()
    assert api.get("/healthz").status_code == 200


def test_answer_to_too_many_tries_tells_in_a_header_how_long_to_wait() -> None:
    error = errors.TooManyTries("Signing in failed too often.", retryAfterSeconds=64)
    answer = domain_error(Request({"type": "http", "path": "/sign-in"}), error)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "64")
