"""A clock that jumps an hour to and fro: nothing breaks, nothing goes below zero, and alarms are right at once."""

import asyncio
import random
import uuid
from pathlib import Path
from typing import Any

import pytest

from faults.checks import check_database, check_ledger, check_server_log
from faults.conftest import Figures
from faults.load import Caller, calling, furnish, make_token, working
from faults.processes import launcher

pytestmark = pytest.mark.faults

_HOUR = 3600
_JUMPS = 40


def test_clock_that_jumps_under_load_leaves_counts_and_logs_whole(
    address: str, chance: random.Random, figures: Figures, tmp_path: Path
) -> None:
    async def run() -> None:
        token = await make_token(address)
        async with launcher(address, tmp_path) as servers, calling([servers.url], token) as call:
            await servers.start()
            await furnish(call)
            async with working(call, chance) as ledger:
                for _ in range(_JUMPS):
                    servers.shift_clock(chance.choice([-_HOUR, 0, _HOUR]))
                    await asyncio.sleep(chance.uniform(0, 0.2))
            await check_ledger(call, ledger)
            await servers.stop()
            assert set(call.answers) == {200}
            figures(f"{_JUMPS} jumps; {ledger.summary()}")
            check_server_log(servers.log)
        await check_database(address)

    asyncio.run(run())


# Calibrated by a clock that is an hour ahead, for an hour and a half, with a warning from half of it on.
_LEVELS = [(1, 0), (0, 0), (-1, 0), (1.74, 0), (1.76, 1), (0, 0), (2.6, 2), (1, 0), (-1, 0)]


def test_clock_that_jumps_changes_alarms_at_once(address: str, figures: Figures, tmp_path: Path) -> None:
    async def run() -> None:
        token = await make_token(address)
        async with launcher(address, tmp_path) as servers, calling([servers.url], token) as call:
            await servers.start()
            await furnish(call)
            await _make_type(call)
            servers.shift_clock(_HOUR)
            await call("POST", "/api/Asset/Calibration", params={"serialNumber": "STATION"})
            for hours, level in _LEVELS:
                servers.shift_clock(hours * _HOUR)
                await _check_alarm(call, level)
            figures(f"alarm right after {len(_LEVELS)} jumps")

    asyncio.run(run())


async def _make_type(call: Caller) -> None:
    type_id = str(uuid.uuid4())
    demands = {"calibrationInterval": 1.5 / 24, "warningThreshold": 50}
    await call("PUT", "/api/Asset/Types", json={"typeId": type_id, "typeName": "Short", **demands})
    await call("PUT", "/api/Asset", json={"serialNumber": "STATION", "typeId": type_id})


async def _check_alarm(call: Caller, level: int) -> None:
    status = await call("GET", "/api/Asset/Status", params={"serialNumber": "STATION"})
    assert status["alarmState"] == level
    assert all(min(reason["used"], reason["limit"], reason["percent"]) >= 0 for reason in status["reasons"])
    listed = await call("GET", "/api/Asset", params={"$filter": f"alarmState eq {level} and serialNumber eq 'STATION'"})
    assert [asset["alarmState"] for asset in listed] == [level]


def test_repeated_call_is_known_after_the_clock_jumped(address: str, tmp_path: Path) -> None:
    async def run() -> None:
        token = await make_token(address)
        async with launcher(address, tmp_path) as servers, calling([servers.url], token) as call:
            await servers.start()
            await furnish(call)
            first = await _count_once(call)
            for hours in (-1, 1):
                servers.shift_clock(hours * _HOUR)
                # A server that starts forgets old keys first.
                await servers.stop()
                await servers.start()
                assert await _count_once(call) == first
            assert (await call("GET", "/api/Asset/STATION"))["totalCount"] == 5
            check_server_log(servers.log)
        await check_database(address)

    asyncio.run(run())


async def _count_once(call: Caller) -> Any:
    return await call(
        "PUT",
        "/api/Asset/Count",
        params={"serialNumber": "STATION", "incrementBy": 5},
        headers={"Idempotency-Key": "once", "Prefer": "return=representation"},
    )
