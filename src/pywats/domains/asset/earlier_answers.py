"""
What the server said of set-ups before, for when it cannot be reached: in memory, or in a file.

A file is for programs that start anew for each test: in their memory is nothing yet when they need it.
"""

import json
import logging
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import astuple, dataclass
from datetime import datetime
from os import PathLike, fspath
from typing import TYPE_CHECKING, Protocol, TypeVar

from pywats.domains.asset.models import AssetStatus

if TYPE_CHECKING:
    import sqlite3

Result = TypeVar("Result")

log = logging.getLogger("pywats")

MOST_ANSWERS = 256
"""Set-ups of which an answer is kept; the oldest goes."""


@dataclass(frozen=True, slots=True)
class Setup:
    """The question: which assets, with or without what is mounted in them, and in which language."""

    serial_numbers: tuple[str, ...]
    asset_ids: tuple[str, ...]
    include_children: bool
    culture_code: str | None


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said, and when it was asked; aware."""

    asked_at: datetime
    statuses: Sequence[AssetStatus]


class EarlierAnswers(Protocol):
    """Where answers are kept. Neither method ever fails: a check that was answered must not fail for its copy."""

    def keep(self, setup: Setup, answer: Answer) -> None:
        """Keep *answer* in place of the one before."""
        ...

    def recall(self, setup: Setup) -> Answer | None:
        """The last answer to exactly this question."""
        ...


class InMemory:
    """Answers for as long as the program runs."""

    def __init__(self) -> None:
        self._answers: dict[Setup, Answer] = {}

    def keep(self, setup: Setup, answer: Answer) -> None:
        """Keep *answer* in place of the one before."""
        self._answers.pop(setup, None)
        self._answers[setup] = answer
        for oldest in list(self._answers)[:-MOST_ANSWERS]:
            self._answers.pop(oldest, None)

    def recall(self, setup: Setup) -> Answer | None:
        """The last answer to exactly this question."""
        return self._answers.get(setup)


_CREATE = """
CREATE TABLE IF NOT EXISTS answer (
    server TEXT, setup TEXT, asked_at TEXT, statuses TEXT, PRIMARY KEY (server, setup)
)
"""
_KEEP = "INSERT OR REPLACE INTO answer VALUES (?, ?, ?, ?)"
_FORGET = "DELETE FROM answer WHERE rowid NOT IN (SELECT rowid FROM answer ORDER BY asked_at DESC LIMIT ?)"
_RECALL = "SELECT asked_at, statuses FROM answer WHERE server = ? AND setup = ?"


class InFile:
    """
    Answers in an SQLite file, which the processes of a station may share.

    Args:
        path: The file; it is made when there is none.
        server: Whose answers these are. Another server's are kept beside them.
    """

    def __init__(self, path: str | PathLike[str], server: str) -> None:
        self._path = fspath(path)
        self._server = server

    def keep(self, setup: Setup, answer: Answer) -> None:
        """Keep *answer* in place of the one before."""

        def write(file: "sqlite3.Connection") -> None:
            statuses = json.dumps([status.to_wire(status.model_fields_set) for status in answer.statuses])
            file.execute(_KEEP, (self._server, _key(setup), answer.asked_at.isoformat(), statuses))
            file.execute(_FORGET, (MOST_ANSWERS,))

        self._attempt("kept in", write)

    def recall(self, setup: Setup) -> Answer | None:
        """The last answer to exactly this question."""

        def read(file: "sqlite3.Connection") -> Answer | None:
            row = file.execute(_RECALL, (self._server, _key(setup))).fetchone()
            return row and Answer(datetime.fromisoformat(row[0]), list(map(AssetStatus.loaded, json.loads(row[1]))))

        return self._attempt("read from", read)

    def _attempt(self, what: str, work: Callable[["sqlite3.Connection"], Result]) -> Result | None:
        # Imported by those alone who keep a file.
        import sqlite3

        try:
            with closing(sqlite3.connect(self._path)) as connection, connection:
                connection.execute(_CREATE)
                return work(connection)
        except (sqlite3.Error, ValueError) as error:
            log.warning("The answer about a set-up cannot be %s %s: %s", what, self._path, error)
            return None


def _key(setup: Setup) -> str:
    return json.dumps(astuple(setup))
