"""PostgreSQL that is killed, restarted or replaced under load: what was acknowledged is there, exactly once."""

import asyncio
import random
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import pytest

from faults.checks import check_database, check_ledger, check_server_log
from faults.conftest import Figures
from faults.load import Caller, Ledger, calling, furnish, make_token, working
from faults.processes import serving
from postgres import Cluster, cluster
from pywats_server.store import schema

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]

_ANSWERS = 50


@pytest.fixture
def primary() -> Iterator[Cluster]:
    """A cluster with an empty database, as durable as one is by default."""
    with cluster() as made:
        made.create_database("pywats")
        schema.upgrade(made.url("pywats"))
        yield made


async def _answered(call: Caller) -> None:
    """Wait until the server answers well again."""
    before = call.answers[200]
    while call.answers[200] < before + _ANSWERS:  # noqa: ASYNC110 - the callers tell nobody else what they count
        await asyncio.sleep(0.02)


@asynccontextmanager
async def _in_use(address: str, chance: random.Random, log: Path) -> AsyncIterator[tuple[Caller, Ledger]]:
    """A server of the database at *address* under load; afterwards it has what it acknowledged."""
    token = await make_token(address)
    async with serving(address, log) as url, calling([url], token) as call:
        await furnish(call)
        async with working(call, chance) as ledger:
            yield call, ledger
        await check_ledger(call, ledger)
        assert set(call.answers) <= {200, 503}
        assert call.unanswered == call.answers[503]
    check_server_log(log, "database_does_not_answer")
    await check_database(address)


@pytest.mark.parametrize(("how", "times"), [("kill", 5), ("stop", 3)], ids=["kill -9", "restart"])
def test_postgres_that_goes_and_comes_back_loses_nothing(
    primary: Cluster, how: str, times: int, chance: random.Random, figures: Figures, tmp_path: Path
) -> None:
    async def run() -> None:
        async with _in_use(primary.url("pywats"), chance, tmp_path / "server.log") as (call, ledger):
            for _ in range(times):
                await asyncio.sleep(chance.uniform(0, 0.5))
                await asyncio.to_thread(getattr(primary, how))
                await asyncio.to_thread(primary.start)
                await _answered(call)
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
    async def run(standby: Cluster) -> None:
        address = primary.url("pywats").replace("/pywats", f",127.0.0.1:{standby.port}/pywats")
        async with _in_use(address, chance, tmp_path / "server.log") as (call, ledger):
            await asyncio.sleep(chance.uniform(0.5, 1.5))
            await asyncio.to_thread(primary.kill)
            await asyncio.to_thread(standby.promote)
            await _answered(call)
        figures(f"promoted under load, {call.answers[503]} answers 503; {ledger.summary()}")

    with _standby(primary) as standby:
        asyncio.run(run(standby))
