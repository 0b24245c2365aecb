"""Clients that work on a server, and the ledger of what they were told."""

import asyncio
import random
import uuid
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count, cycle
from typing import Any

import aiohttp

from pywats_server.clock import system_clock
from pywats_server.services import tokens
from pywats_server.services.backend import Backend
from pywats_server.services.session import LOCAL_ADMINISTRATOR, Role
from pywats_server.store.opening import open_database

CLIENTS = 16
TYPE_ID = "11111111-aaaa-4bbb-8ccc-111111111111"
FIXTURES = [f"FIXTURE-{number:02}" for number in range(20)]
STATION = "STATION"
BELOW = [f"SLOT-{number}" for number in range(3)] + [f"PROBE-{number}" for number in range(6)]
# The answers to changes that were not made, or of which that is not known, and their codes.
_LATER = {503: {"busy", "unavailable"}, 507: {"storage_full"}}
_FIRST_CALIBRATION = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass
class Ledger:
    """
    What the server acknowledged, by serial number.

    Attributes:
        uses: Uses that were counted.
        steps: For each counted row whose answer tells it: the total count after it, and the uses that it added.
        messages, calibrations: What was written to the log, once each.
        created: Ids of new assets.
    """

    uses: Counter[str] = field(default_factory=Counter)
    steps: dict[str, list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))
    messages: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    calibrations: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    created: dict[str, str] = field(default_factory=dict)

    def summary(self) -> str:
        """Return the figures in one line."""
        messages, calibrations = (sum(map(len, told.values())) for told in (self.messages, self.calibrations))
        return (
            f"{self.uses.total()} uses, {messages} messages, {calibrations} calibrations and {len(self.created)} new "
            "assets acknowledged"
        )


class Caller:
    """
    Makes calls, each with a key of its own, and repeats them until they are answered.

    Attributes:
        answers: How many attempts were answered by each status.
        unanswered: How many attempts ended without an answer.
    """

    def __init__(self, session: aiohttp.ClientSession, urls: list[str]) -> None:
        self._session = session
        self._urls = cycle(urls)
        self.answers: Counter[int] = Counter()
        self.unanswered = 0

    async def __call__(self, method: str, path: str, **call: Any) -> Any:
        """
        Return the JSON that the server answers.

        Args:
            call: `params`, `json` and `headers`.
        """
        headers = {"Idempotency-Key": str(uuid.uuid4()), **call.pop("headers", {})}
        while True:
            try:
                return await self._attempt(method, path, headers=headers, **call)
            except (aiohttp.ClientError, ConnectionError, TimeoutError):
                self.unanswered += 1
                await asyncio.sleep(0.005)

    async def _attempt(self, method: str, path: str, **call: Any) -> Any:
        async with self._session.request(method, next(self._urls) + path, **call) as answer:
            content = await answer.json(content_type=None)
            self.answers[answer.status] += 1
            if answer.status in _LATER:
                self._check_problem(answer, content)
                raise TimeoutError
            if answer.status != 200:
                raise AssertionError(f"{method} {path}: {answer.status} {content}")
            return content

    def _check_problem(self, answer: aiohttp.ClientResponse, problem: Any) -> None:
        """A server that cannot take a change now says so in a way that programs and people understand."""
        assert answer.content_type == "application/problem+json"
        assert problem["code"] in _LATER[answer.status], problem
        assert problem["message"], problem
        assert answer.status == 507 or answer.headers["Retry-After"] == "1"


async def furnish(call: Caller) -> None:
    """Store what the clients work on."""
    demands = {"runningCountLimit": 1000, "totalCountLimit": 100_000, "warningThreshold": 80}
    await call(
        "PUT",
        "/api/Asset/Types",
        json={"typeId": TYPE_ID, "typeName": "Fixture", "calibrationInterval": 365, **demands},
    )
    parents = dict.fromkeys(BELOW[:3], STATION) | {probe: BELOW[number % 3] for number, probe in enumerate(BELOW[3:])}
    for serial in (*FIXTURES, STATION, *BELOW):
        body = {"serialNumber": serial, "typeId": TYPE_ID, "parentSerialNumber": parents.get(serial)}
        await call("PUT", "/api/Asset", json=body)


class Worker:
    """One client's work: counts, calibrations, messages and new assets, one after the other."""

    def __init__(self, number: int, call: Caller, ledger: Ledger, chance: random.Random) -> None:
        self._name = f"client {number}"
        self._call = call
        self._ledger = ledger
        self._chance = chance
        # No two clients record the same moment, because a calibration that is recorded already is not logged again.
        self._moments = (_FIRST_CALIBRATION + timedelta(minutes=CLIENTS * step + number) for step in count())
        self._numbers = count()

    async def run(self, is_over: Callable[[], bool]) -> None:
        """Work until *is_over*; a call that was begun is made until it is answered."""
        works: list[Callable[[], Awaitable[None]]] = [
            *(self._count, self._count, self._count, self._count, self._count),
            *(self._count_batch, self._count_below, self._calibrate, self._post, self._create),
        ]
        while not is_over():
            await self._chance.choice(works)()

    async def _count(self) -> None:
        serial, uses = self._chance.choice(FIXTURES), self._chance.randint(1, 3)
        status = await self._call(
            "PUT",
            "/api/Asset/Count",
            params={"serialNumber": serial, "incrementBy": uses},
            headers={"Prefer": "return=representation"},
        )
        self._counted(serial, uses, status["totalCount"])

    async def _count_batch(self) -> None:
        rows = [(self._chance.choice(FIXTURES), self._chance.randint(1, 3)) for _ in range(self._chance.randint(2, 8))]
        body = [{"serialNumber": serial, "incrementBy": uses} for serial, uses in rows]
        answers = await self._call("POST", "/api/Asset/Counts", json=body)
        for (serial, uses), answer in zip(rows, answers, strict=True):
            self._counted(serial, uses, answer["totalCount"])

    def _counted(self, serial: str, uses: int, total: int) -> None:
        self._ledger.uses[serial] += uses
        self._ledger.steps[serial].append((total, uses))

    async def _count_below(self) -> None:
        uses = self._chance.randint(1, 3)
        params = {"serialNumber": STATION, "incrementBy": uses, "incrementChildren": "true"}
        await self._call("PUT", "/api/Asset/Count", params=params)
        for serial in (STATION, *BELOW):
            self._ledger.uses[serial] += uses

    async def _calibrate(self) -> None:
        serial, moment = self._chance.choice(FIXTURES), next(self._moments).replace(tzinfo=None).isoformat()
        await self._call("POST", "/api/Asset/Calibration", params={"serialNumber": serial, "dateTime": moment})
        self._ledger.calibrations[serial].append(moment)

    async def _post(self) -> None:
        serial, text = self._chance.choice(FIXTURES), f"{self._name}, message {next(self._numbers)}"
        await self._call("POST", "/api/Asset/Message", params={"serialNumber": serial}, json={"content": text})
        self._ledger.messages[serial].append(text)

    async def _create(self) -> None:
        serial, uses = f"{self._name}, asset {next(self._numbers)}", self._chance.randint(0, 9)
        body = {"serialNumber": serial, "typeId": TYPE_ID, "totalCount": uses, "runningCount": uses}
        asset = await self._call("PUT", "/api/Asset", json=body, headers={"If-None-Match": "*"})
        self._ledger.created[serial] = asset["assetId"]
        self._ledger.uses[serial] += uses


@asynccontextmanager
async def calling(urls: list[str], token: str) -> AsyncIterator[Caller]:
    """Call the servers at *urls*, in turn, with a token."""
    headers = {"Authorization": f"Basic {token}"}
    connector, timeout = aiohttp.TCPConnector(limit=0), aiohttp.ClientTimeout(total=60)
    async with aiohttp.ClientSession(headers=headers, timeout=timeout, connector=connector) as session:
        yield Caller(session, urls)


async def make_token(address: str) -> str:
    """Make an administrator's token for the database at *address*."""
    database = open_database(address, scan_seconds=1)
    try:
        backend = Backend(database, system_clock)
        return await backend.write(LOCAL_ADMINISTRATOR, tokens.create_token, str(uuid.uuid4()), Role.ADMINISTRATOR)
    finally:
        await database.close()


@asynccontextmanager
async def working(call: Caller, chance: random.Random) -> AsyncIterator[Ledger]:
    """Let `CLIENTS` clients work while the block runs; at its end they finish what they began."""
    is_over = asyncio.Event()
    ledger = Ledger()
    async with asyncio.TaskGroup() as clients:
        for number in range(CLIENTS):
            worker = Worker(number, call, ledger, random.Random(chance.random()))
            clients.create_task(worker.run(is_over.is_set))
        yield ledger
        is_over.set()
