"""Runs every check of a database, beside its servers and in memory that does not grow with it."""

from collections.abc import AsyncGenerator, AsyncIterable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any

from pywats_server.checking import ahead, counting, evidence, forms, references
from pywats_server.checking.chains import ArchivedChain, AssetChain, Chain
from pywats_server.checking.finding import Finding, Invariant, asset_named, deleted_asset_named
from pywats_server.checking.report import Report
from pywats_server.rules.chain import START, Link
from pywats_server.rules.model import Demands
from pywats_server.services.journal import log_statement
from pywats_server.store import checks
from pywats_server.store.changes import NewChange
from pywats_server.store.contents import Advance, Contents, count_rows, page_rows
from pywats_server.store.log import Entry
from pywats_server.store.statement import Statement
from pywats_server.store.tables import (
    archived_asset,
    archived_file,
    archived_log_entry,
    asset,
    asset_file,
    asset_type,
    change_entry,
    list_import,
    list_import_file,
    log_entry,
)

_Findings = AsyncGenerator[Finding, None]
# What the hash of a change covers: all but the hashes themselves.
_CHANGED = NewChange.__slots__[:-2]


async def check(opened: Callable[[], AbstractAsyncContextManager[Contents]], advance: Advance) -> Report:
    """
    Check everything and return what was found.

    Args:
        opened: Opens the database. Each look has a snapshot of its own, because a snapshot keeps the database from
            tidying up behind its writers.
    """
    report = Report()
    for look in _LOOKS:
        async with opened() as contents:
            async for finding in look(_Reading(contents, advance, report)):
                report.add(finding)
        if report.counted[Invariant.STORAGE]:
            # What damaged files hold cannot be judged, nor even read.
            break
    return report


@dataclass(frozen=True, slots=True)
class _Reading:
    """A database that is being checked, and who is told how far the check is."""

    contents: Contents
    advance: Advance
    report: Report

    async def rows(self, table: Any, statement: Statement, rows: int = 1000) -> AsyncGenerator[Any, None]:
        """Return the rows of *statement*, most of which stand for one row of *table* each."""
        async for row in self.told(table, self.contents.pages(statement, rows)):
            yield row

    async def told(self, table: Any, pages: AsyncIterable[list[Any]]) -> AsyncGenerator[Any, None]:
        """Return what is in *pages*, telling how much of *table* was looked at."""
        total, done = await count_rows(self.contents, table), 0
        self.report.rows[table.name] = total
        self.advance(f"checking {table.name}", done, total)
        async for page in pages:
            for row in page:
                yield row
            done += len(page)
            self.advance(f"checking {table.name}", done, max(done, total))


async def _storage(reading: _Reading) -> _Findings:
    reading.advance("checking storage", 0, 1)
    for line in await reading.contents.damage():
        yield Finding(Invariant.STORAGE, "the database's files", line, "no damage")


async def _references(reading: _Reading) -> _Findings:
    for done, reference in enumerate(checks.REFERENCES):
        reading.advance("checking references", done, len(checks.REFERENCES))
        async for page in reading.contents.pages(reference.orphans):
            for row in page:
                yield references.orphan(reference, row)


async def _tree(reading: _Reading) -> _Findings:
    reading.advance("checking tree", 0, 1)
    parents: dict[int, int] = {}
    serials: dict[int, str] = {}
    async for page in reading.contents.pages(checks.UNREACHED):
        for key, parent, serial in page:
            parents[key], serials[key] = parent, serial
    for circle in references.circles(parents):
        yield references.circle([serials[key] for key in circle])


async def _types(reading: _Reading) -> _Findings:
    async for type_id, name, *demands in reading.rows(asset_type, checks.TYPES):
        for finding in forms.type_form_faults(type_id, name, Demands(*demands)):
            yield finding


async def _tokens(reading: _Reading) -> _Findings:
    async for page in reading.contents.pages(checks.TOKENS):
        for row in page:
            for finding in forms.token_form_faults(*row):
                yield finding


async def _users(reading: _Reading) -> _Findings:
    async for page in reading.contents.pages(checks.USERS):
        for row in page:
            for finding in forms.user_form_faults(*row):
                yield finding


async def _assets(reading: _Reading) -> _Findings:
    async for one in reading.told(asset, checks.assets(reading.contents)):
        for faults in (forms.asset_form_faults, counting.count_faults, ahead.ahead_faults):
            for finding in faults(one):
                yield finding


async def _uses(reading: _Reading) -> _Findings:
    async for page in reading.contents.pages(checks.NEGATIVE_USES):
        for row in page:
            yield counting.negative_use(*row)


async def _logs(reading: _Reading) -> _Findings:
    rows = reading.rows(log_entry, checks.LOGS)
    async for finding in _chained(rows, lambda serial, head: AssetChain(serial, head or START)):
        yield finding


async def _archived_logs(reading: _Reading) -> _Findings:
    rows = reading.rows(archived_log_entry, checks.ARCHIVED_LOGS)
    async for finding in _chained(rows, lambda serial, _: ArchivedChain(serial)):
        yield finding


async def _chained(rows: AsyncIterable[Any], begin: Callable[[str, str | None], Chain]) -> _Findings:
    """Judge the logs of many assets; *begin* is given the serial number of each and the hash of its newest entry."""
    chain, of_key = Chain(Invariant.LOG, ""), None
    async for key, asset_id, serial, head, number, *entry in rows:
        if key != of_key:
            for finding in chain.end():
                yield finding
            chain, of_key = begin(serial, head), key
        # An asset without a log still has its row.
        if number is not None:
            said = dict(zip(Entry.__slots__, entry, strict=True))
            link = Link(said["previous_hash"], log_statement(asset_id, said), said["hash"])
            for finding in chain.add(number, link):
                yield finding
    for finding in chain.end():
        yield finding


async def _changes(reading: _Reading) -> _Findings:
    chain = Chain(Invariant.CHANGES, "changes of types, tokens and users")
    async for number, *said, previous, hash in reading.rows(change_entry, checks.CHANGES):
        link = Link(previous, dict(zip(_CHANGED, said, strict=True)), hash)
        for finding in chain.add(number, link):
            yield finding


async def _files(reading: _Reading) -> _Findings:
    for table, subject in ((asset_file, asset_named), (archived_file, deleted_asset_named)):
        async for serial, *file in reading.rows(table, checks.FILES[table], page_rows(table)):
            for finding in evidence.file_faults(subject(serial), *file):
                yield finding


async def _imports(reading: _Reading) -> _Findings:
    async for row in reading.rows(list_import, checks.IMPORTS):
        for finding in forms.import_form_faults(*row):
            yield finding
    async for key, *file in reading.rows(list_import_file, checks.LISTS, page_rows(list_import_file)):
        for finding in evidence.file_faults(f"import {key}", *file):
            yield finding


async def _archive(reading: _Reading) -> _Findings:
    async for row in reading.rows(archived_asset, checks.ARCHIVED):
        for finding in evidence.archived_faults(*row):
            yield finding


_LOOKS: tuple[Callable[[_Reading], _Findings], ...] = (
    _storage,
    _references,
    _tree,
    _types,
    _tokens,
    _users,
    _assets,
    _uses,
    _logs,
    _changes,
    _files,
    _imports,
    _archive,
    _archived_logs,
)
