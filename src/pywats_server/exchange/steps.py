"""
Leads a kept import through its stages, a group of rows in a transaction.

A group is short, so that the line's counts, which wait for it, do not notice. What a group did and how far the import
is are stored together: whatever ends a server in between, the import is where it says that it is, and goes on from
there.
"""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import islice

from msgspec import structs

from pywats_server.exchange import said
from pywats_server.exchange.apply import Importer, parents_first
from pywats_server.exchange.kept import pack_line, pack_result, pack_trace, read_line, read_trace
from pywats_server.exchange.outcomes import Result
from pywats_server.exchange.properties import Property
from pywats_server.exchange.records import Line, Plan
from pywats_server.exchange.undo import Reversal, undo_row
from pywats_server.exchange.wishes import Wishes, plan_list
from pywats_server.services import imports
from pywats_server.services.backend import Backend
from pywats_server.services.imports import Stage, StoredImport, StoredLine
from pywats_server.services.session import Permission, Principal, Session, use_case

GROUP = 25
"""Rows that are imported in one transaction, which takes some 25 ms: that long a count has to wait."""

_KEPT_AT_ONCE = 500

WARNED = "warned"
"""In the figures of an import: rows that have a warning."""

SKIPPED = "skipped"
"""Outcome of a row whose turn had not come when the import was stopped to be undone."""


async def read_rows(backend: Backend, principal: Principal, key: int) -> None:
    """
    Read the file of an import and keep its rows.

    Raises:
        InvalidInput: It cannot be read by the wishes of whoever uploaded it.
        Conflict: Meanwhile somebody wants it read otherwise.
    """
    found = await backend.read(principal, imports.get_import, key)
    content = await backend.read(principal, imports.read_list, key)
    plan = await asyncio.to_thread(plan_list, found.file_name, content, Wishes.kept(found.wishes))
    turns = {position: turn for turn, position in enumerate(parents_first(plan.lines))}
    await backend.write(principal, imports.forget_lines, found)
    lines = (_kept(position, turns[position], line) for position, line in enumerate(plan.lines))
    while group := list(islice(lines, _KEPT_AT_ONCE)):
        await backend.write(principal, imports.add_lines, found, group)
    await backend.write(principal, _end_reading, found, plan)


def _kept(position: int, turn: int, line: Line) -> StoredLine:
    serial = None if line.record is None else line.record.serial_number
    return StoredLine(position, turn, serial, pack_line(line), has_warnings=bool(line.warnings))


@use_case(Permission.EDIT_ASSET)
async def _end_reading(session: Session, found: StoredImport, plan: Plan) -> None:
    await imports.as_found(session, found)
    importer = await _importer(session, found, plan.demands)
    understood = {
        **found.understood,
        "notes": [*plan.notes, *importer.notes()],
        "demands": _packed_demands(plan.demands),
        "columns_read": [[column.header, str(column.target)] for column in plan.columns],
        "new_types": {},
    }
    await imports.move(session, found, stage=Stage.CHECKING, understood=understood, row_count=len(plan.lines))


class _TakenBack(Exception):
    """Takes back what was tried out, and carries what came of it."""

    def __init__(self, results: list[Result], importer: Importer) -> None:
        super().__init__("the trial is over")
        self.results = results
        self.importer = importer


@use_case(Permission.EDIT_ASSET)
async def check_group(session: Session, key: int) -> None:
    """Try out the next rows of a list that is being checked, and keep what would come of them."""
    found = await imports.in_stage(session, key, {Stage.CHECKING})
    rows = await imports.lines_by_turn(session, key, found.done_count, found.done_count + GROUP)
    try:
        await session.connection.attempt(lambda: _try(session, found, rows))
    except _TakenBack as end:
        tried = (replace(result, trace=None) for result in end.results)
        done = [_with_result(row, result) for row, result in zip(rows, tried, strict=True)]
        await _lead_on(session, found, done, end.importer, Stage.CHECKED)


async def _try(session: Session, found: StoredImport, rows: Sequence[StoredLine]) -> None:
    importer = await _importer(session, found)
    # Their parents in the list were tried out, too, and taken back again.
    for row in await _above(session, found.key, rows):
        await importer.take(read_line(row.line))
    importer.new_types.clear()
    raise _TakenBack([await importer.take(read_line(row.line)) for row in rows], importer)


async def _above(session: Session, key: int, rows: Sequence[StoredLine]) -> list[StoredLine]:
    """Return the rows of the list that *rows* stand below, in their turns, without *rows* themselves."""
    known = {row.turn: row for row in rows}
    lowest = list(rows)
    while serial_numbers := {parent for row in lowest if (parent := _parent(row))}:
        parents = await imports.lines_by_serial(session, key, serial_numbers)
        lowest = [row for row in parents if row.turn not in known]
        known |= {row.turn: row for row in lowest}
    return [known[turn] for turn in sorted(known.keys() - {row.turn for row in rows})]


def _parent(row: StoredLine) -> str | None:
    record = row.line["record"]
    parent: str | None = record and record["values"].get(Property.PARENT_SERIAL_NUMBER)
    return parent


@use_case(Permission.EDIT_ASSET)
async def import_group(session: Session, key: int) -> None:
    """Import the next rows of a list that was confirmed."""
    found = await imports.in_stage(session, key, {Stage.IMPORTING})
    rows = await imports.lines_by_turn(session, key, found.done_count, found.done_count + GROUP)
    importer = await _importer(session, found)
    done = [_with_result(row, await importer.take(read_line(row.line))) for row in rows]
    await _lead_on(session, found, done, importer, Stage.IMPORTED)


def _with_result(row: StoredLine, result: Result) -> StoredLine:
    return structs.replace(
        row,
        outcome=result.outcome.value,
        has_warnings=bool(result.warnings),
        result=pack_result(result),
        trace=result.trace and pack_trace(result.trace),
    )


async def _lead_on(
    session: Session, found: StoredImport, done: Sequence[StoredLine], importer: Importer, end: Stage
) -> None:
    await imports.keep_outcomes(session, found.key, done)
    warned = Counter(WARNED for row in done if row.has_warnings)
    figures = Counter(found.figures) + Counter(row.outcome or "" for row in done) + warned
    new_types = {**found.understood["new_types"], **_packed_demands(importer.new_types)}
    done_count = found.done_count + len(done)
    moved = await imports.move(
        session,
        found,
        figures=dict(figures),
        understood={**found.understood, "new_types": new_types},
        done_count=done_count,
        problem=None,
    )
    if done_count == found.row_count:
        await imports.end_stage(session, moved, end)


@use_case(Permission.EDIT_ASSET)
async def undo_group(session: Session, key: int) -> None:
    """Undo the next rows of an import, children before their parents."""
    found = await imports.in_stage(session, key, {Stage.UNDOING})
    end = found.row_count - found.done_count
    rows = await imports.lines_by_turn(session, key, max(0, end - GROUP), end)
    comment = f"Undo of the import of {found.file_name}"
    undone = [
        _with_reversal(row, await undo_row(session, read_trace(row.trace), comment))
        for row in reversed(rows)
        if row.trace is not None
    ]
    await imports.keep_undone(session, key, undone)
    # Those whose turn had not come when the import was stopped tell what they would have done, and did not.
    skipped = [structs.replace(row, outcome=SKIPPED) for row in rows if row.turn >= found.understood["imported"]]
    await imports.keep_outcomes(session, key, skipped)
    figures = Counter(found.figures) + Counter(row.undone or "" for row in undone) + Counter(SKIPPED for _ in skipped)
    done_count = found.done_count + len(rows)
    moved = await imports.move(session, found, figures=dict(figures), done_count=done_count, problem=None)
    if done_count == found.row_count:
        await imports.end_stage(session, moved, Stage.UNDONE)


def _with_reversal(row: StoredLine, reversal: Reversal) -> StoredLine:
    told = {
        "reason": reversal.reason,
        "who": reversal.who,
        "at": reversal.at,
        "message": said.pack(reversal.message or ""),
    }
    return structs.replace(row, undone=reversal.undone.value, reason=told if reversal.reason else None)


async def _importer(
    session: Session, found: StoredImport, demands: Mapping[str, Mapping[Property, float]] | None = None
) -> Importer:
    known = _read_demands(found.understood["demands"]) if demands is None else demands
    return await Importer.of(session, found.file_name, known, clear_blank=Wishes.kept(found.wishes).clear_blank)


def _packed_demands(demands: Mapping[str, Mapping[Property, float]]) -> dict[str, dict[str, float]]:
    return {name: {str(property): number for property, number in row.items()} for name, row in demands.items()}


def _read_demands(data: Mapping[str, Mapping[str, float]]) -> dict[str, dict[Property, float]]:
    return {name: {Property(property): number for property, number in row.items()} for name, row in data.items()}
