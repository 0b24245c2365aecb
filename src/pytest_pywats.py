"""
Fixtures for tests of programs that use `pywats`. pytest finds them by itself.

This stands outside of `pywats` because pytest imports it at every start, in projects that never ask for a fixture, too.
"""

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pywats import pyWATS
    from pywats.testing import ManualClock, ThrowAwayServer


@pytest.fixture(scope="session")
def _wats_running() -> Iterator["ThrowAwayServer"]:
    """The server of the whole run, because starting one takes longer than most tests."""
    from pywats.testing import throw_away_server

    with throw_away_server() as server:
        yield server


@pytest.fixture
def wats_server(_wats_running: "ThrowAwayServer", monkeypatch: pytest.MonkeyPatch) -> "ThrowAwayServer":
    """A real server with nothing in it. For the time of the test, `pyWATS()` without arguments is its client."""
    _wats_running.reset()
    # What the environment says of the real server, such as where its outbox is, is not for tests.
    for variable in [name for name in os.environ if name.startswith("PYWATS_")]:
        monkeypatch.delenv(variable)
    for variable, value in _wats_running.environment.items():
        monkeypatch.setenv(variable, value)
    return _wats_running


@pytest.fixture
def wats(wats_server: "ThrowAwayServer") -> Iterator["pyWATS"]:
    """A client of `wats_server` with an administrator's token."""
    with wats_server.client() as client:
        yield client


@pytest.fixture
def wats_clock(wats_server: "ThrowAwayServer") -> "ManualClock":
    """The clock of `wats_server`. It stands until the test moves it."""
    return wats_server.clock
