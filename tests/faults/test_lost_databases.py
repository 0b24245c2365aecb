"""PostgreSQL that is killed, restarted or replaced under load: what was acknowledged is there, exactly once."""

import asyncio
import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from faults.conftest import Figures
from faults.use import answered, in_use
from postgres import Cluster, cluster
from pywats_server.store import schema

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]


@pytest.fixture
def primary() -> Iterator[Cluster]:
    """A cluster with an empty database, as durable as one is by default."""
    with cluster() as made:
        schema.upgrade(made.create_database("pywats"))
        yield made


@pytest.mark.parametrize(("how", "times"), [("kill", 5), ("stop", 3)], ids=["kill -9", "restart"])
def test_postgres_that_goes_and_comes_back_loses_nothing(
    primary: Cluster, how: str, times: int, chance: random.Random, figures: Figures, tmp_path: Path
) -> None:
    log = tmp_path / "server.log"

    async def run() -> None:
        async with in_use(primary.url("pywats"), chance, log, statuses={200, 503}) as (call, ledger):
            for _ in range(times):
                await asyncio.sleep(chance.uniform(0, 0.5))
                await asyncio.to_thread(getattr(primary, how))
                await asyncio.to_thread(primary.start)
                await answered(call, 200)
        figures(f"gone {times} times, {call.answers[503]} answers 503; {ledger.summary()}")

    asyncio.run(run())


@contextmanager
def _standby(primary: Cluster) -> Iterator[Cluster]:
    """A standby without which *primary* commits nothing."""
    standby = primary.replica()
    try:
        primary.configure(synchronous_standby_names="replica")
        yield standby
    finally:
        standby.remove()


def test_standby_that_is_promoted_has_everything(
    primary: Cluster, chance: random.Random, figures: Figures, tmp_path: Path
) -> None:
    log = tmp_path / "server.log"

    async def run(standby: Cluster) -> None:
        address = primary.url("pywats").replace("/pywats", f",127.0.0.1:{standby.port}/pywats")
        async with in_use(address, chance, log, statuses={200, 503}) as (call, ledger):
            await asyncio.sleep(chance.uniform(0.5, 1.5))
            await asyncio.to_thread(primary.kill)
            await asyncio.to_thread(standby.promote)
            await answered(call, 200)
        figures(f"promoted under load, {call.answers[503]} answers 503; {ledger.summary()}")

    with _standby(primary) as standby:
        asyncio.run(run(standby))
