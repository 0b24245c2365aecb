"""Real clients and a real server with a bad network between them: what is counted is counted once."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from faults.checks import check_database, check_server_log
from faults.conftest import Figures
from faults.load import make_token
from faults.processes import launcher, serving
from faults.proxy import LOSING, REPEATING, Proxy, hold_answer, proxy
from pywats import AsyncWATS, PyWATSError, RetryConfig, pyWATS

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]

FIXTURES = [f"FIXTURE-{number}" for number in range(8)]
SINGLE, BATCHES, ROWS, MESSAGES = 4_000, 200, 5, 100
"""What each face does: uses counted one by one, batches of uses, rows of each batch, messages."""

WORKERS = 8
"""Threads of the one face, and tasks of the other."""

PATIENCE = 0.3
"""Seconds that clients wait for an answer; only those that never come take so long."""

UNTIRING = RetryConfig(max_attempts=1_000, base_delay=0.002, max_delay=0.01)
SOON_TIRED = RetryConfig(max_attempts=3, base_delay=0.002, max_delay=0.01)

Work = Callable[[Any], Any]
"""A call of the asset service, of whichever face."""

Face = Callable[[str, str, RetryConfig, Sequence[Work]], Awaitable[list[PyWATSError | None]]]


async def in_threads(url: str, token: str, retry: RetryConfig, works: Sequence[Work]) -> list[PyWATSError | None]:
    """What came of *works*, in their order, on a `pyWATS` that threads share."""
    with pyWATS(url, token, timeout=PATIENCE, retry_config=retry) as api, ThreadPoolExecutor(WORKERS) as threads:

        def outcome(work: Work) -> PyWATSError | None:
            try:
                work(api.asset)
            except PyWATSError as error:
                return error
            return None

        return await asyncio.to_thread(lambda: list(threads.map(outcome, works)))


async def in_tasks(url: str, token: str, retry: RetryConfig, works: Sequence[Work]) -> list[PyWATSError | None]:
    """What came of *works*, in their order, on an `AsyncWATS` that tasks share."""
    free = asyncio.Semaphore(WORKERS)
    async with AsyncWATS(url, token, timeout=PATIENCE, retry_config=retry) as api:

        async def outcome(work: Work) -> PyWATSError | None:
            async with free:
                try:
                    await work(api.asset)
                except PyWATSError as error:
                    return error
            return None

        return await asyncio.gather(*map(outcome, works))


FACES: tuple[Face, ...] = (in_threads, in_tasks)


def count(serial_number: str) -> Work:
    """Count one use."""
    return lambda assets: assets.increment_count(serial_number=serial_number)


def count_some(uses: Sequence[str]) -> Work:
    """Count one use for each of several rows."""
    return lambda assets: assets.increment_counts([(serial_number, 1) for serial_number in uses])


def tell(text: str) -> Work:
    """Write to the log."""
    return lambda assets: assets.add_log_message(serial_number=FIXTURES[0], message=text)


@dataclass(frozen=True)
class Plan:
    """What one face is to do, in any order, and the uses and messages that come of it."""

    works: list[Work]
    uses: Counter[str]
    messages: list[str]


def plan(face: Face, chance: random.Random, portion: int) -> Plan:
    """Counts, batches of counts and messages."""
    single = chance.choices(FIXTURES, k=SINGLE // portion)
    batches = [chance.choices(FIXTURES, k=ROWS) for _ in range(BATCHES // portion)]
    messages = [f"{face.__name__} {number}" for number in range(MESSAGES // portion)]
    works = [*map(count, single), *map(count_some, batches), *map(tell, messages)]
    chance.shuffle(works)
    return Plan(works, sum(map(Counter, batches), Counter(single)), messages)


@asynccontextmanager
async def server(address: str, folder: Path, serials: Sequence[str]) -> AsyncIterator[tuple[str, str, AsyncWATS]]:
    """A server with assets of these serial numbers: its address, a token, and a client on the straight way to it."""
    token, log = await make_token(address), folder / "server.log"
    async with serving(address, log) as url, AsyncWATS(url, token) as straight:
        await furnish(straight, serials)
        yield url, token, straight
    check_server_log(log)
    await check_database(address)


async def furnish(straight: AsyncWATS, serials: Sequence[str]) -> None:
    """Make assets of these serial numbers."""
    made = await straight.asset.create_asset_type("Fixture", running_count_limit=1_000_000)
    for serial in serials:
        await straight.asset.create_asset(serial, made.type_id)


async def running_counts(straight: AsyncWATS) -> dict[str, int]:
    """What the server has counted."""
    return {asset.serial_number: asset.running_count or 0 async for asset in straight.asset.iter_assets()}


def figure(way: Proxy, figures: Figures) -> None:
    """Tell what happened."""
    figures(", ".join(f"{number} {name}" for name, number in sorted(way.happened.items())))


def test_uses_and_messages_are_counted_once_whatever_happens_on_the_way(
    address: str, portion: int, chance: random.Random, figures: Figures, tmp_path: Path
) -> None:
    faults = (*LOSING, *REPEATING, hold_answer)
    plans = {face: plan(face, chance, portion) for face in FACES}

    async def run() -> None:
        async with server(address, tmp_path, FIXTURES) as (url, token, straight):
            async with proxy(url, chance, faults) as way:
                done = await asyncio.gather(
                    *(face(way.url, token, UNTIRING, plan.works) for face, plan in plans.items())
                )
            figure(way, figures)
            assert [error for errors in done for error in errors if error] == []
            assert way.happened.keys() == {"pass_on", *(fault.__name__ for fault in faults)}
            assert await running_counts(straight) == sum((plan.uses for plan in plans.values()), Counter())
            log = await straight.asset.get_asset_log(filter_str="type eq 'Message'", top=1_000)
            told = [entry.comment for entry in log]
            assert sorted(told) == sorted(message for plan in plans.values() for message in plan.messages)

    asyncio.run(run())


def test_clients_go_on_while_their_server_is_ended_and_started_again(
    address: str, portion: int, chance: random.Random, figures: Figures, tmp_path: Path
) -> None:
    uses = [chance.choice(FIXTURES) for _ in range(500 // portion)]

    async def run() -> None:
        token = await make_token(address)
        async with launcher(address, tmp_path) as servers, AsyncWATS(servers.url, token) as straight:
            await servers.start()
            await furnish(straight, FIXTURES)
            work = asyncio.gather(*(face(servers.url, token, UNTIRING, [*map(count, uses)]) for face in FACES))
            ends = 0
            while not work.done():
                await asyncio.sleep(chance.uniform(0, 0.1))
                await chance.choice([servers.kill, servers.stop])()
                await servers.start()
                ends += 1
            figures(f"{ends} ends of servers")
            assert [error for errors in await work for error in errors if error] == []
            assert await running_counts(straight) == {serial: 2 * number for serial, number in Counter(uses).items()}
            await servers.stop()
        check_server_log(servers.log)
        await check_database(address)

    asyncio.run(run())


@pytest.mark.parametrize("face", FACES, ids=lambda face: face.__name__)
def test_server_that_honours_no_keys_never_counts_a_call_twice(
    address: str, portion: int, face: Face, chance: random.Random, figures: Figures, tmp_path: Path
) -> None:
    serials = [f"FIXTURE-{number:03}" for number in range(500 // portion)]

    async def run() -> None:
        async with server(address, tmp_path, serials) as (url, token, straight):
            async with proxy(url, chance, (*LOSING, hold_answer), hide_keys=True) as way:
                done = await face(way.url, token, SOON_TIRED, [count(serial) for serial in serials])
            figure(way, figures)
            counted = await running_counts(straight)
        for serial, error in zip(serials, done, strict=True):
            assert counted[serial] in _possible(error), (serial, error)
        assert sum(error is not None and error.outcome_unknown for error in done) > 0

    asyncio.run(run())


def _possible(error: PyWATSError | None) -> set[int]:
    """How often a call may have counted that ended so."""
    if error is None:
        return {1}
    return {0, 1} if error.outcome_unknown else {0}
