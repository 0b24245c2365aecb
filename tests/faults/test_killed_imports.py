"""A server killed again and again while it imports a list: each row is taken once, and undoing takes all of it back."""

import asyncio
import random
from collections import Counter
from pathlib import Path

import pytest

from faults.checks import check_database, check_server_log, pages_of
from faults.clerk import Clerk, clerk
from faults.conftest import Figures
from faults.load import FIXTURES, Caller, calling, furnish, make_token
from faults.processes import Launcher, launcher
from pywats.domains.asset.enums import AssetLogType
from server.pages.conftest import Page

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]

_KILLS = 5
_SECONDS = 0.4
_NEW = [f"NEW-{number:03}" for number in range(230)]
# As long as a server that says nothing any more is believed to be at work.
_SILENCE = 120
_LIST = "\n".join(["Serial number,Type,Location", *(f"{serial},Fixture,Hall 2" for serial in (*_NEW, *FIXTURES))])


def test_import_on_a_server_that_is_killed_takes_each_row_once_and_can_be_undone(
    address: str, chance: random.Random, figures: Figures, tmp_path: Path
) -> None:
    async def run() -> None:
        token = await make_token(address)
        async with (
            launcher(address, tmp_path) as servers,
            calling([servers.url], token) as call,
            clerk(address, servers.url) as somebody,
        ):
            await servers.start()
            await furnish(call)
            killer = _Killer(servers, chance)
            page = await somebody.send(await somebody.get("/import"), "#upload", file=("new.csv", _LIST.encode()))
            await somebody.send(page, "#columns", {"do": "check"})
            page = await _led_on(somebody, killer, page.address, until="#confirm")
            await somebody.send(page, "#confirm")
            page = await _led_on(somebody, killer, page.address, until="#undo")
            await _check_imported(call)
            await somebody.send(page, "#undo")
            page = await _led_on(somebody, killer, page.address, until="#result-title")
            await _check_undone(call)
            await servers.stop()
            figures(f"{killer.kills} kills, the work stood still {killer.interruptions} times")
            assert killer.interruptions > 0
            check_server_log(servers.log)
        await check_database(address)

    asyncio.run(run())


class _Killer:
    """
    Ends the server at random moments, and starts it again later than it was believed to be at work.

    Attributes:
        kills: How often it ended the server.
        interruptions: How often work stood still after that.
    """

    def __init__(self, servers: Launcher, chance: random.Random) -> None:
        self._servers = servers
        self._chance = chance
        self.kills = self.interruptions = 0

    async def rage(self) -> None:
        for _ in range(_KILLS):
            await asyncio.sleep(self._chance.uniform(0, _SECONDS))
            await self._servers.kill()
            self.kills += 1
            self._servers.shift_clock(self.kills * _SILENCE)
            await self._servers.start()


async def _led_on(somebody: Clerk, killer: _Killer, address: str, *, until: str) -> Page:
    """Let work go on, however often the server is killed, until its page has what a CSS selector finds."""
    raging = asyncio.create_task(killer.rage())
    while not ((page := await somebody.get(address)).all(until) and raging.done()):
        if page.all("form[action$=go-on]"):
            killer.interruptions += 1
            await somebody.send(page, "form[action$=go-on]")
        await asyncio.sleep(0.02)
    await raging
    return page


async def _check_imported(call: Caller) -> None:
    assets = await pages_of(call, "/api/Asset", "serialNumber")
    assert {asset["serialNumber"] for asset in assets if asset["location"] == "Hall 2"} == {*_NEW, *FIXTURES}
    assert await _logged(call) == Counter(
        {(serial, AssetLogType.REGISTER): 1 for serial in _NEW}
        | {(serial, AssetLogType.UPDATE): 1 for serial in FIXTURES}
    )


async def _check_undone(call: Caller) -> None:
    assets = await pages_of(call, "/api/Asset", "serialNumber")
    assert not {asset["serialNumber"] for asset in assets} & set(_NEW)
    assert not [asset for asset in assets if asset["location"]]
    assert await _logged(call) == Counter({(serial, AssetLogType.UPDATE): 2 for serial in FIXTURES})


async def _logged(call: Caller) -> Counter[tuple[str, int]]:
    """Return how many entries of each kind the log has of each asset, but for how the old ones began."""
    entries = await pages_of(call, "/api/Asset/Log", "logId")
    found = Counter((entry["serialNumber"], entry["type"]) for entry in entries)
    return Counter({what: n for what, n in found.items() if what[0] in _NEW or what[1] == AssetLogType.UPDATE})
