"""What the rest of the server may expect of a database, whichever it is."""

from collections.abc import Callable, Coroutine, Iterable, Mapping
from typing import Any, Protocol, TypeVar

from pywats_server.store.statement import Statement

T = TypeVar("T")

Row = tuple[Any, ...]


class Connection(Protocol):
    """One transaction's way to run statements. *values* fill the statement's named parameters."""

    async def fetch_one(self, statement: Statement, **values: Any) -> Row | None:
        """Return the first row, or None."""
        ...

    async def fetch_all(self, statement: Statement, **values: Any) -> list[Row]:
        """Return all rows."""
        ...

    async def execute(self, statement: Statement, **values: Any) -> int:
        """Return how many rows were changed."""
        ...

    async def execute_many(self, statement: Statement, rows: Iterable[Mapping[str, Any]]) -> None:
        """Run *statement* once for each of *rows*."""
        ...

    async def attempt(self, part: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Run a part of the work; when it raises an error, take back what it changed, and only that."""
        ...


Work = Callable[[Connection], Coroutine[Any, Any, T]]
"""A unit of work: what happens in one transaction. It awaits nothing but its connection."""


class Database(Protocol):
    """Runs units of work. Each sees one consistent state and takes effect as a whole or not at all."""

    async def read(self, work: Work[T]) -> T:
        """Run a short *work* that changes nothing, with as little delay as possible."""
        ...

    async def scan(self, work: Work[T]) -> T:
        """
        Run a *work* that changes nothing but may have to look at many rows, beside other work.

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

    async def close(self) -> None:
        """Finish the writes that were accepted, then let go of the database."""
        ...
