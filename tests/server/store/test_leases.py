"""Leases: of several servers one has it, until it runs out."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest

from databases import KINDS
from pywats.testing import ManualClock
from pywats_server.housekeeping import HOUSEKEEPER
from pywats_server.services.backend import Backend
from pywats_server.services.lease import take_lease
from pywats_server.settings import Settings
from pywats_server.store.opening import open_database

Take = Callable[[str], bool]


@pytest.fixture(scope="session", params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    """Every kind of database."""
    return request.param


@pytest.fixture
def take(settings: Settings, clock: ManualClock) -> Take:
    """Takes the lease for an hour, in the name of a holder."""

    async def work(holder: str) -> bool:
        database = open_database(settings.database_url, scan_seconds=1)
        try:
            return await Backend(database, clock).write(HOUSEKEEPER, take_lease, "tidy", holder, timedelta(hours=1))
        finally:
            await database.close()

    return lambda holder: asyncio.run(work(holder))


def test_lease_that_is_held_is_refused_to_others(take: Take, clock: ManualClock) -> None:
    assert take("first")
    clock.advance(minutes=59)
    assert not take("second")


def test_lease_that_ran_out_goes_to_whoever_comes(take: Take, clock: ManualClock) -> None:
    assert take("first")
    clock.advance(hours=1)
    assert take("second")
    assert not take("first")


def test_holder_keeps_the_lease_by_taking_it_again(take: Take, clock: ManualClock) -> None:
    for _ in range(3):
        assert take("first")
        clock.advance(minutes=59)
    assert not take("second")


def test_lease_of_a_clock_that_was_ahead_does_not_outlast_its_correction(take: Take, clock: ManualClock) -> None:
    clock.advance(days=365)
    assert take("first")
    clock.advance(days=-365)
    assert take("second")
    assert not take("first")
