"""A server in use: real clients work on a real process, and afterwards it has what it acknowledged."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from faults.checks import check_database, check_ledger, check_server_log
from faults.load import Caller, Ledger, calling, furnish, make_token, working
from faults.processes import serving


@asynccontextmanager
async def in_use(
    address: str, chance: random.Random, log: Path, *, statuses: set[int]
) -> AsyncIterator[tuple[Caller, Ledger]]:
    """
    Serve the database at *address* under load while the block runs.

    Args:
        log: The file for the server's log.
        statuses: What calls may be answered with. Every call is answered: the server itself never goes away.
    """
    token = await make_token(address)
    async with serving(address, log) as url, calling([url], token) as call:
        await furnish(call)
        async with working(call, chance) as ledger:
            yield call, ledger
        await check_ledger(call, ledger)
        assert set(call.answers) <= statuses
        assert call.unanswered == call.answers.total() - call.answers[200]
    check_server_log(log, "database_does_not_answer")
    await check_database(address)


async def answered(call: Caller, status: int, number: int = 50) -> None:
    """Wait until so many more calls were answered with *status*."""
    before = call.answers[status]
    while call.answers[status] < before + number:  # noqa: ASYNC110 - the callers tell nobody else what they count
        await asyncio.sleep(0.005)
