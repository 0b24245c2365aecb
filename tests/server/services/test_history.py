"""Looking through a log finds what a plain loop over all of it finds, a page at a time, on every kind of database."""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.dialects import sqlite

from lived import START
from pywats.domains.asset.enums import AssetLogType
from pywats.testing import ManualClock
from pywats_server.errors import NotFound
from pywats_server.instants import instant
from pywats_server.services.archive import list_deleted
from pywats_server.services.backend import Backend
from pywats_server.services.history import Change, LogEntry, Search, look_through_changes, look_through_log
from pywats_server.services.session import LOCAL_ADMINISTRATOR
from pywats_server.store import history
from pywats_server.store.history import CHANGES, LOG, Book
from pywats_server.store.opening import open_database

NOON = datetime.fromisoformat("2026-03-12T12:00:00+00:00")


class Reading:
    """A database that was lived in, and somebody who looks through its logs."""

    def __init__(self, address: str, runner: asyncio.Runner) -> None:
        self.database = open_database(address, scan_seconds=5)
        self._backend, self._run = Backend(self.database, ManualClock(START)), runner.run

    def ask(self, use_case: Any, *args: Any, **given: Any) -> Any:
        return self._run(self._backend.scan(LOCAL_ADMINISTRATOR, use_case, *args, **given))

    def log(self, *args: Any, **given: Any) -> list[LogEntry]:
        page = self.ask(look_through_log, *args, **{"top": 1000} | given)
        assert page.next is None
        return list(page.entries)

    def changes(self, *args: Any, **given: Any) -> list[Change]:
        return list(self.ask(look_through_changes, *args, **given).entries)

    def pages(self, book: Book[Any], wanted: history.Wanted, top: int) -> Iterator[history.Page[Any]]:
        """Yield all pages, one after the other."""
        after = None
        while True:
            look = partial(book.page, wanted=wanted, after=after, top=top)
            page = self._run(self.database.scan(look))
            yield page
            if page.next is None:
                return
            after = page.next


@pytest.fixture
def reading(lived: str) -> Iterator[Reading]:
    """A reader of the lived-in database."""
    with asyncio.Runner() as runner:
        opened = Reading(lived, runner)
        yield opened
        runner.run(opened.database.close())


def test_log_comes_newest_first_with_its_assets(reading: Reading) -> None:
    entries = reading.log()
    assert len(entries) > 10
    assert entries == sorted(entries, key=lambda entry: (entry.date, entry.number), reverse=True)
    assert ("FIX-1", "asked once") in {(entry.serial_number, entry.comment) for entry in entries[:3]}
    # OLD-1 was deleted, and its log went into the archive.
    assert {entry.serial_number for entry in entries} == {"STATION-1", "FIX-1", "FIX-2", "PROBE-1"}


@pytest.mark.parametrize(
    ("asked", "fits"),
    [
        ({"asset": "FIX-1"}, lambda entry: entry.serial_number == "FIX-1"),
        ({"kinds": [AssetLogType.CALIBRATION, AssetLogType.MAINTENANCE]}, lambda entry: entry.type in (4, 5)),
        ({"search": Search(text="CERTIFICATE")}, lambda entry: "certificate" in f"{entry.comment}{entry.value}"),
        ({"search": Search(text="runningcount")}, lambda entry: "runningCount" in f"{entry.property}{entry.value}"),
        ({"search": Search(who="Local ADMIN")}, lambda entry: True),
        ({"search": Search(who="Anna")}, lambda entry: False),
        ({"search": Search(text="100%")}, lambda entry: False),
        ({"search": Search(text="_")}, lambda entry: False),
        ({"search": Search(since=NOON)}, lambda entry: entry.date >= instant(NOON)),
        ({"search": Search(before=NOON)}, lambda entry: entry.date < instant(NOON)),
        (
            {"asset": "FIX-2", "kinds": [AssetLogType.REGISTER], "search": Search("admin", "fix", START, NOON)},
            lambda entry: entry.serial_number == "FIX-2" and entry.type == AssetLogType.REGISTER,
        ),
    ],
)
def test_log_finds_what_is_looked_for(reading: Reading, asked: dict[str, Any], fits: Any) -> None:
    assert reading.log(**asked) == [entry for entry in reading.log() if fits(entry)]


def test_log_of_an_asset_is_found_by_its_id(reading: Reading) -> None:
    (asset_id,) = {entry.asset_id for entry in reading.log(asset="FIX-1")}
    assert reading.log(asset=asset_id.upper()) == reading.log(asset="FIX-1")


@pytest.mark.parametrize("asset", ["OLD-1", "6a0a2b1e-93a6-4cb2-b3d4-3f8b6a3c2f11", "two\nlines"])
def test_log_of_an_asset_that_is_not_there_is_refused(reading: Reading, asset: str) -> None:
    with pytest.raises(NotFound, match="There is no asset"):
        reading.log(asset=asset)


@pytest.mark.parametrize("wanted", [history.Wanted(), history.Wanted(before=instant(NOON)), history.Wanted(text="n")])
def test_pages_follow_each_other_without_gap_or_repeat(reading: Reading, wanted: history.Wanted) -> None:
    (whole,) = reading.pages(LOG, wanted, top=1000)
    pages = list(reading.pages(LOG, wanted, top=3))
    assert [entry for page in pages for entry in page.entries] == whole.entries
    assert {len(page.entries) for page in pages[:-1]} == {3}


def test_page_ends_where_enough_was_looked_at(reading: Reading, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LOG, "examined", 4)
    wanted = history.Wanted(kinds=[AssetLogType.CALIBRATION])
    pages = list(reading.pages(LOG, wanted, top=5))
    assert [entry.comment for page in pages for entry in page.entries] == ["certificate 17"]
    assert len(pages) == 3
    assert [page.is_cut for page in pages] == [True] * (len(pages) - 1) + [False]


def test_entries_of_one_asset_are_all_that_is_looked_at(reading: Reading, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = history.Wanted(asset_key=2, kinds=[AssetLogType.CALIBRATION])
    of_asset = len(reading.log(asset="FIX-1"))
    monkeypatch.setattr(LOG, "examined", of_asset)
    (page,) = reading.pages(LOG, wanted, top=5)
    assert not page.is_cut
    monkeypatch.setattr(LOG, "examined", of_asset - 1)
    pages = list(reading.pages(LOG, wanted, top=5))
    assert [entry for page in pages for entry in page.entries] == page.entries
    assert len(pages) == 2


def test_entries_of_one_asset_are_not_sorted(empty_database: Path) -> None:
    """Where an asset has a million, sorting them takes seconds."""
    values = {"asset_key": 1, "after_number": 5, "top": 3}
    statement = LOG._build_page(frozenset({"asset_key", "after"}))
    text, bound = statement.positional(sqlite.dialect(paramstyle="qmark"), values)
    with closing(sqlite3.connect(empty_database)) as database:
        plan = [step for *_, step in database.execute(f"EXPLAIN QUERY PLAN {text}", bound)]
    assert plan[0].startswith("SEARCH log_entry USING INDEX ix_log_entry_asset_key_log_id")
    assert not any("TEMP B-TREE" in step for step in plan)


def test_changes_come_newest_first_and_name_types(reading: Reading) -> None:
    told = [
        (change.subject_kind, change.type_name or change.subject, change.action)
        for change in reading.changes(kinds=["assetType", "user", "token"])
    ]
    assert told == [
        ("assetType", "Fixture", "changed"),
        ("user", "Anna", "created"),
        ("token", "bench", "created"),
        ("assetType", "Fixture", "created"),
    ]


@pytest.mark.parametrize(
    ("asked", "subjects"),
    [
        ({"kinds": ["user", "token"]}, ["Anna", "bench"]),
        ({"search": Search(text="BENCH")}, ["bench"]),
        ({"search": Search(who="nobody")}, []),
        ({"search": Search(since=datetime.fromisoformat("2030-01-01T00:00:00+00:00"))}, []),
    ],
)
def test_changes_find_what_is_looked_for(reading: Reading, asked: dict[str, Any], subjects: list[str]) -> None:
    assert [change.subject for change in reading.changes(**asked)] == subjects


def test_changes_follow_each_other_page_by_page(reading: Reading) -> None:
    wanted = history.Wanted(kinds=["assetType", "user", "token"])
    pages = list(reading.pages(CHANGES, wanted, top=3))
    assert [len(page.entries) for page in pages] == [3, 1]


def test_deleted_assets_come_newest_first_and_by_serial_number(reading: Reading) -> None:
    (deleted,) = reading.ask(list_deleted)
    assert deleted.serial_number == "OLD-1"
    assert reading.ask(list_deleted, before=deleted.key) == []
    assert reading.ask(list_deleted, "OLD-1") == [deleted]
    assert reading.ask(list_deleted, "FIX-1") == []
