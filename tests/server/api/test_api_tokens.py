"""Tokens: made, listed, revoked; and what is taken for one."""

import base64

import pytest
from starlette.testclient import TestClient

from conftest import Clients
from pywats_server.services.session import Role


def _basic(name: str, secret: str) -> str:
    return base64.b64encode(f"{name}:{secret}".encode()).decode()


def test_token_works_from_its_making_to_its_revocation(api: TestClient) -> None:
    made = api.post("/api/Token", json={"name": "Linie 3 – Prüfplatz", "role": "viewer"})
    assert made.headers["Cache-Control"] == "no-store"
    token = made.json()["token"]
    assert made.json() == {"name": "Linie 3 – Prüfplatz", "role": "viewer", "token": token}
    shown = {"Authorization": f"Basic {token}"}
    assert api.get("/api/App/Version", headers=shown).status_code == 200
    assert api.delete("/api/Token", params={"name": "Linie 3 – Prüfplatz"}).json() is None
    assert api.get("/api/App/Version", headers=shown).status_code == 401
    listed = {stored["name"]: stored for stored in api.get("/api/Token").json()}
    assert listed["Linie 3 – Prüfplatz"] == {
        "name": "Linie 3 – Prüfplatz",
        "role": "viewer",
        "createdDate": "2026-03-10T12:00:00",
        "revokedDate": "2026-03-10T12:00:00",
    }


def test_revoked_name_is_not_given_again(api: TestClient) -> None:
    for status in (200, 409):
        assert api.post("/api/Token", json={"name": "x", "role": "viewer"}).status_code == status
        api.delete("/api/Token", params={"name": "x"})
    assert api.delete("/api/Token", params={"name": "x"}).status_code == 404


_UNFIT = {
    "no header": None,
    "empty": "",
    "scheme alone": "Basic",
    "scheme and blank": "Basic ",
    "other scheme": "Bearer <token>",
    "no scheme": "<token>",
    "no base64": "Basic !!!",
    "not ASCII": "Basic é".encode("latin-1"),
    "no UTF-8": "Basic " + base64.b64encode(b"\xff:\xff").decode(),
    "no colon": "Basic " + base64.b64encode(b"name").decode(),
    "no secret": "Basic " + _basic("the viewer", ""),
    "wrong secret": "Basic " + _basic("the viewer", "guess"),
    "unknown name": "Basic " + _basic("nobody", "guess"),
    "NUL": "Basic " + _basic("the viewer\0", "guess"),
    "huge": "Basic " + _basic("x" * 50_000, "y"),
}


@pytest.mark.parametrize("header", _UNFIT.values(), ids=_UNFIT.keys())
def test_header_without_a_valid_token_is_refused_in_the_same_words(
    application: Clients, header: str | bytes | None
) -> None:
    if isinstance(header, str):
        header = header.replace("<token>", application.tokens[Role.VIEWER])
    answer = application.anonymous.get("/api/App/Version", headers={} if header is None else {"Authorization": header})
    assert answer.status_code == 401
    nobody = application.anonymous.get("/api/App/Version")
    assert answer.json()["message"] == nobody.json()["message"]
    assert answer.headers["WWW-Authenticate"] == 'Basic realm="pywats", charset="UTF-8"'


@pytest.mark.parametrize("scheme", ["Basic", "basic", "BASIC", "Basic  "])
def test_scheme_is_taken_in_any_case(application: Clients, scheme: str) -> None:
    header = {"Authorization": f"{scheme} {application.tokens[Role.VIEWER]}"}
    assert application.anonymous.get("/api/App/Version", headers=header).status_code == 200
