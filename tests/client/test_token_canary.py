"""The token shows nowhere: in no log, error, trace, report or text of an object, however things go wrong."""

import logging
import traceback
from collections.abc import Iterator

import pytest

from client.fakes import TOKEN, Loopback, loopback
from contract.client.faces import FACES
from pywats import PyWATSError, RetryConfig
from pywats.http.report import RequestReport

FAULTS = ("silence", "drop", "cut-head", "cut", "garbage", "bad-gzip", "redirect", "status")
ONCE_MORE = RetryConfig(max_attempts=2, base_delay=0, max_delay=0)


@pytest.fixture
def server() -> Iterator[Loopback]:
    """A server that misbehaves below `/faults`."""
    with loopback() as running:
        yield running


def shown(error: BaseException) -> str:
    """An error as programs, debuggers and crash reporters show it, with the variables of every frame."""
    told = traceback.TracebackException.from_exception(error, capture_locals=True)
    return "".join([str(error), repr(error), repr(vars(error)), *told.format()])


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("fault", FAULTS)
def test_token_does_not_show_when_a_call_fails(
    face: str, fault: str, server: Loopback, caplog: pytest.LogCaptureFixture
) -> None:
    reports: list[RequestReport] = []
    settings = {"timeout": 0.1 if fault == "silence" else 5.0, "retry_config": ONCE_MORE, "on_request": reports.append}
    with (
        caplog.at_level(logging.DEBUG),
        FACES[face](f"{server.url}/faults/{fault}", TOKEN, **settings) as api,
        pytest.raises(PyWATSError) as failed,
    ):
        api.asset.increment_count(serial_number="DMM-001")
    assert caplog.records
    assert TOKEN not in caplog.text + repr(reports) + repr(api) + shown(failed.value)
