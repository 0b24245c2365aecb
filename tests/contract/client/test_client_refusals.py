"""What the server refuses, on one server for all tests because they change nothing: the client tells by which error."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from fastapi import FastAPI

from contract.client.calls import BY_ID, CALLS, Call, furnish
from contract.client.conftest import Connect, Live, Stock, fresh, restocked
from databases import Databases
from pywats import AuthenticationError, AuthorizationError, NotFoundError
from pywats.testing import ManualClock
from pywats.testing.serving import Served
from pywats_server.services.session import Role

NOWHERE = {"asset_id": "99999999-aaaa-4bbb-8ccc-999999999999", "serial_number": "GONE-001"}


@pytest.fixture(scope="module")
def live(running: tuple[FastAPI, Served], stock: Stock, databases: Databases) -> Iterator[Live]:
    """The running server with what the calls are about."""
    full = restocked(stock, databases, furnish)
    clock = ManualClock(datetime(2026, 3, 10, 12, tzinfo=UTC))
    with fresh(running, full, databases, clock) as server:
        yield server


def named(calls: list[Call]) -> pytest.MarkDecorator:
    """The parameter `call` of a test."""
    return pytest.mark.parametrize("call", calls, ids=str)


def by_each_name(calls: list[Call]) -> pytest.MarkDecorator:
    """The parameters `call` and `name` of a test: each call that takes an asset, by each way of naming it."""
    rows = [(call, name) for call in calls for name in call.takes]
    return pytest.mark.parametrize(("call", "name"), rows, ids=str)


@named([call for call in CALLS if call.role is not Role.VIEWER])
def test_call_of_a_lesser_role_is_not_authorized(connect: Connect, call: Call) -> None:
    lesser = list(Role)[list(Role).index(call.role) - 1]
    with pytest.raises(AuthorizationError, match=f"the role {lesser.value}, which may not") as refused:
        call.make(connect(lesser).asset, BY_ID)
    assert refused.value.status_code == 403
    assert refused.value.operation == call.operation
    assert refused.value.request_id
    assert refused.value.request_id in str(refused.value)


@named(CALLS)
def test_call_with_a_token_that_the_server_does_not_know_is_not_authenticated(connect: Connect, call: Call) -> None:
    with pytest.raises(AuthenticationError, match="no valid token") as refused:
        call.make(connect(token="bm9ib2R5OnNlY3JldA==").asset, BY_ID)
    assert refused.value.status_code == 401
    assert refused.value.request_id
    assert (refused.value.operation or "").startswith("asset.")


@by_each_name([call for call in CALLS if call.of_missing is None])
def test_call_that_gets_one_thing_returns_none_when_the_asset_is_missing(
    connect: Connect, call: Call, name: str
) -> None:
    assert call.make(connect().asset, {name: NOWHERE[name]}) is None


@by_each_name([call for call in CALLS if call.of_missing is NotImplemented])
def test_call_about_a_missing_asset_finds_nothing(connect: Connect, call: Call, name: str) -> None:
    with pytest.raises(NotFoundError, match=NOWHERE[name]):
        call.make(connect().asset, {name: NOWHERE[name]})
