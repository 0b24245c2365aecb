"""
Lists of equipment that people upload: kept from the upload on, so that any server process can lead them on.

What happens with the rows of a list is the business of `exchange`. Here stand the stages of an import, who leads it
from one to the next, and what is kept of it.
"""

import hashlib
from collections.abc import Collection, Iterable
from datetime import timedelta
from enum import StrEnum
from typing import Any

from msgspec import structs

from pywats_server.errors import Conflict, NotFound, Sentence
from pywats_server.instants import instant
from pywats_server.rules.texts import check_name
from pywats_server.services.journal import tell_change, text_of
from pywats_server.services.session import Permission, Session, use_case
from pywats_server.store import imports, leases
from pywats_server.store.imports import StoredImport as StoredImport
from pywats_server.store.imports import StoredLine as StoredLine

UNCONFIRMED = timedelta(days=1)
"""How long a list waits for being confirmed before it is thrown away."""

KEPT = timedelta(days=90)
"""How long the rows of an import are kept, and so how long it can be undone."""

_WORKED_ON = timedelta(seconds=30)
_FORGOTTEN_AT_ONCE = 10
_MAX_FILE_NAME = 255
_NEWEST = 2**63 - 1


class Stage(StrEnum):
    """How far an import is."""

    UPLOADED = "uploaded"
    """The file is there; a person says what its columns are."""
    READING = "reading"
    CHECKING = "checking"
    """What each row would do is being tried out."""
    CHECKED = "checked"
    """A person looks at that, and confirms it or not."""
    IMPORTING = "importing"
    IMPORTED = "imported"
    UNDOING = "undoing"
    UNDONE = "undone"
    CLOSED = "closed"
    """Its rows were forgotten, so that it cannot be undone any more."""


WORKING = frozenset({Stage.READING, Stage.CHECKING, Stage.IMPORTING, Stage.UNDOING})
"""Stages in which a server works, and nobody has to say anything."""

UNDECIDED = frozenset({Stage.UPLOADED, Stage.READING, Stage.CHECKING, Stage.CHECKED})
"""Stages before an import was confirmed: nothing is stored yet but the list itself."""

HAVING_ROWS = frozenset(Stage) - {Stage.UPLOADED, Stage.READING, Stage.CLOSED}
"""Stages in which every row of the list is kept."""


@use_case(Permission.EDIT_ASSET)
async def keep_list(session: Session, file_name: str, content: bytes, understood: dict[str, Any]) -> int:
    """Keep the *content* of a file that was uploaded, and what was *understood* of it; return the import's number."""
    check_name(file_name, "file", _MAX_FILE_NAME)
    made = StoredImport(
        key=0,
        file_name=file_name,
        size_bytes=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        stage=Stage.UPLOADED.value,
        uploaded_at=session.instant,
        uploaded_by=session.principal.name,
        moved_at=session.instant,
        imported_at=None,
        imported_by=None,
        undone_at=None,
        undone_by=None,
        wishes={},
        understood=understood,
        figures={},
        row_count=0,
        done_count=0,
        problem=None,
    )
    return await imports.add(session.connection, made, content)


@use_case(Permission.EDIT_ASSET)
async def get_import(session: Session, key: int) -> StoredImport:
    """
    Return an import.

    Raises:
        NotFound: There is none of this number, or no more.
    """
    found = await imports.find(session.connection, key)
    if found is None:
        raise NotFound(
            Sentence("There is no import %(key)s, or not any more: unconfirmed lists go after a day.", key=key),
            field="import",
            value=key,
        )
    return found


@use_case(Permission.EDIT_ASSET)
async def list_imports(session: Session, before: int | None, most: int) -> list[StoredImport]:
    """Return up to *most* imports, newest first, from the one *before* which they were made."""
    return await imports.page(session.connection, _NEWEST if before is None else before, most)


@use_case(Permission.EDIT_ASSET)
async def read_list(session: Session, key: int) -> bytes:
    """
    Return the file of an import that was not confirmed yet.

    Raises:
        NotFound: It is not there any more.
    """
    content = await imports.file_content(session.connection, key)
    if content is None:
        raise NotFound(Sentence("The file of import %(key)s is not kept any more.", key=key), field="import", value=key)
    return content


@use_case(Permission.EDIT_ASSET)
async def change_wishes(session: Session, key: int, wishes: dict[str, Any], understood: dict[str, Any]) -> None:
    """Keep how people want a list to be read, and what is *understood* of it then; they still have to say more."""
    await _begin_anew(session, key, Stage.UPLOADED, wishes=wishes, understood=understood)


@use_case(Permission.EDIT_ASSET)
async def start_reading(session: Session, key: int, wishes: dict[str, Any]) -> None:
    """Have a list read by *wishes*, and what it would do tried out."""
    await _begin_anew(session, key, Stage.READING, wishes=wishes)


@use_case(Permission.EDIT_ASSET)
async def choose_again(session: Session, key: int) -> None:
    """Let people say anew what the columns are."""
    await _begin_anew(session, key, Stage.UPLOADED)


async def _begin_anew(session: Session, key: int, stage: Stage, **changes: Any) -> None:
    found = await in_stage(session, key, UNDECIDED)
    await imports.remove_lines(session.connection, key)
    await move(session, found, stage=stage, figures={}, row_count=0, **_FROM_START, **changes)


@use_case(Permission.EDIT_ASSET)
async def confirm_import(session: Session, key: int) -> None:
    """
    Have a list imported that was checked. Its file is not needed any more.

    Raises:
        Conflict: It was not checked yet, or confirmed already.
    """
    found = await in_stage(session, key, {Stage.CHECKED})
    await imports.remove_file(session.connection, key)
    await move(session, found, stage=Stage.IMPORTING, imported_by=session.principal.name, figures={}, **_FROM_START)
    await _tell(session, found, "confirmed", "sha256", found.sha256)


@use_case(Permission.EDIT_ASSET)
async def start_undoing(session: Session, key: int) -> None:
    """
    Have an import undone, whether it has come to its end or not.

    It takes no permission to delete: what is removed was made by the import, and nobody has used it since.

    Raises:
        Conflict: Nothing of it was imported, or it is undone already, or its rows were forgotten.
    """
    found = await in_stage(session, key, {Stage.IMPORTING, Stage.IMPORTED})
    understood = {**found.understood, "imported": found.done_count}
    who = session.principal.name
    await move(session, found, stage=Stage.UNDOING, undone_by=who, understood=understood, **_FROM_START)
    await _tell(session, found, "undoing confirmed")


@use_case(Permission.EDIT_ASSET)
async def discard_import(session: Session, key: int) -> None:
    """
    Throw a list away that was not confirmed.

    Raises:
        Conflict: It was.
    """
    await in_stage(session, key, UNDECIDED)
    await imports.remove(session.connection, key)


_FROM_START: dict[str, Any] = {"done_count": 0, "problem": None}


async def in_stage(session: Session, key: int, stages: Collection[Stage]) -> StoredImport:
    """
    Return an import that has to be in one of *stages*.

    Raises:
        Conflict: It is in another, because somebody has led it on.
        NotFound: There is none of this number, or no more.
    """
    found = await get_import(session, key)
    if found.stage not in stages:
        raise Conflict(
            Sentence(
                "Import %(key)s is not as it was when you looked: it is %(stage)s now. Look at it again.",
                key=key,
                stage=found.stage,
            ),
            field="import",
            value=found.stage,
        )
    return found


async def move(session: Session, found: StoredImport, **changes: Any) -> StoredImport:
    """
    Store that an import is not as it was *found* any more, but as *changes* say; return it.

    Raises:
        Conflict: Somebody else has led it on meanwhile.
    """
    moved = structs.replace(found, moved_at=session.instant, **changes)
    if not await imports.move(session.connection, found, moved):
        raise _overtaken(found)
    return moved


def _overtaken(found: StoredImport) -> Conflict:
    return Conflict(
        Sentence("Somebody else has led import %(key)s on meanwhile. Look at it again.", key=found.key), field="import"
    )


async def end_stage(session: Session, found: StoredImport, stage: Stage) -> None:
    """Store that work has come to its end and led an import to *stage*, and tell the log what came of it."""
    if stage is Stage.IMPORTED:
        await move(session, found, stage=stage, imported_at=session.instant)
    elif stage is Stage.UNDONE:
        await move(session, found, stage=stage, undone_at=session.instant)
    else:
        await move(session, found, stage=stage)
        return
    await _tell(session, found, stage.value, "rows", text_of(found.figures))


@use_case(Permission.EDIT_ASSET)
async def tell_problem(session: Session, key: int, problem: str, *, ask_again: bool = False) -> None:
    """
    Store why work on an import ended early.

    Args:
        ask_again: If the list was being read, people have to say anew how.
    """
    found = await get_import(session, key)
    if found.stage in WORKING:
        stage = Stage.UPLOADED if ask_again and found.stage == Stage.READING else found.stage
        await move(session, found, problem=problem, stage=stage)


async def _tell(
    session: Session, of: StoredImport, action: str, property: str | None = None, value: str | None = None
) -> None:
    await tell_change(session, "import", f"{of.key} {of.file_name}", action, property=property, value=value)


@use_case(Permission.EDIT_ASSET)
async def take_on(session: Session, key: int, worker: str) -> bool:
    """Return whether *worker* works on an import from now on, for half a minute; it may say so again and again."""
    now = session.now
    until, latest = instant(now + _WORKED_ON), instant(now + 2 * _WORKED_ON)
    return await leases.take(session.connection, _lease(key), worker, instant(now), until, latest=latest)


@use_case(Permission.EDIT_ASSET)
async def let_go(session: Session, key: int, worker: str) -> None:
    """Store that *worker* does not work on an import any more."""
    await leases.give_back(session.connection, _lease(key), worker)


@use_case(Permission.EDIT_ASSET)
async def is_worked_on(session: Session, key: int) -> bool:
    """Tell whether a server works on an import now."""
    latest = instant(session.now + 2 * _WORKED_ON)
    return await leases.is_held(session.connection, _lease(key), session.instant, latest=latest)


def _lease(key: int) -> str:
    return f"import {key}"


@use_case(Permission.EDIT_ASSET)
async def add_lines(session: Session, found: StoredImport, lines: Iterable[StoredLine]) -> None:
    """
    Keep rows of a list that is read as it was *found*.

    Raises:
        Conflict: Meanwhile somebody wants it read otherwise.
    """
    await as_found(session, found)
    await imports.add_lines(session.connection, found.key, lines)


@use_case(Permission.EDIT_ASSET)
async def forget_lines(session: Session, found: StoredImport) -> None:
    """
    Forget the rows of a list that is read as it was *found*, but not to its end.

    Raises:
        Conflict: Meanwhile somebody wants it read otherwise.
    """
    await as_found(session, found)
    await imports.remove_lines(session.connection, found.key)


async def as_found(session: Session, found: StoredImport) -> None:
    """
    Let those go on whose import still is as it was *found*.

    Raises:
        Conflict: It is not.
    """
    if await get_import(session, found.key) != found:
        raise _overtaken(found)


@use_case(Permission.EDIT_ASSET)
async def lines_by_turn(session: Session, key: int, first: int, end: int) -> list[StoredLine]:
    """Return the rows whose turn is from *first* up to, but not including, *end*."""
    return await imports.by_turn(session.connection, key, first, end)


@use_case(Permission.EDIT_ASSET)
async def lines_by_serial(session: Session, key: int, serial_numbers: Collection[str]) -> list[StoredLine]:
    """Return the rows of these serial numbers."""
    return await imports.by_serial(session.connection, key, serial_numbers)


@use_case(Permission.EDIT_ASSET)
async def keep_outcomes(session: Session, key: int, lines: Iterable[StoredLine]) -> None:
    """Keep what came of rows: their outcome, result and trace."""
    await imports.keep_outcomes(session.connection, key, lines)


@use_case(Permission.EDIT_ASSET)
async def keep_undone(session: Session, key: int, lines: Iterable[StoredLine]) -> None:
    """Keep what was undone of rows, and why not more."""
    await imports.keep_undone(session.connection, key, lines)


@use_case(Permission.EDIT_ASSET)
async def list_lines(
    session: Session,
    key: int,
    after: int,
    most: int,
    *,
    outcome: str | None = None,
    undone: str | None = None,
    with_warnings: bool = False,
) -> list[StoredLine]:
    """Return up to *most* rows below the position *after* (-1: from the first), all or those of one kind."""
    return await imports.page_of_lines(
        session.connection, key, after, most, outcome=outcome, undone=undone, with_warnings=with_warnings
    )


@use_case(Permission.KEEP_HOUSE)
async def forget_old_imports(session: Session) -> int:
    """
    Throw away some lists that nobody confirmed within `UNCONFIRMED`, and forget the rows of some imports that are older
    than `KEPT`; return how many there were. Call again until there are none.
    """
    stale = instant(session.now - UNCONFIRMED)
    unconfirmed = await imports.find_old(session.connection, UNDECIDED, stale, _FORGOTTEN_AT_ONCE)
    for found in unconfirmed:
        await imports.remove(session.connection, found.key)
    past = instant(session.now - KEPT)
    ended = await imports.find_old(session.connection, _ENDED, past, _FORGOTTEN_AT_ONCE)
    for found in ended:
        await imports.remove_lines(session.connection, found.key)
        await move(session, found, stage=Stage.CLOSED)
    return len(unconfirmed) + len(ended)


_ENDED = (Stage.IMPORTED, Stage.UNDONE)
