"""A server killed again and again under load: what it acknowledged is there, exactly once."""

import asyncio
import random
from pathlib import Path

import pytest

from faults.checks import check_database, check_ledger, check_server_log
from faults.conftest import Figures
from faults.load import calling, furnish, make_token, working
from faults.processes import launcher
from faults.use import answered

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]

_KILLS = 200
# A life ends after so many answers and seconds at most. Some end while they begin, and most while many calls are made.
_ANSWERS, _SECONDS = 10, 0.03


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
                    await answered(call, 200, chance.randint(0, _ANSWERS))
                    await asyncio.sleep(chance.uniform(0, _SECONDS))
                    await servers.kill()
                    await servers.start()
            await check_ledger(call, ledger)
            await servers.stop()
            figures(f"{_KILLS} kills, {call.unanswered} attempts unanswered; {ledger.summary()}")
            assert set(call.answers) == {200}
            assert call.unanswered >= _KILLS
            check_server_log(servers.log)
        await check_database(address)

    asyncio.run(run())
