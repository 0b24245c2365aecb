"""Clients with an outbox killed again and again, and servers too: nothing is lost, and nothing is done twice."""

import asyncio
import random
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from faults.checks import check_database, check_server_log
from faults.conftest import Figures
from faults.load import make_token
from faults.processes import Launcher, launcher
from faults.proxy import pass_on, proxy
from pywats import AsyncWATS, Queued, pyWATS
from pywats.outbox import delivery

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]

STATIONS = [f"STATION-{number}" for number in range(3)]
_PROGRAM = Path(__file__).with_name("station.py")
_LIVES, _SERVERS = 6, 7
_WAITING = 1_500


@dataclass
class Told:
    """What stations said: the calls that ended, and those that may have been under way when they were killed."""

    done: list[str] = field(default_factory=list)
    begun: set[str] = field(default_factory=set)

    def read(self, output: bytes) -> None:
        """Note what a station wrote before it was killed."""
        # The last line may be cut.
        for line in output.decode().splitlines(keepends=True):
            word, _, text = line.rstrip("\n").partition(" ")
            if word == "begin":
                self.begun.add(text)
            elif word == "done" and line.endswith("\n"):
                self.done.append(text)


async def life(arguments: list[str], seconds: float) -> bytes:
    """What a station wrote that was killed some *seconds* after its first word, unless it ended before."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(_PROGRAM), *arguments, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    first = await process.stdout.readline()
    with suppress(asyncio.TimeoutError):
        await asyncio.wait_for(process.wait(), seconds)
    with suppress(ProcessLookupError):
        process.kill()
    return first + await process.stdout.read()


@asynccontextmanager
async def servers_of(address: str, folder: Path) -> AsyncIterator[tuple[Launcher, str]]:
    """Servers of a database with a fixture for each station, of which one runs, and a token."""
    token = await make_token(address)
    async with launcher(address, folder) as servers:
        await servers.start()
        async with AsyncWATS(servers.url, token) as api:
            kind = await api.asset.create_asset_type("Station", running_count_limit=1_000_000)
            for name in STATIONS:
                await api.asset.create_asset(name, kind.type_id)
        yield servers, token
        await servers.stop()
        check_server_log(servers.log)
    await check_database(address)


async def deliver_rest(url: str, token: str, outbox: Path) -> int:
    """Deliver all that is left, of which nothing is refused; give what is uncertain."""
    async with AsyncWATS(url, token, outbox=outbox) as api:
        while await api.outbox.pending():
            await api.outbox.flush()
        assert await api.outbox.refused() == []
        return len(await api.outbox.uncertain())


async def counted(url: str, token: str) -> dict[str, int]:
    """The uses that the server has counted."""
    async with AsyncWATS(url, token) as api:
        return {asset.serial_number: asset.total_count or 0 for asset in await api.asset.get_assets()}


async def messages(url: str, token: str) -> list[str]:
    """All messages in the log."""
    async with AsyncWATS(url, token) as api:
        found = await api.asset.get_asset_log(filter_str="type eq 'Message'", top=100_000)
        return [entry.comment or "" for entry in found]


def test_stations_and_servers_killed_at_random_moments_report_everything_once(
    address: str, portion: int, chance: random.Random, figures: Figures, tmp_path: Path
) -> None:
    told = {name: Told() for name in STATIONS}
    lives = _LIVES // portion
    outbox = tmp_path / "outbox.db"

    async def live(url: str, token: str, name: str) -> None:
        for number in range(lives):
            output = await life([url, token, str(outbox), name, str(number)], chance.uniform(0, 1.5))
            told[name].read(output)

    async def go_and_come(servers: Launcher) -> None:
        for _ in range(_SERVERS // portion):
            await asyncio.sleep(chance.uniform(0, 1.0))
            await servers.kill()
            # Requests that come meanwhile wait for the next server, longer than those who sent them.
            await asyncio.sleep(chance.uniform(0, 1.0))
            await servers.start()

    async def run() -> None:
        async with servers_of(address, tmp_path) as (servers, token):
            await asyncio.gather(go_and_come(servers), *(live(servers.url, token, name) for name in STATIONS))
            assert await deliver_rest(servers.url, token, outbox) == 0
            said, uses = Counter(await messages(servers.url, token)), await counted(servers.url, token)
            assert set(said.values()) == {1}
            for name, one in told.items():
                assert one.begun >= {text for text in said if text.startswith(name)} >= set(one.done)
                assert len(one.done) <= uses[name] <= len(one.begun)
            done = sum(len(one.done) for one in told.values())
            open_ends = sum(len(one.begun) for one in told.values()) - done
            figures(f"{done} reports, {open_ends} under way at one of {lives * len(STATIONS)} kills of a station")

    asyncio.run(run())


@pytest.mark.parametrize("hide_keys", [False, True], ids=["with-keys", "without-keys"])
def test_stations_killed_while_they_deliver_count_exactly(
    address: str,
    portion: int,
    chance: random.Random,
    figures: Figures,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    hide_keys: bool,
) -> None:
    """Of a server that honours no keys, a person is asked about what may have been counted, and nothing else."""
    outbox, waiting = tmp_path / "outbox.db", _WAITING // portion
    # Those who were killed must not keep others waiting for long.
    monkeypatch.setattr(delivery, "LEASE_SECONDS", 0.5)

    async def deliver(url: str, token: str) -> int:
        lives = 0
        while b"done" in (await life([url, token, str(outbox)], chance.uniform(0, 0.3))) or lives < _LIVES:
            lives += 1
        return lives

    async def run() -> None:
        async with (
            servers_of(address, tmp_path) as (servers, token),
            proxy(servers.url, chance, [pass_on], hide_keys=hide_keys) as way,
        ):
            await servers.stop()
            await asyncio.to_thread(fill, way.url, token, outbox, waiting)
            await servers.start()
            lives = await asyncio.gather(*(deliver(way.url, token) for _ in range(2)))
            uncertain = await deliver_rest(way.url, token, outbox)
            uses = await counted(servers.url, token)
            assert waiting - uncertain <= sum(uses.values()) <= waiting
            assert bool(uncertain) is hide_keys
            figures(f"{waiting} uses, delivered by {sum(lives)} processes that were killed; {uncertain} uncertain")

    asyncio.run(run())


def fill(url: str, token: str, outbox: Path, waiting: int) -> None:
    """Count uses while there is no server."""
    with pyWATS(url, token, outbox=outbox, timeout=0.2) as api:
        for number in range(waiting):
            assert isinstance(api.asset.increment_count(serial_number=STATIONS[number % len(STATIONS)]), Queued)
