"""A server that is not there, or does not answer, or answers from elsewhere: the client tells which."""

import builtins
import socket
from collections.abc import Iterator

import pytest

from contract.client.conftest import Connect
from pywats import ConnectionError, PyWATSError, TimeoutError
from pywats.domains.asset.service import AssetService


@pytest.fixture
def silent() -> Iterator[str]:
    """The address of a server that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


@pytest.fixture
def gone() -> str:
    """The address of a server that has ended."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return f"http://127.0.0.1:{listener.getsockname()[1]}"


def ask(assets: AssetService, call: str) -> None:
    """Make a call that may be repeated, or one that may not."""
    assets.get_assets() if call == "get_all" else assets.increment_count(serial_number="DMM-001")


@pytest.mark.parametrize("call", ["get_all", "update_count"])
def test_server_that_is_gone_is_a_connection_error(connect: Connect, gone: str, call: str) -> None:
    with pytest.raises(ConnectionError, match=gone) as failed:
        ask(connect(base_url=gone, retry_enabled=False).asset, call)
    assert isinstance(failed.value, PyWATSError)
    assert isinstance(failed.value, builtins.ConnectionError)
    assert failed.value.operation == f"asset.{call}"
    assert failed.value.status_code is None
    assert failed.value.may_have_arrived is False
    assert failed.value.outcome_unknown is False


@pytest.mark.parametrize("call", ["get_all", "update_count"])
def test_server_that_never_answers_is_a_timeout(connect: Connect, silent: str, call: str) -> None:
    with pytest.raises(TimeoutError, match=silent) as failed:
        ask(connect(base_url=silent, timeout=0.1, retry_enabled=False).asset, call)
    assert isinstance(failed.value, builtins.TimeoutError)
    assert failed.value.operation == f"asset.{call}"
    assert failed.value.may_have_arrived is True
    assert failed.value.outcome_unknown is (call == "update_count")
