"""Backups, checks and restoring while servers run and clients work on them."""

import asyncio
import random
import sys
from pathlib import Path

import pytest

from databases import run as run_statements
from faults.checks import check_database, check_ledger, check_server_log
from faults.conftest import Figures
from faults.load import FIXTURES, calling, furnish, make_token, working
from faults.processes import serving

pytestmark = pytest.mark.faults

_TOTALS = "SELECT serial_number, total_count FROM asset JOIN asset_counter ON asset_key = key"


async def _command(*arguments: str) -> str:
    """Run a command of the server beside everything else, and return what it said."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "pywats_server", *arguments),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said = (await process.communicate())[0].decode()
    assert process.returncode == 0, said
    return said


async def _totals(database: str) -> dict[str, int]:
    # In a thread, because it runs a loop of its own.
    return dict((await asyncio.to_thread(run_statements, database, _TOTALS))[0])


def test_backup_of_a_running_server_is_one_moment_of_it_and_nobody_is_refused(
    address: str, chance: random.Random, figures: Figures, tmp_path: Path
) -> None:
    async def run() -> None:
        token, file, log = await make_token(address), tmp_path / "backup.sqlite", tmp_path / "server.log"
        async with serving(address, log) as url, calling([url], token) as call:
            await furnish(call)
            async with working(call, chance) as ledger:
                before = sum((await _totals(address)).values())
                await _command("backup", str(file), "--database", address)
                await _command("db", "check", "--database", address)
                after = sum((await _totals(address)).values())
            await check_ledger(call, ledger)
            assert set(call.answers) == {200}
        backup = f"sqlite:///{file}"
        assert before <= sum((await _totals(backup)).values()) <= after
        figures(f"{ledger.summary()} beside a backup and a check")
        await check_database(backup)
        check_server_log(log)

    asyncio.run(run())


def test_restore_over_a_running_server_gives_it_the_state_of_the_backup(
    address: str, chance: random.Random, figures: Figures, tmp_path: Path
) -> None:
    async def run() -> None:
        token, file, log = await make_token(address), tmp_path / "backup.sqlite", tmp_path / "server.log"
        async with serving(address, log) as url, calling([url], token) as call:
            await furnish(call)
            await call("PUT", "/api/Asset/Count", params={"serialNumber": FIXTURES[0], "incrementBy": 5})
            await _command("backup", str(file), "--database", address)
            async with working(call, chance) as ledger:
                await asyncio.sleep(1)
            await _command("restore", str(file), "--database", address, "--replace")
            assert await call(
                "GET", "/api/Asset", params={"$select": "serialNumber,totalCount", "$orderby": "serialNumber"}
            ) == [
                {"serialNumber": serial, "totalCount": 5 * (serial == FIXTURES[0])}
                for serial in sorted(await _totals(f"sqlite:///{file}"))
            ]
            # It also takes its turn among clients that go on, and whatever they do then is done to the restored state.
            async with working(call, chance):
                await asyncio.sleep(0.5)
                await _command("restore", str(file), "--database", address, "--replace")
                await asyncio.sleep(0.5)
            figures(f"{ledger.summary()} taken back; answers by status {dict(call.answers)}")
            assert set(call.answers) <= {200, 503}
        await check_database(address)
        check_server_log(log)

    asyncio.run(run())
