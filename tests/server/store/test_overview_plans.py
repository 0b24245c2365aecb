"""Which indexes SQLite takes: the overview its own ones alone, and lists none of those."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.dialects import sqlite

from pywats_server.odata.query import Query
from pywats_server.store import documents, overview
from pywats_server.store.statement import Statement

VALUES: dict[str, Any] = {"now": "2026-03-10T12:00:00", "top": 10, "skip": 0}
VALUES |= dict.fromkeys(("first", "second", "third"), "2026-03-17T12:00:00")
VALUES |= {f"bound_{number}": "2026-03-17T12:00:00" for number in range(overview.SPANS + 1)}


@pytest.fixture
def database(empty_database: Path) -> Iterator[sqlite3.Connection]:
    """An empty database."""
    with closing(sqlite3.connect(empty_database)) as connection:
        yield connection


def _steps(database: sqlite3.Connection, statement: Statement) -> list[str]:
    """Return how SQLite goes through the assets for *statement*."""
    text, values = statement.positional(sqlite.dialect(paramstyle="qmark"), VALUES)
    plan = database.execute(f"EXPLAIN QUERY PLAN {text}", values).fetchall()
    return [step for *_, step in plan if step.startswith(("SCAN asset ", "SEARCH asset "))]


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param(overview._COUNTERS, id="counters"),
        pytest.param(overview._DUE_IN_SPANS, id="due in spans"),
        pytest.param(overview._STATES_BY_LOCATION, id="states by location"),
        *(
            pytest.param(documents._counting(documents.ASSET_SOURCE, f"alarmState eq {state}"), id=f"alarm {state}")
            for state in ("0", "1", "'Alarm'")
        ),
    ],
)
def test_counts_read_no_asset(database: sqlite3.Connection, statement: Statement) -> None:
    steps = _steps(database, statement)
    assert steps
    assert [step for step in steps if "COVERING INDEX" not in step] == []


def test_due_next_is_found_in_order(database: sqlite3.Connection) -> None:
    assert _steps(database, overview._DUE_NEXT) == ["SEARCH asset USING INDEX ix_asset_due_at (due_at>?)"]


@pytest.mark.parametrize("filter", ["state eq 1", "state in (1,2)", "state eq 1 and location eq 'Hall 1'"])
def test_lists_of_a_state_go_by_an_index_in_their_order(database: sqlite3.Connection, filter: str) -> None:
    steps = _steps(database, documents._prepared(documents.ASSET_SOURCE, Query(filter=filter)).ordered)
    assert not any("ix_asset_state_location" in step for step in steps)
