"""A disk that fills up under load: changes are refused, reading goes on, and with room again everything does."""

import asyncio
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from faults.checks import check_database, check_ledger, check_server_log
from faults.conftest import Figures
from faults.disks import Disk, small_disk
from faults.load import Caller, calling, furnish, make_token, working
from faults.processes import serving
from postgres import Cluster, cluster
from pywats_server.store import schema

pytestmark = pytest.mark.faults

_ANSWERS = 100


@pytest.fixture
def disk() -> Iterator[Disk]:
    """A disk with room for a small database."""
    with small_disk(megabytes=32) as disk:
        yield disk


async def _many(call: Caller, status: int) -> None:
    """Wait until many more calls were answered with *status*."""
    before = call.answers[status]
    while call.answers[status] < before + _ANSWERS:  # noqa: ASYNC110 - the callers tell nobody else what they count
        await asyncio.sleep(0.05)


async def _check_reading(call: Caller) -> None:
    for path in ("/readyz", "/api/Asset", "/api/Asset/FIXTURE-00", "/api/Asset/Status?serialNumber=STATION"):
        await call("GET", path)


def test_full_disk_of_sqlite_refuses_changes_and_nothing_else(
    empty_database: Path, disk: Disk, chance: random.Random, figures: Figures, tmp_path: Path
) -> None:
    path = disk.folder / "pywats.sqlite"
    path.write_bytes(empty_database.read_bytes())
    address, log = f"sqlite:///{path}", tmp_path / "server.log"

    async def run() -> None:
        token = await make_token(address)
        async with serving(address, log) as url, calling([url], token) as call:
            await furnish(call)
            async with working(call, chance) as ledger:
                for _ in range(3):
                    disk.fill()
                    await _many(call, 507)
                    await _check_reading(call)
                    disk.make_room()
                    await _many(call, 200)
            await check_ledger(call, ledger)
            assert call.unanswered == call.answers[507]
            figures(f"full 3 times; answers by status {dict(call.answers)}; {ledger.summary()}")
        check_server_log(log)
        await check_database(address)

    asyncio.run(run())


# The write-ahead log gets room of its own beforehand, as on most machines; else PostgreSQL itself would stop.
_SETTINGS = {"min_wal_size": "64MB", "max_wal_size": "64MB", "wal_recycle": "on", "shared_buffers": "16MB"}


@pytest.fixture
def small_cluster() -> Iterator[tuple[Cluster, Disk]]:
    """PostgreSQL on a small disk."""
    with small_disk(megabytes=220) as disk:
        folder = disk.folder / "cluster"
        folder.mkdir()
        with cluster(folder=folder, **_SETTINGS) as made:
            made.create_database("pywats")
            schema.upgrade(made.url("pywats"))
            yield made, disk


def test_full_disk_of_postgres_refuses_changes_and_nothing_else(
    small_cluster: tuple[Cluster, Disk], chance: random.Random, figures: Figures, tmp_path: Path
) -> None:
    server, disk = small_cluster
    address, log = server.url("pywats"), tmp_path / "server.log"

    async def run() -> None:
        token = await make_token(address)
        async with serving(address, log) as url, calling([url], token) as call:
            await furnish(call)
            async with working(call, chance) as ledger:
                for _ in range(3):
                    disk.fill()
                    await _many(call, 507)
                    await _check_reading(call)
                    disk.make_room()
                    await _many(call, 200)
            await check_ledger(call, ledger)
            figures(f"full 3 times; answers by status {dict(call.answers)}; {ledger.summary()}")
        check_server_log(log)
        await check_database(address)

    asyncio.run(run())
