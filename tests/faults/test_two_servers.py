"""Several server processes on one database: correct, and at worst somebody is asked to try again."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from faults.checks import check_database, check_ledger, check_server_log
from faults.conftest import Figures
from faults.load import calling, furnish, make_token, working
from faults.processes import serving

pytestmark = pytest.mark.faults

_SECONDS = 3


@asynccontextmanager
async def _two_servers(database: str, folder: Path) -> AsyncIterator[list[str]]:
    async with AsyncExitStack() as running:
        logs = [folder / "first.log", folder / "second.log"]
        yield [await running.enter_async_context(serving(database, log)) for log in logs]
    for log in logs:
        check_server_log(log)


@asynccontextmanager
async def _two_workers(database: str, folder: Path) -> AsyncIterator[list[str]]:
    log = folder / "workers.log"
    async with serving(database, log, "--workers", "2") as url:
        yield [url]
    check_server_log(log)


@pytest.mark.parametrize("servers", [_two_servers, _two_workers], ids=["two servers", "two workers"])
def test_processes_on_one_database_count_exactly_and_lose_no_answer(
    address: str, servers: type, chance: random.Random, figures: Figures, tmp_path: Path
) -> None:
    async def run() -> None:
        token = await make_token(address)
        async with servers(address, tmp_path) as urls, calling(urls, token) as call:
            await furnish(call)
            async with working(call, chance) as ledger:
                await asyncio.sleep(_SECONDS)
            await check_ledger(call, ledger)
            assert set(call.answers) <= {200, 503}
            assert call.unanswered == call.answers[503], "only a server that is busy leaves a call undone"
            figures(f"answers by status {dict(call.answers)}; {ledger.summary()}")
        await check_database(address)

    asyncio.run(run())
