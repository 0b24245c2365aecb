"""A server killed again and again under load: what it acknowledged is there, exactly once."""

import asyncio
import random
from pathlib import Path

import pytest

from faults.checks import check_database, check_ledger, check_server_log
from faults.conftest import Figures
from faults.load import calling, furnish, make_token, working
from faults.processes import launcher

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]

_KILLS = 200
# Starting takes part of it, so some are killed while they start, and most while they work.
_LONGEST_LIFE_SECONDS = 0.3


def test_server_killed_at_random_moments_keeps_what_it_acknowledged_once(
    address: str, chance: random.Random, figures: Figures, tmp_path: Path
) -> None:
    async def run() -> None:
        token = await make_token(address)
        async with launcher(address, tmp_path) as servers, calling([servers.url], token) as call:
            await servers.start()
            await furnish(call)
            async with working(call, chance) as ledger:
                for _ in range(_KILLS):
                    await asyncio.sleep(chance.uniform(0, _LONGEST_LIFE_SECONDS))
                    await servers.kill()
                    await servers.start()
            await check_ledger(call, ledger)
            await servers.stop()
            figures(f"{_KILLS} kills, {call.unanswered} attempts unanswered; {ledger.summary()}")
            assert call.unanswered >= _KILLS
            check_server_log(servers.log)
        await check_database(address)

    asyncio.run(run())
