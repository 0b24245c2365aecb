"""What the rest of the server may expect of a database, whichever it is."""

from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from pywats_server.errors import DomainError
from pywats_server.store.statement import Statement

T = TypeVar("T")
G = TypeVar("G")

Row = tuple[Any, ...]

PART_ROWS = 1000
"""The most rows that are held at once where a list is read in parts."""


class Connection(Protocol):
    """One transaction's way to run statements. *values* fill the statement's named parameters."""

    async def fetch_one(self, statement: Statement, **values: Any) -> Row | None:
        """Return the first row, or None."""
        ...

    async def fetch_all(self, statement: Statement, **values: Any) -> list[Row]:
        """Return all rows."""
        ...

    def fetch_in_parts(self, statement: Statement, **values: Any) -> AsyncIterator[list[Row]]:
        """Yield all rows as the database finds them, in parts of up to `PART_ROWS`, none of which is empty."""
        ...

    async def execute(self, statement: Statement, **values: Any) -> int:
        """Return how many rows were changed."""
        ...

    async def execute_many(self, statement: Statement, rows: Iterable[Mapping[str, Any]]) -> None:
        """Run *statement* once for each of *rows*, each of which changes another row of the table."""
        ...

    async def attempt(self, part: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Run a part of the work; when it raises an error, take back what it changed, and only that."""
        ...


Work = Callable[[Connection], Coroutine[Any, Any, T]]
"""A unit of work: what happens in one transaction. It awaits nothing but its connection."""

JointWork = Callable[[Connection, Sequence[G]], Coroutine[Any, Any, Sequence[T | DomainError]]]
"""
A unit of work that is done for many callers in one go: one item from each, one outcome for each, in the same order.

What it answers with an error, it has not changed. It locks the rows that it changes in the order of their keys, and
changes nothing else, so that several servers can do it at the same time on one database.
"""


class Database(Protocol):
    """Runs units of work. Each takes effect as a whole or not at all."""

    async def read(self, work: Work[T]) -> T:
        """
        Run a short *work* that changes nothing, with as little delay as possible.

        Each of its statements sees one consistent state; another statement may see a later one.
        """
        ...

    async def scan(self, work: Work[T]) -> T:
        """
        Run a *work* that changes nothing but may have to look at many rows, beside other work, on one consistent state.

        Raises:
            TooExpensive: It needed more computing time than one question may take.
        """
        ...

    async def write(self, work: Work[T]) -> T:
        """
        Run a *work* that changes something; return when it is safe on disk.

        Raises:
            Busy: Too many writes are waiting already.
            StorageFull: There is no room on the disk.
        """
        ...

    async def write_together(self, work: JointWork[G, T], item: G) -> T:
        """
        Run a joint *work* for *item* and for whatever else waits for the same work; return when it is safe on disk.

        Raises:
            DomainError: The item's own outcome, or what `write` raises.
        """
        ...

    async def close(self) -> None:
        """Finish the writes that were accepted, then let go of the database."""
        ...
