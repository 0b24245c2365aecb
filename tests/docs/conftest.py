"""Fixtures: the demo factory, and a server with it behind a real address."""

import asyncio
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from docs.server import Server
from pywats.testing.serving import served
from pywats_server.app import create_app
from pywats_server.clock import system_clock
from pywats_server.demo.factory import fill
from pywats_server.services import tokens
from pywats_server.services.backend import Backend
from pywats_server.services.session import LOCAL_ADMINISTRATOR, Role
from pywats_server.settings import Settings
from pywats_server.store.opening import open_database


@pytest.fixture(autouse=True)
def examples_unmeasured(unmeasured: None) -> None:
    """Examples are tested here, by what they print; of the client other tests tell what is covered."""


@dataclass(frozen=True)
class Factory:
    """A database with the demo factory, and an administrator's token for it."""

    database: Path
    token: str


@pytest.fixture(scope="session")
def factory(empty_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Factory:
    """The demo factory, made once; tests copy it."""
    path = tmp_path_factory.mktemp("factory") / "pywats.sqlite"
    shutil.copy(empty_database, path)
    return Factory(path, asyncio.run(_furnish(path)))


async def _furnish(path: Path) -> str:
    backend = Backend(open_database(f"sqlite:///{path}", scan_seconds=5), system_clock)
    try:
        await fill(backend, system_clock())
        return await backend.write(LOCAL_ADMINISTRATOR, tokens.create_token, "reader", Role.ADMINISTRATOR)
    finally:
        await backend.database.close()


@pytest.fixture
def server(factory: Factory, tmp_path: Path) -> Iterator[Server]:
    """A server on a fresh copy of the demo factory."""
    database = tmp_path / "server" / "pywats.sqlite"
    database.parent.mkdir()
    shutil.copy(factory.database, database)
    with served(create_app(Settings(database=f"sqlite:///{database}"))) as running:
        yield Server(running.url, factory.token, database)
