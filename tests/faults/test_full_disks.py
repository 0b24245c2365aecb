"""A disk that fills up under load: changes are refused, reading goes on, and with room again everything does."""

import asyncio
import random
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from faults.conftest import Figures
from faults.disks import Disk, small_disk
from faults.load import Caller
from faults.use import answered, in_use
from postgres import Cluster, cluster
from pywats_server.store import schema

pytestmark = pytest.mark.faults

_TIMES = 3
_READS = ("/readyz", "/api/Asset", "/api/Asset/FIXTURE-00", "/api/Asset/Status?serialNumber=STATION")
# So much room the write-ahead log has beforehand: as long as it suffices, PostgreSQL goes on.
_SETTINGS = {"min_wal_size": "64MB", "max_wal_size": "64MB", "shared_buffers": "16MB"}


@pytest.fixture
def small_sqlite(empty_database: Path) -> Iterator[tuple[str, Disk]]:
    """The address of an SQLite file on a small disk."""
    with small_disk(megabytes=32) as disk:
        path = disk.folder / "pywats.sqlite"
        path.write_bytes(empty_database.read_bytes())
        yield f"sqlite:///{path}", disk


@pytest.fixture
def small_cluster() -> Iterator[tuple[Cluster, Disk]]:
    """PostgreSQL on a small disk, with an empty database."""
    with small_disk(megabytes=220) as disk:
        folder = disk.folder / "cluster"
        folder.mkdir()
        with cluster(folder=folder, **_SETTINGS) as made:
            schema.upgrade(made.create_database("pywats"))
            yield made, disk


@pytest.fixture
def small_postgresql(small_cluster: tuple[Cluster, Disk]) -> tuple[str, Disk]:
    """The address of a PostgreSQL database on a small disk."""
    server, disk = small_cluster
    return server.url("pywats"), disk


@pytest.mark.parametrize("small", ["small_sqlite", "small_postgresql"])
def test_full_disk_refuses_changes_and_nothing_else(
    small: str, request: pytest.FixtureRequest, chance: random.Random, figures: Figures, tmp_path: Path
) -> None:
    address, disk = request.getfixturevalue(small)

    async def run() -> None:
        async with in_use(address, chance, tmp_path / "server.log", statuses={200, 507}) as (call, ledger):
            for _ in range(_TIMES):
                disk.fill()
                await answered(call, 507)
                await _read(call)
                disk.make_room()
                await answered(call, 200)
        figures(f"full {_TIMES} times; answers by status {dict(call.answers)}; {ledger.summary()}")

    asyncio.run(run())


async def _read(call: Caller) -> None:
    for path in _READS:
        await call("GET", path)


def test_postgres_that_stops_for_want_of_room_loses_nothing(
    small_cluster: tuple[Cluster, Disk], chance: random.Random, figures: Figures, tmp_path: Path
) -> None:
    server, disk = small_cluster

    async def run() -> None:
        log = tmp_path / "server.log"
        async with in_use(server.url("pywats"), chance, log, statuses={200, 503, 507}) as (call, ledger):
            disk.fill()
            await asyncio.to_thread(_use_up_log, server)
            await answered(call, 503)
            disk.make_room()
            if not server.is_running:
                await asyncio.to_thread(server.start)
            await answered(call, 200)
        figures(f"stopped once; answers by status {dict(call.answers)}; {ledger.summary()}")

    asyncio.run(run())


def _use_up_log(server: Cluster) -> None:
    """Begin files of the write-ahead log until there is no room for another, which stops PostgreSQL."""
    with suppress(RuntimeError):
        while True:
            server.execute("SELECT pg_switch_wal() FROM pg_logical_emit_message(true, 'tests', 'x')")
