"""A program that counts uses of the asset S-1 in the database of its argument, and prints every acknowledged total."""

import asyncio
import sys
from pathlib import Path

from pywats_server.clock import system_clock
from pywats_server.services import counts
from pywats_server.services.backend import Backend
from pywats_server.services.identify import AssetRef
from pywats_server.services.session import LOCAL_ADMINISTRATOR
from pywats_server.store.sqlite import SqliteDatabase


async def _count(backend: Backend) -> None:
    while True:
        asset = await backend.write(LOCAL_ADMINISTRATOR, counts.count_uses, AssetRef(None, "S-1"), increment_by=1)
        print(asset.total_count, flush=True)


async def _run(path: Path) -> None:
    backend = Backend(SqliteDatabase(path), system_clock)
    await asyncio.gather(*(_count(backend) for _ in range(20)))


if __name__ == "__main__":
    asyncio.run(_run(Path(sys.argv[1])))
