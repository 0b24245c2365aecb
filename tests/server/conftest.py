"""A database that was lived in."""

import asyncio
from collections.abc import Iterator

import pytest

from databases import Databases
from lived import live
from pywats_server.store.opening import open_database


async def _live(address: str) -> None:
    database = open_database(address, scan_seconds=1)
    await live(database)
    await database.close()


@pytest.fixture(scope="session")
def lived_in(databases: Databases) -> str:
    """The address of a database that tests copy."""
    address = databases.fresh()
    asyncio.run(_live(address))
    return address


@pytest.fixture
def lived(databases: Databases, lived_in: str) -> Iterator[str]:
    """The address of a database that holds something of everything that is kept (`lived.live`)."""
    address = databases.copy(lived_in)
    yield address
    databases.drop(address)
