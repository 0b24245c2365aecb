"""Clients in cells of a notebook, where one loop runs through all cells, and calls that are given up half-way."""

import ast
import asyncio
import inspect
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest

from pywats import AsyncWATS, pyWATS

Cell = Callable[[str], None]


class Notebook:
    """Runs cells as IPython does: in one namespace, within one loop, with `await` outside of functions."""

    def __init__(self, runner: asyncio.Runner, **names: Any) -> None:
        self.names = names
        self._runner = runner

    def run(self, code: str) -> None:
        """Run one cell."""
        cell = compile(code, "<cell>", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        self._runner.run(self._within(cell))

    async def _within(self, cell: Any) -> None:
        # A cell without an await runs inside of the loop, too.
        outcome = eval(cell, self.names)
        if inspect.iscoroutine(outcome):
            await outcome


@pytest.fixture
def kind(wats: pyWATS) -> UUID | None:
    """An asset type that demands nothing."""
    return wats.asset.create_asset_type("Plain").type_id


@pytest.fixture
def notebook(kind: UUID) -> Iterator[Notebook]:
    """A notebook that knows the clients, and a type; the environment names the server."""
    with asyncio.Runner() as runner:
        yield Notebook(runner, pyWATS=pyWATS, AsyncWATS=AsyncWATS, kind=kind)


@pytest.mark.parametrize("client", ["pyWATS", "AsyncWATS"])
def test_cells_share_a_client(notebook: Notebook, client: str) -> None:
    notebook.run(f"api = {client}()")
    notebook.run("made = await api.asset.create_asset('DMM-001', kind)")
    notebook.run("await api.asset.increment_count(made.asset_id)")
    notebook.run("asset = await api.asset.get_asset(made.asset_id)")
    notebook.run("walked = [asset.serial_number async for asset in api.asset.iter_assets()]")
    notebook.run("closing = api.close()\nif closing: await closing")
    assert notebook.names["asset"].running_count == 1
    assert notebook.names["walked"] == ["DMM-001"]


@pytest.mark.parametrize("client", ["pyWATS", "AsyncWATS"])
def test_cell_enters_a_client(notebook: Notebook, client: str) -> None:
    notebook.run(f"async with {client}() as api:\n    version = await api.version()")
    assert notebook.names["version"]


def test_walk_outside_of_async_for_works_in_a_cell_too(notebook: Notebook) -> None:
    notebook.run("api = pyWATS()")
    notebook.run("await api.asset.create_asset('DMM-001', kind)")
    notebook.run("walked = [asset.serial_number for asset in api.asset.iter_assets()]\napi.close()")
    assert notebook.names["walked"] == ["DMM-001"]


# Calls that are given up

STEPS = 25
"""Turns of the loop that a call needs, with some to spare."""


@pytest.mark.parametrize("client", [pyWATS, AsyncWATS])
def test_cancelled_calls_leave_the_client_usable(kind: UUID, client: type[pyWATS] | type[AsyncWATS]) -> None:
    """A call is given up after each number of turns of the loop; the next one gets its own answer."""

    async def script() -> None:
        api: Any = client()
        await api.asset.create_asset("DMM-001", kind)
        await api.asset.create_asset("DMM-002", kind)
        for steps in range(STEPS):
            call = asyncio.ensure_future(api.asset.get_asset(serial_number="DMM-001"))
            for _ in range(steps):
                await asyncio.sleep(0)
            call.cancel()
            found = await api.asset.get_asset(serial_number="DMM-002")
            assert found.serial_number == "DMM-002"
            await asyncio.gather(call, return_exceptions=True)
            assert call.cancelled() or call.result().serial_number == "DMM-001"
        closing = api.close()
        if closing:
            await closing

    asyncio.run(script())
