"""The log of assets, messages in it, and the log of other changes."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from conftest import Clients
from factories import make_asset, make_type
from pywats.testing import ManualClock
from pywats_server.rules.chain import Link, first_break
from pywats_server.services.journal import log_statement
from pywats_server.services.session import Role
from server.api.asking import log_of


def _post(api: TestClient, body: Any, **params: Any) -> None:
    answer = api.post("/api/Asset/Message", params=params, json=body)
    assert (answer.status_code, answer.json()) == (200, None), answer.text


@pytest.mark.parametrize("by", ["serialNumber", "id"])
def test_message_with_content_names_the_asset_in_the_query(api: TestClient, by: str) -> None:
    asset = make_asset(api, serialNumber="S-1")
    _post(api, {"content": "Relocated\nto Lab B"}, **{by: {"serialNumber": "S-1", "id": asset["assetId"]}[by]})
    entry = log_of(api, "S-1")[-1]
    assert (entry["type"], entry["comment"]) == (0, "Relocated\nto Lab B")
    assert (entry["property"], entry["oldValue"], entry["value"]) == (None, None, None)


def test_message_with_a_comment_names_asset_and_user_in_the_body(api: TestClient) -> None:
    asset = make_asset(api, serialNumber="S-1")
    _post(api, {"AssetId": asset["assetId"].upper(), "Comment": "Relocated", "User": "Kim"})
    entry = log_of(api, "S-1")[-1]
    assert (entry["comment"], entry["user"], entry["principal"]) == ("Relocated", "Kim", "the administrator")


@pytest.mark.parametrize("user", [None, ""])
def test_message_without_a_user_is_the_principals(application: Clients, api: TestClient, user: str | None) -> None:
    make_asset(api, serialNumber="S-1")
    answer = api.post(
        "/api/Asset/Message",
        params={"serialNumber": "S-1"},
        json={"content": "x", "user": user},
        headers=application.headers(Role.OPERATOR),
    )
    assert answer.status_code == 200
    entry = log_of(api, "S-1")[-1]
    assert (entry["user"], entry["principal"]) == ("the operator", "the operator")


def test_log_is_newest_first_in_pages_that_never_overlap(api: TestClient, clock: ManualClock) -> None:
    make_asset(api, serialNumber="S-1")
    for number in range(4):
        if number == 2:
            clock.advance(minutes=1)
        _post(api, {"content": str(number)}, serialNumber="S-1")
    pages = [api.get("/api/Asset/Log", params={"$top": 2, "$skip": skip}).json() for skip in (0, 2, 4)]
    assert [[entry["comment"] for entry in page] for page in pages] == [["3", "2"], ["1", "0"], [None]]
    oldest = api.get("/api/Asset/Log?$orderby=date&$filter=type eq 0&$top=1").json()
    assert oldest[0]["comment"] == "0"


def test_log_is_a_chain_that_shows_a_change(api: TestClient) -> None:
    asset = make_asset(api, serialNumber="S-1")
    _post(api, {"content": 'æøå 中文 "quoted" \\ \u2028'}, serialNumber="S-1")
    api.put("/api/Asset", json={"serialNumber": "S-1", "location": "Lab", "ClientId": 7})
    names = {"oldValue": "old_value"}
    entries = [{names.get(name, name): value for name, value in entry.items()} for entry in log_of(api, "S-1")]
    links = [Link(entry["previousHash"], log_statement(asset["assetId"], entry), entry["hash"]) for entry in entries]
    assert len(links) == 4
    assert first_break(links) is None
    entries[1]["comment"] = "something else"
    links[1] = Link(links[1].previous, log_statement(asset["assetId"], entries[1]), links[1].hash)
    assert first_break(links) == 1


def test_changes_tell_what_is_no_asset_in_one_chain(api: TestClient) -> None:
    asset_type = make_type(api, typeName="Fixture")
    api.post("/api/Token", json={"name": "line 3", "role": "operator"})
    newest, before, *_ = api.get("/api/internal/Changes").json()
    assert newest == {
        "changeId": before["changeId"] + 1,
        "date": "2026-03-10T12:00:00",
        "subjectKind": "token",
        "subject": "line 3",
        "action": "created",
        "property": "role",
        "oldValue": None,
        "value": "operator",
        "principal": "the administrator",
        "previousHash": before["hash"],
        "hash": newest["hash"],
    }
    assert (before["subject"], before["value"]) == (asset_type["typeId"], "Fixture")
