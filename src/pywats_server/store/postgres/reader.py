"""Reading from PostgreSQL: questions of the same kind that come from many callers at once are asked together."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import asyncpg

from pywats_server.errors import Unavailable
from pywats_server.store.database import PART_ROWS, Row
from pywats_server.store.postgres.connecting import Line, Raw, is_lost, unavailable
from pywats_server.store.postgres.connection import DIALECT
from pywats_server.store.postgres.together import Joined, questions
from pywats_server.store.statement import Statement

T = TypeVar("T")

_AT_ONCE = 2
_MOST_TOGETHER = 128


class Lines:
    """Connections that take turns."""

    def __init__(self, count: int, line: Callable[[], Line]) -> None:
        self._lines = [line() for _ in range(count)]
        self._free = list(self._lines)
        self._turn = asyncio.Semaphore(count)

    @asynccontextmanager
    async def line(self) -> AsyncIterator[Line]:
        """A connection of one's own; the one that was used last, so that as few as possible are open."""
        async with self._turn:
            line = self._free.pop()
            try:
                yield line
            finally:
                self._free.append(line)

    async def close(self) -> None:
        """Take leave of the database."""
        for line in self._lines:
            await line.close()


async def ask(line: Line, question: Callable[[Raw], Coroutine[Any, Any, T]]) -> T:
    """
    Ask something that changes nothing; once more on a new connection, if the first one was lost.

    Raises:
        Unavailable: The database does not answer.
    """
    try:
        return await guarded(line, question)
    except Unavailable:
        return await guarded(line, question)


async def guarded(line: Line, question: Callable[[Raw], Coroutine[Any, Any, T]]) -> T:
    """
    Ask something that changes nothing.

    Raises:
        Unavailable: The database does not answer.
    """
    try:
        return await question(await line.raw())
    except asyncio.CancelledError:
        # The answer is still on its way.
        line.drop()
        raise
    except Exception as error:
        # That these connections refuse changes is no sign of a standby.
        if not is_lost(error) or isinstance(error, asyncpg.ReadOnlySQLTransactionError):
            raise
        line.drop()
        raise unavailable() from error


@dataclass(slots=True)
class _Asked:
    """A question of a caller who waits for one row."""

    values: tuple[Any, ...]
    answer: asyncio.Future[Row | None]

    def take(self, outcome: Row | Exception | None) -> None:
        """Answer the caller, who may have gone."""
        if self.answer.done():
            return
        if isinstance(outcome, Exception):
            self.answer.set_exception(outcome)
        else:
            self.answer.set_result(outcome)


class Reader:
    """A `Connection` for many units of work at once that change nothing. Each statement sees what is committed."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self._waiting: OrderedDict[str, list[_Asked]] = OrderedDict()
        self._joined = Joined(questions)
        self._asking = 0
        self._tasks: set[asyncio.Task[None]] = set()

    async def fetch_one(self, statement: Statement, **values: Any) -> Row | None:
        """Return the first row, or None."""
        text, ordered = statement.positional(DIALECT, values)
        if self._asking < _AT_ONCE:
            self._asking += 1
            try:
                return await self._ask(lambda raw: _one(raw, text, ordered))
            finally:
                self._asking -= 1
                self._go_on()
        asked = _Asked(ordered, asyncio.get_running_loop().create_future())
        self._waiting.setdefault(text, []).append(asked)
        return await asked.answer

    def _go_on(self) -> None:
        if self._waiting and self._asking < _AT_ONCE:
            self._asking += 1
            task = asyncio.create_task(self._serve())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _serve(self) -> None:
        """Ask what waits, the same questions together, until nothing waits."""
        try:
            while self._waiting:
                text, asked = self._waiting.popitem(last=False)
                if len(asked) > _MOST_TOGETHER:
                    self._waiting[text] = asked[_MOST_TOGETHER:]
                await self._ask_together(text, asked[:_MOST_TOGETHER])
        finally:
            self._asking -= 1

    async def _ask(self, question: Callable[[Raw], Coroutine[Any, Any, T]]) -> T:
        async with self._lines.line() as line:
            return await ask(line, question)

    async def _ask_together(self, text: str, asked: list[_Asked]) -> None:
        rows = await self._rows(text, asked) if len(asked) > 1 else None
        if rows is None:
            for one in asked:
                await self._ask_alone(text, one)
        else:
            for one, row in zip(asked, rows, strict=True):
                one.take(row)

    async def _ask_alone(self, text: str, one: _Asked) -> None:
        try:
            one.take(await self._ask(lambda raw: _one(raw, text, one.values)))
        except Exception as error:  # noqa: BLE001 - the error is the caller's answer
            one.take(error)

    async def _rows(self, text: str, asked: list[_Asked]) -> list[Row | None] | None:
        try:
            return await self._ask(lambda raw: self._together(raw, text, asked))
        except Exception:  # noqa: BLE001 - whose question it was shows when each is asked by itself
            return None

    async def _together(self, raw: Raw, text: str, asked: list[_Asked]) -> list[Row | None] | None:
        """Return the rows for all of *asked* in their order, or None when they can only be asked one by one."""
        if not asked[0].values:
            return [await _one(raw, text, ())] * len(asked)
        joined = await self._joined.text(raw, text)
        if joined is None:
            return None
        found: list[Row | None] = [None] * len(asked)
        for place, *row in await raw.fetch(joined, *zip(*(one.values for one in asked), strict=True)):
            found[place - 1] = tuple(row)
        return found

    async def fetch_all(self, statement: Statement, **values: Any) -> list[Row]:
        """Return all rows."""
        text, ordered = statement.positional(DIALECT, values)
        rows = await self._ask(lambda raw: raw.fetch(text, *ordered))
        return [tuple(row) for row in rows]

    async def fetch_in_parts(self, statement: Statement, **values: Any) -> AsyncIterator[list[Row]]:
        """Yield all rows in parts of up to `PART_ROWS`, none of which is empty."""
        rows = await self.fetch_all(statement, **values)
        for start in range(0, len(rows), PART_ROWS):
            yield rows[start : start + PART_ROWS]

    async def execute(self, statement: Statement, **values: Any) -> int:  # noqa: ARG002 - as every connection
        """Refuse: what reads changes nothing."""
        raise RuntimeError("a unit of work that reads tried to change something")

    async def execute_many(
        self,
        statement: Statement,  # noqa: ARG002 - as every connection
        rows: Iterable[Mapping[str, Any]],  # noqa: ARG002
    ) -> None:
        """Refuse: what reads changes nothing."""
        raise RuntimeError("a unit of work that reads tried to change something")

    async def attempt(self, part: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Run a part of the work, which has nothing to take back."""
        return await part()


async def _one(raw: Raw, text: str, values: tuple[Any, ...]) -> Row | None:
    row = await raw.fetchrow(text, *values)
    return None if row is None else tuple(row)
