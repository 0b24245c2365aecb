"""Every method of the service works against the real server."""

import inspect

import pytest

from contract.client.calls import BY_ID, CALLS, Call, furnish
from contract.client.conftest import Connect, Live, Stock, restocked
from databases import Databases
from pywats import AuthenticationError
from pywats.domains.asset import AsyncAssetService
from pywats_server import __version__
from pywats_server.services import tokens
from pywats_server.services.session import Role


@pytest.fixture(scope="module")
def stock(stock: Stock, databases: Databases) -> Stock:
    """What the calls are about."""
    return restocked(stock, databases, furnish)


def asks(method: object) -> bool:
    """Whether *method* is a coroutine or walks through answers."""
    return callable(method) and (
        inspect.iscoroutinefunction(method) or "AsyncIterator" in str(inspect.signature(method).return_annotation)
    )


def test_calls_hold_every_method_that_asks_the_server() -> None:
    methods = vars(AsyncAssetService).items()
    public = {name for name, value in methods if not name.startswith("_") and asks(value)}
    assert {call.name for call in CALLS} == public


@pytest.mark.parametrize("call", CALLS, ids=str)
def test_call_succeeds_with_the_least_role_that_may_make_it(connect: Connect, call: Call) -> None:
    outcome = call.make(connect(call.role).asset, BY_ID)
    assert outcome is not None
    assert outcome is not False


def test_version_is_told(connect: Connect) -> None:
    assert connect(Role.VIEWER).version() == __version__


def test_revoked_token_is_worthless_at_once(connect: Connect, live: Live) -> None:
    api = connect(Role.VIEWER)
    assert api.asset.get_assets()
    live.do(tokens.revoke_token, "the viewer")
    with pytest.raises(AuthenticationError):
        api.asset.get_assets()
