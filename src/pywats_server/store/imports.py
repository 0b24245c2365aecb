"""Lists that somebody uploaded, their rows, and what became of them."""

import json
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import Select, bindparam, delete, insert, select, update

from pywats_server.instants import Instant
from pywats_server.store.database import Connection, Row
from pywats_server.store.sets import one_of
from pywats_server.store.statement import Statement
from pywats_server.store.tables import list_import, list_import_file, list_import_row


class StoredImport(Struct, frozen=True):
    """
    An import and how far it is; moments are texts.

    Attributes:
        wishes: How people want the list to be read.
        understood: What was found out about the list as a whole.
        figures: How many rows came out how.
        row_count: How many rows there are, once they were read.
        done_count: How many of them the stage is through with.
        problem: Why work in the stage ended early.
    """

    key: int
    file_name: str
    size_bytes: int
    sha256: str
    stage: str
    uploaded_at: str
    uploaded_by: str
    moved_at: str
    imported_at: str | None
    imported_by: str | None
    undone_at: str | None
    undone_by: str | None
    wishes: dict[str, Any]
    understood: dict[str, Any]
    figures: dict[str, int]
    row_count: int
    done_count: int
    problem: str | None


class StoredLine(Struct, frozen=True):
    """
    A row of a list.

    Attributes:
        position: Where it stands in the list, from 0.
        turn: When it is its turn, from 0.
        line: What it asks for.
        outcome, result: What came of it, in a word and in detail; None as long as nothing did.
        trace: What undoing it needs.
        undone, reason: What was undone of it, and why not more.
    """

    position: int
    turn: int
    serial_number: str | None
    line: dict[str, Any]
    outcome: str | None = None
    has_warnings: bool = False
    result: dict[str, Any] | None = None
    trace: dict[str, Any] | None = None
    undone: str | None = None
    reason: dict[str, Any] | None = None


_IMPORT = [list_import.c[name] for name in StoredImport.__struct_fields__]
_NEW = [column for column in _IMPORT if column is not list_import.c.key]
_LINE = [list_import_row.c[name] for name in StoredLine.__struct_fields__]
_OF_KEY = list_import.c.key == bindparam("of_key")
_OF_IMPORT = list_import_row.c.import_key == bindparam("of_key")

_INSERT = Statement(
    insert(list_import)
    .values({column.name: bindparam(column.name, required=True) for column in _NEW})
    .returning(list_import.c.key)
)
_INSERT_FILE = Statement(
    insert(list_import_file).values(import_key=bindparam("import_key"), content=bindparam("content"))
)
_FIND = Statement(select(*_IMPORT).where(_OF_KEY))
_BEFORE = Statement(
    select(*_IMPORT)
    .where(list_import.c.key < bindparam("before"))
    .order_by(list_import.c.key.desc())
    .limit(bindparam("most"))
)
_FILE = Statement(select(list_import_file.c.content).where(list_import_file.c.import_key == bindparam("of_key")))
# Only from where it was found, so that two who lead it on at the same time do not both.
_MOVE = Statement(
    update(list_import)
    .where(
        _OF_KEY,
        list_import.c.stage == bindparam("from_stage"),
        list_import.c.done_count == bindparam("from_done_count"),
    )
    .values({column.name: bindparam(column.name, required=True) for column in _NEW})
)
_DELETE = Statement(delete(list_import).where(_OF_KEY))
_DELETE_FILE = Statement(delete(list_import_file).where(list_import_file.c.import_key == bindparam("of_key")))
_DELETE_LINES = Statement(delete(list_import_row).where(_OF_IMPORT))
_OLD = Statement(
    select(*_IMPORT)
    .where(one_of(list_import.c.stage, "stages"), list_import.c.moved_at < bindparam("before"))
    .order_by(list_import.c.key)
    .limit(bindparam("most"))
)


async def add(connection: Connection, made: StoredImport, content: bytes) -> int:
    """Store an import (its own key is not used) with its file; return its key."""
    row = await connection.fetch_one(_INSERT, **_values(made))
    assert row is not None, "an INSERT with RETURNING answers a row"
    await connection.execute(_INSERT_FILE, import_key=row[0], content=content)
    return int(row[0])


def _values(stored: StoredImport) -> dict[str, object]:
    return {column.name: _packed(getattr(stored, column.name)) for column in _NEW}


def _packed(value: object) -> object:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else value


def _import(row: Row) -> StoredImport:
    named = dict(zip(StoredImport.__struct_fields__, row, strict=True))
    return StoredImport(**named | {name: json.loads(named[name]) for name in _TOLD})


_TOLD = ("wishes", "understood", "figures")


async def find(connection: Connection, key: int) -> StoredImport | None:
    """Return an import."""
    row = await connection.fetch_one(_FIND, of_key=key)
    return None if row is None else _import(row)


async def page(connection: Connection, before: int, most: int) -> list[StoredImport]:
    """Return up to *most* imports with keys below *before*, newest first."""
    return [_import(row) for row in await connection.fetch_all(_BEFORE, before=before, most=most)]


async def file_content(connection: Connection, key: int) -> bytes | None:
    """Return the bytes of the file of an import, if it is still there."""
    row = await connection.fetch_one(_FILE, of_key=key)
    return None if row is None else bytes(row[0])


async def move(connection: Connection, found: StoredImport, moved: StoredImport) -> bool:
    """Store *moved* in place of *found*; return whether it was still in the same stage, and as far."""
    where = {"of_key": found.key, "from_stage": found.stage, "from_done_count": found.done_count}
    return await connection.execute(_MOVE, **where, **_values(moved)) == 1


async def remove(connection: Connection, key: int) -> None:
    """Delete an import with all that belongs to it."""
    await remove_file(connection, key)
    await remove_lines(connection, key)
    await connection.execute(_DELETE, of_key=key)


async def remove_file(connection: Connection, key: int) -> None:
    """Delete the file of an import."""
    await connection.execute(_DELETE_FILE, of_key=key)


async def remove_lines(connection: Connection, key: int) -> None:
    """Delete the rows of an import."""
    await connection.execute(_DELETE_LINES, of_key=key)


async def find_old(connection: Connection, stages: Collection[str], before: Instant, most: int) -> list[StoredImport]:
    """Return up to *most* imports that are in one of *stages* since before a moment."""
    rows = await connection.fetch_all(_OLD, stages=list(stages), before=before, most=most)
    return [_import(row) for row in rows]


_ADD_LINE = Statement(
    insert(list_import_row).values(
        {column.name: bindparam(column.name, required=True) for column in (list_import_row.c.import_key, *_LINE)}
    )
)
_KEEP_LINE = Statement(
    update(list_import_row)
    .where(_OF_IMPORT, list_import_row.c.position == bindparam("of_position"))
    .values({name: bindparam(name, required=True) for name in ("outcome", "has_warnings", "result", "trace")})
)
_KEEP_UNDONE = Statement(
    update(list_import_row)
    .where(_OF_IMPORT, list_import_row.c.position == bindparam("of_position"))
    .values(undone=bindparam("undone"), reason=bindparam("reason"))
)
_BY_TURN = Statement(
    select(*_LINE)
    .where(_OF_IMPORT, list_import_row.c.turn >= bindparam("first"), list_import_row.c.turn < bindparam("end"))
    .order_by(list_import_row.c.turn)
)
_BY_SERIAL = Statement(select(*_LINE).where(_OF_IMPORT, one_of(list_import_row.c.serial_number, "serial_numbers")))


async def add_lines(connection: Connection, key: int, lines: Iterable[StoredLine]) -> None:
    """Add rows to an import."""
    await connection.execute_many(
        _ADD_LINE, [{"import_key": key, **{name: _packed(getattr(line, name)) for name in _NAMES}} for line in lines]
    )


_NAMES = StoredLine.__struct_fields__


async def keep_outcomes(connection: Connection, key: int, lines: Iterable[StoredLine]) -> None:
    """Store what came of rows: their outcome, result and trace."""
    await connection.execute_many(
        _KEEP_LINE,
        [
            {
                "of_key": key,
                "of_position": line.position,
                "outcome": line.outcome,
                "has_warnings": line.has_warnings,
                "result": _packed(line.result),
                "trace": _packed(line.trace),
            }
            for line in lines
        ],
    )


async def keep_undone(connection: Connection, key: int, lines: Iterable[StoredLine]) -> None:
    """Store what was undone of rows, and why not more."""
    await connection.execute_many(
        _KEEP_UNDONE,
        [
            {"of_key": key, "of_position": line.position, "undone": line.undone, "reason": _packed(line.reason)}
            for line in lines
        ],
    )


async def by_turn(connection: Connection, key: int, first: int, end: int) -> list[StoredLine]:
    """Return the rows whose turn is from *first* up to, but not including, *end*."""
    return _lines(await connection.fetch_all(_BY_TURN, of_key=key, first=first, end=end))


async def by_serial(connection: Connection, key: int, serial_numbers: Collection[str]) -> list[StoredLine]:
    """Return the rows of these serial numbers."""
    return _lines(await connection.fetch_all(_BY_SERIAL, of_key=key, serial_numbers=list(serial_numbers)))


def _page(*conditions: object) -> Statement:
    rows: Select[Row] = select(*_LINE).where(_OF_IMPORT, list_import_row.c.position > bindparam("after"))
    return Statement(
        rows.where(*conditions)  # type: ignore[arg-type]
        .order_by(list_import_row.c.position)
        .limit(bindparam("most"))
    )


_PAGE = _page()
_PAGE_BY_OUTCOME = _page(list_import_row.c.outcome == bindparam("outcome"))
_PAGE_BY_UNDONE = _page(list_import_row.c.undone == bindparam("undone"))
_PAGE_WITH_WARNINGS = _page(list_import_row.c.has_warnings)


async def page_of_lines(
    connection: Connection,
    key: int,
    after: int,
    most: int,
    *,
    outcome: str | None = None,
    undone: str | None = None,
    with_warnings: bool = False,
) -> list[StoredLine]:
    """Return up to *most* rows below the position *after*, in the order of the list: all, or those of one kind."""
    if outcome is not None:
        rows = await connection.fetch_all(_PAGE_BY_OUTCOME, of_key=key, after=after, most=most, outcome=outcome)
    elif undone is not None:
        rows = await connection.fetch_all(_PAGE_BY_UNDONE, of_key=key, after=after, most=most, undone=undone)
    else:
        statement = _PAGE_WITH_WARNINGS if with_warnings else _PAGE
        rows = await connection.fetch_all(statement, of_key=key, after=after, most=most)
    return _lines(rows)


def _lines(rows: Sequence[Row]) -> list[StoredLine]:
    return [_line(*row) for row in rows]


def _line(
    position: int, turn: int, serial: str | None, line: str, outcome: str | None, has_warnings: object, *texts: Any
) -> StoredLine:
    result, trace, undone, reason = texts
    # SQLite has no truth values.
    told = (_read(result), _read(trace), undone, _read(reason))
    return StoredLine(position, turn, serial, json.loads(line), outcome, bool(has_warnings), *told)


def _read(text: str | None) -> Any:
    return None if text is None else json.loads(text)
