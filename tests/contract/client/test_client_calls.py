"""Every method of the service against the real server: that it works, and which error tells that it cannot."""

import inspect
from pathlib import Path
from typing import Any

import pytest

from contract.client.calls import BY_ID, CALLS, Call, furnish
from contract.client.conftest import Connect, Live, Stock, furnished
from pywats import AuthenticationError, AuthorizationError, NotFoundError
from pywats.domains.asset import AsyncAssetService
from pywats_server import __version__
from pywats_server.services import tokens
from pywats_server.services.session import Role

NOWHERE = {"asset_id": "99999999-aaaa-4bbb-8ccc-999999999999", "serial_number": "GONE-001"}


@pytest.fixture(scope="module")
def stock(stock: Stock, tmp_path_factory: pytest.TempPathFactory) -> Stock:
    """What the calls are about."""
    path: Path = tmp_path_factory.mktemp("calls") / "pywats.sqlite"
    furnished(stock.database, path, furnish)
    return Stock(path, stock.tokens)


def named(calls: list[Call]) -> Any:
    """The parameter `call` of a test."""
    return pytest.mark.parametrize("call", calls, ids=str)


def by_each_name(calls: list[Call]) -> Any:
    """The parameters `call` and `name` of a test: each call that takes an asset, by each way of naming it."""
    rows = [(call, name) for call in calls for name in call.takes]
    return pytest.mark.parametrize(("call", "name"), rows, ids=str)


def test_calls_hold_every_method_that_asks_the_server() -> None:
    methods = vars(AsyncAssetService).items()
    asking = (inspect.iscoroutinefunction, inspect.isasyncgenfunction)
    public = {name for name, value in methods if not name.startswith("_") and any(test(value) for test in asking)}
    assert {call.name for call in CALLS} == public


@named(CALLS)
def test_call_succeeds_with_the_least_role_that_may_make_it(connect: Connect, call: Call) -> None:
    outcome = call.make(connect(call.role).asset, BY_ID)
    assert outcome is not None
    assert outcome is not False


@named([call for call in CALLS if call.role is not Role.VIEWER])
def test_call_of_a_lesser_role_is_not_authorized(connect: Connect, call: Call) -> None:
    lesser = list(Role)[list(Role).index(call.role) - 1]
    with pytest.raises(AuthorizationError, match=f"the role {lesser.value}, which may not") as refused:
        call.make(connect(lesser).asset, BY_ID)
    assert refused.value.status_code == 403
    assert refused.value.operation == call.operation
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


def test_version_is_told(connect: Connect) -> None:
    assert connect(Role.VIEWER).version() == __version__


def test_revoked_token_is_worthless_at_once(connect: Connect, live: Live) -> None:
    api = connect(Role.VIEWER)
    assert api.asset.get_assets()
    live.do(tokens.revoke_token, "the viewer")
    with pytest.raises(AuthenticationError):
        api.asset.get_assets()
